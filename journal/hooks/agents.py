"""The hooks of Claude Code and Codex: both read them from a JSON file, in the same shape.

Where they look: code.claude.com/docs/en/hooks, developers.openai.com/codex/hooks.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from journal.errors import UsageError
from journal.hooks import jsontext, merging
from journal.hooks.merging import NotHooks, Ours
from journal.hooks.places import PLACES, codex_home
from journal.hooks.settingsfile import SettingsFile
from journal.hooks.target import INSTALLED, NONE, PARTLY, STALE, Outcome, Site

_TIMEOUT = 10  # seconds that the agent waits at most; a hook gives up before
_NEWER = ("PostToolUseFailure", "StopFailure")
_FORGIVING = (2, 1, 101)  # from then on Claude Code passes over events that it doesn't know


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent: its events with the seconds that they get, and its files by scope."""

    events: Mapping[str, int]
    places: Callable[[str], Mapping[str, str]]


_COMMON = ("SessionStart", "UserPromptSubmit", "PostToolUse", "Stop", "SubagentStop", "PreCompact")


AGENTS = {
    "claude-code": Agent(dict.fromkeys((*_COMMON, "SessionEnd"), _TIMEOUT), PLACES["claude-code"]),
    # Codex caps the session's end at three seconds, and complains at each start if more is asked.
    "codex": Agent({**dict.fromkeys(_COMMON, _TIMEOUT), "SessionEnd": 3}, PLACES["codex"]),
}


def install(site: Site) -> Outcome:
    """Write our hooks into the agent's settings."""
    site = _scoped(site)
    file = _file(site)
    optional, notes = _optional(site)
    text = file.text if file.text and file.text.strip() else "{\n}\n"
    new = _guarded(file, lambda: merging.installed(text, site.target, _wanted(site, optional)))
    new = file.with_its_newlines(new)
    notes += (*_before(site, file), *_elsewhere(site), *_advice(site))
    told = Outcome(
        target=site.target, scope=site.scope, state=INSTALLED, files=(file.path,), notes=notes
    )
    if new == file.text:
        return replace(told, notes=("nothing to do: they are there already", *notes))
    backup = "" if site.dry_run else file.replace(new)
    return replace(told, changed=True, diff=file.diff(new), backups=(backup,) if backup else ())


def remove(site: Site) -> Outcome:
    """Take our hooks out of the agent's settings: of one scope, or of all."""
    told = Outcome(target=site.target, scope=site.scope, state=NONE)
    for scope in (site.scope,) if site.scope else tuple(_places(site)):
        file = _file(replace(site, scope=scope))
        if not file.text or not _mine(file, site.target):
            continue
        new = _without(file, site.target)
        backup = ""
        if not site.dry_run and new is None:
            file.remove()
        elif not site.dry_run:
            backup = file.replace(new or "")
        told = replace(
            told,
            scope=site.scope or scope,
            files=(*told.files, file.path),
            backups=(*told.backups, *filter(None, (backup,))),
            diff=told.diff + file.diff(new),
            changed=True,
        )
    return told if told.changed else replace(told, notes=("nothing to do: there were none",))


def status(site: Site) -> Outcome:
    """What is in the agent's settings of that scope; without one, the first scope that has any."""
    scopes = (site.scope,) if site.scope else tuple(_places(site))
    found = [_state(replace(site, scope=scope)) for scope in scopes]
    some = [one for one in found if one.state != NONE]
    odd = tuple(note for one in found if one not in some for note in one.notes)
    if not some:
        files = tuple(file for one in found for file in one.files)
        return Outcome(target=site.target, state=NONE, scope=site.scope, files=files, notes=odd)
    more = tuple(f"also {one.state} in {one.files[0]} ({one.scope})" for one in some[1:])
    return replace(some[0], notes=some[0].notes + more + odd)


def _state(site: Site) -> Outcome:
    try:
        file = _file(site)
        mine = _mine(file, site.target)
    except UsageError as error:
        told = Outcome(target=site.target, state=NONE, scope=site.scope, files=(error.file,))
        return replace(told, notes=(error.message,))
    notes = []
    missing = [event for event in AGENTS[site.target].events if all(event != o.event for o in mine)]
    gone = sorted({one.program for one in mine if not _runs(one.program)})
    away = sorted(
        {one.root for one in mine if os.path.realpath(one.root) != os.path.realpath(site.root)}
    )
    notes += [f"there is no program {program}: install them again" for program in gone]
    notes += [f"they append to {root or 'no workspace'}, not to {site.root}" for root in away]
    state = STALE if gone or away else PARTLY if missing else INSTALLED
    if not mine:
        return Outcome(target=site.target, state=NONE, scope=site.scope, files=(file.path,))
    if missing:
        notes.append(f"missing: {', '.join(missing)}")
    notes += _switched_off(site, file)
    return Outcome(
        target=site.target, state=state, scope=site.scope, files=(file.path,), notes=tuple(notes)
    )


