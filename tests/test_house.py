"""The rules of the house (docs/ARCHITECTURE.md), checked in sources and in running processes."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "journal" / "cli" / "journal"

# A part is a module of `journal`, or a package of it as a whole; `tui` stands beside `journal`.
# A part imports only from floors below it and from its own.
FLOORS = {
    0: "cjson clock errors finding ids languages named names safe source value",
    1: "accepting chain conversation dayfile entry extras frontmatter header held hidden"
    " inquiry manifest markdown openblock origin pins preamble redacted refusals remains rendered"
    " seal selection shown verdicts yamlblock",
    2: "decisions disputes facts graph paths policy redaction reviews rewrites sessions stated"
    " tasks",
    3: "acceptance anchor attach attached credentials daypath days deadletters editing files"
    " gitchanges gitstate identity inmemory intake known masking mend notebook past"
    " packed pagefile pastheads policyfile portions protocol receipt sessionfiles settle space"
    " signing spool spoolfile store strike tail tokens trim turns verify workspace",
    4: "catalog exports git importers packs recall",
    5: "api auditing checkpoints context conversations deciding distilling doctor doing evidence"
    " forgetting hooks importing knowing links packing pages recapping recording redacting repair"
    " restore resuming retention reviewing sealing stats status watching working",
    6: "cli mcp tui",
    7: "__main__",
}
FLOOR = {part: floor for floor, parts in FLOORS.items() for part in parts.split()}
ANNEXES = set(FLOORS[4].split())
DOORS = set(FLOORS[6].split())

BEHIND_THE_DOORS = {"files", "protocol", "store"}
# The fast path is the append protocol with a command line: it has to import what `notebook` would
# import for it, because `notebook` costs more than the append. So it may import the protocol and
# what that imports itself, and nothing else that a door may not.
FAST = "journal.cli.fast"

# Libraries that one place only may import.
ONLY_IN = {"textual": "tui", "whoosh": "recall", "mcp": "mcp"}
WRITERS_TO_STDOUT = {"journal.cli.output", FAST}

LONGEST_FILE = 320
LONGEST_FUNCTION = 50
SAYS_NOTHING = re.compile(
    r"manager|service|handler|helper|util|utils|utility|processor|coordinator"
)
# Where the day's text is turned into values nothing may reach for the disk.
TOUCHES_DISK = {"io.open", "open", "os", "pathlib", "shutil", "subprocess", "tempfile"}
# Folders of the machines this was written on; no clone has them.
MACHINE_PATH = re.compile(rb"(?<![\w.~-])/(?:root|work|tmp/dev)/")

NOT_FOR_APPEND = {
    "argparse",
    "dataclasses",
    "datetime",
    "hashlib",
    "json",
    "pathlib",
    "re",
    "subprocess",
    "typing",
    "yaml",
}


@dataclass(frozen=True, slots=True)
class Module:
    """A source file: its dotted name, its text and its syntax tree."""

    name: str
    text: str
    tree: ast.Module

    @property
    def part(self) -> str:
        """The part of the house it belongs to; empty for `journal` itself."""
        return _part(self.name)

    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in the tree."""
        return _nodes(self.tree)


@cache
def _nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))


def _part(name: str) -> str:
    top, *rest = name.split(".")
    if top == "journal":
        return rest[0] if rest else ""
    return "tui" if top == "tui" else ""


def module(name: str, text: str) -> Module:
    return Module(name, text, ast.parse(text, name))


@cache
def house() -> tuple[Module, ...]:
    """All modules of the two packages, and the start script."""
    files = [file for top in ("journal", "tui") for file in sorted((ROOT / top).rglob("*.py"))]
    named = [(".".join(file.relative_to(ROOT).with_suffix("").parts), file) for file in files]
    return tuple(
        module(name.removesuffix(".__init__"), file.read_text(encoding="utf-8"))
        for name, file in [*named, ("journal.cli.journal", SCRIPT)]
    )


