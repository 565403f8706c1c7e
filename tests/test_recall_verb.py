"""`journal recall`: what is shown of hits, beside them, and instead of them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from shapes import faults

from journal import api, forgetting
from journal.catalog.row import Row
from journal.cli import recall_output
from journal.cli.recall_output import Shown
from journal.entry import Draft, Entry
from journal.recall.engine import Answer, Hit, Reason
from journal.recall.grouping import grouped, merged
from journal.recall.query import Asked, Bag, Phrase, Word
from journal.recall.varied import Kept, filled, varied
from journal.source import Source
from journal.workspace import init

DAY = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
LOREM = (
    "the quick brown fox jumps over the lazy dog while seven wizards judge how much ink a scribe"
    " would spill on vellum before dawn comes up behind the hills of the old town"
)


def entry(number: int, body: str = "", **fields: Any) -> Entry:
    """An entry an hour after the one before it."""
    moment = DAY + timedelta(hours=number)
    known: dict[str, Any] = {
        "id": f"01KAJ2X7Q0M3C4V5B6N7Q8{number:04}", "at": moment.isoformat(), "moment": moment,
        "kind": "note", "title": "", "body": body or f"body {number}", "namespace": "main",
        "source": Source("journal/main/2026/2026-11-19.md", number + 1),
    }  # fmt: skip
    return Entry(**(known | fields))


def hit(number: int, body: str = "", score: float = 1.0, **fields: Any) -> Hit:
    found = entry(number, body, **fields)
    return Hit(found, score, found.body[:40])


def heads(rows: list[Row]) -> list[str]:
    return [row.head for row in rows]


# Groups


def test_hits_are_grouped_by_session_where_the_best_of_each_stands() -> None:
    hits = [
        hit(30, session="b"), hit(1), hit(2, session="a"), hit(0, session="b"), hit(3),
        hit(4, session="a", namespace="other"), hit(40),
    ]  # fmt: skip
    found = grouped(hits, "session")
    assert [(g.namespace, g.session, g.first, g.last) for g in found] == [
        ("main", "b", "2026-11-19", "2026-11-20"),
        ("", "", "2026-11-19", "2026-11-19"),
        ("main", "a", "2026-11-19", "2026-11-19"),
        ("other", "a", "2026-11-19", "2026-11-19"),
        ("", "", "2026-11-21", "2026-11-21"),
    ]
    assert [[hits.index(one) for one in g.hits] for g in found] == [[0, 3], [1, 4], [2], [5], [6]]


def test_hits_are_grouped_by_day_whatever_their_session() -> None:
    hits = [hit(30, session="b"), hit(0, session="b"), hit(31), hit(1, namespace="other")]
    found = grouped(hits, "day")
    assert [(g.first, g.last, g.session) for g in found] == [
        ("2026-11-20", "2026-11-20", ""),
        ("2026-11-19", "2026-11-19", ""),
    ]
    assert [[hits.index(one) for one in g.hits] for g in found] == [[0, 2], [1, 3]]
    assert grouped([], "day") == ()


WINDOWS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 4)), max_size=20)


@given(WINDOWS)
def test_windows_that_overlap_are_made_one(windows: list[tuple[int, int]]) -> None:
    lists = [[f"{n:03}" for n in range(start, start + size + 1)] for start, size in windows]
    blocks = merged(lists)
    every = [item for block in blocks for item in block]
    assert len(every) == len(set(every))
    assert set(every) == {item for items in lists for item in items}
    for block in blocks:
        assert block == [f"{n:03}" for n in range(int(block[0]), int(block[-1]) + 1)]
    firsts = [
        min(n for n, items in enumerate(lists) if set(items) & set(block)) for block in blocks
    ]
    assert firsts == sorted(firsts)
    for items in lists:
        assert sum(not set(items).isdisjoint(block) for block in blocks) == 1


def test_two_orders_are_woven() -> None:
    assert merged([["a", "b", "c"], ["x", "b", "y"]]) == [["a", "x", "b", "y", "c"]]
    assert merged([["a"], ["b"], ["a", "m", "b"]]) == [["a", "m", "b"]]


# Near-duplicates


def ids(kept: tuple[Kept, ...]) -> list[tuple[str, list[str]]]:
    return [(one.hit.entry.id[-2:], [more[-2:] for more in one.alike]) for one in kept]


def test_what_differs_in_numbers_case_and_blanks_is_the_same() -> None:
    hits = [
        hit(1, "Build 17 of main failed after 3.5 s"), hit(2, "Nothing of the kind"),
        hit(3, "build 1,018 of  main\nfailed after 12 s"), hit(4, "Build of main failed after 3 s"),
        hit(5, "7"), hit(6, "8"), hit(7, "日本語のテスト 3"), hit(8, "日本語のテスト 4"),
        hit(9, "日本語の辞書"),
    ]  # fmt: skip
    assert ids(varied(hits, 10)) == [
        ("01", ["03"]), ("02", []), ("04", []), ("05", ["06"]), ("07", ["08"]), ("09", [])
    ]  # fmt: skip


def test_a_text_with_a_few_words_changed_is_left_out() -> None:
    changed = LOREM.replace("ink", "paint")
    other = LOREM[: len(LOREM) // 2] + " and then another story begins that has other words in it"
    hits = [hit(1, LOREM), hit(2, changed), hit(3, other), hit(4, LOREM, title="The fox")]
    assert ids(varied(hits, 10)) == [("01", ["02", "04"]), ("03", [])]
    assert ids(varied(hits, 1)) == [("01", ["02", "04"])]
    assert varied(hits, 0) == ()


def test_entries_without_a_text_are_not_the_same() -> None:
    empty = [Hit(replace(one.entry, body=""), 1.0, "") for one in (hit(1), hit(2))]
    assert ids(varied(empty, 10)) == [("01", []), ("02", [])]


TEXTS = st.lists(st.lists(st.sampled_from("abc"), max_size=12).map(" ".join), max_size=25)


@given(TEXTS, st.integers(0, 25))
def test_it_is_as_if_each_were_compared_with_each(texts: list[str], limit: int) -> None:
    hits = [Hit(replace(entry(n), body=text), 1.0, text) for n, text in enumerate(texts)]
    kept: list[tuple[str, list[str]]] = []
    sets: list[set[tuple[str, ...]]] = []
    for one in hits:
        words = one.entry.body.split()
        found = {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))} - {()}
        like = next(
            (n for n, s in enumerate(sets) if s and 5 * len(found & s) >= 4 * len(found | s)), -1
        )
        if like >= 0:
            kept[like][1].append(one.entry.id[-2:])
        elif len(kept) < limit:
            kept.append((one.entry.id[-2:], []))
            sets.append(found)
    assert ids(varied(hits, limit)) == kept


def asker(hits: list[Hit], limits: list[int]) -> Callable[[int], Answer]:
    def ask(limit: int) -> Answer:
        limits.append(limit)
        return Answer(tuple(hits[:limit]), len(hits), "scan")

    return ask


def test_further_hits_take_the_places_of_those_left_out() -> None:
    limits: list[int] = []
    hits = [hit(n, "the same text again") for n in range(30)] + [hit(n) for n in range(30, 33)]
    answer, kept = filled(asker(hits, limits), 2)
    assert (answer.total, limits) == (33, [8, 200])
    assert [one.hit.entry.id[-2:] for one in kept] == ["00", "30"]
    assert len(kept[0].alike) == len(set(kept[0].alike)) == 29


@pytest.mark.parametrize(
    ("number", "limit", "asked"),
    [(0, 10, [40]), (900, 3, [12, 200]), (900, 60, [200]), (900, 500, [500]), (8, 2, [8, 200])],
)
def test_it_is_not_asked_for_ever(number: int, limit: int, asked: list[int]) -> None:
    limits: list[int] = []
    hits = [hit(n, "the same text again") for n in range(number)]
    assert len(filled(asker(hits, limits), limit)[1]) == min(number, 1)
    assert limits == asked


def test_where_there_are_no_more_nobody_asks_for_them() -> None:
    limits: list[int] = []
    assert (
        len(filled(asker([hit(n, letter) for n, letter in enumerate("abcdefgh")], limits), 2)[1])
        == 2
    )
    assert len(filled(asker([hit(1, "a"), hit(2, "a")], limits), 2)[1]) == 1
    assert limits == [8, 8]


# What stands around an entry


@pytest.fixture
def journal(tmp_path: Path) -> api.Journal:
    """Thirty entries, every other of a session, in one day file, and three by hand."""
    init(str(tmp_path))
    found = api.open(str(tmp_path))
    drafts = [
        Draft(body=f"e{n}", session="s" if n % 2 else "", at=DAY + timedelta(minutes=n))
        for n in range(30)
    ]
    found.notebook.append_many(drafts)
    # Later in the file than in time, and at one minute.
    hand = "".join(f"\n## 07:00 {name}\n\n{name}\n" for name in ("third", "first", "second"))
    (file,) = (tmp_path / "journal").rglob("*.md")
    file.write_bytes(file.read_bytes() + hand.encode())
    return found


def test_around_an_entry_are_those_of_its_session(journal: api.Journal) -> None:
    rows = {row.head: row for row in journal.rows()}
    for name, before, after in [
        ("e1", [], ["e3", "e5"]),
        ("e15", ["e11", "e13"], ["e17", "e19"]),
        ("e29", ["e25", "e27"], []),
    ]:
        assert list(map(heads, journal.around(rows[name], 2))) == [before, after]
        assert list(map(heads, journal.around(journal.find(rows[name].id), 2))) == [before, after]
    assert journal.around(rows["e15"], 0) == ([], [])
    assert len(journal.around(rows["e15"], 100)[0]) == 7


def test_a_session_of_another_namespace_is_another(journal: api.Journal) -> None:
    receipt = journal.append(Draft(body="x", session="s", namespace="other", at=DAY))
    assert journal.around(journal.find(receipt.id), 5) == ([], [])


def test_without_a_session_they_are_those_of_the_file(journal: api.Journal) -> None:
    rows = {row.head: row for row in journal.rows()}
    for name, before, after in [
        ("e0", [], ["e1", "e2"]),
        ("e28", ["e26", "e27"], ["e29", "third"]),
        ("first", ["e29", "third"], ["second"]),
    ]:
        assert list(map(heads, journal.around(rows[name], 2))) == [before, after], name
    receipt = journal.append(Draft(body="another day", at=DAY + timedelta(days=1)))
    assert journal.around(journal.find(receipt.id), 5) == ([], [])


def test_what_waits_in_a_spool_comes_last(tmp_path: Path) -> None:
    init(str(tmp_path))
    journal = api.open(str(tmp_path))
    for name in "abcd":
        journal.append(Draft(body=name, at=DAY))
    (file,) = (tmp_path / "journal").rglob("*.md")
    text = file.read_bytes()
    file.write_bytes(text[: text.index(b"\n## ", text.index(b"\nb\n")) + 1])
    rows = {row.head: row for row in journal.rows()}
    assert [bool(rows[name].spool) for name in "abcd"] == [False, False, True, True]
    assert list(map(heads, journal.around(rows["b"], 3))) == [["a"], ["c", "d"]]
    assert list(map(heads, journal.around(rows["d"], 2))) == [["b", "c"], []]


def test_what_was_forgotten_is_not_around(journal: api.Journal) -> None:
    rows = {row.head: row for row in journal.rows()}
    forgetting.hide(journal, [rows["e13"], rows["e14"]], "wrong")
    assert heads(journal.around(rows["e15"], 1)[0]) == ["e11"]
    assert heads(journal.around(rows["e12"], 2)[1]) == ["e15", "e16"]
    # What surrounds a forgotten one can be asked for all the same: by `recall --forgotten`.
    assert list(map(heads, journal.around(rows["e13"], 1))) == [["e11"], ["e15"]]


def test_around_one_that_is_gone_is_nothing(journal: api.Journal) -> None:
    assert journal.around(entry(1), 3) == ([], [])


# What is shown


def printed(capfdbinary: pytest.CaptureFixture[bytes]) -> list[str]:
    sys.stdout.flush()
    return capfdbinary.readouterr().out.decode().splitlines()


def test_an_explanation_adds_up(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    why = (
        Reason("word", 4.2149, "migration"),
        Reason("neighbour", 1.1151, "postgres", "01KAJ2X7Q0M3C4V5B6N7Q8W9E0"),
        Reason("question", -0.3349),
        Reason("a-later\x1bstep", 0.0049, "its\nword"),
    )
    one = replace(hit(1, score=sum(reason.points for reason in why)), why=why)
    recall_output.hits([Shown(one)], explain=True, around=False)
    assert printed(capfdbinary)[3:] == [
        "       +4.21  word          migration",
        "       +1.12  neighbour     postgres, in N7Q8W9E0 nearby",
        "       +0.00  a-later␛step  its word",
        "       -0.33  question      asks something itself",
        "        5.00  score",
    ]


POINTS = st.lists(st.floats(-30, 30), min_size=1, max_size=12)


@given(POINTS)
def test_the_points_shown_add_up_to_the_score_shown(points: list[float]) -> None:
    shown = recall_output.points([Reason("word", one) for one in points])
    assert round(sum(shown), 2) == round(sum(points), 2) or abs(sum(shown) - sum(points)) < 0.0051
    assert all(abs(a - b) < 0.0101 for a, b in zip(shown, points, strict=True))


def test_a_hit_says_what_is_beside_it_and_like_it(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    one = replace(hit(1), near="01KAJ2X7Q0M3C4V5B6N7Q8W9E0")
    recall_output.hits([Shown(one, ("x", "y"))], explain=False, around=False)
    assert printed(capfdbinary)[2:] == [
        "    journal/main/2026/2026-11-19.md:2",
        "    beside N7Q8W9E0, which holds the words",
        "    and 2 like it",
    ]
    record = Shown(one, ("x",)).record(explain=False, around=False, alike=True)
    assert (record["near"], record["alike"]) == (one.near, ["x"])
    assert not {"why", "around"} & record.keys()


HOLD = "that hold any of the words"


@pytest.mark.parametrize(
    ("answer", "shown", "told"),
    [
        (Answer(total=4312), 10, f"10 of 4,312 {HOLD}; more with -n"),
        (
            Answer(total=4312, capped=True), 10,
            f"10 of 4,312 or more {HOLD}; more with -n",
        ),
        (Answer(total=9, capped=True), 9, "9 shown; more have a little to do with it"),
        (Answer(total=9), 9, ""),
        (Answer(total=27), 9, ""),  # each of the nine has two like it
        (Answer(total=28), 9, f"9 of 28 {HOLD}; more with -n"),
    ],
)  # fmt: skip
def test_how_many_there_are(
    capfdbinary: pytest.CaptureFixture[bytes], answer: Answer, shown: int, told: str
) -> None:
    asked = Asked(Bag((Word("a", "a"), Word("b", "b"))))
    found = [Shown(hit(1), ("x", "y") if answer.total < 100 else ())] * shown
    recall_output.tally(answer, found, asked, apart=False)
    assert "".join(printed(capfdbinary)) == told
    question = replace(asked, cues=frozenset({"question"}))
    recall_output.tally(answer, found, question, apart=False)
    assert "".join(printed(capfdbinary)) == told.replace(HOLD, f"{HOLD}, or stand beside them")
    phrase = Asked(Phrase(("a", "b")), cues=frozenset({"question"}))
    recall_output.tally(Answer(total=3), [Shown(hit(1))] * 2, phrase, apart=True)
    assert printed(capfdbinary) == ["", "2 of 3; more with -n"]


def test_where_no_more_differ_a_higher_number_looks_further(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    found, asked = [Shown(hit(1), ("x",))], Asked(Word("a", "a"))
    recall_output.tally(Answer(total=4312), found, asked, apart=False, looked=200)
    assert printed(capfdbinary) == ["1 of 4,312; the best 200 hold no others: try -n 400"]
    recall_output.tally(Answer(total=2), found, asked, apart=False, looked=2)
    assert printed(capfdbinary) == []


# The command


class Command:
    """The real command in a copy of the sample workspace."""

    def __init__(self, root: Path, command: Path) -> None:
        self.root = root
        self.command = command

    def __call__(
        self, *words: str, stdin: bytes = b"", **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.command), "recall", *words], cwd=self.root, input=stdin.decode(),
            capture_output=True, check=False, text=True, env=os.environ | env,
        )  # fmt: skip

    def json(self, *words: str) -> Any:
        done = self(*words, "--json")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert not faults("recall", found)
        return found


@pytest.fixture
def recall(tmp_path: Path, journal_bin: Path) -> Command:
    hidden = shutil.ignore_patterns(".journal", ".git")
    shutil.copytree(ROOT / "sample_workspace", tmp_path / "w", ignore=hidden)
    return Command(tmp_path / "w", journal_bin)


def test_json_has_the_whole_trace(recall: Command) -> None:
    words = ("lemon soup", "-n", "2", "--explain", "--around", "2", "--group", "session")
    found = recall.json(*words, "--diverse")
    assert found["query"] == "lemon soup"
    assert len(found["hits"]) == 2
    for one in found["hits"]:
        assert one.keys() >= {"file", "line", "score", "snippet", "why", "around", "alike"}
        if one["why"]:
            assert sum(r["points"] for r in one["why"]) == pytest.approx(one["score"], abs=0.01)
        beside = [other["id"] for side in one["around"].values() for other in side]
        assert beside
        assert one["id"] not in beside
    grouped_ids = [entry_id for group in found["groups"] for entry_id in group["hits"]]
    assert sorted(grouped_ids) == sorted(one["id"] for one in found["hits"])
    plain = recall.json("lemon soup", "-n", "2")
    assert "groups" not in plain
    assert not {"why", "around", "alike"} & plain["hits"][0].keys()


def test_nothing_around_hits_is_shown_twice(recall: Command) -> None:
    one = ("kind:message", "--around", "4")
    for more in ((), ("--group", "session"), ("--group", "day")):
        lines = recall(*one, *more).stdout.splitlines()
        rows = [line for line in lines if line[:4] in ("> 20", "  20")]
        assert len(rows) == len({row[20:28] for row in rows}), more
        assert sum(row.startswith(">") for row in rows) == 7
        assert len(rows) > 15


def test_groups_have_headings(recall: Command) -> None:
    lines = recall("kind:decision", "--group", "session").stdout.splitlines()
    assert "search-index · 2026-11-17 to 2026-11-19 · 2 hits" in lines
    assert "lost-creme-brulee · 2026-11-18 · 1 hit" in lines
    assert lines.count("") == 1
    lines = recall("kind:decision", "--group", "day").stdout.splitlines()
    assert sorted(line for line in lines if " hit" in line) == [
        f"2026-11-{day} · 1 hit" for day in (17, 18, 19)
    ]


def test_a_question_comes_from_standard_input(recall: Command) -> None:
    done = recall("-", "-n", "1", stdin=b"lemon\nsoup\n")
    assert done.stdout == recall("lemon soup", "-n", "1").stdout
    assert done.stdout
    assert recall("-", stdin=b" \n").returncode == 2
    long = recall("-", stdin=b"word " * 30_000)
    assert (long.returncode, long.stderr.count("\n")) == (2, 2)
    assert "characters" in long.stderr


def test_nothing_found_says_what_to_try(recall: Command) -> None:
    done = recall("elderberry")
    assert done.returncode == 0
    assert (
        done.stdout.splitlines()
        == [
            "nothing found",
            "    other words may find it, or how one begins: 'elder*'",
        ]
        or done.stderr
    )  # a suggestion
    done = recall('"no such phrase"')
    assert done.stdout.splitlines()[0] == "nothing found"
    assert "ask for less" in done.stdout or done.stderr


def test_a_filter_that_leaves_nothing_is_named(recall: Command) -> None:
    words = ("lemon", "--kind", "decision", "--since", "2026-11-01", "--tag", "a", "--tag", "b")
    done = recall(*words)
    assert done.stdout.splitlines() == [
        "nothing found",
        "    no entry has tag a",
        "    no entry has tag b",
        f"    without any of these filters, {recall.json('lemon')['total']} entries answer",
    ]
    done = recall("lemon", "--kind", "decision", "--since", "2026-11-01")
    assert "\n    without --kind decision, " in done.stdout
    assert "--since" not in done.stdout
    (notice,) = recall.json("lemon", "--kind", "decision")["notices"]
    assert notice["code"] == "narrow-filter"
    assert notice["message"].startswith("without --kind decision, ")


def test_nothing_shown_is_not_nothing_found(recall: Command) -> None:
    assert recall("lemon", "-n", "0").stdout.startswith("0 of ")


@pytest.mark.parametrize("words", [(" ",), ("x", "--group", "week"), ("x", "--around", "-1"), ()])
def test_a_wrong_call_is_told(recall: Command, words: tuple[str, ...]) -> None:
    done = recall(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("journal: ")


def test_the_help_fits_and_its_examples_work(recall: Command) -> None:
    shown = recall("--help", COLUMNS="80").stdout
    assert max(map(len, shown.splitlines())) <= 80
    examples = [line for line in shown.splitlines() if line.startswith("  journal recall ")]
    assert len(examples) == 6
    for line in examples:
        shell = ["/bin/sh", "-c", line.strip().split("  ")[0]]
        env = os.environ | {"PATH": f"{recall.command.parent}:/usr/bin:/bin"}
        done = subprocess.run(shell, cwd=recall.root, env=env, check=False, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b""), line


# What was typed wrongly


def told(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What is said on stderr by a call that is refused."""
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr.splitlines()


