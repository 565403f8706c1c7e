"""The append protocol (docs/FORMAT.md, "Appending"): the one code that writes entries.

Cheap on purpose: the command line's fast path and the notebook both call `append`, and what it
imports at the top is all that a plain append ever loads. What is rare (an editor took an entry, git
rewound a file, a torn tail, a trim) is in `settle`, imported when met.

The order is the promise: lock; number and link; spool, one write and one flush: that is the
acknowledgement; then the day files; then the cache of what this writer knows.
"""

import os
from time import time_ns

from journal import ids, seal
from journal.anchor import anchor
from journal.errors import JournalError
from journal.files import Folder, flush, lock, read_all, read_at, write_all
from journal.space import CACHE, STATE, Space, day_path, writer_of
from journal.spool import FOLDER as SPOOL
from journal.spool import Known, Place, encode, from_cache, from_records, place_of, scan

TRIM_AT = 16 << 20


class Receipt:
    """What an append promises: where the entry is, and whether it would survive a power cut."""

    __slots__ = ("at", "digest", "durable", "file", "id", "line", "notices", "repeated", "seq")

    def __init__(self, entry_id: str, at: str, file: str, seq: int, digest: str) -> None:
        self.id = entry_id
        self.at = at
        self.file = file
        self.line = 0
        self.seq = seq
        self.digest = digest
        self.durable = True
        self.repeated = False  # the token had an entry already: this is that entry
        self.notices: list[str] = []  # for stderr: what had to be mended, what could not be written

    def record(self) -> "dict[str, object]":
        """The receipt as JSON shows it."""
        return {
            "id": self.id, "at": self.at, "file": self.file, "line": self.line, "seq": self.seq,
            "digest": self.digest, "durable": self.durable,
        }  # fmt: skip


class _Written:
    """An entry on its way: numbered, linked, not yet in a file."""

    __slots__ = ("path", "piece", "place", "receipt", "token")

    def __init__(self, path: str, piece: bytes, place: Place, receipt: Receipt, token: str) -> None:
        self.path = path
        self.piece = piece
        self.place = place
        self.receipt = receipt
        self.token = token


def append(
    space: Space, drafts: "list[seal.Sealing]", *, known: Known | None = None
) -> "list[Receipt]":
    """Write the drafts, all with one flush; their receipts in the same order.

    `known`: what an earlier call in this process left there, to spare reading it again.
    JournalError `not-durable` if nothing could be acknowledged; then nothing was.
    """
    with Folder(space.root, STATE, create=True) as state:
        lock_fd = state.open("lock", os.O_RDWR | os.O_CREAT)
        try:
            lock(lock_fd)
            session = Session(space, writer_of(space, lock_fd), known)
            try:
                return session.append(drafts)
            finally:
                session.close()
        finally:
            os.close(lock_fd)


