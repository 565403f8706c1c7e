"""What a draft goes through before it is sealed: the policy, then redaction."""

import json
from typing import Any

import pytest
from canaries import CANARIES

from journal import seal
from journal.errors import Refused, UsageError
from journal.intake import Intake
from journal.policy.limits import compiled
from journal.policy.reading import read

_TEXT = "The parser drops the last line of every third file."
_SECRET = CANARIES["github token"][1]


def intake(policy: str = "") -> Intake:
    held, faults = read(policy)
    assert not faults
    return Intake("", compiled(held), "main", None)


def draft(**more: Any) -> dict[str, Any]:
    return {"body": _TEXT.encode()} | more


def sealed(sealing: seal.Sealing) -> str:
    """The slice that the draft becomes."""
    entry_id, at = "01M7ZD1NNM3NY7KDXE1V6ZFEYC", "2026-11-21T10:00:00.000000+00:00"
    return sealing.seal(entry_id, at, "", 1, seal.genesis("w", "a", "main"))[1].decode()


KEPT = {
    "full": "message note decision task fact summary event",
    "summary_only": "summary decision task fact",
    "distilled_only": "",
    "hash_only": "",
    "none": "",
}


@pytest.mark.parametrize("mode", KEPT)
@pytest.mark.parametrize("kind", KEPT["full"].split())
def test_a_mode_keeps_its_kinds(mode: str, kind: str) -> None:
    text = sealed(intake(f"defaults:\n  persist: {mode}\n").admit(draft(kind=kind)))
    assert (_TEXT in text) is (kind in KEPT[mode].split())


def test_distilled_only_keeps_summaries_that_say_what_they_cover() -> None:
    given = draft(kind="summary", fields={"covers": ["01M7ZD1NNM3NY7KDXE1V6ZFEYC"]})
    assert _TEXT in sealed(intake("defaults: {persist: distilled_only}").admit(given))


@pytest.mark.parametrize("kind", ["amend", "adopt", "forget", "redact", "event"])
@pytest.mark.parametrize("mode", KEPT)
def test_only_the_journal_itself_is_let_past_a_mode(mode: str, kind: str) -> None:
    held = intake(f"defaults: {{persist: {mode}, roles: [user]}}")
    given = draft(kind=kind, fields={"of": "01M7ZD1NNM3NY7KDXE1V6ZFEYC"})
    assert _TEXT in sealed(seal.Sealing(held.own(given)))
    assert _TEXT not in sealed(held.admit(given))


def test_not_even_the_journal_itself_says_what_is_denied() -> None:
    with pytest.raises(Refused, match="denylist pattern 1"):
        intake("defaults: {denylist: [every third]}").own(draft(kind="event"))


def test_what_is_refused_leaves_a_record_without_any_of_its_text() -> None:
    given = draft(
        kind="message", title="Parser trouble", role="assistant", actor="claude", session="s-1",
        path="main/parser", parent="01M7ZD1NNM3NY7KDXE1V6ZFEYC", token="retry-17",  # noqa: S106
        tags=["parser"], meta={"model": "x-large"}, fields={"topic": "parsing"},
    )  # fmt: skip
    sealing = intake("defaults:\n  persist: none\n").admit(given)
    assert sealing.withheld == "persist none (policy.yaml:2)"
    text = sealed(sealing)
    for said in (
        "arser",
        "claude",
        "assistant",
        "s-1",
        "retry-17",
        "x-large",
        "topic",
        "last line",
    ):
        assert said not in text
    assert "kind: event\n" in text
    assert f"withheld: message\nbytes: {len(_TEXT)}\nrule: " in text


def test_the_same_token_is_the_same_record_and_another_is_not() -> None:
    held = intake("defaults: {persist: none}")
    once, again, other = (held.admit(draft(token=token)).token for token in ("a", "a", "b"))
    assert once == again != other


def test_hash_only_keeps_the_header_and_a_digest() -> None:
    given = draft(title="Parser trouble", tags=["parser"], session="s-1", meta={"n": 1})
    text = sealed(intake("defaults: {persist: hash_only}").admit(given))
    assert _TEXT not in text
    assert f"body-digest: {seal.digest(_TEXT.encode())}\n" in text
    for said in ("Parser trouble", "tags: [parser]", "session: s-1", 'meta: {"n": 1}'):
        assert said in text


