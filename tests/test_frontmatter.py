"""Header blocks: two readers that agree, strings that stay strings, and caps that hold."""

import json
import re
from typing import Any

import frontmatter as python_frontmatter
import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strategies import FRAGMENTS, YAML_TROUBLE, drafts, typed
from test_seal import AT, GENESIS, ID, PREAMBLE, sealed

from journal import seal, yamlblock
from journal.cjson import quote
from journal.errors import FormatError
from journal.frontmatter import read

BLOCK = re.compile(rb"\n```yaml entry\n(.*?)\n```\n", re.DOTALL)


def block_of(piece: bytes) -> str:
    found = BLOCK.search(piece)
    assert found
    return found[1].decode()


def outcome(reader: Any, block: str) -> str:
    try:
        return typed(reader(block))
    except FormatError as error:
        return {"bad-header": "refused"}[error.kind]


@given(drafts(token=st.sampled_from(["", *YAML_TROUBLE])))
def test_both_readers_agree_on_what_is_written(draft: Any) -> None:
    block = block_of(sealed(draft, git="feature/x@3f2a9c1d0b7e"))
    # PyYAML takes no key of more than 1,024 characters, which no one-line map should need.
    assume(all(len(json.dumps(key)) < 1_000 for key in draft.meta))
    assert outcome(read, block) == outcome(yamlblock.load, block) != "refused"


@given(drafts())
def test_a_plain_yaml_loader_reads_the_same_strings(draft: Any) -> None:
    """Exceptions: `at` has the shape of a YAML timestamp, a key `no` that of a YAML boolean."""
    block = block_of(sealed(draft))
    values = read(block)
    try:
        loaded = yaml.safe_load(re.sub(r"^at: .*\n", "", block, flags=re.MULTILINE))
    except ValueError:
        assume(False)  # a number of more digits than Python takes
    for key, value in values.items():
        if isinstance(value, str) and key not in ("at", "no", "y", "null", "true"):
            assert loaded.get(key) == value, key
    assert loaded.get("tags", []) == values.get("tags", [])


@pytest.mark.parametrize("text", [text for text in FRAGMENTS if text])
def test_a_written_text_is_a_text_to_every_reader(text: str) -> None:
    written = (
        f"x: {seal.scalar(text)}\ntags: [{seal.scalar(text) if ':' not in text else quote(text)}]"
    )
    assert read(written)["x"] == yamlblock.load(written)["x"] == text
    assert yaml.safe_load(written) == {"x": text, "tags": [text]}


LINES = st.one_of(
    st.sampled_from(
        ["seq: 1", "len: 5", "len: 012", "id: x", "tags: [a, b]", "tags: [a, 'b']",
        'tags: ["a", b]',
         "tags: [true, a]", "tags: [1.10]", "tags: [a: b]", "meta: {a: 1}", 'meta: {"a": 1}',
         "a: 1",
         "a: true", "title: true", "title: null", "title: 1.0", "actor: 5", "title:", "title: ~",
         "a: -0", "a: 1e5", "a: 1e+16", "a: 0.1", "a: 2024-02-30", "a: b # c", "# c", "", "a:",
         "a: 'x'",
         "at: 2026-11-21", "prev: 0:x", "role: y", "a: 1_000", "a: 0x1F", "a:  b",
         "a: [1, [2, {}]]"]
    ),
    st.builds("{}: {}".format, st.sampled_from(["a", "b", "title", "x-1"]),
    st.sampled_from(FRAGMENTS)),
)  # fmt: skip


@given(st.lists(LINES, max_size=5).map("\n".join))
@example("title: true\nactor: null")
@example("n: " + "1" * 5_000)
@example("seq: " + "1" * 5_000)
def test_readers_never_raise_and_agree_when_the_fast_one_takes_it(block: str) -> None:
    careful, fast = outcome(yamlblock.load, block), outcome(read, block)
    if fast not in (careful, "refused"):
        # Looser than YAML only where YAML has an error for a line that is plain to everybody.
        assert careful == "refused" or "len: 012" in block


@pytest.mark.parametrize("text", [*YAML_TROUBLE, "1", "1.0", "true", "null"])
def test_what_a_person_typed_stays_what_they_typed(text: str) -> None:
    for key in ("title", "actor"):
        try:
            value = yamlblock.load(f"{key}: {text}")[key]
        except FormatError:
            continue
        bare = text.split(" #", maxsplit=1)[0].strip()
        if bare[:1] not in tuple("'\"[{|>#"):
            assert value == bare