def _scoped(site: Site) -> Site:
    return replace(site, scope=site.scope or next(iter(_places(site))))


def _places(site: Site) -> Mapping[str, str]:
    return AGENTS[site.target].places(site.directory)


def _file(site: Site) -> SettingsFile:
    places = _places(site)
    if site.scope not in places:
        raise UsageError(
            f"{site.target} has no scope {site.scope}", hint=f"one of {', '.join(places)}"
        )
    return SettingsFile.read(places[site.scope])


def _wanted(site: Site, optional: Sequence[str]) -> dict[str, dict[str, Any]]:
    command = (
        f"{shlex.quote(site.program)} hook run {site.target} --workspace {shlex.quote(site.root)}"
    )
    events = {**AGENTS[site.target].events, **dict.fromkeys(optional, _TIMEOUT)}
    return {
        event: {"type": "command", "command": command, "timeout": seconds}
        for event, seconds in events.items()
    }


def _guarded(file: SettingsFile, change: Callable[[], Any]) -> Any:
    try:
        return change()
    except NotHooks as error:
        line, _ = jsontext.place_of(file.text or "", error.at)
        raise UsageError(
            str(error),
            kind="bad-settings",
            file=file.path,
            line=line,
            hint="nothing was touched: see the agent's documentation on hooks",
        ) from error


def _mine(file: SettingsFile, agent: str) -> list[Ours]:
    text = file.text
    if not text or not text.strip():
        return []
    mine: list[Ours] = _guarded(file, lambda: merging.found(jsontext.parse(text), agent))
    return mine


def _without(file: SettingsFile, agent: str) -> str | None:
    """The settings without our hooks; None if nothing is left of a file that we made."""
    before = None
    kept = file.backups()
    if kept:
        try:
            with open(kept[0], encoding="utf-8") as backup:
                before = json.load(backup)
        except (OSError, ValueError):
            before = None
    text: str = _guarded(file, lambda: merging.removed(file.text or "", agent, before))
    text = file.with_its_newlines(text)
    return None if not kept and not jsontext.parse(text).value else text


def _runs(program: str) -> bool:
    return bool(shutil.which(program))


def _optional(site: Site) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Events that only newer versions have: an older Claude Code drops a file that names them."""
    if site.target != "claude-code":
        return (), ()
    version = _version("claude")
    if version >= _FORGIVING:
        return _NEWER, ()
    wanted = ".".join(map(str, _FORGIVING))
    what = ".".join(map(str, version)) if version else "of unknown version (no claude on the PATH)"
    note = f"Claude Code is {what}: results of tools that failed are captured from {wanted} on"
    return (), (f"{note}; install again then",)


def _version(program: str) -> tuple[int, ...]:
    """What a program says of its version; empty if it isn't there, or doesn't say."""
    path = shutil.which(program)
    try:
        done = path and subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=20, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ()
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", done.stdout if done else "")
    return tuple(map(int, found.groups())) if found else ()


def _before(site: Site, file: SettingsFile) -> list[str]:
    """What ours did so far that they do no more."""
    roots = sorted({one.root for one in _mine(file, site.target)} - {site.root})
    return [f"until now they appended to {root or 'no workspace'}" for root in roots]


def _elsewhere(site: Site) -> list[str]:
    """Other scopes that have ours, too: the agent calls all that apply."""
    found = []
    for scope in _places(site):
        one = _state(replace(site, scope=scope))
        if scope != site.scope and one.state != NONE:
            take = f"`journal hook remove {site.target} --scope {scope}` takes those away"
            found.append(f"there are some in {one.files[0]} ({scope}), too: {take}")
    return found


def _advice(site: Site) -> tuple[str, ...]:
    """What the person has to know, or to do."""
    notes = []
    if site.scope == "project":
        notes.append("this file is usually committed, and the command names this machine's folders")
    if site.target == "codex":
        notes.append("Codex runs new hooks only once they are trusted: open /hooks in it")
        if site.scope == "project":
            notes.append("and only in a project that is trusted itself")
    else:
        notes.append("sessions that run already take them up by themselves")
    return tuple(notes)


def _switched_off(site: Site, file: SettingsFile) -> list[str]:
    """Whether the agent was told to run no hooks at all."""
    if site.target == "claude-code":
        value = jsontext.parse(file.text or "{}").value
        off = isinstance(value, dict) and value.get("disableAllHooks") is True
        return [f"disableAllHooks is on in {file.path}"] if off else []
    config = f"{codex_home()}/config.toml"
    try:
        with open(config, "rb") as held:
            features = tomllib.load(held).get("features")
    except (OSError, tomllib.TOMLDecodeError):
        return []
    given = features if isinstance(features, dict) else {}
    off = given.get("hooks", given.get("codex_hooks")) is False
    return [f"hooks are switched off in {config}"] if off else []
