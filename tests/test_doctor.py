"""Each of the doctor's checks, on real workspaces harmed one way at a time; it only reads."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import why_no_strace
from shapes import faults

from journal import api, clock, dayfile, doctor, ids, mend, seal, space
from journal.doctor import CHECKS, codes, machine, pages
from journal.doctor.visit import Visit
from journal.entry import Draft, Receipt
from journal.finding import Finding
from journal.notebook import Notebook
from journal.workspace import init


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def book(tmp_path: Path) -> Notebook:
    root = tmp_path / "ws"
    init(str(root))
    config = root / "journal.toml"
    config.write_text(re.sub('timezone = ".*"', 'timezone = "UTC"', config.read_text()))
    return Notebook.open(str(root))


@pytest.fixture
def root(book: Notebook) -> Path:
    """A workspace with three entries."""
    for number in range(3):
        add(book, number)
    return Path(book.root)


def add(book: Notebook, number: int, **fields: object) -> Receipt:
    text = f"Body of entry {number}.\n\nTwo paragraphs, number {number}."
    return book.append(Draft(body=text, title=f"Entry {number}", **fields))  # type: ignore[arg-type]


def day_of(root: Path) -> Path:
    (day,) = (root / "journal").rglob("*.md")
    return day


def found(root: Path) -> list[Finding]:
    return list(doctor.examine(str(root)).findings)


def told(root: Path) -> list[tuple[str, str]]:
    """Codes and fixes of all findings."""
    return [(finding.code, finding.fix) for finding in found(root)]


def slices(path: Path) -> list[bytes]:
    return [raw for _, raw in dayfile.split(path.read_bytes()).slices]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def repository(root: Path) -> None:
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")


def test_nothing_is_said_of_what_is_well(root: Path) -> None:
    assert told(root) == []
    assert doctor.examine(str(root)).entries == 3
    repository(root)
    assert told(root) == []
    api.open(str(root)).recall("anything")  # now there are a catalog and an index
    assert (root / ".journal/cache/index/manifest.json").is_file()
    assert told(root) == []
    assert doctor.examine(str(root)).exit_code == 0


def test_every_code_is_known_and_every_check_is_asked() -> None:
    assert len(set(CHECKS)) == len(CHECKS)
    for code in codes.CODES.values():
        assert code.area in codes.AREAS
        assert code.weight in codes.WORDS


# Settings


@pytest.mark.parametrize(
    ("file", "line", "old", "new"),
    [
        ("journal.toml", 4, 'timezone = "UTC"', 'timezone = "Mars/Olympus"'),
        ("journal.toml", 2, 'schema = "', "schema = "),
        ("policy.yaml", 4, "schema: journal", "schema: : journal"),
    ],
)
def test_a_broken_configuration_is_found_where_it_is(
    root: Path, file: str, line: int, old: str, new: str
) -> None:
    edit(root / file, old, new)
    [finding] = [one for one in found(root) if one.code == "config"]
    assert (finding.file, finding.fix) == (file, "")
    assert finding.line == line
    assert doctor.examine(str(root)).exit_code == 1


# Entries


def test_an_edited_entry_needs_a_person(root: Path) -> None:
    edit(day_of(root), "Two paragraphs, number 1", "Three paragraphs, number 1")
    [finding] = found(root)
    assert (finding.code, finding.fix) == ("edited", "")
    assert day_of(root).read_text().split("\n")[finding.line - 1].endswith("Entry 1")
    assert "journal amend" in doctor.hint(finding)


def test_a_missing_entry_can_be_put_back_and_a_torn_one_finished(root: Path) -> None:
    day = day_of(root)
    whole = day.read_bytes()
    day.write_bytes(whole.replace(slices(day)[1], b""))
    assert told(root) == [("missing", "put-back")]
    day.write_bytes(whole[:-9])
    assert told(root) == [("torn", "finish-torn")]


def test_without_spool_and_git_nothing_can_be_put_back(root: Path) -> None:
    day = day_of(root)
    day.write_bytes(day.read_bytes()[:-9])
    piece = slices(day)[-1]
    cut = piece[: piece.index(b"digest: ") + 12]
    day.write_bytes(day.read_bytes().replace(piece, cut))
    clone = root.with_name("clone")
    shutil.copytree(root, clone, ignore=shutil.ignore_patterns(".journal"))
    [finding] = [one for one in found(clone) if one.code == "torn"]
    assert (finding.fix, finding.line > 0) == ("", True)
    assert "backup" in doctor.hint(finding)


def test_a_broken_chain_is_the_gravest(root: Path) -> None:
    day = day_of(root)
    day.write_bytes(day.read_bytes().replace(slices(day)[1], b""))
    clone = root.with_name("clone")
    shutil.copytree(root, clone, ignore=shutil.ignore_patterns(".journal"))
    assert told(clone) == [("broken", "")]
    assert doctor.examine(str(clone)).exit_code == 5


def test_an_entry_that_waits_is_told_only_after_an_hour(book: Notebook, root: Path) -> None:
    blocked = root / "journal/main/2020/2020-02-02.md"
    blocked.mkdir(parents=True)
    assert add(book, 9, at="2020-02-02T10:00").notices
    blocked.rmdir()
    assert told(root) == []
    later = doctor.diagnose(Visit(str(root), time.time() + 4000)).findings
    assert [(one.code, one.fix) for one in later] == [("spooled", "put-back")]


# Day files


NAMES = [
    ("2026-01-02.sync-conflict-20261121-140322-ABCDEFG.md", "Syncthing"),
    ("2026-01-02.anna-7f3c9e.sync-conflict-20261121-140322-ABCDEFG.md", "Syncthing"),
    ("2026-01-02 (Anna's conflicted copy 2026-11-21).md", "Dropbox"),
    ("2026-01-02 (conflicted copy 2026-11-21 140322).md", "Dropbox"),
    ("2026-01-02_conflict-20261121-140322.md", "Nextcloud"),
    ("2026-01-02 2.md", "iCloud"),
    ("2026-01-02 (1).md", "Google Drive"),
    ("2026-01-02-DESKTOP-7F3C9E.md", "OneDrive"),
    ("2026-01-02.p1.md", ""),
    ("notes.md", ""),
]


@pytest.mark.parametrize(("name", "who"), NAMES)
def test_copies_are_known_by_their_names(name: str, who: str) -> None:
    assert pages.kept_by(name) == who


@pytest.mark.parametrize("name", ["2026-01-02.md", "2026-01-02.anna-7f3c9e.p2.md"])
def test_a_day_files_name_is_not_odd(root: Path, name: str) -> None:
    (root / "journal/main/2026").mkdir(exist_ok=True)
    (root / "journal/main/2026" / name).write_text("## 10:00 By hand\n\nText.\n")
    assert [one for one in found(root) if one.code in ("odd-name", "sync-conflict")] == []


def test_a_copy_and_what_it_alone_holds(root: Path) -> None:
    day = day_of(root)
    copy = day.with_name(f"{day.stem}.sync-conflict-20261121-140322-ABCDEFG.md")
    shutil.copy(day, copy)
    [finding] = found(root)
    assert (finding.code, finding.fix, finding.line) == ("sync-conflict", "odd-name", 0)
    assert "nothing that the others don't" in finding.message
    with copy.open("a") as file:
        file.write("\n## 23:10 Only here\n\nBy hand.\n")
    [finding] = found(root)
    assert "alone holds 1 entry" in finding.message
    assert copy.read_text().split("\n")[finding.line - 1] == "## 23:10 Only here"


def test_a_postscript_in_a_copy_is_news(root: Path) -> None:
    day = day_of(root)
    copy = day.with_name(f"{day.stem} 2.md")
    copy.write_bytes(day.read_bytes() + b"\nTyped on the phone.\n")
    assert "alone holds 1 entry" in found(root)[0].message


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("journal/main/2026-01-02.md", "journal/main/2026/"),
        ("journal/main/2026/01/2026-01-02.md", "journal/main/2026/"),
        ("journal/2025-01-02 Walk.md", "journal/main/2025/"),
        ("journal/side/notes/2026-01-02.md", "journal/side/2026/"),
    ],
)
def test_a_day_file_where_nobody_reads_it(root: Path, path: str, where: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("## 10:00 By hand\n\nText.\n")
    (root / "journal/main/.trash").mkdir()
    shutil.copy(root / path, root / "journal/main/.trash")
    (root / "journal/main/README.md").write_text("No day.\n")
    [finding] = found(root)
    assert (finding.code, finding.file, finding.fix) == ("stray-day", path, "")
    assert finding.message.endswith(f"not read: it belongs in {where}")
    assert doctor.examine(str(root)).exit_code == 1
    (root / where).mkdir(parents=True, exist_ok=True)
    (root / path).rename(root / where / Path(path).name)
    assert doctor.examine(str(root)).entries == 4


CONFLICT = "<<<<<<< HEAD\n## 10:00 Mine\n\nA.\n=======\n## 11:00 Theirs\n\nB.\n>>>>>>> other\n"


def test_conflict_markers_are_found_outside_of_sealed_bodies(book: Notebook, root: Path) -> None:
    book.append(Draft(body=CONFLICT.replace("## ", "### ")))
    assert told(root) == []
    day = day_of(root)
    with day.open("a") as file:
        file.write("\n" + CONFLICT)
    [finding] = found(root)
    assert (finding.code, finding.fix) == ("conflict-markers", "conflict-markers")
    assert day.read_text().split("\n")[finding.line - 1] == "<<<<<<< HEAD"
    assert finding.line > day.read_text().split("\n").index("<<<<<<< HEAD") + 1


def test_a_setext_heading_is_no_conflict_and_a_lone_marker_needs_a_person(root: Path) -> None:
    day = day_of(root)
    with day.open("a") as file:
        file.write("\n## 10:00 Title\n\nA heading\n=======\n\nText.\n")
    assert told(root) == []
    with day.open("a") as file:
        file.write("\n>>>>>>> other\n")
    assert told(root) == [("conflict-markers", "")]


def test_a_large_file_is_worth_knowing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGE", 1000)
    assert told(root) == [("large-file", "")]
    assert doctor.examine(str(root)).exit_code == 0


def test_attachments_are_what_their_names_say_and_named(book: Notebook, root: Path) -> None:
    digest = hashlib.sha256(b"a picture").hexdigest()
    folder = root / "journal/main/attachments"
    folder.mkdir(mode=0o700)
    (folder / digest).write_bytes(b"a picture")
    assert told(root) == []  # the entry that names it may come yet
    os.utime(folder / digest, (NOON, NOON))
    assert told(root) == [("attachment-unnamed", "")]
    book.append(Draft(body=f"See {digest}."))
    assert told(root) == []
    (folder / digest).write_bytes(b"another picture")
    assert told(root) == [("attachment-changed", "")]


def test_an_attachment_that_an_entry_names_is_missed(book: Notebook, root: Path) -> None:
    one, two = (book.attach(data, name=data.decode()) for data in (b"one", b"two"))
    receipt = add(book, 7, fields={"attachments": [one.record()]})
    more = add(book, 8, fields={"attachments": [two.record()]})
    assert told(root) == []
    (root / one.path("main")).unlink()
    (root / two.path("main")).write_bytes(b"owt")
    assert [(it.code, it.fix, it.line, it.message) for it in found(root)] == [
        ("attachment-missing", "", receipt.line,
         f"{receipt.id}: its attachment one is gone: {one.path('main')}"),
        ("attachment-changed", "", more.line,
         f"{more.id}: its attachment two was changed: {two.path('main')}"),
    ]  # fmt: skip
    assert doctor.examine(str(root)).exit_code == 1


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_and_pipes_in_an_attachments_place(root: Path) -> None:
    folder = root / "journal/main/attachments"
    folder.mkdir(mode=0o700)
    (folder / ("a" * 64)).symlink_to("/etc/passwd")
    os.mkfifo(folder / ("b" * 64), 0o600)
    codes = {one.code for one in found(root) if one.file.startswith("journal/main/attachments/")}
    assert {"unreadable", "attachment-changed"} <= codes


def test_the_journal_is_read_once_however_many_files_are_attached(
    book: Notebook, root: Path
) -> None:
    asked = []
    for _ in range(2):
        for number in range(5):
            book.attach(os.urandom(9), name=str(number))
        visit = Visit(str(root), now=clock.now().timestamp() + 2 * pages.REST)
        assert visit.verdicts
        real, calls = visit.store.content, []
        visit.store.content = lambda path, real=real, calls=calls: calls.append(path) or real(path)  # type: ignore[method-assign]
        assert len(list(pages.attachments(visit))) == 5 * (len(asked) + 1)
        asked.append(len(calls))
    assert asked[0] == asked[1] > 0


# How files are kept


def test_a_link_in_a_days_place(root: Path) -> None:
    day = day_of(root)
    kept = root / "elsewhere.md"
    day.rename(kept)
    day.symlink_to(kept)
    assert ("link", "") in told(root)
    assert ("unreadable", "") in told(root)


def test_leftovers_of_writes_long_ago(root: Path) -> None:
    aside = root / "journal/main" / ".2026-01-01.md.4711.new"
    aside.write_text("half")
    assert told(root) == []
    os.utime(aside, (1, 1))
    assert told(root) == [("leftover", "leftovers")]


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        (".notes.2.new", False),
        (".2026-01-01.md.4711.new", False),
        (".gitignore.4711.new", False),
        (".journal.toml.x.new", False),
        ("..gitignore.4711.new", True),
        (".journal.toml.4711.new", True),
    ],
)
def test_a_persons_file_beside_the_journal_is_no_leftover(
    root: Path, name: str, is_ours: bool
) -> None:
    (root / name).write_text("mine")
    os.utime(root / name, (1, 1))
    assert told(root) == [("leftover", "leftovers")] * is_ours


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_what_is_this_machines_own_is_nobody_elses(root: Path) -> None:
    spool = next((root / ".journal/state/spool").iterdir())
    spool.chmod(0o640)
    (root / ".journal").chmod(0o755)
    (root / ".journal/state/lock").chmod(0o644)  # a writer's identity hangs on it: leave it alone
    mended = [one for one in found(root) if one.code == "permissions"]
    assert [one.file for one in mended] == [".journal", str(spool.relative_to(root))]
    assert {one.fix for one in mended} == {"permissions"}


@pytest.fixture
def reachable(root: Path) -> Iterator[Path]:
    """The workspace where everybody may pass through the folders above it."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        here = place / "ws"
        shutil.copytree(root, here, ignore=shutil.ignore_patterns(".journal"))
        for path in [here, *here.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield here


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_day_files_that_others_can_read_or_change(reachable: Path) -> None:
    assert told(reachable) == [("readable", "permissions")]
    assert doctor.examine(str(reachable)).exit_code == 0
    day_of(reachable).chmod(0o606)
    assert told(reachable) == [("permissions", "permissions")]
    (reachable / "journal").chmod(0o700)
    assert told(reachable) == []
    (reachable / "journal").chmod(0o755)
    reachable.parent.chmod(0o700)
    assert told(reachable) == []


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid(), reason="only root may give away")
def test_what_belongs_to_somebody_else(root: Path) -> None:
    os.chown(day_of(root), 12345, -1)
    [finding] = found(root)
    assert (finding.code, finding.file) == ("owner", str(day_of(root).relative_to(root)))


