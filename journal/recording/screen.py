"""What a terminal would show of a program's output, line by line: the cleaning of a recording.

No emulator of everything: the lines of one screen that can still change, with what moves the
cursor, erases and inserts. Colours and titles are left out, lines that the terminal only wrapped
are whole again. What a full-screen program draws is counted and not kept.
"""

from __future__ import annotations

import codecs
import re

from journal.recording.canvas import Canvas, Row

_TOKEN = re.compile(
    r"([^\x00-\x1f\x7f]+)|(\r*\n)"
    r"|\x1b\[([0-?]*)[ -/]*([@-~])"
    r"|\x1b[]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*([0-Z\\`-~])|(.)",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|([]PX^_])[^\x07\x1b]*(\x1b?)|[ -/]*)?\Z")
_FULL = ("1049", "1047", "47")
_LEAVES = re.compile(r"\x1b\[\?(?:1049|1047|47)l")
_SWITCH = re.compile(rb"\x1b\[\?(?:1049|1047|47)([hl])")
_LONGEST_SWITCH = 8
_MOST_CELLS = 10_000  # a column number that a program asks for, at most


class Mark:
    """Where the cursor was: a row, a column, and the text before it."""

    __slots__ = ("prompt", "row")

    def __init__(self, row: Row, prompt: str) -> None:
        self.row = row
        self.prompt = prompt


