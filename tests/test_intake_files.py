"""Attached files go through policy and redaction as texts do."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from canaries import CANARIES
from hypothesis import given
from hypothesis import strategies as st

from journal.errors import Refused, UsageError
from journal.masking import Masking
from journal.notebook import Notebook
from journal.portions import OVERLAP, PORTION, Portions
from journal.redaction import DEFAULT
from journal.redaction.values import Values
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


@pytest.mark.parametrize("odd", [b"\0", b"\xff", b"\xe9t\xe9 ", b"\xed\xa0\x80", b"\xf0\x9f"])
def test_odd_bytes_in_a_text_hide_nothing_and_stay(root: Path, odd: bytes) -> None:
    held = kept(root, odd + _SECRET.encode() + b"\n<private>pin</private>" + odd)
    assert _SECRET.encode() not in held
    assert held.startswith(odd + b"[redacted:github-token:")
    assert held.endswith(b"]\n[private]" + odd)


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("rest", [b"", b"\n", b"\x3d\xd8"])
def test_utf_16_is_read_and_stays_what_it_is(root: Path, coding: str, rest: bytes) -> None:
    content = f"\ufeffgrün 😀\r\n{_SECRET} \ud83d!".encode(coding, "surrogatepass") + rest
    held = kept(root, content)
    told = held[: len(held) - len(rest)].decode(coding, "surrogatepass")
    assert told.startswith("\ufeffgrün 😀\r\n[redacted:github-token:")
    assert told.endswith("] \ud83d!")
    assert held.endswith(rest)


def test_what_is_no_text_is_kept_as_it_is_and_told_of(root: Path) -> None:
    content = bytes(range(256)) * 4 + _SECRET.encode()
    found = Notebook.open(str(root)).attach(content)
    assert (root / found.path("main")).read_bytes() == content
    assert found.unread
    assert not Notebook.open(str(root)).attach(b"a text").unread


def test_a_name_is_masked(root: Path) -> None:
    found = Notebook.open(str(root)).attach(b"x", name=f"{_SECRET}.txt")
    assert _SECRET not in found.name


# Portions

CUTS = [OVERLAP, PORTION - OVERLAP, PORTION, PORTION + OVERLAP]


def filled(content: str, at: int, line: str = "word " * 15 + "\n") -> str:
    """A text of some portions with the content in its middle at this place."""
    before = (line * (at // len(line) + 1))[: at - len(content) // 2]
    return f"{before} {content} {line * (2 * PORTION // len(line))}"


@pytest.mark.parametrize("at", CUTS)
@pytest.mark.parametrize("line", ["word " * 15 + "\n", "größere,"], ids=["lines", "one line"])
def test_a_secret_across_two_portions_is_found(root: Path, at: int, line: str) -> None:
    held = kept(root, filled(_SECRET, at, line).encode())
    assert _SECRET.encode() not in held
    assert held.count(b"[redacted:") == 1


def test_a_key_across_two_portions_is_found_whole(root: Path) -> None:
    held = kept(root, filled(f"\n{_BLOCK}\n", PORTION).encode())
    assert _LINE.encode() not in held


@pytest.mark.parametrize("opening", ["<private>", "<PRIVATE>", "&lt;private&gt;", "< private\n>"])
@pytest.mark.parametrize("at", [7, PORTION])
def test_what_is_private_stays_so_over_portions(root: Path, opening: str, at: int) -> None:
    inner = f"<private>x</private>{'hidden ' * (PORTION // 3)}"
    text = filled(f"{opening}{inner}</private>", at + len(inner) // 2)
    found = Notebook.open(str(root)).attach(text.encode())
    held = (root / found.path("main")).read_bytes()
    assert b"hidden" not in held
    assert held.count(b"[private]") == 1
    assert len(held) == len(text) - len(opening + inner) - 1
    assert not found.unclosed
    assert Notebook.open(str(root)).attach(f"a {opening}b".encode()).unclosed


PARTS = st.sampled_from(
    [
        b"<private>", b"</private>", b"<private/>", b"<", b"/", b" ", b"private", b"\xc3\xa4",
        b"\xc3", b"\xff", b"&lt;private&gt;", b"word word ", b"private " * 9, b"\n", b"k9-V4lue",
        b"azE5-V4lue", _SECRET.encode(), b"password = hunter2hunter2\n",
    ]
)  # fmt: skip


@given(st.lists(PARTS, max_size=40), st.integers(240, 300), st.integers(1, 70))
def test_portions_make_no_difference(parts: list[bytes], portion: int, chunk: int) -> None:
    data = b"x" * portion + b"".join(parts)
    values = Values([("K", "k9-V4lue"), ("Z", "azE5-V4lue")])
    chunks = [data[at : at + chunk] for at in range(0, len(data), chunk)]
    some = Portions(chunks, Masking(DEFAULT, b"key", values), portion, 200)
    whole = Portions([data], Masking(DEFAULT, b"key", values))
    assert b"".join(some) == b"".join(whole)
    assert sorted(some.found) == sorted(whole.found)
    assert some.unclosed == whole.unclosed


@pytest.mark.parametrize("byte", [b"\x80", b"\xc3", b"-", b"<"])
def test_a_large_file_of_one_byte_comes_back(byte: bytes) -> None:
    data = byte * (2 * PORTION + OVERLAP + 7)
    portions = Portions([data], Masking(DEFAULT, b"", None))
    assert b"".join(portions) == data


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory as Linux tells it")
def test_memory_does_not_grow_with_the_file(root: Path) -> None:
    code = (
        "import re, sys; from journal.notebook import Notebook\n"
        "Notebook.open(sys.argv[1]).attach(0)\n"
        # Not ru_maxrss: that counts what the process was forked from, too.
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) >> 10)"
    )
    source = root / "large"
    with source.open("wb") as file:
        for _ in range(40):
            file.write("ordinary wörds, 😀\n".encode() * (1 << 16))
    with source.open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-c", code, str(root)], stdin=file, capture_output=True, check=True
        )
    assert int(done.stdout) < 300


# The policy


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


def _as_file(root: Path, data: bytes) -> Iterator[int]:
    path = root / "given"
    path.write_bytes(data)
    fd = os.open(path, os.O_RDONLY)
    yield fd
    os.close(fd)


def _as_pipe(root: Path, data: bytes) -> Iterator[int]:
    (root / "given").write_bytes(data)
    with subprocess.Popen(["cat", str(root / "given")], stdout=subprocess.PIPE) as cat:
        assert cat.stdout
        yield cat.stdout.fileno()


@pytest.mark.parametrize("opened", [_as_file, _as_pipe])
@pytest.mark.parametrize("odd", [b"", bytes(range(32)) * 99])
def test_a_file_is_asked_to_its_end_before_a_byte_is_written(
    root: Path, opened: Callable[[Path, bytes], Iterator[int]], odd: bytes
) -> None:
    policy(root, "defaults: {denylist: [bluebird, 'h.dden']}")
    for word in (b"bluebird", b"hidden"):
        data = odd + b"word " * (2 * PORTION // 5) + word
        # Not even what isn't kept in the end may have been on the disk.
        code = (
            "import resource, signal, sys; from journal.notebook import Notebook\n"
            "notebook = Notebook.open(sys.argv[1]); signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); notebook.attach(0)"
        )
        for fd in opened(root, data):
            done = subprocess.run(
                [sys.executable, "-c", code, str(root)], stdin=fd, stderr=subprocess.PIPE,
                check=False,
            )  # fmt: skip
        assert b"the attachment is not kept: denylist pattern" in done.stderr
        assert left_over(root) == []


def test_a_pipe_too_large_to_be_asked_first_is_refused(root: Path) -> None:
    policy(root, "defaults: {denylist: [bluebird]}")
    for fd in _as_pipe(root, b"word " * (13 << 20)):
        with pytest.raises(UsageError, match="64 MiB"):
            Notebook.open(str(root)).attach(fd)
    assert left_over(root) == []
