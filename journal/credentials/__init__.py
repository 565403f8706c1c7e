"""What the user's own secrets are: from the environment, from `.env`, and named once by command.

Cheap on purpose: every append asks. What is rarely needed lies in modules of its own: `dotenv`,
`telling` (is this value a secret?), `kept` (what was named once), `keeping` (the naming of values,
and the making of the key).
"""

import os

from journal.errors import WorkspaceError
from journal.files import Folder
from journal.space import STATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from journal.redaction.values import Values

KEY = "fingerprint-key"
KEPT = "known-values"
FILES = (".env", ".env.local")
_BITS = ("KEY", "TOKEN", "SECRET", "PASS", "PWD", "CRED", "AUTH", "PRIVATE", "JWT", "BEARER")
_FOLDERS = ("PWD", "OLDPWD")
_HEX = frozenset("0123456789abcdef")
_MOST = 1 << 20


def known(root: str, environ: "Mapping[str, str]" = os.environ, cwd: str = "") -> "Values | None":
    """What is secret here, by value; None if nothing is known and nothing has to be said.

    `cwd`: the folder whose `.env` counts beside the workspace's, the current one by default. A file
    that can't be used is told of in `notices`. WorkspaceError `state-damaged` if the named values
    or their key can't be read: an append then would store what it must not.
    """
    notices: list[str] = []
    # Few variables get as far as being judged by a module that costs more to load.
    found = [pair for pair in environ.items() if _may_be_secret(*pair)]
    for path in _env_files(root, cwd):
        found += _from_file(path, notices)
    if found:
        from journal.credentials.telling import secrets

        found = secrets(found, root)
    named = os.path.lexists(f"{root}/{STATE}/{KEPT}")
    if not (found or named or notices):
        return None
    from journal.redaction.values import Values

    if not named:
        return Values(found, notices=notices)
    from journal.credentials.kept import needles

    secret = key(root, create=False)
    return Values(found, needles(root, secret), secret, notices)


def key(root: str, create: bool = True) -> bytes:
    """The key of fingerprints, 32 random bytes kept in the workspace's own state.

    WorkspaceError `state-damaged` if it is there but broken, or is not there and not to be made.
    """
    try:
        with Folder(root, STATE) as state:
            held = state.read(KEY).decode("ascii", "replace").strip()
    except FileNotFoundError as error:
        if not create:
            raise broken(KEY, "is missing, and named values are kept under it") from error
        from journal.credentials.keeping import make_key

        return make_key(root)
    if len(held) != 64 or not _HEX.issuperset(held):
        raise broken(KEY, "does not hold 64 hex digits")
    return bytes.fromhex(held)


def broken(name: str, message: str) -> WorkspaceError:
    """A file of the state that must not be replaced silently."""
    what = "this file" if name == KEPT else f"this file and {KEPT} beside it"
    return WorkspaceError(
        message,
        kind="state-damaged",
        file=f"{STATE}/{name}",
        hint=f"put it back from a backup, or delete {what}; a new one is made when it is needed,"
        " and values named by `journal redact value add` have to be named again",
    )


def _may_be_secret(name: str, value: str) -> bool:
    is_number = value.isdigit()
    if len(value) < (6 if is_number else 8):
        return False
    if "://" in value:
        return "@" in value
    upper = name.upper()
    if upper in _FOLDERS:
        return False
    # A loop takes half the time of any(), and this is asked of every variable there is.
    for bit in _BITS:
        if bit in upper:
            return value[0] != "/" or not os.path.lexists(value)  # such as a socket's name
    return is_number and "PIN" in upper


def _env_files(root: str, cwd: str) -> "Iterator[str]":
    try:
        here = cwd or os.getcwd()
    except FileNotFoundError:  # somebody removed the folder that we are in
        here = root
    for folder in (root, here) if os.path.normpath(here) != os.path.normpath(root) else (root,):
        for name in FILES:
            yield f"{folder}/{name}"


def _from_file(path: str, notices: "list[str]") -> "list[tuple[str, str]]":
    """The variables of an env file that may be secret; a notice if it can't be read."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        notices.append(f"{path} can't be read ({error.strerror}): its secrets are not known")
        return []
    from journal.credentials.dotenv import read, variables

    data = read(fd, path, _MOST, notices)
    return [pair for pair in variables(data) if _may_be_secret(*pair)]
