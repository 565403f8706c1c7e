"""What would become of a text, and by which line: asked before anything is appended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal.policy.admission import FILE, HASH_ONLY, decide, gates_for, rules
from journal.policy.gates import ANY
from journal.policy.limits import Policy, compiled
from journal.redaction import Masked, scrub

if TYPE_CHECKING:
    from journal.redaction import Finder

KEPT, WITHHELD = "kept", "withheld"


@dataclass(frozen=True, slots=True)
class Explained:
    """The outcome (KEPT, HASH_ONLY or WITHHELD), the rule and its line, and what is masked.

    `text` is the body as it would be stored, empty if none would be; `line` 0 if no rule decides.
    `review` says which mark holds it back until somebody allows it, empty if none does.
    """

    outcome: str
    rule: str
    line: int
    masked: tuple[Masked, ...]
    text: str
    review: str = ""

    def record(self) -> dict[str, Any]:
        """As JSON shows it."""
        keys = ("rule", "name", "start", "end", "tail")
        return {
            "outcome": self.outcome,
            "rule": self.rule,
            "file": FILE if self.rule else "",
            "line": self.line,
            "masked": [{key: getattr(one, key) for key in keys} for one in self.masked],
            "text": self.text,
            "review": self.review,
        }


def explain(
    policy: Policy,
    namespace: str,
    draft: Mapping[str, Any],
    *,
    key: bytes = b"",
    values: Finder | None = None,
) -> Explained:
    """What would become of a draft, as `seal` takes it; `key` and `values` as `scrub` takes them.

    WorkspaceError if the policy's patterns can't be looked for.
    """
    text = draft["body"].decode()
    said = [str(draft[name]) for name in ("role", "actor") if draft.get(name)]
    held = compiled(policy)
    decision = decide(held, namespace, draft, [text, namespace, *said])
    if decision:
        outcome = HASH_ONLY if decision.mode == HASH_ONLY else WITHHELD
        review = _review(held, namespace, draft) if outcome == HASH_ONLY else ""
        return Explained(outcome, decision.rule, decision.line, (), "", review)
    done = scrub(text, rules(held, namespace), key=key, values=values)
    return Explained(KEPT, "", 0, done.findings, done.text, _review(held, namespace, draft))


def _review(held: Mapping[str, Any], namespace: str, draft: Mapping[str, Any]) -> str:
    """The mark that holds such a draft back, and its line."""
    kind = str(draft.get("kind") or "note")
    gates = gates_for(held, namespace, kind)
    found = gates.get(kind) or gates.get(ANY)
    return f"review {found[0]} ({FILE}:{found[1]})" if found else ""
