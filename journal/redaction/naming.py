"""What the name of a value says about it: a password, something random, or nothing.

Cheap on purpose, see `journal.redaction`.
"""

STRONG, WEAK, FAINT, BARE, NOTHING = 4, 3, 2, 1, 0


_STRONG = frozenset(
    "password passwd passwort passphrase passcode pwd psw pswd passw passord motdepasse"
    " passe pw userpass dbpass rootpass mypass adminpass requirepass masterpass sshpass"
    " kennwort wachtwoord senha".split()
)
_WEAK = frozenset(
    "salt secret token auth authorization authentication credential credentials cred creds"
    " authkey passkey apikey authtoken accesskey secretkey".split()
)
# What makes a name one of something about a secret, when it stands before. No list of
# this kind is complete: bench/redaction.py tells whether a word does good.
_BEFORE = frozenset(
    "public pub primary foreign unique cache cached sort partition hash shard routing route"
    " hot next page pagination continuation cursor press forgot no without show hide toggle"
    " max min num total input output prompt completion completions per used stop eos bos pad"
    " unk sep cls mask idempotency commit checksum integrity etag sync object row column"
    " index map dict json yaml xml translation message i18n locale label string event arrow"
    " enter tab escape shift ctrl control alt option registry group project sonar sitemap"
    " storage_account dedupe dedup lock lookup search by of for the a an any each every this"
    " that known host hosts fingerprint trusted gpg pgp signing verification verify ssh-rsa".split()
)
_ENDS_STRONG = ("password", "passwd", "pwd", "passphrase", "passcode", "passwort", "pswd")
_ENDS_WEAK = ("token", "secret", "credential", "credentials", "creds", "apikey", "secretkey")
_KEYED = frozenset(
    "api access auth secret private encryption encrypt decryption master account shared"
    " service app client license licence crypto aes des jwt session cookie subscription"
    " deploy admin rest consumer sdk write read bot webhook hmac salt security application"
    " jwk rsa".split()
)
_GO_ON = frozenset("value val prod dev test live staging stage old new production raw base64 b64"
    " string str text plain plaintext base prd qa uat temp tmp a b".split())  # fmt: skip

_NO_KEYS = frozenset("monkey hotkey turkey donkey jockey hockey whiskey pubkey".split())
_NOT_PASS = frozenset("no forgot show hide two one first second single by test does did".split())

_known: dict[str, int] = {}


def strength(name: str) -> int:
    """How much a name such as `dbPassword` or `X-Api-Key` speaks for a secret as its value."""
    known = _known.get(name)
    if known is None:
        if len(_known) > 4096:
            _known.clear()
        known = _known[name] = _strength(words(name))
    return known


def words(name: str) -> "list[str]":
    """The parts of a name, in small letters: apart at signs, at capitals."""
    parts: list[str] = []
    start, last = 0, ""
    for at, char in enumerate(name):
        if not char.isalnum():
            if at > start:
                parts.append(name[start:at].lower())
            start = at + 1
        elif char.isupper() and last.islower():
            if at > start:
                parts.append(name[start:at].lower())
            start = at
        elif char.islower() and last.isupper() and at - 1 > start:
            parts.append(name[start : at - 1].lower())
            start = at - 1
        last = char
    if len(name) > start:
        parts.append(name[start:].lower())
    return parts


def _strength(parts: "list[str]") -> int:
    while parts and (parts[-1].isdigit() or parts[-1] in _GO_ON):
        parts = parts[:-1]
    if not parts:
        return NOTHING
    last = parts[-1].rstrip("0123456789")
    before = parts[:-1]
    if not last.isascii():
        return STRONG
    if last == "pass":
        return STRONG if before and before[-1] not in _NOT_PASS else WEAK
    if last in _STRONG or last.endswith(_ENDS_STRONG):
        return STRONG if not before or before[-1] not in _NOT_PASS else NOTHING
    return _of_others(last, before)


def _of_others(last: str, before: "list[str]") -> int:
    if before and (before[-1] in _BEFORE or before[-2:] == ["public", "key"]):
        return NOTHING
    if last.endswith(("key", "keys")):
        return _of_key(last, before)
    return WEAK if last in _WEAK or last.endswith(_ENDS_WEAK) else NOTHING


def _of_key(last: str, before: "list[str]") -> int:
    if last in ("key", "keys"):
        if not before:
            return BARE
        return WEAK if not _KEYED.isdisjoint(before[-2:]) else FAINT
    stem = last.removesuffix("key")
    if last in _NO_KEYS or stem == last or stem in _BEFORE:
        return NOTHING
    return WEAK if stem in _KEYED else FAINT
