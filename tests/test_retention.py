"""What the policy keeps no longer: purged when it is asked for, and nothing else."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from strikes import CANARY, book, day, holding, journal, sound_without, unsound

from journal import api, clock, forgetting, retention
from journal.api import Journal
from journal.entry import Draft
from journal.policy.limits import Limits
from journal.selection import Selection


def policy(root: Path, **limits: int) -> None:
    """Limits of the namespace main."""
    lines = "".join(f"    {key}: {value}\n" for key, value in limits.items())
    text = f"schema: journal/policy@1\nnamespaces:\n  main:\n{lines}"
    (root / "policy.yaml").write_text(text)


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in root.rglob("*") if path.is_file() and "/.journal/cache/" not in str(path)
    }  # fmt: skip


def run(root: Path) -> list[str]:
    """The ids that a run purges."""
    with api.open(str(root)) as opened:
        wanted = retention.due(opened)
        done = retention.run(opened, wanted)
    assert [one.row.id for one in wanted] == [one.planned.stroke.id for one in done]
    return [one.row.id for one in wanted]


def aged(opened: Journal, days: int, body: str, kind: str = "note") -> str:
    at = (clock.now() - timedelta(days=days)).isoformat()
    return opened.append(Draft(body=body, at=at, kind=kind)).id


def test_what_is_too_old(tmp_path: Path) -> None:
    opened, _ = book(tmp_path)
    old = [aged(opened, 40, f"{CANARY} a"), aged(opened, 31, f"{CANARY} b", "fact")]
    young = aged(opened, 29, "Young.")
    hidden = aged(opened, 35, f"{CANARY} hidden")
    by = forgetting.hide(opened, [opened.catalog.named(hidden)], "why")[0].by
    other = opened.append(Draft(body="Elsewhere.", namespace="other", at="2020-01-01T10:00")).id
    policy(tmp_path, retention_days=30)
    before = snapshot(tmp_path)
    done = journal(tmp_path, "retention", "run", "--dry-run", "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert [one["id"] for one in told["purged"]] == [old[0], hidden, old[1]]
    assert told["dry_run"] is True
    assert snapshot(tmp_path) == before
    assert run(tmp_path) == [old[0], hidden, old[1]]
    assert run(tmp_path) == []
    assert holding(tmp_path) == []
    left = {row.id for row in opened.rows()}
    assert {young, by, other} <= left
    said = [row for row in opened.rows(Selection(kind="forget")) if row.id != by]
    assert len(said) == 3
    body = opened.find(said[0].id).body
    assert body == "Kept no longer: retention_days 30 (policy.yaml:4)."
    sound_without(tmp_path, kept=["Young.", "Elsewhere."])


def test_more_than_it_keeps(tmp_path: Path) -> None:
    opened, receipts = book(
        tmp_path, *(f"{CANARY} {n}" for n in range(3)), "Kept one.", "Kept two."
    )
    policy(tmp_path, max_entries=2)
    assert run(tmp_path) == [receipt.id for receipt in receipts[:3]]
    assert run(tmp_path) == []
    sound_without(tmp_path, kept=["Kept one.", "Kept two."])
    del opened


def test_more_facts_than_it_keeps(tmp_path: Path) -> None:
    opened, _ = book(tmp_path, "A note.", "Another.")
    facts = [opened.append(Draft(body=f"fact {n}", kind="fact")).id for n in range(4)]
    policy(tmp_path, max_facts=1)
    assert run(tmp_path) == facts[:3]
    assert run(tmp_path) == []
    sound_without(tmp_path, kept=["A note.", "Another.", "fact 3"])


def test_what_a_person_typed_and_the_record_stay(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First.", "Second.")
    file = day(tmp_path, receipts[0])
    file.write_text(file.read_text() + "\n## 10:00 Typed\n\nBy hand.\n")
    old = file.with_name("2020-01-01.md")
    (tmp_path / "journal/main/2020").mkdir()
    old = tmp_path / "journal/main/2020/2020-01-01.md"
    old.write_text("## 10:00 Old\n\nBy hand, long ago.\n")
    forgetting.hide(opened, [opened.catalog.named(receipts[1].id)], "why")
    policy(tmp_path, max_entries=1, retention_days=1)
    assert run(tmp_path) == [receipts[0].id]
    bodies = {entry.body for entry in opened.entries()}
    assert {"By hand.", "By hand, long ago."} <= bodies
    assert old.read_text() == "## 10:00 Old\n\nBy hand, long ago.\n"
    assert unsound(tmp_path) == []


def test_where_a_person_wrote_under_it_it_stays(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First.", "Second.", "Third.", "The last.")
    file = day(tmp_path, receipts[0])
    text = file.read_text().replace("Second.\n", "Second.\n\nTyped below.\n")
    file.write_text(text.replace("Third.", "Changed by hand."))
    policy(tmp_path, max_entries=1)
    wanted = retention.due(opened)
    assert [one.row.id for one in wanted] == [receipts[0].id]
    assert [one.row.id for one in wanted.kept] == [receipts[1].id, receipts[2].id]
    retention.run(opened, wanted)
    assert "Typed below." in file.read_text()
    assert "Changed by hand." in file.read_text()
    assert "First." not in file.read_text()


def test_what_is_written_under_it_before_the_run_keeps_it(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First.", "Second.", "The last.")
    policy(tmp_path, max_entries=1)
    wanted = retention.due(opened)
    assert len(wanted) == 2
    file = day(tmp_path, receipts[0])
    file.write_text(file.read_text().replace("Second.\n", "Second.\n\nTyped below.\n"))
    done = retention.run(opened, wanted)
    assert [one.planned.stroke.id for one in done] == [receipts[0].id]
    assert "Second." in file.read_text()


def test_days_beyond_the_calendar(tmp_path: Path) -> None:
    opened, _ = book(tmp_path, "First.")
    for days in (10**6, 10**12):  # before the first year, and more than Python counts
        assert list(retention._due_in(opened, "main", Limits(retention_days=days))) == []


def test_several_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "MOST", 40)
    opened, receipts = book(tmp_path, "The first.")
    drafts = [Draft(body=f"{CANARY} {n}", token=f"t{n}") for n in range(2 * forgetting.MOST + 1)]
    opened.notebook.append_many(drafts)
    opened.append(Draft(body="The last."))
    policy(tmp_path, max_entries=1)
    assert len(run(tmp_path)) == len(drafts) + 1
    assert receipts[0].id not in {row.id for row in opened.rows()}
    assert opened.append(drafts[7]).repeated
    sound_without(tmp_path, kept=["The last."])
