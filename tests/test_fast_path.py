"""The short way into `append` and the full command line are one: same bytes, same answers."""

import contextlib
import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from doors import Door
from hypothesis import given
from hypothesis import strategies as st
from strategies import FRAGMENTS, SEPARATORS, YAML_TROUBLE, normal, typed

from journal.cli import fast
from journal.cli.main import parser
from journal.cli.options import VALUED
from journal.errors import JournalError
from journal.workspace import init

# Runs each argument list in a workspace without entries, the clock and the chance held still: once
# by the short way (which may decline: null), once by the full one; tells what each left and said.
TWICE = """
import json, os, shutil, sys, tempfile
from glob import glob
from journal import clock, ids, protocol, space
from journal.cli import fast, main
from datetime import UTC, datetime

root, way = sys.argv[1:]
NOW = 1795262523_123456789
os.chdir(root)
protocol.time_ns = lambda: NOW
fast.time = lambda: NOW / 1e9
ids.urandom = lambda size: b"x" * size
clock.now = lambda: datetime.fromtimestamp(NOW // 10**9, UTC)

def run(argv, stdin):
    for path in ["journal", *glob(".journal/state/spool/*"), *glob(".journal/cache/*.known")]:
        shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.unlink(path)
    said = []
    new = tempfile.TemporaryFile
    with new() as given, new() as out, new() as err:
        given.write(stdin.encode()); given.seek(0)
        kept = [os.dup(n) for n in range(3)]
        for n, file in enumerate((given, out, err)):
            os.dup2(file.fileno(), n)
        try:
            code = fast.append(argv) if way == "fast" else main.main(argv)
        except SystemExit as stop:
            code = stop.code
        finally:
            sys.stdout.flush(); sys.stderr.flush()
            for n, fd in enumerate(kept):
                os.dup2(fd, n); os.close(fd)
        for file in (out, err):
            file.seek(0); said.append(file.read().decode(errors="replace"))
    files = {}
    for path in sorted([*glob("journal/**/*.md", recursive=True), *glob(".journal/state/spool/*")]):
        with open(path, "rb") as file:
            files[path] = file.read().decode(errors="backslashreplace")
    return {"code": code, "out": said[0], "err": said[1], "files": files}

json.dump([run(*case) for case in json.load(sys.stdin)], sys.stdout)
"""
FLAGS = [*VALUED, "--tag", "--meta", "--file", "--workspace"]
VALUES = [
    "x", "", "-", "-x", "--", "a b", "k=v", "k=", "=v", "k", "a=b=c", "note", "task", "decision",
    "user",
    "main", "work", "main/try", "-1", "--title", "--json", "../x", "é", "\u2028", "\x1b[31m", "NO",
    "@" * 26,
    *YAML_TROUBLE[:30],
]  # fmt: skip
GOOD = {
    "--title": ["t", "a · b", "", "C #", "x=y"], "--kind": ["note", "task", "decision", ""],
    "--role": ["user", "assistant"], "--actor": ["claude-code", "a b", "NO"], "--session": ["s-1"],
    "--path": ["main", "main/try"], "--parent": ["01KAJ2X7Q0M3C4V5B6N7Q8W9E0"],
    "--token": ["t 1", "t-2"],
    "--namespace": ["main", "work"], "--tag": ["a", "b: c", "NO", "é"],
    "--meta": ["k=v", "k=1", "a.b="],
    "--file": ["body.md"], "--workspace": ["."],
}  # fmt: skip


