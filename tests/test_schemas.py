"""The schemas are valid, tell right from wrong, and hold for what the commands really print."""

import copy
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from jsonschema import Draft202012Validator
from shapes import FILES, REGISTRY, SCHEMAS, faults

from journal import chain, dayfile, names, seal, workspace

DECISION = "Search with SQLite FTS5"


@dataclass(frozen=True)
class Sample:
    """A copy of the sample workspace and the real command."""

    root: Path
    command: Path

    def run(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        call = [str(self.command), *words]
        return subprocess.run(call, cwd=self.root, input=stdin, capture_output=True, check=False)

    def json(self, *words: str, stdin: bytes = b"") -> Any:
        """The one JSON value that a successful call prints: nothing else may stand in stdout."""
        done = self.run(*words, "--json", stdin=stdin)
        assert done.returncode in (0, 1, 5), done.stderr
        assert done.stdout.count(b"\n") == 1
        return json.loads(done.stdout)


@pytest.fixture
def sample(tmp_path: Path, journal_bin: Path) -> Sample:
    root = tmp_path / "workspace"
    shutil.copytree(
        ROOT / "sample_workspace", root, ignore=shutil.ignore_patterns(".journal", ".git")
    )
    return Sample(root, journal_bin)


def headers() -> Iterator[tuple[str, dict[str, Any]]]:
    """The blocks of the sample's sealed entries."""
    for file in sorted((ROOT / "sample_workspace" / "journal").rglob("*.md")):
        for piece in dayfile.pieces(file.read_bytes()):
            if piece.header:
                yield f"{file.name} {piece.clock}", piece.values


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_schema_is_valid_and_says_what_it_is(file: Path) -> None:
    schema = SCHEMAS[file.stem]
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:journal:{file.stem}@1"
    assert schema["title"]
    assert schema["description"]


def test_every_reference_leads_somewhere() -> None:
    for schema in SCHEMAS.values():
        resolver = REGISTRY.resolver(schema["$id"])
        for reference in _references(schema):
            assert resolver.lookup(reference).contents


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(found := value.get("$ref"), str):
            yield found
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def test_kinds_and_states_are_the_codes() -> None:
    assert set(SCHEMAS["header"]["properties"]["kind"]["enum"]) == names.KINDS
    found = SCHEMAS["verify"]["properties"]
    states = found["entries"]["items"]["properties"]["state"]["enum"]
    assert {"intact", *states} == set(chain.STATES)
    assert set(found["counts"]["propertyNames"]["enum"]) == set(chain.STATES)


def test_the_headers_of_the_sample() -> None:
    found = list(headers())
    assert len(found) > 20
    for where, values in found:
        assert not faults("header", values), where


def test_a_header_with_everything() -> None:
    draft: dict[str, object] = {
        "body": b"```\nopen", "title": "two · parts", "kind": "fact", "role": "user",
        "actor": "anna b", "session": "s.1", "path": "main/try-2", "parent": "h-0123456789ab",
        "token": "t", "tags": ["x"], "meta": {"k": [1, None]}, "fields": {"status": "open"},
    }  # fmt: skip
    at = "2026-11-21T14:03:22.123456+01:00"
    prev = seal.genesis("w", "anna", "main")
    sealing = seal.Sealing(draft)
    _, text = sealing.seal("01KAJ2X7Q0M3C4V5B6N7Q8W9E0", at, "main@3f2a9c1d0b7e", 1, prev)
    values = dayfile.parse(text).values
    assert {"title", "closes", "token", "status", "git", "meta"} <= values.keys()
    assert not faults("header", values)
    for wrong in ({"seq": "1"}, {"len": 0}, {"tags": "x"}, {"kind": "novel"}, {"Key": 1}):
        assert faults("header", values | wrong), wrong
    for key in ("id", "at", "kind", "seq", "prev", "len", "digest"):
        assert faults("header", {k: v for k, v in values.items() if k != key}), key


READING = [
    ("list", ("list",)),
    ("list", ("list", "-n", "3", "--reverse", "--kind", "task")),
    ("list", ("list", "--since", "2030-01-01")),
    ("day", ("day", "2026-11-17")),
    ("day", ("day", "2026-11-18", "--namespace", "main")),
    ("day", ("day", "2026-01-01")),
    ("recall", ("recall", "search", "pi", "-n", "2")),
    ("recall", ("recall", "nothing-holds-this")),
    ("recall", ("recall", "nothing-holds-this", "--kind", "note", "--since", "2026-11-01")),
    ("recall", ("recall", "pi", "--explain", "--around", "1", "--group", "day", "--diverse")),
    ("tail", ("tail", "-n", "1")),
    ("reindex", ("reindex",)),
    ("completion", ("completion", "bash")),
    ("policy-show", ("policy", "show")),
    ("policy-check", ("policy", "check")),
    ("policy-explain", ("policy", "explain", "text")),
    ("verify", ("verify",)),
    ("verify", ("verify", "--all")),
    ("init", ("init",)),
]


@pytest.mark.parametrize(("name", "words"), READING, ids=str)
def test_what_reading_commands_print(sample: Sample, name: str, words: tuple[str, ...]) -> None:
    assert not faults(name, sample.json(*words))


def test_what_show_prints(sample: Sample) -> None:
    entries = sample.json("list")["entries"]
    decision = next(entry for entry in entries if entry["title"] == DECISION)
    by_hand = next(entry for entry in entries if entry["id"].startswith("h-"))
    shown = sample.json("show", decision["id"])
    assert shown["entry"].keys() > {"status", "seq", "body", "postscript"}
    assert not faults("show", shown)
    assert not faults("show", sample.json("show", by_hand["id"]))
    assert not faults("entry", decision)
    assert "body" not in decision


def test_what_init_prints_of_a_new_folder(sample: Sample) -> None:
    made = sample.json("init", str(sample.root.parent / "new"))
    assert made["wrote"]
    assert not faults("init", made)


def test_what_append_prints(sample: Sample) -> None:
    for words in (("append", "text"), ("append", "text", "--at", "2026-11-20T08:00")):
        assert not faults("receipt", sample.json(*words))
    config = sample.root / "journal.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("enabled = true", "enabled = false"), encoding="utf-8")
    for words in (("append", "text"), ("append", "text", "--at", "2026-11-20T08:00")):
        nothing = sample.json(*words)
        assert nothing["disabled"]
        assert not faults("receipt", nothing)


BATCH = b"""\
{"body": "one", "title": "A title", "tags": ["x"], "meta": {"n": 1}, "status": "open"}
not JSON
{"title": "no body"}

{"body": "two", "seq": 7}
[]
{"body": "three", "kind": "novel"}
{"body": "\\u0000"}
{"body": "four", "token": "t"}
{"body": "four", "token": "t"}
"""


def test_what_a_batch_prints(sample: Sample) -> None:
    done = sample.run("append", "--batch", stdin=BATCH)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for answer in answers:
        assert not faults("batch-answer", answer)
    assert [answer.get("line") for answer in answers if "error" in answer] == [2, 3, 5, 6, 7, 8]
    assert len({answer["id"] for answer in answers if "id" in answer}) == 2


def test_what_verify_prints_of_an_edited_entry(sample: Sample) -> None:
    file = sample.root / "journal/main/2026/2026-11-19.md"
    file.write_bytes(file.read_bytes().replace(b"no index at all", b"a small index"))
    found = sample.json("verify")
    assert found["counts"]["edited"] == 1
    assert not faults("verify", found)


def test_what_is_printed_of_what_a_pack_brought(sample: Sample) -> None:
    other = Sample(sample.root.parent / "other", sample.command)
    other.root.mkdir()
    for words in (("init",), ("append", "One."), ("append", "Two.")):
        other.json(*words)
    day = next((other.root / "journal").rglob("*.md"))
    day.write_bytes(day.read_bytes() + b"\n## 23:00 By hand\n\nThree.\n")
    other.json("pack", "export", "--zip", "../other.zip")
    sample.json("pack", "import", "../other.zip")

    found = sample.json("list", "--all")
    assert not faults("list", found)
    brought = [one for one in found["entries"] if one["file"].startswith("journal/pack.")]
    assert len(brought) == 3
    for entry in brought:
        assert not faults("entry", entry)
        assert not faults("show", sample.json("show", entry["id"]))
    pinned = sample.json("adopt", "--all")
    assert not faults("adopt", pinned)
    assert any(one["file"] == brought[0]["file"] for one in pinned["adopted"])
    again = sample.json("adopt", "--all")
    assert not faults("adopt", again)
    assert again["adopted"] == []
    file = sample.root / brought[0]["file"]
    file.write_bytes(file.read_bytes().replace(b"Two.", b"Too."))
    verified = sample.json("verify", "--all")
    assert verified["counts"]["edited"] == 1
    assert not faults("verify", verified)
    edited = next(one["id"] for one in verified["entries"] if one["state"] == "edited")
    amended = sample.json("amend", edited, "--reason", "a slip")
    assert amended["file"] == brought[0]["file"]
    assert not faults("amend", amended)


WRONG = [
    ("append", "--kind", "novel", "x"),
    ("append", "--session", "not a name", "x"),
    ("append", "  "),
    ("append", "--file", "nowhere.md"),
    ("append", "--meta", "no-value", "x"),
    ("append", "--nonsense", "x"),
    ("append", "--at", "some day", "x"),
    ("append", "--front-matter", "x"),
    ("list", "--since", "some day"),
    ("list", "-n", "many"),
    ("show", "01"),
    ("show", "nowhere"),
    ("day", "some day"),
    ("recall", " "),
    ("policy", "explain", "x", "--kind", "novel"),
    ("policy", "show", "x"),
    ("policy",),
    ("verify", "--workspace", "/nowhere/at/all"),
    ("init", "journal.toml/below"),
]


@pytest.mark.parametrize("words", WRONG, ids="-".join)
def test_what_a_failure_prints(sample: Sample, words: tuple[str, ...]) -> None:
    done = sample.run(*words, "--json")
    assert done.stdout == b"", "stdout holds data only"
    assert done.stderr.count(b"\n") == 1
    told = json.loads(done.stderr)
    assert not faults("error", told)
    assert told["error"]["code"] == done.returncode


FORGETTING = [
    ("forget", ("forget", "SOME", "--reason", "mistaken")),
    ("forget", ("forget", "SOME", "--reason", "needed", "--unforget")),
    ("redact-scan", ("redact", "scan")),
    ("redact-apply", ("redact", "apply", "--all")),
    ("redact-value", ("redact", "value", "list")),
    ("retention", ("retention", "run", "--dry-run")),
    ("forget", ("forget", "SOME", "--reason", "a secret", "--purge")),
    ("show", ("show", "SOME")),
    ("retention", ("retention", "run")),
]


def test_what_forgetting_prints(sample: Sample) -> None:
    entry = sample.json("append", "password=Zq7!vRt2#mLx")["id"]
    assert not faults("receipt", sample.json("append", "password=Zq7!vRt2#mLx"))
    (sample.root / "policy.yaml").write_text("defaults: {max_entries: 1}\n", encoding="utf-8")
    for name, words in FORGETTING:
        found = sample.json(*(entry if word == "SOME" else word for word in words))
        assert not faults(name, found), words


CAPTURING = [
    ("status", ("status",)),
    ("import", ("import", "jsonl", "chat.jsonl", "--dry-run")),
    ("import", ("import", "jsonl", "chat.jsonl")),
    ("import", ("import", "jsonl", "chat.jsonl")),
    ("hook", ("hook", "install", "claude-code", "--dry-run")),
    ("hook", ("hook", "install", "claude-code")),
    ("hook", ("hook", "install", "git")),
    ("hook-status", ("hook", "status")),
    ("status", ("status",)),
    ("hook-letters", ("hook", "letters")),
    ("hook-letters", ("hook", "letters", "--retry")),
    ("run", ("run", "--", "echo", "words")),
    ("hook", ("hook", "remove", "claude-code")),
    ("hook-letters", ("hook", "letters", "--drop")),
]
CHAT = """\
{"id": 1, "role": "user", "text": "hello", "at": "2026-11-20T08:00:00Z"}
{"id": 2, "role": "assistant", "text": "hello", "path": "main/other"}
not JSON
{"id": 4}
"""
STOP = b'{"hook_event_name": "Stop", "session_id": "s", "last_assistant_message": "hello"}'


def test_what_capturing_prints(sample: Sample) -> None:
    (sample.root / "chat.jsonl").write_text(CHAT, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=sample.root, check=True)
    spool = sample.root / ".journal" / "state" / "spool"
    spool.parent.mkdir(parents=True)
    spool.touch()  # so that nothing can be appended
    for payload in (STOP, b"no payload"):
        assert sample.run("hook", "run", "codex", stdin=payload).returncode == 0
    spool.unlink()
    for name, words in CAPTURING:
        found = json.loads(sample.run(words[0], "--json", *words[1:]).stdout)
        assert not faults(name, found), words
        if name == "hook-letters":
            assert len(found["letters"]) == (2 if words[-1] == "letters" else 1)
        if words[0] == "import":
            assert found["new"] == (0 if found["unchanged"] else 3)


def test_a_broken_configuration_prints_an_error(sample: Sample) -> None:
    (sample.root / "journal.toml").write_text("schema = \n", encoding="utf-8")
    done = sample.run("list", "--json")
    assert (done.returncode, done.stdout) == (3, b"")
    assert not faults("error", json.loads(done.stderr))


ENTRY: dict[str, Any] = {
    "id": "01KAJ2X7Q0M3C4V5B6N7Q8W9E0", "at": "2026-11-21T14:03:22.123456+01:00", "kind": "note",
    "tags": ["x"], "meta": {}, "seq": 1, "prev": f"0:sha256:{'0' * 64}",
    "digest": f"sha256:{'0' * 64}", "namespace": "main", "writer": "anna", "title": "",
    "file": "journal/main/2026/2026-11-21.md", "line": 1, "body": "text",
}  # fmt: skip
RECEIPT = {
    "id": ENTRY["id"], "at": ENTRY["at"], "file": ENTRY["file"], "line": 3, "seq": 1,
    "digest": ENTRY["digest"], "durable": True, "withheld": "persist none (policy.yaml:3)",
    "redacted": ["jwt"],
}  # fmt: skip
ERROR = {"error": {"kind": "bad-time", "message": "m", "hint": "", "retryable": False, "code": 2}}
VERDICT = {"id": ENTRY["id"], "state": "edited", "file": ENTRY["file"], "line": 3, "diff": "-a"}
LETTER = {
    "file": "x", "at": "2026-11-21T14:03:22Z", "agent": "codex", "event": "Stop", "bytes": 9,
    "error": {"kind": "bad-payload", "message": "m"}, "kept": True, "title": "t",
}  # fmt: skip
HOOK = {
    "target": "git", "scope": "", "state": "partly", "files": ["x"], "notes": ["n"], "last": "",
}  # fmt: skip
RIGHT: dict[str, dict[str, Any]] = {
    "entry": ENTRY,
    "receipt": RECEIPT,
    "error": ERROR,
    "batch-answer": {**ERROR, "line": 1},
    "list": {"schema": "journal/list@1", "entries": [ENTRY], "total": 1},
    "tail": {"schema": "journal/tail@1", "entry": ENTRY},
    "reindex": {"schema": "journal/reindex@1", "entries": 1, "files": 1},
    "completion": {"schema": "journal/completion@1", "shell": "bash", "code": "x"},
    "show": {"schema": "journal/show@1", "entry": ENTRY, "git_now": "0" * 12},
    "day": {"schema": "journal/day@1", "date": "2026-11-21", "entries": [ENTRY], "total": 1},
    "recall": {
        "schema": "journal/recall@1", "query": "a text",
        "hits": [
            {
                **ENTRY, "score": 1.5, "snippet": "text", "near": ENTRY["id"], "alike": ["x"],
                "why": [{"step": "neighbour", "points": 1.5, "text": "a", "entry": ENTRY["id"]}],
                "around": {"before": [], "after": [{**ENTRY, "head": "text"}]},
            }
        ],
        "total": 1, "capped": False, "engine": "scan", "fresh": True,
        "groups": [
            {
                "session": "s", "namespace": "main", "first": "2026-11-20", "last": "2026-11-21",
                "hits": [ENTRY["id"]],
            }
        ],
        "notices": [{"code": "index-busy", "file": "x", "line": 0, "message": "m", "fix": "f"}],
    },
    "forget": {
        "schema": "journal/forget@1", "left": ["x"], "history": ["git gc"],
        "forgotten": [{"id": ENTRY["id"], "what": "purge", "by": ENTRY["id"]}],
    },
    "redact-scan": {
        "schema": "journal/redact-scan@1",
        "found": [{"id": ENTRY["id"], "file": ENTRY["file"], "line": 1, "rules": {"jwt": 1}}],
    },
    "redact-apply": {
        "schema": "journal/redact-apply@1", "left": ["x"], "history": ["git gc"],
        "redacted": [{"id": ENTRY["id"], "rules": ["jwt"], "by": ENTRY["id"]}],
    },
    "redact-value": {"schema": "journal/redact-value@1", "names": ["bank-pin"]},
    "retention": {
        "schema": "journal/retention@1", "dry_run": True, "left": ["x"], "history": ["git gc"],
        "purged": [{"id": ENTRY["id"], "at": ENTRY["at"], "kind": "note", "rule": "max_entries 1"}],
    },
    "import": {
        "schema": "journal/import@1", "dry_run": False, "from": ["x"], "importer": "jsonl",
        "files": 1, "unchanged": 0, "bytes": 9, "new": 1, "known": 0, "older": 0, "refused": 0,
        "withheld": 0, "masked": 0, "attached": 0, "kinds": {"note": 1}, "roles": {"user": 1},
        "sessions": 1, "left": {"image": 1}, "codes": {"no-time": 1},
        "paths": [{"path": "p", "session": "s", "parent": "", "file": "x", "line": 1}],
        "findings": [{"code": "no-time", "file": "x", "line": 1, "message": "m", "fix": ""}],
    },
    "run": {
        "schema": "journal/run@1", "command": ["true"], "session": "s", "namespace": "", "exit": 0,
        "signal": "", "entries": 2, "first": ENTRY["id"], "last": ENTRY["id"], "inputs": 0,
        "outputs": 0, "failed": 0, "waiting": 0, "disabled": False, "trouble": ["t"],
        "notices": ["n"],
    },
    "hook": {
        "schema": "journal/hook@1", "action": "install", "dry_run": False, "target": "git",
        "scope": "local", "state": "installed", "files": ["x"], "backups": ["x"], "changed": True,
        "diff": "-a", "notes": ["n"],
    },
    "hook-status": {
        "schema": "journal/hook-status@1", "letters": 1, "error": LETTER["error"],
        "hooks": [{**HOOK, "backups": [], "changed": False, "diff": ""}],
    },
    "hook-letters": {
        "schema": "journal/hook-letters@1", "brought": ["x"], "known": 0, "dropped": False,
        "letters": [LETTER],
    },
    "status": {
        "schema": "journal/status@1", "workspace": "/w", "writer": "anna-3f9c2e", "enabled": True,
        "namespace": "main", "entries": 1, "day": "2026-11-22", "today": 1,
        "last": {"id": ENTRY["id"], "at": ENTRY["at"]}, "findings": 0,
        "sessions": [{
            "session": "s", "namespace": "main", "state": "open", "path": "main",
            "last": ENTRY["at"], "named": False,
        }],
        "decisions": {
            "in_force": 1, "proposed": 0, "conflicts": 0,
            "newest": [{"id": ENTRY["id"], "at": ENTRY["at"], "title": "t"}], "proposed_first": [],
        },
        "tasks": {
            "ready": 0, "started": 0, "blocked": 1, "done": 0, "goals": [], "first": [],
            "blocked_first": [{
                "id": ENTRY["id"], "title": "t", "type": "task", "status": "blocked",
                "priority": 2, "claimed_by": "", "blockers": [ENTRY["id"]], "done": 0, "total": 0,
            }],
        },
        "distill": {"namespace": "main", "entries": 9, "every": 5, "since": "", "line": 3},
        "verified": {
            "at": ENTRY["at"], "ok": True, "counts": {"intact": 1}, "new": 0, "changed": 0,
        },
        "letters": [LETTER], "hooks": [HOOK], "page": {"file": "STATUS.md", "wrote": True},
    },
    "stats": {
        "schema": "journal/stats@1", "since": "2026-01-01", "until": "2026-12-31",
        "namespace": "", "entries": 1, "days": [{"day": "2026-11-22", "entries": 1}],
        "kinds": [{"kind": "note", "entries": 1}], "actors": [{"actor": "", "entries": 1}],
        "sessions": [{"session": "s", "namespace": "main", "entries": 1}],
    },
    "verify": {"schema": "journal/verify@1", "entries": [VERDICT], "counts": {"edited": 1}},
    "policy": {
        "schema": "journal/policy@1",
        "defaults": {
            "persist": "full", "retention_days": 1, "roles": ["user"], "actors": ["a b"],
            "review": ["merge"], "denylist": ["x"], "redaction": {"jwt": "off", "own": "x+"},
            "auto_export": {"keep": 1}, "auto_import": True,
        },
        "namespaces": {"main": {"redaction": False, "max_facts": 0}},
    },
    "policy-check": {
        "schema": "journal/policy-check@1", "file": "policy.yaml",
        "findings": [
            {"code": "policy", "file": "policy.yaml", "line": 1, "message": "m", "fix": "f"}
        ],
        "notes": [],
    },
    "policy-explain": {
        "schema": "journal/policy-explain@1", "namespace": "main", "kind": "note", "role": "",
        "actor": "", "outcome": "kept", "rule": "", "file": "", "line": 0, "text": "x",
        "masked": [{"rule": "jwt", "name": "", "start": 0, "end": 9, "tail": "3f9a"}],
        "review": "",
    },
    "init": {
        "schema": "journal/init@1", "root": "/w", "id": ENTRY["id"], "writer": "anna-3f9c2e",
        "timezone": "UTC", "wrote": ["journal.toml"],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_wrong_type_or_a_missing_key_is_told(name: str) -> None:
    assert not faults(name, RIGHT[name])
    for path in _places(RIGHT[name]):
        damaged = _with(RIGHT[name], path, ["a list where none belongs", ["x"]])
        assert faults(name, damaged), path
    for key in SCHEMAS[name].get("required", ()):
        assert faults(name, {k: v for k, v in RIGHT[name].items() if k != key}), key


CLOSED = sorted(RIGHT.keys() - {"entry"})


@pytest.mark.parametrize("name", CLOSED)
def test_a_wrong_key_is_told(name: str) -> None:
    assert faults(name, {**RIGHT[name], "extra": 1})


def _places(value: object, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if above:
        yield above
    pairs: list[tuple[Any, object]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for key, inner in pairs:
        yield from _places(inner, (*above, key))


def _with(value: dict[str, Any], path: tuple[Any, ...], other: object) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = other
    return changed


def test_the_sample_is_as_init_makes_a_workspace(tmp_path: Path) -> None:
    made = workspace.init(str(tmp_path / "new"))
    for name in made.wrote:
        if name != "journal.toml":
            fresh = (tmp_path / "new" / name).read_bytes()
            assert (ROOT / "sample_workspace" / name).read_bytes() == fresh, name
    assert not (ROOT / "sample_workspace" / ".journal").exists()
