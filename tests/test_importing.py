"""The importing round: once each, in order, with parents, whatever is killed or purged."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from shapes import faults

from journal import api, forgetting
from journal.conversation import said
from journal.deadletters import Letter
from journal.entry import Draft, Entry
from journal.errors import WorkspaceError
from journal.finding import Finding
from journal.importers.port import Item, Reading, Whole
from journal.importing import Round
from journal.importing.brought import Brought, Options
from journal.selection import Selection
from journal.workspace import init

LONG = "line\n" * 4000


class Notes:
    """A source of JSON items, one a line, as short as can be."""

    name = "notes"
    by_session = False

    def places(self) -> Sequence[str]:
        return ()

    def files(self, path: str) -> Sequence[str]:
        return sorted(map(str, Path(path).glob("*.jsonl"))) if os.path.isdir(path) else [path]

    def read(self, file: str, reading: Reading) -> Iterator[Item | Finding]:
        values = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
        known = reading.known([value["id"] for value in values])
        for number, value in enumerate(values, 1):
            if value["id"] in known:
                continue
            if "finding" in value:
                yield Finding(value["finding"], file, number, "odd")
                continue
            shown = reading.excerpt(value["body"], 4096)
            draft = Draft(
                body=shown.shown, kind="message", role=value.get("role", "user"), git="-",
                session=value.get("session", "s1"), path=value.get("path", "main"),
                at=value.get("at", "2026-01-02T03:04:05Z"), title=value.get("title", "said"),
            )  # fmt: skip
            yield Item(
                id=value["id"], draft=draft, line=number, follows=value.get("follows", ""),
                parts=tuple(value.get("parts", ())), refers=value.get("refers", {}),
                wholes=(Whole("whole.txt", shown.whole),) if shown.whole else (),
            )  # fmt: skip


def source(folder: Path, name: str, *values: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    text = "".join(json.dumps(value) + "\n" for value in values)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def bring(journal: api.Journal, path: Path, **options: Any) -> Brought:
    with Round(journal, Notes(), Options(**options)) as importing:
        return importing.bring([str(path)])


def by_source(journal: api.Journal) -> dict[str, Entry]:
    return {
        str(entry.fields["source"]): entry
        for entry in journal.entries()
        if "source" in entry.fields
    }


def test_again_is_nothing_new_and_a_grown_file_only_its_new_part(
    journal: api.Journal, tmp_path: Path
) -> None:
    folder = source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": "one"})
    assert bring(journal, folder).new == 1
    again = bring(journal, folder)
    assert (again.new, again.unchanged) == (0, 1)
    source(folder, "a.jsonl", {"id": "u1", "body": "one"}, {"id": "u2", "body": "two"})
    grown = bring(journal, folder)
    assert (grown.new, grown.known, grown.unchanged) == (1, 1, 0)
    shutil.rmtree(journal.root + "/.journal/cache")
    anew = bring(journal, folder)
    assert (anew.new, anew.known) == (0, 2)
    assert sorted(by_source(journal)) == ["notes:s1:u1", "notes:s1:u2"]


def test_parents_are_the_entries_that_were_followed_in_the_same_group_and_in_another_file(
    journal: api.Journal, tmp_path: Path
) -> None:
    source(
        tmp_path / "in", "a.jsonl",
        {"id": "u1", "body": "one", "parts": ["u1b"]},
        {"id": "u2", "body": "two", "follows": "u1b"},
        {"id": "u3", "body": "a summary", "follows": "u2", "refers": {"first": "u1", "last": "u2"}},
    )  # fmt: skip
    source(tmp_path / "in", "b.jsonl", {"id": "x1", "body": "aside", "follows": "u2", "path": "x"})
    brought = bring(journal, tmp_path / "in")
    found = by_source(journal)
    one, two, three, aside = (found[f"notes:s1:{name}"] for name in ("u1", "u2", "u3", "x1"))
    assert two.parent == one.id
    assert three.parent == aside.parent == two.id
    assert (three.fields["first"], three.fields["last"]) == (one.id, two.id)
    assert one.fields["parts"] == ["u1b"]
    assert one.parent == ""
    assert [(path.path, path.parent) for path in brought.paths] == [("x", two.id)]
    assert {verdict.state for verdict in journal.notebook.verify()} == {"intact"}


def test_the_same_id_in_several_files_is_one_entry_the_earliest(
    journal: api.Journal, tmp_path: Path
) -> None:
    source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": "first"}, {"id": "u1", "body": "twice"})
    source(tmp_path / "in", "b.jsonl", {"id": "u1", "body": "copied", "session": "s2"})
    assert bring(journal, tmp_path / "in").new == 1
    assert [entry.body for entry in journal.entries()] == ["first"]


def test_ids_and_sessions_that_hold_a_secret_are_found_again_and_told_nowhere(
    journal: api.Journal, tmp_path: Path
) -> None:
    token = "ghp_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"  # noqa: S105 - made up
    value = {"id": token, "parts": [f"{token} two"], "session": token, "body": "one"}
    folder = source(tmp_path / "in", f"{token}.jsonl", value)
    assert bring(journal, folder).new == 1
    source(tmp_path / "in", f"{token}.jsonl", value, {"id": "u2", "follows": token, "body": "two"})
    assert bring(journal, folder).new == 1
    (first, then) = sorted(journal.entries(), key=lambda entry: entry.body)
    assert then.parent == first.id
    kept = [file for file in Path(journal.root).rglob("*") if file.is_file()]
    assert not [file for file in kept if token.encode() in file.read_bytes()]


def test_what_a_hook_appends_while_it_is_being_imported_is_not_brought_again(
    journal: api.Journal, tmp_path: Path
) -> None:
    seen: list[str] = []

    class Live(Notes):
        def read(self, _: str, reading: Reading) -> Iterator[Item | Finding]:
            letter = Letter(journal.root, {})  # a hook notes first what it is about to append
            letter.begin({"body": b"hi"})
            journal.append(Draft(body="hi", fields={"source": "notes:s1:said-0"}, session="s1"))
            letter.done()
            seen.extend(reading.captured("s1"))
            yield from ()

    with Round(journal, Live(), Options()) as importing:
        importing.bring([str(source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": "hi"}))])
    assert seen == ["said-0"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_folder_that_cannot_be_listed_is_told(journal: api.Journal, tmp_path: Path) -> None:
    folder = source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": "one"})
    (folder / "closed").mkdir(mode=0)
    brought = bring(journal, folder)
    assert (brought.new, brought.codes) == (1, {"unreadable": 1})


def test_an_imported_entry_has_no_anchor_of_the_workspace(
    journal: api.Journal, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "-q", journal.root], check=True)
    bring(journal, source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": "one"}))
    assert [entry.git for entry in journal.entries()] == [""]


def test_secrets_are_masked_also_where_a_cut_would_hide_them(
    journal: api.Journal, tmp_path: Path
) -> None:
    token = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
    long = "x" * (3072 - 20) + " " + token + "\n" + LONG
    folder = source(
        tmp_path / "in", "a.jsonl", {"id": "u1", "body": token}, {"id": "u2", "body": long}
    )
    brought = bring(journal, folder, full=True)
    assert brought.masked
    assert brought.attached == 1
    files = [path for path in Path(journal.root).rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if token[:12].encode() in path.read_bytes()]


def test_full_attaches_what_is_shown_in_part(journal: api.Journal, tmp_path: Path) -> None:
    folder = source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": LONG})
    assert bring(journal, folder, full=True).attached == 1
    (entry,) = journal.entries()
    (attached,) = entry.fields["attachments"]
    kept = Path(journal.root, "journal/main/attachments", attached["digest"][7:])
    assert kept.read_text("utf-8") == LONG
    assert attached["digest"] in entry.body
    assert len(entry.body) < 5000


@pytest.mark.parametrize("policy", ["persist: none", "denylist: [zebra]", "persist: hash_only"])
def test_a_policy_that_keeps_no_files_ends_no_import(
    journal: api.Journal, tmp_path: Path, policy: str
) -> None:
    Path(journal.root, "policy.yaml").write_text(f"defaults: {{{policy}}}\n", "utf-8")
    long = {"id": "u2", "body": LONG + "a zebra\n" + LONG, "follows": "u1"}
    folder = source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": "one"}, long)
    brought = bring(journal, folder, full=True)
    assert (brought.new, brought.attached, brought.codes) == (2, 0, {"policy-refused": 1})
    assert not any(
        b"zebra" in path.read_bytes() for path in Path(journal.root, "journal").rglob("*.md")
    )
    assert bring(journal, folder, full=True).new == 0


def test_a_dry_run_writes_nothing(journal: api.Journal, tmp_path: Path) -> None:
    folder = source(
        tmp_path / "in", "a.jsonl", {"id": "u1", "body": LONG}, {"id": "u2", "body": "b"}
    )
    before = sorted(Path(journal.root, "journal").rglob("*"))
    brought = bring(journal, folder, dry_run=True, full=True)
    assert (brought.new, brought.attached) == (2, 0)
    assert sorted(Path(journal.root, "journal").rglob("*")) == before
    assert bring(journal, folder).new == 2


def test_since_leaves_out_what_is_older_and_brings_it_when_asked(
    journal: api.Journal, tmp_path: Path
) -> None:
    folder = source(
        tmp_path / "in", "a.jsonl",
        {"id": "u1", "body": "old", "at": "2025-01-01T00:00:00Z"},
        {"id": "u2", "body": "new", "follows": "u1"},
    )  # fmt: skip
    brought = bring(journal, folder, since=datetime(2026, 1, 1, tzinfo=UTC))
    assert (brought.new, brought.older) == (1, 1)
    assert bring(journal, folder).new == 1


def test_what_cannot_be_an_entry_is_told_and_the_rest_comes(
    journal: api.Journal, tmp_path: Path
) -> None:
    folder = source(
        tmp_path / "in", "a.jsonl",
        {"id": "u1", "body": "one"},
        {"id": "u2", "body": "two", "session": "no name!", "follows": "u1"},
        {"id": "u3", "body": "three", "title": "t" * 20_000, "follows": "u2"},
        {"id": "u4", "body": "four", "at": "the day before", "follows": "u3"},
        {"id": "u5", "body": "five", "follows": "u4"}, {"id": "u6", "finding": "torn-line"},
    )  # fmt: skip
    brought = bring(journal, folder)
    assert (brought.new, brought.refused) == (2, 3)
    codes = {"bad-name": 1, "header-too-large": 1, "bad-time": 1, "torn-line": 1}
    assert brought.codes == codes
    assert {finding.line for finding in brought.findings} == {2, 3, 4, 6}
    found = by_source(journal)
    assert found["notes:s1:u5"].parent == found["notes:s1:u1"].id


def test_what_the_policy_withholds_is_one_record_however_often_it_comes(
    journal: api.Journal, tmp_path: Path
) -> None:
    Path(journal.root, "policy.yaml").write_text('defaults: {denylist: ["zebra"]}\n', "utf-8")
    folder = source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": "a zebra"})
    assert bring(journal, folder).withheld == 1
    shutil.rmtree(journal.root + "/.journal/cache")
    assert bring(journal, folder).new == 0
    (entry,) = journal.entries()
    assert entry.fields["source"] == "notes:s1:u1"
    assert "zebra" not in json.dumps(entry.record(body=True))


@pytest.mark.parametrize("name", ["u1", "~0123456789ab"])
def test_what_was_purged_does_not_come_back(
    journal: api.Journal, tmp_path: Path, name: str
) -> None:
    folder = source(tmp_path / "in", "a.jsonl", {"id": name, "body": "never again"})
    bring(journal, folder)
    (entry,) = journal.entries()
    forgetting.purge(journal, [entry.id], "asked to")
    shutil.rmtree(journal.root + "/.journal/cache")
    assert bring(journal, folder).new == 0
    told = Path(journal.root).rglob("*.md")
    assert not any(b"never again" in path.read_bytes() for path in told)
    if name[0] == "~":  # it was made from the text, and would betray it
        assert not any(
            name.encode() in path.read_bytes() for path in Path(journal.root).rglob("*.md")
        )


def test_a_disabled_journal_imports_nothing_and_says_so(
    journal: api.Journal, tmp_path: Path
) -> None:
    toml = Path(journal.root, "journal.toml")
    toml.write_text(toml.read_text("utf-8").replace("enabled = true", "enabled = false"), "utf-8")
    folder = source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": "one"})
    with pytest.raises(WorkspaceError, match="enabled = false"):
        bring(journal, folder)


def test_what_follows_a_refused_item_follows_what_that_followed(
    journal: api.Journal, tmp_path: Path
) -> None:
    source(
        tmp_path / "in", "a.jsonl",
        {"id": "u0", "body": "first"},
        {"id": "u1", "body": "too long a header", "title": "t" * 20_000, "follows": "u0"},
        {"id": "u2", "body": " ", "follows": "u1"},
        {"id": "u3", "body": "of the next group", "follows": "u2", "refers": {"takes": "u1"}},
    )  # fmt: skip
    assert bring(journal, tmp_path / "in").refused == 2
    found = by_source(journal)
    first = found["notes:s1:u0"].id
    assert found["notes:s1:u3"].parent == found["notes:s1:u3"].fields["takes"] == first


def test_what_was_captured_is_found_in_its_own_session_and_once(
    journal: api.Journal, tmp_path: Path
) -> None:
    key = "said-0123456789abcdef"
    for session in ("s0", "s1"):
        fields = {"source": f"notes:{session}:{key}"}
        journal.append(Draft(body="go on", session=session, fields=fields))
    [day] = Path(journal.root).glob("journal/**/*.md")
    shutil.copy(day, day.with_name(f"2020-01-01{day.name[10:]}"))
    item = {"id": "u1", "body": "after it", "session": "s1", "follows": key}
    bring(journal, source(tmp_path / "in", "a.jsonl", item))
    found = by_source(journal)
    assert found["notes:s1:u1"].parent == found[f"notes:s1:{key}"].id
    assert [entry for _, entry, *_ in journal.catalog.captured("notes", "s1")] == [
        found[f"notes:s1:{key}"].id
    ]


def test_what_comes_later_is_filled_in_between_what_was_captured(
    journal: api.Journal, tmp_path: Path
) -> None:
    for second, key in enumerate(("prompt-1", "tool-1", "prompt-2")):
        fields = {"source": f"notes:s1:{key}"}
        journal.append(
            Draft(body=key, session="s1", at=f"2026-01-02T03:0{second}:00Z", fields=fields)
        )
    items = [
        {"id": f"u{n}", "body": f"u{n}", "session": "s1", "at": f"2026-01-02T03:{at}Z"}
        for n, at in enumerate(("00:10", "00:20", "01:30", "05:00", "04:00"))
    ]
    bring(journal, source(tmp_path / "in", "a.jsonl", *items))
    journal.append(Draft(body="live", session="s1"))
    journal.catalog.catch_up()
    rows = reversed(list(journal.catalog.turns("main", "s1")))
    assert [(row.turn, row.head) for row in rows] == [
        (1, "prompt-1"), (1, "u0"), (1, "u1"), (2, "tool-1"), (2, "u2"), (3, "prompt-2"),
        (4, "u3"), (5, "u4"), (6, "live"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["go on please", f"the token is ghp_{'a8Kd93kLmQ7z' * 3}"])
def test_what_a_hook_captured_stays_known_without_its_text(
    journal: api.Journal, tmp_path: Path, text: str
) -> None:
    at, key = "2026-01-02T03:04:05Z", said.key(text)
    fields = {"source": f"claude-code:s1:{key}"}
    captured = journal.append(Draft(body=text, session="s1", at=at, fields=fields))
    if not captured.redacted:
        forgetting.purge(journal, [captured.id], "not to be kept")
    assert key not in str([entry.fields for entry in journal.entries()])  # it would tell a guess
    before = journal.count()
    message = {"role": "user", "content": text}
    line = {"type": "user", "uuid": "u1", "sessionId": "s1", "timestamp": at, "message": message}
    folder = source(tmp_path / "in", "s1.jsonl", line)
    assert journal.bring("claude-code", [str(folder)]).left == {"captured": 1}
    assert journal.count() == before


def test_killed_in_the_middle_and_run_again_it_is_complete_and_nothing_twice(
    tmp_path: Path, journal_bin: Path
) -> None:
    root = tmp_path / "w"
    init(str(root))
    lines = [{"id": f"n{i}", "text": f"message {i}", "ts": 1_700_000_000 + i} for i in range(6000)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "in.jsonl").write_text(text, encoding="utf-8")
    call = [str(journal_bin), "import", "jsonl", str(tmp_path / "in.jsonl"), "--json"]
    running = subprocess.Popen(call, cwd=root, stdout=subprocess.DEVNULL)
    while running.poll() is None and not list(root.glob("journal/main/2023/*.md")):
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL, "it was through before it could be killed"
    done = subprocess.run(call, cwd=root, capture_output=True, check=True)
    brought = json.loads(done.stdout)
    assert faults("import", brought) == []
    assert brought["new"] + brought["known"] == len(lines)
    assert brought["known"] >= 1000
    with api.open(str(root)) as journal:
        bodies = [entry.body for entry in journal.entries(Selection())]
    assert sorted(bodies) == sorted(str(line["text"]) for line in lines)


def test_a_file_that_cannot_be_read_keeps_no_other_back_and_comes_once_it_can(
    journal: api.Journal, tmp_path: Path
) -> None:
    folder = source(tmp_path / "in", "b.jsonl", {"id": "u2", "body": "two"})
    (folder / "a.jsonl").symlink_to(tmp_path / "later")
    brought = bring(journal, folder)
    assert (brought.new, brought.codes) == (1, {"unreadable": 1})
    (tmp_path / "later").write_text(json.dumps({"id": "u1", "body": "one"}) + "\n", "utf-8")
    assert bring(journal, folder).new == 1


def test_what_was_refused_is_tried_again(journal: api.Journal, tmp_path: Path) -> None:
    folder = source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": "x", "path": "not a name"})
    assert [bring(journal, folder).refused for _ in range(2)] == [1, 1]


def test_a_journal_switched_off_meanwhile_counts_nothing_as_brought(
    journal: api.Journal, tmp_path: Path
) -> None:
    config = Path(journal.root, "journal.toml")
    text = config.read_text("utf-8")
    folder = source(tmp_path / "in", "a.jsonl", {"id": "u1", "body": "one"})
    with Round(journal, Notes(), Options()) as importing:
        config.write_text(text.replace("enabled = true", "enabled = false"), "utf-8")
        with pytest.raises(WorkspaceError, match="enabled = false"):
            importing.bring([str(folder)])
        assert importing.brought.new == 0
        config.write_text(text, "utf-8")
        assert importing.bring([str(folder)]).new == 1
