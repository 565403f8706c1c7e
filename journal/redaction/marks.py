"""Placeholders that stand in a text already: what looks like one, but names no rule, is text.

Cheap on purpose, see `journal.redaction`: the rules are asked for only where there could be one.
"""

_HEX = frozenset("0123456789abcdef")
_RULE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_LONGEST_RULE = 64
_OPENING, _IN_NAMES, _PRIVATE = "[redacted:", "redacted-", "[private]"
NONE: "frozenset[str]" = frozenset()


def placeholders(text: str, own: "frozenset[str]" = NONE) -> "list[tuple[int, int]]":
    """Start and end of each placeholder; `own` are the names of the user's own rules."""
    found = [(start, start + len(_PRIVATE)) for start in _each(text, _PRIVATE)]
    for opening, between, closing in ((_OPENING, ":", "]"), (_IN_NAMES, "-", "")):
        for start in _each(text, opening):
            size = _size(text, start + len(opening), between, closing, own)
            if size:
                found.append((start, start + len(opening) + size))
    return sorted(found)


def without(word: str) -> str:
    """The word without its placeholders."""
    parts, at = [], 0
    for start, end in placeholders(word):
        parts.append(word[at:start])
        at = max(at, end)
    return "".join(parts) + word[at:]


def in_one(text: str, at: int) -> bool:
    """Whether what begins here is the rule of a placeholder."""
    opened = text.endswith(_OPENING, max(0, at - len(_OPENING)), at)
    return opened and _size(text, at, ":", "]", NONE) > 0


def _each(text: str, literal: str) -> "list[int]":
    found, at = [], text.find(literal)
    while at >= 0:
        found.append(at)
        at = text.find(literal, at + len(literal))
    return found


def _size(text: str, at: int, between: str, closing: str, own: "frozenset[str]") -> int:
    """How long a placeholder is from its rule on, which begins here; 0 if it is none."""
    near = text[at : at + _LONGEST_RULE + 6]
    end = near.find(between)
    while 0 < end <= _LONGEST_RULE and _RULE.issuperset(near[:end]):
        stop = end + 5
        after = near[stop : stop + 1]
        good = after == closing if closing else not after.isalnum()
        good = good and stop <= len(near) and _HEX.issuperset(near[end + 1 : stop])
        if good and (near[:end] in own or _is_rule(near[:end])):
            return stop + len(closing)
        end = near.find(between, end + 1)
    return 0


def _is_rule(name: str) -> bool:
    from journal.redaction.table import NAMES

    return name in NAMES