BAD_CACHES = [("x.known", b"torn"), ("config.json", b"[]"), ("catalog.db", b"no database at all")]


@pytest.mark.parametrize(("name", "data"), BAD_CACHES)
def test_a_broken_cache(root: Path, name: str, data: bytes) -> None:
    path = root / ".journal/cache" / name
    path.write_bytes(data)
    path.chmod(0o600)
    assert told(root) == [("cache", "cache")]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_cache_of_links_pipes_and_folders(root: Path, journal_bin: Path, kind: str) -> None:
    cache = root / ".journal/cache"
    [known] = cache.glob("*.known")
    names = ["catalog.lock", "config.json", known.name, "x.other"]
    for name in names:
        (cache / name).unlink(missing_ok=True)
        if kind == "pipe":
            os.mkfifo(cache / name, 0o600)
        elif kind == "link":
            (cache / name).symlink_to("/dev/zero")
        else:
            (cache / name).mkdir(0o700)
    done = subprocess.run(
        [journal_bin, "doctor", "--json"], cwd=root, capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (1, b"")
    shown = {one["file"]: one for one in json.loads(done.stdout)["findings"]}
    assert set(shown) == {f".journal/cache/{name}" for name in names}
    assert {one["code"] for one in shown.values()} == {"cache"}
    assert {one["fix"] for one in shown.values()} == {"" if kind == "folder" else "cache"}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("kind", ["link", "pipe", "file"])
def test_no_folder_in_the_caches_place(root: Path, kind: str) -> None:
    cache = root / ".journal/cache"
    cache.rename(root.with_name("elsewhere"))
    if kind == "pipe":
        os.mkfifo(cache, 0o600)
    elif kind == "link":
        cache.symlink_to(root.with_name("elsewhere"))
    else:
        cache.touch(0o600)
    assert [(one.code, one.file) for one in found(root)] == [("link", ".journal/cache")]


# Git


RULES = [
    (".gitattributes", "*.md merge=union\n", "attributes"),
    (".gitattributes", "journal/** merge=union\n", "attributes"),
    (".gitattributes", "* text=auto\n", "attributes"),
    (".gitattributes", "*.md eol=crlf text\n", "attributes"),
    (".gitattributes", "*.md ident\n", "attributes"),
    ("journal/.gitattributes", "*.md merge=union\n", "attributes"),
    (".git/info/attributes", "*.md merge=union\n", ""),
]


@pytest.mark.parametrize(("file", "line", "fix"), RULES)
def test_attributes_that_harm_day_files(root: Path, file: str, line: str, fix: str) -> None:
    repository(root)
    (root / file).parent.mkdir(exist_ok=True)
    with (root / file).open("a") as open_file:
        open_file.write(line)
    [finding] = found(root)
    assert (finding.code, finding.file, finding.fix) == ("attributes", file, fix)
    assert (root / file).read_text().split("\n")[finding.line - 1] == line.strip()


def test_attributes_of_a_folder_above(root: Path) -> None:
    git(root.parent, "init", "-q")
    (root.parent / ".gitattributes").write_text("# ours\n*.md merge=union\n")
    [finding] = found(root)
    assert (finding.file, finding.line) == ("../.gitattributes", 2)
    (root / ".gitattributes").unlink()
    assert sorted((one.file, one.message) for one in found(root)) == [
        ("../.gitattributes", "git merges entries line by line and tears them: merge=union"),
        (".gitattributes", "git may convert day files: text is unspecified"),
    ]


def test_rules_are_wanted_before_git_is_there(root: Path) -> None:
    (root / ".gitattributes").unlink()
    (root / ".gitignore").write_text("")
    assert told(root) == [("attributes", "attributes"), ("not-ignored", "ignore")]


def test_what_git_ignores_and_keeps(root: Path) -> None:
    (root / ".gitignore").write_text("nothing\njournal/\n")
    repository(root)
    assert sorted(found(root), key=str) == sorted(
        [
            Finding("tracked-state", ".journal", 0, "git keeps what is this machine's own"),
            Finding(
                "not-ignored",
                ".gitignore",
                0,
                "git would keep .journal/, which is this machine's own",
                "ignore",
            ),
            Finding(
                "ignored-days",
                ".gitignore",
                2,
                f"git ignores day files, such as {day_of(root).relative_to(root)}",
            ),
        ],
        key=str,
    )


def test_a_merge_under_way(root: Path) -> None:
    repository(root)
    head = git(root, "rev-parse", "HEAD")
    (root / ".git/MERGE_HEAD").write_text(head)
    [finding] = found(root)
    assert finding.code == "git-busy"
    assert "merge" in finding.message


# This machine


def test_state_that_is_gone(root: Path) -> None:
    shutil.rmtree(root / ".journal/state")
    assert told(root) == [("state-missing", "")]


def test_a_spool_that_is_torn_or_lost_entries(root: Path) -> None:
    [spool] = (root / ".journal/state/spool").iterdir()
    whole = spool.read_bytes()
    spool.write_bytes(whole + b'\n{"len": 3')
    [finding] = found(root)
    assert (finding.code, finding.line) == ("torn-spool", whole.count(b"\n") + 2)
    assert doctor.examine(str(root)).exit_code == 0
    spool.write_bytes(whole[: whole.index(b"\n{", 10)])
    assert "lost-spool" in [code for code, _ in told(root)]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="what is open isn't shown")
