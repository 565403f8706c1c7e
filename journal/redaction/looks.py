"""The closer looks of the sieve: where a run is long, where a literal stands.

Cheap on purpose, as `journal.redaction.sieve` is, which loads this at the first such place.
"""

# What the tokens of `tokens` and `beginnings` begin with.
BEGINNINGS = (
    "4b1d A3- ABIA ABSK ACCA AGE-SECRET-KEY-1 AIza AKCp AKIA AKID API- APP_USR- AQVN ASIA "
    "ATATT3 ATBB ATCTT3 ATTA BBFF- CCIPAT_ CCIPRJ_ CFPAT- CLOJARS_ EAAA EAAB EAAC EAAD EAAG "
    "EAAM EZAK EZTK FLWPUBK_TEST- FLWSECK- FLWSECK_TEST- GOCSPX- GR1348941 HRKU- LTAI "
    "LS0tLS1CRUdJTi NRAK- NRII- NRIQ- NRJS- PMAK- PMAT- SG. SK SWMTKN-1- WPL_AP1. YCAJ YCDK ZXlK "
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

# Those that nothing else is likely to begin with: after any sign that words are joined by, too.
_COMMON = frozenset(
    "key- pubkey- live_ secret_ API- APP_USR- looker_ ext_ scauth_ tr_dev_ tr_prod_ ico- waka_"
    " s-s4t2af- s-s4t2ud- t1. y0_ v1.0- re_ rnd_ fc- csk- pul-".split()
)
_SHORT = frozenset(
    "AKIA ASIA ABIA ACCA AIza LTAI LS0tLS1CRUdJTi eyJ hf_ SG. hvs. hvb. sk- ATATT3".split()
)
_WITHIN = _SHORT | {
    word
    for word in BEGINNINGS
    if len(word) >= 4 and ("_" in word or "-" in word) and word not in _COMMON
}
_BY_HEAD: dict[bytes, list[tuple[bytes, str]]] = {}
for _word in sorted(BEGINNINGS, key=len, reverse=True):
    _BY_HEAD.setdefault(_word[:2].encode(), []).append((_word.encode(), _word))
_HEADS = frozenset(word[:2].encode() for word in _WITHIN)
_APART = bytes.maketrans(b"_-.~", b"    ")
_APART_BY = 12
_HEX = b"0123456789abcdefABCDEF"
_HASHES = (b"$2", b"$1$", b"$5$", b"$6$", b"$y$", b"$apr1$", b"$argon2", b"$pbkdf2", b"$scrypt")
_ENDS_OF_KEYS = (
    ("-----BEGIN", b"-----begin"), ("-----END", b"-----end"),
    ("-----BEGIN", b"---- begin"), ("-----END", b"---- end"),
)  # fmt: skip
_FINALS = b"mK"  # of the sequences that colour what a terminal shows
# What takes a password by its option -p.
PROGRAMS = ("mysql", "sshpass", "login", "mongo", "mariadb")
_PROGRAMS = tuple(map(str.encode, PROGRAMS))


def begun(raw: bytes, at: int, end: int) -> "list[tuple[int, str]]":
    """Where tokens begin in this run: with it, after an escape, after a sign."""
    heads = _BY_HEAD.get(raw[at : at + 2])
    found = [(at, word) for start, word in heads if raw.startswith(start, at)] if heads else []
    if at and raw[at - 1] in b"\\%[;=":
        escape = _escape(raw, at)
        if escape:
            found += [(at + escape, word) for word in beginnings(raw, at + escape)]
    pieces = raw[at:end].translate(_APART).split(b" ")
    for piece in pieces:
        if piece[:2] in _HEADS:
            return found + _within(raw, at + len(pieces[0]) + 1, pieces[1:])
    return found


def _within(raw: bytes, at: int, pieces: "list[bytes]") -> "list[tuple[int, str]]":
    found: list[tuple[int, str]] = []
    for piece in pieces:
        words = beginnings(raw, at) if piece[:2] in _HEADS else ()
        begun = [(at, word) for word in words if word in _WITHIN]
        if begun and found and at - found[-1][0] < _APART_BY:
            found = [one for one in found if at - one[0] >= _APART_BY]  # too short for a token
        found += begun
        at += len(piece) + 1
    return found


def glued(raw: bytes) -> "list[tuple[int, str]]":
    """Where tokens begin within a name, after one of the signs that names are made with."""
    found = []
    for at in range(1, len(raw)):
        if raw[at - 1] in b"._-/" or _after_placeholder(raw, at):
            found += [(at, word) for word in beginnings(raw, at)]
    return found


def beginnings(raw: bytes, at: int) -> "list[str]":
    """The beginnings that stand at this place."""
    heads = _BY_HEAD.get(raw[at : at + 2], ())
    return [word for start, word in heads if raw.startswith(start, at)]


def _after_placeholder(raw: bytes, at: int) -> bool:
    last = raw[max(0, at - 5) : at]
    return last[:1] == b"-" and b"redacted-" in raw[:at] and not last[1:].strip(_HEX)


def _escape(raw: bytes, at: int) -> int:
    """How many characters of the run belong to an escape that begins before it."""
    before = raw[at - 1 : at] if at else b""
    if before == b"\\":
        digits = {b"u": 4, b"x": 2}.get(raw[at : at + 1], 0)
        return 1 + digits if not raw[at + 1 : at + 1 + digits].strip(_HEX) else 1
    if before == b"%" or (before == b"=" and raw[at : at + 2] == b"3D"):
        return 2 if not raw[at : at + 2].strip(_HEX) else 0
    if before in (b"[", b";"):
        rest = raw[at : at + 4].lstrip(b"0123456789")
        return len(raw[at : at + 4]) - len(rest) + 1 if rest[:1] and rest[0] in _FINALS else 0
    return 0


def is_shaped(raw: bytes, at: int, end: int) -> bool:
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
    near = near[: near.find(b"curl ", 5)] if b"curl " in near[5:] else near
    if b":" not in near:
        return None
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


def _private_key(_raw: bytes, low: bytes, at: int) -> "tuple[int, str] | None":
    for word, mark in _ENDS_OF_KEYS:
        start = low.rfind(mark, max(0, at - 45), at)
        if start >= 0:
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
    return (at, " -p") if any(map(line.__contains__, _PROGRAMS)) else None


def _cookie(raw: bytes, _low: bytes, at: int) -> "tuple[int, str] | None":
    return (at, "cookie:") if b"=" in raw[at : at + 200] else None


LOOKS = {
    b"@": _url,
    b"$": _hashed,
    b"basic ": _scheme,
    b"bearer ": _scheme,
    b"curl ": _curl,
    b"hook": _hook,
    b"private key": _private_key,
    b"putty-user-key-file-": _putty,
    b"identified by ": _identified,
    b"kind:": _kubernetes,
    b" -p": _command,
    b"cookie: ": _cookie,
}
