"""Replacing spans of a text by placeholders, again and again, with places in the original kept."""

from journal.redaction import KNOWN, PRIVATE, Masked, Rules
from journal.redaction.marks import placeholders
from journal.redaction.sieve import STEMS
from journal.seal import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.redaction import Span

_GENERAL = frozenset(STEMS.values())
_BLOCK = 64


def tail(key: bytes, secret: str) -> str:
    """The first four hex digits of HMAC-SHA256(key, secret)."""
    # By hand: `hmac` and `hashlib` cost more to import than an append may take.
    short = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in short) + secret.encode("utf-8", "surrogatepass"))
    return str(sha256(bytes(byte ^ 0x5C for byte in short) + inner.digest()).hexdigest()[:4])


class Masking:
    """A text under masking: `text` is what it has become."""

    def __init__(self, text: str, key: bytes, form: str, rules: Rules) -> None:
        self.text = text
        self._own = rules.names()
        self._key = key
        self._form = form
        self._kept: list[tuple[int, int]] = []  # placeholders of ours: start now, end now
        self._masked: list[Masked] = []  # beside them: where that was in the original

    def findings(self) -> "tuple[Masked, ...]":
        """What was masked, by its place in the original."""
        return tuple(self._masked)

    def mask(self, spans: "list[Span]") -> bool:
        """Replace the spans, but for what is a placeholder already; False if there was nothing."""
        taken = sorted({*placeholders(self.text, self._own), *self._kept})
        spans = _outside(_merged(spans), taken, self.text)
        if not spans:
            return False
        parts: list[str] = []
        kept: list[tuple[int, int]] = []
        masked: list[Masked] = []
        size = at = shift = 0
        old = iter([*zip(self._kept, self._masked, strict=True), None])
        now = next(old)
        for start, end, rule, name in spans:
            while now and now[0][0] < start:
                moved = size - at
                kept.append((now[0][0] + moved, now[0][1] + moved))
                masked.append(now[1])
                shift = now[1].end - now[0][1]
                now = next(old)
            secret = self.text[start:end]
            mark = tail(self._key, secret) if rule != PRIVATE else ""
            put = self._form % (rule, mark) if mark else "[private]"
            parts += [self.text[at:start], put]
            size += start - at
            kept.append((size, size + len(put)))
            masked.append(Masked(rule, start + shift, end + shift, mark, name))
            size += len(put)
            at = end
        while now:
            kept.append((now[0][0] + size - at, now[0][1] + size - at))
            masked.append(now[1])
            now = next(old)
        parts.append(self.text[at:])
        self.text = "".join(parts)
        self._kept, self._masked = kept, masked
        return True


def _merged(spans: "list[Span]") -> "list[Span]":
    """Spans that overlap become one, named by the longest of the most telling.

    A known value says more than a rule of one kind of token, and that more than `password`.
    """
    merged: list[Span] = []
    weight = (False, False, 0)
    for start, end, rule, name in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end <= start:
            continue
        mine = (rule == KNOWN, rule not in _GENERAL, end - start)
        if not merged or start >= merged[-1][1]:
            merged.append((start, end, rule, name))
            weight = mine
            continue
        first, last, was, named = merged[-1]
        if mine > weight:
            was, named, weight = rule, name, mine
        merged[-1] = (first, max(last, end), was, named)
    return merged


def _outside(spans: "list[Span]", taken: "list[tuple[int, int]]", text: str) -> "list[Span]":
    """What of the spans is outside the taken places and holds a letter or a digit."""
    left: list[Span] = []
    passed = 0
    for start, end, rule, name in spans:
        at = start
        while passed < len(taken) and taken[passed][1] <= start:
            passed += 1
        here = passed
        while here < len(taken) and taken[here][0] < end:
            left.append((at, taken[here][0], rule, name))
            at = max(at, taken[here][1])
            here += 1
        left.append((at, end, rule, name))
    return [span for span in left if any(map(str.isalnum, text[span[0] : span[1]]))]


def within(text: str, spans: "list[Span]", part: int, whole: int) -> "list[Span]":
    """The spans, widened so that no part of the masked path is too long, nor all of it."""
    merged = _merged(spans)
    wide: list[Span] = []
    at = 0
    for piece in text.split("/"):
        end = at + len(piece)
        inside = [
            (max(start, at), min(stop, end), rule, name)
            for start, stop, rule, name in merged
            if start < end and stop > at
        ]
        if _size(at, end, inside) > part:
            inside = [(at, end, inside[0][2], inside[0][3])]
        wide += inside
        at = end + 1
    if _size(0, len(text), wide) > whole:
        wide = [(0, len(text), wide[0][2], wide[0][3])]
    return wide


def _size(start: int, end: int, spans: "list[Span]") -> int:
    """How long the text from start to end is with its spans masked."""
    masked = sum(len(f"redacted-{rule}-0000") - (stop - at) for at, stop, rule, _ in spans)
    return end - start + masked
