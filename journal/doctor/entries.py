"""What `journal verify` says, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from journal import ids
from journal.attach import ATTACHMENT
from journal.chain import STATES, Verdict
from journal.doctor.visit import Visit
from journal.finding import Finding
from journal.packed import UNVOUCHED

PATIENCE = 3600.0  # seconds that an entry may wait for its file before anybody need know


def states(visit: Visit) -> Iterator[Finding]:
    """Entries that were edited, torn, moved, taken out, forged, or that break their chain."""
    for one in visit.verdicts:
        if STATES[one.state]:
            message = f"{one.id}: {one.message or one.state}"
            yield Finding(_code(one), one.file, one.line, message, _fix(visit, one))


def lacks_a_file(one: Verdict) -> bool:
    """Whether the entry is as it was, and what is attached to it is not."""
    return one.message.startswith(ATTACHMENT)


def _code(one: Verdict) -> str:
    if not lacks_a_file(one):
        return one.state
    return "attachment-missing" if one.state == "missing" else "attachment-changed"


def _fix(visit: Visit, one: Verdict) -> str:
    if lacks_a_file(one):
        return ""
    if one.state == "missing":
        return "put-back" if is_ours(visit, one) or in_git(visit, one) else ""
    if one.state == "torn":
        return "finish-torn" if visit.text_of(one) else ""
    return ""


def is_ours(visit: Visit, one: Verdict) -> bool:
    """Whether this machine's own spool has the entry: then the append protocol can put it back."""
    record = visit.records.get(one.id)
    is_mine = record and visit.mine and record.facts["writer"] == visit.mine
    return bool(is_mine and record and visit.may_replay(record))


def in_git(visit: Visit, one: Verdict) -> bool:
    """Whether git has the entry, and no spool: one of another machine's is not replayed here."""
    record = visit.records.get(one.id)
    return not (record and visit.may_replay(record)) and bool(visit.text_of(one))


def waiting(visit: Visit) -> Iterator[Finding]:
    """Entries that were acknowledged long ago and are in no file yet."""
    for one in visit.verdicts:
        if one.state == "spooled" and visit.now - _made(one.id) > PATIENCE:
            message = f"{one.id}: acknowledged, and for long not in its file"
            yield Finding(
                "spooled", one.file, 0, message, "put-back" if is_ours(visit, one) else ""
            )


def _made(entry_id: str) -> float:
    """When an id was made, in Unix seconds."""
    return (ids.decode(entry_id) >> 80) / 1000 if ids.is_id(entry_id) else 0.0


def unreadable(visit: Visit) -> Iterator[Finding]:
    """Files that the verification could not read, and imported packs that nobody vouches for."""
    _ = visit.verdicts
    for found in visit.store.reading.findings:
        if found.code in ("unreadable", UNVOUCHED):
            yield Finding(found.code, found.file, 0, found.message)
