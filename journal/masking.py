"""What becomes of a draft that isn't kept as it was given: masked, reduced to a digest, withheld.

Cheap on purpose, and loaded only where there is something to do.
"""

from journal import origin, seal
from journal.intake import MARKS, NAMES, WORDS, looks_secret
from journal.names import is_name, is_path
from journal.origin import SOURCE, outliving
from journal.redaction import PRIVATE, Rules, scrub, scrub_name
from journal.redaction.private import unclosed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from journal.intake import Draft
    from journal.redaction import Finder, Scrubbed

WITHHELD = "withheld"
_HEX = frozenset("0123456789abcdef")
_FREE = ("title", "tags", "meta", "fields")
_ECHO = 16  # characters of a header's text from which on it may be part of the body it came with


class Masking:
    """Texts rid of secrets, and the rules that found them, one by one."""

    def __init__(self, rules: Rules, key: bytes, values: "Finder | None") -> None:
        self._rules, self._key, self._values = rules, key, values
        self.found: list[str] = []
        self.unclosed = False  # whether a <private> ran to the end of a text
        self.refuse: Callable[[str], None] | None = None  # asked of each text that is masked

    def draft(self, draft: "Draft") -> None:
        """Rid all of a draft's texts of what is secret in them."""
        body = draft["body"].decode()  # type: ignore[attr-defined]
        draft["body"] = self.text(body).encode()
        for word in WORDS:
            if draft.get(word):
                draft[word] = self.text(str(draft[word]))
        for name in (*NAMES, *MARKS):
            if draft.get(name):
                draft[name] = self.name(name, str(draft[name]))
        namespace = str(draft.get("namespace") or "")
        if scrub_name(namespace, self._rules, values=self._values).findings:
            raise looks_secret()
        for key in ("tags", "meta"):
            if draft.get(key):
                draft[key] = self.value(draft[key])
        if draft.get("fields"):
            draft["fields"] = self._fields(draft["fields"])  # type: ignore[arg-type]
            if self.found:  # ids made of the text would tell a guess of what was masked
                draft["fields"] |= dict(outliving(draft["fields"], self._key))  # type: ignore[arg-type, operator]

    def _fields(self, fields: "Draft") -> object:
        """A header's fields without their secrets; of a source each name is looked at alone."""
        pieces = origin.pieces(fields.get(SOURCE))
        if not pieces:
            return self.value(fields)
        rest = self.value({key: value for key, value in fields.items() if key != SOURCE})
        return {SOURCE: ":".join(map(self.text, pieces)), **rest}  # type: ignore[dict-item]

    def text(self, text: str) -> str:
        """The text without its secrets."""
        if self.refuse:
            self.refuse(text)
        done = self.scrubbed(text)
        self.found += (rules := [masked.rule for masked in done.findings])
        if PRIVATE in rules:
            self.unclosed |= unclosed(text)
        return done.text

    def scrubbed(self, text: str) -> "Scrubbed":
        """The same with what was found, which is not counted, nor is anything refused."""
        return scrub(text, self._rules, key=self._key, values=self._values)

    def name(self, key: str, text: str) -> str:
        """A name without its secrets, and still a name."""
        done = scrub_name(text, self._rules, key=self._key, values=self._values)
        self.found += [masked.rule for masked in done.findings]
        fits = is_path if key == "path" else is_name
        if key in MARKS or not done.findings or fits(done.text):
            return done.text
        return f"redacted-{done.findings[0].rule}"

    def value(self, value: object, under: str = "") -> object:
        """A header's value without its secrets; what it stands under speaks for a secret, too.

        A number that is one becomes a text.
        """
        if isinstance(value, dict):
            return {self.text(key): self.value(inner, key) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(inner, under) for inner in value]
        if value is None or isinstance(value, bool):
            return value
        text = str(value)
        if _is_digest(text):  # the journal's own, such as an attachment's
            return value
        masked = self._beside(text, under)
        return value if masked == text else masked

    def _beside(self, text: str, under: str) -> str:
        """The text without its secrets, read beside the key that it stands under."""
        lead, before = f"{under}: " if under else "", len(self.found)
        whole = self.text(lead + text)
        if whole.startswith(lead):
            return whole[len(lead) :]
        del self.found[before:]  # the key itself was masked, which is counted where it stands
        return self.text(text)


def _is_digest(text: str) -> bool:
    kind, _, digits = text.partition(":")
    return kind == "sha256" and len(digits) == 64 and _HEX.issuperset(digits)


def record(draft: "Draft", rule: str, key: bytes) -> "Draft":
    """The draft of the entry that says that this one was withheld; none of its text is in it."""
    kind, size = str(draft.get("kind") or "note"), len(seal.normal(draft["body"]))  # type: ignore[arg-type]
    kept: Draft = {name: draft[name] for name in ("namespace", "at") if draft.get(name)}
    if draft.get("token"):  # the same draft again is still one record
        mark = seal.sha256(key + str(draft["token"]).encode()).hexdigest()
        kept["token"] = f"{WITHHELD}-{mark[:32]}"
    if draft.get("git"):
        kept["git"] = seal.NO_ANCHOR  # not the workspace's own, which would be put there
    fields: Draft = {WITHHELD: kind, "bytes": size, "rule": rule}
    given: Draft = draft.get("fields") or {}  # type: ignore[assignment]
    if SOURCE in given:  # imported again it is still one record, too
        fields |= dict(outliving(given, key))
    return kept | {
        "kind": "event",
        "title": f"Withheld: {kind}",
        "fields": fields,
        "body": f"A {kind} of {size:,} bytes was not kept: {rule}.".encode(),
    }


def only_digest(draft: "Draft", rule: str) -> "Draft":
    """The draft without its body, and without what of its header repeats it."""
    body = seal.normal(draft["body"])  # type: ignore[arg-type]
    text = body.decode().strip()
    kept = {
        key: value
        for key, value in draft.items()
        if not (_repeats(value, text) if key in _FREE else _holds(value, text))
    }
    fields = dict(kept.get("fields") or {}) | {  # type: ignore[call-overload]
        WITHHELD: str(draft.get("kind") or "note"),
        "bytes": len(body),
        "rule": rule,
        "body-digest": seal.digest(body),
    }
    told = f"Its body of {len(body):,} bytes was not kept, only its digest: {rule}."
    return kept | {"fields": fields, "body": told.encode()}


def _repeats(value: object, body: str) -> bool:
    """Whether a text of the header holds the body, or is a part of it."""
    if isinstance(value, dict):
        return any(_repeats(inner, body) for pair in value.items() for inner in pair)
    if isinstance(value, (list, tuple)):
        return any(_repeats(inner, body) for inner in value)
    if value is None or isinstance(value, bool):
        return False
    text = str(value).rstrip("…").strip()
    return body in text or (len(text) >= _ECHO and text in body)


def _holds(value: object, body: str) -> bool:
    """Whether a name holds the body: one that the body holds may be but mentioned there."""
    return isinstance(value, str) and body in value
