"""Hostile packs: nothing outside, nothing half unpacked, little memory and time, and a reason.

Each row of the threat table is a way to spoil a sound pack; a seed decides the details. A process
of its own opens, checks and unpacks what they make, and says what came of it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from conftest import ROOT
from test_packs import Made, more, workspace

from journal import dayfile, held, seal
from journal.manifest import Manifest, Member, parse, render
from journal.packs import layout

MOST_KIB = 256 << 10
MOST_SECONDS = 5.0
DAY = "journal/main/2026/2026-11-20.md"
Parts = dict[str, bytes]

# Opens, checks and unpacks each pack named on stdin as anybody would who trusts nothing.
RUNNER = """
import json, os, shutil, sys, time
from journal import packs
from journal.errors import JournalError

def kib():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))

for name in map(str.rstrip, sys.stdin):
    out = name + ".out"
    said, code, start = "", -1, time.process_time()
    try:
        with packs.open(name) as pack:
            checked = packs.check(pack)
            code = checked.code
            said = checked.findings[0].message if checked.findings else ""
            if code != 5:
                packs.unpack(pack, out)
            else:
                try:
                    packs.unpack(pack, out)
                except JournalError:
                    pass
                else:
                    shutil.rmtree(out)
    except JournalError as error:
        said = error.kind + ": " + str(error)
    took = time.process_time() - start
    left = sorted(os.listdir(out)) if os.path.isdir(out) else []
    print(json.dumps([os.path.basename(name), code, said, took, kib(), left]), flush=True)
"""


@dataclass
class Raw:
    """A member as a hostile zip has it: what its headers say, whatever its bytes are."""

    name: bytes
    packed: bytes
    method: int = 8
    crc: int = 0
    size: int = 0
    flags: int = 0
    mode: int = layout.MODE
    extra: bytes = b""
    local_name: bytes | None = None
    local_size: int | None = None
    says: int | None = None  # packed bytes, as the headers have it
    offset: int | None = None

    @classmethod
    def of(cls, name: str | bytes, data: bytes, method: int = 8) -> Raw:
        squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = squeeze.compress(data) + squeeze.flush() if method == 8 else data
        raw = name.encode() if isinstance(name, str) else name
        return cls(raw, packed, method, zlib.crc32(data), len(data))


def zipped(rows: list[Raw], *, prefix: bytes = b"", comment: bytes = b"", lie: int = 0) -> bytes:
    """The zip of these rows; `lie` is added to the count of members."""
    out = bytearray(prefix)
    central = bytearray()
    for row in rows:
        at = len(out) if row.offset is None else row.offset
        packed = len(row.packed) if row.says is None else row.says
        name = row.name if row.local_name is None else row.local_name
        size = row.size if row.local_size is None else row.local_size
        sizes = (row.crc, packed, size & 0xFFFFFFFF, len(name), len(row.extra))
        out += struct.pack("<4s5H3L2H", b"PK\3\4", 20, row.flags, row.method, 0, 33, *sizes)
        out += name + row.extra + row.packed
        central += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 788, 20, row.flags, row.method, 0, 33, row.crc, packed,
            row.size & 0xFFFFFFFF, len(row.name), len(row.extra), 0, 0, 0, row.mode << 16, at,
        ) + row.name + row.extra  # fmt: skip
    begin, count = len(out), len(rows) + lie
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(central), begin, len(comment))
    return bytes(out + central + end + comment)


def rows_of(parts: Parts) -> list[Raw]:
    """A sound zip's rows."""
    last = [name for name in ("manifest.json", "manifest.json.sig") if name in parts]
    return [Raw.of(name, parts[name]) for name in [*sorted(parts.keys() - set(last)), *last]]


