"""The lanes of a graph: what is drawn, and that every line that goes down comes from somewhere."""

from hypothesis import given
from hypothesis import strategies as st

from journal.paths.lanes import DOWN, UP, Lanes, Node, draw
from journal.paths.runs import runs


def picture(graph: str, kept: str = "") -> str:
    """The drawing of lines such as `c: b a`, a node and its parents, newest first."""
    nodes = []
    for line in graph.split("\n"):
        name, _, parents = line.strip().partition(":")
        nodes.append(Node(name, tuple(parents.split())))
    rows = zip(nodes, draw(nodes, kept), strict=True)
    return "\n".join(
        "".join(char for char, _ in row.text("●")).rstrip() + f" {node.id}" for node, row in rows
    )


def drawn(text: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in text.strip("\n").split("\n"))


def test_a_line_a_fork_and_a_merge() -> None:
    assert picture("c: b\nb: a\na:") == "● c\n● b\n● a"
    fork = "y: x\nc: b\nx: a\nb: a\na:"
    assert picture(fork) == drawn("""
    ● y
    │ ● c
    ● │ x
    │ ● b
    ●─╯ a
""")
    assert picture("d: c x\nx: b\nc: b\nb: a\na:") == drawn("""
    ●─╮ d
    │ ● x
    ● │ c
    ●─╯ b
    ● a
""")


def test_lines_cross_without_touching_and_several_end_at_once() -> None:
    graph = """m9: m8
    f3: f2
    m8: m7 d2
    x2: x1
    d2: d1
    f2: f1
    m7: m6
    x1: m6
    d1: m6
    f1: m5
    m6: m5
    m5:"""
    assert picture(graph) == drawn("""
    ● m9
    │ ● f3
    ●─│─╮ m8
    │ │ │ ● x2
    │ │ ● │ d2
    │ ● │ │ f2
    ● │ │ │ m7
    │ │ │ ● x1
    │ │ ● │ d1
    │ ● │ │ f1
    ●─│─┴─╯ m6
    ●─╯ m5
""")


def test_three_parents_one_of_them_awaited() -> None:
    assert picture("o: a\nm: c a b\nc:\nb: a\na:") == drawn("""
    ● o
    ├─●─╮ m
    │ ● │ c
    │   ● b
    ●───╯ a
""")


def test_a_lane_that_ended_is_not_used_again_in_its_row() -> None:
    graph = "w: m\nz: p\ny: m\nm: p q\np:\nq:"
    assert picture(graph) == drawn("""
    ● w
    │ ● z
    │ │ ● y
    ●─│─┴─╮ m
    ●─╯   │ p
          ● q
""")


def test_the_first_lane_is_kept() -> None:
    graph = "y: x\nx: m2\nm3: m2\nm2: m1\nm1:"
    assert picture(graph) == drawn("""
    ● y
    ● x
    │ ● m3
    ●─╯ m2
    ● m1
""")
    assert picture(graph, "m3") == drawn("""
      ● y
      ● x
    ● │ m3
    ●─╯ m2
    ● m1
""")
    assert picture("x: m\nm: a\na:", "m") == "  ● x\n●─╯ m\n● a"
    assert picture("c: b\nb:", "never") == "  ● c\n  ● b"


def test_hostile_parents() -> None:
    assert picture("a: a") == "● a"
    assert picture("a: b b\nb: a\na:") == "● a\n● b\n● a"  # it was there, and is awaited again
    assert picture("a: nowhere\nb:") == "● a\n│ ● b"
    assert picture("a: a b\nb:") == "●─╮ a\n  ● b"


@st.composite
def graphs(make: st.DrawFn) -> list[Node]:
    """Nodes, newest first, each with up to three parents among the later ones."""
    count = make(st.integers(1, 25))
    nodes = []
    for at in range(count):
        later = st.integers(min(at + 1, count - 1), count - 1)
        most = min(3, count - 1 - at)
        parents = make(st.lists(later, max_size=most, unique=True))
        nodes.append(Node(str(at), tuple(map(str, parents))))
    return nodes


@given(graphs(), st.integers(0, 24))
def test_what_goes_down_arrives_and_only_parents_are_awaited(graph: list[Node], kept: int) -> None:
    lanes = Lanes(str(kept))
    down: set[int] = set()
    waiting: set[str] = set()
    for node in graph:
        before = lanes.awaiting(node.id)
        row = lanes.step(node)
        assert {at for at, cell in enumerate(row.cells) if cell & UP} == down
        down = {at for at, cell in enumerate(row.cells) if cell & DOWN}
        assert row.begins == (node.id not in waiting)
        assert bool(before) == (node.id in waiting)
        if before and node.id != str(kept):
            assert row.lane == before[0]
        if node.id == str(kept):
            assert row.lane == 0
        waiting = (waiting - {node.id}) | set(node.parents)
        assert {name for name in waiting if lanes.awaiting(name)} == waiting
        assert len(down) == sum(len(lanes.awaiting(name)) for name in waiting)
        assert len(row.cells) == len(row.colours) == len(row.crossing)
    assert not down


@given(graphs(), st.sets(st.integers(0, 24)), st.integers(0, 30))
def test_runs_leave_out_only_what_may_go_and_tell_all_of_it(
    graph: list[Node], may_go: set[int], most: int
) -> None:
    items = [(node, node.id, int(node.id) in may_go) for node in graph]
    rows = list(runs(items, Lanes()))
    alone = [name for name, _, many in rows if not many]
    assert len(set(alone)) == len(alone)
    left_out = sum(many for _, _, many in rows)
    assert len(alone) + left_out == len(graph)
    assert {node.id for node in graph} - set(alone) <= set(map(str, may_go))
    down: set[int] = set()
    for _, row, _ in rows:
        assert {at for at, cell in enumerate(row.cells) if cell & UP} == down
        down = {at for at, cell in enumerate(row.cells) if cell & DOWN}
    some = list(runs(items, Lanes(), most))
    assert len([name for name, _, many in some if not many and int(name) not in may_go]) <= most


def test_a_run_is_one_row_and_a_run_of_one_is_itself() -> None:
    chain = [Node(str(at), (str(at + 1),)) for at in range(6)] + [Node("6")]
    items = [(node, node.id, node.id in "1234") for node in chain]
    assert [(name, many) for name, _, many in runs(items, Lanes())] == [
        ("0", 0), ("4", 4), ("5", 0), ("6", 0),
    ]  # fmt: skip
    items = [(node, node.id, node.id == "3") for node in chain]
    assert [(name, many) for name, _, many in runs(items, Lanes())] == [
        (str(at), 0) for at in range(7)
    ]
