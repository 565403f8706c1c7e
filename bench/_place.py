"""Where a benchmark runs: a folder on a disk, a fresh installation, workspaces; gone at the end."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from _measure import interleaved, timed

ROOT = Path(__file__).resolve().parent.parent
_IN_MEMORY = ("tmpfs", "ramfs")


def file_system(folder: Path) -> str:
    """The type of the file system that holds the folder; empty where that can't be told."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return ""
    best = ("", "")
    for line in mounts.read_text(errors="replace").splitlines():
        _, point, kind, *_ = line.split()
        inside = folder == Path(point) or Path(point) in folder.parents
        if inside and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]


def disk() -> Path:
    """A folder for temporary files that is no memory disk, whose fsync would cost nothing."""
    candidates = [os.environ.get("JOURNAL_BENCH_DIR"), tempfile.gettempdir(), "/var/tmp", ROOT]  # noqa: S108
    for candidate in candidates:
        if candidate and os.path.isdir(candidate):
            folder = Path(candidate).resolve()
            if file_system(folder) not in _IN_MEMORY:
                return folder
    sys.exit("bench: no folder on a disk found; name one in JOURNAL_BENCH_DIR")


def development_data() -> Path | None:
    """The folder of the development data, if it is there."""
    data = Path(os.environ.get("JOURNAL_DEV_DATA") or ROOT.parent / "shared" / "data")
    return data if (data / "commits-dev.jsonl.xz").exists() else None


class Place:
    """The benchmark's folder, its environment variables and its installations."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="journal-bench-", dir=disk()))
        home = self.folder / "home"
        home.mkdir()
        foreign = ("GIT_", "JOURNAL_", "PYTHON", "XDG_", "VIRTUAL_ENV")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        self.env |= {
            "HOME": str(home), "XDG_STATE_HOME": str(home / "state"),
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
        }  # fmt: skip
        self.bin = self.folder / "venv" / "bin"
        self.python = str(self.bin / "python")
        self.journal = str(self.bin / "journal")

    def __enter__(self) -> Self:
        self.install("venv", str(ROOT))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        os.chdir(ROOT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def machine(self) -> str:
        """What the figures depend on: interpreter, processors, file system, load, an fsync."""
        probe = self.folder / "probe"

        def write() -> None:
            with open(probe, "ab") as file:
                file.write(b"x" * 400)
                file.flush()
                os.fsync(file.fileno())

        fsync = interleaved({"fsync": lambda: timed(write)}, 50)["fsync"]
        return (
            f"Python {platform.python_version()}, {os.cpu_count()} processors,"
            f" {file_system(self.folder) or 'unknown file system'}, load {os.getloadavg()[0]:.1f},"
            f" write and fsync {fsync.wall * 1000:.2f} ms (least {fsync.least * 1000:.2f})"
        )

    def install(self, venv: str, *wanted: str) -> None:
        """A virtual environment with that in it; CalledProcessError if pip can't."""
        where = self.folder / venv
        subprocess.run([sys.executable, "-m", "venv", where], check=True)
        words = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted)
        # Its own environment variables, for the person's proxies and indexes.
        subprocess.run([where / "bin" / "python", *words], check=True, stderr=subprocess.PIPE)

    def jrnl(self, entries: int, bodies: Sequence[str] = ()) -> list[str] | None:
        """The command line of jrnl with a journal of that many entries; None if it can't be had."""
        try:
            self.install("rival", "jrnl")
        except subprocess.CalledProcessError as error:
            last = (error.stderr or b"").decode(errors="replace").strip().splitlines()[-1:]
            print(f"jrnl is left out, pip can't install it: {''.join(last)}")
            return None
        program = str(self.folder / "rival" / "bin" / "jrnl")
        text, config = self.folder / "jrnl.txt", self.folder / "jrnl.yaml"
        days = (
            f"{2001 + n // 336}-{n // 28 % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(entries)
        )
        said = "What was done that day, in a line or two, and what is left to do. @work"
        texts = zip(days, bodies or [said] * entries, strict=True)
        text.write_text("".join(f"[{day} 09:00] Entry of {day}\n{body}\n\n" for day, body in texts))
        version = subprocess.run(
            [program, "--version"], env=self.env, capture_output=True, check=True
        )
        settings = {
            "version": version.stdout.decode().split()[1].lstrip("v"),
            "journals": {"default": {"journal": str(text)}},
            "editor": "", "encrypt": False, "template": False, "default_hour": 9,
            "default_minute": 0, "timeformat": "%Y-%m-%d %H:%M", "tagsymbols": "#@",
            "highlight": True, "linewrap": 79, "indent_character": "|",
            "colors": dict.fromkeys(("body", "date", "tags", "title"), "none"),
        }  # fmt: skip
        # Lines of YAML: it takes a file that is one JSON object for its own older format.
        lines = (f"{key}: {json.dumps(value)}\n" for key, value in settings.items())
        config.write_text("".join(lines))
        return [program, "--config-file", str(config)]

    def workspace(self, name: str, *, git: bool = True) -> Path:
        """A new workspace, inside a git work tree with one commit unless told otherwise."""
        root = self.folder / name
        root.mkdir()
        if git:
            who = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org")
            for words in (("init", "-q", "."), (*who, "commit", "-q", "--allow-empty", "-m", "x")):
                subprocess.run(["git", *words], cwd=root, env=self.env, check=True)
        self.run(root, "init", ".")
        return root

    def run(self, root: Path, *words: str, stdin: Path | None = None) -> bytes:
        """What the journal's command prints in that workspace."""
        with open(stdin or os.devnull, "rb") as source:
            command = [self.journal, *words]
            done = subprocess.run(
                command, cwd=root, env=self.env, stdin=source, stdout=subprocess.PIPE, check=True
            )
        return done.stdout

    def remove(self, root: Path) -> None:
        """Make room for the next part."""
        os.chdir(self.folder)
        shutil.rmtree(root)


def jsonl(path: Path, drafts: list[dict[str, object]]) -> Path:
    """The drafts as `append --batch` reads them."""
    lines = (json.dumps(draft, ensure_ascii=False) + "\n" for draft in drafts)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def day_files(root: Path) -> list[Path]:
    """The workspace's day files."""
    return sorted((root / "journal").rglob("*.md"))
