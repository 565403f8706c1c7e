"""What an entry's header was when it was sealed: its digest, as the entries after it name it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property

from journal import credentials, dayfile, hidden, seal
from journal.chain import Verdict
from journal.dayfile import INTACT
from journal.daypath import day_files, home_of, lies_in_pack
from journal.selection import Selection
from journal.store import Store
from journal.strike.places import Place, day_paths, read, read_or_none, spooled
from journal.strike.stroke import name_of

Verdicts = Callable[[], list[Verdict]]

_PREV = re.compile(rb"^prev: [0-9]+:(sha256:[0-9a-f]{64})$", re.MULTILINE)


class Witness:
    """What a workspace's files know of headers, looked up when it is asked for."""

    def __init__(self, root: str, verdicts: Verdicts) -> None:
        self._root = root
        self._verdicts = verdicts

    def header(self, entry_id: str, place: Place) -> str:
        """The digest of the entry's header as it was sealed; as it is now, if nobody knows it."""
        piece = place.piece
        is_spooled = not place.line and piece.state == INTACT
        if is_spooled or not piece.header or piece.header in self._named:
            return piece.header
        return self._before.get(entry_id, "") or piece.header

    def key(self) -> bytes:
        """The key of the workspace's fingerprints."""
        return credentials.key(self._root)

    @cached_property
    def _named(self) -> set[str]:
        files = (seal.normal(read(self._root, path)) for path in day_paths(self._root))
        return {digest.decode() for data in files for digest in _PREV.findall(data)}

    @cached_property
    def _before(self) -> dict[str, str]:
        return {one.id: one.old for one in self._verdicts() if one.old}


def attachments_of_others(root: str, paths: Iterable[str], gone: set[str]) -> set[str]:
    """Those of the attachments that an entry names which is not among the `gone`.

    All of a namespace's if one of its day files can't be read: nobody knows what that names.
    """
    homes: dict[str, dict[bytes, str]] = {}
    for path in paths:
        homes.setdefault(home_of(path), {})[path.rpartition("/")[2].encode()] = path
    kept = set()
    for record in spooled(root) if homes else ():
        marks = homes.get(record.namespace, {})
        if record.id not in gone:
            kept |= {path for mark, path in marks.items() if mark in record.slice}
    for day in day_files(root) if homes else ():
        marks = homes.get(day.home, {})
        data = read_or_none(root, day.path) if marks else b""
        if data is None:
            kept |= set(marks.values())
        elif any(mark in data for mark in marks):
            for piece in dayfile.pieces(seal.normal(data)):
                if name_of(piece) not in gone:
                    kept |= {path for mark, path in marks.items() if mark in piece.raw}
    return kept


def sound_purges(store: Store, verdicts: Iterable[Verdict]) -> dict[str, set[str]]:
    """What sound entries say of purges, by target: the slice digest of each stub, or nothing.

    Of a sealed target only what names its old header, too: the chain needs that.
    """
    sound = {one.id for one in verdicts if one.state in (INTACT, "spooled")}
    found: dict[str, set[str]] = {}
    for entry in store.entries(Selection(kind=hidden.KIND, forgotten="also")):
        if lies_in_pack(entry.source.file):
            continue  # of the workspace's own entries it says nothing
        what, new = entry.fields.get("what"), str(entry.fields.get("new") or "")
        if entry.id in sound and (what == hidden.PURGE or (not what and new)):
            of = hidden.base_id(str(entry.fields.get("of")))
            if not of.startswith("h-") and not entry.fields.get("old"):
                continue
            found.setdefault(of, set()).add(new)
    return found