@pytest.mark.parametrize(
    "echo",
    [
        {"title": _TEXT},
        {"title": f"{_TEXT[:30]}…"},
        {"meta": {"prompt": _TEXT}},
        {"fields": {"first": [_TEXT[4:40]]}},
        {"tags": ["parser", _TEXT]},
        {"actor": f"bot: {_TEXT}"},
        {"meta": {_TEXT: 1}},
    ],
    ids=json.dumps,
)
def test_hash_only_keeps_nothing_of_the_header_that_repeats_the_body(echo: dict[str, Any]) -> None:
    text = sealed(intake("defaults: {persist: hash_only}").admit(draft(**echo)))
    assert "parser drops the last" not in text
    assert _TEXT[4:40] not in text


@pytest.mark.parametrize("key", ["title", "actor", "session", "path", "role", "token"])
def test_hash_only_keeps_no_short_body_in_its_header(key: str) -> None:
    given = {"body": b"PIN-4711\n", key: "a-PIN-4711" if key == "title" else "PIN-4711"}
    text = sealed(intake("defaults: {persist: hash_only}").admit(given))
    assert "4711" not in text


def test_hash_only_digests_what_is_left_once_secrets_are_masked() -> None:
    secret = f"token {_SECRET}".encode()
    text = sealed(intake("defaults: {persist: hash_only}").admit({"body": secret}))
    assert seal.digest(secret) not in text


@pytest.mark.parametrize(
    "policy",
    [
        "defaults: {roles: [user]}",
        "defaults: {actors: [anna]}",
        "defaults: {denylist: [every third]}",
        "namespaces: {main: {persist: none}}",
    ],
)
def test_who_and_what_the_policy_does_not_let_in(policy: str) -> None:
    sealing = intake(policy).admit(draft(role="assistant", actor="claude"))
    assert "policy.yaml:1" in sealing.withheld
    assert _TEXT not in sealed(sealing)


def test_a_denied_namespace_is_refused_for_its_record_would_hold_the_name() -> None:
    with pytest.raises(Refused):
        intake("defaults: {denylist: [acme]}").admit(draft(namespace="acme"))


_PLACES: dict[str, Any] = {
    "body": f"I used {_SECRET} there".encode(),
    "title": f"Used {_SECRET}",
    "actor": f"bot {_SECRET}",
    "role": _SECRET,
    "session": _SECRET,
    "path": f"main/{_SECRET}/fix",
    "parent": _SECRET,
    "token": f"retry-{_SECRET}",
    "git": f"fix/{_SECRET}@3f2a9c1d0b7e",
    "tags": ["x", _SECRET],
    "meta": {"deep": [{"down": _SECRET}], _SECRET: 1},
    "fields": {"status": _SECRET, "options": ["a", _SECRET]},
}


@pytest.mark.parametrize("place", _PLACES)
def test_a_secret_is_masked_wherever_it_stands(place: str) -> None:
    sealing = intake().admit(draft(**{place: _PLACES[place]}))
    text = sealed(sealing)
    assert _SECRET not in text
    assert set(sealing.redacted) == {"github-token"}
    assert "redacted" in (sealing.token if place == "token" else text)


@pytest.mark.parametrize("value", [83749261, [1, 83749261], {"n": [83749261.5]}], ids=repr)
def test_a_number_may_be_a_secret_too(value: object) -> None:
    held = intake("namespaces: {main: {redaction: {pin: '83749261'}}}")
    sealing = held.admit(draft(meta={"a": value}, fields={"b": value}))
    assert "83749261" not in sealed(sealing)
    assert sealing.redacted == ("pin", "pin")


def test_a_number_may_be_denied() -> None:
    sealing = intake("defaults: {denylist: ['83749261']}").admit(draft(meta={"a": [83749261]}))
    assert sealing.withheld


