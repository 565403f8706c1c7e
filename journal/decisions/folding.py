"""From entries to the decisions as they stand, and to the history of one."""

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
from journal.stated import Stated, leads, texts, word
from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from journal.stated import Statement, Stating

    Status = tuple[str, "Stating", int]  # given by which entry, the how manieth statement

_GIVEN = frozenset((PROPOSED, ACCEPTED, REJECTED, DEPRECATED))
_COUNTS = (ACCEPTED, DEPRECATED)  # what such a decision superseded stays superseded
_LISTED = ("evidence", "governs", "options")


class Change(Value):
    """Something that was said of a decision.

    `what` is "decided", "status", "supersedes", "superseded", "superseding" (it will be, once that
    is accepted), "part", "disputed" or "said"; `status` is how the decision stood after it,
    `other` the other decision that it is about.
    """

    __slots__ = ("entry", "other", "status", "what")

    def __init__(
        self,
        entry: "Stating",
        what: str,
        status: str,
        other: str = "",
    ) -> None:
        self.entry = entry
        self.what = what
        self.status = status
        self.other = other


def fold(entries: "Iterable[Stating]") -> View:
    """How decisions stand after these entries, in whatever order; other kinds tell nothing."""
    stated = Stated(entries, KIND)
    return _view(stated, stated.statements)


def history(entries: "Iterable[Stating]", decision: str) -> list[Change]:
    """What was said of a decision and what became of it, in order; its id must be whole."""
    stated = Stated(entries, KIND)
    key = stated.subject(decision)
    statements = stated.statements
    made = next((at for at, one in enumerate(statements) if one.entry.id == key), -1)
    if made < 0:
        return []
    # Of what was said before, by whatever clock, nothing counted before it was made.
    order = [made, *range(made), *range(made + 1, len(statements))]
    others = {one.about.id for one in statements if key in stated.named(one.fields, "supersedes")}
    found = []
    before = ""
    for at in order:
        one = statements[at]
        names = one.about.id == key or _names(stated, one, key)
        if not names and one.about.id not in others:
            continue
        now = _view(stated, statements[: max(at, made) + 1]).decisions.get(key)
        status = now.status if now else ""
        if names or status != before:
            found.append(Change(one.entry, *_what(stated, one, key, (before, status))))
        before = status
    return found


def _names(stated: Stated, one: "Statement", key: str) -> bool:
    """Whether a statement about another decision names this one."""
    return any(key in stated.named(one.fields, field) for field in ("supersedes", "disputes"))


def subject_of(entries: "Iterable[Stating]", name: str) -> str:
    """The decision that an entry changes, by the id of that; the id itself if it changes none."""
    return Stated(entries, KIND).subject(name)


def _what(
    stated: Stated, one: "Statement", key: str, status: tuple[str, str]
) -> tuple[str, str, str]:
    """What a statement says of a decision, its status after that, and the other decision."""
    before, now = status
    about = one.about.id
    if about == key:
        return _own(stated, one, now)
    if key in stated.named(one.fields, "supersedes"):
        if _part(one.fields):
            return "part", now, about
        return "superseded" if now == SUPERSEDED else "superseding", now, about
    if key in stated.named(one.fields, "disputes"):
        return "disputed", now, about
    return "superseded" if now == SUPERSEDED != before else "status", now, about


def _own(stated: Stated, one: "Statement", now: str) -> tuple[str, str, str]:
    """The same of a statement that is about the decision itself."""
    if one.entry is one.about:
        return "decided", now, ""
    if named := stated.named(one.fields, "supersedes"):
        return "supersedes", now, named[0]
    return "status" if word(one.fields, "status") in _GIVEN else "said", now, ""


def _view(stated: Stated, statements: "Sequence[Statement]") -> View:
    status, unclear = _statuses(statements)
    supersedes, superseded, parts = _superseding(stated, statements, status)
    more = _told(stated, statements)
    disputed = _disputed(more, status)
    groups = _groups(statements, status, superseded, more)
    found = {}
    for one in statements:
        key = one.about.id
        if key == one.entry.id:
            now, by, _ = status[key]
            other = "" if now == REJECTED else superseded.get(key, "")
            found[key] = Decision(
                entry=one.entry,
                status=SUPERSEDED if other else now,
                status_by=by.id,
                supersedes=tuple(supersedes.get(key, ())),
                superseded_by=other,
                standing=by,
                parts=tuple(parts.get(key, ())),
                disputed_by=tuple(disputed.get(key, ())),
                group=groups.get(key, ()),
                **more.get(key, {}),
            )
    return View(found, stated.astray, unclear)


