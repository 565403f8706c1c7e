"""Making segments: of entries, or of other segments."""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from operator import sub
from typing import Any
from zlib import crc32

from journal.entry import Entry
from journal.markdown import folded
from journal.recall.analysis import parts
from journal.recall.features import LINE, name_words, shape, terms_of
from journal.recall.language import ENGLISH, Language
from journal.recall.segment import COLUMNS, FOOT, MAGIC, MOST, SIGN, TEXT, TITLE

# The fields that hold a value as it is, and where an entry has it.
EXACT = ("kind", "role", "actor", "session", "path", "namespace")
HASHTAG = "hashtag"

_GIVEN = [name for name in COLUMNS if name != "lines"]

Held = Mapping[bytes, list[int]]  # by term: document << 8 | how often, one for each document


class Builder:
    """Collects entries in any order; `finish` gives the segment that holds them."""

    def __init__(self, language: Language = ENGLISH) -> None:
        self._language = language
        self._words: defaultdict[str, list[int]] = defaultdict(list)
        self._exact: dict[str, defaultdict[str, list[int]]] = {}
        self._keys: list[tuple[int, tuple[Any, ...], int]] = []
        self._shapes: list[tuple[int, int, int, int]] = []

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, row: Any, entry: Entry, hashtags: Iterable[str] = ()) -> None:
        """Take an entry in, under its row's number; `hashtags` are the tags in its body, folded."""
        document = len(self._keys) << 8
        self._keys.append((row.microseconds, entry.order[1:], row.number))
        title, *rest = parts(entry)
        titled = self._language.tokens(title)
        held = Counter(titled + self._language.tokens("\n".join(rest)))
        postings = self._words
        for word, count in held.items():
            postings[word].append(document | (count if count < MOST else MOST))  # noqa: FURB136
        for word in set(titled):
            postings[word][-1] |= TITLE
        self._shapes.append(shape(entry, held))
        values = [*_values(entry), *terms_of(entry, held), *((HASHTAG, t) for t in set(hashtags))]
        for name, value in values:
            self._exact.setdefault(name, defaultdict(list))[value].append(document | 1)

    def finish(self) -> bytes:
        """The segment's bytes."""
        order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        fields: dict[str, Held] = {TEXT: _by_term(self._words, self._language)}
        fields |= _by_name(self._exact)
        fields |= {name: _encoded(values) for name, values in self._exact.items()}
        if order != list(range(len(order))):
            place = array("I", bytes(4 * len(order)))
            for new, old in enumerate(order):
                place[old] = new
            fields = {
                name: {
                    term: sorted([place[pair >> 8] << 8 | pair & 255 for pair in pairs])
                    for term, pairs in held.items()
                }
                for name, held in fields.items()
            }
        shapes = zip(*(self._shapes[old] for old in order), strict=True) if order else [()] * 4
        columns = [
            [self._keys[old][2] for old in order], [self._keys[old][0] for old in order], *shapes
        ]  # fmt: skip
        return assemble(dict(zip(_GIVEN, columns, strict=True)), fields)


def _encoded(values: Mapping[str, list[int]]) -> Held:
    return {value.encode(errors="surrogatepass"): held for value, held in values.items()}


