"""A conversation given back: in order, within its bounds, along its path, whatever happened."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import faults
from strikes import book, day, purge

from journal import api, checkpoints, clock, forgetting, sessions
from journal.api import Journal
from journal.cli import main
from journal.conversations import Conversation
from journal.entry import Draft
from journal.errors import UsageError
from journal.paths import MAIN
from journal.paths.verbs import Covered, Talk, branch, compact
from journal.policy.gates import Approval
from journal.restore import COUNTED, Budget, Message, restore
from journal.working import WorkingMemory

SESSION = "api-design"
Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def opened(tmp_path: Path) -> Journal:
    return book(tmp_path)[0]


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Cli:
    """The command line in this process: exit code, stdout, stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        capfdbinary.readouterr()
        code = main.main(["--workspace", str(tmp_path), *words])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def say(opened: Journal, *bodies: str, **more: Any) -> list[str]:
    """What is said in the session, one entry each; their ids."""
    values = {"session": SESSION, "kind": "message", "role": "user", **more}
    return [
        one.id for one in opened.notebook.append_many([Draft(body=b, **values) for b in bodies])
    ]


def told(opened: Journal, **more: Any) -> list[str]:
    return [one.content for one in restore(opened, SESSION, **more).messages]


# In order


def test_roles_and_kinds(opened: Journal) -> None:
    roles = ["user", "assistant", "system", "tool", "human", ""]
    for role in roles:
        say(opened, f"of {role}", role=role)
    for kind in ("note", "decision", "fact", "summary", "merge", "compact", "task"):
        say(opened, f"of kind {kind}", kind=kind, role="assistant", title=f"The {kind}")
    for kind in ("event", "session", "checkpoint", "branch", "node"):
        say(opened, f"of kind {kind}", kind=kind)
    reviewed = Draft(body="of kind review", kind="review", session=SESSION)
    with opened.notebook.under(Approval("", ("review",))):  # as only reviewing itself does
        opened.notebook.append(reviewed)
    found = restore(opened, SESSION)
    assert [one.role for one in found.messages[:6]] == [
        "user", "assistant", "system", "user", "user", "user"
    ]  # fmt: skip
    assert [one.content for one in found.messages[6:]] == [
        "of kind note",
        *(
            f"The {kind}\n\nof kind {kind}"
            for kind in "decision fact summary merge compact task".split()
        ),
    ]
    assert (found.session, found.namespace, found.path, found.left) == (SESSION, "main", "main", 0)


def test_the_order_is_that_of_turns_not_of_clocks(opened: Journal) -> None:
    for number, days in enumerate((0, 30, 10, 40)):
        say(opened, f"turn {number}", at=clock.now() - timedelta(days=days))
    assert told(opened) == [f"turn {number}" for number in range(4)]


def test_what_was_said_anew_is_told_once_where_it_was_said_first(opened: Journal) -> None:
    with WorkingMemory.open(opened, SESSION) as memory:
        first = memory.create("user", "frist")
        memory.create("assistant", "ok")
        memory.update(first.id, "furst")
        memory.create("user", "third")
        memory.update(first.id, "first")
        assert told(opened) == ["first", "ok", "third"]
        assert told(opened) == [one["content"] for one in memory.as_messages()]
    assert told(opened, every=True) == ["frist", "ok", "furst", "third", "first"]


def test_what_is_left_of_a_text(opened: Journal) -> None:
    say(opened, "  indented\n\nand more\n\n\n")
    say(opened, "A task that says its title.", kind="task", title="its title")
    assert told(opened) == ["  indented\n\nand more", "A task that says its title."]
    last = opened.append(Draft(body="The last.", session=SESSION))
    file = day(Path(opened.root), last)
    file.write_text(file.read_text() + "\nNot at all.\n")
    assert told(opened)[-1] == "The last.\n\n(written under it) Not at all."
    file.write_text(file.read_text().replace("The last.", "The first."))
    assert told(opened)[-1].startswith("The first.")


def test_forgotten_and_purged_ones_are_gone_round(opened: Journal) -> None:
    ids = say(opened, "one", "two", "three", "four")
    forgetting.hide(opened, [opened.find(ids[1]) and opened.catalog.named(ids[1])], "why")
    purge(Path(opened.root), ids[2])
    assert told(opened) == told(opened, every=True) == ["one", "four"]


def test_the_same_session_in_two_namespaces(opened: Journal) -> None:
    say(opened, "here")
    say(opened, "there", namespace="work")
    assert told(opened) == ["here"]
    assert told(opened, namespace="work") == ["there"]


