"""A day file's text, cut into slices and read: bytes in, values out, no disk.

Cut by one rule on bytes (FORMAT 3), so that no Markdown parser, no line-splitting rule and no body
can move a boundary. `"".join` of the parts is the text.
"""

from __future__ import annotations

import re
from hashlib import sha256

from journal import frontmatter
from journal.errors import FormatError
from journal.seal import MAX_BODY, SEALED, unstuff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    _Frame = tuple[bytes, int, str, str]  # the slice, its offset, its clock, the heading's rest

_BOM = b"\xef\xbb\xbf"
BOUNDARY = re.compile(rb"## [0-9][0-9]:[0-9][0-9]")
_NEXT = re.compile(rb"\n## [0-9][0-9]:[0-9][0-9]")  # with `^` it would take ten times as long
# No entry begins inside front matter: a file that begins with a rule would lose entries to it.
_FRONT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?---[ \t]*\n((?:(?!## [0-9][0-9]:[0-9][0-9]).*\n)*?)---[ \t]*(?:\n|\Z)"
)
_CLOCK = re.compile(r"## (\d\d:\d\d(?::\d\d)?)(?:[ \t]+(.*))?", re.DOTALL | re.ASCII)
_OPENING = re.compile(rb"[ \t]*\n(?:[ \t]*\n)*```yaml entry[ \t]*\n")
_CLOSING = re.compile(rb"^```[ \t]*(?:\n|\Z)", re.MULTILINE)
_SEALED = frozenset(SEALED)
HAND = re.compile(r"h-[0-9a-f]{12}(?:-[0-9]+)?")  # the id of a handwritten entry
INTACT, EDITED, TORN, UNSEALED = "intact", "edited", "torn", "handwritten"


_STUB = frozenset(("id", "seq", "prev"))
_DIGITS = 7  # of a body's length


def digest(data: bytes) -> str:
    """`seal.digest` by OpenSSL: slower to import, several times faster on long bodies."""
    return f"sha256:{sha256(data).hexdigest()}"


class Split:
    """A day file in parts: its front matter and title, then the slices, each with its offset."""

    __slots__ = ("preamble", "slices")

    def __init__(self, preamble: bytes, slices: tuple[tuple[int, bytes], ...]) -> None:
        self.preamble = preamble
        self.slices = slices


class Piece:
    """One slice as read: values of its header, its body, and how it holds together by itself.

    `header` is the digest that the chain's next entry names, empty for a handwritten piece.
    `trouble` says what is wrong with it, empty if nothing.
    """

    # By hand, for many processes read a slice or two: importing dataclasses would cost them 20 ms.
    __slots__ = (
        "body", "clock", "header", "offset", "postscript", "raw", "state", "title", "trouble",
        "values",
    )  # fmt: skip

    def __init__(self, frame: _Frame, state: str, values: dict[str, Any], body: bytes) -> None:
        self.raw, self.offset, self.clock, rest = frame
        self.title = _title(rest, values)
        self.state = state
        self.values = values
        self.body = body
        self.postscript = b""
        self.header = ""
        self.trouble = ""


class Twins:
    """Names for a day's handwritten entries, of which several may read alike.

    What an imported pack brought that this namespace has already is no further one. So the
    workspace's own come first.
    """

    __slots__ = ("_count", "_names", "_there")

    def __init__(self) -> None:
        self._count: dict[str, int] = {}
        self._names: dict[tuple[str, str], list[str]] = {}
        self._there: dict[tuple[str, str, str], int] = {}

    def name(self, base: str, namespace: str = "", pack: str = "") -> tuple[str, bool]:
        """The next one's id, and whether it is new; `base`: without a number.

        `pack`: the folder of what the pack brought, empty for the workspace's own.
        """
        here = (base, namespace, pack)
        nth = self._there[here] = self._there.get(here, 0) + 1
        names = self._names.setdefault((base, namespace), [])
        if nth <= len(names):
            return names[nth - 1], False
        count = self._count[base] = self._count.get(base, 0) + 1
        names.append(f"{base}-{count}" if count > 1 else base)
        return names[-1], True


def front_end(data: bytes) -> int:
    """Where the file's front matter, or its byte-order mark, ends."""
    front = _FRONT.match(data)
    return front.end() if front else len(_BOM) * data.startswith(_BOM)


def split(data: bytes) -> Split:
    """The parts of a day file; `data` is LF-normalised (see `seal.normal`)."""
    begin = front_end(data)
    starts = [begin] if BOUNDARY.match(data, begin) else []
    starts += [match.start() + 1 for match in _NEXT.finditer(data, begin)]
    ends = [*starts, len(data)][1:]
    slices = tuple((start, data[start:end]) for start, end in zip(starts, ends, strict=True))
    return Split(data[: starts[0]] if starts else data, slices)


def pieces(data: bytes) -> list[Piece]:
    """Every entry of a day file in the order of the file, text above the first one included."""
    parts = split(data)
    read = [parse(raw, offset) for offset, raw in parts.slices]
    above = _above(parts.preamble)
    return [above, *read] if above else read


def front_matter(data: bytes) -> dict[str, Any]:
    """The file's own front matter; FormatError if it can't be read."""
    front = _FRONT.match(data)
    return (
        frontmatter.read((front[1] or b"").decode(errors="replace").strip())
        if front and front[1]
        else {}
    )


def _above(preamble: bytes) -> Piece | None:
    """What stands above the first entry, less front matter and a title, as an entry at 00:00."""
    start = front_end(preamble)
    rest = preamble[start:]
    blank = len(rest) - len(rest.lstrip(b"\n"))
    if rest[blank:].startswith(b"# "):
        blank = rest.find(b"\n", blank) + 1 or len(rest)
    body = rest[blank:].strip(b"\n")
    if not body.strip():
        return None
    offset = start + blank + len(rest[blank:]) - len(rest[blank:].lstrip(b"\n"))
    return slice_at(preamble[offset:], offset)


def slice_at(raw: bytes, offset: int) -> Piece:
    """The piece that a slice is, or the text above the first one."""
    if BOUNDARY.match(raw):
        return parse(raw, offset)
    return Piece((raw, offset, "00:00", ""), UNSEALED, {}, raw.strip(b"\n"))


def parse(raw: bytes, offset: int = 0) -> Piece:
    """One slice, from its heading to where the next begins."""
    eol = raw.find(b"\n")
    line = raw if eol < 0 else raw[:eol]
    found = _CLOCK.fullmatch(line.decode(errors="replace"))
    clock, rest = (found[1], (found[2] or "").strip()) if found else (line[3:8].decode(), "")
    frame = (raw, offset, clock, rest)
    opening = _OPENING.match(raw, len(line))
    if not opening:
        return _unsealed(frame, {}, len(line) + 1)
    closing = _CLOSING.search(raw, opening.end())
    if not closing:
        piece = Piece(frame, TORN, {}, raw[opening.end() :].rstrip(b"\n"))
        piece.trouble = "its header has no closing fence"
        return piece
    block = raw[opening.end() : closing.start()].removesuffix(b"\n")
    try:
        values = frontmatter.read(block.decode())
    except (FormatError, UnicodeDecodeError) as error:
        return _unsealed(frame, {}, closing.end(), trouble=str(error))
    if _SEALED.isdisjoint(values):
        return _unsealed(frame, values, closing.end())
    return _sealed(frame, values, closing.end())


def text_of(raw: bytes, entry_id: str, sealed: str) -> tuple[bytes, bytes] | None:
    """Body and postscript of a slice as the journal writes it; `sealed` is the body's digest.

    What `parse` gives, for a third of the time, as it reads no more of the header than the id, the
    length and the digest: for slices whose header was read before, as the catalog's were. None for
    any other slice: `parse` knows what it is.
    """
    heading = raw.find(b"\n")
    opening = f"\n\n```yaml entry\nid: {entry_id}\nat: ".encode(errors="surrogatepass")
    if not BOUNDARY.match(raw) or not raw.startswith(opening, heading):
        return None
    closing = raw.find(b"\n```", heading + len(opening))
    begin = closing - len(sealed) - len("\ndigest: ")
    size = raw[raw.rfind(b"\nlen: ", heading, max(begin, 0)) + len("\nlen: ") : max(begin, 0)]
    if raw[max(begin, 0) : closing + 5] != f"\ndigest: {sealed}\n```\n".encode():
        return None
    if not size.isdigit() or len(size) > _DIGITS or not 0 < int(size) <= 2 * MAX_BODY:
        return None
    body, after, fits = _body(raw, closing + 5, int(size))
    if not fits or digest(body) != sealed:
        return None
    return body, _postscript(after, None) if len(after) > 1 else b""


def _title(rest: str, values: dict[str, Any]) -> str:
    if isinstance(values.get("title"), str):
        return str(values["title"])
    role = str(values.get("role") or "")
    if role and (rest == role or rest.startswith(f"{role} · ")):
        return rest[len(role) + 3 :]
    return rest


def _unsealed(frame: _Frame, values: dict[str, Any], end: int, trouble: str = "") -> Piece:
    piece = Piece(frame, UNSEALED, values, frame[0][end:].strip(b"\n"))
    piece.trouble = trouble
    return piece


def _sealed(frame: _Frame, values: dict[str, Any], end: int) -> Piece:
    raw = frame[0]
    size = values.get("len")
    body, after, fits = b"", b"", False
    if type(size) is int and 0 < size <= 2 * MAX_BODY:  # stuffed, it's a little longer
        body, after, fits = _body(raw, end, size)
    if fits and digest(body) == values.get("digest"):
        piece = Piece(frame, INTACT, values, body)
        piece.postscript = _postscript(after, values.get("closes")) if len(after) > 1 else b""
    else:
        kept = _without_closing(raw[end:].strip(b"\n"), values.get("closes"))
        piece = Piece(frame, EDITED, values, unstuff(kept))
        piece.trouble = "" if is_stub(piece) else "its body was changed"
    piece.header = digest(raw[:end] if raw[end - 1 : end] == b"\n" else raw[:end] + b"\n")
    return piece


def _body(raw: bytes, end: int, size: int) -> tuple[bytes, bytes, bool]:
    """The sealed body, what follows it, and whether it ends where a line does."""
    start = end + 1 if raw[end : end + 1] == b"\n" else end
    stored = raw[start : start + size]
    after = raw[start + size :]
    if len(stored) < size:
        stored += b"\n" * (size - len(stored))  # an editor trimmed the file's end
    whole_line = stored.endswith(b"\n") or not after or after.startswith(b"\n")
    return unstuff(stored), after, whole_line


def _postscript(after: bytes, closes: object) -> bytes:
    after = after.lstrip(b"\n")
    if isinstance(closes, str) and closes:
        line, _, rest = after.partition(b"\n")
        if line.rstrip() == closes.encode(errors="surrogatepass"):
            after = rest
    return after.strip(b"\n")


def _without_closing(body: bytes, closes: object) -> bytes:
    ending = b"\n" + closes.encode(errors="surrogatepass") if isinstance(closes, str) else b""
    return body[: -len(ending)] if len(ending) > 1 and body.endswith(ending) else body


def link_of(raw: bytes) -> tuple[int, str] | None:
    """`(seq, header digest)` of a sealed slice, None of any other."""
    piece = parse(raw)
    seq = piece.values.get("seq")
    return (seq, piece.header) if piece.header and isinstance(seq, int) else None


def is_stub(piece: Piece) -> bool:
    """Whether the slice is what a purge leaves: of the entry nothing but its place."""
    return piece.values.keys() == _STUB and not piece.body and not piece.title


def hand_id(piece: Piece) -> str:
    """The id of a handwritten piece: from its text, so that it stays while the text does."""
    return "h-" + digest(piece.raw.rstrip(b"\n"))[7:19]
