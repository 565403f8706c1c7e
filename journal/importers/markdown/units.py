"""A note cut into units, each an entry to be.

Where a cut falls depends on what stands before it and on nothing after it, but for one thing: a
note that is short is not cut at all. So a note that grew has the units that it had, the last one
grown; and one that is short no longer begins with what it was. Both are looked for when it is read.

- A heading that gives its own time always begins a unit; a line in bold that does, too.
- Any other begins one at the level of the note's first headings below its title, or above; a lower
  one only where the unit before would become long, as does what follows a rule of `---`.
- Logseq's outlines are cut at their top-level blocks.
- Nothing small stands alone: a title goes with what follows, a few words with what comes before.

Fenced code and HTML that shows its text as it is are never cut. One that nothing closes goes on to
the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time
from functools import lru_cache

from journal.importers.markdown.dates import NOTHING, Stamp, of_heading

# Characters.
SHORT = 1500  # of a note that is called after its day
SHORT_UNDATED = 6000  # others are about one thing, and their sections mean little without it
_SMALL = 400
_SMALL_BLOCK = 200
_LONG = 6000
_HEADING = 300  # of one that is longer, the rest is not looked at
_LEVELS = 6
BOLD, _BLOCK, _RULE = 7, 8, 9

_MARK = re.compile(
    r"\n(?:(?P<hashes>#{1,6})[ \t]+(?P<heading>\S.*)"
    r"|_?\*\*(?P<bold>[^*\n]{1,200})\*\*"
    r"|(?P<inset>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})"
    r"|<(?P<raw>!--|(?:pre|script|style|textarea)\b)"
    r"|-[ \t](?P<block>\S.*)"
    r"|(?P<rule>-{3,}|\*{3,}|_{3,})[ \t]*$"
    r"|(?P<under>[^\W_].{0,200})\n(?P<line>=+|-{3,})[ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)
_NO_TITLE = re.compile(r"^(?!#{1,6}[ \t]|-+[ \t]*$|=+[ \t]*$|<!--.*-->[ \t]*$|\s*$).", re.MULTILINE)
_BLANK = re.compile(r"(?:[ \t]*\n)*")


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a note, from where to where: its first heading, and when it says it was."""

    start: int
    end: int
    heading: str = ""
    level: int = 0  # of the heading, or of what else it begins with; 0: with nothing
    stamp: Stamp = NOTHING


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place where a unit may begin."""

    at: int
    level: int
    text: str
    stamp: Stamp


def units(text: str, short: int, *, dated: bool, outline: bool) -> list[Unit]:
    """The units of a note, its lines ended by LF; joined they are all of it.

    `short`: how many characters are cut only where a time is given.
    """
    cutting = _Cutting(text, is_short=len(text) <= short, dated=dated)
    for mark in _marks(text, outline and _begins_outline(text)):
        cutting.meet(mark)
    return cutting.done()


def time_at_start(text: str) -> time | None:
    """The time that a line of a list begins with, as in `- 14:03 built it`."""
    return _at_start(text.partition("\n")[0]).time


class _Cutting:
    """A note on its way into units, mark by mark."""

    def __init__(self, text: str, *, is_short: bool, dated: bool) -> None:
        self.text = text
        self.is_short = is_short
        self.dated = dated
        self.found: list[Unit] = []
        self.start = 0
        self.heading = ""
        self.level = 0
        self.stamp = NOTHING
        self.levels: list[int] = []  # of the first two headings

    def meet(self, mark: _Mark) -> None:
        """Begin a unit at the mark, or let the one before go on."""
        if mark.level <= _LEVELS and len(self.levels) < 2:
            self.levels.append(mark.level)
        if self._begins(mark):
            self._end(mark.at)
        elif self.heading and not self._is_title_only(mark.at):
            return
        if mark.level < _RULE and (not self.heading or says_only_when(self.heading)):
            self.heading, self.level = mark.text, mark.level
        if not self.stamp.time and self._gives_time(mark):
            self.stamp = mark.stamp if mark.stamp.day else replace(mark.stamp, day=self.stamp.day)

    def done(self) -> list[Unit]:
        """The units, when there is no mark more."""
        self._end(len(self.text))
        return self.found

    def _end(self, at: int) -> None:
        self.found.append(Unit(self.start, at, self.heading, self.level, self.stamp))
        self.start, self.heading, self.level, self.stamp = at, "", 0, NOTHING

    def _begins(self, mark: _Mark) -> bool:
        size = mark.at - self.start
        if size < _SMALL and self._is_title_only(mark.at):
            return False
        if self._gives_time(mark):
            return True
        if self.is_short or mark.level == BOLD:
            return False
        if mark.level == _BLOCK:
            return size >= _SMALL_BLOCK
        if self.stamp.time and mark.level <= self.level:
            return True  # no part of what was then
        return size >= (_SMALL if mark.level <= max(self.levels, default=0) else _LONG)

    def _gives_time(self, mark: _Mark) -> bool:
        """Whether the mark tells when its unit was: by the note's day, if not by its own."""
        return bool(mark.stamp.day or (mark.stamp.time and self.dated))

    def _is_title_only(self, at: int) -> bool:
        """Whether nothing but headings, rules and comments of a line stands before."""
        if at - self.start > _SMALL:
            return False
        return not _NO_TITLE.search(self.text, self.start, at)


