"""Whose key it is, as policy.yaml says: a signature alone proves a key, not a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from journal.errors import UsageError
from journal.policy.limits import Limits, Policy
from journal.signing import sshsig
from journal.signing.sshsig import Signer

Keys = Mapping[str, frozenset[str]]  # name: its public keys, each a line without a comment


def keys_in(limits: Iterable[Limits]) -> Keys:
    """The keys that these limits name, all together."""
    found: dict[str, set[str]] = {}
    for one in limits:
        for name, line in one.keys.items():
            try:
                found.setdefault(name, set()).add(sshsig.public(line).signer.key)
            except UsageError:  # `journal policy check` tells of it
                continue
    return {name: frozenset(keys) for name, keys in found.items()}


def every_key(policy: Policy) -> Keys:
    """The keys that a policy names anywhere."""
    return keys_in([policy.defaults, *policy.namespaces.values()])


def name_of(signer: Signer, *every: Keys) -> str:
    """The name that each of these has for that key, the first by the alphabet; empty if none."""
    names = [{name for name, those in keys.items() if signer.key in those} for keys in every]
    return min(set[str].intersection(*names), default="") if names else ""


def is_anothers(name: str, signer: Signer, keys: Keys) -> bool:
    """Whether that name is known, and this is none of its keys."""
    return name in keys and signer.key not in keys[name]
