"""Where appends go: the root, the compiled configuration that follows its files, the time."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import clock
from journal.errors import WorkspaceError
from journal.files import Folder
from journal.space import (
    CACHE,
    CACHED_CONFIG,
    SCHEMA,
    Space,
    day_path,
    find,
    open_space,
    writer_of,
)
from journal.workspace import compile_config, init

ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Chatham", "Africa/Casablanca",
    "America/Sao_Paulo", "Asia/Tehran", "Pacific/Pago_Pago",
]  # fmt: skip
NOW = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp())
YEAR = 366 * 86_400


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init(str(tmp_path))
    return tmp_path


def compiled(zone: str) -> dict[str, object]:
    offsets = clock.offsets(clock.zone(zone), NOW - YEAR, NOW + 20 * YEAR)
    return {
        "workspace": "01KAJ2X7Q0M3C4V5B6N7Q8W9E0", "writer": "anna-1", "timezone": zone,
        "namespace": "main", "enabled": True, "language": "english",
        "offsets": [list(pair) for pair in offsets],
        "policy": {}, "until": NOW + YEAR,
    }  # fmt: skip


SPACES = {zone: Space("/nowhere", compiled(zone)) for zone in ZONES}


def check_stamp(zone: str, nanoseconds: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=nanoseconds // 1_000)
    assert SPACES[zone].stamp(nanoseconds) == clock.stamp(moment, clock.zone(zone))


@given(st.sampled_from(ZONES), st.integers((NOW - YEAR) * 10**9, (NOW + 20 * YEAR) * 10**9))
def test_a_stamp_is_the_clocks(zone: str, nanoseconds: int) -> None:
    check_stamp(zone, nanoseconds)


@pytest.mark.parametrize("zone", ZONES)
def test_a_stamp_is_the_clocks_around_every_change(zone: str) -> None:
    for since, _ in SPACES[zone].offsets:
        for second in (since, since + 1, since + 3_599, since + 3_600):
            check_stamp(zone, second * 10**9)
            check_stamp(zone, second * 10**9 + 999_999_999)
        if since > NOW - YEAR:
            check_stamp(zone, since * 10**9 - 1)


def test_a_clock_that_went_far_back_has_its_zone_too(root: Path) -> None:
    config = root / "journal.toml"
    text = config.read_text()
    line = next(line for line in text.splitlines() if line.startswith("timezone"))
    config.write_text(text.replace(line, 'timezone = "Asia/Kathmandu"'))
    open_space(str(root), int(time()))
    for now in (86_400, NOW - 5 * YEAR, NOW + 50 * YEAR):
        stamp = open_space(str(root), now).stamp(now * 10**9)
        assert stamp == clock.stamp(datetime.fromtimestamp(now, UTC), clock.zone("Asia/Kathmandu"))


def test_the_root_is_found(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    inner = root / "a" / "b"
    inner.mkdir(parents=True)
    other = tmp_path_factory.mktemp("other")
    init(str(other))
    monkeypatch.chdir(inner)
    assert find() == str(root)
    assert find("../..") == str(root)
    monkeypatch.setenv("JOURNAL_WORKSPACE", str(other))
    assert find() == str(other)
    assert find(str(root)) == str(root)
    with pytest.raises(WorkspaceError, match="no journal workspace") as caught:
        find(str(inner))
    assert caught.value.kind == "no-workspace"


def test_no_workspace_names_the_way_to_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkspaceError) as caught:
        find()
    assert caught.value.kind == "no-workspace"
    assert "journal init" in caught.value.hint


def cache(root: Path) -> Path:
    return root / CACHE / CACHED_CONFIG


def is_cached(root: Path) -> bool:
    """Whether opening the workspace takes the configuration from its cache."""
    before = cache(root).stat().st_ino
    open_space(str(root), int(time()))
    return cache(root).stat().st_ino == before


def test_the_compiled_configuration_is_kept(root: Path) -> None:
    open_space(str(root), int(time()))
    assert is_cached(root)
    assert is_cached(root)


def swapped(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text().replace(old, new))


def same_size(root: Path) -> None:
    config = root / "journal.toml"
    times = config.stat()
    swapped(config, "# A journal workspace.", "# A Journal workspace.")
    os.utime(config, ns=(times.st_atime_ns, times.st_mtime_ns))


def replaced(root: Path) -> None:
    config = root / "journal.toml"
    fresh = root / "fresh"
    fresh.write_text(config.read_text())
    times = config.stat()
    os.utime(fresh, ns=(times.st_atime_ns, times.st_mtime_ns))
    fresh.rename(config)


def held(root: Path) -> dict[str, object]:
    value: dict[str, object] = json.loads(cache(root).read_text())
    return value


CHANGES: dict[str, Callable[[Path], object]] = {
    "journal.toml edited": lambda root: swapped(root / "journal.toml", "true", "false"),
    "journal.toml edited, size and time kept": same_size,
    "journal.toml replaced": replaced,
    "policy.yaml edited": lambda root: swapped(root / "policy.yaml", "# defaults", "#  defaults"),
    "policy.yaml gone": lambda root: (root / "policy.yaml").unlink(),
    "cache gone": lambda root: cache(root).unlink(),
    "cache empty": lambda root: cache(root).write_bytes(b""),
    "cache torn": lambda root: cache(root).write_bytes(cache(root).read_bytes()[:50]),
    "cache garbage": lambda root: cache(root).write_bytes(b"\xff\0{"),
    "cache of another shape": lambda root: cache(root).write_text("[1]"),
    "cache of a newer schema": lambda root: cache(root).write_text(
        json.dumps(held(root) | {"schema": SCHEMA + 1})
    ),
    "cache with keys missing": lambda root: cache(root).write_text(
        json.dumps({key: value for key, value in held(root).items() if key != "until"})
    ),
    "cache of other types": lambda root: cache(root).write_text(
        json.dumps(held(root) | {"until": "never", "offsets": None})
    ),
    "cache too old": lambda root: cache(root).write_text(json.dumps(held(root) | {"until": 1})),
    "cache deep": lambda root: cache(root).write_text("[" * 100_000),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_compiled_anew_when_anything_changed(
    root: Path, change: Callable[[Path], object]
) -> None:
    open_space(str(root), int(time()))
    change(root)
    inode = cache(root).stat().st_ino if cache(root).exists() else 0
    space = open_space(str(root), int(time()))
    assert cache(root).stat().st_ino != inode
    assert space.enabled == ("enabled = true" in (root / "journal.toml").read_text())
    assert is_cached(root)


def test_a_cache_that_can_not_be_kept_costs_only_time(root: Path) -> None:
    open_space(str(root), int(time()))
    cache(root).unlink()
    cache(root).mkdir()
    wanted = compile_config(str(root), int(time()))
    assert open_space(str(root), int(time())).id == wanted["workspace"]
    cache(root).rmdir()
    for file in cache(root).parent.iterdir():
        file.unlink()
    cache(root).parent.rmdir()
    cache(root).parent.write_text("a file")
    assert open_space(str(root), int(time())).id == wanted["workspace"]


def test_the_writer_stays_the_writer_here_and_is_another_in_a_copy(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def writer(where: Path) -> str:
        space = open_space(str(where), int(time()))
        with Folder(str(where), ".journal/state", create=True) as state:
            fd = state.open("lock", os.O_RDWR | os.O_CREAT)
            try:
                return writer_of(space, fd)
            finally:
                os.close(fd)

    first = writer(root)
    assert writer(root) == first == open_space(str(root), int(time())).first
    copy = tmp_path_factory.mktemp("copies") / "copy"
    shutil.copytree(root, copy)
    assert writer(copy) != first
    assert writer(copy) == writer(copy)
    assert writer(root) == first


def test_day_paths() -> None:
    space = SPACES["UTC"]
    assert day_path(space, "anna-1", "main", "2026-11-21", 1) == "journal/main/2026/2026-11-21.md"
    assert day_path(space, "anna-1", "w", "2026-11-21", 2) == "journal/w/2026/2026-11-21.p2.md"
    assert (
        day_path(space, "bob-2", "main", "2026-11-21", 1) == "journal/main/2026/2026-11-21.bob-2.md"
    )
    assert day_path(space, "bob-2", "w", "2026-11-21", 3) == "journal/w/2026/2026-11-21.bob-2.p3.md"
