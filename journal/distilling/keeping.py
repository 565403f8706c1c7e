"""The summary of a range as an entry, linked to what it covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.distilling.kept import DISTILLED, SUMMARY
from journal.entry import Draft
from journal.errors import UsageError

if TYPE_CHECKING:
    from typing import Any

    from journal.distilling.ranges import Range


def summary(covered: Range, text: str, **more: Any) -> Draft:
    """The draft of a summary: `covers` entries, from `first` to `last`; UsageError without a text.

    It belongs to the session that it is about, if it is about one, but stands for nothing on its
    path: only the next distillation takes it for what it covers. `more`: other keys of `Draft`.
    """
    if not text.strip():
        raise UsageError(
            "the summary is empty", kind="nothing-to-append",
            hint="give it as TEXT, or - for standard input",
        )  # fmt: skip
    count = len(covered.rows)
    many = "1 entry" if count == 1 else f"{count:,} entries"
    fields = {"covers": count, "first": covered.first.id, "last": covered.last.id, DISTILLED: True}
    of = f"session {covered.session}" if covered.session else covered.days
    given: dict[str, Any] = {
        "title": f"Summary of {of}: {many}",
        "parent": covered.last.id,
        "session": covered.session,
        "namespace": covered.namespace,
    }
    return Draft(body=text, kind=SUMMARY, fields=fields, **{**given, **more})
