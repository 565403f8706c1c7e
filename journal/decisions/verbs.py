"""What is done with decisions: each verb gives the draft of the entry that says so, or an error.

They quote no other entry's text: it would stay when that entry is purged.
"""

from dataclasses import dataclass

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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from journal.entry import Draft

_SHOWN = 72  # characters of a reason in a title: a longer one stays out of it
_STATUSES = (PROPOSED, ACCEPTED, REJECTED, DEPRECATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is said for a decision, and what it has to do with others.

    `evidence` are ids, paths and addresses that show it; `governs` the files that it decides
    about, from the top of the git repository on, or the workspace's. `supersedes` are ids of
    decisions, of which it supersedes only `part`, if that is given; `disputes` is the id of an
    entry that it disagrees with.
    """

    because: str = ""
    consequences: str = ""
    options: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    governs: tuple[str, ...] = ()
    subject: str = ""
    supersedes: tuple[str, ...] = ()
    part: str = ""
    disputes: str = ""


NOTHING = Case()


def decide(title: str, text: str = "", case: Case = NOTHING, *, status: str = "") -> "Draft":
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
    return _draft(
        title.strip(), _body(title, text, case), {key: it for key, it in fields.items() if it}
    )


def accept(view: View, decision: str, why: str = "") -> "Draft":
    """The draft that accepts a decision; one that is accepted only anew, and for a reason.

    UsageError if there is none of that id, or it is accepted and there is no reason.
    """
    one = found(view, decision)
    if one.status == ACCEPTED and not why.strip():
        raise UsageError(
            f"{_short(one.id)} is accepted already", kind="same-status",
            hint="to confirm it, say why: `drift` then counts from git's last commit",
        )  # fmt: skip
    return _change(one, ACCEPTED, why)


def reject(view: View, decision: str, why: str = "") -> "Draft":
    """The draft that rejects a decision; UsageError if there is none, or it is rejected."""
    return _change(_other_than(found(view, decision), REJECTED), REJECTED, why)


def deprecate(view: View, decision: str, why: str = "") -> "Draft":
    """The draft that gives a decision up without another one; UsageError as for `reject`."""
    return _change(_other_than(found(view, decision), DEPRECATED), DEPRECATED, why)


def supersede(view: View, old: str, by: str, why: str = "", part: str = "") -> "Draft":
    """The draft by which a decision takes the place of another, or of a part of it.

    It counts once that decision is accepted. UsageError if there is none of one of the ids, both
    are one, or it is so already.
    """
    one, other = found(view, old), found(view, by)
    if one.id == other.id:
        raise UsageError("a decision can't supersede itself", hint="--by names the later decision")
    if one.status == SUPERSEDED and one.superseded_by == other.id:
        raise UsageError(
            f"{_short(one.id)} is superseded by {_short(other.id)} already", kind="same-status",
            hint=f"journal decision show {_short(one.id)}",
        )  # fmt: skip
    fields: dict[str, Any] = {KIND: other.id, "supersedes": [one.id]}
    if part.strip():
        fields["part"] = part.strip()
    of = "a part of " if part.strip() else ""
    said = why if why.strip() else f"{other.id} takes the place of {of}{one.id}."
    verb = "Superseded" if not part.strip() else "Superseded in part"
    title = _title(f"{verb}: {_short(one.id)} by {_short(other.id)}", part or why)
    return _draft(title, said, fields)


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
            f"{_short(one.id)} is {status} already", kind="same-status",
            hint=f"journal decision history {_short(one.id)}",
        )  # fmt: skip
    return one


def _change(one: Decision, status: str, why: str) -> "Draft":
    again = " again" if one.status == status else ""
    title = _title(f"{status.capitalize()}{again}: {_short(one.id)}", why)
    said = why if why.strip() else f"{one.id} is {status}."
    return _draft(title, said, {"status": status, KIND: one.id})


def _draft(title: str, body: str, fields: "dict[str, Any]") -> "Draft":
    from journal.entry import Draft

    return Draft(body=body, title=title, kind=KIND, fields=fields)


def _title(what: str, why: str) -> str:
    """A cut reason might hold half a secret, which nothing recognises: so all of it, or nothing."""
    why = why.strip()
    return f"{what}: {why}" if why and len(why) <= _SHOWN and "\n" not in why else what


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


def _short(decision: str) -> str:
    return decision[-8:]
