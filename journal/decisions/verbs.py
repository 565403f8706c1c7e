"""What is done with decisions: each verb gives the draft of the entry that says so, or an error.

They quote no other entry's text: it would stay when that entry is purged. `more` are other keys of
`Draft`, such as `actor` and `namespace`; what changes a decision goes where that stands, and
UsageError `other-namespace` if another namespace is given.
"""

from journal.decisions.view import (
    ACCEPTED,
    DEPRECATED,
    KIND,
    PROPOSED,
    REJECTED,
    SUPERSEDED,
    Decision,
    View,
)
from journal.errors import UsageError
from journal.stated import change_title, ids, short, space_of, word
from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from journal.entry import Draft

_STATUSES = (PROPOSED, ACCEPTED, REJECTED, DEPRECATED)


class Case(Value):
    """What is said for a decision, and what it has to do with others.

    `evidence` are ids, paths and addresses that show it; `governs` the files that it decides
    about, from the top of the git repository on, or the workspace's. `supersedes` are ids of
    decisions, of which it supersedes only `part`, if that is given; `disputes` is the id of an
    entry that it disagrees with.
    """

    __slots__ = (
        "because", "consequences", "disputes", "evidence", "governs", "options", "part", "subject",
        "supersedes",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - one for each slot
        self,
        *,
        because: str = "",
        consequences: str = "",
        options: tuple[str, ...] = (),
        evidence: tuple[str, ...] = (),
        governs: tuple[str, ...] = (),
        subject: str = "",
        supersedes: tuple[str, ...] = (),
        part: str = "",
        disputes: str = "",
    ) -> None:
        self.because = because
        self.consequences = consequences
        self.options = options
        self.evidence = evidence
        self.governs = governs
        self.subject = subject
        self.supersedes = supersedes
        self.part = part
        self.disputes = disputes


NOTHING = Case()


def decide(
    title: str, text: str = "", case: Case = NOTHING, *, status: str = "", **more: "Any"
) -> "Draft":
    """The draft of a decision, "accepted" if no status is given; "proposed" if it disputes.

    UsageError if it has no title, or the status is none that can be given.
    """
    if not title.strip():
        raise UsageError("the decision has no title", hint='journal decide "Search without index"')
    if status and status not in _STATUSES:
        raise UsageError(
            f"no decision is made {status!r}", kind="bad-status", hint=", ".join(_STATUSES)
        )
    if case.part.strip() and not case.supersedes:
        raise UsageError("a part of what?", hint="--part goes with --supersedes ID")
    fields: dict[str, Any] = {
        "status": status or (PROPOSED if case.disputes else ACCEPTED),
        "subject": case.subject.strip(),
        "supersedes": list(case.supersedes),
        "part": case.part.strip(),
        "disputes": case.disputes,
        "evidence": list(case.evidence),
        "governs": list(case.governs),
        "options": [one.strip() for one in case.options if one.strip()],
    }
    said = {key: it for key, it in fields.items() if it}
    return _draft(title.strip(), _body(title, text, case), said, more)


def accept(view: View, decision: str, why: str = "", **more: "Any") -> "Draft":
    """The draft that accepts a decision; one that is accepted only anew, and for a reason.

    UsageError if there is none of that id, or it is accepted and there is no reason.
    """
    one = found(view, decision)
    if one.status == ACCEPTED and not why.strip():
        raise UsageError(
            f"{short(one.id)} is accepted already", kind="same-status",
            hint="to confirm it, say why: `drift` then counts from git's last commit",
        )  # fmt: skip
    return _change(one, ACCEPTED, why, more)


def reject(view: View, decision: str, why: str = "", **more: "Any") -> "Draft":
    """The draft that rejects a decision; UsageError if there is none, or it is rejected."""
    return _change(_other_than(found(view, decision), REJECTED), REJECTED, why, more)


