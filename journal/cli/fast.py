"""`journal append` by the shortest way: no parser library, no configuration parser, no teardown.

It takes the common forms; whatever else is asked (another verb, `--at`, `--batch`, an editor, help)
goes to `main`. Both ways write through `journal.protocol`, and a test holds their bytes equal.
"""

import os
import sys
from time import time

from journal.cli.options import FILE, JSON, META, TAG, VALUED, WORKSPACE, meta, over_inherited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from journal.errors import JournalError, UsageError
    from journal.space import Space

_AMONG = (TAG, META)
_TAKEN = frozenset((*VALUED, *_AMONG, FILE, WORKSPACE))


def run() -> None:
    """The program `journal`."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _reopen()
    if sys.argv[1:3] == ["hook", "run"] and sys.argv[3:4] not in (["-h"], ["--help"]):
        hook()
    try:
        code = append(sys.argv[1:])
    except KeyboardInterrupt:
        _write(2, "journal: interrupted\n")
        code = 130
    if code is None:
        from journal.cli.main import main

        sys.exit(main(sys.argv[1:]))
    os._exit(code)  # all is written and closed; tearing the interpreter down would only cost time


def hook() -> None:
    """Capture what an agent's hook tells, and be gone, well for the agent whatever happened."""
    import gc

    gc.disable()  # a process this short leaves nothing worth looking for
    from journal.hooks.run import run as capture

    if said := capture(sys.argv[3:]):
        _write(1, said)
    os._exit(0)


def _reopen() -> None:
    """Put nothing in place of standard streams that came closed, before a day file takes one's."""
    while (spare := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(spare)
    sys.stdin = sys.stdin or open(0)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w")  # noqa: SIM115


def append(argv: "list[str]") -> int | None:
    """The exit code of a plain append; None if the words ask for more than this knows."""
    found = _parse(argv)
    if found is None:
        return None
    draft, options = found
    if not _readable(draft, options):
        return None
    from journal import errors

    try:
        draft["body"] = _body(draft, options)
        draft["meta"] = meta(options.get(META, []))
        return _append(draft, options)
    except errors.JournalError as error:
        return _fail(error, as_json=JSON in options)
    except OSError as error:
        from journal.cli.report import from_system

        return _fail(from_system(error), as_json=JSON in options)


def _readable(draft: "dict[str, object]", options: "dict[str, list[str]]") -> bool:
    """Whether the text is there for the taking; at a terminal an editor opens instead."""
    return FILE in options or draft.get("body", "-") != "-" or not os.isatty(0)


def _parse(argv: "list[str]") -> "tuple[dict[str, object], dict[str, list[str]]] | None":
    texts: list[str] = []
    options: dict[str, list[str]] = {}
    words = iter(argv)
    for word in words:
        option, equals, value = word.partition("=")
        if word == "-" or word[:1] != "-":
            texts.append(word)
        elif not texts and option != WORKSPACE:
            return None  # before the verb there stands nothing else
        elif word == JSON:
            options[JSON] = []
        elif option in _TAKEN and (equals or (value := next(words, "-"))[:1] != "-"):
            options.setdefault(option, []).append(value)
        else:
            return None
    if texts[:1] != ["append"] or len(texts) + (FILE in options) > 2:
        return None
    if any(len(given) > 1 for option, given in options.items() if option not in _AMONG):
        return None
    draft: dict[str, object] = {VALUED[o][0]: v[0] for o, v in options.items() if o in VALUED}
    draft["tags"] = options.get(TAG, [])
    draft = over_inherited(draft)
    if texts[1:]:
        draft["body"] = texts[1]
    return draft, options


def _body(draft: "dict[str, object]", options: "dict[str, list[str]]") -> bytes:
    from journal.files import read_all

    if FILE in options:
        return file_body(options[FILE][0])
    text = draft.get("body", "-")
    return read_all(0) if text == "-" else os.fsencode(str(text))


def file_body(path: str) -> bytes:
    """The bytes of a file named on the command line; UsageError if it can't be read."""
    from journal.files import read_all

    try:
        fd = os.open(path, os.O_RDONLY)
        try:
            return read_all(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise no_file(path, error) from error


def no_file(path: str, error: OSError) -> "UsageError":
    """What to say of a file that can't be read."""
    from journal.errors import UsageError

    message = f"can't be read: {error.strerror}"
    return UsageError(message, kind="no-file", file=path, hint="check the file's name")


def _append(draft: "dict[str, object]", options: "dict[str, list[str]]") -> int:
    from journal import credentials, errors, protocol, seal, space
    from journal.intake import Intake

    place = space.open_space(space.find(options.get(WORKSPACE, [""])[0]), int(time()))
    if not place.enabled:
        seal.check(draft)
        return disabled(as_json=JSON in options)
    values = credentials.known(place.root)
    intake = Intake(place.root, place.policy, place.namespace, values)
    place.veil, place.turned = intake.head, _turned
    try:
        sealing = intake.admit(draft)
    except errors.Refused as error:
        if error.kind != "gated":
            raise
        from journal.cli.asking import append as ask

        return ask(place.root, draft, as_json=JSON in options)
    receipt = protocol.append(place, [sealing])[0]
    return tell(receipt.record(), intake.notices + receipt.notices, as_json=JSON in options)


def _turned(place: "Space") -> "Callable[[str, str], tuple[int, str]]":
    """What the catalog knows of sessions, asked where the writer itself does not."""
    from journal.catalog.turned import asker

    return asker(place)


def tell(record: "dict[str, object]", notices: "Iterable[str]", *, as_json: bool) -> int:
    """Print a receipt and what was mended on the way; 0, for the entry is kept, come what may."""
    for notice in notices:
        _write(2, f"journal: {notice}\n")
    text = str(record["id"])
    if as_json:
        from journal.cjson import dumps

        text = dumps(record)
    if not _write(1, f"{text}\n"):
        _write(2, f"journal: appended {record['id']}, but its receipt could not be printed\n")
    return 0


def disabled(*, as_json: bool) -> int:
    """Say that nothing was appended, because the workspace says so."""
    _write(2, "journal: nothing appended: enabled = false in journal.toml\n")
    if as_json:
        from journal.receipt import Receipt

        nothing = Receipt("", "", "", 0, "").record()
        tell({**nothing, "durable": False, "disabled": True}, (), as_json=True)
    return 0


def _fail(error: "JournalError", *, as_json: bool) -> int:
    from journal.cli.report import report

    return report(error, as_json=as_json)


def _write(fd: int, text: str) -> bool:
    from journal.files import write_all

    try:
        write_all(fd, text.encode(errors="backslashreplace"))
    except OSError:
        return False
    return True
