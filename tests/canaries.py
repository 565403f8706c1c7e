"""Forty kinds of secrets that nobody ever issued, put together here so that no scanner takes alarm.

Each has a text as somebody would paste it, and the part of it that must never be kept.
"""

import base64
import random
import string
from collections.abc import Callable

_LETTERS = string.ascii_letters + string.digits
_UPPER = string.ascii_uppercase + "234567"
_HEX = "0123456789abcdef"


def _made(seed: str, size: int, letters: str = _LETTERS) -> str:
    """The same characters for the same seed, each time."""
    chosen = random.Random(seed)
    return "".join(chosen.choice(letters) for _ in range(size))


def _prefixed(name: str, prefix: str, size: int, letters: str = _LETTERS) -> tuple[str, str]:
    secret = prefix + _made(name, size, letters)
    return f"the {name} I use is {secret}, keep it safe", secret


def _assigned(name: str, form: str, size: int, letters: str = _LETTERS) -> tuple[str, str]:
    secret = _made(name, size - 2, letters) + "7q"
    return form.format(secret), secret


def _jwt() -> tuple[str, str]:
    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    secret = ".".join([part('{"alg":"HS256"}'), part('{"sub":"canary-4711"}'), _made("jwt", 43)])
    return f"it sent {secret} with the call", secret


def _pem(kind: str) -> tuple[str, str]:
    lines = [_made(f"{kind}{number}", 64, _LETTERS + "+/") for number in range(5)]
    dashes = "-" * 5
    block = "\n".join(
        [
            f"{dashes}BEGIN {kind}PRIVATE KEY{dashes}",
            *lines,
            f"{dashes}END {kind}PRIVATE KEY{dashes}",
        ]
    )
    return f"here it is:\n{block}\nthat was all", lines[2]


_PREFIXED: dict[str, tuple[str, int, str]] = {
    "github token": ("ghp" + "_", 36, _LETTERS),
    "github fine-grained token": ("github" + "_pat_", 82, _LETTERS),
    "github app token": ("ghs" + "_", 36, _LETTERS),
    "gitlab token": ("glpat" + "-", 20, _LETTERS),
    "slack bot token": ("xoxb" + "-", 48, _LETTERS),
    "stripe live key": ("sk" + "_live_", 32, _LETTERS),
    "openai key": ("sk" + "-proj-", 64, _LETTERS),
    "anthropic key": ("sk" + "-ant-api03-", 93, _LETTERS),
    "huggingface token": ("hf" + "_", 34, string.ascii_letters),
    "npm token": ("npm" + "_", 36, _LETTERS),
    "pypi token": ("pypi" + "-AgEIcHlwaS5vcmc", 80, _LETTERS),
    "digitalocean token": ("dop" + "_v1_", 64, _HEX),
    "sendgrid key": ("SG" + "." + _made("sendgrid", 22) + ".", 43, _LETTERS),
    "google api key": ("AIza" + "Sy", 33, _LETTERS),
    "aws access key": ("AKIA" + "", 16, _UPPER),
    "shopify token": ("shpat" + "_", 32, _HEX),
    "telegram bot token": ("8123456789" + ":AA", 33, _LETTERS),
    "databricks token": ("dapi" + "", 32, _HEX),
    "doppler token": ("dp" + ".pt.", 43, _LETTERS),
    "linear key": ("lin" + "_api_", 40, _LETTERS),
    "vault token": ("hvs" + ".", 90, _LETTERS),
    "age secret key": ("AGE-SECRET" + "-KEY-1", 58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
    "grafana token": ("glsa" + "_" + _made("grafana", 32) + "_", 8, _HEX),
}
_ASSIGNED: dict[str, tuple[str, int]] = {
    "password in env form": ("DB_PASSWORD={}", 16),
    "password in yaml": ("database:\n  password: {}\n", 16),
    "password in json": ('{{"user": "app", "password": "{}"}}', 16),
    "password in code": ('client.connect(user="app", password="{}")', 16),
    "api key in toml": ('api_key = "{}"', 32),
    "client secret": ("client_secret: '{}'", 40),
    "access token in a URL": ("GET https://api.invalid/v1?access_token={}&page=2", 40),
    "basic auth in a URL": ("git clone https://app:{}@git.invalid/x.git", 20),
    "database URL": ("postgres://app:{}@db.invalid:5432/main", 20),
    "bearer header": ("Authorization: Bearer {}", 40),
    "aws secret key": ("aws_secret_access_key = {}", 40),
    "password flag": ("mysql --user app --password={} main", 16),
    "password in XML": ("<password>{}</password>", 16),
    "secret in a shell export": ("export SESSION_SECRET='{}'", 32),
}
_SPECIAL: dict[str, Callable[[], tuple[str, str]]] = {
    "jwt": _jwt,
    "rsa private key": lambda: _pem("RSA "),
    "private key": lambda: _pem(""),
}

CANARIES: dict[str, tuple[str, str]] = {
    **{name: _prefixed(name, *how) for name, how in _PREFIXED.items()},
    **{name: _assigned(name, *how) for name, how in _ASSIGNED.items()},
    **{name: make() for name, make in _SPECIAL.items()},
}


def traces(secret: str) -> list[bytes]:
    """The forms in which a secret may lie somewhere: its middle, as it is and encoded."""
    core = secret[len(secret) // 4 : len(secret) // 4 + 24]
    plain = core.encode()
    return [plain, plain.lower(), base64.b64encode(plain)[2:-4], plain.hex().encode()]
