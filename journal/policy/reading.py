"""From the text of policy.yaml to a Policy, and everything in it that is not as it should be."""

from __future__ import annotations

from typing import Any

from journal import names
from journal.finding import Finding
from journal.policy.faults import Faults, meant, shown
from journal.policy.keys import CHECKS, masking
from journal.policy.limits import KEYS, Limits, Policy
from journal.policy.tree import Part, grow

SCHEMA = "journal/policy@1"
_TOP = ("schema", "defaults", "namespaces")


def read(text: str, rules: frozenset[str] | None = None) -> tuple[Policy, list[Finding]]:
    """The policy, and every fault in it by line; with a fault, it is not to be used.

    `rules`: the names of the redaction rules there are; None: any that could be one.
    """
    root, refusals = grow(text)
    reading = _Reading(rules)
    for refusal in refusals:
        reading.faults.add(refusal.line, refusal.message, refusal.fix)
    return reading.policy(root), reading.faults.all()


class _Reading:
    """One reading."""

    def __init__(self, rules: frozenset[str] | None) -> None:
        self.rules = rules
        self.faults = Faults()

    def policy(self, root: Part) -> Policy:
        """The whole."""
        parts = self._map(root, "the policy", f"begin with `schema: {SCHEMA}`")
        for key, line in root.keys.items():
            if key not in _TOP:
                self._stray(key, line)
        if (said := parts.get("schema")) and said.value != SCHEMA:
            self.faults.wrong("schema", said, f"write {SCHEMA}: this version reads no other")
        defaults = self._limits(parts.get("defaults"), "defaults")
        named = parts.get("namespaces") or Part({}, 1)
        spaces = {}
        for name, part in self._map(named, "namespaces", "write names, each with keys").items():
            if not names.is_slug(name):
                self.faults.add(
                    named.keys[name], f"{name!r} is no namespace", f"write {names.SLUG}"
                )
            spaces[name] = self._limits(part, name).over(defaults)
        return Policy(defaults, spaces, {name: named.keys[name] for name in spaces})

    def _stray(self, key: str, line: int) -> None:
        if key in KEYS:
            fix = "write it under `defaults:`, or under a namespace"
            self.faults.add(line, f"{key} can't stand at the top", fix)
        else:
            self.faults.add(line, f"there is no key {key!r}", meant(key, _TOP))

    def _map(self, part: Part, what: str, fix: str) -> dict[str, Part]:
        if part.value is None:  # nothing is under it but comments
            return {}
        if isinstance(part.value, dict):
            return part.value
        self.faults.add(part.line, f"{what} must be a map, not {shown(part)}", fix)
        return {}

    def _limits(self, part: Part | None, where: str) -> Limits:
        """What is said in one place."""
        if part is None:
            return Limits()
        values: dict[str, Any] = {}
        for key, found in self._map(part, where, "write keys and values under it").items():
            if key == "redaction":
                value = masking(self.faults, key, found, self.rules)
            elif key in CHECKS:
                value = CHECKS[key](self.faults, key, found)
            else:
                self.faults.add(part.keys[key], f"there is no key {key!r}", meant(key, KEYS))
                continue
            if value is not None:
                values[key] = value
        return Limits(**values, lines={key: part.keys[key] for key in values})
