"""The grammar of names: nothing that passes can leave a folder or meet another file by accident."""

import posixpath
import unicodedata
from pathlib import PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journal.names import is_key, is_name, is_path, is_slug

_ALPHABET = "aAzZ09-_./\\: \0\n~$%*?\"'<>|éıſK１²\u200b\u202e"
FUZZ = st.one_of(st.text(max_size=70), st.text(_ALPHABET, max_size=70))
# os.path.isreserved() comes with 3.13 only.
DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"
}


@given(FUZZ)
@example("con")
@example("lpt9")
@example("..")
@example("K")
@example("a" * 33)
def test_a_slug_is_one_plain_folder_name_everywhere(text: str) -> None:
    if not is_slug(text):
        return
    assert posixpath.normpath(f"journal/{text}/2026") == f"journal/{text}/2026"
    assert PureWindowsPath("journal", text).parts == ("journal", text)
    assert text == text.lower() == text.casefold() == unicodedata.normalize("NFKC", text)
    assert text.split(".", maxsplit=1)[0] not in DEVICES
    assert text.isascii()
    assert not text.startswith("-")
    assert len(text) <= 32


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True))
def test_every_other_slug_passes(text: str) -> None:
    assert is_slug(text) == (text not in DEVICES)


@given(FUZZ)
def test_a_path_is_made_of_names_and_goes_nowhere(text: str) -> None:
    if is_path(text):
        assert all(map(is_name, text.split("/")))
        assert posixpath.normpath(text) == text
        assert not text.startswith("/")
        assert text.isascii()
        assert text.isprintable()
        assert " " not in text


@given(FUZZ)
def test_names_and_keys_have_no_trick_in_them(text: str) -> None:
    if is_name(text):
        assert text.isascii()
        assert set(text).isdisjoint("/\\: ")
        assert text not in (".", "..")
        assert not text.endswith(".")
    if is_key(text):
        assert text.isascii()
        assert text == text.lower()
        assert ":" not in text
        assert not text[0].isdigit()


@pytest.mark.parametrize("text", ["main", "a", "0", "x-", "anna-7f3c9e", "a" * 32])
def test_slugs(text: str) -> None:
    assert is_slug(text)


@pytest.mark.parametrize(
    "text", ["", "-a", "A", "a.b", "a_b", "a/b", "..", "a b", "é", "nul", "com1", "a" * 33, "a\n"]
)
def test_no_slugs(text: str) -> None:
    assert not is_slug(text)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("main", True), ("a/b.c/D_e-1", True), ("a" * 64 + "/" + "b" * 63, True),
        ("a" * 65, False), ("/".join("ab" * 40), False), ("", False), ("/", False), ("a/", False),
        ("/a", False), ("a//b", False), ("a/../b", False), ("a/.b", False), ("a./b", False),
        ("-a", False), ("_a", False), ("a\\b", False), ("a b", False), ("a\n", False),
    ],
)  # fmt: skip
def test_paths(text: str, fits: bool) -> None:
    assert is_path(text) is fits


@pytest.mark.parametrize(
    ("text", "fits"),
    [("status", True), ("a-1_b", True), ("a" * 32, True), ("a" * 33, False), ("1a", False),
     ("A", False), ("a b", False), ("", False), ("_a", False), ("é", False)],
)  # fmt: skip
def test_keys(text: str, fits: bool) -> None:
    assert is_key(text) is fits
