"""Where a secret could stand in a text, without the regex engine: most texts end here.

Cheap on purpose, see `journal.redaction`. The text is looked at as bytes, one for each character.
"""

# Where to look, in small letters; the rest of a name is read around it.
STEMS = {
    "pass": "password", "pw": "password", "salt": "salt", "secret": "secret",
    "token": "token", "key": "api-key", "auth": "authorization", "cred": "credential",
    "senha": "password", "kennwort": "password", "wachtwoord": "password",
    "contrase\u00f1a": "password", "has\u0142o": "password", "\u5bc6\u7801": "password",
    "\u53e3\u4ee4": "password", "\u5bc6\u78bc": "password", "\u51ed\u8bc1": "credential",
    "\u5bc6\u94a5": "api-key", "\u4ee4\u724c": "token",
    "\u30d1\u30b9\u30ef\u30fc\u30c9": "password", "\ube44\ubc00\ubc88\ud638": "password",
    "\u043f\u0430\u0440\u043e\u043b\u044c": "password",
}  # fmt: skip

_PLAIN = [(stem.encode(), stem) for stem in STEMS if stem.isascii()]
_FOREIGN = [stem for stem in STEMS if not stem.isascii()]

# What the tokens of `tokens` and `beginnings` begin with.
BEGINNINGS = (
    "4b1d A3- ABIA ABSK ACCA AGE-SECRET-KEY-1 AIza AKCp AKIA AKID API- APP_USR- AQVN ASIA "
    "ATATT3 ATBB ATCTT3 ATTA BBFF- CCIPAT_ CCIPRJ_ CFPAT- CLOJARS_ EAAA EAAB EAAC EAAD EAAG "
    "EAAM EZAK EZTK FLWPUBK_TEST- FLWSECK- FLWSECK_TEST- GOCSPX- GR1348941 HRKU- LTAI NRAK- "
    "NRII- NRIQ- NRJS- PMAK- PMAT- SG. SK SWMTKN-1- WPL_AP1. YCAJ YCDK ZXlK "
    "access-development- access-production- access-sandbox- age-secret-key-1 amzn.mws. "
    "amzn1.oa2-cs.v1. api_org_ authress_ b. b_ bedrock-api-key- bkct_ bkua_ cfat_ cfk_ cfut_ "
    "cio cmVmd csk- dapi dckr_oat_ dckr_pat_ ddo_ ddp_ dnkey- doo_v1_ dop_v1_ dor_v1_ "
    "dp.audit. dp.ct. dp.pt. dp.sa. dp.scim. dp.st. dt0c01. dt0s01. dt0s02. duffel_live_ "
    "duffel_test_ e2b_ ext_ eyJ fc- figd_ figo_ fio-u- fm1a_ fm1r_ fm2_ fo1_ gho_ ghp_ ghr_ "
    "ghs_ ghu_ github_pat_ glagent- glc_ glcbt- gldt- glffct- glft- glimt- gloas- glpat- "
    "glptt- glrt- glrtr- glsa_ glsoat- glwt- gsk_ hf_ hvb. hvr. hvs. ico- jina_ key- lin_api_ "
    "lin_oauth_ live_ lkr_ looker_ lsv2_pt_ lsv2_sk_ maxmind_ napi_ nfp_ npm_ ntn_ nvapi- "
    "ops_eyJ oy2 p8e- pat-eu1- pat-na1- pat-na2- phx_ pnb_ pnu_ polar_oat_ polar_pat_ "
    "pplx- pscale_oauth_ pscale_pw_ pscale_tkn_ pubkey- pul- pylf_v1_ pypi-AgE r. r8_ rdme_ "
    "re_ rk_live_ rk_prod_ rk_test_ rnd_ rubygems_ rzp_live_ rzp_test_ s-s4t2af- s-s4t2ud- s. "
    "sb_secret_ sbp_ sc_ scauth_ secret_ sgp_ sgp_local_ sha256~ shippo_live_ shippo_test_ "
    "shpat_ shpca_ shppa_ shpss_ shptka_ sk- sk-ant- sk.eyJ sk_ sk_live_ sk_prod_ sk_test_ "
    "sl. slk_ sm_aat_ sm_pat_ sm_sat_ sntrys_ sntryu_ sq0atp- sq0csp- sqa_ sqp_ squ_ t1. tfp_ "
    "tk-us- tk.eyJ tr_dev_ tr_prod_ tskey- tvly- v1.0- vca_ vci_ vck_ vcp_ vcr_ waka_ "
    "wandb_v1_ whsec_ xai- xapp- xkeysib- xoxa- xoxb- xoxc- xoxd- xoxe- xoxe. xoxo- xoxp- "
    "xoxr- xoxs- xsmtpsib- xwfp- y0_ ya29. zap_"
).split()
_BY_HEAD: dict[bytes, list[tuple[bytes, str]]] = {}
_LEAST = 18
_RUN = b"a" * _LEAST
_NAME = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
_table = bytearray(b" " * 256)
for _byte in _NAME + b"~":
    _table[_byte] = 97
