"""What the user's secrets are: environment, `.env`, values named once; and the fingerprint key."""

import base64
import json
import multiprocessing
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.credentials import FILES, KEPT, KEY, dotenv, key, known, telling
from journal.credentials.keeping import forget_value, name_value, named
from journal.errors import JournalError, UsageError, WorkspaceError
from journal.workspace import init

SECRET = "w7Q-x2Kd_99zPlm4Tb"  # noqa: S105 - made up
STATE = ".journal/state"


@pytest.fixture
def root(tmp_path: Path) -> str:
    init(str(tmp_path / "space"))
    return str(tmp_path / "space")


def names(root: str, environ: dict[str, str], cwd: str = "") -> list[str]:
    values = known(root, environ, cwd or root)
    return sorted(values.names) if values else []


def state_of(root: str) -> Path:
    return Path(root) / STATE


# The environment


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", SECRET),
        ("OPENAI_API_KEY", SECRET),
        ("apikey", SECRET),
        ("dbPassword", SECRET),
        ("PGPASSWORD", "hunter2hunter2"),
        ("MYSQL_PWD", SECRET),
        ("AWS_ACCESS_KEY_ID", "AKIAQ3EXAMPLE7WXYZ2A"),
        ("GITHUB_TOKEN", SECRET),
        ("SIGNING_KEY_2", SECRET),
        ("SSH_PASSPHRASE", "correct horse battery staple"),
        ("HTTP_AUTH", "anna:5uper-geheim"),
        ("APP_SECRET", "/" + SECRET),
        ("PASSWORD_SALT", SECRET),
        ("TLS_PRIVATE", SECRET),
        ("DB_PASSWORD", "84736251"),
        ("ROUTER_PIN", "847362"),
        ("SMS-TOKEN2", "8473625"),
        ("GOOGLE_CREDENTIALS", '{"type": "service_account", "private_key_id": "77ab31"}'),
    ],
)
def test_a_credential_is_known(root: str, name: str, value: str) -> None:
    values = known(root, {name: value}, root)
    assert values
    assert values.find(f"it is {value}.") == [(6, 6 + len(value), name)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PWD", "/home/anna/very/long/path1"),
        ("OLDPWD", "/home/anna/very/long/path1"),
        ("EDITOR", SECRET),
        ("GIT_AUTHOR_NAME", "Anna Beispiel 77"),
        ("SSH_AUTH_SOCK", "/run/ssh-XXXX/agent.1234"),
        ("KEYBOARD_LAYOUT", "de-nodeadkeys-1"),
        ("TOKENIZERS_PARALLELISM", "disabled-99"),
        ("API_KEY", "short1"),
        ("API_KEY", "your-api-key"),
        ("API_KEY", "your-api-key-comes-here"),
        ("DB_PASSWORD", "password"),
        ("DB_PASSWORD", "Change-Me-Please"[:12]),
        ("DB_PASSWORD", "xxxxxxxxxxxxxxxx"),
        ("TOKEN", "123456789012"),
        ("TOKEN", "84736"),
        ("PIN", "222111"),
        ("PIN", "987654"),
        ("SECRET_PORT", "847362"),
        ("PASSWORD_MAX_AGE", "7776000"),
        ("MAX_TOKEN", "847362"),
        ("TOKEN_YEAR", "20261121"),
        ("API_KEY", "84736251"),
        ("SHIPPING", "84736251"),
        ("TOKEN_EXPIRES", "2026-11-21T14:03:22"),
        ("KEY_FILE", "/etc/ssl/private/server7.pem"),
        ("PRIVATE_KEY", "/etc/ssl/private/server.pem"),
        ("PRIVATE_KEY", "~/.ssh/keys/server.pem"),
        ("SECRET", "${OTHER_SECRET_1}"),
        ("SORT_KEY", "customer_number"),
        ("AUTH_URL", "https://login.example.org/oauth2/token1"),
        ("DATABASE_URL", "postgres://postgres:postgres@localhost/db1"),
        ("KEY", ""),
    ],
)
def test_what_is_no_credential_is_not_known(root: str, name: str, value: str) -> None:
    assert known(root, {name: value}, root) is None


