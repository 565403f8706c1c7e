"""What a draft goes through before it is sealed: policy first, then redaction.

Cheap on purpose: every append comes through here, by the command line and by the notebook. Nothing
of a text touches the disk before it did; what the policy refuses leaves a record without its text.
"""

from journal import seal
from journal.errors import Refused, UsageError
from journal.names import is_name, is_path
from journal.redaction import DEFAULT, Rules, scrub, scrub_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from journal.policy.admission import Decision
    from journal.redaction import Finder

    Draft = dict[str, object]

WITHHELD = "withheld"
_NAMES = ("role", "session", "path", "parent")
_WORDS = ("title", "actor")
_MARKS = ("git", "token")  # texts in which names are put together
_FREE = ("title", "tags", "meta", "fields")
_NOTHING = "nothing was appended"
_A_RECORD = {"kind": "amend", "fields": {"of": "-"}}  # what only the denylist may hold back
_ECHO = 16  # characters of a header's text from which on it may be part of the body it came with


class Intake:
    """The way into one workspace: its policy, and what its user's secrets are."""

    __slots__ = ("_policy", "_root", "_values", "namespace", "notices")

    def __init__(
        self, root: str, policy: "Mapping[str, object]", namespace: str, values: "Finder | None"
    ) -> None:
        self._root = root
        self._policy = policy
        self._values = values
        self.namespace = namespace  # of drafts that name none
        self.notices: list[str] = list(getattr(values, "notices", ()))  # for stderr

    def admit(self, draft: "Draft") -> seal.Sealing:
        """The draft ready to be written, as the policy lets it in and without its secrets.

        UsageError or FormatError if it can't be an entry; Refused if it may not even be recorded.
        """
        seal.check(draft)
        draft = dict(draft)
        namespace = str(draft.get("namespace") or self.namespace)
        texts = _texts(draft)
        decision = self._decide(namespace, draft, texts)
        if decision and decision.mode == "withhold":
            return self._withheld(namespace, draft, decision.rule)
        masked = self.scrubbed(draft, "\n".join(texts))
        if decision:
            draft = _only_digest(draft, decision.rule)
        sealing = seal.Sealing(draft)
        sealing.redacted = masked
        sealing.withheld = decision.rule if decision else ""
        return sealing

    def own(self, draft: "Draft") -> "Draft":
        """An entry of the journal's own record as it may be sealed; Refused if it may not be."""
        seal.check(draft)
        draft = dict(draft)
        texts = _texts(draft)
        namespace = str(draft.get("namespace") or self.namespace)
        if decision := self._decide(namespace, _A_RECORD, texts):
            raise Refused(f"the words of the record itself are refused: {decision.rule}")
        self.scrubbed(draft, "\n".join(texts))
        return draft

    def keeps_files(self, namespace: str) -> None:
        """Refused if the namespace's policy keeps no body of any entry, and so no attachment."""
        if not self._policy:
            return
        from journal.policy.admission import FILE, limits_of

        mode, line = limits_of(self._policy, namespace).get("persist", ("full", 0))
        if mode in ("none", "hash_only"):
            raise Refused(
                f"attachments are not kept here: persist {mode} ({FILE}:{line})",
                hint="append without --attach, or see `journal policy show`",
            )

    def scrubbed(self, draft: "Draft", joined: str) -> "tuple[str, ...]":
        """The rules that found something in the draft, which is rid of it now.

        `joined`: all its texts, so that one look tells that there is nothing.
        """
        rules = self.rules(str(draft.get("namespace") or self.namespace))
        names = [str(draft[name]) for name in (*_NAMES, *_MARKS) if draft.get(name)]
        if not (
            scrub(joined, rules, values=self._values).findings
            or any(scrub_name(name, rules, values=self._values).findings for name in names)
        ):
            return ()
        masking = Masking(rules, self.key(), self._values)
        masking.draft(draft)
        return tuple(masking.found)

    def key(self) -> bytes:
        """The key of the placeholders' tails."""
        if not self._root:
            return b""
        from journal.credentials import key

        return key(self._root)

    def masking(self, namespace: str) -> "Masking":
        """What rids texts of this namespace of their secrets."""
        return Masking(self.rules(namespace), self.key(), self._values)

    def reading(self, namespace: str) -> "Masking":
        """The same for a file that comes: Refused where its text is on the denylist."""
        masking = self.masking(namespace)
        masking.refuse = lambda text: self._refuse(namespace, text)
        return masking

    def _refuse(self, namespace: str, text: str) -> None:
        if decision := self._decide(namespace, _A_RECORD, [text]):
            raise Refused(
                f"the attachment is not kept: {decision.rule}", hint="append without --attach"
            )

    def rules(self, namespace: str) -> Rules:
        """The redaction rules that the namespace's policy leaves on."""
        if not self._policy:
            return DEFAULT
        from journal.policy.admission import rules

        return rules(self._policy, namespace)

    def _decide(
        self, namespace: str, draft: "Mapping[str, object]", texts: "list[str]"
    ) -> "Decision | None":
        if not self._policy:
            return None
        from journal.policy.admission import decide

        return decide(self._policy, namespace, draft, texts)

    def _withheld(self, namespace: str, draft: "Draft", rule: str) -> seal.Sealing:
        """The record of a draft that is refused: its kind, its size, the rule; never its text."""
        if decision := self._decide(namespace, _A_RECORD, [namespace]):
            raise Refused(f"{_NOTHING}: the namespace's own name is refused: {decision.rule}")
        self._check_namespace(namespace)
        kind, size = str(draft.get("kind") or "note"), len(draft["body"])  # type: ignore[arg-type]
        sealing = seal.Sealing(_record(draft, kind, size, rule, self.key()))
        sealing.withheld = rule
        return sealing

    def _check_namespace(self, namespace: str) -> None:
        if scrub_name(namespace, self.rules(namespace), values=self._values).findings:
            raise UsageError(
                f"{_NOTHING}: the namespace's name looks like a secret",
                kind="bad-name",
                hint="name it otherwise",
            )


