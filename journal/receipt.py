"""What an append promises. Cheap on purpose: every append gives one."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.seal import Sealing


class Receipt:
    """What an append promises: where the entry is, and whether it would survive a power cut."""

    __slots__ = (
        "at", "digest", "durable", "file", "id", "line", "notices", "redacted", "repeated", "seq",
        "withheld",
    )  # fmt: skip

    def __init__(self, entry_id: str, at: str, file: str, seq: int, digest: str) -> None:
        self.id = entry_id
        self.at = at
        self.file = file
        self.line = 0
        self.seq = seq
        self.digest = digest
        self.durable = True
        self.withheld = ""  # the policy's rule, if the text was not kept
        self.redacted: tuple[str, ...] = ()  # the rules of the secrets that were masked
        self.repeated = False  # the token had an entry already: this is that entry
        self.notices: list[str] = []  # for stderr: what had to be mended, what could not be written

    def again(self) -> "Receipt":
        """The receipt of a token that came once more."""
        twin = Receipt(self.id, self.at, self.file, self.seq, self.digest)
        twin.line, twin.durable, twin.repeated = self.line, self.durable, True
        twin.withheld, twin.redacted = self.withheld, self.redacted
        return twin

    def of_again(self, draft: "Sealing") -> "Receipt":
        """The same, with what became of the draft that came again under its token."""
        if draft.withheld or draft.redacted:
            self.withheld, self.redacted = draft.withheld, draft.redacted
            self.notices = self.notices or self.told()
        return self

    def record(self) -> "dict[str, object]":
        """The receipt as JSON shows it."""
        shown: dict[str, object] = {
            "id": self.id, "at": self.at, "file": self.file, "line": self.line, "seq": self.seq,
            "digest": self.digest, "durable": self.durable,
        }  # fmt: skip
        if self.withheld:
            shown["withheld"] = self.withheld
        if self.redacted:
            shown["redacted"] = list(self.redacted)
        return shown

    def told(self) -> "list[str]":
        """What stderr has to say of what was kept instead of the text."""
        if "hash_only" in self.withheld:
            return [f"only the header and a digest were kept: {self.withheld}"]
        if self.withheld:
            return [f"not kept: {self.withheld}; an entry without its text says so"]
        if self.redacted:
            names = ", ".join(sorted(set(self.redacted)))
            return [f"{len(self.redacted)} masked before anything was kept: {names}"]
        return []


def promised(draft: "Sealing", entry_id: str, at: str, file: str, seq: int) -> Receipt:
    """The receipt of a draft that is about to be written, with what stderr has to say of it."""
    receipt = Receipt(entry_id, at, file, seq, draft.body_digest)
    receipt.withheld, receipt.redacted = draft.withheld, draft.redacted
    receipt.notices = receipt.told()
    return receipt
