"""Packs as large as one may be: opened, imported and verified in little memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from exchanges import workspace

from journal import held, packs, seal
from journal.chain import slice_digest
from journal.manifest import ENTRIES, MOST_BYTES, Manifest, Masked, Part, order, render
from journal.preamble import preamble

MOST_KIB = 256 << 10
MOST_SECONDS = 20.0  # where something is quadratic, it takes minutes
HOME = "01KAZZZZZZZZZZZZZZZZZZZZZZ"
DATE = "2026-11-01"
Text = tuple[bytes, int]  # and the part that it is of

# Imports a pack twice, as anybody would, and verifies what is here then.
RUNNER = """
import json, sys, time
from journal import api, chain
from journal.errors import JournalError
from journal.packing.bringing import bring

root, pack = sys.argv[1:]
said, start = "", time.process_time()
with api.open(root) as journal:
    for _ in range(2):
        try:
            brought = bring(journal, pack)
            said = [brought.new, brought.known]
        except JournalError as error:
            said = error.kind
    code = chain.exit_code(journal.notebook.verify())
with open("/proc/self/status") as file:
    kib = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
print(json.dumps([said, code, time.process_time() - start, kib]))
"""


class Large:
    """A pack of day files that tests make up, and what its manifest says of them."""

    def __init__(self, *writers: str) -> None:
        self.parts = [Part(HOME, one, "main", "main", 0, 0, 0, "") for one in writers]
        self.texts: dict[str, Text] = {}
        self.masked: list[Masked] = []
        self.gaps: tuple[str, ...] = ()
        self.listed: bytes | None = None

    def day(self, number: int, slices: Iterator[bytes]) -> None:
        """One part's day."""
        writer = self.parts[number].writer
        text = preamble(DATE, "main", "UTC", writer) + b"\n".join(slices)
        self.texts[f"journal/main/2026/{DATE}.{writer}.md"] = text, number

    def sealed(self, number: int, count: int) -> Iterator[tuple[str, str, bytes]]:
        """Entries of a part: the id, the header's digest and the slice of each."""
        writer = self.parts[number].writer
        prev = seal.genesis(HOME, writer, "main")
        for seq in range(1, count + 1):
            entry_id = f"01KA{number:06d}{seq:016d}"
            sealing = seal.Sealing({"body": b"Text.", "namespace": "main"})
            header, raw = sealing.seal(entry_id, f"{DATE}T10:00:00.000000+00:00", "", seq, prev)
            prev = f"{seq}:{seal.digest(header)}"
            yield entry_id, seal.digest(header), raw

    def write(self, target: Path) -> None:
        """Make it a zip."""
        tallies = [packs.Tally(packs.chain_of(part)) for part in self.parts]
        twins, lines, counts = packs.Twins(), list[bytes](), dict[str, int]()
        for path in sorted(self.texts, key=order):
            text, number = self.texts[path]
            day = held.Day(path, DATE, packs.chain_of(self.parts[number]))
            entries = held.read(text, day, twins.of(DATE))
            for one in entries:
                tallies[number].take(one)
                lines.append(packs.line(one, self.parts[number]))
            counts[path] = len(entries)
        texts = {path: text for path, (text, _) in self.texts.items()}
        texts[ENTRIES] = b"".join(lines) if self.listed is None else self.listed
        with packs.Writer(str(target), zipped=True) as writer:
            members = [writer.add(path, [texts[path]]) for path in sorted(texts, key=order)]
            made = Manifest(
                workspace=HOME, writer=self.parts[0].writer, timezone="UTC", selection={},
                entries=sum(counts.values()), since=DATE, until=DATE,
                parts=tuple(
                    replace(
                        part, entries=tally.entries, first=tally.first, last=tally.last,
                        head=tally.head, gaps=self.gaps or tally.gaps(),
                    )
                    for part, tally in zip(self.parts, tallies, strict=True)
                ),
                members=tuple(
                    replace(one, entries=counts[one.path], part=self.texts[one.path][1])
                    if one.path in counts
                    else one
                    for one in members
                ),
                masked=tuple(self.masked), left_out={},
            )  # fmt: skip
            writer.finish(render(made))


