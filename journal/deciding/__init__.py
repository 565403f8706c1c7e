"""Decisions of a journal: as they stand now or stood then, and what people call them by.

>>> view = deciding.view(journal)                                    # doctest: +SKIP
>>> journal.append(decisions.accept(view, "8C80T317", "It is fast.")) # doctest: +SKIP
"""

import os

from journal import decisions
from journal.disputes import disputed
from journal.errors import UsageError
from journal.named import check_said, not_meant
from journal.selection import Selection
from journal.stated import space_of

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
    every = rows(journal, row.namespace)
    found = decisions.fold(every)
    one = found.decisions.get(decisions.subject_of(every, row.id))
    if one is None:
        raise not_meant(row, decisions.KIND)
    return every, found, one


def settled(journal: "Journal", case: "Case", namespace: str = "") -> "Case":
    """The case with whole ids, and paths as they are kept; UsageError if something isn't there.

    It is for a decision of that namespace, the first one if none is given; what it supersedes has
    to be of it, too.
    """
    from journal.evidence import evidence

    space = namespace or journal.default_namespace
    if case.disputes:
        journal.catalog.catch_up()
    return case.but(
        evidence=tuple(evidence(journal, case.evidence)) if case.evidence else (),
        governs=tuple(dict.fromkeys(_governed(journal, one) for one in case.governs)),
        supersedes=tuple(_superseded(journal, one, space) for one in case.supersedes),
        disputes=_disputed(journal, case.disputes) if case.disputes else "",
    )


def _superseded(journal: "Journal", name: str, namespace: str) -> str:
    one = meant(journal, name)[2]
    space_of(one.entry, namespace, decisions.KIND)
    return one.id


def _disputed(journal: "Journal", name: str) -> str:
    row: Row = journal.catalog.named(name)
    check_said(row)
    return str(row.id)


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
