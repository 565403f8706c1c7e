"""What a policy says, as values: for each namespace its limits, and the line each came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from journal.policy.gates import compiled as gated
from journal.redaction import EVERY


@dataclass(frozen=True, slots=True)
class Pattern:
    """One entry of a denylist: its text, its number in its list, and its line in policy.yaml."""

    text: str
    number: int
    line: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds in one namespace. `lines` has the line of each value; what isn't there is usual.

    0 of a number is no limit, () of a list of names anybody.
    """

    persist: str = "full"
    retention_days: int = 0
    max_entries: int = 0
    max_facts: int = 0
    distill_every: int = 0
    roles: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    four_eyes: bool = False
    agents: tuple[str, ...] = ()
    agents_approve: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    denylist: tuple[Pattern, ...] = ()
    redaction: bool | Mapping[str, bool | str] = True
    auto_export: bool | Mapping[str, int] = False
    auto_import: bool = False
    lines: Mapping[str, int] = field(default_factory=dict)

    def over(self, base: Limits) -> Limits:
        """These where they are said, else those below them; the patterns of both."""
        said = {key: getattr(self if key in self.lines else base, key) for key in KEYS}
        said["denylist"] = base.denylist + self.denylist
        return Limits(**said, lines={**base.lines, **self.lines})

    def value(self, key: str) -> Any:
        """A value as JSON shows it."""
        found = getattr(self, key)
        if key == "denylist":
            return [{"pattern": one.text, "number": one.number, "line": one.line} for one in found]
        if isinstance(found, tuple):
            return list(found)
        return dict(found) if isinstance(found, Mapping) else found

    def line(self, key: str) -> int:
        """The line that says so; 0 if none does, and it is the default."""
        return self.lines.get(key, 0)


KEYS = tuple(one.name for one in fields(Limits) if one.name != "lines")


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy: the limits of the namespaces it names, and those of all others.

    `lines` has the line in which each namespace is named.
    """

    defaults: Limits = field(default_factory=Limits)
    namespaces: Mapping[str, Limits] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    def limits(self, namespace: str) -> Limits:
        """What holds in a namespace."""
        return self.namespaces.get(namespace, self.defaults)


def compiled(policy: Policy) -> dict[str, Any]:
    """The policy as `admission` wants it, plain JSON; {} if it keeps everything.

    Under each name only what is not as by default; under no name, what holds for all others.
    """
    base = _compiled(policy.defaults)
    found = {name: _compiled(limits) for name, limits in policy.namespaces.items()}
    found = {name: limits for name, limits in found.items() if limits != base}
    return {"": base, **found} if base else found


def intervals(policy: Policy) -> dict[str, list[int]]:
    """After how many entries a distillation is due, and the line that says so, by namespace.

    Under no name what holds for all that aren't named; 0: never.
    """
    every = {"": policy.defaults, **policy.namespaces}
    found = {name: [one.distill_every, one.line("distill_every")] for name, one in every.items()}
    return found if any(number for number, _ in found.values()) else {}


def _compiled(limits: Limits) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if limits.persist != "full":
        found["persist"] = [limits.persist, limits.line("persist")]
    for key in ("roles", "actors"):
        if names := getattr(limits, key):
            found[key] = [list(names), limits.line(key)]
    if limits.denylist:
        found["denylist"] = [[one.text, one.number, one.line] for one in limits.denylist]
    if limits.review:
        found["review"] = list(limits.review)
        found["gates"] = gated(limits.review, limits.line("review"))
    if off := _unmasked(limits.redaction):
        found["unmasked"] = off
    if isinstance(limits.redaction, Mapping):
        own = [[name, said] for name, said in limits.redaction.items() if isinstance(said, str)]
        if own:
            found["patterns"] = own
    return found


def _unmasked(redaction: bool | Mapping[str, bool | str]) -> list[str]:
    if isinstance(redaction, Mapping):
        return sorted(name for name, said in redaction.items() if said is False)
    return [] if redaction else [EVERY]