def fitting(
    parts: Parts, change: Callable[[Manifest], Manifest] = lambda manifest: manifest
) -> Parts:
    """The same with a manifest that fits whatever its members are now."""
    manifest = parse(parts["manifest.json"])
    known = {one.path: one for one in manifest.members}
    members = tuple(
        replace(known.get(path, Member(path, 0, "")), bytes=len(data), sha256=seal.digest(data)[7:])
        for path, data in parts.items()
        if not path.startswith("manifest.json")
    )
    return {**parts, "manifest.json": render(change(replace(manifest, members=members)))}


# The ways to spoil a pack. Each takes the sound one, and a place to put it; each is a row of the
# threat table, or a detail of one.

Way = Callable[[random.Random, Parts, Path], None]
WAYS: dict[str, Way] = {}


def way(spoil: Way) -> Way:
    WAYS[spoil.__name__] = spoil
    return spoil


BAD_NAMES: list[str | bytes] = [
    "../evil", "../../evil", "journal/../../evil", "/evil", "//evil/x", "C:\\evil", "C:evil",
    "\\\\host\\evil", "..\\evil", "journal\\main\\evil", "./manifest.json", "journal/./x", "", ".",
    "..", "/", "journal/", "journal//x", "evil\0.md", DAY + "\0", DAY + " ", DAY + ".", "con",
    "journal/nul/2026/2026-11-20.md", "journal/com1/2026/2026-11-20.md", "aux.md", "LPT1",
    ".git/hooks/post-checkout", ".git/config", "journal/.git/hooks/pre-commit", ".journal/state/x",
    "policy.yaml", "journal.toml", "Manifest.json", "MANIFEST.JSON", "Entries.jsonl", DAY.upper(),
    "journal/Main/2026/2026-11-20.md", "journal/ma\u0131n/2026/2026-11-20.md",
    "journal/e\u0301/2026/2026-11-20.md", "journal/\u00e9/2026/2026-11-20.md", "\u202egpj.exe",
    "journal/main/2026/2026-11-20.md\n", "a" * 60_000, "journal/" + "a/" * 2000, b"\xff\xfe",
    b"\xc0\xae\xc0\xae/evil", "schemas/../../evil", "~/.bashrc", "$HOME/evil", "%APPDATA%/evil",
    "journal/main/attachments/../../../evil", "journal/main/attachments/evil", "evil:stream",
    "\x1b]0;evil\x07", "-rf", "journal/-x/2026/2026-11-20.md",
]  # fmt: skip


@way
def a_bad_name(dice: random.Random, parts: Parts, to: Path) -> None:
    name = dice.choice(BAD_NAMES)
    rows = rows_of(parts)
    evil = Raw.of(name, b"evil")
    place = dice.randrange(len(rows) + 1)
    if dice.random() < 0.5:
        rows.insert(place, evil)
    else:
        rows[place - 1] = replace(rows[place - 1], name=evil.name)
    to.write_bytes(zipped(rows))


@way
def another_name_in_its_own_header(dice: random.Random, parts: Parts, to: Path) -> None:
    rows = rows_of(parts)
    row = dice.choice(rows)
    row.local_name = dice.choice([b"../evil", b"/evil", row.name[::-1], row.name.upper()])
    to.write_bytes(zipped(rows))


@way
def a_name_in_an_extra_field(dice: random.Random, parts: Parts, to: Path) -> None:
    rows = rows_of(parts)
    row = dice.choice(rows)
    name = b"../evil"
    said = struct.pack("<BL", 1, zlib.crc32(row.name)) + name
    row.extra = struct.pack("<HH", dice.choice([0x7075, 1, 0x5455]), len(said)) + said
    to.write_bytes(zipped(rows))


@way
def no_regular_file(dice: random.Random, parts: Parts, to: Path) -> None:
    rows = rows_of(parts)
    row = dice.choice(rows)
    row.mode = dice.choice([0o120777, 0o040755, 0o010644, 0o060644, 0o020644, 0o140644, 0o104755])
    row.packed, row.method, row.size = b"../../evil", 0, 10
    row.crc = zlib.crc32(row.packed)
    to.write_bytes(zipped(rows))


