"""What `amend` and `adopt` append: entries that accept others as they stand now.

Nothing sealed is rewritten (FORMAT 6): an amend names an entry's old header and the slice that
stands there now, an adopt a handwritten slice and where it stands. `verify` reads them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from journal import dayfile
from journal.attach import ATTACHMENT
from journal.chain import Verdict
from journal.daypath import namespace_of
from journal.entry import Draft
from journal.errors import UsageError
from journal.ids import matches
from journal.notebook import Notebook
from journal.tail import standing

NOTHING = "nothing-to-amend"
ADOPTED_AS_IT_STANDS = "Adopted as it stands."
_INSTEAD = {
    "intact": "to add to it, append an entry with --parent {id}",
    "amended": "it was accepted as it stands already",
    "handwritten": "`journal adopt {id}` pins it as it stands",
    "missing": "`journal repair` puts it back",
    "spooled": "the next append puts it in its file",
    "elsewhere": "git took it; it is back when its branch or stash is",
    "forgotten": "it was given up for good",
    "redacted": "what was masked stays so",
    "edited": "put back what was changed",
    "torn": "`journal repair` mends it",
    "misplaced": "move it back to where it belongs",
}
_DOCTOR = "`journal doctor` says what can be done about it"


def named(verdicts: Iterable[Verdict], wanted: str) -> Verdict:
    """The verdict on the entry whose id begins or ends so; UsageError if none or several do.

    Of several on one entry (an edited copy beside the intact one) the one that can be accepted.
    """
    found: dict[str, Verdict] = {}
    for verdict in verdicts:
        if wanted and matches(wanted, verdict.id):
            known = found.setdefault(verdict.id, verdict)
            found[verdict.id] = verdict if verdict.new and not known.new else known
    if exact := found.get(wanted):
        return exact
    if not found:
        raise UsageError(
            f"no entry's id begins or ends with {wanted!r}",
            kind="entry-not-found",
            hint="`journal list` shows the ids, `journal verify` those of entries that are gone",
        )
    if len(found) > 1:
        some = ", ".join(sorted(found)[:5])
        raise UsageError(
            f"{len(found)} entries' ids begin or end with {wanted!r}: {some}",
            kind="ambiguous-id",
            hint="give more of the id",
        )
    return next(iter(found.values()))


def amend(notebook: Notebook, verdict: Verdict, reason: str) -> Draft:
    """The entry that accepts this one as it stands; of a pinned text that is gone, that it is.

    UsageError `nothing-to-amend` if it is as it was, or can't be accepted so: the hint says what
    to do instead.
    """
    fields = {"of": verdict.id}
    if verdict.pin and verdict.state in ("edited", "missing", "misplaced"):
        where = f"{verdict.pin}:{verdict.line if verdict.new else 0}"
        fields |= {"old": verdict.old, "new": verdict.new, "where": where}
    elif verdict.new and verdict.state in ("edited", "edited-whitespace", "torn"):
        _refuse_what_comes_back(notebook, verdict)
        fields |= {"old": verdict.old, "new": verdict.new}
    else:
        raise _nothing(verdict)
    fields = {key: value for key, value in fields.items() if value}
    return Draft(body=reason, kind="amend", namespace=_namespace(verdict), fields=fields)


def _nothing(verdict: Verdict) -> UsageError:
    hint = _INSTEAD.get(verdict.state, _DOCTOR).format(id=verdict.id)
    if verdict.pin and verdict.state == "handwritten":
        hint = "it stands as it was adopted"
    elif verdict.message.startswith(ATTACHMENT):
        hint = "put the file back as it was; one that is gone comes back with --attach, too"
    state = f"it is {verdict.state}" + (f": {verdict.message}" if verdict.message else "")
    return UsageError(
        f"there is nothing to amend in {verdict.id}: {state}",
        kind=NOTHING,
        file=verdict.file,
        line=verdict.line,
        hint=hint,
    )


def _refuse_what_comes_back(notebook: Notebook, verdict: Verdict) -> None:
    """What the very append that would accept it mends: an end cut off, an entry without heading."""
    if not any(record.id == verdict.id for record in notebook.store.spooled()):
        return
    data = (notebook.store.content(verdict.file) or b"").rstrip(b"\n")
    slices = dayfile.split(data).slices
    why = ""
    if verdict.id not in standing(data):
        why = "it is no entry any more, and the next append in its file puts it back"
    elif verdict.state == "torn" and verdict.line == data.count(b"\n", 0, slices[-1][0]) + 1:
        why = "it was cut off at the end of its file, and the next append completes it"
    if why:
        raise UsageError(
            f"{verdict.id} can't be amended: {why}",
            kind=NOTHING,
            file=verdict.file,
            line=verdict.line,
            hint="`journal repair` does that now; to change it after that, keep its heading and its"
            " header, change a word of its text, and amend it",
        )


def adopt(verdicts: Sequence[Verdict], reason: str = "") -> list[Draft]:
    """The entries that pin these handwritten ones, one each; pinned ones are left out.

    UsageError `nothing-to-adopt` for what is not handwritten.
    """
    return [_adopted(verdict, reason) for verdict in verdicts if not _is_pinned(verdict)]


def _is_pinned(verdict: Verdict) -> bool:
    if verdict.state == "handwritten":
        return bool(verdict.pin)
    hint = f"`journal amend {verdict.id} --reason …` accepts it as it stands"
    if not verdict.new:
        hint = "only what a person typed into a day file needs adopting"
    raise UsageError(
        f"{verdict.id} is not handwritten: it is {verdict.state}",
        kind="nothing-to-adopt",
        file=verdict.file,
        line=verdict.line,
        hint=hint,
    )


def _adopted(verdict: Verdict, reason: str) -> Draft:
    return Draft(
        body=reason or ADOPTED_AS_IT_STANDS,
        kind="adopt",
        namespace=_namespace(verdict),
        fields={
            "of": verdict.id,
            "new": verdict.new,
            "where": f"{verdict.file}:{verdict.line}",
        },
    )


def _namespace(verdict: Verdict) -> str:
    return namespace_of(verdict.file)
