"""Claude Code's transcripts: the graph, what becomes of each line, growth, and whatever is odd."""

import json
import os
import tarfile
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal import seal
from journal.conversation import said
from journal.finding import Finding
from journal.importers.claude_code import IMPORTER
from journal.importers.lines import Line, Torn, again, lines
from journal.importers.port import Captured, Item, Reading, there

SESSION = "11111111-2222-4333-8444-555555555555"
Json = dict[str, Any]


def line(uuid: str, parent: str | None, kind: str, content: object, **more: object) -> Json:
    """A line of a transcript; its time is its uuid's number in seconds."""
    digits = "".join(filter(str.isdigit, uuid)) or "0"
    message: Json = {"role": kind, "content": content}
    if "message_id" in more:
        message |= {"id": more.pop("message_id"), "model": "claude-x"}
    return {
        "parentUuid": parent, "isSidechain": False, "cwd": "/w", "sessionId": SESSION,
        "gitBranch": "main", "type": kind, "message": message, "uuid": uuid,
        "timestamp": f"2026-02-03T00:{int(digits) // 60:02d}:{int(digits) % 60:02d}.000Z", **more,
    }  # fmt: skip


def prompt(uuid: str, parent: str | None, text: str = "", **more: object) -> Json:
    return line(uuid, parent, "user", text or f"prompt {uuid}", **more)


def answer(uuid: str, parent: str | None, *blocks: object, **more: object) -> Json:
    shown = [{"type": "text", "text": one} if isinstance(one, str) else one for one in blocks]
    return line(
        uuid, parent, "assistant", shown or [{"type": "text", "text": f"answer {uuid}"}], **more
    )


def call(name: str, tool: str = "Bash", **given_: object) -> Json:
    return {
        "type": "tool_use",
        "id": name,
        "name": tool,
        "input": given_ or {"command": f"run {name}"},
    }


def result(uuid: str, parent: str | None, name: str, text: object = "", **more: object) -> Json:
    block = {"type": "tool_result", "tool_use_id": name, "content": text or f"output of {name}"}
    return line(uuid, parent, "user", [block], **more)


def write(file: Path, values: Iterable[object], end: str = "\n") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    file.write_text("\n".join(texts) + end, encoding="utf-8")
    return file


