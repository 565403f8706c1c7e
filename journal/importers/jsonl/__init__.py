"""Any JSON lines: each object an entry, its fields found by the usual names or as a map says.

An object's id is its own, if it has one; else `~` and the end of its digest, so that the same line
is the same entry wherever it stands. A short one of an object without a session has both: files of
one name in several folders may count alike.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from journal.finding import Finding
from journal.importers.jsonl import mapping
from journal.importers.jsonl.objects import Objects
from journal.importers.port import Item, Reading

_ENDINGS = (".jsonl", ".ndjson", ".jsonlines", ".ldjson")
_MANY = 500  # items that are asked for at once


class JsonLines:
    """The importer; its option `map` says which keys are which fields."""

    name = "jsonl"
    by_session = True

    def places(self) -> Sequence[str]:
        """None: any program may write such files anywhere."""
        return ()

    def files(self, path: str) -> Sequence[str]:
        """A file whatever it is called; of a folder those that are called like JSON lines."""
        if os.path.isfile(path):
            return [path]
        return sorted(
            os.path.join(place, name)
            for place, _, found in os.walk(path)
            for name in found
            if name.lower().endswith(_ENDINGS)
        )

    def read(self, file: str, reading: Reading) -> Iterator[Item | Finding]:
        """What is new of a file's objects; UsageError if the map is none."""
        yield from _new(
            Objects(file, reading, mapping.read(reading.options.get(mapping.OPTION, "")))
        )


IMPORTER = JsonLines()


def _new(file: Objects) -> Iterator[Item | Finding]:
    """The file's items without those that are known: asked for many at once."""
    some: list[Item | Finding] = []
    try:
        for one in file.items():
            some.append(one)
            if len(some) >= _MANY:
                yield from _unknown(some, file.reading)
                some = []
    except OSError as error:
        why = error.strerror or str(error)
        some.append(
            Finding("unreadable", file.name, 0, f"can't be read: {why}", "make it readable")
        )
    yield from _unknown(some, file.reading)


def _unknown(some: list[Item | Finding], reading: Reading) -> Iterator[Item | Finding]:
    wanted = [one.id for one in some if isinstance(one, Item)]
    known: set[tuple[str, str]] = set()
    for session in {one.draft.session for one in some if isinstance(one, Item)} if wanted else ():
        ids = [o.id for o in some if isinstance(o, Item) and o.draft.session == session]
        known |= {(session, found) for found in reading.known(ids, session)}
    for one in some:
        if isinstance(one, Finding) or (one.draft.session, one.id) not in known:
            yield one
