"""What tells a distilled summary from others: cheap to ask of many rows."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.stated import Stating

SUMMARY = "summary"
DISTILLED = "distilled"  # the field


def is_distilled(one: "Stating") -> bool:
    """Whether `journal summarize` kept it, with its text."""
    return (
        one.kind == SUMMARY and one.fields.get(DISTILLED) is True and "withheld" not in one.fields
    )
