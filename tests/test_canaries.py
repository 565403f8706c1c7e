"""Secrets through every door, then a search of every byte under the workspace, git's included."""

import json
import os
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from canaries import CANARIES, traces

import journal
from journal import Draft, Memory
from journal.workspace import init

_OWN = "correct-horse-4711-battery"  # a value of the user's own, no rule would know it


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CANARY_API_TOKEN", _OWN)
    folder = tmp_path / "workspace"
    init(str(folder))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


def run(journal_bin: Path, root: Path, *words: str, stdin: str = "") -> str:
    """What the command prints; it must not fail."""
    done = subprocess.run(
        [journal_bin, *words], cwd=root, input=stdin, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def every_byte(root: Path) -> Iterator[tuple[str, bytes]]:
    """Each file under the folder, git's objects unpacked."""
    for path in sorted(root.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield str(path), data
            if path.parent.parent.name == "objects":
                yield f"{path} (unpacked)", zlib.decompress(data)


def found(root: Path, secrets: list[str]) -> set[tuple[str, str]]:
    """Where which secret is."""
    marks = [(secret, trace) for secret in secrets for trace in traces(secret)]
    return {
        (place, secret)
        for place, data in every_byte(root)
        for secret, trace in marks
        if trace in data or (trace in data.lower() and trace.islower())
    }


def test_the_search_would_find_one(root: Path) -> None:
    text, secret = CANARIES["github token"]
    (root / "journal/main").mkdir(parents=True)
    (root / "journal/main/leak.txt").write_text(text)
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    assert len(found(root, [secret])) == 2  # the file, and git's object


def through_the_command_line(journal_bin: Path, root: Path, text: str) -> None:
    def do(*words: str, stdin: str = "") -> str:
        return run(journal_bin, root, *words, stdin=stdin)

    file = root.parent / "given.txt"
    file.write_text(text)
    line = text.replace("\n", " ")
    do("append", text)
    do("append", "-", stdin=text)
    do("append", "--file", str(file))
    do("append", "with a file", "--attach", str(file))
    do("append", "--attach", "-", stdin=text)
    do("append", "text", "--title", line, "--tag", line, "--meta", f"said={line}", "--actor", line)
    do("append", "text", "--token", line)
    do("append", "text", "--at", "yesterday 10:00", "--meta", f"said={line}")
    draft = {"body": text, "title": line, "tags": [line], "meta": {"a": {"b": [line]}}, "x": line}
    do("append", "--batch", stdin="\n".join([json.dumps(draft)] * 2))
    do("append", "--front-matter", stdin=f"---\n{json.dumps({'title': line})[1:-1]}\n---\n{text}")
    entry = do("append", "to be forgotten")
    do("forget", entry, "--reason", text)
    do("forget", entry, "--reason", text, "--purge")
    day = max(root.glob("journal/main/*/*.md"))  # today, not yesterday
    day.write_text(f"{day.read_text()}\n## 11:00 by hand\n\nI typed this.\n")
    do("adopt", "--all", "--reason", text)
    edited = do("append", "to be edited")
    day.write_text(day.read_text().replace("to be edited", "edited"))
    do("amend", edited, "--reason", text)


def through_python(root: Path, text: str) -> None:
    with journal.open(str(root)) as opened:
        opened.append(Draft(body=text, title=text, tags=(text,), meta={"k": text}))
        opened.notebook.append_many([Draft(body=text), Draft(body="x", fields={"why": [text]})])
        opened.notebook.attach(text.encode(), name="given.txt")
        opened.recall("text")
        list(opened.rows())
    Memory.open(str(root)).store(text, actor=text)


def test_no_canary_gets_in_by_any_door(root: Path, journal_bin: Path) -> None:
    """All forty at once through each door, then each by itself through the plainest one."""
    assert len(CANARIES) == 40
    texts = [text for text, _ in CANARIES.values()]
    through_the_command_line(journal_bin, root, "\n\n".join([*texts, _OWN]))
    through_python(root, "\n\n".join([*texts, _OWN]))
    with journal.open(str(root)) as opened:
        for text in texts:
            opened.append(Draft(body=text, title=text.partition("\n")[0]))
    run(journal_bin, root, "list")
    run(journal_bin, root, "reindex")
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    secrets = [*(secret for _, secret in CANARIES.values()), _OWN]
    assert found(root, secrets) == set()


def test_names_hold_no_canary(root: Path, journal_bin: Path) -> None:
    _, secret = CANARIES["github token"]
    names = ("--session", "--path", "--role", "--parent")
    run(journal_bin, root, "append", "text", *(word for name in names for word in (name, secret)))
    run(journal_bin, root, "list", "--session", secret)
    assert found(root, [secret]) == set()


def test_a_branch_holds_no_canary(root: Path, journal_bin: Path) -> None:
    _, secret = CANARIES["github token"]
    subprocess.run(["git", "checkout", "-qb", f"fix/{secret}"], cwd=root, check=True)
    first = run(journal_bin, root, "append", "on a branch")
    day = next(root.glob("journal/main/*/*.md"))
    day.unlink()  # what waits in the spool belongs to this branch all the same
    assert first[-8:] in run(journal_bin, root, "list")
    run(journal_bin, root, "append", "--batch", stdin=json.dumps({"body": "and again"}))
    with journal.open(str(root)) as opened:
        opened.append(Draft(body="and once more"))
    within = [one for one in found(root, [secret]) if "/.git/" not in one[0]]
    assert within == []


def test_a_retry_says_again_that_the_text_was_not_kept(root: Path, journal_bin: Path) -> None:
    (root / "policy.yaml").write_text("defaults:\n  persist: none\n", encoding="utf-8")
    words = ("append", "not for long", "--token", "one", "--json")
    first, again = (json.loads(run(journal_bin, root, *words)) for _ in range(2))
    assert first == again
    assert first["withheld"] == "persist none (policy.yaml:2)"


def test_a_journal_that_is_off_makes_no_key(root: Path, journal_bin: Path) -> None:
    toml = root / "journal.toml"
    toml.write_text(toml.read_text().replace("enabled = true", "enabled = false"))
    run(journal_bin, root, "append", CANARIES["github token"][0])
    with journal.open(str(root)) as opened:
        assert not opened.append(Draft(body=CANARIES["github token"][0])).id
    assert not (root / ".journal/state/fingerprint-key").exists()


def test_what_a_refused_draft_says_is_nowhere(root: Path, journal_bin: Path) -> None:
    (root / "policy.yaml").write_text("defaults:\n  persist: none\n", encoding="utf-8")
    words = "the quick brown canary sat on the mat"
    file = root.parent / "given.txt"
    file.write_text(words)
    for more in ((), ("--title", words), ("--meta", f"said={words}"), ("--attach", str(file))):
        token = f"{words} {len(more)} {more[:1]}"
        run(journal_bin, root, "append", words, "--token", token, *more)
    run(journal_bin, root, "append", "--batch", stdin=json.dumps({"body": words, "x": words}))
    run(journal_bin, root, "recall", "canary")
    assert found(root, [words]) == set()
    assert "5 entries: 5 intact" in run(journal_bin, root, "verify")


def test_environment_and_env_files_are_known(root: Path, journal_bin: Path) -> None:
    (root.parent / ".env").write_text("DB_PASSWORD='vivid otter paints 88 doors'\n")
    (root / ".env").write_text("SERVICE_SECRET=plum-orchard-9941-kettle\n")
    said = f"{_OWN} and vivid otter paints 88 doors and plum-orchard-9941-kettle"
    done = subprocess.run(
        [journal_bin, "append", said, "--workspace", root], cwd=root.parent, check=True
    )
    assert done.returncode == 0
    (root / ".env").unlink()
    kept = ["vivid otter paints 88 doors", "plum-orchard-9941-kettle", _OWN]
    assert found(root, kept) == set()
    assert os.environ["CANARY_API_TOKEN"] == _OWN
