"""What every importer keeps to, over small folders of each source."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from journal import api, importers, notebook, seal
from journal.entry import Draft
from journal.errors import UsageError
from journal.finding import Finding
from journal.importers.port import Importer, Item, Reading
from journal.importing import Round
from journal.importing.brought import Brought, Options
from journal.workspace import init

FOLDERS = Path(__file__).parent / "importers"
NAMES = ("adr", "claude-code", "codex", "jsonl", "markdown")
BY_LINES = ("claude-code", "codex", "jsonl")  # sources that grow by whole lines
GARBAGE = {
    "empty": b"",
    "blank": b"\n\n \r\n",
    "binary": bytes(range(256)) * 8,
    "no-json": b'{]\nnot json\n[1, 2]\n"text"\n12\nnull\n',
    "deep": b'{"type":"user","message":' + b"[" * 100_000 + b"\n" + b'{"a":' * 100_000,
    "wrong-types": b'{"type":1,"payload":[],"message":3,"uuid":{},"text":7,"timestamp":[]}\n'
    b'{"type":"user","message":{"content":{"a":1}},"uuid":"u","sessionId":5,"timestamp":1e400}\n'
    b'{"type":"response_item","payload":{"type":"message","role":"user","content":[1,null]}}\n'
    b'{"type":"event_msg","payload":{"type":"user_message","message":{}}}\n'
    b'{"type":"response_item","payload":{"type":"function_call","name":[],"arguments":{}}}\n'
    b'{"type":"response_item","payload":{"type":"function_call_output","output":[[1]]}}\n'
    b'{"type":"session_meta","payload":{"id":7,"git":[],"cwd":{}}}\n'
    b'{"type":"event_msg","payload":{"type":"thread_rolled_back","num_turns":-4}}\n',
    "latin": "caf\xe9 \xff\n".encode("latin-1"),
}


class Known:
    """What a journal would know: ids by session."""

    def __init__(self, items: list[Item]) -> None:
        self.names = {(i.draft.session, name) for i in items for name in (i.id, *i.parts)}

    def of(self, names: Iterator[str], session: str = "") -> dict[str, str]:
        return {
            name: f"entry-{name}"
            for name in names
            if (session, name) in self.names
            or (not session and any(name == known for _, known in self.names))
        }


@pytest.fixture(params=NAMES)
def importer(request: pytest.FixtureRequest) -> Importer:
    """Each importer; one whose module is not there yet is left out."""
    try:
        return importers.load(request.param)
    except UsageError as error:
        pytest.skip(str(error))


@pytest.fixture
def folder(importer: Importer, tmp_path: Path) -> Path:
    """A copy of the importer's sample."""
    return Path(shutil.copytree(FOLDERS / importer.name, tmp_path / "sources"))


def read(importer: Importer, path: Path, **options: object) -> list[Item | Finding]:
    """Everything that is read at a path."""
    reading = Reading(**options)  # type: ignore[arg-type]
    return [one for file in importer.files(str(path)) for one in importer.read(file, reading)]


def items(found: list[Item | Finding]) -> list[Item]:
    return [one for one in found if isinstance(one, Item)]


