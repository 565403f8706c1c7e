"""What a body of Markdown leaves open at its end, and the line that closes it.

A fenced code block, or an HTML block of CommonMark's start conditions 1 to 5, that a body leaves
open would swallow whatever follows in an editor or a viewer. Everything else ends by itself at a
blank line and an unindented heading: paragraphs, tables, HTML of conditions 6 and 7, and all that
is open inside a list item or a block quote, because its container ends. There a closing line would
open a block instead of closing one, so nothing less than Markdown's block structure will do. This
is that structure as markdown-it reads it, its departures from CommonMark included, in linear time.

Two blocks are read as the paragraphs they look like, which can mislead where another block follows
with no blank line between: link definitions, about which viewers disagree anyway (CommonMark's own
parser takes them for paragraphs until these end), and tables, which not all viewers know. From 100
levels down, markers are read as text; markdown-it shows nothing more of a file nested 20 deep.
"""

_SPACE = " \t"
_SPACES = (  # str.isspace(), as the HTML patterns of markdown-it have it
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAME = _LETTERS + _DIGITS
_INTERRUPTS = "`~>#*-_+<" + _DIGITS
# Outside of any container, a line that begins otherwise can only be a paragraph's.
_MATTERS = _INTERRUPTS + _SPACE + "="
_DEEPEST = 100

_MARKED = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"))
_RAW_TAGS = ("script", "pre", "style", "textarea")
_RAW_STARTS = ("<!", "<?", "<script", "<pre", "<style", "<textarea")
_BLOCK_TAGS = frozenset(
    "address article aside base basefont blockquote body caption center col colgroup dd details"
    " dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5"
    " h6 head header hr html iframe legend li link main menu menuitem nav noframes ol optgroup"
    " option p param search section summary table tbody td tfoot th thead title tr track ul".split()
)

# One complete tag, as a machine: from each state, which characters go on, and to which state.
_TAG_ENDS = (("/", "/"), (">", "done"))
_TAG_STEPS = {
    "": (("<", "<"),),
    "<": ((_LETTERS, "tag"), ("/", "</")),
    "</": ((_LETTERS, "closing"),),
    "closing": ((_NAME + "-", "closing"), (_SPACES, "closed"), (">", "done")),
    "closed": ((_SPACES, "closed"), (">", "done")),
    "tag": ((_NAME + "-", "tag"), (_SPACES, "space"), *_TAG_ENDS),
    "space": ((_SPACES, "space"), (_LETTERS + "_:", "name"), *_TAG_ENDS),
    "name": ((_NAME + "_:.-", "name"), (_SPACES, "named"), ("=", "equals"), *_TAG_ENDS),
    "named": ((_SPACES, "named"), (_LETTERS + "_:", "name"), ("=", "equals"), *_TAG_ENDS),
    "equals": ((_SPACES, "equals"), ("'", "'"), ('"', '"')),
    "bare": ((_SPACES, "space"), *_TAG_ENDS),
    "'": (("'", "quoted"),),
    '"': (('"', "quoted"),),
    "quoted": ((_SPACES, "space"), *_TAG_ENDS),
    "/": ((">", "done"),),
    "done": (),
}
# Values go on with all but these. One without quotes may hold an exotic space, which may also end
# it: that is why a tag can be in two states at once.
_NOT_BARE = "\"'=<>`" + "".join(map(chr, range(33)))
_TAG_VALUES = {"equals": ("bare", _NOT_BARE), "bare": ("bare", _NOT_BARE)}
_TAG_VALUES |= {quote: (quote, quote) for quote in "'\""}


def closing(body: str) -> str:
    r"""The one line that closes what `body` leaves open at its end, or "" when nothing is open.

    Lines end with "\n" only; the closing line is given without.
    """
    if not _may_open(body):
        return ""
    reader = Reader()
    for line in body.split("\n"):
        reader.read(line)
    return reader.end if reader.margins == [[0]] and reader.end != "\n" else ""


def _may_open(body: str) -> bool:
    """Whether anything in `body` could begin a block that stays open."""
    if "```" in body or "~~~" in body:
        return True
    if "<" not in body:
        return False
    lower = body.lower()
    return any(start in lower for start in _RAW_STARTS)


class Reader:
    """Where a Markdown reader stands between two lines: what is open, and nothing else.

    It sees a line as its text, the column where that begins, and how many columns more a tab has
    to count, because the markers of block quotes were cut off before it. In a block quote, columns
    count from its content; a lazy line (one that goes on with a paragraph, but without the
    quote's marker) is at -1 there.
    """

    def __init__(self) -> None:
        # For the document and each block quote inside the other: the columns where its content
        # and that of its open list items begin, outermost first.
        self.margins = [[0]]
        self.in_paragraph = False
        self.end = ""  # of the fence or HTML that is open: a fence, a mark, or "\n" (a blank line)
        self.is_bare = False  # a list item has just begun with nothing but its marker

    def read(self, line: str) -> None:
        """Go on by a line."""
        if self.margins == [[0]] and self._is_plain(line):
            return
        depth, text, column, tab = self._within(line)
        was_bare, self.is_bare = self.is_bare, False
        if depth < len(self.margins) - 1:
            if self.in_paragraph and text and self._is_lazy(depth, text, column):
                return
            del self.margins[depth + 1 :]
            self.in_paragraph, self.end, was_bare = False, "", False
        if not text:
            self._read_blank(was_bare)
        elif not self._continues(text, column):
            self.in_paragraph, self.end = False, ""
            margins = self.margins[-1]
            while column < margins[-1]:
                margins.pop()
            self._open(text, column, tab)

    def _is_plain(self, line: str) -> bool:
        """Whether an uncontained line changes no more than that a paragraph may be open."""
        if self.end:
            return self.end[0] in "`~" and self.end not in line
        if not line or line[0] in _MATTERS:
            return False
        self.in_paragraph = True
        return True

    def _within(self, line: str) -> tuple[int, str, int, int]:
        """How many of the open block quotes `line` goes on with, and the line inside of them."""
        text, column = _indented(line, 0, 0)
        depth = tab = 0
        while depth < len(self.margins) - 1:
            if not text.startswith(">") or column < self.margins[depth][-1]:
                break
            text, column, tab = _unquoted(text, column, tab)
            depth += 1
        return depth, text, column, tab

    def _is_lazy(self, depth: int, text: str, column: int) -> bool:
        """Whether the open paragraph goes on without the markers of its block quotes."""
        if _interrupts(text, column, self.margins[depth], paragraph=False):
            return False
        # Quotes inside the first unmarked one see the line at -1, so never as indented code.
        return depth + 2 == len(self.margins) or not _interrupts(text, -1, [0], paragraph=False)

    def _read_blank(self, was_bare: bool) -> None:
        self.in_paragraph = False
        if self.end == "\n":
            self.end = ""
        if was_bare:
            self.margins[-1].pop()

    def _continues(self, text: str, column: int) -> bool:
        """Whether a line with text belongs to the open paragraph, fence or HTML; may end it."""
        inset = column - self.margins[-1][-1]
        if self.in_paragraph:
            if 0 <= inset < 4 and _is_underline(text):
                self.in_paragraph = False
                return True
            return not _interrupts(text, column, self.margins[-1], paragraph=True)
        if not self.end or inset < 0:
            return False
        is_fence = self.end[0] in "`~"
        if _ends_fence(text, self.end) and inset < 4 if is_fence else _ends_html(text, self.end):
            self.end = ""
        return True

    def _open(self, text: str, column: int, tab: int) -> None:
        """Enter the containers that begin here, then the block inside of them."""
        while text and column - self.margins[-1][-1] < 4:
            marker = _container_marker(text)
            if not marker or sum(map(len, self.margins)) > _DEEPEST:
                self._open_leaf(text)
                return
            if text[0] == ">":
                text, column, tab = _unquoted(text, column, tab)
                self.margins.append([0])
            else:
                start = column + marker
                text, column = _indented(text[marker:], start, tab)
                # Five columns or more are one, and code indented by the others.
                one = not text or column - start > 4
                self.margins[-1].append(start + 1 if one else column)
                self.is_bare = not text

    def _open_leaf(self, text: str) -> None:
        if text[0] not in _INTERRUPTS:
            self.in_paragraph = True
        elif _is_rule(text) or _is_heading(text):
            return
        elif fence := _fence(text):
            self.end = fence
        elif end := _html_end(text):
            self.end = "" if _ends_html(text, end) else end
        elif _is_lone_tag(text):
            self.end = "\n"
        else:
            self.in_paragraph = True


def _indented(line: str, column: int, tab: int) -> tuple[str, int]:
    """The line without the space it begins with, and the column where it then begins."""
    text = line.lstrip(_SPACE)
    for space in line[: len(line) - len(text)]:
        column += 4 - (column + tab) % 4 if space == "\t" else 1
    return text, column


def _unquoted(text: str, column: int, tab: int) -> tuple[str, int, int]:
    """The line after a block quote's marker, to which a space, or a tab's first column, belongs."""
    rest, start, cut = text[1:], column + 1, 0
    spaced = rest[:1] in tuple(_SPACE)
    if rest[:1] == " " or (spaced and (start + tab) % 4 == 3):
        rest, start = rest[1:], start + 1
    elif spaced:
        cut = 1
    rest, end = _indented(rest, start, tab + cut)
    return rest, end - start, column + 1 + spaced


def _interrupts(text: str, column: int, margins: list[int], *, paragraph: bool) -> bool:
    """Whether a line begins a block that ends a quote's paragraph, or the innermost `paragraph`."""
    if text[0] not in _INTERRUPTS or column - margins[-1] >= 4:
        return False
    marker = _container_marker(text)
    if not marker:
        return _is_rule(text) or _is_heading(text) or bool(_fence(text) or _html_end(text))
    if text[0] == ">":
        return True
    if column < margins[-1]:  # not in the item: a sibling of it, unless that were indented code
        return column - margins[-2:][0] < 4
    is_first = marker == 1 or int(text[: marker - 1]) == 1
    return not paragraph or (is_first and text[marker:].strip(_SPACE) != "")


def _container_marker(text: str) -> int:
    """The length of the block quote's or list item's marker that a line begins with, or 0."""
    if text[0] == ">":
        return 1
    if text[0] not in _INTERRUPTS:
        return 0
    digits = len(text) - len(text.lstrip(_DIGITS))
    if text[digits : digits + 1] not in ((".", ")") if digits else ("*", "-", "+")):
        return 0
    is_marker = digits <= 9 and text[digits + 1 : digits + 2] in ("", *_SPACE)
    return digits + 1 if is_marker and not _is_rule(text) else 0


def _is_rule(text: str) -> bool:
    mark = text[0]
    return mark in "*-_" and text.count(mark) >= 3 and not text.strip(mark + _SPACE)


def _is_heading(text: str) -> bool:
    rest = text.lstrip("#")
    return 0 < len(text) - len(rest) <= 6 and rest[:1] in ("", *_SPACE)


def _is_underline(text: str) -> bool:
    return text[0] in "-=" and not text.rstrip(_SPACE).strip(text[0])


def _fence(text: str) -> str:
    """The fence that opens a code block here, or ""."""
    mark = text[0]
    rest = text.lstrip(mark)
    size = len(text) - len(rest)
    return text[:size] if mark in "`~" and size >= 3 and (mark == "~" or mark not in rest) else ""


def _ends_fence(text: str, fence: str) -> bool:
    run = text.rstrip(_SPACE)
    return len(run) >= len(fence) and not run.strip(fence[0])


def _html_end(text: str) -> str:
    """What ends the HTML block of conditions 1 to 6 that begins here, or ""."""
    if text[0] != "<":
        return ""
    for start, end in _MARKED:
        if text.startswith(start):
            return end
    if text[1:2] == "!":
        return ">" if text[2:3] in tuple(_LETTERS) else ""
    slash = text[1:2] == "/"
    rest = text[1 + slash :].lstrip(_NAME)
    name = text[1 + slash : len(text) - len(rest)].lower()
    is_whole = rest[:1] in ("", ">", *_SPACES)
    if name in _RAW_TAGS:
        return f"</{name}>" if is_whole and not slash else ""
    return "\n" if name in _BLOCK_TAGS and (is_whole or rest.startswith("/>")) else ""


def _ends_html(text: str, end: str) -> bool:
    """Whether HTML that is to end with `end` does so here; a raw tag's may be any raw tag's."""
    if not end.startswith("</"):
        return end in text
    lower = text.lower()
    return any(f"</{tag}>" in lower for tag in _RAW_TAGS)


def _is_lone_tag(text: str) -> bool:
    """Whether this is one complete tag (condition 7, which doesn't interrupt a paragraph)."""
    states = {""}
    for mark in text.rstrip():
        after = {to for state in states for marks, to in _TAG_STEPS[state] if mark in marks}
        values = [_TAG_VALUES[state] for state in states if state in _TAG_VALUES]
        states = after | {to for to, but in values if mark not in but}
        if not states:
            return False
    return "done" in states