def says_only_when(heading: str) -> bool:
    """Whether a heading says no more than when."""
    stamp = of_heading(heading)
    return not any(map(str.isalpha, heading[: stamp.start] + heading[stamp.end :]))


def _begins_outline(text: str) -> bool:
    """Whether the text is an outline: it begins with a block, after properties."""
    for line in text[:4000].split("\n"):
        if line.strip() and "::" not in line:
            return line.startswith("- ") or line == "-"
    return False


def _marks(text: str, outline: bool) -> Iterator[_Mark]:
    """The places where a unit may begin, in order."""
    lines = "\n" + text  # every line begins after a newline, which is quick to look for
    at = 0
    while found := _MARK.search(lines, at):
        at = found.end()
        kind = found.lastgroup
        if kind in ("fence", "raw"):
            end = _skipped(lines, found)
            if outline and found["inset"] is not None and found["inset"].startswith("- "):
                yield _Mark(found.start(), _BLOCK, "", NOTHING)
            if end < 0:
                return
            at = end
        elif mark := _mark(lines, found, outline):
            yield mark


def _mark(lines: str, found: re.Match[str], outline: bool) -> _Mark | None:
    here = found.start()
    if text := found["block"]:
        return _Mark(here, _BLOCK, "", _at_start(text)) if outline else None
    if outline:
        return None  # what else stands at the margin belongs to the block before
    if text := found["heading"]:
        text = text[:_HEADING]
        return _Mark(here, len(found["hashes"]), text, of_heading(text))
    return _behind_blank(lines, found) if here == 0 or lines[here - 1] == "\n" else None


def _behind_blank(lines: str, found: re.Match[str]) -> _Mark | None:
    """What begins a unit only where a blank line stands before it."""
    here = found.start()
    if text := found["bold"]:
        stamp = of_heading(text)
        return _Mark(here, BOLD, text, stamp) if stamp.time else None
    if found["rule"]:
        behind = _BLANK.match(lines, found.end())
        return _Mark(behind.end() - 1 if behind else len(lines) - 1, _RULE, "", NOTHING)
    text = found["under"]
    return _Mark(here, 1 if found["line"][0] == "=" else 2, text, of_heading(text))


def _at_start(text: str) -> Stamp:
    stamp = of_heading(text[:60])
    return stamp if stamp.time and not any(map(str.isalnum, text[: stamp.start])) else NOTHING


def _skipped(lines: str, found: re.Match[str]) -> int:
    """Where code or raw HTML that begins here ends; -1 if it doesn't."""
    if raw := found["raw"]:
        closing = "-->" if raw == "!--" else f"</{raw.lower()}>"
        end = lines.find(closing, found.end())
        return end + len(closing) if end >= 0 else -1
    fence, inset = found["fence"], found["inset"]
    closed = _closing(fence, not inset.strip(" ") and len(inset) <= 3).search(lines, found.end())
    return closed.end() if closed else -1


@lru_cache(64)
def _closing(fence: str, flush: bool) -> re.Pattern[str]:
    """The line that closes a fence; `flush`: one that stands in no list or quote."""
    inset = " {0,3}" if flush else "[ \\t>]*"
    return re.compile(rf"\n{inset}{re.escape(fence)}{re.escape(fence[0])}*[ \t]*(?=\n|\Z)")
