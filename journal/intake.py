"""What a draft goes through before it is sealed: policy first, then redaction.

Cheap on purpose: every append comes through here, by the command line and by the notebook. Nothing
of a text touches the disk before it did; what the policy refuses leaves a record without its text.
"""

from journal import origin, seal
from journal.errors import Refused, UsageError
from journal.redaction import DEFAULT, Rules, scrub, scrub_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.masking import Masking
    from journal.policy.admission import Decision
    from journal.policy.gates import Approval
    from journal.redaction import Finder

    Draft = dict[str, object]

WORDS = ("title", "actor")
# What an entry of the journal's own record says of others, by which they are verified.
SAYS = ("of", "what", "old", "new", "now", "was", "where", "source", "parts")
# The same of a review's steps.
STEPS = ("verb", "status", "review", "target", "authenticated", "signature", "self")
NAMES = ("role", "session", "path", "parent")
MARKS = ("git", "token")  # texts in which names are put together
_MOST_CLEAN = 10_000
_GLUED = 18  # characters of a name from which on it may hide a token


class Intake:
    """The way into one workspace: its policy, and what its user's secrets are."""

    __slots__ = (
        "_clean", "_heads", "_policy", "_root", "_values", "approval", "namespace", "notices",
    )  # fmt: skip

    def __init__(
        self, root: str, policy: "Mapping[str, object]", namespace: str, values: "Finder | None"
    ) -> None:
        self._root = root
        self._policy = policy
        self._values = values
        self._heads: dict[str, str] = {}
        self._clean: set[tuple[str, str]] = set()  # namespaces and names that hold no token
        self.namespace = namespace  # of drafts that name none
        self.approval: Approval | None = None  # under which drafts pass the policy's gates
        self.notices: list[str] = list(getattr(values, "notices", ()))  # for stderr

    def admit(self, draft: "Draft", *, clean: bool = False) -> seal.Sealing:
        """The draft ready to be written, as the policy lets it in and without its secrets.

        `clean`: it was checked, and `are_clean` said so of its texts. UsageError or FormatError if
        it can't be an entry; Refused if it may not even be recorded, or a review has to allow it.
        """
        return self.sealed(*self.fitted(draft, clean=clean))

    def are_clean(self, drafts: "list[Draft]") -> bool:
        """Whether none of these drafts holds a secret: one look at all their texts.

        False also if that can't be told so: they go to several namespaces, or patterns of the
        policy's own may ask for where a text begins or ends.
        """
        namespaces = {str(draft.get("namespace") or self.namespace) for draft in drafts}
        rules = self.rules(min(namespaces, default=self.namespace))
        if rules.own or len(namespaces) > 1:
            return False
        texts = dict.fromkeys([text for draft in drafts for text in _texts(draft)])
        joined = "\n\n".join(texts)
        return not scrub(joined, rules, values=self._values).findings

    def sealed(self, draft: "Draft", masked: "tuple[str, ...]", rule: str) -> seal.Sealing:
        """What `fitted` gave, ready to be written; Refused `gated` if a review has to allow it."""
        if not rule or "body-digest" in draft["fields"]:  # type: ignore[operator]
            self._pass(draft, own=False)
        sealing = seal.Sealing(draft, checked=not (masked or rule))
        sealing.redacted, sealing.withheld = masked, rule
        return sealing

    def fitted(
        self, draft: "Draft", *, clean: bool = False
    ) -> "tuple[Draft, tuple[str, ...], str]":
        """The draft as it may be kept anywhere, the rules that masked, and the one that withheld.

        The same errors as of `admit`.
        """
        if not clean:
            seal.check(draft)
        fields: dict[str, object] = draft.get("fields") or {}  # type: ignore[assignment]
        if draft.get("kind") in ("forget", "redact") or fields.get("event") == "pack-imported":
            from journal.policy.gates import refuse_claims

            refuse_claims(fields)
        draft = dict(draft)
        namespace = str(draft.get("namespace") or self.namespace)
        texts = _texts(draft) if self._policy or not clean else []
        decision = self.decide(namespace, draft, texts)
        if decision and decision.mode == "withhold":
            return self._withheld(namespace, draft, decision.rule), (), decision.rule
        masked = self.scrubbed(draft, "" if clean else "\n".join(texts))
        if decision:
            from journal.masking import only_digest

            draft = only_digest(draft, decision.rule)
        return draft, masked, decision.rule if decision else ""

    def own(self, draft: "Draft") -> "Draft":
        """An entry of the journal's own record as it may be sealed: no mode holds it back.

        Refused if its words are on the denylist.
        """
        seal.check(draft)
        draft = dict(draft)
        texts = _texts(draft)
        if decision := self.denied(str(draft.get("namespace") or self.namespace), texts):
            raise Refused(
                f"the words of the record itself are refused: {decision.rule}",
                hint="say it in other words",
            )
        fields: dict[str, object] = draft.get("fields") or {}  # type: ignore[assignment]
        says = STEPS if draft.get("kind") == "review" else SAYS
        kept = {key: fields[key] for key in fields if key in says}
        self.scrubbed(draft, "\n".join(texts))
        if kept:  # ids and digests, which may look like secrets
            draft["fields"] = {**draft["fields"], **kept}  # type: ignore[dict-item]
        self._pass(draft, own=True)
        return draft

    def _pass(self, draft: "Draft", *, own: bool) -> None:
        """Let a draft pass the policy's gates, or not."""
        gates: Mapping[str, object] = {}
        if self._policy:
            from journal.policy.admission import gates_for

            namespace = str(draft.get("namespace") or self.namespace)
            kind = "" if own else str(draft.get("kind") or "")
            gates = gates_for(self._policy, namespace, kind)
        is_claim = draft.get("kind") == "review" or "review" in (draft.get("fields") or ())  # type: ignore[operator]
        if gates or is_claim or self.approval:
            from journal.policy.gates import pass_through

            pass_through(draft, gates, self.approval, own=own)

    def keeps_files(self, namespace: str, draft: "Mapping[str, object]") -> None:
        """Refused if the policy wouldn't keep the body of this draft, and so no file with it."""
        decision = self.decide(namespace, draft, [])
        if decision:
            raise Refused(
                f"attachments are not kept here: {decision.rule}",
                hint="append without --attach, or see `journal policy show`",
            )

    def scrubbed(self, draft: "Draft", joined: str) -> "tuple[str, ...]":
        """The rules that found something in the draft, which is rid of it now.

        `joined`: all its texts, so that one look tells that there is nothing.
        """
        rules = self.rules(str(draft.get("namespace") or self.namespace))
        found = joined and scrub(joined, rules, values=self._values).findings
        if not found and not self._glued(draft, rules):
            return ()
        from journal.masking import Masking

        masking = Masking(rules, self.key(), self._values)
        masking.draft(draft)
        if masking.unclosed:
            self.notices.append("a <private> that nothing closes ran to the end of its text")
        return tuple(masking.found)

    def _glued(self, draft: "Draft", rules: Rules) -> bool:
        """Whether a name has a token in it that wouldn't stand out in a text."""
        namespace = str(draft.get("namespace") or self.namespace)
        for key in (*NAMES, *MARKS):
            name = str(draft.get(key) or "")
            if len(name) < _GLUED or (namespace, name) in self._clean:
                continue
            if scrub_name(name, rules, values=self._values).findings:
                return True
            if len(self._clean) < _MOST_CLEAN:
                self._clean.add((namespace, name))
        return False

    def head(self, git: str) -> str:
        """Git's HEAD as it may be kept: a branch's name may be a secret, or be denied."""
        name, _, commit = git.rpartition("@")
        if name and name not in self._heads:
            found = scrub_name(name, self.rules(self.namespace), key=b"", values=self._values)
            if found.findings:
                found = scrub_name(
                    name, self.rules(self.namespace), key=self.key(), values=self._values
                )
            self._heads[name] = "redacted" if self._denied_anywhere(name) else found.text
        return f"{self._heads[name]}@{commit}" if name else git

    def key(self) -> bytes:
        """The key of the placeholders' tails."""
        if not self._root:
            return b""
        from journal.credentials import key

        return key(self._root)

    def is_clean(self, text: str, namespace: str) -> bool:
        """Whether a text of this namespace holds no secret, as far as the rules can tell."""
        return not scrub(text, self.rules(namespace), values=self._values).findings

    def masking(self, namespace: str) -> "Masking":
        """What rids texts of this namespace of their secrets."""
        from journal.masking import Masking

        return Masking(self.rules(namespace), self.key(), self._values)

    def reading(self, namespace: str) -> "Masking":
        """The same for a file that comes: Refused where its text is on the denylist."""
        masking = self.masking(namespace)
        if self._has_denylist(namespace):
            masking.refuse = lambda text: self._refuse(namespace, text)
        return masking

    def _has_denylist(self, namespace: str) -> bool:
        if not self._policy:
            return False
        from journal.policy.admission import limits_of

        return bool(limits_of(self._policy, namespace).get("denylist"))

    def _refuse(self, namespace: str, text: str) -> None:
        if decision := self.denied(namespace, [text]):
            raise Refused(
                f"the attachment is not kept: {decision.rule}", hint="append without --attach"
            )

    def rules(self, namespace: str) -> Rules:
        """The redaction rules that the namespace's policy leaves on."""
        if not self._policy:
            return DEFAULT
        from journal.policy.admission import rules

        return rules(self._policy, namespace)

    def decide(
        self, namespace: str, draft: "Mapping[str, object]", texts: "list[str]"
    ) -> "Decision | None":
        """What the policy makes of a draft with these texts; None: keep all of it."""
        if not self._policy:
            return None
        from journal.policy.admission import decide

        return decide(self._policy, namespace, draft, texts)

    def denied(self, namespace: str, texts: "list[str]") -> "Decision | None":
        """The denylist's pattern that is in one of the texts."""
        if not self._policy:
            return None
        from journal.policy.admission import denied

        return denied(self._policy, namespace, texts)

    def _denied_anywhere(self, text: str) -> bool:
        return any(self.denied(namespace, [text]) for namespace in (self.namespace, *self._policy))

    def _withheld(self, namespace: str, draft: "Draft", rule: str) -> "Draft":
        """The record of a draft that is refused: its kind, its size, the rule; never its text."""
        if decision := self.denied(namespace, [namespace]):
            raise Refused(
                f"nothing was appended: the namespace's own name is refused: {decision.rule}"
            )
        self._check_namespace(namespace)
        from journal.masking import record

        return record(draft, rule, self.key())

    def _check_namespace(self, namespace: str) -> None:
        if scrub_name(namespace, self.rules(namespace), values=self._values).findings:
            raise looks_secret()


