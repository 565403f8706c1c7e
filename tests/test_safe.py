"""Nothing that steers a terminal or hides from a reader gets through; the rest is untouched."""

import subprocess
import sys
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journal.safe import columns, one_line, safe_text

ROOT = Path(__file__).parents[1]
JOINER, TEXT_STYLE, EMOJI_STYLE = "\u200d", "\ufe0e", "\ufe0f"
FAMILY = "👨\u200d👩\u200d👧"

ATTACKS = {
    "colour": ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
    "clear screen": ("a\x1b[2J\x1b[Hb", "a␛[2J␛[Hb"),
    "title": ("\x1b]0;owned\x07", "␛]0;owned␇"),
    "link, OSC 8": (
        "\x1b]8;;https://evil.example\x1b\\text\x1b]8;;\x1b\\",
        "␛]8;;https://evil.example␛\\text␛]8;;␛\\",
    ),
    "clipboard, OSC 52": ("\x1b]52;c;cm0gLXJm\x07", "␛]52;c;cm0gLXJm␇"),
    "C1 CSI": ("\x9b31mred", "\ufffd31mred"),
    "C1 OSC": ("\x9d0;owned\x9c", "\ufffd0;owned\ufffd"),
    "overwrite": ("good\revil", "good␍evil"),
    "CRLF": ("a\r\nb", "a␍\nb"),
    "backspace, delete": ("evil\b\b\b\bgood\x7f", "evil␈␈␈␈good␡"),
    "NUL": ("a\0b", "a␀b"),
    "vertical tab, form feed": ("a\vb\fc", "a␋b␌c"),
    "separators": ("\x1c\x1d\x1e\x1f", "␜␝␞␟"),
    "unseen line breaks": ("a\x85b\u2028c\u2029d", "a␤b␤c␤d"),
    "Trojan Source": (
        "/*\u202e } \u2066if (isAdmin)\u2069 \u2066 begin */",
        "/*· } ·if (isAdmin)· · begin */",
    ),
    "all bidi controls": (
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
        "·" * 12,
    ),
    "zero width": ("a\u200bb\u200cc\u200dd\u2060e\u2061\u2062\u2063\u2064\ufeff", "a·b·c·d·e·····"),
    "soft hyphen": ("pass\u00adword", "pass·word"),
    "tags": ("hi" + "".join(chr(0xE0000 + ord(char)) for char in "obey"), "hi····"),
    "a flag spelt with tags": ("🏴\U000e0067\U000e007f", "🏴··"),
    "selectors that carry bytes": ("😀\U000e0101\U000e01ef\ufe00\ufe0e", "😀····"),
    "a row of selectors": ("😀\ufe0f\ufe0f\ufe0e", "😀\ufe0f··"),
    "a row of joiners": ("😀\u200d\u200d😀", "😀··😀"),
    "selectors after letters": ("a\ufe0f1\ufe0f é\ufe0e", "a·1· é·"),
    "a joiner after a dropped selector": ("a\ufe0f\u200d😀", "a··😀"),
    "joiners at the edges": ("\u200d😀\u200d", "·😀·"),
    "annotations": ("\ufff9base\ufffanote\ufffb", "·base·note·"),
    "lone surrogate": ("a\ud800b\udfff", "a·b·"),
    "fillers": ("\u115f\u1160\u3164\uffa0\u034f\u17b4\u180e\u180b", "·" * 8),
    "unassigned, private, not a character": ("\u0378\ue000\U000f0000\uffff", "····"),
}

ORDINARY = [
    "plain ASCII, ~all~ of it: !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}",
    "tabs\tand\nnewlines\n",
    "Größe, naïve, Łódź, Ελληνικά, Русский, Հայերեն, ქართული",
    "العربية بِسْمِ, עברית שָׁלוֹם, فارسی",
    "हिन्दी क्षत्रिय, বাংলা, தமிழ், ไทย ภาษาไทย, မြန်မာ, ខ្មែរ, አማርኛ",
    "日本語　テキスト、中文，한국어, ｶﾞ",
    "decomposed e\u0301 a\u0308 \u1112\u1161\u11ab",
    "spaces\u00a0of\u2009every\u202fwidth\u3000here",
    "∑ ∂ √ ≤ → ⇒ │ █ ▌ ● ◆ ✗ ␛ ␤ · � …",
    "😀 🚀 ⚠️ ❤️ ☎︎ 1️⃣ #️⃣ 🇩🇪 👍🏽 🏳️\u200d🌈 👩🏽\u200d💻 🤷\u200d♂️ ❤️\u200d🔥 " + FAMILY,
]

NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x9b\r\n\t\x85\u2028\u202e\u200b\u200c\ufeff\ud800\U000e0041a1 "),
        st.sampled_from([JOINER, TEXT_STYLE, EMOJI_STYLE, "\u20e3", "😀", "❤", "🏽", "👩", "日"]),
    )
)