_RUNS = bytes(_table)
_SAYING = frozenset(b"is are was to be ist lautet est es string str".split())
_SETTING = (b"ENV", b"ARG", b"set ", b"login")
_HASHES = (b"$2", b"$1$", b"$5$", b"$6$", b"$y$", b"$apr1$", b"$argon2", b"$pbkdf2", b"$scrypt")


def sift(text: str) -> "tuple[bytes, bytes]":
    """The text as bytes, and in small letters; anything beyond ASCII is a question mark."""
    raw = text.encode("ascii", "replace")
    return raw, raw.lower()


def hits(raw: bytes, low: bytes) -> "list[tuple[int, str]]":
    """Where the literals of rules stand, and look as if there were a secret."""
    found = runs(raw)
    for literal, look in _PLACES:
        at = low.find(literal)
        while at >= 0:
            hit = look(raw, low, at)
            if hit is not None:
                found.append(hit)
            at = low.find(literal, at + len(literal))
    return found


def assignments(text: str, raw: bytes, low: bytes) -> "list[tuple[int, int, str]]":
    """Start, end and rule of the values that stand beside a telling name."""
    places = []
    for literal, stem in _PLAIN:
        at = low.find(literal)
        while at >= 0:
            if _has_value(raw, low, at):
                places.append((at, stem))
            at = low.find(literal, at + len(literal))
    if not text.isascii():
        for stem in _FOREIGN:
            at = text.find(stem)
            while at >= 0:
                places.append((at, stem))
                at = text.find(stem, at + len(stem))
    if not places:
        return []
    from journal.redaction.assigned import find

    found = [(find(text, at, stem), STEMS[stem]) for at, stem in places]
    return [(*span, rule) for span, rule in found if span is not None]


def _has_value(raw: bytes, low: bytes, at: int) -> bool:
    """Whether the name that has its stem here could have a value after it: `assigned` looks."""
    rest = raw[at : at + 160].lstrip(_NAME)
    bare = rest.lstrip(b"\\\"'`*] \t")
    sign = bare[:1]
    if sign in b"\r\n,":
        return b"value" in low[at : at + 250] or (sign == b"," and bare[1:].lstrip()[:1] in b"\"'")
    if sign in b":=?|+~<>(.":
        return True
    if rest[:1] in b"\"'`\\" or len(rest) - len(bare) != len(rest) - len(rest.lstrip(b" \t")):
        return True
    word = bare.split(None, 1)[0].lower()
    if word.rstrip(b":") in _SAYING:
        return True
    before = raw[max(0, at - 130) : at]
    return b"--" in before or any(map(before.__contains__, _SETTING))


def runs(raw: bytes) -> "list[tuple[int, str]]":
    """Long runs of letters, digits and the like that begin, or are built, as a token is."""
    found = []
    plain = raw.translate(_RUNS)
    at = plain.find(_RUN)
    while at >= 0:
        end = plain.find(b" ", at + _LEAST)
        end = end if end >= 0 else len(plain)
        begun = _beginnings(raw, at)
        if begun:
            found += [(at, word) for word in begun]
        if _is_shaped(raw, at, end):
            found.append((at, ""))
        elif raw[at - 1 : at] == b"\\":  # an escaped newline before it
            found += [(at + 1, word) for word in _beginnings(raw, at + 1)]
        at = plain.find(_RUN, end)
    return found


def glued(raw: bytes) -> "list[tuple[int, str]]":
    """Where tokens begin within a name, after one of the signs that names are made with."""
    found = []
    for at in range(len(raw)):
        if at and raw[at - 1 : at] in b"._-/":
            found += [(at, word) for word in _beginnings(raw, at)]
    return found


def _beginnings(raw: bytes, at: int) -> "list[str]":
    if not _BY_HEAD:
        for text in sorted(BEGINNINGS, key=len, reverse=True):
            _BY_HEAD.setdefault(text[:2].encode(), []).append((text.encode(), text))
    begun = _BY_HEAD.get(raw[at : at + 2], ())
    return [word for start, word in begun if raw.startswith(start, at)]


