"""A manifest is written in one way, and whatever is written otherwise is refused."""

import json
from dataclasses import replace

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from journal.errors import FormatError
from journal.manifest import (
    MOST_BYTES,
    Manifest,
    Masked,
    Member,
    Part,
    is_member,
    order,
    pack_id,
    parse,
    place_of,
    render,
)

HERE = "01KAJ2X7Q0M3C4V5B6N7Q8W9E0"
THERE = "01KAJ2X6ZZ0H1T2V3W4X5Y6Z7A"
SUM = "a5" * 32
DIGEST = f"sha256:{SUM}"
DAY = "journal/main/2026/2026-11-21.md"
OWN = Part(HERE, "anna-7f3c9e", "main", "main", 2, 3, 9, f"12:{DIGEST}", (f"2:{DIGEST}",))
THEIRS = Part(THERE, "ben-000001", "notes", "main", 1, 4, 4, f"4:{DIGEST}")
MEMBERS = (
    Member("entries.jsonl", 700, SUM),
    Member(DAY, 300, SUM, 2, 0),
    Member("journal/main/2026/2026-11-22.ben-000001.p2.md", 200, SUM, 1, 1),
    Member(f"journal/main/attachments/{SUM}", 9, SUM),
    Member("schemas/header.json", 10, SUM),
)
WHOLE = Manifest(
    workspace=HERE, writer="anna-7f3c9e", timezone="Europe/Berlin",
    selection={"session": 'a "b"\n\u202e😀'}, entries=3, since="2026-11-21", until="2026-11-22",
    parts=(OWN, THEIRS), members=MEMBERS, masked=(Masked(HERE, DIGEST, DIGEST),),
    left_out={"forgotten": 1, "unsound": 20},
)  # fmt: skip
NOTHING = Manifest(
    workspace=HERE, writer="anna", timezone="UTC", entries=0, since="", until="", parts=(),
    members=(Member("entries.jsonl", 0, SUM),),
)  # fmt: skip


