"""Folders of decision records: read, imported, followed as they change, and written again."""

from __future__ import annotations

import json
import os
import re
import shutil
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import faults
from test_deciding import STEPS, drafts, git

from journal import api, deciding, decisions, forgetting
from journal.cli.main import main
from journal.deciding.exporting import export
from journal.decisions import record
from journal.decisions.record import Related, parse
from journal.entry import Draft
from journal.errors import UsageError
from journal.importers.adr import IMPORTER
from journal.importing import Round
from journal.importing.brought import Brought, Options
from journal.workspace import init

SAMPLE = Path(__file__).parent / "importers" / "adr" / "docs" / "adr"
View = dict[str, tuple[str, str]]  # by title: status, and the title of what superseded it


def bring(journal: api.Journal, folder: Path) -> Brought:
    with Round(journal, IMPORTER, Options()) as importing:
        return importing.bring([str(folder)])


def view(journal: api.Journal) -> View:
    found = deciding.view(journal).decisions
    return {
        one.title: (one.status, found[one.superseded_by].title if one.superseded_by else "")
        for one in found.values()
    }


# What a text says


@pytest.mark.parametrize(
    ("text", "title", "status", "date"),
    [
        ("# 3. T\n\nDate: 2026-01-05\n\n## Status\n\nAccepted\n", "T", "accepted", "2026-01-05"),
        ("# Title\n\n- Status: proposed\n- Date: 2026-01-05\n", "Title", "proposed", "2026-01-05"),
        ("# Title\n\n* **Status:** Rejected\n", "Title", "rejected", ""),
        ("---\nstatus: deprecated\ndate: 2026-01-05\n---\n# T\n", "T", "deprecated", "2026-01-05"),
        ("---\ntitle: Named\n: [\n---\n## Context\n", "", "", ""),
        ("# Title\n\n## Context\n\nStatus: accepted\n", "Title", "", ""),
        ("# Title\n\n```\n## Status\n\nAccepted\n```\n", "Title", "", ""),
        ("# ADR-007: Title\n\n### Status\n\nDraft for now\n", "Title", "proposed", ""),
        ("# Architecture Decision Record: Title\n", "Title", "", ""),
        ("# Title\n\n## Status\n\nPartly superseded\n", "Title", "accepted", ""),
        ("# Title\n\n## Status\n\n~~Proposed~~ whatever\n", "Title", "proposed", ""),
        ("# Title\n\n## Status\n\n## Context\n\nAccepted\n", "Title", "", ""),
        ("", "", "", ""),
    ],
)  # fmt: skip
def test_what_a_record_says_of_itself(text: str, title: str, status: str, date: str) -> None:
    found = parse(text)
    assert (found.title, found.status, found.date) == (title, status, date)


@pytest.mark.parametrize(
    ("line", "supersedes", "by"),
    [
        ("Superseded by [7. New](0007-new.md)", (), (Related("0007-new"),)),
        ("Superceded by [New](../adr/0007-new.md#status)", (), (Related("0007-new"),)),
        ("Supersedes [1](1-a.md) and [2](2-b.md)", (Related("1-a"), Related("2-b")), ()),
        ("Superseded by ADR-0012", (), (Related("#12"),)),
        ("Supersedes [3. Old]", (Related("#3"),), ()),
        ("- **Supersedes**: [1](0001-a.md)", (Related("0001-a"),), ()),
        ("Partly supersedes [1](1.md)", (Related("1", "Partly supersedes [1](1.md)"),), ()),
        ("Supersedes none, see [1](1-a.md)", (Related("1-a"),), ()),
        ("Amends [1](1-a.md)", (), ()),
        ("This supersedes nothing, see [1](1-a.md)", (), ()),
    ],
)  # fmt: skip
def test_what_supersedes_what(
    line: str, supersedes: tuple[Related, ...], by: tuple[Related, ...]
) -> None:
    found = parse(f"# T\n\n## Status\n\nAccepted\n\n{line}\n\n## Context\n\nx\n")
    assert (found.supersedes, found.superseded_by) == (supersedes, by)


