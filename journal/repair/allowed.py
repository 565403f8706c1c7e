"""The gate of repairs: what would be done is allowed before any of it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from journal import api
from journal.notebook import Notebook
from journal.reviewing.gating import gate, is_marked
from journal.reviews import Request
from journal.seal import digest
from journal.space import Space

if TYPE_CHECKING:
    from journal.repair import Repair

VERB = "repair"


@contextmanager
def allowed(
    place: Space, wanted: Sequence[str], journal: api.Journal | None
) -> Iterator[Notebook | None]:
    """What is repaired in it is allowed; the notebook that tells of it, None if any may.

    Nothing needs a review where there is nothing to do.
    """
    if not place.policy:
        yield None
        return
    with api.open(place.root) as opened:
        ours = journal or opened
        request = _request(place.root, wanted) if is_marked(ours, VERB) else None
        if request is None or not request.targets:
            yield None
            return
        with gate(ours, request):
            yield ours.notebook


def _request(root: str, wanted: Sequence[str]) -> Request:
    from journal import repair

    steps = repair.plan(root, wanted).done
    targets = {f"{one.file}:{one.line}": digest(repair.told(one).encode()) for one in steps}
    some = "1 step" if len(steps) == 1 else f"{len(steps):,} steps"
    what = {"fixes": list(wanted), "steps": [repair.told(one) for one in steps]}
    return Request(VERB, "", what, targets, f"Repair: {some}")


def again(journal: api.Journal, what: Mapping[str, Any]) -> Repair:
    """Repair what was asked for, and approved."""
    from journal import repair

    return repair.apply(journal.root, what["fixes"], journal)
