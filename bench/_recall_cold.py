"""Each program's command for a question: whole processes, with nothing open from before."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import date
from pathlib import Path

from _place import ROOT, day_files
from _recall_questions import Asked
from _recall_rivals import Fts5, Question, Tantivy

FTS_ASK = """
import sqlite3, sys
file, best, count, *values = sys.argv[1:]
database = sqlite3.connect(file)
for row in database.execute(best, values):
    print(*row)
print(*database.execute(count, values[:len(values) if len(values) > 2 else 1]).fetchone())
"""
TANTIVY_ASK = """
import sys, tantivy
index = tantivy.Index.open(sys.argv[1])
if sys.argv[2] == "prefix":
    query = tantivy.Query.regex_query(index.schema, "text", sys.argv[3] + ".*")
else:
    query = index.parse_query(sys.argv[3], ["text"])
searcher = index.searcher()
for score, address in searcher.search(query, 10, count=False).hits:
    print(score, searcher.doc(address)["id"][0])
"""
# Exit code 1, or 123 of xargs, is nothing found.
_ONE = '"$0" "$@"; [ $? -le 1 ]'
_BOTH = (
    'p="$1"; o="$2"; shift 2; "$0" -i -l -0 -e "$o" "$@" | xargs -0 "$0" -i -c -e "$p";'
    " [ $? -le 1 -o $? -eq 123 ]"
)


class Commands:
    """The commands, and the variables of their environment."""

    def __init__(self, root: Path, fts5: Path, tantivy: Path | None) -> None:
        self.root, self.fts5, self.tantivy = root, fts5, tantivy
        self.rg = shutil.which("rg")
        # A copy of the start script, for beside the modules it would import those of its folder.
        self.script = root.parent / "start" / "journal"
        self.script.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "journal" / "cli" / "journal", self.script)
        self.env = dict(os.environ) | {"PYTHONPATH": str(ROOT)}

    def of(self, asked: Asked, limit: int) -> dict[str, list[str]]:
        """Everyone's command for a question."""
        best, values = Fts5.statement(asked.question, limit)
        count, _ = Fts5.counting(asked.question)
        python = [sys.executable, "-c"]
        found = {
            "journal": [sys.executable, str(self.script), "--workspace", str(self.root), "recall",
                        asked.text, *asked.options, "-n", str(limit)],
            "FTS5": [*python, FTS_ASK, str(self.fts5), best, count, *map(str, values)],
        }  # fmt: skip
        if self.tantivy:
            how, text = asked.question.how, Tantivy.syntax(asked.question)
            if how == "prefix":
                text = asked.question.words[0]
            found["tantivy"] = [*python, TANTIVY_ASK, str(self.tantivy), how, text]
        if self.rg:
            found["rg"] = self._ripgrep(asked)
        return found

    def _ripgrep(self, asked: Asked) -> list[str]:
        """How many lines of which day files have the words, as lines are all that it knows."""
        wanted, *others = asked.patterns
        where = [str(self.root / "journal")]
        if asked.question.until:
            where = [str(file) for file in day_files(self.root) if _between(file, asked.question)]
        shell, rg = ["/bin/sh", "-c"], str(self.rg)
        if not others:
            return [*shell, _ONE, rg, "-i", "-c", "-e", wanted, *where]
        return [*shell, _BOTH, rg, wanted, others[0], *where]


def _between(file: Path, question: Question) -> bool:
    day = (date.fromisoformat(file.stem[:10]) - date(1970, 1, 1)).days * 86_400
    return question.since <= day < question.until
