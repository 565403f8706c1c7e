"""Reviews: what is to be allowed before it is done, and who allowed or refused it. Pure.

A review's first entry says what is asked for (`pending`), or that whoever sits at the terminal
allowed it at once (`approved`, with `self`). Later ones name it in `review` and say what became of
it. `target` is the digest of just what is asked: a verdict counts for that and nothing else.

>>> view = fold(journal.rows(Selection(kind=KIND, forgotten="also")))    # doctest: +SKIP
>>> [one.title for one in view.pending]                                  # doctest: +SKIP
"""

from dataclasses import dataclass, field

from journal import seal
from journal.cjson import dumps, loads
from journal.stated import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from journal.entry import Draft
    from journal.stated import Stating

KIND = "review"
FIELD = "review"  # of an entry that was allowed: the id of the review; of a later step the same
PENDING, APPROVED, REFUSED, DONE, FAILED = STATUSES = (
    "pending", "approved", "refused", "done", "failed",
)  # fmt: skip
SIGNED = "journal-review"  # the namespace of a verdict's signature
_OPENING, _CLOSING = "\n```json\n", "\n```"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: enough to do it, and what it is done to.

    `what` is plain JSON; `targets` has the digest of each slice (or file) that it is done to, by
    id, as they are now. `title` says it in a few words, such as "Purge 2 entries", which quote no
    entry: they stay when it is purged. `question` is what whoever sits at the terminal is asked,
    and may quote. `actor` and `role` are of who asks, `others` further namespaces that it touches.
    """

    verb: str
    namespace: str
    what: "Mapping[str, Any]"
    targets: "Mapping[str, str]" = field(default_factory=dict)
    title: str = ""
    actor: str = ""
    role: str = ""
    others: tuple[str, ...] = ()
    question: str = ""

    @property
    def asked(self) -> "dict[str, Any]":
        """What is bound by a verdict, as plain JSON."""
        asked: dict[str, Any] = {
            "verb": self.verb,
            "namespace": self.namespace,
            "what": dict(self.what),
            "targets": dict(self.targets),
        }
        return asked | ({"others": sorted(self.others)} if self.others else {})

    @property
    def target(self) -> str:
        """The digest of what is asked for."""
        return target_of(self.asked)


@dataclass(frozen=True, slots=True)
class Review:
    """A review as it stands now.

    `entry` is its first entry, `steps` all of them in order; `verdict` is the one that approved or
    refused it, None while nobody did. `late` are verdicts that came after another one, and so
    count for nothing.
    """

    id: str
    entry: "Stating"
    status: str
    verdict: "Stating | None" = None
    steps: "tuple[Stating, ...]" = ()
    late: "tuple[Stating, ...]" = ()

    @property
    def verb(self) -> str:
        """What is to be allowed, as policy.yaml calls it."""
        return _text(self.entry, "verb")

    @property
    def target(self) -> str:
        """The digest of what is asked for."""
        return _text(self.entry, "target")

    @property
    def title(self) -> str:
        """What is asked for, in a few words."""
        return self.entry.title

    @property
    def by(self) -> str:
        """Who approved or refused it, as they call themselves; empty while nobody did."""
        return _text(self.verdict, "by") if self.verdict else ""

    @property
    def is_self(self) -> bool:
        """Whether whoever asked allowed it at the terminal."""
        return self.verdict is not None and self.verdict.fields.get("self") is True

    @property
    def authenticated(self) -> str:
        """The fingerprint of the key that signed the verdict, as it says itself; empty if none."""
        return _text(self.verdict, "authenticated") if self.verdict else ""

    @property
    def is_open(self) -> bool:
        """Whether it can still be approved: nobody refused it, and it is not done."""
        return self.status in (PENDING, FAILED)

    def record(self) -> "dict[str, Any]":
        """The review as JSON shows it."""
        verdict = self.verdict
        return {
            "id": self.id,
            "at": self.entry.at,
            "title": self.title,
            "verb": self.verb,
            "namespace": str(getattr(self.entry, "namespace", "")),
            **{key: str(getattr(self.entry, key, "")) for key in ("actor", "role", "writer")},
            "target": self.target,
            "status": self.status,
            "by": self.by,
            "self": self.is_self,
            "authenticated": self.authenticated,
            "verdict": verdict.id if verdict else "",
            "verdict_at": verdict.at if verdict else "",
            "late": [one.id for one in self.late],
        }


@dataclass(frozen=True, slots=True)
class View:
    """All reviews by id, in the order in which they were asked for.

    `astray`: steps of reviews that aren't there, each with the id that it names.
    """

    reviews: "Mapping[str, Review]"
    astray: tuple[tuple[str, str], ...] = ()

    @property
    def pending(self) -> list[Review]:
        """Those that can still be approved."""
        return [one for one in self.reviews.values() if one.is_open]

    def asking(self, target: str) -> Review | None:
        """The open review of just that; None if there is none."""
        return next((one for one in self.pending if one.target == target), None)

    def named(self, name: str) -> Review | None:
        """The review of which the id begins or ends so; None if there is none, or several."""
        if name in self.reviews:
            return self.reviews[name]
        from journal.ids import matches

        found = [one for key, one in self.reviews.items() if name and matches(name, key)]
        return found[0] if len(found) == 1 else None


def fold(entries: "Iterable[Stating]") -> View:
    """How reviews stand. The entries may come in any order; those of other kinds are passed over.

    Hidden entries count too: give them along. Of several verdicts the first one counts, by moment
    and id, until what it allowed failed.
    """
    every = sorted({one.id: one for one in entries if one.kind == KIND}.values(), key=_order)
    steps: dict[str, list[Stating]] = {}
    astray = []
    for one in every:
        if FIELD not in one.fields:
            steps[one.id] = [one]
    for one in every:
        if FIELD not in one.fields:
            continue
        if (about := _text(one, FIELD)) in steps:
            steps[about].append(one)
        else:
            astray.append((one.id, about))
    return View({key: _stands(key, those) for key, those in steps.items()}, tuple(astray))


def _stands(key: str, steps: "list[Stating]") -> Review:
    status, verdict, late = PENDING, None, []
    for one in steps:
        said = _text(one, "status")
        if said in (APPROVED, REFUSED):
            if status in (PENDING, FAILED):
                status, verdict = said, one
            else:
                late.append(one)
        elif said in (DONE, FAILED) and status == APPROVED:
            status = said
    return Review(key, steps[0], status, verdict, tuple(steps), tuple(late))


def _order(one: "Stating") -> tuple[int, str]:
    return one.microseconds, one.id


def _text(one: "Stating", key: str) -> str:
    value = one.fields.get(key)
    return value if isinstance(value, str) else ""


# What is said.


def target_of(asked: "Mapping[str, Any]") -> str:
    """The digest of what is asked for, as `Request.asked` has it."""
    return seal.digest(canonical(asked).encode())


def canonical(value: object) -> str:
    """A value as JSON with sorted keys on one line; TypeError or ValueError if it has none."""
    return dumps(_sorted(value))


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, (list, tuple)) else value


def statement(workspace: str, review: str, target: str, status: str, name: str) -> bytes:
    """What whoever approves or refuses signs, in the namespace SIGNED."""
    lines = ("journal/approval@1", workspace, review, target, status, name)
    return "".join(f"{line}\n" for line in lines).encode()


def pending(request: Request, words: str) -> "Draft":
    """The draft that asks for it; `words` say what would be done, and come before the request."""
    import json

    asked = json.dumps(_sorted(request.asked), ensure_ascii=False, indent=1)
    body = f"{words.strip()}\n{_OPENING}{_shown(asked)}{_CLOSING}\n"
    fields = {"verb": request.verb, "status": PENDING, "target": request.target}
    who = {"actor": request.actor, "role": request.role}
    return _draft(body, request.question or request.title, fields, request.namespace, **who)


def asked_in(body: str) -> "dict[str, Any] | None":
    """What a pending review's body asks for; None if it can't be read."""
    at = body.rfind(_OPENING)
    end = body.find(_CLOSING, at + len(_OPENING))
    if at < 0 or end < 0:
        return None
    try:
        found = loads(body[at + len(_OPENING) : end].strip())
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _shown(text: str) -> str:
    """JSON without characters that nobody sees."""
    return "".join(
        one if one.isprintable() or one == "\n" or ord(one) > 0xFFFF else f"\\u{ord(one):04x}"
        for one in text
    )


def self_approved(request: Request, name: str, words: str) -> "Draft":
    """The draft that says that whoever asks for it has confirmed it at the terminal."""
    fields = {
        "verb": request.verb, "status": APPROVED, "target": request.target, "by": name,
        "self": True,
    }  # fmt: skip
    title = f"Self-approved: {request.title}"
    return _draft(words, title, fields, request.namespace, actor=request.actor, role=request.role)


def verdict(
    review: Review, status: str, name: str, reason: str, signature: str = "", fingerprint: str = "",
) -> "Draft":  # fmt: skip
    """The draft by which somebody approves or refuses what a review asks for."""
    fields = {"by": name, "authenticated": fingerprint, "signature": signature}
    said = {key: value for key, value in fields.items() if value}
    body = reason.strip() or f"{name} {status} it."
    return _step(review, status, body, f"{status.capitalize()}: {short(review.id)}", said)


def done(review: Review) -> "Draft":
    """The draft that says that it was done, where nothing else does."""
    return _step(review, DONE, "It was done.", f"Done: {short(review.id)}", {})


def failed(review: Review, words: str) -> "Draft":
    """The draft that says that it was approved and couldn't be done."""
    return _step(review, FAILED, words, f"Failed: {short(review.id)}", {})


def _step(review: Review, status: str, body: str, title: str, more: "Mapping[str, Any]") -> "Draft":
    fields = {
        "verb": review.verb, "status": status, FIELD: review.id, "target": review.target, **more,
    }  # fmt: skip
    return _draft(body, title, fields, str(getattr(review.entry, "namespace", "")))


def _draft(
    body: str, title: str, fields: "Mapping[str, Any]", namespace: str, **more: str
) -> "Draft":
    from journal.entry import Draft

    given: dict[str, Any] = {key: value for key, value in more.items() if value}
    return Draft(body=body, title=title, kind=KIND, namespace=namespace, fields=fields, **given)
