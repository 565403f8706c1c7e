"""What somebody said, in one line, and by a key: titles, session names. Cheap: hooks use it."""

from journal import names
from journal.seal import sha256

_MARKS = "#>*-+=•·~ \t"
_ENDS = (". ", "! ", "? ", "。", "! ", "? ")
_LEAST = 24  # characters of a sentence that can stand for what follows it


def title(text: str, most: int = 80) -> str:
    """The first line that says something, without Markdown's marks, of `most` characters or fewer.

    A longer line ends with its first sentence or after a word. Empty if no line has a letter.
    """
    fenced, second = False, ""
    for line in text[:20_000].splitlines():
        bare = line.strip()
        if bare[:3] in ("```", "~~~"):
            fenced = not fenced
            continue
        plain = _plain(bare)
        if not any(map(str.isalnum, plain)):
            continue
        if fenced or bare[0] in "><" or bare.startswith("[image, "):
            second = second or plain
        else:
            return _cut(plain, most)
    return _cut(second, most)


def key(text: str) -> str:
    """What finds a text that came twice, by a hook and from a file: `said-` and 16 hex."""
    return "said-" + str(sha256(text.strip().encode(errors="replace")).hexdigest()[:16])


def session(text: str) -> str:
    """The text as a session's name; empty only if it is empty."""
    if names.is_name(text):
        return text
    kept = "".join(
        char if (char.isascii() and char.isalnum()) or char in "._-" else "-" for char in text
    )
    named = kept.lstrip("-._")[:64].rstrip(".")
    if names.is_name(named) or not text:
        return named
    return "s" + str(sha256(text.encode(errors="replace")).hexdigest()[:12])


def _plain(line: str) -> str:
    """The line without what Markdown puts before and around words."""
    for mark in ("**", "__", "~~"):
        parts = line.split(mark)
        if len(parts) % 2 == 0:  # marks come in pairs: that of 2**10 is none
            parts[-2:] = [mark.join(parts[-2:])]
        if mark != "__" or not any(map(str.isidentifier, parts[1::2])):  # __init__ is a name
            line = "".join(parts)
    line = line.lstrip(_MARKS)
    if line[:1] == "_" != line[1:2]:
        line = line[1:]
    if line[:3] in ("[ ]", "[x]", "[X]"):
        line = line[3:]
    if not line.isprintable():
        line = "".join([char if char.isprintable() else " " for char in line])
    return " ".join(line.replace(" · ", " - ").split()).rstrip("#*=: ")


def _cut(line: str, most: int) -> str:
    if len(line) <= most:
        return line
    ends = [at for end in _ENDS if _LEAST <= (at := line.find(end, _LEAST, most)) < most]
    if ends:
        return line[: min(ends) + 1].rstrip(". ")
    cut = line.rfind(" ", most // 2, most)
    return line[: cut if cut > 0 else most - 1].rstrip(" ,;:-–(") + "…"