@way
def a_twin(dice: random.Random, parts: Parts, to: Path) -> None:
    rows = rows_of(parts)
    row = dice.choice(rows)
    name = row.name if dice.random() < 0.5 else row.name.swapcase()
    rows.insert(dice.randrange(len(rows) + 1), replace(row, name=name))
    to.write_bytes(zipped(rows))


@way
def members_that_overlap(dice: random.Random, parts: Parts, to: Path) -> None:
    rows = rows_of(parts)
    kernel = Raw.of("entries.jsonl", dice.randbytes(dice.randrange(1 << 16, 1 << 20)))
    name = "journal/main/attachments/{:064x}"
    many = [replace(kernel, name=name.format(n).encode(), offset=0) for n in range(200)]
    for one in many:
        one.packed, one.says = b"", len(kernel.packed)
    if dice.random() < 0.5:
        rows[dice.randrange(1, len(rows))].offset = dice.randrange(40)
        many = []
    to.write_bytes(zipped([kernel, *many, *rows[1:]]))


@way
def a_lie_about_sizes(dice: random.Random, parts: Parts, to: Path) -> None:
    rows = rows_of(parts)
    row = dice.choice(rows)
    by = dice.choice([-1, 1, 7, 1000, -row.size, 1 << 30, (1 << 32) - 1 - row.size])
    match dice.randrange(5):
        case 0:
            row.size += by
        case 1:
            row.local_size = row.size + by
        case 2:
            row.says = max(0, len(row.packed) + by) & 0xFFFFFFFF
        case 3:
            row.crc ^= 1 << dice.randrange(32)
        case _:
            row.packed += bytes(dice.randrange(1, 99))
    to.write_bytes(zipped(rows))


@way
def data_where_none_belongs(dice: random.Random, parts: Parts, to: Path) -> None:
    rows = rows_of(parts)
    match dice.randrange(5):
        case 0:
            data = zipped(rows, prefix=b"#!/bin/sh\nevil\n" * dice.randrange(1, 9))
        case 1:
            data = zipped(rows) + dice.randbytes(dice.randrange(1, 99))
        case 2:
            data = zipped(rows, comment=zipped(rows))
        case 3:
            data = zipped(rows) + zipped(rows)
        case _:
            row = dice.choice(rows)
            row.says = len(row.packed)
            row.packed += b"hidden" * 9
            data = zipped(rows)
    to.write_bytes(data)


@way
def too_many_members(dice: random.Random, parts: Parts, to: Path) -> None:
    count = dice.choice([60_000, 50_003])
    name = "journal/main/attachments/{:064x}"
    empty = [Raw(name.format(number).encode(), b"", 0) for number in range(count)]
    to.write_bytes(zipped(empty + rows_of(parts)))


@way
def a_wrong_count(dice: random.Random, parts: Parts, to: Path) -> None:
    to.write_bytes(zipped(rows_of(parts), lie=dice.choice([-1, 1, 5, 40_000])))


@way
def a_bomb(dice: random.Random, parts: Parts, to: Path) -> None:
    name = dice.choice([DAY, "entries.jsonl", "manifest.json", "schemas/header.json"])
    size = dice.choice([1 << 20, 16 << 20, 64 << 20])
    rows = [row for row in rows_of(parts) if row.name != name.encode()]
    bomb = Raw.of(name, dice.choice([b"\0", b" ", b"a", b"\n"]) * size)
    bomb.size = dice.choice([bomb.size, bomb.size, len(bomb.packed) * 200, 99])
    known = next(at for at, row in enumerate(rows_of(parts)) if row.name == bomb.name)
    rows.insert(known, bomb)
    to.write_bytes(zipped(rows))


@way
def another_method(dice: random.Random, parts: Parts, to: Path) -> None:
    rows = rows_of(parts)
    row = dice.choice(rows)
    if dice.random() < 0.5:
        row.flags = dice.choice([1, 8, 0x41, 0x800, 0x2000, 9])
    else:
        row.method = dice.choice([1, 6, 9, 12, 14, 93, 95, 98, 99, 0])
    to.write_bytes(zipped(rows))


