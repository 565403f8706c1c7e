"""Naming a value once, so that it is known as a secret ever after; and making the key.

Nothing here writes the value itself anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from journal.credentials import KEPT, KEY, key
from journal.credentials.kept import read, veiled, write
from journal.errors import UsageError
from journal.files import Folder, close, lock, unlock
from journal.redaction.values import forms
from journal.space import STATE

LEAST = 4
MOST = 64 << 10
_LOCK = "known-values.lock"  # never the append's own: whoever holds that may ask for the key
_NAME_SIZE = 64


def make_key(root: str) -> bytes:
    """The key, made unless another process just did."""
    with _locked(root) as state:
        if not _holds(state, KEY):
            state.replace(KEY, os.urandom(32).hex().encode() + b"\n")
    return key(root)


def name_value(root: str, name: str, value: str) -> None:
    """Know this value as a secret from now on; what had that name before is forgotten.

    Blanks around it don't count. Of several lines each long one counts by itself, too. UsageError
    if the value is too short or too long to be sought, or the name is none.
    """
    value = value.strip()
    _check(name, value)
    secret = key(root)
    with _locked(root) as state:
        held = read(state, secret)
        held[name] = [veiled(secret, form) for form in dict.fromkeys(forms(value))]
        write(state, secret, held)


def named(root: str) -> list[str]:
    """The names of the values that were named."""
    if not os.path.lexists(f"{root}/{STATE}/{KEPT}"):
        return []
    with Folder(root, STATE) as state:
        return sorted(read(state, key(root, create=False)))


def forget_value(root: str, name: str) -> None:
    """Know this value no more; UsageError if there is none of that name."""
    if name not in named(root):
        raise UsageError(
            f"no value is named {name!r}",
            kind="no-such-value",
            hint="`journal redact value list` shows the names",
        )
    secret = key(root, create=False)
    with _locked(root) as state:
        held = read(state, secret)
        held.pop(name, None)
        write(state, secret, held)


def _check(name: str, value: str) -> None:
    size = len(value.encode("utf-8", "surrogatepass"))
    if len(value) < LEAST or size > MOST:
        raise UsageError(
            f"the value has {size:,} bytes, and {LEAST} to {MOST:,} can be sought",
            kind="bad-value",
            hint="give the whole secret, and nothing but it",
        )
    if not name.strip() or len(name) > _NAME_SIZE or not name.isprintable() or value in name:
        raise UsageError(
            "that can't be the name of a value",
            kind="bad-name",
            hint=f"such as DEPLOY_TOKEN, {_NAME_SIZE} characters at most; never the value itself",
        )


@contextmanager
def _locked(root: str) -> Iterator[Folder]:
    with Folder(root, STATE, create=True) as state:
        fd = state.open(_LOCK, os.O_RDWR | os.O_CREAT)
        try:
            lock(fd)
            yield state
        finally:
            unlock(fd)
            close(fd)


def _holds(state: Folder, name: str) -> bool:
    try:
        state.stat(name)
    except FileNotFoundError:
        return False
    return True
