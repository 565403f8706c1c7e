"""What a draft may have besides its text: tags, meta and fields, checked.

Cheap on purpose: captures come through here.
"""

from journal import names
from journal.errors import FormatError, UsageError
from journal.seal import DRAFT_KEYS, GIVEN, MAX_DEPTH, check_text

# JSON shows these beside the header's keys.
TAKEN = DRAFT_KEYS | {"file", "line", "writer", "postscript", "score", "snippet"}


def check_extras(draft: "dict[str, object]") -> None:
    """UsageError or FormatError, with a hint, if they can't stand in a header."""
    tags = draft.get("tags") or ()
    if not isinstance(tags, (list, tuple)) or not all(isinstance(t, str) and t for t in tags):
        raise FormatError("tags must be a list of texts, none of them empty", kind="bad-field")
    if tags:
        check_text("a tag", "".join(tags))
    for key in [key for key in ("meta", "fields") if draft.get(key)]:
        value = draft[key]
        if not isinstance(value, dict):
            raise FormatError(f"{key} must be a map", kind="bad-field")
        _check_value(key, value, 0)
    for key in draft.get("fields") or ():  # type: ignore[attr-defined]
        if key in GIVEN or key in TAKEN or not names.is_key(key):
            from journal.refusals import bad_field

            raise bad_field(key)
    _check_switched(draft.get("fields") or {})


def _check_switched(fields: object) -> None:
    switched = fields.get("switched", "main")  # type: ignore[attr-defined]
    if not isinstance(switched, str) or not names.is_path(switched):
        raise UsageError(
            f"switched {switched!r} is no path", kind="bad-name", hint=f"path: {names.PATH}"
        )


def _check_value(where: str, value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise FormatError(f"{where} is nested more than {MAX_DEPTH} deep", kind="bad-field")
    if isinstance(value, str):
        check_text(where, value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise FormatError(f"{where} has a key that is no text: {key!r}", kind="bad-field")
            check_text(where, key)
            _check_value(where, inner, depth + 1)
    elif isinstance(value, (list, tuple)):
        if depth < MAX_DEPTH and all([type(one) is str for one in value]):  # noqa: C419 - quicker
            check_text(where, "".join(value))
            return
        for inner in value:
            _check_value(where, inner, depth + 1)
