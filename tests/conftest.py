"""What every test shares: a home of its own, a workspace, Hypothesis profiles, development data."""

import os
import shutil
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from doors import Door

    from journal.api import Journal

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("default", deadline=None, max_examples=60, print_blob=True)
settings.register_profile("soak", settings.get_profile("default"), max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# A person's own choices, and what git tells its hooks: a test that saw them would depend on them.
_FOREIGN = (
    "COLUMNS",
    "EDITOR",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_WORK_TREE",
    "JOURNAL_KEEP_CHECKPOINTS",
    "JOURNAL_KEEP_DAYS",
    "JOURNAL_PATH",
    "JOURNAL_SESSION",
    "JOURNAL_WORKSPACE",
    "VISUAL",
)


_MEMORY, _ROOM = "/dev/shm", 4 << 30  # noqa: S108


def pytest_configure() -> None:
    """Temporary folders lie in memory where there is room: no test waits for a disk.

    Who wants them on a disk names a folder in PYTEST_DEBUG_TEMPROOT.
    """
    if os.access(_MEMORY, os.W_OK):
        room = os.statvfs(_MEMORY)
        if room.f_bavail * room.f_frsize > _ROOM:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _MEMORY)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for each test; `mktemp` would read the names of all that there are, for each."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def isolated(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own empty home directory: nothing of the person who runs it is read or written."""
    home = next(homes)
    home.mkdir()
    for name in _FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local" / "state"))
    for scope in ("GLOBAL", "SYSTEM"):
        monkeypatch.setenv(f"GIT_CONFIG_{scope}", os.devnull)
    for person in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{person}_NAME", "Anna Beispiel")
        monkeypatch.setenv(f"GIT_{person}_EMAIL", "anna@example.org")
    return home


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A new workspace; a module whose tests want another one has its own `root`."""
    from journal.workspace import init

    init(str(tmp_path / "soup"))
    return tmp_path / "soup"


def sample_at(folder: Path) -> Path:
    """A copy of the sample workspace, in a folder that isn't there yet."""
    ignored = shutil.ignore_patterns(".journal", ".git")
    shutil.copytree(ROOT / "sample_workspace", folder, ignore=ignored)
    return folder


@pytest.fixture
def journal(root: Path) -> "Iterator[Journal]":
    """The workspace of the test, opened."""
    from journal import api

    with api.open(str(root)) as opened:
        yield opened


@pytest.fixture
def door(root: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> "Door":
    """The command line of the test's workspace, in this process."""
    from doors import Door

    return Door(root, capfdbinary)


@pytest.fixture(scope="session")
def dev_data() -> Path:
    """The folder of development data; a test that wants it is skipped where there is none."""
    folder = Path(os.environ.get("JOURNAL_DEV_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no development data at {folder}; name its folder in JOURNAL_DEV_DATA")
    return folder


@pytest.fixture(scope="session")
def journal_bin() -> Path:
    """The installed `journal` command of this interpreter's environment."""
    command = Path(sys.executable).parent / "journal"
    if not command.is_file():
        pytest.fail(f"{command} is not there: install the package first (pip install -e .)")
    return command
