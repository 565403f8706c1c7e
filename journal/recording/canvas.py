"""The rows of a terminal that can still change, and what changes them."""

from __future__ import annotations

import unicodedata


class Row:
    """A row of the screen: a list of cells, and what was told of the line that begins here."""

    __slots__ = ("cells", "soft", "told")

    def __init__(self) -> None:
        self.cells: list[str] = []
        self.soft = False  # the terminal wrapped: the line goes on in the next row
        self.told: str | None = None

    @property
    def text(self) -> str:
        """What stands in it."""
        return "".join(self.cells)


class Canvas:
    """A cursor on some rows; a subclass hears of each row that leaves at the top."""

    def __init__(self, columns: int, lines: int) -> None:
        self.rows = [Row()]
        self.x = self.y = 0
        self.moved_up = False
        self.resize(columns, lines)

    def resize(self, columns: int, lines: int) -> None:
        """The terminal has another size now."""
        self.columns, self.lines = columns or 80, max(lines, 2) if lines else 24
        while len(self.rows) > self.lines:
            self._scroll()

    def _left(self, row: Row) -> None:
        """A row can't change any more."""
        raise NotImplementedError

    def _print(self, text: str) -> None:
        if not text.isascii():
            for char in text:
                self._put(char)
            return
        while text:
            if self.x >= self.columns:
                self._wrap()
            part, text = text[: self.columns - self.x], text[self.columns - self.x :]
            self._cells()[self.x : self.x + len(part)] = part
            self.x += len(part)

    def _put(self, char: str) -> None:
        """One character that may take two columns, or none."""
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):
            cells = self._cells()
            if self.x and self.x <= len(cells):
                at = self.x - 1 if cells[self.x - 1] or self.x < 2 else self.x - 2
                cells[at] += char
            return
        wide = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if self.x + wide > self.columns:
            self._wrap()
        self._cells()[self.x : self.x + wide] = [char, ""][:wide]
        self.x += wide

    def _cells(self) -> list[str]:
        """The cells of the cursor's row, filled up to it."""
        cells = self.rows[self.y].cells
        if self.x > len(cells):
            cells += " " * (self.x - len(cells))
        return cells

    def _wrap(self) -> None:
        self.rows[self.y].soft = True
        self._down()

    def _newline(self) -> None:
        self.rows[self.y].soft = False
        self._down()

    def _down(self) -> None:
        self.x = 0
        self.y += 1
        if self.y == len(self.rows):
            self.rows.append(Row())
        if len(self.rows) > self.lines:
            self._scroll()

    def _scroll(self) -> None:
        """The first row leaves the screen, and can't change any more."""
        row = self.rows.pop(0)
        self.y = max(0, self.y - 1)
        if not self.rows:
            self.rows.append(Row())
        self._left(row)

    def _single(self, char: str) -> None:
        if char == "\r":
            self.x = 0
        elif char == "\b":
            self.x = max(0, min(self.x, self.columns) - 1)
        elif char == "\t":
            self.x = min((self.x // 8 + 1) * 8, self.columns - 1)
            self._cells()
        elif char in "\v\f":
            self._newline()

    def _move(self, what: str, n: int, numbers: list[int]) -> None:
        count = n or 1
        if what in "AF":
            self._go(self.y - count, 0 if what == "F" else self.x)
        elif what in "BEe":
            self._go(self.y + count, 0 if what == "E" else self.x)
        elif what in "Ca":
            self.x = min(self.x + count, self.columns - 1)
        elif what == "D":
            self.x = max(0, min(self.x, self.columns - 1) - count)
        elif what in "G`":
            self.x = min(count, self.columns) - 1
        elif what == "d":
            self._go(count - 1, self.x)
        else:
            column = numbers[1] if len(numbers) > 1 else 1
            self._go(count - 1, min(max(column, 1), self.columns) - 1)

    def _go(self, y: int, x: int) -> None:
        self.moved_up |= y < self.y
        self.y, self.x = max(0, min(y, self.lines - 1)), x
        while self.y >= len(self.rows):
            self.rows.append(Row())

    def _edit_line(self, what: str, n: int) -> None:
        row = self.rows[self.y]
        cells, x = row.cells, self.x
        if what == "K" and n == 0:
            del cells[x:]
            row.soft = False
        elif what == "K":
            end = len(cells) if n == 2 else min(x + 1, len(cells))
            cells[:end] = " " * end if n == 1 else []
        elif what == "P":
            del cells[x : x + (n or 1)]
        elif what == "X":
            cells[x : x + (n or 1)] = " " * len(cells[x : x + (n or 1)])
        elif x <= len(cells):
            cells[x:x] = " " * (n or 1)
            del cells[self.columns :]