@way
def a_torn_file(dice: random.Random, parts: Parts, to: Path) -> None:
    data = zipped(rows_of(parts))
    cut = dice.randrange(len(data))
    to.write_bytes(data[:cut] if dice.random() < 0.5 else data[cut:])


@way
def noise(dice: random.Random, parts: Parts, to: Path) -> None:
    data = bytearray(zipped(rows_of(parts)))
    for _ in range(dice.randrange(1, 20)):
        at = dice.randrange(len(data))
        data[at : at + dice.randrange(4)] = dice.randbytes(dice.randrange(4))
    to.write_bytes(data if dice.random() < 0.9 else dice.randbytes(len(data)))


@way
def members_that_the_manifest_does_not_name(dice: random.Random, parts: Parts, to: Path) -> None:
    parts = dict(parts)
    if dice.random() < 0.5:
        parts[f"journal/main/attachments/{dice.randrange(1 << 255):064x}"] = b"evil"
    else:
        del parts[dice.choice(sorted(parts))]
    to.write_bytes(zipped(rows_of(parts)))


MANIFESTS = [
    b"[" * 3_000_000, b'{"a":' * 1_000_000, b"{" + b'"a":1,' * 3_000_000 + b'"a":1}',
    b"[" + b"[]," * 4_000_000 + b"[]]", b'"' + b"a" * 9_000_000, b"9" * 1_000_000, b"", b"null",
    b'{"entries": ' + b"9" * 100_000 + b"}", b"\xff" * 1_000_000,
    '{"entries": "\u2028\U000e0041"}'.encode(),
]  # fmt: skip


@way
def a_hostile_manifest(dice: random.Random, parts: Parts, to: Path) -> None:
    raw = dice.choice(MANIFESTS)
    if dice.random() < 0.5:
        whole = bytearray(parts["manifest.json"])
        at = dice.randrange(len(whole))
        whole[at : at + dice.randrange(9)] = raw[: dice.randrange(1, 40)]
        raw = bytes(whole)
    rows = rows_of({**parts, "manifest.json": raw})
    if dice.random() < 0.5:  # not refused for its ratio
        rows[-1] = Raw.of("manifest.json", raw, 0)
    to.write_bytes(zipped(rows))


@way
def bytes_that_the_manifest_does_not_know(dice: random.Random, parts: Parts, to: Path) -> None:
    name = dice.choice(sorted(parts.keys() - {"manifest.json"}))
    data = bytearray(parts[name])
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    to.write_bytes(zipped(rows_of({**parts, name: bytes(data)})))


def header(block: str, body: str = "x") -> bytes:
    return f"\n## 10:00:00 t\n\n```yaml entry\n{block}\n```\n\n{body}\n".encode()


TEXTS = [
    header("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]"),
    header("a: " + "[" * 8_000), header("a: " + "[" * 200_000), header("a: " + "{a: " * 5_000),
    header("a: !!python/object/apply:os.system [evil]"), header("<<: {a: 1}\nid: x"),
    header("id: x\nid: y\nseq: 1"), header("seq: " + "9" * 15_000), header("at: 2024-02-30"),
    header("id: x\nat: x\nseq: 1\nprev: 0:sha256:0\nlen: 99999999\ndigest: sha256:0"),
    header("tags: [" + "a, " * 5_000 + "a]"), header('title: "\\ud800"\nrole: "\\udfff"'),
    header("meta: " + '{"a":' * 3_000), header('a: "' + "\\u0000" * 2_000 + '"'),
    b"\n## 10:00" * 3_000, b"\n## 10:00 " + b"a" * (1 << 20), b"\0" * 9999, b"\xff\xfe" * 9999,
    "\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e".encode() * 999, b"\r" * 99_999, b"\n" * 999_999,
    b"```yaml entry\n" * 9_999, b"---\n" * 9_999, b"\xef\xbb\xbf" * 999, b"\n## 10:0" * 9_999,
    b"\n## 10:00:00\n\n```yaml entry\n" + b"a: b\n" * 99_999,
    b"\n## 10:00 x\n" + b"a" * (5 << 20), b"a" * (6 << 20),
    header('attachments: [{"name": "../evil", "bytes": 1, "digest": "sha256:' + "0" * 64 + '"}]'),
    b"\n## 99:99:99 \x1b]52;c;eA==\x07\n\nx\n", b"\n" + b"\\" * 999_999 + b"## 10:00",
]  # fmt: skip


