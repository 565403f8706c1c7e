"""Known values are found whole in every encoding, wrapped at any width, wherever they stand."""

import base64
import json
import random
import sys
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from journal.credentials import kept
from journal.redaction import escapes, private
from journal.redaction.values import Values, _all_forms, forms

KEY = bytes(range(32))
ANY = st.characters(exclude_categories=["Cs"])
SOLID = st.characters(exclude_categories=["Cs", "Cc", "Z"])
VALUE = st.text(SOLID, min_size=5, max_size=40)
NOISE = st.text(ANY, max_size=60)
AROUND = st.tuples(NOISE, NOISE).map(lambda pair: [f"{pair[0]} ", f"\n{pair[1]}"])
WIDTH = st.integers(1, 80)

Encoding = Callable[[str], str]
PLAIN: dict[str, Encoding] = {
    "plain": lambda v: v,
    "json": json.dumps,
    "json as it is": lambda v: json.dumps(v, ensure_ascii=False),
    "json with slashes": lambda v: json.dumps(v).replace("/", "\\/"),
    "json in json": lambda v: json.dumps({"out": json.dumps({"key": v})}),
    "url": urllib.parse.quote,
    "url, all of it": lambda v: urllib.parse.quote(v, safe=""),
    "url in small letters": lambda v: "".join(f"%{b:02x}" for b in v.encode()),
    "form": urllib.parse.quote_plus,
    "json in a url": lambda v: urllib.parse.quote(json.dumps(v)),
    "url in json": lambda v: json.dumps({"u": urllib.parse.quote(v)}),
    "url twice": lambda v: urllib.parse.quote(urllib.parse.quote(v)),
    "bytes": lambda v: "".join(f"\\x{b:02x}" for b in v.encode()),
}
CODED: dict[str, Encoding] = {
    "hex": lambda v: v.encode().hex(),
    "HEX": lambda v: v.encode().hex().upper(),
    "hex:hex": lambda v: v.encode().hex(":"),
}


def _base64(written: Callable[[bytes], str], before: int, after: int) -> Encoding:
    return lambda value: written(b"x" * before + value.encode() + b"y" * after)


WRITTEN: dict[str, Callable[[bytes], str]] = {
    "base64": lambda b: base64.b64encode(b).decode(),
    "base64url": lambda b: base64.urlsafe_b64encode(b).decode(),
    "base64 unpadded": lambda b: base64.b64encode(b).decode().rstrip("="),
    "base64 in json": lambda b: json.dumps(base64.encodebytes(b).decode()),
    "base64 in a url": lambda b: urllib.parse.quote(base64.b64encode(b), safe=""),
}
CODED |= {
    f"{name} {before} before, {after} after": _base64(written, before, after)
    for name, written in WRITTEN.items()
    for before in range(3)
    for after in range(2)
}
LINES = st.sampled_from(["\n", "\r\n", "\n    ", "\n\t"])
QUOTED = st.sampled_from(["\n", '"\n"', "' +\n  '", '" \\\n  "', "\\n", "\\r\\n", "\\\\n", "\n> "])


def veiled(known: list[tuple[str, str]]) -> Values:
    """The same values as they are kept on disk."""
    needles = [
        kept._unveiled(KEY, name, kept.veiled(KEY, form))
        for name, value in known
        for form in forms(value)
    ]
    return Values(needles=needles, key=KEY)


KINDS = st.sampled_from([Values, veiled])


def masked(values: Values, text: str) -> str:
    """The text with every span replaced by a mark that no encoding knows."""
    spans = values.find(text)
    assert all(0 <= start < end <= len(text) for start, end, _ in spans)
    assert spans == sorted(spans)
    for start, end, _ in reversed(spans):
        text = text[:start] + "¦" * (end - start) + text[end:]
    return text


def wrapped(text: str, width: int, between: str) -> str:
    return between.join(text[at : at + width] for at in range(0, len(text), width))


def sought_in_joined_text(value: str) -> bool:
    """Shorter ones are only sought as they are: chance would find them."""
    return any(view == 1 for view, *_ in _all_forms(value))


