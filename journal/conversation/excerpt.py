"""Long texts shown in part. Cheap on purpose: hooks come through here."""

from journal.seal import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

OUTPUT = 4096  # bytes of a tool's output that an entry shows
MOST = 1_000_000  # bytes of a text that somebody wrote: what an entry can hold, and a little less


class Excerpt:
    """What an entry shows of a text, and all of it, if that is more; both without secrets."""

    __slots__ = ("shown", "whole")

    def __init__(self, shown: str, whole: str = "") -> None:
        self.shown = shown
        self.whole = whole


def excerpt(text: str, clean: "Callable[[str], str]", most: int = OUTPUT) -> Excerpt:
    """The text, or, if it has more than `most` bytes, its beginning and its end.

    Between the two stands how much was left out, of how much, and the digest of the whole as it is
    kept, without its secrets: they are looked for before the cut, which could hide one.
    """
    if len(text) <= most and len(text.encode(errors="replace")) <= most:
        return Excerpt(text)
    whole = clean(text)
    data = whole.encode(errors="replace")
    if len(data) <= most:
        return Excerpt(whole)
    head = _upto_line(data[: most * 3 // 4])
    tail = _from_line(data[len(data) - most // 4 :])
    left = len(data) - len(head) - len(tail)
    told = f"[… {left:,} of {len(data):,} bytes left out · {digest(data)} …]"
    return Excerpt(f"{head.decode(errors='ignore')}\n{told}\n{tail.decode(errors='ignore')}", whole)


def _upto_line(data: bytes) -> bytes:
    """The whole lines at the beginning, or all of it if that is less than half."""
    end = data.rfind(b"\n")
    return data[:end] if end > len(data) // 2 else data


def _from_line(data: bytes) -> bytes:
    start = data.find(b"\n")
    return data[start + 1 :] if 0 <= start < len(data) // 2 else data
