"""Reviews as values: how they fold, what binds them, what their entries say."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import reviews
from journal.errors import FormatError
from journal.inmemory import MemoryNotebook
from journal.notebook import given as given_of
from journal.reviews import APPROVED, DONE, FAILED, PENDING, REFUSED, Request, fold
from journal.seal import Sealing


class Said:
    """An entry as a fold asks for it."""

    def __init__(
        self, number: int, moment: int = 0, kind: str = "review", /, **fields: object
    ) -> None:
        self.id = f"01M7ZD1NNM3NY7KDXE1V6Z{number:04d}"
        self.kind = kind
        self.title = f"entry {number}"
        self.head = self.parent = ""
        self.at = "2026-11-21T10:00:00.000000+01:00"
        self.microseconds = moment or number
        self.fields = fields


ASKED = Said(1, status=PENDING, verb="purge", target="sha256:a")


def step(number: int, status: str, moment: int = 0, **more: object) -> Said:
    return Said(number, moment, status=status, review=ASKED.id, **more)


def status(*steps: Said) -> str:
    return fold([ASKED, *steps]).reviews[ASKED.id].status


def test_what_nobody_answered_is_pending() -> None:
    view = fold([ASKED, Said(2, 0, "note"), Said(3, 0, "forget", review=ASKED.id)])
    (one,) = view.pending
    assert (one.id, one.status, one.verb, one.target) == (ASKED.id, PENDING, "purge", "sha256:a")
    assert (one.by, one.verdict, one.is_self, one.steps) == ("", None, False, (ASKED,))
    assert view.asking("sha256:a") is one
    assert view.asking("sha256:b") is None


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([APPROVED], APPROVED), ([REFUSED], REFUSED), ([APPROVED, DONE], DONE),
        ([APPROVED, FAILED], FAILED), ([APPROVED, FAILED, APPROVED, DONE], DONE),
        ([APPROVED, FAILED, REFUSED], REFUSED), ([APPROVED, REFUSED], APPROVED),
        ([REFUSED, APPROVED], REFUSED), ([REFUSED, DONE], REFUSED), ([DONE], PENDING),
        ([FAILED], PENDING), ([REFUSED, FAILED, APPROVED], REFUSED),
        ([APPROVED, DONE, FAILED], DONE),
        (["waved through"], PENDING), ([APPROVED, DONE, REFUSED], DONE),
    ],
)  # fmt: skip
def test_the_first_verdict_counts_until_what_it_allowed_failed(
    said: list[str], wanted: str
) -> None:
    steps = [step(number, one) for number, one in enumerate(said, 2)]
    assert status(*steps) == wanted


def test_of_two_machines_verdicts_the_earlier_counts_and_the_other_is_told() -> None:
    yes, no = step(3, APPROVED, 70, by="anna"), step(2, REFUSED, 80, by="ben")
    one = fold([no, yes, ASKED]).reviews[ASKED.id]
    assert (one.status, one.by, one.verdict, one.late) == (APPROVED, "anna", yes, (no,))
    same = step(4, REFUSED, 70, by="carl")  # at the very moment: the id decides
    assert fold([same, no, yes, ASKED]).reviews[ASKED.id].by == "anna"


def test_a_verdict_of_before_it_was_asked_for_still_comes_after_it() -> None:
    assert status(step(2, REFUSED, -5)) == REFUSED


def test_steps_of_what_is_not_there_are_told() -> None:
    view = fold([Said(2, status=APPROVED, review="01GONE")])
    assert view.reviews == {}
    assert view.astray == ((Said(2).id, "01GONE"),)


def test_what_was_confirmed_at_a_terminal_begins_approved() -> None:
    own = Said(5, status=APPROVED, verb="purge", by="anna")
    own.fields["self"] = True
    (one,) = fold([own]).reviews.values()
    assert (one.status, one.by, one.is_self, one.is_open) == (APPROVED, "anna", True, False)
    failed = Said(6, status=FAILED, review=own.id)
    assert fold([own, failed]).reviews[own.id].status == FAILED


STEPS = st.lists(st.tuples(st.sampled_from([APPROVED, REFUSED, DONE, FAILED]), st.integers(-9, 9)))


@given(STEPS, st.randoms())
def test_the_order_in_which_entries_come_does_not_matter(
    said: list[tuple[str, int]], shuffle: random.Random
) -> None:
    entries = [ASKED, *(step(number, one, at) for number, (one, at) in enumerate(said, 2))]
    mixed = [*entries, entries[-1]]
    shuffle.shuffle(mixed)
    one, other = fold(entries).reviews[ASKED.id], fold(mixed).reviews[ASKED.id]
    assert one.record() == other.record()
    assert len(other.steps) == len(entries)
    assert len(other.late) == len(
        [it for it in other.steps[1:] if it.fields["status"] in (APPROVED, REFUSED)]
    ) - sum(_counted(other.steps))


def _counted(steps: tuple[object, ...]) -> list[bool]:
    """Of each step whether it was a verdict that counted: one while the review was open."""
    is_open, was_approved, found = True, False, []
    for one in steps[1:]:
        said = one.fields["status"]  # type: ignore[attr-defined]
        counts = said in (APPROVED, REFUSED) and is_open
        found.append(counts)
        if counts:
            is_open, was_approved = False, said == APPROVED
        elif said == FAILED and was_approved and not is_open:
            is_open = True
        elif said == DONE and was_approved and not is_open:
            was_approved = False
    return found


# What binds a verdict


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=9,
)
REQUESTS = st.builds(
    Request,
    st.sampled_from(["purge", "decide"]),
    st.just("main"),
    st.dictionaries(st.text(), JSON, max_size=3),
    st.dictionaries(st.text(), st.text(), max_size=3),
    st.text(min_size=1),
    others=st.lists(st.text(), max_size=2).map(tuple),
)


@given(REQUESTS)
def test_what_is_asked_for_comes_back_from_its_entry(request: Request) -> None:
    draft = reviews.pending(request, "Words, and\n```json\n{}\n```\nbefore it.")
    try:
        body = str(draft.body)
        sealed = Sealing(given_of(draft, MemoryNotebook().store))
    except FormatError:  # half a character
        return
    assert sealed.tail
    found = reviews.asked_in(body.replace("\r\n", "\n"))
    assert found == {**request.asked, "what": dict(request.what)}
    assert reviews.target_of(found) == request.target == draft.fields["target"]


def test_every_part_of_it_is_bound() -> None:
    base = Request("purge", "main", {"ids": ["a"], "b": 1}, {"a": "sha256:1"}, "Purge a")
    others = [
        Request("forget", "main", base.what, base.targets),
        Request("purge", "work", base.what, base.targets),
        Request("purge", "main", {"ids": ["b"], "b": 1}, base.targets),
        Request("purge", "main", base.what, {"a": "sha256:2"}),
        Request("purge", "main", base.what, base.targets, others=("work",)),
    ]
    assert len({one.target for one in (base, *others)}) == 6
    assert base.target == Request("purge", "main", {"b": 1, "ids": ["a"]}, base.targets).target


@pytest.mark.parametrize(
    "body", ["", "text", "\n```json\n{", "\n```json\n[]\n```", "\n```json\n{,}\n```", "\n```json\n"]
)
def test_a_body_that_asks_for_nothing(body: str) -> None:
    assert reviews.asked_in(body) is None


def test_what_is_signed_names_the_workspace_the_review_and_the_target() -> None:
    signed = reviews.statement("01W", "01R", "sha256:t", APPROVED, "anna")
    assert signed == b"journal/approval@1\n01W\n01R\nsha256:t\napproved\nanna\n"
