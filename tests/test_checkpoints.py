"""States that sessions keep: read again as they were, whole or by what changed, and let go of."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import SCHEMAS, faults
from strategies import texts
from strikes import CANARY, SECRET, book, day, purge, redact, sound_without

from journal import api, checkpoints, clock, forgetting, paths, sessions
from journal.api import Journal
from journal.checkpoints import pruning
from journal.checkpoints.patches import applied, between
from journal.checkpoints.saving import MOST_DELTAS, Saved
from journal.checkpoints.written import block, held, pretty, same
from journal.cli import main
from journal.entry import Draft
from journal.errors import UsageError, WorkspaceError
from journal.finding import Finding
from journal.paths.verbs import Talk, branch
from journal.selection import Selection

SESSION = "api-design"
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
    st.text(),
)
keys = st.one_of(st.sampled_from(["a", "b", "", "/", "~", "~1", "0", "a/b", "-"]), st.text())
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)
Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def opened(tmp_path: Path) -> Journal:
    return book(tmp_path)[0]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """One for many examples, each in a session of its own."""
    return book(tmp_path_factory.mktemp("shared"))[0]


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Cli:
    """The command line in this process: exit code, stdout, stderr."""

    def run(*words: str, stdin: str | bytes = "") -> tuple[int, str, str]:
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        capfdbinary.readouterr()
        code = main.main(["--workspace", str(tmp_path), *words])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def saved(opened: Journal, state: Any, **more: Any) -> Saved:
    return checkpoints.save(opened, SESSION, state, **more)


def states(opened: Journal, session: str = SESSION, **more: Any) -> list[Any]:
    return [state for _, state in checkpoints.states(opened, session, **more)]


def rows(opened: Journal) -> list[str]:
    found = opened.rows(Selection(kind="checkpoint"), oldest=True)
    return [row.id for row in found if row.digest]


# As text


@given(values)
def test_what_is_written_is_read(value: Any) -> None:
    text = block(value)
    text.encode()
    assert same(held(text), value)
    assert same(held(f"Words, and ```json\n[1]\n```\nbetween.\n\n{text}"), value)
    assert same(json.loads(pretty(value)), value)


def test_it_is_pleasant_to_read() -> None:
    state = {
        "goal": "ship it",
        "open": ["a", "b"],
        "plan": [{"step": 1, "done": True}, {"step": 2, "done": False, "why": "w" * 80}],
        "none": {},
        "marks": "```",
        "unseen": "\u202e\x1b[31m\ud800",
    }
    assert block(state) == (
        "````json\n{\n"
        '  "goal": "ship it",\n'
        '  "open": ["a", "b"],\n'
        '  "plan": [\n'
        '    {"step": 1, "done": true},\n'
        '    {\n      "step": 2,\n      "done": false,\n'
        f'      "why": "{"w" * 80}"\n'
        "    }\n  ],\n"
        '  "none": {},\n'
        '  "marks": "```",\n'
        '  "unseen": "\\u202e\\u001b[31m\\ud800"\n'
        "}\n````\n"
    )
    assert max(map(len, pretty({"a": ["b" * 10] * 30}).split("\n"))) <= 88


def test_what_is_one_value_to_python_is_several_to_json() -> None:
    different: list[Any] = [1, 1.0, True, "1", [1], {"1": 1}, 0, -0.0, 0.0, False, None, "", [], {}]
    for one in different:
        assert [other for other in different if same(one, other)] == [one], one
    assert same({"a": 1, "b": 2}, {"b": 2, "a": 1})


@pytest.mark.parametrize(
    "state", [{1, 2}, b"bytes", {1: "a"}, float("nan"), [float("inf")], object(), {"a": {None: 1}}]
)
def test_what_is_no_json_is_refused(opened: Journal, state: object) -> None:
    with pytest.raises(UsageError) as caught:
        saved(opened, state)
    assert caught.value.kind == "bad-state"
    assert rows(opened) == []


def test_how_deep_it_may_be(opened: Journal) -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    saved(opened, deep)
    saved(opened, [deep[0]], delta=True)
    assert states(opened) == [deep, deep]
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UsageError, match="nested more than 200 deep"):
        saved(opened, deep)


# As patches


@given(values, values)
def test_a_patch_makes_the_one_of_the_other(one: Any, other: Any) -> None:
    before = pretty(one)
    patch = between(one, other)
    assert same(applied(one, json.loads(json.dumps(patch))), other)
    assert pretty(one) == before
    assert bool(patch) is not same(one, other)
    assert {step["op"] for step in patch} <= {"add", "remove", "replace", "move", "copy", "test"}


@pytest.mark.parametrize(
    "patch",
    [
        {"op": "remove"}, [1], [{}], [{"op": "remove", "path": "/x"}], [{"op": "no", "path": ""}],
        [{"op": "add", "path": 3, "value": 1}], [{"op": "add", "path": "x", "value": 1}],
        [{"op": "test", "path": "/a", "value": 2}], [{"op": "move", "path": "/b", "from": "/x"}],
        [{"op": "add", "path": "/l/9", "value": 1}], [{"op": "add", "path": "/a/b", "value": 1}],
        [{"op": "add", "path": "/b"}], "[]", None,
    ],
)  # fmt: skip
def test_a_patch_that_does_not_fit(patch: Any) -> None:
    with pytest.raises(ValueError, match="patch"):
        applied({"a": 1, "l": []}, patch)


# Kept and read


@settings(max_examples=10)
@given(st.lists(values, min_size=1, max_size=6), st.data())
def test_deltas_give_the_same_states_as_full_ones(
    shared: Journal, some: list[Any], data: st.DataObject
) -> None:
    some = [state for state in some for _ in range(data.draw(st.integers(1, 2)))]
    name = f"s{len(shared.catalog.sessions())}"
    full = [checkpoints.save(shared, f"{name}-full", state) for state in some]
    delta = [checkpoints.save(shared, f"{name}-delta", state, delta=True) for state in some]
    for session, kept in (("full", full), ("delta", delta)):
        found = list(checkpoints.states(shared, f"{name}-{session}"))
        assert [row.id for row, _ in found] == [one.id for one in kept][::-1]
        assert all(same(*pair) for pair in zip((s for _, s in found), some[::-1], strict=True))
    for one, state in zip(delta, some, strict=True):
        assert same(checkpoints.at(shared, f"{name}-delta", one.id)[1], state)
    assert [one.state for one in delta] == ["full"] + ["delta"] * (len(some) - 1)
    assert [one.base for one in delta] == ["", *(one.id for one in delta[:-1])]


def test_what_an_entry_says(opened: Journal) -> None:
    first = saved(opened, {"goal": "ship", "open": [], "a": 1, "b": 2, "c": 3}, actor="agent")
    second = saved(opened, {"goal": "ship it", "open": []}, delta=True, message="Nearly there")
    third = saved(opened, [1], message="Two lines:\n\nthis one is the second", tags=("done",))
    entries = [opened.find(one.id) for one in (first, second, third)]
    assert [one.title for one in entries] == [
        "Checkpoint: goal, open, a, b and 1 more", "Nearly there", "Two lines:"
    ]  # fmt: skip
    for entry in entries:
        assert not faults("checkpoint", entry.record())
        assert (entry.kind, entry.role, entry.session) == ("checkpoint", "system", SESSION)
    assert [one.turn for one in entries] == [1, 2, 3]
    assert (entries[0].actor, entries[2].tags) == ("agent", ("done",))
    assert entries[1].fields == {"state": "delta", "base": first.id}
    assert second.changes == 4
    assert json.loads(entries[1].body.strip("`\n").removeprefix("json"))[0]["op"] == "remove"
    assert entries[2].body == "Two lines:\n\nthis one is the second\n\n```json\n[\n  1\n]\n```\n"
    wrong = {"state": "delta", "base": ""}, {"state": "part"}, {"base": "x"}, {"kind": "note"}
    for changed in wrong:
        assert faults("checkpoint", entries[0].record() | changed), changed


def test_the_first_delta_is_a_full_one_and_the_same_again_is_empty(opened: Journal) -> None:
    first = saved(opened, {"a": 1}, delta=True)
    assert (first.state, first.base, first.changes) == ("full", "", 0)
    assert first.notices == (
        "this is a full checkpoint: there is none before it that it could be a delta of",
    )
    again = saved(opened, {"a": 1}, delta=True)
    assert (again.state, again.base, again.changes) == ("delta", first.id, 0)
    assert again.notices == (f"nothing has changed since the checkpoint {first.id}",)
    assert opened.find(again.id).title == "Checkpoint: nothing changed"
    assert states(opened) == [{"a": 1}, {"a": 1}]


def test_after_many_deltas_comes_a_full_one(opened: Journal) -> None:
    kept = [saved(opened, {"n": n}, delta=True) for n in range(MOST_DELTAS + 4)]
    full = [n for n, one in enumerate(kept) if one.state == "full"]
    assert full == [0, MOST_DELTAS + 1]
    assert f"{MOST_DELTAS} deltas in a row" in kept[full[1]].notices[0]
    assert [state["n"] for state in states(opened)] == list(range(len(kept)))[::-1]


def test_a_state_is_the_callers_own(opened: Journal) -> None:
    saved(opened, {"a": [1]})
    saved(opened, {"a": [1], "b": 1}, delta=True)
    saved(opened, {"a": [1], "b": 2}, delta=True)
    for _, state in checkpoints.states(opened, SESSION):
        assert state["a"] == [1]
        state["a"].append("changed")


def test_texts_that_only_json_can_hold(opened: Journal) -> None:
    state = {"\ud800": "\udfff", "": 1, "a\n## 10:00 b": "\x00\u2028", "😀": "```\n## 10:00 x\n"}
    saved(opened, state)
    done = saved(opened, {**state, "\ud800": "\udffe"}, delta=True)
    assert (done.changes, states(opened)[1]) == (1, state)
    assert states(opened)[0]["\ud800"] == "\udffe"
    titles = [row.title for row in opened.rows(oldest=True)]
    assert titles == ['Checkpoint: ?, "", a ## 10:00 b, 😀', "Checkpoint: ? changed"]


def test_several_at_once(opened: Journal) -> None:
    saved(opened, {"of": -1})

    def keep(number: int) -> Saved:
        with api.open(opened.root) as own:
            return checkpoints.save(own, SESSION, {"of": number}, delta=True)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(keep, range(8)))
    found = {row.id: state for row, state in checkpoints.states(opened, SESSION)}
    assert {one.id: {"of": n} for n, one in enumerate(done)}.items() <= found.items()


# What is secret


def test_secrets_are_masked_and_deltas_are_of_what_was_stored(opened: Journal) -> None:
    state = {
        "key": SECRET, "list": [SECRET, "plain"], SECRET: "as a key", "password": "hunter2-xyz-99",
        "said": "<private> to the end", "after": {"pin": 12345678, "ok": True},
    }  # fmt: skip
    first = saved(opened, state)
    assert {"github-token", "private"} <= set(first.redacted)
    assert "a <private> that nothing closes ran to the end of its text" in first.notices
    assert SECRET not in Path(opened.root, first.file).read_text()
    stored = states(opened)[0]
    assert re.fullmatch(r"\[redacted:github-token:[0-9a-f]{4}\]", stored["key"])
    assert (stored["said"], stored["after"]) == ("[private]", {"pin": 12345678, "ok": True})
    second = saved(opened, {**state, "more": 1}, delta=True)
    assert (second.state, second.changes) == ("delta", 1)
    assert states(opened)[0] == {**stored, "more": 1}
    assert saved(opened, {**state, "more": 1}, delta=True).changes == 0
    third = saved(opened, {**stored, "password": "correct-horse-7", "x": SECRET}, delta=True)
    assert "hunter2" not in day(Path(opened.root), third).read_text()
    assert "correct-horse-7" not in day(Path(opened.root), third).read_text()
    assert SECRET not in day(Path(opened.root), third).read_text()
    assert states(opened)[0]["x"] == stored["key"]


def test_a_secret_that_runs_through_values_is_refused(opened: Journal) -> None:
    pem = ["-----BEGIN PRIVATE KEY-----", *["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"] * 4]
    state = {"file": [*pem, "-----END PRIVATE KEY-----"]}
    with pytest.raises(UsageError, match="runs through several values") as caught:
        saved(opened, state)
    assert caught.value.kind == "bad-state"
    assert rows(opened) == []


def test_what_was_masked_later_is_read_as_far_as_it_is_json(opened: Journal) -> None:
    saved(opened, {"a": 1})
    file = Path(opened.root, saved(opened, {"key": "SECRET-GOES-HERE"}, delta=True).file)
    assert states(opened)[0] == {"key": "SECRET-GOES-HERE"}
    del file
    redact(Path(opened.root), *rows(opened)[1:])
    assert states(opened)[0] == {"key": "SECRET-GOES-HERE"}


def test_what_the_policy_does_not_keep(opened: Journal, cli: Cli) -> None:
    before = saved(opened, {"a": 1})
    text = "schema: journal/policy@1\nnamespaces:\n  main:\n    persist: hash_only\n"
    Path(opened.root, "policy.yaml").write_text(text)
    code, _, err = cli("session", "checkpoint", SESSION, stdin='{"b": 2}')
    assert code == 0, err
    assert "the state was not kept" in err
    found: list[Finding] = []
    assert checkpoints.at(opened, SESSION, findings=found)[0].id == before.id
    assert [one.code for one in found] == ["broken-checkpoint"]
    assert "its text was not kept: persist hash_only" in found[0].message


# What is broken


def test_the_one_before_a_broken_one_is_used(opened: Journal, cli: Cli) -> None:
    one = saved(opened, {"n": 1})
    two = saved(opened, {"n": 2})
    three = saved(opened, {"n": 3}, delta=True)
    file = day(Path(opened.root), two)
    file.write_text(file.read_text().replace('"n": 2', '"n": 22'))
    found: list[Finding] = []
    row, state = checkpoints.at(opened, SESSION, findings=found)
    assert (row.id, state) == (one.id, {"n": 1})
    assert [finding.code for finding in found] == ["broken-checkpoint"] * 2
    assert [finding.line for finding in found] == [two.line, three.line]
    assert {finding.file for finding in found} == {two.file}
    assert f"{three.id} can't be used: what it changes, {two.id}" in found[1].message
    code, out, err = cli("session", "restore", SESSION, "--state")
    assert (code, json.loads(out)) == (0, {"n": 1})
    assert f"{two.file}:{two.line}: the checkpoint {two.id} can't be used" in err
    assert "Traceback" not in err
    four = saved(opened, {"n": 4}, delta=True)
    assert four.base == one.id
    assert states(opened) == [{"n": 4}, {"n": 1}]


DAMAGE: dict[str, Callable[[str], str]] = {
    "no block": lambda text: "```yaml".join(text.rsplit("```json", 1)),
    "cut": lambda text: text[: text.rindex('"b"')],
    "no JSON": lambda text: text.replace('"b": 1', '"b": one'),
    "something below the block": lambda text: text,
}


@pytest.mark.parametrize("how", DAMAGE)
def test_damage_of_every_kind(tmp_path: Path, how: str) -> None:
    opened, _ = book(tmp_path)
    saved(opened, {"a": 0})
    last = saved(opened, {"a": 1, "b": 1})
    file = day(tmp_path, last)
    file.write_text(DAMAGE[how](file.read_text()) + "typed below\n" * (how[:4] == "some"))
    expected = [{"a": 1, "b": 1}] if how[:4] == "some" else []
    assert states(opened) == [*expected, {"a": 0}]


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"state": "full"}, "no block at all"),
        ({"state": "full"}, "```json\n{\n```\n"),
        ({"state": "full"}, "```json\n{}"),
        ({"state": "delta"}, "```json\n[]\n```"),
        ({"state": "delta", "base": "01KAJ2X7Q0M3C4V5B6N7Q8W9E0"}, "```json\n[]\n```"),
        ({"state": "delta", "base": ["x"]}, "```json\n[]\n```"),
        ({"state": "delta", "base": "ITS-PREDECESSOR"}, '```json\n[{"op": "remove"}]\n```'),
        ({"state": "full", "attachments": "x"}, "```json\n{}\n```"),
    ],
)
def test_a_checkpoint_that_somebody_else_wrote(
    opened: Journal, fields: dict[str, Any], body: str
) -> None:
    good = saved(opened, {"a": 0})
    if fields.get("base") == "ITS-PREDECESSOR":
        fields = {**fields, "base": good.id}
    opened.append(Draft(body=body, kind="checkpoint", session=SESSION, fields=fields))
    found: list[Finding] = []
    assert states(opened, findings=found) == [{"a": 0}]
    assert len(found) == 1


def test_one_without_fields_is_a_full_one_and_handwriting_counts(opened: Journal) -> None:
    body = 'Mine.\n\n```json\n{"a": 1}\n```\n'
    done = opened.append(Draft(body=body, kind="checkpoint", session=SESSION))
    assert states(opened) == [{"a": 1}]
    file = day(Path(opened.root), done)
    head = f"## 00:00 Typed\n\n```yaml entry\nkind: checkpoint\nsession: {SESSION}\n```\n\n"
    file.write_text(file.read_text() + f"\n{head}```json\n[2]\n```\n")
    assert states(opened) == [{"a": 1}, [2]]


def test_a_base_that_was_purged_and_one_that_is_hidden(opened: Journal) -> None:
    first = saved(opened, {"a": 1})
    second = saved(opened, {"a": 2}, delta=True)
    third = saved(opened, {"a": 3}, delta=True)
    forgetting.hide(opened, [opened.catalog.named(second.id)], "why")
    assert states(opened) == [{"a": 3}, {"a": 1}]
    purge(Path(opened.root), second.id)
    found: list[Finding] = []
    assert states(opened, findings=found) == [{"a": 1}]
    assert f"{third.id} can't be used: there is no checkpoint {second.id}" in found[0].message
    assert first.id


# Large ones


def test_a_large_state_is_attached(opened: Journal, cli: Cli) -> None:
    state = {"lines": [f"line {n}" for n in range(80_000)]}
    done = saved(opened, state, message="All of them")
    entry = opened.find(done.id)
    assert (
        entry.body
        == f"[state.json](../attachments/{entry.fields['attachments'][0]['digest'][7:]})\n"
    )
    changed = {"lines": [*state["lines"], "one more"]}
    assert saved(opened, changed, delta=True).changes == 1
    assert states(opened) == [changed, state]
    code, out, _ = cli("verify", "--json")
    assert (code, set(json.loads(out)["counts"])) == (0, {"intact"})
    (file,) = Path(opened.root, "journal/main/attachments").iterdir()
    file.write_text(file.read_text().replace("line 7", "line 8"))
    found: list[Finding] = []
    assert states(opened, findings=found) == []
    assert "its file was changed since it was kept" in found[0].message
    file.unlink()
    assert states(opened) == []


# Along paths, and from resets on


def test_the_state_is_that_of_the_path(opened: Journal) -> None:
    root = saved(opened, {"at": "root"})
    talk = Talk("main", SESSION, {}, paths.MAIN)
    opened.append(branch(talk, "try-1", opened.catalog.named(root.id), "a try"))
    assert states(opened) == [{"at": "root"}]
    later = saved(opened, {"at": "main, later"}, path="main")
    tried = saved(opened, {"at": "try-1"}, delta=True)
    assert tried.base == root.id
    assert opened.find(tried.id).path == "try-1"
    assert states(opened) == [{"at": "try-1"}, {"at": "root"}]
    assert states(opened, path="main") == [{"at": "main, later"}, {"at": "root"}]
    assert checkpoints.at(opened, SESSION, path="main")[0].id == later.id
    assert checkpoints.at(opened, SESSION, later.id)[1] == {"at": "main, later"}


def test_a_reset_lets_go_of_states(opened: Journal) -> None:
    old = saved(opened, {"n": 1})
    opened.append(sessions.reset(SESSION))
    assert states(opened) == []
    assert saved(opened, {"n": 2}, delta=True).state == "full"
    assert states(opened) == [{"n": 2}]
    assert states(opened, every=True) == [{"n": 2}, {"n": 1}]
    assert checkpoints.at(opened, SESSION, old.id)[1] == {"n": 1}


def test_as_of_an_entry(opened: Journal) -> None:
    opened.append(Draft(body="before", session=SESSION))
    first = opened.rows().__next__().id
    saved(opened, 1)
    between_them = opened.append(Draft(body="between", session=SESSION)).id
    saved(opened, 2)
    assert checkpoints.at(opened, SESSION, between_them)[1] == 1
    assert checkpoints.at(opened, SESSION)[1] == 2
    with pytest.raises(UsageError) as caught:
        checkpoints.at(opened, SESSION, first)
    assert caught.value.kind == "no-checkpoint"
    with pytest.raises(UsageError, match="no entry of the session other"):
        checkpoints.at(opened, "other", first)


# The command


def test_the_words_of_the_command(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(tmp_path)
    file = tmp_path / "state.json"
    file.write_text('{"from": "the file"}')
    stdin = '{"from": "stdin"}'
    for words, session, state in (
        (["one"], "one", "stdin"),
        (["one", "-"], "one", "stdin"),
        (["one", str(file)], "one", "the file"),
        (["one", "--delta", str(file)], "one", "the file"),
        (["--session", "one", str(file)], "one", "the file"),
        (["--session", "one"], "one", "stdin"),
    ):
        code, out, err = cli("session", "checkpoint", *words, "--json", stdin=stdin)
        assert code == 0, err
        done = json.loads(out)
        assert not faults("session-checkpoint", done)
        assert (done["session"], cli("session", "restore", session, "--state")[1]) == (
            session, f'{{\n  "from": "{state}"\n}}\n'
        )  # fmt: skip
    monkeypatch.setenv("JOURNAL_SESSION", "two")
    monkeypatch.chdir(tmp_path)
    for words in (["state.json"], [], ["-"], [str(file)]):
        code, out, err = cli("session", "checkpoint", *words, stdin=stdin)
        assert (code, len(out)) == (0, 27), err
    code, out, _ = cli("session", "restore", "--state", "--json")
    assert not faults("session-state", found := json.loads(out))
    assert (found["session"], found["state"]) == ("two", {"from": "the file"})
    assert cli("session", "checkpoint", "one", "state.json", "more")[0] == 2


def test_a_session_must_be_named(tmp_path: Path, cli: Cli) -> None:
    book(tmp_path)
    for words in (["checkpoint"], ["prune"]):
        code, out, err = cli("session", *words, "--json", stdin="1")
        assert (code, out) == (2, "")
        assert json.loads(err)["error"]["kind"] == "no-session"
    code, _, err = cli("session", "restore", "nobody", "--state")
    assert (code, "there is no session 'nobody'" in err) == (2, True)
    cli("session", "start", "empty")
    code, _, err = cli("session", "restore", "empty", "--state", "--json")
    assert json.loads(err)["error"]["kind"] == "no-checkpoint"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1,\n "b": nope}', "standard input:2: no JSON: column 7"),
        ("", "standard input:1: no JSON: there is nothing in it"),
        ("{} {}", "standard input:1: no JSON: column 4: Extra data"),
        ('{"a": NaN}', "NaN is not JSON"),
        ("[-Infinity]", "-Infinity is not JSON"),
        ("[1e999]", "the number 1e999 is too large"),
        ("1" * 5000, "standard input: Exceeds the limit"),
        ('{"a": {"b": 1, "b": 2}}', 'an object has the key "b" twice'),
        (b'{"a":\n "\xff"}', "standard input:2: byte 9 is no UTF-8"),
        ("[" * 100_000, "nested"),
        ("[" * 300 + "]" * 300, "nested more than 200 deep"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(
    opened: Journal, cli: Cli, text: str | bytes, said: str
) -> None:
    code, out, err = cli("session", "checkpoint", SESSION, stdin=text)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert rows(opened) == []


def test_a_file_that_is_not_there(opened: Journal, cli: Cli) -> None:
    code, _, err = cli("session", "checkpoint", SESSION, "/nowhere/state.json")
    assert (code, "/nowhere/state.json: can't be read" in err) == (2, True)
    assert rows(opened) == []


def test_a_journal_that_is_switched_off(opened: Journal, cli: Cli) -> None:
    file = Path(opened.root, "journal.toml")
    file.write_text(file.read_text().replace("enabled = true", "enabled = false"))
    code, out, err = cli("session", "checkpoint", SESSION, "--json", stdin="{}")
    assert (code, json.loads(out)["id"]) == (0, "")
    assert "enabled = false" in err
    assert rows(opened) == []


# Pruning


def aged(opened: Journal, days: int, state: Any, **more: Any) -> Saved:
    return saved(opened, state, at=clock.now() - timedelta(days=days), **more)


def pruned(opened: Journal, *given: int | None, session: str = SESSION) -> list[str]:
    keeping = pruning.keeping(opened.root, *given, environment={})
    found = pruning.due(opened, keeping, session)
    done = pruning.prune(opened, found.due)
    assert [one.row.id for one in found.due] == [one.planned.stroke.id for one in done]
    return [one.row.id for one in found.due]


def test_the_last_ones_stay_and_those_of_late(opened: Journal) -> None:
    old = [aged(opened, 40 - 2 * n, {"n": n, "of": CANARY}).id for n in range(4)]
    recent = [saved(opened, {"n": n}).id for n in range(3)]
    other = checkpoints.save(opened, "other", {}, at="2020-01-01T10:00").id
    assert pruned(opened) == []
    assert pruned(opened, 5, 30) == old[:2]
    assert pruned(opened, 5, 30) == []
    assert pruned(opened, 1, 35) == [old[2]]
    assert pruned(opened, 0, 0) == [old[3], *recent]
    assert rows(opened) == [other]
    (said, *_) = opened.rows(Selection(kind="forget"), oldest=True)
    assert opened.find(said.id).body == (
        "Kept no longer: not among the last 5 checkpoints of its session (--keep), and older than"
        " 30 days (--days)."
    )
    assert states(opened) == []
    sound_without(Path(opened.root))


def test_a_delta_that_stays_keeps_what_it_changes(opened: Journal) -> None:
    full = aged(opened, 90, {"n": 0}).id
    chain = [aged(opened, 89 - n, {"n": n + 1}, delta=True).id for n in range(3)]
    newer = aged(opened, 80, {"n": 9}).id
    last = aged(opened, 79, {"n": 10}, delta=True).id
    assert pruned(opened, 1) == [full, *chain]
    assert rows(opened) == [newer, last]
    assert states(opened) == [{"n": 10}, {"n": 9}]
    keeping = pruning.keeping(opened.root, 1, 0, {})
    assert pruning.due(opened, keeping, SESSION) == pruning.Prunable((), 2, 0, 1)


def test_where_a_person_wrote_it_stays_with_what_it_is_read_by(opened: Journal, cli: Cli) -> None:
    full = aged(opened, 90, {"n": 0})
    typed = aged(opened, 89, {"n": 1}, delta=True)
    gone = [aged(opened, 88, {"n": 2}, delta=True).id, aged(opened, 87, {"n": 3}).id]
    file = day(Path(opened.root), typed)
    file.write_text(file.read_text() + "\nThis one was right.\n")
    hand = day(Path(opened.root), full)
    block_of = '```json\n{"by": "hand"}\n```\n'
    hand.write_text(
        hand.read_text()
        + f"\n## 10:00\n\n```yaml entry\nkind: checkpoint\nsession: {SESSION}\n```\n\n{block_of}"
    )
    code, out, err = cli("session", "prune", SESSION, "--keep", "0", "--days", "0", "--json")
    assert code == 0
    told = json.loads(out)
    assert not faults("session-prune", told)
    assert [one["id"] for one in told["purged"]] == gone
    assert (told["kept"], told["typed"], told["needed"]) == (2, 1, 1)
    assert states(opened) == [{"n": 1}, {"n": 0}, {"by": "hand"}]
    assert err == ""


def test_hidden_ones_do_not_count_among_the_last(opened: Journal) -> None:
    old = [aged(opened, 90 - n, {"n": n}).id for n in range(4)]
    forgetting.hide(opened, [opened.catalog.named(one) for one in old[2:]], "why")
    assert pruned(opened, 1) == [old[0], *old[2:]]
    assert states(opened) == [{"n": 1}]


def test_who_says_how_many_stay(tmp_path: Path, opened: Journal) -> None:
    file = tmp_path / "journal.toml"
    plain = file.read_text()
    assert "# keep_checkpoints = 24" in plain

    def keeping(*given: int | None, **env: str) -> tuple[int, str, int, str]:
        found = pruning.keeping(opened.root, *given, environment=env)
        return found.checkpoints.value, found.checkpoints.by, found.days.value, found.days.by

    assert keeping() == (24, "keep_checkpoints, the default", 30, "keep_days, the default")
    file.write_text(f"{plain}\n[session]\nkeep_checkpoints = 7\n")
    line = len(plain.splitlines()) + 3
    by = f"keep_checkpoints, journal.toml:{line}"
    assert keeping() == (7, by, 30, "keep_days, the default")
    assert keeping(JOURNAL_KEEP_DAYS="9") == (7, by, 9, "JOURNAL_KEEP_DAYS")
    assert keeping(JOURNAL_KEEP_CHECKPOINTS="3")[:2] == (3, "JOURNAL_KEEP_CHECKPOINTS")
    assert keeping(2, 0, JOURNAL_KEEP_CHECKPOINTS="3") == (2, "--keep", 0, "--days")
    assert keeping(JOURNAL_KEEP_DAYS=" ")[2] == 30
    for wrong in ("x", "-1", "1.5", "٣", "9" * 30):
        with pytest.raises(UsageError, match="JOURNAL_KEEP_DAYS is ") as caught:
            keeping(JOURNAL_KEEP_DAYS=wrong)
        assert caught.value.kind == "bad-value"
    for wrong in ('"7"', "-1", "true", "1.5", "[]"):
        file.write_text(f"{plain}\n[session]\nkeep_days = {wrong}\n")
        with pytest.raises(WorkspaceError, match="keep_days must be a number from 0 on") as told:
            keeping()
        assert (told.value.file, told.value.line) == ("journal.toml", line)
    file.write_text(f"session = 3\n{plain}")
    with pytest.raises(WorkspaceError, match="session must be a table"):
        keeping()


def test_the_command_that_prunes(
    opened: Journal, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [aged(opened, 90 - n, {"n": n}).id for n in range(3)]
    elsewhere = checkpoints.save(opened, "other", {}, at="2020-01-01T10:00", namespace="work").id
    before = rows(opened)
    monkeypatch.setenv("JOURNAL_KEEP_CHECKPOINTS", "1")
    code, out, err = cli("session", "prune", SESSION, "--dry-run")
    assert (code, rows(opened), err) == (0, before, "")
    assert out.splitlines()[-1] == "2 checkpoints would be purged, 1 stays"
    code, out, _ = cli("session", "prune", SESSION)
    assert (code, out.splitlines()[-1]) == (0, "2 checkpoints purged, 1 stays")
    assert rows(opened) == [elsewhere, old[2]]
    code, out, _ = cli("session", "prune", "--all", "--keep", "0", "--json")
    assert [one["id"] for one in json.loads(out)["purged"]] == [elsewhere, old[2]]
    assert cli("session", "prune", "--all", SESSION)[0] == 2
    assert cli("session", "prune", SESSION, "--keep", "-1")[0] == 2
    monkeypatch.setenv("JOURNAL_KEEP_DAYS", "many")
    assert cli("session", "prune", SESSION)[0] == 2


def test_the_schemas_tell_wrong_from_right() -> None:
    for name in ("session-checkpoint", "session-prune", "session-state", "session-restore"):
        for key in SCHEMAS[name]["required"]:
            assert faults(name, dict.fromkeys(SCHEMAS[name]["required"], 0.5) | {key: None})
        assert faults(name, {"schema": f"journal/{name}@1", "extra": 1})


def test_the_order_of_checkpoints_is_that_of_turns(opened: Journal) -> None:
    for n, days in enumerate((0, 50, 20)):  # what a clock says is no order
        aged(opened, days, {"n": n})
    assert [state["n"] for state in states(opened)] == [2, 1, 0]
    found = [row.turn for row, _ in checkpoints.states(opened, SESSION)]
    assert all(one > other for one, other in pairwise(found))
