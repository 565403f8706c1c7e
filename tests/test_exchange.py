"""Workspaces that exchange packs in any order end with the same entries, and all of it is sound."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import exchanges
from exchanges import api_draft, bodies, pack_of, unsound, workspace
from hypothesis import given, settings
from hypothesis import strategies as st

from journal import forgetting
from journal.api import Journal
from journal.daypath import lies_in_pack
from journal.packing.bringing import bring
from journal.selection import Selection

SESSIONS = ("spike", "review", "")
WHO = st.integers(0, 2)
STEP = st.one_of(
    st.tuples(st.just("append"), WHO, st.sampled_from(SESSIONS)),
    st.tuples(st.just("hide"), WHO, st.integers(0, 5)),
    st.tuples(st.just("purge"), WHO, st.integers(0, 5)),
    st.tuples(st.just("type"), WHO, st.integers(0, 2)),
    st.tuples(st.just("send"), WHO, st.integers(1, 2)),
    st.tuples(st.just("send-some"), WHO, st.integers(1, 2)),
)


class Exchange:
    """Three workspaces, and what they did so far."""

    def __init__(self, base: Path, stack: ExitStack) -> None:
        self.base = base
        self.all = [stack.enter_context(workspace(base / name)) for name in ("a", "b", "c")]
        self.number = 0

    def step(self, what: str, who: int, more: int | str) -> None:
        """One of the things that can happen."""
        journal = self.all[who]
        self.number += 1
        if what == "append":
            draft = api_draft(f"{what} {self.number} of {who}", session=more)
            journal.append(draft)
        elif what == "type":
            day = Path(journal.root, "journal/main/2026", f"2026-11-0{int(more) + 1}.md")
            day.parent.mkdir(parents=True, exist_ok=True)
            with day.open("a") as file:
                file.write(f"\n## 10:0{more} By hand\n\nTyped {self.number}.\n")
        elif what in ("hide", "purge"):
            self.forget(journal, what, int(more))
        else:
            self.send(who, (who + int(more)) % 3, some=what == "send-some")

    def forget(self, journal: Journal, what: str, which: int) -> None:
        """Hide or purge one of its own entries: nobody says for others what is forgotten."""
        own = [row for row in journal.rows() if row.sealed and not lies_in_pack(row.file)]
        rows = [row for row in own if row.head.startswith("append")]
        if which < len(rows) and what == "hide":
            forgetting.hide(journal, [rows[which]], "seen enough")
        elif which < len(rows):
            forgetting.purge(journal, [rows[which].id], "a mistake")

    def send(self, who: int, to: int, *, some: bool = False) -> None:
        """A pack goes from one to another."""
        self.number += 1
        target = self.base / f"pack-{self.number}"
        only = {"session": "spike"} if some else {}
        pack = pack_of(self.all[who], target, zipped=self.number % 2 == 0, **only)
        brought = bring(self.all[to], str(pack))
        assert brought.conflicting == 0
        again = bring(self.all[to], str(pack))
        assert (again.new, again.entry) == (0, "")
        assert unsound(self.all[to]) == []
        if pack.is_dir():
            shutil.rmtree(pack)

    def settle(self) -> None:
        """Everybody hears of everything."""
        for who, to in ((0, 1), (1, 2), (2, 0), (0, 1), (2, 1), (1, 0), (1, 2)):
            self.send(who, to)


def shown(journal: Journal) -> list[tuple[str, str]]:
    """What readers see, without the records of imports."""
    return sorted(
        (row.id if row.sealed else "", row.digest)
        for row in journal.rows(Selection(namespace="main"))
        if row.fields.get("event") != "pack-imported" and row.kind != "forget"
    )


@settings(max_examples=max(5, settings().max_examples // 20))
@given(st.lists(STEP, min_size=2, max_size=10))
def test_in_any_order_all_end_with_the_same(steps: list[tuple[str, int, int | str]]) -> None:
    with tempfile.TemporaryDirectory() as base, ExitStack() as stack:
        exchange = Exchange(Path(base), stack)
        for step in steps:
            exchange.step(*step)
        exchange.settle()
        first, *others = exchange.all
        for other in others:
            assert bodies(other) == bodies(first)
            assert shown(other) == shown(first)


def test_two_machines_that_go_on_meanwhile(tmp_path: Path) -> None:
    """The plain case, by hand: both write, both send, twice; nothing comes twice."""
    with ExitStack() as stack:
        exchange = Exchange(tmp_path, stack)
        for round_ in range(3):
            for who in (0, 1):
                exchange.step("append", who, "spike")
                exchange.step("append", who, "")
            exchange.send(0, 1)
            exchange.send(1, 0)
            assert len(bodies(exchange.all[0])) == 4 * (round_ + 1)
        assert exchanges.headers(exchange.all[0]) == exchanges.headers(exchange.all[1])
        for journal in exchange.all:
            ids = [row.id for row in journal.rows()]
            assert len(ids) == len(set(ids))
