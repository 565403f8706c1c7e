"""What tests of review gates share: workspaces whose policy marks something, and what to try."""

import json
import os
import pty
import select
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journal import api, checkpoints, forgetting, redacting, retention, workspace
from journal import reviewing as reviewing_
from journal.checkpoints import pruning
from journal.deciding import view
from journal.decisions import verbs as deciding_verbs
from journal.entry import Draft
from journal.importers import load
from journal.importing import Round
from journal.importing.brought import Options
from journal.paths import verbs as path_verbs
from journal.repair import apply
from journal.reviewing import accepting

PATIENCE = 30.0
SECRET = "AKIA" + "QWERTYUIOPASDFGH"  # what redaction finds, once it was let in


def policy(root: Path, text: str, **more: str) -> None:
    """The policy of all namespaces: `review: …` and what else there is."""
    lines = [f"  {line}" for line in (text, *(f"{key}: {said}" for key, said in more.items()))]
    (root / "policy.yaml").write_text("\n".join(["defaults:", *lines, ""]), encoding="utf-8")


def made(path: Path) -> Path:
    """A workspace with a little of everything that gates are about."""
    workspace.init(str(path))
    policy(path, "redaction: off")
    with api.open(str(path)) as journal:
        ids = {
            "note": journal.append(Draft(body="A note.")).id,
            "secret": journal.append(Draft(body=f"The key is {SECRET}.")).id,
            "decision": journal.append(Draft(body="Use X.", kind="decision", title="X")).id,
            "other": journal.append(Draft(body="Use Y.", kind="decision", title="Y")).id,
            "edited": journal.append(Draft(body="As it was.")).id,
            "ruled": journal.append(Draft(body="As decided.", kind="decision", title="Z")).id,
            "said": journal.append(Draft(body="Hello.", kind="message", session="talk")).id,
        }
        old = "2020-01-01T10:00:00+00:00"
        ids["old"] = journal.append(Draft(body="Long ago.", at=old)).id
        journal.append(
            Draft(body="Beside.", kind="branch", session="talk", path="side", parent=ids["said"])
        )
        journal.append(Draft(body="Aside.", kind="message", session="talk", path="side"))
        for number in range(2):
            state = f'{{"n": {number}}}'.encode()
            checkpoints.save(journal, "talk", _state(state))
    for day in path.glob("journal/main/*/*.md"):
        text = day.read_text("utf-8")
        text = text.replace("As it was.", "As it is.").replace("As decided.", "As I like it.")
        day.write_text(text, encoding="utf-8")
    newest = max(path.glob("journal/main/*/*.md"))
    with newest.open("a", encoding="utf-8") as file:
        file.write("\n## 23:58 By hand\n\nTyped.\n")
    (path / "note.md").write_text("# Come\n\nFrom elsewhere.\n", encoding="utf-8")
    (path / "ids.json").write_text(json.dumps(ids), encoding="utf-8")
    policy(path, "review: []")
    return path


def _state(data: bytes) -> Any:
    from journal.checkpoints.given import state_of

    return state_of(data, "state")


def ids(root: Path) -> dict[str, str]:
    """The entries by what they are for."""
    found: dict[str, str] = json.loads((root / "ids.json").read_text("utf-8"))
    return found


@dataclass(frozen=True)
class Act:
    """Something that a word of `review:` marks, by command line and by Python.

    `more` is what else the policy says, so that there is something to do.
    """

    word: str
    argv: Callable[[Path], list[str]]
    python: Callable[[api.Journal, Path], object]
    verb: str = ""
    more: tuple[tuple[str, str], ...] = ()


def _rows(journal: api.Journal, *keys: str) -> list[Any]:
    journal.catalog.catch_up()
    return [journal.catalog.named(ids(Path(journal.root))[key]) for key in keys]


