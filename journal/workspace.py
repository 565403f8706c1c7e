"""A workspace: made by `init`, its two configuration files read and compiled."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journal import cjson, clock, ids, languages, names
from journal.errors import JournalError, WorkspaceError
from journal.files import Folder, flush, write_all
from journal.identity import new_identity, new_writer
from journal.space import (
    CACHE,
    CACHED_CONFIG,
    CONFIG,
    POLICY,
    SCHEMA,
    STATE,
    identity,
    sources_of,
    state_home,
)

_WORKSPACE_SCHEMA = "journal/workspace@1"
_TYPES = {str: "text in quotes", list: "a list", bool: "true or false", dict: "a table"}
_ZONE_YEARS = 20
_RECOMPILE = 30 * 86400  # the machine's zone table may be updated meanwhile

_TOML = """\
# A journal workspace. Day files lie in journal/<namespace>/<year>/, derived things in .journal/.
schema = "{schema}"
id = "{id}"
timezone = "{timezone}"  # decides which day an entry belongs to
writer = "{writer}"  # the first writer: its day files carry no writer's name
namespaces = ["main"]  # the first is the default
enabled = true  # false: `journal append` does nothing, says so, and exits 0

# [recall]
# language = "english"  # whose word forms are known: german, french, …; "none" for no language's

# [session]
# keep_checkpoints = {keep}  # how many of a session `journal session prune` keeps, the last ones
# keep_days = {days}  # and for how many days it keeps all of them
"""
KEEP_CHECKPOINTS, KEEP_DAYS = 24, 30

_LINES = (
    (".gitignore", "# journal: derived and private to this machine\n.journal/\n"),
    # Only those here: a namespace may be called so, too.
    (".gitignore", "# journal: packs on their way in and out\n/inbox/\n/outbox/\n"),
    (".gitattributes", "# journal: day files are sealed byte for byte\njournal/** -text\n"),
    (".prettierignore", "# journal: day files are sealed byte for byte\njournal/\n"),
    (
        ".editorconfig",
        (
            "# journal: day files are sealed byte for byte\n[journal/**.md]\nend_of_line = lf\n"
            "insert_final_newline = unset\ntrim_trailing_whitespace = false\n"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Config:
    """What journal.toml says."""

    id: str
    timezone: str
    writer: str
    namespaces: tuple[str, ...]
    enabled: bool
    language: str = languages.DEFAULT
    """Whose word forms recall knows."""
    keep_checkpoints: int = KEEP_CHECKPOINTS
    """How many checkpoints of a session pruning keeps, the last ones."""
    keep_days: int = KEEP_DAYS
    """For how many days it keeps every checkpoint."""
    said: Mapping[str, int] = field(default_factory=dict)
    """The lines on which the file says so, by key, as far as it does."""


@dataclass(frozen=True, slots=True)
class Made:
    """What `init` did: the root, this writer's name, and the files it wrote or added lines to."""

    root: str
    id: str
    writer: str
    timezone: str
    wrote: tuple[str, ...]


def init(directory: str) -> Made:
    """Make `directory` a workspace; what is there already stays as it is."""
    root = os.path.abspath(directory)
    wrote = []
    try:
        os.makedirs(root, exist_ok=True)
        if _is_wanting(f"{root}/{CONFIG}"):
            _create(root, CONFIG, _new_config())
            wrote.append(CONFIG)
        config = read_config(root)
        if _is_wanting(f"{root}/{POLICY}"):
            from journal.policyfile import TEMPLATE

            _create(root, POLICY, TEMPLATE)
            wrote.append(POLICY)
        added = [name for name, lines in _LINES if _add_lines(root, name, lines)]
        wrote += dict.fromkeys(added)
        writer = _identify(root, first=CONFIG in wrote)
    except OSError as error:
        raise WorkspaceError(
            f"can't be made a workspace ({error.strerror})",
            kind="config-error",
            file=str(error.filename or root),
            hint="check that the folder may be written",
        ) from error
    return Made(root, config.id, writer, config.timezone, tuple(wrote))


