"""`journal doctor`: a list of small checks. None writes a byte; each finding names its fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from journal.doctor import clocks, entries, gitrules, keeping, machine, pages, struck
from journal.doctor.codes import AREAS, CODES, WORDS
from journal.doctor.visit import Visit
from journal.finding import Finding
from journal.verify import quiet

Check = Callable[[Visit], Iterable[Finding]]


def configuration(visit: Visit) -> Iterable[Finding]:
    """journal.toml or policy.yaml that can't be read."""
    return [] if visit.config and not visit.settings else list(visit.settings)


CHECKS: tuple[Check, ...] = (
    configuration,
    entries.states,
    entries.waiting,
    entries.unreadable,
    struck.came_back,
    struck.under_way,
    pages.odd_names,
    pages.strays,
    pages.conflict_markers,
    pages.large_files,
    pages.attachments,
    keeping.links,
    keeping.leftovers,
    keeping.private,
    keeping.shared,
    keeping.owners,
    keeping.cache,
    gitrules.attributes,
    gitrules.ignores,
    gitrules.under_way,
    machine.state,
    machine.spools,
    machine.identities,
    machine.file_system,
    machine.synced,
    machine.disk,
    clocks.steps,
    clocks.ahead,
)

# What these see may be half of what a writer is doing, so they look twice. None of them may ask
# for verdicts: a verification takes the lock itself.
IN_MOTION: tuple[Check, ...] = (
    keeping.leftovers,
    keeping.private,
    keeping.cache,
    machine.state,
    machine.spools,
    machine.identities,
    struck.under_way,
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the checks found, the gravest area first, and how many entries there are."""

    entries: int
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """0 if all is well or only worth knowing, 1 if something is wrong, 5 if a chain broke."""
        return max((CODES[found.code].weight for found in self.findings), default=0)


def examine(root: str) -> Diagnosis:
    """The findings of all checks on the workspace at `root`."""
    return diagnose(Visit(root))


def diagnose(visit: Visit) -> Diagnosis:
    """The findings of all checks on one visit."""
    found = {check: list(check(visit)) for check in CHECKS}
    if again := [check for check in IN_MOTION if found[check]]:
        with quiet(visit.root):
            calm = Visit(visit.root)
            found |= {check: list(check(calm)) for check in again}
    once = dict.fromkeys(finding for some in found.values() for finding in some)
    ordered = sorted(once, key=_order)
    return Diagnosis(len(visit.verdicts), tuple(ordered))


def _order(finding: Finding) -> tuple[int, str, int]:
    return AREAS.index(CODES[finding.code].area), finding.file, finding.line


def hint(finding: Finding) -> str:
    """What a person can do about it; empty if the fix says it all."""
    return "" if finding.fix else CODES[finding.code].hint


def record(finding: Finding) -> dict[str, object]:
    """The finding as JSON shows it."""
    code = CODES[finding.code]
    meant = {"area": code.area, "severity": WORDS[code.weight], "hint": hint(finding)}
    return finding.record() | meant
