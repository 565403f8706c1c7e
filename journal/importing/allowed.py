"""The gate of imports: what would come is allowed before anything does."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import file_digest
from typing import TYPE_CHECKING, Any

from journal.importing.brought import Brought, Options
from journal.reviewing.gating import gate, passes
from journal.reviews import Request

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.importers.port import Importer

VERB = "import"
_OF_ONE = ("adr", "claude-code", "codex", "markdown")  # whose items name no namespace


@contextmanager
def allowed(
    journal: Journal, importer: Importer, options: Options, paths: Sequence[str]
) -> Iterator[None]:
    """What is imported in it is allowed, file by file as they are now."""
    if options.dry_run or passes(journal, VERB):
        yield
        return
    whole = [os.path.abspath(path) for path in paths]
    files = dict.fromkeys(file for path in whole for file in importer.files(path))
    what = {"source": importer.name, "paths": whole, "options": _plain(options)}
    some = "1 file" if len(files) == 1 else f"{len(files):,} files"
    title = f"Import {some} of {importer.name}"
    targets = {file: _digest(file) for file in files}
    with gate(journal, Request(VERB, _space(journal, importer, options), what, targets, title)):
        yield


@contextmanager
def allowed_for_long(
    journal: Journal, importer: Importer, options: Options, paths: Sequence[str]
) -> Iterator[None]:
    """The same for what comes from now on: only a person at the terminal can allow that."""
    if passes(journal, VERB):
        yield
        return
    what = {"deed": "watch", "source": importer.name, "paths": list(paths)}
    title = f"Import what comes of {importer.name}"
    request = Request(VERB, _space(journal, importer, options), what, {}, title)
    hint = f"journal import {importer.name} can be asked for"
    with gate(journal, request, instead=hint):
        yield


def again(journal: Journal, what: Mapping[str, Any]) -> Brought:
    """Import what was asked for, and approved."""
    from journal import importers
    from journal.importing import Round

    given = dict(what["options"])
    since = given.pop("since")
    options = Options(since=datetime.fromisoformat(since) if since else None, **given)
    with Round(journal, importers.load(what["source"]), options) as importing:
        return importing.bring(what["paths"])


def _space(journal: Journal, importer: Importer, options: Options) -> str:
    """The namespace that it goes to; empty if it may be any."""
    if options.namespace:
        return options.namespace
    return journal.default_namespace if importer.name in _OF_ONE else ""


def _plain(options: Options) -> dict[str, Any]:
    return {
        "since": options.since.isoformat() if options.since else "",
        "namespace": options.namespace,
        "full": options.full,
        "user": options.user,
        "values": dict(options.values),
    }


def _digest(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return f"sha256:{file_digest(file, 'sha256').hexdigest()}"
    except OSError:
        return ""