@given(VALUE, st.sampled_from(sorted(PLAIN)), NOISE, NOISE, KINDS)
@example('"\\+"+', "json", "", "", Values)
@example("\\nabcdefgh", "plain", "\\", "n", Values)
@example("n123456789", "plain", "C:\\", "", Values)
@example("😀😀", "json", "\\", "", veiled)
@example("%41%41%41", "url", "%", "41", Values)
def test_a_value_behind_escapes_is_found(
    value: str, encoding: str, before: str, after: str, kind: type[Values]
) -> None:
    assume(len(value.encode()) >= 4)
    encoded = PLAIN[encoding](value)
    # An escape that begins in the text before would swallow the first character.
    text = f"{before} {encoded} {after}" if encoding != "plain" else before + encoded + after
    left = masked(kind([("K", value)]), text)
    assert value not in left
    assert encoded not in left


@given(VALUE, st.sampled_from(sorted(CODED)), WIDTH, QUOTED | LINES, AROUND, KINDS)
def test_a_coded_value_is_found_however_it_is_wrapped(
    value: str, encoding: str, width: int, between: str, around: list[str], kind: type[Values]
) -> None:
    assume(len(value.encode()) >= 12)  # enough of base64 without `+` and `/`
    encoded = CODED[encoding](value)
    # Only blanks may split an escape.
    assume(between.isspace() or not {"\\", "%"} & set(encoded))
    text = wrapped(encoded, width, between).join(around)
    left = masked(kind([("K", value)]), text)
    assert encoded not in left
    # Nothing of it is left, but for what a character shares with a neighbour, and escapes.
    marks = left.count("¦") - text.count("¦")
    assert marks >= len(encoded.strip('="')) * 0.6


@given(VALUE, st.sampled_from(sorted(PLAIN)), WIDTH, LINES, AROUND, KINDS)
def test_escapes_are_read_over_lines(
    value: str, encoding: str, width: int, between: str, around: list[str], kind: type[Values]
) -> None:
    assume(sought_in_joined_text(value))
    encoded = PLAIN[encoding](value)
    text = wrapped(encoded, width, between).join(around)
    assert len(kind([("K", value)]).find(text)) >= 1


@given(VALUE, WIDTH, QUOTED | LINES, KINDS)
@example("000¡Ē", 1, "\n", Values)
def test_a_plain_value_is_found_over_lines(
    value: str, width: int, between: str, kind: type[Values]
) -> None:
    assume(sought_in_joined_text(value))
    assume("\\" not in value and ">" not in between)
    assume("\\" not in between or "%" not in value)
    text = wrapped(value, width, between)
    [(start, end, name), *_] = kind([("K", value)]).find(f"<<{text}>>")
    assert name == "K"
    assert start <= 2 + text.index(value.strip("\"'`+")[:1])
    assert end >= 2 + text.rindex(value.strip("\"'`+")[-1:]) + 1


@given(
    st.text(st.sampled_from("abcXYZ019ä"), min_size=8, max_size=30),
    st.data(),
    st.sampled_from(sorted(PLAIN | CODED)),
    KINDS,
)
def test_what_is_almost_the_value_is_not_found(
    value: str, data: st.DataObject, encoding: str, kind: type[Values]
) -> None:
    at = data.draw(st.integers(1, len(value) - 2))
    other = value[:at] + data.draw(st.sampled_from("qQ7ö")) + value[at + 1 :]
    text = (PLAIN | CODED)[encoding](other)
    assert kind([("K", value)]).find(f"{text}|{value[:at]}|{value[at:][:-1]}|{value[1:]}") == []


def test_prose_and_code_hold_no_value_by_chance() -> None:
    dice = random.Random(4)
    known = [(f"K{n}", base64.b64encode(dice.randbytes(9)).decode()) for n in range(50)]
    clear, hidden = Values(known), veiled(known[:10])
    for _ in range(20):
        noise = base64.encodebytes(dice.randbytes(9000)).decode() + dice.randbytes(3000).hex(" ")
        assert clear.find(noise) == []
        assert hidden.find(noise) == []
    with open(json.__file__, encoding="utf-8") as file:
        assert clear.find(file.read()) == []


