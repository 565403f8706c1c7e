"""The rules for values beside a telling name, as rows of the table: `assigned` does the work."""

from journal.redaction import assigned
from journal.redaction.rule import Rule
from journal.redaction.sieve import STEMS


class Assigned(Rule):
    """A value whose name says what it is."""

    def find(self, text: str, at: int) -> "list[tuple[int, int]]":
        """The value of the name that the stem at this place is a part of."""
        stem = next((one for one in STEMS if text[at : at + len(one)].lower() == one), "")
        span = assigned.find(text, at, stem) if stem else None
        return [span] if span else []


_EXAMPLES = {
    "password": ("DB_PASSWORD={l9}", "password = getpass()"),
    "secret": ('"client_secret": "{w24}"', '"client_secret": "<your-secret>"'),
    "token": ("refreshToken: {w24}", "max_tokens: 4096"),
    "api-key": ("X-Api-Key: {w32}", "primary key: user_id_2"),
    "authorization": ("Authorization: Token {w32}", "author: somebody-else-2"),
    "credential": ('credentials = "{w24}"', "credentials: 'same-origin'"),
    "salt": ('salt = "{w24}"', "salt and pepper: 2 spoons of each"),
}

GENERALS = [
    Assigned(
        name, " ".join(stem for stem, rule in STEMS.items() if rule == name), "", example, counter
    )
    for name, (example, counter) in _EXAMPLES.items()
]
