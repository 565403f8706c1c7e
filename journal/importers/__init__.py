"""Importers: one for each source, found by the entry point group `journal.importers`.

None is imported before it is asked for: another distribution may bring more of them.
"""

from __future__ import annotations

import os
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from journal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.importers.port import Importer

GROUP = "journal.importers"


def names() -> list[str]:
    """The sources that can be imported."""
    return sorted(_found())


def load(name: str) -> Importer:
    """The importer of a source; UsageError if there is none, or it can't be loaded."""
    found = _found().get(name)
    if found is None:
        raise UsageError(
            f"there is no importer {name!r}",
            kind="unknown-importer",
            hint=f"one of {', '.join(names())}",
        )
    try:
        importer: Importer = found.load()
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"the importer {name!r} can't be loaded: {error}",
            kind="unknown-importer",
            hint=f"see the package that brings {found.value}",
        ) from error
    return importer


def paths(importer: Importer, given: Sequence[str] = ()) -> list[str]:
    """What was asked for, or where the tool has its files here; UsageError if nothing is there."""
    for path in given:
        _reach(path)
    return list(given) or _places(importer)


def _places(importer: Importer) -> list[str]:
    places = list(importer.places())
    found = [place for place in places if os.path.exists(place)]
    if found:
        return found
    where = f"nothing is at {' or '.join(places)}" if places else "its files may be anywhere"
    raise UsageError(
        f"{importer.name}: {where}",
        kind="no-file",
        hint=f"name the file or folder: journal import {importer.name} PATH",
    )


def _reach(path: str) -> None:
    """UsageError if nothing is at a path, or none may know."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise UsageError(
            "is not there", kind="no-file", file=path, hint="check the path's name"
        ) from error
    except OSError as error:
        raise UsageError(
            f"can't be reached: {error.strerror}",
            kind="no-file",
            file=path,
            hint="make it and the folders above it readable",
        ) from error


def _found() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
