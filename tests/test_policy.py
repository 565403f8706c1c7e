"""The policy: what a file may say, what follows from it, and that its schema says the same."""

import json
import string
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from strategies import golden

from journal.finding import Finding
from journal.names import KINDS
from journal.policy.admission import RECORD, decide, denied, rules
from journal.policy.explaining import explain
from journal.policy.keys import MODES, VERBS
from journal.policy.limits import KEYS, Limits, Policy, compiled
from journal.policy.patterns import Named, is_plain
from journal.policy.reading import read
from journal.policy.tree import MAX_SIZE, grow
from journal.policyfile import TEMPLATE
from journal.redaction import EVERY, scrub

SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas" / "policy.json").read_text("utf-8")))
GOLDEN = list(golden("policies"))


def policy(text: str) -> Policy:
    found, faults = read(text)
    assert faults == []
    return found


def faults(text: str, names: frozenset[str] | None = None) -> list[str]:
    return [f"{one.line}: {one.message} ({one.fix})" for one in read(text, names)[1]]


# Reading


@pytest.mark.parametrize(("text", "wanted"), [c[1:] for c in GOLDEN], ids=[c[0] for c in GOLDEN])
def test_every_fault_is_told_with_its_line(text: str, wanted: str) -> None:
    assert "".join(f"{line}\n" for line in faults(text)) == wanted


def test_a_value_knows_its_line() -> None:
    found = policy(GOLDEN[0][1])
    base, main, notes = found.defaults, found.limits("main"), found.limits("notes")
    assert base.line("denylist") == 16
    assert [(one.text, one.number, one.line) for one in base.denylist] == [
        ("Project Bluebird", 1, 17), ("(?i)blue-[0-9]+", 2, 18),
    ]  # fmt: skip
    assert set(base.lines) == set(KEYS)
    assert (main.persist, main.line("persist"), main.line("roles")) == ("none", 23, 8)
    assert (main.redaction, main.auto_export, main.retention_days) == (True, True, 90)
    assert base.redaction == {"email": False, "jwt": True, "employee-number": "E-[0-9]{6}"}
    assert notes == base
    assert found.limits("elsewhere") == base


def test_denylists_add_up_and_everything_else_goes_before_the_defaults() -> None:
    found = policy(
        "defaults:\n  denylist: [a, b]\n  roles: [user]\n"
        "namespaces:\n  n:\n    denylist: [c]\n    roles: []\n  m: {denylist: []}\n"
    )
    told = [(one.text, one.number, one.line) for one in found.limits("n").denylist]
    assert told == [("a", 1, 2), ("b", 2, 2), ("c", 1, 6)]
    assert found.limits("n").roles == ()
    assert found.limits("n").line("roles") == 7
    assert [one.text for one in found.limits("m").denylist] == ["a", "b"]


def test_a_rule_that_is_there_is_switched_and_another_name_wants_a_pattern() -> None:
    names = frozenset(("email", "jwt", "aws-access-key"))
    assert faults("defaults: {redaction: {email: off, mine: 'x[0-9]'}}", names) == []
    assert faults("defaults: {redaction: {emial: off, jwt: '[a-z]+'}}", names) == [
        "1: there is no redaction rule 'emial' (did you mean email?)",
        "1: jwt is '[a-z]+' (write on or off)",
    ]


def test_a_policy_too_large_is_not_read() -> None:
    assert faults("# " + "x" * MAX_SIZE) == ["0: is over 64 KiB (shorten it)"]
    assert faults("#" * MAX_SIZE) == []


MARKS = "- : , [ ] { } ' \" # & * ! | > ? % @ ` \\ ~ << --- ... \\U \\x"
YAMLISH = st.lists(
    st.sampled_from([*"\n\t\0\ufeff\x85\u2028\ud800é😀  ", *MARKS.split()])
    | st.sampled_from(
        ["defaults: ", "namespaces: ", "denylist: ", "redaction: ", "off", "FFFFFFFF"]
    ),
    max_size=40,
).map("".join)


@given(YAMLISH)
def test_reading_never_raises_and_its_lines_are_in_the_file(text: str) -> None:
    found, told = read(text)
    assert isinstance(found, Policy)
    for one in told:
        assert isinstance(one, Finding)
        assert one.fix
        assert 1 <= one.line <= text.count("\n") + 1


# The schema


def agree(text: str) -> bool:
    """Whether both let it pass; an error if they don't agree."""
    told = [line for line in faults(text) if "can't be used" not in line]
    tree, refused = grow(text)
    if refused:
        return False  # no value that a schema could see
    sound = SCHEMA.is_valid(tree.plain())
    assert sound == (not told), (tree.plain(), told)
    return sound


