"""An audit: who did what to the record, with which verdict and on whose approval.

From entries alone: what the policy wants now doesn't matter, but for whose key is whose.

>>> for line in audit(journal).lines:                         # doctest: +SKIP
...     print(line.at, line.who, line.verb, line.verdict.words)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from journal import reviews
from journal.auditing.deeds import VERBS, about, rows, verb_of
from journal.auditing.verdicts import APPROVED, SELF, UNGATED, UNKNOWN, Bench, Verdict
from journal.dayfile import EDITED, TORN
from journal.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.reviews import Review

__all__ = ["VERBS", "Audit", "Line", "Verdict", "audit"]

_DONE = "nothing shows that it was done"
_TYPED = "it was typed by hand"
_OTHER = "that is not what was asked for"


@dataclass(frozen=True, slots=True)
class Line:
    """A deed, or what was asked for and not done: when, by whom, to what, on whose approval.

    `id` is the entry that tells of it; `about` are ids of entries, or other names.
    """

    id: str
    at: str
    moment: int  # microseconds
    verb: str
    actor: str
    role: str
    writer: str
    namespace: str
    workspace: str  # where it was done, if that was another one
    title: str
    about: tuple[str, ...]
    review: str
    done: bool
    verdict: Verdict

    @property
    def who(self) -> str:
        """Whoever did it, by the first name that is known: every entry has a writer."""
        return self.actor or self.role or self.writer

    def names(self) -> set[str]:
        """All names under which somebody has to do with it."""
        verdict = self.verdict
        return {self.actor, self.role, self.writer, verdict.by, verdict.asked} - {""}

    def record(self) -> dict[str, object]:
        """It as JSON shows it."""
        return {
            "id": self.id, "at": self.at, "verb": self.verb, "actor": self.actor,
            "role": self.role, "writer": self.writer, "namespace": self.namespace,
            "workspace": self.workspace, "title": self.title, "about": list(self.about),
            "review": self.review, "done": self.done, "verdict": self.verdict.record(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Audit:
    """The lines, the oldest first; `strange`: ids of review entries that belong to no review."""

    lines: tuple[Line, ...]
    strange: tuple[str, ...]


def audit(
    journal: Journal, selection: Selection | None = None, *, name: str = "", verb: str = ""
) -> Audit:
    """What entries tell of deeds; of a selection only times and namespace count.

    `name`: only what somebody of that name did, or approved: an actor, a role, a writer.
    WorkspaceError if policy.yaml can't be read.
    """
    wanted = selection or Selection()
    told = rows(journal)
    bench = Bench(journal, told)
    lines = [*_deeds(journal, told, bench)]
    done = {(line.workspace, line.review) for line in lines}
    lines += [_asked(*one, bench) for one in bench if (one[0], one[1].id) not in done]
    chosen = (
        line
        for line in lines
        if (not name or name in line.names())
        and (not verb or verb == line.verb)
        and _takes(wanted, line)
    )
    return Audit(tuple(sorted(chosen, key=lambda line: (line.moment, line.id))), bench.astray)


def _takes(wanted: Selection, line: Line) -> bool:
    """Whether it is of the namespace and the time that is wanted."""
    since, until = (
        round(moment.timestamp() * 1_000_000) if moment else None
        for moment in (wanted.since, wanted.until)
    )
    return (
        wanted.namespace in ("", line.namespace)
        and (since is None or line.moment >= since)
        and (until is None or line.moment < until)
    )


def _deeds(journal: Journal, told: Iterable[Row], bench: Bench) -> Iterator[Line]:
    found: list[tuple[Row, Line]] = []
    for row in told:
        fields = row.fields
        if row.kind == reviews.KIND:
            continue
        home = bench.homes.of(row)
        review = bench.find(home, str(fields.get(reviews.FIELD) or ""))
        if verb := verb_of(row, fields, review):
            verdict = _verdict(row, fields, home, review, bench)
            found.append((row, _deed(row, verb, fields, home, verdict)))
    lines = {line.id: line for _, line in found}
    for row, piece in journal.read(row for row, _ in found):
        if piece.state in (EDITED, TORN):
            line = lines[row.id]
            trouble = (*line.verdict.trouble, f"{row.id} is {piece.state}")
            lines[row.id] = replace(line, verdict=replace(line.verdict, trouble=trouble))
    yield from lines.values()


def _deed(row: Row, verb: str, fields: Mapping[str, Any], home: str, verdict: Verdict) -> Line:
    to = about(row, verb, fields)
    return Line(
        row.id, row.at, row.microseconds, verb, row.actor, row.role, row.writer, row.namespace,
        home, row.title, to, str(fields.get(reviews.FIELD) or ""), done=True, verdict=verdict,
    )  # fmt: skip


def _verdict(
    row: Row, fields: Mapping[str, Any], home: str, review: Review | None, bench: Bench
) -> Verdict:
    """On whose approval it was done."""
    if not row.sealed:
        return Verdict(UNGATED, row.id, trouble=(_TYPED,))
    if reviews.FIELD not in fields:
        return Verdict(UNGATED, row.id)
    if review is None:
        return Verdict(UNKNOWN, row.id)
    verdict = bench.of(home, review)
    of, targets = fields.get("of"), bench.targets(review)
    if targets and isinstance(of, str) and of not in targets and not bench.find(home, of):
        return replace(verdict, trouble=(*verdict.trouble, _OTHER))
    return verdict


def _asked(home: str, review: Review, bench: Bench) -> Line:
    """What was asked for and not done, or of which nothing else tells."""
    verdict, entry = bench.of(home, review), review.entry
    done = review.status == reviews.DONE
    if not done and verdict.status in (APPROVED, SELF):
        verdict = replace(verdict, trouble=(*verdict.trouble, _DONE))
    names = {key: str(getattr(entry, key, "")) for key in ("actor", "role", "writer", "namespace")}
    to = tuple(bench.targets(review) or ())
    return Line(
        review.id, entry.at, entry.microseconds, review.verb, **names, workspace=home,
        title=review.title, about=to, review=review.id, done=done, verdict=verdict,
    )  # fmt: skip
