"""Where agents read their hooks from, by scope.

Cheap on purpose: `journal status` looks there.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def claude_places(directory: str) -> dict[str, str]:
    """Claude Code's settings of a project, and of the user."""
    home = os.environ.get("CLAUDE_CONFIG_DIR") or os.path.expanduser("~/.claude")
    return {
        "local": f"{directory}/.claude/settings.local.json",
        "project": f"{directory}/.claude/settings.json",
        "user": f"{home}/settings.json",
    }


def codex_places(directory: str) -> dict[str, str]:
    """Codex's hooks of a project, and of the user."""
    return {"project": f"{directory}/.codex/hooks.json", "user": f"{codex_home()}/hooks.json"}


def codex_home() -> str:
    """Where Codex keeps its files."""
    return os.environ.get("CODEX_HOME") or os.path.expanduser("~/.codex")


PLACES: "dict[str, Callable[[str], dict[str, str]]]" = {
    "claude-code": claude_places,
    "codex": codex_places,
}
