"""Conversations on disk: a path's line back to the root, the graph, the verbs, and real forks."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from catalogs import write
from shapes import faults

from journal import api, forgetting, sessions
from journal.cli.main import main
from journal.conversations import Conversation
from journal.conversations.graph import Step
from journal.entry import Draft
from journal.importing.brought import Branched
from journal.paths import verbs
from journal.sessions import order
from journal.workspace import init


class Tale:
    """A session s in a workspace of its own, told step by step; entries go by their titles."""

    def __init__(self, root: Path) -> None:
        init(str(root))
        self.root = root
        self.journal = api.open(str(root))
        self.ids: dict[str, str] = {}

    def say(self, *titles: str, session: str = "s", **more: Any) -> None:
        """Messages, one after another, on the current path unless another is given."""
        for title in titles:
            draft = Draft(**{"body": title, "kind": "message", **more}, session=session)
            self.ids[title] = self.journal.append(draft).id

    def talk(self, session: str = "s") -> Conversation:
        return Conversation(self.journal, session)

    def acts(self) -> verbs.Talk:
        found = self.talk()
        paths = found.view().of(found.namespace, "s")
        return verbs.Talk(found.namespace, "s", paths, found.current)

    def do(self, title: str, draft: Draft | None) -> None:
        assert draft
        self.ids[title] = self.journal.append(draft).id

    def branch(self, name: str, at: str, **more: Any) -> None:
        row = self.journal.find(self.ids[at])
        self.do(f"+{name}", verbs.branch(self.acts(), name, row, **more))

    def compact(self, title: str, path: str = "main") -> None:
        found = self.acts().path(path)
        covered = verbs.Covered(found.first, found.last, found.entries)
        self.do(title, verbs.compact(self.acts(), path, title, covered))

    def titles(self, rows: Any) -> str:
        names = {entry_id: title for title, entry_id in self.ids.items()}
        return " ".join(names[row.id] for row in rows)

    def line(self, path: str = "", session: str = "s", *, every: bool = False) -> str:
        return self.titles(self.talk(session).line(path, every=every))


@pytest.fixture
def tale(tmp_path: Path) -> Iterator[Tale]:
    made = Tale(tmp_path / "w")
    yield made
    made.journal.close()


def test_a_line_goes_back_over_the_forks(tale: Tale) -> None:
    tale.say("a", "b", "c")
    tale.branch("try", "b")
    tale.say("d", "e")
    tale.branch("deep", "d", stay=True)
    tale.say("f")
    tale.say("g", path="deep")
    tale.say("h", path="main")
    assert tale.talk().current == "try"
    assert tale.line() == tale.line("try") == "f e d +try b a"
    assert tale.line("deep") == "g +deep d +try b a"
    assert tale.line("main") == "h c b a"
    assert tale.line("nowhere") == ""
    assert tale.titles(tale.talk().own("deep")) == "g +deep"


def test_a_line_goes_back_into_another_session(tale: Tale) -> None:
    tale.say("a", "b", session="before")
    tale.say("x", parent=tale.ids["a"])
    tale.say("c", session="before")
    tale.say("y")
    assert tale.line() == "y x a"


def test_a_line_ends_at_the_last_reset_wherever_that_is(tale: Tale) -> None:
    tale.say("a")
    tale.do("reset", sessions.reset("s"))
    tale.say("b", "c")
    tale.branch("try", "b")
    tale.say("d")
    assert tale.line("try") == "d +try b"
    assert tale.line("main") == "c b"
    assert tale.line("try", every=True) == "d +try b reset a"
    tale.branch("old", "a")
    assert tale.line("old") == "+old"
    tale.do("again", sessions.reset("s"))
    assert tale.line("try") == tale.line("main") == ""
    assert tale.line("old") == ""
    tale.say("e")
    assert tale.line() == "e"


def test_a_reset_of_another_session_counts_if_it_was_before_the_fork(tale: Tale) -> None:
    tale.say("a", session="t")
    tale.do("reset", sessions.reset("t"))
    tale.say("b", session="t")
    tale.do("after", sessions.reset("t"))
    tale.say("x", parent=tale.ids["b"])
    assert tale.line() == "x b"


def test_a_summary_stands_for_what_it_covers(tale: Tale) -> None:
    tale.say("a", "b", "c")
    tale.branch("early", "b", stay=True)
    tale.compact("sum")
    tale.branch("late", "sum", stay=True)
    tale.say("d")
    assert tale.line() == "d sum"
    assert tale.line(every=True) == "d sum c b a"
    assert tale.line("early") == "+early b a", "the summary knows what came after the fork"
    assert tale.line("late") == "+late sum"
    tale.compact("more")
    tale.say("e")
    assert tale.line() == "e more"
    assert tale.talk().view().of("main", "s")["main"].covers == 5
    assert tale.titles(tale.talk().own("main")) == "e more"
    assert tale.titles(tale.talk().own("main", every=True)) == "e more d sum c b a"


def test_a_summary_stands_where_what_it_covers_stood(tale: Tale) -> None:
    tale.say("a", "b", "c", "d")
    span = {"covers": 2, "first": tale.ids["a"], "last": tale.ids["b"]}
    tale.say("sum", kind="summary", fields=span)
    tale.say("e")
    assert tale.line() == "e d c sum"


def test_a_summary_of_single_entries(tale: Tale) -> None:
    tale.say("a", "b", "c", "d")
    some = [tale.ids["a"], tale.ids["c"]]
    span = {"covers": 2, "first": some[0], "last": some[1], "stands-for": some}
    tale.say("sum", kind="summary", fields=span)
    assert tale.line() == "d sum b"
    assert tale.talk().view().of("main", "s")["main"].state == "open"


def test_summaries_that_cover_nothing_hide_nothing(tale: Tale) -> None:
    tale.say("a", "b")
    for number, (first, last) in enumerate((("b", "a"), ("a", "z"), ("z", "z"))):
        ids = {"z": "01KAJ2X7Q0M3C4V5B6N7Q8W9E0", **tale.ids}
        fields = {"covers": 2, "first": ids[first], "last": ids[last]}
        tale.say(f"s{number}", kind="compact", fields=fields)
    assert tale.line() == "s2 s1 s0 b a"
    tale.say("x", session="t")
    fields = {"covers": 1, "first": tale.ids["x"], "last": tale.ids["x"]}
    tale.say("s3", kind="compact", fields=fields)
    assert tale.line() == "s3 s2 s1 s0 b a"


def test_what_is_forgotten_is_left_out_and_gone_around(tale: Tale) -> None:
    tale.say("a", "b", "c", "d")
    tale.branch("try", "c")
    tale.say("e")
    rows = tale.journal.catalog.with_ids([tale.ids["c"]])
    forgetting.hide(tale.journal, rows, "wrong")
    assert tale.line() == "e +try b a"
    steps = {step.row.id: step for step in tale.talk().graph()}
    assert tale.ids["c"] not in steps
    assert steps[tale.ids["+try"]].parents == (tale.ids["b"],)
    assert steps[tale.ids["d"]].parents == (tale.ids["b"],)
    every = {step.row.id: step for step in tale.talk().graph(every=True)}
    assert every[tale.ids["+try"]].parents == (tale.ids["c"],)
    assert not tale.talk().view().findings


def test_what_is_purged_is_gone_around(tale: Tale) -> None:
    tale.say("a", "b", "c")
    tale.branch("try", "b")
    tale.say("d")
    forgetting.purge(tale.journal, [tale.ids["b"]], "secret")
    tale.say("e")
    assert tale.line() == "e d +try a", "what it was branched from is told: before it on main"
    for every in (False, True):
        steps = {step.row.id: step for step in tale.talk().graph(every=every)}
        assert steps[tale.ids["c"]].parents == (tale.ids["a"],)
        assert steps[tale.ids["+try"]].parents == (tale.ids["a"],), "drawn as the line goes"
    assert not tale.talk().view().findings


def test_a_path_that_was_merged_and_purged_is_no_fault(tale: Tale) -> None:
    tale.say("a")
    tale.branch("try", "a")
    tale.say("b")
    tale.do("merged", verbs.merge(tale.acts(), "try", ["b it is"], (), "main"))
    forgetting.purge(tale.journal, [tale.ids["b"], tale.ids["+try"]], "secret")
    assert set(tale.talk().view().of("main", "s")) == {"main"}
    assert not tale.talk().view().findings
    tale.say("c", kind="merge", fields={"merges": "tri", "takes": tale.ids["a"]})
    assert [one.code for one in tale.talk().view().findings] == ["unknown-path"]


def test_a_summary_whose_text_no_policy_kept_stands_for_nothing(tale: Tale) -> None:
    tale.say("a", "b")
    (tale.root / "policy.yaml").write_text("defaults: {persist: hash_only}\n", encoding="utf-8")
    tale.journal = api.open(str(tale.root))
    tale.compact("sum")
    assert tale.line() == "sum b a"
    assert tale.acts().path("main").state == "open"


HEADER = """\
## 10:0{0}

