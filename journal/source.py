"""Where an entry stands.

Cheap on purpose: every row of the catalog has one.
"""


class Source:
    """The file relative to the workspace, the line from 1, the byte offset from 0.

    The offset counts LF-normalised bytes. `line` is 0 for an entry that no file holds yet, then
    `file` is the one that it belongs to.
    """

    __slots__ = ("file", "line", "offset")

    def __init__(self, file: str, line: int, offset: int = 0) -> None:
        self.file = file
        self.line = line
        self.offset = offset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source) and self._all() == other._all()

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return f"Source({self.file!r}, {self.line}, {self.offset})"

    def _all(self) -> tuple[str, int, int]:
        return self.file, self.line, self.offset