@pytest.mark.parametrize("manifest", [WHOLE, NOTHING])
def test_what_is_written_is_read(manifest: Manifest) -> None:
    raw = render(manifest)
    assert parse(raw) == manifest
    assert raw.isascii()
    assert raw.endswith(b"\n}\n")
    schema = json.loads((ROOT / "schemas" / "pack-manifest.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(raw))


def test_it_is_json_with_sorted_keys_for_any_reader() -> None:
    raw = render(WHOLE)
    assert raw == json.dumps(json.loads(raw), indent=1, sort_keys=True).encode() + b"\n"


def test_order_of_members_gaps_and_masked_does_not_matter() -> None:
    gaps = tuple(f"{number}:{DIGEST}" for number in (2, 10, 9))
    one = replace(WHOLE, parts=(replace(OWN, gaps=gaps), THEIRS))
    other = replace(
        WHOLE,
        members=MEMBERS[::-1],
        parts=(replace(OWN, gaps=gaps[::-1] * 2), THEIRS),
        masked=WHOLE.masked * 2,
    )
    assert render(one) == render(other)
    assert [gap[:2] for gap in parse(render(one)).parts[0].gaps] == ["2:", "9:", "10"]


def test_the_pack_is_named_by_its_manifest() -> None:
    assert pack_id(b"x") == "2d711642b726"


SMALL = render(WHOLE)


def is_refused_or_just_so(raw: bytes) -> bool:
    """Whether these bytes are no manifest, or one that is written just like them."""
    try:
        return render(parse(raw)) == raw
    except FormatError as error:
        return error.kind == "pack-corrupt" and bool(error.hint)


@given(st.integers(0, len(SMALL) - 1), st.integers(0, 7))
def test_one_bit_makes_it_another_manifest_or_none(at: int, bit: int) -> None:
    flipped = bytearray(SMALL)
    flipped[at] ^= 1 << bit
    assert is_refused_or_just_so(bytes(flipped))


@given(st.binary(max_size=40), st.integers(0, len(SMALL)), st.integers(0, 60))
def test_what_is_not_written_so_is_refused(text: bytes, at: int, gone: int) -> None:
    assert is_refused_or_just_so(SMALL[:at] + text + SMALL[at + gone :])


def spoilt(old: str, new: str) -> bytes:
    raw = SMALL.decode()
    assert raw.count(old) >= 1
    return raw.replace(old, new, 1).encode()


UNREADABLE = [
    b"", b"{}", b"{}\n", b"[]", SMALL + b"\n", SMALL[:-1], SMALL[1:], b"\xef\xbb\xbf" + SMALL,
    SMALL.replace(b"\n", b"\r\n"), json.dumps(json.loads(SMALL)).encode(),
    json.dumps(json.loads(SMALL), indent=1).encode()[::-1],
    b"[" * 1_000_000, b'{"a":' * 100_000,
    spoilt('"entries": 3', '"entries": 3.0'), spoilt('"entries": 3', '"entries": 03'),
    spoilt('"entries": 3', '"entries": 99999999999999999999999999'),
    spoilt("journal/pack@1", "journal/pack@2"),
    spoilt(' "timezone"', ' "surprise": 1,\n "timezone"'),
    spoilt("\\u202e", "\\ud83d"), spoilt("\\u202e", "\u202e"), spoilt("\\u202e", "\\u202E"),
    spoilt('"forgotten": 1,\n', '"forgotten": 1,\n  "forgotten": 1,\n'),
    spoilt(DAY, "journal/main/2026/../x.md"), spoilt(DAY, "/etc/passwd"),
]  # fmt: skip


@pytest.mark.parametrize("raw", UNREADABLE, ids=range(len(UNREADABLE)))
def test_another_way_to_write_it_is_refused(raw: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        parse(raw)
    assert caught.value.kind == "pack-corrupt"


def test_the_error_says_where() -> None:
    with pytest.raises(FormatError, match="part") as caught:
        parse(spoilt('"at": "main"', '"at": 7'))
    assert caught.value.file == "manifest.json"
    assert SMALL.split(b"\n")[caught.value.line].startswith(b'   "at"')


def test_what_is_too_large_is_not_read() -> None:
    with pytest.raises(FormatError, match="is the most"):
        parse(b" " * (MOST_BYTES + 1))


def other(**changes: object) -> Manifest:
    return replace(WHOLE, **changes)


def with_member(number: int, **changes: object) -> Manifest:
    members = list(MEMBERS)
    members[number] = replace(members[number], **changes)
    return other(members=tuple(members))


def with_part(**changes: object) -> Manifest:
    return other(parts=(replace(OWN, **changes), THEIRS))


CONTRADICTIONS = {
    "no entries.jsonl": other(members=MEMBERS[1:]),
    "a member twice": other(members=(*MEMBERS, MEMBERS[4])),
    "another day's name": with_member(1, path="journal/main/2025/2026-11-21.md"),
    "no such day": with_member(1, path="journal/main/2026/2026-02-30.md"),
    "a device": with_member(1, path="journal/con/2026/2026-11-21.md"),
    "another namespace": with_member(1, path="journal/other/2026/2026-11-21.md"),
    "another writer": with_member(1, path="journal/main/2026/2026-11-21.ben.md"),
    "no name, and not its own": with_member(1, part=1),
    "no such part": with_member(1, part=2),
    "no part": with_member(1, part=-1),
    "entries in a schema": with_member(4, entries=1),
    "an attachment's name": with_member(3, sha256="0" * 64),
    "the manifest": with_member(4, path="manifest.json"),
    "too much": with_member(3, bytes=9 << 30),
    "a part's entries": with_part(entries=3),
    "all entries": other(entries=4),
    "the days": other(since="2026-11-20"),
    "numbers": with_part(first=10),
    "one number": with_part(first=0),
    "no head": with_part(head=""),
    "an old head": with_part(head=f"8:{DIGEST}"),
    "a device as a writer": other(parts=(OWN, replace(THEIRS, writer="nul"))),
    "a chain twice": other(parts=(OWN, OWN)),
    "no workspace": other(workspace="Z" * 26),
    "a reason without entries": other(left_out={"unsound": 0}),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_what_contradicts_itself_is_refused(name: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(render(CONTRADICTIONS[name]))
    assert caught.value.kind == "pack-corrupt"


def test_gaps_and_members_stand_in_their_order() -> None:
    raw = render(with_part(gaps=(f"2:{DIGEST}", f"10:{DIGEST}"))).decode()
    swapped = raw.replace('"2:', '"x:').replace('"10:', '"2:').replace('"x:', '"10:')
    for text in (swapped, raw.replace('"10:', '"2:')):
        with pytest.raises(FormatError, match="gaps"):
            parse(text.encode())
    raw = SMALL.decode().replace("schemas/header.json", "a.md")
    with pytest.raises(FormatError):
        parse(raw.encode())


NAMES = {
    True: [
        "manifest.json", "manifest.json.sig", "entries.jsonl", "schemas/pack-entry.json", DAY,
        "journal/main/2026/2026-11-21.p2.md", "journal/main/2026/2026-11-21.anna-1.p12.md",
        f"journal/a/attachments/{SUM}",
    ],
    False: [
        "", "/", "manifest.json/", "Manifest.json", "journal", "journal/main/2026/",
        "/" + DAY, "../" + DAY, DAY + "\n", DAY + "\0", DAY.replace("/", "\\"), "C:" + DAY,
        "./" + DAY, DAY.replace("/2026/", "//2026/"), DAY.replace("main", "Main"),
        DAY.replace("main", "nul"), DAY.replace("main", ".git"), DAY.replace("main", "-x"),
        "journal/main/2026/2026-11-21.p1.md", "journal/main/2026/2026-11-21.p02.md",
        "journal/main/2026/2026-11-21.com1.md", "journal/main/2026/２０２６-11-21.md",
        "journal/main/2026/2026-11-21.sync-conflict-1.x.md", ".git/hooks/post-checkout",
        "journal/main/attachments/x", f"journal/main/attachments/{SUM.upper()}",
        "schemas/../x.json", "schemas/x.txt", "schemas/X.json",
    ],
}  # fmt: skip


@pytest.mark.parametrize("may", NAMES)
def test_only_what_a_pack_holds_has_a_name(may: bool) -> None:
    assert [name for name in NAMES[may] if is_member(name) is not may] == []


def test_a_day_files_path_says_whose_it_is() -> None:
    place = place_of("journal/main/2026/2026-11-21.anna-1.p12.md")
    assert place
    assert (place.namespace, place.date, place.writer) == ("main", "2026-11-21", "anna-1")
    assert place_of("schemas/header.json") is None


def test_the_manifest_comes_last() -> None:
    names = [*NAMES[True]]
    assert sorted(names, key=order)[-2:] == ["manifest.json", "manifest.json.sig"]


def test_many_gaps_are_read() -> None:
    gaps = tuple(f"{number}:{DIGEST}" for number in range(1, 20_000))
    many = with_part(gaps=gaps)
    assert parse(render(many)) == many
