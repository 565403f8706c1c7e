"""What the crash tests and the soak share: a book to hurt, calls that fail or kill, its audit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from journal import chain
from journal.entry import Draft
from journal.notebook import Notebook
from journal.workspace import init

# A plain append with nothing around it: the ids are printed once they are acknowledged. The first
# word is run before, to lower a threshold or to break a function.
# What a disk may answer, by the calls that may answer so.
FAIL = {
    "error=EIO": ".*",
    "error=ENOSPC": "write|openat|mkdirat|fsync|fdatasync|ftruncate|rename.*|fchmod.*",
    "error=EDQUOT": "write|openat|fsync|fdatasync|ftruncate|rename.*",
    "error=EACCES": "openat|mkdirat",
    "retval=0": "write",
    "retval=1": "write",
    "retval=100": "write",
}
PROGRAM = """
import os, sys
from time import time
from journal import protocol, seal, space
from journal.errors import JournalError
exec(sys.argv[1])
try:
    place = space.open_space(sys.argv[2], int(time()))
    sealings = [seal.Sealing({"body": body.encode(), "session": "s"}) for body in sys.argv[3:]]
    receipts = protocol.append(place, sealings)
    for notice in receipts[0].notices:
        os.write(2, f"journal: {notice}\\n".encode())
    os.write(1, "".join(f"{receipt.id}\\n" for receipt in receipts).encode())
except JournalError as error:
    os.write(2, f"journal: {error.kind}: {error.message}\\n".encode())
    os._exit(error.code)
os._exit(0)
"""
# Trims at every append, and keeps nothing that it may drop.
TRIMMING = "protocol.TRIM_AT = 1; from journal import trim; trim.KEEP = 0"

_CALL = re.compile(r"^(?:\d+ +)?([a-z_0-9]+)\((.*)")


@cache
def why_no_strace() -> str:
    """Why system calls can't be made to fail here; empty if they can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(
        ["strace", *inject(Path(os.devnull), ("fsync", 1), "error=EIO"), "-f", "true"],
        capture_output=True,
        check=False,
    )
    return "" if tried.returncode == 0 else "strace may not trace here"


@dataclass
class Outcome:
    """What a program did: exit code (negative: the signal), acknowledged ids, its complaints."""

    code: int
    ids: list[str]
    bodies: list[str]
    stderr: str


