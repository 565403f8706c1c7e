"""Many writers at once, killed at random, raced by editors, cut off from power: small and large."""

from __future__ import annotations

import fcntl
import os
import random
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from faults import Book, code_saves, vim_saves

from journal import chain
from journal.errors import JournalError
from journal.notebook import Notebook

# Appends in a loop; each id is printed once it is acknowledged. The first word is run before.
WRITER = """
import os, sys
from journal import protocol, settle
from journal.entry import Draft
from journal.notebook import Notebook
exec(sys.argv[1])
notebook = Notebook.open(sys.argv[2])
for number in range(int(sys.argv[4])):
    size = 70_000 if number % 50 == 49 else 300 * (number % 3)
    text = f"{sys.argv[3]} {number}\\n" + "x" * size
    receipt = notebook.append(Draft(body=text, session="s"))
    os.write(1, f"{receipt.id} {number}\\n".encode())
"""
UNSAFE = "protocol.flush = lambda fd: None"
_SHUTDOWN = 0x8004587D  # FS_IOC_SHUTDOWN
_NO_LOG_FLUSH = 2


def text_of(name: str, number: int) -> str:
    """What the writer of that name appends as its `number`th entry, as it reads afterwards."""
    return f"{name} {number}\n" + "x" * (70_000 if number % 50 == 49 else 300 * (number % 3))


