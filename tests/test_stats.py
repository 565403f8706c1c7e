"""Counts over time, and a year as a picture: told right, and within every width."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from doors import Door
from hypothesis import given
from hypothesis import strategies as st

from journal import api, forgetting, workspace
from journal.cli import heat
from journal.entry import Draft
from journal.errors import UsageError
from journal.safe import columns
from journal.selection import Selection
from journal.stats import Stats, stats

TODAY = datetime.now(UTC).date()  # of a journal in UTC
SGR = re.compile(r"\x1b\[([0-9;]*)m")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TZ", "UTC")
    return Path(workspace.init(str(tmp_path / "diary")).root)


def fill(journal: api.Journal) -> None:
    for number in range(40):
        at = datetime.combine(TODAY - timedelta(days=number * 11), datetime.min.time(), UTC)
        journal.append(
            Draft(
                body=f"entry {number}",
                kind="note" if number % 3 else "message",
                actor="anna" if number % 4 else "",
                session=f"s{number % 5}" if number % 2 else "",
                namespace="main" if number % 7 else "other",
                at=at + timedelta(hours=number % 24),
            )
        )


def test_counts_are_those_of_the_entries(journal: api.Journal) -> None:
    fill(journal)
    gone = next(journal.rows(limit=1))
    forgetting.hide(journal, [gone], "it was a slip")
    for space in ("", "main", "other"):
        found = stats(journal, namespace=space)
        rows = [
            row
            for row in journal.rows(Selection(namespace=space))
            if found.since <= row.at[:10] <= found.until
        ]
        assert found.entries == len(rows) > 0
        assert dict(found.days) == Counter(row.at[:10] for row in rows)
        assert dict(found.kinds) == Counter(row.kind for row in rows)
        assert dict(found.actors) == Counter(row.actor for row in rows)
        talks = Counter((row.namespace, row.session) for row in rows if row.session)
        assert {(one.namespace, one.name): one.entries for one in found.sessions} == talks
        assert list(found.days) == sorted(found.days)
        assert list(found.kinds.values()) == sorted(found.kinds.values(), reverse=True)


def test_which_days_are_meant(journal: api.Journal) -> None:
    fill(journal)
    found = stats(journal)
    assert date.fromisoformat(found.since).weekday() == 0
    assert found.until == found.today == TODAY.isoformat()
    assert (TODAY - date.fromisoformat(found.since)).days // 7 == 52
    year = stats(journal, year=TODAY.year)
    assert (year.since, year.until) == (f"{TODAY.year}-01-01", f"{TODAY.year}-12-31")
    assert all(day[:4] == str(TODAY.year) for day in year.days)
    assert stats(journal, since="-11d").entries == 2
    assert stats(journal, since="2001").entries == journal.count()
    assert stats(journal, year=1).entries == 0
    ahead = stats(journal, since=(TODAY + timedelta(days=3)).isoformat())
    assert (ahead.since, ahead.entries) == (ahead.until, 0)
    for wrong in ({"since": "someday"}, {"year": 10_000}, {"year": 2026, "since": "-3d"}):
        with pytest.raises(UsageError) as told:
            stats(journal, **wrong)
        assert told.value.kind == "bad-time"
        assert told.value.hint


def made(days: dict[date, int], first: date, last: date, today: date) -> Stats:
    counts = {day.isoformat(): many for day, many in sorted(days.items())}
    some = {"note": sum(days.values())}
    return Stats(
        first.isoformat(), last.isoformat(), today.isoformat(), "", some["note"], counts, some,
        some, (),
    )  # fmt: skip


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.dictionaries(st.integers(0, 364), st.integers(1, 5000), min_size=1, max_size=60),
    st.sampled_from([60, 80, 160]),
)
def test_every_day_has_its_place_in_the_picture(
    first: date, given_days: dict[int, int], wide: int
) -> None:
    """The picture is read back: row and column say the day, the shade how much there is of it."""
    last = first + timedelta(days=364)
    days = {first + timedelta(days=n): many for n, many in given_days.items()}
    found = made(days, first, last, last)
    lines = heat.years(found, wide)
    assert all(len(line) <= wide for line in lines)
    monday = first - timedelta(days=first.weekday())
    step = 2 if wide == 160 else 1
    seen = {}
    for row, line in enumerate(lines[1:8]):
        for at, shade in enumerate(line[4:][::step]):
            seen[monday + timedelta(weeks=at, days=row)] = shade
    assert {day for day, shade in seen.items() if shade in "░▒▓█"} == set(days)
    assert {day for day, shade in seen.items() if shade != " "} == {
        first + timedelta(days=n) for n in range(365)
    }
    ranked = [" ·░▒▓█".index(seen[day]) for day in sorted(days, key=lambda day: days[day])]
    assert ranked == sorted(ranked)
    assert seen[max(days, key=lambda day: days[day])] == "█"


def test_days_to_come_are_left_blank_and_years_stand_apart() -> None:
    today = date(2026, 11, 22)
    found = made({date(2026, 11, 20): 1}, date(2026, 1, 1), date(2026, 12, 31), today)
    rows = heat.years(found, 80)[1:8]
    assert sum(row.count("█") for row in rows) == 1
    assert sum(row[4:].count("·") for row in rows) == (today - date(2026, 1, 1)).days
    long = made({date(2023, 5, 1): 3, date(2026, 5, 1): 9}, date(2023, 1, 1), today, today)
    told = heat.years(long, 80)
    assert [line for line in told if line.isdigit()] == ["2023", "2026"]
    assert told[-1] == "    a day: ▒ 1  ▓ 2  █ 3+"


def test_a_narrow_terminal_shows_the_last_weeks() -> None:
    last = date(2026, 11, 22)
    found = made({last: 1, date(2026, 11, 2): 1}, date(2025, 11, 17), last, last)
    wide, narrow = heat.years(found, 80), heat.years(found, 30)
    assert all(len(line) <= 30 for line in narrow[:8])
    for row in range(1, 8):
        assert wide[row].rstrip()[-26:] == narrow[row].rstrip()[4:]
    for picture in (wide, narrow):  # November begins on a Sunday, the week before that Monday's
        assert picture[0].index("Nov") == picture[1].index("█") - 1


def test_streak_and_busiest_day() -> None:
    begin = date(2026, 2, 26)
    days = {begin + timedelta(days=n): 1 for n in (0, 1, 2, 3, 5, 6)}
    found = made(days, begin, begin + timedelta(days=9), begin)
    assert (found.streak, found.busiest) == (4, "2026-03-04")
    empty = made({}, begin, begin, begin)
    assert (empty.streak, empty.busiest) == (0, "")


@pytest.mark.parametrize("wide", [60, 80, 160])
def test_what_is_shown_fits(
    journal: api.Journal,
    wide: int,
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(journal)
    journal.append(
        Draft(
            body="x",
            kind="note",
            actor="日本語" * 30 + "\x1b[31m\u202e",
            session="long-" * 12 + "x",
        )
    )
    monkeypatch.setenv("COLUMNS", str(wide))
    shown = door.text("stats")[0]
    assert max(columns(line) for line in shown.splitlines()) <= wide
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    for word in ("Mon", "kinds", "actors", "sessions", "last days", "(nobody named)", "a day"):
        assert word in shown
    assert all(line == line.rstrip() for line in shown.splitlines())


def test_json_and_an_empty_journal(journal: api.Journal, door: Door) -> None:
    assert door.text("stats")[0].startswith("no entries from ")
    door.json("stats", schema="stats")
    fill(journal)
    found: dict[str, Any] = door.json("stats", "--namespace", "other", schema="stats")
    assert found["entries"] == sum(one["entries"] for one in found["days"]) == 5
    assert f"in {TODAY.year}" in door.text("stats", "--year", str(TODAY.year))[0]
    for words, kind in ((("--since", "someday"), "bad-time"), (("--year", "0"), "usage")):
        assert door.error("stats", *words)["kind"] == kind


def at_a_terminal(command: list[str], wide: int, env: dict[str, str]) -> str:
    """What a real process writes to a real terminal of that width."""
    above, below = pty.openpty()
    with subprocess.Popen(
        command, stdout=below, env={**os.environ, "COLUMNS": str(wide), "TERM": "xterm", **env}
    ) as process:
        os.close(below)
        parts = []
        while True:
            try:
                part = os.read(above, 65536)
            except OSError:  # that is how a terminal ends
                break
            if not part:
                break
            parts.append(part)
        os.close(above)
    assert process.returncode == 0
    return b"".join(parts).decode().replace("\r\n", "\n")


def test_in_colour_two_days_share_a_character(journal: api.Journal, journal_bin: Path) -> None:
    monday = TODAY - timedelta(days=TODAY.weekday() + 7)
    for day, many in ((0, 1), (1, 4), (3, 9)):
        at = datetime.combine(monday + timedelta(days=day), datetime.min.time(), UTC)
        for _ in range(many):
            journal.append(Draft(body="x", at=at))
    command = [str(journal_bin), "--workspace", journal.root, "stats"]
    shown = at_a_terminal(command, 60, {})
    assert "\x1b[38;5;65;48;5;202m▀" in shown or "\x1b[38;5;71;48;5;202m▀" in shown  # two full days
    assert "m▄" in shown  # a Thursday alone
    plain = SGR.sub("", shown)
    assert max(map(columns, plain.splitlines())) <= 60
    assert plain.count("Mon") == 1
    assert "Tue" not in plain
    without = at_a_terminal(command, 60, {"NO_COLOR": "1"})
    assert "\x1b" not in without
    assert "█" in without
