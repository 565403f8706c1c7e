"""Secrets in the forms that people paste them in; what looks like one of them, but is none."""

import base64
import re

import pytest

from journal.redaction import Rules, Scrubbed, scrub, scrub_name
from journal.redaction.rule import spelled

TOKENS = [
    "ghp_" + spelled("{w36}"),
    "AKIA" + "Q7ZL2MXP3RTB4KVN",
    "glpat-" + spelled("{w20}"),
    "xoxb-" + spelled("{d12}-{d12}-{w24}"),
    "sk-ant-api03-" + spelled("{w93}"),
]
AROUND = [
    "_{}_", "~~{}~~", ".{}", "token.{}.txt", "x-{}", "retry-{}", "backup-{}.tar", "TOKEN_{}",
    "%20{}", "token%3D{}", "=3D{}", "\\u0022{}\\u0022", "\\x22{}", "\\t{}", "\\n\\t{}",
    "\x1b[31m{}\x1b[0m", "\x1b[1;31m{}", "\x1b[m\x1b[K{}", "\\u001b[31m{}\\u001b[0m", "\\x1b[31m{}",
    "口令{}", "a/{}/b", "redacted-x-1234-{}",
]  # fmt: skip
DRAWN, OTHER = "x7Kq2Lm9Pz4R", "b8Jw3Nn5Qy6T"


@pytest.mark.parametrize("form", AROUND)
@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token[:5])
def test_a_token_is_found_behind_whatever_is_no_letter(form: str, token: str) -> None:
    scrubbed = scrub(form.format(token))
    assert token[6:] not in scrubbed.text
    assert token[5:15] not in scrubbed.text
    assert scrubbed.text.startswith(form.partition("{}")[0])


def test_what_only_begins_like_a_token_is_none() -> None:
    for text in (
        "xoxo-with-love-from-paris-2026", "A3-landscape-poster-final-v2-2026",
        "cache-key-9e107d9d372bb6826bd81d3542a419d6", "my-sk-fading-circle-12-segments-wide",
        "the-ghp_token_of_this_repository_is_secret", "x-sk_live_key_of_the_shop_window",
    ):  # fmt: skip
        assert scrub(text) == Scrubbed(text)


