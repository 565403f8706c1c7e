"""Values that were named once, kept so that nobody reads them there.

Cheap on purpose: an append where there are any reads them. `.journal/state/known-values` is JSON:
for each name its needles, each of them [view, opening, shift, size, MAC, before, after, MAC of the
beginning] as `journal.redaction.values` seeks them, all under the key of fingerprints. The opening,
two bytes of the value, is veiled by the key and the MAC.
"""

from journal.cjson import dumps, loads
from journal.credentials import KEPT, KEY, broken
from journal.errors import WorkspaceError
from journal.files import Folder
from journal.redaction.values import BEGINNING, mac
from journal.seal import sha256
from journal.space import STATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.redaction.values import Form, Needle

    Kept = dict[str, list[list[object]]]

SCHEMA = "journal/known-values@1"
_OPENING = 2
_LONG = 4 * BEGINNING
_COMMON = b"etaoinsrhldcu 0123456789"


def needles(root: str, secret: bytes) -> "list[Needle]":
    """What the named values are sought by; WorkspaceError `state-damaged` if it can't be read."""
    with Folder(root, STATE) as state:
        held = read(state, secret)
    try:
        return [_unveiled(secret, name, one) for name, kept in held.items() for one in kept]
    except (TypeError, ValueError) as error:
        raise _no_needles() from error


def read(state: Folder, secret: bytes) -> "Kept":
    """The file's needles by name, none if there is no file."""
    try:
        held = loads(state.read(KEPT).decode().strip())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise broken(KEPT, "is no JSON") from error
    if not isinstance(held, dict) or held.get("schema") != SCHEMA:
        raise broken(KEPT, f"is not {SCHEMA}")
    if held.get("key") != _mark(secret):
        raise broken(KEPT, f"was made under another key than the one in {KEY}")
    values = held.get("values")
    if not isinstance(values, dict) or not all(isinstance(one, list) for one in values.values()):
        raise _no_needles()
    return values


def write(state: Folder, secret: bytes, values: "Kept") -> None:
    """Keep these instead of what was kept."""
    held = {"schema": SCHEMA, "key": _mark(secret), "values": values}
    state.replace(KEPT, dumps(held).encode() + b"\n")


def _no_needles() -> WorkspaceError:
    return broken(KEPT, "holds something else than needles")


def _mark(secret: bytes) -> str:
    """What tells one key from another, and says nothing else of it."""
    return str(sha256(b"journal/known-values\n" + secret).hexdigest()[:16])


def veiled(secret: bytes, form: "Form") -> "list[object]":
    """The needle of a form, fit for JSON."""
    view, data, before, after = form
    # The rarer its opening in texts, the fewer MACs are made in vain.
    shift = min(range(len(data) - _OPENING + 1), key=lambda at: _how_common(data, at))
    code = mac(secret, view, data)
    opening = _veil(secret, code, data[shift : shift + _OPENING])
    # In what is short a beginning would tell too much, and in it the other is quick.
    first = mac(secret, view, data[:BEGINNING]).hex() if len(data) >= _LONG else ""
    return [view, opening.hex(), shift, len(data), code.hex(), before, after, first]


def _how_common(data: bytes, at: int) -> int:
    """How often such an opening is met: one byte twice fills whole lines, signs draw them."""
    opening = data[at : at + _OPENING]
    odd = (not opening.isalnum()) + 2 * (len(set(opening)) < _OPENING)
    return 4 * odd + sum(byte in _COMMON for byte in opening.lower())


def _unveiled(secret: bytes, name: str, kept: "list[object]") -> "Needle":
    view, opening, shift, size, code, before, after, beginning = kept
    numbers = (view, shift, size, before, after)
    if not all(isinstance(n, int) and n >= 0 for n in numbers) or view not in range(4):
        raise ValueError(name)
    expected = bytes.fromhex(code)  # type: ignore[arg-type]
    first = _veil(secret, expected, bytes.fromhex(opening))  # type: ignore[arg-type]
    start = bytes.fromhex(beginning)  # type: ignore[arg-type]
    return name, view, first, shift, size, expected, before, after, start  # type: ignore[return-value]


def _veil(secret: bytes, code: bytes, opening: bytes) -> bytes:
    """The bytes veiled, or unveiled."""
    veil = sha256(b"veil" + secret + code).digest()
    return bytes([one ^ veil[at] for at, one in enumerate(opening[:_OPENING])])
