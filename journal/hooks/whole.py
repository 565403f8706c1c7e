"""A text that is longer than an entry: kept whole beside it, as the importer would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal import attach, origin
from journal.errors import JournalError, Refused

if TYPE_CHECKING:
    from journal.intake import Intake
    from journal.space import Space


def keep(space: Space, intake: Intake, draft: dict[str, Any], whole: str, moment: int) -> None:
    """Attach all of a text to the draft that shows it in part.

    Where that can't be done, the draft's source is no more that of the text: an import brings it.
    """
    fields = draft["fields"]
    try:
        intake.keeps_files(space.namespace, draft)
        masking = intake.reading(space.namespace)
        data = whole.encode(errors="replace")
        kept = attach.keep(space.root, space.namespace, data, "text.md", masking)
    except Refused:
        return  # nor would the entry's own text be kept, and an import's no more
    except (JournalError, OSError):
        head = origin.split(fields[origin.SOURCE])[0]
        fields[origin.SOURCE] = f"{head}:event-{moment}"
    else:
        fields[attach.FIELD] = [kept.record()]
