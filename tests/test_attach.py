"""Attachments: kept by their digest before the entry, shown with it, checked by verify."""

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal import attach, seal, workspace
from journal.entry import Draft
from journal.errors import Conflict, FormatError, IntegrityError, JournalError, UsageError
from journal.notebook import Notebook
from tests.test_schemas import Sample, faults, sample
from tests.test_verify import add, book, git, odd, verify, without_state

__all__ = ["book", "sample"]
FOLDER = "journal/main/attachments"


def names(root: Path, namespace: str = "main") -> list[str]:
    folder = root / "journal" / namespace / "attachments"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# Keeping


def test_bytes_and_files_are_kept_once_under_their_digest(book: Notebook, tmp_path: Path) -> None:
    data = os.urandom(3 << 20)  # more than one piece
    source = tmp_path / "report.pdf"
    source.write_bytes(data)
    old = os.umask(0)
    try:
        one = book.attach(str(source))
    finally:
        os.umask(old)
    assert one == attach.Attachment("report.pdf", len(data), f"sha256:{digest(data)}")
    path = Path(book.root) / one.path("main")
    assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    inode = path.stat().st_ino
    assert book.attach(data, name="other") == attach.Attachment("other", one.bytes, one.digest)
    assert path.stat().st_ino == inode
    assert names(Path(book.root)) == [digest(data)]
    assert book.attach(b"", namespace="second").path("second").startswith("journal/second/attach")


def test_other_content_under_the_digests_name_is_an_error_and_stays(book: Notebook) -> None:
    one = book.attach(b"content")
    path = Path(book.root) / one.path("main")
    path.write_bytes(b"contents")
    with pytest.raises(IntegrityError) as caught:
        book.attach(b"content")
    assert caught.value.kind == "attachment-changed"
    assert path.read_bytes() == b"contents"
    assert names(Path(book.root)) == [path.name]


def test_nothing_is_kept_through_a_link(book: Notebook, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = Path(book.root) / FOLDER
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(outside)
    with pytest.raises(JournalError) as caught:
        book.attach(b"content")
    assert caught.value.kind == "outside-workspace"
    assert list(outside.iterdir()) == []
    folder.unlink()
    folder.mkdir()
    (folder / digest(b"content")).symlink_to(outside / "file")
    with pytest.raises(JournalError):
        book.attach(b"content")
    assert list(outside.iterdir()) == []


def test_a_file_that_can_not_be_read_leaves_nothing(book: Notebook, tmp_path: Path) -> None:
    for source in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(UsageError) as caught:
            book.attach(str(source))
        assert caught.value.kind == "no-file"
    assert names(Path(book.root)) == []
    with pytest.raises(UsageError):
        book.attach(b"x", namespace="../up")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_is_refused_and_not_waited_for(sample: Sample) -> None:
    pipe = sample.root.parent / "pipe"
    os.mkfifo(pipe)
    for source in (pipe, Path("/dev/null"), sample.root):
        words = ["append", "--attach", str(source), "--json"]
        done = subprocess.run(
            [str(sample.command), *words], cwd=sample.root, capture_output=True, timeout=60,
            check=False,
        )  # fmt: skip
        error = json.loads(done.stderr)["error"]
        assert (done.returncode, error["kind"]) == (2, "no-file")
        assert "is no regular file" in error["message"]
        assert "--attach -" in error["hint"]
    assert names(sample.root) == []
    with pipe.open("r+b", buffering=0) as held:  # written to, so that reading would not end
        held.write(b"something")
        with pytest.raises(UsageError):
            attach.keep(str(sample.root), "main", str(pipe))
    assert names(sample.root) == []


def test_a_full_disk_leaves_nothing(book: Notebook) -> None:
    code = (
        "import resource, signal, sys\n"
        "from journal.notebook import Notebook\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        "Notebook.open(sys.argv[1]).attach(b'x' * (2 << 20))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, book.root], capture_output=True, check=False)
    assert b"File too large" in done.stderr
    assert names(Path(book.root)) == []


@pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
def test_the_bytes_are_flushed_before_they_have_their_name(book: Notebook, tmp_path: Path) -> None:
    code = (
        "import sys; from journal import notebook as n; n.Notebook.open(sys.argv[1]).attach(b'x')"
    )
    log = tmp_path / "log"
    try:
        done = subprocess.run(
            ["strace", "-f", "-o", str(log), "-e", "trace=fdatasync,fsync,/rename", sys.executable,
             "-c", code, book.root],
            capture_output=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("there is no strace")
    if done.returncode:
        pytest.skip(f"strace may not trace here: {done.stderr[-200:]!r}")
    calls = re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE)
    assert [call[:6] for call in calls[-3:]] == ["fdatas", "rename", "fsync"]


