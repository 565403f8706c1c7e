"""`init` overwrites nothing, and a broken configuration is told with its file and line."""

import os
import subprocess
from pathlib import Path

import pytest

from journal import names
from journal.errors import WorkspaceError
from journal.identity import new_writer
from journal.ids import is_id
from journal.notebook import Notebook
from journal.policy.limits import Policy
from journal.policyfile import read_policy
from journal.workspace import init, read_config

GIT_FILES = [".gitignore", ".gitattributes", ".prettierignore", ".editorconfig"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init(str(tmp_path))
    return tmp_path


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()
    }


def test_init_makes_a_workspace(tmp_path: Path) -> None:
    made = init(str(tmp_path / "deep" / "er"))
    root = Path(made.root)
    assert set(made.wrote) == {"journal.toml", "policy.yaml", *GIT_FILES}
    config = read_config(made.root)
    assert is_id(config.id)
    assert config.id == made.id
    assert config.namespaces == ("main",)
    assert config.enabled
    assert names.is_slug(config.writer)
    assert config.writer == made.writer
    assert config.timezone == made.timezone
    assert read_policy(made.root) == Policy()
    ignored = (root / ".gitignore").read_text().splitlines()
    assert {".journal/", "/inbox/", "/outbox/"} <= {*ignored}
    assert "journal/** -text" in (root / ".gitattributes").read_text().splitlines()


def test_twice_is_harmless(root: Path) -> None:
    before = snapshot(root)
    made = init(str(root))
    assert made.wrote == ()
    assert snapshot(root) == before


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    own = {name: f"# mine: {name}\n" for name in ["policy.yaml", *GIT_FILES]}
    for name, text in own.items():
        (tmp_path / name).write_text(text)
    made = init(str(tmp_path))
    assert set(made.wrote) == {"journal.toml", *GIT_FILES}
    assert (tmp_path / "policy.yaml").read_text() == own["policy.yaml"]
    for name in GIT_FILES:
        assert (tmp_path / name).read_text().startswith(own[name])


@pytest.mark.parametrize("held", [b"", b"\n", b"x", b"x\n", b"x\r\ny\r\n", b"x\r\ny", b"\xff\n"])
def test_lines_are_added_once(tmp_path: Path, held: bytes) -> None:
    for name in GIT_FILES:
        (tmp_path / name).write_bytes(held)
    init(str(tmp_path))
    first = snapshot(tmp_path)
    init(str(tmp_path))
    assert snapshot(tmp_path) == first
    for name in GIT_FILES:
        text = first[name]
        assert text.startswith(held)
        assert text.count(b"# journal:") == 1 + (name == ".gitignore")
        assert text[len(held.rstrip(b"\r\n")) :].lstrip(b"\r\n").startswith(b"# journal:")


def test_a_workspace_from_before_there_were_packs_gets_their_lines(root: Path) -> None:
    (root / ".gitignore").write_text("mine\n.journal/\n")
    assert init(str(root)).wrote == (".gitignore",)
    assert (root / ".gitignore").read_text().endswith("\n/inbox/\n/outbox/\n")
    assert init(str(root)).wrote == ()


def test_lines_that_got_other_ends_are_known_again(root: Path) -> None:
    for name in GIT_FILES:
        file = root / name
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert init(str(root)).wrote == ()


def test_a_workspace_that_another_made_gives_a_writer_of_ones_own(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = read_config(str(root)).writer
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    made = init(str(root))
    assert made.wrote == ()
    assert made.writer != first
    assert Notebook.open(str(root)).store.config.writer == first


def test_git_ignores_what_is_derived_and_leaves_line_ends_alone(root: Path) -> None:
    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
        return done.stdout

    git("init", "-q")
    git("config", "core.autocrlf", "true")
    assert ".journal" not in git("status", "--porcelain", "--untracked-files=all")
    attributes = git("check-attr", "text", "journal/main/2026/2026-11-21.md")
    assert attributes.endswith(": text: unset\n")


def test_init_where_nothing_may_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkspaceError) as caught:
        init(str(tmp_path / "file" / "inside"))
    assert caught.value.kind == "config-error"
    assert str(tmp_path) in caught.value.file


def test_names_of_writers() -> None:
    for _ in range(50):
        assert names.is_slug(new_writer())
    assert new_writer() != new_writer()


def test_a_writers_name_comes_from_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    for user, stem in (
        ("Ánna Böhm!", "nna-b-hm"),
        ("__", "writer"),
        ("x" * 80, "x" * 20),
        ("a/../b", "a-b"),
    ):
        monkeypatch.setenv("LOGNAME", user)
        assert new_writer().rpartition("-")[0] == stem
        assert names.is_slug(new_writer())


