"""Secrets that their place gives away: URLs, headers, command lines, key blocks, hashes."""

import re
from binascii import Error as NotBase64
from binascii import a2b_base64

from journal.redaction.likeness import by_lot, stand_in
from journal.redaction.looks import PROGRAMS
from journal.redaction.rule import Rule


def _credentials(text: str) -> bool:
    """Whether it is the base64 of a user and a password."""
    try:
        plain = a2b_base64(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (NotBase64, ValueError):
        return False
    head = plain[:200]
    return b":" in head and all(31 < byte < 127 or byte > 193 for byte in head)


def _basic(text: str) -> bool:
    return not stand_in(text) and (_credentials(text) or (by_lot(text) and len(text) >= 20))


def _bearer(text: str) -> bool:
    return not stand_in(text) and by_lot(text)


def _url_password(text: str) -> bool:
    low = text.lower()
    return not stand_in(text) and low.strip("*.x-_") != "" and not text.isdigit()


def _login(text: str) -> bool:
    user, _, password = text.partition(":")
    if not password.strip("'\""):
        password = user
    password = password.strip("'\"{}:")
    if password in ("", user.strip("'\"")) or stand_in(password) or len(password) < 4:
        return False
    return not text.lstrip("'\"").startswith(("$", "<", "{{"))


def _typed(text: str) -> bool:
    """Whether it could be a password on a command line rather than a port, a path or a folder."""
    word = text.strip("'\"")
    if stand_in(word) or (not set(word).isdisjoint("/:\\=(") and not by_lot(word)):
        return False
    return len(set(word)) > 3 and any(map(str.isalpha, word)) and " " not in word


def _hash(text: str) -> bool:
    return len(set(text)) > 12


class CommandPassword(Rule):
    """What follows the option -p of a program that takes a password by it."""

    def find(self, text: str, at: int) -> "list[tuple[int, int]]":
        """The option's value, if such a program is named before it on the line."""
        line = text[max(0, text.rfind("\n", max(0, at - 200), at) + 1, at - 200) : at].lower()
        named = [program for program in PROGRAMS if program in line]
        if not named or (text[at + 3 : at + 4].isspace() and set(named) <= _NO_BLANK):
            return []
        return super().find(text, at)


class Cookie(Rule):
    """What the values of a cookie header are, if they look drawn by lot."""

    def find(self, text: str, at: int) -> "list[tuple[int, int]]":
        """Each value on this line."""
        end = text.find("\n", at, at + _LINE)
        line = end if end >= 0 else min(len(text), at + _LINE)
        pairs = _PAIR.finditer(text, at, line)
        return [pair.span(1) for pair in pairs if not stand_in(pair[1]) and by_lot(pair[1])]


_LINE = 2000
_NO_BLANK = frozenset(("mysql", "mariadb"))  # a word after `-p ` is a database's name
_PAIR = re.compile(r"[=][\"']?([^\s;,=\"']{12,400}=*)")


PLACES: "list[Rule]" = [
    Rule("url-password", "://",
         r"://[^\s/:@\"'<>`,;()]{0,80}:(?P<secret>[^\s/\"'<>`|]{3,200})@[A-Za-z0-9.\[_${-]",
         "postgres://app:{w12}@db/main", "postgres://app:password@db/main")
    .but(accept=_url_password),
    Rule("url-token", "://", r"://(?P<secret>[A-Za-z0-9_-]{20,}):?(?:x-oauth-basic)?@[A-Za-z0-9.]",
         "https://{w40}@github.com/a/b", "https://someone@github.com/a/b").but(accept=_bearer),
    Rule("basic-auth", "basic", r"(?i:basic)[ \t]+['\"]?(?P<secret>[A-Za-z0-9+/_-]{8,}={0,2})",
         "Authorization: Basic YWxhZGRpbjpvcGVuc2VzYW1l", "Basic authentication is used")
    .but(accept=_basic),
    Rule("bearer-token", "bearer",
         r"(?i:bearer)[ \t]+['\"]?(?P<secret>[A-Za-z0-9+/_.~:-]{10,}={0,2})",
         "Authorization: Bearer {w32}", "Authorization: Bearer authentication-required")
    .but(accept=_bearer),
    Rule("curl-user", "curl",
         r"curl(?:[^\n\\;|&]|\\\r?\n|\\.){0,600}?\s(?:-u|--user|-U|--proxy-user)(?:\s+|=)"
         r"(?P<secret>\"[^\"\n]*\"(?::\"[^\"\n]*\")?|'[^'\n]*'"
         r"|[^\s'\"]+:(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s'\"]+))",
         "curl -s -u app:{w12} https://example.org", "curl -s -u app:$PASS https://example.org")
    .but(accept=lambda text: ":" in text and _login(text)),
    Rule("slack-webhook", "hooks.slack.com/",
         r"hooks\.slack\.com/(?P<secret>(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,})",
         "https://hooks.slack.com/services/T{u8}/B{u8}/{w24}",
         "https://hooks.slack.com/services/T/B"),
    Rule("discord-webhook", "/webhooks/", r"/webhooks/\d{15,22}/(?P<secret>[\w-]{50,})",
         "https://discord.com/api/webhooks/{d18}/{w68}",
         "https://discord.com/api/webhooks/{d18}/x"),
    Rule("teams-webhook", "/webhookb2/",
         r"/webhookb2/(?P<secret>[a-z0-9@/-]{60,400}(?i:incomingwebhook)?[\w/-]{0,200})",
         "https://a.webhook.office.com/webhookb2/{k36}@{k36}/IncomingWebhook/{k32}/{k36}",
         "https://a.webhook.office.com/webhookb2/{k6}"),
    Rule("putty-key", "PuTTY-User-Key-File-",
         r"PuTTY-User-Key-File-\d[\s\S]{0,4000}?Private-Lines: *\d+\s+"
         r"(?P<secret>(?:[A-Za-z0-9+/=]{4,64}\s*)+(?:Private-(?:MAC|Hash): *[0-9a-f]+)?)",
         "PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 2\n{w64}\n{w64}\nPrivate-MAC: {h40}\n",
         "PuTTY-User-Key-File-2: ssh-rsa\nComment: none\n"),
    Rule("password-hash", "$",
         r"\$(?:2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}"
         r"|(?:1|apr1)\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{22}"
         r"|[56]\$(?:rounds=\d+\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86}"
         r"|y\$[./A-Za-z0-9]+\$[./A-Za-z0-9]+\$[./A-Za-z0-9]{43}"
         r"|(?:argon2\w*|pbkdf2[\w-]*|scrypt)\$[\w=,$+/.-]{40,400})",
         "$2b$12${w53}", "$2b$12${w12}")
    .but(accept=_hash),
    Rule("sql-password", "identified",
         r"(?i:identified by)\s+(?:password\s+)?(?P<secret>'[^'\n]{4,}'|\"[^\"\n]{4,}\")",
         "CREATE USER a IDENTIFIED BY '{w12}'", "CREATE USER a IDENTIFIED BY 'password'")
    .but(accept=lambda text: not stand_in(text[1:-1])),
    CommandPassword("command-password", " -p",
         r"\s-p[ \t=]?(?P<secret>'[^'\n]{4,200}'|\"[^\"\n]{4,200}\""
         r"|[^\s'\"<>|;&-][^\s'\"<>|;&]{3,200})",
         "sshpass -p {w12} ssh app@db", "sshpass -p $PASSWORD ssh app@db")
    .but(accept=_typed),
    Cookie("session-cookie", "cookie:", "",
         "Cookie: theme=dark; sessionid={w32}", "Set-Cookie: theme=dark; Path=/; HttpOnly"),
]  # fmt: skip
