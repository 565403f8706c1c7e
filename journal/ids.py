"""Entry ids: ULIDs, which sort by the time they were made, and unique pieces of them.

Cheap on purpose: every append makes one. Format: https://github.com/ulid/spec
"""

from os import urandom

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = frozenset(_ALPHABET)
_BASE32 = bytes.maketrans(_ALPHABET.encode(), b"0123456789abcdefghijklmnopqrstuv")
LENGTH = 26
_ANY_BYTE = (_ALPHABET * 8).encode()  # five bits of each random byte


def encode(number: int) -> str:
    """The 26 characters of a 128-bit number."""
    return "".join([_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5)])


def decode(text: str) -> int:
    """The number an id stands for; ValueError if it is no id."""
    if not is_id(text):
        raise ValueError(f"not an entry id: {text!r}")
    return int(text.encode().translate(_BASE32), 32)


def is_id(text: str) -> bool:
    """Whether `text` is a whole ULID."""
    return len(text) == LENGTH and _LETTERS.issuperset(text) and text[0] <= "7"


def after(last: str, milliseconds: int) -> str:
    """A new id for this moment (Unix time), greater than `last` even if the clock went back."""
    moment = "".join([_ALPHABET[milliseconds >> shift & 31] for shift in range(45, -1, -5)])
    if moment <= last[:10]:
        return _next(last)
    return moment + urandom(16).translate(_ANY_BYTE).decode()


def _next(last: str) -> str:
    kept = last.rstrip("Z")
    if kept in ("", "7"):  # nothing comes after the greatest
        return last
    above = _ALPHABET[_ALPHABET.index(kept[-1]) + 1]
    return kept[:-1] + above + "0" * (LENGTH - len(kept))


def matches(wanted: str, entry_id: str) -> bool:
    """Whether `wanted` is a beginning or an ending of the id, in either case."""
    wanted, whole = wanted.upper(), entry_id.upper()
    return whole.startswith(wanted) or whole.endswith(wanted)
