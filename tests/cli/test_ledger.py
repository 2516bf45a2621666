"""The ledger, its keys and its witness from the command line, with the fields of the contract."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from governance.__main__ import build
from governance.evidence.errors import RefusedInputError
from governance.workflow.review import members
from governance.workflow.workspace import clock, current_workspace
from governance.workflow.workspace.clock import now
from storage import keys, log
from storage.engine import writing
from storage.ledger.note import Verifier, open_note
from storage.workspace import Workspace
from tests.dossier import test_stamps
from tests.dossier.test_stamps import stamped

ROOT = "the root passphrase"
authority = test_stamps.authority


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(keys, "KDF_ROUNDS", 1)
    monkeypatch.setenv("COUNTERSIGN_ROOT_PASSPHRASE", ROOT)
    monkeypatch.setenv("COUNTERSIGN_PASSPHRASE", "ada's passphrase")
    root = tmp_path / "workspace"
    with Workspace.create(root, "Example Board", ROOT, now()) as made:
        members.enrol(made, "ada", "Ada", ("chair",), passphrase="ada's passphrase", root=made.unlock_root(ROOT))
        yield made
        opened = current_workspace._open.pop(root.resolve(), None)
        if opened is not None:
            opened.close()


def call(*words: object) -> Result:
    """Run a command; errors in words come through as exceptions."""
    return CliRunner().invoke(build(), [str(word) for word in words])


def answer(*words: object) -> Any:
    result = call(*words, "--json")
    assert result.exit_code == 0, result.output + str(result.exception)
    return json.loads(result.stdout)


def export(workspace: Workspace, folder: Path) -> Path:
    """Write what a whole-ledger export has of the ledger."""
    folder.mkdir(exist_ok=True)
    (folder / "checkpoint").write_bytes(workspace.checkpoint().note)
    (folder / "ledger.intoto.jsonl").write_bytes(b"".join(line + b"\n" for line in workspace.read().lines()))
    return folder


def test_the_head_is_a_checkpoint_that_opens_with_the_printed_key(workspace: Workspace) -> None:
    said = answer("ledger", "head", "-w", workspace.root)
    assert (said["origin"], said["size"], said["witnesses"]) == (workspace.origin, 4, [])
    assert open_note(said["checkpoint"].encode(), [Verifier.from_vkey(said["log_vkey"])]).seals
    assert call("ledger", "head", "-w", workspace.root).stdout.startswith(workspace.origin + "\n4\n")


def test_a_check_names_the_fault_and_leaves_with_1(workspace: Workspace, tmp_path: Path) -> None:
    said = answer("ledger", "check", "-w", workspace.root)
    assert said == {"valid": True, "entries": 4, "checkpointed": 4, "first_bad": None, "problem": None}
    with Workspace.create(tmp_path / "other", "Example Board", ROOT, now()) as other:
        (tmp_path / "foreign").write_bytes(other.checkpoint().note)
    result = call("ledger", "check", "-w", workspace.root, "--old", tmp_path / "foreign", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["valid"] is False


def test_a_rebuild_says_how_many_lines_it_read(workspace: Workspace) -> None:
    assert answer("ledger", "rebuild", "-w", workspace.root) == {"entries": 4}


def test_a_witness_cosigns_folders_and_zips_and_the_workspace_keeps_it(workspace: Workspace, tmp_path: Path) -> None:
    state, folder = tmp_path / "witness", export(workspace, tmp_path / "export")
    unknown = call("witness", folder, "--state", state, "--name", "auditor.example")
    assert isinstance(unknown.exception, RefusedInputError)
    assert "never seen" in str(unknown.exception)
    first = answer("witness", folder, "--state", state, "--log", workspace.log.vkey)
    assert first["size"] == 4
    call("key", "rotate", "--record", "-w", workspace.root)
    export(workspace, folder)
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"export/{path.name}")
    out = tmp_path / "cosigned"
    later = answer("witness", tmp_path / "export.zip", "--state", state, "--out", out)
    assert later["size"] == 6
    assert answer("ledger", "cosign", out, "--witness", later["witness_vkey"], "-w", workspace.root) == {"witnesses": 1}
    assert answer("ledger", "head", "-w", workspace.root)["witnesses"] == [later["witness_vkey"]]
    assert answer("witness", workspace.root, "--state", state)["size"] == 6


def test_a_witness_refuses_a_ledger_that_shrank_and_lines_that_do_not_fit(workspace: Workspace, tmp_path: Path) -> None:
    state, old = tmp_path / "witness", export(workspace, tmp_path / "old")
    call("key", "rotate", "--record", "-w", workspace.root)
    new = export(workspace, tmp_path / "new")
    answer("witness", new, "--state", state, "--name", "auditor.example", "--log", workspace.log.vkey)
    assert "shrank" in str(call("witness", old, "--state", state).exception)
    (new / "ledger.intoto.jsonl").write_bytes((old / "ledger.intoto.jsonl").read_bytes())
    assert "not those" in str(call("witness", new, "--state", state).exception)
    (new / "ledger.intoto.jsonl").write_bytes(b"half a line")
    assert "whole line" in str(call("witness", new, "--state", state).exception)


@pytest.mark.parametrize("content", [None, b"", b"PK nonsense"])
def test_a_witness_says_what_it_needs(tmp_path: Path, content: bytes | None) -> None:
    source = tmp_path / "source"
    if content is not None:
        source.write_bytes(content)
    result = call("witness", source, "--state", tmp_path / "w", "--name", "auditor.example")
    assert isinstance(result.exception, RefusedInputError)
    assert "neither a workspace nor a whole-ledger export" in str(result.exception)


def test_keys_are_listed_added_replaced_and_revoked(workspace: Workspace) -> None:
    place = ("-w", workspace.root)
    listed = answer("key", "list", *place)["keys"]
    assert [(key["purpose"], key["owner"], key["present"]) for key in listed] == [
        ("root", "root", True),
        ("record", "service", True),
        ("member", "ada", True),
    ]
    added = answer("key", "add", "--member", "ada", *place)["keyid"]
    assert [item["keyid"] for item in answer("member", "waiting", *place)["requests"]] == [added]
    assert answer("key", "admit", "ada", *place)["keyid"] == added
    made = answer("key", "rotate", "--member", "ada", *place)["keyid"]
    assert answer("key", "admit", "ada", *place)["keyid"] == made
    live = {key["keyid"] for key in answer("key", "list", *place)["keys"] if key["revoked"] is None}
    assert made in live
    assert added not in live
    index = answer("key", "revoke", made[:20], "--reason", "lost", *place)["index"]
    assert f"revoked at {index}" in call("key", "list", *place).stdout


def test_a_member_replaces_a_key_and_the_keeper_of_the_root_key_never_learns_the_passphrase(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ("-w", workspace.root)
    old = workspace.read().member("ada").keyid  # type: ignore[union-attr]
    monkeypatch.setenv("COUNTERSIGN_PASSPHRASE", "ada's newer passphrase")
    made = answer("key", "ask", "ada", *place)["keyid"]
    monkeypatch.delenv("COUNTERSIGN_PASSPHRASE")
    assert workspace.read().member("ada").keyid == old  # type: ignore[union-attr]
    assert workspace.unlock("ada", "ada's passphrase").keyid == old
    assert answer("key", "admit", "ada", *place) == {"keyid": made}
    assert workspace.unlock("ada", "ada's newer passphrase").keyid == made
    assert {item.keyid: item.revoked is None for item in workspace.read().keys() if item.owner == "ada"} == {  # noqa: SIM118
        old: False, made: True,
    }  # fmt: skip
    assert "has not asked for a new key" in str(call("key", "admit", "ada", *place).exception)


def test_no_command_takes_a_members_passphrase_beside_that_of_the_root_key(
    workspace: Workspace, tmp_path: Path
) -> None:
    place, secret = ("-w", workspace.root), tmp_path / "root"
    secret.write_text("root passphrase")
    both = ("--member", "ada", "--root-passphrase-file", secret)
    assert "no one person sees both" in str(call("key", "rotate", *both, *place).exception)
    assert call("key", "add", *both, *place).exit_code == 2
    assert answer("member", "waiting", *place) == {"requests": []}


def test_whoever_admits_a_member_needs_the_root_passphrase_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ("-w", workspace.root)
    monkeypatch.delenv("COUNTERSIGN_ROOT_PASSPHRASE")
    monkeypatch.setenv("COUNTERSIGN_PASSPHRASE", "bo's own passphrase")
    asked = answer("member", "ask", "bo", "--name", "Bo", *place)
    monkeypatch.delenv("COUNTERSIGN_PASSPHRASE")
    monkeypatch.setenv("COUNTERSIGN_ROOT_PASSPHRASE", ROOT)
    assert answer("member", "admit", "bo", "--role", "lay", *place) == {"member": "bo", "roles": ["lay"]}
    assert workspace.unlock("bo", "bo's own passphrase").keyid == asked["keyid"]


def test_adding_a_member_whose_passphrase_is_typed_says_what_that_means(workspace: Workspace) -> None:
    said = call("member", "add", "bo", "--name", "Bo", "--role", "lay", "-w", workspace.root)
    assert said.exit_code == 0, said.exception
    assert "Whoever typed the passphrase can sign as bo" in said.stdout
    help_text = " ".join(call("member", "add", "--help").stdout.split())
    assert "for a set-up of one person" in help_text


def test_a_request_in_anothers_name_is_refused_and_the_member_asks_anew(workspace: Workspace) -> None:
    place = ("-w", workspace.root)
    theirs = answer("key", "ask", "ada", *place)["keyid"]
    assert "member refuse" in str(call("key", "ask", "ada", *place).exception)
    assert theirs[:16] in call("member", "waiting", *place).stdout
    assert answer("member", "refuse", "ada", *place) == {"member": "ada", "refused": True}
    assert not workspace.keyring.has("member", "ada", theirs)
    assert "has not asked" in str(call("member", "refuse", "ada", *place).exception)
    mine = answer("key", "ask", "ada", *place)["keyid"]
    assert answer("key", "admit", "ada", *place) == {"keyid": mine}
    assert "Nobody waits." in call("member", "waiting", *place).stdout


def test_the_clock_is_confirmed_by_a_verb_or_a_flag(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    later = now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    place = ("-w", workspace.root)
    assert "Nothing is signed" in str(call("key", "rotate", "--record", *place).exception)
    index = answer("ledger", "clock-confirm", "--as", "ada", *place)["index"]
    assert workspace.read().entries()[index].actor == "ada"
    assert answer("ledger", "clock-confirm", *place) == {"index": None}
    assert call("key", "rotate", "--record", *place).exit_code == 0
    later += timedelta(days=8)
    current_workspace._open.pop(workspace.root.resolve()).close()
    monkeypatch.setenv("COUNTERSIGN_CLOCK_IS_RIGHT", "")
    assert call("--clock-is-right", "key", "rotate", "--record", *place).exit_code == 0
    assert [item.type for item in workspace.read().entries()[-3:]] == ["correction.noted", "key.added", "key.revoked"]


def test_a_rotation_says_whose_key_is_missing(workspace: Workspace) -> None:
    for words in ((), ("--member", "ada", "--record")):
        assert "Whose key" in str(call("key", "rotate", *words, "-w", workspace.root).exception)


def test_the_checkpoint_key_is_rotated_and_a_witness_pins_the_new_one(workspace: Workspace, tmp_path: Path) -> None:
    room, pin = tmp_path / "witness", workspace.log.vkey
    answer("witness", workspace.root, "--state", room, "--name", "w.example", "--log", pin)
    made = answer("key", "rotate", "--log", "-w", workspace.root)["keyid"]
    with pytest.raises(RefusedInputError, match="No signature of a known key"):
        answer_or_raise("witness", workspace.root, "--state", room)
    with pytest.raises(RefusedInputError, match="--replace"):
        answer_or_raise("witness", workspace.root, "--state", room, "--log", made)
    said = answer("witness", workspace.root, "--state", room, "--log", made, "--replace")
    assert open_note(said["checkpoint"].encode(), [Verifier.from_vkey(made), Verifier.from_vkey(said["witness_vkey"])])
    assert answer("witness", workspace.root, "--state", room)["size"] == said["size"]


def test_a_time_stamp_is_asked_for_in_a_file_and_kept_only_for_its_checkpoint(
    workspace: Workspace, authority: Path, tmp_path: Path
) -> None:
    import hashlib

    query, reply = tmp_path / "checkpoint.tsq", tmp_path / "checkpoint.tsr"
    asked = answer("ledger", "timestamp", "--question", query, "-w", workspace.root)
    note = workspace.checkpoint().note
    assert hashlib.sha256(note).digest() in query.read_bytes()
    reply.write_bytes(b"says nothing of it")
    with pytest.raises(RefusedInputError, match="names no checkpoint"):
        answer_or_raise("ledger", "timestamp", "--answer", reply, "-w", workspace.root)
    reply.write_bytes(stamped(authority, note))
    kept = answer("ledger", "timestamp", "--answer", reply, "-w", workspace.root)
    assert kept == {"size": asked["size"], "checked": False}
    assert workspace.checkpoint().tsr == reply.read_bytes()
    assert workspace.verify().valid
    with pytest.raises(RefusedInputError, match="Neither"):
        answer_or_raise("ledger", "timestamp", "-w", workspace.root)
    said = answer("witness", workspace.root, "--state", tmp_path / "w", "--name", "w", "--log", workspace.log.vkey)
    (tmp_path / "cosigned").write_text(said["checkpoint"])
    with pytest.raises(RefusedInputError, match="would change them"):
        answer_or_raise(
            "ledger", "cosign", tmp_path / "cosigned", "--witness", said["witness_vkey"], "-w", workspace.root
        )


def test_a_time_stamp_that_was_swapped_in_the_database_is_noticed(workspace: Workspace, authority: Path) -> None:
    signed = workspace.checkpoint()
    workspace.add_timestamp(stamped(authority, signed.note))
    with writing(workspace.engine) as connection:
        log.keep_stamp(connection, signed.checkpoint.size, stamped(authority, b"something else"))
        connection.commit()
    verdict = workspace.verify()
    assert not verdict.valid
    assert "time stamp" in str(verdict.problem)


def answer_or_raise(*words: object) -> None:
    """Run a command that is to be refused, and raise its words."""
    result = call(*words)
    assert result.exception is not None
    raise result.exception