def _talk(journal: api.Journal) -> Any:
    from journal.conversations import Conversation
    from journal.paths.verbs import Talk

    found = Conversation(journal, "talk")
    paths = found.view().of(found.namespace, found.session)
    return Talk(found.namespace, found.session, paths, found.current, "")


def _compact(journal: api.Journal, _: Path) -> object:
    talk = _talk(journal)
    path = talk.path("main")
    covered = path_verbs.Covered(path.first, path.last, path.entries)
    return journal.append(path_verbs.compact(talk, "main", "In short.", covered))


def _verdict(journal: api.Journal, key: str) -> Any:
    every = journal.notebook.verify()
    if key == "hand":
        return next(one for one in every if one.state == "handwritten")
    return next(one for one in every if one.id == ids(Path(journal.root))[key])


def _hand(root: Path) -> str:
    with api.open(str(root)) as journal:
        return str(_verdict(journal, "hand").id)


def _import(journal: api.Journal, root: Path) -> object:
    with Round(journal, load("markdown"), Options()) as importing:
        return importing.bring([str(root / "note.md")])


def _prune(journal: api.Journal, _: Path) -> object:
    due = pruning.due(journal, pruning.keeping(journal.root, 1, 0), "talk", "main").due
    return pruning.prune(journal, due)


ACTS = {
    "purge": Act(
        "purge", lambda root: ["forget", ids(root)["note"], "--purge", "--reason", "Gone."],
        lambda journal, root: forgetting.purge(journal, [ids(root)["note"]], "Gone."),
    ),
    "purge-by-forget": Act(
        "forget", lambda root: ["forget", ids(root)["note"], "--purge", "--reason", "Gone."],
        lambda journal, root: forgetting.purge(journal, [ids(root)["note"]], "Gone."), "purge",
    ),
    "hide": Act(
        "forget", lambda root: ["forget", ids(root)["note"], "--reason", "Away."],
        lambda journal, _: forgetting.hide(journal, _rows(journal, "note"), "Away."),
    ),
    "redact": Act(
        "redact", lambda root: ["redact", "apply", ids(root)["secret"]],
        lambda journal, root: redacting.apply(journal, [ids(root)["secret"]]),
    ),
    "retention": Act(
        "retention", lambda _: ["retention", "run"],
        lambda journal, _: retention.run(journal, retention.due(journal)),
        more=(("retention_days", "9"),),
    ),
    "retention-by-purge": Act(
        "purge", lambda _: ["retention", "run"],
        lambda journal, _: retention.run(journal, retention.due(journal)), "purge",
        more=(("retention_days", "9"),),
    ),
    "prune": Act(
        "prune", lambda _: ["session", "prune", "talk", "--keep", "1", "--days", "0"], _prune,
    ),
    "compact": Act("compact", lambda _: _path("compact", "main", "In short."), _compact),
    "merge": Act(
        "merge", lambda _: _path("merge", "side", "--conclusion", "So.", "--into", "main"),
        lambda journal, _: journal.append(
            path_verbs.merge(_talk(journal), "side", ["So."], [], "main")
        ),
    ),
    "branch": Act(
        "branch", lambda root: _path("branch", "new", "--from", ids(root)["said"]),
        lambda journal, _: journal.append(
            path_verbs.branch(_talk(journal), "new", _rows(journal, "said")[0], "", stay=True)
        ),
    ),
    "abandon": Act(
        "abandon", lambda _: _path("abandon", "side", "--reason", "No."),
        lambda journal, _: journal.append(path_verbs.abandon(_talk(journal), "side", "No.")),
    ),
    "amend": Act(
        "amend", lambda root: ["amend", ids(root)["edited"], "--reason", "Mine."],
        lambda journal, _: accepting.amend(journal, _verdict(journal, "edited"), "Mine."),
    ),
    "amend-a-decision": Act(
        "decide", lambda root: ["amend", ids(root)["ruled"], "--reason", "Mine."],
        lambda journal, _: accepting.amend(journal, _verdict(journal, "ruled"), "Mine."),
    ),
    "adopt": Act(
        "adopt", lambda root: ["adopt", _hand(root)],
        lambda journal, _: accepting.adopt(journal, [_verdict(journal, "hand")]),
    ),
    "decide": Act(
        "decide", lambda _: ["decide", "Use Z"],
        lambda journal, _: journal.append(deciding_verbs.decide("Use Z")),
    ),
    "decide-by-supersede": Act(
        "supersede", lambda _: ["decide", "Use Z"],
        lambda journal, _: journal.append(deciding_verbs.decide("Use Z")), "supersede",
    ),
    "supersede": Act(
        "decide",
        lambda root: ["decision", "supersede", ids(root)["decision"], "--by", ids(root)["other"]],
        lambda journal, root: journal.append(
            deciding_verbs.supersede(view(journal), ids(root)["decision"], ids(root)["other"])
        ),
    ),
    "reject": Act(
        "decide", lambda root: ["decision", "reject", ids(root)["decision"]],
        lambda journal, root: journal.append(
            deciding_verbs.reject(view(journal), ids(root)["decision"])
        ),
    ),
    "export": Act(
        "export", lambda root: ["decision", "export", str(root / "adr")],
        lambda journal, root: _export(journal, root, "adr"),
    ),
    "import": Act(
        "import", lambda root: ["import", "markdown", str(root / "note.md")], _import,
    ),
    "repair": Act(
        "repair", lambda root: ["repair", "permissions", "--apply"] if _loosened(root) else [],
        lambda journal, root: _loosened(root) and apply(str(root), ["permissions"], journal),
    ),
    "append": Act(
        "append", lambda _: ["append", "Anything."],
        lambda journal, _: journal.append(Draft(body="Anything.")),
    ),
}  # fmt: skip


