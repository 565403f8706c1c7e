"""Whether a piece of text looks drawn by lot, like a word, or like a stand-in for a secret.

Cheap on purpose: the sieve asks before the regex engine is imported.
"""

from itertools import pairwise

# How rare a letter is after another in English and in names of programs: -log2 of its share as a
# hex digit, one row of 26 for each first letter, a to z. Which
# texts were counted is not on record; a count over a fifth of the commits that tests/test_real_data
# reads differs from it by 0.7 of a digit in the mean (documents: 1.5).
_RARITY = (
    "7544875859635385C34356786A3656379836B35838E45738EB6A385837935A448927D56359BA78"
    "4675277738957748F44648886A474355687B845375723485657B3766347A29E47837B4554E8A5E"
    "497828543AA46446E447498A8828772ABC3A886636B465497E6A5545565C99744236A54486B6A6"
    "2A7A2C695887682775573C6CCC396726763D679548D6365B5D5D3785278C3D738B36F855579C4A"
    "257729AA3F975843B95858987D4843352849678648B83366A8796545776869644255F35445579A"
    "396638754F837934C3545B9B6DBB8668BB6BB48787B5580BB9BB375527693D6655379544578E58"
    "584738843A6677447842487B59396727A42B957948E4455C7958545547594B734374F333A9988B"
    "3777179B2BA87758D97B7BDA9B29773AA43D86743DD4488D7D9D4C4737A63CCA6872C9626CC55C"
    "46694A684AC43343C724695AA7389818B446975B58B96B6B7B37"
)
_A = ord("a")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdefABCDEF")
_SIGNS = frozenset("!@#$%^&*(){}[]<>?|;")
_RARE = 4.9  # plain words have 2.5 to 4.5, letters drawn by lot about 6

_STAND_INS = (
    "example", "your", "placeholder", "changeme", "change_me", "change-me", "change_this",
    "changethis", "replace", "redacted", "removed", "insert", "dummy", "sample", "xxxx", "****",
    "...", "____", "----", "todo", "fixme", "undefined",
    "<secret", "my_", "my-", "fake", "0000000", "1234567890123", "abcdefghij", "lorem", "foobar",
    "enter_", "enter-", "\u2026", "notreal", "not-a-real", "hidden", "masked", "omitted", "oauth",
)  # fmt: skip
_DOTS = ("xxxx", "****", "...", "____", "----", "\u2026", "0000000", "1234567890123", "abcdefghij")
_OPENINGS = "$<{%[(!&@\u2026*#\u00ab"
_WORDS = frozenset(
    "password passwd passwords passphrase pass pwd secret secrets token tokens key keys apikey"
    " api_key api-key access_token auth auth_token credential credentials username user login email"
    " string str text bytes none null nil true false bool boolean int integer number object char"
    " varchar required optional hidden value values test testing tests default admin root guest"
    " undefined empty yes no on off any type name input field file path url uri env bearer basic"
    " digest include omit same-origin plain plaintext md5 sha1 sha256 bcrypt scrypt argon2 hash"
    " here this that the your with and for from when not must may will can should which is are was"
    " be has have been set unset get new old random generated encrypted prompt ask interactive"
    " foo bar baz qux foobar hello world xyz abc abc123 abcd 1234 12345 123456 1234567 12345678"
    " 123456789 1234567890 0000 1111 aaaa bbbb disabled enabled false, true, 32-bytes sensitive"
    " private public static final const function return self this.password props.password"
    " somepassword some_password mypassword mysecret mytoken user:pass"
    " my-password postgres mysql redis mongo".split()
)


_REMEMBERED = 256
_by_lot: dict[str, bool] = {}
_stand_ins: dict[str, bool] = {}


def stand_in(text: str) -> bool:
    """Whether it is a template, a placeholder or one of the words that documents put there."""
    known = _stand_ins.get(text)
    if known is None:
        if len(_stand_ins) >= _REMEMBERED:
            _stand_ins.clear()
        known = _stand_ins[text] = _stands_in(text)
    return known


def _stands_in(text: str) -> bool:
    if text[:1] in _OPENINGS and _is_template(text):
        return True
    low = text.lower()
    if low in _WORDS or len(set(low)) < min(4, len(low)):
        return True
    mark = next((mark for mark in _STAND_INS if mark in low), "")
    if not mark:
        return False
    at = low.find(mark)
    rest = text[:at] + text[at + len(mark) :]
    return mark in _DOTS or len(rest) < 16 or not by_lot(rest)  # else: only dressed up as one


def _is_template(text: str) -> bool:
    """Whether it is `$NAME`, `${…}`, `<…>`, `{{ … }}` and the like as a whole."""
    inner = text.strip("$<>{}%[]()!&@*#\u00ab\u00bb \u2026")
    plain = inner.replace("_", "").replace("-", "").replace(".", "").replace(" ", "")
    return not plain or not by_lot(plain) or text[:2] in ("${", "{{", "<%", "$(", "#{", "%(")


def rarity(text: str) -> float:
    """The mean rarity of the letters, each after the one before it; 0 without two letters."""
    low = text.lower()
    total = pairs = 0
    last = -1
    for char in low:
        place = ord(char) - _A
        if 0 <= place < 26:
            if last >= 0:
                total += int(_RARITY[last * 26 + place], 16)
                pairs += 1
            last = place
        else:
            last = -1
    return total / pairs if pairs else 0.0


def by_lot(text: str) -> bool:
    """Whether the text, of 8 characters or more, looks drawn by lot rather than written."""
    if len(text) < 8:
        return False
    known = _by_lot.get(text)
    if known is None:
        if len(_by_lot) >= _REMEMBERED:
            _by_lot.clear()
        known = _by_lot[text] = _drawn(text)
    return known


def _drawn(text: str) -> bool:
    if len(text) >= 12 and len(_SIGNS & set(text)) >= 3 and " " not in text:
        return True
    digits = sum(map(_DIGITS.__contains__, text))
    kinds = len(set(text))
    if digits == 0:
        return kinds >= 6 and _letters_by_lot(text)
    if kinds < 6 or digits == len(text):
        return False
    if _HEX.issuperset(text):
        return len(text) >= 16 and kinds >= 8
    return _changes(text) >= 4 or rarity(text) > _RARE


def _letters_by_lot(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    if letters * 4 < len(text) * 3:
        return False
    return rarity(text) > _RARE


def _changes(text: str) -> int:
    """How often digits follow letters or the other way round, but for parts set off by signs."""
    pairs = pairwise(text)
    return sum(a.isdigit() != b.isdigit() for a, b in pairs if a.isalnum() and b.isalnum())
