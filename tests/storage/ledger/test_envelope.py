"""One line: DSSE's published encoding, in-toto's statement, other people's tools, and every way to be wrong."""

from __future__ import annotations

import base64
import copy
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from governance.evidence.errors import RefusedInputError
from storage.ledger.canonical import canonical
from storage.ledger.envelope import (
    PAYLOAD_TYPE,
    Envelope,
    PublicKey,
    Signer,
    Statement,
    Subject,
    pae,
    read_statement,
    seal,
    signature_holds,
)

SECRET_NUMBER = 97358161215184420915383655311931858321456579547487070936769975997791359926199


def signer_of(number: int = SECRET_NUMBER) -> Signer:
    key = ec.derive_private_key(number, ec.SECP256R1())
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Signer(PublicKey(spki), "service", lambda message: key.sign(message, ec.ECDSA(hashes.SHA256())))


def statement(**changes: Any) -> Statement:
    fields: dict[str, Any] = {
        "type": "review.expired",
        "origin": "board/ledger/1",
        "index": 3,
        "time": "2026-01-02T03:04:05Z",
        "case": "c-1",
        "actor": "service",
        "body": {"round": 1, "word": "é"},
        "subjects": (Subject("bundle", "a" * 64),),
    }
    return Statement(**{**fields, **changes})


def test_the_published_encoding_counts_bytes(vectors: Any) -> None:
    case = vectors["dsse"]
    assert pae(case["payloadType"], case["body"].encode()) == case["pae"].encode()
    other = case["non_ascii_payload_type"]
    assert pae(other["type"], other["body"].encode()) == other["pae_correct_utf8_len"].encode()


def test_the_published_signature_holds(vectors: Any) -> None:
    case = vectors["dsse"]
    assert int(case["p256_d"]) == SECRET_NUMBER
    raw = base64.b64decode(case["sig_b64_raw_r_s"])
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = signer_of().public.load()
    assert (key.public_numbers().x, key.public_numbers().y) == (int(case["p256_x"]), int(case["p256_y"]))
    key.verify(der, case["pae"].encode(), ec.ECDSA(hashes.SHA256()))


def test_a_line_is_the_canonical_form_of_its_own_json() -> None:
    line = seal(statement(), signer_of())
    assert canonical(json.loads(line)) == line
    assert b"\n" not in line
    envelope = Envelope.from_line(line)
    assert envelope.to_line() == line
    assert signature_holds(envelope, signer_of().public.load())
    assert not signature_holds(envelope, signer_of(5).public.load())
    assert read_statement(envelope.payload) == statement()


def test_any_changed_byte_of_a_line_is_refused_or_fails_its_signature() -> None:
    line = seal(statement(), signer_of())
    key = signer_of().public
    for at in range(len(line)):
        changed = line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]
        try:
            envelope = Envelope.from_line(changed)
        except RefusedInputError:
            continue
        assert envelope.keyid != key.keyid or not signature_holds(envelope, key.load())


@pytest.mark.parametrize(
    "harm",
    [
        lambda line: line + b"\n",
        lambda line: b" " + line,
        lambda line: line.replace(b'"sig":', b'"sig": '),
        lambda line: line.replace(b"application/vnd.in-toto+json", b"application/json"),
        lambda line: line.replace(b"]}", b',{"keyid":"' + b"0" * 64 + b'","sig":"QQ=="}]}'),
        lambda line: line.replace(b'"payload":', b'"payload":"e30=","payload":'),
        lambda line: line[: line.index(b'"signatures"')] + b'"signatures":[]}',
        lambda line: line.replace(b'"payload":"e', b'"payload":"=e'),
        lambda _: b"",
        lambda line: b"\xff" + line,
    ],
)
def test_another_shape_of_line_is_refused(harm: Any) -> None:
    with pytest.raises(RefusedInputError):
        Envelope.from_line(harm(seal(statement(), signer_of())))


