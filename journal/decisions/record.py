"""Decision records (ADRs) as people keep them in folders: read, and written.

Pure. Known are the forms of Nygard's adr-tools (`## Status`), of MADR and log4brains (`- Status:`,
`## Links`) and front matter (`status:`). What can't be understood is left as it stands.
"""

import re
from dataclasses import dataclass

from journal.decisions.view import ACCEPTED, DEPRECATED, PROPOSED, REJECTED, SUPERSEDED
from journal.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_WORDS = {
    ACCEPTED: "accepted approved adopted decided implemented active agreed final done enacted",
    PROPOSED: "proposed pending draft open wip rfc gathering planned candidate under in",
    REJECTED: "rejected declined withdrawn abandoned cancelled canceled not",
    DEPRECATED: "deprecated obsolete retired",
    SUPERSEDED: "superseded superceded replaced",
}
_STATUS = {word: status for status, words in _WORDS.items() for word in words.split()}
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_FIELD = re.compile(
    r"[ \t]*[-*]?[ \t]*[*_]{0,2}(status|date)[*_]{0,2}[ \t]*:[*_]{0,2}[ \t]*(.*)", re.IGNORECASE
)
_NUMBERED = re.compile(
    r"(?:adr[- ]?\d*[:.]?[ \t]+)?\d+\.[ \t]+|adr[- ]?\d+[:.]?[ \t]+", re.IGNORECASE
)
_CALLED = re.compile(r"architectur(?:e|al) decision record(?: for)?:?[ \t]+", re.IGNORECASE)
_LINK = re.compile(r"\]\(<?([^)\s>#]+)\.md(?:#[^)]*)?>?\)", re.IGNORECASE)
_BY_NUMBER = re.compile(r"\bADR[- #]*0*(\d+)\b|\[0*(\d+)\.", re.IGNORECASE)
_RELATION = re.compile(
    r"[\s>*_+-]*(?P<part>part(?:ly|ially)\s+)?(?P<verb>supersedes|supercedes|superseded by"
    r"|superceded by|replaced by)\b[*_]*:?(?P<rest>.*)",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(
    r"[*_:\s]*(?:(?:some )?(?:parts?|aspects) of )?(?:ADRs?[- ]?)?\[", re.IGNORECASE
)
_PARTLY = re.compile(r"\bpart(?:ly|ially|s of)?\b|\bin part\b|\baspects\b", re.IGNORECASE)
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_OWN = re.compile(r"^<!-- journal ([0-9A-HJKMNP-TV-Z]{26}) -->[ \t]*$", re.MULTILINE)
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Related:
    """Another record that one names: by its file's name without `.md`, or as `#` and its number.

    `part` is what of it, if not all; then it is the whole line.
    """

    target: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A decision record: what its text says of itself; `content` is the rest.

    `status` is one of a decision's, "superseded" too, or empty; `word` is how it stands there.
    """

    title: str = ""
    status: str = ""
    word: str = ""
    date: str = ""
    supersedes: tuple[Related, ...] = ()
    superseded_by: tuple[Related, ...] = ()
    content: str = ""
    headings: tuple[str, ...] = ()


@dataclass(slots=True)
class Line:
    """A line of a record, and what it is part of."""

    text: str
    place: str  # "" of the content; "front", "title", "field", "status", "code"


def parse(text: str) -> Record:
    """What a text says as a decision record."""
    front, lines = _placed(text)
    status = _status_lines(lines)
    word = str(front.get("status") or "") if not status else status[0]
    relations = list(_relations(lines, word))
    one = next((line.text for line in lines if line.place == "title"), "")
    title = _title(one) or str(front.get("title") or "")
    date = next((it for line in lines if (it := _field(line, "date"))), "")
    for key in ("date", "created"):
        date = date or str(front.get(key) or "")
    return Record(
        title=" ".join(title.split()),
        status=meaning(word),
        word=" ".join(word.split()),
        date=date.strip(),
        supersedes=tuple(it for forward, it in relations if forward),
        superseded_by=tuple(it for forward, it in relations if not forward),
        content=_content(lines),
        headings=tuple(
            found[2].strip().casefold()
            for line in lines
            if line.place != "code" and (found := _HEADING.match(line.text))
        ),
    )


def own(text: str) -> str:
    """The decision that a record was written of, by its id in a comment; empty without one."""
    found = _OWN.findall(text)
    return found[-1] if found else ""


def placed(text: str) -> list[Line]:
    """The lines of a record, each with what it is part of."""
    return _placed(text)[1]


def says_status(line: Line, *, has_section: bool) -> bool:
    """Whether a line is the one that tells the status: in its section, if there is one."""
    if has_section:
        return line.place == "status" and bool(line.text.strip()) and not _HEADING.match(line.text)
    return line.place == "field" and bool(_field(line, "status"))


def relates(
    line: Line,
    stale: tuple[set[tuple[str, bool]], set[tuple[str, bool]]],
    named: "Callable[[str], str]",
) -> bool:
    """Whether a line tells of a relation that is no more: it supersedes those, or is by those."""
    if line.place == "code":
        return False
    gone = [{file for file, _ in its} for its in stale]
    return any(
        named(it.target) in gone[0 if forward else 1] for forward, it in _relations([line], "")
    )


def content(text: str) -> str:
    """A body without what a record says of itself; as it is, if it doesn't begin as a record."""
    if not text.lstrip("\ufeff").startswith(("# ", "---\n")):
        return text
    found = parse(text)
    return found.content if found.title and found.status else text


def meaning(word: str) -> str:
    """Which status a record's word means: the first of its words that says one; else empty.

    "Partly superseded" is still accepted.
    """
    plain = re.sub(r"\([^)]*\)", " ", word.casefold())
    words = re.findall(r"[^\W\d_]+", plain)[:8]
    if words[:1] in (["partly"], ["partially"]):
        return ACCEPTED
    return next((_STATUS[it] for it in words if it in _STATUS), "")


def _placed(text: str) -> "tuple[dict[str, object], list[Line]]":
    """The front matter's values, and each line with what it is part of."""
    front: dict[str, object] = {}
    found = []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if block := _FRONT.match(text):
        front = _values(block[1])
        found = [Line(line, "front") for line in block[0].rstrip("\n").split("\n")]
        text = text[block.end() :]
    reading = _Reading()
    return front, [*found, *(Line(line, reading.place(line)) for line in text.split("\n"))]


class _Reading:
    """What the lines of a record are part of, one after the other."""

    def __init__(self) -> None:
        self._fence = ""
        self._has_title = False
        self._is_head = True  # above the first section
        self._level = 0  # of the heading `Status` that the lines stand under

    def place(self, line: str) -> str:
        """What the next line is part of."""
        if self._is_code(line):
            return "code"
        if heading := _HEADING.match(line):
            return self._heading(len(heading[1]), heading[2].strip(" *_:").casefold())
        if self._level:
            return "status"
        return "field" if self._is_head and _FIELD.match(line) else ""

    def _is_code(self, line: str) -> bool:
        mark = _FENCE.match(line)
        was = self._fence
        if mark and not was:
            self._fence = mark[1]
        elif mark and mark[1].startswith(was) and not line.strip().strip(was[0]):
            self._fence = ""
        return bool(was or mark)

    def _heading(self, deep: int, called: str) -> str:
        if deep <= (self._level or deep):
            self._level = 0
        if deep == 1 and not self._has_title:
            self._has_title = True
            return "title"
        if called == "status":
            self._level = deep
            return "status"
        self._is_head = self._is_head and deep == 1
        return ""


def _values(block: str) -> "dict[str, object]":
    from journal.yamlblock import load

    try:
        return load(block)
    except FormatError:
        return {}


def _field(line: Line, name: str) -> str:
    found = _FIELD.match(line.text) if line.place in ("field", "status") else None
    return found[2].strip() if found and found[1].casefold() == name else ""


def _status_lines(lines: "Sequence[Line]") -> list[str]:
    """What stands under the heading `Status`, or else in the field of that name."""
    section = [
        line.text.strip()
        for line in lines
        if line.place == "status" and line.text.strip() and not _HEADING.match(line.text)
    ]
    fields = [it for line in lines if line.place == "field" and (it := _field(line, "status"))]
    return section or fields


def _relations(lines: "Sequence[Line]", word: str) -> "Iterator[tuple[bool, Related]]":
    """Each record that this supersedes (True) or that supersedes it (False)."""
    seen = set()
    told = [
        (line.text, line.place in ("status", "field")) for line in lines if line.place != "code"
    ]
    for text, of_status in [(word, True), *told]:
        value = _FIELD.match(text)
        found = _RELATION.match(value[2] if value else text)
        if not found:
            continue
        if not of_status and not _AT_ONCE.match(found["rest"]):
            continue  # a sentence that begins so
        forward = not found["verb"].casefold().endswith("by")
        is_part = bool(found["part"] or _PARTLY.search(_LINK.sub("", found["rest"])))
        for target in _targets(found["rest"], numbers=of_status):
            if (forward, target) not in seen:
                seen.add((forward, target))
                yield forward, Related(target, " ".join(text.split()) if is_part else "")


def _targets(text: str, *, numbers: bool) -> "Iterator[str]":
    links = [found.rpartition("/")[2] for found in _LINK.findall(text)]
    yield from links
    if numbers and not links:
        yield from (f"#{one or other}" for one, other in _BY_NUMBER.findall(text))


def _title(heading: str) -> str:
    found = _HEADING.match(heading)
    text = found[2].strip() if found else ""
    for what in (_CALLED, _NUMBERED):
        shorter = what.sub("", text, count=1) if what.match(text) else text
        text = shorter or text
    return text


def _content(lines: "Sequence[Line]") -> str:
    kept = [line.text for line in lines if line.place in ("", "code")]
    kept = [line for line in kept if not _OWN.match(line)]
    return _BLANKS.sub("\n\n", "\n".join(kept)).strip("\n")