@pytest.mark.parametrize("harm", ["lost-spool", "torn-spool", "cache"])
def test_what_a_writer_is_doing_is_no_fault(root: Path, journal_bin: Path, harm: str) -> None:
    """Half of an append is seen; the doctor waits for the other half before it tells."""
    [spool] = (root / ".journal/state/spool").iterdir()
    [cache] = (root / ".journal/cache").glob("*.known")
    path = cache if harm == "cache" else spool
    whole = path.read_bytes()
    half = whole[: whole.rindex(b"\n{")] if harm == "lost-spool" else whole[:-20]
    day = day_of(root).read_bytes()
    with mend.locked(str(root)):
        path.write_bytes(half)
        examining = subprocess.Popen([journal_bin, "doctor"], cwd=root, stdout=subprocess.PIPE)
        while examining.poll() is None and not waits(examining.pid):
            time.sleep(0.005)
        assert examining.poll() is None, "it told without looking again"
        path.write_bytes(whole)
    said, _ = examining.communicate()
    assert (examining.returncode, said) == (0, b"3 entries, nothing to mend\n")
    assert day_of(root).read_bytes() == day
    path.write_bytes(half)
    assert harm in [code for code, _ in told(root)]


def waits(pid: int) -> bool:
    """Whether a process has the journal's lock open."""
    folder = Path(f"/proc/{pid}/fd")
    try:
        return any(os.readlink(one).endswith("/state/lock") for one in folder.iterdir())
    except OSError:  # it is over, or has just closed something
        return False


