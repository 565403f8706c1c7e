"""The append protocol under everything that can be made to fail here; prints what was lost.

python bench/soak_crash.py [kill-points] [errors] [kills] [race] [cuts]; all of them without words.
Needs strace for the first two, root and loop mounts for the last; says what it left out.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "tests")]

import faults  # noqa: E402 - they are found by the line above
import storms  # noqa: E402

KILLS = 200
CUTS = 300
CONTROL_CUTS = 30


def _sweep(base: Path, whats: dict[str, str]) -> int:
    if why := faults.why_no_strace():
        print(f"  left out: {why}")
        return 0
    bad = 0
    for name, scene in faults.SCENES.items():
        folder = base / name
        folder.mkdir()
        wrong = list(
            faults.sweep(
                folder, scene, whats, tell=lambda n, s=name: print(f"  {s}: {n} calls hit")
            )
        )
        print("".join(f"    {text}\n" for text in wrong[:20]), end="")
        bad += len(wrong)
    return bad


def kill_points(base: Path) -> int:
    return _sweep(base, {"signal=KILL": ".*"})


def errors(base: Path) -> int:
    return _sweep(base, faults.FAIL)


def kills(base: Path) -> int:
    return _told("kills of warm writers", storms.kills(base, KILLS))


def race(base: Path) -> int:
    return _told("saves by editors against 8 x 500 entries", storms.race(base, 8, 500))


def cuts(base: Path) -> int:
    if why := storms.why_no_power_cuts():
        print(f"  left out: {why}")
        return 0
    bad = _told("power cuts", storms.power_cuts(base, CUTS))
    control = storms.power_cuts(base, CONTROL_CUTS, storms.UNSAFE)
    print(
        f"  the control, which never flushes: {control.hits} cuts, {control.acknowledged:,}"
        f" acknowledged, {control.lost:,} lost"
    )
    return bad + (not control.lost)


def _told(what: str, tally: storms.Tally) -> int:
    print(
        f"  {tally.hits} {what}: {tally.acknowledged:,} acknowledged, {tally.lost} lost,"
        f" {tally.taken_twice} taken twice and told, {len(tally.wrong)} things wrong"
    )
    print("".join(f"    {text}\n" for text in tally.wrong[:20]), end="")
    return len(tally.wrong)


PARTS: dict[str, Callable[[Path], int]] = {
    "kill-points": kill_points, "errors": errors, "kills": kills, "race": race, "cuts": cuts,
}  # fmt: skip


def main(words: list[str]) -> int:
    if not PARTS.keys() >= set(words):
        sys.stderr.write(f"usage: soak_crash.py [PART ...], of {' '.join(PARTS)}\n")
        return 2
    base = Path(tempfile.mkdtemp(prefix="journal-soak-"))
    os.environ["XDG_STATE_HOME"] = str(base / "state")
    bad = 0
    try:
        for name in words or PARTS:
            (base / name).mkdir()
            print(name, flush=True)
            start = time.monotonic()
            bad += PARTS[name](base / name)
            print(f"  {time.monotonic() - start:.0f} s", flush=True)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
