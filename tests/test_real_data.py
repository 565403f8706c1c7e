"""Real commits and the CommonMark examples: what goes in comes out, and every heading renders."""

import json
import lzma
import re
import subprocess
import tarfile
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from journal.entry import Draft
from journal.notebook import Notebook
from journal.workspace import init

COMMITS = 50_000
CLOCK = re.compile(r"\d\d:\d\d:\d\d")
FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def commits(data: Path, step: int) -> list[dict[str, Any]]:
    """Every `step`th commit as a draft; one without a body has its subject as body."""
    drafts = []
    with lzma.open(data / "commits-dev.jsonl.xz", "rt", encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines):
            if number % step == 0:
                commit = json.loads(line)
                draft = {"at": commit["ts"], "actor": commit["author"], "tags": commit["tags"]}
                body = commit["body"] if commit["body"].strip() else commit["subject"]
                drafts.append(draft | {"title": commit["subject"], "body": body})
    return drafts


def through_batch(command: Path, root: Path, drafts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The receipts that `append --batch` prints for the drafts."""
    source = root / "drafts.jsonl"
    source.write_text("".join(json.dumps(draft) + "\n" for draft in drafts), encoding="utf-8")
    with source.open("rb") as stdin:
        done = subprocess.run(
            [command, "append", "--batch"], cwd=root, stdin=stdin, capture_output=True, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_kept(command: Path, root: Path, drafts: list[dict[str, Any]]) -> None:
    init(str(root))
    (root / "policy.yaml").write_text("defaults: {redaction: off}\n", encoding="utf-8")
    receipts = through_batch(command, root, drafts)
    assert len({receipt["id"] for receipt in receipts}) == len(drafts)
    assert [receipt["seq"] for receipt in receipts] == list(range(1, len(drafts) + 1))
    assert all(receipt["durable"] for receipt in receipts)

    notebook = Notebook.open(str(root))
    entries = list(notebook.entries())
    assert not notebook.findings
    assert len(entries) == len(drafts)
    moments = [entry.moment for entry in entries]
    assert moments == sorted(moments, reverse=True)

    by_id = {entry.id: entry for entry in entries}
    for draft, receipt in zip(drafts, receipts, strict=True):
        entry = by_id[receipt["id"]]
        body = normal(draft["body"])
        assert entry.body == body
        assert (entry.title, entry.actor) == (draft["title"], draft["actor"])
        assert entry.tags == tuple(draft["tags"])
        assert receipt["digest"] == f"sha256:{sha256(body.encode()).hexdigest()}"
        assert (entry.source.file, entry.source.line) == (receipt["file"], receipt["line"])

    done = subprocess.run([command, "verify", "--json"], cwd=root, capture_output=True, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["counts"] == {"intact": len(drafts)}


def test_commits_come_back_byte_for_byte(dev_data: Path, journal_bin: Path, tmp_path: Path) -> None:
    assert_kept(journal_bin, tmp_path, commits(dev_data, step=10))


@pytest.mark.soak
def test_all_commits_come_back_byte_for_byte(
    dev_data: Path, journal_bin: Path, tmp_path: Path
) -> None:
    drafts = commits(dev_data, step=1)
    assert len(drafts) == COMMITS
    assert_kept(journal_bin, tmp_path, drafts)


@pytest.fixture(scope="module")
def examples(dev_data: Path) -> list[str]:
    """Each Markdown example of the specifications, with and without its final newline."""
    found: dict[str, None] = {}
    with tarfile.open(dev_data / "transcripts-dev.tar.xz") as archive:
        for member in archive:
            if member.name.endswith("/spec.json") and (file := archive.extractfile(member)):
                for example in json.load(file):
                    text = example["markdown"]
                    found |= dict.fromkeys((text, text.rstrip("\n")))
    assert len(found) > 1000
    return list(found)


def clocks(text: str) -> list[str]:
    """The times in the headings that stand at the top level once the text is rendered."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    headings = [
        after.content
        for token, after in pairwise(tokens)
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0
    ]
    return [found[0] for heading in headings if (found := CLOCK.match(heading))]


def test_markdown_examples_as_bodies_and_titles(examples: list[str], tmp_path: Path) -> None:
    init(str(tmp_path))
    notebook = Notebook.open(str(tmp_path))
    drafts = [
        Draft(
            body=text,
            title=text,
            role="assistant",
            at=f"2026-11-21T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}",
        )
        for number, text in enumerate(examples)
    ]
    receipts = notebook.append_many(drafts)
    entries = {entry.id: entry for entry in notebook.entries()}
    assert not notebook.findings
    assert len(entries) == len(drafts)
    for draft, receipt in zip(drafts, receipts, strict=True):
        entry = entries[receipt.id]
        assert (entry.body, entry.title) == (normal(str(draft.body)), draft.title)
    assert {verdict.state for verdict in notebook.verify()} == {"intact"}

    (file,) = {receipt.file for receipt in receipts}
    day = FRONT.sub("", (tmp_path / file).read_text(encoding="utf-8"), count=1)
    assert clocks(day) == [str(draft.at)[11:] for draft in drafts]
