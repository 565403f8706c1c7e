"""Whether a pack holds together, and who signed it: what can be said of it without an import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal import packs, space
from journal.errors import IntegrityError, JournalError, UsageError, WorkspaceError
from journal.finding import Finding
from journal.packing.trusting import signer_of
from journal.policyfile import read_policy

if TYPE_CHECKING:
    from journal.packs import Checked, Pack
    from journal.signing import Signer

Progress = Callable[[int, int], None]
BAD = "bad-signature"
_ANEW = "get the pack anew from whoever made it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What a pack is, and who vouches for it.

    `signer` is the fingerprint of the key that signed it, `name` what the policy of this workspace
    calls the key; both are empty if nobody did, or nothing says so. `unchecked` says why a
    signature could not be looked at.
    """

    checked: Checked
    signer: str = ""
    name: str = ""
    unchecked: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def code(self) -> int:
        """0, 1 or 5, as `journal verify` has it."""
        return 5 if self.findings else self.checked.code

    def record(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "entries": self.checked.entries,
            "counts": dict(self.checked.states),
            "findings": [one.record() for one in (*self.checked.findings, *self.findings)],
            "signer": self.signer,
            "signed_by": self.name,
        }


def vouch(
    pack: Pack, directory: str = "", key: str = "", progress: Progress | None = None
) -> Vouched:
    """Check a pack, and its signature.

    `key` is the file of the key that must have signed it, or of its public half. The policy of the
    workspace at `directory`, or around it, is asked for the key's name, if there is one. UsageError
    if that can't be read; JournalError `no-signing` if it was named and nothing here can check it.
    """
    wanted = _key(key) if key else None
    checked = packs.check(pack, progress)
    try:
        signer = signer_of(pack)
    except IntegrityError as error:
        return Vouched(checked=checked, findings=(Finding(BAD, _SIG, 0, error.message, _ANEW),))
    except JournalError as error:
        if error.kind != "no-signing" or wanted:
            raise
        return Vouched(checked=checked, unchecked=f"{error.message}; {error.hint}")
    if wanted and (signer is None or signer.key != wanted.key):
        by = f"by another key, {signer.fingerprint}" if signer else "by nobody"
        message = f"it is signed {by}, not by {wanted.fingerprint}"
        found = (Finding(BAD, _SIG, 0, message, _ANEW),)
        return Vouched(checked=checked, signer=signer.fingerprint if signer else "", findings=found)
    if signer is None:
        return Vouched(checked=checked)
    return Vouched(checked=checked, signer=signer.fingerprint, name=named(directory, signer))


_SIG = "manifest.json.sig"


def named(directory: str, signer: Signer) -> str:
    """What the workspace's policy calls the key; empty if it doesn't, or there is no workspace."""
    from journal.signing.named import every_key, name_of

    try:
        policy = read_policy(space.find(directory))
    except WorkspaceError:
        return ""
    return name_of(signer, every_key(policy))


def _key(path: str) -> Signer:
    from journal import signing

    if found := signing.signer_of(path):
        return found
    raise UsageError(
        "a passphrase hides all of this key", kind="bad-key", file=path,
        hint="--key takes the file of a public key, too: ~/.ssh/id_ed25519.pub",
    )  # fmt: skip
