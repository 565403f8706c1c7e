"""Whether the policy lets a draft in, and if not, what is kept of it and by which rule.

Cheap on purpose: every append to a workspace with a policy asks. Where the compiled policy is empty
nothing needs to be asked, and nobody need import this.
"""

from journal.policy.patterns import Named, is_found
from journal.redaction import Rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

FILE = "policy.yaml"
WITHHOLD = "withhold"  # nothing of it is kept but a record that says so
HASH_ONLY = "hash_only"  # its header and its digest are kept, its body isn't

# Kinds of entries that others are verified by: what they say is needed as long as those are there.
RECORD = frozenset(("amend", "adopt", "forget", "redact"))
SUMMARIES = frozenset(("summary", "decision", "task", "fact"))

_FULL = ("full", 0)


class Decision:
    """What becomes of a draft that isn't kept whole: a mode (WITHHOLD or HASH_ONLY) and a rule.

    The rule names file and line, never a word of the text or of a pattern.
    """

    __slots__ = ("line", "mode", "rule")

    def __init__(self, mode: str, what: str, line: object) -> None:
        self.mode = mode
        self.line = int(line)  # type: ignore[call-overload]
        self.rule = f"{what} ({FILE}:{line})"


def decide(
    compiled: "Mapping[str, object]",
    namespace: str,
    draft: "Mapping[str, object]",
    texts: "Sequence[str]",
) -> Decision | None:
    """What the policy makes of a draft; None: keep all of it.

    `compiled` is `Space.policy`; `draft` a plain dict as `seal` takes it, of which role, actor,
    kind and fields count; `texts` is everything of it that could be stored: body, title, tags,
    meta, names. WorkspaceError if its patterns can't be looked for: then nothing may be appended.
    """
    if not compiled:
        return None
    limits = limits_of(compiled, namespace)
    kind = str(draft.get("kind") or "note")
    if found := _barred(limits, kind, draft) or denied(compiled, namespace, texts):
        return found
    mode, line = limits.get("persist", _FULL)
    if mode == HASH_ONLY:
        return Decision(HASH_ONLY, f"persist {mode}", line)
    return None


def limits_of(compiled: "Mapping[str, Any]", namespace: str) -> "dict[str, Any]":
    """What is not as by default in a namespace; that of all others is kept under no name."""
    found = compiled.get(namespace)
    return (compiled.get("") or {}) if found is None else found


def gates_of(compiled: "Mapping[str, object]", namespace: str) -> "Mapping[str, Any]":
    """The kinds of entries that a review has to allow in a namespace; mostly none."""
    found: Mapping[str, Any] = limits_of(compiled, namespace).get("gates", {})
    return found


def gates_for(compiled: "Mapping[str, object]", namespace: str, kind: str) -> "Mapping[str, Any]":
    """The same for a draft of a kind: one that tells of other entries may tell of any namespace's.

    So what a namespace wants reviewed is not done to its entries from one that wants nothing.
    """
    found = gates_of(compiled, namespace)
    if kind not in RECORD:
        return found
    return {
        about: said
        for name in ("", *compiled)
        for about, said in gates_of(compiled, name).items()
        if about
    } | {**found}


def rules(compiled: "Mapping[str, object]", namespace: str) -> Rules:
    """The redaction rules that the policy leaves on in a namespace, and those it adds."""
    limits = limits_of(compiled, namespace)
    own = limits.get("patterns")
    return Rules(limits.get("unmasked", ()), (Named(map(tuple, own)),) if own else ())


def _barred(limits: "Mapping[str, Any]", kind: str, draft: "Mapping[str, Any]") -> Decision | None:
    """What keeps it out: who speaks, or its kind."""
    for key, name in (("roles", "role"), ("actors", "actor")):
        if key in limits:
            allowed, line = limits[key]
            if (draft.get(name) or "") not in allowed:
                return Decision(WITHHOLD, f"{name} not allowed", line)
    mode, line = limits.get("persist", _FULL)
    is_kept = True
    if mode == "none":
        is_kept = False
    elif mode == "summary_only":
        is_kept = kind in SUMMARIES
    elif mode == "distilled_only":
        fields = draft.get("fields") or {}
        is_kept = kind == "summary" and bool(fields.get("covers"))
    return None if is_kept else Decision(WITHHOLD, f"persist {mode}", line)


def denied(
    compiled: "Mapping[str, object]", namespace: str, texts: "Sequence[str]"
) -> Decision | None:
    """The pattern of the namespace's denylist that is in a text: what it names is never stored."""
    for pattern, number, line in limits_of(compiled, namespace).get("denylist", ()):
        if is_found(pattern, texts):
            return Decision(WITHHOLD, f"denylist pattern {number}", line)
    return None
