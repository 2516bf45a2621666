"""A witness cosigns what continues, and nothing that shrank or forked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.evidence.errors import RecordError, RefusedInputError
from storage.keys import LogSigner, named_signer
from storage.ledger.checkpoint import Checkpoint
from storage.ledger.merkle import consistency_proof, leaf_hash, root
from storage.ledger.note import open_note
from storage.witness import Witness, proof_from_lines
from storage.workspace import Workspace

LOG = named_signer("board.example/ledger/1", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
OTHER = named_signer("board.example/ledger/1", Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
LINES = [f"line {at}".encode() for at in range(20)]
FORK = [*LINES[:5], b"another", *LINES[6:]]
TIME = 1_760_000_000


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness.create(tmp_path / "witness", "auditor.example")


def note(lines: Sequence[bytes], signer: LogSigner = LOG) -> bytes:
    leaves = [leaf_hash(line) for line in lines]
    return signer.sign(Checkpoint(signer.verifier.name, len(lines), root(leaves)).text).to_bytes()


def proof(lines: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    return consistency_proof([leaf_hash(line) for line in lines], old)


def test_a_growing_ledger_is_cosigned_each_time(witness: Witness) -> None:
    first = witness.cosign(note(LINES[:8]), (), TIME, LOG.verifier)
    again = witness.cosign(note(LINES[:8]), (), TIME + 1)
    later = witness.cosign(note(LINES), proof(LINES, 8), TIME + 2)
    for found, time in ((first, TIME), (again, TIME + 1), (later, TIME + 2)):
        opened = open_note(found.to_bytes(), [LOG.verifier, witness.signer.verifier])
        assert [item.time for item in opened.seals] == [None, time]
    seen = Witness.open(witness.folder).seen("board.example/ledger/1")
    assert seen is not None
    assert (seen.checkpoint.size, seen.log) == (20, LOG.verifier)


def test_an_unknown_ledger_needs_a_key_to_pin(witness: Witness) -> None:
    with pytest.raises(RefusedInputError, match="never seen"):
        witness.cosign(note(LINES), (), TIME)
    stranger = named_signer("elsewhere", LOG.key)
    with pytest.raises(RefusedInputError, match="The key is of 'elsewhere'"):
        witness.cosign(note(LINES), (), TIME, stranger.verifier)
    assert witness.seen("board.example/ledger/1") is None


def test_another_key_for_a_known_ledger_is_refused(witness: Witness) -> None:
    witness.cosign(note(LINES), (), TIME, LOG.verifier)
    with pytest.raises(RefusedInputError, match="another key"):
        witness.cosign(note(LINES, OTHER), (), TIME, OTHER.verifier)
    with pytest.raises(RefusedInputError, match="No signature of a known key"):
        witness.cosign(note(LINES, OTHER), (), TIME)


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        (note(LINES[:7]), (), "shrank"),
        (note(FORK), proof(FORK, 8), "forked"),
        (note(FORK[:8]), (), "forked"),
        (note(LINES), (), "forked"),
        (note(LINES), proof(LINES, 9), "forked"),
        (note([]), (), "shrank"),
    ],
)
def test_what_does_not_continue_is_not_cosigned(
    witness: Witness, given: bytes, path: tuple[bytes, ...], words: str
) -> None:
    witness.cosign(note(LINES[:8]), (), TIME, LOG.verifier)
    with pytest.raises(RefusedInputError, match=words):
        witness.cosign(given, path, TIME)
    seen = witness.seen("board.example/ledger/1")
    assert seen is not None
    assert seen.checkpoint.size == 8
    assert witness.cosign(note(LINES), proof(LINES, 8), TIME)


def test_proofs_come_from_lines_that_the_checkpoint_commits_to() -> None:
    found = Checkpoint("o", 20, root([leaf_hash(line) for line in LINES]))
    assert proof_from_lines(LINES, found, 8) == proof(LINES, 8)
    assert proof_from_lines(LINES, found, 0) == proof_from_lines(LINES, found, 20) == ()
    for lines in (FORK, LINES[:-1], []):
        with pytest.raises(RefusedInputError, match="not those"):
            proof_from_lines(lines, found, 8)


def test_a_missing_key_is_not_made_anew(witness: Witness) -> None:
    (witness.folder / "witness").unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        Witness.open(witness.folder)
    assert not (witness.folder / "witness").exists()


def test_a_damaged_memory_stops_the_witness(witness: Witness) -> None:
    (witness.folder / "seen.sqlite").write_bytes(b"nonsense" * 1000)
    with pytest.raises(RecordError, match="memory"):
        witness.cosign(note(LINES), (), TIME, LOG.verifier)


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_witness_has_a_name_that_a_note_can_hold(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedInputError, match="cannot name a witness"):
        Witness.create(tmp_path / "w", name)


def test_a_workspace_keeps_the_cosignature_of_a_witness_it_knows(workspace: Workspace, witness: Witness) -> None:
    found = workspace.checkpoint()
    cosigned = witness.cosign(found.note, (), TIME, workspace.log).to_bytes()
    workspace.trust_witness(witness.vkey)
    assert workspace.witnesses() == (witness.signer.verifier,)
    assert workspace.add_cosignatures(cosigned) == 1
    assert workspace.read().head().witnesses == ("auditor.example",)
    assert workspace.checkpoint().note == cosigned
    assert workspace.verify().valid
    stranger = cosigned.replace(cosigned.split()[-1], found.note.split()[-1])
    assert workspace.add_cosignatures(stranger) == 0
    assert workspace.checkpoint().note == cosigned
    false = cosigned.replace(
        cosigned.split()[-1], witness.cosign(note(LINES), (), 1, LOG.verifier).to_bytes().split()[-1]
    )
    with pytest.raises(RefusedInputError, match="does not hold"):
        workspace.add_cosignatures(false)


def test_a_witness_key_is_kept_once_and_a_log_key_is_none(workspace: Workspace, witness: Witness) -> None:
    workspace.trust_witness(witness.vkey)
    workspace.trust_witness(witness.vkey)
    assert len(workspace.witnesses()) == 1
    with pytest.raises(RefusedInputError, match="not a witness"):
        workspace.trust_witness(workspace.log.vkey)
