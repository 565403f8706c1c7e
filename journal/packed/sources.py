"""Who says what: what a pack brought says nothing of what other workspaces' packs brought."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property

from journal import seal
from journal.daypath import DayFile, lies_in_pack
from journal.held import Chains
from journal.packed.believing import Beliefs
from journal.packed.origins import origins

OWN = ""  # the source of what no pack brought


class Sources:
    """From where each day file's entries came; `own` is this workspace's id.

    `vouched` are the digests of the manifests that count.
    """

    def __init__(self, root: str, own: str, vouched: Container[str]) -> None:
        self._root, self._own, self._vouched = root, own, vouched
        self._known: dict[str, str] = {}

    def of(self, path: str) -> str:
        """OWN, or the id of the workspace that a pack brought it from.

        Where nobody vouches for the pack it is the name of its folder.
        """
        if not lies_in_pack(path):
            return OWN
        if path not in self._known:
            day = DayFile(path)
            part = self._beliefs.part(day)
            self._known[path] = part.workspace if part else day.pack
        return self._known[path]

    @cached_property
    def _beliefs(self) -> Beliefs:
        chains = Chains(lambda writer, namespace: seal.genesis(self._own, writer, namespace))
        return Beliefs(self._own, chains, origins(self._root, self._vouched), lambda _: None)


def counts(says: str, about: str) -> bool:
    """Whether what comes from the one source counts for what comes from the other."""
    return says in (OWN, about)
