"""Attached files go through policy and redaction as texts do."""

from pathlib import Path

import pytest
from canaries import CANARIES

from journal.attach import _PORTION
from journal.errors import Refused
from journal.notebook import Notebook
from journal.workspace import init

_SECRET = CANARIES["github token"][1]
_BLOCK, _LINE = CANARIES["rsa private key"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init(str(tmp_path))
    return tmp_path


def kept(root: Path, content: bytes, name: str = "given.txt") -> bytes:
    """What is kept of an attached file."""
    found = Notebook.open(str(root)).attach(content, name=name)
    held = (root / found.path("main")).read_bytes()
    assert found.bytes == len(held)
    return held


def left_over(root: Path) -> list[str]:
    return [str(path) for path in root.rglob("attachments/*")]


def policy(root: Path, text: str) -> None:
    (root / "policy.yaml").write_text(text, encoding="utf-8")


def test_text_is_masked_and_all_else_of_it_is_as_it_was(root: Path) -> None:
    held = kept(root, f"\ufeffa\r\n{_SECRET}\r\nz\r".encode())
    assert _SECRET.encode() not in held
    assert held.startswith("\ufeffa\r\n[redacted:github-token:".encode())
    assert held.endswith(b"]\r\nz\r")


@pytest.mark.parametrize("content", [b"\0" + _SECRET.encode(), b"\xff" + _SECRET.encode()])
def test_what_is_no_text_is_kept_as_it_is(root: Path, content: bytes) -> None:
    assert kept(root, content) == content


def test_a_name_is_masked(root: Path) -> None:
    found = Notebook.open(str(root)).attach(b"x", name=f"{_SECRET}.txt")
    assert _SECRET not in found.name


@pytest.mark.parametrize("line", ["word " * 15 + "\n", "word,word ", "größere,"], ids=repr)
def test_a_secret_across_two_portions_is_found(root: Path, line: str) -> None:
    before = line * (_PORTION // len(line.encode()))
    text = f"{before[:-30]} {_SECRET} {line * (_PORTION // len(line) + 9)}"
    held = kept(root, text.encode())
    assert _SECRET.encode() not in held
    assert held.count(b"[redacted:") == 1


def test_a_key_across_two_portions_is_found_whole(root: Path) -> None:
    line = "word " * 15 + "\n"
    before = line * (_PORTION // len(line) - 3)
    held = kept(root, f"{before}{_BLOCK}\n{line * (_PORTION // len(line))}".encode())
    assert _LINE.encode() not in held


@pytest.mark.parametrize("mode", ["none", "hash_only"])
def test_where_no_body_is_kept_no_file_is(root: Path, mode: str) -> None:
    policy(root, f"defaults:\n  persist: {mode}\n")
    with pytest.raises(Refused, match=r"policy\.yaml:2"):
        kept(root, b"text")
    assert left_over(root) == []


def test_a_file_with_a_denied_text_is_refused(root: Path) -> None:
    policy(root, "defaults: {denylist: [bluebird]}")
    with pytest.raises(Refused, match="denylist pattern 1"):
        kept(root, b"on bluebird")
    assert left_over(root) == []
    assert kept(root, b"on time") == b"on time"
