"""Persist modes over real transcripts: what must not be there is nowhere, what must be is whole."""

import json
import tarfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from journal import Draft
from journal.notebook import Notebook
from journal.workspace import init

KINDS = ("message", "summary", "note", "decision", "event", "fact", "task")
KEPT = {
    "full": frozenset(KINDS),
    "summary_only": frozenset(("summary", "decision", "fact", "task")),
    "distilled_only": frozenset(("summary",)),
    "hash_only": frozenset[str](),
    "none": frozenset[str](),
}
_MOST = 400
_LINE = 40  # characters of a line from which on it tells whose it is


def texts(value: Any) -> Iterator[str]:
    """The texts of one line of a transcript."""
    message = value.get("message") if isinstance(value, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        yield content
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            yield part["text"]


@pytest.fixture(scope="module")
def bodies(dev_data: Path) -> list[str]:
    """Some real messages of coding agents and the people who run them, each once."""
    found: dict[str, None] = {}
    with tarfile.open(dev_data / "transcripts-dev.tar.xz") as archive:
        for member in archive:
            if len(found) >= _MOST:
                break
            if "claude" in member.name and member.name.endswith(".jsonl"):
                file = archive.extractfile(member)
                for line in file or ():
                    try:
                        found |= dict.fromkeys(texts(json.loads(line)))
                    except ValueError:
                        continue
    chosen = [text for text in found if 0 < len(text) < 100_000 and telling(text)]
    assert len(chosen) > _MOST // 4
    return chosen


def telling(text: str) -> list[str]:
    """Lines of a text that are long enough to be found again."""
    return [line.strip() for line in text.splitlines() if len(line.strip()) >= _LINE]


@pytest.mark.parametrize("mode", KEPT)
def test_what_must_not_be_there_is_not(mode: str, bodies: list[str], tmp_path: Path) -> None:
    init(str(tmp_path))
    policy = f"defaults:\n  persist: {mode}\n  redaction: off\n"
    (tmp_path / "policy.yaml").write_text(policy, encoding="utf-8")
    notebook = Notebook.open(str(tmp_path))
    drafts = [
        Draft(
            body=body, kind=kind, title=telling(body)[0], meta={"first": telling(body)[-1]},
            fields={"covers": ["01M7ZD1NNM3NY7KDXE1V6ZFEYC"]} if kind == "summary" else {},
        )
        for kind, body in zip(cycle(KINDS), bodies, strict=False)
    ]  # fmt: skip
    receipts = notebook.append_many(drafts)
    held = b"\n".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    kept = "\n".join(str(draft.body) for draft in drafts if draft.kind in KEPT[mode])
    for draft, receipt in zip(drafts, receipts, strict=True):
        is_kept = draft.kind in KEPT[mode]
        assert bool(receipt.withheld) is not is_kept
        for line in telling(str(draft.body)):
            if is_kept:
                assert line.encode() in held
            elif line not in kept:
                assert line.encode() not in held
    assert {verdict.state for verdict in notebook.verify()} == {"intact"}
