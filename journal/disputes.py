"""Disagreement: an entry that says of another one that it isn't so, or shouldn't be.

Pure. Its field `disputes` names the other one, whatever that is; by `journal dispute` it is a
`note`, so it changes nothing by itself: it shows, until somebody answers.

>>> journal.append(dispute(row, "The bench ran on a laptop.", actor="historian"))  # doctest: +SKIP
"""

from journal.stated import ids

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from journal.entry import Draft
    from journal.stated import Stating

DISPUTES = "disputes"


def disputed(one: "Stating") -> tuple[str, ...]:
    """The ids of the entries that an entry disagrees with; mostly none."""
    fields = one.fields
    return ids(fields, DISPUTES) if DISPUTES in fields else ()


def dispute(entry_id: str, text: str, **more: "Any") -> "Draft":
    """The draft of an entry that disagrees with another one; `more` are other keys of `Draft`.

    It doesn't quote the other: that would stay when it is purged. UsageError without a text.
    """
    from journal.entry import Draft
    from journal.errors import UsageError

    if not text.strip():
        raise UsageError("the text is empty", kind="nothing-to-append", hint="say what isn't so")
    given: dict[str, Any] = {"parent": entry_id, **more}
    return Draft(body=text, fields={DISPUTES: entry_id}, **given)
