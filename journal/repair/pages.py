"""Fixes that change day files: what is torn is finished, what is gone comes back.

Each plans a file's new text and asks what a verification would say of it, before anything is done.
"""

from __future__ import annotations

from collections import defaultdict

from journal import dayfile, seal
from journal.chain import STATES, Verdict
from journal.daypath import DayFile
from journal.doctor.entries import in_git, is_ours, lacks_a_file, waiting
from journal.doctor.visit import Visit, faulty
from journal.mend import Change, read
from journal.preamble import preamble
from journal.repair.step import Step

_UNSOUND = "the file would not verify then"


def change_to(visit: Visit, path: str, data: bytes) -> Change:
    """The change of a file to these LF-normalised bytes, in the line ends that it has."""
    raw = read(visit.root, path)
    if raw is not None and raw.count(b"\r\n") == raw.count(b"\n") > 0:
        data = data.replace(b"\n", b"\r\n")
    return Change(path, "" if raw is None else seal.digest(raw), data)


def is_sound(visit: Visit, path: str, data: bytes, lost: str = "") -> bool:
    """Whether all of the file verifies with this text, and the rest no worse than before.

    `lost` is a file that is gone then.
    """
    instead: dict[str, bytes | None] = {path: data}
    if lost:
        instead[lost] = b""
    after = visit.would_be(instead, _unless_there(visit, path))
    here = any(one.file == path and _is_bad(one) for one in after)
    return not here and faulty(after) <= visit.faulty


def _unless_there(visit: Visit, path: str) -> list[DayFile]:
    return [] if any(day.path == path for day in visit.days) else [DayFile(path)]


def _is_bad(one: Verdict) -> bool:
    """Whether an entry that stands in a file is not as it should be."""
    return bool(STATES[one.state]) and one.state != "missing" and one.line > 0


# Torn entries


def finish_torn(visit: Visit) -> list[Step]:
    """Entries whose end is gone, completed from the spool or from git."""
    torn: dict[str, list[Verdict]] = defaultdict(list)
    for one in visit.verdicts:
        if one.state == "torn":
            torn[one.file].append(one)
    return [step for path, found in torn.items() for step in _finished(visit, path, found)]


def _finished(visit: Visit, path: str, found: list[Verdict]) -> list[Step]:
    data = visit.store.content(path) or b""
    done: list[Verdict] = []
    steps: list[Step] = []
    for one in sorted(found, key=lambda one: -one.line):  # from below: lines above stay
        text = visit.text_of(one)
        whole = completed(data, one.line, text) if text else b""
        if whole:
            data = whole
            done.append(one)
        else:
            why = "what is left is no piece of it" if text else "its whole text is nowhere"
            steps.append(Step("finish-torn", path, one.line, "", hindrance=why))
    return steps + _together(visit, "finish-torn", path, data, done)


def _together(visit: Visit, fix: str, path: str, data: bytes, done: list[Verdict]) -> list[Step]:
    """The steps of one fix in one file: one change makes them all, if the file verifies then."""
    if not done:
        return []
    verb, whence = ("complete", "") if fix == "finish-torn" else ("put", " back from git")
    if not _holds(visit, path, data, {one.id for one in done}):
        return [Step(fix, path, one.line, "", hindrance=_UNSOUND) for one in done]
    change = change_to(visit, path, data)
    return [
        Step(fix, path, one.line, f"{verb} entry {one.id}{whence}", (change,))
        for one in sorted(done, key=lambda one: one.line)
    ]


def _holds(visit: Visit, path: str, data: bytes, wanted: set[str]) -> bool:
    """Whether these entries are whole then, and everything else as sound as it was."""
    after = visit.would_be({path: data}, _unless_there(visit, path))
    bad = faulty(after)
    return bad <= visit.faulty and not any(entry_id in wanted for entry_id, _ in bad)


def completed(data: bytes, line: int, text: bytes) -> bytes:
    """The file with what is left of an entry at this line replaced by all of it; b"" if it can't.

    What is left is its beginning, or only its end, which another program tore off.
    """
    start = _offset(data, line)
    following = dayfile.BOUNDARY.search(data, start + 1)
    while following and data[following.start() - 1 : following.start()] != b"\n":
        following = dayfile.BOUNDARY.search(data, following.end())
    end = following.start() if following else len(data)
    left = data[start:end].strip(b"\n")
    if not left or not (text.startswith(left) or text.rstrip(b"\n").endswith(left)):
        return b""
    above = data[:start]
    if above and not above.endswith(b"\n\n"):
        above = above.rstrip(b"\n") + b"\n\n"
    return above + text + (b"\n" + data[end:] if following else b"")


def _offset(data: bytes, line: int) -> int:
    """Where a line begins."""
    at = 0
    for _ in range(line - 1):
        at = data.find(b"\n", at) + 1
    return at


# Entries that are gone


def put_back(visit: Visit) -> list[Step]:
    """Entries that are gone from their files, from this machine's spool or from git."""
    steps: list[Step] = []
    by_file: dict[str, list[Verdict]] = defaultdict(list)
    late = {found.message[:26] for found in waiting(visit)}
    for one in visit.verdicts:
        if lacks_a_file(one) or (one.state != "missing" and one.id not in late):
            continue
        if is_ours(visit, one):
            action = f"put entry {one.id} back from the spool"
            steps.append(Step("put-back", one.file, 0, action, entry=one.id))
        elif one.state == "missing":
            by_file[one.file].append(one)
    return steps + [
        step for path, found in by_file.items() for step in _from_git(visit, path, found)
    ]


def _from_git(visit: Visit, path: str, found: list[Verdict]) -> list[Step]:
    """Entries that git has, put where they belong among the others of their file."""
    data = visit.store.content(path) or b""
    if not data:
        day = DayFile(path)
        writer = day.writer or visit.store.config.writer
        data = preamble(day.date, day.namespace, visit.store.config.timezone, writer)
    steps: list[Step] = []
    back: list[Verdict] = []
    for one in found:
        text = visit.text_of(one) if in_git(visit, one) else b""
        if link := dayfile.link_of(text) if text else None:
            data = inserted(data, text, link[0])
            back.append(one)
        else:
            why = "neither git nor this machine's own spool has it"
            if visit.is_struck(one.id):
                why += " as it is now: its text from before it was redacted or purged stays away"
            steps.append(Step("put-back", path, 0, "", hindrance=why))
    return steps + _together(visit, "put-back", path, data, back)


def inserted(data: bytes, text: bytes, seq: int) -> bytes:
    """The file with an entry after the one that goes before it by its number."""
    parts = dayfile.split(data)
    at = len(parts.preamble)
    for offset, raw in parts.slices:
        link = dayfile.link_of(raw)
        if link and link[0] < seq:
            at = offset + len(raw)
    above, below = data[:at], data[at:]
    if above and not above.endswith(b"\n\n"):
        above = above.rstrip(b"\n") + b"\n\n"
    return above + text.rstrip(b"\n") + b"\n" + (b"\n" + below if below else b"")