@way
def a_hostile_day_file(dice: random.Random, parts: Parts, to: Path) -> None:
    text = dice.choice(TEXTS)
    data = parts[DAY]
    at = dice.choice([0, len(data), dice.randrange(len(data))])
    spoilt = {**parts, DAY: data[:at] + text + data[at:]}
    day = held.Day(DAY, "2026-11-20", held.Chain("", "", ""))
    added = len(held.read(seal.normal(spoilt[DAY]), day)) - len(held.read(data, day))
    rows = rows_of(fitting(spoilt, more(dice.choice([0, added, added, added]))))
    if dice.random() < 0.5:
        rows = [
            Raw.of(row.name, spoilt[DAY], 0) if row.name == DAY.encode() else row for row in rows
        ]
    to.write_bytes(zipped(rows))


LINES = [
    b"[" * 1_000_000, b'{"a":' * 100_000, b"a" * 9_000_000, b"\n" * 1_000_000, b"{}\n" * 20_000,
    b'{"file": "' + DAY.encode() + b'", "id": "\\u001b]0;x\\u0007"}\n', b"9" * 100_000, b"\xff",
    b'{"file": "../evil", "line": 1e999}\n' * 999, b'{"file": null, "line": []}\n', b"null\n",
]  # fmt: skip


@way
def hostile_lines(dice: random.Random, parts: Parts, to: Path) -> None:
    data = parts["entries.jsonl"]
    at = dice.choice([0, len(data), dice.randrange(len(data))])
    spoilt = fitting({**parts, "entries.jsonl": data[:at] + dice.choice(LINES) + data[at:]})
    rows = rows_of(spoilt)
    rows[0] = Raw.of("entries.jsonl", spoilt["entries.jsonl"], dice.choice([0, 8]))
    to.write_bytes(zipped(rows))


@way
def a_forged_chain(dice: random.Random, parts: Parts, to: Path) -> None:
    data = parts[DAY].decode()
    old, new = dice.choice(
        [("\nseq: 2\n", "\nseq: 7\n"), ("\nprev: 1:", "\nprev: 3:"), ("\nid: 0", "\nid: 1"),
         ("\nprev: 0:sha256:", "\nprev: 0:sha256:0"), ("\nkind: note", "\nkind: task"),
         ("\nlen: ", "\nlen: 1"), ("2026-11-20T", "2026-11-21T"), ("Text", "Evil")]
    )  # fmt: skip
    spoilt = {**parts, DAY: data.replace(old, new, 1).encode()}
    to.write_bytes(zipped(rows_of(fitting(spoilt))))


@way
def a_hostile_folder(dice: random.Random, parts: Parts, to: Path) -> None:
    for name, data in parts.items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(data)
    outside = to.parent.parent / "outside"
    name = dice.choice(sorted(parts))
    match dice.randrange(8):
        case 0:
            (to / name).unlink()
            (to / name).symlink_to(dice.choice(["../" * 9 + "etc/passwd", outside / "secret", "x"]))
        case 1:
            shutil.rmtree(to / "journal")
            (to / "journal").symlink_to(outside)
        case 2:
            (to / name).unlink()
            os.mkfifo(to / name)
        case 3:
            (to / "journal" / dice.choice(["evil", ".git", "CON", "x.md"])).write_text("evil")
        case 4:
            (to / ("a/" * dice.randrange(1, 200))).mkdir(parents=True)
        case 5:
            (to / name).unlink()
            (to / name).mkdir()
        case 6:
            with socket.socket(socket.AF_UNIX) as bound:
                os.chdir(to)
                bound.bind(dice.choice(["evil", "manifest.json.sig"]))
                os.chdir(ROOT)
        case _:
            with (to / name).open("ab") as file:
                file.write(b"more")