class Screen(Canvas):
    """Lines made of a terminal's output; `take` gives those that are new or changed."""

    def __init__(self, columns: int = 80, lines: int = 24) -> None:
        self.full = False  # a full-screen program has the terminal
        self._full_bytes = 0
        self._full_since = self._now = 0.0
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._done: list[str] = []
        self._head = ""  # of a wrapped line whose first rows have left the screen
        self._head_told: str | None = None
        self._saved = (0, 0)
        super().__init__(columns, lines)

    def feed(self, data: bytes, now: float = 0.0) -> None:
        """What the program printed next, at a second of some clock."""
        self._now = now
        text, self._rest = self._rest + self._decode(data), ""
        while text:
            text = self._beyond(text) if self.full else self._drawn(text)

    def note(self, text: str) -> None:
        """A line that no program printed, after all that was."""
        self._flush_rows()
        self._done.append(text)

    def skip(self, data: bytes) -> None:
        """Leave out what was printed next, but for who has the terminal after it."""
        for found in _SWITCH.finditer(data):
            if found[1] == b"l":
                self.leave(self._now)
            elif not self.full:
                self._enter()

    def leave(self, now: float) -> None:
        """The full-screen program, if there is one, is gone."""
        if self.full:
            self.full = False
            seconds = max(0, round(now - self._full_since))
            self.note(f"[full-screen program: {seconds:,} s, {self._full_bytes:,} bytes not kept]")

    def _enter(self) -> None:
        self.full, self._full_since, self._full_bytes = True, self._now, 0

    def take(self, but: Mark | None = None) -> list[str]:
        """The lines that are new or changed since the last time, without the one of the mark."""
        lines, self._done = self._done, []
        before = {row.told for row in self.rows if row.told} if self.moved_up else set()
        self.moved_up = False
        last = max((at for at, row in enumerate(self.rows) if row.cells), default=-1)
        last = max(last, self.y - 1)
        text, told, first = self._head, self._head_told, None
        for at, row in enumerate(self.rows[: last + 1]):
            if first is None:
                first, told = row, told if self._head and at == 0 else row.told
            text += row.text
            if row.soft and at < last:
                continue
            if not (but and but.row is first):
                if text.rstrip() != told and text.rstrip() not in before:
                    lines.append(text.rstrip())
                first.told = text.rstrip()
                if at == 0 and self._head:
                    self._head_told = first.told
            text, told, first = "", None, None
        return lines

    def mark(self) -> Mark:
        """Where the cursor is."""
        start = self.y
        while start and self.rows[start - 1].soft:
            start -= 1
        before = "".join(row.text for row in self.rows[start : self.y])
        here = self.rows[self.y].cells[: self.x]
        return Mark(self.rows[start], before + "".join(here) + " " * (self.x - len(here)))

    def typed(self, mark: Mark) -> str | None:
        """What stands after the mark on its line now; None if that line isn't what it was."""
        text = self._line(mark)
        if text is None or not text.startswith(mark.prompt.rstrip()):
            return None
        return text[len(mark.prompt) :].rstrip()

    def told(self, mark: Mark) -> None:
        """The line of the mark needs not be given any more as it stands now."""
        if (text := self._line(mark)) is not None:
            mark.row.told = text.rstrip()

    def below(self, mark: Mark) -> bool:
        """Whether the cursor has left the line of the mark downwards, or that is gone."""
        return mark.row not in self.rows[: self.y + 1] or not self._is_on(mark)

    def shows(self, text: str) -> bool:
        """Whether letters and digits of the text stand on the screen, or did lately, in a row."""
        every = "".join([*self._done[-self.lines :], self._head, *(r.text for r in self.rows)])
        return _letters(text) in _letters(every)

    def _is_on(self, mark: Mark) -> bool:
        at = self.rows.index(mark.row)
        while self.rows[at].soft and at < len(self.rows) - 1:
            at += 1
        return self.y <= at

    def _line(self, mark: Mark) -> str | None:
        if mark.row not in self.rows:
            return None
        at = self.rows.index(mark.row)
        text = self.rows[at].text
        while self.rows[at].soft and at < len(self.rows) - 1:
            at += 1
            text += self.rows[at].text
        return text

    def _beyond(self, text: str) -> str:
        """What follows the full-screen program's last byte, if that is here."""
        found = _LEAVES.search(text)
        if not found:
            self._rest = text[-_LONGEST_SWITCH:] if "\x1b" in text[-_LONGEST_SWITCH:] else ""
            self._full_bytes += len(text.encode()) - len(self._rest)
            return ""
        self._full_bytes += len(text[: found.start()].encode())
        self.leave(self._now)
        return text[found.end() :]

    def _drawn(self, text: str) -> str:
        """Draw the text, up to where a full-screen program begins; what is left of it."""
        if unfinished := _UNFINISHED.search(text):
            kept = unfinished[0]
            # Of a long string, such as a picture, only what it began with is needed.
            self._rest = kept[:2] + unfinished[2] if unfinished[1] else kept
            text = text[: unfinished.start()]
        for found in _TOKEN.finditer(text):
            if found[1]:
                self._print(found[1])
            elif found[2]:
                self._newline()
            elif found[4]:
                if self._control(found[3], found[4]):
                    rest, self._rest = text[found.end() :] + self._rest, ""
                    return rest
            elif found[5]:
                self._escape(found[5])
            elif found[6]:
                self._single(found[6])
        return ""

    def _left(self, row: Row) -> None:
        if not self._head:
            self._head_told = row.told
        self._head += row.text
        if not row.soft:
            if self._head.rstrip() != self._head_told:
                self._done.append(self._head.rstrip())
            self._head, self._head_told = "", None

    def _flush_rows(self) -> None:
        """All that is on the screen leaves it, as when it is cleared."""
        self._done = self.take()  # which empties it
        self._head, self._head_told = "", None
        self.rows, self.x, self.y = [Row()], 0, 0

    def _escape(self, char: str) -> None:
        if char == "c":
            self._flush_rows()
        elif char == "7":
            self._saved = (self.x, self.y)
        elif char == "8":
            self.x, self.y = self._saved[0], min(self._saved[1], len(self.rows) - 1)
        elif char == "M":
            self._go(self.y - 1, self.x)

    def _control(self, given: str, what: str) -> bool:
        """One control sequence; whether a full-screen program begins with it."""
        if given[:1] in ("?", ">", "<", "="):
            if given[:1] == "?" and what == "h" and given[1:] in _FULL:
                self._enter()
            return self.full
        numbers = [int(n) if n.isdigit() else 0 for n in given.split(";")]
        n = min(numbers[0], _MOST_CELLS)
        if what in "ABCDEFGHdf`ae":
            self._move(what, n, numbers)
        elif what == "J":
            self._erase_display(n)
        elif what in "KPX@":
            self._edit_line(what, n)
        elif what in "su":
            self._escape("7" if what == "s" else "8")
        return False

    def _erase_display(self, n: int) -> None:
        if n in (2, 3) or (n == 0 and self.x == self.y == 0):
            y = self.y
            self._flush_rows()  # cleared, but it was shown
            self._go(y if n == 2 else 0, self.x)
        elif n == 0:
            self._edit_line("K", 0)
            del self.rows[self.y + 1 :]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
