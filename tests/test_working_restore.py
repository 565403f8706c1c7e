"""Working memory that comes back: from state, checkpoint or session, each one broken in turn."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from journal import api, checkpoints, forgetting, redacting, sessions
from journal.credentials import keeping
from journal.entry import Draft
from journal.restore import Budget, restore
from journal.working import Restored, WorkingMemory
from journal.working.holding import Bounds
from journal.working.restoring import restore as rebuilt
from journal.working.state import Owner, State, read_state
from journal.working.statefile import StateFile


def state_file(journal: api.Journal, session: str = "s") -> Path:
    return Path(journal.root) / ".journal/state/working/main" / f"{session}.json"


def contents(memory: WorkingMemory) -> list[str]:
    return [one.content for one in memory.messages]


def told(memory: WorkingMemory) -> str:
    return "\n".join(f"{note.code}: {note}" for note in memory.restored.notes)


def fill(journal: api.Journal) -> list[str]:
    """Memory with a, c, d of which b was evicted: the session's entries alone tell another story.

    What was kept: a checkpoint when there were a and c, the state file after d.
    """
    with WorkingMemory.open(journal, "s") as memory:
        ids = [memory.create("user", text).id for text in "abc"]
        memory.evict(ids[1])
        memory.checkpoint()
        ids.append(memory.create("assistant", "d").id)
        memory.evict(ids[0])
    return ids


def test_the_state_first_then_the_checkpoint_then_the_session(journal: api.Journal) -> None:
    fill(journal)
    memory = WorkingMemory.open(journal, "s")
    assert (memory.restored.source, memory.restored.notes) == ("state", ())
    assert contents(memory) == ["c", "d"]
    state_file(journal).unlink()
    memory = WorkingMemory.open(journal, "s")
    assert memory.restored.source == "checkpoint"
    assert contents(memory) == ["a", "c", "d"]  # what came after it follows
    assert [one.title for one in memory.tombstones] == ["b"]
    assert "no-state: .journal/state/working/main/s.json: there is no state file" in told(memory)
    (kept,) = (row for row in journal.rows() if row.kind == "checkpoint")
    forgetting.purge(journal, [kept.id], "a test")
    memory = WorkingMemory.open(journal, "s")
    assert memory.restored.source == "session"
    assert contents(memory) == ["a", "b", "c", "d"]
    assert "has no checkpoint of a working memory" in told(memory)
    memory = WorkingMemory.open(journal, "none")
    assert (memory.restored.source, memory.messages) == ("nothing", ())


def change(file: Path, how: Callable[[State], State]) -> None:
    """Change the state as a program does that knows how it is sealed."""
    value = json.loads(file.read_text(encoding="utf-8"))
    owner = Owner(value["workspace"], value["namespace"], value["session"])
    file.write_text(json.dumps(how(read_state(value, owner)).record()), encoding="utf-8")


def of_another(**names: str) -> Callable[[Path], None]:
    """Make it the state of another workspace, namespace or session."""
    return lambda file: change(
        file, lambda state: replace(state, owner=replace(state.owner, **names))
    )


def typed(how: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Change the state as a hand does."""

    def act(file: Path) -> None:
        value = json.loads(file.read_text(encoding="utf-8"))
        how(value)
        file.write_text(json.dumps(value), encoding="utf-8")

    return act


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-30])


def linked(file: Path) -> None:
    other = file.with_name("other")
    file.rename(other)
    file.symlink_to(other)


def fold(file: Path) -> None:
    file.unlink()
    file.mkdir()


