"""Secrets become placeholders: every rule by its example, spans, tails, names, idempotence."""

import re
import traceback
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journal import names
from journal.redaction import DEFAULT, Masked, Rules, Scrubbed, scrub, scrub_name
from journal.redaction.naming import BARE, FAINT, NOTHING, STRONG, WEAK, strength, words
from journal.redaction.rule import Rule, spelled
from journal.redaction.table import NAMES, RULES

KEY, OTHER = b"k" * 32, b"o" * 32
AWS = "AKIA" + "Q7ZL2MXP3RTB4KVN"
GITHUB = "ghp_" + "aQ7zL2mXp9RtB4kVnH8sYc3WfGd6JuTe5ZrK"
PLACEHOLDER = re.compile(r"\[redacted:[a-z0-9-]+:[0-9a-f]{4}\]|\[private\]")
EXAMPLES = [spelled(rule.example) for rule in RULES]


class Known:
    """A finder as `journal.redaction.values` has it."""

    def __init__(self, *secrets: str, name: str = "DB") -> None:
        self.secrets, self.name = secrets, name

    def find(self, text: str) -> list[tuple[int, int, str]]:
        return [
            (match.start(), match.end(), self.name)
            for secret in self.secrets
            for match in re.finditer(re.escape(secret), text)
        ]


def rules_of(text: str, rules: Rules = DEFAULT) -> set[str]:
    return {masked.rule for masked in scrub(text, rules).findings}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_masks_its_example_and_leaves_its_counter_example(rule: Rule) -> None:
    assert rule.name in rules_of(spelled(rule.example))
    assert rule.name not in rules_of(spelled(rule.counter))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_can_be_off(rule: Rule) -> None:
    assert rule.name not in rules_of(spelled(rule.example), Rules(off=[rule.name]))


def test_names_of_rules_fit_a_placeholder() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]{2,32}", name) for name in NAMES)


def test_no_example_looks_like_a_secret_to_a_scanner() -> None:
    for rule in RULES:
        for literal in rule.literals:
            after = rule.example.partition(literal)[2].replace("redacted", "")
            assert not re.match(r"[A-Za-z0-9]{16}", after), rule.name