@pytest.mark.parametrize("text", [case[1] for case in GOLDEN], ids=[case[0] for case in GOLDEN])
def test_schema_and_checker_agree(text: str) -> None:
    agree(text)


WORDS = st.text(string.ascii_letters + string.digits + " -_.[(é", max_size=6)
ODD: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-2, 9) | WORDS
    | st.lists(WORDS | st.integers(0, 3), max_size=2)
    | st.dictionaries(WORDS, st.integers(0, 3), max_size=2)
)  # fmt: skip
PLAIN = st.text(string.ascii_letters + " -_é", min_size=1, max_size=6)
LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43
PUBLIC = (LINE, f"{LINE} anna@desk")
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "persist": st.sampled_from(MODES),
    **{key: st.integers(0, 9) for key in KEYS[1:5]},
    **{key: st.lists(WORDS, max_size=3) for key in ("roles", "actors", "approvers", "agents")},
    "review": st.lists(st.sampled_from(VERBS) | WORDS, max_size=3),
    "denylist": st.lists(PLAIN, max_size=3),
    "redaction": st.sampled_from([True, False, "on", "off", "yes", "no", "On", {}])
    | st.dictionaries(WORDS, st.booleans() | PLAIN | st.just(""), max_size=2),
    "auto_export": st.booleans() | st.fixed_dictionaries({"keep": st.integers(-1, 3)}),
    **{key: st.booleans() for key in ("auto_import", "four_eyes", "agents_approve")},
    "keys": st.dictionaries(WORDS, st.sampled_from([*PUBLIC, "ssh-ed25519 AAAA"]), max_size=2),
}
LIMITS = st.one_of(
    st.fixed_dictionaries({}, optional=dict(GOOD)),
    st.dictionaries(st.sampled_from([*KEYS, "x"]), ODD, max_size=2),
    st.none(),
)
SPACES = st.sampled_from(["main", "a-b", "-a", "A", "con", "com1", "com", "9", "a" * 33, ""])
POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "schema": st.sampled_from(["journal/policy@1"] * 9 + ["journal/policy@2", 1, None]),
        "defaults": LIMITS,
        "namespaces": st.none() | st.dictionaries(SPACES, LIMITS | ODD, max_size=2),
    },
) | st.dictionaries(st.sampled_from(["schema", "defaults", "persist", "x"]), ODD, max_size=2)


@given(POLICIES)
def test_schema_and_checker_agree_on_any_policy(value: Any) -> None:
    agree(json.dumps(value, ensure_ascii=False))


@given(st.fixed_dictionaries({}, optional={k: v for k, v in GOOD.items() if k in KEYS[:5]}))
def test_what_is_sound_comes_back(value: dict[str, Any]) -> None:
    text = json.dumps({"defaults": value})
    assert agree(text)
    assert {key: getattr(policy(text).defaults, key) for key in value} == value


def test_the_schema_has_the_keys_of_the_checker() -> None:
    known = SCHEMA.schema["$defs"]["limits"]["properties"]
    assert set(known) == set(KEYS)
    assert known["persist"]["enum"] == list(MODES)
    assert set(known["review"]["items"]["enum"]) == set(VERBS)


# The file that `init` writes


def test_the_template_is_the_default_and_names_every_key() -> None:
    assert policy(TEMPLATE) == Policy()
    assert compiled(policy(TEMPLATE)) == {}


def test_the_template_without_its_comment_signs_is_the_default_too() -> None:
    head, _, rest = TEMPLATE.partition("\n\n")
    bare = head + "\n\n" + "\n".join(line.removeprefix("#").removeprefix(" ") for line in
                                     rest.split("\n"))  # fmt: skip
    found = policy(bare)
    assert set(found.defaults.lines) == set(KEYS)
    assert {key: found.defaults.value(key) for key in KEYS} == {
        key: Limits().value(key) for key in KEYS
    }
    assert list(found.namespaces) == ["main"]
    assert compiled(found) == {}


# What is compiled, and what it decides


def test_only_what_is_not_by_default_is_compiled() -> None:
    text = (
        "defaults: {persist: full, roles: [], retention_days: 5, approvers: [anna]}\n"
        "namespaces:\n  a: {max_entries: 1}\n  b: {redaction: on, denylist: []}\n"
    )
    assert compiled(policy(text)) == {}
    assert compiled(policy("defaults: {review: [merge, pack]}")) == {
        "": {"review": ["merge", "pack"], "gates": {"merge": ["merge", 1]}}
    }
    assert compiled(policy("namespaces: {a: {persist: none}, b: {}}")) == {
        "a": {"persist": ["none", 1]}
    }
    held = compiled(policy("defaults:\n  persist: none\nnamespaces:\n  a:\n    persist: full\n"))
    assert held == {"": {"persist": ["none", 2]}, "a": {}}
    assert decided(held, "a", "note") == ("", "")
    assert decided(held, "b", "note") == ("withhold", "persist none (policy.yaml:2)")


