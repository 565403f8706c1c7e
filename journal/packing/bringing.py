"""Importing a pack: checked, quarantined, held against what is here, and then all of it or nothing.

Nothing of it lies in `journal/` before one rename puts it there; `packed.place` does that, and
appends the entry that tells of it. What goes wrong before leaves nothing; what is killed there is
finished by whoever writes next.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal import packed, packs
from journal.chain import slice_digest
from journal.errors import IntegrityError, JournalError, UsageError
from journal.importing.writing import switched_off
from journal.manifest import place_of
from journal.names import SLUG, is_slug
from journal.packing import quarantine, telling
from journal.packing.admitting import Admission
from journal.packing.brought import Brought, Conflict, Masking, Place
from journal.packing.incoming import Incoming
from journal.packing.kept import Kept
from journal.packing.matching import CONFLICTING, NEW, SAME, is_record, matches
from journal.packing.staging import Staging
from journal.packing.trusting import signature, unknown_writers, unproven_writers
from journal.reviewing import Request, gate, is_marked, pending
from journal.seal import digest

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from journal.api import Journal
    from journal.packing.incoming import Note
    from journal.packing.matching import Match
    from journal.packs import Pack

    Notes = Mapping[str, Note]

Progress = Callable[[int, int], None]
_SHOWN = 3  # findings of a pack that is refused
_STEPS = 2  # checking, and holding against what is here


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of an import: how the pack is called, and its namespace here."""

    name: str
    as_namespace: str = ""
    dry_run: bool = False


