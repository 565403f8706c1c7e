"""The rules, asked where the sieve says that a secret could stand."""

from journal.redaction.table import BY_LITERAL


def find(
    text: str, hits: "list[tuple[int, str]]", off: "frozenset[str]"
) -> "list[tuple[int, int, str, str]]":
    """Start, end, rule and an empty name of each secret; what overlaps is all there."""
    return [
        (start, end, rule.name, "")
        for at, literal in hits
        for rule in BY_LITERAL[literal]
        if rule.name not in off
        for start, end in rule.find(text, at)
    ]
