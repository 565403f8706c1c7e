"""`journal init` and the full form of `journal append`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from journal import api, attach, seal
from journal.cjson import loads
from journal.cli import asking, fast, options, output
from journal.cli.report import report, say
from journal.entry import Draft, Receipt
from journal.errors import FormatError, JournalError, UsageError
from journal.notebook import Notebook
from journal.safe import one_line
from journal.workspace import init
from journal.yamlblock import page

_GROUP = 1000
_CHUNK = 1 << 20


def init_options(verb: argparse.ArgumentParser) -> None:
    """The options of `init`."""
    verb.add_argument("dir", nargs="?", metavar="DIR", help="the folder (default: this one)")


def append_options(verb: argparse.ArgumentParser) -> None:
    """The options of `append`."""
    verb.add_argument("text", nargs="?", metavar="TEXT", help="the body; - reads standard input")
    verb.add_argument(options.FILE, metavar="FILE", help="read the body from a file")
    verb.add_argument(
        options.ATTACH,
        action="append",
        metavar="FILE",
        help="keep a file of any size and kind with the entry; - is standard input; repeatable",
    )
    for option, (key, metavar, words) in options.VALUED.items():
        verb.add_argument(option, dest=key, default="", metavar=metavar, help=words)
    verb.add_argument(options.TAG, action="append", metavar="TAG", help="a tag; may be repeated")
    verb.add_argument(
        options.META, action="append", metavar="KEY=VALUE", help="anything else; may be repeated"
    )
    verb.add_argument(
        "--at",
        metavar="TIME",
        help="when it happened, if not now: 2026-11-21T14:03, 'yesterday 15:30'",
    )
    verb.add_argument(
        "--front-matter",
        action="store_true",
        help="the text begins with YAML front matter that gives the fields",
    )
    verb.add_argument(
        "--batch", action="store_true", help="read one JSON draft a line, print one receipt a line"
    )


def do_init(args: argparse.Namespace) -> int:
    """Make a workspace."""
    made = init(args.dir or ".")
    if args.json:
        output.json(
            {
                "schema": "journal/init@1", "root": made.root, "id": made.id, "writer": made.writer,
                "timezone": made.timezone, "wrote": list(made.wrote),
            }
        )  # fmt: skip
        return 0
    output.write(f"A journal workspace at {one_line(made.root)}")
    output.write(f"  writer {made.writer}, time zone {made.timezone}")
    output.write(f"  wrote {', '.join(made.wrote) or 'nothing: all was there already'}")
    return 0


def do_append(args: argparse.Namespace) -> int:
    """Append one entry, or a batch of them."""
    notebook = api.notebook(args.workspace)
    if args.batch and args.front_matter:
        raise UsageError("give --batch or --front-matter, not both", hint="leave one of them out")
    if args.batch and args.attach:
        raise UsageError("give --batch or --attach, not both", hint="attach to one entry at a time")
    if args.batch:
        return _batch(notebook, args)
    with _body(args) as body:
        draft = _draft(args, body)
        if args.attach:
            draft = _with_files(notebook, draft, args.attach)
        receipt = asking.appended(notebook, draft)
    if not notebook.enabled:
        return fast.disabled(as_json=args.json)
    return fast.tell(shown_receipt(receipt), receipt.notices, as_json=args.json)


def shown_receipt(receipt: Receipt) -> dict[str, Any]:
    """A receipt as JSON shows it; that of a disabled journal says so."""
    keys = ("id", "at", "file", "line", "seq", "digest", "durable")
    shown = {key: getattr(receipt, key) for key in keys}
    if receipt.withheld:
        shown["withheld"] = receipt.withheld
    if receipt.redacted:
        shown["redacted"] = list(receipt.redacted)
    return shown if receipt.id else shown | {"disabled": True}


def _draft(args: argparse.Namespace, body: bytes) -> Draft:
    values: dict[str, Any] = {}
    if args.front_matter:
        values, body = _front_matter(body)
    given = _options(args)
    for key in ("tags", "meta"):
        if key in values and key in given:
            given[key] = values[key] + given[key] if key == "tags" else values[key] | given[key]
    return Draft(body=body, **options.over_inherited(values | given))


def _with_files(notebook: Notebook, draft: Draft, files: list[str]) -> Draft:
    """The draft with files kept for it; without a text, links to them are its body."""
    bare = replace(draft, body=draft.body or "attached")
    # What can't be an entry, or isn't kept, leaves no file behind.
    if notebook.prepare(bare).withheld or not notebook.enabled:
        return bare
    kept = [
        notebook.attach(0, namespace=draft.namespace, name="standard-input", draft=bare)
        if file == "-"
        else notebook.attach(file, namespace=draft.namespace, draft=bare)
        for file in files
    ]
    for one in kept:
        _tell_of(one)
    named = {**draft.fields, attach.FIELD: [one.record() for one in kept]}
    return replace(draft, body=draft.body or attach.links(kept), fields=named)


def _tell_of(kept: attach.Attachment) -> None:
    """What stderr has to say of a file that was kept."""
    if kept.redacted:
        rules = ", ".join(sorted(set(kept.redacted)))
        say(f"journal: {kept.name}: {len(kept.redacted)} masked before it was kept: {rules}")
    if kept.unclosed:
        say(f"journal: {kept.name}: a <private> that nothing closes ran to its end")
    if kept.unread:
        say(f"journal: {kept.name}: no text, and kept as it is: nothing was looked for in it")


def _options(args: argparse.Namespace) -> dict[str, Any]:
    """What the options give of a draft."""
    values = {key: getattr(args, key) for key, _, _ in options.VALUED.values()}
    values |= {"tags": tuple(args.tag or ()), "meta": options.meta(args.meta or []), "at": args.at}
    return {key: value for key, value in values.items() if value}


@contextmanager
def _body(args: argparse.Namespace) -> Iterator[bytes]:
    if args.attach and args.text == "-" and "-" in args.attach:
        raise UsageError("standard input can't be both the text and a file", hint="give a TEXT")
    if args.file is not None:
        if args.text is not None:
            raise UsageError("give TEXT or --file, not both", hint="leave one of them out")
        yield fast.file_body(args.file)
    elif args.text not in (None, "-"):
        yield os.fsencode(args.text)
    elif args.text is None and args.attach and not args.front_matter:
        yield b""
    elif args.text is None and sys.stdin.isatty():
        with _edited() as text:
            yield text
    else:
        yield sys.stdin.buffer.read()


@contextmanager
def _edited() -> Iterator[bytes]:
    """What a person types in their editor, kept in its file until it is appended."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    fd, path = tempfile.mkstemp(suffix=".md", prefix="journal-")
    os.close(fd)
    done = subprocess.run(["/bin/sh", "-c", f'{editor} "$1"', "sh", path], check=False)
    with open(path, "rb") as file:
        text = file.read()
    if not text.strip():
        os.unlink(path)
        raise UsageError(
            f"nothing appended: {editor} ended with {done.returncode} and left no text",
            kind="nothing-to-append",
            hint="set VISUAL or EDITOR, or give the text as an argument",
        )  # fmt: skip
    try:
        if done.returncode:
            raise UsageError(f"{editor} ended with {done.returncode}", kind="nothing-to-append")
        yield text
    except JournalError as error:
        error.hint = f"{error.hint + '; ' if error.hint else ''}your text is in {path}"
        raise
    os.unlink(path)


