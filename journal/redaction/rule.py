"""One rule: its name, where to look, what to match there, and an example of each sort."""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 8000  # a pattern that could run on to the end of the text would do so from every place
_ENOUGH = 512  # of a match is judged

# Letters and digits that spell out examples. Nothing here looks like a secret to a scanner.
_SETS = {
    "w": "aQ7zL2mXp9RtB4kVnH8sYc3WfGd6JuTe5ZrK",
    "h": "7e0b4d9f2a6c81",
    "u": "Q7ZL2MXP3RTB4KVNH6SYCWFGDJUE5",
    "d": "8305719264",
    "l": "qzlmxprtbkvnhsycwfgdjue",
    "k": "q7zl2mxp9rtb4kvnh8sycwfgd6jue50",
}


def spelled(text: str) -> str:
    """The text with each `{w36}` written out: 36 letters and digits, always the same ones.

    h is hex, u capitals and digits, d digits, l small letters, k small letters and digits.
    """
    return re.sub(r"\{([whudlk])(\d+)\}", lambda match: _drawn(match[1], int(match[2])), text)


def _drawn(kind: str, size: int) -> str:
    letters, state, drawn = _SETS[kind], size, []
    for _ in range(size):
        state = (state * 1103515245 + 12345) % (1 << 31)
        drawn.append(letters[(state >> 16) % len(letters)])
    return "".join(drawn)


class Rule:
    """What a kind of secret looks like.

    `pattern` is matched where one of the literals begins, less `back` characters; what its group
    `secret` matches, else the whole, is the secret. `accept` has the last word. `example` and
    `counter` are in the spelling of `spelled`.
    """

    __slots__ = ("_compiled", "accept", "back", "counter", "example", "literals", "name", "pattern")

    def __init__(self, name: str, literals: str, pattern: str, example: str, counter: str) -> None:
        self.name = name
        self.literals = tuple(literals.split()) if literals != " -p" else (literals,)
        self.pattern = pattern.replace(",}", f",{_LONGEST}}}")
        self.example = example
        self.counter = counter
        self.accept: Callable[[str], bool] | None = None
        self.back = 0
        self._compiled: re.Pattern[str] | None = None

    def but(self, *, accept: "Callable[[str], bool] | None" = None, back: int = 0) -> "Rule":
        """The same rule with a last word, or with a beginning before its literal."""
        self.accept, self.back = accept, back
        return self

    def find(self, text: str, at: int) -> "list[tuple[int, int]]":
        """Start and end of the secrets whose literal begins at this place: one, or none."""
        if self._compiled is None:
            self._compiled = re.compile(self.pattern)
        match = self._compiled.match(text, max(0, at - self.back))
        if match is None:
            return []
        start, end = match.span("secret" if "secret" in self._compiled.groupindex else 0)
        good = self.accept is None or self.accept(text[start : min(end, start + _ENOUGH)])
        return [(start, end)] if good else []
