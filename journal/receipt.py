"""What an append promises. Cheap on purpose: every append gives one."""


class Receipt:
    """What an append promises: where the entry is, and whether it would survive a power cut."""

    __slots__ = ("at", "digest", "durable", "file", "id", "line", "notices", "repeated", "seq")

    def __init__(self, entry_id: str, at: str, file: str, seq: int, digest: str) -> None:
        self.id = entry_id
        self.at = at
        self.file = file
        self.line = 0
        self.seq = seq
        self.digest = digest
        self.durable = True
        self.repeated = False  # the token had an entry already: this is that entry
        self.notices: list[str] = []  # for stderr: what had to be mended, what could not be written

    def again(self) -> "Receipt":
        """The receipt of a token that came once more."""
        twin = Receipt(self.id, self.at, self.file, self.seq, self.digest)
        twin.line, twin.durable, twin.repeated = self.line, self.durable, True
        return twin

    def record(self) -> "dict[str, object]":
        """The receipt as JSON shows it."""
        return {
            "id": self.id, "at": self.at, "file": self.file, "line": self.line, "seq": self.seq,
            "digest": self.digest, "durable": self.durable,
        }  # fmt: skip