def _front_matter(data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        fields, body = page(seal.normal(data).decode())
    except UnicodeDecodeError as error:
        raise FormatError("the text is not valid UTF-8", kind="not-utf8") from error
    return _values(fields), body.encode()


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """A caller's keys as a draft's: what the draft doesn't know are fields of the entry's kind."""
    values: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    if "body" in given:
        raise UsageError(
            "the body can't be given twice", kind="reserved-key", hint="leave out the key body"
        )
    for key, value in given.items():
        if key in seal.GIVEN or (key not in seal.DRAFT_KEYS and key != "fields"):
            fields[key] = value
        elif value is not None and key != "fields":
            values[key] = value
    fields |= given["fields"] if isinstance(given.get("fields"), dict) else {}
    if "tags" in values:
        tags = values["tags"]
        values["tags"] = tuple(tags) if isinstance(tags, list) else (tags,)
    for key in (*seal.TEXT_KEYS, "namespace", "at"):
        if key in values and not isinstance(values[key], str):
            raise FormatError(f"{key} must be text, not {values[key]!r}", kind="bad-field")
    if not isinstance(values.get("meta", {}), dict):
        raise FormatError("meta must be a map", kind="bad-field")
    return values | {"fields": fields}


def _batch(notebook: Notebook, args: argparse.Namespace) -> int:
    """One JSON draft a line in, one receipt a line out, each group of lines with one flush."""
    given = _options(args)
    code = number = 0
    if not notebook.enabled:
        fast.disabled(as_json=False)
    for lines in _groups(args):
        notebook.refresh()
        ready: list[tuple[int, seal.Sealing]] = []
        answers: dict[int, dict[str, Any]] = {}
        for line in lines:
            number += 1
            if not line.strip():
                continue
            try:
                ready.append((number, notebook.prepare(_line(line, given))))
            except JournalError as error:
                answers[number] = error.record() | {"line": number}
                code = code or error.code
        code = _commit(notebook, ready, answers) or code
        for answer in sorted(answers):
            output.json(answers[answer])
        output.flush()
    return code


def _commit(
    notebook: Notebook,
    ready: list[tuple[int, seal.Sealing]],
    answers: dict[int, dict[str, Any]],
) -> int:
    try:
        receipts = notebook.append_sealings([sealing for _, sealing in ready]) if ready else []
    except FormatError as error:  # one header too large: find which, alone
        if len(ready) == 1:
            answers[ready[0][0]] = error.record() | {"line": ready[0][0]}
            return error.code
        return max([_commit(notebook, [one], answers) for one in ready])
    except JournalError as error:
        for number, _ in ready:
            answers[number] = error.record() | {"line": number}
        return report(error, as_json=False)
    for (number, _), receipt in zip(ready, receipts, strict=True):
        answers[number] = shown_receipt(receipt)
        for notice in receipt.notices:
            say(f"journal: {notice}")
    return 0


def _groups(args: argparse.Namespace) -> Iterator[list[bytes]]:
    """Lines as they come: what is there already makes a group, so that nobody waits for more."""
    try:
        fd = os.open(args.file, os.O_RDONLY) if args.file else 0
    except OSError as error:
        raise fast.no_file(args.file, error) from error
    rest = b""
    while chunk := os.read(fd, _CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        for start in range(0, len(lines), _GROUP):
            yield lines[start : start + _GROUP]
    if rest:
        yield [rest]


def _line(line: bytes, given: dict[str, Any]) -> Draft:
    try:
        value = loads(line.decode().removeprefix("\ufeff").strip(" \t\r"))
    except UnicodeDecodeError as error:
        raise FormatError("the line is not valid UTF-8", kind="not-utf8") from error
    except ValueError as error:
        raise FormatError(
            f"the line is no JSON object ({error})", kind="bad-line", hint="one object a line"
        ) from error
    if not isinstance(value, dict):
        raise FormatError("the line is no JSON object", kind="bad-line", hint="one object a line")
    body = value.pop("body", None)
    if not isinstance(body, str):
        raise FormatError("the draft has no body", kind="empty-body", hint='{"body": "text", …}')
    return Draft(body=body, **options.over_inherited(given | _values(value)))