# Within bounds


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A conversation of messages of all lengths."""
    opened = book(tmp_path_factory.mktemp("talk"))[0]
    say(opened, *("é" * length for length in (3, 9, 1, 40, 2, 2, 7, 1, 12, 5)))
    return opened


bounds = st.one_of(st.none(), st.integers(0, 12), st.integers(0, 200))


@given(st.builds(Budget, bounds, bounds, bounds))
def test_bounds_are_hard_and_the_newest_that_fit_stay(talk: Journal, budget: Budget) -> None:
    everything = restore(talk, SESSION).messages
    found = restore(talk, SESSION, budget=budget)
    kept = found.messages
    assert kept == everything[len(everything) - len(kept) :]
    assert found.left == len(everything) - len(kept)

    def fits(messages: tuple[Message, ...]) -> bool:
        sizes = [len(one.content.encode()) for one in messages]
        counted = (
            (budget.messages, len(sizes)),
            (budget.bytes, sum(sizes)),
            (budget.tokens, sum(-(-size // 4) + 4 for size in sizes)),
        )
        return all(most is None or used <= most for most, used in counted)

    assert fits(kept)
    assert kept == everything or not fits(everything[len(everything) - len(kept) - 1 :])


def test_what_does_not_fit_ends_it(opened: Journal) -> None:
    say(opened, "one", "two", "a longer one", "x" * 50, "four", "fünf")
    for budget, expected, left in (
        (Budget(), ["one", "two", "a longer one", "x" * 50, "four", "fünf"], 0),
        (Budget(messages=2), ["four", "fünf"], 4),
        (Budget(messages=0), [], 6),
        (Budget(messages=6), ["one", "two", "a longer one", "x" * 50, "four", "fünf"], 0),
        (Budget(bytes=9), ["four", "fünf"], 4),
        (Budget(bytes=8), ["fünf"], 5),
        (Budget(bytes=58), ["four", "fünf"], 4),
        (Budget(bytes=59), ["x" * 50, "four", "fünf"], 3),
        (Budget(tokens=11), ["four", "fünf"], 4),
        (Budget(tokens=10), ["fünf"], 5),
        (Budget(bytes=0), [], 6),
        (Budget(messages=3, bytes=9, tokens=6), ["fünf"], 5),
    ):
        found = restore(opened, SESSION, budget=budget)
        assert ([one.content for one in found.messages], found.left) == (expected, left), budget
        assert not found.capped


def test_what_did_not_fit_is_not_read(opened: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    say(opened, *(f"number {n}" for n in range(COUNTED + 200)))
    opened.catalog.catch_up()
    asked = []
    turns = opened.catalog.turns

    def counted(*of: Any, **more: Any) -> Any:
        for row in turns(*of, **more):
            asked.append(row)
            yield row

    monkeypatch.setattr(opened.catalog, "turns", counted)
    found = restore(opened, SESSION, budget=Budget(messages=5))
    assert [one.content for one in found.messages] == [
        f"number {n}" for n in range(COUNTED + 195, COUNTED + 200)
    ]
    assert (found.left, found.capped) == (COUNTED, True)
    assert len(asked) <= COUNTED + 7
    asked.clear()
    restore(opened, SESSION, budget=Budget(messages=COUNTED + 200))
    assert len(asked) == COUNTED + 200


# Along paths


def test_a_path_goes_back_to_where_it_was_branched(opened: Journal) -> None:
    ids = say(opened, "one", "two", "three")
    talk = Talk("main", SESSION, {}, MAIN)
    opened.append(branch(talk, "try-1", opened.find(ids[1]), "another way"))
    say(opened, "tried")
    assert told(opened) == ["one", "two", "tried"]
    assert told(opened, path="main") == ["one", "two", "three"]
    assert told(opened, budget=Budget(messages=2)) == ["two", "tried"]
    with pytest.raises(UsageError, match="no path 'try-2'") as caught:
        restore(opened, SESSION, path="try-2")
    assert (caught.value.kind, caught.value.hint) == ("unknown-path", "it has main, try-1")


def test_a_branch_that_is_forgotten_is_branched_all_the_same(opened: Journal, cli: Cli) -> None:
    say(opened, "before")
    checkpoints.save(opened, SESSION, {"at": "before"})
    assert cli("path", "branch", "idea", "--session", SESSION)[0] == 0
    say(opened, "after")
    opened.catalog.catch_up()
    (row,) = opened.catalog.told("main", SESSION, ["branch"])
    assert cli("forget", row.id, "--reason", "its title")[0] == 0
    assert told(opened) == ["before", "after"]
    assert checkpoints.at(opened, SESSION)[1] == {"at": "before"}
    assert cli("session", "reset", SESSION)[0] == 0
    say(opened, "anew")
    assert told(opened) == ["anew"]


def test_a_summary_stands_for_what_it_covers(opened: Journal, cli: Cli) -> None:
    ids = say(opened, "one", "two", "three", "four")
    conversation = Conversation(opened, SESSION)
    talk = Talk("main", SESSION, conversation.view().of("main", SESSION), MAIN)
    done = opened.append(compact(talk, "main", "All agreed.", Covered(ids[0], ids[2], 3)))
    found = restore(opened, SESSION)
    assert [one.id for one in found.messages] == [done.id, ids[3]]
    assert "All agreed." in found.messages[0].content
    assert found.stood_for == ((done.id, 3),)
    assert told(opened, every=True)[:4] == ["one", "two", "three", "four"]
    assert told(opened, budget=Budget(messages=1)) == ["four"]
    _, out, _ = cli("session", "restore", SESSION, "--json")
    assert json.loads(out)["stood_for"] == {done.id: 3}
    _, out, _ = cli("session", "restore", SESSION)
    assert "compact of 3 entries" in out.splitlines()[0]


def test_it_begins_after_the_last_reset(opened: Journal) -> None:
    say(opened, "one", "two")
    opened.append(sessions.reset(SESSION))
    assert told(opened) == []
    say(opened, "three")
    assert told(opened) == ["three"]
    assert told(opened, every=True) == ["one", "two", "three"]
    assert restore(opened, SESSION, budget=Budget(messages=0)).left == 1


# The command


def test_what_the_command_prints(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, _ = book(tmp_path)
    ids = say(opened, "How?", actor="anna") + say(opened, "So:\n\n- a\n- b", role="assistant")
    code, out, err = cli("session", "restore", SESSION)
    when = [opened.find(one).at[:16].replace("T", " ") for one in ids]
    assert (code, err) == (0, "")
    assert out == (
        f"anna  {when[0]}  {ids[0][-8:]}\nHow?\n\n"
        f"assistant  {when[1]}  {ids[1][-8:]}\nSo:\n\n- a\n- b\n"
    )
    kept = checkpoints.save(opened, SESSION, {"n": 1})
    monkeypatch.setenv("JOURNAL_SESSION", SESSION)
    code, out, _ = cli("session", "restore", "--json", "--max-messages", "1")
    found = json.loads(out)
    assert not faults("session-restore", found)
    assert found == {
        "schema": "journal/session-restore@1", "session": SESSION, "namespace": "main",
        "path": "main", "messages": [{"role": "assistant", "content": "So:\n\n- a\n- b"}],
        "ids": [ids[1]], "left": 1, "capped": False, "stood_for": {}, "checkpoint": kept.id,
    }  # fmt: skip
    _, _, err = cli("session", "restore", "--max-tokens", "5")
    assert "2 older messages are left out" in err


def test_nothing_that_was_said_steers_a_terminal(opened: Journal, cli: Cli) -> None:
    say(opened, "\x1b[2Jgone\u202e", actor="\x1b]0;x\x07eve")
    _, out, _ = cli("session", "restore", SESSION)
    assert not {"\x1b", "\u202e", "\x07"} & set(out)
    assert "gone" in out


def test_wrong_calls(opened: Journal, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    say(opened, "one")
    for words, kind in (
        (["nobody"], "unknown-session"), ([SESSION, "--path", "nope"], "unknown-path"),
        ([SESSION, "--at", "x"], "usage"), ([SESSION, "--max-bytes", "-1"], "usage"),
        ([SESSION, "--max-tokens", "many"], "usage"), ([SESSION, "--session", "other"], "usage"),
        ([SESSION, "--state", "--at", "ZZZZ"], "entry-not-found"),
    ):  # fmt: skip
        code, out, err = cli("session", "restore", *words, "--json")
        assert (code, out, json.loads(err)["error"]["kind"]) == (2, "", kind), words
    monkeypatch.setenv("JOURNAL_SESSION", SESSION)
    monkeypatch.setenv("JOURNAL_PATH", "nope")
    assert cli("session", "restore")[0] == 2
    assert cli("session", "restore", "--path", "main")[0] == 0


# Processes that end in the middle of a turn

TURN = """
import sys
from journal import api
from journal.entry import Draft
root, name = sys.argv[1:]
with api.open(root) as journal:
    for number in range(1000):
        for role in ("user", "assistant"):
            draft = Draft(body=f"{name} {number} {role}", session="s", role=role, kind="message")
            receipt = journal.append(draft)
            sys.stdout.write(f"{receipt.id} {name} {number} {role}\\n")
            sys.stdout.flush()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_ends_amid_a_turn(tmp_path: Path, how: signal.Signals) -> None:
    opened, _ = book(tmp_path)
    acknowledged: dict[str, str] = {}
    for number in range(3):
        name = f"process-{number}"
        with subprocess.Popen(
            [sys.executable, "-c", TURN, str(tmp_path), name], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=dict(os.environ),
        ) as process:  # fmt: skip
            assert process.stdout
            for _ in range(random.Random(number).randrange(1, 6)):
                entry, _, text = process.stdout.readline().strip().partition(" ")
                acknowledged[entry] = text
            process.send_signal(how)
            for line in process.stdout:  # it got so far all the same
                entry, _, text = line.strip().partition(" ")
                acknowledged[entry] = text
        found = restore(opened, "s")
        said = {one.id: one.content for one in found.messages}
        assert acknowledged.items() <= said.items()
        turns = [row.turn for row in opened.catalog.turns("main", "s")][::-1]
        assert turns == list(range(1, len(turns) + 1))
        contents = list(said.values())
        for other in range(number + 1):
            own = [text for text in contents if text.startswith(f"process-{other} ")]
            assert own == [
                f"process-{other} {n // 2} {('user', 'assistant')[n % 2]}" for n in range(len(own))
            ]
        assert contents == sorted(contents, key=lambda text: text.split()[0])
    with api.open(str(tmp_path)) as again:
        assert again.append(Draft(body="It goes on.", session="s")).durable
        assert restore(again, "s").messages[-1].content == "It goes on."