def test_a_path_that_is_there_is_no_secret(root: str, tmp_path: Path) -> None:
    path = tmp_path / "k3y9Q7xz"
    assert names(root, {"SIGNING_KEY": str(path) + "Zz1"}) == ["SIGNING_KEY"]
    path.touch()
    assert names(root, {"SIGNING_KEY": str(path)}) == []


def test_what_every_shell_has_costs_no_judgement(root: str, tmp_path: Path) -> None:
    (tmp_path / "Xauthority").touch()
    shell = {"PWD": root, "OLDPWD": "/gone/k3y9Q7xz", "XAUTHORITY": str(tmp_path / "Xauthority")}
    code = (
        "import sys; from journal.credentials import known;"
        f"assert known({root!r}, {shell!r}, {root!r}) is None;"
        "assert 'journal.credentials.telling' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        (f"postgres://anna:{SECRET}@db.example.org:5432/app", SECRET),
        ("redis://:p%40ss%2Fw0rd77@localhost", "p@ss/w0rd77"),
        ("amqp://anna:half/escaped?9@mq.example.org/x", "half/escaped?9"),
        (f"https://{SECRET}@git.example.org/a.git", SECRET),
        (f"https://{SECRET}:x-oauth-basic@git.example.org/a.git", SECRET),
    ],
)
def test_a_password_in_a_url_is_known_without_the_rest(root: str, url: str, secret: str) -> None:
    values = known(root, {"SOME_URL": url}, root)
    assert values
    assert values.find(f"{secret} db.example.org anna") == [(0, len(secret), "SOME_URL")]
    assert values.find(url)


def test_what_journal_toml_says_is_no_secret(root: str) -> None:
    writer = (Path(root) / "journal.toml").read_text().split('writer = "')[1].split('"')[0]
    assert names(root, {"JOURNAL_KEY": f"{writer}"}) == []
    assert names(root, {"JOURNAL_KEY": f"{writer}-1x"}) == ["JOURNAL_KEY"]


# .env


def test_env_files_of_the_workspace_and_of_the_current_folder(root: str, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    for folder in (Path(root), here):
        for file in FILES:
            name = f"{folder.name}{file}".replace(".", "_").upper()
            (folder / file).write_text(f"{name}_TOKEN={name}-{SECRET}\nPORT=8080\n")
    mine = ["SPACE_ENV_LOCAL_TOKEN", "SPACE_ENV_TOKEN"]
    assert names(root, {}) == mine
    assert names(root, {}, str(here)) == ["HERE_ENV_LOCAL_TOKEN", "HERE_ENV_TOKEN", *mine]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("A=b", {"b"}),
        ("export A = b # why", {"b"}),
        ("  A=b#c", {"b#c"}),
        ("A=", {""}),
        ("A=# nothing", {""}),
        ("A='b # c' # d", {"b # c"}),
        ('A=`b"c`', {'b"c'}),
        ('A="b\\n\\"c\\\\"', {'b\\n\\"c\\\\', 'b\n"c\\'}),
        ('A="b\nc"\n', {"b\nc"}),
        ("A='b\nc'", {"b\nc"}),
        ("A='tis", {"tis"}),
        ('A="b', {"b"}),
        ("A=b=c==", {"b=c=="}),
        ("\ufeffA=b", {"b"}),
        ("# A=c\n\nA=b\r\nrubbish\n=x\nB C=d", {"b"}),
        ("A=b\rB=c", {"b"}),
    ],
)
def test_lines_of_an_env_file(tmp_path: Path, line: str, values: set[str]) -> None:
    file = tmp_path / ".env"
    file.write_bytes(line.encode())
    notices: list[str] = []
    text = dotenv.read(os.open(file, os.O_RDONLY), str(file), 1 << 20, notices)
    assert {value for name, value in dotenv.variables(text) if name == "A"} == values
    assert not notices