class Reader:
    """Reads files as one import after the other would: what was given is known from then on."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.findings: list[Finding] = []
        self.left: Counter[str] = Counter()
        self.captured: dict[str, list[Captured]] = {}

    def read(self, file: Path) -> list[Item]:
        reading = Reading(
            known=lambda some, _="": {one: one for one in some if one in self.known},
            captured=lambda _: self.captured,
            user="ada",
        )
        found = list(IMPORTER.read(str(file), reading))
        items = [one for one in found if isinstance(one, Item)]
        self.findings = [one for one in found if isinstance(one, Finding)]
        self.left = Counter(reading.left)
        for item in items:
            self._check(item)
        return items

    def _check(self, item: Item) -> None:
        draft = item.draft
        held = {there(one.entry) for some in self.captured.values() for one in some}
        assert not item.follows or item.follows in self.known | held, item
        assert self.known.issuperset(item.refers.values()), item
        assert self.known.isdisjoint((item.id, *item.parts)), item
        assert draft.body.strip()
        assert draft.title.strip()
        keys = ("title", "kind", "role", "actor", "session", "path", "git")
        seal.check(
            {key: getattr(draft, key) for key in keys}
            | {"body": str(draft.body).encode(), "fields": dict(draft.fields)}
        )
        self.known |= {item.id, *item.parts}

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings]


def read(file: Path) -> list[Item]:
    return Reader().read(file)


def shape(items: Iterable[Item]) -> list[tuple[str, str, str, str]]:
    """Of each item its id, what it follows, its path and its kind or role."""
    return [(i.id, i.follows, i.draft.path, i.draft.role or i.draft.kind) for i in items]


def paragraphs(items: Iterable[Item]) -> Counter[str]:
    return Counter(part for item in items for part in str(item.draft.body).split("\n\n"))


PARALLEL = [
    prompt("u1", None, "fix the tests"),
    answer("a2", "u1", {"type": "thinking", "thinking": "Which?\nAll."}, message_id="m1"),
    answer("a3", "a2", "I look.", message_id="m1"),
    answer("a4", "a3", call("t1"), message_id="m1"),
    answer("a5", "a4", call("t2"), message_id="m1"),
    {"type": "progress", "uuid": "p6", "parentUuid": "a4", "data": {"type": "bash_progress"}},
    result("r7", "a5", "t2"),
    result("r8", "p6", "t1"),
    answer("a9", "r8", "Done.", message_id="m2"),
]


def test_a_message_of_several_lines_is_one_item_and_parallel_tools_no_fork(tmp_path: Path) -> None:
    items = read(write(tmp_path / "s.jsonl", PARALLEL))
    assert shape(items) == [
        ("u1", "", "main", "user"),
        ("a2", "u1", "main", "assistant"),
        ("r7", "a2", "main", "tool"),
        ("r8", "r7", "main", "tool"),
        ("a9", "r8", "main", "assistant"),
    ]
    asked, said_, second, _, _ = items
    assert said_.parts == ("a3", "a4", "a5")
    assert said_.draft.body == (
        "*Thinking*\n\n> Which?\n> All.\n\nI look.\n\n**Bash**\n\n```sh\nrun t1\n```\n\n"
        "**Bash**\n\n```sh\nrun t2\n```"
    )
    assert said_.draft.fields == {"model": "claude-x"}
    assert (second.draft.title, second.draft.body) == ("Bash: run t2", "```\noutput of t2\n```")
    assert second.draft.fields == {"tool": "Bash"}
    assert [item.draft.actor for item in items] == ["ada"] + ["claude-code"] * 4
    assert [item.draft.title for item in items[:2]] == ["fix the tests", "I look."]
    assert asked.draft.git == "main@000000000000"
    assert (asked.draft.session, asked.draft.at) == (SESSION, "2026-02-03T00:00:01.000Z")


def test_a_fork_is_where_a_person_went_on_twice(tmp_path: Path) -> None:
    items = read(
        write(
            tmp_path / "s.jsonl",
            [
                prompt("u1", None),
                answer("a2", "u1"),
                prompt("u3", "a2"),
                answer("a4", "u3"),
                prompt("abcdefgh-5", "a2"),
                answer("a6", "abcdefgh-5"),
                answer("a7", "a2"),  # no person went on there
            ],
        )
    )
    assert shape(items)[2:] == [
        ("u3", "a2", "main", "user"),
        ("a4", "u3", "main", "assistant"),
        ("abcdefgh-5", "a2", "fork-abcdefgh", "user"),
        ("a6", "abcdefgh-5", "fork-abcdefgh", "assistant"),
        ("a7", "a2", "main", "assistant"),
    ]


def test_a_fork_that_comes_later_is_one_from_then_on(tmp_path: Path) -> None:
    reader, file = Reader(), tmp_path / "s.jsonl"
    first = [prompt("u1", None), answer("a2", "u1"), prompt("u3", "a2"), answer("a4", "u3")]
    assert {item.draft.path for item in reader.read(write(file, first))} == {"main"}
    assert reader.read(file) == []
    more = [prompt("u5", "a2"), prompt("u6", "a4")]
    assert shape(reader.read(write(file, first + more))) == [
        ("u6", "a4", "main", "user"),
        ("u5", "a2", "fork-u5", "user"),
    ]


SIDE: Json = {"isSidechain": True, "agentId": "7f"}
TASK = [
    prompt("u1", None),
    answer("a2", "u1", call("t1", "Task", description="Look", prompt="Find it"), message_id="m1"),
]
CHAIN = [
    prompt("s3", None, "Find it", **SIDE),
    answer("s4", "s3", "Found.", message_id="m2", **SIDE),
]
BACK = [
    result(
        "r5",
        "a2",
        "t1",
        [{"type": "text", "text": "It is there."}],
        toolUseResult={"agentId": "7f"},
    ),
    answer("a6", "r5"),
]
WITH_CHAIN = [
    ("u1", "", "main", "user"),
    ("a2", "u1", "main", "assistant"),
    ("s3", "a2", "agent-7f", "user"),
    ("s4", "s3", "agent-7f", "assistant"),
    ("r5", "a2", "main", "tool"),
    ("a6", "r5", "main", "assistant"),
]


def assert_comes_back(items: list[Item]) -> None:
    assert shape(items) == WITH_CHAIN
    merge = items[4]
    assert (merge.draft.kind, merge.draft.title) == ("merge", "Task: Look")
    assert merge.draft.fields == {"tool": "Task", "merges": "agent-7f"}
    assert merge.refers == {"takes": "s4"}
    assert items[2].draft.actor == "claude-code"


def test_a_sidechain_within_the_file_comes_back_with_its_result(tmp_path: Path) -> None:
    assert_comes_back(read(write(tmp_path / "s.jsonl", TASK + CHAIN + BACK)))


@pytest.mark.parametrize("place", ["{}/subagents/agent-7f.jsonl", "agent-7f.jsonl"])
def test_a_sidechain_in_a_file_of_its_own_comes_back(tmp_path: Path, place: str) -> None:
    main = write(tmp_path / f"{SESSION}.jsonl", TASK + BACK)
    side = write(tmp_path / place.format(SESSION), CHAIN)
    assert IMPORTER.files(str(tmp_path)) == [str(main), str(side)]
    reader = Reader()
    assert_comes_back(reader.read(main))
    assert reader.read(side) == []


def test_a_sidechain_whose_result_is_awaited_knows_its_call(tmp_path: Path) -> None:
    reader = Reader()
    file = write(tmp_path / f"{SESSION}.jsonl", TASK)
    side = write(tmp_path / SESSION / "subagents" / "agent-7f.jsonl", CHAIN)
    told = {
        "type": "progress", "uuid": "p9", "parentUuid": "a2", "parentToolUseID": "t1",
        "data": {"type": "agent_progress", "agentId": "7f", "message": CHAIN[0]},
    }  # fmt: skip
    items = reader.read(write(file, [*TASK, told])) + reader.read(side)
    items += reader.read(write(file, [*TASK, told, *BACK]))
    assert_comes_back(items)


def test_a_sidechain_that_only_progress_tells(tmp_path: Path) -> None:
    told = [
        {
            "type": "progress", "uuid": f"p{at}", "parentUuid": "a2", "parentToolUseID": "t1",
            "sessionId": SESSION, "gitBranch": "main", "cwd": "/w",
            "data": {
                "type": "agent_progress", "agentId": "7f",
                "message": {key: one[key] for key in ("type", "message", "uuid", "timestamp")},
            },
        }
        for at, one in enumerate(CHAIN)
    ]  # fmt: skip
    assert_comes_back(read(write(tmp_path / "s.jsonl", [*TASK, *told, *BACK])))


def test_an_old_sidechain_is_found_by_its_prompt(tmp_path: Path) -> None:
    old: Json = {"isSidechain": True}
    chain = [prompt("s3", None, "Find it", **old), answer("s4", "s3", **old)]
    items = read(write(tmp_path / "s.jsonl", [*TASK, *chain, result("r5", "a2", "t1")]))
    assert shape(items)[2:] == [
        ("s3", "a2", "side-s3", "user"),
        ("s4", "s3", "side-s3", "assistant"),
        ("r5", "a2", "main", "tool"),
    ]
    assert items[-1].draft.fields["merges"] == "side-s3"


def test_a_compaction_says_what_it_stands_for(tmp_path: Path) -> None:
    boundary = line("b4", None, "system", "")
    boundary |= {"subtype": "compact_boundary", "logicalParentUuid": "a3", "content": "Compacted"}
    before = [prompt("u1", None), answer("a2", "u1"), answer("a3", "a2")]
    after = [prompt("c5", "b4", "It was so.", isCompactSummary=True), prompt("u6", "c5")]
    reader, file = Reader(), tmp_path / "s.jsonl"
    reader.read(write(file, [*before, boundary]))
    assert reader.left == {"compact_boundary: waiting": 1}
    summary, asked = reader.read(write(file, [*before, boundary, *after]))
    assert shape([summary, asked]) == [
        ("b4", "a3", "main", "summary"),
        ("u6", "b4", "main", "user"),
    ]
    assert summary.parts == ("c5",)
    assert summary.draft.fields == {"covers": 3}
    assert summary.refers == {"first": "u1", "last": "a3"}
    assert (summary.draft.title, summary.draft.body) == ("Compacted: 3 messages", "It was so.")


def test_what_comes_later_of_a_message_is_an_item_of_its_own(tmp_path: Path) -> None:
    reader, file = Reader(), tmp_path / "s.jsonl"
    reader.read(write(file, PARALLEL[:3]))
    assert shape(reader.read(write(file, PARALLEL))) == [
        ("a4", "a3", "main", "assistant"),
        ("r7", "a4", "main", "tool"),
        ("r8", "r7", "main", "tool"),
        ("a9", "r8", "main", "assistant"),
    ]
    reader = Reader()
    reader.read(write(file, PARALLEL[:3]))
    rest, *_ = reader.read(write(file, PARALLEL))
    assert (rest.parts, rest.draft.title) == (("a5",), "Bash: run t1 and 1 more (continued)")


def test_every_split_of_a_growing_file_gives_the_same(tmp_path: Path) -> None:
    boundary = line("b30", None, "system", "") | {"subtype": "compact_boundary"}
    queued = {"type": "queue-operation", "operation": "enqueue", "content": "and this",
              "sessionId": SESSION, "timestamp": "2026-02-03T00:00:31Z"}  # fmt: skip
    values = [
        *PARALLEL,
        *TASK,
        *CHAIN,
        *BACK,
        boundary,
        prompt("c31", "b30", "It was so.", isCompactSummary=True),
        queued,
        {**queued, "operation": "remove", "content": None},
        prompt("u32", "c31"),
        prompt("u33", "a9"),
        {"type": "summary", "summary": "The name", "leafUuid": "a9"},
    ]
    values = [{**value, "uuid": f"{value.get('uuid')}-{at}"} if 9 <= at < 11 else value
              for at, value in enumerate(values)]  # fmt: skip
    file = write(tmp_path / "s.jsonl", values)
    data = file.read_bytes()
    expected = paragraphs(read(file))
    assert expected["and this"] == expected["The name"] == expected["It was so."] == 1
    for at in range(0, len(data), 37):
        reader = Reader()
        file.write_bytes(data[:at])
        found = reader.read(file)
        file.write_bytes(data)
        found += reader.read(file)
        assert paragraphs(found) == expected, at
        assert reader.read(file) == []


def test_resumed_copies_come_once_and_what_is_new_follows_them(tmp_path: Path) -> None:
    old = write(tmp_path / "b.jsonl", [prompt("u1", None), answer("a2", "u1")])
    resumed = [prompt("u1", None), answer("a2", "u1"), prompt("u3", "a2")]
    new = write(
        tmp_path / "a.jsonl", [{"type": "summary", "summary": "Name", "leafUuid": "a2"}, *resumed]
    )
    later = write(tmp_path / "A.jsonl", [prompt("u9", "a2")])
    assert set(IMPORTER.files(str(tmp_path))[:2]) == {str(old), str(new)}
    assert IMPORTER.files(str(tmp_path))[2] == str(later)
    reader = Reader()
    reader.read(old)
    name, asked = reader.read(new)
    assert (name.draft.kind, name.draft.title, name.follows) == ("summary", "Name", "a2")
    assert (asked.id, asked.follows) == ("u3", "a2")
    assert [one[:2] for one in shape(reader.read(later))] == [("u9", "a2")]
    assert reader.codes == []


def test_commands_are_readable(tmp_path: Path) -> None:
    texts = {
        "u1": "<command-message>review</command-message>\n<command-name>/review</command-name>\n"
        "<command-args>42</command-args>",
        "u2": "<bash-input>git pull</bash-input>",
        "u3": "<bash-stdout>Up to date.</bash-stdout><bash-stderr></bash-stderr>",
        "u4": "<local-command-stdout>\x1b[1mSee ya!\x1b[22m</local-command-stdout>",
        "u5": "<local-command-stdout></local-command-stdout>",
        "u6": "[Request interrupted by user]",
        "u7": "<b>bold</b> words",
    }
    reader = Reader()
    items = reader.read(write(tmp_path / "s.jsonl", [prompt(u, None, t) for u, t in texts.items()]))
    assert [(i.draft.kind, i.draft.role, i.draft.title, i.draft.body) for i in items] == [
        ("message", "user", "/review 42", "/review 42"),
        ("message", "user", "! git pull", "```sh\ngit pull\n```"),
        ("message", "tool", "Output: Up to date.", "```\nUp to date.\n```"),
        ("message", "tool", "Output: See ya!", "```\nSee ya!\n```"),
        ("event", "user", "Interrupted", "[Request interrupted by user]"),
        ("message", "user", "<b>bold</b> words", "<b>bold</b> words"),
    ]
    assert reader.left == {"prompt without text": 1}


def test_what_the_tool_says_itself(tmp_path: Path) -> None:
    error = line("e1", None, "system", "")
    error |= {"subtype": "api_error", "error": {"message": "Overloaded"}, "message": None}
    quiet = line("e2", "e1", "system", "") | {"subtype": "turn_duration", "durationMs": 5}
    link = {"type": "pr-link", "prNumber": 7, "prUrl": "https://x.org/7", "sessionId": SESSION,
            "timestamp": "2026-02-03T00:00:05Z"}  # fmt: skip
    attached = line("e3", "e2", "attachment", "") | {
        "attachment": {"type": "queued_command", "prompt": "and the docs"}
    }
    meta = prompt(
        "m4", "e3", "Base directory for this skill: /x/skills/review\n\n# Review", isMeta=True
    )
    reader = Reader()
    items = reader.read(write(tmp_path / "s.jsonl", [error, quiet, attached, meta, link]))
    assert [(i.draft.kind, i.draft.role, i.draft.title) for i in items] == [
        ("event", "system", "API error: Overloaded"),
        ("message", "user", "and the docs"),
        ("message", "system", "Skill: review"),
        ("event", "system", "Pull request #7"),
    ]
    assert reader.left == {"system: turn_duration": 1}
    assert items[1].follows == "e1"


def test_images_long_outputs_and_long_texts(tmp_path: Path) -> None:
    image = {"type": "image", "source": {"media_type": "image/png", "data": "QUJD" * 100}}
    values = [
        line("u1", None, "user", [image, {"type": "text", "text": "What is it?"}]),
        answer("a2", "u1", call("t1")),
        result("r3", "a2", "t1", "line of output\n" * 1000),
        prompt("u4", "r3", "long " * 300_000),
    ]
    reader = Reader()
    first, _, output, long = reader.read(write(tmp_path / "s.jsonl", values))
    assert first.draft.body == "[image, image/png, 300 bytes]\n\nWhat is it?"
    assert first.draft.title == "What is it?"
    assert reader.left == {"image": 1}
    assert len(output.draft.body) < 5000
    assert output.wholes[0].text == "line of output\n" * 1000
    assert not output.wholes[0].always
    assert long.wholes[0].always
    assert 900_000 < len(long.draft.body) < 1 << 20


def test_what_hooks_have_is_not_brought_again(tmp_path: Path) -> None:
    reader = Reader()
    now = datetime(2026, 2, 3, tzinfo=UTC)
    reader.captured = {
        "prompt-p1": [Captured("E1", now)],
        "tool-t1": [Captured("E2", now)],
        said.key("I look."): [Captured("E3", now)],
        said.key("prompt u80"): [Captured("E4", now)],
    }
    values = [
        prompt("u1", None, promptId="p1"),
        *[{**one, "parentUuid": "u1"} if one["uuid"] == "a2" else one for one in PARALLEL[1:]],
        prompt("u80", "a9"),
        prompt("u400", "u80", "prompt u80"),  # the same text, but a hook saw it once
    ]
    items = reader.read(write(tmp_path / "s.jsonl", values))
    assert shape(items) == [
        ("a2", there("E1"), "main", "assistant"),
        ("r7", "a2", "main", "tool"),
        ("a9", there("E2"), "main", "assistant"),
        ("u400", there("E4"), "main", "user"),
    ]
    assert str(items[0].draft.body).startswith("*Thinking*")
    assert "I look." not in str(items[0].draft.body)
    assert items[0].parts == ("a3", "a4", "a5")
    assert reader.left["captured"] == 3


@pytest.mark.parametrize(
    ("said_by_hook", "left"),
    [("One.\n\nTwo.", []), ("One.\nTwo.", []), ("Two.", ["One."]), ("One.", ["One.\n\nTwo."])],
)
def test_of_a_message_of_several_texts_a_hook_may_have_the_last(
    tmp_path: Path, said_by_hook: str, left: list[str]
) -> None:
    reader = Reader()
    reader.captured = {said.key(said_by_hook): [Captured("E1", datetime(2026, 2, 3, tzinfo=UTC))]}
    texts = [{"type": "text", "text": "One."}], [{"type": "text", "text": "Two."}]
    lines = [line(f"a{at}", None, "assistant", one) for at, one in enumerate(texts)]
    for one in lines:
        one["message"]["id"] = "m1"
    lines[1]["parentUuid"] = "a0"
    items = reader.read(write(tmp_path / "s.jsonl", lines))
    assert [one.draft.body for one in items] == left
    assert [one.draft.title for one in items] == ["One."] * len(left)


def test_what_hooks_have_of_a_sidechain_is_not_brought_again(tmp_path: Path) -> None:
    reader = Reader()
    now = datetime(2026, 2, 3, tzinfo=UTC)
    reader.captured = {
        "prompt-p1": [Captured("E1", now)],
        "tool-t9": [Captured("E2", now)],
        said.key("Found."): [Captured("E3", now)],
        "tool-t1": [Captured("E4", now)],
    }
    chain = [
        prompt("s3", None, "Find it", promptId="p1", **SIDE),  # the id is of the person's prompt
        answer("s4", "s3", call("t9"), message_id="m2", **SIDE),
        result("s5", "s4", "t9", **SIDE),
        answer("s6", "s5", "Found.", message_id="m3", **SIDE),
    ]
    first = {**TASK[0], "promptId": "p1"}
    items = reader.read(write(tmp_path / "s.jsonl", [first, TASK[1], *chain, *BACK]))
    assert shape(items) == [
        ("a2", there("E1"), "main", "assistant"),
        ("s3", "a2", "agent-7f", "user"),
        ("s4", "s3", "agent-7f", "assistant"),
        ("a6", there("E4"), "main", "assistant"),
    ]


def test_odd_files_lose_nothing(tmp_path: Path) -> None:
    torn = json.dumps(prompt("u9", None, "torn off"))[:-30]
    values = [
        "\ufeff" + json.dumps(prompt("u1", "u2", "in a circle")),
        json.dumps(prompt("u2", "u1")) + json.dumps(prompt("u3", "u2")),
        torn + json.dumps(prompt("u4", "gone")),
        "[1, 2]",
        {**prompt("u6", "u4", "without a time"), "timestamp": None},
        {**prompt("u7", "u6", "with a bad one"), "timestamp": "yesterday"},
        prompt("u0", "u7", "a NUL \0 and half of \ud83d"),
        {"type": "brand-new", "uuid": "n1", "parentUuid": "u0"},
        answer("a8", "n1"),
        prompt("u1", "u2", "in a circle"),
        prompt("u1", "u2", "another of that name"),
    ]
    reader = Reader()
    items = reader.read(write(tmp_path / "s.jsonl", values, end="\n" + torn))
    assert sorted(reader.codes) == sorted(
        ["two-objects", "torn-line", "no-object", "unknown-line", "cycle", "no-time", "bad-time",
         "orphan", "bad-text", "time-backwards"]
    )  # fmt: skip
    assert all(finding.line for finding in reader.findings)
    bodies = "\n".join(str(item.draft.body) for item in items)
    for text in ("in a circle", "prompt u2", "prompt u3", "torn off", "prompt u4", "[1, 2]",
                 "without a time", "with a bad one", "a NUL ␀ and half of \ufffd", "answer a8",
                 "another of that name"):  # fmt: skip
        assert bodies.count(text) == 1, text
    assert reader.left == {
        "unfinished last line": 1, "unknown: brand-new": 1, "a line that was there before": 1,
    }  # fmt: skip
    by_id = {item.id: item for item in items}
    assert by_id["a8"].follows == "u0"
    assert by_id["u6"].draft.at == by_id["u7"].draft.at == datetime(2026, 2, 3, 0, 0, 4, tzinfo=UTC)
    assert len([item for item in items if item.draft.title == "Unreadable line"]) == 2


def test_what_comes_while_the_last_line_is_read_is_left_to_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_bytes(b'{"a": 1}\n{"b"')
    found = lines(str(file))
    assert isinstance(next(found), Line)
    torn = next(found)
    assert isinstance(torn, Torn)
    assert torn.last
    file.write_bytes(b'{"a": 1}\n{"b": 2}\n{"c": 3}\n')
    assert list(found) == []
    assert [one.value for one in lines(str(file)) if isinstance(one, Line)] == [
        {"a": 1}, {"b": 2}, {"c": 3},
    ]  # fmt: skip


def test_the_last_line_is_torn_once_nobody_will_end_it(tmp_path: Path) -> None:
    file = write(tmp_path / "s.jsonl", [prompt("u1", None)], end='\n{"type":"user"')
    assert len(read(file)) == 1
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert [item.draft.title for item in read(file)] == ["prompt u1", "Unreadable line"]


def test_lines_say_where_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_bytes(
        b'\xef\xbb\xbf{"a":1}\r\n\n {"b":2}{"c":{"d":1}}\n{"x":"\xc3\xa9 {"uuid":1}\n{"e":'
    )
    found = list(lines(str(file)))
    assert found[0] == Line(1, 3, {"a": 1})
    assert [one for one in found if isinstance(one, Torn)] == [
        Torn(4, 35, '{"x":"é'), Torn(5, 55, '{"e":', last=True),
    ]  # fmt: skip
    with file.open("rb") as stream:
        whole = [one for one in found if isinstance(one, Line)]
        assert len(whole) == 4
        assert all(again(stream, one.offset) == one.value for one in whole)
    assert list(lines(str(file), start=55, number=5)) == [Torn(5, 55, '{"e":', last=True)]


def test_places_are_where_the_tool_keeps_its_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert IMPORTER.places() == [
        str(tmp_path / ".claude/projects"), str(tmp_path / ".config/claude/projects"),
    ]  # fmt: skip
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "own"))
    assert IMPORTER.places() == [str(tmp_path / "own/projects")]


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "u1", "a2", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "id"]), inner)
    ),
    max_leaves=4,
)
BASE = [*PARALLEL, *TASK, *CHAIN, *BACK]
FIELDS = sorted({key for value in BASE for key in value} | {"isMeta", "isCompactSummary", "data"})


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(BASE), max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from(FIELDS), ANY), max_size=8),
)
def test_whatever_the_lines_hold_they_are_read(
    tmp_path_factory: pytest.TempPathFactory,
    base: list[Json],
    changes: list[tuple[int, str, object]],
) -> None:
    values = [dict(value) for value in base]
    for at, key, value in changes:
        if at < len(values):
            values[at][key] = value
    file = write(tmp_path_factory.mktemp("any") / "s.jsonl", values)
    reader = Reader()
    reader.read(file)
    assert reader.read(file) == []


@pytest.fixture(scope="module")
def transcripts(
    dev_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Path], set[Path]]:
    """The real transcripts, and those that have true forks."""
    folder = tmp_path_factory.mktemp("real")
    with tarfile.open(dev_data / "transcripts-dev.tar.xz") as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            at = name.find("claude_code/")
            if (
                member.isfile()
                and at >= 0
                and name.endswith(".jsonl")
                and (src := archive.extractfile(member))
            ):
                target = folder / name[at:]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(src.read())
    forks = (dev_data / "FORKS.txt").read_text(encoding="utf-8").split()
    files = [Path(file) for file in IMPORTER.files(str(folder))]
    assert len(files) > 150
    return files, {folder / name for name in forks}


def test_real_transcripts_are_accounted_for_and_fork_where_they_do(
    transcripts: tuple[list[Path], set[Path]],
) -> None:
    files, forks = transcripts
    reader, forked = Reader(), set()
    for file in files:
        items = reader.read(file)
        if any(item.draft.path.startswith("fork-") for item in items):
            forked.add(file)
        uuids = {
            one.value["uuid"]
            for one in lines(str(file))
            if isinstance(one, Line) and one.value.get("type") in ("user", "assistant")
            and isinstance(one.value.get("uuid"), str)
        }  # fmt: skip
        silent = sum(n for what, n in reader.left.items() if what.endswith("without text"))
        assert len(uuids - reader.known) <= silent, file
    assert forked == forks
    assert [item for file in files for item in reader.read(file)] == []
