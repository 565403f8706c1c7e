"""Redaction on the way in: a pack as it may come here, without what the rules find secret in it.

No byte of a secret is written below the workspace: slices, what stands above them and attached
files are masked while they are read from the pack where it lies. What somebody else sealed is
sealed anew then, and `Note` says what the `redact` entry will tell of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from journal import dayfile
from journal.chain import sealed_digest, slice_digest
from journal.dayfile import INTACT
from journal.errors import Refused
from journal.held import Held
from journal.held import read as held_in
from journal.manifest import ENTRIES, Manifest, Masked, Member, order
from journal.packing.outgoing import Outgoing
from journal.packs import Pack
from journal.packs.pack import changed
from journal.packs.slices import day_of, portions
from journal.portions import Portions
from journal.strike.reseal import masked, renamed

if TYPE_CHECKING:
    from journal.intake import Intake

_ATTACHED = "/attachments/"
_EMPTY = sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Note:
    """What was masked in a slice: the fields of the entry that tells of it, and by which rules.

    `denied` is what of the policy would not have let it in as it was; empty if nothing.
    """

    fields: dict[str, str]
    rules: tuple[str, ...]
    denied: str = ""


@dataclass(frozen=True, slots=True)
class Renamed:
    """An attached file that held a secret: its path in the pack, and what it is without."""

    old: str
    new: str
    bytes: int


class Incoming(Pack):
    """A pack seen without its secrets; `raw`, `id` and `signature` are those of the pack itself.

    `notes` are by the digest of a masked slice. `is_masked`: something of it was.
    """

    __slots__ = ("_as", "_dirty", "_files", "_intake", "_outgoing", "_pack", "notes")

    def __init__(self, pack: Pack, intake: Intake, as_namespace: str = "") -> None:
        self._pack, self._intake, self._as = pack, intake, as_namespace
        self._outgoing = Outgoing(intake)
        self.path, self.raw, self.id = pack.path, pack.raw, pack.id
        self.signature = pack.signature
        self.notes: dict[str, Note] = {}
        self._dirty: set[str] = set()
        self._files: dict[str, Renamed] = {}  # by their paths without the secret
        self._refuse_names()
        pairs = self._look()
        self.manifest = _without(pack.manifest, self._files, pairs) if self.is_masked else (
            pack.manifest
        )  # fmt: skip
        self.members = {member.path: member for member in self.manifest.members}

    @property
    def is_masked(self) -> bool:
        """Whether anything of it holds a secret."""
        return bool(self._dirty or self._files)

    def chunks(self, path: str) -> Iterator[bytes]:
        """A member's bytes without secrets; IntegrityError if it isn't what the manifest says."""
        if path in self._files:
            yield from self._attached(self._files[path].old)
        elif path in self._dirty:
            for portion in portions(self._true(path)):
                yield self._portion(path, portion, [], None)
        elif path != ENTRIES or not self.is_masked:  # its lines hold what its slices held
            yield from self._true(path)

    def _true(self, path: str) -> Iterator[bytes]:
        state = sha256()
        for chunk in self._pack.chunks(path):
            state.update(chunk)
            yield chunk
        if state.hexdigest() != self._pack.members[path].sha256:
            raise changed(self._pack, path)

    def _refuse_names(self) -> None:
        """Refused if what the manifest says is secret: it is kept to the byte."""
        said = self._pack.manifest
        words = [*said.selection.values(), said.timezone]
        words += [name for part in said.parts for name in (part.at, part.namespace, part.writer)]
        if not self._intake.is_clean("\n".join(words), self._as):
            raise Refused(
                "nothing was imported: the pack's manifest holds a secret, and can't be masked",
                file=self._pack.path,
                hint="export it again, without what is secret in the filter and in names",
            )

    # What is found

    def _look(self) -> list[Masked]:
        pairs: list[Masked] = []
        for member in self._pack.manifest.members:
            if _ATTACHED in member.path and (found := self._file(member)):
                self._files[found.new] = found
        for member in self._pack.manifest.members:
            if member.part < 0:
                continue
            for portion in portions(self._true(member.path)):
                if self._is_clean(portion, self._namespace(member.path)):
                    continue
                if self._portion(member.path, portion, pairs, self.notes) != portion:
                    self._dirty.add(member.path)
        return pairs

    def _is_clean(self, data: bytes, namespace: str) -> bool:
        names = (one.old.rpartition("/")[2].encode() for one in self._files.values())
        return not any(name in data for name in names) and self._outgoing.is_clean(data, namespace)

    def _namespace(self, path: str) -> str:
        return self._as or path.split("/")[1]

    def _file(self, member: Member) -> Renamed | None:
        state, size = sha256(), 0
        secret = self._portions(member.path)
        for chunk in secret:
            state.update(chunk)
            size += len(chunk)
        if not secret.found:
            return None
        above = member.path.rpartition("/")[0]
        return Renamed(member.path, f"{above}/{state.hexdigest()}", size)

    def _attached(self, path: str) -> Iterator[bytes]:
        yield from self._portions(path)

    def _portions(self, path: str) -> Portions:
        return Portions(self._true(path), self._intake.masking(self._namespace(path)))

    # What becomes of it

    def _portion(
        self, path: str, portion: bytes, pairs: list[Masked], notes: dict[str, Note] | None
    ) -> bytes:
        """A portion without secrets; what was masked is noted in `pairs` and `notes`, if given."""
        namespace = self._namespace(path)
        parts: list[bytes] = []
        at = 0
        for held in held_in(portion, day_of(self._pack, path)):
            start = portion.find(held.raw, at)
            parts.append(self._outgoing.head(portion[at:start], namespace))
            at = start + len(held.raw)
            new, found = self._cleared(held, namespace)
            parts.append(new)
            if notes is not None and new != held.raw:
                self._note(held, new, found, pairs, notes)
        parts.append(self._outgoing.head(portion[at:], namespace))
        return b"".join(parts)

    def _cleared(self, held: Held, namespace: str) -> tuple[bytes, list[str]]:
        if self._is_clean(held.raw, namespace):
            return held.raw, []
        masking = self._intake.masking(namespace)
        new = masked(dayfile.slice_at(held.raw, 0), masking) or held.raw
        if names := self._names(new):
            new = renamed(dayfile.parse(new), names)
        if new == held.raw:  # a header's digests and numbers are none of anybody's
            return held.raw, []
        blank = held.raw[len(held.raw.rstrip(b"\n")) :]
        return new.rstrip(b"\n") + blank, masking.found or ["attachment"]

    def _names(self, raw: bytes) -> dict[str, tuple[str, int]]:
        """By the digests that it holds of attached files the new ones, and their sizes."""
        every = self._files.values()
        pairs = {_name(one.old): (_name(one.new), one.bytes) for one in every}
        return {old: new for old, new in pairs.items() if old.encode() in raw}

    def _note(
        self, held: Held, raw: bytes, found: list[str], pairs: list[Masked], notes: dict[str, Note]
    ) -> None:
        new = held_in(raw, held.day)[0]
        was, now = slice_digest(held.raw), slice_digest(raw)
        if held.header and held.header == new.header and held.state == INTACT:
            return  # it was in what stands under the sealed text
        of = held.id if held.header else dayfile.hand_id(dayfile.slice_at(held.raw, 0))
        if held.state == INTACT:
            fields = {"of": of, "old": held.header, "new": sealed_digest(raw, new.rest)}
        else:
            fields = {"of": of, "was": was, "now": now}
        pairs.append(Masked(of, held.header or was, new.header or now))
        rules = tuple(sorted(set(found)))
        denied = self._intake.denied(
            self._namespace(held.day.path), [held.raw.decode(errors="replace")]
        )
        notes[now] = Note(fields, rules, denied.rule if denied else "")


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _without(manifest: Manifest, files: dict[str, Renamed], pairs: list[Masked]) -> Manifest:
    """The manifest of the pack as it comes in; sizes and digests of its day files not yet."""
    names = {one.old: one for one in files.values()}
    members = [
        replace(one, path=names[one.path].new, sha256=_name(names[one.path].new))
        if one.path in names
        else one
        for one in manifest.members
    ]
    every = {(one.id, one.old, one.new): one for one in (*manifest.masked, *pairs)}
    return replace(
        manifest,
        members=tuple(sorted({one.path: one for one in members}.values(), key=_order)),
        masked=tuple(every[key] for key in sorted(every)),
    )


def _order(member: Member) -> tuple[int, str]:
    return order(member.path)
