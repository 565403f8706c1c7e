"""The keys that a policy has for a namespace, and what each may be.

`CHECKS` has a function for each: it takes the faults, the key and its part of the tree, and returns
the value, or None and a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from journal import names
from journal.errors import WorkspaceError
from journal.policy.faults import Faults, meant, near, shown
from journal.policy.limits import Pattern
from journal.policy.patterns import engine, is_found, is_plain
from journal.policy.tree import Part
from journal.redaction import PRIVATE

MODES = ("full", "summary_only", "distilled_only", "hash_only", "none")
VERBS = tuple(
    "abandon adopt amend append branch compact decide export forget import merge pack prune purge"
    " redact repair restore retention supersede sync".split()
)
LONGEST = 1000  # characters of a name or a pattern
MOST = 999_999_999
MOST_DAYS = 36_500  # a hundred years: no calendar is left by going back so far
MAX_STEPS = 5000  # of a pattern, as RE2 counts: each may cost 1 ms for a text of 1 MiB
_SWITCH = {True: True, "on": True, "yes": True, False: False, "off": False, "no": False}
# A line as ssh-keygen writes it of a public Ed25519 key, or of one that a piece of hardware holds.
_PUBLIC = re.compile(
    r"(ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}"
    r"|sk-ssh-ed25519@openssh\.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAI[A-Za-z0-9+/]+=*)"
    r"( [^\n\r]*)?"
)
_RULE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def _mode(faults: Faults, key: str, part: Part) -> str | None:
    if part.value in MODES:
        return str(part.value)
    faults.wrong(key, part, meant(part.value, MODES))
    return None


def _count(faults: Faults, key: str, part: Part) -> int | None:
    most = MOST_DAYS if key == "retention_days" else MOST
    if type(part.value) is int and 0 <= part.value <= most:
        return part.value
    fix = f"write a whole number up to {most:,} without quotes or commas; 0 is no limit"
    faults.wrong(key, part, fix)
    return None


def _flag(faults: Faults, key: str, part: Part) -> bool | None:
    if isinstance(part.value, bool):
        return part.value
    faults.wrong(key, part, "write true or false")
    return None


def _switch(part: Part) -> bool | None:
    value = part.value
    return _SWITCH.get(value) if isinstance(value, (bool, str)) else None


def masking(
    faults: Faults, key: str, part: Part, rules: frozenset[str] | None
) -> bool | dict[str, bool | str] | None:
    """The value of `redaction`: for a rule on or off, for a name of one's own its pattern.

    `rules`: the names that are rules already; None: any may be.
    """
    if not isinstance(part.value, dict):
        if (is_on := _switch(part)) is None:
            faults.wrong(key, part, "write on, off, or a map of names to on, off or a pattern")
        return is_on
    found = {}
    for name, inner in part.value.items():
        if not (0 < len(name) <= 64 and _RULE.issuperset(name)):
            fix = "write a rule's name: a-z, 0-9 and '-', 64 at most"
            faults.add(part.keys[name], f"{name!r} is no redaction rule", fix)
        elif (said := _rule(faults, name, inner, rules)) is not None:
            found[name] = said
    return found


def _rule(faults: Faults, name: str, part: Part, rules: frozenset[str] | None) -> bool | str | None:
    is_on = _switch(part)
    if name == PRIVATE and is_on is not True:
        why = "what stands in <private> is never kept, whatever a policy says"
        faults.add(part.line, why, f"remove {name}")
        return None
    is_known = rules is None or name in rules
    if is_on is not None:
        if not is_known and name != PRIVATE:
            fix = near(name, sorted(rules or ())) or "give it a pattern, and it is one of your own"
            faults.add(part.line, f"there is no redaction rule {name!r}", fix)
        return is_on
    if not isinstance(part.value, str) or (is_known and rules is not None):
        fix = "write on or off" if is_known else "write a pattern in single quotes"
        faults.wrong(name, part, fix)
        return None
    if not 0 < len(part.value) <= LONGEST:
        faults.wrong(name, part, f"write 1 to {LONGEST:,} characters")
    elif wrong := _unusable(part.value):
        faults.add(part.line, f"the pattern of {name} can't be used: {wrong[0]}", wrong[1])
    return part.value


def _exporting(faults: Faults, key: str, part: Part) -> bool | dict[str, int] | None:
    fix = "write true, false, or {keep: 5} to keep the newest 5"
    if isinstance(part.value, bool):
        return part.value
    if not isinstance(part.value, dict) or not part.value:
        faults.wrong(key, part, fix)
        return None
    for name, line in part.keys.items():
        if name != "keep":
            faults.add(line, f"{key} has no key {name!r}", fix)
    if not (keep := part.value.get("keep")):
        return None
    if type(keep.value) is int and 0 < keep.value <= MOST:
        return {"keep": keep.value}
    faults.wrong("keep", keep, f"write a whole number from 1 to {MOST:,}, without quotes or commas")
    return None


def _texts(faults: Faults, key: str, part: Part, example: str) -> list[Part] | None:
    """The texts of a list, none of them empty, too long or there twice."""
    if not isinstance(part.value, list):
        faults.wrong(key, part, f"write a list: {example}")
        return None
    good: dict[str, Part] = {}
    for item in part.value:
        if not isinstance(item.value, str):
            is_word = isinstance(item.value, (bool, int))
            fix = "put it in quotes" if is_word else f"for example {example}"
            faults.add(item.line, f"{key} holds {shown(item)}, which is no text", fix)
        elif not 0 < len(item.value) <= LONGEST:
            fix = f"write 1 to {LONGEST:,} characters"
            faults.add(item.line, f"{key} holds a text of {len(item.value):,} characters", fix)
        elif item.value in good:
            fix = f"remove it: it is in line {good[item.value].line} already"
            faults.add(item.line, f"{key} holds {shown(item)} twice", fix)
        else:
            good[item.value] = item
    return list(good.values())


def _actors(faults: Faults, key: str, part: Part) -> tuple[str, ...] | None:
    found = _texts(faults, key, part, "[claude-code, anna]; [] is anybody")
    return None if found is None else tuple(one.value for one in found)


def _roles(faults: Faults, key: str, part: Part) -> tuple[str, ...] | None:
    found = _texts(faults, key, part, "[user, assistant]; [] is any")
    for one in found or ():
        if not names.is_name(one.value):
            faults.add(one.line, f"{shown(one)} is no role", f"write {names.NAME}")
    return None if found is None else tuple(one.value for one in found)


def _review(faults: Faults, key: str, part: Part) -> tuple[str, ...] | None:
    found = _texts(faults, key, part, "[decide, merge]; [] is none")
    for one in found or ():
        if one.value not in VERBS:
            faults.add(one.line, f"{shown(one)} is no verb to review", meant(one.value, VERBS))
    return None if found is None else tuple(one.value for one in found)


def _keys(faults: Faults, key: str, part: Part) -> dict[str, str] | None:
    example = "for example {anna: 'ssh-ed25519 AAAA…'}, the line of a file that ends in .pub"
    if not isinstance(part.value, dict):
        faults.wrong(key, part, f"write a map of names to public keys, {example}")
        return None
    found = {}
    for name, inner in part.value.items():
        if not 0 < len(name) <= LONGEST:
            faults.add(part.keys[name], f"{key} has a name of {len(name):,} characters", example)
        elif not isinstance(inner.value, str) or not _PUBLIC.fullmatch(inner.value):
            faults.add(inner.line, f"the key of {name} is no public Ed25519 key", example)
        else:
            found[name] = inner.value
    return found


def _denylist(faults: Faults, key: str, part: Part) -> tuple[Pattern, ...] | None:
    found = _texts(faults, key, part, "['Project Bluebird', '(?i)bluebird-[0-9]+']; [] is none")
    patterns = []
    for one in found or ():
        number = part.value.index(one) + 1
        if wrong := _unusable(one.value):
            faults.add(one.line, f"denylist pattern {number} can't be used: {wrong[0]}", wrong[1])
        patterns.append(Pattern(one.value, number, one.line))
    return None if found is None else tuple(patterns)


def _unusable(pattern: str) -> tuple[str, str] | None:
    """Why a pattern can't be looked for, and what to do; None if it can."""
    if "\\C" in pattern.replace("\\\\", ""):
        return "\\C is a byte, and a text has characters", "write . or [^x] for any one of those"
    return None if is_plain(pattern) else _unsound(pattern)


