"""What the entries of a note are called: what each is about, never only when it was."""

from __future__ import annotations

import os
import re
from urllib.parse import unquote

from journal.conversation import said
from journal.importers.markdown import dates as markdown_dates
from journal.importers.markdown import text as markdown_text
from journal.importers.markdown.units import BOLD, Unit

_ZONE = r"(?:UTC|GMT|W?IST|[CEMPBJWH][SDE]?S?T|WIB|WITA|WIT)(?:[+-]\d+)?"
_BEHIND = re.compile(
    rf"[\s*_)\]+]*(?:[-–—]\s?\d\d?:\d\d)?\s*(?:[ap]m)?\s*(?:{_ZONE}\b)?[\s*_)\]]*", re.IGNORECASE
)
_DASHES = re.compile(r"[-_ ]+")
_SEPARATORS = " -–—:|·,~*_"
_ASIDE = re.compile(r"\([^()]*\)")
_LINKS = re.compile(
    r"!?\[\[(?:[^\]\n|]*\|)?([^\]\n]+)\]\]|!?\[([^\]\n]*)\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"
)
_SAYS_NOTHING = frozenset(
    ("session", "started", "date", "log", "diary", "journal", "daily note", "daily notes", "notes")
)
_LOOKED_AT = 2000
_DOCUMENT_MOST = 40


def title(given: str, name: str, text: str, unit: Unit) -> str:
    """One line for a unit of the note `name`; `given` is the title in its front matter.

    The first is called like the note. The others have the note's name before theirs, unless that
    is a day.
    """
    first = unit.start == 0
    heading, topic = about(unit.heading), _topic(name)
    if first and (own := given or (heading if unit.level < BOLD else "") or topic):
        return own
    own = heading
    if not heading or unit.level == BOLD:
        body = text[unit.start : min(unit.end, unit.start + _LOOKED_AT)]
        if first:
            body = body[markdown_text.properties(body)[1] :]
        rest = plain(body.lstrip().partition("\n")[2] if unit.heading else body)
        own = (plain(f"{heading}: {rest}") if heading and rest else rest) or plain(unit.heading)
    document = said.title(given or topic, _DOCUMENT_MOST) if given or topic else ""
    return (f"{document}: {own}" if document and own else own or document) or "Note"


def plain(text: str) -> str:
    """A text's first line that says something, of its links only the words."""
    text = text[:_LOOKED_AT]
    if "[" in text:
        text = _LINKS.sub(lambda found: found[1] or found[2] or "", text)
    return said.title(text)


def about(heading: str) -> str:
    """A heading without the date or time that it begins or ends with; empty if that is all."""
    stamp = markdown_dates.of_heading(heading)
    if stamp.end:
        behind = _BEHIND.match(heading, stamp.end)
        end = behind.end() if behind else stamp.end
        before = heading[: stamp.start].rstrip(_SEPARATORS + "([")
        if not any(map(str.isalnum, before)):
            heading = heading[end:].lstrip(_SEPARATORS + ")]")
        elif not any(map(str.isalnum, heading[end:])) and not before.endswith((")", "]")):
            heading = before + ")" * (before.count("(") - before.count(")"))
    bare = _ASIDE.sub("", heading).strip(_SEPARATORS).lower()
    return plain(heading) if any(map(str.isalnum, bare)) and bare not in _SAYS_NOTHING else ""


def _topic(name: str) -> str:
    """What a file is called, but for its date: `2026-02-04-morning-brief` is a morning brief."""
    stem = os.path.splitext(name.rpartition("/")[2])[0]
    stem = unquote(stem.replace("___", "/"), errors="replace")
    stamp = markdown_dates.of_name(stem)
    if not stamp.day:
        return said.title(stem)
    rest = (stem[: stamp.start] + " " + stem[stamp.end :]).strip(" -_.")
    return said.title(" ".join(_DASHES.split(rest))) if any(map(str.isalpha, rest)) else ""
