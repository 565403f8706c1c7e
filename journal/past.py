"""What git remembers of a journal's entries: asked only when something doesn't hold by itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from hashlib import sha1, sha256

from journal import chain, dayfile, gitstate, seal
from journal.daypath import namespace_of
from journal.held import Acknowledged
from journal.preamble import preamble
from journal.workspace import Config

_ID = re.compile(rb"\nid: ([^\n]+)\n")
_SHARD = re.compile(r"/[0-9-]{10}\.(?!p[0-9]+\.)([a-z0-9-]+)(?:\.p[0-9]+)?\.md$")
_SEQ = re.compile(rb"\nseq: ([0-9]{1,18})\n")


class GitPast(chain.Past):
    """The versions of day files that refs, reflogs, stashes and the index still have.

    `content` gives a file's LF-normalised bytes as they are now, None if there is none.
    """

    def __init__(
        self,
        root: str,
        config: Config,
        content: Callable[[str], bytes | None],
        acknowledged: list[Acknowledged],
    ) -> None:
        self.root = root
        self._promised: dict[str, list[Acknowledged]] = defaultdict(list)
        for promised in acknowledged:
            self._promised[promised.file].append(promised)
        self.config = config
        self._content = content
        self._learned: set[str] = set()
        self._all = False
        self._newest: dict[str, bytes] = {}
        self._seen: set[bytes] = set()
        self._by_id: dict[str, list[bytes]] = defaultdict(list)
        self._by_seq: dict[int, list[bytes]] = defaultdict(list)
        self._taken: dict[str, bool] = {}
        self._current: dict[str, bytes] = {}

    @cached_property
    def _repo(self) -> gitstate.Repo | None:
        return gitstate.find(self.root)

    @cached_property
    def _busy(self) -> bool:
        return bool(self._repo and self._repo.busy())

    def learn(self, files: set[str]) -> None:
        """Read these files' versions at once, rather than one by one when asked about."""
        new = sorted(files - self._learned)
        if new and not self._all:
            self._read([f"{self.root}/{file}" for file in new])
            self._learned.update(new)

    def texts(self, file: str, entry_id: str) -> list[bytes]:
        """Each different text that the file, or failing that any file, once had for this id."""
        self.learn({file})
        if entry_id not in self._by_id:
            self._learn_all()
        return self._by_id.get(entry_id, [])

    def has_header(self, seq: int, digest: str) -> bool:
        """Whether some entry of this number once had this header."""
        if self._has_header(seq, digest):
            return True
        self._learn_all()
        return self._has_header(seq, digest)

    def _has_header(self, seq: int, digest: str) -> bool:
        return any(dayfile.parse(raw).header == digest for raw in self._by_seq.get(seq, ()))

    def _learn_all(self) -> None:
        if not self._all:
            self._read([f"{self.root}/journal"])
            self._all = True

    def _read(self, paths: list[str]) -> None:
        if self._repo is None:
            return
        for path, content in self._repo.versions(paths):
            data = seal.normal(content)
            # Histories grow at the end: an older version mostly says nothing new.
            if self._newest.get(path, b"").startswith(data.rstrip(b"\n")):
                continue
            self._newest[path] = data
            for _, raw in dayfile.split(data).slices:
                self._note(raw.rstrip(b"\n") + b"\n")

    def _note(self, raw: bytes) -> None:
        if raw in self._seen:
            return
        self._seen.add(raw)
        if found := _ID.search(raw):
            self._by_id[found[1].decode(errors="replace")].append(raw)
            if seq := _SEQ.search(raw):
                self._by_seq[int(seq[1])].append(raw)

    def pinned(self, file: str, digest: str) -> bytes | None:
        """The slice of this digest that the file, or another that was asked about, once had."""
        self.learn({file})
        return next((raw for raw in self._seen if chain.slice_digest(raw) == digest), None)

    def is_gits(self, file: str) -> bool:
        """Whether the file is just what git has, or git is in the middle of something."""
        return self._busy or self._is_gits(file)

    def taken(self, promised: Acknowledged) -> bool:
        """Whether git, not a person or a program, took the entry out of its file."""
        if self._repo is None:
            return False
        if promised.placed and self.is_gits(promised.file):
            return True
        if _mark(promised) in self._as_git_has_it(promised.file):
            return self._busy
        if self.texts(promised.file, promised.id):
            return True
        return promised.placed and self._is_discarded(promised.file)

    def _is_discarded(self, file: str) -> bool:
        """Whether of a file that git has, all that was never committed is gone, as by a checkout.

        The file may have been typed into since, so that it no longer is just what git gave.
        """
        now = self._content(file)
        if now is None and not self._as_git_has_it(file):
            return self._was_added(file)
        return bool(self._as_git_has_it(file)) and not any(
            _mark(one) in (now or b"") and one.id not in self._by_id
            for one in self._promised.get(file, ())
        )

    def _was_added(self, file: str) -> bool:
        """Whether a file that is gone was once in the index: then a hard reset took it.

        Its blob is in no commit, so it can be found only by its content, as the journal wrote it.
        """
        pieces = [one.text for one in sorted(self._promised[file], key=lambda one: one.seq)]
        if self._repo is None or not pieces:
            return False
        text, blobs = self._preamble(file), []
        for number, piece in enumerate(pieces):
            text += b"\n" * (number > 0) + piece
            whole = b"blob %d\0%b" % (len(text), text)
            blobs += [sha1(whole, usedforsecurity=False), sha256(whole)]
        return self._repo.has(blob.hexdigest().encode() for blob in blobs)

    def _is_gits(self, file: str) -> bool:
        if self._repo and file not in self._taken:
            path = f"{self.root}/{file}"
            self._taken[file] = self._repo.taken(path, self._content(file))
        return self._taken.get(file, False)

    def _as_git_has_it(self, file: str) -> bytes:
        if self._repo and file not in self._current:
            texts = map(seal.normal, self._repo.current(f"{self.root}/{file}"))
            self._current[file] = b"\n".join(texts)
        return self._current.get(file, b"")

    def committed(self) -> list[Acknowledged]:
        """The sealed entries that HEAD has in files that now differ from it."""
        return self._committed

    @cached_property
    def _committed(self) -> list[Acknowledged]:
        found = []
        for path, text in self._repo.altered(f"{self.root}/journal") if self._repo else ():
            file = f"{self._repo.root}/{path}".removeprefix(f"{self.root}/") if self._repo else ""
            data, now = seal.normal(text), self._content(file)
            if data != now and not self._is_gits(file):
                slices = (raw for _, raw in dayfile.split(data).slices)
                found += [one for raw in slices if (one := self._entry(file, raw))]
        return found

    def _preamble(self, file: str) -> bytes:
        name = file.rpartition("/")[2]
        return preamble(name[:10], namespace_of(file), self.config.timezone, self._writer(file))

    def _writer(self, file: str) -> str:
        found = _SHARD.search(file)
        return found[1] if found else self.config.writer

    def _entry(self, file: str, raw: bytes) -> Acknowledged | None:
        piece = dayfile.parse(raw)
        seq = piece.values.get("seq")
        if piece.state != dayfile.INTACT or type(seq) is not int:
            return None
        entry_id = str(piece.values.get("id", ""))
        return Acknowledged(
            entry_id, seq, self._writer(file), namespace_of(file), file, raw,
            piece.header,
        )  # fmt: skip


def _mark(promised: Acknowledged) -> bytes:
    return b"\nid: %s\n" % promised.id.encode()