def _statuses(
    statements: "Sequence[Statement]",
) -> "tuple[dict[str, Status], tuple[str, ...]]":
    """Of each decision its last status and who gave it; and who gave one that isn't any."""
    status: dict[str, Status] = {}
    unclear = []
    for at, one in enumerate(statements):
        key, given = one.about.id, word(one.fields, "status")
        status.setdefault(key, (ACCEPTED, one.about, at))
        if given in _GIVEN:
            status[key] = (given, one.entry, at)
        elif given:
            unclear.append(one.entry.id)
    return status, tuple(unclear)


def _superseding(
    stated: Stated, statements: "Sequence[Statement]", status: "Mapping[str, Status]"
) -> "tuple[dict[str, list[str]], dict[str, str], dict[str, list[tuple[str, str]]]]":
    """What each decision supersedes, which one superseded it last, and which a part of it.

    Who is accepted anew by a later entry is superseded no longer; nor is who comes to supersede,
    be it over others, the decision in its own place. So there is never a circle.
    """
    supersedes: dict[str, list[str]] = {}
    by: dict[str, str] = {}
    parts: dict[str, list[tuple[str, str]]] = {}
    for one in statements:
        key = one.about.id
        if one.entry.id != key and word(one.fields, "status") == ACCEPTED:
            by.pop(key, None)
            parts.pop(key, None)
        if "supersedes" not in one.fields:
            continue
        targets = [it for it in stated.named(one.fields, "supersedes") if it != key]
        counts = status[key][0] in _COUNTS
        if part := _part(one.fields):
            for target in targets if counts else ():
                parts.setdefault(target, []).append((key, part))
            continue
        supersedes[key] = [*dict.fromkeys([*supersedes.get(key, ()), *targets])]
        for target in targets if counts else ():
            if leads(by, key, target):
                del by[key]
            if target in status:
                by[target] = key
    return supersedes, by, parts


def _part(fields: "Mapping[str, Any]") -> str:
    """Of what it supersedes the part that it does; empty if that is all."""
    part = fields.get("part", "")
    return part.strip() if isinstance(part, str) else ""


def _told(stated: Stated, statements: "Sequence[Statement]") -> "dict[str, dict[str, Any]]":
    """What else is said of decisions: subjects and disputes; files and evidence, all of it."""
    found: dict[str, dict[str, Any]] = {}
    for one in statements:
        if not one.fields:
            continue
        key = one.about.id
        for name in _LISTED:
            if name in one.fields and (said := texts(one.fields[name])):
                its = found.setdefault(key, {})
                its[name] = tuple(dict.fromkeys([*its.get(name, ()), *said]))
        subject = one.fields.get("subject")
        if isinstance(subject, str) and subject.strip():
            found.setdefault(key, {})["subject"] = subject.strip()
        if disputes := stated.named(one.fields, "disputes"):
            its = found.setdefault(key, {})
            its["disputes"] = tuple(
                it for it in dict.fromkeys([*its.get("disputes", ()), *disputes]) if it != key
            )
    return found


def _disputed(
    more: "Mapping[str, Mapping[str, Any]]", status: "Mapping[str, Status]"
) -> dict[str, list[str]]:
    """Who disagrees with a decision; a disagreement that was rejected is over."""
    found: dict[str, list[str]] = {}
    for key, its in more.items():
        if key in status and status[key][0] != REJECTED:
            for target in its.get("disputes", ()):
                found.setdefault(target, []).append(key)
    return found


def _groups(
    statements: "Sequence[Statement]",
    status: "Mapping[str, Status]",
    superseded: "Mapping[str, str]",
    more: "Mapping[str, Mapping[str, Any]]",
) -> dict[str, tuple[str, ...]]:
    """The proposals of one subject that are open since one of them was accepted, if any was.

    Of each the whole group, one and the same tuple: of many on a subject, a tuple for each would
    take as long as all of them squared.
    """
    if not more or all(now != PROPOSED for now, _, _ in status.values()):
        return {}
    topics = {key: _topic(key, more) for key in status}
    settled: dict[str, int] = {}
    for at, one in enumerate(statements):
        key, given = one.about.id, word(one.fields, "status")
        if given == ACCEPTED or (one.entry.id == key and given not in _GIVEN):
            settled[topics[key]] = at
    found: dict[str, list[str]] = {}
    for key, (now, _, at) in status.items():
        if now == PROPOSED and key not in superseded and at > settled.get(topics[key], -1):
            found.setdefault(topics[key], []).append(key)
    groups = [tuple(group) for group in found.values() if len(group) > 1]
    return {key: group for group in groups for key in group}


def _topic(key: str, more: "Mapping[str, Mapping[str, Any]]") -> str:
    """What a decision is about: its subject, else that of the one it disputes, else that one."""
    seen = {key}
    while True:
        its = more.get(key, {})
        if subject := its.get("subject", ""):
            return f"# {' '.join(subject.casefold().split())}"
        disputes = its.get("disputes", ())
        if not disputes or disputes[0] in seen:
            return key
        key = disputes[0]
        seen.add(key)
