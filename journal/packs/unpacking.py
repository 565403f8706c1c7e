"""A pack taken to a folder, every byte of it checked on the way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from hashlib import sha256

from journal.errors import UsageError
from journal.files import Folder, close, flush, write_all
from journal.manifest import NAME, SIGNATURE
from journal.packs.pack import Pack, changed


def unpack(pack: Pack, folder: str) -> None:
    """The pack's members in a new folder (0700; files 0600), with manifest and signature, flushed.

    IntegrityError `pack-corrupt` if a member isn't what the manifest says: then there is no folder.
    UsageError `file-exists` if there is one already.
    """
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError as error:
        raise UsageError(
            "is there already", kind="file-exists", file=folder, hint="name another folder"
        ) from error
    whole = False
    try:
        with Folder(folder, "") as top:
            _fill(pack, top)
        with Folder(os.path.dirname(os.path.abspath(folder)), "") as above:
            above.flush()
        whole = True
    finally:
        if not whole:
            shutil.rmtree(folder, ignore_errors=True)


def _fill(pack: Pack, top: Folder) -> None:
    with ExitStack() as stack:
        made: dict[str, Folder] = {"": top}
        for path, member in pack.members.items():
            above, _, name = path.rpartition("/")
            if above not in made:
                made[above] = stack.enter_context(top.inner(above, create=True))
            if put(made[above], name, pack.chunks(path)) != member.sha256:
                raise changed(pack, path)
        if pack.signature is not None:
            put(top, SIGNATURE, [pack.signature])
        put(top, NAME, [pack.raw])
        for here in made.values():
            here.flush()


def put(here: Folder, name: str, chunks: Iterable[bytes]) -> str:
    """Write a new file, flushed; the SHA-256 of its bytes."""
    state = sha256()
    fd = here.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        for chunk in chunks:
            state.update(chunk)
            write_all(fd, chunk)
        flush(fd)
    finally:
        close(fd)
    return state.hexdigest()