SENTENCES = [
    "The key is under the mat, and the token economy depends on keys.",
    "Pass the password field through the secret handshake: see auth.py for the author.",
    "primary key: user_id, foreign key: order_id, max_tokens: 4096, token_type: bearer",
    "commit 3f9a7c2be1d04a5f86b7c9d0e1f2a3b4c5d6e7f8 fixes key: value parsing",
    "id 01ARZ3NDEKTSV4RRFFQ69G5FAV, uuid 123e4567-e89b-42d3-a456-426614174000",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "/usr/lib/python3/dist-packages/keyring/backends/chainer.py:42: password = getpass()",
    "password = os.environ['DB_PASSWORD']\ntoken = ${GITHUB_TOKEN}\nsecret: <your-secret>",
    "password: string\napi_key: xxxxxxxxxxxxxxxx\ntoken: ********",
    "def login(user: str, password: str = None) -> Token: ...",
    'self.password = config.get("password")',
    "https://example.org/a:b/@scope/package and git@github.com:a/b.git",
    "mailto:someone@example.org, ssh://git@host:22/repo",
    "--- PASS: TestParseTokenKey (0.00s)\n    --- PASS: TestAuthSecret/has_password",
    "ein Schlüssel: der Hausschlüssel. 密码学是一门学科。パスワードを忘れた。",
    "mkdir -p build/login && mysql -p < dump.sql",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_what_is_no_secret_stays(text: str) -> None:
    assert scrub(text) == Scrubbed(text)


ASSIGNED = [
    ("DB_PASSWORD={}", "hidsbmxq"),
    ("      - MYSQL_ROOT_PASSWORD={}", "nlurdq"),
    ("export API_TOKEN={}", "x7Kq2Lm9Pz4R"),
    ("password: {}  # the old one", "katlxhvcrelxsez"),
    ('{{"password": "{}", "user": "a"}}', "izv fex#1".replace(" ", "")),
    ('{{\\"api_key\\": \\"{}\\"}}', "x7Kq2Lm9Pz4R"),
    ("<password>{}</password>", "izvfexqu"),
    ('<add key="DbPassword" value="{}" />', "izvfexqu"),
    ("    - name: DB_PASSWORD\n      value: {}\n", "izvfexqu"),
    ('System.setProperty("API_TOKEN", "{}")', "x7Kq2Lm9Pz4R"),
    ('client.setAuthToken("{}");', "x7Kq2Lm9Pz4R"),
    ('var dbToken string = "{}"', "x7Kq2Lm9Pz4R"),
    ('token: str = "{}"', "x7Kq2Lm9Pz4R"),
    ('SECRET_KEY := "{}"', "x7Kq2Lm9Pz4R"),
    ('"authToken" => "{}",', "x7Kq2Lm9Pz4R"),
    ("mytool --password {} --verbose", "x7Kq2Lm9"),
    ("machine example.org login me password {}", "x7Kq2Lm9"),
    ("ENV DB_PASSWORD {}", "x7Kq2Lm9"),
    ("Server=db;Password={};Encrypt=no", "x7Kq2Lm9"),
    ("https://example.org/?user=a&access_token={}&b=c", "x7Kq2Lm9Pz4R"),
    ("the password is {}.", "x7Kq2Lm9"),
    ("数据库密码：{}\n", "x7Kq2Lm9"),
    ("默认密码为 {}", "x7Kq2Lm9"),
    ("пароль: {}", "x7Kq2Lm9"),
    ("**Password:** `{}`", "x7Kq2Lm9"),
    ("X-Api-Key: {}\r\nAccept: */*\r\n", "x7Kq2Lm9Pz4R"),
    ("Authorization: Bearer {}", "x7Kq2Lm9Pz4R"),
    ("postgres://app:{}@db.example.org:5432/main", "x7Kq2Lm9@1"),
    ("curl -u {} https://example.org", "app:x7Kq2Lm9"),
    ("mysql -u root -p{} app", "x7Kq2Lm9"),
    ("\\n" + "{}", GITHUB),
]


@pytest.mark.parametrize(("form", "secret"), ASSIGNED)
def test_a_value_beside_a_telling_name_is_masked_and_nothing_else(form: str, secret: str) -> None:
    text = form.format(secret)
    scrubbed = scrub(text)
    assert secret not in scrubbed.text
    around = [part.replace("{{", "{").replace("}}", "}") for part in form.split("{}")]
    assert scrubbed.text.startswith(around[0])
    assert PLACEHOLDER.sub("", scrubbed.text).startswith(around[0])
    (masked,) = scrubbed.findings
    assert secret in text[masked.start : masked.end]


PEM = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
LINES = [spelled("{w64}")[at:] + spelled("{w64}")[:at] for at in range(1, 9)]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([PEM[0], *LINES, PEM[1]]),
        "\r\n".join([PEM[0], *LINES, PEM[1], "the end"]),
        "\\n".join([f'{{"key": "{PEM[0]}', *LINES, f'{PEM[1]}"}}']),
        "\n".join(f"> {line}" for line in [PEM[0], *LINES, PEM[1]]),
        "\n".join(f"+    {line}" for line in [PEM[0], *LINES, PEM[1]]),
        "\n".join(
            [PEM[0], "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,0A", "", *LINES, PEM[1]]
        ),
        "\n".join([PEM[0], *LINES]),
        "\n".join([*LINES, PEM[1]]),
        " ".join([PEM[0], *LINES, PEM[1]]),
    ],
)
def test_a_private_key_is_masked_whole_even_when_cut(text: str) -> None:
    scrubbed = scrub(text)
    assert "private-key" in {masked.rule for masked in scrubbed.findings}
    assert not any(line[8:24] in scrubbed.text for line in LINES)


def test_what_follows_a_cut_key_stays() -> None:
    text = "\n".join([PEM[0], *LINES, "", "And this is how the story went on, for a while."])
    assert scrub(text).text.endswith("how the story went on, for a while.")


