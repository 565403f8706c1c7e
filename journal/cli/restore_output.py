"""A conversation that was restored: as a dialogue for a person, and as JSON for any model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.cli import output
from journal.cli.report import say
from journal.safe import one_line

if TYPE_CHECKING:
    from typing import Any

    from journal.restore import Message, Restored


def record(found: Restored, checkpoint: str) -> dict[str, Any]:
    """What was restored as JSON; `checkpoint` is the id of the latest one, or empty."""
    return {
        "schema": "journal/session-restore@1", "session": found.session,
        "namespace": found.namespace, "path": found.path,
        "messages": [{"role": one.role, "content": one.content} for one in found.messages],
        "ids": [one.id for one in found.messages], "left": found.left, "capped": found.capped,
        "stood_for": dict(found.stood_for), "checkpoint": checkpoint,
    }  # fmt: skip


def dialogue(found: Restored) -> None:
    """The messages as a person reads them."""
    if found.left:
        older = "1 older message is" if found.left == 1 else f"{found.left:,} older messages are"
        older = f"over {older}" if found.capped else older
        say(f"journal: {older} left out: over the bounds")
    stood_for = dict(found.stood_for)
    for number, message in enumerate(found.messages):
        if number:
            output.write("")
        output.write(_heading(message, stood_for.get(message.id, 0)))
        output.body(message.content, "")
    if not found.messages and not found.left and output.is_terminal():
        output.write("nothing was said")


def _heading(message: Message, covers: int) -> str:
    who = output.style(one_line(message.actor or message.role), "bold")
    kind = f" · {one_line(message.kind)}" if message.kind not in ("message", "note") else ""
    kind += f" of {covers:,} entries" if covers else ""
    when = one_line(message.at[:16].replace("T", " "))
    return f"{who}{kind}  {output.style(f'{when}  {output.short(message.id)}', 'dim')}"
