"""Packs: journals' entries as they travel, in a folder or a zip. Needs no workspace.

`open` reads one without trusting it, `check` holds it against its manifest and its chains,
`unpack` takes it to a folder. `Writer` makes one: `Tally` counts what a part of it amounts to,
`line` is an entry as `entries.jsonl` has it.
"""

from journal.packs.checking import Checked, check
from journal.packs.lines import line
from journal.packs.opening import open_pack as open  # noqa: A004 - packs.open reads best
from journal.packs.pack import Pack
from journal.packs.slices import MOST_ENTRY, Twins, chain_of, entries_of
from journal.packs.tally import Tally
from journal.packs.unpacking import unpack
from journal.packs.writing import Writer

__all__ = [
    "MOST_ENTRY", "Checked", "Pack", "Tally", "Twins", "Writer", "chain_of", "check", "entries_of",
    "line", "open", "unpack",
]  # fmt: skip
