"""Header blocks and front matter that anybody may have written: YAML under caps.

Size and depth are bounded, anchors, tags, merges and duplicate keys refused, and the parser's own
constructors are never called: CSafeLoader crashes the interpreter on deep nesting, and both loaders
retype what looks like a date, a number or a yes.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from journal.errors import FormatError
from journal.frontmatter import STRINGS, plain
from journal.seal import MAX_DEPTH, MAX_HEADER


class EntryBlock(YAMLHandler):
    """python-frontmatter's way to the block under an entry's heading."""

    FM_BOUNDARY = re.compile(r"^```(?:yaml entry)?[ \t]*$", re.MULTILINE)
    START_DELIMITER = "```yaml entry"
    END_DELIMITER = "```"

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        """The block's values."""
        return load(fm)


class Page(EntryBlock):
    """python-frontmatter's way to a page's own front matter, the body kept as it is."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"


def load(text: str) -> dict[str, Any]:
    """The values of YAML that anybody may have written; FormatError if it breaks a cap."""
    if len(text.encode(errors="surrogatepass")) > MAX_HEADER:
        raise FormatError(f"the header is over {MAX_HEADER:,} bytes", kind="bad-header")
    try:
        values = _Building(text).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it is no YAML"
        raise FormatError(
            f"the header can't be read: {problem}",
            kind="bad-header",
            line=mark.line + 1 if mark else 0,
        ) from error
    if not isinstance(values, dict):
        raise FormatError("the header is no map of keys to values", kind="bad-header")
    return values


class _Building:
    """YAML events into plain values; the parser's own constructors are never called."""

    def __init__(self, text: str) -> None:
        self.events = yaml.parse(text, Loader=yaml.SafeLoader)

    def document(self) -> Any:
        next(self.events)  # the stream's start
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return {}
        value = self._node(next(self.events), -1)  # the header itself doesn't count
        next(self.events)  # the document's end
        if not isinstance(next(self.events), yaml.StreamEndEvent):
            raise _refused("there is more than one document")
        return value

    def _node(self, event: Any, depth: int, key: str = "") -> Any:
        if depth > MAX_DEPTH:
            raise _refused(f"it is nested more than {MAX_DEPTH} deep")
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _refused("anchors and aliases are not allowed")
        if event.tag:
            raise _refused(f"the tag {event.tag} is not allowed")
        if isinstance(event, yaml.ScalarEvent):
            is_word = event.implicit[0] and not event.style and key not in STRINGS
            return plain(event.value) if is_word else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(depth)
        return self._map(depth)

    def _list(self, depth: int) -> list[Any]:
        values = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            values.append(self._node(event, depth + 1))
        return values

    def _map(self, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                raise _refused("a key is not plain text")
            key = event.value
            if key in values:
                raise _refused(f"the key {key} is there twice")
            if key == "<<" and not event.style:
                raise _refused("merges are not allowed")
            values[key] = self._node(next(self.events), depth + 1, key if depth < 0 else "")
        return values


def _refused(why: str) -> FormatError:
    return FormatError(f"the header can't be read: {why}", kind="bad-header")


def page(text: str) -> tuple[dict[str, Any], str]:
    """A page's front matter and its body as it is, less the one blank line between them."""
    handler = Page()
    text = text.removeprefix("\ufeff")  # Windows tools begin files with it
    if not text.startswith("---") or not handler.detect(text):
        raise FormatError(
            "there is no front matter: the text must begin with a line of ---",
            kind="no-front-matter",
            hint="or leave out --front-matter",
        )
    parts = handler.FM_BOUNDARY.split(text, 2)
    if len(parts) < 3:
        raise FormatError(
            "the front matter has no closing line of ---", kind="no-front-matter", line=1
        )
    return handler.load(parts[1]), parts[2].removeprefix("\n").removeprefix("\n")
