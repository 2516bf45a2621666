"""A key is replaced in the middle of the work: what it signed stays valid, what comes after needs the new one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.dossier.bundle import Source, export_files, write_folder
from governance.dossier.verify import verify
from governance.evidence.errors import RefusedInputError, RuleError
from governance.review import events
from governance.workflow.audit import export as exports, keys
from governance.workflow.review import members, requests
from governance.workflow.workspace.act import act
from governance.workflow.workspace.clock import now
from storage import keys as keys_at_rest
from storage.workspace import Workspace

ROOT, OLD, NEW = "the root passphrase", "the old passphrase", "the new passphrase"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(keys_at_rest, "KDF_ROUNDS", 1)
    with Workspace.create(tmp_path / "workspace", "Example Board", ROOT, now()) as made:
        members.enrol(made, "ada", "Ada", ("chair",), passphrase=OLD, root=made.unlock_root(ROOT))
        yield made


def sign_something(workspace: Workspace, passphrase: str) -> int:
    """Let ada sign an entry of her own."""
    from governance.review import charter

    found = charter.from_toml(charter.template())
    signer = workspace.unlock("ada", passphrase)
    body = events.CharterAdopted(found.digest, found.to_json())
    return act(workspace, lambda _unit, _state, _time: body, signer=signer)


def live(workspace: Workspace, purpose: str) -> list[str]:
    return [key.keyid for key in workspace.read().keys() if key.purpose == purpose and key.revoked is None]  # noqa: SIM118


def asked(workspace: Workspace, *, keep: bool = False, root: str = ROOT) -> str:
    """Let ada make a new key and the keeper of the root key admit it."""
    requests.ask_key(workspace, "ada", passphrase=NEW, keep=keep)
    return requests.admit_key_of(workspace, "ada", root=workspace.unlock_root(root))


def test_a_rotated_member_key_replaces_the_old_one_and_old_signatures_hold(workspace: Workspace) -> None:
    before = live(workspace, "member")
    sign_something(workspace, OLD)
    made = asked(workspace)
    assert live(workspace, "member") == [made]
    assert made not in before
    with pytest.raises(RefusedInputError, match="does not open"):
        workspace.unlock("ada", OLD)
    sign_something(workspace, NEW)
    verdict = workspace.verify()
    assert (verdict.valid, verdict.problem) == (True, None)


def test_a_further_key_leaves_the_first_one_live(workspace: Workspace) -> None:
    asked(workspace, keep=True)
    assert len(live(workspace, "member")) == 2
    with pytest.raises(RuleError, match="bob"):
        requests.ask_key(workspace, "bob", passphrase=NEW)


def test_a_rotated_record_key_signs_what_follows(workspace: Workspace) -> None:
    (before,) = live(workspace, "record")
    made = keys.rotate_record_key(workspace, root_passphrase=ROOT)
    assert live(workspace, "record") == [made]
    assert made != before
    with workspace.write() as unit:
        note = {"index": 0, "text": unit.text("a note")}
        done = unit.append("correction.noted", note, actor="service", at=datetime(2026, 1, 2, tzinfo=UTC))
        unit.commit()
    assert workspace.read().entries()[done.index].keyid == made
    assert workspace.verify().valid


def test_a_revoked_key_leaves_its_member_without_one(workspace: Workspace) -> None:
    (keyid,) = live(workspace, "member")
    index = keys.revoke_key(workspace, keyid[:12], "stolen laptop", root_passphrase=ROOT)
    record = workspace.read().entries()[index]
    assert workspace.read().text(record.body["reason"]["sha256"]) == "stolen laptop"
    with pytest.raises(RefusedInputError, match="no live member key"):
        workspace.unlock("ada", OLD)


@pytest.mark.parametrize("keyid", ["", "no such key", "0" * 64])
def test_a_key_must_be_named_without_doubt(workspace: Workspace, keyid: str) -> None:
    with pytest.raises(RefusedInputError, match="expected one"):
        keys.revoke_key(workspace, keyid, "because", root_passphrase=ROOT)


def test_the_root_key_does_not_revoke_itself(workspace: Workspace) -> None:
    (keyid,) = live(workspace, "root")
    with pytest.raises(RefusedInputError, match="cannot revoke itself"):
        keys.revoke_key(workspace, keyid, "because", root_passphrase=ROOT)


def test_the_wrong_root_passphrase_changes_nothing(workspace: Workspace) -> None:
    size = workspace.read().head().size
    with pytest.raises(RefusedInputError, match="does not open"):
        keys.rotate_record_key(workspace, root_passphrase="something else")
    assert workspace.read().head().size == size


def exported(workspace: Workspace, folder: Path) -> Path:
    write_folder(export_files(Source(workspace.read().lines(), workspace.checkpoint().note)), folder)
    return folder


def test_a_rotated_root_key_admits_what_follows_and_trust_files_stay(workspace: Workspace, tmp_path: Path) -> None:
    trust = tmp_path / "trust.json"
    trust.write_bytes(exports.trust(workspace))
    made = keys.rotate_root_key(workspace, passphrase=NEW, root_passphrase=ROOT)
    assert live(workspace, "root") == [made]
    with pytest.raises(RefusedInputError, match="does not open"):
        workspace.unlock_root(ROOT)
    asked(workspace, root=NEW)
    assert exports.trust(workspace) == trust.read_bytes()
    assert workspace.verify().valid
    answer = verify(exported(workspace, tmp_path / "export"), trust, [])
    assert answer["valid"], answer["reason"]


def test_a_rotated_checkpoint_key_signs_what_follows_and_needs_new_trust_files(
    workspace: Workspace, tmp_path: Path
) -> None:
    before, kept = exports.trust(workspace), workspace.checkpoint().note
    made = keys.rotate_log_key(workspace, root_passphrase=ROOT)
    sign_something(workspace, OLD)
    assert [item.vkey for item in workspace.checkpoint_keys()] == [workspace.log.vkey, made]
    with Workspace.open(workspace.root) as again:
        verdict = again.verify((kept,))
        assert (verdict.valid, verdict.problem) == (True, None)
        assert again.rebuild() == again.read().head().size
        assert again.checkpoint_keys()[-1].vkey == made
    (tmp_path / "old").write_bytes(before)
    (tmp_path / "new").write_bytes(exports.trust(workspace))
    (tmp_path / "kept").write_bytes(kept)
    export = exported(workspace, tmp_path / "export")
    assert verify(export, tmp_path / "new", [tmp_path / "kept"])["valid"]
    assert "no trusted key" in verify(export, tmp_path / "old", [])["reason"]
    (keyid,) = live(workspace, "log")
    with pytest.raises(RefusedInputError, match="Replace it"):
        keys.revoke_key(workspace, keyid, "because", root_passphrase=ROOT)


def test_the_service_notices_a_checkpoint_under_the_key_that_was_replaced(workspace: Workspace) -> None:
    from storage.ledger.checkpoint import read
    from storage.ledger.note import read_note
    from storage.ledger.verify import verify_ledger

    first = workspace.keyring.log(workspace.log.vkey)
    keys.rotate_log_key(workspace, root_passphrase=ROOT)
    note = workspace.checkpoint().note
    stale = first.sign(read(read_note(note).text).text).to_bytes()
    lines, later = workspace.read().lines(), workspace.checkpoint_keys()[1:]
    assert verify_ledger(lines, workspace.log, note, later=later).valid
    assert "another has replaced" in str(verify_ledger(lines, workspace.log, stale, later=later).problem)
