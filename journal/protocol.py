"""The append protocol (docs/FORMAT.md, "Appending"): the one code that writes entries.

Cheap on purpose: the command line's fast path and the notebook both call `append`, and what it
imports at the top is all that a plain append ever loads. What is rare is imported when met: an
editor took an entry, git rewound a file, a tail is torn (`settle`); a disk fails (`trim`).

The order is the promise: lock; number and link; spool, one write and one flush: that is the
acknowledgement; then the day files; then the cache of what this writer knows. Until the
acknowledgement any trouble is an error, and nothing was appended; after it, a line for stderr.
"""

import os
from time import time_ns

from journal import ids, seal
from journal.anchor import anchor
from journal.days import Days
from journal.errors import JournalError
from journal.files import Folder, close, flush, lock, unlock
from journal.known import Known, Place, place_of
from journal.receipt import Receipt, promised
from journal.space import PENDING, PLACING, Space, day_path, writer_of
from journal.spool import encode
from journal.spoolfile import SpoolFile
from journal.turns import Turns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.gitstate import Repo
    from journal.settle import Spooled

TRIM_AT = 16 << 20
# An entry on its way: numbered and linked, not yet in a file. With its slice and its token.
_Written = tuple[Receipt, bytes, Place, str]


def append(
    space: Space, drafts: "list[seal.Sealing]", *, known: Known | None = None
) -> "list[Receipt]":
    """Write the drafts, all with one flush; their receipts in the same order.

    `known`: what an earlier call in this process left there, to spare reading it again.
    JournalError `not-durable` if nothing could be acknowledged; then nothing was.
    """
    try:
        with Folder(space.root, ".journal", create=True) as home:
            with home.inner("state", create=True) as state:
                lock_fd = state.open("lock", os.O_RDWR | os.O_CREAT)
            try:
                lock(lock_fd)
                return _locked(space, home, lock_fd, drafts, known)
            finally:
                unlock(lock_fd)
                close(lock_fd)
    except OSError as error:
        from journal.trim import not_durable

        raise not_durable(error) from error


def _locked(
    space: Space, home: Folder, lock_fd: int, drafts: "list[seal.Sealing]", known: Known | None
) -> "list[Receipt]":
    notices: list[str] = []
    if os.path.lexists(f"{space.root}/{PENDING}") or os.path.lexists(f"{space.root}/{PLACING}"):
        from journal.packed import resume

        notices = resume(space, home, lock_fd)
    session = Session(space, home, writer_of(space, lock_fd), *notices)
    try:
        if not session.know(known):
            from journal.trim import another_writer

            session = another_writer(session, lock_fd)
            session.know(known)
        return session.append(drafts)
    finally:
        session.close()