def linked_folder(file: Path) -> None:
    other = file.parent.with_name("elsewhere")
    file.parent.rename(other)
    file.parent.symlink_to(other)


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def binary(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")


def a_list(file: Path) -> None:
    file.write_text("[1]", encoding="utf-8")


def deep(file: Path) -> None:
    file.write_text("[" * 100_000, encoding="utf-8")


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut": (cut, "it is no JSON"),
    "empty": (empty, "it is empty"),
    "binary": (binary, "it is no text"),
    "a list": (a_list, "it is no object"),
    "deep": (deep, "it is no JSON"),
    "a link": (linked, "it is a link or no file"),
    "a folder": (fold, "it is a link or no file"),
    "a fifo": (pipe, "it is a link or no file"),
    "in a linked folder": (linked_folder, "only writes inside its workspace"),
    "another workspace's": (of_another(workspace="x"), "another workspace's"),
    "another session's": (of_another(session="t"), "the session main/t, not of main/s"),
    "another namespace's": (of_another(namespace="n"), "the session n/s, not of main/s"),
    "newer": (
        typed(lambda value: value.update(schema="journal/working-state@2")),
        "it is journal/working-state@2, and this version reads journal/working-state@1",
    ),
    "other": (typed(lambda value: value.update(schema="x")), "it is no journal/working-state@1"),
    "reordered": (typed(lambda value: value["messages"].reverse()), "it was changed, or torn"),
    "more": (typed(lambda value: value.update(x=1)), "it was changed, or torn"),
    "twice": (
        typed(lambda value: value["messages"].append(value["messages"][0])),
        "it names a message twice",
    ),
    "no bounds": (typed(lambda value: value.pop("bounds")), "bounds is no object"),
    "no number": (
        typed(lambda value: value["bounds"].update(messages=True)),
        "messages is no whole number from 1",
    ),
    "no place": (typed(lambda value: value["horizon"].pop()), "horizon is no turn"),
    "no list": (typed(lambda value: value.update(tombstones={})), "tombstones is no list"),
    "no text": (typed(lambda value: value["messages"][0].pop("mark")), "mark is no text"),
    "no id": (typed(lambda value: value["messages"][0].update(id="../x")), "that is no name"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_state_file_is_told_and_not_used(journal: api.Journal, how: str) -> None:
    fill(journal)
    harm, why = BROKEN[how]
    harm(state_file(journal))
    memory = WorkingMemory.open(journal, "s")
    assert memory.restored.source == "checkpoint"
    assert contents(memory) == ["a", "c", "d"]
    first = memory.restored.notes[0]
    assert (first.code, first.file) == ("broken-state", ".journal/state/working/main/s.json")
    assert why in first.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_state_file_that_can_not_be_read(journal: api.Journal) -> None:
    fill(journal)
    state_file(journal).chmod(0)
    memory = WorkingMemory.open(journal, "s")
    assert memory.restored.source == "checkpoint"
    assert "it can't be read" in told(memory)


def day(journal: api.Journal, entry_id: str) -> Path:
    return Path(journal.root) / journal.find(entry_id).source.file


def edit(journal: api.Journal, entry_id: str, old: str, new: str) -> None:
    """Type over a text of that entry, as a person in an editor does."""
    file = day(journal, entry_id)
    text = file.read_text(encoding="utf-8")
    at = text.index(old, text.index(f"id: {entry_id}"))
    file.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")


def the_checkpoint(journal: api.Journal) -> str:
    (found,) = [row for row in journal.rows() if row.kind == "checkpoint"]
    return str(found.id)


def test_an_edited_checkpoint_is_not_used(journal: api.Journal) -> None:
    fill(journal)
    state_file(journal).unlink()
    edit(journal, the_checkpoint(journal), '"turn": 1', '"turn": 2')
    memory = WorkingMemory.open(journal, "s")
    assert (memory.restored.source, contents(memory)) == ("session", ["a", "b", "c", "d"])
    assert "broken-checkpoint" in told(memory)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"schema": "journal/working-state@9"}, "it is journal/working-state@9"),
        ({"schema": "journal/working-state@1"}, "workspace is no text"),
    ],
)
def test_a_checkpoint_that_is_no_state_of_ours(
    journal: api.Journal, state: object, why: str
) -> None:
    fill(journal)
    state_file(journal).unlink()
    checkpoints.save(journal, "s", state)
    memory = WorkingMemory.open(journal, "s")  # the one before it is
    assert (memory.restored.source, contents(memory)) == ("checkpoint", ["a", "c", "d"])
    (note,) = (one for one in memory.restored.notes if one.code == "broken-state")
    assert why in note.message
    assert note.line


def test_checkpoints_of_something_else_are_passed_over(journal: api.Journal) -> None:
    fill(journal)
    state_file(journal).unlink()
    for state in ({"step": 3}, [1, 2], "text", None):
        checkpoints.save(journal, "s", state)
    memory = WorkingMemory.open(journal, "s")
    assert (memory.restored.source, contents(memory)) == ("checkpoint", ["a", "c", "d"])
    assert [note.code for note in memory.restored.notes] == ["no-state"]


def test_a_delta_and_a_delta_without_its_base(journal: api.Journal) -> None:
    memory = WorkingMemory.open(journal, "s")
    for text in "abc":
        memory.create("user", text)
    base = memory.checkpoint()
    memory.evict(memory.messages[0].id)
    delta = memory.checkpoint(delta=True)
    assert (delta.state, delta.base) == ("delta", base.id)
    state_file(journal).unlink()
    again = WorkingMemory.open(journal, "s")
    assert (again.restored.source, again.messages) == ("checkpoint", memory.messages)
    edit(journal, base.id, '"turn": 1', '"turn": 2')
    again = WorkingMemory.open(journal, "s")
    assert (again.restored.source, contents(again)) == ("session", ["a", "b", "c"])
    assert "can't be used" in told(again)


