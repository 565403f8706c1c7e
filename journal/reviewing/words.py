"""What a review says in words: what would be done, to what."""

from journal.reviews import Request

_LONGEST = 4000  # characters of a text that is shown as it is
_MOST = 20  # ids that are named in words; the request itself has all


def words_of(request: Request) -> str:
    """What is asked for, for a person."""
    lines = [f"{request.title}."]
    where = sorted({one for one in (request.namespace, *request.others) if one})
    if where:
        lines.append(f"In {', '.join(where)}.")
    reason = request.what.get("reason")
    if isinstance(reason, str) and reason.strip():
        lines += ["", f"Why: {reason.strip()}"]
    if ids := list(request.targets):
        lines += ["", *(f"- {one}" for one in ids[:_MOST])]
        if len(ids) > _MOST:
            lines.append(f"- and {len(ids) - _MOST:,} more")
    return "\n".join(lines)


def text_of(request: Request) -> str:
    """The text of what is to be appended, as a person reads it; empty if it is no entry."""
    draft = request.what.get("draft")
    text = str(draft.get("body", "")) if isinstance(draft, dict) else ""
    more = "\n…" if len(text) > _LONGEST else ""
    return "\n".join(f"> {line}".rstrip() for line in (text[:_LONGEST] + more).split("\n") if text)
