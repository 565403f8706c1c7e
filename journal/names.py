"""The grammar of names: namespaces, writers, sessions, paths, kinds, keys.

Cheap on purpose (no imports): every append checks names.
"""

_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_NAME = _LOWER | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ._")
_KEY = _LOWER | {"_"}
# Windows refuses these as file names, with any ending.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)
KINDS = frozenset(
    "message note decision task fact summary event branch merge abandon compact checkpoint session"
    " amend adopt forget redact review node edge profile".split()
)

SLUG = "1 to 32 of a-z, 0-9 and '-', beginning with a letter or digit"
NAME = "1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-', beginning with a letter or digit"
PATH = f"names joined by '/', 128 characters at most; a name is {NAME}"


def is_slug(text: str) -> bool:
    """Whether `text` can name a namespace or a writer: it becomes part of a file name."""
    return (
        0 < len(text) <= 32 and _LOWER.issuperset(text) and text[0] != "-" and text not in _DEVICES
    )


def is_name(text: str) -> bool:
    """Whether `text` can name a session or a role."""
    return (
        0 < len(text) <= 64 and _NAME.issuperset(text) and text[0] not in "-._" and text[-1] != "."
    )


def is_path(text: str) -> bool:
    """Whether `text` can name a path, a line of conversation."""
    return len(text) <= 128 and all(map(is_name, text.split("/")))


def is_key(text: str) -> bool:
    """Whether `text` can be a key of an entry's header."""
    return 0 < len(text) <= 32 and _KEY.issuperset(text) and text[0] in "abcdefghijklmnopqrstuvwxyz"
