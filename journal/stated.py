"""What entries of one subject state: in which order, about which of them, naming which others.

Pure and cheap. A subject (a decision, a task) is an entry; a later entry of the same kind that
names it changes it. Order is by moment, then by id; what states something of an entry comes after
it, whatever clocks said.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Protocol

    class Stating(Protocol):
        """What of an entry is asked: a `Row` will do, and an `Entry`."""

        @property
        def id(self) -> str:
            """Its id."""

        @property
        def kind(self) -> str:
            """Its kind."""

        @property
        def title(self) -> str:
            """Its title; maybe empty."""

        @property
        def head(self) -> str:
            """The first line of its body."""

        @property
        def at(self) -> str:
            """When, as its header says it."""

        @property
        def parent(self) -> str:
            """The id of the entry it follows, where it says so."""

        @property
        def microseconds(self) -> int:
            """Its moment, since the beginning of 1970, UTC."""

        @property
        def fields(self) -> Mapping[str, Any]:
            """The header's other keys."""


_ENDING = 8  # characters of an id that people type
_SHOWN = 72  # characters of a reason in a title: a longer one stays out of it


class Statement:
    """An entry of a subject, its fields read once, and the entry that it is about: maybe itself."""

    __slots__ = ("about", "entry", "fields")

    def __init__(self, entry: "Stating", fields: "Mapping[str, Any]", about: "Stating") -> None:
        self.entry = entry
        self.fields = fields
        self.about = about


class Stated:
    """The entries of a kind, as statements in order; `astray` are those about what isn't there.

    An entry is about the one that its field `kind` names, or else about its parent, if that is of
    the kind and has the same title. `astray` has pairs: the entry's id, and the one that it names.
    """

    __slots__ = ("_ends", "_roots", "astray", "entries", "statements")

    def __init__(self, entries: "Iterable[Stating]", kind: str) -> None:
        self.entries = {one.id: one for one in entries if one.kind == kind}
        self._ends: dict[str, str] | None = None
        self._roots: dict[str, str] = {}
        every = {key: Statement(one, one.fields, one) for key, one in self.entries.items()}
        above, astray = self._above(kind, every)
        self._roots = roots = {
            key: _root(key, above) if target in above else target for key, target in above.items()
        }
        self.astray = tuple(sorted(astray.items()))
        for key, root in roots.items():
            every[key].about = self.entries[root]
            if root in astray:
                del every[key]
        for key in astray:
            del every[key]
        self.statements = _in_order(every)

    def _above(
        self, kind: str, every: "Mapping[str, Statement]"
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Which entry an entry is about, where it is not itself; and those about what isn't there.

        Two entries of one id are the same one.
        """
        above, astray = {}, {}
        for key, statement in every.items():
            fields = statement.fields
            if kind in fields and (named := ids(fields, kind)):
                target = named[0] if named[0] in every else self.meant(named[0])
                if not target:
                    astray[key] = named[0]
                elif target != key:
                    above[key] = target
                continue
            parent = statement.entry.parent
            if parent and parent != key and self._is_again(statement.entry):
                above[key] = parent
        return above, astray

    def meant(self, name: str) -> str:
        """The id of the entry that is named by its id, or by eight characters or more at its end.

        Empty if there is none, or more than one.
        """
        if not name or name in self.entries:
            return name
        if self._ends is None:
            self._ends = {}
            for key in self.entries:
                end = key[-_ENDING:].upper()
                self._ends[end] = "" if end in self._ends else key
        found = self._ends.get(name[-_ENDING:].upper(), "")
        return found if found.upper().endswith(name.upper()) else ""

    def named(self, fields: "Mapping[str, Any]", key: str) -> tuple[str, ...]:
        """The subjects that a field names, each once; what means none stays as it is.

        Who names an entry that only changes a subject means the subject.
        """
        if key not in fields:
            return ()
        value, entries, roots = fields[key], self.entries, self._roots
        given = value if type(value) is list else (value,)
        found = [roots.get(it, it) for it in given if type(it) is str and it in entries]
        if len(found) != len(given):  # seldom
            found = [self.subject(name) for name in ids(fields, key)]
        return tuple(dict.fromkeys(found)) if len(found) != 1 else (found[0],)

    def subject(self, name: str) -> str:
        """The subject that is named; the name itself, if it means none."""
        meant = name if name in self.entries else self.meant(name) or name
        return self._roots.get(meant, meant)

    def _is_again(self, one: "Stating") -> bool:
        other = self.entries.get(one.parent)
        return other is not None and bool(one.title) and _same(one.title, other.title)


def _in_order(every: "Mapping[str, Statement]") -> list[Statement]:
    """The statements, each behind what it is about; no two have one id."""
    placed = []
    for key, one in every.items():
        at = one.entry.microseconds
        if one.entry is one.about:
            placed.append((at, False, at, key, one))
        else:
            placed.append((max(at, one.about.microseconds), True, at, key, one))
    placed.sort()
    return [one for *_, one in placed]


def _same(title: str, other: str) -> bool:
    return title.split() == other.split() or title.casefold().split() == other.casefold().split()


def _root(key: str, above: "Mapping[str, str]") -> str:
    """What an entry is about in the end; itself, if that goes round in a circle."""
    at, seen = key, {key}
    while at in above:
        at = above[at]
        if at in seen:
            return key
        seen.add(at)
    return at


def ids(fields: "Mapping[str, Any]", key: str) -> tuple[str, ...]:
    """The ids that a field names, be it one, a list, or several in a text."""
    value = fields.get(key)
    if type(value) is str and value.isalnum():
        return (value,)  # nearly always
    given = value if isinstance(value, list) else [value]
    return tuple(
        word for text in given if isinstance(text, str) for word in text.replace(",", " ").split()
    )


def word(fields: "Mapping[str, Any]", key: str) -> str:
    """A field that holds one word, in lower case; empty if it holds none."""
    value = fields.get(key)
    return value.strip().lower() if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """What a field lists, be it one text or several; paths may have blanks."""
    given = value if isinstance(value, list) else [value]
    return [text.strip() for text in given if isinstance(text, str) and text.strip()]


def leads(by: "Mapping[str, str]", key: str, target: str) -> bool:
    """Whether one comes to the target from a key by what each has in its place."""
    while key in by:
        key = by[key]
        if key == target:
            return True
    return False


def short(entry_id: str) -> str:
    """The end of an id, as people type it."""
    return entry_id[-_ENDING:]


def change_title(what: str, why: str) -> str:
    """The title of a change: what it is, and its reason if that is short.

    It quotes no subject: that would stay when the subject is purged. A cut reason might hold half a
    secret, which nothing recognises: so all of it, or nothing.
    """
    why = why.strip()
    return f"{what}: {why}" if why and len(why) <= _SHOWN and "\n" not in why else what


def space_of(one: "Stating", namespace: str, kind: str) -> str:
    """The namespace where a subject of that kind stands, and so what changes it, or the given one.

    UsageError `other-namespace` if another one is given: an entry there would say nothing of it.
    """
    here = str(getattr(one, "namespace", ""))
    if here and namespace and namespace != here:
        from journal.errors import UsageError

        raise UsageError(
            f"the {kind} {short(one.id)} is of the namespace {here}, not {namespace}",
            kind="other-namespace", hint=f"what changes it goes there, too: --namespace {here}",
        )  # fmt: skip
    return here or namespace