@given(st.text(st.sampled_from("AB=\"'`\\ #\n\r\tö$export"), max_size=60))
def test_no_env_file_is_too_broken(text: str) -> None:
    for name, value in dotenv.variables(text):
        assert name
        assert len(value) <= len(text)


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="'"), max_size=30),
    st.sampled_from(["A={0}", "export A='{0}'", "A={1}"]),
)
def test_a_value_in_quotes_is_read_as_it_was(value: str, form: str) -> None:
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = form.format(f"'{value}'", quoted) if "'" not in form else form.format(value)
    found = [got for _, got in dotenv.variables(f"X=1\n{text} # end\nY=2")]
    assert value in found
    assert found[-1] == "2"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_for_an_env_file_is_told_of_and_not_waited_for(root: str) -> None:
    os.mkfifo(Path(root) / ".env")
    values = known(root, {}, root)
    assert values is not None
    assert values.notices == (f"{root}/.env is no regular file: its secrets are not known",)


@pytest.mark.skipif(os.name == "nt", reason="permissions and links of POSIX")
def test_env_files_that_cant_be_used_are_told_of(root: str, tmp_path: Path) -> None:
    env = Path(root) / ".env"
    env.write_bytes(b"API_TOKEN=" + SECRET.encode() + b"\n" + b"#" * (1 << 20))
    values = known(root, {}, root)
    assert values is not None
    assert not values
    assert values.find(SECRET) == []
    assert values.notices == (f"{env} is larger than 1,048,576 bytes: its secrets are not known",)
    env.unlink()
    env.symlink_to(env)
    values = known(root, {}, root)
    assert values is not None
    assert [notice.partition(" (")[0] for notice in values.notices] == [f"{env} can't be read"]
    env.unlink()
    real = tmp_path / "real"
    real.write_text(f"API_TOKEN={SECRET}")
    env.symlink_to(real)
    assert names(root, {}) == ["API_TOKEN"]
    env.unlink()
    env.mkdir()
    assert known(root, {}, root) is None


def test_a_current_folder_that_is_gone(root: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})\n"
        f"from journal.credentials import known; print(known({root!r}, {{}}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("None\n", "")


# Values named once

TELL = 'Gehe1m-"ß"\\Nr.+7'


def everything(root: str) -> bytes:
    """Every byte under the workspace, names too."""
    parts = []
    for folder, folders, files in os.walk(root):
        parts += [os.fsencode(name) for name in (*folders, *files)]
        parts += [(Path(folder) / name).read_bytes() for name in files]
    return b"\n".join(parts)


def test_no_byte_of_a_named_value_is_kept(root: str) -> None:
    before = everything(root)
    name_value(root, "THE_DOOR", TELL)
    after = everything(root)
    assert len(after) > len(before)
    data = TELL.encode()
    coded = [base64.b64encode(b"x" * pad + data).decode()[2:-4] for pad in range(3)]
    for whole in (TELL, json.dumps(TELL)[1:-1], *coded, data.hex(), data.hex().upper()):
        form = whole.encode()
        for at in range(len(form) - 5):
            assert form[at : at + 6] not in after, form[at : at + 6]
    held = json.loads((state_of(root) / KEPT).read_text())
    # Not even the opening of a needle is there in the clear.
    openings = {needle[1] for needle in held["values"]["THE_DOOR"]}
    assert not openings & {data[at : at + 2].hex() for at in range(len(data))}