@pytest.mark.parametrize(
    "words",
    [("lemon", "-n", "-1"), ("lemon", "--around", "-1"), ("-n", "-1", "lemon"), ("lemon", "-n-1")],
)
def test_a_negative_number_is_the_value_of_its_option(
    recall: Command, words: tuple[str, ...]
) -> None:
    assert "'-1' is no number" in told(recall(*words))[0]
    assert "expected one argument" in told(recall("lemon", "--tag", "-x"))[0]


def test_what_is_left_out_is_shown_as_typed(recall: Command) -> None:
    where, _, query, caret, meant = told(recall("-mac", "lemon", "(a"))
    assert where.endswith("at character 12 of the query")
    assert (query, caret) == ("  -mac lemon (a", "             ^")
    assert meant == "did you mean: -mac lemon (a)"
    assert told(recall("lemon", "--explain", "-(a"))[0] == "journal: not understood: -(a"
    assert recall.json("lemon", "-pi")["query"] == "lemon -pi"


def test_a_word_with_a_dash_is_left_out(recall: Command) -> None:
    every = {one["id"] for one in recall.json("soup", "-n", "50")["hits"]}
    fewer = {one["id"] for one in recall.json("soup -lentil", "-n", "50")["hits"]}
    assert set() < fewer < every
    for words in (
        ("recall", "soup", "-lentil", "-n", "50", "--json"),
        ("recall", "-n", "50", "--json", "-(lentil)", "soup"),
        ("recall", "-n", "50", "--json", "--", "-lentil", "soup"),
        ("--workspace", ".", "recall", "soup", "-lentil", "-n", "50", "--json"),
    ):
        command = [str(recall.command), *words]
        done = subprocess.run(command, cwd=recall.root, capture_output=True, check=True)
        assert {one["id"] for one in json.loads(done.stdout)["hits"]} == fewer, words


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        (("--dry-run",), "nothing to look for", "journal recall -- --dry-run"),
        (("lemon", "--dry-run"), "not understood: --dry-run", "journal recall -- --dry-run"),
        (("lemon", "--limit", "3"), "not understood: --limit 3", "-n 3"),
        (("lemon", "--max=3"), "not understood: --max=3", "-n 3"),
        (("lemon", "-n", "1", "soup"), "not understood: soup", "stand together"),
        (("-", "soup"), "stdin", "in quotes"),
        (("soup", "-"), "stdin", "in quotes"),
    ],
)
def test_what_is_not_understood_says_how_it_is(
    recall: Command, words: tuple[str, ...], what: str, hint: str
) -> None:
    first, second = told(recall(*words))
    assert what in first
    assert hint in second


