"""A workspace begins, keeps what it acknowledged, and opens again."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from governance.evidence.errors import RecordError, RefusedInputError
from storage.ledger.canonical import encode_base64
from storage.ledger.note import SPKI, Verifier
from storage.ledger.tlog_proof import read_proof
from storage.workspace import Workspace
from tests.storage.scene import AT, ROOT_PASSPHRASE, SECRET, evidence_body, record_evidence, seat


def test_a_new_ledger_begins_with_its_root_key_and_its_record_key(workspace: Workspace) -> None:
    begin, key = workspace.read().entries()
    assert (begin.type, key.type) == ("ledger.created", "key.added")
    assert begin.body["log_vkey"] == workspace.log.vkey
    assert begin.keyid == key.keyid == begin.body["root"]["keyid"]
    assert [item.purpose for item in workspace.read().keys()] == ["root", "record"]  # noqa: SIM118
    assert begin.subjects[0].name == workspace.origin


def test_a_second_workspace_is_not_made_over_the_first(workspace: Workspace) -> None:
    with pytest.raises(RefusedInputError, match="already"):
        Workspace.create(workspace.root, "Example Board", ROOT_PASSPHRASE, AT)


@pytest.mark.parametrize("name", ["", "a+b", "a/b", "a\x00b", "x" * 101])
def test_an_organisation_that_cannot_name_a_ledger_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedInputError, match="cannot name"):
        Workspace.create(tmp_path / "w", name, ROOT_PASSPHRASE, AT)
    assert not (tmp_path / "w").exists()


def test_what_was_committed_is_there_after_opening_again(workspace: Workspace) -> None:
    done = record_evidence(workspace, 7)
    with Workspace.open(workspace.root) as again:
        found = again.read().find_evidence(f"{8:064x}")
        assert found is not None
        assert (found.index, found.digest, found.rows_used) == (done.index, f"{7:064x}", 90)
        assert again.log == workspace.log


def test_without_commit_nothing_is_kept(workspace: Workspace) -> None:
    with workspace.write() as unit:
        unit.append("evidence.recorded", evidence_body(1), actor="service", at=AT)
        text = unit.text("never said")
    assert workspace.read().head().size == 2
    assert workspace.read().text(text["sha256"]) is None


def test_an_error_in_a_unit_rolls_everything_back(workspace: Workspace) -> None:
    def half_an_act() -> None:
        with workspace.write() as unit:
            unit.append("evidence.recorded", evidence_body(1), actor="service", at=AT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_an_act()
    assert workspace.read().head().size == 2
    assert record_evidence(workspace, 2).index == 2


def test_a_member_signs_with_their_own_passphrase(workspace: Workspace) -> None:
    seat(workspace, workspace.unlock_root(ROOT_PASSPHRASE), "ada", "chair", "validator")
    signer = workspace.unlock("ada", SECRET)
    with workspace.write() as unit:
        body = {"member": "ada", "conflict": False, "text": None}
        unit.append("conflict.declared", body, actor="ada", at=AT, case="c-1", signer=signer)
        unit.commit()
    member = workspace.read().member("ada")
    assert member is not None
    assert (member.name.shown, member.roles, member.keyid) == ("Ada", ("chair", "validator"), signer.keyid)
    assert workspace.read().entries(case="c-1")[0].keyid == signer.keyid


def test_a_wrong_passphrase_is_refused_in_words(workspace: Workspace) -> None:
    seat(workspace, workspace.unlock_root(ROOT_PASSPHRASE), "ada")
    with pytest.raises(RefusedInputError, match="does not open"):
        workspace.unlock("ada", "not the passphrase")
    with pytest.raises(RefusedInputError, match="does not open"):
        workspace.unlock_root("not the passphrase")
    with pytest.raises(RefusedInputError, match="no live member key"):
        workspace.unlock("bob", SECRET)


def test_a_key_signs_for_its_owner_alone(workspace: Workspace) -> None:
    signer = seat(workspace, workspace.unlock_root(ROOT_PASSPHRASE), "ada")
    seat(workspace, workspace.unlock_root(ROOT_PASSPHRASE), "bob")
    body = {"member": "bob", "conflict": False, "text": None}
    with pytest.raises(RefusedInputError, match="speaks for bob under the key of ada"), workspace.write() as unit:
        unit.append("conflict.declared", body, actor="bob", at=AT, case="c-1", signer=signer)


def test_only_the_root_key_adds_keys_and_members(workspace: Workspace) -> None:
    signer = seat(workspace, workspace.unlock_root(ROOT_PASSPHRASE), "ada", "chair")
    body = {"member": "eve", "name": {"sha256": "0" * 64}, "roles": ["chair"]}
    for key in (signer, None):
        with (
            pytest.raises(RefusedInputError, match=r"is a member\.added signed by a (member|record) key"),
            workspace.write() as unit,
        ):
            unit.append("member.added", body, actor="ada", at=AT, signer=key)


def test_the_root_key_signs_nothing_else(workspace: Workspace) -> None:
    root = workspace.unlock_root(ROOT_PASSPHRASE)
    with pytest.raises(RefusedInputError, match="signed by a root key"), workspace.write() as unit:
        unit.append("evidence.recorded", evidence_body(1), actor="service", at=AT, signer=root)


def test_a_revoked_key_signs_nothing(workspace: Workspace) -> None:
    root = workspace.unlock_root(ROOT_PASSPHRASE)
    signer = seat(workspace, root, "ada")
    with workspace.write() as unit:
        revoked = {"keyid": signer.keyid, "reason": unit.text("lost laptop")}
        unit.append("key.revoked", revoked, actor="service", at=AT, signer=root)
        unit.commit()
    body = {"member": "ada", "conflict": False, "text": None}
    with pytest.raises(RefusedInputError, match="not live"), workspace.write() as unit:
        unit.append("conflict.declared", body, actor="ada", at=AT, case="c-1", signer=signer)
    assert [item.revoked is not None for item in workspace.read().keys()] == [False, False, True]  # noqa: SIM118


@pytest.mark.parametrize("purpose", ["member", "log"])
def test_a_key_under_the_id_of_another_is_refused(workspace: Workspace, purpose: str) -> None:
    """What lies in a waiting request can have been edited; signed, it would make the ledger fail for good."""
    root = workspace.unlock_root(ROOT_PASSPHRASE)
    signer = seat(workspace, root, "ada")
    other = workspace.keyring.create_member("bob", SECRET)
    public = other.public.base64 if purpose == "member" else encode_base64(SPKI + b"k" * 32)
    owner = "ada" if purpose == "member" else "service"
    body = {"keyid": signer.keyid, "public_key": public, "owner": owner, "purpose": purpose}
    with pytest.raises(RefusedInputError, match="does not match its key"), workspace.write() as unit:
        unit.append("key.added", body, actor="service", at=AT, signer=root)
    with pytest.raises(RefusedInputError, match="not an Ed25519 key"), workspace.write() as unit:
        as_log = body | {"public_key": other.public.base64, "owner": "service", "purpose": "log", "keyid": other.keyid}
        unit.append("key.added", as_log, actor="service", at=AT, signer=root)


def test_a_member_does_not_sign_in_the_services_place_nor_the_service_in_a_members(workspace: Workspace) -> None:
    signer = seat(workspace, workspace.unlock_root(ROOT_PASSPHRASE), "ada")
    with pytest.raises(RefusedInputError, match="where a record key signs"), workspace.write() as unit:
        unit.append("evidence.recorded", evidence_body(1), actor="ada", at=AT, signer=signer)
    body = {"member": "ada", "conflict": False, "text": None}
    with pytest.raises(RefusedInputError, match="where a member key signs"), workspace.write() as unit:
        unit.append("conflict.declared", body, actor="ada", at=AT, case="c-1")


def test_time_never_goes_back_in_a_ledger(workspace: Workspace) -> None:
    with workspace.write() as unit:
        for number, days in enumerate((1, -400, 2)):
            unit.append("evidence.recorded", evidence_body(number), actor="service", at=AT + timedelta(days=days))
        unit.commit()
    with workspace.write() as unit:
        unit.append("evidence.recorded", evidence_body(9), actor="service", at=AT)
        unit.commit()
    times = [item.time for item in workspace.read().entries()]
    assert times == sorted(times)
    assert times[2:] == ["2026-01-03T03:04:05Z"] * 2 + ["2026-01-04T03:04:05Z"] * 2
    assert workspace.verify().valid


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows_used": 1.5}, "rows_used"),
        ({"outcome": "fine"}, "outcome"),
        ({"surprise": 1}, "surprise"),
        ({"digest": "A" * 64}, "digest"),
        ({"rows_total": 2**53}, "canonical"),
        ({"method": "\ud800"}, "canonical"),
    ],
)
def test_a_body_that_is_not_its_events_is_refused(workspace: Workspace, change: dict[str, object], words: str) -> None:
    with pytest.raises(RefusedInputError, match=words), workspace.write() as unit:
        unit.append("evidence.recorded", {**evidence_body(1), **change}, actor="service", at=AT)
    assert workspace.read().head().size == 2


def test_an_unknown_event_is_refused_with_the_known_ones(workspace: Workspace) -> None:
    with pytest.raises(RefusedInputError, match=r"vote\.cast"), workspace.write() as unit:
        unit.append("vote.casted", {}, actor="service", at=AT)


def test_a_time_without_a_zone_is_refused(workspace: Workspace) -> None:
    with pytest.raises(RefusedInputError, match="time zone"), workspace.write() as unit:
        unit.append("evidence.recorded", evidence_body(1), actor="service", at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_line_beyond_the_limit_is_refused(workspace: Workspace) -> None:
    body = {**evidence_body(1), "data": ["b" * 64] * 800}
    with pytest.raises(RefusedInputError, match="at most 65535"), workspace.write() as unit:
        unit.append("evidence.recorded", body, actor="service", at=AT)


def test_every_line_has_a_proof_under_the_checkpoint(workspace: Workspace) -> None:
    for number in range(5):
        record_evidence(workspace, number)
    workspace.checkpoint()
    for index in range(7):
        raw = workspace.read().raw_entry(index)
        assert raw.proof is not None
        assert read_proof(raw.proof).prove(raw.leaf, [workspace.log]).size == 7
    with pytest.raises(RefusedInputError, match="no line 7"):
        workspace.read().raw_entry(7)


def test_a_missing_record_key_disables_signing_and_is_not_made_anew(workspace: Workspace) -> None:
    (key,) = (workspace.root / "keys/record").iterdir()
    key.unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        record_evidence(workspace, 1)
    assert not key.exists()
    assert workspace.read().head().size == 2


def test_a_missing_checkpoint_key_keeps_records_and_is_named(workspace: Workspace) -> None:
    (workspace.root / "keys/log").unlink()
    with workspace.write() as unit:
        unit.append("evidence.recorded", evidence_body(1), actor="service", at=AT)
        done = unit.commit()
    assert (done.size, done.checkpointed) == (3, 2)
    assert done.problem is not None
    assert "cannot be read" in done.problem
    assert workspace.read().head().checkpointed == 2
    with pytest.raises(RecordError):
        workspace.checkpoint()


def test_another_checkpoint_key_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "other", "Example Board", ROOT_PASSPHRASE, AT) as other:
        (other.root / "keys/log").replace(workspace.root / "keys/log")
    with pytest.raises(RecordError, match="is not the checkpoint key"):
        workspace.checkpoint()


def test_a_folder_without_a_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedInputError, match="no workspace"):
        Workspace.open(tmp_path)


def test_witness_names_are_shown_and_foreign_checkpoints_are_refused(workspace: Workspace) -> None:
    note = workspace.checkpoint().note
    assert workspace.read().head().witnesses == ()
    assert workspace.add_cosignatures(note) == 0
    with pytest.raises(RefusedInputError):
        workspace.add_cosignatures(note.replace(b"\n2\n", b"\n3\n"))
    assert Verifier.from_vkey(workspace.log.vkey) == workspace.log
