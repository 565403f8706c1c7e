"""JSON lines: maps and guesses, ids, times of all kinds, what else an object has, memory."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from journal.entry import Draft
from journal.errors import UsageError
from journal.finding import Finding
from journal.importers.jsonl import IMPORTER
from journal.importers.port import Item, Reading
from journal.seal import Sealing

SAMPLE = Path(__file__).parent / "importers" / "jsonl"


def source(folder: Path, *values: object, name: str = "notes.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return file


def read(file: Path, mapped: str = "", **asked: Any) -> list[Item]:
    reading = Reading(options={"map": mapped}, **asked)
    return [one for one in IMPORTER.read(str(file), reading) if isinstance(one, Item)]


def first(folder: Path, value: object, mapped: str = "", **asked: Any) -> Draft:
    return read(source(folder, value), mapped, **asked)[0].draft


def findings(file: Path, mapped: str = "") -> list[tuple[str, int]]:
    found = IMPORTER.read(str(file), Reading(options={"map": mapped}))
    return [(one.code, one.line) for one in found if isinstance(one, Finding)]


def test_usual_names_are_found() -> None:
    found = read(SAMPLE / "chat.jsonl")
    rows = [(i.id, i.draft.kind, i.draft.role, i.draft.session, i.follows) for i in found[:3]]
    assert rows == [
        ("m1", "message", "user", "chat-1", ""),
        ("m2", "message", "assistant", "chat-1", "m1"),
        (found[2].id, "message", "user", "chat-1", "m2"),
    ]
    assert found[1].draft.body == "A fold goes over a list.\n\n[image]"
    assert found[2].draft.body == "Show me one."
    note = found[3].draft
    assert (note.kind, note.role, note.actor, note.session) == ("note", "", "Anna", "chat")
    assert (note.title, note.tags, dict(note.meta)) == (
        "A note",
        ("folds", "lists"),
        {"done": True},
    )
    assert (note.path, note.git) == ("main", "-")


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ({"text": "a"}, "a"),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "a\n\nb"),
        ({"message": {"content": "a"}}, "a"),
        ({"content": {"content_type": "text", "parts": ["a", "b"]}}, "a\n\nb"),
        ({"content": [{"type": "thinking", "thinking": "why"}]}, "*Thinking*\n\n> why"),
        ({"text": "", "content": "b"}, "b"),
        ({"text": 7, "content": "b"}, "b"),
        ({"message": {"id": 1}, "prompt": "p"}, "p"),
        ({"body": "a\0b \ud800"}, "a␀b \ufffd"),
    ],
)
def test_texts_of_all_shapes(tmp_path: Path, value: dict[str, Any], body: str) -> None:
    assert first(tmp_path, value).body == body


def test_a_map_says_where_everything_is(tmp_path: Path) -> None:
    value = {
        "data": {"says": [{"t": "first"}, {"t": "second"}], "who": "Eve"},
        "k": "decision", "r": "reviewer", "s": "Team Meeting", "p": "main/side", "n": 17,
        "when": 1767603660, "labels": "a, b", "g": "main@0123456789ab", "ns": "work",
        "a.b": "dotted", "text": "not this",
    }  # fmt: skip
    mapped = (
        "body=data.says.1.t, title=data.says.0.t, actor=data.who\nkind=k,role=r,session=s,path=p,"
        "id=n,at=when,tags=labels,git=g,namespace=ns,meta.dots=a.b"
    )
    item = read(source(tmp_path, value), mapped)[0]
    draft = item.draft
    assert (item.id, draft.body, draft.title, draft.actor) == ("17", "second", "first", "Eve")
    assert (draft.kind, draft.role, draft.session) == ("decision", "reviewer", "Team-Meeting")
    assert (draft.path, draft.tags, draft.git) == ("main/side", ("a", "b"), "main@0123456789ab")
    assert (draft.namespace, draft.at) == ("work", "2026-01-05T09:01:00+00:00")
    assert dict(draft.meta) == {"dots": "dotted", "text": "not this"}


def test_what_a_map_leaves_out_is_found_by_its_usual_name(tmp_path: Path) -> None:
    draft = first(tmp_path, {"summary": "x", "what": "this", "author": "Anna"}, "body=what")
    assert (draft.body, draft.actor, dict(draft.meta)) == ("this", "Anna", {"summary": "x"})


def test_several_paths_for_a_field_are_tried_in_order(tmp_path: Path) -> None:
    mapped = "body=long,body=short"
    assert first(tmp_path, {"short": "s"}, mapped).body == "s"
    assert first(tmp_path, {"short": "s", "long": "l"}, mapped).body == "l"
    assert first(tmp_path, {"long": 7}, mapped).body == "7"


@pytest.mark.parametrize("mapped", ["bodi=text", "body", "=text", "body=", "meta.=x"])
def test_a_bad_map_names_the_fields(tmp_path: Path, mapped: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(source(tmp_path, {"text": "a"}), mapped)
    assert caught.value.kind == "bad-map"
    assert all(name in caught.value.hint for name in ("body", "namespace", "meta.NAME"))


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("2026-01-05T10:00:00+01:00", "2026-01-05T10:00:00+01:00"),
        ("2026-01-05 10:00", "2026-01-05 10:00"),
        ("2026-01-05", "2026-01-05"),
        (1767603660, "2026-01-05T09:01:00+00:00"),
        (1767603660.5, "2026-01-05T09:01:00.500000+00:00"),
        (1767603660123, "2026-01-05T09:01:00.123000+00:00"),
        (1767603660123456, "2026-01-05T09:01:00.123456+00:00"),
        ("1767603660", "2026-01-05T09:01:00+00:00"),
    ],
)
@pytest.mark.parametrize("key", ["timestamp", "ts", "created_at", "time"])
def test_times_of_all_kinds(tmp_path: Path, key: str, given: object, at: str) -> None:
    assert first(tmp_path, {"text": "a", key: given}).at == at


@pytest.mark.parametrize("given", ["soon", "", [], {}, True, 1e300, "2026-13-45", "1e999"])
def test_a_time_that_is_none_is_that_of_the_object_before(tmp_path: Path, given: object) -> None:
    file = source(tmp_path, {"text": "a", "ts": 1767603660}, {"text": "b", "ts": given})
    assert [one.draft.at for one in read(file)] == ["2026-01-05T09:01:00+00:00"] * 2
    assert findings(file) == [("bad-time", 2)]


def test_a_huge_number_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "a", "ts": 1e400}\n{"text": "b", "ts": 12' + "0" * 400 + "}\n")
    assert len(read(file)) == 2
    assert findings(file) == [("bad-time", 1)]


def test_ids_are_the_objects_own_or_their_digests(tmp_path: Path) -> None:
    same = {"text": "a", "n": 1}
    given = ({"id": "x", "text": "1"}, {"id": "x", "text": "2"}, {"id": "x-2", "text": "3"})
    file = source(
        tmp_path, *({**one, "session": "s"} for one in given),
        same, {"n": 1, "text": "a"}, {"id": "~y", "text": "4"}, {"id": "z" * 200, "text": "5"},
    )  # fmt: skip
    names = [one.id for one in read(file)]
    assert names[:3] == ["x", "x-2", "x-2-2"]
    assert names[4] == f"{names[3]}-2"
    assert all(name[0] == "~" and len(name) == 17 for name in (names[3], *names[5:]))
    assert len(set(names)) == 7
    other = source(tmp_path, {"text": "new"}, same, name="other.jsonl")
    assert read(other)[1].id == names[3]


def test_short_ids_are_told_apart_where_only_the_files_name_gives_a_session(
    tmp_path: Path,
) -> None:
    (tmp_path / "other").mkdir()
    long = "0b6f0b2e-5f4e-4d58-9a44-0d9c1b5e7a55"
    one = read(source(tmp_path, {"id": 7, "text": "a"}, {"id": long, "text": "b"}))
    other = read(source(tmp_path / "other", {"id": 7, "text": "c"}, {"id": long, "text": "b"}))
    copy = read(source(tmp_path / "other", {"text": "a", "id": 7}))
    assert one[0].draft.session == other[0].draft.session
    assert one[0].id != other[0].id
    assert one[1].id == other[1].id == long
    assert one[0].id == copy[0].id


def test_the_first_line_stays_what_it_is_when_others_follow(tmp_path: Path) -> None:
    values = [{"text": "a"}, {"id": 1, "text": "b"}, {"text": "a"}, {"id": 1, "text": "c"}]
    ids = [one.id for one in read(source(tmp_path, *values))]
    for count in range(1, 4):
        assert [one.id for one in read(source(tmp_path, *values[:count]))] == ids[:count]


def test_known_ids_count_within_their_session(tmp_path: Path) -> None:
    file = source(
        tmp_path, {"id": 1, "text": "a", "session": "s"}, {"id": 1, "text": "b", "session": "t"}
    )
    found = read(file, known=lambda names, of: {n: "e" for n in names if of == "t"})
    assert [(one.id, one.draft.session) for one in found] == [("1", "s")]


def test_only_small_values_become_meta(tmp_path: Path) -> None:
    value = {
        "text": "a", "n": 1, "yes": True, "none": None, "empty": "", "long": "x" * 300, "list": [1],
        "word": "w", "nan": float("nan"), "message": {"content": "", "id": "m"}, "k" * 80: "v",
    }  # fmt: skip
    reading = Reading()
    found = list(IMPORTER.read(str(source(tmp_path, value)), reading))
    assert isinstance(found[0], Item)
    assert dict(found[0].draft.meta) == {"n": 1, "yes": True, "word": "w"}
    left = {"key: long", "key: list", "key: nan", "key: message", f"key: {'k' * 64}"}
    assert reading.left == dict.fromkeys(left, 1)


def test_what_stands_beside_a_text_within_an_object_is_counted(tmp_path: Path) -> None:
    reading = Reading()
    value = {"message": {"content": "a", "role": "user", "usage": 3}}
    assert list(IMPORTER.read(str(source(tmp_path, value)), reading))
    assert reading.left == {"key: message.usage": 1}


def test_a_header_stays_small_whatever_an_object_has(tmp_path: Path) -> None:
    value: dict[str, object] = {f"key {n}": "\u0001€𝄞" * 60 for n in range(200)}
    value |= {"text": "a", "title": "𝄞" * 5000, "tags": ["𝄞" * 60 + str(n) for n in range(100)]}
    value |= {"id": "𝄞" * 100, "role": "user", "actor": "€" * 400, "git": "€" * 400}
    item = read(source(tmp_path, value))[0]
    draft = item.draft
    assert isinstance(draft.body, str)
    given = draft.fields, draft.meta, draft.tags, draft.title, draft.actor
    sealing = Sealing(
        {
            "fields": {"source": f"jsonl:{draft.session}:{item.id}", **given[0]},
            "meta": dict(given[1]), "tags": given[2], "title": given[3], "actor": given[4],
            "body": draft.body.encode(), "git": draft.git, "session": draft.session,
        }
    )  # fmt: skip
    header, _ = sealing.seal("0" * 26, "2026-01-05T09:01:00.000000+00:00", "", 1, "0:" + "0" * 71)
    assert len(header) < 16 << 10


def test_what_is_no_kind_path_or_namespace_is_told(tmp_path: Path) -> None:
    value = {"text": "a", "ts": 1, "kind": "poem", "path": "/etc/../x", "ns": "Big Space"}
    file = source(tmp_path, value, value)
    mapped = "kind=kind,path=path,namespace=ns"
    draft = read(file, mapped)[0].draft
    assert (draft.kind, draft.path, draft.namespace) == ("note", "main", "")
    codes = ["bad-kind", "bad-namespace", "bad-path"]
    assert sorted(findings(file, mapped)) == [(code, 1) for code in codes]


def test_objects_without_a_text_are_told_with_what_to_do(tmp_path: Path) -> None:
    file = source(tmp_path, {"text": "a", "ts": 1767603660}, {"x": 1}, {"x": 2})
    reading = Reading()
    told = [one for one in IMPORTER.read(str(file), reading) if isinstance(one, Finding)]
    assert [(one.code, one.file, one.line) for one in told] == [("no-body", str(file), 2)]
    assert "--map body=" in told[0].fix
    assert reading.left["object without a text"] == 2


def test_a_text_larger_than_an_entry_is_kept_whole(tmp_path: Path) -> None:
    huge = "word " * 300_000
    one = read(source(tmp_path, {"text": huge}))[0]
    assert len(str(one.draft.body)) <= 1 << 20
    assert [(whole.text, whole.always) for whole in one.wholes] == [(huge, True)]


def test_torn_lines_keep_their_text(tmp_path: Path) -> None:
    file = source(tmp_path, {"text": "a", "ts": 1767603660})
    file.write_bytes(file.read_bytes() + b'{"text": "half of\n{"text": "b"}{"text": "c"}\n')
    found = read(file)
    assert [one.draft.title for one in found] == ["a", "Unreadable line", "b", "c"]
    assert '{"text": "half of' in str(found[1].draft.body)
    assert findings(file) == [("torn-line", 2), ("two-objects", 3), ("no-time", 3)]


def test_the_user_has_a_name(tmp_path: Path) -> None:
    assert first(tmp_path, {"text": "a", "role": "user"}, user="anna").actor == "anna"
    assert first(tmp_path, {"text": "a", "role": "human"}).role == "user"
    assert first(tmp_path, {"text": "a", "role": "gpt"}).role == "assistant"
    assert first(tmp_path, {"text": "a", "author": {"role": "tool", "name": "grep"}}).role == "tool"


def test_files_are_those_that_are_called_so(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.ndjson", "c.json", "d.txt"):
        source(tmp_path, {"text": "a"}, name=name)
    assert [Path(file).name for file in IMPORTER.files(str(tmp_path))] == ["a.ndjson", "b.jsonl"]
    assert IMPORTER.files(str(tmp_path / "d.txt")) == [str(tmp_path / "d.txt")]


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    missing = tmp_path / "gone.jsonl"
    assert findings(missing) == [("unreadable", 0)]


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Sixty megabytes of objects are read with far less memory than that."""
    file = tmp_path / "long.jsonl"
    at = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp())
    with file.open("w", encoding="utf-8") as stream:
        for number in range(60):
            row = json.dumps({"text": "x" * 20_000, "ts": at + number})
            stream.writelines(f'{row[:-1]}, "n": {number * 50 + n}}}\n' for n in range(50))
    code = (
        "import resource, sys; from journal.importers.jsonl import IMPORTER;"
        "from journal.importers.port import Reading;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "count = sum(1 for _ in IMPORTER.read(sys.argv[1], Reading()));"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True
    )
    count, grown = map(int, done.stdout.split())
    assert count == 3000
    assert grown < 40_000, "kilobytes"
