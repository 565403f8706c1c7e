"""The benchmarks of recall run, over tiny files, and what they say is right."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parent.parent / "bench"

MORNING = "1:56 pm on 8 May, 2023"
CHAT = [
    {
        "sample_id": "chat-1",
        "qa": [
            {"question": "trumpet", "evidence": ["D1:2"], "category": 4},
            {"question": "lighthouse", "evidence": ["D10:1; D99:9", "D2:01"], "category": 1},
            {"question": "Who sold the boat?", "category": 5},
            {"category": 5, "evidence": []},
        ],
        "conversation": {
            "speaker_a": "Ada",
            "session_10": [{"speaker": "Ada", "dia_id": "D10:1", "text": "A lighthouse!"}],
            "session_10_date_time": "some day",
            "session_2_date_time": "2023-06-01",
            "session_2": [
                {"speaker": "Ben", "dia_id": "D2:1", "text": "Oh", "blip_caption": "a lighthouse"},
                {"dia_id": "D2:2", "text": ""},
            ],
            "session_1": [
                {"speaker": "Ada", "dia_id": "D1:1", "text": "How is the band?"},
                {"speaker": "Ben", "dia_id": "D1:2", "text": "I play the trumpet now."},
                {"speaker": "Ada", "text": "A turn without an id."},
            ],
            "session_1_date_time": MORNING,
            "session_3_date_time": MORNING,
        },
    },
    {"sample_id": "chat-2", "qa": [{"question": "anything?"}], "conversation": {}},
]  # fmt: skip
LONG = " ".join(f"filler{n}" for n in range(40))
COMMITS = [
    {"subject": "Speed up zanzibar", "body": f"The zanzibar is faster. {LONG}"},
    {"subject": "Mend quillwhistle", "body": f"A quillwhistle was broken. {LONG}"},
    {"subject": "Only a title", "body": ""},
]


def run(program: str, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, str(BENCH / program), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done


def written(path: Path, rows: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def cells(text: str) -> dict[str, list[str]]:
    """The rows of the Markdown tables in a text, by their first cells."""
    rows = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("| ")]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}


@pytest.mark.parametrize("engine", ["journal", "fts5"])
def test_a_chat_becomes_a_run(tmp_path: Path, engine: str) -> None:
    file = tmp_path / "chat.json"
    file.write_text(json.dumps(CHAT), encoding="utf-8")
    done = run("locomo.py", str(file), *(["--fts5"] if engine == "fts5" else []))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    asked = [(line["conversation"], line["question_id"]) for line in lines]
    assert asked == [("chat-1", 0), ("chat-1", 1), ("chat-1", 2), ("chat-1", 3), ("chat-2", 0)]
    assert lines[0]["ranked"][0] == "D1:2"
    assert set(lines[1]["ranked"][:2]) == {"D2:1", "D10:1"}
    assert lines[4]["ranked"] == []
    known = {"D1:1", "D1:2", "D2:1", "D10:1"}
    assert all(line["ms"] > 0 and known.issuperset(line["ranked"]) for line in lines)
    assert f"{engine}: 2 conversations, 5 turns, 5 questions" in done.stderr


def test_a_run_is_scored_beside_the_rivals(tmp_path: Path) -> None:
    file = tmp_path / "chat.json"
    file.write_text(json.dumps(CHAT), encoding="utf-8")
    done = run("locomo.py", str(file), "--score")
    assert all(json.loads(line) for line in done.stdout.splitlines())
    table = cells(done.stderr)
    assert table["category"][:5] == ["n", "journal r@10", "journal MRR", "FTS5 r@10", "FTS5 MRR"]
    assert table["single-hop"][:5] == ["1", "100.0", "100.0", "100.0", "100.0"]
    assert table["multi-hop"][:2] == ["1", "100.0"]
    assert table["1-4"][0] == "2"
    assert "adversarial" not in table


def test_what_is_no_chat_is_said(tmp_path: Path) -> None:
    file = tmp_path / "chat.json"
    file.write_text('{"qa": []}', encoding="utf-8")
    assert "not in LoCoMo's format" in run("locomo.py", str(file), code=1).stderr
    assert "No such file" in run("locomo.py", str(tmp_path / "none"), code=1).stderr


def test_commits_are_found_by_their_titles(tmp_path: Path) -> None:
    common = {"ts": "2024-01-01T12:00:00Z", "author": "Ada", "tags": ["boat"]}
    rows = [common | {"id": f"c{n}"} | row for n, row in enumerate(COMMITS)]
    asked = [row | {"subject": row["subject"].split()[-1]} for row in rows[:2]]
    file = written(tmp_path / "commits.jsonl", [*asked, rows[2]])
    misses = tmp_path / "misses.tsv"
    done = run("known_item.py", file, "--misses", str(misses))
    assert done.stdout.startswith("2 titles among 3 commits")
    table = cells(done.stdout)
    assert table["journal"][:4] == ["100.0", "100.0", "1.000", "1.000"]
    assert table["FTS5"][:4] == ["100.0", "100.0", "1.000", "1.000"]
    head, first, second = misses.read_text(encoding="utf-8").splitlines()
    assert head.split("\t")[:2] == ["journal", "FTS5"]
    assert {line.split("\t")[-1] for line in (first, second)} == {"zanzibar", "quillwhistle"}


def test_without_commits_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_DEV_DATA", str(tmp_path))
    done = run("known_item.py")
    assert (done.stdout, "left out" in done.stderr) == ("", True)


def test_speeds_are_compared_and_kept(tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    words = [*"--entries 120 --mixed --questions 1 --rounds 1 --keep".split(), str(keep)]
    first = run("recall.py", *words, "--cold", "1", "--sorts", "rare", "date")
    table = cells(first.stdout)
    assert {"journal", "FTS5", "rare", "date", "sum", "geometric mean of ratios"} <= table.keys()
    assert "finds nothing" not in first.stderr
    assert "cold, ms" in table
    again = cells(run("recall.py", *words, "--cold", "0").stdout)
    assert again["journal"] == table["journal"]
    sorts = {"rare", "common", "AND", "OR", "phrase", "prefix", "date", "tag", "kind", "question"}
    assert sorts <= again.keys()
    assert (keep / "mixed-120-1-days" / "journal" / "journal").is_dir()
