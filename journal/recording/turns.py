"""Who spoke when: keys and output, as they come, become inputs and outputs.

What was typed is what the terminal shows of it: an echoed line as it stands there, with whatever
the command's line editor made of it. What is typed and not shown is a password, or may be one.
"""

from __future__ import annotations

from typing import Protocol

from journal.recording import frames
from journal.recording.frames import Frame
from journal.recording.keys import SIGNS, Burst, Keys
from journal.recording.pen import HIDDEN
from journal.recording.screen import Mark, Screen

_ECHO = 0.3  # seconds after an Enter in which its echo may come
_QUIET = 2.0  # seconds of silence after which an output is taken for whole, at first
_OLD = 15.0  # seconds after which it is kept whether whole or not, at first
_SELDOM = 60.0  # and for one that goes on and on
_PORTION = 1 << 16  # bytes after which it is kept anyway,
_PORTIONS = 16  # so many times; then its beginning and end only
_TAIL = 1 << 14
_PORTION_FULL = 1 << 20
_PROMPTS = 1000
_ECHOES = 200  # lines of a burst that are looked for


class Writer(Protocol):
    """Who takes what was said."""

    def typed(self, text: str) -> None:
        """An input."""

    def printed(self, text: str) -> None:
        """An output."""


class Turns:
    """One conversation, cut into what each side said. Times are seconds of any one clock."""

    def __init__(self, writer: Writer, size: tuple[int, int], *, keys: bool, full: bool) -> None:
        self._writer = writer
        self._screen = Screen(size[1], size[0])
        self._keys = Keys()
        self._records_keys = keys
        self._full = full
        self._mark: Mark | None = None  # where the person began to type
        self._entered: tuple[Burst, bool, float, bool] | None = None  # waits for its echo
        self._echoes: list[str] = []
        self._prompts: set[str] = set()  # what stood before earlier inputs, and is known by now
        self._begin(portions=0)

    def _begin(self, *, portions: int) -> None:
        self._first = self._last = 0.0  # when this portion's first and last bytes came
        self._bytes = 0
        self._tail = b""
        self._skipped = 0
        self._portions = portions

    def hear(self, frame: Frame) -> None:
        """Something that happened."""
        if frame.kind == frames.OUT:
            self._output(frame.data, frame.at)
        elif frame.kind == frames.LOST:
            self._skipped += int(frame.data) + len(self._tail)
            self._tail = b""
        elif frame.kind == frames.BULK:
            self._input(f"[{int(frame.data):,} bytes of input from a pipe, not recorded]")
        elif frame.kind == frames.SIZE:
            lines, columns = map(int, frame.data.split())
            self._screen.resize(columns, lines)
        elif self._screen.full:
            self._keys.clear()  # keys of a full-screen program are no words
        elif frame.kind == frames.HIDDEN:
            self._hidden(frame)
        elif frame.kind in (frames.COOKED, frames.RAW):
            self._type(frame.data, frame.at, cooked=frame.kind == frames.COOKED)

    def due(self) -> float | None:
        """When to `look` again if nothing is heard till then."""
        moments = [self._entered[2] + _ECHO] if self._entered else []
        if self._first:
            slower = 2.0 ** min(self._portions, 6)
            moments.append(self._first + min(_OLD * slower, _SELDOM))
            if not self._keys.pending:
                moments.append(self._last + min(_QUIET * slower, _SELDOM))
        return min(moments, default=None)

    def look(self, now: float) -> None:
        """What has waited long enough."""
        if self._entered and now >= self._entered[2] + _ECHO:
            self._settle()
        if self._first and (due := self.due()) is not None and now >= due:
            self._keep()

    def close(self, now: float) -> None:
        """Nothing more will come."""
        self._screen.leave(now)
        self._settle()
        if pending := self._keys.pending:
            self._said(pending, sure=False)
        self._mark = None
        self._keep()

    def _type(self, data: bytes, now: float, *, cooked: bool) -> None:
        self._settle()
        self._left_behind()
        if self._mark is None:
            self._keep()
            self._begin(portions=0)
            self._mark = self._screen.mark()
            if len(self._prompts) < _PROMPTS:
                self._prompts.add(self._mark.prompt.strip())
        ended = self._keys.feed(data, cooked=cooked)
        if ended:
            text = "\n".join(burst.text for burst in ended)
            exact = all(burst.exact for burst in ended)
            self._entered = (Burst(text, exact), cooked, now, self._screen.shows(text))

    def _left_behind(self) -> None:
        """Take keys that a program took without an Enter for what they were: an answer."""
        pending = self._keys.pending
        if self._mark and pending and pending.exact and self._screen.below(self._mark):
            text = self._screen.mark().prompt
            if pending.text not in text:
                self._keys.clear()
                self._said(pending, sure=False)
                self._mark = None

    def _hidden(self, frame: Frame) -> None:
        if frame.data:
            self._settle()
            self._keep()
            self._begin(portions=0)
            self._input(HIDDEN)

    def _settle(self) -> None:
        if self._entered:
            (burst, cooked, _, shown), self._entered = self._entered, None
            self._said(burst, sure=cooked or shown)
            self._mark = None

    def _said(self, burst: Burst, *, sure: bool) -> None:
        """What was typed up to here, as the terminal shows it; `sure`: it was seen there."""
        line = self._screen.typed(self._mark) if self._mark else None
        text, own = burst.text.rstrip(), line or ""
        if line is not None and (own == text or (not burst.exact and own)):
            text = own
            self._forget_line()
        elif sure or (text and self._screen.shows(text)):
            echoes = [echo.strip() for echo in text.split("\n")[:_ECHOES]]
            if line is not None and (own == echoes[0] or own.startswith(f"{text}  ")):
                self._forget_line()
                del echoes[0]
            self._echoes = echoes
        elif text and text not in SIGNS:
            text = HIDDEN
        if text.strip():
            self._input(text)

    def _forget_line(self) -> None:
        if self._mark:
            self._screen.told(self._mark)

    def _input(self, text: str) -> None:
        if self._records_keys:
            self._writer.typed(text)

    def _output(self, data: bytes, now: float) -> None:
        self._first = self._first or now
        self._last = now
        if self._entered and (end := data.find(b"\n") + 1):
            self._draw(data[:end], now)
            self._settle()
            data = data[end:]
        most = _PORTION_FULL if self._full else _PORTION
        while data:
            room = most - self._bytes
            if self._skipped or (room <= 0 and not self._full and self._portions >= _PORTIONS):
                self._skip(data)
                return
            self._draw(data[: max(room, 1)], now)
            data = data[max(room, 1) :]
            if self._bytes >= most and (self._full or self._portions < _PORTIONS):
                self._keep()
                self._first = now

    def _draw(self, data: bytes, now: float) -> None:
        was = self._screen.full
        self._screen.feed(data, now)
        if not (was and self._screen.full):
            self._bytes += len(data)

    def _skip(self, data: bytes) -> None:
        """Too much: keep the end of it only."""
        tail = self._tail + data
        self._tail = tail[-_TAIL:]
        if gone := tail[:-_TAIL]:
            self._skipped += len(gone)
            self._screen.skip(gone)

    def _keep(self) -> None:
        """Hand over what was printed."""
        if self._skipped:
            self._screen.note(f"[… {self._skipped:,} bytes more, too many to keep …]")
        if self._tail:
            self._screen.feed(self._tail.partition(b"\n")[2] if self._skipped else self._tail)
        lines = self._screen.take(self._mark)
        text = "\n".join(self._without_echoes(lines)).strip("\n")
        before, _, last = text.rpartition("\n")
        if last.strip() in self._prompts:
            text = before.rstrip()
        if text.strip():
            self._writer.printed(text)
        self._echoes = []
        self._begin(portions=self._portions + 1)

    def _without_echoes(self, lines: list[str]) -> list[str]:
        echoes = [echo for echo in self._echoes if echo]
        kept = []
        for line in lines:
            if echoes and line.strip().endswith(echoes[0]):
                del echoes[0]
            else:
                kept.append(line)
        return kept
