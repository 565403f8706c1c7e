"""The rules, asked where the sieve says that a secret could stand."""

from journal.redaction.table import BY_LITERAL, RULES

_PLACES = {rule.name: place for place, rule in reversed([*enumerate(RULES)])}


def find(
    text: str, hits: "list[tuple[int, str]]", off: "frozenset[str]"
) -> "list[tuple[int, int, str, str]]":
    """Start, end, rule and an empty name of each secret, those of the most telling rules first.

    What overlaps is all there; but where a rule has found one, it is not asked again before the
    end of that.
    """
    found: list[tuple[int, int, str, str]] = []
    last: dict[str, int] = {}
    for at, literal in sorted(hits):
        for rule in BY_LITERAL[literal]:
            if rule.name in off or at < last.get(rule.name, 0):
                continue
            for start, end in rule.find(text, at):
                found.append((start, end, rule.name, ""))
                last[rule.name] = max(end, last.get(rule.name, 0))
    return sorted(found, key=lambda span: _PLACES[span[2]])
