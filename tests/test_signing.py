"""Signatures: what one way makes the other takes, and neither takes anything else."""

import os
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from journal import signing
from journal.errors import IntegrityError, JournalError, UsageError
from journal.signing import inprocess, keyfile, program, sshsig
from journal.signing.sshsig import HARDWARE, Key, Signature

HERE = program.is_here()
KEYGEN = pytest.mark.skipif(not HERE, reason="there is no ssh-keygen here: install OpenSSH")
WAYS = ["inprocess", pytest.param("program", marks=KEYGEN)]
MESSAGES = [b"", b"one line\n", "Grüße\0\r\n\u2028".encode(), bytes(range(256)) * 4096]
FOR = "journal-test"


def key(number: int = 1) -> Ed25519PrivateKey:
    """A key that is the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def put(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    path.chmod(0o600)
    return str(path)


def openssh(one: Ed25519PrivateKey, password: str = "") -> bytes:
    lock = form.BestAvailableEncryption(password.encode()) if password else form.NoEncryption()
    return one.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, lock)


def pkcs8(one: Ed25519PrivateKey) -> bytes:
    return one.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())


def line(one: Ed25519PrivateKey) -> str:
    public = one.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
    return public.decode()


@pytest.fixture
def file(tmp_path: Path) -> str:
    return put(tmp_path / "id", openssh(key()))


def make(way: str, message: bytes, file: str, namespace: str = FOR) -> bytes:
    if way == "program":
        return program.sign(message, file, namespace)
    return inprocess.sign(message, keyfile.read(file), namespace)


def check(way: str, message: bytes, armored: bytes, namespace: str = FOR) -> Key:
    parsed = sshsig.parse(armored, namespace)
    {"program": program.check, "inprocess": inprocess.check}[way](message, parsed)
    return parsed.key


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as caught:
        call()
    assert caught.value.hint
    return caught.value.kind


# One suite over both ways


@pytest.mark.parametrize("checker", WAYS)
@pytest.mark.parametrize("maker", WAYS)
@pytest.mark.parametrize("message", MESSAGES, ids=len)
def test_what_one_way_makes_the_other_takes(
    maker: str, checker: str, message: bytes, file: str
) -> None:
    made = make(maker, message, file)
    assert made.startswith(b"-----BEGIN SSH SIGNATURE-----\n")
    assert check(checker, message, made).signer.key == line(key())
    assert refused(lambda: check(checker, message + b"x", made)) == "bad-signature"


@pytest.mark.parametrize("checker", WAYS)
@pytest.mark.parametrize("maker", WAYS)
def test_a_signature_is_for_one_purpose_by_one_key(
    maker: str, checker: str, file: str, tmp_path: Path
) -> None:
    made = make(maker, b"text", file)
    assert refused(lambda: check(checker, b"text", made, "journal-other")) == "bad-signature"
    other = make(maker, b"text", put(tmp_path / "other", openssh(key(2))))
    assert check(checker, b"text", other) != check(checker, b"text", made)
    mine, theirs = sshsig.parse(made, FOR), sshsig.parse(other, FOR)
    lent = Signature(mine.key, FOR, mine.hash, theirs.raw).armored
    assert refused(lambda: check(checker, b"text", lent)) == "bad-signature"
    moved = sshsig.dearmor(made).replace(FOR.encode(), b"journal-else")
    assert refused(lambda: check(checker, b"text", sshsig.armor(moved), "journal-else"))


@pytest.mark.parametrize("checker", WAYS)
def test_no_bit_of_a_signature_can_be_flipped(checker: str, file: str) -> None:
    blob = sshsig.dearmor(make("inprocess", b"text", file))
    step = 1 if checker == "inprocess" else 29
    for at in range(0, len(blob) * 8, step):
        flipped = bytearray(blob)
        flipped[at // 8] ^= 1 << at % 8
        assert refused(lambda b=bytes(flipped): check(checker, b"text", sshsig.armor(b)))  # type: ignore[misc]


@KEYGEN
def test_both_ways_make_the_very_same_bytes(file: str) -> None:
    for message in MESSAGES:
        assert make("program", message, file) == make("inprocess", message, file)


@pytest.mark.parametrize("checker", WAYS)
def test_a_hardware_keys_signature(checker: str) -> None:
    """As a security key makes it: it signs a flag that somebody touched it, and a counter."""
    one = key(3)
    made = Key(HARDWARE, one.public_key().public_bytes_raw(), b"ssh:")
    for flags, taken in ((1, True), (5, True), (0, False), (4, False)):
        trail = bytes([flags]) + (7).to_bytes(4, "big")
        raw = one.sign(Signature(made, FOR, "sha512", b"", trail).signed(b"text"))
        armored = Signature(made, FOR, "sha512", raw, trail).armored
        if taken:
            assert check(checker, b"text", armored).signer.key.startswith(f"{HARDWARE} ")
        else:
            assert refused(lambda it=armored: check(checker, b"text", it)) == "bad-signature"  # type: ignore[misc]


@KEYGEN
def test_what_the_program_makes_by_another_hash(file: str, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"text")
    call = ["ssh-keygen", "-q", "-Y", "sign", "-f", file, "-n", FOR, "-O", "hashalg=sha256", "text"]
    subprocess.run(call, check=True, cwd=tmp_path, capture_output=True)
    made = (tmp_path / "text.sig").read_bytes()
    assert sshsig.parse(made, FOR).hash == "sha256"
    assert check("inprocess", b"text", made).signer.key == line(key())


@KEYGEN
def test_fingerprints_and_public_keys_are_openssh_s(file: str) -> None:
    told = subprocess.run(["ssh-keygen", "-lf", file], check=True, capture_output=True, text=True)
    assert told.stdout.split()[1] == signing.public(line(key())).fingerprint
    told = subprocess.run(["ssh-keygen", "-yf", file], check=True, capture_output=True, text=True)
    assert told.stdout.split()[:2] == signing.public(line(key())).key.split()


@KEYGEN
def test_an_agent_signs_by_a_public_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("ssh-agent") or not shutil.which("ssh-add"):
        pytest.skip("there is no ssh-agent here: install OpenSSH")
    socket = tmp_path / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            assert agent.poll() is None
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        private = put(tmp_path / "id", openssh(key(4)))
        subprocess.run(["ssh-add", "-q", private], check=True, capture_output=True)
        Path(private).unlink()
        public = put(tmp_path / "id.pub", f"{line(key(4))} anna@home\n".encode())
        made = signing.sign(b"text", public, FOR)
        assert signing.check(b"text", made, FOR).key == line(key(4))
        assert signing.plain(b"text", public) is None
    finally:
        agent.terminate()
        agent.wait()


@KEYGEN
def test_who_has_no_private_key_does_not_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    public = put(tmp_path / "id.pub", line(key()).encode())
    with pytest.raises(JournalError) as caught:
        signing.sign(b"text", public, FOR)
    assert caught.value.kind == "not-signed"
    assert "ssh-add" in caught.value.hint


# The doors


def test_a_key_may_be_of_either_form(file: str, tmp_path: Path) -> None:
    other = put(tmp_path / "pem", pkcs8(key()))
    made = signing.sign(b"text", file, FOR)
    assert made == signing.sign(b"text", other, FOR)
    signer = signing.check(b"text", made, FOR)
    assert signer == signing.signer_of(file) == signing.signer_of(other)
    assert signer == signing.public(line(key()) + " a comment of several words\n")
    bare = signing.plain(b"text", file)
    assert bare == signing.plain(b"text", other) == key().sign(b"text")
    signing.check_plain(b"text", bare or b"", signer)
    assert refused(lambda: signing.check_plain(b"texT", bare or b"", signer)) == "bad-signature"
    assert refused(lambda: signing.check_plain(b"text", b"short", signer)) == "bad-signature"


def test_the_file_s_name_may_begin_with_a_dash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "-id", openssh(key()))
    for way in ("inprocess", "program") if HERE else ("inprocess",):
        assert check("inprocess", b"text", make(way, b"text", "-id")).signer.key == line(key())


RSA = rsa.generate_private_key(65537, 2048)
BAD_KEYS = {
    "empty": b"",
    "words": b"not a key at all\n",
    "no blob": b"ssh-ed25519 !!!! anna\n",
    "short blob": b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA anna\n",
    "another type": line(key()).replace("ssh-ed25519", "ssh-rsa", 1).encode(),
    "two lines": f"{line(key())}\n{line(key(2))}\n".encode(),
    "cut": openssh(key())[:120],
    "cut end": b"\n".join([*openssh(key()).split(b"\n")[:-3], openssh(key()).split(b"\n")[-2]]),
    "pem of nothing": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    "large": b"ssh-ed25519 " + b"A" * 100_000,
    "binary": bytes(range(256)),
    "rsa": RSA.private_bytes(
        form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption()
    ),
    "rsa pem": RSA.private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
    ),
    "rsa public": RSA.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_KEYS)
def test_what_is_no_ed25519_key(name: str, tmp_path: Path) -> None:
    file = put(tmp_path / "id", BAD_KEYS[name])
    with pytest.raises(UsageError) as caught:
        signing.sign(b"text", file, FOR)
    assert caught.value.kind == "bad-key"
    assert "ssh-keygen -t ed25519" in caught.value.hint
    if name in ("empty", "words", "no blob", "short blob", "another type", "two lines", "large"):
        with pytest.raises(UsageError):
            signing.public(BAD_KEYS[name].decode())


def test_a_key_that_is_not_there_or_not_private(file: str, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(UsageError) as caught:
            signing.sign(b"text", str(path), FOR)
        assert caught.value.kind == "no-key"
    os.chmod(file, 0o640)
    with pytest.raises(UsageError) as caught:
        signing.sign(b"text", file, FOR)
    assert (caught.value.kind, caught.value.hint) == ("key-not-private", f"chmod 600 {file}")


NO_LIBRARY = "import sys; sys.modules['cryptography'] = None\n"


def process(code: str, path: str) -> subprocess.CompletedProcess[str]:
    """A Python whose PATH is that, and that nobody could ask for a passphrase."""
    env = {**os.environ, "PATH": path, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code], env=env, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False, start_new_session=True,
    )  # fmt: skip


def trying(file: str) -> str:
    return (
        "from journal import signing\nfrom journal.errors import JournalError\n"
        f"try:\n    made = signing.sign(b'text', {file!r}, {FOR!r})\n"
        f"    print(signing.check(b'text', made, {FOR!r}).key)\n"
        "except JournalError as error:\n"
        "    print(error.kind, '|', error.message, '|', error.hint)\n"
    )


def test_with_neither_library_nor_program_it_says_what_to_install(file: str) -> None:
    done = process(NO_LIBRARY + trying(file), "")
    assert done.stdout.startswith("no-signing |"), done.stderr
    assert "journal-daybook[sign]" in done.stdout
    assert "OpenSSH" in done.stdout


def test_the_library_alone_will_do(file: str) -> None:
    assert process(trying(file), "").stdout == f"{line(key())}\n"


@KEYGEN
def test_the_program_alone_will_do(file: str) -> None:
    done = process(NO_LIBRARY + trying(file), os.environ["PATH"])
    assert done.stdout == f"{line(key())}\n", done.stderr


@KEYGEN
def test_without_a_terminal_nobody_is_asked_for_a_passphrase(tmp_path: Path) -> None:
    file = tmp_path / "id"
    call = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "a passphrase", "-f", str(file)]
    subprocess.run(call, check=True, stdin=subprocess.DEVNULL)
    done = process(trying(str(file)), os.environ["PATH"])
    assert done.stdout.startswith("not-signed |"), done.stderr
    assert process(trying(str(file)), "").stdout.startswith("no-signing |")
    assert signing.signer_of(str(file)) == signing.public(Path(f"{file}.pub").read_text("ascii"))


# Whatever comes as a signature


GOOD = b64decode("U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg")  # how each begins


@given(st.binary(max_size=400))
def test_no_bytes_are_more_than_a_bad_signature(data: bytes) -> None:
    for text in (data, sshsig.armor(data), sshsig.armor(GOOD + data)):
        assert refused(lambda it=text: sshsig.parse(it, FOR)) == "bad-signature"  # type: ignore[misc]


def test_a_signature_may_have_other_ends_of_lines(file: str) -> None:
    made = signing.sign(b"text", file, FOR)
    for other in (made.replace(b"\n", b"\r\n"), made.rstrip(), b"\n" + made + b"\n\n"):
        assert signing.check(b"text", other, FOR).key == line(key())
    for wrong in (made + b"x", b"x" + made, made[:-5], made * 2, made.replace(b"SSH", b"PGP")):
        assert refused(lambda it=wrong: signing.check(b"text", it, FOR)) == "bad-signature"  # type: ignore[misc]
