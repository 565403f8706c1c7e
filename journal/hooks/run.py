"""`journal hook run`: one payload of an agent's hook becomes an entry, while the agent waits.

It never fails the agent: whatever happens, it ends well, and what could not be appended waits as a
dead letter. Cheap on purpose: it loads what a plain append loads, and what makes the draft.
"""

import os
import sys
from time import gmtime, time, time_ns

from journal import cjson, files
from journal.anchor import busy, git_dir
from journal.deadletters import Letter, read, waiting
from journal.errors import FormatError, JournalError, UsageError
from journal.hooks.payload import AGENTS, MESSAGES, WHOLE, draft, event_of, text
from journal.space import STATE, find, open_space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from journal.hooks.payload import Payload
    from journal.space import Space

TELLING = ("SessionStart", "UserPromptSubmit")  # when a person looks
# Seconds that the lock is waited for: less than the agent's patience, to note that it was in vain.
# Codex gives the session's end three seconds.
_PATIENCE, _AT_THE_END = 5.0, 2.0
_FAILURES = (
    JournalError, OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError,
    RecursionError, MemoryError, ImportError, KeyboardInterrupt,
)  # fmt: skip


def run(argv: "list[str]") -> str:
    """Capture what standard input holds; what stdout is to tell the person, mostly nothing.

    `argv`: the agent's name, and `--workspace DIR`. Never raises: an agent takes some exit codes
    for a veto. What is not understood is passed over.
    """
    given = ""
    words = iter(argv[1:])
    for word in words:
        option, equals, value = word.partition("=")
        if option == "--workspace":
            given = value if equals else next(words, "")
    capture = _capture(argv)
    sys.excepthook = capture.last_resort
    try:
        capture.go(given)
    except _FAILURES as error:
        capture.fail(error)
    try:
        return capture.said()
    except _FAILURES as error:
        _say(f"what waits can't be told: {_told(error)[1]}")
        return ""


def _turned(space: "Space") -> "Callable[[str, str], tuple[int, str]]":
    from journal.catalog.turned import asker

    return asker(space)


def _capture(argv: "list[str]") -> "Capture":
    """What captures for this agent, or for git."""
    if argv[:1] == ["git"]:
        from journal.hooks.git_run import GitCapture

        return GitCapture(argv[1:])
    return Capture(argv[0] if argv else "")