def masked() -> Large:
    """20,000 entries, each of which was masked on its way."""
    made = Large("anna")
    entries = list(made.sealed(0, 20_000))
    made.day(0, (raw for _, _, raw in entries))
    made.masked = [Masked(one, seal.digest(one.encode()), header) for one, header, _ in entries]
    return made


def masked_by_hand() -> Large:
    """10,000 texts by hand, each of which was masked, and 10,000 names for one of them."""
    made = Large("anna")
    raws = [b"## 10:00 a%d\n" % number for number in range(10_000)]
    made.day(0, iter(raws))
    digests = [slice_digest(raw) for raw in raws]
    names = zip(range(20_000), digests + digests[:1] * 10_000, strict=True)
    made.masked = [Masked(f"h-{n:012x}", seal.digest(b"%d" % n), new) for n, new in names]
    return made


def gaps() -> Large:
    """As many gaps as a manifest can have."""
    made = Large("anna")
    made.day(0, (raw for _, _, raw in made.sealed(0, 2)))
    made.gaps = tuple(f"{n}:{seal.digest(b'')}" for n in range(1, MOST_BYTES // 96))
    return made


def lines(*of: bytes) -> Callable[[], Large]:
    """One line of 30 MiB, made of this, in the lines for programs."""

    def make() -> Large:
        made = Large("anna")
        made.day(0, (raw for _, _, raw in made.sealed(0, 2)))
        begin, middle, end = of
        made.listed = begin + middle * ((30 << 20) // len(middle)) + end + b"\n"
        return made

    return make


def parts() -> Large:
    """1,500 writers with an entry each."""
    made = Large(*(f"w{number}" for number in range(1_500)))
    for number in range(1_500):
        made.day(number, (raw for _, _, raw in made.sealed(number, 1)))
    return made


LARGE: dict[str, tuple[Callable[[], Large], object]] = {
    "masked": (masked, [0, 20_000]),
    "masked by hand": (masked_by_hand, [0, 10_000]),
    "gaps": (gaps, "pack-corrupt"),
    "values": (lines(b'{"a":[', b"{},", b"1]}"), "pack-corrupt"),
    "texts": (lines(b'{"a":[', b'"xy",', b"1]}"), "pack-corrupt"),
    "one text": (lines(b'{"a":"', b"a", b'\\ud83d\\ude00"}'), "pack-corrupt"),
    "escapes": (lines(b'{"a":"', b"\\n", b'\\ud83d\\ude00"}'), "pack-corrupt"),
    "texts that never end": (lines(b"", b'\\"', b""), "pack-corrupt"),
    "parts": (parts, [0, 1_500]),
}


LINUX = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")


@pytest.mark.soak
@LINUX
@pytest.mark.parametrize("name", LARGE)
def test_a_large_pack_takes_little(tmp_path: Path, name: str) -> None:
    assert seconds(tmp_path, name) < MOST_SECONDS


@LINUX
def test_a_line_of_many_values_takes_little_room(tmp_path: Path) -> None:
    assert seconds(tmp_path, "values") > 0


def seconds(tmp_path: Path, name: str) -> float:
    """What a process needs for that pack, which does as it must in the room that it has."""
    make, becomes = LARGE[name]
    make().write(tmp_path / "large.zip")
    workspace(tmp_path / "home", "Ours.").close()
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, str(tmp_path / "home"), str(tmp_path / "large.zip")],
        capture_output=True, text=True, check=False, timeout=1200,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    said, code, took, kib = json.loads(done.stdout)
    assert (said, code) == (becomes, 0)
    assert kib < MOST_KIB
    return float(took)