# What came of them


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        place = tmp_path_factory.mktemp("sound")
        folder = Made(workspace(place / "w")).write(place / "pack", zipped=False)
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def opened(names: list[Path]) -> list[tuple[str, int, str, float, int, list[str]]]:
    """What a process says of each of these packs; an assertion if it doesn't live to."""
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input="".join(f"{name}\n" for name in names),
        capture_output=True, text=True, check=False, timeout=1200,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def everything(place: Path) -> dict[str, bytes | None]:
    """What lies there, links themselves rather than their targets."""
    return {
        path.relative_to(place).as_posix(): path.read_bytes() if path.is_file() else None
        for path in place.rglob("*")
        if not path.is_symlink()
    }


def wrong_with(sound: Parts, place: Path, cases: list[tuple[str, int]]) -> Iterator[str]:
    """What is not as it must be with the packs of these ways and seeds."""
    outside, here = place / "outside", place / "packs"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    here.mkdir()
    names = []
    for name, seed in cases:
        target = here / f"{name}-{seed}"
        WAYS[name](random.Random(f"{name} {seed}"), dict(sound), target)
        names.append(target)
    before = {path.name for path in here.iterdir()}
    told = opened(names)
    yield from (f"{name}: nothing came of it" for name in before - {one[0] for one in told})
    for name, code, said, took, kib, left in told:
        if code == 0 and not _is_the_same(sound, here / f"{name}.out"):
            yield f"{name}: taken for sound"
        if code != 0 and not said:
            yield f"{name}: refused without a reason"
        if took > MOST_SECONDS or kib > MOST_KIB:
            yield f"{name}: {took:.1f} s of the processor, {kib >> 10} MiB: {said[:99]}"
        if left and code not in (0, 1):
            yield f"{name}: something of it was left"
    extra = {path.name for path in here.iterdir()} - before
    yield from (f"{name} is there" for name in extra if not name.endswith(".out"))
    if everything(outside) != {"secret": b"secret"}:
        yield "something was written outside"
    yield from (
        f"{path} is new" for path in place.iterdir() if path.name not in ("outside", "packs")
    )


def _is_the_same(sound: Parts, out: Path) -> bool:
    """Whether what was unpacked has the sound pack's entries, whatever is above or between them."""
    found = everything(out)
    return all(
        _entries(name, found.get(name) or b"") == _entries(name, data)
        for name, data in sound.items()
        if name != "manifest.json"
    )


def _entries(name: str, data: bytes) -> list[bytes]:
    if not name.endswith(".md"):
        return [data]
    return [raw.rstrip(b"\n") for _, raw in dayfile.split(seal.normal(data)).slices]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_hostile_pack_does_no_harm(sound: Parts, tmp_path: Path, name: str) -> None:
    assert list(wrong_with(sound, tmp_path, [(name, seed) for seed in range(4)])) == []


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_two_thousand_hostile_packs_do_no_harm(sound: Parts, tmp_path: Path) -> None:
    cases = [(name, seed) for seed in range(100) for name in sorted(WAYS)]
    assert len(cases) >= 2000
    wrong: list[str] = []
    for at in range(0, len(cases), 100):
        place = tmp_path / str(at)
        place.mkdir()
        wrong += wrong_with(sound, place, cases[at : at + 100])
        shutil.rmtree(place)
    assert wrong == []


def test_the_tests_own_zip_is_sound(sound: Parts, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(rows_of(sound)))
    assert [one[1:3] for one in opened([tmp_path / "a.zip"])] == [(0, "")]