class Session:
    """One holding of the lock: what is known, and the steps of the protocol."""

    def __init__(self, space: Space, home: Folder, writer: str, *told: str) -> None:
        self.space = space
        self.writer = writer
        self.notices = list(told)
        self.git = self.branch = self.last = ""
        self.days = Days(self)
        self.spool = SpoolFile(home, writer)
        self.known = Known()
        self.stale: Known | None = None  # the cache, when the spool has moved on
        self.rebuilt = False  # a crash or a lost cache: look at every file the spool knows
        self.asked, self.patience = 0, 30  # how often git was asked; may be waited for a file
        self.links: dict[str, str] = {}  # namespace: the next prev
        self.heads: dict[str, tuple[int, str]] = {}  # as in Known, with what is being written
        self.paths: dict[tuple[str, str], str] = {}  # namespace and date: the part to write to
        self._spooled: Spooled | None = None
        self._repo: Repo | None = None

    def close(self) -> None:
        """Let go of everything."""
        self.days.close()
        self.spool.close()

    def know(self, held: Known | None) -> bool:
        """Learn what the spool holds; False if it has lost what it once acknowledged."""
        self.spool.open()
        if held is None or not self.spool.is_as(held):
            found = self.spool.cached()
            if not self.spool.is_as(found):
                from journal.trim import rebuild

                self.stale = found
                found = rebuild(self)
            if found is None:
                return False
            if held:  # keep the caller's object the one that is kept up to date
                held.take(found)
            else:
                held = found
        self.known = held
        self.heads, self.last = dict(held.heads), held.last
        self.turns = Turns(self.space, held, self.spool.name)
        return True

    def append(self, drafts: "list[seal.Sealing]") -> "list[Receipt]":
        """The whole protocol for one group."""
        self.git, self.branch = self.space.head(anchor(self.space.root))
        if any("attachments: [" in draft.after for draft in drafts):
            from journal.attached import still_there

            still_there(self.space, drafts)
        tokens = self._tokens(drafts)
        written: list[_Written] = []
        receipts = [self._number(draft, tokens, written) for draft in drafts]
        if written:
            self._write(written)
        if tokens:
            from journal.tokens import each_its_own

            receipts = each_its_own(receipts)
        if receipts:
            receipts[0].notices = self.notices + receipts[0].notices
        return receipts

    def _write(self, written: "list[_Written]") -> None:
        through = False
        try:
            self._acknowledge(written)
            self._place(written)
            through = True
        finally:
            if not through:  # whatever it was, Ctrl-C too: whoever holds `known` reads it again
                self.known.size = -1
        self._remember(written)

    def _tokens(self, drafts: "list[seal.Sealing]") -> "dict[str, Receipt]":
        wanted = [draft.token for draft in drafts if draft.token]
        if not wanted:
            return {}
        from journal.tokens import receipts_of

        return receipts_of(self, set(wanted))

    def _number(
        self, draft: seal.Sealing, tokens: "dict[str, Receipt]", written: "list[_Written]"
    ) -> Receipt:
        if draft.token and draft.token in tokens:
            return tokens[draft.token].of_again(draft)
        now = time_ns()
        at = draft.at or self.space.stamp(now)
        namespace = draft.namespace or self.space.namespace
        path = self.path_for(namespace, at[:10])
        prev = self.links.get(namespace) or self._link(namespace)
        entry_id = ids.after(self.last, now // 1_000_000)
        seq = self.heads.get(namespace, (0, ""))[0] + 1
        if draft.session:
            self.turns.give(draft, namespace)
        header, piece = draft.seal(entry_id, at, self.git, seq, prev)
        place = place_of(seq, entry_id, header, piece)
        receipt = promised(draft, entry_id, at, path, seq)
        written.append((receipt, piece, place, draft.token))
        self.links[namespace] = f"{seq}:{place.digest}"
        self.last = entry_id
        self.heads[namespace] = (seq, path)
        if draft.token:
            tokens[draft.token] = receipt
        return receipt

    def _link(self, namespace: str) -> str:
        seq, path = self.heads.get(namespace, (0, ""))
        if not seq:
            return seal.genesis(self.space.id, self.writer, namespace)
        place = self.known.newest.get(path)
        if place and place.seq == seq and self.days.look(path, place) is not False:
            return f"{seq}:{place.digest}"
        from journal.settle import newest_link

        return newest_link(self, namespace)

    def path_for(self, namespace: str, date: str) -> str:
        """The day file, and of its parts the one, that this writer goes on in."""
        path = self.paths.get((namespace, date), "")
        if not path:
            part = 1
            while not self.fits(path := day_path(self.space, self.writer, namespace, date, part)):
                part += 1
            self.paths[namespace, date] = path
        return path

    def fits(self, path: str) -> bool:
        """Whether this writer's newest entry of the file is there, so that it may go on there."""
        place = self.known.newest.get(path)
        if place is None and not self.known.complete:
            from journal.trim import completed

            place = completed(self).get(path)
        if place and place.away and place.away == self.days.mark(path):
            return False
        if self.days.look(path, place) is not False or place is None:
            return True  # a file that can't be read is no reason to leave it: the spool waits
        from journal.settle import settle

        return settle(self, path)

    def spooled(self) -> "Spooled":
        """The entries that this session found in the spool, read once."""
        if not self._spooled:
            from journal.settle import Spooled

            self._spooled = Spooled(self)
        return self._spooled

    def repo(self) -> "Repo | None":
        """The git repository around the workspace, asked for once."""
        if self.git and self._repo is None:
            from journal import gitstate

            self._repo = gitstate.find(self.space.root)
        return self._repo

    def _acknowledge(self, written: "list[_Written]") -> None:
        """One write, one flush; or the spool as it was, and JournalError."""
        records = []
        # What waits was not yet in the tree of any branch.
        more = {"branch": "", "waits": True} if self.space.waits else {"branch": self.branch}
        for receipt, piece, _, token in written:
            facts = {"path": receipt.file, "writer": self.writer, "seq": receipt.seq, **more}
            facts |= {"id": receipt.id} | ({"token": token} if token else {})
            records.append(encode(facts, piece))
        self.write_spool(b"".join(records))

    def write_spool(self, data: bytes) -> None:
        """Add records to the spool, durably; JournalError `not-durable` if that failed."""
        before = self.known.size
        if not before:
            # Before there is anything to lose: a later append finds a spool that isn't empty, and
            # can't tell whether its name is safe.
            self.spool.flush_names()
        else:
            data = b"\n" + data  # the record begins a line, whatever the spool ends with
        self.known.size = -1  # until this is through, whoever holds `known` reads the spool again
        try:
            self.spool.write(data, before)
        except OSError as error:
            from journal.trim import cut_back

            raise cut_back(self, before, error) from error
        try:
            flush(self.spool.fd)
        except OSError as error:
            from journal.trim import void

            raise void(self, before, error) from error
        self.known.size = before + len(data)

    def _place(self, written: "list[_Written]") -> None:
        self.turns.look_again()
        groups: dict[str, list[_Written]] = {}
        for entry in written:
            groups.setdefault(entry[0].file, []).append(entry)
        for path, entries in groups.items():
            upto = self.known.upto(path)
            try:
                self.days.put(path, [(piece, place) for _, piece, place, _ in entries])
            except (OSError, JournalError, ImportError) as error:
                why = getattr(error, "strerror", None) or error
                entries[0][0].notices.append(
                    f"{path}: can't be written ({why}); the entry is safe in the spool, and the"
                    " next append puts it in its place"
                )
            for receipt, _, place, _ in entries:
                receipt.line, place.before = place.line, upto
                self.known.learn(path, place)
        self.known.heads = self.heads
        self.turns.keep()

    def _remember(self, written: "list[_Written]") -> None:
        """What is done once the entries are safe: trouble here is told, never raised."""
        done = {receipt.file for receipt, _, _, _ in written}
        try:
            if self.rebuilt:
                from journal.settle import settle_all

                settle_all(self, done)
            else:
                # An editor may have saved an old buffer of yesterday over its newest entries.
                for path in self.days.robbed(done):
                    from journal.settle import settle

                    settle(self, path)
            if self.known.size > max(TRIM_AT, self.known.trim_at):
                from journal.trim import trim

                trim(self)
        except (OSError, JournalError, ImportError) as error:
            self.notices.append(f"the entry is safe, but tidying up failed: {error}")
        if not (self.rebuilt and self.space.waits):  # else the next append is to look around
            self.spool.save(self.known)