def generated(seed: int, count: int) -> list[tuple[list[str], str]]:
    """Argument lists: most of them good, some with anything anywhere; and the standard input."""
    chance = random.Random(seed)
    cases = []
    for _ in range(count):
        wild = chance.random() < 0.4
        words = [chance.choice(["text", "## 10:00\n", "-", "```", "a\x85b", "ü"])] * chance.choice(
            [0, 1, 1]
        )
        for _ in range(chance.randrange(6)):
            flag = chance.choice(FLAGS)
            value = chance.choice(VALUES if wild and chance.random() < 0.5 else GOOD[flag])
            form = chance.random()
            words += (
                [f"{flag}={value}"]
                if form < 0.3
                else [flag, value]
                if form < 0.97 or not wild
                else [flag]
            )
        if chance.random() < 0.4:
            words.append("--json")
        if wild:
            for _ in range(chance.randrange(3)):
                words.insert(
                    chance.randrange(len(words) + 1),
                    chance.choice([*VALUES, "--", "--at", "--help"]),
                )
            if chance.random() < 0.3:
                chance.shuffle(words)
        words.insert(0 if chance.random() < 0.9 else chance.randrange(len(words) + 1), "append")
        if chance.random() < 0.1:
            words[:0] = ["--workspace", "."]
        if "-" in words or "--batch" not in words:
            cases.append((words, chance.choice(["from stdin\n", "", "a\r\nb", "~~~\n"])))
    return cases


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init(str(tmp_path))
    (tmp_path / "body.md").write_text("the file's\n## 10:00\n")
    return tmp_path


def run_twice(root: Path, cases: list[tuple[list[str], str]]) -> list[tuple[Any, Any]]:
    answers = []
    for way in ("fast", "full"):
        done = subprocess.run(
            [sys.executable, "-c", TWICE, str(root), way], input=json.dumps(cases),
            capture_output=True,
            text=True, check=False, cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        answers.append(json.loads(done.stdout))
    return list(zip(*answers, strict=True))


def compare(root: Path, cases: list[tuple[list[str], str]]) -> int:
    """Both ways gave the same; how many the short way took, and appended."""
    taken = 0
    for (argv, _), (short, full) in zip(cases, run_twice(root, cases), strict=True):
        if short["code"] is None:
            assert short["files"] == {}
            assert short["out"] == short["err"] == ""
        elif short["code"]:
            # Of several things wrong each way may name the one it meets first.
            assert full["code"] != 0, argv
            assert short["files"] == full["files"] == {}, argv
        else:
            assert short == full, argv
            taken += 1
    return taken


def test_both_ways_write_and_say_the_same(root: Path) -> None:
    cases = generated(1, 250)
    assert compare(root, cases) > 60


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 22))
def test_both_ways_write_and_say_the_same_ten_thousand_times(root: Path, seed: int) -> None:
    assert compare(root, generated(seed, 500)) > 100


EDGES: list[list[str]] = [
    ["append", ""], ["append", "--file", ""], ["append", "--file", "", ""], ["append", "-"],
    ["append", "x", "y"],
    ["append", "--file", "body.md", "x"], ["append", "--file", "body.md", "-"],
    ["append", "--file", "none.md"],
    ["append", "--title", "a", "--title", "b", "x"], ["append", "--json", "--json", "x"],
    ["append", "--json=1", "x"], ["--json", "append", "x"], ["--title", "a", "append", "x"],
    ["--workspace", ".", "append", "x"], ["--workspace=.", "append", "x"],
    ["append", "x", "--workspace", ""],
    ["append", "--tag", "", "x"], ["append", "--tag", "a", "--tag=b", "--tag", "a", "x"],
    ["append", "--meta", "k", "x"], ["append", "--meta", "k=1", "--meta", "k=2", "x"],
    ["append", "--ti", "a", "x"], ["append", "--title"], ["append", "--title", "-x", "y"],
    ["append", "--title=-x", "y"], ["append", "--title", "--json", "y"], ["append", "--", "-x"],
    ["append", "- a list item"], ["append", "-x"], ["append", "-5"], ["append", "--help"],
    ["append", "-h"],
    ["append", "x", "--help"], ["apend", "x"], [], ["append", "--at", "yesterday", "x"],
    ["append", "--kind", "poem", "x"], ["append", "--namespace", "../x", "y"], ["append", "\udcff"],
    ["append", "--title", "\udcff", "x"], ["append", "x\udc80", "--json"],
]  # fmt: skip


def test_edges(root: Path) -> None:
    compare(root, [(argv, "from stdin") for argv in EDGES])


DECLINED = [
    ["append", "--help"], ["append", "-h", "x"], ["append", "--batch"],
    ["append", "--at", "now", "x"],
    ["append", "--front-matter"], ["append", "--", "x"], ["append", "--titl", "a", "x"],
    ["append", "-x"],
    ["append", "--title"], ["append", "x", "--tag"], ["append", "--title", "-x", "y"],
    ["append", "a", "b"],
    ["append", "--title=a", "--title=b", "x"], ["append", "--file=a", "--file=b"],
    ["append", "--json=", "x"],
    ["--json", "append", "x"], ["--title", "a", "append", "x"], ["list"], ["show", "append"], [],
    ["--version"],
    ["list", "append"], ["append", "--file", "a", "b"], ["append", "--file", "-"],
]  # fmt: skip


