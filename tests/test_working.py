"""Working memory while it is open: bounds at every moment, and nothing in it that isn't kept."""

import json
import random
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from journal import api
from journal.entry import Draft
from journal.errors import FormatError, JournalError, Refused, UsageError, WorkspaceError
from journal.working import Message, Tombstone, WorkingMemory, holding
from journal.working.holding import Bounds, Holding
from journal.workspace import init

SCHEMA = json.loads((ROOT / "schemas" / "working-state.json").read_text(encoding="utf-8"))
SAME = {"token": "t1"}
TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"  # as their documentation shows one


def contents(memory: WorkingMemory) -> list[str]:
    return [one.content for one in memory.messages]


def state_file(journal: api.Journal, session: str = "s") -> Path:
    return Path(journal.root) / ".journal/state/working/main" / f"{session}.json"


def test_a_message_is_an_entry_first(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        one = memory.create("user", "Which index?\r\n", actor="anna", tags=("search",))
        two = memory.create("assistant", "Whoosh")
        assert memory.messages == (one, two)
    entry = journal.find(one.id)
    assert (entry.kind, entry.role, entry.session, entry.actor) == ("message", "user", "s", "anna")
    assert entry.body == one.content == "Which index?\n"
    assert (entry.tags, entry.turn, one.turn, two.turn) == (("search",), 1, 1, 2)
    assert entry.microseconds == one.microseconds
    assert memory.as_messages() == [
        {"role": "user", "content": "Which index?\n"},
        {"role": "assistant", "content": "Whoosh"},
    ]


def test_a_model_knows_three_roles(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        for role in ("human", "tool", "", "system", "assistant"):
            memory.create(role, "x")
        roles = [one["role"] for one in memory.as_messages()]
    assert roles == ["user", "user", "user", "system", "assistant"]


def test_an_update_is_an_entry_that_replaces_one(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        first, last = memory.create("user", "frist"), memory.create("user", "last")
        once = memory.update(first.id, "firts")
        twice = memory.update(first.id, "first")
        assert [one.id for one in memory.messages] == [first.id, last.id]
        assert contents(memory) == ["first", "last"]
    assert {once.id, twice.id} == {first.id}
    assert len({first.entry, once.entry, twice.entry}) == 3
    kept = journal.find(twice.entry)
    assert (kept.fields["replaces"], kept.parent, kept.role) == (first.id, once.entry, "user")
    assert journal.find(first.id).body == "frist"


def test_the_oldest_leave_for_the_newest(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s", max_messages=2, max_bytes=10) as memory:
        made = [memory.create("user", text) for text in ("aaaa", "bbbb", "ä")]
        assert contents(memory) == ["bbbb", "ä"]
        memory.create("user", "ääää")  # eight bytes
        assert contents(memory) == ["ä", "ääää"]
        assert memory.bytes == 10
        memory.update(memory.messages[1].id, "äääää")
        assert contents(memory) == ["äääää"]
        memory.create("user", "b")
        assert contents(memory) == ["b"]
        memory.update(memory.create("user", "c").id, "cccccccccc")
        assert contents(memory) == ["cccccccccc"]
        stones = memory.tombstones[:3]
        assert [one.id for one in stones] == [one.id for one in made]
        assert [(one.bytes, one.title, one.summary) for one in stones] == [
            (4, "aaaa", ""), (4, "bbbb", ""), (2, "ä", ""),
        ]  # fmt: skip
        assert memory.find(made[0].id) == stones[0]
        assert memory.find(memory.messages[0].id) == memory.messages[0]
        assert memory.evict(made[0].id) == stones[0]
        with pytest.raises(UsageError, match="has left memory") as left:
            memory.update(made[0].id, "x")
        assert made[0].id in left.value.hint
        with pytest.raises(UsageError, match="no entry's id"):
            memory.find("01ARZ3NDEKTSV4RRFFQ69G5FAV")


def test_the_oldest_grows_and_a_newer_one_leaves(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s", max_bytes=4) as memory:
        first = memory.create("user", "a")
        memory.create("user", "bb")
        memory.update(first.id, "aaa")
        assert contents(memory) == ["aaa"]


def test_what_memory_can_not_hold_is_not_appended(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s", max_bytes=4) as memory:
        one = memory.create("user", "abcd")
        before = journal.count()
        acts: list[tuple[Callable[..., Message], list[str]]] = [
            (memory.create, ["user"]), (memory.update, [one.id]), (memory.summarize, []),
        ]  # fmt: skip
        for act, words in acts:
            with pytest.raises(FormatError, match="5 bytes, and all of memory holds 4") as told:
                act(*words, "ääa")
            assert told.value.kind == "body-too-large"
            assert "max_bytes" in told.value.hint
        with pytest.raises(FormatError, match="the body is empty"):
            memory.create("user", "")
        assert journal.count() == before
        assert memory.messages == (one,)


@pytest.mark.parametrize("bounds", [(0, 9), (9, 0), (True, 9), (-1, 9)])
def test_bounds_hold_something(journal: api.Journal, bounds: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="memory has to hold something"):
        WorkingMemory.open(journal, "s", max_messages=bounds[0], max_bytes=bounds[1])


def test_a_summary_stands_for_what_left(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s", max_messages=3) as memory:
        made = [memory.create("user", f"message {n}") for n in range(5)]
        summary = memory.summarize("The first two.")
        # It stands before what came after them, and is as new as it is: the next oldest made room.
        assert contents(memory) == ["The first two.", "message 3", "message 4"]
        stones = {one.id: one.summary for one in memory.tombstones}
        assert stones == {made[0].id: summary.id, made[1].id: summary.id, made[2].id: ""}
        memory.create("user", "message 5")
        assert contents(memory) == ["The first two.", "message 4", "message 5"]
    entry = journal.find(summary.id)
    assert (entry.kind, entry.role, entry.session) == ("summary", "system", "s")
    assert entry.title == "Summary of 2 messages"
    assert entry.fields == {
        "covers": 2, "first": made[0].id, "last": made[1].id,
        "stands-for": [made[0].id, made[1].id],
    }  # fmt: skip


def test_what_is_summarized(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        with pytest.raises(UsageError, match="0 messages can't be summarized"):
            memory.summarize("nothing")
        made = [memory.create("user", f"m{n}") for n in range(5)]
        half = memory.summarize("S0")  # nothing has left: the older half
        assert contents(memory) == ["S0", "m3", "m4"]
        memory.evict(made[4].id)
        memory.summarize("S1")  # what left since
        assert contents(memory) == ["S0", "m3", "S1"]
        last = memory.summarize("S2", [half.id, made[3].id])
        assert contents(memory) == ["S2", "S1"]
        assert memory.find(half.id).summary == last.id  # type: ignore[union-attr]
        with pytest.raises(UsageError, match="no entry's id"):
            memory.summarize("x", ["01ARZ3NDEKTSV4RRFFQ69G5FAV"])


def test_a_later_summary_stands_behind_an_earlier_one(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        made = [memory.create("user", f"m{n}") for n in range(4)]
        memory.summarize("S0", [made[0].id])
        memory.evict(made[1].id)
        memory.evict(made[2].id)
        memory.summarize("S1")
        assert contents(memory) == ["S0", "S1", "m3"]
    assert contents(WorkingMemory.open(journal, "s")) == ["S0", "S1", "m3"]
    state_file(journal).unlink()
    assert contents(WorkingMemory.open(journal, "s")) == ["S0", "S1", "m3"]


def test_tombstones_are_bounded_and_the_journal_is_not(
    journal: api.Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "TOMBSTONES", 3)
    with WorkingMemory.open(journal, "s", max_messages=1) as memory:
        made = [memory.create("user", f"m{n}") for n in range(6)]
        assert [one.id for one in memory.tombstones] == [one.id for one in made[2:5]]
        with pytest.raises(UsageError):
            memory.find(made[0].id)
        memory.evict(made[5].id)
    again = WorkingMemory.open(journal, "s")
    assert again.messages == ()
    assert [one.title for one in again.tombstones] == ["m3", "m4", "m5"]
    assert journal.count() == 6


def test_a_token_twice_is_one_message(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        one = memory.create("user", "once", **SAME)
        assert memory.create("user", "once", **SAME) == one
        assert memory.messages == (one,)
        memory.evict(one.id)
        assert memory.create("user", "once", **SAME).id == one.id
        assert (contents(memory), memory.tombstones) == (["once"], ())
    with WorkingMemory.open(journal, "other") as memory:
        with pytest.raises(UsageError, match="is no message of this session"):
            memory.create("user", "once", **SAME)
        assert memory.messages == ()
    assert journal.count() == 1


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"session": "other"}, "unknown-key"),
        ({"fields": {"replaces": "x"}}, "reserved-key"),
        ({"fields": {"stands-for": ["x"]}}, "reserved-key"),
    ],
)
def test_what_memory_says_itself_nobody_gives(
    journal: api.Journal, more: dict[str, Any], kind: str
) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        with pytest.raises(UsageError) as told:
            memory.create("user", "x", **more)
        assert told.value.kind == kind
    assert journal.count() == 0


def test_memory_that_is_closed_takes_nothing(journal: api.Journal) -> None:
    memory = WorkingMemory.open(journal, "s")
    one = memory.create("user", "x")
    memory.close()
    memory.close()
    with pytest.raises(UsageError, match="is closed"):
        memory.create("user", "y")
    assert memory.messages == (one,)
    open_again(journal)
    assert contents(WorkingMemory.open(journal, "s")) == ["x", "y"]


def open_again(journal: api.Journal) -> None:
    def work() -> None:
        with WorkingMemory.open(journal, "s") as memory:
            memory.create("user", "y")
            raise KeyError

    with pytest.raises(KeyError):
        work()


def test_names_are_checked(journal: api.Journal) -> None:
    for session, namespace in (("../x", ""), ("", ""), ("s", "A"), ("s", "..")):
        with pytest.raises(UsageError, match="is no name"):
            WorkingMemory.open(journal, session, namespace=namespace)
    with pytest.raises(Refused, match="looks like a secret"):
        WorkingMemory.open(journal, TOKEN)
    longest = "s" * 64
    with WorkingMemory.open(journal, longest) as memory:
        memory.create("user", "x")
    assert WorkingMemory.open(journal, longest).restored.source == "state"


# What the policy doesn't keep


def test_secrets_are_masked_here_as_there(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        one = memory.create("user", f"use {TOKEN} for it")
        assert TOKEN not in one.content
        assert one.content == journal.find(one.id).body
        again = memory.update(one.id, f"no, {TOKEN}")
        memory.summarize(f"about {TOKEN}")
        assert again.content == journal.find(again.entry).body
    every = [file.read_bytes() for file in Path(journal.root).rglob("*") if file.is_file()]
    assert every
    assert not any(TOKEN.encode() in data for data in every)


def test_a_role_that_is_a_secret_is_masked(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        one = memory.create(TOKEN, "x")
        assert one.role == journal.find(one.id).role != TOKEN
    assert TOKEN not in state_file(journal).read_text(encoding="utf-8")


def test_a_masked_text_counts_as_it_is_kept(journal: api.Journal) -> None:
    text = "password = hunter2secret99"
    with WorkingMemory.open(journal, "s") as memory:
        kept = memory.create("user", text).bytes
    assert kept > len(text)  # what is put in its place is longer
    with WorkingMemory.open(journal, "t", max_bytes=len(text)) as memory:
        before = journal.count()
        with pytest.raises(FormatError, match=f"{kept} bytes"):
            memory.create("user", text)
        assert journal.count() == before


@pytest.mark.parametrize(("mode", "told"), [("none", "was not kept"), ("hash_only", "its digest")])
def test_memory_holds_no_text_that_the_journal_does_not(
    journal: api.Journal, mode: str, told: str
) -> None:
    policy = Path(journal.root) / "policy.yaml"
    policy.write_text(f"schema: journal/policy@1\ndefaults:\n  persist: {mode}\n", encoding="utf-8")
    with WorkingMemory.open(journal, "s") as memory:
        one = memory.create("user", "between us")
        assert told in one.content
        assert mode in one.withheld
        assert one.content == journal.find(one.entry).body
        two = memory.update(one.id, "and this")
        assert told in two.content
        with pytest.raises(Refused, match="keeps no text of a summary"):
            memory.summarize("all of it")
        assert memory.messages == (two,)
    again = WorkingMemory.open(journal, "s")
    assert again.restored.notes == ()
    assert again.messages == memory.messages


def test_a_journal_that_is_off_gives_memory_nothing(journal: api.Journal) -> None:
    config = Path(journal.root) / "journal.toml"
    with WorkingMemory.open(journal, "s") as memory:
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("enabled = true", "enabled = false"), encoding="utf-8")
        with pytest.raises(WorkspaceError) as told:
            memory.create("user", "x")
    assert told.value.kind == "disabled"
    assert memory.messages == ()


# The state file


def test_the_state_is_private_and_without_texts(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s", max_messages=3) as memory:
        for n in range(5):
            memory.create("user", f"something to say {n}", title=f"Title {n}")
        memory.summarize("how it went")
        value = json.loads(memory_state(memory, journal))
    file = state_file(journal)
    text = file.read_text(encoding="utf-8")
    assert not any(word in text for word in ("something", "Title", "how it went"))
    assert json.loads(text) == value
    assert list(Draft202012Validator(SCHEMA).iter_errors(value)) == []
    for digest in [one.digest for one in memory.messages]:
        assert digest[7:] not in text  # a guess at a purged text can't be tried on it
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def memory_state(memory: WorkingMemory, journal: api.Journal) -> str:
    memory.save()
    return state_file(journal).read_text(encoding="utf-8")


def test_the_schema_tells_a_wrong_state(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s", max_messages=1) as memory:
        memory.create("user", "a")
        memory.create("user", "b")
        value = json.loads(memory_state(memory, journal))
    check = Draft202012Validator(SCHEMA)
    for key in value:
        assert list(check.iter_errors({k: v for k, v in value.items() if k != key})), key
        assert list(check.iter_errors({**value, key: [[["x"]]]})), key
    for key in ("messages", "tombstones"):
        for inner in value[key][0]:
            rest = {k: v for k, v in value[key][0].items() if k != inner}
            assert list(check.iter_errors({**value, key: [rest]})), inner
            wrong = {**value[key][0], inner: ["x"]}
            assert list(check.iter_errors({**value, key: [wrong]})), inner


def test_a_state_that_can_not_be_written_costs_nothing(journal: api.Journal) -> None:
    state_file(journal).mkdir(parents=True)
    memory = WorkingMemory.open(journal, "s")
    one = memory.create("user", "a")
    stone = memory.evict(one.id)
    assert "can't be kept" in memory.trouble
    with pytest.raises(JournalError, match="can't be kept") as told:
        memory.close()
    assert told.value.kind == "not-written"
    assert "nothing is lost" in told.value.hint
    assert memory.tombstones == (stone,)
    state_file(journal).rmdir()
    memory.save()
    assert memory.trouble == ""
    assert WorkingMemory.open(journal, "s").tombstones == (stone,)


def test_a_damaged_key_costs_the_state_and_nothing_else(journal: api.Journal) -> None:
    with WorkingMemory.open(journal, "s") as memory:
        memory.create("user", "a")
    key = Path(journal.root) / ".journal/state/fingerprint-key"
    key.write_text("damaged\n", encoding="utf-8")
    memory = WorkingMemory.open(journal, "s")
    assert (memory.restored.source, contents(memory)) == ("state", ["a"])
    memory.evict(memory.create("user", "b").id)
    assert "64 hex digits" in memory.trouble
    assert key.read_text(encoding="utf-8") == "damaged\n"
    assert contents(WorkingMemory.open(journal, "s")) == ["a", "b"]


def test_the_file_may_stand_elsewhere(journal: api.Journal, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    with WorkingMemory.open(journal, "s", state=str(file)) as memory:
        memory.evict(memory.create("user", "a").id)
        memory.create("user", "b")
    assert not state_file(journal).exists()
    again = WorkingMemory.open(journal, "s", state=str(file))
    assert (again.restored.source, contents(again)) == ("state", ["b"])


# Against simple models


def name(number: int) -> str:
    """An id that sorts otherwise than its message does."""
    return f"m{99 - number}"


def message(number: int, size: int) -> Message:
    return Message(name(number), "user", "x" * size, f"e{number}", "", turn=number)


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["create", "update", "evict", "summarize"]), st.integers(0, 12),
              st.integers(0, 12)),
    max_size=40,
)  # fmt: skip


@given(st.integers(1, 6), st.integers(12, 40), OPERATIONS)
def test_bounds_order_and_tombstones(
    most: int, size: int, operations: list[tuple[str, int, int]]
) -> None:
    held = Holding(Bounds(most, size))
    model: dict[str, int] = {}  # sizes, the oldest first
    gone: dict[str, str] = {}
    for number, (what, which, length) in enumerate(operations, 1):
        names = list(model)
        chosen = names[which % len(names)] if names else ""
        kept = name(number)
        if what == "create" or not chosen:
            held = held.with_message(message(number, length))
            model[kept] = length
        elif what == "update":
            old = held.message(chosen)
            assert old
            held = held.with_update(
                Message(chosen, "user", "y" * length, f"e{number}", "", turn=old.turn)
            )
            model[chosen], kept = length, chosen
        elif what == "evict":
            held = held.without([chosen])
            del model[chosen]
            gone[chosen] = ""
        else:
            ids = held.to_summarize(5)
            held = held.with_summary(message(number, length), ids)
            gone |= dict.fromkeys(ids, kept)
            model = {name: size for name, size in model.items() if name not in ids}
            model[kept] = length
        while len(model) > most or sum(model.values()) > size:
            oldest = next(name for name in model if name != kept)
            gone[oldest] = gone.get(oldest, "")
            del model[oldest]
        assert len(held.messages) <= most
        assert held.bytes == sum(one.bytes for one in held.messages) <= size
        assert {one.id: one.bytes for one in held.messages} == model
        assert {one.id: one.summary for one in held.tombstones} == gone
        places = [one.place for one in held.tombstones]
        assert places == sorted(places)


@given(OPERATIONS)
def test_summaries_stand_where_what_they_stand_for_stood(
    operations: list[tuple[str, int, int]],
) -> None:
    held = Holding(Bounds(4, 1000))
    last: dict[str, int] = {}  # the turn of the last message that it stands for
    for number, (what, _, size) in enumerate(operations, 1):
        if what != "summarize" or not held.messages:
            held = held.with_message(message(number, size))
            continue
        ids = held.to_summarize(3)
        known: list[Message | Tombstone] = [*held.messages, *held.tombstones]
        turns = {one.id: one.turn for one in known}
        last[name(number)] = max(last.get(one, turns[one]) for one in ids)
        held = held.with_summary(message(number, size), ids)
        order = [last.get(one.id, one.turn) for one in held.messages]
        plain = [one.turn for one in held.messages if one.id not in last]
        assert plain == sorted(plain)
        # None stands behind a message that came after all it stands for.
        at = next(n for n, one in enumerate(held.messages) if one.id == name(number))
        assert all(turn <= order[at] for turn in order[:at] if turn in plain)


@settings(max_examples=8)
@given(st.integers(0, 1 << 30))
def test_any_sequence_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    dice = random.Random(seed)
    root = str(tmp_path_factory.mktemp("book"))
    init(root)
    with api.open(root) as journal:
        most, size = dice.randint(1, 5), dice.randint(20, 60)
        memory = WorkingMemory.open(journal, "s", max_messages=most, max_bytes=size)
        texts: dict[str, str] = {}
        for number in range(14):
            one_step(dice, memory, texts, number)
            if dice.random() < 0.25:
                memory.close()
                again = WorkingMemory.open(journal, "s", max_messages=most, max_bytes=size)
                assert again.messages == memory.messages
                assert again.tombstones == memory.tombstones
                assert again.restored.notes == () or again.restored.source == "nothing"
                memory = again
        assert {entry.id: entry.body for entry in journal.entries()}.items() >= texts.items()


def one_step(dice: random.Random, memory: WorkingMemory, texts: dict[str, str], n: int) -> None:
    """Something that an agent does; `texts` gets the entry that has to tell of it."""
    ids = [one.id for one in memory.messages]
    what = dice.choice(["create", "create", "update", "evict", "summarize"]) if ids else "create"
    text = f"{n}" * dice.randint(1, 10)
    if what == "create":
        done = memory.create(dice.choice(["user", "assistant", "tool"]), text)
    elif what == "update":
        done = memory.update(dice.choice(ids), text)
    elif what == "evict":
        memory.evict(dice.choice(ids))
        return
    else:
        done = memory.summarize(text, None if dice.random() < 0.5 else dice.sample(ids, 1))
    texts[done.entry] = text


class Storm:
    """What several threads do to one memory, and whoever looks at it meanwhile."""

    def __init__(self, memory: WorkingMemory) -> None:
        self.memory = memory
        self.done: list[Message] = []
        self.wrong: list[object] = []
        self.over = threading.Event()

    def work(self, seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(10):
            try:
                self._act(dice)
            except UsageError as error:  # another thread was quicker: it has left memory
                if error.kind not in ("entry-not-found", "usage"):
                    self.wrong.append(error)

    def _act(self, dice: random.Random) -> None:
        what = dice.random()
        held = self.memory.messages
        text = f"{dice.random():.{dice.randint(1, 9)}f}"
        if what < 0.5 or not held:
            self.done.append(self.memory.create("user", text))
        elif what < 0.7:
            self.done.append(self.memory.update(dice.choice(held).id, text))
        elif what < 0.85:
            self.memory.evict(dice.choice(held).id)
        else:
            self.done.append(self.memory.summarize(text, [dice.choice(held).id]))

    def look(self) -> None:
        while not self.over.wait(0.0005):
            held = self.memory.messages
            if len(held) > 6 or sum(len(one.content) for one in held) > 60:
                self.wrong.append(held)


def run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads that are switched as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hurried")
def test_threads_share_it(journal: api.Journal) -> None:
    memory = WorkingMemory.open(journal, "s", max_messages=6, max_bytes=60)
    storm = Storm(memory)
    looker = threading.Thread(target=storm.look)
    looker.start()
    run([threading.Thread(target=storm.work, args=(seed,)) for seed in range(8)])
    storm.over.set()
    looker.join()
    memory.close()
    assert storm.wrong == []
    bodies = {entry.id: entry.body for entry in journal.entries()}
    assert {one.entry: one.content for one in storm.done} == bodies
    assert len(storm.done) == len(bodies) > 30
    ids = [one.id for one in memory.messages] + [one.id for one in memory.tombstones]
    assert len(set(ids)) == len(ids)
    assert [one.turn for one in journal.rows(oldest=True)] == list(range(1, len(bodies) + 1))
    again = WorkingMemory.open(journal, "s", max_messages=6, max_bytes=60)
    assert again.messages == memory.messages
    assert again.tombstones == memory.tombstones


@pytest.mark.usefixtures("hurried")
def test_no_thread_undoes_what_another_did(journal: api.Journal) -> None:
    """With many messages in it, a change takes long enough to be caught in."""
    many = [Draft(body=f"{n}", kind="message", session="s") for n in range(2000)]
    journal.notebook.append_many(many)
    memory = WorkingMemory.open(journal, "s", max_messages=10_000)
    made: list[Message] = []

    def work() -> None:
        made.extend(memory.create("user", "x") for _ in range(10))

    run([threading.Thread(target=work) for _ in range(4)])
    ids = {one.id for one in memory.messages}
    assert len(ids) == len(memory.messages) == 2040
    assert {one.id for one in made} <= ids


@pytest.mark.usefixtures("hurried")
def test_two_memories_keep_one_state_file(journal: api.Journal) -> None:
    memories = [WorkingMemory.open(journal, "s") for _ in range(3)]
    wrong: list[JournalError] = []

    def work(memory: WorkingMemory) -> None:
        try:
            for _ in range(15):
                memory.save()
        except JournalError as error:
            wrong.append(error)

    run([threading.Thread(target=work, args=(memory,)) for memory in memories])
    assert wrong == []
    assert [one.name for one in state_file(journal).parent.iterdir()] == ["s.json"]


@pytest.mark.usefixtures("hurried")
def test_memories_of_one_journal_share_nothing(journal: api.Journal) -> None:
    memories = [WorkingMemory.open(journal, f"s{n}") for n in range(4)]

    def work(memory: WorkingMemory) -> None:
        for number in range(6):
            memory.create("user", f"{memory.session} {number}")
        memory.close()

    run([threading.Thread(target=work, args=(memory,)) for memory in memories])
    for memory in memories:
        wanted = [f"{memory.session} {number}" for number in range(6)]
        again = WorkingMemory.open(journal, memory.session)
        assert contents(memory) == contents(again) == wanted
        assert [one.turn for one in again.messages] == list(range(1, 7))


def test_what_else_was_said_is_shown_with_its_title(journal: api.Journal) -> None:
    journal.append(Draft(body="It is small.", title="Take Whoosh", kind="decision", session="s"))
    journal.append(Draft(body="x", kind="event", session="s"))
    (one,) = WorkingMemory.open(journal, "s").messages
    assert (one.content, one.title) == ("Take Whoosh\n\nIt is small.", "Take Whoosh")
    assert isinstance(WorkingMemory.open(journal, "s", max_bytes=5).find(one.id), Tombstone)