class Masking:
    """Texts rid of secrets, and the rules that found them, one by one."""

    def __init__(self, rules: Rules, key: bytes, values: "Finder | None") -> None:
        self._rules, self._key, self._values = rules, key, values
        self.found: list[str] = []
        self.refuse: Callable[[str], None] | None = None  # asked of each text that is masked

    def draft(self, draft: "Draft") -> None:
        """Rid all of a draft's texts of what is secret in them."""
        body = draft["body"].decode()  # type: ignore[attr-defined]
        draft["body"] = self.text(body).encode()
        for word in _WORDS:
            if draft.get(word):
                draft[word] = self.text(str(draft[word]))
        for name in (*_NAMES, *_MARKS):
            if draft.get(name):
                draft[name] = self.name(name, str(draft[name]))
        if draft.get("namespace"):
            self._namespace(str(draft["namespace"]))
        for key in ("tags", "meta", "fields"):
            if draft.get(key):
                draft[key] = self.value(draft[key])

    def text(self, text: str) -> str:
        """The text without its secrets."""
        if self.refuse:
            self.refuse(text)
        done = scrub(text, self._rules, key=self._key, values=self._values)
        self.found += [masked.rule for masked in done.findings]
        return done.text

    def name(self, key: str, text: str) -> str:
        """A name without its secrets, and still a name."""
        done = scrub_name(text, self._rules, key=self._key, values=self._values)
        self.found += [masked.rule for masked in done.findings]
        fits = is_path if key == "path" else is_name
        if key in _MARKS or not done.findings or fits(done.text):
            return done.text
        return f"redacted-{done.findings[0].rule}"

    def value(self, value: object, under: str = "") -> object:
        """A header's value without its secrets; what it stands under speaks for a secret, too."""
        if isinstance(value, str):
            lead = f"{under}: " if under else ""
            whole = self.text(lead + value)
            return whole[len(lead) :] if whole.startswith(lead) else self.text(value)
        if isinstance(value, dict):
            return {self._key_of(key): self.value(inner, key) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(inner, under) for inner in value]
        return value

    def _key_of(self, key: str) -> str:
        return self.text(key)

    def _namespace(self, namespace: str) -> None:
        if scrub_name(namespace, self._rules, values=self._values).findings:
            raise UsageError(
                f"{_NOTHING}: the namespace's name looks like a secret",
                kind="bad-name",
                hint="name it otherwise",
            )


def _texts(draft: "Draft") -> "list[str]":
    """Everything of a draft that would be stored."""
    found = [draft["body"].decode()]  # type: ignore[attr-defined]
    found += [str(draft[key]) for key in (*_WORDS, *_NAMES, *_MARKS, "namespace") if draft.get(key)]
    for key in ("tags", "meta", "fields"):
        if draft.get(key):
            _gather(draft[key], "", found)
    return found


def _gather(value: object, under: str, found: "list[str]") -> None:
    if isinstance(value, str):
        found.append(f"{under}: {value}" if under else value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            found.append(key)
            _gather(inner, key, found)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _gather(inner, under, found)


def _record(draft: "Draft", kind: str, size: int, rule: str, key: bytes) -> "Draft":
    kept: Draft = {k: draft[k] for k in ("namespace", "at") if draft.get(k)}
    if draft.get("token"):  # the same draft again is still one record
        mark = seal.sha256(key + str(draft["token"]).encode()).hexdigest()
        kept["token"] = f"{WITHHELD}-{mark[:32]}"
    return kept | {
        "kind": "event",
        "title": f"Withheld: {kind}",
        "fields": {WITHHELD: kind, "bytes": size, "rule": rule},
        "body": f"A {kind} of {size:,} bytes was not kept: {rule}.".encode(),
    }


def _only_digest(draft: "Draft", rule: str) -> "Draft":
    """The draft without its body, and without what of its header repeats it."""
    body = seal.normal(draft["body"])  # type: ignore[arg-type]
    text = body.decode()
    kept = {k: v for k, v in draft.items() if k not in _FREE or not _echoes(v, text)}
    fields = dict(kept.get("fields") or {}) | {  # type: ignore[call-overload]
        WITHHELD: str(draft.get("kind") or "note"),
        "bytes": len(body),
        "rule": rule,
        "body-digest": seal.digest(body),
    }
    told = f"Its body of {len(body):,} bytes was not kept, only its digest: {rule}."
    return kept | {"fields": fields, "body": told.encode()}


def _echoes(value: object, body: str) -> bool:
    """Whether a text of the header is but a part of the body."""
    if isinstance(value, str):
        text = value.rstrip("…").strip()
        return len(text) >= _ECHO and (text in body or body.strip() in text)
    if isinstance(value, dict):
        return any(_echoes(inner, body) for inner in value.values())
    return isinstance(value, (list, tuple)) and any(_echoes(inner, body) for inner in value)
