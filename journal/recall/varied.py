"""Hits without those that say the same again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from journal.entry import Entry
from journal.recall.analysis import is_run, words
from journal.recall.engine import Answer, Hit

_SHINGLE = 3  # words
_SAME, _OF = 4, 5  # texts are alike that share this part of their shingles
_LENGTH = 20_000  # characters of a text that are compared
_FURTHER = 4  # times as many hits as are wanted are looked at first
MOST = 200
"""Hits looked at, unless more are wanted."""
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class Kept:
    """A hit, and the ids of the hits below it that say nearly the same, the best first."""

    hit: Hit
    alike: tuple[str, ...] = ()


def varied(hits: Sequence[Hit], limit: int) -> tuple[Kept, ...]:
    """At most so many of the hits, without those whose text is nearly that of a better one.

    Numbers, case and blanks make no difference; else the texts must share four fifths of their
    shingles (three words that follow each other). Each is compared only with those that can
    reach that: any two such sets share one of the few lowest members of each.
    """
    chosen = _Chosen(limit)
    chosen.take(hits)
    return chosen.kept()


def filled(ask: Callable[[int], Answer], limit: int) -> tuple[Answer, tuple[Kept, ...]]:
    """So many various hits, if there are, and the answer that they are from.

    `ask` gives the answer with at most that many hits; it is asked once more if four times as
    many are too few. At most 200 are looked at, unless more are wanted.
    """
    most = max(limit, MOST)
    wanted = min(most, limit * _FURTHER)
    answer, chosen = ask(wanted), _Chosen(limit)
    chosen.take(answer.hits)
    if len(chosen) < limit and wanted < most and len(answer.hits) == wanted:
        further, answer = answer, ask(most)
        chosen.take(_unseen(answer.hits, further.hits))
    return answer, chosen.kept()


def _unseen(hits: Sequence[Hit], seen: Sequence[Hit]) -> list[Hit]:
    ids = {hit.entry.id for hit in seen}
    return [hit for hit in hits if hit.entry.id not in ids]


class _Chosen:
    """Hits that differ, with the ids of those left out for each."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: list[tuple[Hit, frozenset[int], list[str]]] = []
        self._places: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def kept(self) -> tuple[Kept, ...]:
        return tuple(Kept(hit, tuple(alike)) for hit, _, alike in self._kept)

    def take(self, hits: Sequence[Hit]) -> None:
        """Choose among these, too, which are worse than those before."""
        kept, places = self._kept, self._places
        for hit in hits:
            marks = _shingles(hit.entry)
            lowest = sorted(marks)[: len(marks) - _share(len(marks)) + 1]
            near = sorted({number for mark in lowest for number in places.get(mark, ())})
            like = next((number for number in near if _alike(marks, kept[number][1])), None)
            if like is not None:
                kept[like][2].append(hit.entry.id)
            elif len(kept) < self._limit:
                for mark in lowest:
                    places.setdefault(mark, []).append(len(kept))
                kept.append((hit, marks, []))


def _shingles(entry: Entry) -> frozenset[int]:
    text = _NUMBER.sub("0", f"{entry.title}\n{entry.body}"[:_LENGTH])
    found = [part for word in words(text) for part in (word if is_run(word) else (word,))]
    starts = range(max(1, len(found) - _SHINGLE + 1)) if found else ()
    return frozenset(hash(tuple(found[at : at + _SHINGLE])) for at in starts)


def _share(count: int) -> int:
    """The least number of them that an alike text must have too."""
    return -(-count * _SAME // _OF)


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    both = len(one & other)
    return _OF * both >= _SAME * (len(one) + len(other) - both)