class Capture:
    """One payload on its way into the journal."""

    def __init__(self, agent: str) -> None:
        self.agent = agent
        self.root = ""
        self.payload: Payload = {}
        self.event = ""
        self.letter: Letter | None = None
        self.size = 0
        self.lost = ""  # why not even a letter could be kept

    def go(self, given: str) -> None:
        """The whole way; any of `_FAILURES` if it can't be gone."""
        moment = time_ns()
        if self.agent not in AGENTS:
            raise JournalError(f"there is no agent {self.agent!r}", kind="no-agent")
        raw = b"" if os.isatty(0) else files.read_all(0)
        self.size = len(raw)
        self.root = os.path.abspath(given) if given else ""
        self.payload = _parsed(raw)
        self.event = event_of(self.payload)
        if not self.event:
            return
        self.root = find(given)
        if not (self.event in MESSAGES and self._is_watched()):
            self._append(moment)

    def _append(self, moment: int) -> None:
        from journal import credentials, protocol
        from journal.intake import Intake

        space = open_space(self.root, int(time()))
        if not space.enabled:
            _say("nothing appended: enabled = false in journal.toml")
            return
        cwd = text(self.payload, "cwd")
        values = credentials.known(space.root, cwd=cwd if os.path.isdir(cwd) else "")
        intake = Intake(space.root, space.policy, space.namespace, values)
        space.veil, space.turned = intake.head, _turned
        space.waits = busy(git_dir(space.root))  # a day file that changes now may stop a rebase

        def clean(text: str) -> str:
            return intake.masking(space.namespace).text(text)

        made = draft(self.agent, self.payload, moment, clean)
        if made is None:
            return
        made["at"] = space.stamp(moment)
        if whole := made.pop(WHOLE, ""):
            from journal.hooks.whole import keep

            keep(space, intake, made, str(whole), moment)
        fitted, masked, rule = intake.fitted(made)
        self.letter = Letter(self.root, self._facts())
        self.letter.begin(fitted)
        sealing = intake.sealed(fitted, masked, rule)
        files.LOCK_SECONDS = _AT_THE_END if self.event == "SessionEnd" else _PATIENCE
        receipt = protocol.append(space, [sealing])[0]
        self.letter.done()
        for notice in intake.notices + receipt.notices:
            _say(notice)

    def _is_watched(self) -> bool:
        """Whether `journal watch` reads this transcript, and so brings its messages itself."""
        transcript = text(self.payload, "transcript_path")
        try:
            fd = os.open(f"{self.root}/{STATE}/watch-{self.agent}.lock", os.O_RDONLY)
        except OSError:
            return False
        try:
            if not transcript or not _is_held(fd):
                return False
            roots = os.fsdecode(files.read_all(fd)).splitlines()
        finally:
            os.close(fd)
        path = os.path.realpath(os.path.expanduser(transcript)) + "/"
        return any(path.startswith(os.path.realpath(one).rstrip("/") + "/") for one in roots if one)

    def _facts(self) -> "dict[str, object]":
        """What a letter says whatever became of the text: nothing of the payload's own words."""
        at = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(*gmtime()[:6])
        agent = self.agent if self.agent in AGENTS else ""
        return {"at": at, "agent": agent, "event": self.event, "bytes": self.size}

    def fail(self, error: BaseException) -> None:
        """Keep what can be kept of it, and say so."""
        kind, message = _told(error)
        letter = self.letter or Letter(self.root, self._facts())
        self.lost = letter.keep(kind, message)
        _say(f"this {self.event or 'payload'} was not captured: {message}")
        if self.lost:
            _say(f"and nothing of it could be kept: {self.lost}")

    def last_resort(
        self, _: type[BaseException], error: BaseException, __: "TracebackType | None"
    ) -> None:
        """What nobody expected: it is a dead letter, too, and no concern of the agent's."""
        self.fail(error)
        os._exit(0)

    def said(self) -> str:
        """The JSON that shows a person what waits, at the moments when one looks."""
        if self.event not in TELLING:
            return ""
        letters = waiting(self.root)
        if self.lost:
            message = f"this could not be captured, and nothing of it could be kept: {self.lost}"
        elif letters:
            message = self._waiting(letters)
        else:
            return ""
        _say(message)
        return cjson.dumps({"systemMessage": f"journal: {message}"}) + "\n"

    def _waiting(self, letters: "list[tuple[str, str]]") -> str:
        error: dict[str, str] = read(*letters[-1])["error"]  # type: ignore[assignment]
        many = "1 capture" if len(letters) == 1 else f"{len(letters):,} captures"
        said = str(error.get("message"))
        last = f"failed ({said})" if len(letters) == 1 else f"failed (the last: {said})"
        away = not (os.path.realpath(os.getcwd()) + "/").startswith(
            os.path.realpath(self.root) + "/"
        )
        where = f" --workspace {self.root}" if away and self.root else ""
        return f"{many} {last}; `journal hook letters{where}` shows what waits"


def _parsed(raw: bytes) -> "Payload":
    """The payload; FormatError `bad-payload` if it is none."""
    if not raw.strip():
        raise FormatError("there was no payload on standard input", kind="bad-payload")
    try:
        payload = cjson.loads(raw.removeprefix(b"\xef\xbb\xbf").decode(errors="replace").strip())
    except ValueError as error:
        raise FormatError("the payload is not JSON", kind="bad-payload") from error
    if not isinstance(payload, dict):
        raise FormatError("the payload is no JSON object", kind="bad-payload")
    if b"\\u0000" in raw or b"\\ud" in raw or b"\\uD" in raw:
        return _fit(payload)  # type: ignore[return-value]
    return payload


def _fit(value: object) -> object:
    """The value without characters that no entry can hold."""
    if isinstance(value, str):
        whole = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return whole.replace("\0", "\u2400")
    if isinstance(value, list):
        return [_fit(inner) for inner in value]
    if isinstance(value, dict):
        return {str(_fit(key)): _fit(inner) for key, inner in value.items()}
    return value


def _is_held(fd: int) -> bool:
    """Whether another process holds the lock file alone."""
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _told(error: BaseException) -> "tuple[str, str]":
    """Kind and message of what went wrong, in no word of the payload's."""
    if isinstance(error, UsageError):
        return error.kind, f"it can't be an entry ({error.kind})"
    if isinstance(error, JournalError):
        return error.kind, error.message
    if isinstance(error, OSError):
        return "system", error.strerror or "the system refused"
    return "unexpected", f"{type(error).__name__} in the journal itself"


def _say(line: str) -> None:
    try:
        files.write_all(2, f"journal: {line}\n".encode(errors="backslashreplace"))
    except OSError:
        return