def names(found: list[Item]) -> list[tuple[str, str]]:
    return [(one.draft.session, name) for one in found for name in (one.id, *one.parts)]


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file's bytes and time of change."""
    return {
        str(file.relative_to(folder)): (file.read_bytes(), file.stat().st_mtime_ns)
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_the_sample_has_entries_and_sources_stay_as_they_are(
    importer: Importer, folder: Path
) -> None:
    before = state(folder)
    found = items(read(importer, folder))
    assert len(found) >= 3
    assert any("hello" in str(one.draft.body) for one in found)
    assert state(folder) == before


def test_read_only_sources_are_read(importer: Importer, folder: Path) -> None:
    whole = names(items(read(importer, folder)))
    places = [folder, *folder.rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    try:
        assert names(items(read(importer, folder))) == whole
    finally:
        for place in places:
            place.chmod(0o755 if place.is_dir() else 0o644)


def test_ids_are_unique(importer: Importer, folder: Path) -> None:
    found = names(items(read(importer, folder)))
    assert len(found) == len(set(found))
    assert all(name and "\n" not in name for _, name in found)


def test_items_come_after_what_they_follow_or_refer_to(importer: Importer, folder: Path) -> None:
    seen: set[str] = set()
    followed = 0
    for one in items(read(importer, folder)):
        for name in filter(None, (one.follows, *one.refers.values())):
            assert name in seen, f"{one.id} comes before {name}"
            followed += 1
        seen |= {one.id, *one.parts}
    if importer.name != "markdown":
        assert followed >= 2


def test_drafts_become_entries(importer: Importer, folder: Path, tmp_path: Path) -> None:
    init(str(tmp_path / "w"))
    with api.open(str(tmp_path / "w")) as journal:
        store = journal.notebook.store
        for one in items(read(importer, folder)):
            assert_valid(one, store)


def assert_valid(item: Item, store: object) -> None:
    draft = item.draft
    assert isinstance(draft.body, str)
    assert draft.body.strip()
    assert draft.session
    assert draft.git, "without an anchor it would get the workspace's own"
    assert draft.title or draft.kind not in ("message", "event", "summary")
    assert draft.at is not None, "an import never happens now"
    assert not draft.parent
    assert "source" not in draft.fields
    fields = {**draft.fields, "source": f"x:{draft.session}:{item.id}", "parts": list(item.parts)}
    fields |= dict.fromkeys(item.refers, "0" * 26)
    given = notebook.given(draft, store) | {"fields": fields}  # type: ignore[arg-type]
    sealing = seal.Sealing(given)
    sealing.seal("0" * 26, str(given["at"]), "", 1, "0:sha256:" + "0" * 64)


def test_nothing_is_new_when_all_is_known(importer: Importer, folder: Path) -> None:
    first = items(read(importer, folder))
    again = items(read(importer, folder, known=Known(first).of))
    assert [one.id for one in again] == []


def test_files_are_told_for_a_folder_a_file_and_nothing(
    importer: Importer, folder: Path, tmp_path: Path
) -> None:
    files = importer.files(str(folder))
    assert files
    assert len(files) == len(set(files))
    assert importer.files(str(folder)) == files
    assert all(list(importer.files(file)) == [file] for file in files)
    (tmp_path / "none").mkdir()
    assert list(importer.files(str(tmp_path / "none"))) == []
    assert list(importer.files(str(tmp_path / "missing"))) == []


def test_places_are_told_whether_or_not_they_are_there(importer: Importer) -> None:
    places = importer.places()
    assert all(os.path.isabs(place) for place in places)
    assert not any(os.path.exists(place) for place in places), "the home of a test is empty"


@pytest.mark.parametrize("name", BY_LINES)
def test_a_grown_file_gives_only_what_is_new(name: str, tmp_path: Path) -> None:
    importer = pytest_load(name)
    folder = Path(shutil.copytree(FOLDERS / name, tmp_path / "sources"))
    for file in importer.files(str(folder)):
        lines = Path(file).read_bytes().splitlines(keepends=True)
        whole = set(names(items(read(importer, Path(file)))))
        for count in range(len(lines)):
            came = growing(importer, Path(file), lines, count)
            assert len(came) == len(set(came))
            assert whole - set(came) == set(), f"{file} cut after line {count}"


def growing(
    importer: Importer, file: Path, lines: list[bytes], count: int
) -> list[tuple[str, str]]:
    """The ids that come when the file has only its first lines, and then all of them."""
    file.write_bytes(b"".join(lines[:count]))
    first = items(read(importer, file))
    file.write_bytes(b"".join(lines))
    then = items(read(importer, file, known=Known(first).of))
    return names(first) + names(then)


def pytest_load(name: str) -> Importer:
    try:
        return importers.load(name)
    except UsageError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", sorted(GARBAGE))
def test_garbage_raises_nothing(importer: Importer, folder: Path, name: str) -> None:
    for file in importer.files(str(folder)):
        whole = Path(file).read_bytes()
        for data in (GARBAGE[name], whole + GARBAGE[name], GARBAGE[name] + b"\n" + whole):
            Path(file).write_bytes(data)
            assert_sound(read(importer, Path(file)), file)
        Path(file).write_bytes(whole)


@pytest.mark.parametrize("name", ["claude-code", "codex", "jsonl"])
@pytest.mark.parametrize(
    "data",
    [b'[{"text": "a"}, {"text": "b"}]\n', b"".join(b"%d\xff\0\n" % n for n in range(50))],
    ids=["list", "binary"],
)
def test_what_is_no_json_lines_is_one_finding_and_no_entry(
    name: str, data: bytes, tmp_path: Path
) -> None:
    (tmp_path / "rollout-a.jsonl").write_bytes(data)
    (found,) = read(pytest_load(name), tmp_path / "rollout-a.jsonl")
    assert isinstance(found, Finding)
    assert found.code == "no-lines"


def test_a_file_cut_anywhere_raises_nothing(importer: Importer, folder: Path) -> None:
    for file in importer.files(str(folder)):
        whole = Path(file).read_bytes()
        for end in range(0, len(whole), 97):
            Path(file).write_bytes(whole[:end])
            assert_sound(read(importer, Path(file)), file)
            Path(file).write_bytes(whole[end:])
            assert_sound(read(importer, Path(file)), file)


def test_what_no_entry_can_hold_is_replaced(
    importer: Importer, folder: Path, tmp_path: Path
) -> None:
    bad = "\0" if importer.name in ("adr", "markdown") else "\\ud800\\u0000"
    for file in importer.files(str(folder)):
        text = Path(file).read_text("utf-8").replace("hello", f"hel{bad}lo")
        Path(file).write_text(text, "utf-8")
    init(str(tmp_path / "w"))
    with api.open(str(tmp_path / "w")) as journal:
        store = journal.notebook.store
        found = items(read(importer, folder))
        assert any("␀" in str(one.draft.body) for one in found)
        for one in found:
            assert_valid(one, store)


def assert_sound(found: list[Item | Finding], file: str) -> None:
    for one in found:
        if isinstance(one, Finding):
            assert (one.file, one.line >= 0, bool(one.message)) == (file, True, True)
            assert one.code.replace("-", "").isalnum()
        else:
            draft: Draft = one.draft
            assert str(draft.body).strip()
            assert one.line >= 0
    ids = names(items(found))
    assert len(ids) == len(set(ids))


def test_the_round_brings_all_of_it_once(importer: Importer, folder: Path, tmp_path: Path) -> None:
    init(str(tmp_path / "w"))
    with api.open(str(tmp_path / "w")) as journal:
        first = bring(journal, importer, folder)
        assert (first.new, first.refused) == (len(items(read(importer, folder))), 0)
        assert bring(journal, importer, folder).new == 0
        shutil.rmtree(tmp_path / "w" / ".journal" / "cache")
    with api.open(str(tmp_path / "w")) as journal:
        assert bring(journal, importer, folder).new == 0


def bring(journal: api.Journal, importer: Importer, folder: Path) -> Brought:
    with Round(journal, importer, Options()) as importing:
        return importing.bring([str(folder)])


def test_importers_load_only_when_they_are_asked_for() -> None:
    code = (
        "import sys; from journal import importers; found = importers.names();"
        "loaded = [m for m in sys.modules if m.startswith('journal.importers.')];"
        "print(found, loaded)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{sorted(NAMES)} []"


def test_an_importer_that_is_not_there_is_an_error_that_names_those_that_are() -> None:
    with pytest.raises(UsageError) as caught:
        importers.load("teletext")
    assert (caught.value.kind, "codex" in caught.value.hint) == ("unknown-importer", True)
