"""Appending what the policy marks: a decision, a merge, or any entry at all.

The draft itself is what is asked for, as policy and redaction leave it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from journal.entry import Draft
from journal.ids import is_id
from journal.notebook import given
from journal.policy.admission import RECORD, gates_for, gates_of
from journal.policy.gates import ANY, with_article
from journal.reviewing.gating import gate
from journal.reviewing.reading import standing
from journal.reviews import Request
from journal.safe import one_line

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.entry import Receipt

_TEXTS = (
    "title", "kind", "role", "actor", "session", "path", "parent", "git", "token", "namespace",
    "at",
)  # fmt: skip
_LONGEST = 72  # columns of a text that stands in a title


def said(journal: Journal, draft: Draft) -> Receipt:
    """Append a draft that the policy's marks hold back, once it is allowed.

    Refused `gate-pending` if somebody has to approve it first, `gated` if it can't be asked for.
    """
    request, rule = _request(journal, draft)
    instead = f"its text would stand in the review, and {rule} keeps it out" if rule else ""
    with gate(journal, request, instead=instead):
        return journal.notebook.append(draft)


def again(journal: Journal, what: Mapping[str, Any]) -> Receipt:
    """Append what was asked for, and approved."""
    from journal.pages import refresh

    receipt = journal.append(_draft(what["draft"]))
    refresh(journal)
    return receipt


def _request(journal: Journal, draft: Draft) -> tuple[Request, str]:
    """What is asked for, and the policy's rule that keeps its text from standing anywhere."""
    notebook = journal.notebook
    values, _, rule = notebook.intake.fitted(given(draft, notebook.store))
    namespace = str(values.get("namespace") or journal.default_namespace)
    kind = str(values.get("kind") or "note")
    marked = gates_for(notebook.place.policy, namespace, kind)
    verb = str((marked.get(kind) or marked.get(ANY) or ["append"])[0])
    shown = {key: values[key] for key in _TEXTS if values.get(key)}
    shown |= {key: values[key] for key in ("meta", "fields") if values.get(key)}
    if values.get("tags"):
        shown["tags"] = list(values["tags"])  # type: ignore[call-overload]
    shown["body"] = values["body"].decode()  # type: ignore[attr-defined]
    title = str(values.get("title") or str(shown["body"]).strip().partition("\n")[0])
    title = one_line(title, _LONGEST)
    asked = f"Append {with_article(kind)}"
    request = Request(
        verb, namespace, {"deed": "append", "draft": shown}, standing(journal, _named(values)),
        asked, str(values.get("actor") or ""), str(values.get("role") or ""),
        _elsewhere(journal, namespace, kind), f"{asked}: {title}" if title else "",
    )  # fmt: skip
    return request, rule


def _elsewhere(journal: Journal, namespace: str, kind: str) -> tuple[str, ...]:
    """The other namespaces that mark a kind which may tell of their entries."""
    policy = journal.notebook.place.policy
    if kind not in RECORD or kind in gates_of(policy, namespace):
        return ()
    known = dict.fromkeys((*journal.notebook.store.config.namespaces, *filter(None, policy)))
    return tuple(name for name in known if kind in gates_of(policy, name))


def _named(values: Mapping[str, Any]) -> Iterator[str]:
    """The ids of the entries that a draft names: what it says, it says of them as they are now."""
    pending: list[Any] = [values.get("parent"), *dict(values.get("fields") or {}).values()]
    while pending:
        one = pending.pop()
        if isinstance(one, (list, tuple)):
            pending += one
        elif isinstance(one, str) and is_id(one):
            yield one


def _draft(shown: Mapping[str, Any]) -> Draft:
    return Draft(**{**shown, "tags": tuple(shown.get("tags", ()))})
