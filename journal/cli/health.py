"""`journal doctor` and `journal repair`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import groupby

from journal import doctor, repair
from journal.cli import asking, output
from journal.doctor.codes import CODES, NOTE
from journal.finding import Finding
from journal.repair.step import Step
from journal.safe import one_line
from journal.space import find


def doctor_options(verb: argparse.ArgumentParser) -> None:
    """None of its own."""
    del verb


def do_doctor(args: argparse.Namespace) -> int:
    """What is not as it should be; 0 nothing, 1 something, 5 a chain is broken."""
    found = doctor.examine(find(args.workspace))
    if args.json:
        output.json(
            {
                "schema": "journal/doctor@1", "entries": found.entries,
                "findings": [doctor.record(one) for one in found.findings],
            }
        )  # fmt: skip
        return found.exit_code
    _findings(found.findings)
    some = "1 entry" if found.entries == 1 else f"{found.entries:,} entries"
    grave = [one for one in found.findings if CODES[one.code].weight != NOTE]
    notes = len(found.findings) - len(grave)
    what = [f"{_things(len(grave))} to mend"] if grave else []
    what += [f"{_things(notes)} worth knowing"] if notes else []
    output.write(f"{some}, {', '.join(what) or 'nothing to mend'}")
    return found.exit_code


def _things(count: int) -> str:
    return "1 thing" if count == 1 else f"{count} things"


def _findings(found: Iterable[Finding]) -> None:
    """Findings by area, one line each, with what to do about it."""
    for area, group in groupby(found, key=lambda one: CODES[one.code].area):
        output.write(output.style(area, "bold"))
        for one in group:
            where = f"{one.file}:{one.line}" if one.line else one.file
            colour = "yellow" if CODES[one.code].weight == NOTE else "red"
            code = output.style(one.code, colour)
            output.write(f"  {one_line(where)}  {code}  {one_line(one.message)}")
            todo = f"journal repair {one.fix}" if one.fix else doctor.hint(one)
            output.write(f"      {output.style(todo, 'dim')}")


def repair_options(verb: argparse.ArgumentParser) -> None:
    """The fixes that are wanted, and whether to do it."""
    verb.add_argument(
        "fix", nargs="*", metavar="FIX", help=f"only these: {', '.join(sorted(repair.FIXES))}"
    )
    verb.add_argument(
        "--apply", action="store_true", help="do it, rather than say what it would do"
    )


def do_repair(args: argparse.Namespace) -> int:
    """Mend what can be mended; 1 if something is left to be done."""
    root = find(args.workspace)
    if args.apply:
        with asking.opened(root) as journal:
            found = repair.apply(root, args.fix, journal)
    else:
        found = repair.plan(root, args.fix)
    if args.json:
        output.json(repair.record(found))
        return found.exit_code
    for step in found.done:
        _step(step, step.action)
    for step in found.hindered:
        _step(step, f"can't: {step.hindrance}")
    if found.left:
        output.write("left for a person:")
        _findings(found.left)
    output.write(_summary(found))
    return found.exit_code


def _step(step: Step, what: str) -> None:
    where = f"{step.file}:{step.line}" if step.line else step.file
    output.write(f"{one_line(where)}  {output.style(step.fix, 'yellow')}  {one_line(what)}")


def _summary(found: repair.Repair) -> str:
    """What was done or would be, and how much of it can't be."""
    many = _steps(len(found.done))
    can_not = ""
    if found.hindered:
        can_not = f"{_steps(len(found.hindered))} {'could' if found.applied else 'can'} not be done"
    if not found.done:
        told = f"told by entry {found.entry}" if found.entry else ""
        return "; ".join(filter(None, (can_not, told))) or "nothing that a fix could mend"
    also = f"; {can_not}" if can_not else ""
    if not found.applied:
        return f"{many}{also}; nothing was changed: `journal repair --apply` does it"
    kept = f"; old bytes are kept in {repair.ASIDE}" if found.kept else ""
    entry = found.entry or "(the journal is switched off)"
    return f"{many} done, told by entry {entry}{kept}{also}"


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"