def test_spans_are_those_of_the_value_alone() -> None:
    value = 'pä"s\\s/wörd+ 12%34'
    for encoded in (
        value,
        json.dumps(value)[1:-1],
        json.dumps(json.dumps(value)[1:-1])[1:-1],
        urllib.parse.quote(value),
        urllib.parse.quote_plus(value),
        value.encode().hex(),
        base64.b64encode(value.encode()).decode(),
        repr(value.encode())[2:-1],
    ):
        for kind in (Values, veiled):
            found = kind([("DB_PASSWORD", value)]).find(f"«grün» {encoded} «größer»")
            assert found == [(7, 7 + len(encoded), "DB_PASSWORD")], encoded


@pytest.mark.parametrize("kind", [Values, veiled])
@pytest.mark.parametrize(
    "written",
    [
        "x9X9-p&ss<w", "x9X9-p&amp;ss&lt;w", "&#120;9X&#x39;-p&#38;ss&#X3c;w",
        "x9X9\xad-p\u200b&ss<w", "\ufeffx9X9\u2060-p&ss<w", "x9X9\x85-p&ss\u2028<w",
        "> x9X9\n> -p&s\n> s<w", "# x9X9-p&\n# ss<w", "  | x9X9\r\n  | -p&ss<w", "+x9\n+X9-p&ss<w",
        "> > x9X9-\n> > p&amp;ss&lt;w", "x9X9-p\\u0026amp;ss\\u003cw",
        base64.b64encode(base64.b64encode(b"x9X9-p&ss<w")).decode(),
        base64.encodebytes(base64.b64encode(b"x9X9-p&ss<w") + b"\nmore").decode(),
    ],
)  # fmt: skip
def test_a_value_is_found_as_others_write_it(kind: type[Values], written: str) -> None:
    values = kind([("K", "x9X9-p&ss<w")])
    [(start, end, name)] = values.find(f"it is:\n{written}\nand\n> so\n> on")
    assert name == "K"
    assert written.find("x9") <= start - 7 <= 4  # what stands before its line may stay
    assert 7 + len(written) - 10 <= end <= 7 + len(written)


@pytest.mark.parametrize("kind", [Values, veiled])
def test_letters_with_marks_are_found_in_either_form(kind: type[Values]) -> None:
    one, two = "Schlüssel-é9", "Schlu\u0308ssel-e\u03019"
    for value in (one, two):
        for text in (one, two, json.dumps(one), base64.b64encode(two.encode()).decode()):
            found = kind([("K", value)]).find(f"a {text}")
            assert [hit[2] for hit in found] == ["K"], text


def test_a_blank_that_holds_words_together_is_a_blank() -> None:
    values = Values([("K", "a Za%x")])
    assert values.find("it: a\xa0Za%x.") == [(4, 10, "K")]
    assert values.find("it: a&nbsp;Za%x.") == [(4, 15, "K")]


def test_places_in_a_large_text_are_right() -> None:
    values = Values([("K", "x9X9-p9Q9")])
    for size in (0, 1 << 14, (1 << 14) - 3, 100_001):
        text = f"{' + ö' * (size // 5)}x9X9\n-p9Q9 {'é + ' * size}x9X9-p9Q9"
        first, last = text.index("x9"), text.rindex("x9")
        assert values.find(text) == [(first, first + 10, "K"), (last, last + 9, "K")]


def test_a_kept_value_is_opened_by_two_letters_where_it_has_them() -> None:
    for value, opening in (("-----k9-----", b"k9"), ("aaaaaaaaab", b"ab"), ("========", b"==")):
        [form] = [form for form in forms(value) if form[0] == 1]
        needle = kept._unveiled(KEY, "K", kept.veiled(KEY, form))
        assert needle[2] == opening