@cache
def imports(source: Module) -> frozenset[str]:
    """The dotted names it imports anywhere, for typing too, and the parts that its strings name."""
    found: set[str] = set()
    for node in source.nodes():
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ["." * node.level] if node.level else []
            found |= {".".join([*base, node.module or "", alias.name]) for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            named = re.fullmatch(r"journal\.(\w+)(\.\w+)*", node.value)
            if named and named[1] in FLOOR:
                found.add(node.value)
    return frozenset(found)


def inner_imports(source: Module) -> set[str]:
    """The parts of the house that it imports; `journal` for the house itself."""
    names = {name for name in imports(source) if name.split(".")[0] in ("journal", "tui")}
    return {_part(name) or "journal" for name in names}


@cache
def needs_of(part: str) -> frozenset[str]:
    """The part, and what it imports itself."""
    return frozenset({part}).union(*(inner_imports(it) for it in house() if it.part == part))


# Rules: each takes a module and yields what is wrong with it.


def every_module_has_a_floor(source: Module) -> Iterator[str]:
    if source.name != "journal" and source.part not in FLOOR:
        yield f"{source.name} is on no floor: list it in FLOORS"


def imports_go_down(source: Module) -> Iterator[str]:
    floor = FLOOR.get(source.part)
    if floor is None:
        return
    for part in inner_imports(source) - {"__version__"}:
        if part not in FLOOR:
            yield f"{source.name} imports {part!r}: name the module that holds it"
        elif FLOOR[part] > floor:
            yield f"{source.name} (floor {floor}) imports {part} (floor {FLOOR[part]})"


def imports_are_absolute(source: Module) -> Iterator[str]:
    for node in source.nodes():
        if isinstance(node, ast.ImportFrom) and (node.level or node.names[0].name == "*"):
            yield f"{source.name}:{node.lineno} hides what it imports"


def annexes_keep_apart(source: Module) -> Iterator[str]:
    if source.part in ANNEXES:
        others = (inner_imports(source) & ANNEXES) - {source.part}
        for part in others - ({"catalog"} if source.part == "recall" else set()):
            yield f"{source.name} imports the annex {part}"


def doors_come_through_the_front(source: Module) -> Iterator[str]:
    if source.part in DOORS:
        barred = (BEHIND_THE_DOORS | DOORS) - {source.part}
        if source.name == FAST:
            barred -= needs_of("protocol")
        for part in inner_imports(source) & barred:
            yield f"{source.name} imports {part}"


def libraries_keep_their_place(source: Module) -> Iterator[str]:
    for name in imports(source):
        place = ONLY_IN.get(name.split(".")[0])
        if place and place != source.part:
            yield f"{source.name} imports {name}"


def words_use_the_standard_library(source: Module) -> Iterator[str]:
    if FLOOR.get(source.part) == 0:
        for name in {name.split(".")[0] for name in imports(source)}:
            if name != "journal" and name not in sys.stdlib_module_names:
                yield f"{source.name} imports {name}"


def format_and_subjects_touch_no_disk(source: Module) -> Iterator[str]:
    if FLOOR.get(source.part) in (1, 2):
        names = imports(source) | {name.split(".")[0] for name in imports(source)}
        names |= {ast.unparse(node.func) for node in source.nodes() if isinstance(node, ast.Call)}
        for name in names & TOUCHES_DISK:
            yield f"{source.name} uses {name}"


def one_clock(source: Module) -> Iterator[str]:
    for node in source.nodes():
        if source.part != "clock" and isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if re.search(r"\bdate(time)?\.(now|utcnow|today)$", called):
                yield f"{source.name}:{node.lineno} asks {called}() for the time"


def one_writer_to_stdout(source: Module) -> Iterator[str]:
    if source.name in WRITERS_TO_STDOUT:
        return
    for node in source.nodes():
        if isinstance(node, ast.Call) and _writes_to_stdout(node):
            yield f"{source.name}:{node.lineno} calls {ast.unparse(node.func)}"


def _writes_to_stdout(call: ast.Call) -> bool:
    called = ast.unparse(call.func)
    if re.search(r"(^|\.)write$", called) and call.args:
        first = call.args[0]
        if isinstance(first, ast.Constant) and first.value == 1:
            return True
    return called == "print" or bool(re.search(r"\bstdout(\.buffer)?\.write(lines)?$", called))


def no_blanket_except(source: Module) -> Iterator[str]:
    for node in source.nodes():
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            if re.search(r"\b(everything|Exception|BaseException)\b", caught):
                yield f"{source.name}:{node.lineno} catches {caught}"


def files_are_short(source: Module) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{source.name} has {lines} lines"


def functions_are_short(source: Module) -> Iterator[str]:
    for node in source.nodes():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{source.name}:{node.lineno} {node.name} has {lines} lines"


def names_say_something(source: Module) -> Iterator[str]:
    if any(_says_nothing(step) for step in source.name.split(".")):
        yield f"{source.name} says nothing"
    for node in source.nodes():
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if _says_nothing(node.name) and not _is_frontmatter_handler(source, node):
            yield f"{source.name}:{node.lineno} {node.name} says nothing"


def _says_nothing(name: str) -> bool:
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return any(SAYS_NOTHING.fullmatch(word.lower().removesuffix("s")) for word in words)


def _is_frontmatter_handler(source: Module, node: ast.AST) -> bool:
    # python-frontmatter calls its formats handlers; ours is a subclass of one of its own.
    bases = node.bases if isinstance(node, ast.ClassDef) else []
    return source.part == "frontmatter" and any(
        ast.unparse(base).endswith("Handler") for base in bases
    )


RULES = [
    every_module_has_a_floor,
    imports_go_down,
    imports_are_absolute,
    annexes_keep_apart,
    doors_come_through_the_front,
    libraries_keep_their_place,
    words_use_the_standard_library,
    format_and_subjects_touch_no_disk,
    one_clock,
    one_writer_to_stdout,
    no_blanket_except,
    files_are_short,
    functions_are_short,
    names_say_something,
]
Rule = Callable[[Module], Iterator[str]]


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    assert sorted(wrong for source in house() for wrong in rule(source)) == []


def test_the_house_is_seen() -> None:
    names = {source.name for source in house()}
    assert {
        "journal",
        "journal.cli.fast",
        "journal.cli.journal",
        "journal.protocol",
        "tui",
    } <= names


LONG = "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION

BROKEN: list[tuple[Rule, str, str]] = [
    (every_module_has_a_floor, "journal.attic", ""),
    (every_module_has_a_floor, "journal.attic.box", ""),
    (imports_go_down, "journal.ids", "from journal import seal"),
    (imports_go_down, "journal.entry", "import journal.store"),
    (imports_go_down, "journal.store", "def f():\n    from journal.recall.engine import Hit"),
    (imports_go_down, "journal.recall.scan", "from journal.api import Journal"),
    (imports_go_down, "journal.recall.scan", "if TYPE_CHECKING:\n    import journal.cli.main"),
    (imports_go_down, "journal.api", "load('journal.cli.output')"),
    (imports_go_down, "journal.api", "from tui import app"),
    (imports_go_down, "journal.store", "from journal import Entry"),
    (imports_go_down, "journal.store", "import journal"),
    (imports_are_absolute, "journal.store", "from . import api"),
    (imports_are_absolute, "journal.store", "from journal.files import *"),
    (annexes_keep_apart, "journal.packs.build", "from journal.recall.engine import Hit"),
    (annexes_keep_apart, "journal.recall.scan", "import journal.git.sync"),
    (annexes_keep_apart, "journal.catalog.read", "from journal import recall"),
    (doors_come_through_the_front, "journal.cli.read", "from journal.store import entries"),
    (doors_come_through_the_front, "journal.cli.read", "from journal import files"),
    (doors_come_through_the_front, "journal.cli.main", "import journal.protocol"),
    (doors_come_through_the_front, "journal.cli.main", "from tui.app import App"),
    (doors_come_through_the_front, "tui.app", "from journal.cli.output import say"),
    (doors_come_through_the_front, FAST, "from journal.mcp import server"),
    (doors_come_through_the_front, FAST, "from journal.store import entries"),
    (libraries_keep_their_place, "journal.cli.read", "from textual.app import App"),
    (libraries_keep_their_place, "journal.catalog.read", "import whoosh.index"),
    (words_use_the_standard_library, "journal.errors", "import yaml"),
    (format_and_subjects_touch_no_disk, "journal.dayfile", "from pathlib import Path"),
    (format_and_subjects_touch_no_disk, "journal.tasks", "x = open('day.md')"),
    (format_and_subjects_touch_no_disk, "journal.tasks", "import os.path"),
    (one_clock, "journal.store", "x = datetime.now(UTC)"),
    (one_clock, "journal.store", "x = datetime.date.today()"),
    (one_writer_to_stdout, "journal.cli.main", "print('x')"),
    (one_writer_to_stdout, "journal.cli.main", "sys.stdout.write('x')"),
    (one_writer_to_stdout, "journal.cli.main", "stdout.buffer.write(b'x')"),
    (one_writer_to_stdout, "journal.files", "os.write(1, b'x')"),
    (one_writer_to_stdout, "journal.files", "write(1, b'x')"),
    (no_blanket_except, "journal.store", "try:\n    f()\nexcept:\n    pass"),
    (no_blanket_except, "journal.store", "try:\n    f()\nexcept Exception:\n    pass"),
    (
        no_blanket_except,
        "journal.store",
        "try:\n    f()\nexcept (OSError, BaseException):\n    pass",
    ),
    (files_are_short, "journal.store", "x = 1\n" * (LONGEST_FILE + 1)),
    (functions_are_short, "journal.store", LONG),
    (
        functions_are_short,
        "journal.store",
        f"class A:\n    async {LONG}".replace("\n    x", "\n     x"),
    ),
    (names_say_something, "journal.utils", ""),
    (names_say_something, "journal.cli.path_helpers", ""),
    (names_say_something, "journal.store", "class EntryManager: pass"),
    (names_say_something, "journal.store", "class FenceHandler(BaseHandler): pass"),
    (names_say_something, "journal.frontmatter", "class FenceHandler: pass"),
    (names_say_something, "journal.store", "def handle(): pass\ndef _row_processor(): pass"),
]

SOUND: list[tuple[Rule, str, str]] = [
    (every_module_has_a_floor, "journal.cli.anything", ""),
    (imports_go_down, "journal.store", "import os\nfrom journal.files import lock"),
    (imports_go_down, "journal.cli.main", "from journal import __version__, api"),
    (imports_go_down, "journal.ids", "x = 'journal.toml'"),
    (annexes_keep_apart, "journal.recall.whoosh", "from journal.catalog import rows"),
    (annexes_keep_apart, "journal.packs.build", "from journal.packs.open import f"),
    (doors_come_through_the_front, "journal.cli.main", "from journal.cli import output"),
    (doors_come_through_the_front, FAST, "from journal import protocol"),
    (libraries_keep_their_place, "tui.app", "from textual.app import App"),
    (words_use_the_standard_library, "journal.ids", "import os\nfrom journal.errors import E"),
    (format_and_subjects_touch_no_disk, "journal.store", "import os\nopen('x')"),
    (one_clock, "journal.clock", "x = datetime.now(UTC)"),
    (one_writer_to_stdout, "journal.cli.output", "print('x')"),
    (one_writer_to_stdout, "journal.files", "os.write(fd, b'x')\nstderr.write('x')"),
    (no_blanket_except, "journal.store", "try:\n    f()\nexcept (OSError, MyException):\n    pass"),
    (files_are_short, "journal.store", "x = 1\n" * LONGEST_FILE),
    (functions_are_short, "journal.store", LONG.removesuffix("    x = 1\n")),
    (names_say_something, "journal.frontmatter", "class FenceHandler(BaseHandler): pass"),
    (names_say_something, "journal.store", "def futile(): pass\nclass Serviced: pass"),
]


@pytest.mark.parametrize(("rule", "name", "text"), BROKEN)
def test_the_rule_finds_what_breaks_it(rule: Rule, name: str, text: str) -> None:
    assert list(rule(module(name, text)))


@pytest.mark.parametrize(("rule", "name", "text"), SOUND)
def test_the_rule_leaves_the_rest_alone(rule: Rule, name: str, text: str) -> None:
    assert list(rule(module(name, text))) == []


def test_every_rule_was_tried() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(RULES)


# What is in the repository


def _kept_files() -> list[Path]:
    """The files git keeps here, or would with the next commit."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        result = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git work tree: nothing says which files are kept")
    files = [ROOT / os.fsdecode(name) for name in result.stdout.split(b"\0") if name]
    return [file for file in files if file.is_file()]


def test_no_file_names_a_machine() -> None:
    files = _kept_files()
    assert Path(__file__).resolve() in files
    wrong = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files
        for number, line in enumerate(file.read_bytes().split(b"\n"), 1)
        if MACHINE_PATH.search(line)
    ]
    assert wrong == []


def test_a_machine_is_known_by_its_path() -> None:
    assert MACHINE_PATH.search(b"see '" + b"/".join([b"", b"work", b"main'"]))
    assert not MACHINE_PATH.search(b"home/work/notes, ../root/x, ~/work/y and /working/z")


# What running processes import


def _python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in result.stderr.splitlines() if not line.startswith("import time:")]
    assert result.returncode == 0, "\n".join(said)
    return result


def _loaded(*arguments: str, cwd: Path) -> set[str]:
    """The modules that a Python with these arguments imports and one that does nothing does not."""
    more, bare = (
        {
            line.rpartition("|")[2].strip()
            for line in _python(*given, cwd=cwd).stderr.splitlines()
            if line.startswith("import time:")
        }
        for given in (arguments, ("-c", "pass"))
    )
    return more - bare


def _tops(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def test_an_import_is_seen(tmp_path: Path) -> None:
    assert {"argparse", "re"} <= _loaded("-c", "import argparse", cwd=tmp_path)


def test_importing_journal_is_cheap(tmp_path: Path) -> None:
    assert _loaded("-c", "import journal", cwd=tmp_path) == {"journal"}


def test_public_names_come_when_asked_for(tmp_path: Path) -> None:
    import journal

    for name in journal.__all__:
        _python("-c", f"from journal import {name}", cwd=tmp_path)
    assert set(journal.__all__) <= set(dir(journal))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = journal.Nothing  # type: ignore[attr-defined]


def test_importing_the_fast_path_is_cheap(tmp_path: Path) -> None:
    loaded = _loaded("-c", "import journal.cli.fast", cwd=tmp_path)
    assert "journal.cli.fast" in loaded
    assert _tops(loaded) & NOT_FOR_APPEND == set()


def test_an_append_is_cheap(tmp_path: Path) -> None:
    workspace = str(tmp_path / "workspace")
    _python(str(SCRIPT), "init", workspace, cwd=tmp_path)
    append = [str(SCRIPT), "--workspace", workspace, "append"]
    # The first append may compile journal.toml and policy.yaml; the next finds that done.
    first = _python(*append, "the first", cwd=tmp_path)
    assert re.fullmatch(r"[0-9A-Z]{26}\n", first.stdout)
    loaded = _loaded(*append, "hello", cwd=tmp_path)
    assert "journal.protocol" in loaded
    assert _tops(loaded) & NOT_FOR_APPEND == set()
    days = list((tmp_path / "workspace" / "journal").rglob("*.md"))
    assert sum(file.read_text(encoding="utf-8").count("\nhello\n") for file in days) == 1