def _is_shaped(raw: bytes, at: int, end: int) -> bool:
    """Whether the run is built like a token that has no beginning of its own."""
    size = end - at
    if size >= 30 and (
        raw[at + 32 : at + 35] == b"-us"
        or (raw[at - 1 : at] == b":" and raw[max(0, at - 6) : at - 1].isdigit())
    ):
        return True
    if size >= 50 and (
        raw[at + 41 : at + 42] == raw[at + 32 : at + 33] == b"-" != raw[at : at + 1]
        or raw[at + 14 : at + 23] == b".atlasv1."
        or (raw[at : at + 3] == b"pat" and raw[at + 17 : at + 18] == b".")
        or (raw[at : at + 1] in b"MNO" and raw.count(b".", at, end) == 2)
    ):
        return True
    return raw[at + 4 : at + 6] == b"Q~"


def _url(raw: bytes, _low: bytes, at: int) -> "tuple[int, str] | None":
    """The scheme's end of the address that this @ may end a user and a password in."""
    start = raw.rfind(b"://", max(0, at - 300), at)
    if start < 0:
        return None
    between = raw[start + 3 : at]
    if b"/" in between or (b":" not in between and len(between) < 20):
        return None
    if len(between.split(None, 1)) != 1:
        return None
    return start, "://"


def _hashed(raw: bytes, _low: bytes, at: int) -> "tuple[int, str] | None":
    if raw[at + 1 : at + 2] in b"2156yaps" and raw.startswith(_HASHES, at):
        return at, "$"
    return None


def _scheme(raw: bytes, low: bytes, at: int) -> "tuple[int, str] | None":
    """A scheme of authorization whose next word isn't plain."""
    words = raw[at : at + 80].split(None, 2)
    word = words[1].strip(b"\"'`.,;:)<>") if len(words) > 1 else b""
    if len(word) < 8 or (word[1:].islower() and not _by_lot(word)):
        return None
    return at, "basic" if low[at : at + 1] == b"b" and low[at + 1 : at + 2] == b"a" else "bearer"


def _by_lot(word: bytes) -> bool:
    from journal.redaction.likeness import by_lot

    return by_lot(word.decode())


def _curl(raw: bytes, _low: bytes, at: int) -> "tuple[int, str] | None":
    near = raw[at : at + 700]
    if b" -u" in near or b"--user" in near or b" -U" in near or b"--proxy-user" in near:
        return at, "curl"
    return None


def _hook(raw: bytes, _low: bytes, at: int) -> "tuple[int, str] | None":
    if raw.startswith(b"hooks.slack.com/", at):
        return at, "hooks.slack.com/"
    for word in ("/webhooks/", "/webhookb2/"):
        if at >= 4 and raw.startswith(word.encode(), at - 4):
            return at - 4, word
    return None


def _private_key(raw: bytes, _low: bytes, at: int) -> "tuple[int, str] | None":
    start = raw.rfind(b"-----", max(0, at - 45), at)
    for word in ("-----BEGIN", "-----END"):
        if start >= 0 and raw.startswith(word.encode(), start):
            return start, word
    return None


def _kubernetes(raw: bytes, _low: bytes, at: int) -> "tuple[int, str] | None":
    kind = raw[at + 5 : at + 16].strip(b" \t\"'\r\n").lower()
    return (at, "kind:") if kind[:6] == b"secret" else None


def _putty(_raw: bytes, _low: bytes, at: int) -> "tuple[int, str] | None":
    return at, "PuTTY-User-Key-File-"


def _identified(_raw: bytes, _low: bytes, at: int) -> "tuple[int, str] | None":
    return at, "identified"


def _command(_raw: bytes, low: bytes, at: int) -> "tuple[int, str] | None":
    """An option -p of a program that takes a password by it."""
    line = low[max(0, low.rfind(b"\n", max(0, at - 200), at) + 1, at - 200) : at]
    return (at, " -p") if any(map(line.__contains__, _PROMPTING)) else None


_PROMPTING = (b"mysql", b"sshpass", b"login", b"mongo", b"mariadb")
_PLACES = [
    (b"@", _url),
    (b"$", _hashed),
    (b"basic ", _scheme),
    (b"bearer ", _scheme),
    (b"curl ", _curl),
    (b"hook", _hook),
    (b"private key", _private_key),
    (b"putty-user-key-file-", _putty),
    (b"identified by ", _identified),
    (b"kind:", _kubernetes),
    (b" -p", _command),
]