def test_a_named_value_is_found_until_it_is_forgotten(root: str) -> None:
    assert named(root) == []
    assert known(root, {}, root) is None
    name_value(root, "door", f"  {TELL}\n")
    name_value(root, "PIN", "4711")
    assert named(root) == ["PIN", "door"]
    values = known(root, {"API_KEY": SECRET}, root)
    assert values
    assert list(values.names) == ["API_KEY", "PIN", "door"] or set(values.names) == {
        "API_KEY", "PIN", "door",
    }  # fmt: skip
    text = f"{TELL} 4711 {SECRET} {base64.b64encode(TELL.encode()).decode()}"
    assert [name for _, _, name in values.find(text)] == ["door", "PIN", "API_KEY", "door"]
    forget_value(root, "door")
    assert named(root) == ["PIN"]
    values = known(root, {}, root)
    assert values
    assert [name for _, _, name in values.find(text)] == ["PIN"]
    with pytest.raises(UsageError, match="no value is named 'door'") as caught:
        forget_value(root, "door")
    assert caught.value.kind == "no-such-value"


def test_naming_again_replaces(root: str) -> None:
    name_value(root, "door", "first-value-1")
    name_value(root, "door", "second-value-2")
    values = known(root, {}, root)
    assert values
    assert values.find("first-value-1 second-value-2") == [(14, 28, "door")]


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("short", "abc", "bad-value"),
        ("blank", " \n ", "bad-value"),
        ("long", "x" * (64 << 10) + "y", "bad-value"),
        ("", SECRET, "bad-name"),
        ("two\nlines", SECRET, "bad-name"),
        ("n" * 65, SECRET, "bad-name"),
        (f"my {SECRET}", SECRET, "bad-name"),
    ],
)
def test_what_cant_be_named(root: str, name: str, value: str, kind: str) -> None:
    with pytest.raises(UsageError) as caught:
        name_value(root, name, value)
    assert caught.value.kind == kind
    assert caught.value.hint
    assert value.strip() not in caught.value.message + caught.value.hint or not value.strip()
    assert not (state_of(root) / KEPT).exists()


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_what_is_kept_is_the_owners_alone(root: str) -> None:
    mask = os.umask(0)
    try:
        name_value(root, "door", TELL)
    finally:
        os.umask(mask)
    for file in (KEPT, KEY):
        assert stat.S_IMODE((state_of(root) / file).stat().st_mode) == 0o600


# The key


def _make_key(
    root: str, start: "multiprocessing.synchronize.Barrier", told: "multiprocessing.Queue[bytes]"
) -> None:
    start.wait()
    told.put(key(root))


@pytest.mark.skipif(os.name == "nt", reason="no fork")
def test_processes_that_make_the_key_at_once_agree(root: str) -> None:
    context = multiprocessing.get_context("fork")
    for _ in range(10):
        (state_of(root) / KEY).unlink(missing_ok=True)
        start, told = context.Barrier(4), context.Queue()
        team = [context.Process(target=_make_key, args=(root, start, told)) for _ in range(4)]
        for one in team:
            one.start()
        made = {told.get(timeout=60) for _ in team}
        for one in team:
            one.join()
        assert made == {key(root)}
        assert len(made.pop()) == 32


def test_processes_that_name_values_at_once_lose_none(root: str) -> None:
    code = (
        "import sys; from journal.credentials.keeping import name_value; who = sys.argv[1]\n"
        f"[name_value({root!r}, f'{{who}}{{n}}', f'value-{{n}}-{{who}}') for n in range(8)]"
    )
    team = [subprocess.Popen([sys.executable, "-c", code, who]) for who in "AB"]
    assert [one.wait() for one in team] == [0, 0]
    assert named(root) == sorted(f"{who}{n}" for who in "AB" for n in range(8))


