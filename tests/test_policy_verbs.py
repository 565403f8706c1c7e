"""The policy in real workspaces and processes: what is refused, and that asking writes nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import time

import pytest
from shapes import faults

from journal.errors import WorkspaceError
from journal.notebook import Notebook
from journal.policyfile import examine, read_policy, rule_names
from journal.space import open_space

BROKEN = "defaults:\n  persist: al\n  roles: user\n"
SOME = (
    "defaults: {persist: summary_only}\nnamespaces: {main: {persist: none}, all: {persist: full}}\n"
)


@pytest.fixture
def journal(root: Path, journal_bin: Path) -> "Journal":
    return Journal(root, journal_bin)


class Journal:
    """The real command in one workspace."""

    def __init__(self, root: Path, command: Path) -> None:
        self.root = root
        self.command = command
        self.env = dict(os.environ)

    def __call__(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(self.command), *words],
            cwd=self.root,
            env=self.env,
            input=stdin,
            capture_output=True,
            check=False,
        )

    def told(self, *words: str, code: int = 0) -> dict[str, object]:
        """The JSON that a call prints, on stderr if it fails."""
        done = self(*words, "--json")
        assert done.returncode == code, done.stderr
        found: dict[str, object] = json.loads(done.stdout or done.stderr)
        return found

    def policy(self, text: str) -> None:
        (self.root / "policy.yaml").write_text(text, "utf-8")


def tree(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything below: names, modes, times of change and bytes."""
    return {
        str(path.relative_to(root)): (
            (st := path.lstat()).st_mode,
            st.st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in [root, *root.rglob("*")]
    }


# The configuration


def test_the_compiled_policy_is_the_spaces(root: Path) -> None:
    now = int(time())
    assert open_space(str(root), now).policy == {}
    (root / "policy.yaml").write_text(SOME)
    made = open_space(str(root), now).policy
    cached = open_space(str(root), now).policy
    assert made == cached
    assert made == {
        "": {"persist": ["summary_only", 1]}, "main": {"persist": ["none", 2]}, "all": {},
    }  # fmt: skip


def test_a_broken_policy_lets_nothing_in(root: Path) -> None:
    (root / "policy.yaml").write_text(BROKEN)
    before = tree(root)
    with pytest.raises(WorkspaceError) as caught:
        Notebook.open(str(root))
    assert caught.value.message == (
        "policy.yaml:2: persist is 'al'; 1 more fault: `journal policy check`"
    )
    assert caught.value.hint.startswith("write full, ")
    assert tree(root) == before
    assert len(examine(str(root))[1]) == 2


def test_an_open_notebook_lets_nothing_in_either(root: Path) -> None:
    from journal.entry import Draft

    notebook = Notebook.open(str(root))
    notebook.append(Draft(body="before"))
    (root / "policy.yaml").write_text(BROKEN)
    with pytest.raises(WorkspaceError):
        notebook.append(Draft(body="after"))
    assert b"after" not in b"".join(content for _, _, content in tree(root).values())


def test_an_append_says_so_and_keeps_nothing(journal: Journal) -> None:
    journal.policy(BROKEN)
    told = journal.told("append", "canary-7f3a", code=3)
    assert not faults("error", told)
    assert told["error"]["kind"] == "config-error"  # type: ignore[index]
    assert all(b"canary" not in content for _, _, content in tree(journal.root).values())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_in_its_place_is_refused_and_not_waited_for(journal: Journal) -> None:
    (journal.root / "policy.yaml").unlink()
    os.mkfifo(journal.root / "policy.yaml")
    told = journal.told("append", "x", code=3)
    assert told["error"]["kind"] == "config-error"  # type: ignore[index]
    assert "is no regular file" in told["error"]["message"]  # type: ignore[index]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_that_leads_nowhere_is_no_missing_policy(journal: Journal) -> None:
    journal.told("append", "x", code=0)
    (journal.root / "policy.yaml").unlink()
    journal.told("append", "x", code=0)
    (journal.root / "policy.yaml").symlink_to(journal.root / "gone.yaml")
    told = journal.told("append", "x", code=3)
    assert "leads nowhere" in told["error"]["message"]  # type: ignore[index]


# Asking


ASKING = [
    ("show",), ("show", "--json"), ("show", "--namespace", "x"), ("check",), ("check", "--json"),
    ("explain", "ghp_" + "a1B2" * 9), ("explain", "x", "--json"), ("explain", "", "--role", "r"),
    ("explain", "x", "--kind", "summary", "--covers", "--actor", "a"), ("--help",),
]  # fmt: skip


@pytest.mark.parametrize("text", [SOME, BROKEN, ""])
def test_asking_writes_nothing(journal: Journal, text: str) -> None:
    journal.policy(text)
    Path(journal.root, ".journal", "cache", "config.json").unlink()
    before, state = tree(journal.root), tree(Path(os.environ["HOME"]))
    codes = {journal("policy", *words).returncode for words in ASKING}
    assert codes <= {0, 3, 4}
    assert tree(journal.root) == before
    assert tree(Path(os.environ["HOME"])) == state


def test_asking_works_where_nothing_may_be_written(journal: Journal) -> None:
    for path in [journal.root, *journal.root.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        assert journal("policy", "explain", "text").stdout == b"kept: as it is\n"
        assert journal("policy", "check").returncode == 0
    finally:
        for path in [journal.root, *journal.root.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)


def outcomes(journal: Journal) -> Iterator[tuple[str, dict[str, object]]]:
    for words in ASKING:
        if "--help" not in words:
            done = journal("policy", *words, *(() if "--json" in words else ("--json",)))
            if done.returncode != 4:
                yield f"policy-{words[0]}", json.loads(done.stdout)


def test_what_the_verbs_print_is_as_the_schemas_say(journal: Journal) -> None:
    journal.policy(
        "defaults:\n  denylist: [a, 'b+']\n  redaction: {jwt: off, mine: x}\n"
        "  auto_export: {keep: 1}\n  roles: [r]\nnamespaces:\n  x: {persist: hash_only}\n"
    )
    found = list(outcomes(journal))
    assert len(found) == 8
    for name, value in found:
        assert not faults(name, value), name
    journal.policy(BROKEN)
    told = journal.told("policy", "check", code=3)
    assert not faults("policy-check", told)
    assert len(told["findings"]) == 2  # type: ignore[arg-type]


def test_explaining_takes_what_appending_takes(journal: Journal) -> None:
    for words in (("  ",), ("x", "--namespace", "a b"), ("x", "--role", "-"), ("x", "--kind", "k")):
        asked = journal.told("policy", "explain", *words, code=journal("append", *words).returncode)
        assert not faults("error", asked)
    assert journal("policy", "explain", "-", stdin=b"\xff").returncode == 4
    assert journal("policy", "explain", "-", stdin=b"\0").returncode == 4
    assert journal("policy", "explain", "-", stdin=b"x" * (1 << 20)).returncode == 0
    assert journal("policy", "explain", "-", stdin=b"x" * ((1 << 20) + 1)).returncode == 4


def test_a_text_to_explain_steers_no_terminal(journal: Journal) -> None:
    journal.policy("defaults: {redaction: {mine: 'E[0-9]'}}\n")
    done = journal("policy", "explain", "E1 \x1b]52;c;aGk=\x07 \x1b[31mred \u202e")
    assert done.returncode == 0
    assert b"mine, characters 1 to 2" in done.stdout
    assert b"\x1b" not in done.stdout
    assert "\u202e".encode() not in done.stdout


# Redaction


def test_a_namespace_that_nothing_else_names_is_noted(journal: Journal) -> None:
    journal.policy("namespaces:\n  main: {}\n  mian: {persist: none}\n  drafts:\n  old: {}\n")
    (journal.root / "journal" / "old").mkdir(parents=True, exist_ok=True)
    told = journal.told("policy", "check")
    assert not faults("policy-check", told)
    assert told["findings"] == []
    notes = [(one["line"], one["message"], one["fix"]) for one in told["notes"]]  # type: ignore[attr-defined]
    assert notes == [
        (3, "nothing else names a namespace 'mian'", "did you mean main?"),
        (4, "nothing else names a namespace 'drafts'", "fine if it is to come; else write main"),
    ]
    shown = journal.told("policy", "show")
    assert not faults("policy-show", shown)
    known = {one["namespace"]: one["known"] for one in shown["namespaces"]}  # type: ignore[attr-defined]
    assert known == {"main": True, "mian": False, "drafts": False, "old": True}
    (journal.root / "journal.toml").write_text("broken", "utf-8")
    assert journal.told("policy", "check")["notes"] == []


def test_every_rule_may_be_switched_off_by_its_name(root: Path) -> None:
    names = rule_names()
    assert len(names) > 50
    said = "".join(f"    {name}: off\n" for name in sorted(names))
    (root / "policy.yaml").write_text(f"defaults:\n  redaction:\n{said}")
    assert read_policy(str(root)).defaults.redaction == dict.fromkeys(names, False)
    (root / "policy.yaml").write_text("defaults: {redaction: {jwtt: off, zzzzzz: on, api-key: x}}")
    assert [(one.message, one.fix) for one in examine(str(root))[1]] == [
        ("there is no redaction rule 'jwtt'", "did you mean jwt?"),
        ("there is no redaction rule 'zzzzzz'", "give it a pattern, and it is one of your own"),
        ("api-key is 'x'", "write on or off"),
    ]


def test_what_is_explained_is_what_an_append_keeps(journal: Journal) -> None:
    journal.policy("defaults:\n  redaction: {own: 'E-[0-9]{4}', password: off}\n")
    value = "vK3mPq7Rt9".swapcase() * 2
    journal.env["DEPLOY_TOKEN"] = value
    text = f"E-1234 and {value}\n\npassword = hUnter2x9Qz\n<private>x</private>."
    made = str(journal.told("append", text)["id"])
    kept = journal("show", made, "--body").stdout.decode().rstrip("\n")
    told = journal.told("policy", "explain", text)
    assert told["text"] == kept
    assert [one["rule"] for one in told["masked"]] == ["own", "known-value", "private"]  # type: ignore[attr-defined,index]
    assert told["masked"][1]["name"] == "DEPLOY_TOKEN"  # type: ignore[index]
    assert not faults("policy-explain", told)


# Patterns without their engine


@pytest.fixture(params=["absent", "another"])
def without_engine(journal: Journal, request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    """The command where `import re2` finds none, or a module that may hang (pyre2, fb-re2)."""
    folder = tmp_path / "instead"
    folder.mkdir()
    text = "raise ImportError\n" if request.param == "absent" else "from re import *\n"
    (folder / "re2.py").write_text(text)
    journal.env["PYTHONPATH"] = str(folder)
    return journal


def test_patterns_want_their_engine(without_engine: Journal) -> None:
    journal = without_engine
    journal.policy("defaults:\n  denylist:\n    - plain\n    - 'pat+ern'\n")
    told = journal.told("append", "some text", code=3)["error"]
    assert told["kind"] == "config-error"  # type: ignore[index]
    assert 'pip install "journal-daybook[patterns]"' in told["hint"]  # type: ignore[index]
    assert told["message"].startswith("policy.yaml:4: ")  # type: ignore[index]
    assert not list(journal.root.glob("journal/**/*.md"))
    found = journal.told("policy", "check", code=3)["findings"]
    assert [one["line"] for one in found] == [4]  # type: ignore[attr-defined,index]


def test_plain_texts_want_none(without_engine: Journal) -> None:
    journal = without_engine
    journal.policy("defaults:\n  denylist:\n    - 'Project Bluebird: #1'\n")
    told = journal.told("policy", "explain", "about Project Bluebird: #1")
    assert (told["outcome"], told["line"]) == ("withheld", 3)
    assert journal.told("policy", "explain", "about Project Bluebird")["outcome"] == "kept"


def test_an_engine_that_went_away_stops_appends(journal: Journal, tmp_path: Path) -> None:
    journal.policy("defaults:\n  denylist: ['pat+ern']\n")
    assert journal("append", "before").returncode == 0
    (tmp_path / "re2.py").write_text("raise ImportError\n")
    journal.env["PYTHONPATH"] = str(tmp_path)
    told = journal.told("append", "after", code=3)["error"]
    assert "journal-daybook[patterns]" in told["hint"]  # type: ignore[index]
    assert sum(b"after" in file.read_bytes() for file in journal.root.rglob("*.md")) == 0


# What it costs


def imported(journal: Journal, *words: str) -> set[str]:
    """The modules that a call imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(journal.command), *words],
        cwd=journal.root, env=journal.env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = done.stderr.splitlines()
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}


def test_an_append_pays_only_for_the_policy_it_has(journal: Journal) -> None:
    journal("append", "compiles the policy")
    assert not any(name.startswith("journal.policy") for name in imported(journal, "append", "x"))
    journal.policy("defaults:\n  denylist: [Bluebird]\n  roles: [user]\n")
    journal("append", "compiles the policy")
    loaded = imported(journal, "append", "x", "--role", "user")
    assert {name for name in loaded if name.startswith("journal.policy")} == {
        "journal.policy", "journal.policy.admission", "journal.policy.patterns",
    }  # fmt: skip
    assert not loaded & {"re2", "yaml", "dataclasses", "argparse", "typing", "pathlib"}


def test_reading_a_policy_of_the_largest_size_is_bounded(root: Path) -> None:
    lines = "".join(f"    - 'word {number}'\n" for number in range(3_300))
    (root / "policy.yaml").write_text(f"defaults:\n  denylist:\n{lines}")
    assert len(read_policy(str(root)).defaults.denylist) == 3_300
    (root / "policy.yaml").write_text(f"defaults:\n  denylist:\n{lines}" + "#" * 20_000)
    with pytest.raises(WorkspaceError, match="is over 64 KiB"):
        read_policy(str(root))
