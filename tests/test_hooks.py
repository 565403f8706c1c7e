"""Our hooks in the settings of agents: merged, found again, taken away, nothing else touched."""

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hooking import Fired, payload, prompt
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from journal.errors import UsageError
from journal.hooks import agents, jsontext, merging
from journal.hooks.settingsfile import SettingsFile
from journal.hooks.target import INSTALLED, NONE, PARTLY, STALE, Outcome, Site

COMMAND = {"type": "command", "command": "/bin/journal hook run claude-code --workspace /w"}
WANTED = {event: {**COMMAND, "timeout": 10} for event in ("Stop", "PostToolUse", "SessionEnd")}
FOREIGN = '{"type": "command", "command": "echo hook run claude-code"}'
_TEXTS = [
    "{}",
    "{\n}\n",
    '{"a": 1}',
    '{\n  "a": 1.50,\n  "b": [1,2 ,3],\n  "ü": "\\u00fc"\n}\n',
    '{\n\t"hooks": {\n\t\t"Stop": [\n\t\t\t{"hooks": [FOREIGN]}\n\t\t]\n\t},\n\t"z": null\n}',
    '{"hooks": {"Stop": [{"hooks": [FOREIGN]}], "Other": []}}',
    '{ "hooks": {"PostToolUse": [\n    {\n "matcher": "B",\n "hooks": [FOREIGN,\nFOREIGN ]}]}}',
    '{\r\n  "model": "x",\r\n  "hooks": {\r\n    "SessionEnd": [ {"hooks": [ ] } ]\r\n  }\r\n}\r\n',
]
SETTINGS = [text.replace("FOREIGN", FOREIGN) for text in _TEXTS]


@pytest.mark.parametrize("text", SETTINGS)
def test_in_and_out_again(text: str) -> None:
    new = merging.installed(text, "claude-code", WANTED)
    mine = merging.found(jsontext.parse(new), "claude-code")
    assert {one.event: one.value for one in mine} == WANTED
    assert {(one.program, one.root) for one in mine} == {("/bin/journal", "/w")}
    assert merging.installed(new, "claude-code", WANTED) == new
    assert merging.removed(new, "codex") == new
    back = merging.removed(new, "claude-code", json.loads(text))
    assert back == (text if text.strip("{} \n") else back)
    assert json.loads(back) == json.loads(text)


def test_what_is_ours_is_renewed_in_its_place() -> None:
    old = json.dumps({"hooks": {"Stop": [
        {"hooks": [{**COMMAND, "command": "/old/journal hook run claude-code --workspace '/a b'"}]},
        {"hooks": [json.loads(FOREIGN)]}, {"hooks": [COMMAND]},
    ]}}, indent=1)  # fmt: skip
    new = merging.installed(old, "claude-code", {"Stop": WANTED["Stop"]})
    groups = json.loads(new)["hooks"]["Stop"]
    assert groups == [{"hooks": [WANTED["Stop"]]}, {"hooks": [json.loads(FOREIGN)]}]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
GROUPS = st.lists(
    st.fixed_dictionaries(
        {"hooks": st.lists(st.just(json.loads(FOREIGN)) | VALUES, max_size=2)},
        optional={"matcher": st.text(max_size=3), "more": VALUES},
    )
    | VALUES,
    max_size=3,
)
HOOKS = st.dictionaries(st.sampled_from([*WANTED, "Other"]), GROUPS, max_size=3)
LOOKS: list[dict[str, Any]] = [{}, {"indent": 2}, {"indent": "\t"}, {"separators": (",", ":")}]


OTHERS = st.dictionaries(st.text(max_size=4), VALUES, max_size=3)


@given(OTHERS, st.none() | HOOKS, st.sampled_from(LOOKS))
def test_other_settings_stay(others: dict[str, Any], hooks: Any, look: dict[str, Any]) -> None:
    before = {**others, **({"hooks": hooks} if hooks is not None else {})}
    text = json.dumps(before, **look)
    new = merging.installed(text, "claude-code", WANTED)
    assert len(merging.found(jsontext.parse(new), "claude-code")) == len(WANTED)
    assert list(json.loads(new)) == [*before, *([] if "hooks" in before else ["hooks"])]
    back = merging.removed(new, "claude-code", before)
    assert json.loads(back) == before
    if before and all(others):
        assert back == text or hooks is not None


BROKEN = [
    ('{"a": 1,}', ":1:", "column"),
    ('{\n  "a": 1\n  "b": 2\n}', ":3:", "column 3"),
    ("[]", ":1:", "no JSON object"),
    ('{"a": 1, "a": 2}', ":1:", "stands twice"),
    ('{"hooks": []}', ":1:", "hooks is no object"),
    ('{\n"hooks": {"Stop": {}}}', ":2:", "hooks.Stop is no list"),
    ("[" * 100_000, "", ""),
]


