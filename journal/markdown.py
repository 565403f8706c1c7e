"""What a body of Markdown refers to: #tags, [[wikilinks]] and entry ids.

markdown-it-py costs 45 ms to import and reads 2 MB a second, so it is asked last: `may_refer`
rules out most bodies, and a body without code, HTML, escapes or links needs no parser.
Paragraphs with nothing to find in them are left at their blocks.

What counts:

- A tag begins with `#` after the start of a line, white space or opening punctuation, and holds
  letters, digits, `_`, `-`, `/` and what isn't ASCII punctuation (emoji, too), not digits alone.
- A wikilink is `[[target]]`, `[[target|label]]` or `[[target#heading]]` on one line.
- An entry id is a whole ULID or a handwritten entry's `h-…`, no part of a path or a longer word.

None counts in code blocks, HTML, the address of a link, an autolink, a bare URL or an image. A code
span holds no tags and no wikilinks, but ids: people put an id into backticks to mean the entry. In
a code block an id is a program's output, and a pasted list would refer to all that it lists.
"""

from __future__ import annotations

import re
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from markdown_it import MarkdownIt

_BLOCKS_MOST = 262_144
_INLINE_MOST = 65_536

# As bytes: whatever isn't ASCII may be a letter, or what stands before a tag.
_TAG_BYTES = re.compile(
    rb"#(?:(?<=[\s\x1c-\x1f(\[{,;:!*~|>\x80-\xff]#)|(?<=^#))"
    rb"(?=[0-9]*(?:[A-Za-z_\x80-\xff]|[/_-]+[0-9A-Za-z\x80-\xff]))",
    re.MULTILINE,
)
_HAND_BYTES = re.compile(rb"h-[0-9a-f]{12}")
_ULID_RUN = b"0" * 26
_ULID_BYTES = bytes(
    48 if chr(byte) in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" else 32 for byte in range(256)
)

# What a tag can't hold: ASCII but letters, digits and `_-/`; other scripts' spaces and punctuation.
_NO_TAG = (
    r"\s\x00-,.:-@\[-^`{-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u2000-\u200b\u200e-\u206f"
    r"\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40"
    r"\uff5b-\uff65\ufe10-\ufe1f\ufe30-\ufe6f\ufeff\ufffc\ufffd"
)
_FOUND = (
    r"(?<![\w+.-])[A-Za-z][\w+.-]{1,30}://[^\s<>]*"
    r"|(?:(?<=[\s(\[{,;:!*~|>\xab\u2010-\u201f\u3001-\u3011\uff08\uff0c\uff1a\uff1b])|(?<![^\n]))"
    rf"#(?P<tag>[^{_NO_TAG}/-][^{_NO_TAG}]*)"
    r"|\[\[(?![\s\]|])(?P<link>[^\[\]\n\x00]+)\]\]"
    r"|(?<![\w/-])(?P<id>[0-7][0-9A-HJKMNP-TV-Z]{25}|h-[0-9a-f]{12}(?:-[2-9]|-[1-9][0-9]+)?)"
    r"(?![\w/-])"
)
_MARKS = r"[#\[]"
_ALL = r"[^\n](?!\Z)"  # but the end: it tells what a tag stands after
_NEEDS_PARSER = re.compile(r"[`<\\\t]|~~~|    |\][(:]")


class Reference:
    """Something a body names: a "tag", a "wikilink" or an "entry", on a line from 1 of the body.

    `target` is as written, without `#`, brackets, heading and label; compare it `folded`.
    """

    # By hand, for the catalog may look at a body or two in any process that reads.
    __slots__ = ("kind", "label", "line", "target")

    def __init__(self, kind: str, target: str, line: int, label: str = "") -> None:
        self.kind = kind
        self.target = target
        self.line = line
        self.label = label


def folded(target: str) -> str:
    """The target without case, and with single blanks: what two references to one thing share."""
    if not target.isascii():
        import unicodedata

        target = unicodedata.normalize("NFC", target).casefold()
    return " ".join(target.lower().split())


