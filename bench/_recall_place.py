"""Where recall is measured: workspaces filled through the notebook, in this process, on a disk."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _place import ROOT, development_data, disk

sys.path.insert(0, str(ROOT))

try:
    from journal import api, workspace
    from journal.entry import Draft
    from journal.notebook import Notebook
except ImportError as error:  # pragma: no cover
    sys.exit(f"bench: {error}; run it where this project is installed (pip install -e .)")

__all__ = ["Draft", "Journal", "commits", "filled", "laboratory", "say"]

Journal = api.Journal
_AT_ONCE = 10_000  # entries a flush
_FOREIGN = ("GIT_", "XDG_", "JOURNAL_WORKSPACE")


def say(text: str) -> None:
    """A word to the person who waits; standard output is for the data."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def laboratory(keep: Path | None = None) -> Iterator[Path]:
    """A folder on a disk, with a home of its own; gone at the end, unless `keep` names it."""
    folder = keep or Path(tempfile.mkdtemp(prefix="journal-bench-", dir=disk()))
    home = folder.resolve() / "home"
    home.mkdir(parents=True, exist_ok=True)
    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        del os.environ[name]
    os.environ |= {
        "HOME": str(home), "XDG_STATE_HOME": str(home / "state"),
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    }  # fmt: skip
    try:
        yield folder.resolve()
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def filled(root: Path, drafts: Sequence[Draft]) -> tuple[Journal, list[str]]:
    """The journal of a workspace that holds just these, and their ids; made unless it is there."""
    receipts, content = root.with_name(f"{root.name}.ids.json"), _digest(drafts)
    if receipts.exists():
        kept = json.loads(receipts.read_text(encoding="utf-8"))
        if kept["content"] == content:
            return api.open(str(root)), kept["ids"]
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    workspace.init(str(root))
    notebook = Notebook.open(str(root))
    ids = []
    for first in range(0, len(drafts), _AT_ONCE):
        ids += [done.id for done in notebook.append_many(drafts[first : first + _AT_ONCE])]
    receipts.write_text(json.dumps({"content": content, "ids": ids}), encoding="utf-8")
    return api.open(str(root)), ids


def _digest(drafts: Sequence[Draft]) -> str:
    found = hashlib.sha256()
    for draft in drafts:
        found.update(repr(draft).encode(errors="replace"))
    return found.hexdigest()


def commits(file: Path | None) -> list[dict[str, Any]]:
    """The records of a file of commits, or of the development data; leaves if there is none."""
    if file is None:
        data = development_data()
        if data is None:
            say("bench: left out; name the folder of commits-dev.jsonl.xz in JOURNAL_DEV_DATA")
            sys.exit(0)
        file = data / "commits-dev.jsonl.xz"
    with opened(file) as lines:
        return [json.loads(line) for line in lines if line.strip()]


def opened(file: Path) -> Any:
    """The text of a file, packed or not; leaves with a word if it can't be read."""
    try:
        if file.suffix == ".xz":
            return lzma.open(file, "rt", encoding="utf-8")
        return file.open(encoding="utf-8")
    except OSError as error:
        sys.exit(f"bench: {file}: {error.strerror}")