def start(root: Path, name: str, count: int, before: str = "pass") -> subprocess.Popen[bytes]:
    """A writer under way."""
    words = [sys.executable, "-c", WRITER, before, str(root), name, str(count)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _warm(process: subprocess.Popen[bytes]) -> None:
    """Wait for the writer's first acknowledgement."""
    select.select([_out(process)], [], [], 60)


def _out(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout
    return process.stdout.fileno()


@dataclass
class Tally:
    """What a storm did, and what it found wrong."""

    hits: int = 0  # kills, cuts or saves
    acknowledged: int = 0
    lost: int = 0
    taken_twice: int = 0  # entries that editors took again after they were put back; verify says so
    wrong: list[str] = field(default_factory=list)


def collect(book: Book, name: str, process: subprocess.Popen[bytes], count: int) -> None:
    """Note what a writer was promised, and what it may have written besides."""
    out, _ = process.communicate(timeout=300)
    _note(book, name, out, count)


def _note(book: Book, name: str, out: bytes, count: int) -> None:
    for line in out.decode().split("\n")[:-1]:
        entry_id, number = line.split()
        book.promised[entry_id] = text_of(name, int(number))
    book.tried |= {text_of(name, number) for number in range(count)}


def kills(base: Path, rounds: int, seed: int = 1) -> Tally:
    """Warm writers killed at random: three at a time, `rounds` kills in all."""
    chance = random.Random(seed)
    tally = Tally()
    book = Book.new(base / "killed0")
    for first in range(0, rounds, 3):
        if first % 30 == 29 or len(book.promised) > 1500:
            shutil.rmtree(book.root)
            book = Book.new(base / f"killed{first}")
        before = len(book.promised)
        names = [f"w{first + i}" for i in range(min(3, rounds - first))]
        writers = {name: start(book.root, name, 400) for name in names}
        for process in writers.values():
            _warm(process)
        for name, process in writers.items():
            time.sleep(chance.random() * 0.05)
            process.kill()
            tally.hits += 1
            collect(book, name, process, 400)
        tally.acknowledged += len(book.promised) - before
        book.go_on()
        tally.wrong += book.audit()
    tally.lost = sum(word.startswith("lost") for word in tally.wrong)
    return tally


def race(base: Path, processes: int, count: int, pause: float = 0.2) -> Tally:
    """Writers at work while an editor saves the day file again and again, each time another way."""
    book = Book.new(base / "raced")
    tally = Tally()
    writers = {f"w{n}": start(book.root, f"w{n}", count) for n in range(processes)}
    tries = 0
    while any(process.poll() is None for process in writers.values()):
        time.sleep(pause)
        for day in book.days():
            tries += 1
            tally.hits += _save(day, tries)
    for name, process in writers.items():
        collect(book, name, process, count)
        tally.wrong += [f"exit code {process.returncode}"] if process.returncode else []
    tally.acknowledged = len(book.promised)
    book.go_on()
    _judge(book, tally)
    return tally


def _save(day: Path, number: int) -> int:
    """One save of a buffer that is 5 ms old; 1 if the editor went through with it."""
    text = day.read_bytes()
    time.sleep(0.005)
    if number % 3 == 0:
        vim_saves(day, text)
    elif number % 3 == 1:
        code_saves(day, text)  # vim with backupcopy=yes, told to write all the same
    else:
        return code_saves(day, text, len(text))
    return 1


def _judge(book: Book, tally: Tally) -> None:
    """Nothing lost: in its file, or in the spool and told by verify; what is torn is told too."""
    notebook = Notebook.open(str(book.root))
    found = {entry.id: entry.body for entry in notebook.entries()}
    states = {verdict.id: verdict.state for verdict in notebook.verify()}
    spooled = {record.id: record for record in notebook.store.spooled()}
    for entry_id, body in book.promised.items():
        if states.get(entry_id) == "missing" and entry_id in spooled:
            tally.taken_twice += 1
        elif entry_id not in found:
            tally.lost += 1
            tally.wrong.append(f"lost {entry_id}: {states.get(entry_id)}")
        elif found[entry_id] != body and states.get(entry_id) not in ("edited", "torn"):
            tally.wrong.append(f"changed unnoticed {entry_id}: {states.get(entry_id)}")
    strangers = [i for i, body in found.items() if body not in book.tried]
    tally.wrong += [
        f"a stranger {i}: {states.get(i)}" for i in strangers if not chain.STATES[states[i]]
    ]


@cache
def why_no_power_cuts() -> str:
    """Why power can't be cut here; empty if it can."""
    if os.geteuid() != 0:
        return "cutting the power of a file system needs root"
    if not (shutil.which("mkfs.ext4") and shutil.which("mount")):
        return "mkfs.ext4 or mount is not installed"
    folder = Path(tempfile.mkdtemp(prefix="journal-cut-"))
    try:
        with _mounted(_disk(folder, 16), folder / "at"):
            return ""
    except subprocess.CalledProcessError as error:
        return f"loop mounts are not allowed: {error.stderr.decode(errors='replace').strip()}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*words: str | Path) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _disk(folder: Path, megabytes: int) -> Path:
    image = folder / "disk.img"
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    _run("mkfs.ext4", "-q", "-F", image)
    return image


@contextmanager
def _mounted(image: Path, at: Path) -> Iterator[Path]:
    at.mkdir(exist_ok=True)
    _run("mount", "-o", "loop", image, at)
    if not _is_alive(at):
        # Another mount namespace still holds the disk that was cut off, and this is it again. A
        # copy of what is on the medium is a disk of its own.
        _run("umount", at)
        _run("cp", "--sparse=always", image, f"{image}.copy")
        Path(f"{image}.copy").replace(image)
        _run("mount", "-o", "loop", image, at)
    try:
        yield at
    finally:
        _run("umount", at)


def _is_alive(at: Path) -> bool:
    try:
        (at / ".probe").touch()
        (at / ".probe").unlink()
    except OSError:
        return False
    return True


def _cut(at: Path) -> None:
    """From here on nothing reaches the medium, not even the file system's own log."""
    fd = os.open(at, os.O_RDONLY)
    try:
        fcntl.ioctl(fd, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
    finally:
        os.close(fd)


def power_cuts(base: Path, rounds: int, before: str = "pass", seed: int = 1) -> Tally:
    """Two warm writers on a disk whose power goes off; then the disk again, and the next append.

    Each third time the workspace is new, so that the names of its folders are at stake as well.
    """
    chance = random.Random(seed)
    tally = Tally()
    image = _disk(base, 192)
    home = os.environ["XDG_STATE_HOME"]
    root = base / "at" / "book"
    os.environ["XDG_STATE_HOME"] = str(base / "at" / "home")
    try:
        for number in range(rounds):
            with _mounted(image, base / "at"):
                if number % 3 == 0:
                    if root.exists():
                        shutil.rmtree(root)
                    book = Book.new(root)
                _work_until_cut(book, number, before, chance.random(), tally)
            with _mounted(image, base / "at"):
                _after_cut(book, number, tally)
    finally:
        os.environ["XDG_STATE_HOME"] = home
    return tally


def _work_until_cut(book: Book, number: int, before: str, part: float, tally: Tally) -> None:
    already = len(book.promised)
    writers = {f"c{number}-{n}": start(book.root, f"c{number}-{n}", 2000, before) for n in range(2)}
    for process in writers.values():
        _warm(process)
    time.sleep(part * 0.1)
    # What is acknowledged while the power goes off doesn't count: ext4 lets an fsync that meets its
    # shutdown half-way return without an error (a bare write and fsync loses it as well).
    heard = {name: _heard(process) for name, process in writers.items()}
    _cut(book.root.parent)
    tally.hits += 1
    for name, process in writers.items():
        process.kill()
        process.communicate(timeout=60)
        _note(book, name, heard[name], 2000)
    tally.acknowledged += len(book.promised) - already


def _heard(process: subprocess.Popen[bytes]) -> bytes:
    fd = _out(process)
    os.set_blocking(fd, False)
    try:
        return os.read(fd, 1 << 20)
    except BlockingIOError:
        return b""


def _after_cut(book: Book, number: int, tally: Tally) -> None:
    try:
        book.go_on()
        found = book.audit()
    except JournalError as error:  # not even the workspace is there
        found = [f"lost {entry_id}: {error}" for entry_id in book.promised]
    tally.wrong += [f"cut {number}: {wrong}" for wrong in found]
    lost = [wrong.split()[1] for wrong in found if wrong.startswith("lost")]
    tally.lost += len(lost)
    for entry_id in lost:
        book.promised.pop(entry_id.rstrip(":"), None)
