"""Where an entry comes from: the header's `source`, `<importer>:<session>:<id>`, and `parts`.

By these an importer knows what is in the journal already, and so they outlive the entry's text.
Cheap on purpose: hooks write sources, too.
"""

from journal.seal import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

SOURCE = "source"
PARTS = "parts"  # further ids that the entry stands for
SAID = "said-"  # a text's key begins so: it names the text within its session only
_DERIVED = ("~", SAID)
GONE = "gone-"
_HEX = frozenset("0123456789abcdef-")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.#~")


def of(importer: str, session: str, name: str) -> str:
    """The source of what an importer calls `name` in a session."""
    return f"{importer}:{session}:{name}"


def split(source: object) -> tuple[str, str]:
    """Importer and session, and the id; both empty if it is no source that this module made."""
    importer, _, rest = str(source).partition(":")
    session, _, name = rest.partition(":")
    return (f"{importer}:{session}", name) if importer and name else ("", "")


def pieces(source: object) -> "list[str]":
    """Importer, session and id of a source; none if it isn't made of plain names.

    To be looked at one by one where secrets are looked for: together they may look like one.
    """
    found = source.split(":") if isinstance(source, str) else []
    return found if len(found) == 3 and all(map(_PLAIN.issuperset, found)) else []


def is_uuid(name: object) -> bool:
    """Whether an id is a UUID as programs make them: no text, and no secret."""
    if not isinstance(name, str) or len(name) != 36:
        return False
    return name[8] == name[13] == name[18] == name[23] == "-" and _HEX.issuperset(name)


def names(fields: "Mapping[str, Any]") -> tuple[str, list[str]]:
    """Importer and session of a header's source, and the ids it stands for."""
    head, name = split(fields.get(SOURCE))
    if not name:
        return "", []
    parts = fields.get(PARTS)
    return head, [name, *map(str, parts if isinstance(parts, (list, tuple)) else ())]


def is_derived(name: str) -> bool:
    """Whether an id was made from the text that it stands for, and so could confirm a guess."""
    return name.startswith(_DERIVED) or "#~" in name


def gone(name: str, key: bytes) -> str:
    """What is kept of such an id where the text is not kept whole: nothing without the key."""
    return GONE + str(sha256(key + name.encode()).hexdigest())[:24]


def outliving(fields: "Mapping[str, Any]", key: bytes) -> "Iterator[tuple[str, Any]]":
    """What is left of a header's source and parts where a text was purged, withheld or masked.

    No import brings it back, and nobody can try a guess.
    """
    head, found = names(fields)
    if found:
        first, *rest = [gone(name, key) if is_derived(name) else name for name in found]
        yield SOURCE, f"{head}:{first}"
        if rest:
            yield PARTS, rest
