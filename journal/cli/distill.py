"""`journal distill` and `journal summarize`."""

from __future__ import annotations

import argparse

from journal import api
from journal.cli import asking, drafting, output, progress
from journal.cli.complete import offer
from journal.cli.report import say
from journal.distilling.ranges import Asked, find, parsed
from journal.errors import UsageError

_OWN = ("actor", "role")


def distill_options(verb: argparse.ArgumentParser) -> None:
    """The options of `distill`."""
    from journal.distilling.prompt import MAX_BYTES

    verb.add_argument("range", nargs="?", default="", metavar="RANGE", help=_RANGE)
    _bounds(verb)
    verb.add_argument(
        "--max-bytes", type=_bytes, default=MAX_BYTES, metavar="N",
        help=f"at most N bytes of text (default {MAX_BYTES:,})",
    )  # fmt: skip


def summarize_options(verb: argparse.ArgumentParser) -> None:
    """The options of `summarize`."""
    # Under this name the command line lets them stand apart, with options between them.
    verb.add_argument(
        "paths", nargs="*", metavar="RANGE TEXT", help=f"{_RANGE}; then the summary, - is stdin"
    )
    _bounds(verb)
    verb.add_argument("--title", default="", metavar="TEXT", help="a one-line title")
    for name, words in (("actor", "who wrote it"), ("role", "as whom")):
        offer(verb.add_argument(f"--{name}", default="", metavar="NAME", help=words), name)


_RANGE = "a session, or FIRST..LAST by their ids (default: what no summary tells yet)"


def _bounds(verb: argparse.ArgumentParser) -> None:
    offer(
        verb.add_argument("--session", default="", metavar="NAME", help="only of this session"),
        "session",
    )
    verb.add_argument("--since", default="", metavar="TIME", help="2026-11-21, yesterday, -7d, …")
    verb.add_argument(
        "--until", default="", metavar="TIME", help="up to and with that day, or up to that time"
    )
    space = "which of the workspace's journals (default: the first)"
    offer(verb.add_argument("--namespace", default="", metavar="NAME", help=space), "namespace")


def _bytes(text: str) -> int:
    from journal.distilling.prompt import LEAST_BYTES

    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    if int(text) < LEAST_BYTES:
        message = f"{text} bytes have no room for it: {LEAST_BYTES:,} at least"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _asked(journal: api.Journal, args: argparse.Namespace) -> Asked:
    """The range that the words and options mean together."""
    from dataclasses import replace

    from journal.cli.listing import times

    named = parsed(journal, args.range, args.namespace) if args.range else Asked()
    if named.session and args.session not in ("", named.session):
        raise UsageError(
            f"{named.session} and --session {args.session} are two sessions", kind="bad-range",
            hint="leave one of them out",
        )  # fmt: skip
    since, until = times(args, journal)
    if named.first and (since or until):
        raise UsageError(
            "FIRST..LAST has its bounds already", kind="bad-range",
            hint="leave --since and --until out",
        )  # fmt: skip
    session = named.session or args.session
    return replace(named, session=session, since=since, until=until, namespace=args.namespace)


def _words(args: argparse.Namespace) -> tuple[str, str]:
    """The range and the text of `summarize`; a single word that can't be a range is the text."""
    words: list[str] = args.paths
    if len(words) == 2:
        return words[0], words[1]
    if len(words) > 2:
        raise UsageError(
            f"not understood: {words[2]}", hint="put a text of several words in quotes"
        )
    bounded = args.since or args.until or args.session
    if words and (bounded or words == ["-"] or words[0].split() != words):
        return "", words[0]
    raise UsageError(
        "there is no summary", kind="nothing-to-append",
        hint=f"journal summarize {words[0] if words else 'RANGE'} - reads it from standard input",
    )  # fmt: skip


def do_distill(args: argparse.Namespace) -> int:
    """The prompt, on stdout."""
    from journal.distilling.prompt import compose

    with api.open(args.workspace, progress.reading) as journal:
        prompt = compose(journal, _asked(journal, args), max_bytes=args.max_bytes)
        found = prompt.range
        ends = f"{output.short(found.first.id)}..{output.short(found.last.id)}"
        usual = found.namespace == journal.default_namespace
    if args.json:
        output.json({"schema": "journal/distill@1", **prompt.record()})
    else:
        output.write(prompt.text.removesuffix("\n"))
        of = f" --session {found.session}" if found.session else ""
        of += "" if usual else f" --namespace {found.namespace}"
        say(f"journal: to keep what comes of it: journal summarize {ends}{of} -")
    output.findings(journal.findings())
    return 0


def do_summarize(args: argparse.Namespace) -> int:
    """Keep a summary."""
    from journal.distilling.keeping import summary

    args.range, word = _words(args)
    with asking.opened(args.workspace) as journal:
        covered = find(journal, _asked(journal, args))
        text = drafting.text(word, "summary")
        more = {key: getattr(args, key) for key in ("title", *_OWN) if getattr(args, key)}
        draft = summary(covered, text, **more)
        receipt = journal.append(draft)
    drafting.is_kept(receipt)
    if args.json:
        told = {
            "id": receipt.id, "at": receipt.at, "kept": receipt.stands, "covers": len(covered.rows),
            "first": covered.first.id, "last": covered.last.id, "session": covered.session,
            "namespace": covered.namespace,
        }  # fmt: skip
        output.json({"schema": "journal/summarize@1", **told})
    elif receipt.stands:
        output.write(receipt.id)
    return 0
