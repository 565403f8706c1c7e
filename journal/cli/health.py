"""`journal doctor` and `journal repair`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import groupby

from journal import doctor, repair
from journal.cli import output
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
    if grave:
        many = "1 thing" if len(grave) == 1 else f"{len(grave)} things"
        output.write(f"{some}, {many} to mend")
    else:
        output.write(f"{some}, nothing to mend")
    return found.exit_code


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
    found = repair.apply(root, args.fix) if args.apply else repair.plan(root, args.fix)
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
    many = "1 step" if len(found.done) == 1 else f"{len(found.done)} steps"
    if not found.done:
        return (
            "nothing that a fix could mend" if not found.entry else f"told by entry {found.entry}"
        )
    if not found.applied:
        return f"{many}; nothing was changed: `journal repair --apply` does it"
    kept = f"; old bytes are kept in {repair.ASIDE}" if found.kept else ""
    return f"{many} done, told by entry {found.entry or '(the journal is switched off)'}{kept}"