@pytest.mark.parametrize("argv", DECLINED)
def test_what_the_short_way_leaves_to_the_full_one(argv: list[str]) -> None:
    assert fast._parse(argv) is None


WORDS = st.sampled_from(
    [*FLAGS, *(f"{flag}=v" for flag in FLAGS), *(f"{flag}=-v" for flag in FLAGS),
    *(f"{flag}=" for flag in FLAGS),
     "--json", "--at", "--batch", "--front-matter", "--help", "-h", "--", "-", "-n", "-5", "- x",
     "x", "k=v",
     "append", "list", "", "--json=", "--titlex", "--t", "--json x", "-=", "--="]
)  # fmt: skip


@given(st.lists(WORDS, max_size=7).map(lambda words: ["append", *words]))
def test_the_short_parser_means_what_the_full_one_means(argv: list[str]) -> None:
    found = fast._parse(argv)
    if found is None:
        return
    draft, options = found
    with contextlib.redirect_stdout(io.StringIO()):  # help
        args = parser().parse_args(argv)
    assert args.verb == "append"
    for key, _, _ in VALUED.values():
        assert getattr(args, key) == draft.get(key, "")
    assert args.text == draft.get("body")
    assert (args.tag or []) == draft["tags"] == options.get("--tag", [])
    assert (args.meta or []) == options.get("--meta", [])
    assert args.file == options.get("--file", [None])[0]
    assert args.workspace == options.get("--workspace", [""])[0]
    assert args.json == ("--json" in options)
    assert [args.at, args.batch, args.front_matter] == [
        parser().parse_args(["append"]).at,
        False,
        False,
    ]


