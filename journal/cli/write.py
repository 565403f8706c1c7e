"""`journal init` and the full form of `journal append`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from journal import seal
from journal.cjson import loads
from journal.cli import fast, options, output
from journal.cli.report import report, say
from journal.entry import Draft, Receipt
from journal.errors import FormatError, JournalError, UsageError
from journal.notebook import Notebook
from journal.workspace import init
from journal.yamlblock import page

_GROUP = 1000
_CHUNK = 1 << 20


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
    output.write(f"A journal workspace at {made.root}")
    output.write(f"  writer {made.writer}, time zone {made.timezone}")
    output.write(f"  wrote {', '.join(made.wrote) or 'nothing: all was there already'}")
    return 0


def do_append(args: argparse.Namespace) -> int:
    """Append one entry, or a batch of them."""
    if args.batch:
        return _batch(args)
    notebook = Notebook.open(args.workspace)
    draft = _draft(args)
    if not notebook.enabled:
        notebook.prepare(draft)
        return fast.disabled(args.json)
    receipt = notebook.append(draft)
    for notice in receipt.notices:
        say(f"journal: {notice}")
    if args.json:
        output.json(_receipt(receipt))
    else:
        output.write(receipt.id)
    return 0


def _receipt(receipt: Receipt) -> dict[str, Any]:
    keys = ("id", "at", "file", "line", "seq", "digest", "durable")
    return {key: getattr(receipt, key) for key in keys}


def _draft(args: argparse.Namespace) -> Draft:
    values: dict[str, Any] = {}
    body = _body(args)
    if args.front_matter:
        values, body = _front_matter(body)
    for key, _, _ in options.VALUED.values():
        if given := getattr(args, key):
            values[key] = given
    if args.tag:
        values["tags"] = (*values.get("tags", ()), *args.tag)
    if args.meta:
        values["meta"] = {**values.get("meta", {}), **options.meta(args.meta)}
    if args.at:
        values["at"] = args.at
    return Draft(body=body, **values)


def _body(args: argparse.Namespace) -> bytes:
    if args.file:
        if args.text:
            raise UsageError("give TEXT or --file, not both", hint="leave one of them out")
        return fast.file_body(args.file)
    if args.text and args.text != "-":
        return os.fsencode(args.text)
    if not args.text and sys.stdin.isatty():
        return _edited()
    return sys.stdin.buffer.read()


def _edited() -> bytes:
    """What a person types in their editor."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    fd, path = tempfile.mkstemp(suffix=".md", prefix="journal-")
    os.close(fd)
    try:
        done = subprocess.run(["/bin/sh", "-c", f'{editor} "$1"', "sh", path], check=False)
        with open(path, "rb") as file:
            text = file.read()
        if done.returncode or not text.strip():
            raise UsageError(
                f"nothing appended: {editor} ended with {done.returncode} and"
                f" {'no' if not text.strip() else 'some'} text",
                kind="nothing-to-append",
                hint=f"your text is in {path}" if text.strip() else "set VISUAL to another editor",
            )
        os.unlink(path)
    except OSError as error:
        raise UsageError(f"no editor: {error}", hint="set VISUAL, or give the text") from error
    finally:
        if os.path.exists(path) and not os.path.getsize(path):
            os.unlink(path)
    return text


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
    for key, value in given.items():
        if key in seal.SEALED or (key not in seal.DRAFT_KEYS and key != "fields"):
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


def _batch(args: argparse.Namespace) -> int:
    """One JSON draft a line in, one receipt a line out, each group of lines with one flush."""
    notebook = Notebook.open(args.workspace)
    code = 0
    number = 0
    for lines in _groups(args):
        ready: list[tuple[int, seal.Sealing]] = []
        answers: dict[int, dict[str, Any]] = {}
        for line in lines:
            number += 1
            if not line.strip():
                continue
            try:
                ready.append((number, notebook.prepare(_line(line))))
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
        answers[number] = _receipt(receipt)
        for notice in receipt.notices:
            say(f"journal: {notice}")
    return 0


def _groups(args: argparse.Namespace) -> Iterator[list[bytes]]:
    """Lines as they come: what is there already makes a group, so that nobody waits for more."""
    fd = os.open(args.file, os.O_RDONLY) if args.file else 0
    rest = b""
    while chunk := os.read(fd, _CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        for start in range(0, len(lines), _GROUP):
            yield lines[start : start + _GROUP]
    if rest:
        yield [rest]


def _line(line: bytes) -> Draft:
    try:
        value = loads(line.strip().decode())
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
    return Draft(body=body, **_values(value))
