"""What entries tell of deeds: which ones, by which verb, and done to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from journal import reviews
from journal.masking import WITHHELD
from journal.selection import Selection

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row

# Kinds of entries whose verb has another name, or the same.
_VERBS = {
    "redact": "redact", "amend": "amend", "adopt": "adopt", "merge": "merge", "branch": "branch",
    "abandon": "abandon", "compact": "compact", "decision": "decide", "forget": "forget",
}  # fmt: skip
_EVENTS = {"pack-imported": "pack", "sealed": "seal"}
_SWEPT = "Kept no longer: "  # how a reason of retention and of pruning begins
_PRUNED = f"{_SWEPT}keep_"
_REPAIR = "repair"
# Where a deed says what it was done to, the first that it has.
_ABOUT = {
    "decide": ("decision",), "merge": ("merges",), "branch": (), "abandon": (),
    "compact": ("first", "last"), "pack": ("pack",), "seal": (), "repair": (),
    WITHHELD: (WITHHELD,),
}  # fmt: skip
_OWN_PATH = ("branch", "abandon")
# Kinds that count though nobody sealed them.
_BY_HAND = ("decision", "merge", "branch", "abandon", "compact")
VERBS = tuple(
    sorted({*_VERBS.values(), *_EVENTS.values(), "purge", "unhide", "supersede", "retention"}
           | {"prune", _REPAIR, WITHHELD, "append", "export", "import"})
)  # fmt: skip


def rows(journal: Journal) -> list[Row]:
    """The entries that may tell of a deed, or of a review, the oldest first; hidden ones too.

    Only what the journal wrote does, for a person's hand allows nothing; but what it does counts
    where others are decided or compacted, and so it is told.
    """
    catalog = journal.catalog
    catalog.catch_up()
    found: list[Row] = []
    for kind in (*_VERBS, reviews.KIND):
        found += catalog.rows(Selection(kind=kind, forgotten="also"))
    found += catalog.having_field("event", Selection(kind="event", forgotten="also"))
    found += catalog.tagged("event", _REPAIR)
    for key in (reviews.FIELD, WITHHELD):
        found += catalog.having_field(key, Selection(forgotten="also"))
    told = {row.number: row for row in found if row.sealed or row.kind in _BY_HAND}
    return sorted(told.values(), key=lambda row: (row.microseconds, row.id))


def verb_of(row: Row, fields: Mapping[str, Any], review: reviews.Review | None) -> str:
    """By which verb this was done, as policy.yaml calls it; empty if an entry tells of none.

    What was imported or captured tells what others did, and of no deed here.
    """
    if not row.sealed:
        return "" if row.kind == reviews.KIND else _usual(row, fields)
    if WITHHELD in fields:
        return WITHHELD
    if review is not None:
        return review.verb
    if reviews.FIELD in fields:
        return _usual(row, fields) or "append"
    return "" if "source" in fields else _usual(row, fields)


def _usual(row: Row, fields: Mapping[str, Any]) -> str:
    if row.kind == "event":
        is_repair = row.role == "system" and row.tags == (_REPAIR,)
        return _REPAIR if is_repair else _EVENTS.get(str(fields.get("event", "")), "")
    if row.kind == "forget":
        return _forgot(row, fields)
    if row.kind == "decision" and "supersedes" in fields:
        return "supersede"
    return _VERBS.get(row.kind, "")


def _forgot(row: Row, fields: Mapping[str, Any]) -> str:
    what = fields.get("what") or ("purge" if "new" in fields else "hide")
    if what != "purge":
        return "unhide" if what == "unhide" else "forget"
    if row.head.startswith(_PRUNED):
        return "prune"
    return "retention" if row.head.startswith(_SWEPT) else "purge"


def about(row: Row, verb: str, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """What it was done to: ids, or a path, a pack, a kind."""
    if verb in _OWN_PATH:
        return (row.path,) if row.path else ()
    if verb == "supersede":
        return tuple(_texts(fields.get("supersedes")))
    keys = _ABOUT.get(verb, ("of",))
    return tuple(one for key in keys for one in _texts(fields.get(key)))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        yield from (one for one in value if isinstance(one, str))
