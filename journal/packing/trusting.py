"""For whom a pack speaks, and whether it may: its writers, and whoever signed it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.daypath import day_files
from journal.errors import IntegrityError, JournalError
from journal.packing.aliases import origins
from journal.policyfile import read_policy
from journal.spool import FOLDER as SPOOLS
from journal.verify import own_writer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.api import Journal
    from journal.manifest import Part
    from journal.packs import Pack
    from journal.signing import Signer

SIGNED = "journal-pack"  # the namespace of a pack's signature


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a pack: the key's fingerprint, and the policy's name for that key.

    Both are empty if nobody did; `notice` says why that couldn't be found out.
    """

    fingerprint: str = ""
    name: str = ""
    notice: str = ""


def signature(journal: Journal, pack: Pack, namespaces: Iterable[str]) -> Signature:
    """Who signed the pack; IntegrityError `bad-signature` if the signature isn't of its bytes.

    The policy names the key if it does so in each of these namespaces.
    """
    from journal.signing.named import keys_in, name_of

    try:
        signer = signer_of(pack)
    except JournalError as error:
        if error.kind != "no-signing":
            raise
        return Signature(notice=f"its signature was not checked: {error.message}; {error.hint}")
    if signer is None:
        return Signature()
    policy = read_policy(journal.root)
    keys = (keys_in([policy.limits(namespace)]) for namespace in namespaces)
    return Signature(signer.fingerprint, name_of(signer, *keys))


def signer_of(pack: Pack) -> Signer | None:
    """The key that signed the pack; None if nobody did.

    IntegrityError `bad-signature`; JournalError `no-signing` if nothing here can check it.
    """
    if pack.signature is None:
        return None
    from journal import signing

    return signing.check(pack.raw, pack.signature, SIGNED)


def unknown_writers(journal: Journal, pack: Pack) -> set[str]:
    """Those of the pack's writers that nothing here is of.

    IntegrityError `foreign-writer` if the pack says of a writer that is known here that it belongs
    to another workspace, or knows more of this machine's own chain than this machine.
    """
    known = _known(journal)
    unknown = set()
    for part in pack.manifest.parts:
        if part.writer not in known:
            unknown.add(part.writer)
            known[part.writer] = part.workspace  # which the pack's other parts may not deny
        elif known[part.writer] != part.workspace:
            raise _foreign(
                pack, f"says that {part.writer} is a writer of workspace {part.workspace}, but here"
                f" it is one of {known[part.writer]}"
            )  # fmt: skip
    _check_own(journal, pack)
    return unknown


def unproven_writers(journal: Journal, pack: Pack) -> set[str]:
    """The pack's writers but this machine's own: without a signature anybody may be behind them.

    That a writer is known here says nothing of who made the pack.
    """
    store = journal.notebook.store
    own = own_writer(store)
    parts = pack.manifest.parts
    return {part.writer for part in parts if not _is_own(part, store.config.id, own)}


def _known(journal: Journal) -> dict[str, str]:
    """The writers of what is here, each with the workspace that it belongs to."""
    store = journal.notebook.store
    config = store.config
    own = {config.writer, own_writer(store)}
    own |= {day.writer for day in day_files(journal.root) if day.regular and not day.pack}
    try:
        own |= {name[:-4] for name in os.listdir(f"{journal.root}/{SPOOLS}") if name[-4:] == ".log"}
    except FileNotFoundError:
        own.add("")  # nothing was appended on this machine yet
    known = {writer: config.id for writer in own if writer}
    for origin in origins(journal):
        for part in origin.manifest.parts if origin.manifest else ():
            known.setdefault(part.writer, part.workspace)
    return known


def _check_own(journal: Journal, pack: Pack) -> None:
    """Nobody but this machine adds to its chain, so nobody else knows later entries of it."""
    store = journal.notebook.store
    own = own_writer(store)
    mine = [part for part in pack.manifest.parts if _is_own(part, store.config.id, own)]
    if not mine:
        return
    heads: dict[str, int] = {}
    for record in store.spooled():
        if record.facts["writer"] == own:
            heads[record.namespace] = max(heads.get(record.namespace, 0), record.seq)
    for part in mine:
        newest = max(part.last, int(part.head.partition(":")[0] or 0))
        if newest > heads.get(part.namespace, 0):
            raise _foreign(
                pack, f"has entry {newest} of {own} in {part.namespace}, this machine's own"
                f" chain, whose newest is {heads.get(part.namespace, 0)}"
            )  # fmt: skip


def _is_own(part: Part, workspace: str, writer: str) -> bool:
    return bool(writer) and (part.workspace, part.writer) == (workspace, writer)


def _foreign(pack: Pack, message: str) -> IntegrityError:
    return IntegrityError(
        f"the pack {message}", kind="foreign-writer", file=os.path.basename(pack.path),
        hint="nothing was imported; ask whoever gave it to you where it comes from",
    )  # fmt: skip