def test_a_dash_amid_words_is_text(recall: Command) -> None:
    assert recall.json("lemon", "-", "soup")["query"] == "lemon - soup"
    assert recall("--", "--dry-run").returncode == 0


UNHELD = """
kind:decison | no entry has kind decison; did you mean kind:decision?
actor:Ben | no entry has actor Ben; did you mean actor:ben?
actor:'ben' | no entry has actor 'ben'; did you mean actor:ben?
session:lost* | no entry has session lost*; did you mean session:lost-creme-brulee?
tag:Searc OR path:X | no entry has tag Searc; did you mean tag:search? | no entry has path X
namespace:x | no entry has namespace x; there are main
id:zzzz | no entry's id begins or ends with zzzz
branch:mian soup | no entry has git branch mian
kind: decision | "kind:" is a word here; without the blank it is a field: kind:decision
actor: "Ben" | "actor:" is a word here; without the blank it is a field: actor:ben
kind:decision zzzzz | all of it must hold: ask for less, or without quotes, capitals and colons
zzz -actor:Ben | all of it must hold: ask for less, or without quotes, capitals and colons
"zzz kind: decision" | all of it must hold: ask for less, or without quotes, capitals and colons
"""


@pytest.mark.parametrize("case", UNHELD.strip().splitlines())
def test_a_value_that_no_entry_has_is_named(recall: Command, case: str) -> None:
    query, *lines = case.split(" | ")
    assert recall(query).stdout.splitlines() == ["nothing found", *(f"    {one}" for one in lines)]


