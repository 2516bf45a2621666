"""Signed notes, verifier keys and cosignatures against the published vectors and against harm."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from governance.evidence.errors import RefusedInputError
from storage.keys import named_signer
from storage.ledger.note import COSIGNATURE, ED25519, Note, Signature, Verifier, open_note, read_note, sign_note

LOG = named_signer("log.example/ledger", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
OTHER = named_signer("other.example/ledger", Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
WITNESS = named_signer("witness.example", Ed25519PrivateKey.from_private_bytes(b"\x03" * 32), COSIGNATURE)


def test_ed25519_signs_as_rfc_8032_says(vectors: Any) -> None:
    for case in vectors["ed25519"]["vectors"]:
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(case["seed"]))
        assert key.public_key().public_bytes_raw().hex() == case["public"]
        assert key.sign(bytes.fromhex(case["message"])).hex() == case["signature"]


def test_ed25519_judges_as_wycheproof_does(vectors: Any) -> None:
    cases = vectors["ed25519_wycheproof"]
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(cases["pk"]))
    for case in cases["tests"]:
        try:
            key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
        except InvalidSignature:
            assert case["result"] == "invalid"
        else:
            assert case["result"] == "valid"


def test_the_published_notes_open(vectors: Any) -> None:
    for case in vectors["signed_note"]["valid"][:2]:
        opened = open_note(case["note"].encode(), [Verifier.from_vkey(case["vkey"])])
        assert opened.seals[0].verifier.vkey == case["vkey"]
        assert opened.note.to_bytes() == case["note"].encode()


def test_a_published_private_key_gives_the_published_signature(vectors: Any) -> None:
    case = vectors["signed_note"]["valid"][1]
    raw = base64.b64decode(case["skey"].split("+", 4)[4])
    signer = named_signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(raw[1:]))
    assert raw[0] == ED25519
    assert signer.verifier.vkey == case["vkey"]
    text = case["note"].partition("\n\n")[0] + "\n"
    assert signer.sign(text).to_bytes() == case["note"].encode()


def test_a_published_seed_gives_the_published_key(vectors: Any) -> None:
    case = vectors["signed_note"]["valid"][2]
    signer = named_signer("EnochRoot", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert signer.verifier.vkey == case["vkey"]
    text = vectors["signed_note"]["valid"][1]["note"].partition("\n\n")[0] + "\n"
    assert signer.sign(text).signatures[0].line == case["sigline"] + "\n"


def good() -> bytes:
    return LOG.sign("a text\n\nwith two parts\n").to_bytes()


@pytest.mark.parametrize(
    "harm",
    [
        lambda _: b"a text\n",
        lambda note: note[:-1],
        lambda note: b"\x01" + note,
        lambda note: b"\xff" + note,
        lambda note: note.replace(b"log.example/ledger", b"log example/ledger"),
        lambda note: note + b"an unexpected line\n",
        lambda note: note + note.splitlines(keepends=True)[-1] * 100,
        lambda note: note + b"\n",
        lambda note: note.replace(b"\n\n\xe2", b"\n\xe2"),
        lambda note: note.replace("— ".encode(), b"- "),
        lambda note: note.replace(b"a text", b"a test"),
        lambda note: note.replace(b"\n", b"\r\n"),
        lambda note: note[:-3] + b"\n",
        lambda _: b"",
        lambda _: b"\n",
    ],
)
def test_a_note_with_a_fault_is_refused(harm: Any) -> None:
    assert open_note(good(), [LOG.verifier]).seals
    with pytest.raises(RefusedInputError):
        open_note(harm(good()), [LOG.verifier])


def test_any_changed_byte_is_refused() -> None:
    note = good()
    for at in range(len(note)):
        with pytest.raises(RefusedInputError):
            open_note(note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :], [LOG.verifier])


def test_an_unknown_signer_is_ignored_and_a_known_one_that_fails_is_not() -> None:
    both = Note("text\n", (*OTHER.sign("text\n").signatures, *LOG.sign("text\n").signatures))
    assert [item.verifier for item in open_note(both.to_bytes(), [LOG.verifier]).seals] == [LOG.verifier]
    false = Note("text\n", (*LOG.sign("text\n").signatures, *OTHER.sign("another\n").signatures))
    assert open_note(false.to_bytes(), [LOG.verifier]).seals
    with pytest.raises(RefusedInputError, match=r"other\.example"):
        open_note(false.to_bytes(), [LOG.verifier, OTHER.verifier])


def test_a_note_without_a_known_signer_is_refused() -> None:
    with pytest.raises(RefusedInputError, match="No signature of a known key"):
        open_note(good(), [OTHER.verifier])
    with pytest.raises(RefusedInputError, match="No signature of a known key"):
        open_note(good(), [])


def test_a_key_under_another_name_is_another_key() -> None:
    renamed = Verifier("elsewhere", ED25519, LOG.verifier.public)
    assert renamed.key_id != LOG.verifier.key_id
    with pytest.raises(RefusedInputError, match="No signature"):
        open_note(good(), [renamed])


def test_a_repeated_signature_counts_once() -> None:
    signed = LOG.sign("text\n")
    twice = Note(signed.text, signed.signatures * 2)
    assert len(open_note(twice.to_bytes(), [LOG.verifier]).seals) == 1


def test_the_published_faulty_keys_are_refused(vectors: Any) -> None:
    for vkey in vectors["signed_note"]["invalid_vkey"][:2]:
        with pytest.raises(RefusedInputError):
            Verifier.from_vkey(vkey)


def test_no_part_of_a_key_is_a_key_and_no_changed_byte_either(vectors: Any) -> None:
    vkey = vectors["signed_note"]["valid"][1]["vkey"]
    size = len(vkey)
    parts = {vkey[low:high] for low in range(size) for high in range(low, size + 1)} - {vkey}
    changed = {vkey[:at] + chr(ord(vkey[at]) + 1) + vkey[at + 1 :] for at in range(size)}
    for text in parts | changed:
        with pytest.raises(RefusedInputError):
            Verifier.from_vkey(text)


def test_the_published_witness_key_reads(vectors: Any) -> None:
    for vkey in vectors["cosignature"]["vkeys"]:
        found = Verifier.from_vkey(vkey)
        assert found.algorithm == COSIGNATURE
        assert found.vkey == vkey


def test_the_published_cosignature_tells_its_time(vectors: Any) -> None:
    case = vectors["cosignature"]["timestamp"]
    note = read_note(f"text\n\n— witness.example {case['sig_b64']}\n".encode())
    assert int.from_bytes(note.signatures[0].blob[:8], "big") == case["unix"]


def test_a_cosignature_vouches_for_a_time() -> None:
    note = WITNESS.cosign(LOG.sign("text\n"), 1_760_000_000)
    opened = open_note(note.to_bytes(), [LOG.verifier, WITNESS.verifier])
    assert [(item.verifier, item.time) for item in opened.seals] == [
        (LOG.verifier, None),
        (WITNESS.verifier, 1_760_000_000),
    ]
    late = Signature(
        WITNESS.verifier.name, WITNESS.verifier.key_id, (1).to_bytes(8, "big") + note.signatures[1].blob[8:]
    )
    with pytest.raises(RefusedInputError, match=r"witness\.example"):
        open_note(Note(note.text, (note.signatures[0], late)).to_bytes(), [LOG.verifier, WITNESS.verifier])


@pytest.mark.parametrize("text", ["no newline", "bell\x07\n", ""])
def test_a_text_that_no_note_can_hold_is_not_signed(text: str) -> None:
    with pytest.raises(RefusedInputError):
        sign_note(text, LOG.verifier, LOG.key.sign)


def test_the_golden_checkpoint_is_reproduced_from_its_seeds(vectors: Any) -> None:
    golden = vectors["golden_generated_here"]
    seeds = [bytes.fromhex(item["seed"]) for item in vectors["ed25519"]["vectors"][:2]]
    log = named_signer(golden["origin"], Ed25519PrivateKey.from_private_bytes(seeds[0]))
    witness = named_signer("witness.example.org/test", Ed25519PrivateKey.from_private_bytes(seeds[1]), COSIGNATURE)
    assert (log.verifier.vkey, witness.verifier.vkey) == (golden["log_vkey"], golden["witness_vkey"])
    text = golden["checkpoint"].partition("\n\n")[0] + "\n"
    note = witness.cosign(log.sign(text), golden["cosign_time"])
    assert note.to_bytes() == golden["checkpoint"].encode()
    assert len(open_note(golden["checkpoint"].encode(), [log.verifier, witness.verifier]).seals) == 2
