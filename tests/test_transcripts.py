"""The command line by its transcripts: what is typed, what is printed, and the exit code.

Each example of tests/transcripts/*.md runs as those of the documents do (readme.py), in a copy of
the sample workspace. A command that fails has its exit code as the last line: `[exit 2]`.
"""

import re
from pathlib import Path

import pytest
import readme
from readme import ROOT, Block, Step

BASE32 = "[0-9A-HJKMNP-TV-Z]"
EXAMPLES = [
    block
    for file in sorted((ROOT / "tests" / "transcripts").glob("*.md"))
    for block in readme.blocks(file)
]
SAMPLE_IDS = frozenset(
    found
    for file in (ROOT / "sample_workspace" / "journal").rglob("*.md")
    for found in re.findall(rf"^id: ({BASE32}{{26}})$", file.read_text("utf-8"), re.MULTILINE)
)


def with_status(step: Step) -> Step:
    """The command that also prints its exit code, if that isn't 0."""
    tell = 'status=$?; [ $status = 0 ] || echo "[exit $status]"; (exit $status)'
    return Step(f"{step.command}\n{tell}", step.expected)


def sample_ids(lines: list[str]) -> list[str]:
    """Ids and endings of ids, in order, that are those of the sample: readme.py masks them all."""
    words = re.findall(rf"\b(?:{BASE32}{{26}}|{BASE32}{{8}})\b", "\n".join(lines))
    endings = {entry_id[-8:] for entry_id in SAMPLE_IDS}
    return [word for word in words if word in SAMPLE_IDS or word in endings]


def test_there_are_transcripts_and_a_sample() -> None:
    assert len(EXAMPLES) > 25
    assert len(SAMPLE_IDS) == 25


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_transcript(block: Block, journal_bin: Path) -> None:
    assert journal_bin.is_file()
    steps = [with_status(step) for step in block.steps]
    runs = readme.perform(Block(block.file, block.line, steps))
    assert len(runs) == len(steps), "the shell ended early"
    for step, run in zip(block.steps, runs, strict=True):
        wanted = f"{block}: $ {step.command}\n" + "\n".join(step.expected)
        printed = "\n".join(run.output)
        assert readme.matches(step.expected, run), f"{wanted}\n--- printed\n{printed}"
        if readme.ANY_LINES not in step.expected:
            assert sample_ids(step.expected) == sample_ids(run.output), wanted


def test_a_wrong_status_or_a_wrong_id_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "wrong.md"
    file.write_text("```console\n$ (exit 3)\n[exit 3]\n$ false\n```\n", encoding="utf-8")
    (block,) = readme.blocks(file)
    fine, wrong = readme.perform(Block(file, 1, [with_status(step) for step in block.steps]))
    assert readme.matches(block.steps[0].expected, fine)
    assert not readme.matches(block.steps[1].expected, wrong)
    one, other = sorted(SAMPLE_IDS)[:2]
    assert sample_ids([f"{one}  {other[-8:]} "]) == [one, other[-8:]]
    assert sample_ids(["01KAJ2X7Q0M3C4V5B6N7Q8W9E0"]) == []