def test_the_rest_is_its_content() -> None:
    text = (SAMPLE / "0001-record-decisions.md").read_text()
    assert parse(text).content == (
        "## Context\n\nWe say hello to decisions and forget them.\n\n"
        "## Decision\n\nWe write them down."
    )
    assert record.content(text) == parse(text).content
    assert record.content("Just text") == "Just text"
    assert record.content("# A heading\n\nand text") == "# A heading\n\nand text"


# Import


def test_a_folder_becomes_decisions(journal: api.Journal) -> None:
    brought = bring(journal, SAMPLE)
    assert (brought.new, brought.left) == (6, {"template": 1})
    assert view(journal) == {
        "Record decisions": ("superseded", "Record decisions in the journal"),
        "Search with SQLite": ("proposed", ""),
        "Record decisions in the journal": ("accepted", ""),
        "Keep days": ("accepted", ""),
    }
    found = {one.title: one for one in deciding.view(journal).decisions.values()}
    assert found["Record decisions"].entry.at.startswith("2026-01-05")
    (part,) = found["Record decisions in the journal"].parts
    assert part[0] == found["Keep days"].id
    assert bring(journal, SAMPLE).new == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "project" / "docs" / "adr"))


def test_what_changed_since_becomes_entries(journal: api.Journal, folder: Path) -> None:
    bring(journal, folder)
    file = folder / "0002-search-with-sqlite.md"
    for status in ("accepted", "deprecated", "accepted", "rejected"):
        file.write_text(re.sub("Status: .*", f"Status: {status}", file.read_text()))
        brought = bring(journal, folder)
        assert view(journal)["Search with SQLite"][0] == status
        assert brought.new in (1, 2)  # a text that was there before is no news
        assert bring(journal, folder).new == 0
    file.write_text(file.read_text() + "\nMore of it.\n")
    assert bring(journal, folder).new == 1
    assert len(view(journal)) == 4


def test_a_record_that_comes_later_supersedes(journal: api.Journal, folder: Path) -> None:
    late = folder / "0003-record-decisions-in-the-journal.md"
    text = late.read_text()
    late.unlink()
    bring(journal, folder)
    assert view(journal)["Record decisions"] == ("deprecated", "")  # by what isn't here
    # Only the older one says so, and it is not read again.
    late.write_text(text.replace("Supersedes [1. Record decisions](0001-record-decisions.md)", ""))
    bring(journal, folder)
    assert view(journal)["Record decisions"] == ("superseded", "Record decisions in the journal")


