"""Secrets in a text, replaced by placeholders before anything is kept.

Cheap on purpose: every append comes through here, so nothing is imported until a text needs it.
A placeholder, `[redacted:aws-access-key:3f9a]`, names the rule and ends with the first four hex
digits of HMAC-SHA256(key, secret): the same secret has the same tail, under the same key.
"""

from journal.redaction import sieve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    class Finder(Protocol):
        """What knows secrets of its own: a user's values, a user's patterns."""

        def find(self, text: str) -> "list[tuple[int, int, str]]":
            """Start, end and name of each."""

    Span = tuple[int, int, str, str]  # start, end, rule, name


_process_keys: "list[bytes]" = []
_SETTLES_WITHIN = 8
_LONGEST_NAME, _LONGEST_PATH = 64, 128
_SHORTEST_TOKEN = 18
PRIVATE = "private"
KNOWN = "known-value"
EVERY = "*"  # among those that are off: all of them but `private`


class Rules:
    """Which rules are off, by name, and finders whose names are rules of the user's own."""

    __slots__ = ("off", "own")

    def __init__(self, off: "Iterable[str]" = (), own: "Iterable[Finder]" = ()) -> None:
        self.off = frozenset(off)
        self.own = tuple(own)

    def names(self) -> "frozenset[str]":
        """The names of the user's own rules, as far as their finders tell them."""
        return frozenset(name for finder in self.own for name in getattr(finder, "names", ()))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rules):
            return NotImplemented
        return self.off == other.off and self.own == other.own

    def __hash__(self) -> int:
        return hash((self.off, self.own))

    def __repr__(self) -> str:
        return f"Rules(off={sorted(self.off)}, own={len(self.own)})"


DEFAULT = Rules()


class Masked:
    """A secret that was replaced: the rule, where it stood in the original, its tail; never itself.

    `name` says which known value it was, if it was one; `tail` is empty for `private`.
    """

    __slots__ = ("end", "name", "rule", "start", "tail")

    def __init__(self, rule: str, start: int, end: int, tail: str, name: str = "") -> None:
        self.rule = rule
        self.start = start
        self.end = end
        self.tail = tail
        self.name = name

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Masked):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        return f"Masked({self.rule!r}, {self.start}, {self.end}, {self.tail!r}{name})"

    def _key(self) -> "tuple[str, int, int, str, str]":
        return self.rule, self.start, self.end, self.tail, self.name


class Scrubbed:
    """The text without its secrets, and what was replaced, in order."""

    __slots__ = ("findings", "text")

    def __init__(self, text: str, findings: "tuple[Masked, ...]" = ()) -> None:
        self.text = text
        self.findings = findings

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scrubbed):
            return NotImplemented
        return self.text == other.text and self.findings == other.findings

    def __hash__(self) -> int:
        return hash((self.text, self.findings))

    def __repr__(self) -> str:
        return f"Scrubbed({len(self.text)} characters, {self.findings!r})"


def scrub(
    text: str, rules: Rules = DEFAULT, *, key: bytes = b"", values: "Finder | None" = None
) -> Scrubbed:
    """The text with every secret replaced by `[redacted:<rule>:<tail>]`.

    What stands in `<private>` becomes `[private]`. Scrubbing the result changes nothing. `key` is
    that of the tails; without one they compare within this process only. `values` finds secrets
    that are known beforehand, the rule `known-value`.
    """
    if not isinstance(text, str):
        raise TypeError(f"scrub takes text, not {type(text).__name__}")
    raw, low = sieve.sift(text)
    found: list[Span] = []
    if b"private" in low and PRIVATE not in rules.off:
        from journal.redaction import private

        found = [(start, end, PRIVATE, "") for start, end in private.find(text)]
    found = found or _spans(text, raw, low, rules, values)
    if not found:
        return Scrubbed(text)
    from journal.redaction.masking import Masking

    masking = Masking(text, key or _process_key(), "[redacted:%s:%s]", rules)
    masking.mask(found)
    for _ in range(_SETTLES_WITHIN):  # with a secret gone, another may show that it had hidden
        if not masking.mask(_spans(masking.text, *sieve.sift(masking.text), rules, values)):
            break
    return Scrubbed(masking.text, masking.findings())


def scrub_name(
    text: str, rules: Rules = DEFAULT, *, key: bytes = b"", values: "Finder | None" = None
) -> Scrubbed:
    """A session, path, role or parent, every secret replaced by `redacted-<rule>-<tail>`.

    The result keeps to the grammar and the length of names: a part of a path that would become
    too long is replaced as a whole, and so is the path.
    """
    if not isinstance(text, str):
        raise TypeError(f"scrub_name takes text, not {type(text).__name__}")
    raw, low = sieve.sift(text)
    found = _spans(text, raw, low, rules, values)
    if len(raw) > _SHORTEST_TOKEN and EVERY not in rules.off:
        from journal.redaction.looks import glued

        begun = glued(raw)
        if begun:
            from journal.redaction import engine

            found += engine.find(text, begun, rules.off)
    if not found:
        return Scrubbed(text)
    from journal.redaction.masking import Masking, within

    masking = Masking(text, key or _process_key(), "redacted-%s-%s", rules)
    masking.mask(within(text, found, _LONGEST_NAME, _LONGEST_PATH))
    return Scrubbed(masking.text, masking.findings())


def _process_key() -> bytes:
    if not _process_keys:
        from posix import urandom

        _process_keys.append(urandom(32))
    return _process_keys[0]


def _spans(
    text: str, raw: bytes, low: bytes, rules: Rules, values: "Finder | None"
) -> "list[Span]":
    if EVERY in rules.off:
        return []
    found: list[Span] = []
    if values is not None and KNOWN not in rules.off:
        found += [(start, end, KNOWN, name) for start, end, name in values.find(text)]
    for finder in rules.own:
        found += [
            (start, end, name, "")
            for start, end, name in finder.find(text)
            if name not in rules.off
        ]
    found += [
        (start, end, rule, "")
        for start, end, rule in sieve.assignments(text, raw, low)
        if rule not in rules.off
    ]
    hits = sieve.hits(raw, low)
    if hits:
        from journal.redaction import engine

        found += engine.find(text, hits, rules.off)
    return found
