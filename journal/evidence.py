"""What shows that something is so: entries, files, addresses, as a person names them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from journal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.api import Journal

_LEAST = 4  # characters of an id
_LINE = re.compile(r":\d+(?:-\d+)?$", re.ASCII)


def evidence(journal: Journal, given: Iterable[str], directory: str = "") -> list[str]:
    """What a header keeps of each: an entry's whole id, a file's path, or an address as it is.

    An address has `://` in it. Paths are from `directory` (the present one) on, maybe with a line
    behind a colon, and kept from the workspace's root on; one that leads from the disk's root to
    elsewhere stays so. UsageError `unknown-evidence` if one is neither, `ambiguous-id` if it could
    be several entries.
    """
    journal.catalog.catch_up()
    named = [_named(journal, one.strip(), directory) for one in given if one.strip()]
    return list(dict.fromkeys(named))


def _named(journal: Journal, word: str, directory: str) -> str:
    if "://" in word:
        return word
    rows = journal.catalog.alike(word) if len(word) >= _LEAST else []
    found = sorted({str(row.id) for row in rows})
    if path := _path(journal.root, word, directory):
        return path
    if len(found) == 1:
        return found[0]
    if found:
        from journal.named import several_named

        raise several_named(word, found)
    raise UsageError(
        f"no entry, file or address is called {word!r}", kind="unknown-evidence",
        hint="give an id or its ending, a path from here, or an address such as https://…",
    )  # fmt: skip


def _path(root: str, word: str, directory: str) -> str:
    """The path of a file or folder that is there; "" if none is."""
    line = _LINE.search(word)
    bare = word[: line.start()] if line else word
    if "\0" in bare or not bare:
        return ""
    whole = os.path.abspath(os.path.join(directory or os.getcwd(), bare))
    if not os.path.lexists(whole):
        return ""
    try:
        inside = os.path.relpath(whole, root)
    except ValueError:  # on another drive
        inside = whole
    outside = inside == os.pardir or inside.startswith(os.pardir + os.sep)
    path = bare if outside and os.path.isabs(bare) else inside
    return path.replace(os.sep, "/") + (line[0] if line else "")
