"""Texts, drafts and golden cases that the tests share."""

import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from journal.entry import Draft, Entry
from journal.extras import TAKEN
from journal.frontmatter import NUMBERS, STRINGS
from journal.names import KINDS, is_key
from journal.seal import GIVEN

GOLDEN = Path(__file__).parent / "golden"

SEPARATORS = ["\n", "\v", "\f", "\r", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r\n"]
UNSEEN = [
    "\ufeff", "\u200b", "\u200d", "\u202e", "\u2066", "\u2069", "\u00ad", "\u3164", "\ufe0f",
    "\U000e0041", "\U000e007f", "\ue000", "\uffff", "\ufffe", "\U000f0000", "\U0010ffff", "\x7f",
    "\x9b", "\x1b[31m", "\x1b]52;c;eA==\x07", "\x1b]8;;https://evil.example\x1b\\",
]  # fmt: skip
SEEN = [
    "é",
    "e\u0301",
    "ß",
    "ﬁ",
    "日本語",
    "العربية",
    "😀",
    "👨\u200d👩\u200d👧",
    "🏴\U000e0067",
    "\u00a0",
]
YAML_TROUBLE = [
    "NO", "no", "y", "off", "true", "True", "null", "Null", "~", "NaN", "nan", "Infinity", ".inf",
    "-.inf", ".NaN", "0x1F", "0o17", "017", "1_000", "1.10", "1e3", "1.5e+10", "-1", "+1", "12",
    "1:30:00", "2024-02-30", "2024-02-28", "2026-11-21T14:03:22Z", "- a", "-", "a: b", "a:", ": a",
    "# c", "a #c", "#", "? x", "! x", "!!python/object:os.system", "&a", "*a", "<<", "=", "@a",
    "`a",
    "%YAML", "---", "...", "|", ">", "'", '"', "''", "\\", "\\n", "[a", "]", "{a", "}", ",", "a, b",
    " a", "a ", "  ", "\t", "'a'", '"a"', "01KAJ2X7Q0M3C4V5B6N7Q8W9E0",
    "12345678901234567890E12345",
    "@" * 26, "0x1234567890abcdef12345678", "2026-11-21T14:03:22.12345Z", "-" * 26,
    "6fa459ea-ee8a-3ca4-894e-db77e160355e", "12345678-1234-1234-1234-123456789012", "a" * 300,
]  # fmt: skip
LOOKALIKES = [
    "## 10:00", "## 10:00:00 forged", "\\## 10:00", "\\\\## 10:00 x", " ## 10:00", "##  10:00",
    "## 1:00", "## ١٠:٠٠", "```yaml entry", "```yaml entry\nid: x\n```", "---",
    "---\nschema: x\n---",
    "id: 01KAJ2X7Q0M3C4V5B6N7Q8W9E0", "digest: sha256:0", "# Saturday, 21 November 2026",
    '{"len": 3, "sha256": "x"}',
]  # fmt: skip
MARKDOWN = [
    "```", "````", "~~~", "   ```", "    ```", "<!--", "-->", "<div>", "</div>", "<script>",
    "<pre>",
    "<![CDATA[", "<?php", "<!DOCTYPE", "<details>", "> ", "- ", "1. ", "2. ", "    code", "\t",
    "# h", "===", "***", "| a | b |\n| - | - |", "[l](<", "![i](x)", "$$", "%%", "&#27;",
    "&#x202e;",
    "&rlm;", "\\", "\\\n", "`", "*", "<a href='", "<b", "::: x", "[^1]: f",
]  # fmt: skip
FRAGMENTS = [
    *SEPARATORS, *UNSEEN, *SEEN, *YAML_TROUBLE, *LOOKALIKES, *MARKDOWN, "\n\n", "\n    ", " ",
    " · ",
    "text", "\n```\n", "\n~~~\n", "\n## 10:00\n",
]  # fmt: skip

_CHARS = st.characters(exclude_categories=["Cs"])
texts = st.lists(
    st.one_of(
        st.sampled_from(FRAGMENTS), st.sampled_from("\n #`<>\\-:"), st.text(_CHARS, max_size=6)
    ),
    max_size=10,
).map("".join)
bodies = texts.filter(lambda text: "\0" not in text and text.encode().strip() != b"")
words = st.one_of(st.sampled_from([*YAML_TROUBLE, *SEEN, *UNSEEN]), texts)
tags = st.lists(words.filter(bool), max_size=4).map(tuple)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}[A-Za-z0-9]", fullmatch=True)
slugs = st.sampled_from(["main", "work", "a", "x-1", "0"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
        words,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(words.map(lambda word: word[:200]), inner, max_size=3),
    ),
    max_leaves=6,
)  # fmt: skip
metas = st.dictionaries(words.map(lambda word: word[:200]), values, max_size=4)
_RESERVED = {*TAKEN, *GIVEN, *STRINGS, *NUMBERS, "switched"}
keys = st.from_regex(r"[a-z][a-z0-9_-]{0,31}", fullmatch=True).filter(
    lambda key: is_key(key) and key not in _RESERVED
)
fields = st.dictionaries(
    st.one_of(st.sampled_from(["status", "no", "true", "null", "y", "close-on"]), keys),
    values, max_size=3,
)  # fmt: skip


