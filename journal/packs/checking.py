"""Whether a pack is what its manifest says, and whether its entries hold together.

Every member is read once. Only where something doesn't hold, files are read again, to say which
entry it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from journal.attach import FIELD, MARK, of
from journal.chain import STATES
from journal.dayfile import parse
from journal.errors import IntegrityError
from journal.finding import Finding
from journal.held import Held
from journal.manifest import ENTRIES, Member
from journal.packs.comparing import compare
from journal.packs.judging import MOST_TOLD, Judging
from journal.packs.lines import line
from journal.packs.pack import Pack
from journal.packs.slices import Twins, chain_of, read
from journal.packs.tally import Tally

MOST_FINDINGS = 200
Progress = Callable[[int, int], None]
_WORST = 5
_CHANGED = "changed-member"
_OF_ENTRIES = ("changed-entry", "missing-entry", "unlisted-entry")
_ANEW = "get the pack anew from where it was exported"


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a pack found: `code` is 0, 1 or 5 as `verify` has it; `states` counts entries.

    A finding's file is the member, its message names the entry.
    """

    findings: tuple[Finding, ...]
    code: int
    entries: int
    states: Mapping[str, int]


def check(pack: Pack, progress: Progress | None = None) -> Checked:
    """All that can be said of a pack without a workspace; `progress` gets bytes done, bytes in all.

    Whoever checks its signature does so besides: `pack.raw` is what `pack.signature` signs.
    """
    return _Checking(pack, progress).result()


class _Checking:
    """One look at a pack: what was counted, and what was found so far."""

    def __init__(self, pack: Pack, progress: Progress | None) -> None:
        self.pack = pack
        self.progress = progress
        self.done = 0
        self.total = sum(member.bytes for member in pack.manifest.members)
        self.judging = Judging(pack, [Tally(chain_of(part)) for part in pack.manifest.parts])
        self.listed = sha256()  # of entries.jsonl as it should be
        self.twins = Twins()
        self.missing: set[str] = set()  # attachments that entries name
        self.findings: list[Finding] = []

    def result(self) -> Checked:
        """Everything read, and what it comes to."""
        for member in self.pack.manifest.members:
            self._read(member)
        if not self._is_listed():
            self.findings += list(islice(compare(self.pack), MOST_TOLD)) or [self._unlike()]
        elif not self.findings:
            self.findings += self.judging.wrong_manifest()
        code = _WORST if self.findings else 0
        changed = {one.code for one in self.findings}
        states, told = self._verdicts()
        if changed.isdisjoint(_OF_ENTRIES):  # else what doesn't link may only follow from those
            self.findings += told
        self._attachments()
        code = max([code, *(STATES[state] for state in states), bool(self.findings)])
        findings = tuple(_bounded(self.findings))
        return Checked(findings, code, sum(states.values()), dict(states))

    def _is_listed(self) -> bool:
        """Whether entries.jsonl says of the entries here just what they say themselves."""
        changed = {one.file for one in self.findings if one.code == _CHANGED}
        return ENTRIES not in changed and (
            self.listed.hexdigest() == self.pack.members[ENTRIES].sha256
        )

    def _unlike(self) -> Finding:
        return Finding("changed-line", ENTRIES, 0, "has lines that no entry here gives", _ANEW)

    def _verdicts(self) -> tuple[Mapping[str, int], list[Finding]]:
        try:
            return self.judging.verdicts()
        except IntegrityError:  # a member that can't be read was told of
            return self.judging.states, []

    def _read(self, member: Member) -> None:
        """Go through a member's bytes, and its entries if it is a day file."""
        state = sha256()
        chunks = self._chunks(member, state.update)
        try:
            if member.part >= 0:
                self._entries(member, chunks)
            for _ in chunks:  # of any other file, or behind an entry that never ends
                pass
        except IntegrityError as error:
            self._find(_CHANGED, member.path, f"can't be read: {error}")
            return
        if state.hexdigest() != member.sha256:
            self._find(_CHANGED, member.path, "its SHA-256 is not the manifest's")

    def _entries(self, member: Member, chunks: Iterator[bytes]) -> None:
        part = self.pack.manifest.parts[member.part]
        count = 0
        for held in read(self.pack, member.path, chunks, self.twins):
            count += 1
            if count > member.entries:
                break
            self.judging.take(held, member)
            self.listed.update(line(held, part))
            if MARK in held.raw:
                self._attached(held, part.at)
        if count != member.entries:
            told = f"has other entries than the {member.entries:,} that the manifest says"
            self._find("wrong-manifest", member.path, told)

    def _attached(self, held: Held, namespace: str) -> None:
        named = {one.path(namespace) for one in of(parse(held.raw).values.get(FIELD))}
        self.missing |= named - self.pack.members.keys()

    def _attachments(self) -> None:
        left = self.pack.manifest.left_out.get("attachments", 0)
        if len(self.missing) > left:
            told = f"{len(self.missing):,} files that entries name are not in the pack"
            self._find("missing-attachment", min(self.missing), told)

    def _find(self, code: str, file: str, message: str) -> None:
        self.findings.append(Finding(code, file, 0, message, _ANEW))

    def _chunks(self, member: Member, hashing: Callable[[bytes], None]) -> Iterator[bytes]:
        for chunk in self.pack.chunks(member.path):
            hashing(chunk)
            self.done += len(chunk)
            if self.progress:
                self.progress(self.done, self.total)
            yield chunk


def _bounded(findings: list[Finding]) -> Iterator[Finding]:
    yield from findings[:MOST_FINDINGS]
    if more := findings[MOST_FINDINGS:]:
        yield Finding("more", more[0].file, 0, f"and {len(more):,} findings more", "")
