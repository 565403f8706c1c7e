"""What a person marked as private: `<private>…</private>`, wherever it stands.

Cheap on purpose: every append asks for it. Code blocks count as any text does: a tag that should
have been a quotation costs a few words, a quotation that should have been a tag costs a secret.
"""

_NAME = b"private"
# A tag's name ends here; `<private-key>` is another tag. The last two begin an escaped `>`.
_AFTER = b"> \t\n\r\f\v/\\&"
_OPENING = (b"<", b"\\u003c", b"&lt;")
_ENDING = (b">", b"\\u003e", b"&gt;")
_REACH = 24  # bytes before the name that may belong to its tag: `<`, `/` and blanks

_TAIL = 200  # bytes behind it in which it ends; one that doesn't runs on to be on the safe side


def find(text: str) -> "list[tuple[int, int]]":
    """The spans to leave out, tags included, in order and apart.

    Nested ones count as the outermost; one that is never closed runs to the end of the text.
    """
    # One byte for each character, and only ASCII is made small: positions stay.
    plain = text.encode("latin-1", "replace").lower()
    spans = []
    start = depth = 0
    at = plain.find(_NAME)
    while at >= 0:
        begin, closes = _tag(plain, at)
        at += len(_NAME)
        if begin >= 0 and not closes:
            start = start if depth else begin
            depth += 1
        elif begin >= 0 and depth:
            depth -= 1
            if not depth:
                at = _end(plain, at)
                spans.append((start, at))
        at = plain.find(_NAME, at)
    if depth:
        spans.append((start, len(text)))
    return spans


def _tag(plain: bytes, at: int) -> "tuple[int, bool]":
    """Where the tag with its name at `at` begins, -1 if there is none; whether it closes."""
    end = at + len(_NAME)
    if end < len(plain) and plain[end] not in _AFTER:
        return -1, False
    before = plain[max(0, at - _REACH) : at].rstrip()
    closes = before.endswith(b"/")
    if closes:
        before = before[:-1].rstrip(b" \t\n\r\f\v\\")  # `<\/private>` in JSON
    for mark in _OPENING:
        if before.endswith(mark):
            # What was stripped lies between the mark and the name.
            return max(0, at - _REACH) + len(before) - len(mark), closes
    return -1, False


def _end(plain: bytes, at: int) -> int:
    """Where the tag ends whose name ends at `at`: behind its `>`, or with the text."""
    rest = plain[at : at + _TAIL]
    ends = [found + len(mark) for mark in _ENDING if (found := rest.find(mark)) >= 0]
    return at + min(ends) if ends else len(plain)
