"""The front door: everything that writes an entry comes through `append` here or its fast twin.

The order is policy, redaction, protocol: a draft goes through `intake` before it is sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from journal import clock, credentials, dayfile, protocol, receipt, seal, space
from journal.chain import Verdict
from journal.entry import Draft, Entry, Receipt
from journal.errors import JournalError, UsageError
from journal.finding import Finding
from journal.ids import matches
from journal.intake import Intake
from journal.known import Known
from journal.named import none_named, several_named
from journal.selection import EVERYTHING, Selection
from journal.store import Store
from journal.workspace import read_config

if TYPE_CHECKING:
    from journal.attach import Attachment as Attached
    from journal.policy.gates import Approval

_KEYS = (*seal.TEXT_KEYS, "namespace")
_AT_ONCE = 32  # drafts whose texts are looked through together for secrets


class Book(Protocol):
    """What a notebook does, on disk or in memory."""

    def append(self, draft: Draft) -> Receipt:
        """Write one entry."""

    def append_many(self, drafts: Sequence[Draft]) -> list[Receipt]:
        """Write several at once; either all are acknowledged or the error says that none is."""

    def entries(self, selection: Selection = EVERYTHING) -> Iterator[Entry]:
        """The selected entries, newest first."""

    def find(self, wanted: str) -> Entry:
        """The entry whose id begins or ends so; UsageError if none or several do."""


class Notebook:
    """A journal on disk."""

    def __init__(self, store: Store, place: space.Space) -> None:
        self.store = store
        self._space = place
        self._sources = space.sources_of(store.root)
        self._known = Known()
        self.turned: space.Turned | None = None  # see `Space`: what knows sessions without reading
        self._approval: Approval | None = None
        self._intake = _intake(place)

    @classmethod
    def open(cls, directory: str = "") -> Notebook:
        """The notebook of the workspace at `directory`, or found as the command line finds it."""
        root = space.find(str(directory))
        now = int(clock.now().timestamp())
        return cls(Store(root), space.open_space(root, now))

    @property
    def root(self) -> str:
        """The workspace's folder."""
        return self.store.root

    @property
    def enabled(self) -> bool:
        """Whether appends do anything: `enabled` in journal.toml."""
        return self.place.enabled

    @property
    def findings(self) -> list[Finding]:
        """What reading met so far that is not as it should be."""
        return list(self.store.reading.findings)

    def append(self, draft: Draft) -> Receipt:
        """Write one entry, durably; a disabled journal gives a receipt without an id."""
        return self.append_many([draft])[0]

    def append_many(self, drafts: Sequence[Draft]) -> list[Receipt]:
        """Write several entries with one flush."""
        self.refresh()
        return self.append_sealings([self.prepare(draft) for draft in drafts])

    def prepare(self, draft: Draft) -> seal.Sealing:
        """The draft checked and made ready, as the policy lets it in and without its secrets.

        UsageError or FormatError if it can't be an entry, Refused if it may not even be recorded.
        """
        return self._admit(given(draft, self.store))

    def prepare_many(self, drafts: Sequence[Draft]) -> Iterator[seal.Sealing | JournalError]:
        """The same for many, with one look for secrets at the texts of several.

        What is wrong with one of them stands in its place.
        """
        self.refresh()
        ready: list[dict[str, Any] | JournalError] = [self._given(draft) for draft in drafts]
        for start in range(0, len(ready), _AT_ONCE):
            some = ready[start : start + _AT_ONCE]
            sound = [one for one in some if isinstance(one, dict)]
            clean = self._intake.are_clean(sound)
            for one in some:
                try:
                    yield self._admit(one, clean=clean) if isinstance(one, dict) else one
                except JournalError as error:
                    yield error

    def _given(self, draft: Draft) -> dict[str, Any] | JournalError:
        try:
            values = given(draft, self.store)
            seal.check(values)
        except JournalError as error:
            return error
        return values

    def _admit(self, values: dict[str, Any], *, clean: bool = False) -> seal.Sealing:
        enabled = self._space.enabled
        return self._intake.admit(values, clean=clean) if enabled else seal.Sealing(values)

    @property
    def intake(self) -> Intake:
        """The policy and the redaction that every draft goes through, as they are now."""
        self.refresh()
        return self._intake

    def refresh(self) -> None:
        """Look again at the policy, and at what the user's own secrets are: for who stays open."""
        self._intake = _intake(self.place)
        self._intake.approval = self._approval

    @property
    def approval(self) -> Approval | None:
        """What was allowed, of all that is appended now; None outside of `under`."""
        return self._approval

    @contextmanager
    def under(self, approval: Approval) -> Iterator[None]:
        """What is appended in it passes the policy's gates, as far as it was allowed.

        For `journal.reviewing` alone, which sees to it that somebody did.
        """
        before = self._approval
        self._approval = self._intake.approval = approval
        try:
            yield
        finally:
            self._approval = self._intake.approval = before

    def record(self, drafts: Sequence[Draft]) -> list[Receipt]:
        """Write entries by which the journal itself tells what was done: no mode holds them back.

        Refused if their words are on the denylist.
        """
        intake = self.intake
        own = [intake.own(given(draft, self.store)) for draft in drafts]
        return self.append_sealings([seal.Sealing(draft) for draft in own])

    def append_sealings(self, sealings: list[seal.Sealing]) -> list[Receipt]:
        """Write drafts that are ready, with one flush."""
        if not self.enabled:
            return [Receipt("", "", "", 0, 0, "", durable=False) for _ in sealings]
        place = self.place
        place.turned = self.turned
        receipts = protocol.append(place, sealings, known=self._known)
        if receipts:
            receipts[0].notices = self._intake.notices + receipts[0].notices
        return [_receipt(done) for done in receipts]

    @property
    def place(self) -> space.Space:
        """The workspace as its files configure it now: a notebook may stay open for days."""
        now = int(clock.now().timestamp())
        sources = space.sources_of(self.root)
        if sources != self._sources or now >= self._space.until:
            self._space = space.open_space(self.root, now)
            self.store.configure(read_config(self.root))
            self._sources = sources
        return self._space

    def attach(
        self,
        source: str | bytes | int,
        *,
        namespace: str = "",
        name: str = "",
        draft: Draft | None = None,
    ) -> Attached:
        """The content of a file (a path, bytes, or an open descriptor), kept durably.

        An entry names it with `fields={"attachments": [attached.record()]}`; `draft` is what that
        is to be, where the policy asks who says what. Refused if the policy won't keep it.
        """
        from journal.attach import keep

        intake = self.intake
        namespace = namespace or intake.namespace
        intake.keeps_files(namespace, given(draft, self.store) if draft else {"kind": "note"})
        return keep(self.root, namespace, source, name, intake.reading(namespace))

    def entries(self, selection: Selection = EVERYTHING) -> Iterator[Entry]:
        """The selected entries, newest first; only the days that the caller gets to are read."""
        return self.store.entries(selection)

    def find(self, wanted: str) -> Entry:
        """The entry whose id begins or ends so; UsageError if none or several do."""
        return find(self.store.named(wanted), wanted)

    def raw(self, entry: Entry) -> bytes:
        """The entry's slice as it stands in its file, or in the spool if no file has it yet."""
        data = self.store.content(entry.source.file) or b""
        for piece in dayfile.pieces(data):
            if piece.offset == entry.source.offset and entry.source.line:
                return self.store.shown(entry.id, piece, entry.source.file).raw
        waiting = (r.slice for r in self.store.spooled() if r.id == entry.id)
        return next((self.store.shown(entry.id, dayfile.parse(one)).raw for one in waiting), b"")

    def verify(self) -> list[Verdict]:
        """The state of every entry."""
        from journal.verify import verify

        return verify(self.store)


