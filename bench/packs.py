"""What carrying a journal costs beside `zip -r` plus `sha256sum` of the same files.

`python bench/packs.py [--quick]`: 100,000 entries exported, verified, imported into a workspace
that has none of them, as whole processes; the memory that each takes at most.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

from _corpus import mixed
from _measure import Row, Run, compared, interleaved, peak, process, table
from _place import Place, day_files, jsonl


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument("--quick", action="store_true", help="10,000 entries, and fewer runs")
    options = words.parse_args()
    entries = 10_000 if options.quick else 100_000
    if not all(map(shutil.which, ("zip", "sha256sum"))):
        sys.exit("bench: zip and sha256sum are what is compared with: install them")
    with Place() as place:
        print(place.machine(), flush=True)
        root = _filled(place, entries)
        rounds = 3 if options.quick else 5
        rows = [*_exported(place, rounds), *_imported(place, root, rounds, entries)]
        print(f"\n{table(rows)}\n\n{_memory(place)}\nload at the end: {os.getloadavg()[0]:.1f}")


def _filled(place: Place, entries: int) -> Path:
    start = perf_counter()
    root = place.workspace("here")
    place.run(root, "append", "--batch", stdin=jsonl(place.folder / "drafts.jsonl", mixed(entries)))
    place.run(root, "list", "-n", "1")
    size = sum(file.stat().st_size for file in day_files(root))
    print(
        f"{entries:,} entries, {size / 1e6:.0f} MB, {perf_counter() - start:.0f} s", file=sys.stderr
    )
    os.chdir(root)
    return root


def _once(place: Place, made: Path, *command: str) -> Run:
    """A process, what it made before taken away."""
    made.unlink(missing_ok=True)
    return process(command, place.env)


def _zipped(place: Place, rival: Path) -> Callable[[], Run]:
    """What is compared with, in the workspace."""
    script = f"zip -qr {rival} journal && find journal -type f -print0 | xargs -0 sha256sum"
    return partial(_once, place, rival, "/bin/sh", "-c", script)


def _exported(place: Place, rounds: int) -> list[Row]:
    pack, rival = place.folder / "a.zip", place.folder / "b.zip"
    jobs: dict[str, Callable[[], Run]] = {
        "zip": _zipped(place, rival),
        "export": partial(_once, place, pack, place.journal, "pack", "export", "--zip", str(pack)),
        "verify": partial(process, [place.journal, "pack", "verify", str(pack)], place.env),
    }
    found = interleaved(jobs, rounds)
    print(f"pack {pack.stat().st_size / 1e6:.1f} MB, zip -r {rival.stat().st_size / 1e6:.1f} MB")
    return [
        compared(f"pack {name}", found[name], found["zip"], "≤ 4x") for name in ("export", "verify")
    ]


def _imported(place: Place, root: Path, rounds: int, entries: int) -> list[Row]:
    """Into a fresh workspace each time."""
    pack, rival = place.folder / "a.zip", place.folder / "b.zip"

    def bring() -> Run:
        away = place.workspace("away")
        os.chdir(away)
        run = process([place.journal, "pack", "import", str(pack)], place.env)
        here = place.run(away, "list", "--json")
        assert here.count(b'"id":') == entries + 1, here.count(b'"id":')
        os.chdir(root)
        shutil.rmtree(away)
        return run

    jobs = {"zip": _zipped(place, rival), "import": bring}
    found = interleaved(jobs, min(rounds, 3), warm_up=0)
    return [compared("pack import", found["import"], found["zip"])]


def _memory(place: Place) -> str:
    told = []
    for verb, pack in (("export --zip", "c.zip"), ("verify", "a.zip")):
        command = [place.journal, "pack", *verb.split(), str(place.folder / pack)]
        told.append(f"{verb} {peak(place.python, command, place.env) / 1e6:.0f} MB")
    return "memory at most: " + ", ".join(told)


if __name__ == "__main__":
    main()
