"""`journal links`: what an entry refers to, and what refers to it."""

from __future__ import annotations

import argparse

from journal import api
from journal.cli import output, progress
from journal.cli.listing import identify
from journal.links import CatalogLookup, Link, Named, links
from journal.safe import one_line
from journal.source import Source

_TITLE = 60


def links_options(verb: argparse.ArgumentParser) -> None:
    """The options of `links`."""
    identify(verb)


def do_links(args: argparse.Namespace) -> int:
    """Where an entry's references lead, then the entries that refer to it."""
    journal = api.open(args.workspace, progress.reading)
    entry = journal.find(args.id)
    found = links(CatalogLookup(journal.catalog), entry)
    if args.json:
        shown = {key: [link.record() for link in getattr(found, key)] for key in ("out", "back")}
        output.json({"schema": "journal/links@1", "id": entry.id, **shown})
        return 0
    for link in found.out:
        _line("to", link, _goal(link))
    for link in found.back:
        _line("from", link, _entry(link))
    if not found.out and not found.back:
        output.write("no links")
    output.findings(journal.findings())
    return 0


def _line(way: str, link: Link, leads: str) -> None:
    kind = output.pad(link.kind, 8)
    # A parent is named by a header: that line has been said, or shown.
    by_header = link.kind in ("child", "parent")
    at = "" if by_header else output.style(f"  at {_where(link.source)}", "dim")
    output.write(f"{output.pad(way, 4)}  {output.style(kind, 'cyan')}  {leads}{at}")


def _goal(link: Link) -> str:
    """Where a reference leads, with its name unless the entry it leads to says as much."""
    if link.kind == "tag":
        return f"#{one_line(link.target)}"
    name = one_line(f"[[{link.target}]]" if link.kind == "wikilink" else link.target)
    if link.day:
        return f"{name}  journal day {link.day}"
    if len(link.entries) > 1:
        some = ", ".join(output.short(entry.id) for entry in link.entries)
        return f"{name}  ambiguous: {some}"
    if not link.entries:
        return f"{name}  leads nowhere"
    return f"{name}  {_entry(link)}" if link.kind == "wikilink" else _entry(link)


def _entry(link: Link) -> str:
    entry = link.entries[0]
    title = one_line(entry.title or entry.head, _TITLE)
    shown = f"{output.style(output.short(entry.id), 'yellow')}  {_where(entry)}"
    return f"{shown}  {title}" if title else shown


def _where(place: Source | Named) -> str:
    return one_line(f"{place.file}:{place.line}") if place.line else "in the spool"