def test_findings_tell_where_each_stood_in_the_original() -> None:
    text = f"first {AWS}, <private>then {GITHUB}</private>\nDB_PASSWORD=nlurdqx\n{GITHUB}"
    scrubbed = scrub(text, key=KEY)
    assert [(masked.rule, text[masked.start : masked.end]) for masked in scrubbed.findings] == [
        ("aws-access-key", AWS),
        ("private", f"<private>then {GITHUB}</private>"),
        ("password", "nlurdqx"),
        ("github-token", GITHUB),
    ]
    assert re.fullmatch(
        r"first \[redacted:aws-access-key:[0-9a-f]{4}\], \[private\]\n"
        r"DB_PASSWORD=\[redacted:password:[0-9a-f]{4}\]\n\[redacted:github-token:[0-9a-f]{4}\]",
        scrubbed.text,
    )


def test_an_unclosed_private_part_goes_to_the_end() -> None:
    assert scrub("a <private>b\nc").text == "a [private]"


def test_tails_are_the_same_under_a_key_and_others_under_another() -> None:
    text = "".join(f"{AWS[:-2]}{a}{b}\n" for a in "QZX" for b in "TLM")
    tails = [[masked.tail for masked in scrub(text, key=key).findings] for key in (KEY, KEY, OTHER)]
    assert tails[0] == tails[1]
    assert tails[0] != tails[2]
    assert len(set(tails[0])) > 1
    process = scrub(text), scrub(text)
    assert process[0] == process[1]


def test_the_tail_is_the_keyed_digest() -> None:
    import hashlib
    import hmac

    for key in (b"k", KEY, b"long" * 40):
        (masked,) = scrub(AWS, key=key).findings
        assert masked.tail == hmac.new(key, AWS.encode(), hashlib.sha256).hexdigest()[:4]


def test_a_telling_rule_names_what_a_general_one_found_too() -> None:
    assert rules_of(f'token = "{GITHUB}"') == {"github-token"}
    assert rules_of(f"Authorization: Bearer {GITHUB}") == {"github-token"}


def test_known_values_are_found_by_what_knows_them() -> None:
    scrubbed = scrub("say correct horse, twice: correct horse", values=Known("correct horse"))
    told = [(masked.rule, masked.name) for masked in scrubbed.findings]
    assert told == [("known-value", "DB")] * 2
    assert "horse" not in scrubbed.text
    assert scrub("correct horse", Rules(off=["known-value"]), values=Known("horse")).text == (
        "correct horse"
    )


def test_a_known_value_inside_a_secret_leaves_nothing_of_it() -> None:
    scrubbed = scrub(f"x {AWS} y", values=Known(AWS[4:10], AWS[8:] + " y"))
    assert re.fullmatch(r"x \[redacted:known-value:[0-9a-f]{4}\]", scrubbed.text)


def test_finders_of_the_user_are_rules_of_their_own() -> None:
    rules = Rules(own=[Known("case 4711", name="case-number")])
    assert rules_of("see case 4711", rules) == {"case-number"}
    assert rules_of("see case 4711", Rules(off=["case-number"], own=rules.own)) == set()


def test_a_placeholder_in_a_value_stays_and_what_is_around_it_goes() -> None:
    text = "DB_PASSWORD=nlu[redacted:known-value:12ab]rdqx7\n"
    scrubbed = scrub(text, key=KEY)
    assert "[redacted:known-value:12ab]" in scrubbed.text
    assert "nlu" not in scrubbed.text
    assert "rdqx7" not in scrubbed.text
    assert scrub(scrubbed.text, key=OTHER).text == scrubbed.text


def test_no_secret_shows_in_what_is_printed() -> None:
    scrubbed = scrub(f"{AWS} {GITHUB}", values=Known(GITHUB))
    for shown in (repr(scrubbed), str(scrubbed), repr(scrubbed.findings), repr(DEFAULT)):
        assert AWS not in shown
        assert GITHUB[4:] not in shown


