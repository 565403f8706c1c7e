"""A hook's file: read as it is, changed in one step, given back byte for byte."""

from __future__ import annotations

import difflib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass

from journal.errors import UsageError
from journal.files import write_all
from journal.hooks import git_script
from journal.hooks.git_script import ALONE, AMONG, BEFORE, KEPT, SHELL, Block

_LARGEST = 1 << 20  # of a script; what is larger is none
_LEGACY = ".legacy"  # where `pre-commit install` puts the hook that it finds, and calls it
_EDITED = ".journal-edited"


@dataclass(frozen=True, slots=True)
class HookFile:
    """A hook in its folder; `script` is its text, None if it is no file of its own, or none."""

    folder: str
    name: str
    path: str
    script: str | None
    mode: int = 0o755

    @classmethod
    def read(cls, folder: str, name: str) -> HookFile:
        """The hook, and where our lines may have been moved to."""
        found = cls._at(folder, name, f"{folder}/{name}")
        if not found.block:
            legacy = cls._at(folder, name, f"{folder}/{name}{_LEGACY}")
            return legacy if legacy.block else found
        return found

    @classmethod
    def _at(cls, folder: str, name: str, path: str) -> HookFile:
        try:
            st = os.lstat(path)
        except FileNotFoundError:
            return cls(folder, name, path, None)
        except OSError as error:
            raise _unfit(path, f"can't be read: {error.strerror}") from error
        if stat.S_ISDIR(st.st_mode):
            raise _unfit(path, "is a folder")
        mode = stat.S_IMODE(st.st_mode)
        if not stat.S_ISREG(st.st_mode) or st.st_size > _LARGEST:
            return cls(folder, name, path, None, mode)
        try:
            with open(path, "rb") as file:
                script = file.read().decode("utf-8", "surrogateescape")
        except OSError as error:
            raise _unfit(path, f"can't be read: {error.strerror}") from error
        return cls(folder, name, path, script, mode)

    @property
    def block(self) -> Block | None:
        """Our lines in it."""
        return git_script.find(self.script) if self.script else None

    @property
    def runs(self) -> bool:
        """Whether git calls it."""
        return bool(self.mode & 0o111)

    @property
    def kept(self) -> str:
        """Where a hook goes that ours stands in front of."""
        return f"{self.folder}/{KEPT}/{self.name}"

    @property
    def keeps_another(self) -> bool:
        """Whether a hook is there."""
        return os.path.lexists(self.kept)

    @property
    def must_move(self) -> bool:
        """Whether there is a hook that our lines can't be put into."""
        if not os.path.lexists(self.path) or self.block:
            return False
        return not (self.script and self.runs and git_script.is_shell(self.script))

    def with_ours(self, program: str, root: str) -> str:
        """Its script with our lines; UsageError if a hook would have to go where one is kept."""
        if block := self.block:
            return block.replaced(git_script.block(self.name, program, root, block.form))
        if self.must_move:
            if self.keeps_another and not _is_same(self.path, self.kept):
                raise _unfit(self.kept, f"is in the way of {self.path}, which must go there")
            return SHELL + git_script.block(self.name, program, root, BEFORE)
        form = AMONG if self.script is not None else ALONE
        ours = git_script.block(self.name, program, root, form)
        return git_script.with_block(self.script or SHELL, ours)

    def without_ours(self) -> str | None:
        """What stands there once our lines are gone; None if nothing does."""
        block = self.block
        if block is None or block.form == AMONG:
            return block.rest if block else self.script
        if block.form == BEFORE and self.keeps_another:
            return HookFile._at(self.folder, self.name, self.kept).script or ""
        return block.rest if block.rest != SHELL else None

    def edited(self) -> str:
        """Where a script of ours that somebody has added to goes; empty if nobody has."""
        if not self._is_edited():
            return ""
        return f"somebody has added to {self.path}: that is kept in {self.path}{_EDITED}"

    def _is_edited(self) -> bool:
        block = self.block
        return bool(block and block.form == BEFORE and block.rest != SHELL and self.keeps_another)

    def put(self, new: str) -> None:
        """Write the script; a hook that must go is moved first, and is called from then on."""
        os.makedirs(self.folder, exist_ok=True)
        mode = self.mode
        if self.must_move:
            mode = 0o755
            self._keep()
        _put(self.path, new, mode)

    def _keep(self) -> None:
        os.makedirs(f"{self.folder}/{KEPT}", exist_ok=True)
        if self.keeps_another:  # from an install that was cut short
            return
        if os.path.islink(self.path):
            os.symlink(_moved(os.readlink(self.path), os.pardir), self.kept)
        else:
            try:
                os.link(self.path, self.kept)
            except OSError:  # a file system without
                os.rename(self.path, self.kept)

    def give_back(self) -> None:
        """What `without_ours` says, with the mode that it had."""
        block = self.block
        if block and block.form == BEFORE and self.keeps_another:
            if self._is_edited():
                _put(f"{self.path}{_EDITED}", block.rest, self.mode)
            self._restore()
        elif (rest := self.without_ours()) is not None:
            _put(self.path, rest, self.mode)
        else:
            os.unlink(self.path)
        with suppress(OSError):  # others may be kept there
            os.rmdir(f"{self.folder}/{KEPT}")

    def _restore(self) -> None:
        if not os.path.islink(self.kept):
            os.replace(self.kept, self.path)
            return
        target = os.readlink(self.kept)
        back = target.removeprefix(f"{os.pardir}{os.sep}") if not os.path.isabs(target) else target
        aside = f"{self.path}.{os.getpid()}.new"
        os.symlink(back, aside)
        os.replace(aside, self.path)
        os.unlink(self.kept)

    def diff(self, new: str | None) -> str:
        """What changes if `new` takes its place, as a unified diff; None: the file goes."""
        there = self.script is not None
        before = (self.script or "").splitlines(True)
        after = (new or "").splitlines(True)
        names = (self.path if there else os.devnull, os.devnull if new is None else self.path)
        lines = difflib.unified_diff(before, after, *names)
        text = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _moved(target: str, up: str) -> str:
    return target if os.path.isabs(target) else os.path.join(up, target)


def _is_same(one: str, other: str) -> bool:
    if os.path.islink(one):
        return os.path.islink(other) and os.readlink(other) == _moved(os.readlink(one), os.pardir)
    return os.path.samestat(os.lstat(one), os.lstat(other))


def _put(path: str, text: str, mode: int) -> None:
    """The file's content is the text, or still the old: written aside, renamed."""
    folder, name = os.path.split(path)
    aside = f"{folder}/.{name}.{os.getpid()}.new"
    fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            write_all(fd, text.encode("utf-8", "surrogateescape"))
            os.fsync(fd)
        finally:
            os.close(fd)
        os.chmod(aside, mode)
        os.replace(aside, path)
    except OSError:
        os.unlink(aside)
        raise


def _unfit(path: str, what: str) -> UsageError:
    return UsageError(
        f"{what}; nothing was touched",
        kind="bad-hook",
        file=path,
        hint="move it away, then run the command again",
    )
