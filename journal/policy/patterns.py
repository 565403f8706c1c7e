"""A person's own patterns, looked for so that no text can make them hang.

Cheap on purpose: an append to a workspace that has some comes through here. One without
metacharacters is a plain text to look for; for the others there is google-re2, or nothing.
"""

from journal.errors import WorkspaceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

_META = frozenset("\\.^$*+?()[]{}|")
_CONTINUING = bytes(range(0x80, 0xC0))  # of UTF-8: no character begins with these


class Named:
    """Patterns under names: what else is secret to a person, for `journal.redaction`."""

    __slots__ = ("_patterns",)

    def __init__(self, patterns: "Iterable[tuple[str, str]]") -> None:
        self._patterns = tuple(patterns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and self._patterns == other._patterns

    def __hash__(self) -> int:
        return hash(self._patterns)

    @property
    def names(self) -> "tuple[str, ...]":
        """The names, by which placeholders of theirs are known."""
        return tuple(name for name, _ in self._patterns)

    def find(self, text: str) -> "list[tuple[int, int, str]]":
        """Start, end and name of each place in the text."""
        return [
            (start, end, name)
            for name, wanted in self._patterns
            for start, end in _at(wanted, text)
        ]


def _at(pattern: str, text: str) -> "Iterator[tuple[int, int]]":
    if is_plain(pattern):
        start = text.find(pattern)
        while start >= 0:
            yield start, start + len(pattern)
            start = text.find(pattern, start + len(pattern))
        return
    data = text.encode(errors="surrogatepass")
    at = start = 0
    for found in engine(pattern).finditer(data):
        if found.end() > found.start():
            start += _characters(data[at : found.start()])
            end = start + _characters(found.group())
            yield start, end
            at, start = found.end(), end


def _characters(data: bytes) -> int:
    return len(data.translate(None, _CONTINUING))


def is_plain(pattern: str) -> bool:
    """Whether a pattern is but a text to look for."""
    return _META.isdisjoint(pattern)


def is_found(pattern: str, texts: "Sequence[str]") -> bool:
    """Whether a pattern is in any of the texts; case counts, unless it begins with (?i).

    Characters that are put together of a letter and its marks count as those that are one.
    """
    pattern, texts = _composed(pattern), [*texts, *_recomposed(texts)]
    if is_plain(pattern):
        return any(pattern in text for text in texts)
    search = engine(pattern).search
    return any(search(text.encode(errors="surrogatepass")) for text in texts)


def _composed(text: str) -> str:
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)


def _recomposed(texts: "Sequence[str]") -> "Iterator[str]":
    """Those that Unicode's normal form C would have otherwise, in that form."""
    for text in texts:
        if not text.isascii() and (composed := _composed(text)) != text:
            yield composed


def engine(pattern: str) -> "Any":
    """The pattern compiled; ValueError if it can't be matched in linear time, or is no pattern.

    WorkspaceError if google-re2 is not installed: then nothing may be appended.
    """
    try:
        import re2
        from re2 import Options  # other modules of that name have none, and can hang
    except ImportError as error:
        raise WorkspaceError(
            "there are patterns, and google-re2, which looks for them, is not installed",
            kind="config-error",
            file="policy.yaml",
            hint='pip install "journal-daybook[patterns]"',
        ) from error
    options = Options()
    options.log_errors = False
    try:
        return re2.compile(pattern.encode(), options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        raise ValueError(said.decode() if isinstance(said, bytes) else str(said)) from error