def looks_secret() -> UsageError:
    """The refusal of a namespace whose name looks like a secret: a folder would have that name."""
    return UsageError(
        "nothing was appended: the namespace's name looks like a secret",
        kind="bad-name",
        hint="name it otherwise",
    )


def _texts(draft: "Draft") -> "list[str]":
    """Everything of a draft that would be stored."""
    found = [draft["body"].decode()]  # type: ignore[attr-defined]
    found += [str(draft[key]) for key in (*WORDS, *NAMES, *MARKS, "namespace") if draft.get(key)]
    for key in ("tags", "meta"):
        if draft.get(key):
            _gather(draft[key], "", found)
    fields: Draft = draft.get("fields") or {}  # type: ignore[assignment]
    if pieces := origin.pieces(fields.get(origin.SOURCE)):
        parts = fields.get(origin.PARTS)
        ids = [*pieces[:2], *(one for one in pieces[2:] if not origin.is_uuid(one))]
        if isinstance(parts, list) and all(map(origin.is_uuid, parts)):
            parts = []
        _gather(parts, origin.PARTS, ids)
        found += ids
        ours = (origin.SOURCE, origin.PARTS)
        fields = {key: value for key, value in fields.items() if key not in ours}
    _gather(fields, "", found)
    return found


def _gather(value: object, under: str, found: "list[str]") -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            found.append(key)
            _gather(inner, key, found)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _gather(inner, under, found)
    elif value is not None and not isinstance(value, bool):
        found.append(f"{under}: {value}" if under else str(value))
