"""What can be asked of the catalog, once it is up to date."""

from journal.catalog import find
from journal.catalog.brief import briefs, said
from journal.catalog.counted import Counted
from journal.catalog.row import Row, restored, stored
from journal.catalog.talks import Talks
from journal.daypath import lies_in_pack
from journal.ids import matches
from journal.named import none_named, several_named
from journal.selection import EVERYTHING, Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, Literal

    from journal.catalog.brief import Brief, Said
    from journal.entry import Entry
    from journal.packed import Sources

_PAGE = 1000


class Asked(Talks, Counted):
    """Everything that reads rows; `_ask_all` gives the answers of one moment."""

    root: str

    def rows(
        self, selection: "Selection" = EVERYTHING, limit: int | None = None, *, oldest: bool = False
    ) -> "Iterator[Row]":
        """The selected entries, newest first; oldest first if asked."""
        left = limit
        after: tuple[Any, ...] = ()
        while left is None or left > 0:
            page = _PAGE if left is None else min(left, _PAGE)
            found = self._rows(find.rows(selection, page, oldest=oldest, after=after))
            yield from found
            if len(found) < page:
                return
            after = find.place_of(found[-1])
            left = left and left - page

    def around(self, entry: "Entry | Row", count: int) -> "tuple[list[Row], list[Row]]":
        """So many entries before it, and after it, in their order: in its session, or day file.

        One that is gone has none around it.
        """
        rows = self.with_ids([entry.id])
        row = next((row for row in rows if row.source == entry.source), rows[0] if rows else None)
        if not row:
            return [], []
        if row.session:
            wanted = Selection(session=row.session, namespace=row.namespace)
            place = find.place_of(row)
            asked = [find.rows(wanted, count, oldest=way, after=place) for way in (False, True)]
        else:
            asked = [find.beside(row, count, later=way) for way in (False, True)]
        before, after = self._ask_all(asked)
        return [Row(values) for values in reversed(before)], [Row(values) for values in after]

    def count(self, selection: "Selection" = EVERYTHING) -> int:
        """How many entries are selected."""
        return int(self._ask(find.count(selection))[0][0])

    def named(self, wanted: str) -> Row:
        """The entry whose id begins or ends so, forgotten or not; UsageError unless one does."""
        return one_named(self._rows(find.named(wanted)) if wanted else [], wanted)

    def alike(self, piece: str) -> list[Row]:
        """The entries whose id begins or ends so, in either case; none that is forgotten."""
        rows = self._rows(find.named(piece)) if piece else []
        return [row for row in rows if matches(piece, row.id) and not row.forgotten]

    def forgotten(self, entry_id: str) -> Row | None:
        """The forget entry that hides the entry of this id, or purged it; None if none does."""
        found = [(what, Row(tuple(rest))) for what, *rest in self._ask(find.forgotten(entry_id))]
        if any(lies_in_pack(row.file) for _, row in found):
            from journal.packed import counts

            source = self.sources().of
            about = {source(row.file) for row in self.with_ids([entry_id])}
            found = [
                (what, row)
                for what, row in found
                if any(counts(source(row.file), one) for one in about)
            ]
        for what, row in found:
            return None if what == "unhide" else row
        return None

    def sources(self) -> "Sources":
        """From where the entries of each day file came."""
        from journal.catalog.brought import sources
        from journal.workspace import read_config

        rows = map(Row, self._ask(find.vouching()))
        return sources(self.root, read_config(self.root).id, rows)

    def is_purged(self, entry_id: str) -> bool:
        """Whether the entry of this id was purged for good: `unhide` can't bring it back."""
        return bool(self._ask(find.purged(entry_id)))

    def with_ids(self, ids: "Sequence[str]") -> list[Row]:
        """The rows of these ids, forgotten or not, also those that other rows stand for."""
        some = find.batches(ids)
        return [Row(row) for part in some for row in self._ask(find.with_ids(part))]

    def at(self, numbers: "Sequence[int]") -> dict[int, Row]:
        """The rows that have these numbers, as far as they are still there."""
        batches = find.batches(numbers)
        return {row.number: row for some in batches for row in self._rows(find.at(some))}

    def places(self, numbers: "Sequence[int]") -> "list[tuple[str, int, int, int, int]]":
        """File or spool, offset, size, number and CRC-32 of those rows that are still there."""
        found = [row for some in find.batches(numbers) for row in self._ask(find.places(some))]
        return [(restored(path), *rest) for path, *rest in found]

    def having(self, column: "Literal['title', 'parent']", value: str) -> list[Row]:
        """The entries with that title or parent, oldest first."""
        return self._rows(find.having(column, value))

    def tagged(self, kind: str, tag: str) -> list[Row]:
        """The entries of a kind that have a folded tag in their header, in no order."""
        return self._rows(find.tagged(kind, tag))

    def having_field(self, key: str, selection: "Selection" = EVERYTHING) -> list[Row]:
        """The selected entries that have this key among their fields, oldest first."""
        found = self._rows(find.having_field(selection, key))
        return [row for row in found if key in row.fields]

    def stated(self, kind: str, namespace: str = "") -> "list[Brief]":
        """The entries of a kind, forgotten ones left out, in no order: for folds, and quick."""
        return briefs(kind, self._ask(find.stated(kind, namespace)))

    def said(self, kind: str, namespace: str = "") -> "list[Said]":
        """The same, with who said each of them."""
        return said(kind, self._ask(find.stated(kind, namespace, who=True)))

    def referring(self, kind: str, target: str) -> list[tuple[int, Row]]:
        """The entries whose bodies refer to the folded target so, each with the body's line."""
        return [(line, Row(tuple(rest))) for line, *rest in self._ask(find.referring(kind, target))]

    def numbered(self, writer: str, namespace: str, seq: int) -> list[Row]:
        """The rows of a writer in a namespace that have this number, hidden ones and copies too."""
        return self._rows(find.numbered(writer, namespace, seq))

    def numbers(self, writer: str, namespace: str) -> "Iterator[int]":
        """The numbers that a writer's entries in a namespace have, in no order."""
        return (seq for (seq,) in self._ask(find.numbered(writer, namespace)))

    def hashtags(self, numbers: "Sequence[int]") -> dict[int, list[str]]:
        """The tags in the bodies of these rows, folded."""
        found: dict[int, list[str]] = {}
        for some in find.batches(numbers):
            for number, name in self._ask(find.hashtags(some)):
                found.setdefault(number, []).append(name)
        return found

    def origins(self, importer: str, session: str, ids: "Sequence[str]") -> dict[str, str]:
        """The entries that stand for what a source calls so, by its ids; of any session if ""."""
        found = [
            row
            for some in find.batches(ids)
            for row in self._ask(find.origins(importer, session, some))
        ]
        return dict(sorted(found, key=lambda row: row[1], reverse=True))

    def captured(self, importer: str, session: str) -> "list[tuple[str, str, int, int]]":
        """Of a session what hooks appended: its key there, the entry's id, Unix µs, its turn."""
        return self._ask(find.captured(f"{importer}:{session}"))

    def standing(self, file: str, line: int) -> Row | None:
        """The entry that begins at that line."""
        rows = self._rows(find.standing(stored(file), line))
        return rows[0] if rows else None

    def values(self, column: str) -> list[str]:
        """What the entries have there, the most recently used first; `tag` is a column too."""
        return [value for (value,) in self._ask(find.values(column))]

    @property
    def birth(self) -> str:
        """What changes when the catalog was made anew: numbers and steps count from there."""
        return str(self._ask(find.BIRTH)[0][0])

    @property
    def files(self) -> int:
        """How many day files there are."""
        return int(self._ask(find.FILES)[0][0])

    @property
    def newest(self) -> int:
        """The highest number that a row was given."""
        return int(self._ask(find.NEWEST)[0][0])

    @property
    def purged(self) -> int:
        """The last step by which rows may have gone because of a purge; 0 if none did."""
        return sum(step for (step,) in self._ask(find.PURGED))

    def added(self, after: int, selection: "Selection | None" = None) -> "Iterator[Row]":
        """The rows with a higher number, in its order; only the selected ones, if asked."""
        while found := self._rows(find.added(after, _PAGE, selection)):
            yield from found
            after = found[-1].number

    def struck(self, after: int) -> "Iterator[tuple[int, int]]":
        """Steps after this one, each with the number of the row that went."""
        yield from self._ask(find.struck(after))

    def news(
        self, number: int | None = None, step: int = 0, selection: "Selection" = EVERYTHING
    ) -> "News":
        """What came after a number and a step, all of one moment; without a number, nothing."""
        questions = [find.place()]
        if number is not None:
            questions += [find.struck_known(step, number), find.added(number, -1, selection)]
        place, *more = self._ask_all(questions)
        struck, rows = more or ([], [])
        return News(place[0], {entry_id for (entry_id,) in struck}, [Row(row) for row in rows])

    def _rows(self, question: "find.Question") -> list[Row]:
        return [Row(values) for values in self._ask(question)]

    def _ask(self, question: "find.Question") -> "list[tuple[Any, ...]]":
        return self._ask_all([question])[0]

    def _ask_all(self, questions: "list[find.Question]") -> "list[list[tuple[Any, ...]]]":
        raise NotImplementedError


class News:
    """What came: where the catalog stands now, the ids of known rows that went, the new rows.

    `place` is its birth, the highest number, the last step, the highest id.
    """

    __slots__ = ("place", "rows", "struck")

    def __init__(
        self, place: "tuple[str, int, int, str]", struck: set[str], rows: list[Row]
    ) -> None:
        self.place = place
        self.struck = struck
        self.rows = rows


def one_named(rows: "Iterable[Row]", wanted: str) -> Row:
    """The one row whose id begins or ends with `wanted`; UsageError if none or several do."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.id == wanted:
            return row
        if matches(wanted, row.id):
            found.setdefault(row.id, row)
    if len(found) == 1:
        return next(iter(found.values()))
    raise none_named(wanted) if not found else several_named(wanted, list(found))