def test_two_projects_do_not_share_their_records(journal: api.Journal, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(SAMPLE, tmp_path / name / "docs" / "adr")
        assert bring(journal, tmp_path / name).new == 6


def test_a_record_without_a_date_has_that_of_its_first_commit(
    journal: api.Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "project" / "adr" / "0001-a.md"
    file.parent.mkdir(parents=True)
    file.write_text("# 1. A\n\n## Status\n\nAccepted\n")
    git(file.parent, "init", "-q")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2020-02-02T12:00:00Z")
    git(file.parent, "add", "-A")
    git(file.parent, "commit", "-qm", "first")
    bring(journal, file.parent)
    assert deciding.rows(journal)[0].at.startswith("2020-02-02")


# Export


def test_an_import_is_exported_as_it_was(journal: api.Journal, tmp_path: Path) -> None:
    bring(journal, SAMPLE)
    found = export(journal, str(tmp_path / "out"))
    assert len(found.written) == 4
    for name in found.written:
        assert (tmp_path / "out" / name).read_bytes() == (SAMPLE / name).read_bytes()
    assert export(journal, str(tmp_path / "out")).written == ()


def test_statuses_and_links_are_brought_up_to_date(journal: api.Journal, folder: Path) -> None:
    bring(journal, folder)
    found = deciding.view(journal)
    ids = {one.title: one.id for one in found.decisions.values()}
    sqlite, days = ids["Search with SQLite"], ids["Keep days"]
    from journal.decisions import accept, supersede

    journal.append(accept(found, sqlite, "Yes."))
    journal.append(supersede(deciding.view(journal), days, sqlite))
    export(journal, str(folder), replace=True)
    assert (
        (folder / "0002-search-with-sqlite.md")
        .read_text()
        .startswith(
            "# Search with SQLite\n\n- Status: accepted\n"
            "- Supersedes [Keep days](0004-keep-days.md)\n- Date: 2026-01-06\n"
        )
    )
    lines = (folder / "0004-keep-days.md").read_text().splitlines()
    assert "Superseded by [Search with SQLite](0002-search-with-sqlite.md)" in lines
    before = view(journal)
    bring(journal, folder)
    assert view(journal) == before


def test_a_file_that_says_otherwise_stays(journal: api.Journal, tmp_path: Path) -> None:
    from journal.decisions import decide

    at = journal.append(decide("Grep", "We scan.")).at[:10]
    (tmp_path / "0001-grep.md").write_text(f"# 1. Grep\n\nDate: {at}\n\n## Status\n\nMine.\n")
    with pytest.raises(UsageError) as caught:
        export(journal, str(tmp_path))
    assert "0001-grep.md" in caught.value.message
    assert (tmp_path / "0001-grep.md").read_text().endswith("Mine.\n")
    export(journal, str(tmp_path), replace=True)
    assert (tmp_path / "0001-grep.md").read_text().startswith("# 1. Grep\n\nDate: ")


BIG = "# 1. Use it\n\nDate: 2026-01-05\n\n## Status\n\nProposed\n\n" + "All of it.\n" * 100_000


def test_an_original_is_never_replaced_by_less(journal: api.Journal, tmp_path: Path) -> None:
    folder = tmp_path / "adr"
    folder.mkdir()
    file = folder / "0001-use-it.md"
    file.write_text(BIG)
    bring(journal, folder)
    assert export(journal, str(folder)).same == (file.name,)
    one = next(iter(deciding.view(journal).decisions))
    journal.append(decisions.accept(deciding.view(journal), one, "Yes."))
    assert export(journal, str(folder), replace=True).written == (file.name,)
    assert file.read_text() == BIG.replace("Proposed", "Accepted")
    file.write_text(BIG)
    (kept,) = (Path(journal.root) / "journal" / "main" / "attachments").iterdir()
    kept.unlink()
    with pytest.raises(UsageError, match="not known in full") as caught:
        export(journal, str(folder), replace=True)
    assert caught.value.kind == "file-exists"
    assert file.read_text() == BIG


SECRET = b"ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.mark.parametrize("odd", [b"caf\xe9", b"a\0b", SECRET])
def test_an_original_that_is_not_known_in_full_is_left(
    journal: api.Journal, tmp_path: Path, odd: bytes
) -> None:
    file = tmp_path / "adr" / "0001-use-it.md"
    file.parent.mkdir()
    file.write_bytes(b"# 1. Use it\n\n## Status\n\nProposed\n\n## Decision\n\n" + odd)
    before = file.read_bytes()
    bring(journal, file.parent)
    one = next(iter(deciding.view(journal).decisions))
    journal.append(decisions.accept(deciding.view(journal), one, "Yes."))
    with pytest.raises(UsageError, match="there, and not known in full"):
        export(journal, str(file.parent), replace=True)
    assert file.read_bytes() == before


def test_an_original_keeps_how_it_begins_and_how_its_lines_end(
    journal: api.Journal, tmp_path: Path
) -> None:
    file = tmp_path / "adr" / "0001-use-it.md"
    file.parent.mkdir()
    file.write_bytes(b"\xef\xbb\xbf# 1. Use it\r\n\r\n## Status\r\n\r\nProposed\r\n")
    bring(journal, file.parent)
    assert export(journal, str(file.parent)).same == (file.name,)
    one = next(iter(deciding.view(journal).decisions))
    journal.append(decisions.accept(deciding.view(journal), one, "Yes."))
    export(journal, str(file.parent), replace=True)
    assert file.read_bytes() == (b"\xef\xbb\xbf# 1. Use it\r\n\r\n## Status\r\n\r\nAccepted\r\n")


def test_decisions_keep_their_files(
    journal: api.Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for title in ("Alpha", "Beta"):
        journal.append(decisions.decide(title, "So it is."))
    out = tmp_path / "out"
    assert export(journal, str(out)).written == ("0001-alpha.md", "0002-beta.md")
    alpha = deciding.rows(journal)[:1]
    forgetting.hide(journal, alpha, "not now")
    found = export(journal, str(out))
    assert (found.written, found.same, found.stale) == ((), ("0002-beta.md",), ("0001-alpha.md",))
    brought = bring(journal, out)
    assert (brought.new, brought.left) == (0, {"records of this journal": 2})
    journal.append(decisions.decide("Beta", "Another one."))
    assert export(journal, str(out)).written == ("0003-beta.md",)
    file = out / "0002-beta.md"
    file.write_text(re.sub("\n<!-- journal .*", "", file.read_text()))  # as another tool left it
    assert export(journal, str(out), replace=True).written == ("0002-beta.md",)
    words = ("decision", "export", str(out), "--workspace", journal.root)
    assert main([*words]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("0 records written to ")
    assert told.err == "journal: of no decision, and left as they are: 0001-alpha.md\n"
    assert main([*words, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (faults("decision-export", shown), shown["stale"]) == ([], ["0001-alpha.md"])
    forgetting.purge(journal, [alpha[0].id], "secret")
    file = out / "0001-alpha.md"
    file.write_text(f"{file.read_text()}\n")  # read again
    assert bring(journal, out).left == {"records of this journal": 3}


def test_an_export_to_nowhere_is_refused(journal: api.Journal) -> None:
    journal.append(decisions.decide("Grep"))
    for folder in ("", " "):
        with pytest.raises(UsageError, match="names no folder"):
            export(journal, folder)
    assert not Path("0001-grep.md").exists()


@pytest.mark.parametrize("date", ["2026-02-30", "9999-12-31", "0001-01-01", "soon"])
def test_a_date_that_is_none_is_told(journal: api.Journal, tmp_path: Path, date: str) -> None:
    file = tmp_path / "0001-use-it.md"
    file.write_text(f"# 1. Use it\n\nDate: {date}\n\n## Status\n\nAccepted\n")
    brought = bring(journal, file)
    (finding,) = brought.findings
    assert (finding.code, finding.file, finding.line) == ("odd-date", str(file), 3)
    assert (brought.new, repr(date) in finding.message) == (1, True)


def test_two_records_of_one_name_stay_two(journal: api.Journal, tmp_path: Path) -> None:
    for name, title in (("0007-g.md", "One"), ("0007-g.markdown", "Two")):
        (tmp_path / name).write_text(f"# 7. {title}\n\nDate: 2026-01-05\n\n## Status\n\nAccepted\n")
    (tmp_path / "0008-h.md").write_text(
        "# 8. Three\n\nDate: 2026-01-05\n\n## Status\n\nAccepted\n\nSupersedes [7](0007-g.md)\n"
    )
    brought = bring(journal, tmp_path)
    assert view(journal) == {
        "One": ("superseded", "Three"), "Two": ("accepted", ""), "Three": ("accepted", ""),
    }  # fmt: skip
    assert [(one.code, Path(one.file).name) for one in brought.findings] == [
        ("same-name", "0007-g.markdown")
    ]
    assert bring(journal, tmp_path).new == 0
    found = export(journal, str(tmp_path), replace=True)
    assert (found.written, found.stale) == (("0007-g.md",), ())
    assert "0007-g.markdown" in export(journal, str(tmp_path / "out")).written


TITLES = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn")), min_size=1, max_size=30
).filter(lambda text: any(map(str.isalpha, text)))


@settings(max_examples=8)
@given(STEPS, st.lists(TITLES, min_size=8, max_size=8))
def test_importing_an_export_gives_the_same_view(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int, int]],
    titles: list[str],
) -> None:
    root = tmp_path_factory.mktemp("exports")
    for name in ("one", "two"):
        init(str(root / name))
    with api.open(str(root / "one")) as first, api.open(str(root / "two")) as second:
        for step in steps:
            if draft := drafts(deciding.view(first), step):
                named = draft.title + " " + titles[step[1]] if step[0] == "decide" else draft.title
                first.append(_with(draft, named))
        found = export(first, str(root / "adr"))
        bring(second, root / "adr")
        texts = {name: (root / "adr" / name).read_bytes() for name in found.written}
        assert _shape(second) == _shape(first)
        export(second, str(root / "again"))
        assert {name: (root / "again" / name).read_bytes() for name in texts} == texts


def _with(draft: Draft, title: str) -> Draft:
    from dataclasses import replace

    return replace(draft, title=title)


def _shape(journal: api.Journal) -> list[tuple[str, int]]:
    """Statuses, and which one superseded it by its number, in order."""
    found = list(deciding.view(journal).decisions.values())
    places = {one.id: at for at, one in enumerate(found)}
    return [(one.status, places.get(one.superseded_by, -1)) for one in found]


# The real ones


@pytest.fixture(scope="module")
def records(dev_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of eight projects, each where it lay."""
    root = tmp_path_factory.mktemp("projects")
    with tarfile.open(dev_data / "transcripts-dev.tar.xz") as archive:
        for member in archive:
            _, found, name = member.name.partition("adr/")
            if found and name.endswith(".md") and (source := archive.extractfile(member)):
                target = root / name.replace("__", "/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read())
    assert sum(1 for _ in root.rglob("*.md")) == 150
    return root


def test_real_records_come_out_as_they_went_in(records: Path, journal: api.Journal) -> None:
    brought = bring(journal, records)
    assert (brought.new, brought.refused) == (114, 0)
    statuses = [one.status for one in deciding.view(journal).decisions.values()]
    assert {it: statuses.count(it) for it in set(statuses)} == {
        "accepted": 83, "proposed": 27, "superseded": 2,
    }  # fmt: skip
    assert {old: by for old, (_, by) in view(journal).items() if by} == {
        "Superseded ADR": "Superseder",
        "Use the ADR number as its unique ID": "Use the ADR slug as its unique ID",
    }
    assert bring(journal, records).new == 0


def test_real_folders_are_exported_byte_for_byte(records: Path, tmp_path: Path) -> None:
    folders = {file.parent for file in records.rglob("*.md")}
    written = 0
    for number, folder in enumerate(sorted(folders)):
        root = tmp_path / str(number)
        init(str(root))
        alone = shutil.copytree(folder, root / "source" / "adr", ignore=_folders)
        with api.open(str(root)) as journal:
            bring(journal, alone)
            found = export(journal, str(root / "out"))
        written += len(found.written)
        for name in found.written:
            text = (alone / name).read_bytes().replace(b"\r\n", b"\n").removeprefix(b"\xef\xbb\xbf")
            assert (root / "out" / name).read_bytes() == text, name
    assert written == 112


def _folders(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if Path(folder, name).is_dir()]


def test_what_is_no_file_does_not_hold_an_import_up(journal: api.Journal, tmp_path: Path) -> None:
    folder = tmp_path / "adr"
    folder.mkdir()
    os.mkfifo(folder / "0001-a-pipe.md")
    (folder / "0002-use-it.md").write_text(
        "# 2. Use it\n\n## Status\n\nAccepted\n\n## Decision\n\nYes.\n"
    )
    assert bring(journal, folder).new == 1