```yaml entry
id: {1}
session: s
path: {2}
turn: {0}
parent: {3}
```

{1}
"""


def test_parents_that_go_round_end_everywhere(tale: Tale) -> None:
    said = [("p1", "p", "q2"), ("p2", "p", "p1"), ("q1", "q", "p2"), ("q2", "q", "q2")]
    text = "\n".join(HEADER.format(at, *one) for at, one in enumerate(said, 1))
    write(tale.root, "2026-11-20.md", f"{text}\n{text}")
    talk = tale.talk()
    assert [row.id for row in talk.line("p")][:2] == ["p2", "p1"]
    assert len(list(talk.line("q", every=True))) < 20
    steps = list(talk.graph())
    assert {step.row.id for step in steps} >= {"p1", "p2", "q1", "q2"}
    assert all("q2" not in step.parents for step in steps if step.row.id in ("p1", "q2"))
    assert {one.code for one in talk.view().findings} == {"path-cycle"}


def parents(tale: Tale, steps: Iterator[Step]) -> dict[str, str]:
    names = {entry_id: title for title, entry_id in tale.ids.items()}
    return {names[step.row.id]: " ".join(names[one] for one in step.parents) for step in steps}


def graph_of_two(tale: Tale) -> None:
    tale.say("a", "b")
    tale.branch("try", "a")
    tale.say("c", "d")
    tale.say("e", path="main")
    tale.say("x", path="side")
    tale.do("m", verbs.merge(tale.acts(), "try", ["fine"], [tale.ids["c"], tale.ids["d"]], "main"))
    tale.say("f", session="t", parent=tale.ids["e"])


def test_the_graph_knows_what_follows_what(tale: Tale) -> None:
    graph_of_two(tale)
    steps = list(tale.talk().graph())
    assert parents(tale, iter(steps)) == {
        "m": "e d", "x": "", "e": "b", "d": "c", "c": "+try", "+try": "a", "b": "a", "a": "",
    }  # fmt: skip
    named = {tale.titles([step.row]): step for step in steps}
    assert "".join(sorted(name for name, step in named.items() if step.begins)) == "+tryax"
    assert "".join(sorted(name for name, step in named.items() if step.ends)) == "dmx"
    for count in range(len(steps)):
        assert list(tale.talk().graph(count)) != steps
        assert parents(tale, tale.talk().graph(count)) == parents(tale, islice(steps, count))


def test_the_graph_of_some_paths_says_what_lies_outside(tale: Tale) -> None:
    graph_of_two(tale)
    steps = list(tale.talk().graph(only=("try", "side")))
    assert tale.titles(step.row for step in steps) == "x d c +try"
    assert tale.titles(steps[-1].outside) == "a"
    (other,) = tale.talk("t").graph()
    assert (other.parents, tale.titles(other.outside)) == ((), "e")


def test_what_is_not_shown_is_not_read(tale: Tale) -> None:
    drafts = [
        Draft(body=str(n), session="s", path=("", "p")[n % 2], role="user") for n in range(3000)
    ]
    tale.journal.notebook.append_many(drafts)
    tale.compact("sum", "p")
    talk = tale.talk()
    asked: list[int] = []
    rows = talk.journal.catalog._rows

    def counted(question: Any) -> Any:
        found = rows(question)
        asked.append(len(found))
        return found

    talk.journal.catalog._rows = counted  # type: ignore[method-assign]
    for read, most in (
        (lambda: list(talk.graph(50)), 150),
        (lambda: list(islice(talk.line("main"), 10)), 150),
        (lambda: list(talk.line("p")), 150),  # 1,500 that the summary stands for
    ):  # type: tuple[Callable[[], object], int]
        asked.clear()
        read()
        assert 0 < sum(asked) < most


def test_two_who_write_at_once_have_one_order(tale: Tale) -> None:
    other = api.open(str(tale.root))
    for turn in range(6):
        (tale.journal, other)[turn % 2].append(Draft(body=str(turn), session="s"))
    rows = list(tale.talk().line())
    assert [row.head for row in rows] == list("543210")
    assert [order(row)[0] for row in rows] == [6, 5, 4, 3, 2, 1]
    other.close()


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.fixture
def there(tale: Tale, monkeypatch: pytest.MonkeyPatch) -> Tale:
    """The current folder and session are those of a tale that has begun."""
    monkeypatch.chdir(tale.root)
    monkeypatch.setenv("JOURNAL_SESSION", "s")
    monkeypatch.delenv("JOURNAL_PATH", raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    tale.say("a", "b", role="user")
    return tale


def test_json_of_every_verb(there: Tale, capsys: pytest.CaptureFixture[str]) -> None:
    a = there.ids["a"]
    done = [
        ("path", ("branch", "try", "why", "--from", a)),
        ("path", ("switch", "try")),
        ("path", ("branch", "other", "--stay")),
        ("path", ("merge", "other", "--conclusion", "x", "--conclusion", "y", "--takes", a)),
        ("path", ("compact", "try", "so far")),
        ("path", ("abandon", "try", "--reason", "no")),
        ("path-list", ("list",)),
        ("path-list", ("list", "--all")),
        ("path-show", ("show", "try")),
        ("path-show", ("show", "try", "--all", "-n", "1")),
        ("path-graph", ("graph",)),
        ("path-graph", ("graph", "--all", "--path", "try", "-n", "2")),
    ]
    for name, words in done:
        code, out, err = run(capsys, "path", *words, "--json")
        assert (code, err) == (0, ""), words
        told = json.loads(out)
        assert not faults(name, told), words
        if words == ("switch", "try"):
            assert (told["id"], told["current_path"]) == ("", "try")
    assert faults("path", told)
    assert faults("path-list", {"schema": "journal/path-list@1", "paths": [{"path": "x"}]})
    listed = json.loads(run(capsys, "path", "list", "--json")[1])["paths"]
    assert {one["path"]: (one["state"], one["current"]) for one in listed} == {
        "main": ("open", True), "try": ("abandoned", False), "other": ("merged", False),
    }  # fmt: skip


def test_each_session_has_its_own_current_path(
    there: Tale, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there.say("x", session="t")
    run(capsys, "path", "branch", "try")
    assert there.talk().current == "try"
    assert there.talk("t").current == "main"
    code, out, _ = run(capsys, "path", "list", "--session", "t")
    assert (code, out[:6]) == (0, "* main")
    monkeypatch.setenv("JOURNAL_PATH", "main")
    code, out, err = run(capsys, "path", "branch", "more")
    assert code == 0
    assert out == "Branched more from main\n"
    assert "JOURNAL_PATH=main still holds here" in err


def test_the_environments_path_is_one_of_the_environments_session(
    there: Tale, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there.say("x", session="t")
    run(capsys, "path", "branch", "try")
    monkeypatch.setenv("JOURNAL_PATH", "try")
    run(capsys, "append", "fast", "--session", "t")
    run(capsys, "append", "slow", "--session", "t", "--at", "2026-11-21T10:00")
    run(capsys, "append", "own", "--session", "s")
    assert run(capsys, "path", "branch", "more", "--session", "t")[1:] == (
        "Branched more from main; now on more\n", "",
    )  # fmt: skip
    lines = there.journal.catalog.lines
    there.journal.catalog.catch_up()
    assert {line.path: line.entries for line in lines("main", "t")} == {"main": 3, "more": 1}
    assert {line.path: line.entries for line in lines("main", "s")} == {"main": 2, "try": 2}
    monkeypatch.delenv("JOURNAL_SESSION")
    run(capsys, "append", "named", "--session", "t")
    assert "try" in {line.path for line in there.talk("t").journal.catalog.lines("main", "t")}


def test_nothing_is_said_to_be_done_that_no_entry_tells(
    there: Tale, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "path", "branch", "try")
    policy = there.root / "policy.yaml"
    policy.write_text("defaults: {persist: none}\n", encoding="utf-8")
    for words in (("branch", "more"), ("switch", "main"), ("abandon", "try", "--reason", "no")):
        code, out, err = run(capsys, "path", *words)
        assert (code, out) == (0, ""), words
        assert "so try is still the current path, and nothing else has changed" in err
    assert json.loads(run(capsys, "path", "switch", "main", "--json")[1])["current_path"] == "try"
    policy.write_text("defaults: {persist: hash_only}\n", encoding="utf-8")
    assert run(capsys, "path", "compact", "try", "So far.")[1] == ""
    assert run(capsys, "path", "switch", "main")[1] == "Switched to main\n"


def test_a_path_that_no_path_is_called_by_is_not_gone_on_with(
    there: Tale, capsys: pytest.CaptureFixture[str]
) -> None:
    day = next((there.root / "journal" / "main").rglob("*.md"))
    typed = (
        '\n## 23:58 By hand\n\n```yaml entry\nsession: s\nswitched: "no \\e[31m path"\n```\n\nx\n'
    )
    day.write_text(day.read_text(encoding="utf-8") + typed, encoding="utf-8")
    assert there.talk().current == "main"
    assert run(capsys, "append", "goes on")[0] == 0
    assert [row.path for row in there.journal.rows() if row.head == "goes on"] == [""]


@pytest.mark.usefixtures("there")
def test_graphs_are_of_paths_that_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "path", "branch", "try")
    code, out, err = run(capsys, "path", "graph", "--path", "tri")
    assert (code, out) == (2, "")
    assert "did you mean try?" in err
    code, _, err = run(capsys, "path", "show", "zzz")
    assert "`journal path list` shows them. A new one: journal path branch zzz" in err
    assert "(try, current" in run(capsys, "path", "graph", "--path", "try")[1]


def test_writing_verbs_want_a_session_that_is_there(
    there: Tale, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = run(capsys, "path", "switch", "main", "--session", "ss")
    assert (code, "no session 'ss'" in err) == (2, True)
    monkeypatch.delenv("JOURNAL_SESSION")
    code, _, err = run(capsys, "path", "branch", "try")
    assert (code, "journal session start" in err) == (2, True)
    assert there.line() == "b a", "nothing was written"


def test_a_hostile_title_and_a_narrow_terminal(
    there: Tale, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there.say("\x1b]0;owned\x07" + "wide " * 50, role="user")
    for number in range(12):
        there.branch(f"p{number}", "a", stay=True)
    monkeypatch.setenv("COLUMNS", "60")
    _, out, _ = run(capsys, "path", "graph", "--all")
    assert "\x1b" not in out
    assert max(map(len, out.split("\n"))) <= 60
    assert "…" in out
    there.do("gone", verbs.abandon(there.acts(), "p3", "It is far too slow."))
    _, listed, _ = run(capsys, "path", "list")
    assert max(map(len, listed.split("\n"))) <= 60
    assert "It is far" in listed
    monkeypatch.setenv("COLUMNS", "50")
    _, listed, _ = run(capsys, "path", "list")
    assert max(map(len, listed.split("\n"))) <= 50


@pytest.fixture(scope="module")
def transcripts(dev_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The real transcripts by name: those that have true forks, and some that have none."""
    folder = tmp_path_factory.mktemp("real")
    forks = (dev_data / "FORKS.txt").read_text(encoding="utf-8").split()
    found: dict[str, Path] = {}
    with tarfile.open(dev_data / "transcripts-dev.tar.xz") as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            name = name[max(0, name.find("claude_code/")) :]
            small = member.size < 200_000 and len(found) < 40
            if name.startswith("claude_code/") and (name in forks or small):
                file = archive.extractfile(member) if member.isfile() else None
                if file and name.endswith(".jsonl"):
                    found[name] = folder / name
                    found[name].parent.mkdir(parents=True, exist_ok=True)
                    found[name].write_bytes(file.read())
    assert set(forks) <= set(found)
    return found