@pytest.fixture
def site(tmp_path: Path, journal_bin: Path) -> Site:
    root = tmp_path / "my 'own' project"
    return Site(
        target="claude-code",
        root=str(Fired.new(root, journal_bin).root),
        directory=str(root),
        program=str(journal_bin),
    )


def file_of(site: Site) -> Path:
    return Path(site.directory) / ".claude/settings.local.json"


@pytest.mark.parametrize(("text", "where", "what"), BROKEN, ids=lambda text: str(text)[:20])
def test_what_is_no_settings_file_is_not_touched(
    site: Site, text: str, where: str, what: str
) -> None:
    file = file_of(site)
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        agents.install(site)
    assert where in caught.value.message
    assert what in caught.value.message
    assert file.read_text(encoding="utf-8") == text
    assert os.listdir(file.parent) == [file.name]
    assert agents.status(site).notes


def test_installing_and_removing(site: Site, tmp_path: Path) -> None:
    file = file_of(site)
    file.parent.mkdir()
    target = tmp_path / "dotfiles.json"
    target.write_text('{\n    "model": "opus"\n}\n', encoding="utf-8")
    target.chmod(0o640)
    file.symlink_to(target)
    dry = agents.install(Site(**{**_fields(site), "dry_run": True}))
    assert dry.changed
    assert '+    "hooks": {' in dry.diff
    assert ' "model": "opus"' in dry.diff
    assert os.listdir(file.parent) == [file.name]

    told = agents.install(site)
    assert (told.state, told.scope, told.files) == (INSTALLED, "local", (str(target),))
    assert told.backups == (f"{target}.before-journal",)
    assert Path(told.backups[0]).read_text("utf-8") == '{\n    "model": "opus"\n}\n'
    assert file.is_symlink()
    assert [stat.S_IMODE(os.stat(p).st_mode) for p in (target, told.backups[0])] == [0o640] * 2
    assert agents.status(site).state == INSTALLED
    assert not agents.install(site).changed

    back = agents.remove(site)
    assert back.backups == (f"{target}.before-journal.2",)
    assert target.read_text("utf-8") == '{\n    "model": "opus"\n}\n'
    assert agents.status(site).state == NONE
    assert not agents.remove(site).changed


def _fields(site: Site) -> dict[str, Any]:
    return {name: getattr(site, name) for name in Site.__slots__}


def test_a_file_of_our_own_goes_again(site: Site) -> None:
    assert agents.install(site).backups == ()
    assert agents.remove(site).changed
    assert not file_of(site).parent.exists()


def test_the_command_works_as_the_agent_calls_it(site: Site) -> None:
    agents.install(site)
    settings = json.loads(file_of(site).read_text("utf-8"))
    for event, groups in settings["hooks"].items():
        (command,) = groups[0]["hooks"]
        assert command["timeout"] == 10
        more = {"prompt": "hello"} if event == "UserPromptSubmit" else {"source": "clear"}
        done = subprocess.run(
            ["sh", "-c", command["command"]], input=json.dumps(payload(event, **more)).encode(),
            capture_output=True, check=True, cwd="/",
        )  # fmt: skip
        assert (done.stdout, done.stderr) == (b"", b"")
    fired = Fired(Path(site.root), Path(site.program))
    assert [entry.body for entry in fired.entries() if entry.role == "user"] == ["hello"]


def test_what_is_wrong_with_what_is_there(site: Site, tmp_path: Path) -> None:
    file = file_of(site)
    agents.install(site)
    text = file.read_text("utf-8")
    other = agents.status(Site(**{**_fields(site), "root": str(tmp_path)}))
    assert other.state == STALE
    assert f"not to {tmp_path}" in other.notes[0]
    file.write_text(text.replace("/journal ", "/journal-that-went "), "utf-8")
    gone = agents.status(site)
    assert gone.state == STALE
    assert "there is no program" in gone.notes[0]
    assert agents.install(site).state == INSTALLED
    assert agents.status(site).state == INSTALLED

    settings = json.loads(text)
    del settings["hooks"]["Stop"]
    settings["disableAllHooks"] = True
    file.write_text(json.dumps(settings), "utf-8")
    some = agents.status(site)
    assert some.state == PARTLY
    assert some.notes[0] == "missing: Stop"
    assert "disableAllHooks is on" in some.notes[1]


