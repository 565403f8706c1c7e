"""Secrets of many lines: private keys, whole or cut, and the data of a Kubernetes secret."""

import re

from journal.redaction.rule import Rule

_PIECE = re.compile(r"\S+")
_BASE64 = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=")
_AROUND = "\"'+,>|#*\\;()`%"
_HEADER = re.compile(r"(?i:-{4,5} ?BEGIN[A-Z0-9 ]{0,30}PRIVATE KEY[A-Z0-9 ]{0,10}-{4,5})")
_FOOTER = re.compile(r"(?i:-{4,5} ?END[A-Z0-9 ]{0,30}PRIVATE KEY)")
_NUMBERED = re.compile(r"[^\s:]{0,200}?[:-]?\d{1,6}[:-](?=[A-Za-z0-9+/=]{4,80}$|$)")  # by `grep -n`
_LEAST = 20
_LINES_OF_HEADERS = 16
_REACH = 40_000  # of a document in which a Kubernetes secret's data is looked for
_KIND = re.compile(r"(?i:kind:\s*['\"]?secret['\"]?[ \t]*(?:[\r\n#]|$))")
_YAML = re.compile(
    r"[ \t]*(?:[\w.-]+|'[\w.-]+'|\"[\w.-]+\"):[ \t]*[|>]?-?\s*"
    r"['\"]?([A-Za-z0-9+/]{8,8000}={0,2})['\"]?[ \t]*"
)


class KeyBlock(Rule):
    """A private key as PEM or armoured PGP; also with its newlines escaped, quoted, or cut off."""

    def find(self, text: str, at: int) -> "list[tuple[int, int]]":
        """What stands between the key's first line and its last."""
        header = _HEADER.match(text, at)
        if header:
            stop = text.find("----", header.end())
            return _forward(text, header.start(), header.end(), stop if stop >= 0 else len(text))
        if _FOOTER.match(text, at):
            return _backward(text, max(text.rfind("----", 0, at) + 4, at - _REACH, 0), at)
        return []


def _unescaped(text: str, start: int, end: int) -> str:
    body = text[start:end]
    return body.replace("\\n", "  ").replace("\\r", "  ").replace("\\t", "  ")


def _forward(text: str, begin: int, start: int, stop: int) -> "list[tuple[int, int]]":
    body = _unescaped(text, start, stop)
    if not body.strip(_AROUND + "- \r\n") and stop == len(text):
        return [(begin, len(text.rstrip()))]  # the rest comes in another text
    size = last = skipped = 0
    for piece in _PIECE.finditer(body):
        word = _NUMBERED.sub("", piece[0]).strip(_AROUND)
        if len(word) >= 4 and _BASE64.issuperset(word) and ":" not in word:
            size, last = size + len(word), piece.start() + piece[0].find(word) + len(word)
        elif word and (size >= _LEAST or skipped > _LINES_OF_HEADERS):
            if len(word) > 1 and not word.isdigit():
                break
        else:
            skipped += bool(word)
    whole = bool(_FOOTER.match(text, stop))
    if size < _LEAST:
        return []
    return [(start, stop if whole else start + last)]


def _backward(text: str, start: int, stop: int) -> "list[tuple[int, int]]":
    """The end of a key whose first line is not there."""
    size, first = 0, 0
    for piece in reversed(list(_PIECE.finditer(_unescaped(text, start, stop)))):
        word = _NUMBERED.sub("", piece[0]).strip(_AROUND)
        if len(word) > 3 and _BASE64.issuperset(word):
            size, first = size + len(word), piece.start()
        elif word and not word.isdigit():
            break
    return [(start + first, stop)] if size >= 40 else []


class ClusterSecret(Rule):
    """The values under `data:` of a Kubernetes Secret, which are base64."""

    def find(self, text: str, at: int) -> "list[tuple[int, int]]":
        """The values of the document that this place is in."""
        if not _KIND.match(text, at):
            return []
        first = max(text.rfind("\n---", max(0, at - _REACH), at), at - _REACH, 0)
        if _KIND.search(text, first, at):
            return []  # found from there
        last = text.find("\n---", at, at + _REACH)
        last = last if last >= 0 else min(len(text), at + _REACH)
        data = re.compile(r"(?m)^[ \t]*(?:data|stringData):[ \t]*\r?\n").search(text, first, last)
        found = []
        place = data.end() if data else last
        while place < last:
            match = _YAML.match(text, place, last)
            line = text.find("\n", place)
            if match:
                found.append(match.span(1))
                line = text.find("\n", match.end())
            elif not text[place : place + 1].isspace():
                break
            place = line + 1 if line >= 0 else last
        return [(start, end) for start, end in found if _is_varied(text[start:end])]


def _is_varied(text: str) -> bool:
    return len(text) >= 12 and len(set(text)) > 5


BLOCKS: "list[Rule]" = [
    KeyBlock(
        "private-key", "-----BEGIN -----END", "",
        "-----BEGIN {w0}PRIVATE KEY-----\n{w64}\n{w20}\n-----END {w0}PRIVATE KEY-----",
        "-----BEGIN {w0}PRIVATE KEY-----\n…\n-----END {w0}PRIVATE KEY-----",
    ),
    ClusterSecret(
        "kubernetes-secret", "kind:", "",
        "kind: Secret\ndata:\n  password: {w24}\n", 'kind: Secret\ndata:\n  password: ""\n',
    ),
]  # fmt: skip
