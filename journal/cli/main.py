"""The command line: which verbs there are, and exit codes; every verb lives in its group's file.

Only the asked verb's file is imported, because a process starts for each call.
"""

import argparse
import gc
import os
import re
import sys

from journal import __version__
from journal.cli import options
from journal.cli.report import from_system, report, say
from journal.cli.verbs import VERBS
from journal.errors import JournalError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_EXITS = """\
exit codes: 0 done; 1 verify, doctor or repair found something; 2 wrong call; 3 workspace; 4 text
that can't be an entry; 5 broken chain; 6 refused; 7 busy, try again; 8 what is derived can't be
made; 10 anything else; 130 interrupted.
Errors go to stderr; with --json as {"error": {"kind", "message", "hint", "retryable", "code"}}.
"""

# A word that a query leaves out, rather than an option.
_LEFT_OUT = re.compile(r"-(?!-|h$|n(?:-?\d+)?$)\S")
_FLAGS = ("--json", "--explain", "--diverse", "--forgotten")  # of recall, which take no value
_TIMES = ("--since", "--until", "--at", "--as-of")  # whose values may begin with a minus
_LIMITS = ("--limit", "--max", "--top", "--count", "--number")  # as other programs call -n


class Parser(argparse.ArgumentParser):
    """argparse, with wrong calls told as every other error."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """A wrong call, as every other error is shown."""
        hint = f"see `{self.prog} --help`"
        if found := re.match(r"argument VERB: invalid choice: (.*) \(choose", message):
            message = f"there is no verb {found[1]}"
        elif message.endswith(" required: QUERY"):
            message = "there is nothing to look for"
            hint = "journal recall WORDS; what begins with --: journal recall -- --dry-run"
        raise UsageError(message, hint=hint)


def parser(argv: "Sequence[str]" = ()) -> Parser:
    """The command line: with the options of the verb that `argv` asks for, or of all verbs."""
    top = Parser(
        prog="journal",
        description="A journal in plain Markdown that a person can read and a program can prove.",
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"journal {__version__}")
    _workspace(top, default="")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, prog="journal")
    asked = _asked(argv)
    for name in (asked,) if asked else VERBS:
        _add(verbs, name)
    return top


def _asked(argv: "Sequence[str]") -> str:
    """The verb among the words, empty if there is none that the journal knows."""
    words = iter(argv)
    for word in words:
        if word == options.WORKSPACE:
            next(words, "")
        elif word[:1] != "-":
            return word if word in VERBS else ""
    return ""


def _add(verbs: "argparse._SubParsersAction[Parser]", name: str) -> None:
    words, more = VERBS[name][1:]
    verb = verbs.add_parser(
        name,
        help=words,
        description=f"{words[0].upper()}{words[1:]}. {more}".strip(),
        allow_abbrev=False,
    )
    _workspace(verb)
    verb.add_argument(options.JSON, action="store_true", help="print JSON")
    getattr(_group(name), f"{name}_options")(verb)


def _group(name: str) -> "ModuleType":
    module = f"journal.cli.{VERBS[name][0]}"
    return sys.modules.get(module) or __import__(module, fromlist=("*",))


def _workspace(verb: argparse.ArgumentParser, default: str = argparse.SUPPRESS) -> None:
    verb.add_argument(
        options.WORKSPACE,
        default=default,
        metavar="DIR",
        help="the workspace (else JOURNAL_WORKSPACE, else here or above)",
    )


def _unexpected(verb: str | None, rest: list[str]) -> UsageError:
    hint = f"see `journal {verb} --help`" if verb else "see `journal --help`"
    if verb == "append" and rest[0][:1] != "-":
        hint = "put a text of several words in quotes"
    if verb == "recall":
        hint = _of_query(rest[0])
    return UsageError(f"not understood: {' '.join(map(str.lstrip, rest))}", hint=hint)


def _of_query(word: str) -> str:
    """What to do with a word that stands beside the query."""
    if word.partition("=")[0] in _LIMITS:
        return "-n says how many: -n 3"
    if word[:2] == "--":
        return f"to look for it put -- before the query: journal recall -- {word}"
    return "the words of a query stand together: before its options, or after them"


def _joined(argv: "Sequence[str]") -> list[str]:
    """What argparse would take for an option: `--since -7d`, and `-word` of a query.

    The latter has a blank before it, and so is no option to argparse.
    """
    words: list[str] = []
    if _asked(argv) == "run":
        return list(argv)  # the command's words are its own
    recall = _asked(argv) == "recall"
    for word in argv:
        last = words[-1] if words else ""
        if last in _TIMES and word[:1] == "-" and word[1:2].isdigit():
            words[-1] += f"={word}"
        elif recall and "recall" in words and _LEFT_OUT.match(word) and not _takes_value(last):
            words.append(f" {word}")
        else:
            words.append(word)
    return words


def _takes_value(word: str) -> bool:
    """Whether what follows is the value of this option of `recall`."""
    return word == "-n" or (word[:2] == "--" < word and word not in _FLAGS and "=" not in word)


def run(argv: "Sequence[str]") -> int:
    """Run one verb; its exit code, or the error that it raised."""
    args, rest = parser(argv).parse_known_args(_joined(argv))
    if hasattr(args, "paths") and not any(word[:1] == "-" < word for word in rest):
        args.paths, rest = [*args.paths, *rest], []  # argparse wants all of them in one place
    if len(rest) == 1 and getattr(args, "text", None) == "" and _is_value(rest[0]):
        args.text, rest = rest[0], []  # nor does it look for a text behind options
    if rest:
        raise _unexpected(args.verb, rest)
    if not args.verb:
        parser().print_help(sys.stderr)
        return 2
    code: int = getattr(_group(args.verb), f"do_{args.verb}")(args)
    from journal.cli import output

    output.flush()
    return code


def _is_value(word: str) -> bool:
    return word == "-" or word[:1] != "-"


def _complete(words: "Sequence[str]") -> int:
    """Answer the shell, which wants to know how the words may go on."""
    import argcomplete

    top = parser(words)
    argcomplete.autocomplete(top)
    return 0


def main(argv: "Sequence[str]") -> int:
    """Run one verb; the exit code."""
    if "_ARGCOMPLETE" in os.environ:
        return _complete(os.environ.get("COMP_LINE", "").split()[1:])
    as_json = options.JSON in argv
    gc.set_threshold(100_000, 50, 50)  # a process of one verb makes many values and few cycles
    try:
        return run(argv)
    except JournalError as error:
        return report(error, as_json=as_json)
    except KeyboardInterrupt:
        say("journal: interrupted")
        return 130
    except OSError as error:
        return report(from_system(error), as_json=as_json)
