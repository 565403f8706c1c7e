"""`journal recall`."""

import argparse

from journal import api
from journal.cli import output, progress
from journal.cli.listing import filters, selection
from journal.errors import UsageError
from journal.recall.parsing import parse
from journal.safe import one_line


def recall_options(verb: argparse.ArgumentParser) -> None:
    """The options of `recall`."""
    verb.add_argument("query", nargs="+", metavar="QUERY", help="words, in any order")
    filters(verb)


def do_recall(args: argparse.Namespace) -> int:
    """Entries that hold all the words, best first."""
    journal = api.open(args.workspace, progress.reading)
    text = " ".join(args.query)
    if parse(text) is None:
        raise UsageError(
            "there is nothing to look for", kind="bad-query", hint="journal recall WORDS"
        )
    limit = 10 if args.n is None else args.n
    answer = journal.recall(text, selection(args, journal), limit)
    if args.json:
        output.json(
            {
                "schema": "journal/recall@1", "hits": [hit.record() for hit in answer.hits],
                "total": answer.total, "engine": answer.engine, "fresh": answer.fresh,
                "notices": [notice.record() for notice in answer.notices],
            }
        )  # fmt: skip
        return 0
    for hit in answer.hits:
        output.write(output.row(hit.entry))
        where = one_line(f"{hit.entry.source.file}:{hit.entry.source.line}")
        output.write(f"    {output.marked(hit.snippet, hit.marks)}")
        output.write(f"    {output.style(where, 'dim')}")
    if not answer.hits:
        output.write("nothing found")
    elif answer.total > len(answer.hits):
        output.write(f"{len(answer.hits)} of {answer.total}; more with -n")
    output.findings([*journal.findings(), *answer.notices])
    return 0
