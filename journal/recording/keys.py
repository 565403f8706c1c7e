"""What somebody typed, as the line it made: erased letters erased, pasted text in one piece."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\x1b\[([0-?]*)[ -/]*([@-~])|\x1bO(.)|\x1b[]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b(.)|(.)",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O|[]PX^_][^\x07\x1b]*\x1b?)?\Z")
_PASTE_ENDS = "\x1b[201~"
_SIGNS = {"\x03": "^C", "\x1a": "^Z", "\x1c": "^\\"}
SIGNS = (*_SIGNS.values(), "^D")
_MOST = 1_000_000  # characters of one line


@dataclass(frozen=True, slots=True)
class Burst:
    """What was typed up to an Enter, or to a key that ends a line as well.

    `exact`: no key was among it whose effect only the program knows, such as Tab.
    """

    text: str
    exact: bool = True


class Keys:
    """Keys as they come, and the line that they make."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._pasting = False
        self._ended: list[Burst] = []
        self.clear()

    def clear(self) -> None:
        """Begin a new line."""
        self._chars: list[str] = []
        self._at = 0
        self._exact = True

    @property
    def pending(self) -> Burst | None:
        """What was typed since the last Enter, if it was anything."""
        return Burst("".join(self._chars), self._exact) if self._chars or not self._exact else None

    def feed(self, data: bytes, *, cooked: bool) -> list[Burst]:
        """The lines that these keys end."""
        text, self._rest = self._rest + self._decode(data), ""
        while text:
            text = self._pasted(text) if self._pasting else self._typed(text, cooked)
        ended, self._ended = self._ended, []
        return ended

    def _pasted(self, text: str) -> str:
        inner, end, rest = text.partition(_PASTE_ENDS)
        if not end:
            cut = max(text.rfind("\x1b", -len(_PASTE_ENDS)), -1)
            inner, self._rest = (text[:cut], text[cut:]) if cut >= 0 else (text, "")
        self._pasting = not end
        self._insert(inner.replace("\r\n", "\n").replace("\r", "\n"))
        return rest

    def _typed(self, text: str, cooked: bool) -> str:
        if unfinished := _UNFINISHED.search(text):
            self._rest, text = unfinished[0], text[: unfinished.start()]
        for found in _TOKEN.finditer(text):
            if found[2]:
                if found[1] + found[2] == "200~":
                    self._pasting = True
                    rest, self._rest = text[found.end() :] + self._rest, ""
                    return rest
                self._sequence(found[1], found[2])
            elif found[3]:
                self._sequence("", found[3])
            elif found[4]:
                self._with_alt(found[4])
            elif found[5]:
                self._key(found[5], cooked)
        return ""

    def _key(self, char: str, cooked: bool) -> None:
        if char in "\r\n":
            self._end("")
        elif char in _SIGNS:
            self._end(_SIGNS[char])
        elif char == "\x04":
            if cooked or not self._chars:
                self._end("" if self._chars else "^D")
            else:
                self._exact = False
        elif (char >= " " and char != "\x7f") or (char == "\t" and cooked):
            self._insert(char)
        else:
            self._edit(char)

    def _edit(self, char: str) -> None:
        """A key that changes the line; the same in most line editors."""
        if char in "\x7f\b":
            self._erase(max(0, self._at - 1))
        elif char == "\x15":
            self._erase(0)
        elif char == "\x17":
            self._erase(self._word())
        elif char == "\x0b":
            del self._chars[self._at :]
        elif char in "\x01\x05":
            self._at = 0 if char == "\x01" else len(self._chars)
        else:
            self._exact = False

    def _sequence(self, given: str, what: str) -> None:
        """A key that sends several bytes; or an answer of the terminal's, which is no key."""
        if what in "DC":
            step = -1 if what == "D" else 1
            self._at = max(0, min(len(self._chars), self._at + step))
        elif what in "HF" or (what == "~" and given in ("1", "4", "7", "8")):
            self._at = 0 if what == "H" or given in ("1", "7") else len(self._chars)
        elif what == "~" and given == "3":
            del self._chars[self._at : self._at + 1]
        elif what == "u" and given.partition(";")[0] == "13":
            if ";" in given:
                self._insert("\n")
            else:
                self._end("")
        elif what in "AB" or (what == "u" and given[:1] != "?"):
            self._exact = False

    def _with_alt(self, char: str) -> None:
        if char in "\r\n":
            self._insert("\n")  # how several programs take a line break that doesn't send
        elif char in "\x7f\b":
            self._erase(self._word())
        else:
            self._exact = False

    def _insert(self, text: str) -> None:
        room = _MOST - len(self._chars)
        self._chars[self._at : self._at] = text[:room]
        self._at += len(text[:room])

    def _erase(self, start: int) -> None:
        del self._chars[start : self._at]
        self._at = start

    def _word(self) -> int:
        """Where the word before the cursor begins."""
        at = self._at
        while at and self._chars[at - 1].isspace():
            at -= 1
        while at and not self._chars[at - 1].isspace():
            at -= 1
        return at

    def _end(self, sign: str) -> None:
        self._ended.append(Burst("".join(self._chars) + sign, self._exact))
        self.clear()