def run(
    command: Path, *argv: str, stdin: bytes | None = b"", cwd: Path | None = None, code: int = 0
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run([command, *argv], input=stdin, capture_output=True, check=False, cwd=cwd)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert done.returncode == code, done.stderr.decode()
    return done


def test_a_body_that_begins_with_a_dash(root: Path, journal_bin: Path) -> None:
    for argv, stdin in ((["--", "-x"], b""), ([], b"-x"), (["-"], b"-x")):
        entry = run(journal_bin, "append", *argv, stdin=stdin, cwd=root).stdout.decode().strip()
        assert run(journal_bin, "show", entry, "--body", cwd=root).stdout == b"-x"
    said = run(journal_bin, "append", "-x", cwd=root, code=2).stderr
    assert b"-x" in said


TROUBLES: list[tuple[str, list[str]]] = [
    ("standard input can't be read", ["append"]),
    ("the lock is a folder", ["append", "x"]),
    ("the day file's folder is a file", ["append", "x"]),
    ("the state is a link", ["append", "x"]),
]


@pytest.mark.parametrize(("what", "argv"), TROUBLES, ids=[trouble[0] for trouble in TROUBLES])
def test_trouble_with_files_is_no_traceback(
    root: Path, journal_bin: Path, what: str, argv: list[str]
) -> None:
    code = 10
    stdin = os.open(os.devnull, os.O_WRONLY if "input" in what else os.O_RDONLY)
    lock = root / ".journal" / "state" / "lock"
    if "lock" in what:
        lock.unlink()
        lock.mkdir()
    elif "day file" in what:
        (root / "journal").write_text("x")
        code = 3
    elif "link" in what:
        lock.parent.rename(root / "elsewhere")
        lock.parent.symlink_to(root / "elsewhere")
        code = 3
    try:
        for more in ([], ["--at", "now"], ["--json"]):
            done = subprocess.run(
                [journal_bin, *argv, *more],
                stdin=stdin,
                capture_output=True,
                text=True,
                check=False,
                cwd=root,
            )
            assert "Traceback" not in done.stderr
            assert done.returncode == code, done.stderr
            assert done.stderr.startswith(
                '{"error": ' if code and more == ["--json"] else "journal: "
            )
    finally:
        os.close(stdin)


@pytest.mark.parametrize("stream", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    "words", ["append x", "append x --at now", "append", "append --at now", "list"]
)
def test_streams_that_came_closed(root: Path, journal_bin: Path, stream: str, words: str) -> None:
    line = f'"$0" {words} {stream}'
    done = subprocess.run(
        ["/bin/sh", "-c", line, journal_bin], stdin=subprocess.DEVNULL, capture_output=True,
        text=True,
        check=False, cwd=root,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode == (4 if words in ("append", "append --at now") else 0)
    assert json.loads(run(journal_bin, "list", "--json", cwd=root).stdout)["total"] == (
        "x" in words
    )
    run(journal_bin, "verify", cwd=root)


@pytest.mark.parametrize("more", [[], ["--at", "now"], ["--json"], ["--json", "--at", "now"]])
def test_a_disabled_journal_says_so(root: Path, journal_bin: Path, more: list[str]) -> None:
    config = root / "journal.toml"
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    done = run(journal_bin, "append", "x", *more, cwd=root)
    assert b"enabled = false" in done.stderr
    if "--json" in more:
        assert json.loads(done.stdout)["disabled"] is True
        assert json.loads(done.stdout)["durable"] is False
    assert not (root / "journal").exists()
    run(journal_bin, "append", "", *more, cwd=root, code=4)


BODIES = [
    *(f"a{separator}b{separator}## 10:00{separator}c" for separator in SEPARATORS),
    "## 10:00 forged\n\n```yaml entry\nid: x\n```\n", "\\## 10:00\n", "```\nopen\n## 10:00",
    "<!-- open",
    "\ufeffbom\n\n\n", "  \n x \n ", "tag \U000e0041 bidi \u202e", "---\nschema: x\n---\n", "- a\n",
]  # fmt: skip


def test_bodies_come_back_through_the_command(root: Path, journal_bin: Path, door: Door) -> None:
    for number, body in enumerate(BODIES):
        data = body.encode()
        if number % 3 == 0:
            entry = run(
                journal_bin, "append", "-", "--title", body, "--tag", body, stdin=data, cwd=root
            )
        elif number % 3 == 1:
            (root / "given").write_bytes(data)
            entry = run(journal_bin, "append", "--file", "given", "--meta", f"k={body}", cwd=root)
        else:
            entry = run(journal_bin, "append", "--at", "now", "--actor", body, "--", body, cwd=root)
        wanted = normal(body)
        made = entry.stdout.decode().strip()
        assert door.text("show", made, "--body")[0] == wanted
        if number % 3 == 0:
            record = json.loads(door.text("show", made, "--json")[0])
            assert (record["entry"]["title"], record["entry"]["tags"]) == (body, [body])
    listed = json.loads(run(journal_bin, "list", "--json", cwd=root).stdout)
    assert listed["total"] == len(BODIES)
    run(journal_bin, "verify", cwd=root)


def test_thousands_come_back_through_a_batch(root: Path, journal_bin: Path) -> None:
    chance = random.Random(2)

    def text() -> str:
        return "".join(chance.choices(FRAGMENTS, k=chance.randrange(1, 5)))

    given = []
    for number in range(3_000):
        body = text() + ("" if chance.random() < 0.5 else "\n") + "x"
        draft: dict[str, Any] = {
            "body": body,
            "title": text(),
            "actor": text(),
            "tags": [text(), text()],
        }
        draft |= {"meta": {text(): [text(), {text(): number, "f": 1.5, "n": None}]}, "mood": text()}
        given.append(draft | {"at": f"2026-11-{20 + number % 3}T12:00:00.{number:06d}Z"})
    lines = b"\n".join(json.dumps(draft).encode() for draft in given)
    receipts = [
        json.loads(line)
        for line in run(journal_bin, "append", "--batch", stdin=lines, cwd=root).stdout.splitlines()
    ]
    assert len(receipts) == len(given)
    held: dict[str, Any] = {}
    for day in ("2026-11-20", "2026-11-21", "2026-11-22"):
        shown = json.loads(run(journal_bin, "day", day, "--json", cwd=root).stdout)
        assert shown["total"] == 1_000
        held |= {entry["id"]: entry for entry in shown["entries"]}
    assert len(held) == len(given)
    for draft, receipt in zip(given, receipts, strict=True):
        entry = held[receipt["id"]]
        assert entry["body"] == normal(draft["body"])
        for key in ("title", "actor", "tags", "mood"):
            assert entry[key] == draft[key], key
        assert typed(entry["meta"]) == typed(draft["meta"])
        assert (entry["file"], entry["line"]) == (receipt["file"], receipt["line"])
    verified = json.loads(run(journal_bin, "verify", "--json", cwd=root).stdout)
    assert verified["counts"] == {"intact": 3_000}


def test_a_bad_line_of_a_batch_stands_alone(root: Path, journal_bin: Path) -> None:
    lines: list[tuple[bytes, str]] = [
        (b'{"body": "one"}', ""), (b"not json", "bad-line"), (b"[1]", "bad-line"),
        (b'{"body": ""}', "empty-body"),
        (b'{"title": "x"}', "empty-body"), (b'{"body": "x", "seq": 1}', "reserved-key"),
        (b'{"body": "x", "id": "y"}', "reserved-key"), (b'{"body": "\\ud800"}', "not-utf8"),
        (b'{"body": "a\\u0000"}', "nul-in-body"), (b"\xff", "not-utf8"),
        (b'{"body": "x", "kind": "poem"}', "unknown-kind"),
        (b'{"body": "x", "tags": [""]}', "bad-field"), (b'{"body": "x", "meta": [1]}', "bad-field"),
        (b'{"body": "x", "title": 5}', "bad-field"), (b'{"body": "x", "at": "never"}', "bad-time"),
        (b'{"body": "x", "title": "' + b"y" * 17_000 + b'"}', "header-too-large"),
        (b"[" * 100_000, "bad-line"),
        (b'{"body": "x", "meta": {"n": ' + b"1" * 5_000 + b"}}", "bad-line"),
        (b'{"body": "x", "meta": {"n": 1e999}}', "bad-field"),
        (b'{"body": "x", "A B": 1}', "bad-name"),
        (b'{"body": "last"}\r', ""),
    ]  # fmt: skip
    done = subprocess.run(
        [journal_bin, "append", "--batch"], input=b"\n\n".join(line for line, _ in lines),
        capture_output=True,
        check=False, cwd=root,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [answer["error"]["kind"] if "error" in answer else "" for answer in answers]
    assert kinds == [kind for _, kind in lines]
    assert [answer["line"] for answer in answers if "error" in answer] == [
        2 * number + 1 for number, (_, kind) in enumerate(lines) if kind
    ]
    assert done.returncode != 0
    assert json.loads(run(journal_bin, "list", "--json", cwd=root).stdout)["total"] == 2


@pytest.mark.parametrize("body", ["text\n", "\n  indented\n---\n\n", "```\nopen", "## 10:00\n"])
def test_front_matter_gives_the_fields(root: Path, journal_bin: Path, body: str) -> None:
    head = '---\ntitle: 1.10\nkind: task\ntags: [NO, "a: b"]\n'
    head += "meta: {k: 2024-02-30}\nstatus: open\n---\n"
    entry = run(
        journal_bin, "append", "--front-matter", stdin=(head + "\n" + body).encode(), cwd=root
    )
    shown = json.loads(
        run(journal_bin, "show", entry.stdout.decode().strip(), "--json", cwd=root).stdout
    )["entry"]
    assert shown["body"] == body
    assert (shown["title"], shown["kind"], shown["tags"]) == ("1.10", "task", ["NO", "a: b"])
    assert (shown["meta"], shown["status"]) == ({"k": "2024-02-30"}, "open")


@pytest.mark.parametrize("key", ["id", "seq", "prev", "len", "digest", "closes"])
def test_no_front_matter_sets_what_the_journal_sets(
    root: Path, journal_bin: Path, key: str
) -> None:
    stdin = f"---\n{key}: 1\n---\n\ntext\n".encode()
    said = run(journal_bin, "append", "--front-matter", stdin=stdin, cwd=root, code=2)
    assert key.encode() in said.stderr


def test_errors_of_the_short_parser_are_never_its_own() -> None:
    for argv in EDGES:
        with contextlib.suppress(JournalError):
            fast._parse(argv)
