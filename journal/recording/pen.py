"""What the scribe writes with: entries of one session, each following the last; trouble is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from journal import api, clock
from journal.attach import FIELD
from journal.conversation import said, tools
from journal.conversation.excerpt import OUTPUT, excerpt
from journal.deadletters import Letter
from journal.entry import Draft
from journal.errors import JournalError
from journal.notebook import Notebook, given

MOST = OUTPUT * 4  # bytes of one output that its entry shows
HIDDEN = "[input not shown, not recorded]"
_TITLE = 60
_NAME = 40
_TOLD = 5  # troubles that are told one by one
DISABLED = "the journal is switched off (`enabled = false` in journal.toml): nothing was recorded"


@dataclass(frozen=True, slots=True)
class Recording:
    """What is recorded, and how: `words` is the command line, `full` attaches long outputs."""

    root: str
    words: tuple[str, ...]
    session: str
    namespace: str = ""
    title: str = ""
    keys: bool = True
    full: bool = False

    @property
    def name(self) -> str:
        """The command's name, without its folder."""
        base = self.words[0].rstrip("/").rpartition("/")[2]
        return " ".join(base.split())[:_NAME] or "command"


@dataclass(slots=True)
class Done:
    """What became of it."""

    ids: list[str] = field(default_factory=list)
    inputs: int = 0
    outputs: int = 0
    disabled: bool = False
    kept: int = 0  # in dead letters
    lost: int = 0
    trouble: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """The same as JSON shows it."""
        return {
            "entries": len(self.ids), "first": self.ids[0] if self.ids else "",
            "last": self.ids[-1] if self.ids else "", "inputs": self.inputs,
            "outputs": self.outputs, "failed": self.kept + self.lost, "waiting": self.kept,
            "disabled": self.disabled, "trouble": self.trouble, "notices": self.notices,
        }  # fmt: skip


class Pen:
    """Appends a recording's entries. Nothing here raises what the journal or the disk refuse."""

    def __init__(self, recording: Recording) -> None:
        self.done = Done()
        self._recording = recording
        self._notebook: Notebook | None = None

    def event(self, title: str, body: str, **fields: Any) -> None:
        """Something that happened to the command."""
        self._append(
            Draft(body=body, title=title, kind="event", role="system", actor="journal",
                  fields=fields)
        )  # fmt: skip

    def typed(self, text: str) -> None:
        """What the person typed."""
        self.done.inputs += 1
        title = said.title(text) or text.strip()[:_TITLE]
        self._append(Draft(body=text, title=title, kind="message", role="user", actor="user"))

    def printed(self, text: str) -> None:
        """What the command printed."""
        self.done.outputs += 1
        name = self._recording.name
        try:
            shown = excerpt(text, self._clean, MOST)
        except (JournalError, OSError) as error:
            self._failed(error, None, len(text.encode(errors="replace")))
            return
        first = said.title(shown.shown, _TITLE)
        draft = Draft(
            body=tools.fence(shown.shown), title=f"{name}: {first}" if first else name,
            kind="message", role="tool", actor=name, fields={"tool": name},
        )  # fmt: skip
        self._append(draft, shown.whole if self._recording.full else "")

    def _clean(self, text: str) -> str:
        notebook = self._open()
        intake = notebook.intake
        return intake.masking(self._recording.namespace or intake.namespace).text(text)

    def _open(self) -> Notebook:
        if self._notebook is None:
            self._notebook = api.notebook(self._recording.root)
        return self._notebook

    def _append(self, draft: Draft, whole: str = "") -> None:
        draft = replace(
            draft,
            session=self._recording.session,
            namespace=self._recording.namespace,
            parent=self.done.ids[-1] if self.done.ids else "",
        )
        try:
            notebook = self._open()
            if whole:
                draft = self._with_whole(notebook, draft, whole)
            receipt = notebook.append(draft)
        except (JournalError, OSError) as error:
            self._failed(error, draft, len(draft.body))
            return
        if receipt.id:
            self.done.ids.append(receipt.id)
        else:
            self.done.disabled = True
        self._note(self.done.notices, *receipt.notices)

    def _with_whole(self, notebook: Notebook, draft: Draft, whole: str) -> Draft:
        data = whole.encode(errors="replace")
        try:
            kept = notebook.attach(data, namespace=draft.namespace, name="output.txt", draft=draft)
        except (JournalError, OSError) as error:
            self._note(self.done.trouble, f"a whole output was not attached: {_why(error)}")
            return draft
        return replace(draft, fields={**draft.fields, FIELD: [kept.record()]})

    def _failed(self, error: JournalError | OSError, draft: Draft | None, size: int) -> None:
        """Keep what can't be appended where it waits, as far as it may be kept."""
        kind = error.kind if isinstance(error, JournalError) else "system"
        now = clock.now()
        facts = {
            "at": f"{now:%Y-%m-%dT%H:%M:%SZ}", "agent": "journal run", "event": "output",
            "session": self._recording.session, "bytes": size,
        }  # fmt: skip
        letter = Letter(self._recording.root, facts)
        try:
            if draft and self._notebook:
                # When it was, so that it stands there when it comes in later.
                dated = given(replace(draft, at=now), self._notebook.store)
                ready = self._notebook.intake.fitted(dated)[0]
                letter.facts["draft"] = {**ready, "body": ready["body"].decode()}  # type: ignore[attr-defined]
        except (JournalError, OSError):
            letter.facts["draft"] = None  # it couldn't be asked what may be kept of it
        if letter.keep(kind, _why(error)):
            self.done.lost += 1
        else:
            self.done.kept += 1
        self._note(self.done.trouble, _why(error))

    @staticmethod
    def _note(among: list[str], *lines: str) -> None:
        for line in lines:
            if line not in among and len(among) < _TOLD:
                among.append(line)


def _why(error: JournalError | OSError) -> str:
    if isinstance(error, JournalError):
        return error.message
    return error.strerror or str(error)
