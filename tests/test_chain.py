"""The verdicts by themselves: evidence as values in, states out; no disk."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import chain, dayfile, held, seal
from journal.chain import STATES, Evidence, Past, Verdict, counts, exit_code, slice_digest
from journal.held import Acknowledged, Chains, Day, Held
from tests.strategies import bodies, words

WRITER, NAMESPACE = "anna-7f3c9e", "main"
PATH = "journal/main/2026/2026-11-21.md"


def genesis(writer: str, namespace: str) -> str:
    return seal.genesis("01KAJ2X7Q0M3C4V5B6N7Q8W9E0", writer, namespace)


def entry_id(number: int) -> str:
    return f"01KAJ2X7Q0{number:016d}"


class Writing:
    """Slices of one chain, as its writer seals them."""

    def __init__(self, writer: str = WRITER, first: int = 0) -> None:
        self.writer = writer
        self.first = first
        self.slices: dict[int, bytes] = {}

    def write(self, seq: int, after: int | None = None, **fields: object) -> bytes:
        """Entry `seq`, which names `after` (the one before, unless told) as its predecessor."""
        named = seq - 1 if after is None else after
        prev = genesis(self.writer, NAMESPACE)
        if named:
            prev = f"{named}:{header_of(self.slices[named])}"
        draft = {"body": f"Body {seq}".encode(), "title": f"Entry {seq}", **fields}
        at = f"2026-11-21T10:{seq:02d}:00.000000+01:00"
        made = seal.Sealing(draft).seal(entry_id(self.first + seq), at, "", seq, prev)
        self.slices[seq] = made[1]
        return made[1]

    def promise(self, *seqs: int, **known: bool) -> list[Acknowledged]:
        return [
            Acknowledged(
                entry_id(self.first + seq), seq, self.writer, NAMESPACE, PATH, self.slices[seq],
                header_of(self.slices[seq]), **known,
            )
            for seq in seqs
        ]  # fmt: skip


def header_of(raw: bytes) -> str:
    return dayfile.parse(raw).header


class Remembered(Past):
    """A past that is told, and counts what it is asked."""

    def __init__(self, texts: Iterable[bytes] = (), taken: Iterable[str] = ()) -> None:
        self.slices = list(texts)
        self.gone = set(taken)
        self.asked: Counter[str] = Counter()

    def texts(self, file: str, entry_id: str) -> list[bytes]:
        self.asked[file] += 1
        return [raw for raw in self.slices if f"\nid: {entry_id}\n".encode() in raw]

    def has_header(self, seq: int, digest: str) -> bool:
        self.asked[str(seq)] += 1
        return any(header_of(raw) == digest for raw in self.slices)

    def taken(self, promised: Acknowledged) -> bool:
        return promised.id in self.gone


def judge(
    *files: tuple[str, Iterable[bytes]],
    promised: Iterable[Acknowledged] = (),
    past: Past | None = None,
    covered: int = 0,
) -> list[Verdict]:
    """The verdicts on files given as (writer, slices)."""
    chains = Chains(genesis)
    entries: list[Held] = []
    for writer, slices in files:
        named = chains.of(writer, NAMESPACE)
        path = PATH if writer == WRITER else PATH.replace(".md", f".{writer}.md")
        entries += held.read(b"\n".join(slices), Day(path, "2026-11-21", named))
    if covered:
        chains.of(WRITER, NAMESPACE).covered = covered
    return chain.verify(Evidence(entries, list(promised), chains, past or Past()))


def states(verdicts: list[Verdict]) -> dict[str, str]:
    return {one.id: one.state for one in verdicts if one.state != "intact"}


@pytest.fixture
def five() -> Writing:
    writing = Writing()
    for seq in range(1, 6):
        writing.write(seq)
    return writing


def test_a_chain_that_holds_asks_nobody(five: Writing) -> None:
    past = Remembered()
    verdicts = judge(
        (WRITER, five.slices.values()), promised=five.promise(1, 2, 3, 4, 5), past=past
    )
    assert [one.state for one in verdicts] == ["intact"] * 5
    assert [one.line for one in verdicts] == [1, 15, 29, 43, 57]
    assert not past.asked


def test_only_a_last_entry_that_no_witness_knows_is_asked_about(five: Writing) -> None:
    past = Remembered(five.slices.values())
    assert states(judge((WRITER, five.slices.values()), past=past)) == {}
    assert past.asked == {PATH: 1}


def test_a_chain_is_a_tree_and_a_jump_is_information() -> None:
    writing = Writing()
    writing.write(1)
    writing.write(2)
    writing.write(5, after=2)  # 3 and 4 are on another branch
    writing.write(6, after=2)
    writing.write(9, after=6)
    assert states(judge((WRITER, writing.slices.values()))) == {}


def test_the_order_in_a_file_is_nothing(five: Writing) -> None:
    assert states(judge((WRITER, reversed(five.slices.values())))) == {}


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_a_predecessor_that_is_nowhere_breaks_the_chain(five: Writing, seq: int) -> None:
    left = [raw for number, raw in five.slices.items() if number != seq]
    verdicts = judge((WRITER, left))
    assert states(verdicts) == {entry_id(seq + 1): "broken"}
    assert exit_code(verdicts) == 5
    assert states(judge((WRITER, left), past=Remembered(five.slices.values()))) == {}


def test_a_promised_entry_that_is_gone() -> None:
    writing = Writing()
    for seq in (1, 2, 3):
        writing.write(seq)
    left = [writing.slices[1], writing.slices[3]]
    for promised, past, state in (
        (writing.promise(2), Past(), "missing"),
        (writing.promise(2, placed=False), Past(), "spooled"),
        (writing.promise(2, gone=True), Past(), "missing"),
        (writing.promise(2), Remembered(taken=[entry_id(2)]), "elsewhere"),
    ):
        assert states(judge((WRITER, left), promised=promised, past=past)) == {entry_id(2): state}


def changed(raw: bytes, old: str, new: str) -> bytes:
    assert raw.count(old.encode()) == 1
    return raw.replace(old.encode(), new.encode())


def test_one_changed_header_accuses_one_entry_where_its_text_is_known(five: Writing) -> None:
    texts = dict(five.slices)
    texts[3] = changed(texts[3], "kind: note", "kind: fact")
    for promised, past in (
        (five.promise(1, 2, 3, 4, 5), Past()),
        ([], Remembered(five.slices.values())),
    ):
        verdicts = judge((WRITER, texts.values()), promised=promised, past=past)
        assert states(verdicts) == {entry_id(3): "edited"}
        [one] = [one for one in verdicts if one.state == "edited"]
        assert "-kind: note\n+kind: fact" in one.diff


def test_a_past_that_was_tampered_with_and_committed_yields_to_witnesses(five: Writing) -> None:
    forged = changed(five.slices[3], "kind: note", "kind: fact")
    texts = {**five.slices, 3: forged}
    newest_first = Remembered([forged, five.slices[3]])
    oldest_first = Remembered([five.slices[3], forged])
    for past in (newest_first, oldest_first):
        assert states(judge((WRITER, texts.values()), past=past))[entry_id(3)] == "edited"
        assert states(judge((WRITER, five.slices.values()), past=past)) == {}


def test_changed_ids_and_numbers_are_seen_without_any_old_text(five: Writing) -> None:
    for seq in (2, 4):
        for old, new in ((entry_id(seq), entry_id(seq + 70)), (f"\nseq: {seq}\n", "\nseq: 44\n")):
            texts = {**five.slices, seq: changed(five.slices[seq], old, new)}
            found = states(judge((WRITER, texts.values())))
            assert found.keys() <= {entry_id(seq), entry_id(seq + 70), entry_id(seq + 1)}
            assert found
            known = states(judge((WRITER, texts.values()), promised=five.promise(1, 2, 3, 4, 5)))
            assert known == {entry_id(seq): "edited"}


def test_every_header_changed_at_once_is_seen_at_once() -> None:
    writing = Writing()
    for seq in range(1, 60):
        writing.write(seq)
    texts = [changed(raw, "kind: note", "kind: fact") for raw in writing.slices.values()]
    promised = writing.promise(*range(1, 60))
    assert set(states(judge((WRITER, texts), promised=promised)).values()) == {"edited"}
    assert len(states(judge((WRITER, texts)))) >= 58  # of the last one nobody knows


def test_two_writers_with_one_number_are_no_fork_but_one_writer_is(five: Writing) -> None:
    other = Writing("ben-81d04e", first=100)
    other.write(1)
    assert (
        states(judge((WRITER, five.slices.values()), ("ben-81d04e", other.slices.values()))) == {}
    )
    double = Writing(first=50)
    double.slices[4] = five.slices[4]
    double.write(5)
    verdicts = judge((WRITER, [*five.slices.values(), double.slices[5]]))
    assert states(verdicts) == dict.fromkeys((entry_id(5), entry_id(55)), "forked")
    assert exit_code(verdicts) == 5
    promised = five.promise(1, 2, 3, 4, 5)
    both = [*five.slices.values(), double.slices[5]]
    assert states(judge((WRITER, both), promised=promised, covered=1)) == {entry_id(55): "alien"}


def test_what_a_spool_no_longer_covers_is_not_alien(five: Writing) -> None:
    promised = five.promise(4, 5)  # the older records were trimmed
    assert states(judge((WRITER, five.slices.values()), promised=promised, covered=4)) == {}


def test_a_slice_in_another_writers_file_is_misplaced_and_its_followers_are_not(
    five: Writing,
) -> None:
    other = Writing("ben-81d04e", first=100)
    for seq in range(1, 5):
        other.write(seq)
    theirs = [*other.slices.values(), five.slices[1], five.slices[3]]
    mine = [five.slices[seq] for seq in (2, 4, 5)]
    wanted = dict.fromkeys((entry_id(1), entry_id(3)), "misplaced")
    assert states(judge((WRITER, mine), ("ben-81d04e", theirs))) == wanted


def test_the_same_intact_entry_twice_is_read_once(five: Writing) -> None:
    verdicts = judge((WRITER, [*five.slices.values(), five.slices[2], five.slices[2]]))
    assert counts(verdicts) == {"intact": 5}
    other = [five.slices[4]]
    verdicts = judge(("ben-81d04e", other), (WRITER, five.slices.values()))
    assert counts(verdicts) == {"intact": 5}
    assert {one.file for one in verdicts} == {PATH}


def test_an_edited_copy_beside_the_intact_entry_is_edited(five: Writing) -> None:
    copy = changed(five.slices[2], "Body 2", "Body 7")
    verdicts = judge((WRITER, [*five.slices.values(), copy]))
    assert [(one.id, one.state) for one in verdicts if one.state != "intact"] == [
        (entry_id(2), "edited")
    ]
    assert counts(verdicts)["intact"] == 5


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("amend", "amended"),
        ("redact", "redacted"),
        ("adopt", "handwritten"),
    ],
)
def test_an_acceptance_names_the_old_header_and_the_new_slice(
    five: Writing, kind: str, state: str
) -> None:
    now = changed(five.slices[3], "kind: note", "kind: fact")
    old = header_of(five.slices[3])
    fields = {"of": entry_id(3), "old": old, "new": slice_digest(now)}
    five.write(6, kind=kind, fields=fields)
    texts = {**five.slices, 3: now}
    assert states(judge((WRITER, texts.values()))) == {entry_id(3): state}
    again = changed(now, "Entry 3", "Entry 9")
    assert states(judge((WRITER, {**texts, 3: again}.values())))[entry_id(3)] == "edited"
    texts[6] = changed(texts[6], "Body 6", "Body 9")  # who isn't intact accepts nothing
    assert states(judge((WRITER, texts.values())))[entry_id(3)] == "edited"


def test_the_worst_state_gives_the_exit_code() -> None:
    one = Verdict("x", "intact", PATH, 1)
    assert exit_code([]) == exit_code([one]) == 0
    for state, code in STATES.items():
        assert exit_code([one, replace(one, state=state), one]) == code
    assert exit_code([replace(one, state="broken"), replace(one, state="edited")]) == 5
    assert {code for state, code in STATES.items() if state in ("elsewhere", "spooled")} == {0}


def test_a_verdict_as_json_leaves_out_what_it_has_not() -> None:
    one = Verdict("x", "edited", PATH, 3)
    shown = {"id": "x", "state": "edited", "file": PATH, "line": 3}
    assert one.record() == shown
    assert replace(one, message="m", diff="d").record() == {**shown, "message": "m", "diff": "d"}


# The quick reader and the careful one


@given(body=bodies, title=words, mess=st.sampled_from(["", "\n\n", "x", "\n\nunder it\n", "\r"]))
def test_the_quick_reader_sees_what_the_careful_one_sees(body: str, title: str, mess: str) -> None:
    draft = {"body": body.encode(), "title": title.replace("\0", "")}
    at = "2026-11-21T10:00:00.000000+01:00"
    _, piece = seal.Sealing(draft).seal(entry_id(1), at, "", 1, genesis(WRITER, NAMESPACE))  # type: ignore[arg-type]
    data = seal.normal(piece + mess.encode())
    compare(data)


@given(at=st.integers(0, 480), new=st.binary(max_size=3), size=st.integers(0, 3))
def test_the_quick_reader_takes_no_damage_for_whole(at: int, new: bytes, size: int) -> None:
    data = Writing().write(1, tags=["a", "b"], body=b"A body\n\nof two paragraphs.\n")
    compare(seal.normal(data[:at] + new + data[at + size :]))


def compare(data: bytes) -> None:
    day = Day(PATH, "2026-11-21", Chains(genesis).of(WRITER, NAMESPACE))
    quick = held.read(data, day)
    careful = dayfile.pieces(data)
    assert [one.raw for one in quick] == [piece.raw for piece in careful]
    for one, piece in zip(quick, careful, strict=True):
        if one.header and re.fullmatch(r"\d+:sha256:\w{64}", str(piece.values.get("prev"))):
            seq = piece.values.get("seq")
            assert one.seq == (seq if type(seq) is int else 0)
            assert one.id == (piece.values.get("id") or one.id)
            assert f"{one.before}:{one.prev}" == piece.values["prev"]
        if one.header != piece.header:  # a header that can't be read: the chain finds it changed
            assert piece.trouble
        else:
            assert (one.state, one.rest) == (piece.state, piece.postscript) or piece.trouble
