"""Seals: the heads of all chains, signed, and whether the journal still goes back to them.

What `verify` can't see without a spool or git, such as a chain whose end was cut off, is shown by a
seal that was kept elsewhere.

>>> made = seal(journal, "id_ed25519")                        # doctest: +SKIP
>>> extends(journal.notebook, made.note.encode()).code        # doctest: +SKIP
0
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal import clock, held, signing, verify
from journal.chain import Verdict, exit_code
from journal.entry import Draft
from journal.errors import IntegrityError, UsageError
from journal.held import Chain, Day, Held
from journal.notebook import given
from journal.policyfile import read_policy
from journal.seal import Sealing
from journal.sealing.heads import Links, Standing
from journal.sealing.note import Head, Note, Seal, check_name, read, sign
from journal.signing import Signer
from journal.signing.named import every_key, is_anothers, name_of

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.entry import Receipt
    from journal.notebook import Notebook

__all__ = ["Checkpoint", "Head", "Sealed", "extends", "seal"]

EVENT = "sealed"
_WHOSE = "ask who made this seal, and whose key that is"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal that was made: the signed note, who signed it, and the entry that has it, too.

    `unsound`: how many entries don't verify, and so are not sealed.
    """

    note: str
    seal: Seal
    name: str
    signer: Signer
    receipt: Receipt
    unsound: int


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed: the name in the note, the key, and the name that policy.yaml gives this key."""

    name: str
    signer: Signer
    known: str

    def record(self) -> dict[str, str]:
        """It as JSON shows it."""
        key, fingerprint = self.signer.key, self.signer.fingerprint
        return {"name": self.name, "key": key, "fingerprint": fingerprint, "known": self.known}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What became of a seal: of each head what stands there now. `verdicts` are of all entries."""

    seal: Seal
    signatures: tuple[Signature, ...]
    heads: tuple[Standing, ...]
    verdicts: list[Verdict]

    @property
    def code(self) -> int:
        """0 if the journal still extends it; else 1 or 5, as the worst state has it."""
        return max((one.code for one in self.heads), default=0)

    def record(self) -> dict[str, object]:
        """It as JSON shows it."""
        return {
            "made": self.seal.made,
            "entries": self.seal.entries,
            "extended": self.code == 0,
            "signatures": [one.record() for one in self.signatures],
            "heads": [one.record() for one in self.heads],
        }


def seal(journal: Journal, key: str, name: str = "") -> Sealed:
    """Sign the heads of all chains with the key in that file, and keep the note as an entry.

    `name`: who signs; else what policy.yaml calls this key, else this machine's writer.
    IntegrityError `unsound` if a chain is broken, UsageError `no-entries` if there is nothing to
    seal; the errors of `signing.sign`.
    """
    notebook = journal.notebook
    name = name or _usual_name(notebook, key)
    check_name(name)
    links, verdicts = _links(notebook)
    if exit_code(verdicts) == 5:
        raise IntegrityError(
            "a chain is broken, and can't be sealed so", kind="unsound", hint="journal verify"
        )
    heads = links.heads()
    if not heads:
        raise UsageError("there is no entry to seal", kind="no-entries", hint="journal append TEXT")
    config = notebook.store.config
    made = Seal(config.id, clock.stamp(clock.now(), notebook.store.zone), links.reach(heads), heads)
    note = sign(made, key, name)
    ((_, signer),) = read(note.encode()).signers
    receipt = _record(notebook, note, made)
    unsound = sum(exit_code([verdict]) > 0 for verdict in verdicts)
    return Sealed(note, made, name, signer, receipt, unsound)


def extends(notebook: Notebook, data: bytes, key: str = "") -> Checkpoint:
    """Whether the journal still has all that a note sealed, as it was or as it was accepted since.

    `key`: a file with the key that must have signed it. IntegrityError if the note or a signature
    doesn't hold (`bad-checkpoint`, `bad-signature`), it is of another workspace
    (`other-workspace`), or somebody else signed it (`other-key`).
    """
    note = read(data)
    config = notebook.store.config
    if note.seal.workspace != config.id:
        raise IntegrityError(
            f"this seal is of workspace {note.seal.workspace}, and this one is {config.id}",
            kind="other-workspace", hint="journal --workspace DIR verify --checkpoint FILE",
        )  # fmt: skip
    signatures = _signatures(notebook, note, key)
    links, verdicts = _links(notebook)
    return Checkpoint(note.seal, signatures, tuple(links.standings(note.seal)), verdicts)


def _signatures(notebook: Notebook, note: Note, key: str) -> tuple[Signature, ...]:
    keys = every_key(read_policy(notebook.root))
    wanted = signing.signer_of(key) if key else None
    for name, signer in note.signers:
        if is_anothers(name, signer, keys):
            raise IntegrityError(
                f"{name} did not sign this: policy.yaml names another key than"
                f" {signer.fingerprint}",
                kind="other-key",
                hint=_WHOSE,
            )
    if key and wanted not in [signer for _, signer in note.signers]:
        told = ", ".join(signer.fingerprint for _, signer in note.signers)
        raise IntegrityError(
            f"another key than that one signed this: {told}", kind="other-key", file=key,
            hint=_WHOSE,
        )  # fmt: skip
    return tuple(Signature(name, it, name_of(it, keys)) for name, it in note.signers)


def _usual_name(notebook: Notebook, key: str) -> str:
    signer = signing.signer_of(key)
    known = name_of(signer, every_key(read_policy(notebook.root))) if signer else ""
    own = verify.own_writer(notebook.store) or notebook.store.config.writer
    return known if known.split() == [known] and "+" not in known else own


def _links(notebook: Notebook) -> tuple[Links, list[Verdict]]:
    verdicts, entries = verify.examined(notebook.store)
    waiting = {verdict.id for verdict in verdicts if verdict.state == "spooled"}
    return Links(verdicts, [*entries, *_waiting(notebook, waiting)]), verdicts


def _waiting(notebook: Notebook, ids: set[str]) -> Iterator[Held]:
    """Entries that are acknowledged, and in no file yet."""
    for record in notebook.store.spooled() if ids else ():
        if record.id in ids:
            chain = Chain(str(record.facts["writer"]), record.namespace, "")
            date = os.path.basename(record.path)[:10]
            for one in held.read(record.slice, Day(record.path, date, chain)):
                one.line = 0
                yield one


def _record(notebook: Notebook, note: str, made: Seal) -> Receipt:
    """The entry that has the note: the journal's own record, and nothing in it is a secret."""
    many = "1 entry" if made.entries == 1 else f"{made.entries:,} entries"
    fields = {"event": EVENT, "entries": made.entries}
    draft = Draft(body=note, title=f"Sealed {many}", kind="event", fields=fields)
    asked = given(draft, notebook.store)
    own = notebook.intake.own(asked)
    own["body"] = asked["body"]  # digests and signatures, which may look like secrets
    return notebook.append_sealings([Sealing(own)])[0]
