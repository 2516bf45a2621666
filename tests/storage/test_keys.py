"""Keys at rest: strong, private, readable by ssh-keygen, and never replaced in silence."""

from __future__ import annotations

import base64
import os
import shutil
import stat
import struct
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from governance.evidence.errors import RecordError, RefusedInputError
from storage import keys
from storage.keys import KeyRing, read_private

PASSPHRASE = "eight or more"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


def container(path: Path) -> tuple[str, int]:
    """Return the KDF's name and rounds of an OpenSSH private key (PROTOCOL.key of OpenSSH)."""
    body = base64.b64decode("".join(path.read_text().splitlines()[1:-1]))
    at = len(b"openssh-key-v1\0")
    fields = []
    for _ in range(3):
        (size,) = struct.unpack_from(">I", body, at)
        fields.append(body[at + 4 : at + 4 + size])
        at += 4 + size
    rounds = struct.unpack_from(">I", fields[2], len(fields[2]) - 4)[0] if fields[2] else 0
    return fields[1].decode(), rounds


def test_a_members_key_is_encrypted_with_at_least_64_rounds_of_bcrypt(
    ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(keys, "KDF_ROUNDS", 64)
    signer = ring.create_member("ada", PASSPHRASE)
    path = ring.folder / "members/ada" / signer.keyid
    assert container(path) == ("bcrypt", 64)
    assert ring.member("ada", signer.keyid, PASSPHRASE).public == signer.public


def test_the_rounds_that_ship_are_64() -> None:
    source = Path(keys.__file__).read_text(encoding="utf-8")
    assert "KDF_ROUNDS: Final = 64" in source


@pytest.mark.skipif(os.name != "posix", reason="modes of files are a matter of POSIX")
def test_key_files_are_for_their_owner_alone(ring: KeyRing) -> None:
    ring.create_record()
    ring.create_root(PASSPHRASE)
    ring.create_member("ada", PASSPHRASE)
    ring.create_log("board/ledger/1")
    files = [path for path in ring.folder.rglob("*") if path.is_file()]
    assert len(files) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


@pytest.mark.skipif(os.name != "posix", reason="modes of files are a matter of POSIX")
def test_a_key_that_others_can_read_is_not_used(ring: KeyRing) -> None:
    signer = ring.create_record()
    (ring.folder / "record" / signer.keyid).chmod(0o640)
    with pytest.raises(RecordError, match="open to other accounts"):
        ring.record(signer.keyid)


def test_ssh_keygen_reads_the_files(ring: KeyRing) -> None:
    tool = shutil.which("ssh-keygen")
    if tool is None:
        pytest.skip("ssh-keygen is not installed")
    signer = ring.create_member("ada", PASSPHRASE)
    ring.create_log("board/ledger/1")
    for path, passphrase, kind in (
        (ring.folder / "members/ada" / signer.keyid, PASSPHRASE, "ecdsa-sha2-nistp256"),
        (ring.folder / "log", "", "ssh-ed25519"),
    ):
        command = [tool, "-y", "-P", passphrase, "-f", str(path)]
        said = subprocess.run(command, capture_output=True, text=True, check=True)
        assert said.stdout.startswith(kind)


def test_the_service_keys_can_have_a_passphrase_too(tmp_path: Path) -> None:
    signer = KeyRing(tmp_path, "for the service").create_record()
    assert KeyRing(tmp_path, "for the service").record(signer.keyid).public == signer.public
    with pytest.raises(RefusedInputError, match="asks for a passphrase"):
        KeyRing(tmp_path).record(signer.keyid)
    with pytest.raises(RefusedInputError, match="does not open"):
        KeyRing(tmp_path, "something else").record(signer.keyid)


@pytest.mark.parametrize("passphrase", ["", "seven77", "é" * 37, "x" * 73])
def test_a_passphrase_that_protects_too_little_is_refused(ring: KeyRing, passphrase: str) -> None:
    with pytest.raises(RefusedInputError, match="passphrase"):
        ring.create_member("ada", passphrase)
    assert ring.members_with_keys() == ()


def test_two_spellings_of_one_passphrase_are_one(ring: KeyRing) -> None:
    signer = ring.create_member("ada", "caf\u00e9 au lait")
    assert ring.member("ada", signer.keyid, "cafe\u0301 au lait").keyid == signer.keyid


@pytest.mark.parametrize("member", ["", "../record", "Ada", "a/b", "a" * 65, "a.b"])
def test_a_member_id_cannot_leave_its_folder(ring: KeyRing, member: str) -> None:
    with pytest.raises(RefusedInputError, match="not a member id"):
        ring.create_member(member, PASSPHRASE)


def test_a_damaged_key_is_said_to_be_damaged(ring: KeyRing) -> None:
    signer = ring.create_member("ada", PASSPHRASE)
    path = ring.folder / "members/ada" / signer.keyid
    whole = path.read_bytes()
    for harmed in (whole[: len(whole) // 2], b"", b"nonsense", whole.replace(b"OPENSSH", b"OPENSSL")):
        path.write_bytes(harmed)
        with pytest.raises(RecordError, match="damaged"):
            ring.member("ada", signer.keyid, PASSPHRASE)
    path.unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        ring.member("ada", signer.keyid, PASSPHRASE)
    assert not path.exists()


def test_a_file_that_holds_another_key_is_refused(ring: KeyRing) -> None:
    one, two = ring.create_record(), ring.create_record()
    home = ring.folder / "record"
    (home / one.keyid).replace(home / two.keyid)
    with pytest.raises(RecordError, match="named after"):
        ring.record(two.keyid)


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    path = tmp_path / "key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    with pytest.raises(RecordError, match="another kind"):
        read_private(path, None)


def test_a_key_is_never_written_over(ring: KeyRing) -> None:
    ring.create_log("board/ledger/1")
    before = (ring.folder / "log").read_bytes()
    with pytest.raises(RefusedInputError, match="never replaced"):
        ring.create_log("board/ledger/1")
    assert (ring.folder / "log").read_bytes() == before
