"""Another program's settings file: read as it is, backed up beside itself, replaced in one step."""

from __future__ import annotations

import difflib
import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass

from journal.errors import JournalError, UsageError
from journal.files import flush, flush_folder, write_all
from journal.hooks.jsontext import Node, Twice, parse, place_of

BACKUP = ".before-journal"


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file as it stands; `path` is where links lead, `text` None if there is none."""

    path: str
    text: str | None

    @classmethod
    def read(cls, path: str) -> SettingsFile:
        """The file; UsageError `bad-settings` if it isn't a JSON object in UTF-8."""
        target = os.path.realpath(path)
        try:
            with open(target, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            return cls(target, None)
        except OSError as error:
            raise _unfit(target, f"can't be read: {error.strerror}") from error
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _unfit(target, f"is not UTF-8 (at byte {error.start + 1})") from error
        found = cls(target, text)
        if text.strip():
            found.node(text)
        return found

    def node(self, text: str) -> Node:
        """The text as values with their places; UsageError `bad-settings` if it is no object."""
        try:
            node = parse(text)
        except json.JSONDecodeError as error:
            what = f"is not valid JSON: {error.msg}"
            raise _unfit(self.path, what, error.lineno, error.colno) from error
        except Twice as error:
            raise _unfit(self.path, str(error), *place_of(text, error.at)) from error
        except RecursionError as error:
            raise _unfit(self.path, "is nested too deeply") from error
        if not isinstance(node.value, dict):
            raise _unfit(self.path, "is no JSON object", 1, 1)
        return node

    def with_its_newlines(self, new: str) -> str:
        """The text with CRLF where the file has nothing else."""
        crlf = (self.text or "").count("\r\n")
        if crlf and crlf == (self.text or "").count("\n"):
            return new.replace("\r\n", "\n").replace("\n", "\r\n")
        return new

    def diff(self, new: str | None) -> str:
        """What changes if `new` takes its place, as a unified diff; None: the file goes."""
        before, after = (self.text or "").splitlines(True), (new or "").splitlines(True)
        to = self.path if new is not None else os.devnull
        lines = difflib.unified_diff(
            before, after, self.path if self.text is not None else os.devnull, to
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    def replace(self, new: str) -> str:
        """Write the new text; the path of the backup of what stood there, empty if nothing did.

        JournalError if somebody else changed the file meanwhile, or it can't be written.
        """
        try:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            backup = self._back_up() if self.text is not None else ""
            if SettingsFile.read(self.path).text != self.text:
                raise JournalError(
                    "was changed by another program just now; nothing was written",
                    kind="changed-on-disk",
                    file=self.path,
                    hint="run the command again",
                )
            mode = 0o644 if self.text is None else stat.S_IMODE(os.stat(self.path).st_mode)
            _put(self.path, new, mode)
        except OSError as error:
            raise JournalError(
                f"can't be written: {error.strerror}",
                kind="not-written",
                file=self.path,
                hint="check the folder's permissions",
            ) from error
        return backup

    def remove(self) -> None:
        """Take the file away, and its folder if nothing else is in it."""
        os.unlink(self.path)
        with suppress(OSError):
            os.rmdir(os.path.dirname(self.path))

    def backups(self) -> list[str]:
        """The copies that were kept of it, the oldest first."""
        found, number = [], 1
        while os.path.lexists(name := self._backup(number)):
            found.append(name)
            number += 1
        return found

    def _backup(self, number: int) -> str:
        return f"{self.path}{BACKUP}" + (f".{number}" if number > 1 else "")

    def _back_up(self) -> str:
        name = self._backup(len(self.backups()) + 1)
        _put(name, self.text or "", stat.S_IMODE(os.stat(self.path).st_mode))
        return name


def _put(path: str, text: str, mode: int) -> None:
    """The file's content is the text, or still the old: written aside, flushed, renamed."""
    folder, name = os.path.split(path)
    aside = f"{folder}/.{name}.{os.getpid()}.new"
    fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            write_all(fd, text.encode())
            os.chmod(aside, mode)
            flush(fd)
        finally:
            os.close(fd)
        os.replace(aside, path)
    except OSError:
        os.unlink(aside)
        raise
    held = os.open(folder, os.O_RDONLY)
    try:
        flush_folder(held)
    finally:
        os.close(held)


def _unfit(path: str, what: str, line: int = 0, column: int = 0) -> UsageError:
    where = f" (column {column})" if column else ""
    return UsageError(
        f"{what}{where}",
        kind="bad-settings",
        file=path,
        line=line,
        hint="nothing was touched: mend the file, then run the command again",
    )