FORMS = [
    "| password | {} |",
    "| name | kept |\n| **password** | `{}` |",
    '"passwords": ["{}", "b8Jw3Nn5Qy6T"]',
    "password: |\n  {}\n",
    "password: >-\n  {}\nuser: a",
    "password=\n{}\n",
    "Password:\n  {}\n",
    "setx API_TOKEN {}",
    "echo {} | docker login -u app --password-stdin",
    'echo -n "{}" | docker login --password-stdin example.org',
    "Cookie: theme=dark; sessionid={}b8Jw3Nn5Qy6T; lang=en",
    "密码：{}，请妥善保管",
    "パスワード：{}です",
    "パスワードは{}",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_password_is_found_where_people_write_it(form: str) -> None:
    scrubbed = scrub(form.format(DRAWN))
    assert DRAWN not in scrubbed.text
    assert OTHER not in scrubbed.text
    assert scrubbed.text.startswith(form.partition("{}")[0])


def test_a_number_may_be_a_password_in_json() -> None:
    assert "83726152" not in scrub('{"password": 83726152}').text
    assert "83726152" not in scrub('{"password": 83726152, "user": 1}').text
    assert scrub("password length: 83726152 and more").findings == ()


NONE = [
    "密码：这是一个很长的密码说明文字请勿使用",
    "密码：用户的登录密码，长度8位以上",
    "密码：SHA-256加密存储",
    "用户名:密码:UserId:GroupId:描述",
    "パスワード：ログイン時に使うパスワードです",
    "mysql -u root -p mydb < dump.sql",
    "Auth: OAuth2/OIDC.",
    "PublicKeyToken=b77a5c561934e089",
    "token: 4f3c2b1a",
    "password:\n  required: true\n",
    "password=\njdbc.snowflake.url=\n",
    "Password:\n  string\n",
    "| password | string | yes |",
    "| 100% PASS | 972/1018ms |",
    "/(authorization|bearer|credential|password|private[_-]?key)/i",
    '"tags": ["token", "key"]',
    "password: |\n  $DB_PASSWORD\n",
    "Set-Cookie: theme=dark; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
]


@pytest.mark.parametrize("text", NONE)
def test_what_describes_a_password_stays(text: str) -> None:
    assert scrub(text) == Scrubbed(text)


LINES = [spelled("{w64}")[at:] + spelled("{w64}")[:at] for at in range(1, 9)]
PEM = ["-" * 5 + "BEGIN RSA PRIVATE KEY" + "-" * 5, *LINES, "-" * 5 + "END RSA PRIVATE KEY-----"]
SSH2 = ["---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", 'Comment: "rsa"', *LINES]


@pytest.mark.parametrize(
    "lines",
    [
        [PEM[0].lower(), *LINES, PEM[-1].lower()],
        [*SSH2, "---- END SSH2 ENCRYPTED PRIVATE KEY ----"],
        SSH2,
        [f"k.pem:{number}:{line}" for number, line in enumerate(PEM, 1)],
        [f"a/k.pem-{number}-{line}" for number, line in enumerate(PEM[:-1], 1)],
        [f"k.pem:{number}:{line}" for number, line in enumerate(PEM[1:], 8)],
        [f"{number}:{line}" for number, line in enumerate(PEM, 8)],
        [f"{number:6}\t{line}" for number, line in enumerate(PEM[:-1], 8)],
    ],
)
def test_a_private_key_is_masked_however_its_lines_begin(lines: list[str]) -> None:
    scrubbed = scrub("\n".join(lines))
    assert {masked.rule for masked in scrubbed.findings} == {"private-key"}
    assert not any(line[8:24] in scrubbed.text for line in LINES)


def test_the_base64_of_a_private_key_is_one() -> None:
    plain = "\n".join(PEM).encode()
    for text in (base64.b64encode(plain).decode(), base64.encodebytes(plain).decode().strip()):
        (masked,) = scrub(f"client-key-data: {text}\nname: a").findings
        assert (masked.rule, masked.end - masked.start) == ("private-key", len(text))
    public = "\n".join(line.replace("RSA PRIVATE KEY", "CERTIFICATE") for line in PEM).encode()
    text = f"certificate-authority-data: {base64.b64encode(public).decode()}"
    assert scrub(text) == Scrubbed(text)


class Cases:
    """A finder of the user's own, with the names of its rules."""

    names = ("case-number",)

    def find(self, text: str) -> list[tuple[int, int, str]]:
        return [(m.start(), m.end(), "case-number") for m in re.finditer(r"case-\d+", text)]


def test_what_only_looks_like_a_placeholder_shields_nothing() -> None:
    for text in (
        f"[redacted:password={DRAWN}]",
        f"password=[redacted:{DRAWN.lower()}abcq:12ab]",
        f"password: {OTHER}[redacted:{DRAWN.lower()}:12ab]",
    ):
        assert DRAWN.lower() not in scrub(text).text.lower()
    assert TOKENS[0][4:] not in scrub_name("redacted-x-1234" + TOKENS[0]).text
    assert TOKENS[0][4:] not in scrub_name("redacted-password-1234" + TOKENS[0]).text


def test_placeholders_of_ones_own_rules_stay() -> None:
    rules = Rules(own=[Cases()])
    once = scrub("password=case-4711x7Kq2Lm9", rules)
    text = "DB_PASSWORD=[redacted:case-number:12ab]x7Kq2Lm9\n"
    assert "[redacted:case-number:12ab]" in scrub(text, rules).text
    assert scrub(once.text, rules).text == once.text
    assert scrub("[redacted:case-4711:12ab]", rules).text != "[redacted:case-4711:12ab]"


@pytest.mark.parametrize("given", [None, b"a", 4])
def test_only_text_is_taken(given: object) -> None:
    for function in (scrub, scrub_name):
        with pytest.raises(TypeError, match="takes text, not"):
            function(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("beginning", ["4b1d", "eac1", "0000"])
@pytest.mark.parametrize("form", ["sha256:{}", "image {} ok", "digest: sha256:{}", "commit {}"])
def test_a_digest_is_no_secret_whatever_it_begins_with(beginning: str, form: str) -> None:
    text = form.format(beginning + spelled("{h60}"))
    assert scrub(text) == Scrubbed(text)


@pytest.mark.parametrize(
    "form", ["DB_PASSWORD={}\nDB_NAME=y\n", "password: {}\nport: 8080", "password: {}"]
)
def test_a_number_may_be_a_password_in_a_configuration(form: str) -> None:
    assert "4815162342" not in scrub(form.format(4815162342)).text