def find(entries: Iterator[Entry], wanted: str) -> Entry:
    """The one entry whose id begins or ends with `wanted`."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.id == wanted:
            return entry
        if wanted and matches(wanted, entry.id):
            found.setdefault(entry.id, entry)
    if not found:
        raise none_named(wanted)
    if len(found) > 1:
        raise several_named(wanted, list(found))
    return next(iter(found.values()))


def given(draft: Draft, store: Store) -> dict[str, Any]:
    """The draft as `seal` takes it, `at` in the workspace's zone."""
    body = draft.body
    try:
        text = body.encode() if isinstance(body, str) else body
    except UnicodeEncodeError:
        text = body.encode(errors="surrogatepass")  # type: ignore[union-attr]  # refused by seal
    values: dict[str, Any] = {key: value for key in _KEYS if (value := getattr(draft, key)) != ""}
    values |= {"body": text, "tags": draft.tags, "meta": dict(draft.meta)}
    return values | {"fields": dict(draft.fields), "at": stamp(draft.at, store)}


def stamp(at: datetime | str | None, store: Store) -> str:
    """`at` as the header keeps it, empty for now; UsageError if it can't be understood."""
    if at is None or at == "":
        return ""
    try:
        if isinstance(at, str) and at[10:11] == "T" and at[-1:] == "Z":  # as programs write it
            at = datetime.fromisoformat(at)
        elif isinstance(at, str):
            at = clock.parse_at(at, store.zone, clock.now())
        elif at.tzinfo is None:
            at = clock.parse_at(at.isoformat(), store.zone, clock.now())
        return clock.stamp(at, store.zone)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"at: {error}", kind="bad-time", hint="for example 2026-11-21T14:03"
        ) from error


def _intake(place: space.Space) -> Intake:
    values = credentials.known(place.root) if place.enabled else None
    intake = Intake(place.root, place.policy, place.namespace, values)
    place.veil = intake.head
    return intake


def _receipt(done: receipt.Receipt) -> Receipt:
    return Receipt(
        done.id, done.at, done.file, done.line, done.seq, done.digest, done.durable,
        done.repeated, tuple(done.notices), done.withheld, done.redacted,
    )  # fmt: skip
