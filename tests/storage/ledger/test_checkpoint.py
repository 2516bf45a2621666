"""Checkpoints and single proofs: the published ones read, faulty ones do not."""

from __future__ import annotations

from typing import Any

import pytest

from governance.evidence.errors import RefusedInputError
from storage.ledger.checkpoint import Checkpoint, read
from storage.ledger.merkle import inclusion_proof, leaf_hash, root
from storage.ledger.note import Verifier, open_note
from storage.ledger.tlog_proof import HEADER, TlogProof, read_proof

ROOT = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="


def test_a_checkpoint_reads_back() -> None:
    made = Checkpoint("board.example/ledger/1", 8, bytes(range(32)))
    assert read(made.text) == made


def test_the_published_short_hash_is_refused_for_its_length_alone(vectors: Any) -> None:
    ((text, fields),) = vectors["checkpoint"]["valid"]
    with pytest.raises(RefusedInputError, match="7 bytes"):
        read(text)
    longer = text.replace("YmFuYW5hcw==", ROOT)
    assert (read(longer).origin, read(longer).size) == (fields["origin"], fields["size"])


@pytest.mark.parametrize("number", range(7))
def test_the_published_faulty_checkpoints_are_refused(vectors: Any, number: int) -> None:
    assert len(vectors["checkpoint"]["invalid"]) == 7
    with pytest.raises(RefusedInputError):
        read(vectors["checkpoint"]["invalid"][number])


@pytest.mark.parametrize(
    "text",
    [
        f"Log\n0123\n{ROOT}\n",
        f"Log\n+1\n{ROOT}\n",
        f"Log\n1_0\n{ROOT}\n",
        f"Log\n１\n{ROOT}\n",
        f"Log\n1\n{ROOT}\nextension\n",
        f"Log\n{2**63}\n{ROOT}\n",
        f"Log\n1\n{ROOT[:-1]}\n",
        "",
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(RefusedInputError):
        read(text)


def test_the_golden_proof_leads_from_its_leaf_to_its_checkpoint(vectors: Any) -> None:
    golden = vectors["golden_generated_here"]
    leaves = [leaf_hash(bytes.fromhex(item)) for item in vectors["rfc6962"]["leaves_hex"]]
    log = Verifier.from_vkey(golden["log_vkey"])
    proof = read_proof(golden["tlog_proof_index5"].encode())
    assert proof == TlogProof(5, inclusion_proof(leaves, 5), golden["checkpoint"].encode())
    assert proof.to_bytes() == golden["tlog_proof_index5"].encode()
    assert proof.prove(leaves[5], [log]) == Checkpoint(golden["origin"], 8, root(leaves))
    assert read(open_note(golden["checkpoint"].encode(), [log]).note.text).size == 8
    for other in (leaves[4], leaf_hash(b"")):
        with pytest.raises(RefusedInputError, match="does not lead"):
            proof.prove(other, [log])


@pytest.mark.parametrize("number", range(7))
def test_the_published_faulty_proofs_are_refused(vectors: Any, number: int) -> None:
    text = vectors["tlog_proof"]["invalid"][number].replace("<base64 of 64 bytes>", "A" * 86 + "==")
    with pytest.raises(RefusedInputError):
        read_proof(text.encode())


def test_an_extra_line_is_carried() -> None:
    made = TlogProof(3, (b"\x07" * 32,), b"note\n", b"more")
    assert read_proof(made.to_bytes()) == made


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\nindex 00\n\nnote",
        f"{HEADER}\nindex 0",
        f"{HEADER}\n" + "index 0\n" + (ROOT + "\n") * 64 + "\nnote",
        f"{HEADER}é\nindex 0\n\nnote",
        HEADER,
        "",
    ],
)
def test_other_spellings_of_a_proof_are_refused(text: str) -> None:
    with pytest.raises(RefusedInputError):
        read_proof(text.encode())
