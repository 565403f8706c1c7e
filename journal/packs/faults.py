"""What to say of a pack that isn't sound."""

from __future__ import annotations

from journal.errors import IntegrityError

_HINT = "get it anew from where it was exported; nothing of it was taken"
_SHOWN = 60


def corrupt(path: str, message: str, hint: str = "") -> IntegrityError:
    """The error that says what is wrong with the pack at this path."""
    return IntegrityError(message, kind="pack-corrupt", file=path, hint=hint or _HINT)


def named(name: str | bytes) -> str:
    """A name that anybody may have chosen, as it may be shown: in ASCII, quoted and not long."""
    text = name.decode(errors="backslashreplace") if isinstance(name, bytes) else name
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def shown_id(text: str) -> str:
    """An entry's id as it may be shown: as it is, if it looks like one."""
    return (
        text
        if text.isascii() and text.replace("-", "").isalnum() and len(text) <= _SHOWN
        else named(text)
    )