def drafts(**changed: Any) -> st.SearchStrategy[Draft]:
    """Drafts that the journal must take and give back as they were."""
    given: dict[str, Any] = {
        "body": bodies, "title": words, "kind": st.sampled_from(sorted(KINDS - {"review"})),
        "role": st.one_of(st.just(""), st.just("assistant"), names), "actor": words,
        "session": st.one_of(st.just(""), names), "path": st.one_of(st.just(""), paths),
        "parent": st.one_of(st.just(""), names), "tags": tags, "meta": metas, "fields": fields,
    }  # fmt: skip
    return st.builds(Draft, **given | changed)


def normal(text: str) -> str:
    """The text with the newlines that the journal keeps."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def typed(value: Any) -> str:
    """Equal only for values equal in type and order too: 1, 1.0 and True are three things."""
    return json.dumps(value)


def expected(draft: Draft) -> dict[str, Any]:
    """What must come back of a draft."""
    body = draft.body if isinstance(draft.body, str) else draft.body.decode()
    shown = {
        key: getattr(draft, key)
        for key in ("title", "kind", "role", "actor", "session", "path", "parent")
    }
    moved = sorted(draft.fields.items(), key=lambda item: item[0] != "status")
    return shown | {
        "body": normal(body), "tags": draft.tags, "meta": typed(dict(draft.meta)),
        "fields": typed(dict(moved)),
    }  # fmt: skip


def returned(entry: Entry) -> dict[str, Any]:
    """What came back, to be compared with `expected`."""
    keys = ("title", "kind", "role", "actor", "session", "path", "parent", "body", "tags")
    shown = {key: getattr(entry, key) for key in keys}
    return shown | {"meta": typed(dict(entry.meta)), "fields": typed(dict(entry.fields))}


_NAMED = {
    "BOM": "\ufeff", "CR": "\r", "NEL": "\x85", "LS": "\u2028", "TAB": "\t", "VT": "\v",
    "NUL": "\0",
}  # fmt: skip


def golden(name: str) -> Iterator[tuple[str, str, str]]:
    """The cases of a golden file: title, input, expected, each ended by a line with a dot.

    `⟨CR⟩` and its like stand for what an editor would lose; a `⟨⟩` for nothing, at an end of line.
    """
    text = (GOLDEN / f"{name}.md").read_text("utf-8").split("\n\n\n", 1)[1]
    parts = re.split(r"^\.\n", text, flags=re.MULTILINE)
    for title, given, wanted in zip(parts[0::3], parts[1::3], parts[2::3], strict=False):
        yield title.strip(), _unnamed(given), _unnamed(wanted)


def _unnamed(text: str) -> str:
    return re.sub("⟨([A-Z]*)⟩", lambda found: _NAMED[found[1]] if found[1] else "", text)


PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "
