"""Making segments: of entries, or of other segments."""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate
from operator import sub
from typing import Any
from zlib import crc32

from journal.entry import Entry
from journal.markdown import folded
from journal.recall.analysis import grams, is_run, parts, terms, words
from journal.recall.segment import FOOT, MAGIC, MOST, SIGN, TEXT, TITLE

# The fields that hold a value as it is, and where an entry has it.
EXACT = ("kind", "role", "actor", "session", "path", "namespace")
HASHTAG = "hashtag"

Held = Mapping[bytes, list[int]]  # by term: document << 8 | how often, one for each document


class Builder:
    """Collects entries in any order; `finish` gives the segment that holds them."""

    def __init__(self) -> None:
        self._words: defaultdict[str, list[int]] = defaultdict(list)
        self._exact: dict[str, defaultdict[str, list[int]]] = {}
        self._keys: list[tuple[int, tuple[Any, ...], int]] = []

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, row: Any, entry: Entry, hashtags: Iterable[str] = ()) -> None:
        """Take an entry in, under its row's number; `hashtags` are the tags in its body, folded."""
        document = len(self._keys) << 8
        self._keys.append((row.microseconds, entry.order[1:], row.number))
        held = Counter(words("\n".join(parts(entry))))
        postings = self._words
        for word, count in held.items():
            postings[word].append(document | (min(MOST, count)))
        for word in set(words(entry.title)):
            postings[word][-1] |= TITLE
        for name, value in [*_values(entry), *((HASHTAG, tag) for tag in set(hashtags))]:
            self._exact.setdefault(name, defaultdict(list))[value].append(document | 1)

    def finish(self) -> bytes:
        """The segment's bytes."""
        order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        fields: dict[str, Held] = {TEXT: _by_term(self._words)}
        fields |= {
            name: {value.encode(errors="surrogatepass"): held for value, held in values.items()}
            for name, values in self._exact.items()
        }
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
        numbers = [self._keys[old][2] for old in order]
        return assemble(numbers, [self._keys[old][0] for old in order], fields)


def _values(entry: Entry) -> Iterable[tuple[str, str]]:
    for name in EXACT:
        if value := getattr(entry, name):
            yield name, value
    for tag in set(map(folded, entry.tags)):
        yield "tag", tag
    if branch := entry.git.rpartition("@")[0]:
        yield "branch", branch


def _by_term(by_word: dict[str, list[int]]) -> Held:
    """The same by terms: words, their stems, and the parts of text without spaces."""
    found: dict[str, list[int]] = {}
    shared: set[str] = set()
    for word, held in by_word.items():
        for term in grams(word) if is_run(word) else terms(word):
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


def assemble(numbers: list[int], moments: list[int], fields: Mapping[str, Held]) -> bytes:
    """A segment of documents that are in the order of time; a term without any is left out."""
    chunks = [MAGIC]
    size = len(MAGIC)
    places = {}
    for name, held in fields.items():
        if held:
            blocks, place = _field(held, size, len(numbers))
            places[name] = place
            chunks += blocks
            size += sum(map(len, blocks))
    columns = size
    chunks += [array("Q", numbers).tobytes(), array("q", moments).tobytes()]
    size += 16 * len(numbers)
    body = b"".join(chunks)
    directory = json.dumps(
        {"sign": SIGN, "count": len(numbers), "fields": places, "columns": columns}
    ).encode()
    foot = FOOT.pack(size, len(directory), crc32(body), crc32(directory))
    return b"".join((body, directory, foot, MAGIC))


def _field(held: Held, start: int, count: int) -> tuple[list[bytes], list[int]]:
    blocks = []
    names = []
    frequencies, places = array("I"), array("I")
    at = 0
    for term in sorted(held):
        pairs = held[term]
        if not pairs:
            continue
        names.append(term)
        frequencies.append(len(pairs))
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
