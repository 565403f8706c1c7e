"""What can be counted in the catalog: entries by day, kind, actor and session, what is newer."""

from journal.catalog import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from journal.selection import Selection

_DAY = "substr(e.at, 1, 10)"
# In whatever order rows lie: by an index each would be looked up, which takes longer.
_TALLY = f"""
SELECT {_DAY}, e.session, e.actor, e.kind, e.namespace, count(*) FROM entry e NOT INDEXED
WHERE e.copy = 0 AND e.at >= ? AND e.at < ? {{}}
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608
# Zones differ by a day at most, so the index of moments leaves only the days around it.
_DATED = f"""
SELECT count(*) FROM entry e WHERE e.copy = 0 AND {_DAY} = ?
AND e.moment >= (strftime('%s', ?) - 86400) * 1000000
AND e.moment < (strftime('%s', ?) + 172800) * 1000000
"""  # noqa: S608
_FILES = "SELECT path, inode, size, mtime FROM file WHERE size >= 0"
_BEYOND = """
SELECT count(*) FROM entry e JOIN file f ON f.number = e.file
WHERE f.path = ? AND e.offset >= ? AND e.spool IS NULL AND e.copy & 1 = 0
"""
_AFTER_ALL = "~"  # comes after whatever follows a date


class Counted:
    """Everything that counts; forgotten entries are left out."""

    def tally(
        self, since: str = "", until: str = "", namespace: str = ""
    ) -> "list[tuple[str, str, str, str, str, int]]":
        """Day, session, actor, kind, namespace, and how many entries have all these in common.

        `since` and `until` are the first and the last day, as `2026-11-21`; empty: any.
        """
        where = "AND e.namespace = ?" if namespace else ""
        values: list[object] = [since, f"{until}{_AFTER_ALL}", *[namespace] * bool(namespace)]
        return self._ask((_TALLY.format(where), values))

    def grouped(self, selection: "Selection") -> "list[tuple[Any, ...]]":
        """The selected by day, actor, role, session and kind: how many, and the newest of them.

        Of that its moment (Unix microseconds), its id, its title and how its body begins.
        """
        return self._ask(find.grouped(selection))

    def dated(self, day: str) -> int:
        """How many entries are of that day, `2026-11-21`, by their own clocks."""
        return int(self._ask((_DATED, [day, day, day]))[0][0])

    def read_files(self) -> "dict[str, list[int]]":
        """Each day file that was read, as stored, with its inode, size and time (ns)."""
        return {path: rest for path, *rest in self._ask((_FILES, []))}

    def beyond(self, path: str, offset: int) -> int:
        """How many entries a day file has from that byte on, forgotten ones among them."""
        return int(self._ask((_BEYOND, [path, offset]))[0][0])

    def _ask(self, question: "find.Question") -> "list[tuple[Any, ...]]":
        raise NotImplementedError