def decided(
    held: dict[str, Any], namespace: str, kind: str, text: str = "text", **more: Any
) -> tuple[str, str]:
    found = decide(held, namespace, {"kind": kind, **more}, [text])
    return (found.mode, found.rule) if found else ("", "")


OF = {"of": "01KAJ2X7Q0M3C4V5B6N7Q8W9E0"}
KEPT = {
    "full": KINDS,
    "summary_only": {"summary", "decision", "task", "fact"},
    "distilled_only": set(),
    "hash_only": set(),
    "none": set(),
}


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_keeps_its_kinds(mode: str) -> None:
    held = compiled(policy(f"defaults:\n  persist: {mode}\n"))
    lost = "hash_only" if mode == "hash_only" else "withhold"
    for kind in KINDS:
        wanted = ("", "") if kind in KEPT[mode] else (lost, f"persist {mode} (policy.yaml:2)")
        assert decided(held, "main", kind, fields=OF) == wanted, kind
    assert decided(held, "main", "")[0] == decided(held, "main", "note")[0]


def test_distilled_are_summaries_that_say_what_they_cover() -> None:
    held = compiled(policy("namespaces: {main: {persist: distilled_only}}"))
    covering = {"covers": ["01KAJ2X7Q0M3C4V5B6N7Q8W9E0"]}
    assert decided(held, "main", "summary", fields=covering) == ("", "")
    for kind, fields in (("summary", {}), ("summary", {"covers": []}), ("note", covering)):
        assert decided(held, "main", kind, fields=fields)[0] == "withhold"


def test_who_may_speak() -> None:
    held = compiled(policy("defaults:\n  roles: [user]\n\n  actors: [anna, ben]\n"))
    assert decided(held, "x", "note", role="user", actor="ben") == ("", "")
    no_role = ("withhold", "role not allowed (policy.yaml:2)")
    no_actor = ("withhold", "actor not allowed (policy.yaml:4)")
    assert decided(held, "x", "note", role="User", actor="ben") == no_role
    assert decided(held, "x", "note", actor="ben") == no_role
    assert decided(held, "x", "note", role="user", actor="eve") == no_actor
    assert decided(held, "x", "note", role="user") == no_actor


DENY = """\
defaults:
  denylist:
    - Bluebird
    - '(?i)blue-[0-9]+'
    - ünï
namespaces:
  vault:
    persist: hash_only
    denylist: ['^secret$']
"""


@pytest.mark.parametrize(
    ("namespace", "text", "rule"),
    [
        ("main", "The Bluebird flies", "denylist pattern 1 (policy.yaml:3)"),
        ("main", "the bluebird flies", ""),
        ("main", "see\nBLUE-77", "denylist pattern 2 (policy.yaml:4)"),
        ("main", "blue-x", ""),
        ("main", "schön und ünï", "denylist pattern 3 (policy.yaml:5)"),
        ("main", "secret", ""),
        ("vault", "a Bluebird", "denylist pattern 1 (policy.yaml:3)"),
        ("vault", "secret", "denylist pattern 1 (policy.yaml:9)"),
        ("vault", "a secret", "persist hash_only (policy.yaml:8)"),
        ("main", "scho\u0308n und u\u0308ni\u0308", "denylist pattern 3 (policy.yaml:5)"),
    ],
)
def test_denied_texts(namespace: str, text: str, rule: str) -> None:
    held = json.loads(json.dumps(compiled(policy(DENY))))
    assert decided(held, namespace, "note", text)[1] == rule


def test_what_calls_itself_a_record_passes_no_mode() -> None:
    held = compiled(policy("defaults: {persist: none}"))
    for kind in RECORD:
        assert decided(held, "main", kind, fields=OF)[0] == "withhold"


def test_the_denylist_alone() -> None:
    held = compiled(policy(DENY))
    found = denied(held, "vault", ["a secret", "secret"])
    assert found
    assert found.rule == "denylist pattern 1 (policy.yaml:9)"
    assert not denied(held, "main", ["secret"])
    assert not denied({}, "main", ["secret"])


def test_any_of_the_texts_counts() -> None:
    held = compiled(policy(DENY))
    found = decide(held, "main", {}, ["body", "title", "a tag", "blue-1"])
    assert found
    assert found.line == 4


@pytest.mark.parametrize("pattern", ["Müller", "M.ller", "M[ü]ller", "(?i)MÜLLER", "Mu\u0308ller"])
def test_a_letter_and_its_marks_count_as_one_character(pattern: str) -> None:
    held = {"": {"denylist": [[pattern, 1, 1]]}}
    for text in ("an Müller", "an Mu\u0308ller"):
        assert decided(held, "main", "note", text)[1], text
    assert decided(held, "main", "note", "an Müiller") == ("", "")


