"""Real transcripts for the benchmark of importing, as many megabytes of them as are wanted."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from _place import development_data

ARCHIVE = "transcripts-dev.tar.xz"
SOURCES = {"claude-code": "claude_code", "codex": "codex"}
_UUID = re.compile(rb"[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


def unpacked(folder: Path) -> Path | None:
    """The development transcripts of both agents below a folder; None if there are none.

    Files that jq stops at, such as those with a torn line, are left out: it would read less.
    """
    data = development_data()
    if data is None or not (data / ARCHIVE).exists():
        return None
    with tarfile.open(data / ARCHIVE) as archive:
        wanted = tuple(f"{name}/" for name in SOURCES.values())
        members = [one for one in archive if one.name.removeprefix("./").startswith(wanted)]
        archive.extractall(folder, members, filter="data")
    unread = [file for file in transcripts(folder) if not _is_read(file)]
    for file in unread:
        file.unlink()
    if unread:
        print(f"{len(unread)} transcripts are left out: jq stops in their middle")
    return folder


def transcripts(folder: Path) -> list[Path]:
    """The files of JSON lines below a folder."""
    return sorted(file for file in folder.rglob("*.jsonl") if file.is_file())


def _is_read(file: Path) -> bool:
    jq = shutil.which("jq")
    if not jq:
        return True
    done = subprocess.run([jq, "empty", file], capture_output=True, check=False)
    return done.returncode == 0


def replicated(originals: Path, to: Path, size: int) -> int:
    """Copies of all transcripts in one folder, of at least `size` bytes together; how many bytes.

    Each copy is other sessions: its UUIDs are others, in texts and in names.
    """
    done = 0
    for data, name, number in _copies(originals):
        place = to / str(number) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        done += len(data)
        if done >= size:
            break
    return done


def grown(originals: Path, file: Path, session: str, size: int) -> None:
    """One session of at least `size` bytes, made of the lines of many."""
    named = re.compile(rb'"sessionId":"[^"]*"')
    own = f'"sessionId":"{session}"'.encode()
    with file.open("wb") as stream:
        for data, _, _ in _copies(originals):
            stream.write(named.sub(own, data if data.endswith(b"\n") else data + b"\n"))
            if stream.tell() >= size:
                break


def _copies(originals: Path) -> Iterator[tuple[bytes, str, int]]:
    """Every transcript, over and over: its bytes, its name, and in which round."""
    files = transcripts(originals)
    number = 0
    while files:
        renamed = _renamed(number)
        for file in files:
            name = _UUID.sub(renamed, str(file.relative_to(originals)).encode()).decode()
            yield _UUID.sub(renamed, file.read_bytes()), name, number
        number += 1


def _renamed(number: int) -> Callable[[re.Match[bytes]], bytes]:
    salt = number * 0x9E3779B1 & 0xFFFFFFFF  # odd, so another for each number
    return lambda found: f"{int(found[0], 16) ^ salt:08x}".encode()
