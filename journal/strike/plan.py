"""What a purge or a redaction will do: looked up under the lock, done by `carry_out`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal import attach, dayfile, hidden, origin
from journal.chain import sealed_digest, slice_digest
from journal.dayfile import INTACT, is_stub
from journal.daypath import IMPORTED, home_of, namespace_of
from journal.errors import Refused, UsageError
from journal.policy.admission import RECORD
from journal.strike.places import Place, fragments, places
from journal.strike.reseal import masked
from journal.strike.stroke import Stroke, stub_of
from journal.strike.witness import Verdicts, Witness, attachments_of_others

if TYPE_CHECKING:
    from journal.masking import Masking


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry's stroke, and the entry that will tell of it; none if one does already."""

    stroke: Stroke
    draft: dict[str, Any] | None
    paths: tuple[str, ...]  # the day files that hold it, or are to
    rules: tuple[str, ...] = ()  # of a redaction: what was found
    lines: tuple[str, ...] = ()  # and where it was found: file and line
    torn: tuple[Stroke, ...] = ()  # what is left of it where its writing was cut short


def base_id(entry_id: str) -> str:
    """The id without a twin's ending: what reads alike is struck alike."""
    return hidden.base_id(entry_id)


@dataclass(frozen=True, slots=True)
class Purging:
    """What is known of a purge before it is planned.

    `why` is asked with an id. `told`: what sound entries say of former purges, by id: the slice
    digests of the stubs, empty for handwritten texts. With `spares`, what a person wrote under an
    entry, or changed in it, keeps it.
    """

    why: Callable[[str], str]
    verdicts: Verdicts
    told: Callable[[], Mapping[str, set[str]]] = dict
    spares: bool = False


def check(root: str, ids: Iterable[str], *, purge: bool) -> None:
    """Before anything is done: UsageError if one is nowhere here, Refused if one may not go."""
    wanted = {base_id(one) for one in ids}
    missing = dict.fromkeys(sorted(wanted))
    for entry_id, place in places(root, wanted):
        missing.pop(entry_id, None)
        if purge:
            _may_go(entry_id, place)
    for entry_id in missing:
        raise _nowhere(entry_id)


def purges(root: str, ids: Iterable[str], purging: Purging) -> list[Planned]:
    """What takes whole entries away; UsageError if there is nothing, Refused if one may not go."""
    found = _gathered(root, ids)
    for one, there in found.items():
        for place in there:
            _may_go(one, place)
    if purging.spares:
        found = {one: there for one, there in found.items() if not any(map(is_typed_in, there))}
    told = purging.told() if found else {}
    mains = {one: _main(there, told.get(one, ())) for one, there in found.items()}
    attached = {one: _attachments(there) for one, there in found.items()}
    every = {path for paths in attached.values() for path in paths}
    kept = attachments_of_others(root, every, set(found)) if every else set()
    torn = _fragments(root, mains)
    witness = Witness(root, purging.verdicts)
    planned = []
    for one, there in found.items():
        files = tuple(sorted(attached[one] - kept))
        stroke = Stroke(one, purge=True, stub=stub_of(mains[one].piece), attachments=files)
        left = torn.get(one, [])
        draft = None
        if _left(stroke) not in told.get(one, ()):
            draft = _told_purge(stroke, mains[one], witness, purging.why(one))
        paths = _paths([*there, *left])
        planned.append(Planned(stroke, draft, paths, torn=_torn(stroke, there, left)))
    return planned


def _left(stroke: Stroke) -> str:
    """What a purge's entry says of the stub; empty if there is none."""
    return slice_digest(stroke.stub) if stroke.stub else ""


def _gathered(root: str, ids: Iterable[str], *, lenient: bool = False) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {base_id(one): [] for one in ids}
    for entry_id, place in places(root, set(found)):
        found[entry_id].append(place)
    for entry_id, there in found.items():
        if not (there or lenient):
            raise _nowhere(entry_id)
    return found


def _nowhere(entry_id: str) -> UsageError:
    return UsageError(
        f"no file or spool here holds the text of {entry_id}",
        kind="entry-not-found",
        hint="`journal verify` says where it may be; git history is not touched from here",
    )


def _may_go(entry_id: str, place: Place) -> None:
    kind = place.piece.values.get("kind")
    is_verdict = kind == "review" and place.piece.values.get("status") != "pending"
    is_import = kind == "event" and place.piece.values.get("event") == IMPORTED
    if is_verdict or is_import or (isinstance(kind, str) and kind in RECORD):
        what = "tells of an import" if is_import else f"is of kind {kind}"
        raise Refused(
            f"{entry_id} {what}: what it says of other entries is needed to verify them",
            file=place.path,
            line=place.line,
            hint="forget it without --purge, which hides it",
        )


def is_typed_in(place: Place) -> bool:
    """Whether a person wrote something under the entry, or changed it."""
    piece = place.piece
    return place.line > 0 and bool(
        piece.postscript or (piece.state != INTACT and not is_stub(piece))
    )