WORD = st.text(string.ascii_letters, min_size=5, max_size=9)


@given(WORD, WORD)
def test_a_rule_says_nothing_of_the_text_or_of_the_pattern(before: str, secret: str) -> None:
    for pattern in (secret, f"{secret}$"):
        found = decide({"": {"denylist": [[pattern, 1, 7]]}}, "main", {}, ["x", before + secret])
        assert found
        assert found.rule == "denylist pattern 1 (policy.yaml:7)"


def test_an_empty_policy_lets_everything_in() -> None:
    assert decide({}, "main", {"kind": "note"}, ["anything"]) is None


# Patterns


# With a text that each is in.
HANGING = {
    "(a+)+$": "aaa", "(a|aa)+$": "a", "(a|a?)+b": "ab", "(.*b){20}": "b" * 20, "(x+x+)+y": "xxy",
    "(?i)(a+)+c": "AC", "([a-zA-Z]+)*c": "c", "(.*)*(.*)*[0-9]$": "1", "a{1,100}a{1,100}b": "aab",
    "(.*?,){11}P": "," * 11 + "P",
}  # fmt: skip


@pytest.mark.parametrize("pattern", HANGING)
def test_a_pattern_that_would_hang_does_not(pattern: str) -> None:
    assert faults(f"defaults: {{denylist: ['{pattern}']}}") == []
    held = {"": {"denylist": [[pattern, 1, 1]]}}
    for body in ("a" * 100_000, "x" * 100_000, "aX," * 33_000):
        assert decide(held, "main", {}, [body + "!"]) is None
    assert decide(held, "main", {}, [HANGING[pattern]])


PIECES = st.sampled_from(["a", "b", "é", "😀", "a1", "\n", " ", "\ud800"])


@given(st.lists(PIECES).map("".join))
def test_places_are_in_characters(text: str) -> None:
    found = Named([("one", "[aé]+"), ("two", "😀"), ("three", "x*")]).find(text)
    for start, end, name in found:
        wanted = {"one": "aé", "two": "😀"}[name]
        assert text[start:end]
        assert set(text[start:end]) <= set(wanted)
    assert sum(end - start for start, end, name in found if name == "one") == sum(
        character in "aé" for character in text
    )
    assert sum(name == "two" for _, _, name in found) == text.count("😀")


def test_a_pattern_that_takes_single_bytes_is_looked_for_without_an_error() -> None:
    # The checker refuses it; what an older one let in must stop no append.
    assert Named([("byte", r"a\C")]).find("aé bé ab") == [(0, 2, "byte"), (6, 8, "byte")]


def test_a_pattern_without_metacharacters_is_a_plain_text() -> None:
    assert is_plain("Project Bluebird: #7, 'x' <y> & ~z!")
    for sign in "\\.^$*+?()[]{}|":
        assert not is_plain(f"a{sign}b")


# Redaction, as the policy wants it


def test_redaction_may_be_off_or_have_rules_of_ones_own() -> None:
    held = compiled(
        policy(
            "defaults: {redaction: {mine: 'E-[0-9]{4}', name: Bluebird, email: off, jwt: on}}\n"
            "namespaces: {raw: {redaction: off}, usual: {redaction: on}}"
        )
    )
    assert rules(held, "x").off == {"email"}
    assert rules(held, "raw").off == {EVERY}
    assert rules(held, "usual").off == frozenset()
    assert rules(held, "x") == rules(held, "y")
    done = scrub("é E-1234, Bluebird", rules(held, "x"))
    assert [(one.rule, one.start, one.end) for one in done.findings] == [
        ("mine", 2, 8), ("name", 10, 18),
    ]  # fmt: skip
    assert "1234" not in done.text
    assert "Bluebird" not in done.text
    text = "postgres://anna:s3cr3t-Pa55w0rd@db.example.org/x"
    assert scrub(text, rules(held, "raw")).text == text
    assert "kept" in scrub("<private>gone</private> kept", rules(held, "raw")).text
    assert "gone" not in scrub("<private>gone</private> kept", rules(held, "raw")).text


def test_what_is_explained() -> None:
    found = policy(DENY)
    kept = explain(found, "main", {"body": b"text"})
    assert (kept.outcome, kept.rule, kept.line, kept.text) == ("kept", "", 0, "text")
    hashed = explain(found, "vault", {"body": b"text"})
    assert (hashed.outcome, hashed.line, hashed.text) == ("hash_only", 8, "")
    denied = explain(found, "vault", {"body": b"x", "actor": "Bluebird"})
    assert (denied.outcome, denied.line, denied.text) == ("withheld", 3, "")
