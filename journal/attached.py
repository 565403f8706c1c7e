"""Attachments that drafts name, looked at under the lock: a purge may have come between.

A file is kept before its entry is appended; if all entries that named it were purged meanwhile, it
went with them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from journal import attach
from journal.cjson import loads
from journal.errors import Conflict

if TYPE_CHECKING:
    from journal.seal import Sealing
    from journal.space import Space

_MARK = "\nattachments: "


def still_there(space: Space, drafts: Iterable[Sealing]) -> None:
    """Conflict if a file that one of the drafts brought is gone again."""
    for draft in drafts:
        line = f"\n{draft.after}".partition(_MARK)[2].partition("\n")[0]
        for one in attach.of(loads(line)) if line else ():
            path = one.path(draft.namespace or space.namespace)
            if not os.path.lexists(f"{space.root}/{path}"):
                raise Conflict(
                    "was taken away meanwhile, with the last entry that had named it",
                    kind="changed-on-disk",
                    file=path,
                    hint="attach it again; nothing was appended",
                )