def _fragments(root: str, mains: Mapping[str, Place]) -> dict[str, list[Place]]:
    """What is left of entries where their writing was cut short before their ids."""
    texts = {one: main.piece.raw for one, main in mains.items() if not main.line}
    found: dict[str, list[Place]] = {}
    for one, place in fragments(root, texts):
        found.setdefault(one, []).append(place)
    return found


def _torn(stroke: Stroke, there: list[Place], left: list[Place]) -> tuple[Stroke, ...]:
    """Strokes on what is left of an entry without its id; its stub stands in a file once."""
    stub = b"" if any(place.line for place in there) else stroke.stub
    return tuple(Stroke(dayfile.hand_id(place.piece), purge=True, stub=stub) for place in left)


def _told_purge(stroke: Stroke, main: Place, witness: Witness, reason: str) -> dict[str, Any]:
    old = witness.header(stroke.id, main)
    if is_stub(main.piece) and old == main.piece.header:
        old = ""  # nobody knows
    fields: dict[str, Any] = {"of": stroke.id, "what": hidden.PURGE, "old": old}
    fields["new"] = _left(stroke)
    # So that importing the same again doesn't bring it back.
    fields |= dict(origin.outliving(main.piece.values, witness.key()))
    return _draft(hidden.KIND, main, f"Purged {stroke.id}", reason, fields)


def _paths(there: list[Place]) -> tuple[str, ...]:
    return tuple(sorted({place.path for place in there}))


def _main(there: list[Place], stubs: Iterable[str] = ()) -> Place:
    """The slice that counts: one of these stubs, else one as it was sealed, else any text."""
    accepted = set(stubs)
    for wanted in (
        lambda place: is_stub(place.piece) and slice_digest(place.piece.raw) in accepted,
        lambda place: place.piece.state == INTACT and place.regular,
        lambda place: bool(place.piece.header) and not is_stub(place.piece),
        lambda place: bool(place.piece.header),
    ):
        if found := next(filter(wanted, there), None):
            return found
    return there[0]


def _draft(kind: str, main: Place, title: str, body: str, fields: dict[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in fields.items() if value}
    return {
        "kind": kind, "namespace": _namespace(main), "title": title, "body": body.encode(),
        "fields": said,
    }  # fmt: skip


def _namespace(place: Place) -> str:
    return namespace_of(place.path)


def _attachments(there: list[Place]) -> set[str]:
    return {
        one.path(home_of(place.path))
        for place in there
        for one in attach.of(place.piece.values.get(attach.FIELD))
    }


@dataclass(frozen=True, slots=True)
class Redacting:
    """What masks what is secret in a namespace's slices, and why that is done."""

    masking: Callable[[str], Masking]
    verdicts: Verdicts
    reason: str = ""


def redactions(
    root: str, ids: Iterable[str], redacting: Redacting, *, again: bool = False
) -> list[Planned]:
    """What masks the secrets that entries still hold; those that hold none are left out.

    UsageError if one is nowhere here, but not if this is asked `again`: masked by-hand texts have
    other ids.
    """
    witness = Witness(root, redacting.verdicts)
    planned = (
        _redaction(entry_id, there, redacting, witness)
        for entry_id, there in _gathered(root, ids, lenient=again).items()
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
    names = tuple(sorted(rules))
    body = f"{redacting.reason.rstrip('.')}. " if redacting.reason else ""
    body += f"Masked: {', '.join(names)}."
    touched = [place for place in there if slice_digest(place.piece.raw) in instead]
    main = _main(touched)
    fields = {"of": entry_id, **_accepting(entry_id, main, instead, witness)}
    edited = (place for place in touched if place.line and place.piece.state != INTACT)
    if (one := next(edited, None)) and "was" not in fields:
        fields |= _changing(one, instead)
    draft = _draft("redact", main, f"Redacted {entry_id}", body, fields)
    lines = tuple(f"{place.path}:{place.line}" for place in touched if place.line)
    stroke = Stroke(entry_id, purge=False, instead=instead)
    return Planned(stroke, draft, _paths(there), names, lines=lines)


def _accepting(
    entry_id: str, main: Place, instead: dict[str, bytes], witness: Witness
) -> dict[str, str]:
    """What the entry that tells of a redaction says of the text.

    It accepts only what was as it was sealed: an edited text stays edited; `was` and `now` say how
    its slice read before and how it reads.
    """
    old = witness.header(entry_id, main)
    if main.piece.state != INTACT or main.piece.header != old:
        return {"old": old, **_changing(main, instead)}
    piece = dayfile.parse(instead[slice_digest(main.piece.raw)])
    return {"old": old, "new": sealed_digest(piece.raw, piece.postscript)}


def _changing(place: Place, instead: dict[str, bytes]) -> dict[str, str]:
    was = slice_digest(place.piece.raw)
    return {"was": was, "now": slice_digest(instead[was])}
