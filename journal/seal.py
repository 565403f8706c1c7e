"""From a draft to the bytes of a sealed entry: headings, headers, stuffing, digests.

Cheap on purpose: every append comes through here. The reading half is `dayfile` and `frontmatter`.
A draft is here a plain dict with the keys of `DRAFT_KEYS`; `entry.Draft.fields()` makes one.
"""

try:  # hashlib would cost 2 ms to import
    from _sha2 import sha256 as _sha256  # type: ignore[import-not-found]
except ImportError:  # Python 3.11
    from _sha256 import sha256 as _sha256  # type: ignore[import-not-found]

from journal import ids, names
from journal.cjson import dumps, quote
from journal.errors import FormatError, UsageError

sha256 = _sha256
MAX_BODY = 1 << 20
MAX_HEADER = 16 << 10
MAX_DEPTH = 32
MAIN = "main"  # the path of what names none
MOST_TURNS = 1_000_000_000  # of a session: no typed number keeps it from counting on
SEALED = ("id", "seq", "prev", "len", "closes", "digest")
GIVEN = (*SEALED, "turn")  # under the lock, or by what is sealed: no caller gives them
TEXT_KEYS = ("title", "kind", "role", "actor", "session", "path", "parent", "git", "token")
_SHOWN_KEYS = ("role", "actor", "session", "path")
NO_ANCHOR = "-"  # git: that the entry has none, not even the workspace's own
DRAFT_KEYS = frozenset((*TEXT_KEYS, "body", "tags", "meta", "fields", "namespace", "at"))
_SHOWN_TITLE = 120
_WORDS = frozenset("true false null yes no on off y n ~".split())
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./@+:")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def digest(data: bytes) -> str:
    """`sha256:` and 64 hex digits."""
    return f"sha256:{sha256(data).hexdigest()}"


def genesis(workspace: str, writer: str, namespace: str) -> str:
    """What the first entry of a chain names as its `prev`."""
    return "0:" + digest(f"journal/chain@1\n{workspace}\n{writer}\n{namespace}\n".encode())


def scalar(text: str) -> str:
    """The text as a plain YAML word if every reader takes it for that very string, else as JSON."""
    if (
        text
        and _PLAIN.issuperset(text)
        and (text[0] in _LETTERS or _is_id(text))
        and text[-1] != ":"
        and text.lower() not in _WORDS
    ):
        return text
    return quote(text)


def _is_id(text: str) -> bool:
    """Whether the text is a ULID or a UUID such as no YAML reader takes for a number or a time."""
    if len(text) == 36:
        return text[0] != "-" and text.count("-") == 4 and text.replace("-", "").isalnum()
    return ids.is_id(text) and not _LETTERS.isdisjoint(text[8:])


def normal(body: bytes) -> bytes:
    """The bytes with CRLF and lone CR turned into LF."""
    return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in body else body


def _holds(text: bytes, mark: bytes) -> bool:
    """Whether `mark`, which ends with `## `, is somewhere followed by a time of day."""
    at = text.find(mark)
    while at >= 0:
        clock = at + len(mark)
        if text[clock : clock + 2].isdigit() and text[clock + 2 : clock + 3] == b":":
            return True
        at = text.find(mark, clock)
    return False


def stuff(body: bytes) -> bytes:
    """The body as stored: a line that looks like an entry's heading gets one backslash more."""
    if not _holds(body, b"## "):
        return body
    import re

    return re.sub(rb"(?m)^(\\*## [0-9][0-9]:[0-9][0-9])", rb"\\\1", body)


def unstuff(stored: bytes) -> bytes:
    """The body that `stuff` was given."""
    if not _holds(stored, b"\\## "):
        return stored
    import re

    return re.sub(rb"(?m)^\\(\\*## [0-9][0-9]:[0-9][0-9])", rb"\1", stored)


def shown_title(title: str) -> str:
    """What of a title a heading can show; equal to the title if the heading can hold it."""
    shown = title if title.isprintable() else "".join(c if c.isprintable() else " " for c in title)
    shown = shown.replace(" · ", " - ").strip().rstrip("#").rstrip()
    return shown if len(shown) <= _SHOWN_TITLE else shown[: _SHOWN_TITLE - 1].rstrip() + "…"