# What the state names, and is not there any more


def test_an_entry_that_was_purged(journal: api.Journal) -> None:
    ids = fill(journal)
    forgetting.purge(journal, [ids[2]], "a test")
    memory = WorkingMemory.open(journal, "s")
    assert (memory.restored.source, contents(memory)) == ("state", ["d"])
    assert f"gone-entry: .journal/state/working/main/s.json: {ids[2]}: it was purged" in told(
        memory
    )
    stone = memory.find(ids[2])
    assert stone.title == ""


def test_an_entry_that_was_forgotten(journal: api.Journal) -> None:
    ids = fill(journal)
    forgetting.hide(journal, [journal.look(one)[0] for one in ids[1:3]], "a test")
    memory = WorkingMemory.open(journal, "s")
    assert (memory.restored.source, contents(memory)) == ("state", ["d"])
    assert f"{ids[2]}: it is forgotten" in told(memory)
    assert [one.title for one in memory.tombstones] == ["a", "", ""]


def test_an_entry_that_was_edited(journal: api.Journal) -> None:
    ids = fill(journal)
    edit(journal, ids[2], "\nc\n", "\nC, and more\n")
    memory = WorkingMemory.open(journal, "s")
    assert memory.restored.source == "state"
    now = journal.find(ids[2]).body
    assert contents(memory) == [now, "d"]
    (note,) = memory.restored.notes
    assert (note.code, note.file) == ("edited-entry", journal.find(ids[2]).source.file)
    assert note.line == journal.find(ids[2]).source.line


def test_edited_where_another_machine_kept_the_state(journal: api.Journal) -> None:
    ids = fill(journal)
    (Path(journal.root) / ".journal/state/fingerprint-key").unlink()
    assert WorkingMemory.open(journal, "s").restored.notes == ()
    edit(journal, ids[2], "\nc\n", "\nC\n")
    memory = WorkingMemory.open(journal, "s")
    assert [note.code for note in memory.restored.notes] == ["edited-entry"]


def test_an_entry_that_was_redacted_since(journal: api.Journal) -> None:
    ids = fill(journal)
    with WorkingMemory.open(journal, "s") as memory:
        one = memory.create("user", "the pin is Xk92-hidden-33")
    keeping.name_value(journal.root, "pin", "Xk92-hidden-33")
    redacting.apply(journal, [one.id], "a test")
    again = WorkingMemory.open(journal, "s")
    assert "hidden" not in again.messages[-1].content
    assert again.messages[-1].content == journal.find(one.id).body
    assert "edited-entry" in told(again)
    assert len(again.messages) == len(ids) - 1


def test_an_entry_that_nobody_knows(journal: api.Journal) -> None:
    ids = fill(journal)
    unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    foreign = journal.append(Draft(body="not yours", kind="message", session="t")).id
    change(
        state_file(journal),
        lambda state: replace(
            state,
            messages=(
                *(replace(state.messages[0], id=one, entry=one) for one in (unknown, foreign)),
                state.messages[1],
            ),
        ),
    )
    memory = WorkingMemory.open(journal, "s")
    assert (memory.restored.source, contents(memory)) == ("state", ["c", "d"])
    assert f"{unknown}: the journal has no entry of that id" in told(memory)
    assert f"{foreign}: it is an entry of another session" in told(memory)
    assert ids[2] in {one.id for one in memory.messages}  # known by nothing, so it came after


