"""Stamps keep the instant; words mean the same period for everyone who reads them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journal import clock

BERLIN = clock.zone("Europe/Berlin")
NEW_YORK = clock.zone("America/New_York")
KOLKATA = clock.zone("Asia/Kolkata")
LORD_HOWE = clock.zone("Australia/Lord_Howe")
APIA = clock.zone("Pacific/Apia")
TORONTO = clock.zone("America/Toronto")
HAVANA = clock.zone("America/Havana")
ST_JOHNS = clock.zone("America/St_Johns")
ALL = [UTC, BERLIN, NEW_YORK, KOLKATA, LORD_HOWE, APIA, TORONTO, HAVANA, ST_JOHNS]
ZONES = st.sampled_from(ALL)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


Parse = Callable[[str, tzinfo, datetime], datetime]

# A Saturday afternoon in Berlin.
NOW = datetime(2026, 11, 21, 13, 3, 22, 123456, tzinfo=UTC)
MOMENTS = st.datetimes(moment("0002-01-01"), moment("9998-12-31"), timezones=st.just(UTC))
MODERN = st.datetimes(moment("1900-01-01"), moment("2100-01-01"), timezones=st.just(UTC))
DAYS = st.dates(date(1850, 1, 1), date(2100, 1, 1))

PERIODS = [
    ("2026", "2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"),
    ("2026-11", "2026-11-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00"),
    ("2026-12", "2026-12-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"),
    ("2026-07", "2026-07-01T00:00:00+02:00", "2026-08-01T00:00:00+02:00"),
    ("2026-w47", "2026-11-16T00:00:00+01:00", "2026-11-23T00:00:00+01:00"),
    ("2026-11-21", "2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+01:00"),
    ("20261121", "2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+01:00"),
    ("2026-W47-6", "2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+01:00"),
    ("2024-02-29", "2024-02-29T00:00:00+01:00", "2024-03-01T00:00:00+01:00"),
    ("today", "2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+01:00"),
    ("yesterday", "2026-11-20T00:00:00+01:00", "2026-11-21T00:00:00+01:00"),
    ("tomorrow", "2026-11-22T00:00:00+01:00", "2026-11-23T00:00:00+01:00"),
    ("this week", "2026-11-16T00:00:00+01:00", "2026-11-23T00:00:00+01:00"),
    ("last week", "2026-11-09T00:00:00+01:00", "2026-11-16T00:00:00+01:00"),
    ("this month", "2026-11-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00"),
    ("last month", "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00"),
    ("this year", "2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"),
    ("last year", "2025-01-01T00:00:00+01:00", "2026-01-01T00:00:00+01:00"),
    ("saturday", "2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+01:00"),
    ("sunday", "2026-11-15T00:00:00+01:00", "2026-11-16T00:00:00+01:00"),
    ("Mon", "2026-11-16T00:00:00+01:00", "2026-11-17T00:00:00+01:00"),
    ("november", "2026-11-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00"),
    ("december", "2025-12-01T00:00:00+01:00", "2026-01-01T00:00:00+01:00"),
    ("nov", "2026-11-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00"),
    ("November 2025", "2025-11-01T00:00:00+01:00", "2025-12-01T00:00:00+01:00"),
    ("sept 2025", "2025-09-01T00:00:00+02:00", "2025-10-01T00:00:00+02:00"),
    ("  LAST \t Week ", "2026-11-09T00:00:00+01:00", "2026-11-16T00:00:00+01:00"),
]
POINTS = [
    ("now", "2026-11-21T14:03:22.123456+01:00"),
    ("15:30", "2026-11-21T15:30:00+01:00"),
    ("9:30", "2026-11-21T09:30:00+01:00"),
    ("15:30z", "2026-11-21T16:30:00+01:00"),
    ("yesterday 15:30", "2026-11-20T15:30:00+01:00"),
    ("Tomorrow 9:05:07", "2026-11-22T09:05:07+01:00"),
    ("2026-11-21T14:03", "2026-11-21T14:03:00+01:00"),
    ("2026-11-21T14", "2026-11-21T14:00:00+01:00"),
    ("2026-11-21 14:03:22.5", "2026-11-21T14:03:22.500000+01:00"),
    ("2026-11-21T14:03:22,1234569", "2026-11-21T14:03:22.123456+01:00"),
    ("2026-11-21t14:03:22z", "2026-11-21T15:03:22+01:00"),
    ("20261121T140322Z", "2026-11-21T15:03:22+01:00"),
    ("2026-11-21T14:03:22-05:00", "2026-11-21T20:03:22+01:00"),
    ("2026-11-21 14:03:22 +0100", "2026-11-21T14:03:22+01:00"),
    ("2026-07-01T12:00", "2026-07-01T12:00:00+02:00"),
    ("@1700000000", "2023-11-14T23:13:20+01:00"),
    ("@1700000000.25", "2023-11-14T23:13:20.250000+01:00"),
    ("@1700000000,1234569", "2023-11-14T23:13:20.123456+01:00"),
    ("@-1.5", "1970-01-01T00:59:58.500000+01:00"),
]
RELATIVE = [
    ("-7d", "2026-11-14T14:03:22.123456+01:00"),
    ("7d", "2026-11-14T14:03:22.123456+01:00"),
    ("7 days ago", "2026-11-14T14:03:22.123456+01:00"),
    ("1 Day Ago", "2026-11-20T14:03:22.123456+01:00"),
    ("-3h", "2026-11-21T11:03:22.123456+01:00"),
    ("-2w", "2026-11-07T14:03:22.123456+01:00"),
    ("-30m", "2026-11-21T13:33:22.123456+01:00"),
    ("90 s", "2026-11-21T14:01:52.123456+01:00"),
    ("-6mo", "2026-05-21T14:03:22.123456+02:00"),
    ("-11mo", "2025-12-21T14:03:22.123456+01:00"),
    ("-1y", "2025-11-21T14:03:22.123456+01:00"),
    ("-40d", "2026-10-12T14:03:22.123456+02:00"),
    ("-960h", "2026-10-12T15:03:22.123456+02:00"),
]
GARBAGE = [
    "",
    " ",
    "soon",
    "2026-13-01",
    "2026-02-30",
    "2026-1-1",
    "2026-1121",
    "2026-W54-1",
    "0000-01-01",
    "10000-01-01",
    "25:00",
    "24:00",
    "12:60",
    "153",
    "2026-11-21T",
    "2026-11-21T24:00",
    "2026-11-21T14:03+25:00",
    "2026-11-21x14:03",
    "2026-11-21T14:03Z trailing",
    "２026-11-21",
    "@",
    "@1e9",
    "@9999999999999",
    "yesterdayish",
    "\x1b[31m",
    "9" * 5000,
]


def test_now_is_aware_and_moves() -> None:
    first = clock.now()
    assert first.tzinfo is UTC
    assert first <= clock.now()


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5"])
def test_zones(name: str) -> None:
    assert NOW.astimezone(clock.zone(name)).utcoffset() is not None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Olympus",
        "Europe",
        "/etc/localtime",
        "/usr/share/zoneinfo/Europe/Berlin",
        "../zoneinfo/Europe/Berlin",
        "Europe/../Europe/Berlin",
        "Europe//Berlin",
        "Europe\\Berlin",
        "Europe/Berlin\n",
        "Europe/Berlin\0",
        "\ud800",
        "A" * 5000,
    ],
)
def test_no_such_zone(name: str) -> None:
    with pytest.raises(ValueError, match=r"no time zone .* here: give a name such as"):
        clock.zone(name)


@given(st.text())
def test_a_zone_is_found_or_refused(name: str) -> None:
    try:
        found: object = clock.zone(name)
    except ValueError as refusal:
        found = str(refusal)
    assert isinstance(found, tzinfo) or "no time zone" in str(found)


@pytest.mark.parametrize(
    ("setting", "line", "link", "name"),
    [
        ("America/New_York", "Asia/Kolkata", "Europe/Berlin", "America/New_York"),
        (":America/New_York", "", "", "America/New_York"),
        ("/usr/share/zoneinfo/America/New_York", "", "", "America/New_York"),
        (":/usr/share/zoneinfo/posix/America/New_York", "", "", "America/New_York"),
        ("", "Asia/Kolkata", "Europe/Berlin", "Asia/Kolkata"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "Asia/Kolkata", "", "Asia/Kolkata"),
        ("../../etc/passwd", "", "Europe/Berlin", "Europe/Berlin"),
        ("", "no zone", "Europe/Berlin", "Europe/Berlin"),
        ("", "", "Europe/Berlin", "Europe/Berlin"),
        ("", "Etc/UTC", "Europe/Berlin", "UTC"),
        ("", "", "", "UTC"),
    ],
)
def test_the_machines_zone(setting: str, line: str, link: str, name: str, tmp_path: Path) -> None:
    if line:
        (tmp_path / "timezone").write_text(line + "\n")
    if link:
        (tmp_path / "localtime").symlink_to("/usr/share/zoneinfo/" + link)
    assert clock._named_zone(setting, tmp_path) == name


def test_the_machines_zone_honours_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    assert clock.local_zone_name() == "Asia/Kolkata"
    monkeypatch.delenv("TZ")
    clock.zone(clock.local_zone_name())


@pytest.mark.parametrize(
    ("instant", "zone", "text"),
    [
        (NOW, BERLIN, "2026-11-21T14:03:22.123456+01:00"),
        (NOW, UTC, "2026-11-21T13:03:22.123456+00:00"),
        (NOW, KOLKATA, "2026-11-21T18:33:22.123456+05:30"),
        (NOW, timezone(timedelta(hours=-3, minutes=-30)), "2026-11-21T09:33:22.123456-03:30"),
        (moment("2026-11-21T23:30:00+00:00"), BERLIN, "2026-11-22T00:30:00.000000+01:00"),
        # Berlin's local mean time was 53 minutes and 28 seconds, New York's -4:56:02.
        (moment("1850-01-01T00:00:00+00:00"), BERLIN, "1850-01-01T00:53:00.000000+00:53"),
        (moment("1850-01-01T12:00:00+00:00"), NEW_YORK, "1850-01-01T07:04:00.000000-04:56"),
        (moment("0999-01-01T00:00:00+00:00"), UTC, "0999-01-01T00:00:00.000000+00:00"),
    ],
)
def test_stamp(instant: datetime, zone: tzinfo, text: str) -> None:
    assert clock.stamp(instant, zone) == text
    assert clock.day_key(instant, zone) == text[:10]


def test_a_stamp_needs_an_instant() -> None:
    with pytest.raises(ValueError, match="offset"):
        clock.stamp(moment("2026-11-21"), BERLIN)


@given(MOMENTS, ZONES, ZONES)
def test_a_stamp_keeps_the_instant(instant: datetime, zone: tzinfo, other: tzinfo) -> None:
    text = clock.stamp(instant, zone)
    assert len(text) == len("2026-11-21T14:03:22.123456+01:00")
    assert moment(text) == instant
    assert clock.parse_at(text, other, NOW) == instant
    assert clock.stamp(clock.parse_at(text, other, NOW), zone) == text


@given(st.datetimes(timezones=st.just(UTC)), ZONES)
@example(datetime.min.replace(tzinfo=UTC), NEW_YORK)
@example(datetime.max.replace(tzinfo=UTC), BERLIN)
def test_the_ends_of_time_are_stamped_or_refused(instant: datetime, zone: tzinfo) -> None:
    try:
        assert moment(clock.stamp(instant, zone)) == instant
    except ValueError:
        assert instant.year in (1, 9999)


@pytest.mark.parametrize(("text", "instant"), POINTS)
def test_points_in_time(text: str, instant: str) -> None:
    for parse in (clock.parse_at, clock.parse_since, clock.parse_until):
        assert parse(text, BERLIN, NOW) == moment(instant)
        assert parse(text, BERLIN, NOW).isoformat() == instant


@pytest.mark.parametrize(("text", "instant"), RELATIVE)
def test_times_ago(text: str, instant: str) -> None:
    assert clock.parse_since(text, BERLIN, NOW).isoformat() == instant
    assert clock.parse_until(text, BERLIN, NOW).isoformat() == instant


@pytest.mark.parametrize(("text", "start", "end"), PERIODS)
def test_periods(text: str, start: str, end: str) -> None:
    assert clock.parse_since(text, BERLIN, NOW).isoformat() == start
    assert clock.parse_until(text, BERLIN, NOW).isoformat() == end


def test_a_date_alone_is_its_midnight() -> None:
    for text in ("2026-11-21", "today", "20261121"):
        assert clock.parse_at(text, BERLIN, NOW).isoformat() == "2026-11-21T00:00:00+01:00"


def test_today_is_the_zones_today() -> None:
    late = moment("2026-11-21T23:30:00+00:00")
    assert clock.parse_since("today", UTC, late) == moment("2026-11-21T00:00:00+00:00")
    assert clock.parse_since("today", BERLIN, late) == moment("2026-11-22T00:00:00+01:00")


def test_the_last_day_of_a_shorter_month() -> None:
    end_of_may = moment("2026-05-31T12:00:00+00:00")
    assert clock.parse_since("-3mo", UTC, end_of_may) == moment("2026-02-28T12:00:00+00:00")
    leap_day = moment("2024-02-29T12:00:00+00:00")
    assert clock.parse_since("-1y", UTC, leap_day) == moment("2023-02-28T12:00:00+00:00")


@pytest.mark.parametrize("text", GARBAGE)
@pytest.mark.parametrize("parse", [clock.parse_at, clock.parse_since, clock.parse_until])
def test_garbage_is_told_what_is_accepted(parse: Parse, text: str) -> None:
    with pytest.raises(ValueError, match="accepted: 2026-11-21, 2026-11-21T14:03") as refusal:
        parse(text, BERLIN, NOW)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize(
    "text", ["-7 days ago", "7", "7x", "+7d", "last", "last day", "ma", "mayhem", "may 26", "-1"]
)
def test_nearly_a_word(text: str) -> None:
    with pytest.raises(ValueError, match="last week"):
        clock.parse_since(text, BERLIN, NOW)


@given(
    st.one_of(st.text(), st.text("0123456789-:+.@tzwdmo ", max_size=30), st.from_regex(clock._AGO)),
    ZONES,
)
@example("-999999y", BERLIN)
@example("-999999d", BERLIN)
@example("0001-01-01", BERLIN)
@example("9999-12-31T23:59-05:00", UTC)
@example("9999-12-31", UTC)
@example("9999", NEW_YORK)
@example("0001-W01-1", NEW_YORK)
@example("@253402300799.999999", BERLIN)
@example("@-999999999999", UTC)
def test_any_text_gives_a_moment_or_a_refusal(text: str, zone: tzinfo) -> None:
    for parse in (clock.parse_at, clock.parse_since, clock.parse_until):
        try:
            parsed = parse(text, zone, NOW)
        except ValueError as refusal:
            message = str(refusal)
        else:
            message = ""
            assert parsed.utcoffset() == parsed.astimezone(zone).utcoffset()
        assert message == "" or "accepted: " in message


@given(st.integers(-(10**10), 10**11), st.integers(0, 999_999), ZONES)
def test_epoch_seconds(seconds: int, micros: int, zone: tzinfo) -> None:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        seconds=abs(seconds), microseconds=micros
    )
    assert clock.parse_at(f"@{abs(seconds)}.{micros:06}", zone, NOW) == instant
    assert clock.parse_at(f"@{seconds}", zone, NOW).timestamp() == seconds


@pytest.mark.parametrize("text", [row[0] for row in PERIODS + POINTS + RELATIVE])
@given(instant=MODERN, zone=ZONES)
def test_since_is_not_after_until(text: str, instant: datetime, zone: tzinfo) -> None:
    since = clock.parse_since(text, zone, instant)
    until = clock.parse_until(text, zone, instant)
    assert since <= until
    if text in [row[0] for row in PERIODS]:
        assert since < until


@given(MODERN, ZONES)
def test_periods_meet(instant: datetime, zone: tzinfo) -> None:
    def meet(before: str, after: str) -> bool:
        until = clock.parse_until(before, zone, instant)
        return until == clock.parse_since(after, zone, instant)

    assert meet("yesterday", "today")
    assert meet("today", "tomorrow")
    assert meet("last week", "this week")
    assert meet("last month", "this month")
    assert meet("last year", "this year")


@given(MODERN, ZONES, st.sampled_from([*clock._WEEKDAYS, *clock._MONTHS]))
def test_names_are_the_latest_not_after_today(instant: datetime, zone: tzinfo, name: str) -> None:
    since = clock.parse_since(name, zone, instant)
    assert since <= instant
    assert instant - since <= timedelta(days=8 if name in clock._WEEKDAYS else 367)
    assert since.strftime("%A").lower() == name or since.strftime("%B").lower() == name


@given(MODERN, ZONES)
def test_no_time_ago_is_now(instant: datetime, zone: tzinfo) -> None:
    for unit in ("m", "h", "d", "w", "mo", "y"):
        assert clock.parse_since(f"-0{unit}", zone, instant) == instant


@given(DAYS, ZONES)
@example(date(1919, 3, 31), TORONTO)  # 23:30 became 00:30
@example(date(2011, 12, 30), APIA)  # the day that wasn't
@example(date(2011, 12, 31), APIA)
@example(date(2026, 3, 8), HAVANA)  # 00:00 became 01:00
@example(date(2026, 11, 1), HAVANA)  # 01:00 became 00:00
@example(date(2010, 11, 7), ST_JOHNS)  # 00:01 became 23:01 of the day before
def test_a_day_begins_with_its_first_moment(day: date, zone: tzinfo) -> None:
    start = clock.parse_since(day.isoformat(), zone, NOW)
    assert start == clock.parse_at(day.isoformat(), zone, NOW)
    assert start.astimezone(zone).date() >= day
    assert (start - timedelta(seconds=1)).astimezone(UTC).astimezone(zone).date() < day


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, "2026-03-29", 23),
        (BERLIN, "2026-10-25", 25),
        (NEW_YORK, "2026-03-08", 23),
        (NEW_YORK, "2026-11-01", 25),
        (LORD_HOWE, "2026-10-04", 23.5),
        (LORD_HOWE, "2026-04-05", 24.5),
        (KOLKATA, "2026-03-29", 24),
        (HAVANA, "2026-03-08", 23),
        (HAVANA, "2026-11-01", 25),
        (APIA, "2011-12-30", 0),
        (APIA, "2011-12-31", 24),
    ],
)
def test_days_of_a_clock_change(zone: tzinfo, day: str, hours: float) -> None:
    length = clock.parse_until(day, zone, NOW) - clock.parse_since(day, zone, NOW)
    assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        (BERLIN, "2026-03-29T02:30", "2026-03-29T03:30+02:00"),
        (BERLIN, "2026-10-25T02:30", "2026-10-25T02:30+02:00"),
        (NEW_YORK, "2026-03-08T02:30", "2026-03-08T03:30-04:00"),
        (NEW_YORK, "2026-11-01T01:30", "2026-11-01T01:30-04:00"),
        (LORD_HOWE, "2026-10-04T02:15", "2026-10-04T02:45+11:00"),
        (LORD_HOWE, "2026-04-05T01:45", "2026-04-05T01:45+11:00"),
    ],
)
def test_wall_times_skipped_and_repeated(zone: tzinfo, wall: str, instant: str) -> None:
    assert clock.parse_at(wall, zone, NOW) == moment(instant)
    assert clock.parse_at(wall, zone, NOW).utcoffset() == moment(instant).utcoffset()


def test_moments_of_a_repeated_hour_compare_by_instant() -> None:
    first = clock.parse_at("2026-10-25T02:45+02:00", BERLIN, NOW)
    second = clock.parse_at("2026-10-25T02:15+01:00", BERLIN, NOW)
    assert first < second


def test_days_ago_keep_the_wall_time_over_a_clock_change() -> None:
    after = moment("2026-03-29T12:00:00+02:00")
    assert clock.parse_since("-1d", BERLIN, after) == moment("2026-03-28T12:00:00+01:00")
    assert clock.parse_since("-24h", BERLIN, after) == moment("2026-03-28T11:00:00+01:00")
    second_pass = moment("2026-10-25T02:15:00+01:00")
    assert clock.parse_since("-0d", BERLIN, second_pass) == second_pass


def stamped_offset(seconds: int, zone: tzinfo) -> float:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    offset = moment(clock.stamp(instant, zone)).utcoffset()
    assert offset is not None
    return offset.total_seconds()


def epoch(text: str) -> int:
    return int(moment(text).timestamp())


def test_offsets() -> None:
    start, end = epoch("2026-01-01T00:00+00:00"), epoch("2027-01-01T00:00+00:00")
    assert clock.offsets(BERLIN, start, end) == [
        (start, 3600),
        (epoch("2026-03-29T01:00+00:00"), 7200),
        (epoch("2026-10-25T01:00+00:00"), 3600),
    ]
    assert clock.offsets(LORD_HOWE, start, end) == [
        (start, 39600),
        (epoch("2026-04-05T02:00+11:00"), 37800),
        (epoch("2026-10-04T02:00+10:30"), 39600),
    ]
    assert clock.offsets(KOLKATA, start, end) == [(start, 19800)]
    assert clock.offsets(BERLIN, start, start) == [(start, 3600)]


def test_offsets_at_the_edges_of_the_range() -> None:
    change = epoch("2026-03-29T01:00+00:00")
    assert clock.offsets(BERLIN, change - 1, change) == [(change - 1, 3600), (change, 7200)]
    assert clock.offsets(BERLIN, change, change + 1) == [(change, 7200)]
    assert clock.offsets(BERLIN, change - 10, change - 1) == [(change - 10, 3600)]
    for start, end in ((0, 10**15), (-(10**15), 0)):
        with pytest.raises(ValueError, match="beyond the years 1 to 9999"):
            clock.offsets(BERLIN, start, end)


@given(
    st.integers(epoch("1850-01-01T00:00+00:00"), epoch("2100-01-01T00:00+00:00")),
    st.integers(1, 2 * 366 * 86_400),
    st.floats(0, 1),
    ZONES,
)
def test_offsets_stand_in_for_the_zone(start: int, span: int, share: float, zone: tzinfo) -> None:
    table = clock.offsets(zone, start, start + span)
    assert table[0][0] == start
    assert [row[0] for row in table] == sorted({row[0] for row in table})
    for (_, old), (change, new) in pairwise(table):
        assert stamped_offset(change - 1, zone) == old
        assert stamped_offset(change, zone) == new
        assert new != old
    at = start + int(span * share)
    assert stamped_offset(at, zone) == [offset for begins, offset in table if begins <= at][-1]