def heading(clock: str, role: str, title: str) -> str:
    """`## 14:03:22 assistant · Chose Whoosh`, without the newline."""
    shown = shown_title(title)
    return f"## {clock} {f'{role} · {shown}' if role and shown else role or shown}".rstrip()


class Sealing:
    """A draft that passed every check, with all that needs no lock already done."""

    __slots__ = (
        "after", "at", "body_digest", "body_size", "ending", "filled", "follows", "git", "id",
        "lines", "namespace", "parent", "path", "redacted", "role", "session", "switched", "tail",
        "title", "token", "turn", "way", "withheld",
    )  # fmt: skip

    def __init__(self, draft: "dict[str, object]", *, checked: bool = False) -> None:
        if not checked:
            check(draft)
        body = normal(draft["body"])  # type: ignore[arg-type]
        stored = stuff(body)
        closes = _closing(stored)  # stuffing turns a heading into text, which viewers see
        self.namespace = str(draft.get("namespace") or "")
        self.at = str(draft.get("at") or "")
        self.git = str(draft.get("git") or "")
        self.token = str(draft.get("token") or "")
        self.parent = str(draft.get("parent") or "")
        self.follows: Sealing | None = None  # a draft before it whose entry becomes its parent
        self.id = ""  # once it is numbered
        self.session = str(draft.get("session") or "")
        self.path = str(draft.get("path") or "")
        self.way = ""  # the path that its session goes on, where it names none itself
        self.switched = str((draft.get("fields") or {}).get("switched") or "")  # type: ignore[attr-defined]
        self.turn = 0  # given under the lock, in a session
        self.filled = 0  # the turn at which it is filled in between others, if it is
        self.role = str(draft.get("role") or "")
        self.title = str(draft.get("title") or "")
        self.redacted: tuple[str, ...] = ()  # the rules that found a secret in what was given
        self.withheld = ""  # the policy's rule, if this is not what was given
        self.body_size = len(stored)
        self.body_digest = digest(body)
        self.lines, self.after = _draft_lines(draft)
        ending = b"" if stored.endswith(b"\n") else b"\n"
        self.tail = b"\n" + stored + ending + (closes.encode() + b"\n" if closes else b"")
        self.ending = f"digest: {self.body_digest}"
        if closes:
            self.ending = f"closes: {quote(closes)}\n{self.ending}"

    def seal(self, entry_id: str, at: str, git: str, seq: int, prev: str) -> "tuple[bytes, bytes]":
        """The header (heading through closing fence) and the whole slice."""
        git = self.git or git
        anchor = f"git: {scalar(git)}\n" if git and git != NO_ANCHOR else ""
        parent = self.follows.id if self.follows else self.parent
        after = f"parent: {scalar(parent)}\n{self.after}" if parent else self.after
        if self.turn:
            after = f"turn: {self.turn}\n{after}"
        if self.way:
            after = f"path: {scalar(self.way)}\n{after}"
        header = (
            f"{heading(at[11:19], self.role, self.title)}\n\n```yaml entry\n"
            f"id: {entry_id}\nat: {at}\n{self.lines}{after}{anchor}"
            f"seq: {seq}\nprev: {prev}\nlen: {self.body_size}\n{self.ending}\n```\n"
        ).encode()
        if len(header) > MAX_HEADER:
            raise FormatError(
                f"the header would be {len(header):,} bytes, and {MAX_HEADER:,} is the most",
                kind="header-too-large",
                hint="move long text from the title, tags or meta into the body",
            )
        self.id = entry_id
        return header, header + self.tail


def _closing(body: bytes) -> str:
    if b"```" not in body and b"~~~" not in body and b"<" not in body:
        return ""
    if body[:3] == b"```" and _is_one_block(body):
        return ""
    from journal.openblock import closing

    return closing(body.decode())


