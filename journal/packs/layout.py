"""How a pack's zip is laid out: in one way only, so that nothing can hide in it.

Members lie one after the other from the first byte on, each local header says what the directory
says, and nothing comes after the directory. Dates and modes are the same for all; there are no
extra fields, no comments, no zip64: what is larger is a folder.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
MOST_FILE = (1 << 32) - 1
MODE = 0o100600
_LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
_LOCAL_SIGN, CENTRAL_SIGN, END_SIGN = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_NEEDED = 20
_MADE = 3 << 8 | _NEEDED  # by Unix, which the mode belongs to
_DATE = 0x21  # 1980-01-01, the first that a zip knows
RATIO = 200  # of a member's size to what it is packed in; beyond it, it is stored
_SLACK = 4096


@dataclass(frozen=True, slots=True)
class Row:
    """A member as the zip's directory has it."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int

    @property
    def data(self) -> int:
        """Where its bytes begin."""
        return self.offset + _LOCAL.size + len(self.name)

    @property
    def end(self) -> int:
        """Where they end."""
        return self.data + self.packed


def is_bomb(size: int, packed: int) -> bool:
    """Whether so few bytes must not become so many."""
    return size > RATIO * packed + _SLACK


def local(row: Row) -> bytes:
    """What stands before a member's bytes."""
    return _LOCAL.pack(
        _LOCAL_SIGN, _NEEDED, 0, row.method, 0, _DATE, row.crc, row.packed, row.size,
        len(row.name), 0,
    ) + row.name.encode()  # fmt: skip


def central(row: Row) -> bytes:
    """What the directory says of it."""
    return CENTRAL.pack(
        CENTRAL_SIGN, _MADE, _NEEDED, 0, row.method, 0, _DATE, row.crc, row.packed, row.size,
        len(row.name), 0, 0, 0, 0, MODE << 16, row.offset,
    ) + row.name.encode()  # fmt: skip


def end(count: int, size: int, offset: int) -> bytes:
    """The zip's last bytes: of a directory of so many members, its size, where it begins."""
    return END.pack(END_SIGN, 0, 0, count, count, size, offset, 0)
