"""Values that are asked for and that no entry has, and what may be meant."""

from __future__ import annotations

from itertools import pairwise

from journal.finding import Finding
from journal.recall.complaint import ALIASES, one_slip
from journal.recall.lexing import PHRASE, TEXT, lexed
from journal.recall.query import FIELDS, And, Bag, Field, Or
from journal.safe import one_line
from journal.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from journal import api
    from journal.recall.query import Asked, Node

_OPTIONS = ("kind", "role", "actor", "session", "path", "namespace", "git_branch")
_FEW = ("kind", "role", "namespace")  # of which there are few enough to name them all
_NAMED = 20
_BEGINNING = 3  # letters by which a value is known
_SIGNS = "\"'`*.,;:!?()[]"


def unheld(journal: api.Journal, asked: Asked, args: argparse.Namespace) -> list[Finding]:
    """What is told of the query's fields, and of the filters, that no entry has at all."""
    found = {(name, value): (f"{name}:", False) for name, value in _fields(asked.node)}
    for name in _OPTIONS:
        if value := getattr(args, name):
            shown = f"--{name.replace('_', '-')} "
            found[name.removeprefix("git_"), value] = (shown, True)
    found |= {("tag", value): ("--tag ", True) for value in args.tag or ()}
    values = _Values(journal, also_forgotten=args.forgotten)
    return [
        Finding("value-unknown", "query", 0, one_line(told))
        for (name, value), (lead, is_option) in found.items()
        if (told := values.told(name, value, lead, is_option=is_option))
    ]


def blanks(journal: api.Journal, text: str, *, found: bool) -> list[Finding]:
    """What is told of `kind: decision`, which with that blank is two words.

    Where something was found, only of values that entries have: else it may well be prose.
    """
    if "\n" in text:
        return []
    tokens, told = lexed(text), []
    values = _Values(journal, also_forgotten=False)
    for token, after in pairwise(tokens):
        name = token.text[:-1].lower()
        name = ALIASES.get(name, name)
        if token.kind != TEXT or token.text[-1:] != ":" or name not in FIELDS:
            continue
        if after.kind not in (TEXT, PHRASE) or (found and not values.has(name, after.text)):
            continue
        value = after.text if found else values.meant(name, after.text)
        meant = f"{name}:{_quoted(value)}"
        what = f'"{token.text}" is a word here; without the blank it is a field: {meant}'
        told.append(Finding("field-blank", "query", 0, one_line(what)))
    return told


def _fields(node: Node) -> Iterator[tuple[str, str]]:
    """The fields that must hold, or may."""
    match node:
        case And(parts) | Or(parts) | Bag(parts):
            for part in parts:
                yield from _fields(part)
        case Field(name, value):
            yield name, value


class _Values:
    """What entries that are shown have in their fields."""

    def __init__(self, journal: api.Journal, *, also_forgotten: bool) -> None:
        self._journal = journal
        self._also_forgotten = also_forgotten

    def told(self, name: str, value: str, lead: str, *, is_option: bool) -> str:
        """What is told of a value; empty if an entry has it, or nobody can tell."""
        if name == "title" or self.has(name, value):
            return ""
        if name == "id":
            return f"no entry's id begins or ends with {value}"
        what = f"no entry has {'' if name != 'branch' else 'git '}{name} {value}"
        meant = self._near(name, value)
        if meant:
            return f"{what}; did you mean {lead}{_quoted(meant, in_shell=is_option)}?"
        known = self._known(name)[:_NAMED] if name in _FEW else []
        there = sorted(one for one in known if self.has(name, one))
        return f"{what}; there are {', '.join(there)}" if there else what

    def meant(self, name: str, value: str) -> str:
        """The value, or the one near it that an entry has."""
        return value if self.has(name, value) else self._near(name, value) or value

    def has(self, name: str, value: str) -> bool:
        """Whether an entry has it."""
        if name == "id":
            return bool(list(self._journal.catalog.alike(value)))
        if name == "title":
            return False
        wanted = Selection(forgotten="also" if self._also_forgotten else "")
        if name == "tag":
            wanted.tags = (value,)
        else:
            setattr(wanted, {"branch": "git_branch"}.get(name, name), value)
        return self._journal.catalog.count(wanted) > 0

    def _known(self, name: str) -> list[str]:
        listed = name not in ("branch", "title", "id")
        return self._journal.catalog.values(name) if listed else []

    def _near(self, name: str, value: str) -> str:
        """The value that is nearest: in other letters, one that begins so, or a slip away."""
        typed = value.casefold().strip(_SIGNS)
        near: list[tuple[int, str]] = []
        for known in self._known(name):
            other = known.casefold()
            if typed == other:
                near.append((0, known))
            elif len(typed) >= _BEGINNING and other.startswith(typed):
                near.append((1, known))
            elif len(typed) >= _BEGINNING and one_slip(typed, other):
                near.append((2, known))
        near.sort(key=lambda pair: pair[0])
        return next((known for _, known in near[:_NAMED] if self.has(name, known)), "")


def _quoted(value: str, *, in_shell: bool = False) -> str:
    if in_shell:
        from shlex import quote

        return quote(value)
    return f'"{value}"' if " " in value or value[:1] in '("' else value
