"""What the shell offers for a value: what the catalog has there."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action, Namespace

_MOST = 50
_ENDING = 8  # the part of an id that `list` shows


def offer(action: "Action", column: str) -> None:
    """Let the shell complete the option's value with what entries have in that column."""
    if "_ARGCOMPLETE" in os.environ:
        action.completer = _Values(column)  # type: ignore[attr-defined]  # argcomplete's way


class _Values:
    """What a column holds that begins like what was typed."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __call__(self, prefix: str, parsed_args: "Namespace", **_: object) -> list[str]:
        """Some values, the most recently used first; none where there is no journal."""
        from journal import api
        from journal.errors import JournalError

        try:
            journal = api.open(getattr(parsed_args, "workspace", ""))
            journal.catalog.catch_up()
            values = journal.catalog.values(self.column)
        except (JournalError, OSError):
            return []
        if self.column == "id":
            values = [text for one in values for text in (one[-_ENDING:], one)]
        found = [text for text in values if text.startswith(prefix) and text.isprintable()]
        return found[:_MOST]
