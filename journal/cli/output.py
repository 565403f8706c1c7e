"""The only writer to stdout: entries, hits and verdicts as text for a person, or as JSON."""

from __future__ import annotations

import os
import sys

from journal.cjson import dumps
from journal.safe import columns, one_line, safe_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, Literal

    from journal.catalog.row import Row
    from journal.chain import Verdict
    from journal.entry import Entry
    from journal.finding import Finding

ID_SHOWN = 8
_TAG_ROOM = 4
_NARROW = 72
_PURGED = "(purged)"
_FINDINGS = 3  # shown beside an answer
_USUAL = 80  # columns, where a terminal doesn't say
_DIM, _BOLD, _CYAN, _YELLOW, _RED, _GREEN, _BLUE, _MAGENTA, _OFF = (
    f"\x1b[{code}m" for code in ("2", "1", "36", "33", "31", "32", "34", "35", "0")
)
STYLES = {
    "dim": _DIM,
    "bold": _BOLD,
    "cyan": _CYAN,
    "yellow": _YELLOW,
    "red": _RED,
    "green": _GREEN,
    "blue": _BLUE,
    "magenta": _MAGENTA,
}


def is_terminal() -> bool:
    """Whether a person looks at stdout."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns to write in; piped text isn't cut."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and int(given):
        return int(given)
    if not is_terminal():
        return 0
    try:
        return os.get_terminal_size(1).columns or _USUAL
    except OSError:
        return _USUAL


def style(text: str, name: str) -> str:
    """The text coloured, if a person looks and didn't forbid it (NO_COLOR)."""
    if not text or not name or not is_terminal() or os.environ.get("NO_COLOR"):
        return text
    return f"{STYLES[name]}{text}{_OFF}"


def write(text: str) -> None:
    """A line of data; a closed pipe ends the program quietly."""
    try:
        sys.stdout.buffer.write(f"{text}\n".encode(errors="backslashreplace"))
    except BrokenPipeError:
        leave_quietly()


def write_bytes(data: bytes) -> None:
    """Bytes as they are, for `--body` and `--raw`; drawn safely if a terminal is to show them."""
    if sys.stdout.isatty():
        data = safe_text(data.decode(errors="replace")).encode()
    try:
        sys.stdout.buffer.write(data)
    except BrokenPipeError:
        leave_quietly()


def flush() -> None:
    """What was written is with the reader."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        leave_quietly()


def leave_quietly() -> None:
    """The reader went away (`| head`): nothing is wrong."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os._exit(0)


def json(value: Mapping[str, Any]) -> None:
    """One JSON object on one line."""
    line = dumps(value)
    write(safe_text(line) if sys.stdout.isatty() else line)


def findings(found: Iterable[Finding]) -> None:
    """What reading met, on stderr, each once, some of many."""
    every = list(dict.fromkeys(found))
    for finding in every[:_FINDINGS]:
        sys.stderr.write(f"journal: {one_line(str(finding))}\n")
    if left := every[_FINDINGS:]:
        sys.stderr.write(f"journal: and {len(left):,} more: `journal doctor` shows them\n")


def rows(entries: Iterable[Row | Entry]) -> None:
    """Entries as lines: when, id's ending, kind, who, title; a person is told if there are none."""
    shown = False
    for entry in entries:
        shown = True
        write(row(entry))
    if not shown and is_terminal():
        write("no entries")


def row(entry: Row | Entry, margin: int = 0, look: str = "") -> str:
    """One entry on one line; a narrow terminal leaves out the year, the kind and who.

    `margin` columns are left for what stands before it; `look` is one style for all of it.
    """
    when = one_line(entry.at[:16].replace("T", " "))
    cells = [(when, "dim"), (short(entry.id), "yellow")]
    if width() and width() < _NARROW:
        cells[0] = (when[5:], "dim")
    else:
        cells.append((pad(one_line(entry.kind, 10), 10), "cyan"))
        cells.append((pad(one_line(entry.actor or entry.role or "-", 12), 12), ""))
    lead = margin + sum(columns(text) + 2 for text, _ in cells)
    room = max(10, width() - lead) if width() else None
    shown = [style(text, look or usual) for text, usual in cells]
    return "  ".join([*shown, headline(entry, room, look)])


def headline(entry: Row | Entry, room: int | None, look: str = "") -> str:
    """The title, or the body's beginning, then the tags."""
    tags = " ".join(f"#{one_line(tag)}" for tag in entry.tags)
    title = one_line(name_of(entry), room)
    left = room - columns(title) - 2 if room is not None else None
    title = style(title, look)
    if not tags or (left is not None and left < _TAG_ROOM):
        return title
    return f"{title}  {style(one_line(tags, left), 'dim')}"


def name_of(entry: Row | Entry) -> str:
    """What an entry is called: its title, or how its body begins; of a purged one that it is."""
    purged = _PURGED if getattr(entry, "forgotten", False) else ""
    return entry.title or entry.head or purged


def short(entry_id: str) -> str:
    """The ending of an id that people type."""
    return one_line(entry_id[-ID_SHOWN:])