@dataclass
class Book:
    """A workspace, and what it has promised to keep: bodies by id."""

    root: Path
    promised: dict[str, str] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    number: int = 0

    @classmethod
    def new(cls, root: Path) -> Book:
        """A workspace without an entry."""
        init(str(root))
        return cls(root)

    def bodies(self, count: int) -> list[str]:
        """Texts that no other entry has."""
        self.number += count
        found = [f"entry {self.number - i} of {self.root.name}\n\nIts text." for i in range(count)]
        self.tried |= set(found)
        return found

    def append(self, count: int = 1, before: str = "pass", strace: tuple[str, ...] = ()) -> Outcome:
        """Append in a process of its own, maybe under strace with these options."""
        bodies = self.bodies(count)
        traced = ["strace", "-f", "-qq", *strace] if strace else []
        done = subprocess.run(
            [*traced, sys.executable, "-c", PROGRAM, before, str(self.root), *bodies],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        ids = done.stdout.split()
        self.promised |= dict(zip(ids, bodies, strict=False))
        return Outcome(done.returncode, ids, bodies, done.stderr)

    def go_on(self) -> None:
        """The next append, which has to mend whatever was left."""
        body = self.bodies(1)[0]
        receipt = Notebook.open(str(self.root)).append(Draft(body=body, session="s"))
        self.promised[receipt.id] = body

    def days(self) -> list[Path]:
        """Its day files."""
        return sorted(self.root.glob("journal/*/*/*.md"))

    def audit(self, *, holes: bool = False) -> list[str]:
        """What is wrong with it: lost, changed, twice, or never asked for; empty if nothing is.

        `holes`: a call claimed to have written what it hasn't; verify has to show the rest of it.
        """
        notebook = Notebook.open(str(self.root))
        entries = list(notebook.entries())
        found = {entry.id: entry.body for entry in entries}
        turns = Counter(entry.turn for entry in entries if entry.session)
        wrong = [f"turn {turn} {n} times" for turn, n in turns.items() if n > 1 or not turn]
        wrong += [f"lost {i}" for i in self.promised if i not in found]
        wrong += [f"changed {i}" for i, body in self.promised.items() if found.get(i, body) != body]
        if not holes:
            wrong += [f"a stranger: {body!r}" for body in found.values() if body not in self.tried]
        wrong += [f"body twice: {b!r}" for b, n in Counter(found.values()).items() if n > 1]
        texts = b"\n".join(day.read_bytes() for day in self.days())
        marks = Counter(re.findall(rb"(?m)^id: (\w+)\n", texts))
        if not holes:
            wrong += [f"{n} times in the files: {mark!r}" for mark, n in marks.items() if n > 1]
        wrong += [f"not in a file: {i}" for i in self.promised if i.encode() not in marks]
        verdicts = notebook.verify()
        if chain.exit_code(verdicts) > holes:
            states = [v for v in verdicts if chain.STATES[v.state]]
            wrong += [f"{v.state} {v.id} {v.file}:{v.line} {v.message}" for v in states]
        return wrong


def calls(book: Book, log: Path, count: int = 1, before: str = "pass") -> list[tuple[str, int]]:
    """Each system call of an append that touches the book: name, and which of that name it is."""
    done = book.append(count, before, ("-y", "-o", str(log)))
    if done.code:
        raise AssertionError(done.stderr)
    counted: Counter[str] = Counter()
    touching = []
    for line in log.read_text(errors="replace").splitlines():
        if match := _CALL.match(line):
            counted[match[1]] += 1
            if (
                f"{book.root}/" in match[2]
                or f"{book.root}>" in match[2]
                or f'{book.root}"' in match[2]
            ):
                touching.append((match[1], counted[match[1]]))
    # The interpreter's own: it looks for a module in the folder it was started in.
    return [call for call in touching if call[0] != "execve"]


def inject(log: Path, call: tuple[str, int], what: str) -> tuple[str, ...]:
    """The options that make a call fail (`error=EIO`), lie (`retval=5`), kill (`signal=KILL`).

    No other call stops the process, but before a kill: strace 6.1 does none with --seccomp-bpf.
    """
    only = ["-e", f"trace={call[0]}"]
    if not what.startswith("signal="):
        only.append("--seccomp-bpf")
    return ("-y", "-o", str(log), *only, "-e", f"inject={call[0]}:{what}:when={call[1]}")


def vim_saves(path: Path, text: bytes) -> None:
    """Save as vim does without backupcopy: a new file takes the name."""
    aside = path.with_name(f".{path.name}.swp~")
    aside.write_bytes(text)
    aside.chmod(0o600)
    aside.rename(path)


def code_saves(path: Path, text: bytes, size: int | None = None) -> bool:
    """Save as VS Code does: empty the file, then write the buffer; False if it saw a change."""
    fd = os.open(path, os.O_RDWR)
    try:
        if size is not None and os.fstat(fd).st_size != size:
            return False
        os.ftruncate(fd, 0)
        os.pwrite(fd, text, 0)
    finally:
        os.close(fd)
    return True


def take_newest(book: Book) -> None:
    """An editor that was opened earlier saves: the newest entry is gone from its file."""
    day = book.days()[-1]
    text = day.read_bytes()
    vim_saves(day, text[: text.rindex(b"\n## ") + 1])


@dataclass(frozen=True)
class Scene:
    """A kind of append: how many entries, what comes before it, what the program runs first."""

    prepare: Callable[[Book], None] = lambda _: None
    count: int = 1
    before: str = "pass"
    fresh: bool = False  # each time in a new workspace


def _grow(book: Book) -> None:
    for _ in range(3):
        book.go_on()


SCENES = {
    "first": Scene(fresh=True),
    "ordinary": Scene(),
    "after-editor": Scene(take_newest),
    "batch": Scene(count=3),
    "trim": Scene(_grow, before=TRIMMING),
}
_RENEWED = 25  # so that reading the book stays cheap


def sweep(
    base: Path,
    scene: Scene,
    whats: dict[str, str],
    step: int = 1,
    tell: Callable[[int], None] = lambda _: None,
) -> Iterator[str]:
    """What goes wrong when each `step`th call of the scene meets each of the faults.

    `whats`: what strace injects, and the system calls that it is for, as a regular expression.
    `tell` is told how many calls are hit.
    """
    log = base / "strace.log"
    book = _ready(base, scene, 0)
    scene.prepare(book)
    found = calls(book, log, scene.count, scene.before)
    work = [
        (call, what)
        for what, names in whats.items()
        for call in found
        if re.fullmatch(names, call[0])
    ]
    tell(len(work[::step]))
    missed = 0
    for number, (call, what) in enumerate(work[::step], 1):
        if scene.fresh or number % _RENEWED == 0:
            book = _ready(base, scene, number)
        scene.prepare(book)
        done = book.append(scene.count, scene.before, inject(log, call, what))
        if not _met(book, log) or (what == "signal=KILL" and done.code == 0):
            missed += 1  # the interpreter has compiled a module meanwhile, and opened one file less
            book.go_on()
            continue
        yield from (f"{what} at {call}: {wrong}" for wrong in _afterwards(book, done, what))

    if missed * 4 > len(work[::step]):
        yield f"{missed} of {len(work[::step])} faults met something else"


def _met(book: Book, log: Path) -> bool:
    """Whether the fault met a call that touches the book; a kill says nothing in the log."""
    hit = [line for line in log.read_text(errors="replace").splitlines() if "(INJECTED)" in line]
    return not hit or any(str(book.root) in line for line in hit)


def _ready(base: Path, scene: Scene, number: int) -> Book:
    shutil.rmtree(base / f"book{number - 1}", ignore_errors=True)
    book = Book.new(base / f"book{number}")
    if not scene.fresh:
        book.go_on()
    return book


def _afterwards(book: Book, done: Outcome, what: str) -> Iterator[str]:
    if "Traceback" in done.stderr:
        yield done.stderr
    killed = what == "signal=KILL"
    if not killed and done.code not in (0, 3, 7, 10):
        yield f"exit code {done.code}: {done.stderr}"
    if done.code and done.ids:
        yield "it failed, and acknowledged all the same"
    if not done.code and not done.ids:
        yield "it acknowledged nothing, and said so to nobody"
    book.go_on()
    yield from book.audit(holes=what.startswith("retval"))
    kept = {entry.body for entry in Notebook.open(str(book.root)).entries()}
    if not killed and done.code:
        yield from (f"refused, but kept: {body!r}" for body in done.bodies if body in kept)