def _new_config() -> str:
    return _TOML.format(
        schema=_WORKSPACE_SCHEMA,
        id=ids.after("", int(clock.now().timestamp() * 1000)),
        timezone=clock.local_zone_name(),
        writer=new_writer(),
        keep=KEEP_CHECKPOINTS,
        days=KEEP_DAYS,
    )


def _is_wanting(path: str) -> bool:
    """Whether there is no such file, or an empty one that an `init` cut short has left."""
    return not os.path.lexists(path) or (os.path.isfile(path) and not os.path.getsize(path))


def _create(root: str, name: str, text: str) -> None:
    """A file that survives a power cut as the entries do: they are nothing without it."""
    with Folder(root, "") as folder:
        fd = folder.open(name, os.O_WRONLY | os.O_CREAT)
        try:
            write_all(fd, text.encode())
            flush(fd)
        finally:
            os.close(fd)
        folder.flush()


def _add_lines(root: str, name: str, lines: str) -> bool:
    """Add our lines to the end of a file that may be the user's own; False if they are there."""
    try:
        with open(f"{root}/{name}", encoding="utf-8", errors="surrogateescape") as file:
            held = file.read()
    except FileNotFoundError:
        held = ""
    if lines.splitlines()[1] in held.splitlines():
        return False
    lead = "" if not held else "\n" if held.endswith("\n") else "\n\n"
    with open(f"{root}/{name}", "a", encoding="utf-8", newline="\n") as file:
        file.write(lead + lines)
    return True


def _identify(root: str, *, first: bool) -> str:
    """This machine's writer of the workspace; the first one made is the one journal.toml names."""
    from journal.files import lock, unlock
    from journal.space import open_space, writer_of

    space = open_space(root, int(clock.now().timestamp()))
    with Folder(root, STATE, create=True) as state:
        fd = state.open("lock", os.O_RDWR | os.O_CREAT)
        try:
            lock(fd)
            if first:
                mine = identity(root, os.fstat(fd))
                return new_identity(space, f"{state_home()}/{space.id}", mine, space.first)
            return writer_of(space, fd)
        finally:
            unlock(fd)
            os.close(fd)


