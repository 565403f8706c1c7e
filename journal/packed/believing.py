"""To which chain an entry belongs that a pack brought, and what its manifest vouches for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from journal import dayfile
from journal.daypath import CONFLICTS, DayFile
from journal.held import Chain, Chains
from journal.manifest import Manifest, Part
from journal.packed.origins import Origin

# Above slices that were kept aside, the links of those in which a secret was masked.
_MASKED = re.compile(rb"^masked ([0-9]+:sha256:[0-9a-f]{64})$", re.MULTILINE)


class Beliefs:
    """The chains of imported packs, among those of the workspace `own`.

    `content` gives a file's LF-normalised bytes, None if there is none.
    """

    def __init__(
        self,
        own: str,
        chains: Chains,
        origins: Iterable[Origin],
        content: Callable[[str], bytes | None],
    ) -> None:
        self._own = own
        self._chains = chains
        manifests = {one.folder: one.manifest for one in origins if one.manifest}
        self._files = {folder: _Files(manifest) for folder, manifest in manifests.items()}
        for folder, manifest in manifests.items():
            self._learn(folder, manifest)
            chains.masked.update((folder, one.id, one.new) for one in manifest.masked)
            # What follows a slice that was kept aside, as another is here, follows no slice here.
            aside = dayfile.split(content(f"journal/{folder}/{CONFLICTS}") or b"")
            links = (dayfile.link_of(raw) for _, raw in aside.slices)
            chains.apart.update(f"{link[0]}:{link[1]}" for link in links if link)
            chains.apart.update(link.decode() for link in _MASKED.findall(aside.preamble))
        chains.brought = self.chain

    def chain(self, path: str) -> Chain | None:
        """The chain of a day file that lies in a pack's folder; None if it lies in none.

        Where nobody vouches for the pack, or it knows no such file, one that isn't believed.
        """
        day = DayFile(path)
        if not day.pack:
            return None
        part = self.part(day)
        if part is None:
            return self._chains.of(day.writer, day.namespace, day.pack, believed=False)
        return self._of(part)

    def part(self, day: DayFile) -> Part | None:
        """What the manifest says of the chain that the file is of; None if it isn't believed."""
        files = self._files.get(day.pack)
        return files.part(day) if files and day.regular else None

    def _of(self, part: Part) -> Chain:
        workspace = "" if part.workspace == self._own else part.workspace
        return self._chains.of(part.writer, part.namespace, workspace)

    def _learn(self, folder: str, manifest: Manifest) -> None:
        """Note what the manifest says of its chains: their gaps and heads."""
        last = _last_days(manifest)
        for number, part in enumerate(manifest.parts):
            chain = self._of(part)
            chain.gaps.update(part.gaps)
            seq, _, head = part.head.partition(":")
            if head:
                chain.heads.setdefault(int(seq), {})[folder] = head
            if head and int(seq) == part.last:
                ending = f"{last.get(number, '')}.{part.writer}.md"
                chain.ends[int(seq), head] = f"journal/{folder}/{part.at}/{ending}"


class _Files:
    """Of which part each file is that a manifest brought, learnt once for all of them."""

    def __init__(self, manifest: Manifest) -> None:
        self._ats = {part.at for part in manifest.parts}
        self._first = {(part.at, part.writer): part for part in reversed(manifest.parts)}
        self._exact: dict[tuple[str, str, str, int], Part] = {}
        for member in manifest.members:
            if member.part >= 0:
                part, day = manifest.parts[member.part], DayFile(member.path)
                if (day.writer or manifest.writer) == part.writer:
                    self._exact.setdefault((part.at, part.writer, day.date, day.part), part)

    def part(self, day: DayFile) -> Part | None:
        """The part that the file is of, the likeliest where a writer has several there.

        An import may have given all of a pack's one namespace another name.
        """
        at = day.namespace
        if (at, day.writer) not in self._first and len(self._ats) == 1:
            (at,) = self._ats
        first = self._first.get((at, day.writer))
        return self._exact.get((at, day.writer, day.date, day.part), first)


def _last_days(manifest: Manifest) -> dict[int, str]:
    """The newest day of each part, by its number."""
    found: dict[int, str] = {}
    for member in manifest.members:
        if member.part >= 0:
            found[member.part] = max(found.get(member.part, ""), DayFile(member.path).date)
    return found