def test_in_totos_valid_statement_is_not_a_record_and_its_invalid_ones_are_refused(vectors: Any) -> None:
    case = vectors["in_toto_statement"]
    for text in (case["valid"], *case["invalid"]):
        with pytest.raises(RefusedInputError):
            read_statement(canonical(json.loads(text)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("_type",), "https://in-toto.io/Statement/v0"),
        (("subject",), []),
        (("subject",), [{"digest": {"sha256": "a" * 64}}]),
        (("subject",), [{"name": "", "digest": {"sha256": "a" * 64}}]),
        (("subject",), [{"name": "x", "digest": {"sha1": "a"}}]),
        (("subject",), [{"name": "x", "digest": {"sha256": "A" * 64}}]),
        (("subject",), [{"name": "x", "digest": []}]),
        (("predicateType",), ""),
        (("predicateType",), "https://slsa.dev/provenance/v1"),
        (("predicate", "index"), -1),
        (("predicate", "index"), True),
        (("predicate", "index"), "3"),
        (("predicate", "time"), "2026-01-02T03:04:05+00:00"),
        (("predicate", "time"), "2026-01-02T03:04:05.5Z"),
        (("predicate", "case"), ""),
        (("predicate", "case"), 1),
        (("predicate", "actor"), ""),
        (("predicate", "type"), None),
        (("predicate", "body"), []),
        (("predicate", "extra"), 1),
        (("extra",), 1),
    ],
)
def test_a_statement_with_a_fault_is_refused(path: tuple[str, ...], value: object) -> None:
    said = json.loads(statement().to_payload())
    place = said
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(RefusedInputError):
        read_statement(canonical(said))


@pytest.mark.parametrize(
    "payload",
    [
        b"{}",
        b"[]",
        b"null",
        b"",
        statement().to_payload() + b" ",
        statement().to_payload().replace(b'"index":3', b'"index":3.0'),
        statement().to_payload().replace(b'"index":3', b'"index":3,"index":3'),
        statement().to_payload().replace(b'"round":1', b'"round":0.5'),
    ],
)
def test_payloads_that_are_no_canonical_statement_are_refused(payload: bytes) -> None:
    with pytest.raises(RefusedInputError):
        read_statement(payload)


def test_a_key_on_another_curve_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    spki = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for text in (base64.b64encode(spki).decode(), "QQ==", "no base64!"):
        with pytest.raises(RefusedInputError):
            PublicKey.from_base64(text)
    assert PublicKey.from_base64(signer_of().public.base64).keyid == signer_of().keyid


def test_openssl_accepts_the_signature(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    envelope = Envelope.from_line(seal(statement(), signer_of()))
    (tmp_path / "message").write_bytes(pae(PAYLOAD_TYPE, envelope.payload))
    (tmp_path / "signature").write_bytes(envelope.signature)
    (tmp_path / "key").write_bytes(signer_of().public.spki)
    command = [openssl, "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key", "-rawin", "-digest"]
    command += ["sha256", "-in", "message", "-sigfile", "signature"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Signature Verified Successfully" in said.stdout
    (tmp_path / "message").write_bytes(b"another")
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said.returncode != 0


def test_securesystemslib_accepts_the_envelope() -> None:
    dsse = pytest.importorskip("securesystemslib.dsse", reason="securesystemslib is not installed")
    from securesystemslib.signer import SSlibKey

    signer = signer_of()
    envelope = json.loads(seal(statement(), signer))
    pem = signer.public.load().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    key = SSlibKey(signer.keyid, "ecdsa", "ecdsa-sha2-nistp256", {"public": pem})
    found = dsse.Envelope.from_dict(copy.deepcopy(envelope))
    assert found.verify([key], 1)
    envelope["payload"] = base64.b64encode(statement(index=4).to_payload()).decode()
    with pytest.raises(Exception, match="do not match threshold"):
        dsse.Envelope.from_dict(envelope).verify([key], 1)


def test_in_toto_accepts_the_statement() -> None:
    module = pytest.importorskip("in_toto_attestation.v1.statement", reason="in-toto-attestation is not installed")
    from google.protobuf import json_format

    wire = module.spb.Statement()
    json_format.Parse(statement().to_payload(), wire)
    module.Statement.copy_from_pb(wire).validate()