def pad(text: str, to: int) -> str:
    """The text filled with blanks to a number of columns."""
    return text + " " * (to - columns(text))


def forgotten(row: Row, by: Row) -> str:
    """A line that says when an entry was forgotten, and why."""
    when, why = one_line(by.at[:16].replace("T", " ")), one_line(by.head)
    back = "its text is gone" if row.purged else f"back with `journal forget {row.id} --unforget`"
    return style(f"forgotten {when} by {short(by.id)}: {why}; {back}", "yellow")


def entry_head(entry: Row | Entry, git_now: str = "") -> str:
    """What stands above an entry's body; `git_now`: what its commit is since git rewrote it."""
    who = " · ".join(filter(None, (entry.role, entry.actor)))
    lines = [
        style(one_line(name_of(entry)), "bold"),
        style(f"{one_line(entry.at)}  {one_line(who)}".rstrip(), "dim"),
    ]
    facts = [] if name_of(entry) == _PURGED else [f"kind {entry.kind}"]
    facts += [f"{k} {v}" for k in ("session", "path", "parent", "git") if (v := getattr(entry, k))]
    if git_now:
        facts[-1] += f" (now {git_now})"
    facts += [
        f"{key} {_fact(value)}"
        for key, value in (*entry.fields.items(), *entry.meta.items())
        if key != "attachments"
    ]
    facts += [f"#{tag}" for tag in entry.tags]
    where = f"{entry.source.file}:{entry.source.line}" if entry.source.line else "in the spool"
    lines += [" · ".join(map(one_line, facts))] if facts else []
    lines.append(style(f"{one_line(entry.id)}  {one_line(where)}", "dim"))
    if "attachments" in entry.fields:
        lines += _attached(entry)
    return "\n".join(lines)


def _attached(entry: Row | Entry) -> list[str]:
    """A line for each file that the entry brought: its name, its size, and where it is."""
    from journal.attach import of
    from journal.daypath import home_of

    home = home_of(entry.source.file)
    found = of(entry.fields["attachments"])
    told = [f"{one.name} · {one.bytes:,} bytes · {one.path(home)}" for one in found]
    if not found:
        told = [_fact(entry.fields["attachments"])]
    return [f"attached {one_line(text)}" for text in told]


def _fact(value: object) -> str:
    return value if isinstance(value, str) else dumps(value)


def body(text: str, postscript: str) -> None:
    """A body: rendered for a person, plain for a pipe; always safe."""
    parts = [text] + ([f"(written under it) {postscript}"] if postscript else [])
    for part in parts:
        if is_terminal():
            _render(safe_text(part))
        else:
            write(safe_text(part).rstrip("\n"))


def _render(text: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.segment import Segment, Segments

    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    console = Console(highlight=False, width=min(width(), 100), color_system=colours)
    segments = console.render(Markdown(text, hyperlinks=False))
    # Once more, because Markdown's character references are decoded only now.
    safe = [Segment(safe_text(part.text), part.style) for part in segments]
    with console.capture() as captured:
        console.print(Segments(safe), end="")
    write(captured.get().rstrip("\n"))


def marked(snippet: str, marks: Sequence[tuple[int, int]]) -> str:
    """A snippet, cut around the first of the words that were asked for, all of them emphasised."""
    line = one_line_keeping(snippet)
    start, end = _window(line, marks[0][0] if marks else 0)
    shown, at = "…" if start else "", start
    for left, right in marks:
        if start <= left and right <= end:
            shown += line[at:left] + style(line[left:right], "bold")
            at = right
    return shown + line[at:end] + ("…" if end < len(line) else "")


def _window(line: str, word: int) -> tuple[int, int]:
    """The part of a line that fits beside the margin, with the word at that place in it."""
    room = width() - 6 if width() else columns(line)  # the margin, and an ellipsis at each end
    if columns(line) <= room:
        return 0, len(line)
    start = end = word
    while start and columns(line[start - 1 : word]) <= room // 3:
        start -= 1
    if start:
        start = line.find(" ", start, word) + 1 or start
    while end < len(line) and columns(line[start : end + 1]) <= room:
        end += 1
    return start, end


def one_line_keeping(text: str) -> str:
    """Safe text on one line, blanks at its edges kept."""
    return safe_text(text, keep="")


def verdict(found: Verdict) -> None:
    """One entry's state, where it is, and what changed."""
    from journal.chain import STATES

    where = f"{found.file}:{found.line}" if found.line else found.file
    colour = "red" if STATES[found.state] else "green"
    write(f"{style(pad(found.state, 11), colour)} {one_line(where)}  {one_line(found.id)}")
    if found.message:
        write(f"            {one_line(found.message)}")
    for line in found.diff.split("\n") if found.diff else ():
        write(f"            {style(one_line_keeping(line), 'dim')}")


def tally(counted: Mapping[str, int]) -> None:
    """How many entries are in each state."""
    total = sum(counted.values())
    parts = [
        f"{number:,} {state}" for state, number in sorted(counted.items(), key=lambda p: -p[1])
    ]
    write(f"{total:,} {'entry' if total == 1 else 'entries'}: {', '.join(parts) or 'none yet'}")
