"""A time stamp of the checkpoint: bound to its bytes by every verifier, checked in full where the library is installed."""

from __future__ import annotations

import base64
import builtins
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from governance.dossier.bundle import Source, export_files, write_folder
from governance.evidence.errors import RefusedInputError
from governance.workflow.audit import checking
from storage.ledger import timestamp
from tests.dossier.ledger import TRUST, Book, book, check
from tests.dossier.test_attacks import refused
from tests.review.board import approved

AUTHORITY = """
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=Root -days 3650
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Authority
openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 3650 -extfile tsa.cnf -extensions tsa -out tsa.pem
"""
CONFIGURATION = """
[tsa]
extendedKeyUsage = critical,timeStamping
[reply]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


def run(room: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command.split(), cwd=room, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a time-stamping authority of our own, made by OpenSSL."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no time stamp could be made")
    room = tmp_path_factory.mktemp("authority")
    (room / "tsa.cnf").write_text(CONFIGURATION)
    (room / "serial").write_text("01\n")
    for command in AUTHORITY.strip().splitlines():
        done = run(room, command)
        assert done.returncode == 0, done.stderr
    return room


def stamped(authority: Path, note: bytes) -> bytes:
    """Return what the authority answers to the question about a checkpoint."""
    (authority / "query.tsq").write_bytes(timestamp.question(note))
    command = "openssl ts -reply -config tsa.cnf -section reply -queryfile query.tsq -out reply.tsr"
    done = run(authority, command)
    assert done.returncode == 0, done.stderr
    return (authority / "reply.tsr").read_bytes()


@pytest.fixture(scope="module")
def files(authority: Path) -> dict[str, bytes]:
    honest = book(approved().entries).source()
    return export_files(Source(honest.lines, honest.checkpoint, timestamp=stamped(authority, honest.checkpoint)))


def checked(files: dict[str, bytes], place: Path, authority: bytes) -> dict[str, Any]:
    write_folder(files, place / "export")
    (place / "trust.json").write_text(json.dumps(TRUST))
    return checking.check(place / "export", place / "trust.json", [], authority)


def test_the_question_is_the_one_that_openssl_writes(authority: Path) -> None:
    (authority / "data").write_bytes(b"any note")
    done = run(authority, "openssl ts -query -data data -sha256 -cert -no_nonce -out openssl.tsq")
    assert done.returncode == 0, done.stderr
    assert (authority / "openssl.tsq").read_bytes() == timestamp.question(b"any note")


def test_the_verifier_says_that_it_did_not_check_the_stamp_and_how_to(
    files: dict[str, bytes], authority: Path, tmp_path: Path
) -> None:
    answer = check(files, tmp_path)
    assert answer["valid"], answer["reason"]
    (told,) = [item for item in answer["not_checked"] if item.startswith("checkpoint.tsr")]
    command = told.partition("certificate: ")[2].replace("AUTHORITY.pem", str(authority / "ca.pem"))
    done = run(tmp_path / "export0", command)
    assert "Verification: OK" in done.stdout + done.stderr


def test_a_stamp_of_another_checkpoint_is_refused(files: dict[str, bytes], authority: Path, tmp_path: Path) -> None:
    other = stamped(authority, Book(book(approved().entries).lines[:9]).source().checkpoint)
    refused(files | {"checkpoint.tsr": other}, tmp_path, None, "time stamp of something else")
    assert not timestamp.names(other, files["checkpoint"])


@pytest.mark.parametrize(
    "change",
    [
        lambda _stamp, _digest: b"",
        lambda _stamp, _digest: b"no stamp",
        lambda _stamp, digest: digest,
        lambda stamp, digest: digest + stamp,
        lambda stamp, _digest: stamp + b"\0",
        lambda stamp, _digest: stamp[:-1],
        lambda stamp, _digest: stamp.replace(b"\x30\x03\x02\x01\x00", b"\x30\x03\x02\x01\x02", 1),
        lambda stamp, _digest: stamp.replace(bytes.fromhex("2a864886f70d0109100104"), bytes.fromhex("2a864886f70d0109100105")),
        lambda stamp, _digest: stamp.replace(bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010703"), 1),
        lambda stamp, digest: stamp.replace(b"\x01\x05\x00\x04\x20" + digest, b"\x02\x05\x00\x04\x20" + digest),
        lambda stamp, _digest: stamp[:1] + b"\x83\x00" + stamp[2:],
        lambda stamp, _digest: stamp[:1] + b"\x80" + stamp[4:] + b"\x00\x00",
    ],
    ids=[
        "nothing", "no stamp", "the digest alone", "the digest before it", "something behind it", "cut off", "not granted",
        "no time in it", "not signed", "another hash", "a longer length", "no length",
    ],
)  # fmt: skip
def test_what_is_no_granted_stamp_about_the_checkpoint_is_refused(
    files: dict[str, bytes], tmp_path: Path, change: Callable[[bytes, bytes], bytes]
) -> None:
    honest, digest = files["checkpoint.tsr"], hashlib.sha256(files["checkpoint"]).digest()
    assert timestamp.names(honest, files["checkpoint"])
    forged = change(honest, digest)
    assert forged != honest
    refused(files | {"checkpoint.tsr": forged}, tmp_path, None, "time stamp")
    assert not timestamp.names(forged, files["checkpoint"])


def test_with_the_authoritys_certificate_the_stamp_is_checked(
    files: dict[str, bytes], authority: Path, tmp_path: Path
) -> None:
    answer = checked(files, tmp_path, (authority / "ca.pem").read_bytes())
    assert answer["valid"], answer["reason"]
    assert set(answer["time_stamp"]) == {"time", "serial"}
    assert not [item for item in answer["not_checked"] if item.startswith("checkpoint.tsr")]


def test_a_stamp_whose_signature_or_authority_is_wrong_is_refused(
    files: dict[str, bytes], authority: Path, tmp_path: Path, shared: Path
) -> None:
    vectors = json.loads((shared / "vectors" / "ledger_vectors.json").read_text())["rfc3161"]
    answer = checked(files, tmp_path, vectors["ca_pem"].encode())
    assert not answer["valid"]
    assert "does not hold" in answer["reason"]
    forged = bytearray(files["checkpoint.tsr"])
    forged[-5] ^= 1
    (tmp_path / "export" / "checkpoint.tsr").write_bytes(bytes(forged))
    trust, pem = tmp_path / "trust.json", (authority / "ca.pem").read_bytes()
    assert not checking.check(tmp_path / "export", trust, [], pem)["valid"]
    assert checking.check(tmp_path / "export", trust, [])["valid"]
    with pytest.raises(RefusedInputError, match="cannot be read"):
        checking.check(tmp_path / "export", trust, [], b"no certificate")


def test_without_a_stamp_or_without_the_library_the_answer_says_so(
    files: dict[str, bytes], authority: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = (authority / "ca.pem").read_bytes()
    bare = {name: data for name, data in files.items() if name != "checkpoint.tsr"}
    (tmp_path / "bare").mkdir()
    assert any("no time stamp here" in item for item in checked(bare, tmp_path / "bare", pem)["not_checked"])
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "rfc3161_client":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    answer = checked(files, tmp_path, pem)
    assert (answer["valid"], answer["time_stamp"]) == (True, None)
    assert any("not installed" in item for item in answer["not_checked"])


def test_the_published_stamp_holds_for_its_message_alone(shared: Path) -> None:
    vectors = json.loads((shared / "vectors" / "ledger_vectors.json").read_text())["rfc3161"]
    answer, message = base64.b64decode(vectors["response_der_b64"]), vectors["message"].encode()
    roots = vectors["ca_pem"].encode()
    assert timestamp.checked(answer, message, roots).time == "2026-11-23T01:25:18Z"
    assert timestamp.names(answer, message)
    for stamp, note, trusted in ((answer, b"other", roots), (answer[:-3], message, roots), (b"", message, roots)):
        with pytest.raises(RefusedInputError):
            timestamp.checked(stamp, note, trusted)
    with pytest.raises(RefusedInputError, match="does not hold"):
        timestamp.checked(answer, message, vectors["tsa_pem"].encode())
