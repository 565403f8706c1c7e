"""What a purge or a redaction will do: looked up under the lock, done by `carry_out`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal import attach, dayfile, hidden
from journal.chain import sealed_digest, slice_digest
from journal.dayfile import INTACT, is_stub
from journal.errors import Refused, UsageError
from journal.policy.admission import RECORD
from journal.strike.places import Place, fragments, places
from journal.strike.reseal import masked
from journal.strike.stroke import Stroke, stub_of
from journal.strike.witness import Verdicts, Witness, attachments_of_others

if TYPE_CHECKING:
    from journal.intake import Masking


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry's stroke, and the entry that will tell of it; none if one does already."""

    stroke: Stroke
    draft: dict[str, Any] | None
    paths: tuple[str, ...]  # the day files that hold it, or are to
    rules: tuple[str, ...] = ()  # of a redaction: what was found
    torn: tuple[Stroke, ...] = ()  # what is left of it where its writing was cut short


def base_id(entry_id: str) -> str:
    """The id without a twin's ending: what reads alike is struck alike."""
    return hidden.base_id(entry_id)


@dataclass(frozen=True, slots=True)
class Purging:
    """What is known of a purge before it is planned: why, and which were purged `before`."""

    reason: str
    verdicts: Verdicts
    before: AbstractSet[str] = frozenset()


def purges(root: str, ids: Iterable[str], purging: Purging) -> list[Planned]:
    """What takes whole entries away; UsageError if there is nothing, Refused if one may not go."""
    found = _gathered(root, ids)
    mains = {one: _main(there) for one, there in found.items()}
    for one, main in mains.items():
        _may_go(one, main)
    attached = {one: _attachments(there) for one, there in found.items()}
    every = {path for paths in attached.values() for path in paths}
    kept = attachments_of_others(root, every, set(found)) if every else set()
    texts = {one: main.piece.raw for one, main in mains.items() if not main.line}
    torn: dict[str, list[Place]] = {}
    for one, place in fragments(root, texts):
        torn.setdefault(one, []).append(place)
    witness = Witness(root, purging.verdicts)
    planned = []
    for one, there in found.items():
        files = tuple(sorted(attached[one] - kept))
        stroke = Stroke(one, purge=True, stub=stub_of(mains[one].piece), attachments=files)
        left = torn.get(one, [])
        draft = None
        if one not in purging.before:
            draft = _told_purge(stroke, mains[one], witness, purging.reason)
        paths = _paths([*there, *left])
        planned.append(Planned(stroke, draft, paths, torn=_torn(stroke, there, left)))
    return planned


def _gathered(root: str, ids: Iterable[str]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {base_id(one): [] for one in ids}
    for entry_id, place in places(root, set(found)):
        found[entry_id].append(place)
    for entry_id, there in found.items():
        if not there:
            raise UsageError(
                f"no file or spool here holds the text of {entry_id}",
                kind="entry-not-found",
                hint="`journal verify` says where it may be; git history is not touched from here",
            )
    return found


def _may_go(entry_id: str, main: Place) -> None:
    kind = main.piece.values.get("kind")
    if kind in RECORD:
        raise Refused(
            f"{entry_id} is of kind {kind}: what it says of other entries is needed to verify them",
            file=main.path,
            line=main.line,
            hint="forget it without --purge, which hides it",
        )


def _torn(stroke: Stroke, there: list[Place], left: list[Place]) -> tuple[Stroke, ...]:
    """Strokes on what is left of an entry without its id; its stub stands in a file once."""
    stub = b"" if any(place.line for place in there) else stroke.stub
    return tuple(Stroke(dayfile.hand_id(place.piece), purge=True, stub=stub) for place in left)


def _told_purge(stroke: Stroke, main: Place, witness: Witness, reason: str) -> dict[str, Any]:
    old = witness.header(stroke.id, main)
    if is_stub(main.piece) and old == main.piece.header:
        old = ""  # nobody knows
    fields = {"of": stroke.id, "what": hidden.PURGE, "old": old}
    if stroke.stub:
        fields["new"] = slice_digest(stroke.stub)
    return _draft(hidden.KIND, main, f"Purged {stroke.id}", reason, fields)


def _paths(there: list[Place]) -> tuple[str, ...]:
    return tuple(sorted({place.path for place in there}))


def _main(there: list[Place]) -> Place:
    """The slice that counts: a stub if the entry was purged before, else one as it was sealed."""
    for wanted in (
        lambda place: is_stub(place.piece),
        lambda place: place.piece.state == INTACT and place.regular,
        lambda place: bool(place.piece.header),
    ):
        if found := next(filter(wanted, there), None):
            return found
    return there[0]


def _draft(kind: str, main: Place, title: str, body: str, fields: dict[str, str]) -> dict[str, Any]:
    said = {key: value for key, value in fields.items() if value}
    return {
        "kind": kind, "namespace": _namespace(main), "title": title, "body": body.encode(),
        "fields": said,
    }  # fmt: skip


def _namespace(place: Place) -> str:
    return place.path.split("/")[1]


def _attachments(there: list[Place]) -> set[str]:
    return {
        one.path(_namespace(place))
        for place in there
        for one in attach.of(place.piece.values.get(attach.FIELD))
    }


@dataclass(frozen=True, slots=True)
class Redacting:
    """What masks what is secret in a namespace's slices, and why that is done."""

    masking: Callable[[str], Masking]
    verdicts: Verdicts
    reason: str = ""


def redactions(root: str, ids: Iterable[str], redacting: Redacting) -> list[Planned]:
    """What masks the secrets that entries still hold; those that hold none are left out."""
    witness = Witness(root, redacting.verdicts)
    planned = (
        _redaction(entry_id, there, redacting, witness)
        for entry_id, there in _gathered(root, ids).items()
    )
    return [one for one in planned if one]


def _redaction(
    entry_id: str, there: list[Place], redacting: Redacting, witness: Witness
) -> Planned | None:
    instead: dict[str, bytes] = {}
    rules: dict[str, None] = {}
    for place in there:
        finder = redacting.masking(_namespace(place))
        new = masked(place.piece, finder)
        if new is not None:
            instead[slice_digest(place.piece.raw)] = new
            rules |= dict.fromkeys(finder.found)
    if not instead:
        return None
    main = _main(there)
    names = tuple(sorted(rules))
    body = f"{redacting.reason.rstrip('.')}. " if redacting.reason else ""
    body += f"Masked: {', '.join(names)}."
    fields = {"of": entry_id, **_accepting(entry_id, main, instead, witness)}
    draft = _draft("redact", main, f"Redacted {entry_id}", body, fields)
    return Planned(Stroke(entry_id, purge=False, instead=instead), draft, _paths(there), names)


def _accepting(
    entry_id: str, main: Place, instead: dict[str, bytes], witness: Witness
) -> dict[str, str]:
    """What the entry that tells of a redaction says of the text.

    It accepts only what was as it was sealed: an edited text stays edited, and `now` says how it
    reads.
    """
    piece = dayfile.parse(instead.get(slice_digest(main.piece.raw), main.piece.raw))
    old = witness.header(entry_id, main)
    if main.piece.state != INTACT or main.piece.header != old:
        return {"old": old, "now": slice_digest(piece.raw)}
    return {"old": old, "new": sealed_digest(piece.raw, piece.postscript)}