def may_refer(body: bytes) -> bool:
    """Whether `references` could find anything in the body; fast, and sure only when it denies."""
    return bool(
        (b"#" in body and _TAG_BYTES.search(body))
        or (b"[" in body and b"[[" in body)
        or (b"h-" in body and _HAND_BYTES.search(body))
        or _ULID_RUN in body.translate(_ULID_BYTES)
    )


def references(body: str) -> tuple[Reference, ...]:
    """What the body, its lines ended by LF, refers to, in order.

    Never raises, and takes time in proportion to the body: of one that needs the parser, the first
    256 KiB are read; code spans and links are told apart in the first 64 KiB of paragraphs that
    hold anything. What is nested more than 20 deep is not seen.
    """
    if not _found().search(body):
        return ()
    if not _NEEDS_PARSER.search(body):
        return tuple(_in_text(body, 1))
    return tuple(_in_markdown(body[:_BLOCKS_MOST]))


@cache
def _found() -> re.Pattern[str]:
    return re.compile(_FOUND)  # takes 3 ms, and most processes have nothing to look for


def _in_text(text: str, line: int) -> Iterator[Reference]:
    at = 0
    for found in _found().finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        if found["tag"]:
            tag = found["tag"].rstrip("/_-")
            if tag and not tag.isdigit():
                yield Reference("tag", tag, line)
        elif found["link"]:
            target, _, label = found["link"].partition("|")
            target = target.rstrip("\\").partition("#")[0].strip()  # in tables it is `\|`
            if target:
                yield Reference("wikilink", target, line, label.strip())
        elif found["id"]:
            yield Reference("entry", found["id"], line)


def _in_markdown(text: str) -> Iterator[Reference]:
    lines = text.split("\n")
    left = _INLINE_MOST
    env: dict[str, Any] = {}  # the link definitions
    for token in _parser().parse(text, env):
        content = token.content
        if token.type != "inline" or not token.map or not _found().search(content):
            continue
        # A paragraph's first lines are gone if they held nothing but exotic white space.
        first = content.partition("\n")[0]
        line = next((n for n in range(*token.map) if first in lines[n]), token.map[0])
        left -= len(content)
        yield from _in_text(_masked(content, env) if left >= 0 else content, line + 1)


def _masked(content: str, env: dict[str, Any]) -> str:
    """A paragraph with NULs where nothing is to be found, every line where it was."""
    spans: list[tuple[int, int, str]] = []
    parser = _parser()
    parser.inline.parse(content, parser, env | {"spans": spans}, [])
    parts, at = [], 0
    for start, end, what in sorted(spans):
        parts += [content[at:start], re.sub(what, "\0", content[start:end])]
        at = end
    return "".join(parts) + content[at:]


@cache
def _parser() -> MarkdownIt:
    """Blocks by `parse`; the inline rules only note what is not text, in `env["spans"]`."""
    from markdown_it import MarkdownIt, rules_inline

    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["block"])
    parser.inline.ruler.enableOnly(
        ["text", "escape", "backticks", "link", "image", "autolink", "html_inline"]
    )
    parser.inline.ruler2.enableOnly([])
    ruler = parser.inline.ruler
    ruler.at("escape", _noting(rules_inline.escape, _MARKS))
    ruler.at("backticks", _noting(rules_inline.backtick, _MARKS))
    for name in ("image", "autolink", "html_inline"):
        ruler.at(name, _noting(getattr(rules_inline, name), _ALL))
    ruler.at("link", _noting_address(rules_inline.link))
    return parser


def _noting(rule: Any, what: str) -> Any:
    def noting(state: Any, silent: bool) -> bool:
        start = state.pos
        found: bool = rule(state, True)
        if found and not silent:
            state.env["spans"].append((start, state.pos, what))
        return found

    return noting


def _noting_address(rule: Any) -> Any:
    def noting(state: Any, silent: bool) -> bool:
        start = state.pos
        found: bool = rule(state, silent)
        if found and not silent:
            label_end = state.md.helpers.parseLinkLabel(state, start, True)
            state.env["spans"].append((label_end + 1, state.pos, _ALL))
        return found

    return noting
