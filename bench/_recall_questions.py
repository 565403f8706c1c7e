"""Questions of every sort for a journal, chosen by how many entries hold their words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import log
from random import Random

from _corpus import EMPTY, PAIR, WORD
from _recall_rivals import Document, Question

SORTS = ("rare", "common", "AND", "OR", "phrase", "prefix", "date", "tag", "kind", "question")
SAMPLE = 20_000  # documents that are looked at for words
_STEM = 5  # letters of a prefix


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as each program takes it."""

    sort: str
    text: str  # as `journal recall` reads it, without its options
    question: Question  # as the rivals are asked

    @property
    def options(self) -> list[str]:
        """The options of `journal recall` that go with the text."""
        asked, words = self.question, []
        for name, seconds in (("--since", asked.since), ("--until", asked.until)):
            words += [name, datetime.fromtimestamp(seconds, UTC).isoformat()] if seconds else []
        for name, value in (("--kind", asked.kind), ("--tag", asked.tag)):
            words += [name, value] if value else []
        return words

    @property
    def patterns(self) -> list[str]:
        """For lines of text: the first in files that hold all of the others."""
        asked = self.question
        if asked.how == "phrase":
            return [rf"\b{' '.join(asked.words)}\b"]
        if asked.how == "prefix":
            return [rf"\b{asked.words[0]}"]
        whole = [rf"\b{word}\b" for word in asked.words]
        also = [f"^kind: {asked.kind}"] if asked.kind else []
        also += [f"^tags: .*{asked.tag}"] if asked.tag else []
        return [*(whole if asked.how == "all" else ["|".join(whole)]), *also]


class _Words:
    """The plain words of a sample, and in how large a share of the documents each is."""

    def __init__(self, documents: Sequence[Document], chance: Random) -> None:
        self.documents = chance.sample(documents, min(len(documents), SAMPLE))
        self.held = [frozenset(WORD.findall(one.text.lower())) for one in self.documents]
        counts = Counter(word for words in self.held for word in words)
        plain = {word: n for word, n in counts.items() if len(word) > 4 and word not in EMPTY}
        self.share = {word: n / len(self.documents) for word, n in plain.items()}

    def nearest(self, share: float, some: int, among: Iterable[str] | None = None) -> list[str]:
        """The words whose share is nearest to that."""
        return _nearest(self.share, share, some, among)

    def together(self, word: str, low: float, high: float) -> list[str]:
        """Words of such a share, those first that are most often where that word is."""
        counts = Counter(other for words in self.held if word in words for other in words)
        fit = {o: n for o, n in counts.items() if o != word and low < self.share.get(o, 0) < high}
        return sorted(fit, key=lambda other: (-fit[other], other))


def _nearest(
    shares: Mapping[str, float], share: float, some: int, among: Iterable[str] | None = None
) -> list[str]:
    fit = shares if among is None else [one for one in among if one in shares]
    return sorted(fit, key=lambda one: (abs(log(shares[one] / share)), one))[:some]


def chosen(documents: Sequence[Document], each: int) -> list[Asked]:
    """So many questions of each sort, always the same for the same documents, sort by sort."""
    words = _Words(documents, Random("questions"))
    least = 2 / len(words.documents)
    common = words.nearest(0.08, 3 * each)
    middle = words.nearest(0.01, 6 * each)
    found = [
        *(_any("rare", [word]) for word in words.nearest(max(0.0002, least), each)),
        *(_any("common", [word]) for word in common[:each]),
    ]
    for n in range(each):
        other = (words.together(common[n], 0.005, 0.1) or middle)[0]
        both = (common[n], other)
        found.append(Asked("AND", " AND ".join(both), Question(both, "all")))
        found.append(_any("OR", [common[each + n], middle[n], middle[each + n]]))
    found += _phrases(words, each)
    starts = {word[:_STEM]: share for word, share in words.share.items() if len(word) > _STEM}
    for start in _nearest(starts, 0.004, each):
        found.append(Asked("prefix", f"{start}*", Question((start,), "prefix")))
    found += _dated(words, common[2 * each :])
    found += _tagged(words, each)
    found += _kinds(words, middle[2 * each : 3 * each])
    for n in range(each):
        first = middle[3 * each + n]
        rest = (words.together(first, 0.002, 0.1) + middle[4 * each :])[:2]
        # Stop words are this project's business; the others aren't made to look for them.
        text = f"why did {first} {rest[0]} the {rest[1]}"
        found.append(Asked("question", text, Question((first, *rest))))
    return sorted(found, key=lambda asked: SORTS.index(asked.sort))


def _any(sort: str, words: list[str]) -> Asked:
    return Asked(sort, " OR ".join(words), Question(tuple(words)))


def _phrases(words: _Words, each: int) -> list[Asked]:
    pairs = Counter(pair for one in words.documents for pair in set(PAIR.findall(one.text.lower())))
    full = {pair: n for pair, n in pairs.items() if not EMPTY.intersection(pair.split())}
    shares = {pair: n / len(words.documents) for pair, n in full.items()}
    return [
        Asked("phrase", f'"{pair}"', Question(tuple(pair.split()), "phrase"))
        for pair in _nearest(shares, 0.002, each)
    ]


def _dated(words: _Words, some: Sequence[str]) -> list[Asked]:
    """A word in a tenth of the journal's time, around an entry that has it."""
    times = sorted(one.at for one in words.documents)
    span = max(86_400, (times[-1] - times[0]) // 10)
    found = []
    for n, word in enumerate(some, 1):
        pairs = zip(words.documents, words.held, strict=True)
        having = sorted(one.at for one, held in pairs if word in held)
        since = having[len(having) * n // (len(some) + 1)] - span // 2
        found.append(Asked("date", word, Question((word,), since=since, until=since + span)))
    return found


def _tagged(words: _Words, each: int) -> list[Asked]:
    """A word that is common among the entries of a frequent tag."""
    counts = Counter(tag for one in words.documents for tag in one.tags)
    found = []
    for tag, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:each]:
        inside = Counter(
            word
            for one, held in zip(words.documents, words.held, strict=True)
            if tag in one.tags
            for word in held & words.share.keys()
        )
        if inside:
            word = min(inside, key=lambda one: (-inside[one], one))
            found.append(Asked("tag", word, Question((word,), tag=tag)))
    return found


def _kinds(words: _Words, some: Sequence[str]) -> list[Asked]:
    """A word among the entries of the kind that is second in number."""
    counts = Counter(one.kind for one in words.documents)
    if len(counts) < 2:
        return []
    kind = sorted(counts, key=lambda one: (-counts[one], one))[1]
    return [Asked("kind", word, Question((word,), kind=kind)) for word in some]
