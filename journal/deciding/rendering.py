"""DECISIONS.md at the workspace's root: written anew from the entries, and never over an edit."""

import os
from dataclasses import dataclass

from journal import deciding, pagefile
from journal.decisions import fold, page, record
from journal.rendered import DECISIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.api import Journal


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of the page: whether it changed, and why it was left alone, if it was.

    `left` is "edited" if a person changed it, "foreign" if it isn't the journal's at all.
    """

    path: str
    decisions: int
    changed: bool
    left: str = ""


def render(journal: "Journal") -> Rendered:
    """Write DECISIONS.md of the first namespace; one that is not as rendered stays as it is.

    UsageError `edited-page` if it is a folder.
    """
    number = 0

    def text() -> str:
        nonlocal number
        every = deciding.rows(journal)
        number = len(fold(every).decisions)
        texts = {row.id: piece.body.decode(errors="replace") for row, piece in journal.read(every)}
        return page.page(every, lambda key: record.content(texts.get(key, "")))

    became = pagefile.put(journal.root, DECISIONS, text)
    left = became if became in (pagefile.EDITED, pagefile.FOREIGN) else ""
    path = os.path.join(journal.root, DECISIONS)
    return Rendered(path, number, changed=became == pagefile.WRITTEN, left=left)
