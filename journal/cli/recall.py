"""`journal recall`."""

from __future__ import annotations

import argparse
import sys

from journal import api
from journal.cli import output, progress, recall_output
from journal.cli.listing import count, filters, selection
from journal.cli.recall_output import Shown
from journal.errors import UsageError
from journal.recall.parsing import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from journal.finding import Finding
    from journal.recall.engine import Answer
    from journal.recall.query import Asked

_HITS = 10
_LONGEST = 100_000  # characters of a query
_FILTERS = (
    "since", "until", "kind", "role", "actor", "session", "path", "namespace", "tag", "git_branch",
    "forgotten",
)  # fmt: skip
_EXAMPLES = """\
examples:
  journal recall why did we leave sqlite         a question, in your own words
  journal recall '"red lentil soup"'             these words so, in this order
  journal recall 'pi AND (fts5 OR index) -mac'   all of it; either; without
  journal recall 'alloc*'                        words that begin so
  journal recall kind:decision search            only entries with that value
  journal recall what broke last week --explain  dates count; why each hit
"""


class _Help(argparse.HelpFormatter):
    """argparse's, which leaves the lines of the examples as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text == _EXAMPLES else super()._fill_text(text, width, indent)


def recall_options(verb: argparse.ArgumentParser) -> None:
    """The options of `recall`."""
    verb.formatter_class = _Help
    verb.epilog = _EXAMPLES
    verb.add_argument(
        "query", nargs="+", metavar="QUERY", help="what to look for; - reads it from stdin"
    )
    verb.add_argument("--explain", action="store_true", help="say why each hit ranks there")
    verb.add_argument(
        "--around", type=count, default=0, metavar="N",
        help="show N entries before and after each hit, too",
    )  # fmt: skip
    verb.add_argument(
        "--group", choices=("session", "day"), help="put hits of a session, or of a day, together"
    )
    verb.add_argument(
        "--diverse", action="store_true", help="leave out hits that nearly repeat a better one"
    )
    filters(verb)


def do_recall(args: argparse.Namespace) -> int:
    """Entries that answer the query, best first."""
    text = _text(args.query)
    asked = parse(text)
    if asked is None:
        raise UsageError(
            "there is nothing to look for", kind="bad-query", hint="journal recall WORDS"
        )
    journal = api.open(args.workspace, progress.reading)
    answer, hits = _found(journal, text, args)
    wider = [] if answer.total else _wider(journal, text, args)
    advice = _advice(journal, text, args, asked, found=bool(answer.total))
    if args.json:
        notices = (*answer.notices, *advice, *recall_output.narrow(wider))
        output.json(
            _record(journal, text, args, answer, hits)
            | {"notices": [notice.record() for notice in notices]}
        )
        return 0
    _show(journal, hits, args)
    if answer.total:
        looked = len(answer.hits) if args.diverse and len(hits) < _limit(args) else 0
        apart = bool(args.around or args.group)
        recall_output.tally(answer, hits, asked, apart=apart, looked=looked)
    else:
        recall_output.nothing(asked, wider, advice, advised=bool(answer.notices))
        advice = []
    output.findings([*journal.findings(), *answer.notices, *advice])
    return 0


def _advice(
    journal: api.Journal, text: str, args: argparse.Namespace, asked: Asked, *, found: bool
) -> list[Finding]:
    """What is told of fields: of a blank in one, and where nothing was found, of their values."""
    if found and ": " not in text:
        return []
    from journal.cli.unheld import blanks, unheld

    return [*blanks(journal, text, found=found), *([] if found else unheld(journal, asked, args))]


def _text(given: list[str]) -> str:
    if given == ["-"]:
        text = sys.stdin.buffer.read().decode(errors="replace").strip()
    elif "-" in (given[0], given[-1]):
        raise UsageError(
            '"-" alone reads the query from stdin; here other words stand beside it',
            kind="bad-query",
            hint="leave out the one or the other; in quotes it is text: journal recall 'a -'",
        )  # fmt: skip
    else:
        # The blank kept it from being an option.
        text = " ".join(word[word.startswith(" -") :] for word in given).strip()
    if len(text) > _LONGEST:
        raise UsageError(
            f"the query is {len(text):,} characters long", kind="bad-query",
            hint=f"ask with at most {_LONGEST:,}; a sentence is best",
        )  # fmt: skip
    return text


def _found(journal: api.Journal, text: str, args: argparse.Namespace) -> tuple[Answer, list[Shown]]:
    """The answer, and those of its hits that are shown, with what is to be shown of them."""
    wanted = selection(args, journal)
    limit = _limit(args)
    if args.diverse:
        from journal.recall.varied import filled

        answer, kept = filled(
            lambda most: journal.recall(text, wanted, most, explain=args.explain), limit
        )
        hits = [Shown(one.hit, one.alike) for one in kept]
    else:
        answer = journal.recall(text, wanted, limit, explain=args.explain)
        hits = [Shown(hit) for hit in answer.hits]
    if args.around:
        beside = (journal.catalog.around(one.hit.entry, args.around) for one in hits)
        hits = [
            Shown(one.hit, one.alike, tuple(before), tuple(after))
            for one, (before, after) in zip(hits, beside, strict=True)
        ]
    return answer, hits


def _limit(args: argparse.Namespace) -> int:
    return _HITS if args.n is None else int(args.n)


def _wider(journal: api.Journal, text: str, args: argparse.Namespace) -> list[tuple[str, int]]:
    """How many would answer without each of the filters, or else without all of them."""
    given = [name for name in _FILTERS if getattr(args, name)]
    tries = [([name], _typed(name, getattr(args, name))) for name in given]
    if len(given) > 1:
        tries.append((given, "any of these filters"))
    found: list[tuple[str, int]] = []
    for names, told in tries:
        without = argparse.Namespace(**vars(args) | dict.fromkeys(names, ""))
        total = journal.recall(text, selection(without, journal), 1).total
        if total and (len(names) == 1 or not found):
            found.append((told, total))
    return found


def _typed(name: str, value: object) -> str:
    """The filter as it was typed."""
    option = f"--{name.replace('_', '-')}"
    values = value if isinstance(value, list) else [value]
    return " ".join(option if one is True else f"{option} {one}" for one in values)


def _show(journal: api.Journal, hits: list[Shown], args: argparse.Namespace) -> None:
    if not args.group:
        recall_output.hits(hits, explain=args.explain, around=bool(args.around))
        return
    shown = {one.hit.entry.id: one for one in hits}
    seen = set(shown)
    for number, group in enumerate(_groups(journal, hits, args)):
        recall_output.heading(group, first=not number)
        members = [shown[entry_id] for entry_id in group["hits"]]
        recall_output.hits(members, seen, explain=args.explain, around=bool(args.around))


def _groups(
    journal: api.Journal, hits: list[Shown], args: argparse.Namespace
) -> list[dict[str, Any]]:
    """Groups as JSON shows them; a session's days are those of all its entries."""
    from journal.recall.grouping import grouped
    from journal.selection import Selection

    found = []
    for group in grouped((one.hit for one in hits), args.group):
        first, last = group.first, group.last
        if group.session:
            every = Selection(session=group.session, namespace=group.namespace)
            for row in journal.catalog.rows(every, 1, oldest=True):
                first = min(first, row.at[:10])
            for row in journal.catalog.rows(every, 1):
                last = max(last, row.at[:10])
        named = {"session": group.session, "namespace": group.namespace} if group.session else {}
        ids = [hit.entry.id for hit in group.hits]
        found.append({**named, "first": first, "last": last, "hits": ids})
    return found


def _record(
    journal: api.Journal, text: str, args: argparse.Namespace, answer: Answer, hits: list[Shown]
) -> dict[str, Any]:
    shown = [
        one.record(explain=args.explain, around=bool(args.around), alike=args.diverse)
        for one in hits
    ]
    record = {
        "schema": "journal/recall@1", "query": text, "hits": shown, "total": answer.total,
        "capped": answer.capped, "engine": answer.engine, "fresh": answer.fresh,
    }  # fmt: skip
    return record | ({"groups": _groups(journal, hits, args)} if args.group else {})