def test_a_spool_of_another_machine(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(root, other, symlinks=True)
    assert ("foreign-spool", "") not in told(root)
    shutil.rmtree(os.environ["XDG_STATE_HOME"])
    assert ("foreign-spool", "") in told(other)


def test_an_earlier_identity_in_this_place(root: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    root.rename(kept)
    shutil.copytree(kept, root)
    Notebook.open(str(root)).append(Draft(body="The copy's first."))
    [finding] = [one for one in found(root) if one.code == "two-identities"]
    assert "before it became" in finding.message


MOUNTS = """\
22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:30 / /home/anna\\040b/share rw,relatime - nfs4 server:/x rw
31 22 0:31 / /home/anna\\040b/share/local rw,relatime - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/anna b/share", "nfs4"),
        ("/home/anna b/share/journal", "nfs4"),
        ("/home/anna b/shared", "ext4"),
        ("/home/anna b/share/local/journal", "tmpfs"),
    ],
)
def test_the_file_system_of_a_folder(path: str, kind: str) -> None:
    assert machine.kind_of(path, MOUNTS) == kind


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="Linux only")
def test_the_kind_of_the_root_is_known(root: Path) -> None:
    assert machine.kind_of(str(root), Path("/proc/self/mountinfo").read_text())


@pytest.mark.parametrize("name", ["Dropbox", "OneDrive - Firm", "Nextcloud", "com~apple~CloudDocs"])
def test_a_folder_that_is_synchronised(root: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    inside = tmp_path / name / "ws"
    root.rename(inside)
    assert ("synced-folder", "") in told(inside)


def test_a_folder_that_syncthing_marks(root: Path) -> None:
    (root.parent / ".stfolder").mkdir()
    [finding] = found(root)
    assert (finding.code, "Syncthing" in finding.message) == ("synced-folder", True)


def test_little_space(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_FREE", 1 << 62)
    assert told(root) == [("disk-low", "")]


def chain(root: Path, moments: list[tuple[float, float]]) -> None:
    """A day file of entries, each with the time of its id and its `at`, in Unix seconds."""
    config = Notebook.open(str(root)).store.config
    prev = seal.genesis(config.id, "other-1", "main")
    last, pieces = "", []
    for number, (made, at) in enumerate(moments, 1):
        last = ids.after(last, int(made * 1000))
        shown = space.open_space(str(root), int(time.time())).stamp(int(at * 1e9))
        sealing = seal.Sealing({"body": b"text"})
        header, piece = sealing.seal(last, shown, "", number, prev)
        prev = f"{number}:{seal.digest(header)}"
        pieces.append(piece)
    day = time.strftime("%Y-%m-%d", time.gmtime(moments[0][1]))
    path = root / "journal/main" / day[:4] / f"{day}.other-1.md"
    path.write_bytes(b"\n".join(pieces))


NOON = time.time() // 86400 * 86400 - 43200  # yesterday's, so that a step stays in one day


@pytest.mark.parametrize(
    ("moments", "steps"),
    [
        ([(NOON, NOON), (NOON + 5, NOON + 5)], 0),
        ([(NOON, NOON), (NOON - 3600, NOON - 3600), (NOON - 3590, NOON - 3590)], 1),
        ([(NOON, NOON), (NOON + 5, NOON - 7200)], 0),  # --at: the id has a time of its own
        ([(NOON, NOON - 9000), (NOON, NOON - 8000), (NOON, NOON - 8900)], 0),  # a batch with --at
        ([(NOON, NOON), (NOON - 2, NOON - 2)], 0),
    ],
)
def test_clock_steps(root: Path, moments: list[tuple[float, float]], steps: int) -> None:
    chain(root, moments)
    stepped = [one for one in found(root) if one.code == "clock-step"]
    assert len(stepped) == steps
    for one in stepped:
        assert "60 min" in one.message
        assert (root / one.file).read_text().split("\n")[one.line - 1].startswith("## ")


def test_entries_of_the_future(root: Path) -> None:
    week = clock.now().timestamp() + 7 * 86400
    chain(root, [(week, week), (week + 1, week + 1)])
    [finding] = found(root)
    assert finding.code == "clock-ahead"
    assert "1 more" in finding.message
    assert "7 days" in finding.message


# The command


def tree(root: Path) -> dict[str, tuple[str, int, int]]:
    """Every file's content, change time and permissions."""
    return {
        str(path.relative_to(root)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.lstat().st_ctime_ns,
            path.lstat().st_mode,
        )
        for path in [root, *root.rglob("*")]
    }


def harmed(root: Path) -> None:
    """One of everything."""
    repository(root)
    day = day_of(root)
    shutil.copy(day, day.with_name(f"{day.stem} 2.md"))
    data = day.read_bytes()[:-9]
    at = data.index(b"\n## ") + 1
    day.write_bytes(data[:at] + CONFLICT.encode() + b"\n" + data[at:])
    (root / ".gitattributes").write_text("*.md merge=union\n")
    (root / ".gitignore").write_text("")
    (root / ".journal/cache/x.known").write_bytes(b"torn")
    (root / ".journal").chmod(0o755)


def test_the_doctor_writes_nothing(root: Path, journal_bin: Path) -> None:
    harmed(root)
    before = tree(root)
    done = subprocess.run([journal_bin, "doctor"], cwd=root, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.count(b"journal repair ") >= 6
    assert tree(root) == before


@pytest.mark.skipif(bool(why_no_strace()), reason=why_no_strace() or "strace is there")
def test_the_doctor_calls_nothing_that_writes(root: Path, journal_bin: Path) -> None:
    harmed(root)
    log = root.parent / "trace"
    calls = "openat,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,chmod,fchmod"
    words = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={calls},fchmodat,ftruncate"]
    done = subprocess.run(
        [*words, str(journal_bin), "doctor"], cwd=root, capture_output=True, check=False
    )
    assert done.returncode == 1
    for line in log.read_text(errors="replace").splitlines():
        if "/__pycache__/" in line or '"/dev/' in line:
            continue
        assert "O_CREAT" not in line, line
        assert "O_TRUNC" not in line, line
        assert not re.match(r"\d+ +(creat|mkdir|unlink|rename|f?chmod|ftruncate)", line), line


def test_what_the_doctor_prints(root: Path, journal_bin: Path) -> None:
    harmed(root)
    done = subprocess.run(
        [journal_bin, "doctor", "--json"], cwd=root, capture_output=True, check=False
    )
    answer = json.loads(done.stdout)
    assert not faults("doctor", answer)
    assert answer["entries"] == 7
    shown = {one["code"] for one in answer["findings"]}
    assert {"torn", "conflict-markers", "sync-conflict", "attributes", "not-ignored"} <= shown
    for one in answer["findings"]:
        assert bool(one["fix"]) != bool(one["hint"])


def test_the_last_line_says_nothing_else_than_those_above(
    reachable: Path, journal_bin: Path
) -> None:
    day_of(reachable).chmod(0o644)

    def last() -> tuple[int, str]:
        done = subprocess.run(
            [journal_bin, "doctor"], cwd=reachable, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout.splitlines()[-1]

    assert last() == (0, "3 entries, 1 thing worth knowing")
    (reachable / ".gitignore").write_text("")
    assert last() == (1, "3 entries, 1 thing to mend, 1 thing worth knowing")
