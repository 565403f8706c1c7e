"""What was told, as an entry: so that an answer can be traced back to what it was told.

It stands in the day file for everybody to read, and is left out of lists and recall.
"""

from journal.cjson import quote
from journal.context.page import size
from journal.context.told import Context
from journal.safe import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.api import Journal
    from journal.entry import Draft, Receipt

EVENT = "context"
_IDS = 10_000  # bytes of a header that ids may take: it holds 16 KiB
_QUERY = 200  # characters of the query there; the body has all of it
_TITLE = 60


def record(journal: "Journal", context: Context) -> "Receipt":
    """Append the entry that says which entries a context gave out; its receipt."""
    return journal.append(draft(context))


def draft(context: Context) -> "Draft":
    """The entry to be: `given` has the ids, as many as a header holds, the body all of them."""
    from journal.entry import Draft

    place, query = context.place, one_line(context.query)
    fields: dict[str, object] = {"event": EVENT, "given": _given(context.ids)}
    if query:
        fields["query"] = query[:_QUERY]
    asked = f" for “{one_line(query, _TITLE)}”" if query else ""
    return Draft(
        body=_body(context, query),
        title=f"Told: {_many(len(context.ids))}{asked}",
        kind="event",
        role="system",
        session=place.session,
        path=place.path,
        namespace=place.namespace,
        fields=fields,
    )


def _given(ids: tuple[str, ...]) -> list[str]:
    given: list[str] = []
    left = _IDS
    for entry_id in ids:
        left -= size(quote(entry_id)) + 2
        if left < 0:
            break
        given.append(entry_id)
    return given


def _many(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _body(context: Context, query: str) -> str:
    """What was told, a line for each entry, under the headings it stood under."""
    asked = f", and what recall finds for “{query}”" if query else ""
    lines = [f"What there was to tell, in {size(context.text()):,} bytes{asked}."]
    told: set[str] = set()
    for section in context.sections:
        items = []
        for line in section.lines[::-1] if section.turned else section.lines:
            titles = [line.title] + [""] * (len(line.ids) - 1)
            for entry_id, title in zip(line.ids, titles, strict=True):
                if entry_id not in told:
                    told.add(entry_id)
                    items.append(f"- {entry_id} {title}".rstrip())
        if items:
            lines += ["", f"{section.title}:", "", *items]
    return "\n".join(lines) + "\n"
