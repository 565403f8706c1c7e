"""The spool's records: whole, torn, forged; and the cache of what it tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import seal, spool
from journal.known import Known, from_cache

PATH = "journal/main/2026/2026-11-21.md"
ID = "01KAJ2X7Q0M3C4V5B6N7Q8W9E"


def record(seq: int, body: bytes, path: str = PATH) -> bytes:
    sealing = seal.Sealing({"body": body})
    entry_id = f"{ID}{seq % 10}"
    _, piece = sealing.seal(entry_id, "2026-11-21T14:03:22.123456+01:00", "", seq, "0:sha256:0")
    facts: dict[str, object] = {"path": path, "writer": "anna-1", "seq": seq, "id": entry_id}
    return spool.encode(facts, piece)


def seqs(data: bytes) -> list[int]:
    return [found.seq for found in spool.entries(spool.scan(data)[0])]


BODIES = st.binary(min_size=1, max_size=300).map(lambda raw: b"x" + raw.hex().encode())


@given(st.lists(BODIES, max_size=6))
def test_what_is_written_is_read(bodies: list[bytes]) -> None:
    data = b"".join(record(seq, body) for seq, body in enumerate(bodies, 1))
    records, torn = spool.scan(data)
    assert torn == 0
    assert [found.seq for found in records] == list(range(1, len(bodies) + 1))
    assert all(body in found.slice for body, found in zip(bodies, records, strict=True))


def test_a_record_cut_anywhere_costs_only_itself() -> None:
    first, second, third = record(1, b"one"), record(2, b"two"), record(3, b"three")
    for cut in range(1, len(second) - 1):
        data = first + second[:cut] + b"\n" + third
        records, torn = spool.scan(data)
        assert [found.seq for found in records] == [1, 3], cut
        assert torn, cut


def test_a_note_after_a_torn_record_is_read() -> None:
    first, second = record(1, b"one"), record(2, b"two")
    (entry,) = spool.scan(first)[0]
    note = spool.put_back(entry, PATH.replace(".md", ".p2.md"), first=False)
    for cut in range(1, len(second)):
        found = spool.entries(spool.scan(first + second[:cut] + b"\n" + note)[0])
        assert found[0].path.endswith(".p2.md"), cut
        assert found[0].facts["gone"] is True


def forgeries() -> list[bytes]:
    inner = record(9, b"forged")
    line, _, piece = inner.partition(b"\n")
    other = b"## Heading\n\n```yaml entry\nid: %s9\nseq: 9\n```\n\ntext\n" % ID.encode()
    (entry,) = spool.scan(record(1, b"one"))[0]
    return [
        b"innocent\n" + inner + b"innocent",
        b"innocent\n" + line + b"\n" + piece,
        b"x\n" + spool.encode({"path": PATH, "writer": "anna-1", "seq": 9, "id": ID + "9"}, other),
        b"x\n" + spool.put_back(entry, "journal/main/2026/2026-01-01.md", first=False) + b"x",
        b"x\n" + spool.encode({"put-back": entry.id, "path": PATH}, b"") + b"\n## x",
    ]


@pytest.mark.parametrize("body", forgeries())
def test_a_body_forges_no_record_even_where_its_own_is_damaged(body: bytes) -> None:
    before, around, after = record(1, b"one"), record(2, body), record(3, b"three")
    for damaged in (around[:5] + b"!" + around[6:], around[20:], around.replace(b"len", b"lem", 1)):
        records, _ = spool.scan(before + damaged + after)
        assert [(found.seq, "put-back" in found.facts) for found in records] == [
            (1, False),
            (3, False),
        ]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"seq": 2', b'"seq": 3'),
        (ID.encode() + b'2"', ID.encode() + b'7"'),
        (b'"path": "journal/main/2026/', b'"path": "journal/../../tmp/'),
        (b'"path": "journal/', b'"path": "elsewhere/'),
        (b'"writer": "anna-1"', b'"writer": 1'),
        (b"two", b"2wo"),
    ],
)
def test_a_line_that_does_not_fit_its_slice_is_not_believed(was: bytes, becomes: bytes) -> None:
    data = record(1, b"one") + record(2, b"two").replace(was, becomes, 1) + record(3, b"three")
    assert seqs(data) == [1, 3]


@given(st.binary(max_size=2000))
def test_garbage_holds_nothing(data: bytes) -> None:
    records, torn = spool.scan(data)
    assert records == []
    assert torn <= len(data)


def known() -> Known:
    records, _ = spool.scan(record(1, b"one") + record(2, b"two"))
    found = spool.from_records(records)
    found.inode, found.size, found.trim_at = 77, 1234, 5
    found.newest[PATH].offset, found.newest[PATH].line = 300, 9
    return found


def test_the_cache_says_what_it_was_told() -> None:
    told = known()
    for rest in (b"", b"the end of a longer cache that stood there before\n"):
        read = from_cache(told.cached() + rest)
        assert read
        assert (read.inode, read.size, read.trim_at) == (77, 1234, 5)
        assert read.heads == {"main": (2, PATH)} == told.heads
        assert read.newest[PATH].row() == told.newest[PATH].row()
        assert read.upto(PATH) == 2


def test_a_cache_with_one_wrong_byte_says_nothing() -> None:
    data = known().cached()
    for at in range(len(data) - 1):
        assert from_cache(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]) is None


@given(st.binary(max_size=500))
def test_a_cache_of_random_bytes_says_nothing(data: bytes) -> None:
    assert from_cache(data) is None
