"""What a person marked as private: `<private>…</private>`, wherever it stands.

Cheap on purpose: every append asks for it. Code blocks count as any text does: a tag that should
have been a quotation costs a few words, a quotation that should have been a tag costs a secret.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    # where a tag begins, where its name ends, where it ends itself (-1: nowhere), and by how much
    # what follows it is deeper
    Tag = tuple[int, int, int, int]

_NAME = b"private"
# A tag's name ends here; `<private-key>` is another tag. The last two begin an escaped `>`.
_AFTER = b"> \t\n\r\f\v/\\&"
_BLANKS = b" \t\n\r\f\v\\"  # the last for `<\/private>` in JSON
_OPENING = (b"<", b"\\u003c", b"&lt;")
_ENDING = (b">", b"\\u003e", b"&gt;")
_REACH = 24  # bytes before the name that may belong to its tag: `<`, `/` and blanks
_TAIL = 200  # bytes behind it in which it ends; one that doesn't runs on to be on the safe side
LONGEST = _REACH + len(_NAME) + _TAIL  # a tag
_NEVER = 1 << 30  # so deep that nothing closes it


def find(text: str) -> "list[tuple[int, int]]":
    """The spans to leave out, tags included, in order and apart.

    Nested ones count as the outermost; one that is never closed runs to the end of the text.
    `<private/>` holds nothing, and is no tag of these.
    """
    return spans(text)[0]


def unclosed(text: str) -> bool:
    """Whether a tag is never closed, so that all that follows it is left out."""
    return spans(text)[1] > 0


def spans(text: str, depth: int = 0) -> "tuple[list[tuple[int, int]], int]":
    """The spans of a part of a text before which so many tags were open, and how many are now."""
    plain = _plain(text)
    found = []
    start = passed = 0
    for begin, _, end, deeper in _tags(plain):
        if begin < passed:
            continue
        if deeper > 0:
            start = start if depth else begin
            depth += 1
        elif deeper and depth:
            depth = depth - 1 if end >= 0 else _NEVER
            if not depth:
                found.append((start, end))
                passed = end
    if depth:
        found.append((start, len(text)))
    return found, depth


def edge(text: str, at: int) -> int:
    """The last place up to `at` that is within no tag; LONGEST characters must follow it."""
    base = max(0, at - 2 * LONGEST)
    plain = _plain(text[base : at + LONGEST])
    tags = [(begin, end if end >= 0 else named + _TAIL) for begin, named, end, _ in _tags(plain)]
    cut, last = at - base, -1
    while cut != last:
        last = cut
        for begin, end in reversed(tags):
            cut = begin if begin < cut < end else cut
        if plain.endswith(_NAME, 0, cut):
            cut -= 1  # at a text's end it would be a tag whatever follows it
    return base + cut


def _plain(text: str) -> bytes:
    # One byte for each character, and only ASCII is made small: positions stay.
    return text.encode("latin-1", "replace").lower()


def _tags(plain: bytes) -> "Iterator[Tag]":
    at = plain.find(_NAME)
    while at >= 0:
        begin, closes = _tag(plain, at)
        at += len(_NAME)
        if begin >= 0:
            end = _end(plain, at)
            is_empty = not closes and _is_empty(plain[at : max(at, end)])
            yield begin, at, end, -1 if closes else 0 if is_empty else 1
        at = plain.find(_NAME, at)


def _tag(plain: bytes, at: int) -> "tuple[int, bool]":
    """Where the tag with its name at `at` begins, -1 if there is none; whether it closes."""
    end = at + len(_NAME)
    if end < len(plain) and plain[end] not in _AFTER:
        return -1, False
    before = plain[max(0, at - _REACH) : at].rstrip()
    closes = before.endswith(b"/")
    if closes:
        before = before[:-1].rstrip(_BLANKS)
    for mark in _OPENING:
        if before.endswith(mark):
            # What was stripped lies between the mark and the name.
            return max(0, at - _REACH) + len(before) - len(mark), closes
    return -1, False


def _end(plain: bytes, at: int) -> int:
    """Where the tag ends whose name ends at `at`: behind its `>`; -1 if it has none."""
    rest = plain[at : at + _TAIL]
    ends = [found + len(mark) for mark in _ENDING if (found := rest.find(mark)) >= 0]
    return at + min(ends) if ends else -1


def _is_empty(rest: bytes) -> bool:
    """Whether what follows the name closes the tag at once: `/>` and blanks."""
    for mark in _ENDING:
        if rest.endswith(mark):
            return rest[: -len(mark)].strip(_BLANKS) == b"/"
    return False
