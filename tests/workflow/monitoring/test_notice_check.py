"""Whoever is told of an alert can check the notice against the ledger, and a changed or forged one is refused."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.dossier.bundle import write_folder
from governance.subject.schema import Schema
from governance.workflow.audit import export, keys
from governance.workflow.monitoring import watch
from governance.workflow.monitoring.notice import about, sealed
from governance.workflow.monitoring.notice_check import check
from governance.workflow.registry import register
from governance.workflow.workspace import current_workspace
from governance.workflow.workspace.acting import OPERATOR
from governance.workflow.workspace.subjects import Choice
from storage.ledger.envelope import Signer
from storage.workspace import Workspace
from tests.workflow.people import ROOT_SECRET, proven

ROLES = Schema(target="good", positive="1", sensitive=("sex",))


@pytest.fixture(scope="module")
def told(founded: Path, table: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workspace whose window has an open alert, the notice of it, an export and trust.json."""
    home = tmp_path_factory.mktemp("told")
    shutil.copytree(founded, home / "workspace")
    with current_workspace.current(home / "workspace") as found:
        words = register.ModelWords("People", "1.0", "lars", "Decide about people in a test.", "limited")
        digest = register.register_model(found, model, words, actor=proven("lars"))
        data = register.register_data(
            found, table, register.DataWords("People", "evaluation", ROLES), actor=proven("lars")
        )
        frame = pd.read_csv(table).drop(columns="good")
        frame.assign(income=frame["income"] + 12).to_csv(home / "june.csv", index=False)
        words = register.DataWords("june", "monitoring", Schema(sensitive=("sex",)))
        window = register.register_data(found, home / "june.csv", words, actor=proven("lars"))
        choice = Choice(digest, window, data)
        (home / "notice.json").write_bytes(about(found, choice, watch.watch(found, choice, actor=OPERATOR)).envelope)
        write_folder(export.export(found, actor=proven("lars")).files, home / "export")
        (home / "trust.json").write_bytes(export.trust(found))
    current_workspace._open.pop((home / "workspace").resolve(), None)
    return home


@pytest.fixture
def signer(told: Path, tmp_path: Path) -> Iterator[Signer]:
    shutil.copytree(told / "workspace", tmp_path / "workspace")
    with current_workspace.current(tmp_path / "workspace") as found:
        yield found.record_signer()


def answer(told: Path, notice: Path) -> dict:
    return check(notice, told / "export", told / "trust.json")


def test_a_notice_as_it_came_is_valid_and_says_what_it_is_about(told: Path) -> None:
    found = answer(told, told / "notice.json")
    assert (found["valid"], found["reason"], found["not_checked"]) == (True, "", [])
    assert (found["state"], found["open"], found["model"], found["steps"]) == (
        "impact_estimated",
        True,
        "People 1.0",
        2,
    )


def test_the_command_prints_it_and_ends_with_0_or_1(told: Path, tmp_path: Path) -> None:
    def run(notice: Path, *more: str) -> tuple[int, str]:
        words = ["alert", "verify", str(notice), "--export", str(told / "export"), "--trust", str(told / "trust.json")]
        found = CliRunner().invoke(build(), [*words, *more], catch_exceptions=False)
        return found.exit_code, found.stdout

    code, text = run(told / "notice.json", "--json")
    assert (code, json.loads(text)["valid"]) == (0, True)
    code, text = run(told / "notice.json")
    assert text.startswith("VALID: alert ")
    (tmp_path / "broken.json").write_bytes(b"{}")
    code, text = run(tmp_path / "broken.json")
    assert (code, text) == (1, "NOT VALID. Reason: the notice is no DSSE envelope.\n")


def changed(told: Path, change: Callable[[dict], None], signer: Signer | None = None) -> bytes:
    """Return the notice with another payload: under the old signature, or signed anew."""
    envelope = json.loads((told / "notice.json").read_bytes())
    document = json.loads(base64.b64decode(envelope["payload"]))
    change(document)
    payload = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    if signer is not None:
        return sealed(payload, signer)
    return json.dumps(envelope | {"payload": base64.b64encode(payload).decode()}).encode()


def close(document: dict) -> None:
    document["open"] = False


def test_one_changed_word_breaks_the_signature(told: Path, tmp_path: Path) -> None:
    (tmp_path / "notice.json").write_bytes(changed(told, close))
    assert answer(told, tmp_path / "notice.json")["reason"] == "its signature does not hold: it was changed or forged"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it["steps"][-1].update(state="confirmed") or it.update(state="confirmed"), "tells step"),
        (lambda it: it["steps"][0].update(index=0), "no step of an alert"),
        (lambda it: it.update(origin="other/ledger/0123456789abcdef"), "is about the ledger"),
        (lambda it: it.update(state="overridden"), "its state is not that of its last step"),
        (lambda it: it.update(format="countersign-alert/9"), "is not known here"),
        (lambda it: it.update(steps=[]), "its state is not"),
        (lambda it: it.pop("steps"), "it is malformed"),
    ],
)
def test_a_service_that_tells_otherwise_than_its_ledger_is_found_out(
    told: Path, tmp_path: Path, signer: Signer, change: Callable[[dict], None], said: str
) -> None:
    (tmp_path / "notice.json").write_bytes(changed(told, change, signer))
    found = answer(told, tmp_path / "notice.json")
    assert not found["valid"]
    assert said in found["reason"]


def test_a_step_later_than_the_export_is_named_as_not_checked(told: Path, tmp_path: Path, signer: Signer) -> None:
    def later(document: dict) -> None:
        document["steps"].append(document["steps"][-1] | {"index": 999})

    (tmp_path / "notice.json").write_bytes(changed(told, later, signer))
    found = answer(told, tmp_path / "notice.json")
    assert (found["valid"], found["not_checked"]) == (True, ["entries 999: later than this export, or left out of it"])


def test_a_key_that_the_ledger_does_not_know_is_refused(told: Path, tmp_path: Path) -> None:
    with Workspace.create(
        tmp_path / "other", "Example Board", ROOT_SECRET, pd.Timestamp("2026-01-01", tz="UTC")
    ) as other:
        (tmp_path / "notice.json").write_bytes(changed(told, close, other.record_signer()))
    assert "none of the service's" in answer(told, tmp_path / "notice.json")["reason"]


def test_a_key_that_was_revoked_before_the_alert_signs_nothing(told: Path, tmp_path: Path, signer: Signer) -> None:
    with current_workspace.current(tmp_path / "workspace") as found:
        keys.rotate_record_key(found, root_passphrase=ROOT_SECRET)
        write_folder(export.export(found, actor=proven("lars")).files, tmp_path / "export")
    notice = told / "notice.json"
    assert check(notice, tmp_path / "export", told / "trust.json")["valid"], "it was live when the alert was told"

    def later(document: dict) -> None:
        document["steps"].append(document["steps"][-1] | {"index": 9_999})

    (tmp_path / "notice.json").write_bytes(changed(told, later, signer))
    assert "revoked before" in check(tmp_path / "notice.json", tmp_path / "export", told / "trust.json")["reason"]


def test_an_export_under_another_trust_is_no_witness(told: Path, tmp_path: Path) -> None:
    trust = json.loads((told / "trust.json").read_text())
    (tmp_path / "trust.json").write_text(json.dumps(trust | {"root_keys": ["0" * 64]}))
    found = check(told / "notice.json", told / "export", tmp_path / "trust.json")
    assert found["reason"].startswith("the export is not valid")