def _path(action: str, *words: str) -> list[str]:
    return ["path", action, *words, "--session", "talk"]


def _export(journal: api.Journal, root: Path, name: str) -> object:
    from journal.deciding.exporting import export

    return export(journal, str(root / name))


def _loosened(root: Path) -> bool:
    (root / ".journal" / "state").chmod(0o755)
    return True


def mark(root: Path, act: Act, **more: str) -> None:
    """Let the policy mark what the act does, and nothing else."""
    policy(root, f"review: [{act.word}]", **dict(act.more), **more)


def standing(root: Path) -> object:
    """Everything that a gate guards: entries but for reviews, by id and text, and files."""
    with api.open(str(root)) as journal:
        found = sorted(
            (one.id, one.kind, one.body, journal.catalog.forgotten(one.id) is not None)
            for one in journal.entries(_ALL)
            if one.kind != "review"
        )
    mode = (root / ".journal" / "state").stat().st_mode
    return found, mode, sorted(str(one) for one in root.glob("adr/*"))


def reviews(root: Path) -> list[Any]:
    """All reviews, the oldest first."""
    with api.open(str(root)) as journal:
        return list(reviewing_.view(journal).reviews.values())


class Terminal:
    """A program with a person at its terminal, who answers what is asked."""

    def __init__(self, root: Path, argv: list[str], answer: str = "") -> None:
        self.seen = ""
        pid, fd = pty.fork()
        if not pid:
            os.chdir(root)
            os.execv(sys.executable, [sys.executable, "-m", "journal", *argv])  # noqa: S606
        seen, asked, until = b"", False, time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if not select.select([fd], [], [], PATIENCE)[0]:
                break
            try:
                more = os.read(fd, 1 << 16)
            except OSError:
                break
            if not more:
                break
            seen += more
            if b"[y/N]" in seen and not asked:
                asked = True
                os.write(fd, answer.encode() + b"\n")
        os.close(fd)
        self.asked = asked
        self.code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self.seen = seen.decode(errors="replace")


def _all() -> Any:
    from journal.selection import Selection

    return Selection(forgotten="also")


_ALL = _all()