def _by_name(exact: Mapping[str, Mapping[str, list[int]]]) -> dict[str, Held]:
    """The documents by the words in the names of their actor, session and path."""
    found: defaultdict[str, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for field, values in exact.items():
        for value, held in values.items():
            name, words = name_words(field, value)
            for word in words:
                found[name][word].update(held)
    return {
        name: _encoded({word: sorted(held) for word, held in values.items()})
        for name, values in found.items()
    }


def _values(entry: Entry) -> Iterable[tuple[str, str]]:
    for name in EXACT:
        if value := getattr(entry, name):
            yield name, value
    for tag in set(map(folded, entry.tags)):
        yield "tag", tag
    if branch := entry.git.rpartition("@")[0]:
        yield "branch", branch


def _by_term(by_word: dict[str, list[int]], language: Language) -> Held:
    """The same by terms: words, their stems, and the parts of text without spaces."""
    found: dict[str, list[int]] = {}
    shared: set[str] = set()
    for word, held in by_word.items():
        for term in language.terms(word):
            have = found.get(term)
            if have is None:
                found[term] = held
            else:
                if term not in shared:
                    shared.add(term)
                    have = found[term] = have.copy()
                have += held
    for term in shared:
        found[term] = combined(found[term])
    return {term.encode(errors="surrogatepass"): held for term, held in found.items()}


def combined(held: list[int]) -> list[int]:
    """Each document once, with all its occurrences."""
    held.sort()
    documents = [pair >> 8 for pair in held]
    if len(set(documents)) == len(documents):
        return held
    found = [held[0]]
    for pair in held[1:]:
        last = found[-1]
        if last >> 8 == pair >> 8:
            count = min(MOST, (last & MOST) + (pair & MOST))
            found[-1] = (last & ~MOST) | (pair & TITLE) | count
        else:
            found.append(pair)
    return found


def assemble(columns: Mapping[str, Sequence[int]], fields: Mapping[str, Held]) -> bytes:
    """A segment of documents that are in the order of time; a term without any is left out."""
    count = len(columns["numbers"])
    chunks = [MAGIC]
    size = len(MAGIC)
    places = {}
    lines = array("I", bytes(4 * count))
    for name, held in fields.items():
        if held:
            blocks, place = _field(held, size, count, lines if name == LINE else None)
            places[name] = place
            chunks += blocks
            size += sum(map(len, blocks))
    start = size
    for name, code in COLUMNS.items():
        chunks.append((lines if name == "lines" else array(code, columns[name])).tobytes())
        size += len(chunks[-1])
    body = b"".join(chunks)
    directory = json.dumps(
        {
            "sign": SIGN, "count": count, "fields": places, "columns": start,
            "lengths": [sum(columns["lengths"]), sum(map(bool, columns["lengths"]))],
        }
    ).encode()  # fmt: skip
    foot = FOOT.pack(size, len(directory), crc32(body), crc32(directory))
    return b"".join((body, directory, foot, MAGIC))


def _field(
    held: Held, start: int, count: int, column: array[int] | None
) -> tuple[list[bytes], list[int]]:
    blocks = []
    names: list[bytes] = []
    frequencies, places = array("I"), array("I")
    at = 0
    for term in sorted(held):
        pairs = held[term]
        if not pairs:
            continue
        names.append(term)
        frequencies.append(len(pairs))
        if column is not None:
            for pair in pairs:
                column[pair >> 8] = len(names)
        if len(pairs) == 1:
            places.append(pairs[0])
            continue
        places.append(at)
        block = _postings(pairs, count)
        blocks.append(block)
        at += len(block)
    blob = b"".join(names)
    ends = array("I", accumulate(map(len, names), initial=0))
    padding = bytes(-(start + at + len(blob)) % 8)
    arrays = start + at + len(blob) + len(padding)
    blocks += [blob, padding, ends.tobytes(), frequencies.tobytes(), places.tobytes()]
    blocks.append(bytes(-(len(ends) + 2 * len(names)) * 4 % 8))
    return blocks, [start, start + at, arrays, len(names)]


def _postings(pairs: list[int], count: int) -> bytes:
    often = bytes([pair & 255 for pair in pairs])
    flag = int(often.count(1) != len(often))
    tail = often if flag else b""
    if len(pairs) == count:
        return bytes((0, flag)) + tail
    documents = [pair >> 8 for pair in pairs]
    steps = list(map(sub, documents, [0, *documents]))
    widest = max(steps)
    if widest < 256:
        return bytes((1, flag)) + bytes(steps) + tail
    width, kind = (2, "H") if widest < 65_536 else (4, "I")
    return bytes((width, flag)) + array(kind, steps).tobytes() + tail
