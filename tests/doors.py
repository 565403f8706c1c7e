"""The command line in the tests' own process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from shapes import faults

from journal.cli.main import main


@dataclass(frozen=True, slots=True)
class Door:
    """A workspace, and the calls that a person types in it."""

    root: Path
    capture: pytest.CaptureFixture[bytes]

    def text(self, *words: str, code: int = 0) -> tuple[str, str]:
        """What a call prints on stdout and on stderr; it must end with that code."""
        self.capture.readouterr()
        verb, *rest = words
        found = main([verb, *rest, "--workspace", str(self.root)])
        out, err = (told.decode() for told in self.capture.readouterr())
        assert found == code, err
        return out, err

    def json(self, *words: str, schema: str = "") -> Any:
        """The one JSON value on stdout, checked against `schema`, else against what it names."""
        out, _ = self.text(*words, "--json")
        assert out.count("\n") == 1, out
        value = json.loads(out)
        name = value["schema"].removeprefix("journal/").removesuffix("@1")
        assert not faults(schema or name, value), value
        return value

    def error(self, *words: str, code: int = 2) -> Any:
        """The error that a call tells in JSON, and nothing else."""
        out, err = self.text(*words, "--json", code=code)
        assert out == "", out
        return json.loads(err)["error"]

    def id(self, *words: str) -> str:
        """The id that a call prints, and nothing else on stdout."""
        return self.text(*words)[0].strip()