# Names and links


@given(st.text() | st.binary().map(os.fsdecode))
def test_a_name_is_safe_and_its_link_leads_to_the_file(given: str) -> None:
    name = attach.safe_name(given)
    assert name
    assert name.isprintable()
    assert not set(name) & set("/\\")
    assert len(name) <= 120
    assert name.encode()
    one = attach.Attachment(name, 1, f"sha256:{digest(b'x')}")
    tokens = MarkdownIt().parse(attach.links([one]))
    [inline] = [token for token in tokens if token.type == "inline"]
    assert inline.children
    assert inline.children[0].type == "link_open"
    assert inline.children[0].attrs == {"href": f"../attachments/{digest(b'x')}"}
    assert "".join(child.content for child in inline.children) == name


def test_some_names() -> None:
    wanted = {
        "/a/b/report.pdf": "report.pdf", "C:\\x\\y.txt": "y.txt", "..": "attachment",
        "": "attachment",
        "a\nb\x1b[31m.txt": "a_b_[31m.txt", "dir/": "dir", "\u202egnp.exe": "_gnp.exe",
    }  # fmt: skip
    assert {given: attach.safe_name(given) for given in wanted} == wanted
    assert attach.safe_name("x" * 300 + ".tar") == "x" * 115 + "….tar"
    assert attach.safe_name(b"bytes have no name") == "attachment"


# Appending


def test_an_entry_names_its_files_and_an_editor_can_follow(sample: Sample) -> None:
    source = sample.root.parent / "my [report] *1*.pdf"
    source.write_bytes(b"\0\xff" * 1000)
    (sample.root.parent / "b.txt").write_bytes(b"b")
    told = sample.json("append", "--attach", str(source), "--attach=../b.txt", "--title", "Files")
    assert not faults("receipt", told)
    entry = sample.json("show", told["id"])["entry"]
    assert not faults("entry", entry)
    assert entry["attachments"] == [
        {"name": "my [report] *1*.pdf", "bytes": 2000,
         "digest": f"sha256:{digest(source.read_bytes())}"},
        {"name": "b.txt", "bytes": 1, "digest": f"sha256:{digest(b'b')}"},
    ]  # fmt: skip
    day = sample.root / told["file"]
    links = re.findall(r"\]\((\S+)\)", entry["body"])
    assert [(day.parent / link).resolve().read_bytes() for link in links] == [
        source.read_bytes(), b"b"
    ]  # fmt: skip
    shown = sample.run("show", told["id"]).stdout.decode()
    assert f"attached my [report] *1*.pdf · 2,000 bytes · {FOLDER}/" in shown
    assert f"attached b.txt · 1 bytes · {FOLDER}/{digest(b'b')}\n" in shown
    assert '{"name"' not in shown
    assert sample.json("verify")["counts"]["intact"] == 26


def test_with_a_text_the_body_is_the_text_alone(sample: Sample) -> None:
    source = sample.root.parent / "a"
    source.write_bytes(b"a")
    calls: list[tuple[tuple[str, ...], bytes]] = [
        (("the text", "--attach", str(source)), b""),
        (("-", "--attach", str(source)), b"the text"),
        (("the text", "--attach", "-"), b"piped in"),
        (("--front-matter", "--attach", str(source)), b"---\ntitle: T\n---\nthe text"),
    ]
    for words, piped in calls:
        told = sample.json("append", *words, stdin=piped)
        entry = sample.json("show", told["id"])["entry"]
        assert entry["body"] == "the text"
        assert len(entry["attachments"]) == 1
    assert digest(b"piped in") in names(sample.root)


def test_what_can_not_be_an_entry_keeps_no_file(sample: Sample) -> None:
    source = sample.root.parent / "a"
    source.write_bytes(b"a")
    file = ("--attach", str(source))
    wrong: list[tuple[tuple[str, ...], bytes, str]] = [
        (("--kind", "novel", *file), b"", "unknown-kind"),
        (("--batch", *file), b"", "usage"),
        (("-", "--attach", "-"), b"x", "usage"),
        (("--attach", "nowhere"), b"", "no-file"),
        (("  ", *file), b"", "empty-body"),
    ]
    for words, piped, kind in wrong:
        done = sample.run("append", *words, "--json", stdin=piped)
        error = json.loads(done.stderr)
        assert not faults("error", error)
        assert (done.stdout, error["error"]["kind"]) == (b"", kind)
    assert names(sample.root) == []
    config = sample.root / "journal.toml"
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    assert sample.json("append", *file)["disabled"]
    assert names(sample.root) == []