def test_the_key_stays(root: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        key(root, create=False)
    assert caught.value.kind == "state-damaged"
    made = key(root)
    assert key(root) == key(root, create=False) == made
    assert (state_of(root) / KEY).read_text() == made.hex() + "\n"


@pytest.mark.parametrize("held", [b"", b"00", b"z" * 64, b"0" * 63, b"\xff" * 64, b"0" * 65])
def test_a_broken_key_is_told_of_and_never_replaced(root: str, held: bytes) -> None:
    name_value(root, "door", TELL)
    file = state_of(root) / KEY
    file.write_bytes(held)
    for call in (lambda: key(root), lambda: known(root, {}, root), lambda: named(root)):
        with pytest.raises(WorkspaceError) as caught:
            call()
        assert caught.value.kind == "state-damaged"
        assert caught.value.message == f"{STATE}/{KEY}: does not hold 64 hex digits"
        assert "delete" in caught.value.hint
    assert file.read_bytes() == held


@pytest.mark.parametrize(
    ("held", "message"),
    [
        (b"", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[]", "is not journal/known-values@1"),
        (b'{"schema": "journal/known-values@9"}', "is not journal/known-values@1"),
        (b'{"schema": "journal/known-values@1", "key": "0", "values": {}}', "under another key"),
    ],
)
def test_broken_named_values_are_told_of(root: str, held: bytes, message: str) -> None:
    name_value(root, "door", TELL)
    _refuses_to_read(root, held, message)


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        {"door": 7},
        {"door": [7]},
        {"door": [[1, 2]]},
        {"door": [[9, "", 0, 8, "", 0, 0]]},
        {"door": [[1, "", -1, 8, "", 0, 0]]},
        {"door": [[1, "", "0", 8, "", 0, 0]]},
        {"door": [[1, "zz", 0, 8, "", 0, 0]]},
        {"door": [[1, "00", 0, 8, 5, 0, 0]]},
        {"door": [[1, "0000", 0, 8, "00", 0, 0]]},
        {"door": [[1, "0000", 0, 8, "00", 0, 0, "zz"]]},
    ],
)
def test_broken_needles_are_told_of(root: str, values: object) -> None:
    name_value(root, "door", TELL)
    held = json.loads((state_of(root) / KEPT).read_text()) | {"values": values}
    _refuses_to_read(root, json.dumps(held).encode(), "something else than needles")


def _refuses_to_read(root: str, held: bytes, message: str) -> None:
    file = state_of(root) / KEPT
    file.write_bytes(held)
    with pytest.raises(WorkspaceError, match=message) as caught:
        known(root, {}, root)
    assert caught.value.kind == "state-damaged"
    assert caught.value.file == f"{STATE}/{KEPT}"
    assert "delete this file" in caught.value.hint
    assert file.read_bytes() == held


def test_a_lost_key_is_told_of(root: str) -> None:
    name_value(root, "door", TELL)
    (state_of(root) / KEY).unlink()
    with pytest.raises(WorkspaceError, match="is missing, and named values are kept under it"):
        known(root, {}, root)
    key(root)  # a new one, as a masked append would make it
    with pytest.raises(WorkspaceError, match="was made under another key"):
        known(root, {}, root)


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_no_link_is_followed(root: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("0" * 64)
    (state_of(root) / KEY).symlink_to(elsewhere)
    with pytest.raises(JournalError) as caught:
        key(root)
    assert caught.value.kind == "outside-workspace"


def test_the_ordinary_append_stays_cheap(root: str) -> None:
    name_value(root, "door", TELL)
    (Path(root) / ".env").write_text(f"API_TOKEN='{SECRET}'\nX_URL=https://a:b1@c\n")
    code = (
        "import sys; before = set(sys.modules); from journal.credentials import known, key;"
        f"values = known({root!r}, {{'DB_PASSWORD': 'hunter2hunter2'}}, {root!r}); key({root!r});"
        f"assert len(values.find({TELL + SECRET!r})) == 2;"
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    dear = {"re", "json", "base64", "binascii", "hashlib", "typing", "secrets", "contextlib"}
    assert not dear & set(run.stdout.split())


def test_words_are_told_from_secrets() -> None:
    assert telling._is_words("correct horse-battery_staple")
    assert telling._is_words("Ordentliche Wörter")
    assert not telling._is_words("corRect")
    assert not telling._is_words("w0rd")