def test_a_long_kept_value_is_known_by_its_beginning_and_by_all_of_it() -> None:
    value = "k9" + "x" * 300 + "y"
    values = veiled([("K", value)])
    assert values.find(f"a {value}") == [(2, 2 + len(value), "K")]
    assert values.find(f"a {value[:-1]}z and k8{value[2:]}") == []


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("after", range(4))
def test_characters_of_base64_that_hold_a_part_are_masked_too(before: int, after: int) -> None:
    # The last and the first byte hide in what they share with their neighbours but for this.
    value = "?Geheim-77~"
    text = base64.b64encode(b"\xff" * before + value.encode() + b"\xff" * after).decode()
    start, end = before * 8 // 6, -(-(before + len(value)) * 8 // 6)
    end = end if after else len(text)
    for kind in (Values, veiled):
        assert kind([("K", value)]).find(text) == [(start, end, "K")]


def test_every_occurrence_is_found_under_its_name() -> None:
    values = Values([("A", "alpha-secret-1"), ("B", "beta-secret-22"), ("C", "alpha-secret-1")])
    text = "alpha-secret-1, beta-secret-22, alpha-secret-1"
    assert values.find(text) == [(0, 14, "A"), (16, 30, "B"), (32, 46, "A")]
    assert list(values.names) == ["A", "B"]


def test_short_values_are_sought_as_they_are() -> None:
    values = Values([("PIN", "7 Za%")])
    assert values.find("7 Za% 7%20Za%25 7+Za%25") == [
        (0, 5, "PIN"),
        (6, 15, "PIN"),
        (16, 23, "PIN"),
    ]
    assert values.find("7\nZa%") == []
    assert Values([("PIN", "abc-Za%")]).find("abc\n-Za%") == []
    assert Values([("PIN", "abc--Za%")]).find("abc\n--Za%") == [(0, 9, "PIN")]


def test_lines_of_a_key_count_by_themselves() -> None:
    lines = [base64.b64encode(bytes([n]) * 48).decode() for n in (7, 99)]
    pem = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "AAEC", "-----END PRIVATE KEY-----"])
    for kind in (Values, veiled):
        values = kind([("PEM", pem)])
        text = f"only {lines[1]} of it"
        assert values.find(text) == [(5, 5 + len(lines[1]), "PEM")]
        assert values.find("-----BEGIN PRIVATE KEY----- AAEC") == []
        assert values.find(f"key: {json.dumps(pem)}")[0][:2] == (6, 6 + len(json.dumps(pem)) - 2)
        assert values.find(base64.encodebytes(pem.encode()).decode())


def test_nothing_known_finds_nothing() -> None:
    assert not Values()
    assert Values().find("anything at all \\u0041 %41") == []
    assert Values([("E", "")]).find("anything") == []


PARTS = [bytes([byte]) for byte in b'\\\\\\unxDd83e05C%41/" \n\t\xff&#;>|+'] + [
    "ä😀".encode(), b"&amp;", b"&#x41;", b"\n> ", b"\n# ", "\xad".encode(), "\u2028".encode(),
]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS)))
def test_readings_come_from_where_they_say(parts: list[bytes]) -> None:
    data = b"".join(parts)
    for read, made in (*escapes._readings(data), *escapes._shown(data, 0)):
        pieces = read(data)
        assert b"".join(piece for _, piece in pieces) == made
        assert len(pieces) % 2 == 1
        places = [place for place, _ in pieces]
        assert places == sorted(places)
        for place, piece in pieces[::2]:
            assert data[place : place + len(piece)] == piece


@given(st.text(ANY, max_size=60), st.booleans())
def test_json_is_read_as_json_reads_it(text: str, ascii_only: bool) -> None:
    written = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
    assert escapes.unescaped(written.encode()) == text.encode()
    assert b"".join(p for _, p in escapes.json_pieces(written.encode())) == text.encode()