def test_programs_are_told_of_it_too(recall: Command) -> None:
    notices = recall.json("tag:Searc OR path:X")["notices"]
    assert [(notice["code"], notice["message"]) for notice in notices] == [
        ("value-unknown", "no entry has tag Searc; did you mean tag:search?"),
        ("value-unknown", "no entry has path X"),
    ]


def test_a_filter_that_no_entry_passes_is_named(recall: Command) -> None:
    lines = recall("lemon", "--actor", "Ben", "--tag", "unicod").stdout.splitlines()
    assert lines[1:3] == [
        "    no entry has actor Ben; did you mean --actor ben?",
        "    no entry has tag unicod; did you mean --tag unicode?",
    ]


def test_a_blank_in_a_field_is_told_of_where_it_is_meant(recall: Command) -> None:
    done = recall("session: lost-creme-brulee")
    assert done.stdout
    assert "without the blank it is a field: session:lost-creme-brulee" in done.stderr
    for prose in ("session: the creme", "title: soup", "note: soup"):
        done = recall(prose)
        assert done.stdout
        assert "blank" not in done.stderr


def test_what_only_a_forgotten_entry_has_is_not_suggested(recall: Command) -> None:
    journal = api.open(str(recall.root))
    journal.append(Draft(body="x", actor="zanzibar"))
    (row,) = [row for row in journal.rows() if row.actor == "zanzibar"]
    assert "did you mean actor:zanzibar?" in recall("actor:Zanzibar").stdout
    forgetting.hide(journal, [row], "wrong")
    assert recall("actor:Zanzibar").stdout.splitlines()[1:] == ["    no entry has actor Zanzibar"]
    done = recall("nobody", "--actor", "zanzibar", "--forgotten")
    assert done.stdout.startswith("nothing found\n")
    assert "no entry has" not in done.stdout


def test_a_suggestion_is_as_one_types_it(recall: Command) -> None:
    for query in ("(lemon since:2026-11-18", "lemon -soup until:yesterday", "--red since:2026"):
        meant = told(recall(query))[-1].removeprefix("did you mean: ")
        env = os.environ | {"PATH": f"{recall.command.parent}:/usr/bin:/bin"}
        done = subprocess.run(
            ["/bin/sh", "-c", f"journal recall {meant} --json" if "-- " not in meant else
             f"journal recall --json {meant}"],
            cwd=recall.root, env=env, check=False, capture_output=True,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, b""), meant
