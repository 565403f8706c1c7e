"""Entry ids: ULIDs, which sort by the time they were made, and unique pieces of them.

Cheap on purpose: every append makes one. Format: https://github.com/ulid/spec
"""

from os import urandom

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {c: i for i, c in enumerate(_ALPHABET)}
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
LENGTH = 26
_MOST = (1 << 128) - 1


def encode(number: int) -> str:
    """The 26 characters of a 128-bit number."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def decode(text: str) -> int:
    """The number an id stands for; ValueError if it is no id."""
    if len(text) != LENGTH or not _VALUES.keys() >= set(text) or text[0] > "7":
        raise ValueError(f"not an entry id: {text!r}")
    number = 0
    for char in text:
        number = number << 5 | _VALUES[char]
    return number


def is_id(text: str) -> bool:
    """Whether `text` is a whole ULID."""
    return len(text) == LENGTH and _VALUES.keys() >= set(text) and text[0] <= "7"


def after(last: str, milliseconds: int) -> str:
    """A new id for this moment (Unix time), greater than `last` even if the clock went back."""
    fresh = (milliseconds & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(urandom(10), "big")
    if last and fresh >> 80 <= (before := decode(last)) >> 80:
        fresh = min(before + 1, _MOST)
    return encode(fresh)


def matches(wanted: str, entry_id: str) -> bool:
    """Whether `wanted` is a beginning or an ending of the id, in either case."""
    wanted, whole = wanted.upper(), entry_id.upper()
    return whole.startswith(wanted) or whole.endswith(wanted)
