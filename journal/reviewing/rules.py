"""What the policy says of a review: whether a verb is marked, and who may allow it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.policy.admission import FILE
from journal.policy.gates import MARKS

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.policy.limits import Limits


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may allow it. `said` names the lines; several namespaces' rules hold all at once.

    `approvers`: None is anybody. `keys` has the public keys by which a name's verdict counts as
    authenticated.
    """

    said: str
    approvers: frozenset[str] | None
    four_eyes: bool
    agents: frozenset[str]
    agents_approve: bool
    keys: Mapping[str, frozenset[str]]

    def may(self, name: str) -> bool:
        """Whether somebody of that name is among the approvers."""
        return self.approvers is None or name in self.approvers


def rules(journal: Journal, verb: str, namespaces: Iterable[str]) -> Rules | None:
    """The rules of a verb in these namespaces, in all if none is named; None if it isn't marked.

    WorkspaceError if policy.yaml can't be read.
    """
    if not journal.notebook.place.policy:
        return None
    from journal.policyfile import read_policy

    policy = read_policy(journal.root)
    names = [name for name in namespaces if name]
    if not names:
        names = ["", *policy.namespaces]
    marking = [limits for name in names if _marks(limits := policy.limits(name), verb)]
    return _together(verb, marking) if marking else None


def _marks(limits: Limits, verb: str) -> bool:
    return any(word in limits.review for word in MARKS.get(verb, (verb,)))


def _together(verb: str, marking: list[Limits]) -> Rules:
    """What all of them want at once."""
    lists = [frozenset(limits.approvers) for limits in marking if limits.approvers]
    lines = dict.fromkeys(f"{FILE}:{limits.line('review')}" for limits in marking)
    names = [name for limits in marking for name in limits.keys]
    return Rules(
        said=f"review {verb} ({', '.join(lines)})",
        approvers=frozenset.intersection(*lists) if lists else None,
        four_eyes=any(limits.four_eyes for limits in marking),
        agents=frozenset(name for limits in marking for name in limits.agents),
        agents_approve=all(limits.agents_approve for limits in marking),
        keys={
            name: frozenset(limits.keys[name] for limits in marking if name in limits.keys)
            for name in names
            if all(name in limits.keys for limits in marking)
        },
    )
