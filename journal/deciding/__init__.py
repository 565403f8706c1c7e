"""Decisions of a journal: as they stand now or stood then, and what people call them by.

>>> view = deciding.view(journal)                                    # doctest: +SKIP
>>> journal.append(decisions.accept(view, "8C80T317", "It is fast.")) # doctest: +SKIP
"""

import os

from journal import decisions
from journal.disputes import disputed
from journal.errors import UsageError
from journal.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.decisions import Case, Decision, View


def rows(journal: "Journal", namespace: str = "", until: "datetime | None" = None) -> "list[Row]":
    """The entries that tell of decisions in a namespace (the first one if none is given).

    `until`: only those of before that moment.
    """
    space = namespace or journal.default_namespace
    wanted = Selection(kind=decisions.KIND, namespace=space, until=until)
    return list(journal.rows(wanted, oldest=True))


def view(journal: "Journal", namespace: str = "", until: "datetime | None" = None) -> "View":
    """How decisions stand, or stood at a moment, asked of the catalog by kind."""
    return decisions.fold(rows(journal, namespace, until))


def meant(journal: "Journal", name: str) -> "tuple[list[Row], View, Decision]":
    """The decision that an id or a part of one names: in the first namespace, else in another.

    An entry that only changes a decision means that one. UsageError if none or several are meant.
    """
    journal.catalog.catch_up()
    row = journal.catalog.named(name)
    if row.purged:
        raise UsageError(
            f"{row.id} was purged, and what it said with it", kind="no-decision", file=row.file,
            line=row.line, hint="journal decision list --all shows decisions",
        )  # fmt: skip
    if row.kind != decisions.KIND:
        raise UsageError(
            f"{row.id} is no decision but of the kind {row.kind}", kind="no-decision",
            file=row.file, line=row.line, hint="journal decision list --all shows decisions",
        )  # fmt: skip
    every = rows(journal, row.namespace)
    found = decisions.fold(every)
    one = found.decisions.get(decisions.subject_of(every, row.id))
    if one is None and row.hidden:
        raise UsageError(
            f"the decision {row.id} was forgotten", kind="no-decision", file=row.file,
            line=row.line,
            hint=f"journal forget {row.id} --unforget --reason TEXT brings it back",
        )  # fmt: skip
    if one is None:
        raise UsageError(
            f"{row.id} changes a decision that isn't there", kind="no-decision",
            file=row.file, line=row.line, hint="it may have been forgotten, or be elsewhere",
        )  # fmt: skip
    return every, found, one


def settled(journal: "Journal", case: "Case") -> "Case":
    """The case with whole ids, and paths as they are kept; UsageError if something isn't there."""
    from dataclasses import replace

    from journal.evidence import evidence

    return replace(
        case,
        evidence=tuple(evidence(journal, case.evidence)) if case.evidence else (),
        governs=tuple(dict.fromkeys(_governed(journal, one) for one in case.governs)),
        supersedes=tuple(meant(journal, one)[2].id for one in case.supersedes),
        disputes=journal.catalog.named(case.disputes).id if _caught_up(journal, case) else "",
    )


def _caught_up(journal: "Journal", case: "Case") -> bool:
    if case.disputes:
        journal.catalog.catch_up()
    return bool(case.disputes)


def disagreements(journal: "Journal", one: "Decision") -> "list[Row]":
    """The entries that disagree with a decision without being one, as `journal dispute` has it."""
    rows = journal.catalog.having("parent", one.id)
    return [row for row in rows if row.kind != decisions.KIND and one.id in disputed(row)]


def base(journal: "Journal") -> str:
    """The folder that kept paths are seen from: the top of the git repository, or the root."""
    from journal import gitchanges

    return gitchanges.top(journal.root) or os.path.realpath(journal.root)


def _governed(journal: "Journal", file: str) -> str:
    if not file:
        raise UsageError("--governs '' names no file", kind="no-file", hint="a file or folder")
    if not os.path.exists(file):
        raise UsageError(
            "is not there", kind="no-file", file=file, hint="--governs takes files and folders"
        )
    kept = _path(journal, file)
    if not kept:
        raise UsageError(
            "lies outside of the repository", kind="no-file", file=file,
            hint=f"a decision governs files below {base(journal)}",
        )  # fmt: skip
    return kept


def _path(journal: "Journal", file: str) -> str:
    """A file's path from the base on; empty if it lies elsewhere."""
    folder, name = os.path.split(os.path.abspath(file))
    whole = os.path.join(os.path.realpath(folder), name)
    kept = os.path.relpath(whole, base(journal)).replace(os.sep, "/")
    return "" if kept == ".." or kept.startswith("../") else kept