@pytest.mark.parametrize(("text", "shown"), ATTACKS.values(), ids=ATTACKS)
def test_attacks_are_drawn(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_untouched(text: str) -> None:
    assert safe_text(text) == text


def test_every_character_alone() -> None:
    everything = "a".join(map(chr, range(0x110000)))
    shown = safe_text(everything)
    assert len(shown) == len(everything)
    unseen = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert {category(char) for char in set(shown) - {"\n", "\t"}}.isdisjoint(unseen)
    drawn = {
        before: after for before, after in zip(everything, shown, strict=True) if before != after
    }
    controls = {char: after for char, after in drawn.items() if "\x80" <= char < "\xa0"}
    assert controls == {chr(code): "\ufffd" for code in range(0x80, 0xA0)} | {"\x85": "␤"}
    for before, after in drawn.items():
        assert after in "·␤␡\ufffd" or after == chr(0x2400 + ord(before))
    letters = {"Lu", "Ll", "Lt", "Lm", "Nd", "Nl", "Mc", "Po", "Sc", "Sm", "So", "Zs"}
    assert {category(char) for char in drawn}.isdisjoint(letters)


@given(NASTY, st.text(st.characters(), max_size=4))
@example("\n\t\r\x1b", "\r\x1b\x9b\u202e")
def test_nothing_unseen_gets_through(text: str, keep: str) -> None:
    shown = safe_text(text, keep=keep)
    for at, char in enumerate(shown):
        if category(char) == "Cc":
            assert char in "\n\t"
            assert char in keep
        elif char == JOINER:
            assert 0 < at < len(shown) - 1
            assert category(shown[at + 1]) in ("So", "Sm", "Po", "Cn")
        else:
            assert category(char) not in ("Cf", "Cs", "Zl", "Zp")


@given(NASTY)
def test_joiners_and_selectors_each_follow_something_seen(text: str) -> None:
    shown = safe_text(text)
    for before, char in zip(" " + shown, shown, strict=False):
        if char in (TEXT_STYLE, EMOJI_STYLE):
            assert before in "0123456789#*" or category(before) in ("So", "Sm", "Po", "Cn")
        if char == JOINER:
            assert before in (TEXT_STYLE, EMOJI_STYLE) or category(before)[0] in "SPC"
            assert before != JOINER


@given(NASTY)
def test_safe_text_of_safe_text_is_itself(text: str) -> None:
    shown = safe_text(text)
    assert len(shown) == len(text)
    assert safe_text(shown) == shown


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_printable_ascii_passes(text: str) -> None:
    assert safe_text(text, keep="") == text


def test_what_is_kept() -> None:
    assert safe_text("a\n\tb") == "a\n\tb"
    assert safe_text("a\n\tb", keep="") == "a␊␉b"
    assert safe_text("é\n\tb", keep="\n") == "é\n␉b"
    assert safe_text("\x1b\r", keep="\x1b\r") == "␛␍"


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        ("  a \n\n b\t\tc  ", None, "a b c"),
        ("a\u00a0\u3000b", None, "a b"),
        ("a\x1b[2Jb\rc", None, "a␛[2Jb␍c"),
        ("hello", 5, "hello"),
        ("hello!", 5, "hell…"),
        ("foo bar", 5, "foo…"),
        ("hello", 1, "…"),
        ("hello", 0, ""),
        ("", 0, ""),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("日本語", 1, "…"),
        ("e\u0301tudes", 6, "e\u0301tudes"),
        ("e\u0301tudes", 3, "e\u0301t…"),
        ("⚠️ hot", 6, "⚠️ hot"),
        ("⚠️ hot", 5, "⚠️ h…"),
        (FAMILY + "!", 6, "👨\u200d👩…"),
    ],
)
def test_one_line(text: str, width: int | None, line: str) -> None:
    assert one_line(text, width) == line


@given(NASTY, st.integers(0, 40))
def test_one_line_is_one_safe_line_that_fits(text: str, width: int) -> None:
    line = one_line(text, width)
    assert columns(line) <= width
    assert safe_text(line, keep="") == line
    assert line == " ".join(line.split())
    whole = one_line(text)
    if columns(whole) <= width:
        assert line == whole
    elif width:
        assert line.endswith("…")
        assert whole.startswith(line[:-1])


def test_columns() -> None:
    assert columns("plain") == 5
    assert columns("日本 e\u0301") == 6
    assert columns("1\ufe0f\u20e3") == 2
    assert columns("\u1112\u1161\u11ab") == 2


def test_importing_and_using_it_loads_nothing() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules)\n"
        "from journal.safe import one_line, safe_text\n"
        "safe_text('\\x1b é 日'), one_line('plain', 3)\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["journal", "journal.safe"]