def test_numbers_that_are_no_secret_stay_numbers() -> None:
    meta = {"n": 1, "x": 2.5, "yes": True, "none": None, "deep": [3, {"z": 4}]}
    assert '{"n": 1, "x": 2.5, "yes": true, "none": null, "deep": [3, {"z": 4}]}' in sealed(
        intake().admit(draft(meta=meta))
    )


@pytest.mark.parametrize(
    "policy", ["defaults: {}", "defaults: {denylist: [bluebird]}", "defaults: {redaction: off}"]
)
def test_a_branch_may_be_a_secret_or_denied(policy: str) -> None:
    held = intake(policy)
    for name, kept in (
        ("main", "main"),
        (f"fix/{_SECRET}", f"fix/{_SECRET}" if "off" in policy else "fix/redacted-github-token-"),
        ("on/bluebird", "redacted" if "denylist" in policy else "on/bluebird"),
    ):
        assert held.head(f"{name}@3f2a9c1d0b7e").startswith(kept)
        assert held.head(f"{name}@3f2a9c1d0b7e").endswith("@3f2a9c1d0b7e")
    assert held.head("") == ""


def test_what_a_value_stands_under_speaks_for_a_secret_too() -> None:
    text = sealed(intake().admit(draft(meta={"password": "Zq7!vRt2#mLx", "note": "fine"})))
    assert "Zq7" not in text
    assert '"note": "fine"' in text


def test_masked_names_are_still_names() -> None:
    given = draft(session=_SECRET, path=f"main/{_SECRET}", role=_SECRET, parent=_SECRET)
    seal.check({"body": b"-"})
    assert "redacted-github-token-" in sealed(intake().admit(given))


def test_a_namespace_that_looks_like_a_secret_is_refused_and_not_told() -> None:
    name = "glpat-" + "q7zl2mxp9rtb4kvnh8sy"
    with pytest.raises(UsageError) as refused:
        intake().admit(draft(namespace=name, body=f"see {name}".encode()))
    assert name not in str(refused.value)


def test_redaction_can_be_off_and_what_is_private_is_never_kept() -> None:
    held = intake("namespaces: {main: {redaction: off}}")
    text = sealed(held.admit({"body": f"{_SECRET} <private>my diary</private>".encode()}))
    assert _SECRET in text
    assert "diary" not in text


def test_a_private_tag_that_nothing_closes_is_told() -> None:
    held = intake()
    held.admit({"body": b"a <private>b</private> c"})
    assert held.notices == []
    assert "[private]" in sealed(held.admit({"body": b"a <private> in prose eats the rest"}))
    assert held.notices == ["a <private> that nothing closes ran to the end of its text"]


def test_a_clean_draft_is_sealed_as_it_was_given() -> None:
    given = draft(title="A title", tags=["a"], meta={"k": [1, None, {"x": "y"}]}, role="user")
    assert sealed(intake().admit(given)) == sealed(seal.Sealing(given))


def test_the_callers_draft_is_left_alone() -> None:
    given = draft(meta={"token": _SECRET}, tags=[_SECRET])
    before = json.dumps(given, default=bytes.decode)
    intake().admit(given)
    assert json.dumps(given, default=bytes.decode) == before


@pytest.mark.parametrize("name", CANARIES)
def test_a_canary_is_masked_whole(name: str) -> None:
    text, secret = CANARIES[name]
    sealing = intake().admit({"body": text.encode()})
    assert sealing.redacted
    assert secret not in sealed(sealing)


@pytest.mark.parametrize("fields", [{"what": "purge"}, {"new": "sha256:0"}, {"now": "sha256:0"}])
@pytest.mark.parametrize("kind", ["forget", "redact"])
def test_only_the_journal_itself_says_that_something_was_struck(
    kind: str, fields: dict[str, str]
) -> None:
    given = draft(kind=kind, fields={"of": "01M7ZD1NNM3NY7KDXE1V6ZFEYC", **fields})
    with pytest.raises(UsageError):
        intake().admit(given)
    assert intake().own(given)["fields"] == given["fields"]


def test_a_number_beside_others_is_looked_at_by_itself() -> None:
    text = sealed(intake().admit(draft(meta={"password": 4815162342, "n": 1})))
    assert "4815162342" not in text
    assert '"n": 1' in text
