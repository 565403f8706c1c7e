"""What is said of packs: what was exported, what one holds, whether it holds together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from journal import dayfile
from journal.cli import output
from journal.cli.report import say
from journal.safe import one_line
from journal.shown import head_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.finding import Finding
    from journal.manifest import Manifest
    from journal.packing.exporting import Exported
    from journal.packing.matching import Match
    from journal.packing.vouching import Vouched
    from journal.packs import Pack


_TITLE = 60
_UNITS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def exported(made: Exported, given: str, *, as_json: bool) -> int:
    """The pack that was written; what stayed here, on stderr."""
    if as_json:
        output.json({**made.record(), "path": given})
    else:
        output.write(f"{one_line(given)}  pack {made.id}")
        for line in _summary(made.manifest):
            output.write(f"  {line}")
    for file, why in made.files_left.items():
        say(f"journal: {one_line(file)} is not in the pack: {why}")
    return 0


def shown(pack: Pack, *, as_json: bool) -> int:
    """What a pack holds, as its manifest says."""
    made = pack.manifest
    if as_json:
        output.json({"schema": "journal/pack-show@1", **_record(pack)})
        return 0
    output.write(f"pack {output.style(pack.id, 'yellow')} of workspace {made.workspace}")
    for line in _summary(made):
        output.write(f"  {line}")
    for part in made.parts:
        numbers = f"{part.first:,} to {part.last:,} of {part.head.partition(':')[0] or 0}"
        here = "" if part.workspace == made.workspace else f" of workspace {part.workspace}"
        gaps = f", {_many(len(part.gaps), 'gap')}" if part.gaps else ""
        name = f"{part.at}  {part.writer}{here}"
        output.write(f"  {name}  {_entries(part.entries)}: {numbers}{gaps}")
    output.write(
        "  signed: `journal pack verify` says by whom" if pack.signature else "  not signed"
    )
    return 0


def verified(pack: Pack, found: Vouched, *, as_json: bool) -> int:
    """Whether a pack is sound, and who signed it; the exit code says the first."""
    if as_json:
        known = {"pack": pack.id, "workspace": pack.manifest.workspace, "code": found.code}
        output.json({"schema": "journal/pack-verify@1", **known, **found.record()})
        return found.code
    findings = (*found.checked.findings, *found.findings)
    for one in findings:
        _finding(one)
    counts = [f"{count:,} {state}" for state, count in sorted(found.checked.states.items())]
    said = "sound" if not found.code else "not sound"
    output.write(f"pack {pack.id} is {said}: {', '.join(counts) or 'no entries'}")
    output.write(f"  {_signed(pack, found)}")
    for line in (*_left(pack.manifest), *dict.fromkeys(one.fix for one in findings if one.fix)):
        output.write(f"  {line}")
    return found.code


def compared(pack: Pack, found: Iterable[Match], *, as_json: bool) -> int:
    """Which of a pack's entries are new here: a line each, those that are here only counted."""
    counts: Counter[str] = Counter()
    for one in found:
        counts[one.what] += 1
        if as_json:
            output.json({"schema": "journal/pack-diff@1", "entry": _match(one)})
        elif one.what != "same":
            _differing(one)
    total = {what: counts[what] for what in ("new", "same", "conflicting")}
    if as_json:
        output.json({"schema": "journal/pack-diff@1", "pack": pack.id, "counts": total})
    else:
        output.write(", ".join(f"{count:,} {what}" for what, count in total.items()))
    return 0


def _differing(one: Match) -> None:
    held = one.held
    sign, look = ("+", "green") if one.what == "new" else ("!", "red")
    where = f"{one_line(held.day.path)}:{held.line}"
    piece = dayfile.slice_at(held.raw, 0)
    title = one_line(piece.title or head_of(piece.body.decode(errors="replace")), _TITLE)
    line = f"{sign} {output.short(held.id)}  {where}  {title}".rstrip()
    if one.here:
        line += f"  here {one_line(one.here.file)}:{one.here.line}"
    output.write(output.style(line, look))


def _match(one: Match) -> dict[str, Any]:
    held = one.held
    pack = {"file": held.day.path, "line": held.line, "digest": held.header}
    found: dict[str, Any] = {"id": held.id, "what": one.what, "namespace": one.namespace}
    return {**found, "pack": pack, **({"here": one.here.record()} if one.here else {})}


def _record(pack: Pack) -> dict[str, Any]:
    made = pack.manifest
    parts = [
        {
            "workspace": part.workspace, "writer": part.writer, "namespace": part.namespace,
            "at": part.at, "entries": part.entries, "first": part.first, "last": part.last,
            "head": part.head, "gaps": len(part.gaps),
        }
        for part in made.parts
    ]  # fmt: skip
    return {
        "pack": pack.id, "workspace": made.workspace, "timezone": made.timezone,
        "entries": made.entries, "since": made.since, "until": made.until,
        "members": len(made.members), "bytes": sum(one.bytes for one in made.members),
        "selection": dict(made.selection), "left_out": dict(made.left_out),
        "masked": len(made.masked), "parts": parts, "signed": pack.signature is not None,
    }  # fmt: skip


def _summary(made: Manifest) -> Iterator[str]:
    days = made.since if made.since == made.until else f"{made.since} to {made.until}"
    size = _size(sum(one.bytes for one in made.members if one.path.startswith("journal/")))
    chains = _many(len(made.parts), "chain")
    yield " · ".join(one for one in (_entries(made.entries), days, chains, size) if one)
    if made.selection:
        yield "only " + ", ".join(f"{key} {one_line(it)}" for key, it in made.selection.items())
    yield from _left(made)


def _left(made: Manifest) -> Iterator[str]:
    if made.masked:
        yield f"{_entries(len(made.masked))} masked: what looks like a secret is not in it"
    if made.left_out:
        left = [f"{count:,} {one_line(why)}" for why, count in made.left_out.items()]
        yield f"left out: {', '.join(left)}"


def _signed(pack: Pack, found: Vouched) -> str:
    if found.unchecked:
        return f"its signature was not checked: {found.unchecked}"
    if found.signer:
        by = one_line(found.name) or "a key that no policy here names"
        return f"signed by {by}: {found.signer}"
    return "its signature doesn't hold" if pack.signature else "not signed"


def _finding(one: Finding) -> None:
    where = f"{one.file}:{one.line}" if one.line else one.file
    output.write(f"{one_line(where)}  {output.style(one.code, 'red')}  {one_line(one.message)}")


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _many(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def _size(count: int) -> str:
    for size, unit in _UNITS:
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count} bytes"
