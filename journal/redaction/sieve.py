"""Where a secret could stand in a text, without the regex engine: most texts end here.

Cheap on purpose, see `journal.redaction`. The text is looked at as bytes, one for each character.
"""

# Where to look, in small letters; the rest of a name is read around it.
STEMS = {
    "pass": "password", "pw": "password", "salt": "salt", "secret": "secret",
    "token": "token", "key": "api-key", "auth": "authorization", "cred": "credential",
    "senha": "password", "kennwort": "password", "wachtwoord": "password",
    "contrase\u00f1a": "password", "has\u0142o": "password", "\u5bc6\u7801": "password",
    "\u53e3\u4ee4": "password", "\u5bc6\u78bc": "password", "\u51ed\u8bc1": "credential",
    "\u5bc6\u94a5": "api-key", "\u4ee4\u724c": "token",
    "\u30d1\u30b9\u30ef\u30fc\u30c9": "password", "\ube44\ubc00\ubc88\ud638": "password",
    "\u043f\u0430\u0440\u043e\u043b\u044c": "password",
}  # fmt: skip

_ORDER = {stem: place for place, stem in enumerate(STEMS)}
_PLAIN = [(stem.encode(), stem) for stem in STEMS if stem.isascii()]
_FOREIGN = [stem for stem in STEMS if not stem.isascii()]

_QUOTES = "\"'`\u201c\u2018"
_MANY, _REMEMBERED = 64, 64
_BEFORE, _AFTER = 250, 1000  # more than `assigned` and `judged` look at
_LEAST = 18
_RUN = b"a" * _LEAST
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
_NAME = _LETTERS.encode()
_table = bytearray(b" " * 256)
for _byte in _NAME + b"~":
    _table[_byte] = 97
_RUNS = bytes(_table)
_SAYING = frozenset(b"is are was to be ist lautet est es string str".split())
_SETTING = (b"ENV", b"ARG", b"set ", b"setx ", b"login")
# What `looks` looks at more closely.
_LITERALS = (
    b"@", b"$", b"basic ", b"bearer ", b"curl ", b"hook", b"private key", b"putty-user-key-file-",
    b"identified by ", b"kind:", b" -p", b"cookie: ",
)  # fmt: skip
_FOREIGN_SIGNS = "?\uff1a\uff1d\u662f\u4e3a\u70ba\u306f\u201c\u2018"


def sift(text: str) -> "tuple[bytes, bytes]":
    """The text as bytes, and in small letters; anything beyond ASCII is a question mark."""
    raw = text.encode("ascii", "replace")
    return raw, raw.lower()


def hits(raw: bytes, low: bytes) -> "list[tuple[int, str]]":
    """Where the literals of rules stand, and look as if there were a secret."""
    found = runs(raw)
    for literal in _LITERALS:
        at = low.find(literal)
        if at >= 0:
            from journal.redaction.looks import LOOKS

            look = LOOKS[literal]
        while at >= 0:
            hit = look(raw, low, at)
            if hit is not None:
                found.append(hit)
            at = low.find(literal, at + len(literal))
    return found


def assignments(text: str, raw: bytes, low: bytes) -> "list[tuple[int, int, str]]":
    """Start, end and rule of the values that stand beside a telling name."""
    places = []
    for literal, stem in _PLAIN:
        at = low.find(literal)
        while at >= 0:
            if _has_value(raw, low, at):
                places.append((at, stem))
            at = low.find(literal, at + len(literal))
    if not text.isascii():
        places += _foreign(text, raw, low)
    return _valued(text, sorted(places)) if places else []


def _foreign(text: str, raw: bytes, low: bytes) -> "list[tuple[int, str]]":
    places = []
    for stem in _FOREIGN:
        at = text.find(stem)
        while at >= 0:
            end = at + len(stem)
            if text[end : end + 1] in _FOREIGN_SIGNS or raw[end : end + 1] != b"?":
                places += [(at, stem)] if _has_value(raw, low, end) else []
            at = text.find(stem, end)
    return places


def _valued(text: str, places: "list[tuple[int, str]]") -> "list[tuple[int, int, str]]":
    """What stands at the places, in their order; what a value holds is not judged once more."""
    from journal.redaction.assigned import find

    found: dict[tuple[int, int], str] = {}
    refused: set[str] = set()
    last = 0
    for at, stem in places:
        if at < last and _name_end(text, at + len(stem)) + 1 < last:
            continue
        around = _around(text, at) if len(places) > _MANY else ""
        if around and around in refused:
            continue
        span = find(text, at, stem)
        if span:
            last = max(last, span[1])
            # The one that comes first in STEMS names it: `auth_token` is a token.
            if span not in found or _ORDER[stem] < _ORDER[found[span]]:
                found[span] = stem
        elif around:
            refused.add(around)
            if len(refused) > _REMEMBERED:
                refused.clear()
    return [(*span, STEMS[stem]) for span, stem in found.items()]


def _around(text: str, at: int) -> str:
    """All that a value without quotes is refused by; empty if there are quotes, or not so much."""
    after = text[at : at + _AFTER]
    if at < _BEFORE or len(after) < _AFTER or any(map(after.__contains__, _QUOTES)):
        return ""
    return text[at - _BEFORE : at] + after


def _name_end(text: str, at: int) -> int:
    rest = text[at : at + 64]
    return at + len(rest) - len(rest.lstrip(_LETTERS))


def _has_value(raw: bytes, low: bytes, at: int) -> bool:
    """Whether the name that has its stem here could have a value after it: `assigned` looks."""
    rest = raw[at : at + 160].lstrip(_NAME)
    if raw.startswith(b"password-stdin", at):
        return b"|" in raw[max(0, at - 240) : at]
    bare = rest.lstrip(b"\\\"'`*] \t")
    sign = bare[:1]
    if sign in b"\r\n,":
        return b"value" in low[at : at + 250] or (sign == b"," and bare[1:].lstrip()[:1] in b"\"'")
    if sign in b":=?|+~<>(.":
        return True
    if rest[:1] in b"\"'`\\" or len(rest) - len(bare) != len(rest) - len(rest.lstrip(b" \t")):
        return True
    word = bare.split(None, 1)[0].lower()
    if word.rstrip(b":") in _SAYING:
        return True
    before = raw[max(0, at - 130) : at]
    return b"--" in before or any(map(before.__contains__, _SETTING))


def runs(raw: bytes) -> "list[tuple[int, str]]":
    """Long runs of letters, digits and the like that begin, or are built, as a token is."""
    plain = raw.translate(_RUNS)
    at = plain.find(_RUN)
    if at < 0:
        return []
    from journal.redaction.looks import begun, is_shaped

    found = []
    while at >= 0:
        end = plain.find(b" ", at + _LEAST)
        end = end if end >= 0 else len(plain)
        found += begun(raw, at, end)
        if is_shaped(raw, at, end):
            found.append((at, ""))
        at = plain.find(_RUN, end)
    return found