@given(st.text(ANY, max_size=60))
def test_urls_are_read_as_urllib_reads_them(text: str) -> None:
    pieces = escapes.url_pieces(urllib.parse.quote(text).encode())
    assert b"".join(piece for _, piece in pieces) == text.encode()


# <private>

INNER = "<private>a<private>b</private>c</private>"
TWO = ["<private>a</private>", "<private>c</private>"]
ESCAPED = "\\u003cprivate\\u003eb\\u003c/private\\u003e"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("a <private>b</private> c", ["<private>b</private>"]),
        ("a <PRIVATE>b</Private> c", ["<PRIVATE>b</Private>"]),
        ('a < private why="x" >b< / private > c', ['< private why="x" >b< / private >']),
        ("a <private>b", ["<private>b"]),
        ("a <private", ["<private"]),
        (f"{INNER}d", [INNER]),
        ("b".join(TWO), TWO),
        ("`<private>` x", ["<private>` x"]),
        ("äİ <private>ß</private> ö", ["<private>ß</private>"]),
        ("<private>a</private", ["<private>a</private"]),
        (f'{{"a": "{ESCAPED} c"}}', [ESCAPED]),
        ('"<private>b<\\/private>"', ["<private>b<\\/private>"]),
        ("&lt;private&gt;b&lt;/private&gt; c", ["&lt;private&gt;b&lt;/private&gt;"]),
        ("</private> a", []),
        ("a private matter <private-key> <privately> <b>private</b>", []),
        ("x<privateer>", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_private(text: str, hidden: list[str]) -> None:
    assert [text[start:end] for start, end in private.find(text)] == hidden


@given(st.lists(st.sampled_from(["<private>", "</private>", "<", "ä", "/", " ", "İ", "private"])))
def test_private_spans_are_apart_and_leave_nothing_open(words: list[str]) -> None:
    text = "".join(words)
    spans = private.find(text)
    ends = [0, *(end for span in spans for end in span)]
    assert ends == sorted(ends)
    assert ends[-1] <= len(text)
    left = list(text)
    for start, end in spans:
        left[start:end] = "." * (end - start)
    assert private.find("".join(left)) == []


@pytest.mark.parametrize(
    "text", ["a <private/> b", "a <private /> b", "<private\\/>", "&lt;private/&gt;"]
)
def test_a_tag_that_holds_nothing_hides_nothing(text: str) -> None:
    assert private.find(text) == []
    assert not private.unclosed(text)
    assert private.find(f"<private>{text}</private> c") == [(0, len(text) + 19)]


def test_a_tag_that_is_never_closed_is_told_of() -> None:
    assert private.unclosed("a <private> b")
    assert private.unclosed("<private>a</private")
    assert private.unclosed("<private><private>a</private>")
    assert not private.unclosed("a <private> b </private> c")
    assert not private.unclosed("a private matter </private>")


TAGS = ["<private>", "</private>", "<", "/", " ", "private", "</private", "&lt;private&gt;"]
MORE = [*TAGS, "<private ", ">", "x" * 150, "<private/>", "ä"]


@given(st.lists(st.sampled_from(MORE), min_size=9, max_size=40), st.integers(1, 999))
def test_tags_are_counted_over_parts(words: list[str], at: int) -> None:
    text = "".join(words) + "." * private.LONGEST
    cut = private.edge(text, min(at, len(text) - private.LONGEST))
    first, depth = private.spans(text[:cut])
    for start, end in private.spans(text[cut:], depth)[0]:
        begin = first.pop()[0] if depth and not start else cut + start
        first.append((begin, cut + end))
    assert first == private.find(text)


def test_python_knows_no_more_than_it_was_told() -> None:
    """The modules that every append may load keep to what costs nothing."""
    import subprocess

    code = (
        "import sys; before = set(sys.modules);"
        "import journal.redaction.values, journal.redaction.escapes, journal.redaction.private;"
        "v = journal.redaction.values.Values([('K', 'x9X9x9X9')]); v.find('\\\\u0041 x9X9x9X9');"
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"re", "json", "base64", "binascii", "hashlib", "typing"} & set(run.stdout.split())
