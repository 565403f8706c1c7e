"""On whose approval: what a review's entries say, and whether a known key signed that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from journal import reviews, signing
from journal.auditing.homes import Homes
from journal.dayfile import EDITED, TORN, Piece
from journal.errors import JournalError
from journal.policyfile import read_policy
from journal.signing.named import Keys, keys_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.policy.limits import Policy
    from journal.reviews import Review

UNGATED, SELF = "not-gated", "self-approved"
PENDING, APPROVED, REFUSED, FAILED = (
    reviews.PENDING, reviews.APPROVED, reviews.REFUSED, reviews.FAILED,
)  # fmt: skip
UNKNOWN = "unknown"  # the review that it names is not here
_UNSOUND = (EDITED, TORN)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something was allowed, by whom, and how sure that name is.

    `fingerprint` is that of a key which policy.yaml names for `by`, and which signed just this:
    then the name is authenticated. Else it is a claim, and `trouble` may say why. `says` is the id
    of the entry that says so.
    """

    status: str
    says: str
    by: str = ""
    fingerprint: str = ""
    trouble: tuple[str, ...] = ()
    asked: str = ""  # who asked for it, where there was a review

    @property
    def words(self) -> str:
        """The verdict in words."""
        how = f"authenticated: {self.fingerprint}" if self.fingerprint else "claimed"
        said = {
            UNGATED: "not gated",
            SELF: f"self-approved by {self.by}",
            APPROVED: f"approved by {self.by} ({how})",
            REFUSED: f"refused by {self.by} ({how})",
            FAILED: f"failed, approved by {self.by} ({how})" if self.by else "failed",
            UNKNOWN: "its review is not here",
        }.get(self.status, self.status)
        return "; ".join([said, *self.trouble])

    def record(self) -> dict[str, object]:
        """It as JSON shows it."""
        return {
            "status": self.status, "by": self.by, "authenticated": self.fingerprint,
            "asked": self.asked, "says": self.says, "trouble": list(self.trouble),
        }  # fmt: skip


class Bench:
    """The reviews of a journal, each judged once. WorkspaceError if policy.yaml can't be read.

    A workspace's reviews are its own: what a pack of another one brought is no verdict here.
    """

    def __init__(self, journal: Journal, told: list[Row]) -> None:
        rows = [row for row in told if row.kind == reviews.KIND]
        self._own = journal.notebook.place.id
        self._policy: Policy = read_policy(journal.root)
        self._pieces: dict[str, Piece] = {row.id: piece for row, piece in journal.read(rows)}
        self.homes = Homes(journal, told)
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(self.homes.of(row), []).append(row)
        self._views = {home: reviews.fold(group) for home, group in groups.items()}
        self._judged: dict[tuple[str, str], Verdict] = {}

    def __iter__(self) -> Iterator[tuple[str, Review]]:
        """All reviews, each with its workspace."""
        for home, view in self._views.items():
            yield from ((home, review) for review in view.reviews.values())

    @property
    def astray(self) -> tuple[str, ...]:
        """The ids of steps of reviews that are not here."""
        return tuple(step for view in self._views.values() for step, _ in view.astray)

    def find(self, home: str, review: str) -> Review | None:
        """The review of that id in a workspace."""
        view = self._views.get(home)
        return view.reviews.get(review) if view else None

    def of(self, home: str, review: Review) -> Verdict:
        """What was said of a review at last."""
        key = home, review.id
        if key not in self._judged:
            entry = review.entry
            names = (str(getattr(entry, name, "")) for name in ("actor", "role", "writer"))
            asked = next(filter(None, names), "")
            self._judged[key] = replace(self._judge(home, review), asked=asked)
        return self._judged[key]

    def targets(self, review: Review) -> Mapping[str, str] | None:
        """What was asked to be done it to, by id; None if its entry doesn't say."""
        piece = self._pieces.get(review.id)
        asked = reviews.asked_in(piece.body.decode(errors="replace")) if piece else None
        found = asked.get("targets") if asked else None
        return found if isinstance(found, dict) else None

    def _judge(self, home: str, review: Review) -> Verdict:
        verdict = review.verdict
        if verdict is None:
            status = PENDING if review.status == PENDING else FAILED
            return Verdict(status, review.id, trouble=self._unsound(review, review.id))
        trouble = self._unsound(review, verdict.id)
        if review.is_self:
            return Verdict(SELF, verdict.id, review.by, trouble=trouble)
        said = str(verdict.fields.get("status"))
        fingerprint, why = self._signed(home, review, said)
        status = FAILED if review.status == FAILED else said
        more = (why,) if why else ()
        return Verdict(status, verdict.id, review.by, fingerprint, (*trouble, *more))

    def _unsound(self, review: Review, entry_id: str) -> tuple[str, ...]:
        """Whether the entries that it rests on are not as they were written."""
        ids = dict.fromkeys([review.id, entry_id])
        states = {key: self._pieces[key].state for key in ids if key in self._pieces}
        return tuple(f"{key} is {state}" for key, state in states.items() if state in _UNSOUND)

    def _signed(self, home: str, review: Review, status: str) -> tuple[str, str]:
        """The fingerprint of the key that signed, if it is a known one of this name; or why not."""
        fields = review.verdict.fields if review.verdict else {}
        signature = fields.get("signature")
        if not isinstance(signature, str) or not signature:
            return "", ""
        message = reviews.statement(
            home or self._own, review.id, review.target, status, review.by
        )  # fmt: skip
        try:
            signer = signing.check(message, signature.encode(errors="replace"), reviews.SIGNED)
        except JournalError as error:
            return "", error.message
        if signer.key in self._keys(review).get(review.by, frozenset()):
            return signer.fingerprint, ""
        return "", f"{signer.fingerprint} signed, which policy.yaml doesn't name for {review.by}"

    def _keys(self, review: Review) -> Keys:
        """The keys of its namespace, as policy.yaml names them now."""
        return keys_in([self._policy.limits(str(getattr(review.entry, "namespace", "")))])