def edited(root: Path, old: str, new: str) -> None:
    file = root / "journal.toml"
    lines = file.read_text().splitlines()
    changed = [new if line.startswith(old) else line for line in lines]
    assert changed != lines
    file.write_text("\n".join(changed) + "\n")


BROKEN = [
    ("schema", 'schema = "journal/workspace@9"', 2, "schema"),
    ("schema", "schema = 1", 2, "schema"),
    ("schema", "# no schema", 1, "schema"),
    ("id", 'id = "short"', 3, "id"),
    ("id", "id = 5", 3, "id"),
    ("timezone", 'timezone = "Mars/Olympus"', 4, "timezone"),
    ("timezone", 'timezone = "../../etc/passwd"', 4, "timezone"),
    ("writer", 'writer = "../x"', 5, "writer"),
    ("writer", 'writer = "Anna"', 5, "writer"),
    ("writer", "# no writer", 1, "writer"),
    ("namespaces", "namespaces = []", 6, "namespaces"),
    ("namespaces", 'namespaces = ["a/b"]', 6, "namespaces"),
    ("namespaces", "namespaces = [1]", 6, "namespaces"),
    ("namespaces", 'namespaces = "main"', 6, "namespaces"),
    ("enabled", 'enabled = "no"', 7, "enabled"),
    ("enabled", "enabled = ", 7, ""),
    ("writer", 'writer = "a', 5, ""),
    ("writer", "writer", 5, ""),
    ("# A", "id = 5 # \u2028 \x85", 3, ""),
]


@pytest.mark.parametrize(("old", "new", "line", "key"), BROKEN)
def test_a_broken_journal_toml_is_told_with_its_line(
    root: Path, old: str, new: str, line: int, key: str
) -> None:
    edited(root, old, new)
    with pytest.raises(WorkspaceError) as caught:
        Notebook.open(str(root))
    error = caught.value
    assert (error.kind, error.file, error.line, error.code) == (
        "config-error",
        "journal.toml",
        line,
        3,
    )
    assert key in str(error)
    assert error.hint
    assert error.message.startswith(f"journal.toml:{line}: ")


GARBAGE = {
    "bytes": b"\xff\xfe", "second line bytes": b"a = 1\n\xff", "NUL": b"\0",
    "deep": b"a = " + b"[" * 10_000,
    "digits": b"a = " + b"1" * 5_000, "empty": b"", "binary": bytes(range(256)),
    "date": b"a = 2024-02-30", "twice": b"a = 1\na = 2\n", "BOM": b"\xef\xbb\xbfa = 1",
}  # fmt: skip


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_a_clean_error(root: Path, data: bytes) -> None:
    (root / "journal.toml").write_bytes(data)
    with pytest.raises(WorkspaceError) as caught:
        read_config(str(root))
    assert (caught.value.kind, caught.value.file) == ("config-error", "journal.toml")
    if data.startswith(b"a = 1\n"):
        assert caught.value.line == 2


def test_a_folder_in_its_place_is_a_clean_error(root: Path) -> None:
    for name, read in (("journal.toml", read_config), ("policy.yaml", read_policy)):
        (root / name).unlink()
        (root / name).mkdir()
        with pytest.raises(WorkspaceError) as caught:
            read(str(root))
        assert (caught.value.kind, caught.value.file) == ("config-error", name)


POLICIES = {
    "a: [": 1, "defaults:\nnamespaces: *x\n": 2, "a: 1\n\tb: 2\n": 2, "- a\n": 1, "text": 1,
    "schema: journal/policy@9\n": 1, "a: 2024-02-30": 1, "a: 0x_": 1, "[" * 5_000: 1, "\x01": 1,
    "a: !!python/object/apply:os.system [id]": 1, "? [a]\n: 1\n": 1, "defaults:\n---\nb: 1\n": 2,
}  # fmt: skip


@pytest.mark.parametrize("text", POLICIES)
def test_a_broken_policy_is_told_with_its_line(root: Path, text: str) -> None:
    (root / "policy.yaml").write_text(text)
    with pytest.raises(WorkspaceError) as caught:
        Notebook.open(str(root))
    error = caught.value
    assert (error.kind, error.file) == ("config-error", "policy.yaml")
    assert error.line == POLICIES[text]


def test_an_empty_or_absent_policy_is_the_default_one(root: Path) -> None:
    (root / "policy.yaml").write_text("")
    assert read_policy(str(root)) == Policy()
    (root / "policy.yaml").unlink()
    assert read_policy(str(root)) == Policy()
    Notebook.open(str(root))


def test_the_files_are_the_users_alone(root: Path) -> None:
    old = os.umask(0)
    try:
        init(str(root / "again"))
    finally:
        os.umask(old)
    private = root / "again" / ".journal"
    assert private.stat().st_mode & 0o777 == 0o700
    for path in private.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
