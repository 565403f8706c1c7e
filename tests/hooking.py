"""What the tests of hooks share: payloads in the agents' shapes, a workspace to fire them at."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journal.entry import Entry
from journal.notebook import Notebook
from journal.workspace import init

SESSION = "8c35adc1-7d41-4f4e-9a15-333455556666"
SECRET = "Zq7!vRt2#mLx"  # noqa: S105 - a made-up one, to be masked


def payload(event: str, **more: Any) -> dict[str, Any]:
    """What Claude Code sends, with what every event has."""
    return {
        "session_id": SESSION,
        "transcript_path": "/nowhere/transcript.jsonl",
        "cwd": "/nowhere",
        "permission_mode": "default",
        "hook_event_name": event,
        **more,
    }


def prompt(text: str, **more: Any) -> dict[str, Any]:
    return payload("UserPromptSubmit", prompt=text, **more)


def tool(number: int = 1, **more: Any) -> dict[str, Any]:
    given = {"command": "npm test", "description": "Run the tests"}
    back = {"stdout": f"run {number}\nall passed\n", "stderr": "", "interrupted": False}
    return payload(
        "PostToolUse",
        **{"tool_name": "Bash", "tool_input": given, "tool_response": back}
        | {"tool_use_id": f"toolu_01D7FLrfh4GYq7yT1UL{number:05}"}
        | more,
    )


@dataclass
class Fired:
    """A workspace, and the command that its hooks call."""

    root: Path
    command: Path

    @classmethod
    def new(cls, root: Path, command: Path) -> Fired:
        init(str(root))
        return cls(root, command)

    def words(self, agent: str = "claude-code") -> list[str]:
        return [str(self.command), "hook", "run", agent, "--workspace", str(self.root)]

    def fire(
        self, given: object, agent: str = "claude-code", **more: Any
    ) -> subprocess.CompletedProcess[bytes]:
        """Call the hook as the agent does; it must end well."""
        data = given if isinstance(given, bytes) else json.dumps(given).encode()
        done = subprocess.run(
            self.words(agent), input=data, capture_output=True, check=False, cwd=self.root, **more
        )
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr
        return done

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Any other verb."""
        return subprocess.run(
            [str(self.command), *words], cwd=self.root, capture_output=True, text=True, check=False
        )

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    def entries(self) -> list[Entry]:
        """All of them, the oldest first."""
        return sorted(Notebook.open(str(self.root)).entries(), key=lambda entry: entry.id)

    def holds(self, text: str) -> list[str]:
        """The files under the workspace and the state directory that hold the text."""
        places = (self.root, Path(os.environ["XDG_STATE_HOME"]))
        files = [file for place in places for file in place.rglob("*") if file.is_file()]
        return [str(file) for file in files if text.encode() in file.read_bytes()]
