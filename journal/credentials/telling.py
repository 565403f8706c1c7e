"""Which variables hold a secret, by name and value.

Cheap on purpose, see `journal.credentials`. Too little leaves a secret in the journal, too much
makes an ordinary word unreadable in it: a value that people say or type in sentences is none.
"""

import os

from journal.files import close, read_all
from journal.space import CONFIG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST = 8
_LEAST_DIGITS = 6
_NUMBERED = frozenset(("PIN", "SECRET", "TOKEN"))
_PROSE = 16  # characters of words alone from which on even words are a pass phrase
_STRONG = ("PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "CREDENTIAL")
_WEAK = (
    "KEY", "KEYS", "TOKEN", "TOKENS", "AUTH", "PASS", "PWD", "PRIVATE", "JWT", "BEARER", "CRED",
    "CREDS",
)  # fmt: skip
_FOLDERS = frozenset(("PWD", "OLDPWD"))
# What a name ends with that tells of a secret and is none.
_ABOUT = frozenset(
    "AGENT ALG ALGO ALGORITHM AUDIENCE BACKEND CLASS COUNT DIR DOMAIN EMAIL ENABLED EXPIRES EXPIRY"
    " FILE FOLDER FORMAT HEADER HOME HOST INTERVAL ISSUER LAYOUT LENGTH LIMIT METHOD MODE NAME PATH"
    " PLUGIN POLICY PORT PREFIX PROVIDER REGION SCHEME SCOPE SCOPES SIZE SOCK SOCKET SUFFIX TIMEOUT"
    " TTL TYPE USER USERNAME VERSION".split()
)
_DIGITS = "0123456789"
# What a number is that isn't secret though something in its name is; anywhere in the name.
_COUNTED = _ABOUT | frozenset(
    "AGE BITS BUDGET BYTES CACHE DAYS DELAY DURATION EXPIRATION EXPIRE HOURS ID LEN LIFETIME MAX"
    " MIN MINUTES MS NUM NUMBER PER QUOTA RATE RETRIES SECONDS SINCE TIME TIMESTAMP UID USAGE"
    " WINDOW YEAR".split()
)
_NUMBER = frozenset("0123456789.,:+-/ eExX_")


def secrets(variables: "Iterable[tuple[str, str]]", root: str) -> "list[tuple[str, str]]":
    """Name and secret of each variable that holds one; what journal.toml says is none."""
    found = []
    for name, given in variables:
        value = given.strip()
        if "://" in value and "\n" not in value:
            found += [(name, part) for part in _in_url(value) if _is_secret(part, _PROSE)]
        elif _is_number(name, value) or ((least := _credential(name)) and _is_secret(value, least)):
            found.append((name, value))
    config = _config(root) if found else ""
    return [(name, value) for name, value in found if f'"{value}"' not in config]


def _credential(name: str) -> int:
    """How long a value of words alone must be under this name; 0 if it names no credential."""
    upper = name.upper()
    if upper in _FOLDERS:
        return 0
    parts = upper.replace("-", "_").replace(".", "_").split("_")
    if parts[-1] in _ABOUT:
        return 0
    if any(strong in "".join(parts) for strong in _STRONG):
        return _PROSE
    weak = any(part.rstrip(_DIGITS).endswith(_WEAK) for part in parts)
    return 1 << 62 if weak else 0


def _is_secret(value: str, prose: int) -> bool:
    if len(value) < LEAST or len(set(value)) < 4 or _NUMBER.issuperset(value):
        return False
    if value.startswith("$") and value.strip("${}").replace("_", "").isalnum():
        return False  # names another variable
    if _is_path(value):
        return False
    return len(value) >= prose or not _is_words(value)


def _is_number(name: str, value: str) -> bool:
    """Whether the value is a secret of digits alone, by a name that leaves no doubt."""
    if len(value) < _LEAST_DIGITS or not (value.isascii() and value.isdigit()):
        return False
    if len(set(value)) < 4 or value in 2 * _DIGITS or value in 2 * _DIGITS[::-1]:
        return False
    parts = [part.rstrip(_DIGITS) for part in name.upper().replace("-", "_").split("_")]
    return _COUNTED.isdisjoint(parts) and any(
        part in _NUMBERED or part.endswith(_STRONG[:2]) for part in parts
    )


def _is_words(value: str) -> bool:
    """Whether the value is but words: in small letters, in capitals, or with a capital first."""
    for mark in "-_.,;:/ ":
        value = value.replace(mark, " ")
    words = value.split()
    return all(
        word.isalpha() and word in (word.lower(), word.upper(), word.title()) for word in words
    )


def _is_path(value: str) -> bool:
    if not value.startswith(("/", "~", "./", "../")) and value[1:3] not in (":\\", ":/"):
        return False
    if os.path.lexists(value):
        return True
    parts = value.replace("\\", "/").split("/")
    return len(parts) > 2 and all("." in part or not part or _is_words(part) for part in parts[1:])


def _in_url(value: str) -> "list[str]":
    """The password of a URL, or what stands for one where there is a name alone."""
    rest = value.partition("://")[2]
    for end in "/?#":
        authority = rest.partition(end)[0]
        if "@" in authority:  # some passwords hold what should have been escaped
            rest = authority
    user, at, _ = rest.rpartition("@")
    if not at:
        return []
    name, colon, password = user.partition(":")
    # Both: a token may stand in the name, beside a password that says nothing (`x-oauth-basic`).
    found = [password, name] if colon and password else [name]
    return [_unescaped(one) for one in found]


def _unescaped(text: str) -> str:
    from journal.redaction.escapes import url_pieces

    pieces = url_pieces(text.encode("utf-8", "surrogatepass"))
    return b"".join([piece for _, piece in pieces]).decode("utf-8", "replace")


def _config(root: str) -> str:
    try:
        fd = os.open(f"{root}/{CONFIG}", os.O_RDONLY)
    except OSError:
        return ""
    try:
        return read_all(fd).decode(errors="replace")
    except OSError:
        return ""
    finally:
        close(fd)
