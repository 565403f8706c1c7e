"""What the index folder holds: the segments, and up to where they follow the catalog."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from os import stat_result
from typing import Any
from zlib import crc32

from journal.recall.segment import SIGN

SCHEMA = "journal/index@1"

Identity = tuple[int, int, int, int]


def identity(known: stat_result) -> Identity:
    """What changes with any change to a file: inode, size, and both times."""
    return (known.st_ino, known.st_size, known.st_mtime_ns, known.st_ctime_ns)


class OutdatedIndex(ValueError):
    """An index as another version of this program makes it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A segment's file: as it was when it was written, and which of its documents are deleted."""

    name: str
    identity: Identity
    deleted: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The segments, and the place in the catalog's history that they stand for.

    `number` is the last row that was looked at, `step` the last removal, `missed` are rows whose
    text couldn't be read. `language` is the one that words were stemmed in. `boot` tells whether
    the machine has started anew since: segments are not flushed, so what a power cut left of them
    is checked byte by byte.
    """

    birth: str = ""
    language: str = ""
    number: int = 0
    step: int = 0
    missed: tuple[int, ...] = ()
    boot: str = ""
    parts: tuple[Part, ...] = ()

    def encode(self) -> bytes:
        """The manifest's file."""
        text = json.dumps({"schema": SCHEMA, "sign": SIGN, **asdict(self)})
        return f"{text}\n{crc32(text.encode()):08x}\n".encode()


def decode(data: bytes) -> Manifest:
    """What `encode` made; ValueError if it is anything else."""
    try:
        text, checksum, end = data.decode().split("\n")
        if end or int(checksum, 16) != crc32(text.encode()):
            raise ValueError("the checksum is another")
        found = json.loads(text)
        if (found.pop("schema"), found.pop("sign")) != (SCHEMA, SIGN):
            raise OutdatedIndex("of another version")
        parts = tuple(_part(part) for part in found.pop("parts"))
        return Manifest(**found | {"missed": tuple(found["missed"])}, parts=parts)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no manifest") from error


def _part(given: Mapping[str, Any]) -> Part:
    inode, size, modified, changed = given["identity"]
    return Part(given["name"], (inode, size, modified, changed), tuple(given["deleted"]))


def boot() -> str:
    """What this start of the machine is called; empty where nothing tells."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except (OSError, ValueError):
        return ""