def read_config(root: str) -> Config:
    """journal.toml, checked; WorkspaceError `config-error` with its line otherwise."""
    path = f"{root}/{CONFIG}"
    try:
        with open(path, "rb") as file:
            raw = file.read()
        values = tomllib.loads(raw.decode())
    except OSError as error:
        raise _broken(CONFIG, 0, error.strerror or "can't be read") from error
    except UnicodeDecodeError as error:
        raise _broken(CONFIG, raw[: error.start].count(b"\n") + 1, "is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else raw.count(b"\n") + 1
        raise _broken(CONFIG, line, str(error)) from error
    except (ValueError, RecursionError) as error:  # a number too long, arrays too deep
        raise _broken(CONFIG, 0, f"can't be read ({error})") from error
    return _checked(values, raw.decode().split("\n"))


def _broken(file: str, line: int, message: str) -> WorkspaceError:
    return WorkspaceError(
        message, kind="config-error", file=file, line=line, hint=f"mend {file}, then try again"
    )


def _checked(values: dict[str, Any], lines: list[str]) -> Config:
    def fail(key: str, message: str) -> WorkspaceError:
        at = [n for n, line in enumerate(lines, 1) if re.match(rf"\s*{key}\s*=", line)]
        return _broken(CONFIG, at[0] if at else 1, f"{key} {message}")

    def want(key: str, kind: type, default: Any = None) -> Any:
        value = values.get(key, default)
        if not isinstance(value, kind):
            raise fail(key, "is missing" if value is None else f"must be {_TYPES[kind]}")
        return value

    schema = want("schema", str)
    if schema != _WORKSPACE_SCHEMA:
        raise fail("schema", f"is {schema!r}, and this version reads {_WORKSPACE_SCHEMA!r}")
    namespaces = want("namespaces", list, ["main"])
    if not namespaces or not all(isinstance(n, str) and names.is_slug(n) for n in namespaces):
        raise fail("namespaces", f"must be a list of names, each {names.SLUG}")
    if not names.is_slug(want("writer", str)):
        raise fail("writer", f"must be {names.SLUG}")
    if not ids.is_id(want("id", str)):
        raise fail("id", "must be the 26 characters that `journal init` wrote")
    try:
        clock.zone(want("timezone", str))
    except ValueError as error:
        raise fail("timezone", f"can't be used: {error}") from error
    return Config(
        values["id"], values["timezone"], values["writer"], tuple(namespaces),
        want("enabled", bool, default=True), _language(want("recall", dict, {}), lines),
        **_kept(want("session", dict, {}), lines),
    )  # fmt: skip


def _language(recall: dict[str, Any], lines: list[str]) -> str:
    """`language` of the table [recall]."""
    value = recall.get("language", languages.DEFAULT)
    if value in languages.LANGUAGES:
        return str(value)
    known = ", ".join(languages.LANGUAGES)
    shown = repr(value) if isinstance(value, str) else "no text in quotes"
    line = _line_of("recall", "language", lines)
    raise _broken(CONFIG, line, f"language is {shown}: give one of {known}")


def _kept(session: dict[str, Any], lines: list[str]) -> dict[str, Any]:
    """What of the table [session] says how long checkpoints are kept, and on which lines."""
    keys = [key for key in ("keep_checkpoints", "keep_days") if key in session]
    said = {key: _line_of("session", key, lines) for key in keys}
    for key in keys:
        if type(session[key]) is not int or session[key] < 0:
            raise _broken(CONFIG, said[key], f"{key} must be a number from 0 on")
    return {key: session[key] for key in keys} | {"said": said}


def _line_of(table: str, key: str, lines: list[str]) -> int:
    """The line of a key in a table, written under its heading or on one line with it."""
    heads = [n for n, line in enumerate(lines, 1) if re.match(rf"\s*\[\s*{table}\s*\]", line)]
    wanted = rf"\s*{key}\s*=" if heads else rf"\s*{table}\b.*\b{key}\s*="
    first = max([1, *heads])
    at = [n for n, line in enumerate(lines, 1) if n >= first and re.match(wanted, line)]
    return at[0] if at else 1


def compile_config(root: str, now: int) -> dict[str, object]:
    """The configuration as appending needs it, kept in the cache under its sources' identity."""
    # 40 ms, and the policy is only read when it changed.
    from journal.policy.limits import compiled as compiled_policy
    from journal.policy.limits import intervals
    from journal.policyfile import read_policy

    sources = sources_of(
        root
    )  # before reading: a change meanwhile makes the cache stale, not wrong
    config = read_config(root)
    policy = read_policy(root)
    zone = clock.zone(config.timezone)
    end = now + _ZONE_YEARS * 366 * 86400
    compiled: dict[str, object] = {
        "schema": SCHEMA,
        "sources": sources,
        "workspace": config.id,
        "writer": config.writer,
        "timezone": config.timezone,
        "namespace": config.namespaces[0],
        "enabled": config.enabled,
        "language": config.language,
        "offsets": [list(pair) for pair in clock.offsets(zone, now - 366 * 86400, end)],
        "policy": compiled_policy(policy),
        "distill": intervals(policy),
        "until": now + _RECOMPILE,
    }
    try:
        with Folder(root, CACHE, create=True) as folder:
            folder.replace(CACHED_CONFIG, cjson.dumps(compiled).encode())
    except (OSError, JournalError):
        pass  # a cache that can't be kept only costs time
    return compiled