def assert_forks(name: str, file: Path, root: Path) -> bool:
    """Whether an imported transcript forks; its paths begin where the import says they do."""
    init(str(root))
    with api.open(str(root)) as journal:
        brought = journal.bring("claude-code", [str(file)])
        journal.catalog.catch_up()
        found = set()
        for sitting in journal.catalog.sessions():
            talk = Conversation(journal, sitting.session, sitting.namespace)
            view = talk.view()
            assert not view.findings, name
            found |= {
                Branched(path.name, path.session, path.origin, "", 0)
                for path in view.paths.values()
                if path.name != "main"
            }
            steps = list(talk.graph())
            assert len(steps) == sum(path.entries for path in view.paths.values())
            drawn = {step.row.id for step in steps}
            assert all(drawn.issuperset(step.parents) for step in steps)
            assert all(step.parents or step.begins for step in steps)
            for path in view.paths.values():
                assert next(talk.line(path.name, every=True)).id == path.last
        told = {Branched(one.path, one.session, one.parent, "", 0) for one in brought.paths}
        assert found == told, name
    return any(one.path.startswith("fork-") for one in found)


SMALL = 700_000


def test_the_forks_of_real_transcripts_are_paths(
    dev_data: Path, transcripts: dict[str, Path], tmp_path: Path
) -> None:
    forks = set((dev_data / "FORKS.txt").read_text(encoding="utf-8").split())
    some = {name: file for name, file in transcripts.items() if file.stat().st_size < SMALL}
    some = dict(sorted(some.items(), key=lambda pair: (pair[0] not in forks, pair[0]))[:20])
    forked = {
        name
        for number, (name, file) in enumerate(some.items())
        if assert_forks(name, file, tmp_path / str(number))
    }
    assert forked == forks & set(some)
    assert len(forked) > 5


@pytest.mark.soak
def test_the_forks_of_all_those_transcripts(
    dev_data: Path, transcripts: dict[str, Path], tmp_path: Path
) -> None:
    forks = set((dev_data / "FORKS.txt").read_text(encoding="utf-8").split())
    files = enumerate(transcripts.items())
    assert {
        name for n, (name, file) in files if assert_forks(name, file, tmp_path / str(n))
    } == forks
