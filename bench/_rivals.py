"""What `journal recall` is measured beside: ripgrep, jrnl, and a bare FTS5 table."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

from _corpus import Draft, Search, text
from _place import Place
from _programs import FTS_ASK, FTS_INSERT

JRNL_ENTRIES = 10_000  # it reads all of them each time, and slowly
JRNL = f"jrnl of {JRNL_ENTRIES:,}"
# The lines with one word in the days that hold the other too: lines are all that rg knows.
_BOTH = '"$0" -i -l -0 -e "$1" journal | xargs -0 "$0" -i -c -e "$2"'


@dataclass(frozen=True, slots=True)
class Rivals:
    """The commands of those that could be had."""

    place: Place
    table: Path
    rg: str | None
    jrnl: list[str] | None

    @classmethod
    def of(cls, place: Place, drafts: list[Draft]) -> Rivals:
        """All that can be had; a line is printed for each that can't."""
        texts = [text(draft) for draft in drafts[:JRNL_ENTRIES]]
        return cls(place, place.folder / "fts5.db", ripgrep(place), place.jrnl(len(texts), texts))

    def insert(self, table: Path, source: Path) -> list[str]:
        """The command that inserts the texts of a file of drafts, and tells what that took."""
        return [self.place.python, "-c", FTS_INSERT, str(table), str(source)]

    def search(self, asked: Search) -> dict[str, list[str]]:
        """Everyone's command for a search."""
        ask = [self.place.python, "-c", FTS_ASK, str(self.table), asked.query]
        found = {"FTS5": ask}
        if self.rg:
            found["rg"] = [self.rg, "-i", "-c", "-e", asked.patterns[0], "journal"]
            if len(asked.patterns) > 1:
                found["rg"] = ["/bin/sh", "-c", _BOTH, self.rg, *asked.patterns]
        if self.jrnl:
            found[JRNL] = [*self.jrnl, *asked.jrnl, "-n", "10"]
        return found

    def hits(self, query: str) -> int:
        """How many texts of the table answer."""
        database = sqlite3.connect(self.table)
        question = "SELECT count(*) FROM entry WHERE entry MATCH ?"
        (count,) = database.execute(question, (query,)).fetchone()
        database.close()
        return int(count)

    def lines(self, asked: Search) -> str:
        """How many lines of the day files answer, in so many files."""
        if not self.rg:
            return "-"
        command = self.search(asked)["rg"]
        done = subprocess.run(command, env=self.place.env, stdout=subprocess.PIPE, check=True)
        counts = [int(line.rsplit(b":", 1)[1]) for line in done.stdout.splitlines()]
        return f"{sum(counts):,} in {len(counts):,}"


def ripgrep(place: Place) -> str | None:
    """The `rg` on the PATH, else the wheel's; None if neither can be had."""
    program = shutil.which("rg")
    if program is None:
        try:
            place.install("rg", "--only-binary=:all:", "ripgrep")
        except subprocess.CalledProcessError:
            print("ripgrep is left out: no rg on the PATH, and pip has no wheel of it")
            return None
        program = str(place.folder / "rg" / "bin" / "rg")
    version = subprocess.run([program, "--version"], capture_output=True, check=True)
    print(version.stdout.decode().splitlines()[0])
    return program
