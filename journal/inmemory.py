"""A notebook in memory: drafts, entries and errors as on disk, for tests and throw-aways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from journal import clock, ids, seal, spool
from journal.daypath import DayFile
from journal.entry import Draft, Entry, Receipt
from journal.errors import FormatError
from journal.intake import Intake
from journal.notebook import find, given
from journal.preamble import preamble
from journal.selection import EVERYTHING, Selection
from journal.store import Store
from journal.workspace import Config

WRITER = "memory"


class MemoryNotebook:
    """A journal that ends with its process."""

    def __init__(self, timezone: str = "UTC") -> None:
        workspace = ids.after("", int(clock.now().timestamp() * 1000))
        self.store = _MemoryStore(Config(workspace, timezone, WRITER, ("main",), enabled=True))
        self._intake = Intake("", {}, "main", None)
        self._last = ""
        self._links: dict[str, tuple[int, str]] = {}
        self._tokens: dict[str, Receipt] = {}
        self._turns: dict[tuple[str, str], tuple[int, str]] = {}  # the last one, and the path

    def append(self, draft: Draft) -> Receipt:
        """Write one entry."""
        return self.append_many([draft])[0]

    def append_many(self, drafts: Sequence[Draft]) -> list[Receipt]:
        """Write several entries, or none if one of them can't be an entry."""
        sealings = [self._intake.admit(given(draft, self.store)) for draft in drafts]
        held = (
            self._last, {**self._links}, {**self._tokens}, {**self._turns}, {**self.store.texts}
        )  # fmt: skip
        try:
            return [self._tokens.get(sealing.token) or self._write(sealing) for sealing in sealings]
        except FormatError:  # only now is a header known to be too large
            self._last, self._links, self._tokens, self._turns, self.store.texts = held
            raise

    def _write(self, sealing: seal.Sealing) -> Receipt:
        moment = clock.now()
        at = sealing.at or clock.stamp(moment, self.store.zone)
        namespace = sealing.namespace or "main"
        start = (0, seal.genesis(self.store.config.id, WRITER, namespace))
        seq, prev = self._links.get(namespace, start)
        self._last = ids.after(self._last, int(moment.timestamp() * 1000))
        if sealing.filled:
            sealing.turn = sealing.filled
        elif sealing.session:
            turn, way = self._turns.get((namespace, sealing.session), (0, seal.MAIN))
            sealing.turn = turn + 1
            sealing.way = way if way != seal.MAIN and not sealing.path else ""
            self._turns[namespace, sealing.session] = (turn + 1, sealing.switched or way)
        header, piece = sealing.seal(self._last, at, "", seq + 1, prev)
        self._links[namespace] = (seq + 1, f"{seq + 1}:{seal.digest(header)}")
        path = f"journal/{namespace}/{at[:4]}/{at[:10]}.md"
        text = self.store.texts.get(path)
        if text is None:
            text = preamble(at[:10], namespace, self.store.config.timezone, WRITER)[:-1]
        self.store.texts[path] = text + b"\n" + piece
        line = text.count(b"\n") + 2
        receipt = Receipt(
            self._last, at, path, line, seq + 1, sealing.body_digest, durable=False,
            redacted=sealing.redacted,
        )  # fmt: skip
        if sealing.token:
            self._tokens[sealing.token] = receipt
        return receipt

    def entries(self, selection: Selection = EVERYTHING) -> Iterator[Entry]:
        """The selected entries, newest first."""
        return self.store.entries(selection)

    def find(self, wanted: str) -> Entry:
        """The entry whose id begins or ends so; UsageError if none or several do."""
        return find(self.store.named(wanted), wanted)


class _MemoryStore(Store):
    def __init__(self, config: Config) -> None:
        super().__init__("", config)
        self.texts: dict[str, bytes] = {}

    def files(self, namespace: str = "") -> list[DayFile]:
        """Every day that was written."""
        days = [DayFile(path) for path in self.texts if namespace in ("", path.split("/")[1])]
        return sorted(days, key=lambda day: (day.date, day.namespace), reverse=True)

    def branch(self) -> str:
        """None: memory is in no work tree."""
        return ""

    def content(self, path: str) -> bytes | None:
        """The day's text."""
        return self.texts.get(path)

    def spooled(self) -> list[spool.Record]:
        """None: nothing waits."""
        return []
