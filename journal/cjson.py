"""JSON through CPython's C scanner and encoder, without the 8 ms that `import json` costs.

Cheap on purpose: the append path reads its caches and writes headers with it. The text it writes is
JSON and YAML 1.1 alike: characters that YAML would refuse, or fold as line breaks, are escaped.
"""

from _json import encode_basestring as _plain_quote
from _json import make_encoder as _make_encoder
from _json import make_scanner as _make_scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class _Settings:
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int

    @staticmethod
    def parse_constant(name: str) -> object:
        raise ValueError(f"{name} is not JSON")


_scan = _make_scanner(_Settings())  # type: ignore[arg-type]


def loads(text: str) -> object:
    """The value of one JSON text, nothing before or after it; ValueError otherwise."""
    try:
        value, end = _scan(text, 0)
    except (StopIteration, RecursionError, SystemError) as error:
        # SystemError: the scanner found an error, but json.decoder isn't loaded to name it.
        raise ValueError("not JSON") from error
    if end != len(text):
        raise ValueError(f"text after the JSON value, at column {end + 1}")
    return value


def _escape(char: str) -> str:
    # Beyond the BMP a JSON escape is a pair of surrogates, which YAML reads as two characters.
    return char if char.isprintable() or ord(char) > 0xFFFF else f"\\u{ord(char):04x}"


def quote(text: str) -> str:
    """The text as a JSON string on one line; what can't be seen in the BMP is escaped."""
    quoted: str = _plain_quote(text)
    return quoted if quoted.isprintable() else "".join(map(_escape, quoted))


def _refuse(value: object) -> object:
    raise TypeError(f"{type(value).__name__} can't be written as JSON")


def _encoder(quoting: "Callable[[str], str]") -> "Callable[[object, int], tuple[str, ...]]":
    return _make_encoder(None, _refuse, quoting, None, ": ", ", ", False, False, False)


# The C encoder calls its own quoting without going through Python.
_encode, _encode_seen = _encoder(_plain_quote), _encoder(quote)


def dumps(value: object) -> str:
    """The value as JSON on one line; TypeError or ValueError if it has none (NaN, sets, …)."""
    try:
        text = "".join(_encode(value, 0))
        return text if text.isprintable() else "".join(_encode_seen(value, 0))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