def _is_one_block(body: bytes) -> bool:
    """Whether it is a fenced block and nothing else, as what tools print is given."""
    first, _, rest = body.rstrip(b"\n").partition(b"\n")
    words = first.lstrip(b"`")
    fence = first[: len(first) - len(words)]
    return b"`" not in words and rest.endswith(b"\n" + fence) and body.count(fence) == 2


def _draft_lines(draft: "dict[str, object]") -> "tuple[str, str]":
    """What stands before the parent in the header, and what after it."""
    lines = []
    title = str(draft.get("title") or "")
    if title and shown_title(title) != title:
        lines.append(f"title: {quote(title)}")
    fields = dict(draft.get("fields") or {})  # type: ignore[call-overload]
    lines.append(f"kind: {draft.get('kind') or 'note'}")
    if "status" in fields:
        lines.append(f"status: {_value(fields.pop('status'))}")
    lines += [f"{key}: {scalar(str(draft[key]))}" for key in _SHOWN_KEYS if draft.get(key)]
    before, lines = lines, []
    if token := draft.get("token"):
        lines.append(f"token: {scalar(str(token))}")
    lines += [f"{key}: {_value(value)}" for key, value in fields.items()]
    if tags := draft.get("tags"):
        lines.append(f"tags: [{', '.join(map(_word, tags))}]")  # type: ignore[call-overload]
    if meta := draft.get("meta"):
        lines.append(f"meta: {_value(meta)}")
    return "".join([line + "\n" for line in before]), "".join([line + "\n" for line in lines])


def _word(tag: str) -> str:
    # Quoted more often than elsewhere: the reader tries a list as JSON first.
    return scalar(tag) if tag[0] in _LETTERS and ":" not in tag else quote(tag)


def _value(value: object) -> str:
    try:
        return scalar(value) if isinstance(value, str) else dumps(value)
    except (TypeError, ValueError) as error:
        raise FormatError(f"a field can't be written: {error}", kind="bad-field") from error


def check(draft: "dict[str, object]") -> None:
    """UsageError or FormatError, with a hint, if the draft can't become an entry."""
    if not DRAFT_KEYS.issuperset(draft):
        from journal.refusals import bad_key

        raise bad_key(next(key for key in draft if key not in DRAFT_KEYS))
    for key in TEXT_KEYS:
        if draft.get(key, "") != "":
            _check_string(key, draft[key])
    _check_names(draft)
    if draft.get("tags") or draft.get("meta") or draft.get("fields"):
        from journal.extras import check_extras

        check_extras(draft)
    _check_body(draft.get("body"))


def _check_string(key: str, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise FormatError(f"{key} must be text, not {type(value).__name__}", kind="bad-field")
    check_text(key, value)


def check_text(where: str, text: str) -> None:
    """FormatError if the text isn't valid Unicode."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise FormatError(
            f"{where} is not valid UTF-8 (at character {error.start + 1})",
            kind="not-utf8",
            hint="convert it to UTF-8 first",
        ) from error


_NAMES = (
    ("namespace", names.is_slug, names.SLUG),
    ("role", names.is_name, names.NAME),
    ("session", names.is_name, names.NAME),
    ("parent", names.is_name, "an entry's id"),
    ("path", names.is_path, names.PATH),
)


def _check_names(draft: "dict[str, object]") -> None:
    for key, grammar, words in _NAMES:
        value = draft.get(key)
        if value and not grammar(str(value)):
            raise UsageError(f"{key} {value!r} is no name", kind="bad-name", hint=f"{key}: {words}")
    kind = draft.get("kind")
    if kind and kind not in names.KINDS:
        kinds = " ".join(sorted(names.KINDS))
        raise UsageError(f"there is no kind {kind!r}", kind="unknown-kind", hint=f"one of {kinds}")


def _check_body(body: object) -> None:
    sound = isinstance(body, bytes) and len(body) <= MAX_BODY and body.strip() and b"\0" not in body
    try:
        sound = sound and body.decode()  # type: ignore[attr-defined]
    except UnicodeDecodeError:
        sound = False
    if not sound:
        from journal.refusals import bad_body

        raise bad_body(body)
