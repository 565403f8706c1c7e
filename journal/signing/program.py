"""Signatures made and checked by `ssh-keygen -Y`, a program of OpenSSH 8.2 or newer."""

from __future__ import annotations

import os
import subprocess
import sys
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

from journal.errors import JournalError
from journal.safe import one_line
from journal.signing import sshsig
from journal.signing.sshsig import Signature

_NAME = "ssh-keygen"


def is_here() -> bool:
    """Whether the program is on the PATH."""
    return which(_NAME) is not None


def sign(message: bytes, path: str, namespace: str) -> bytes:
    """The armored signature by that key file, or by the agent or hardware that it names.

    It may ask for a passphrase at the terminal, or for a touch. JournalError `not-signed`.
    """
    with TemporaryDirectory(prefix="journal-") as folder:
        file = _put(folder, "message", message)
        done = _run(["sign", "-q", "-f", os.path.abspath(path), "-n", namespace, file])
        if done.returncode or not os.path.exists(f"{file}.sig"):
            raise _refused(done.stderr or b"", path)
        with open(f"{file}.sig", "rb") as made:
            signature = made.read()
    sshsig.parse(signature, namespace)
    return signature


def _put(folder: str, name: str, data: bytes) -> str:
    file = os.path.join(folder, name)
    with open(file, "wb") as out:
        out.write(data)
    return file


def _refused(told: bytes, path: str) -> JournalError:
    lines = told.decode(errors="replace").strip().splitlines()
    why = one_line(lines[-1].removeprefix("Enter passphrase: ")) if lines else "it said why above"
    return JournalError(
        f"ssh-keygen did not sign: {why}", kind="not-signed", file=path,
        hint="is the key in the agent (`ssh-add -l`), or the passphrase right?",
    )  # fmt: skip


def check(message: bytes, signature: Signature) -> None:
    """IntegrityError `bad-signature` if the key never signed this."""
    with TemporaryDirectory(prefix="journal-") as folder:
        file = _put(folder, "signature", signature.armored)
        call = ["check-novalidate", "-q", "-n", signature.namespace, "-s", file]
        done = _run(call, message)
    if done.returncode:
        raise sshsig.bad_signature("something else was signed, or another key signed")


def _run(words: list[str], message: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """What came of it; who signs is asked at the terminal, so that is left to the program."""
    asked = message is None and sys.stdin is not None and sys.stdin.isatty()
    given: dict[str, Any] = {"input": message} if message is not None else {}
    if message is None and not asked:
        given = {"stdin": subprocess.DEVNULL}
    told = None if message is None and sys.stderr.isatty() else subprocess.PIPE
    try:
        return subprocess.run(
            [_NAME, "-Y", *words], stdout=subprocess.PIPE, stderr=told, check=False,
            env={**os.environ, "LC_ALL": "C"}, **given,
        )  # fmt: skip
    except OSError as error:
        raise JournalError(
            f"ssh-keygen can't be run: {error.strerror}",
            kind="no-signing",
            hint="install OpenSSH 8.2 or newer",
        ) from error