def test_scopes(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    user = Site(**{**_fields(site), "scope": "user"})
    assert agents.install(user).files == (os.path.expanduser("~/.claude/settings.json"),)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "config"))
    assert agents.install(user).files == (str(tmp_path / "config/settings.json"),)
    shared = agents.install(Site(**{**_fields(site), "scope": "project"}))
    assert any("committed" in note for note in shared.notes)
    assert any("(user), too" in note for note in shared.notes)
    moved = agents.install(Site(**{**_fields(user), "root": str(tmp_path / "other")}))
    assert f"until now they appended to {site.root}" in moved.notes
    agents.install(user)
    found = agents.status(site)
    assert (found.state, found.scope) == (INSTALLED, "project")
    assert "also installed" in found.notes[-1]
    gone = agents.remove(site)
    assert len(gone.files) == 2
    assert agents.status(site).state == NONE


def test_codex(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    codex = Site(**{**_fields(site), "target": "codex"})
    told = agents.install(codex)
    assert told.files == (f"{site.directory}/.codex/hooks.json",)
    assert any("/hooks" in note for note in told.notes)
    hooks = json.loads(Path(told.files[0]).read_text("utf-8"))
    assert list(hooks) == ["hooks"]  # Codex refuses a file with other keys
    assert hooks["hooks"]["SessionEnd"][0]["hooks"][0]["timeout"] == 3
    (tmp_path / "codex").mkdir()
    (tmp_path / "codex/config.toml").write_text("[features]\nhooks = false\n", "utf-8")
    assert "switched off" in agents.status(codex).notes[0]
    with pytest.raises(UsageError, match="no scope"):
        agents.install(Site(**{**_fields(codex), "scope": "local"}))


@pytest.mark.parametrize(
    ("version", "more"),
    [("2.1.101 (Claude Code)", True), ("2.1.99", False), ("2.0.300", False), ("3.0.0", True),
     ("nonsense", False)],
)  # fmt: skip
def test_newer_events_only_where_they_are_known(
    site: Site, version: str, more: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older Claude Code drops the whole file for an event that it doesn't know."""
    claude = tmp_path / "bin/claude"
    claude.parent.mkdir()
    claude.write_text(f"#!/bin/sh\necho '{version}'\n", "utf-8")
    claude.chmod(0o755)
    monkeypatch.setenv("PATH", f"{claude.parent}:{os.environ['PATH']}")
    told = agents.install(site)
    events = json.loads(file_of(site).read_text("utf-8"))["hooks"]
    assert ("PostToolUseFailure" in events) == more
    assert any("install again" in note for note in told.notes) != more


def test_a_file_that_changes_meanwhile(site: Site) -> None:
    file = file_of(site)
    file.parent.mkdir()
    file.write_text("{}", "utf-8")
    read = SettingsFile.read(str(file))
    file.write_text('{"b": 1}', "utf-8")
    with pytest.raises(Exception, match="changed by another program"):
        read.replace('{"a": 1}')
    assert file.read_text("utf-8") == '{"b": 1}'


def faults(name: str, value: object) -> list[str]:
    folder = Path(__file__).resolve().parent.parent / "schemas"
    schemas = [json.loads(file.read_text("utf-8")) for file in folder.glob("*.json")]
    known: Registry[Any] = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas]
    )
    (schema,) = [one for one in schemas if one["$id"] == f"urn:journal:{name}@1"]
    found = Draft202012Validator(schema, registry=known).iter_errors(value)
    return [f"{list(error.absolute_path)}: {error.message}" for error in found]


def test_what_the_verbs_print(site: Site) -> None:
    fired = Fired(Path(site.root), Path(site.program))
    fired.fire(prompt("hello"))
    fired.fire(b"garbage")
    for name, words in (
        ("hook", ("hook", "install", "claude-code", "--dry-run")),
        ("hook", ("hook", "install", "claude-code")),
        ("hook-status", ("hook", "status")),
        ("hook-status", ("hook", "status", "codex", "--scope", "user")),
        ("hook-letters", ("hook", "letters")),
        ("status", ("status",)),
        ("hook-letters", ("hook", "letters", "--retry")),
        ("hook-letters", ("hook", "letters", "--drop")),
        ("status", ("status",)),
        ("hook", ("hook", "remove", "claude-code")),
        ("hook-status", ("hook", "status", "claude-code")),
    ):
        told = fired.json(*words)
        assert not faults(name, told), words
        assert faults(name, {**told, "extra": 1})
    for words in (("hook",), ("hook", "install"), ("hook", "install", "nobody")):
        done = fired.run(*words, "--json")
        assert done.returncode == 2
        assert json.loads(done.stderr)["error"]["kind"] == "usage"
    typo = fired.run("hook", "install", "claude-code", "--dir", "no/such")
    assert (typo.returncode, (fired.root / "no").exists()) == (2, False)
    assert "is no folder" in typo.stderr
    shown = fired.run("hook", "install", "codex").stdout
    assert "installed (project)" in shown
    assert "trusted" in shown


def test_an_outcome_as_a_record() -> None:
    told = Outcome(target="git", state=NONE).record()
    assert set(told) == set(Outcome.__slots__)