def test_an_update_that_is_gone_leaves_the_text_before(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        one = memory.create("user", "first")
        two = memory.update(one.id, "second")
        three = memory.update(one.id, "third")
    forgetting.purge(journal, [three.entry], "a test")
    again = WorkingMemory.open(journal, "s")
    assert [(text.id, text.entry, text.content) for text in again.messages] == [
        (one.id, two.entry, "second")
    ]
    assert f"the newest text of {one.id} is gone" in told(again)


def test_an_update_by_another_process_is_taken(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        one = memory.create("user", "first")
        memory.evict(memory.create("user", "gone").id)  # keeps the state
    stale = state_file(journal).read_bytes()
    with WorkingMemory.open(journal, "s") as memory:
        newest = memory.update(one.id, "second")
    state_file(journal).write_bytes(stale)
    again = WorkingMemory.open(journal, "s")
    assert again.messages == (newest,)
    assert again.restored.notes == ()


def test_what_came_after_the_state_follows(journal: api.Journal) -> None:
    fill(journal)
    for n in range(3):
        journal.append(Draft(body=f"e{n}", kind="message", role="user", session="s"))
        journal.append(Draft(body=f"f{n}", kind="message", role="user", session="other"))
    journal.append(Draft(body="it went", kind="event", session="s"))
    memory = WorkingMemory.open(journal, "s")
    assert (memory.restored.source, memory.restored.notes) == ("state", ())
    assert contents(memory) == ["c", "d", "e0", "e1", "e2"]
    small = WorkingMemory.open(journal, "s", max_messages=2)
    assert contents(small) == ["e1", "e2"]
    with small:
        small.create("user", "g")
    assert contents(WorkingMemory.open(journal, "s")) == ["e2", "g"]
    tiny = WorkingMemory.open(journal, "s", max_bytes=1)
    assert contents(tiny) == ["g"]


@pytest.mark.parametrize("bounds", [(2, 1000), (1000, 2)])
def test_what_did_not_fit_stays_away(journal: api.Journal, bounds: tuple[int, int]) -> None:
    for text in "abcd":
        journal.append(Draft(body=text, kind="message", role="user", session="s"))
    memory = WorkingMemory.open(journal, "s", max_messages=bounds[0], max_bytes=bounds[1])
    assert (contents(memory), memory.tombstones) == (["c", "d"], ())
    memory.save()
    again = WorkingMemory.open(journal, "s")
    assert (contents(again), again.tombstones) == (["c", "d"], ())
    assert again.restored.source == "state"


def test_memory_is_of_one_session(journal: api.Journal) -> None:
    other = journal.append(Draft(body="theirs", kind="message", session="t"))
    journal.append(
        Draft(body="why", kind="branch", session="s", path="try", parent=other.id,
              fields={"switched": "try"})
    )  # fmt: skip
    with WorkingMemory.open(journal, "s") as memory:
        memory.create("user", "ours")
    state_file(journal).unlink()
    assert contents(WorkingMemory.open(journal, "s")) == ["ours"]


def test_nothing_older_than_a_reset_comes_back(journal: api.Journal) -> None:
    fill(journal)
    held = WorkingMemory.open(journal, "s")
    journal.append(sessions.reset("s", "begin anew"))
    memory = WorkingMemory.open(journal, "s")
    assert (memory.restored.source, memory.messages, memory.tombstones) == ("nothing", (), ())
    assert "before the session was reset" in told(memory)
    memory.save()
    assert WorkingMemory.open(journal, "s").restored == Restored("state")
    with memory:
        memory.create("user", "new")
    assert contents(WorkingMemory.open(journal, "s")) == ["new"]
    with held:  # another process that had it open all the time
        held.create("user", "newer")
    again = WorkingMemory.open(journal, "s")
    assert (again.restored.source, contents(again)) == ("state", ["new", "newer"])
    assert "before-reset" in told(again)
    assert again.tombstones == ()


def test_another_path_is_another_memory(journal: api.Journal) -> None:
    ids = fill(journal)
    journal.append(
        Draft(body="why", kind="branch", session="s", path="try", parent=ids[2],
              fields={"switched": "try"})
    )  # fmt: skip
    with WorkingMemory.open(journal, "s") as memory:
        assert memory.restored.source == "state"
        assert "c" in contents(memory)
        assert "d" not in contents(memory)  # it came after the fork
        assert f"{ids[3]}: the session goes on another path now" in told(memory)
        memory.create("user", "tried")
    assert journal.find(memory.messages[-1].id).path == "try"


def test_a_compact_stands_for_what_it_covers(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        ids = [memory.create("user", text).id for text in "abcd"]
    compact = journal.append(
        Draft(body="a to c", title="Compacted", kind="compact", session="s",
              fields={"covers": 3, "first": ids[0], "last": ids[2]})
    )  # fmt: skip
    memory = WorkingMemory.open(journal, "s")
    assert contents(memory) == ["Compacted\n\na to c", "d"]
    assert {one.id: one.summary for one in memory.tombstones} == dict.fromkeys(ids[:3], compact.id)


def test_a_compact_stands_for_its_own_path_alone(journal: api.Journal) -> None:
    def say(text: str, path: str, kind: str = "message", **fields: object) -> str:
        switched = {"switched": path} if kind == "event" else {}
        draft = Draft(body=text, kind=kind, session="s", path=path, fields={**fields, **switched})
        return journal.append(draft).id

    first = say("a", "main")
    say("try it", "try", "event")
    tried = say("b", "try")
    say("back", "main", "event")
    with WorkingMemory.open(journal, "s") as memory:
        aside = memory.create("user", "c")
    say("on", "try", "event")
    last = say("d", "try")
    compact = say("b and d", "try", "compact", covers=2, first=tried, last=last)
    memory = WorkingMemory.open(journal, "s")
    assert contents(memory) == ["b and d"]
    assert f"{first} and 1 more" not in told(memory)
    assert f"{first}, {aside.id}: the session goes on another path now" in told(memory)
    assert {one.summary for one in memory.tombstones} == {""}
    assert memory.messages[0].id == compact


@pytest.mark.parametrize("most", [1, 2, 3, 100])
def test_without_a_state_it_is_as_restore_gives_it(journal: api.Journal, most: int) -> None:
    for n, role in enumerate(("user", "assistant", "tool", "", "system")):
        journal.append(Draft(body=f"text {n}", kind="message", role=role, session="s"))
    journal.append(Draft(body="Small.", title="Take it", kind="decision", session="s"))
    journal.append(Draft(body="started", kind="event", session="s"))
    memory = WorkingMemory.open(journal, "s", max_messages=most)
    given = restore(journal, "s", budget=Budget(messages=most)).messages
    wanted = [{"role": one.role, "content": one.content} for one in given]
    assert memory.as_messages() == wanted
    assert memory.restored.source == "session"


# Several processes

WORK = """
import sys
from journal import api
from journal.working import WorkingMemory
root, name, count = sys.argv[1:4]
with api.open(root) as journal, WorkingMemory.open(journal, "s") as memory:
    for number in range(int(count)):
        one = memory.create("user", f"{name} {number}")
        sys.stdout.write(f"{one.id}\\n")
        sys.stdout.flush()
"""


def process(journal: api.Journal, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORK, journal.root, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_see_each_other_when_they_open(journal: api.Journal) -> None:
    workers = [process(journal, name, 8) for name in ("x", "y")]
    ids = {line.strip() for worker in workers for line in worker.communicate()[0].splitlines()}
    assert len(ids) == 16
    memory = WorkingMemory.open(journal, "s")
    assert {one.id for one in memory.messages} == ids
    assert [one.turn for one in memory.messages] == list(range(1, 17))
    for name in ("x", "y"):
        own = [text for text in contents(memory) if text.startswith(name)]
        assert own == [f"{name} {n}" for n in range(8)]


def test_what_is_appended_while_it_opens_is_there(journal: api.Journal) -> None:
    class Late(StateFile):
        """A state file that another process replaces just before it is read."""

        def read(self) -> Any:
            with api.open(self.root) as other, WorkingMemory.open(other, "s") as memory:
                memory.create("user", "just now")
            return StateFile.read(self)

    fill(journal)
    owner = Owner(journal.notebook.place.id, "main", "s")
    held, done = rebuilt(journal, owner, Late.of(journal.root, "main", "s"), Bounds(9, 999))
    assert [one.content for one in held.messages] == ["c", "d", "just now"]
    assert done == Restored("state")


def test_the_last_writer_wins_and_nothing_is_lost(journal: api.Journal) -> None:
    one, two = (WorkingMemory.open(journal, "s") for _ in range(2))
    first = one.create("user", "first")
    two.create("user", "second")
    one.evict(first.id)
    third = two.create("user", "third")
    one.close()
    two.update(third.id, "3rd")
    two.close()
    again = WorkingMemory.open(journal, "s")
    assert contents(again) == ["first", "second", "3rd"]
    with again:
        again.summarize("the first", [first.id])
    state_file(journal).unlink()
    other = WorkingMemory.open(journal, "s")
    assert (other.restored.source, contents(other)) == ("session", ["the first", "second", "3rd"])


@pytest.mark.parametrize("after", [1, 7, 40])
def test_killed_in_the_middle(journal: api.Journal, after: int) -> None:
    worker = process(journal, "x", 10_000)
    assert worker.stdout
    seen = [worker.stdout.readline().strip() for _ in range(after)]
    worker.send_signal(signal.SIGKILL)
    seen += worker.stdout.read().split()
    worker.wait()
    memory = WorkingMemory.open(journal, "s")
    ids = [one.id for one in memory.messages]
    acknowledged = [one for one in seen if len(one) == 26]
    assert ids[: len(acknowledged)] == acknowledged
    assert len(ids) <= len(acknowledged) + 1  # one may have been kept and not told of
    assert contents(memory) == [f"x {n}" for n in range(len(ids))]
    assert [one.turn for one in memory.messages] == list(range(1, len(ids) + 1))
