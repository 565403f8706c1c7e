"""The command line's parser and exit codes; every verb lives in a file of its group."""

from __future__ import annotations

import argparse
import gc
import importlib
import re
import sys
from collections.abc import Callable, Sequence

from journal import __version__
from journal.cli import options
from journal.cli.report import from_system, report, say
from journal.errors import JournalError, UsageError

_EXITS = """\
exit codes: 0 done; 1 verify found changes; 2 wrong call; 3 workspace; 4 text that can't be an
entry; 5 broken chain; 6 refused; 7 busy, try again; 8 recall engine; 10 anything else.
Errors go to stderr; with --json as {"error": {"kind", "message", "hint", "retryable", "code"}}.
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        """A wrong call, as every other error is shown."""
        if found := re.match(r"argument VERB: invalid choice: (.*) \(choose", message):
            message = f"there is no verb {found[1]}"
        raise UsageError(message, hint=f"see `{self.prog} --help`")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(
        prog="journal",
        description="A journal in plain Markdown that a person can read and a program can prove.",
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"journal {__version__}")
    _workspace(top, default="")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", parser_class=_Parser)
    _init(verbs)
    _append(verbs)
    _list(verbs)
    _show(verbs)
    _day(verbs)
    _recall(verbs)
    _verify(verbs)
    return top


def _workspace(verb: argparse.ArgumentParser, default: str = argparse.SUPPRESS) -> None:
    verb.add_argument(
        options.WORKSPACE,
        default=default,
        metavar="DIR",
        help="the workspace (else JOURNAL_WORKSPACE, else here or above)",
    )


def _verb(
    verbs: argparse._SubParsersAction[_Parser], name: str, do: str, words: str, more: str = ""
) -> _Parser:
    verb = verbs.add_parser(
        name,
        help=words,
        description=f"{words[0].upper()}{words[1:]}. {more}".strip(),
        allow_abbrev=False,
    )
    verb.set_defaults(do=do)
    _workspace(verb)
    verb.add_argument(options.JSON, action="store_true", help="print JSON")
    return verb


def _init(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verb = _verb(
        verbs,
        "init",
        "write:do_init",
        "make a folder a workspace",
        "What is there already stays as it is.",
    )
    verb.add_argument("dir", nargs="?", metavar="DIR", help="the folder (default: this one)")


def _append(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verb = _verb(
        verbs, "append", "write:do_append", "append an entry and print its id",
        "Without TEXT it is read from standard input, or typed in $EDITOR at a terminal.",
    )  # fmt: skip
    verb.add_argument("text", nargs="?", metavar="TEXT", help="the body; - reads standard input")
    verb.add_argument(options.FILE, metavar="FILE", help="read the body from a file")
    for option, (key, metavar, words) in options.VALUED.items():
        verb.add_argument(option, dest=key, default="", metavar=metavar, help=words)
    verb.add_argument(options.TAG, action="append", metavar="TAG", help="a tag; may be repeated")
    verb.add_argument(
        options.META, action="append", metavar="KEY=VALUE", help="anything else; may be repeated"
    )
    verb.add_argument(
        "--at",
        metavar="TIME",
        help="when it happened, if not now: 2026-11-21T14:03, 'yesterday 15:30'",
    )
    verb.add_argument(
        "--front-matter",
        action="store_true",
        help="the text begins with YAML front matter that gives the fields",
    )
    verb.add_argument(
        "--batch", action="store_true", help="read one JSON draft a line, print one receipt a line"
    )


def _filters(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--since", default="", metavar="TIME", help="2026-11-21, yesterday, -7d, 'last week', …"
    )
    verb.add_argument(
        "--until", default="", metavar="TIME", help="up to and with that day, or up to that time"
    )
    for name in ("kind", "role", "actor", "session", "path", "namespace"):
        verb.add_argument(
            f"--{name}", default="", metavar=name.upper(), help=f"only of this {name}"
        )
    verb.add_argument(
        "--tag",
        action="append",
        metavar="TAG",
        help="only with this tag; repeated: with all of them",
    )
    verb.add_argument(
        "--git-branch", default="", metavar="BRANCH", help="only written on this git branch"
    )
    verb.add_argument("-n", type=_count, default=None, metavar="N", help="at most N")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)


def _list(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verb = _verb(verbs, "list", "read:do_list", "list entries, newest first")
    _filters(verb)
    verb.add_argument("--reverse", action="store_true", help="oldest of them first")


def _show(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verb = _verb(verbs, "show", "read:do_show", "show one entry")
    verb.add_argument("id", metavar="ID", help="its id, or any unique beginning or ending of it")
    how = verb.add_mutually_exclusive_group()
    how.add_argument("--body", action="store_true", help="the body alone, byte for byte")
    how.add_argument("--raw", action="store_true", help="the slice as it stands in the file")


def _day(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verb = _verb(verbs, "day", "read:do_day", "show a day, all writers and parts in order")
    verb.add_argument(
        "date", nargs="?", metavar="DATE", help="2026-11-21, yesterday, … (default: today)"
    )
    verb.add_argument("--namespace", default="", metavar="NAMESPACE", help="only of this namespace")


def _recall(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verb = _verb(
        verbs, "recall", "read:do_recall", "find entries that hold all the words, best first",
        "Case and accents don't matter.",
    )  # fmt: skip
    verb.add_argument("query", nargs="+", metavar="QUERY", help="words, in any order")
    _filters(verb)


def _verify(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verb = _verb(
        verbs, "verify", "read:do_verify", "check that nobody changed a sealed entry",
        "Exit code 0: all is well; 1: an entry was edited, torn, moved or gone; 5: a chain broke.",
    )  # fmt: skip
    verb.add_argument(
        "--all", action="store_true", help="also name handwritten and amended entries"
    )


def _unexpected(verb: str | None, rest: list[str]) -> UsageError:
    hint = f"see `journal {verb} --help`" if verb else "see `journal --help`"
    if verb == "append" and rest[0][:1] != "-":
        hint = "put a text of several words in quotes"
    return UsageError(f"not understood: {' '.join(rest)}", hint=hint)


def _joined(argv: Sequence[str]) -> list[str]:
    """`--since -7d` as `--since=-7d`, which argparse would take for an option."""
    words: list[str] = []
    for word in argv:
        if (
            words
            and words[-1] in ("--since", "--until", "--at")
            and word[:1] == "-"
            and word[1:2].isdigit()
        ):
            words[-1] += f"={word}"
        else:
            words.append(word)
    return words


def main(argv: Sequence[str]) -> int:
    """Run one verb; the exit code."""
    as_json = options.JSON in argv
    gc.set_threshold(100_000, 50, 50)  # a process of one verb makes many values and few cycles
    try:
        args, rest = parser().parse_known_args(_joined(argv))
        if rest:
            raise _unexpected(args.verb, rest)
        if not args.verb:
            parser().print_help(sys.stderr)
            return 2
        module, _, name = args.do.partition(":")
        do: Callable[[argparse.Namespace], int] = getattr(
            importlib.import_module(f"journal.cli.{module}"), name
        )
        code = do(args)
        from journal.cli import output

        output.flush()
    except JournalError as error:
        return report(error, as_json=as_json)
    except KeyboardInterrupt:
        say("journal: interrupted")
        return 130
    except OSError as error:
        return report(from_system(error), as_json=as_json)
    return code