def deprecate(view: View, decision: str, why: str = "", **more: "Any") -> "Draft":
    """The draft that gives a decision up without another one; UsageError as for `reject`."""
    return _change(_other_than(found(view, decision), DEPRECATED), DEPRECATED, why, more)


def supersede(
    view: View, old: str, by: str, why: str = "", part: str = "", **more: "Any"
) -> "Draft":
    """The draft by which a decision takes the place of another, or of a part of it.

    It counts once that decision is accepted. UsageError if there is none of one of the ids, both
    are one, or it is so already.
    """
    one, other = found(view, old), found(view, by)
    if one.id == other.id:
        raise UsageError("a decision can't supersede itself", hint="--by names the later decision")
    if one.status == SUPERSEDED and one.superseded_by == other.id:
        raise UsageError(
            f"{short(one.id)} is superseded by {short(other.id)} already", kind="same-status",
            hint=f"journal decision show {short(one.id)}",
        )  # fmt: skip
    fields: dict[str, Any] = {KIND: other.id, "supersedes": [one.id]}
    if part.strip():
        fields["part"] = part.strip()
    said = why if why.strip() else unsaid(fields)
    verb = "Superseded" if not part.strip() else "Superseded in part"
    title = change_title(f"{verb}: {short(one.id)} by {short(other.id)}", part or why)
    more["namespace"] = space_of(other.entry, more.get("namespace", ""), KIND)
    return _draft(title, said, fields, more)


def found(view: View, decision: str) -> Decision:
    """The decision of which the id begins or ends so; UsageError if none does, or several do."""
    one = view.named(decision)
    if one is None:
        raise UsageError(
            f"no decision has the id {decision!r}, or several have", kind="entry-not-found",
            hint="journal decision list --all shows them",
        )  # fmt: skip
    return one


def _other_than(one: Decision, status: str) -> Decision:
    if one.status == status:
        raise UsageError(
            f"{short(one.id)} is {status} already", kind="same-status",
            hint=f"journal decision history {short(one.id)}",
        )  # fmt: skip
    return one


def _change(one: Decision, status: str, why: str, more: "dict[str, Any]") -> "Draft":
    again = " again" if one.status == status else ""
    title = change_title(f"{status.capitalize()}{again}: {short(one.id)}", why)
    fields: dict[str, Any] = {"status": status, KIND: one.id}
    more["namespace"] = space_of(one.entry, more.get("namespace", ""), KIND)
    return _draft(title, why if why.strip() else unsaid(fields), fields, more)


def unsaid(fields: "Mapping[str, Any]") -> str:
    """The body of a change with such fields for which no reason is given."""
    about, over = (" ".join(ids(fields, key)) for key in (KIND, "supersedes"))
    if over:
        return f"{about} takes the place of {'a part of ' if 'part' in fields else ''}{over}."
    return f"{about} is {word(fields, 'status')}."


def _draft(title: str, body: str, fields: "dict[str, Any]", more: "dict[str, Any]") -> "Draft":
    from journal.entry import Draft

    return Draft(body=body, kind=KIND, fields=fields, **{"title": title, **more})


def _body(title: str, text: str, case: Case) -> str:
    """What a person reads: the text alone, or the sections of a decision record."""
    said = text.strip("\n") if text.strip() else ""
    options = "\n".join(
        f"- {one.strip().replace(chr(10), chr(10) + '  ')}" for one in case.options if one.strip()
    )
    sections = [
        ("Context", case.because.strip()),
        ("Options", options),
        ("Decision", said or title.strip()),
        ("Consequences", case.consequences.strip()),
    ]
    told = [(name, its) for name, its in sections if its]
    if len(told) == 1:
        return told[0][1]
    return "\n\n".join(f"## {name}\n\n{_closed(its)}" for name, its in told)


def _closed(text: str) -> str:
    """A section that swallows none after it: what it leaves open is closed."""
    from journal.openblock import closing

    end = closing(text)
    return f"{text}\n{end}" if end else text