def test_more_files_than_a_header_can_name(sample: Sample) -> None:
    source = sample.root.parent / "a"
    source.write_bytes(b"a")
    done = sample.run("append", *["--attach", str(source)] * 200, "--json")
    assert json.loads(done.stderr)["error"]["kind"] == "header-too-large"
    assert done.returncode == 4


def test_a_text_too_large_is_told_of_attach(book: Notebook) -> None:
    for body in ("x" * ((1 << 20) + 1), "\0"):
        with pytest.raises(FormatError) as caught:
            book.append(Draft(body=body))
        assert "--attach" in caught.value.hint


# Verifying


@pytest.fixture
def attached(book: Notebook) -> str:
    """The id of an entry with two attachments, between two others."""
    add(book, 0)
    both = [book.attach(b"one", name="one.txt"), book.attach(b"two", name="two.txt")]
    fields = {"attachments": [one.record() for one in both]}
    receipt = add(book, 1, fields=fields)
    add(book, 2)
    assert odd(Path(book.root)) == {}
    return receipt.id


def test_a_changed_or_missing_attachment_is_found(book: Notebook, attached: str) -> None:
    root = Path(book.root)
    one, two = (root / FOLDER / digest(data) for data in (b"one", b"two"))
    for place in (root, without_state(book)):
        (place / FOLDER / one.name).write_bytes(b"eno")
        [verdict] = [it for it in Notebook.open(str(place)).verify() if it.state != "intact"]
        assert (verdict.id, verdict.state) == (attached, "edited")
        assert verdict.message == f"its attachment one.txt was changed: {FOLDER}/{one.name}"
    two.unlink()
    [verdict] = [it for it in book.verify() if it.state != "intact"]
    assert (verdict.state, verdict.message) == (
        "missing", f"its attachment two.txt is gone: {FOLDER}/{two.name}"
    )  # fmt: skip
    one.unlink()
    book.attach(b"one")
    two.symlink_to(root / "journal.toml")
    assert odd(root) == {attached: "missing"}
    two.unlink()
    two.mkdir()
    assert odd(root) == {attached: "edited"}
    two.rmdir()
    book.attach(b"two")
    assert odd(root) == {}


def test_an_edited_entry_is_edited_whatever_is_attached(book: Notebook, attached: str) -> None:
    root = Path(book.root)
    (root / FOLDER / digest(b"one")).unlink()
    [path] = (root / "journal").rglob("*.md")
    path.write_text(path.read_text().replace("number 1.", "number 7."))
    assert odd(root) == {attached: "edited"}


def test_what_is_no_list_of_files_is_left_alone(book: Notebook) -> None:
    for number, value in enumerate(("text", [1], [{"digest": "sha256:x", "bytes": 1}], [{}], 7)):
        add(book, number, fields={"attachments": value})
    assert odd(Path(book.root)) == {}
    assert attach.of([{"bytes": 1, "digest": "sha256:" + "../" * 21 + "x"}]) == []


def test_no_reader_takes_attachments_for_days(book: Notebook, attached: str) -> None:
    """Not the walk over the years, and not git's memory, which verify asks for what was sealed."""
    root = Path(book.root)
    entries = len(list(book.entries()))
    entry = book.find(attached)
    forged = seal.Sealing({"body": b"Forged.", "title": "Forged"})
    _, piece = forged.seal(entry.id, entry.at, "", entry.seq, entry.prev)
    book.append(Draft(body="x", fields={"attachments": [book.attach(piece).record()]}))
    git(root, "init", "-qb", "main")
    git(root, "add", FOLDER)
    git(root, "commit", "-qm", "the attachments alone")
    assert len(list(book.entries())) == entries + 1
    clone = without_state(book)
    [path] = clone.rglob("2026-11-19.md")
    path.write_text(path.read_text().replace("number 1.", "number 8."))
    [verdict] = [one for one in verify(clone) if one.id == attached]
    assert (verdict.state, verdict.diff) == ("edited", "")


def test_a_workspace_of_two_namespaces_keeps_them_apart(tmp_path: Path) -> None:
    workspace.init(str(tmp_path))
    book = Notebook.open(str(tmp_path))
    record = book.attach(b"x", namespace="second").record()
    book.append(Draft(body="x", namespace="second", fields={"attachments": [record]}))
    assert odd(tmp_path) == {}
    with pytest.raises(Conflict):
        book.append(Draft(body="x", fields={"attachments": [record]}))
    assert odd(tmp_path) == {}