def bring(
    journal: Journal,
    path: str,
    as_namespace: str = "",
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Brought:
    """Import what is new of the pack in this folder or zip; `progress` gets work done, work in all.

    With `as_namespace` its one namespace becomes that one here. IntegrityError `pack-corrupt` if
    the pack isn't sound, `bad-signature`, `foreign-writer` if it speaks for a writer of another
    workspace; UsageError if there is no such pack, or it has several namespaces to be named;
    Refused `gate-pending` if the policy wants a review first; WorkspaceError `disabled`. Then
    nothing is here of it.
    """
    if as_namespace and not is_slug(as_namespace):
        raise UsageError(f"--as: {as_namespace!r} is no name", kind="bad-name", hint=SLUG)
    name = os.path.basename(os.path.normpath(path))
    return _bring(journal, path, Wish(name, as_namespace, dry_run), progress)


def again(journal: Journal, what: Mapping[str, Any]) -> Brought:
    """Import a pack that waited for a review, now that it is approved; it is kept meanwhile."""
    pack, name = str(what.get("pack")), str(what.get("name"))
    root = journal.root
    if not is_slug(pack) or not os.path.isdir(f"{root}/{quarantine.place_of(pack)}"):
        raise UsageError(
            f"the pack {name} that waited is not kept here any more", kind="no-file",
            hint="import it anew, on the machine where it is: that asks for a review again",
        )  # fmt: skip
    wish = Wish(name, str(what.get("as") or ""))
    with quarantine.alone(root):
        packed.settle(journal.notebook)
        quarantine.tidy(root, lambda: _waiting(journal), pack)
        with quarantine.opened(root, pack) as (kept, notes):
            try:
                quarantine.check(kept)  # all else of it was looked at when it came
            except IntegrityError:
                quarantine.forget(root, pack)
                raise
            return _taken(journal, kept, wish, notes, None)


def _bring(journal: Journal, path: str, wish: Wish, progress: Progress | None) -> Brought:
    if not journal.notebook.enabled:
        raise switched_off()
    root = journal.root
    with packs.open(path) as given:
        _check(given, wish, progress)
        pack = Incoming(given, journal.notebook.intake, wish.as_namespace)
        if wish.dry_run:
            return _compared(journal, pack, wish, pack.notes, None, progress)
        with quarantine.alone(root):
            notices = packed.settle(journal.notebook)  # it may be this very pack
            quarantine.tidy(root, lambda: _waiting(journal))
            quarantine.take_in(root, pack)
            with quarantine.opened(root, pack.id) as (own, notes):
                brought = _taken(journal, own, wish, notes, progress)
    brought.held_secrets = pack.is_masked
    brought.notices[:0] = notices
    return brought


def _waiting(journal: Journal) -> str:
    """The titles of what waits for a review, which name the packs."""
    return "\n".join(one.title for one in pending(journal))


def _check(pack: Pack, wish: Wish, progress: Progress | None) -> None:
    """IntegrityError unless the pack is sound; UsageError if it can't be named as is asked."""
    spaces = {place.namespace for path in pack.members if (place := place_of(path))}
    if wish.as_namespace and len(spaces) > 1:
        raise UsageError(
            f"it has {len(spaces)} namespaces, and --as names one: {', '.join(sorted(spaces))}",
            file=wish.name, hint="leave out --as, or export one namespace: --namespace NAME",
        )  # fmt: skip
    found = packs.check(pack, _step(progress, 0))
    if found.code:
        said = [str(one) for one in found.findings[:_SHOWN]]
        if more := len(found.findings) - _SHOWN:
            said += [f"and {more:,} more"] if more > 0 else []
        raise IntegrityError(
            f"the pack is not sound: {'; '.join(said)}", kind="pack-corrupt", file=wish.name,
            hint="nothing was imported; `journal pack verify` shows all that is wrong",
        )  # fmt: skip


def _taken(
    journal: Journal, pack: Pack, wish: Wish, notes: Notes, progress: Progress | None
) -> Brought:
    """Import a pack that lies in quarantine; it stays there only if it waits for a review."""
    root, staged = journal.root, quarantine.staged(pack.id)
    keep = False
    try:
        staging = Staging(root, staged, pack)
        try:
            brought = _compared(journal, pack, wish, notes, staging, progress)
            brought.attachments = staging.finish() if brought.is_news else 0
        finally:
            staging.close()
        if brought.is_news:
            with _gated(journal, pack, wish, brought):
                _place(journal, pack, brought)
    except JournalError as error:
        keep = error.kind == "gate-pending"
        raise
    except OSError as error:
        raise _not_written(root, error) from error
    finally:
        quarantine.throw_away(root, staged)
        if not keep:
            quarantine.forget(root, pack.id)
    return brought


def _not_written(root: str, error: OSError) -> JournalError:
    why = error.strerror or str(error)
    if packed.noted(root):
        return JournalError(
            f"it lies in its place, but the entry that tells of it can't be written: {why}",
            kind="not-written", file=quarantine.INCOMING,
            hint="see permissions, and room left; the entry follows with the next write",
        )  # fmt: skip
    return JournalError(
        f"it can't be made ready: {why}", kind="not-written", file=quarantine.INCOMING,
        hint="nothing was imported; see permissions, and room left",
    )  # fmt: skip


def _compared(
    journal: Journal,
    pack: Pack,
    wish: Wish,
    notes: Notes,
    staging: Staging | None,
    progress: Progress | None,
) -> Brought:
    """What the pack brings, put into `staging`."""
    journal.catalog.catch_up()
    brought = _introduced(journal, pack, wish)
    kept, admission = Kept(journal.root), Admission(journal, notes)
    step, done = _step(progress, 1), 0
    total = sum(member.bytes for member in pack.manifest.members if member.part >= 0)
    for match in matches(journal, pack, wish.as_namespace):
        if match.what == SAME:
            brought.known += 1
        elif match.what == NEW:
            brought.new += 1
            brought.aside += is_record(match.held)
            count = brought.namespaces.get(match.namespace, 0)
            brought.namespaces[match.namespace] = count + 1
            admission.take(match)
            if note := notes.get(slice_digest(match.held.raw)):
                brought.masked.append(Masking(match.namespace, note))
            if staging:
                staging.add(match)
        elif match.what == CONFLICTING:
            admission.take(match)
            _conflict(brought, match, kept, staging, notes.get(slice_digest(match.held.raw)))
        done += len(match.held.raw)
        if step:
            step(done, max(total, done + 1))
    if step:
        step(1, 1)
    brought.verbs = tuple(sorted(admission.verbs))
    _tell_of_secrets(brought)
    if brought.new == brought.aside:  # nothing but what imports elsewhere said of themselves
        brought.new, brought.namespaces, brought.masked = 0, {}, []
    else:
        brought.aside = 0
    return brought


def _tell_of_secrets(brought: Brought) -> None:
    if count := len(brought.masked):
        what = "entry held a secret, which is" if count == 1 else "entries held secrets, which are"
        brought.notices.append(f"{count:,} {what} masked: `redact` entries name them")


def _conflict(
    brought: Brought, match: Match, kept: Kept, staging: Staging | None, note: Note | None
) -> None:
    held = match.held
    there = Place(held.day.path, held.line, held.header)
    assert match.here  # noqa: S101 - as every conflicting one has
    brought.conflict(Conflict(held.id, match.here, there))
    if kept.has(held):
        brought.kept += 1
    elif staging:
        staging.conflict(held, note.fields.get("old", "") if note else "")


def _introduced(journal: Journal, pack: Pack, wish: Wish) -> Brought:
    """Whose pack it is; IntegrityError if it may not say what it says."""
    signed = signature(journal, pack, _namespaces(pack, wish))
    brought = Brought(
        wish.name, pack.id, digest(pack.raw), pack.manifest.workspace,
        tuple(sorted({part.writer for part in pack.manifest.parts})), wish.dry_run,
        signed.fingerprint, signed.name,
    )  # fmt: skip
    brought.unknown = tuple(sorted(unknown_writers(journal, pack)))
    if not signed.name:
        brought.unproven = tuple(sorted(unproven_writers(journal, pack)))
    if signed.notice:
        brought.notices.append(signed.notice)
    return brought


def _namespaces(pack: Pack, wish: Wish) -> list[str]:
    if wish.as_namespace:
        return [wish.as_namespace]
    return sorted({part.at for part in pack.manifest.parts})


def _gated(
    journal: Journal, pack: Pack, wish: Wish, brought: Brought
) -> AbstractContextManager[object]:
    """The gate for a pack that nobody signed, and for what may not be appended without a review.

    A key that the policy names vouches for the writers, but for nothing that wants a review of its
    own.
    """
    verbs = ["pack"] * bool(brought.unproven) + list(brought.verbs)
    if not verbs:
        return nullcontext()
    spaces = _namespaces(pack, wish)
    verb = next((one for one in verbs if is_marked(journal, one, *spaces)), "")
    if not verb:  # it is marked in a namespace that the pack has nothing of
        verb, spaces = verbs[-1], list(journal.notebook.store.config.namespaces)
    first, *others = spaces
    what = {
        "deed": "pack", "pack": pack.id, "manifest": brought.manifest, "name": wish.name,
        "as": wish.as_namespace,
    }  # fmt: skip
    title = telling.asked(brought)
    return gate(journal, Request(verb, first, what, {}, title, others=tuple(others)))


def _place(journal: Journal, pack: Pack, brought: Brought) -> None:
    before = set(packed.folders(journal.root))
    receipt = packed.place(
        journal.notebook, quarantine.staged(pack.id), packed.FOLDER + pack.id,
        telling.draft(brought), *telling.masked(brought),
    )  # fmt: skip
    brought.entry = receipt.id
    brought.notices += receipt.notices
    for folder in packed.folders(journal.root):
        if folder not in before and folder.startswith(packed.FOLDER + pack.id):
            brought.folder = f"journal/{folder}"


def _step(progress: Progress | None, number: int) -> Progress | None:
    """What is told of one step, as a share of all."""
    if progress is None:
        return None
    told = progress

    def step(done: int, total: int) -> None:
        share = min(1000, done * 1000 // max(total, 1))
        told(number * 1000 + share, _STEPS * 1000)

    return step
