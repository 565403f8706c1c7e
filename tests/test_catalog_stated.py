"""What folds ask of the catalog: the entries of a kind, and no page but the index's."""

import sqlite3
from pathlib import Path

import pytest
from catalogs import workspace

from journal.api import Journal
from journal.catalog import find
from journal.catalog.brief import SUBJECTS
from journal.entry import Draft
from journal.selection import Selection


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    found = Journal(str(workspace(tmp_path_factory.mktemp("stated"))))
    for kind in (*SUBJECTS, "note"):
        for number, title in enumerate(("Named", "")):
            found.append(
                Draft(
                    body=f"{kind} {number}\n\nAnd more.",
                    title=title,
                    kind=kind,
                    actor="anna",
                    session="one",
                    fields={"status": "done", "deep": {"a": [1, "ä"]}} if number else {},
                )
            )
    found.append(Draft(body="A task elsewhere", kind="task", namespace="other"))
    found.catalog.catch_up()
    return found


@pytest.mark.parametrize("namespace", ["", "main", "other", "nowhere"])
@pytest.mark.parametrize("kind", [*SUBJECTS, "note", "message"])
def test_it_tells_what_rows_tell(journal: Journal, kind: str, namespace: str) -> None:
    rows = {row.id: row for row in journal.rows(Selection(kind=kind, namespace=namespace))}
    briefs, said = journal.catalog.stated(kind, namespace), journal.catalog.said(kind, namespace)
    assert sorted(one.id for one in briefs) == sorted(one.id for one in said) == sorted(rows)
    same = ("kind", "at", "microseconds", "title", "parent", "namespace", "fields")
    for one in (*briefs, *said):
        row = rows[one.id]
        assert [getattr(one, name) for name in same] == [getattr(row, name) for name in same]
        assert (one.title or one.head) == (row.title or row.head)
    for one in said:
        row = rows[one.id]
        assert (one.actor, one.role, one.session) == (row.actor, row.role, row.session)
        assert one.head == row.head


@pytest.mark.parametrize("who", [False, True])
@pytest.mark.parametrize("kind", SUBJECTS)
def test_an_index_alone_answers_for_subjects(journal: Journal, kind: str, who: bool) -> None:
    question, values = find.stated(kind, "main", who=who)
    database = sqlite3.connect(Path(journal.root, ".journal/cache/catalog.db"))
    steps = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {question}", values)]
    database.close()
    assert len(steps) == 1
    assert "entry_stated (kind=? AND namespace=?)" in steps[0]