def _unsound(pattern: str) -> tuple[str, str] | None:
    try:
        steps = engine(pattern).programsize
        if steps > MAX_STEPS:
            why = f"it takes {steps:,} steps, and {MAX_STEPS:,} is the most"
            return why, "repeat less often what may be many characters"
        if is_found(pattern, ("",)):
            return "it is in every text, the empty one too", "write what it must hold at least"
    except WorkspaceError as error:
        return "google-re2, which looks for patterns, is not installed", error.hint
    except ValueError as error:
        return str(error), _instead(str(error), pattern)
    return None


def _instead(said: str, pattern: str) -> str:
    if any(mark in pattern for mark in ("(?=", "(?!", "(?<=", "(?<!")):
        return "say it without look-ahead and look-behind: a pattern with them can hang"
    if "escape" in said:
        return "no \\1, no \\Z: RE2 has none, because what has them can hang; \\z is the end"
    if "repetition size" in said:
        return "repeat 1000 times at most"
    return "see github.com/google/re2/wiki/Syntax; a backslash makes a sign a plain one: \\("


CHECKS: dict[str, Callable[[Faults, str, Part], Any]] = {
    "persist": _mode,
    "retention_days": _count,
    "max_entries": _count,
    "max_facts": _count,
    "distill_every": _count,
    "roles": _roles,
    "actors": _actors,
    "review": _review,
    "approvers": _actors,
    "four_eyes": _flag,
    "agents": _actors,
    "agents_approve": _flag,
    "keys": _keys,
    "denylist": _denylist,
    "auto_export": _exporting,
    "auto_import": _flag,
}