def test_no_secret_shows_when_a_finder_fails() -> None:
    class Broken:
        def find(self, _text: str) -> list[tuple[int, int, str]]:
            raise ValueError("broken")

    try:
        scrub(f"x {GITHUB}", values=Broken())
    except ValueError:
        assert GITHUB not in traceback.format_exc()
    else:
        pytest.fail("it went on without the finder")


def test_values_compare() -> None:
    one = Masked("a", 1, 2, "ffff")
    assert one == Masked("a", 1, 2, "ffff")
    assert one != Masked("a", 1, 2, "fffe")
    assert len({one, Masked("a", 1, 2, "ffff")}) == 1
    assert Rules() == DEFAULT == Rules(off=())
    assert Rules(off=["a"]) == Rules(off={"a"}) != DEFAULT
    assert Scrubbed("a") == Scrubbed("a", ()) != Scrubbed("b")
    assert one != "a"
    assert len({DEFAULT, Rules()}) == len({Scrubbed("a"), Scrubbed("a")}) == 1


NAMED = [
    AWS,
    f"feature-{GITHUB}",
    f"a/{AWS}/b",
    "/".join([AWS] * 6),
    "x" * 30 + "." + GITHUB[:34],
    GITHUB + "a" * 24,
    AWS + "." + "b" * 40,
]


@pytest.mark.parametrize("name", NAMED)
def test_a_masked_name_is_a_name(name: str) -> None:
    scrubbed = scrub_name(name, key=KEY)
    assert AWS not in scrubbed.text
    assert GITHUB[4:20] not in scrubbed.text
    assert re.search(r"redacted-[a-z-]+-[0-9a-f]{4}", scrubbed.text)
    assert names.is_path(scrubbed.text)
    assert scrub_name(scrubbed.text, key=OTHER).text == scrubbed.text
    assert all(0 <= masked.start < masked.end <= len(name) for masked in scrubbed.findings)


def test_an_ordinary_name_stays() -> None:
    for name in ("main", "token-refresh/key.2", "claude-3-7-sonnet_20250219", "a" * 64):
        assert scrub_name(name) == Scrubbed(name)


def test_the_strength_of_names() -> None:
    strong = "password DB_PASSWORD dbPassword spring.datasource.password db_pass pwd2".split()
    weak = "token apiKey X-Api-Key SECRET clientSecret authorization GITHUB_TOKEN".split()
    nothing = "tokens tokenizer author publicKey primary-key passed keyboard bypass".split()
    assert {strength(name) for name in strong} == {STRONG}
    assert {strength(name) for name in weak} == {WEAK}
    assert {strength(name) for name in nothing} == {NOTHING}
    assert (strength("key"), strength("vendor_key")) == (BARE, FAINT)
    assert words("myHTTPToken_v2-keyID") == ["my", "http", "token", "v2", "key", "id"]


PIECES = st.sampled_from(
    [
        *EXAMPLES, "password", "token: ", "=", '"', "'", ":", " ", "\n", "\r\n", "\\n", "\\", "é",
        "密码：", "<private>", "</private>", "[private]", "[redacted:password:12ab]", "[redacted:",
        "redacted-a-12ab", "x7Kq2Lm9Pz4R", "nlurdqx", "secret", "://", "@", "/", "-----BEGIN",
        "kind: Secret\n", "\ud800", "]",
    ]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join))
@example("password=password=x7Kq2Lm9Pz4R")
@example("token: token: x7Kq2Lm9Pz4R x7Kq2Lm9Pz4R")
@example("[redacted:password:[redacted:password:12ab]")
def test_scrubbing_again_changes_nothing(text: str) -> None:
    once = scrub(text, key=KEY)
    assert scrub(once.text, key=OTHER) == Scrubbed(once.text)
    spans = [(masked.start, masked.end) for masked in once.findings]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join))
def test_what_was_not_masked_is_as_it_was(text: str) -> None:
    scrubbed = scrub(text, key=KEY)
    parts, at = [], 0
    for masked in scrubbed.findings:
        mark = f"[redacted:{masked.rule}:{masked.tail}]" if masked.tail else "[private]"
        parts += [text[at : masked.start], mark]
        at = masked.end
    assert "".join([*parts, text[at:]]) == scrubbed.text
