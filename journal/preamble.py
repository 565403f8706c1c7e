"""How a day file begins: front matter that other tools read, and the day as its title.

Cheap on purpose, and still apart from `seal`: only a day's first append needs it.
"""

_DAYS = "Thursday Friday Saturday Sunday Monday Tuesday Wednesday".split()
_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def preamble(date: str, namespace: str, timezone: str, writer: str) -> bytes:
    """The bytes before a day file's first entry; the day is `2026-11-21`."""
    return (
        f"---\nschema: journal/day@1\ndate: {date}\nnamespace: {namespace}\n"
        f"timezone: {timezone}\nwriter: {writer}\n---\n\n# {long_date(date)}\n\n"
    ).encode()


def long_date(date: str) -> str:
    """`Saturday, 21 November 2026` of `2026-11-21`: the day file's own heading."""
    year, month, day = int(date[:4]), int(date[5:7]), int(date[8:10])
    # Days since 1970-01-01, https://howardhinnant.github.io/date_algorithms.html
    y = year - (month <= 2)
    era, of_era = divmod(y, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return f"{_DAYS[days % 7]}, {day} {_MONTHS[month - 1]} {year}"