def test_numbers_and_constants_keep_their_type_elsewhere() -> None:
    values = read("n: 5\nf: 1.5\nt: true\nf2: 1.50\nz: null\nw: NO\nd: 2024-02-30\ns: 1:30:00")
    assert values == {
        "n": 5, "f": 1.5, "t": True, "f2": "1.50", "z": None, "w": "NO", "d": "2024-02-30",
        "s": "1:30:00",
    }  # fmt: skip


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]"
HOSTILE = {
    "anchor": "a: &x 1",
    "alias": "a: *x",
    "alias bomb": BOMB,
    "tag": "a: !!python/object/apply:os.system [id]",
    "own tag": "a: !x 1",
    "plain tag": "a: !!str 1",
    "merge": "a: 1\n<<: {b: 2}",
    "nested merge": "a: {<<: {b: 2}}",
    "duplicate": "a: 1\na: 2",
    "nested duplicate": "m: {a: 1, 'a': 2}",
    "complex key": "? [a]\n: 1",
    "list as key": "{[a]: 1}",
    "two documents": "a: 1\n---\nb: 2",
    "a list": "- a\n- b",
    "a word": "abc",
    "size": "a: 1\n" + "# x\n" * 5_000,
    "size of plain lines": "\n".join(f"k{n}: v" for n in range(2_000)),
    "size of one line": "meta: " + '{"a": "' + "x" * 20_000 + '"}',
    "16,000 [": "a: " + "[" * 16_000,
    "200,000 [": "meta: " + "[" * 200_000,
    "16,000 {": "a: " + '{"a":' * 3_000,
    "whole depth": "meta: " + "[" * 40 + "]" * 40,
    "block depth": "\n".join(" " * n + "a:" for n in range(100)),
    "dashes": "a:\n  " + "- " * 8_000 + "x",
    "question marks": "? " * 8_000,
    "unclosed quote": 'a: "x',
    "tab": "a:\n\tb: 1",
    "control": "a: \x01",
    "surrogate": "a: \ud800",
    "directive": "%YAML 9.9\n---\na: 1",
}


@pytest.mark.parametrize("block", HOSTILE.values(), ids=HOSTILE)
def test_hostile_headers_are_refused(block: str) -> None:
    for reader in (read, yamlblock.load):
        with pytest.raises(FormatError) as caught:
            reader(block)
        assert caught.value.kind == "bad-header"


@given(st.one_of(st.text(), st.text("[]{}:,-?&*!|>'\"%@`#\n\t abc019~")))
def test_no_text_crashes_a_reader(block: str) -> None:
    outcome(read, block)
    outcome(yamlblock.load, block)


def test_unknown_keys_and_their_order_are_kept() -> None:
    block = "zeta: 1\nkind: note\nalpha: [x]\nid: a"
    assert list(read(block)) == list(yamlblock.load(block)) == ["zeta", "kind", "alpha", "id"]


def test_python_frontmatter_reads_the_day_file() -> None:
    _, piece = seal.Sealing({"body": b"text"}).seal(ID, AT, "", 1, GENESIS)
    post = python_frontmatter.loads((PREAMBLE + piece).decode())
    assert post["schema"] == "journal/day@1"
    assert str(post["date"]) == "2026-11-21"
    assert post.content.startswith("# Saturday")


@given(drafts())
def test_python_frontmatter_reads_an_entry_through_our_own_part(draft: Any) -> None:
    piece = sealed(draft)
    post = python_frontmatter.loads(
        piece[piece.index(b"\n```yaml entry\n") + 1 :].decode(), handler=yamlblock.EntryBlock()
    )
    assert typed(post.metadata) == typed(read(block_of(piece)))


def test_the_page_of_front_matter_keeps_its_body() -> None:
    fields, body = yamlblock.page("---\ntitle: 1.10\ntags: [NO]\n---\n\n  a\n---\nb\n")
    assert fields == {"title": "1.10", "tags": ["NO"]}
    assert body == "  a\n---\nb\n"


@pytest.mark.parametrize("text", ["", "text", "---\na: 1\n", "--- x\n---\n", " ---\n---\n"])
def test_a_page_without_front_matter_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        yamlblock.page(text)
    assert caught.value.kind == "no-front-matter"
