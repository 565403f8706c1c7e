"""Which entries of a pack are not as its entries.jsonl has them: asked where digests differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby, islice
from typing import Any

from journal.errors import IntegrityError
from journal.finding import Finding
from journal.manifest import ENTRIES
from journal.packs.faults import shown_id
from journal.packs.lines import line as listed
from journal.packs.pack import Pack
from journal.packs.slices import MOST_ENTRY, Twins, read

_MOST_LINE = 8 * MOST_ENTRY
_MOST_BETWEEN = 10_000
_MOST_PLAIN = 2 * MOST_ENTRY  # bytes of a line that are no escapes
_MOST_AROUND = 1 << 20  # bytes of a line outside of its texts
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)')  # or one that never ends
_ANEW = "get the pack anew from where it was exported"
_BELOW = ("postscript", "line")  # what is not the entry's own
Lines = Iterator[tuple[int, dict[str, Any]]]
Entries = dict[str, tuple[bytes, bytes, int]]  # by id: digests with and without what is below


def compare(pack: Pack) -> Iterator[Finding]:
    """A finding for each entry that is changed, gone, or not listed."""
    twins = Twins()
    days = [member.path for member in pack.manifest.members if member.part >= 0]
    places = {path: at for at, path in enumerate(days)}
    done = 0
    try:
        for file, lines in groupby(_lines(pack), key=lambda one: str(one[1].get("file", ""))):
            if places.get(file, -1) < done:
                number = next(lines)[0]
                yield Finding("changed-line", ENTRIES, number, "is of no day file here", _ANEW)
                continue
            for path in days[done : places[file]]:
                yield from _compared(path, _there(pack, path, twins), iter(()))
            yield from _compared(file, _there(pack, file, twins), lines)
            done = places[file] + 1
        for path in days[done:]:
            yield from _compared(path, _there(pack, path, twins), iter(()))
    except IntegrityError as error:  # a member that can't be read to its end was told of
        yield Finding("not-compared", ENTRIES, 0, f"not compared to its end: {error}", _ANEW)


def _there(pack: Pack, path: str, twins: Twins) -> Entries:
    """The entries of a day file as they stand there."""
    part = pack.manifest.parts[pack.members[path].part]
    found: Entries = {}
    for held in read(pack, path, pack.chunks(path), twins):
        found[held.id] = (*_digests(json.loads(listed(held, part))), held.line)
    return found


def _compared(path: str, there: Entries, lines: Lines) -> Iterator[Finding]:
    below = []
    whole = True
    for _, said in lines:
        entry_id, where = str(said.get("id", "")), said.get("line")
        shown = shown_id(entry_id)
        all_of_it, own = _digests(said)
        found = there.pop(entry_id, None)
        if found is None:
            line = where if isinstance(where, int) else 0
            told = f"entry {shown} is gone, or another now"
            yield Finding("missing-entry", path, line, told, _ANEW)
            whole = False
        elif found[1] != own:
            told = f"entry {shown} is not as it was exported"
            yield Finding("changed-entry", path, found[2], told, _ANEW)
        elif found[0] != all_of_it:
            told = f"what stands under entry {shown} is other text"
            below.append(Finding("changed-below", path, found[2], told, _ANEW))
    if whole:  # else it may be what is left of an entry that is gone
        yield from below
    for entry_id, (_, _, line) in there.items():
        told = f"entry {shown_id(entry_id)} is not in {ENTRIES}"
        yield Finding("unlisted-entry", path, line, told, _ANEW)


def _digests(said: dict[str, Any]) -> tuple[bytes, bytes]:
    """Of all but the place, and of what is the entry's own."""
    whole = {key: value for key, value in said.items() if key != "line"}
    own = {key: value for key, value in said.items() if key not in _BELOW}
    return _digest(whole), _digest(own)


def _digest(value: dict[str, Any]) -> bytes:
    return sha256(json.dumps(value, sort_keys=True).encode()).digest()


def _lines(pack: Pack) -> Lines:
    """The lines that are JSON objects, numbered; what is none is passed over.

    No more are looked at than there are entries, and some that were put between.
    """
    most = pack.manifest.entries + _MOST_BETWEEN
    for number, raw in enumerate(islice(_split(pack), most), 1):
        if not _is_readable(raw):
            continue
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield number, value


def _is_readable(raw: bytes) -> bool:
    """Whether a line may be an entry's, so that its values take no more room than its bytes."""
    if len(raw) - 5 * raw.count(b"\\") > _MOST_PLAIN or not raw.isascii():
        return False
    around = at = 0
    for text in _TEXT.finditer(raw):
        around += text.start() - at + 1
        at = text.end()
        if around > _MOST_AROUND:
            return False
    return around + len(raw) - at <= _MOST_AROUND


def _split(pack: Pack) -> Iterator[bytes]:
    """Lines, as far as none is longer than an entry can make one."""
    kept = b""
    for chunk in pack.chunks(ENTRIES):
        *whole, kept = (kept + chunk).split(b"\n")
        yield from whole
        if len(kept) > _MOST_LINE:
            return
    if kept:
        yield kept
