"""Why a draft can't become an entry: what is said of it. Loaded only when one can't."""

from __future__ import annotations

from journal.errors import FormatError, JournalError, UsageError
from journal.seal import GIVEN, MAX_BODY


def bad_key(key: str) -> UsageError:
    """A key that drafts don't have, or that only the journal sets."""
    if key in GIVEN:
        return UsageError(
            f"{key} is set by the journal, never by a caller",
            kind="reserved-key",
            hint=f"leave {key} out; keep your own number as --meta {key}=…",
        )
    return UsageError(f"a draft has no {key!r}", kind="unknown-key", hint="put it under meta")


def bad_field(key: str) -> UsageError:
    """A header field that can't be one."""
    if key in GIVEN:
        return bad_key(key)
    return UsageError(
        f"{key!r} can't be a header field",
        kind="bad-name",
        hint="a-z, 0-9, '-', '_', 32 at most, and not a key of the entry itself",
    )


def bad_body(body: object) -> JournalError:
    """A body that isn't sound."""
    if not isinstance(body, bytes):
        return FormatError("the body must be text", kind="bad-field")
    if len(body) > MAX_BODY:
        return FormatError(
            f"the body is {len(body):,} bytes, and {MAX_BODY:,} is the most",
            kind="body-too-large",
            hint="keep it as a file: journal append --attach FILE",
        )
    if not body.strip():
        return FormatError(
            "the body is empty", kind="empty-body", hint="give text, or --file, or a pipe"
        )
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return FormatError(
            f"the body is not valid UTF-8 (at byte {error.start + 1})",
            kind="not-utf8",
            hint="convert it first, for example: iconv -f latin1 -t utf-8",
        )
    return FormatError(
        f"the body holds a NUL (at byte {body.index(0) + 1})",
        kind="nul-in-body",
        hint="binary text can't stand in a day file: journal append --attach FILE keeps it",
    )
