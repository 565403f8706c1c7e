"""Which verbs a policy marks, and which kinds of entries nobody appends past a review then.

Cheap on purpose: only an append where the policy marks something comes here.
"""

from journal.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Gates = Mapping[str, object]  # a kind: the verb that is marked, and its line

KIND = "review"
FIELD = "review"
GATED = "gated"
ANY = ""  # every kind but the journal's own record
PURGE = "purge"  # stands for a `forget` that purges
_OWN = ("amend", "adopt", "forget", PURGE, "redact", KIND)
# By a word of `review:` in policy.yaml the kinds of entries that are gated.
_KINDS = {
    "forget": ("forget", PURGE),
    "purge": (PURGE,),
    "decide": ("decision", "amend", "adopt"),
    "supersede": ("decision", "amend", "adopt"),
    "append": (ANY,),
    **{verb: (verb,) for verb in ("redact", "merge", "branch", "abandon", "compact")},
    # These go before what `decide` says of them.
    **{verb: (verb,) for verb in ("amend", "adopt")},
}
# The words that mark a verb, where they are more than its own.
MARKS = {
    "purge": ("purge", "forget"),
    "decide": ("decide", "supersede"),
    "supersede": ("decide", "supersede"),
}
_INSTEAD = {
    "forget": "journal forget ID --reason TEXT",
    PURGE: "journal forget ID --purge --reason TEXT",
    "redact": "journal redact apply ID",
    "decision": "journal decide, or journal decision",
    "amend": "journal amend ID --reason TEXT",
    "adopt": "journal adopt ID",
    **{verb: f"journal path {verb}" for verb in ("merge", "branch", "abandon", "compact")},
}


class Approval:
    """What was allowed: the review's id, and the kinds of entries that tell of it.

    `told` counts those that were let through. Without an id it is only a way past the gates, for
    what turned out not to be marked.
    """

    __slots__ = ("id", "kinds", "told")

    def __init__(self, review: str, kinds: "Iterable[str]") -> None:
        self.id = review
        self.kinds = frozenset(kinds)
        self.told = 0

    def allows(self, kind: str) -> bool:
        """Whether an entry of that kind may be appended under it."""
        return kind in self.kinds or (ANY in self.kinds and kind not in _OWN)


def compiled(review: "Iterable[str]", line: int) -> "dict[str, list[object]]":
    """By kind what is marked, for the compiled policy; {} if no kind of entry is."""
    marked = [verb for verb in _KINDS if verb in review]  # in this order: the last one says it
    return {kind: [verb, line] for verb in marked for kind in _KINDS[verb]}


def pass_through(
    draft: "dict[str, object]", gates: "Gates", approval: Approval | None, *, own: bool
) -> None:
    """Let a draft pass, or not: Refused `gated` if a gate holds it and no approval allows it.

    `own`: it is of the journal's own record. Whatever passes under an approval names its review.
    """
    kind = _what(draft)
    fields: dict[str, object] = draft.get("fields") or {}  # type: ignore[assignment]
    if approval is None or not approval.allows(kind):
        if kind == KIND or FIELD in fields:
            raise _claimed()
        if found := gates.get(kind) or (None if own else gates.get(ANY)):
            raise _gated(kind, *found)  # type: ignore[misc]
    elif kind != KIND and approval.id:
        draft["fields"] = {**fields, FIELD: approval.id}
        approval.told += 1


def with_article(kind: str) -> str:
    """A kind as a sentence has it."""
    return f"{'an' if kind[:1] in tuple('aeiou') else 'a'} {kind}"


def refuse_claims(fields: "Mapping[str, object]") -> None:
    """UsageError if a draft says that an entry was purged or redacted: who does it, says it.

    Or that a pack was imported: the entry that says so vouches for what lies in its folder.
    """
    if fields.get("event") == "pack-imported":
        raise UsageError(
            "only an import says that a pack was imported",
            kind="reserved-key",
            hint="`journal pack import FILE`; for an event of your own use another word",
        )
    if fields.get("what") == "purge" or any(fields.get(key) for key in ("new", "now")):
        raise UsageError(
            "only the journal itself says that an entry was purged or redacted",
            kind="reserved-key",
            hint="`journal forget ID --purge --reason TEXT`, or `journal redact apply ID`",
        )


def _what(draft: "Mapping[str, object]") -> str:
    kind = str(draft.get("kind") or "note")
    fields: dict[str, object] = draft.get("fields") or {}  # type: ignore[assignment]
    return PURGE if kind == "forget" and fields.get("what") == PURGE else kind


def _claimed() -> UsageError:
    return UsageError(
        "only the journal itself says that something was reviewed",
        kind="reserved-key",
        hint="`journal review list` shows what waits; approve and refuse answer it",
    )


def _gated(kind: str, verb: object, line: object) -> Refused:
    what = "a purge" if kind == PURGE else with_article(kind)
    instead = _INSTEAD.get(kind, "journal append TEXT")
    return Refused(
        f"nothing was appended: {what} needs a review here: review {verb} (policy.yaml:{line})",
        kind=GATED,
        hint=f"{instead}: that asks for one",
    )
