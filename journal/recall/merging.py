"""Many small segments made into one, without the documents that were deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from journal.recall.building import assemble
from journal.recall.segment import COLUMNS, Segment

FEWEST = 4  # of a size, before they are merged
BIG = 16_384  # documents
FEWEST_BIG = 16  # for these take a second to merge, and are few


def merged(segments: Sequence[Segment]) -> bytes:
    """One segment of all their documents, in the order of time."""
    keys = sorted(
        (moment, at, doc)
        for at, segment in enumerate(segments)
        for doc, moment in enumerate(segment.moments)
        if doc not in segment.deleted
    )
    places = [[-1] * segment.count for segment in segments]
    for new, (_, at, doc) in enumerate(keys):
        places[at][doc] = new << 8
    names = dict.fromkeys(name for segment in segments for name in segment.fields())
    columns = {
        name: [getattr(segments[at], name)[doc] for _, at, doc in keys]
        for name in COLUMNS
        if name != "lines"
    }
    return assemble(columns, {name: _Merging(segments, places, name) for name in names})


class _Merging(Mapping[bytes, list[int]]):
    """A field of several segments, each term's postings put together when asked for."""

    def __init__(self, segments: Sequence[Segment], places: list[list[int]], name: str) -> None:
        self._terms = [segment.field(name) for segment in segments]
        self._places = places
        self._gaps = [bool(segment.deleted) for segment in segments]
        self._where: defaultdict[bytes, list[tuple[int, int]]] = defaultdict(list)
        for at, terms in enumerate(self._terms):
            for index, term in enumerate(terms.all() if terms else ()):
                self._where[term].append((at, index))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._where)

    def __len__(self) -> int:
        return len(self._where)

    def __getitem__(self, term: bytes) -> list[int]:
        found: list[int] = []
        for at, index in self._where[term]:
            terms = self._terms[at]
            if terms is None:
                continue
            docs, often = terms.postings(index)
            place = self._places[at]
            pairs = (
                [place[doc] | count for doc, count in zip(docs, often, strict=True)]
                if often
                else [place[doc] | 1 for doc in docs]
            )
            found += [pair for pair in pairs if pair >= 0] if self._gaps[at] else pairs
        found.sort()
        return found


def worth_merging(segments: Sequence[Segment]) -> list[Segment]:
    """Segments to be made one: several of about the same size, or one that is mostly deleted."""
    levels: defaultdict[int, list[Segment]] = defaultdict(list)
    for segment in segments:
        if len(segment.deleted) * 2 > segment.count:
            return [segment]
        levels[_level(segment.live)].append(segment)
    for _, alike in sorted(levels.items()):
        fewest = FEWEST_BIG if alike[0].live >= BIG else FEWEST
        if len(alike) >= fewest:
            return alike[:fewest]
    return []


def _level(count: int) -> int:
    """Sizes within a factor of four are alike, and all big ones up to half a million."""
    return 99 if count >= 1 << 19 else 5 if count >= BIG else max(0, (count.bit_length() - 7) // 2)