class Session:
    """One holding of the lock: what is known, and the steps of the protocol."""

    def __init__(self, space: Space, writer: str, known: Known | None = None) -> None:
        self.space = space
        self.writer = writer
        self.notices: list[str] = []
        self.spool = Folder(space.root, SPOOL, create=True)
        self.name = f"{writer}.log"
        self.spool_fd = self.spool.open(self.name, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        self.known = self._known(known)
        self.links: dict[str, str] = {}  # namespace: the next prev
        self.paths: dict[tuple[str, str], str] = {}  # namespace and date: the part to write to
        self.sound: set[str] = set()  # paths seen to hold their newest entry

    def close(self) -> None:
        """Let go of the spool."""
        os.close(self.spool_fd)
        self.spool.close()

    def _known(self, held: Known | None) -> Known:
        st = os.fstat(self.spool_fd)
        state = (st.st_ino, st.st_size)
        if held and (held.inode, held.size) == state:
            return held
        cached = self._cached()
        if cached and (cached.inode, cached.size) == state:
            fresh = cached
        else:
            fresh = self.scanned()
        if held:  # keep the caller's object the one that is kept up to date
            held.take(fresh)
            return held
        return fresh

    def _cached(self) -> Known | None:
        try:
            with Folder(self.space.root, CACHE) as folder:
                return from_cache(folder.read(f"{self.writer}.known"))
        except (OSError, ValueError, TypeError, KeyError):
            return None  # derived: the spool tells it again

    def scanned(self) -> Known:
        """What is known, read from the spool itself."""
        st = os.fstat(self.spool_fd)
        records, torn = scan(read_at(self.spool_fd, st.st_size, 0))
        known = from_records(records)
        known.inode, known.size = st.st_ino, st.st_size
        if torn:
            self.notices.append(
                f"{torn:,} bytes of a write that was cut short lie in the spool; nothing of it"
                " was acknowledged"
            )
        return known

    def append(self, drafts: "list[seal.Sealing]") -> "list[Receipt]":
        """The whole protocol for one group."""
        git = anchor(self.space.root)
        tokens = self._tokens(drafts)
        written: list[_Written] = []
        receipts = [self._number(draft, git, tokens, written) for draft in drafts]
        if written:
            self._acknowledge(written, git.rpartition("@")[0])
            self._place(written)
            self._remember(written)
        if receipts:
            receipts[0].notices = self.notices + receipts[0].notices
        return receipts

    def _tokens(self, drafts: "list[seal.Sealing]") -> "dict[str, Receipt]":
        wanted = [draft.token for draft in drafts if draft.token]
        if not wanted:
            return {}
        from journal.tokens import receipts_of

        return receipts_of(self, set(wanted))

    def _number(
        self, draft: seal.Sealing, git: str, tokens: "dict[str, Receipt]", written: "list[_Written]"
    ) -> Receipt:
        if draft.token and draft.token in tokens:
            return tokens[draft.token]
        now = time_ns()
        at = draft.at or self.space.stamp(now)
        namespace = draft.namespace or self.space.namespace
        entry_id = ids.after(self.known.last, now // 1_000_000)
        seq = self.known.heads.get(namespace, (0, ""))[0] + 1
        prev = self.links.get(namespace) or self._link(namespace)
        header, piece = draft.seal(entry_id, at, git, seq, prev)
        path = self._path(namespace, at[:10])
        place = place_of(seq, entry_id, header, piece)
        receipt = Receipt(entry_id, at, path, seq, draft.body_digest)
        written.append(_Written(path, piece, place, receipt, draft.token))
        self.links[namespace] = f"{seq}:{place.digest}"
        self.known.last = entry_id
        self.known.heads[namespace] = (seq, path)
        if draft.token:
            tokens[draft.token] = receipt
        return receipt

    def _link(self, namespace: str) -> str:
        seq, path = self.known.heads.get(namespace, (0, ""))
        if not seq:
            return seal.genesis(self.space.id, self.writer, namespace)
        place = self.known.newest.get(path)
        if place and place.seq == seq and (path in self.sound or self.holds(path, place)):
            self.sound.add(path)
            return f"{seq}:{place.digest}"
        from journal.settle import newest_link

        return newest_link(self, namespace)

    def _path(self, namespace: str, date: str) -> str:
        path = self.paths.get((namespace, date))
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
            self.known.take(self.scanned())
            place = self.known.newest.get(path)
        if place is None or path in self.sound or self.holds(path, place):
            return True
        from journal.settle import settle

        return settle(self, path, place)

    def holds(self, path: str, place: Place) -> bool:
        """Whether the entry stands at its known place, by one pread."""
        if place.offset < 0:
            return False
        try:
            with Folder(self.space.root, os.path.dirname(path)) as folder:
                fd = folder.open(os.path.basename(path), os.O_RDONLY)
                try:
                    header = read_at(fd, place.header, place.offset)
                    return seal.digest(header) == place.digest and os.fstat(fd).st_size >= place.end
                finally:
                    os.close(fd)
        except FileNotFoundError:
            return False

    def _acknowledge(self, written: "list[_Written]", branch: str) -> None:
        """One write, one flush; or the spool as it was, and JournalError."""
        data = b"".join(
            [encode(_facts(entry, self.writer, branch), entry.piece) for entry in written]
        )
        self.write_spool(data)

    def write_spool(self, data: bytes) -> None:
        """Add records to the spool, durably; JournalError `not-durable` if that failed."""
        try:
            write_all(self.spool_fd, data)
        except OSError as error:
            from journal.settle import cut_back

            raise cut_back(self, error) from error
        try:
            flush(self.spool_fd)
        except OSError as error:
            from journal.settle import void

            raise void(self, error) from error
        self.known.size += len(data)

    def _place(self, written: "list[_Written]") -> None:
        groups: dict[str, list[_Written]] = {}
        for entry in written:
            groups.setdefault(entry.path, []).append(entry)
        for path, entries in groups.items():
            try:
                self.put(path, [(entry.piece, entry.place) for entry in entries])
            except (OSError, JournalError) as error:
                entries[0].receipt.notices.append(
                    f"{path}: can't be written ({getattr(error, 'strerror', None) or error}); the"
                    " entry is safe in the spool, and the next append puts it in its place"
                )

    def put(self, path: str, pieces: "list[tuple[bytes, Place]]") -> None:
        """Write slices at the end of a day file, again if an editor swapped it meanwhile."""
        with Folder(self.space.root, os.path.dirname(path), create=True) as folder:
            name = os.path.basename(path)
            for _ in range(5):
                if self._put_once(folder, name, path, pieces):
                    return
        raise JournalError(
            "another program replaces the file again and again", kind="changed-on-disk"
        )

    def _put_once(
        self, folder: Folder, name: str, path: str, pieces: "list[tuple[bytes, Place]]"
    ) -> bool:
        fd = folder.open(name, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            size = os.fstat(fd).st_size
            lead = _lead(fd, size) if size else self._preamble(path)
            line = self._line_after(fd, size, path) + lead.count(b"\n")
            data = lead + b"\n".join([piece for piece, _ in pieces])
            write_all(fd, data)
            offset = size + len(lead)
            for _, place in pieces:
                place.offset, place.line = offset, line
                offset += place.size + 1
                line += place.lines + 1
            mine = os.fstat(fd)
            here = folder.stat(name)
            return (mine.st_ino, mine.st_dev) == (here.st_ino, here.st_dev) and (
                here.st_size >= size + len(data)
            )
        except FileNotFoundError:
            return False
        finally:
            os.close(fd)

    def _line_after(self, fd: int, size: int, path: str) -> int:
        """The line number (from 1) that the file's next byte would be on."""
        place = self.known.newest.get(path)
        if place and place.offset >= 0 and place.end == size:
            return place.line + place.lines
        os.lseek(fd, 0, os.SEEK_SET)
        return read_all(fd).count(b"\n") + 1 if size else 1

    def _preamble(self, path: str) -> bytes:
        _, namespace, _, name = path.split("/")
        from journal.preamble import preamble

        return preamble(name[:10], namespace, self.space.timezone, self.writer)

    def _remember(self, written: "list[_Written]") -> None:
        for entry in written:
            entry.receipt.line = entry.place.line
            self.known.learn(entry.path, entry.path.split("/")[1], entry.place)
        if self.known.size > TRIM_AT:
            from journal.settle import trim

            trim(self)
        self.save()

    def save(self) -> None:
        """Keep what is known for the next process; a cache, so trouble here is no trouble."""
        try:
            with Folder(self.space.root, CACHE, create=True) as folder:
                fd = folder.open(f"{self.writer}.known", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                try:
                    write_all(fd, self.known.cached())
                finally:
                    os.close(fd)
        except (OSError, JournalError):
            return


def _facts(entry: _Written, writer: str, branch: str) -> "dict[str, object]":
    facts: dict[str, object] = {
        "path": entry.path, "writer": writer, "seq": entry.place.seq, "id": entry.place.id,
        "branch": branch,
    }  # fmt: skip
    if entry.token:
        facts["token"] = entry.token
    return facts


def _lead(fd: int, size: int) -> bytes:
    """The newlines that make a blank line between the file's end and the next heading."""
    tail = read_at(fd, 2, max(0, size - 2))
    if tail.endswith(b"\n\n"):
        return b""
    return b"\n" if tail.endswith(b"\n") else b"\n\n"
