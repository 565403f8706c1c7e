"""Every exception a door may show: a kind for programs, a hint for people, an exit code.

Cheap on purpose (no imports): the append protocol raises these.
"""


class JournalError(Exception):
    """The journal could not do this."""

    code = 10
    default_kind = "journal-error"
    retryable = False

    def __init__(
        self,
        message: str = "",
        *,
        kind: str = "",
        hint: str = "",
        file: str = "",
        line: int = 0,
    ) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.kind = kind or self.default_kind
        self.hint = hint
        self.file = file
        self.line = line

    @property
    def message(self) -> str:
        """What is wrong and where, one line."""
        line = f"line {self.line}: " if self.line else ""
        where = f"{self.file}: " if self.file else line
        return (f"{self.file}:{self.line}: " if self.file and self.line else where) + str(self)

    def record(self) -> dict[str, object]:
        """The error as the JSON object that `--json` prints on stderr."""
        return {
            "error": {
                "kind": self.kind,
                "message": self.message,
                "hint": self.hint,
                "retryable": self.retryable,
                "code": self.code,
            }
        }


class UsageError(JournalError):
    """The call is not one the journal understands."""

    code = 2
    default_kind = "usage"


class WorkspaceError(JournalError):
    """The workspace is missing or its configuration is broken."""

    code = 3
    default_kind = "no-workspace"


class FormatError(JournalError):
    """The text can't be an entry."""

    code = 4
    default_kind = "bad-entry"


class IntegrityError(JournalError):
    """The record does not hold together."""

    code = 5
    default_kind = "chain-broken"


class Refused(JournalError):
    """Policy does not allow this."""

    code = 6
    default_kind = "policy-refused"


class Conflict(JournalError):
    """Somebody else is at it; try again."""

    code = 7
    default_kind = "lock-timeout"
    retryable = True


class EngineError(JournalError):
    """The recall engine failed; its index can be rebuilt."""

    code = 8
    default_kind = "engine-failed"
    retryable = True
