"""The service's own check does what the auditors' verifier does, and a damaged record can still be taken to an auditor."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from governance.dossier.verify import verify
from governance.evidence.errors import RuleError
from governance.workflow.assess import assess
from governance.workflow.audit import export, full_check
from governance.workflow.workspace import act, subjects
from governance.workflow.workspace.acting import OPERATOR
from governance.workflow.workspace.clock import now
from governance.workflow.workspace.subjects import Choice
from storage.workspace import Workspace

pytestmark = pytest.mark.usefixtures("registered")


def edit(workspace: Workspace, statement: str, **values: object) -> None:
    """Do what somebody with the database file can do."""
    with workspace.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount


def forge(workspace: Workspace) -> int:
    """Append what somebody with the record key can sign: evidence about more rows than there are."""
    body = {
        "digest": "ab" * 32, "key": "cd" * 32, "method": "quality.checks", "method_version": 1, "model": None,
        "data": [], "rows_used": 5, "rows_total": 1, "outcome": "assessed",
    }  # fmt: skip
    with workspace.write() as unit:
        unit.append("evidence.recorded", body, actor="service", at=now())
        unit.commit()
    return workspace.read().head().size - 1


def exported(workspace: Workspace, folder: Path) -> dict[str, object]:
    """Return what an auditor's verifier says about an export."""
    (folder / "trust.json").write_bytes(export.trust(workspace))
    export.save(workspace, folder / "export", actor=OPERATOR)
    return verify(folder / "export", folder / "trust.json", [])


def test_a_record_that_holds_holds(workspace: Workspace) -> None:
    found = full_check.check(workspace)
    assert (found.valid, found.problem, found.first_bad) == (True, None, None)
    assert found.entries == workspace.read().head().size


def test_an_entry_that_breaks_a_rule_is_named_and_can_be_taken_to_an_auditor(
    workspace: Workspace, tmp_path: Path
) -> None:
    bad = forge(workspace)
    found = full_check.check(workspace)
    assert (found.valid, found.first_bad) == (False, bad)
    assert f"Entry {bad}" in str(found.problem)
    with pytest.raises(
        act.BrokenRecordError, match=f"Entry {bad} of the ledger breaks the rules: 5 rows were used of 1"
    ):
        act.state(workspace)
    size = workspace.read().head().size
    answer = exported(workspace, tmp_path)
    assert (answer["valid"], answer["first_bad"]) == (False, bad)
    assert workspace.read().head().size == size, "nothing continues a damaged ledger"
    with pytest.raises(RuleError, match="breaks the rules"):
        export.pack(workspace, case="any")


def test_an_edited_text_is_found_and_left_out_of_the_export(workspace: Workspace, tmp_path: Path) -> None:
    edit(workspace, "UPDATE text SET content = :words WHERE content = :old", words=b"Decide about all.",
         old=b"Decide about people in a test.")  # fmt: skip
    found = full_check.check(workspace)
    assert not found.valid
    assert "was edited after it was signed" in str(found.problem)
    exported(workspace, tmp_path)
    assert "Decide about" not in (tmp_path / "export" / "texts.json").read_text()


def test_evidence_that_is_gone_or_changed_is_found(workspace: Workspace, registered: tuple[str, str]) -> None:
    task = subjects.task(workspace, "quality.checks", Choice(data=registered[1]))
    digest = assess.now(workspace, task, actor=OPERATOR).digest
    assert full_check.check(workspace).valid
    place = workspace.blobs.path_of(digest)
    place.chmod(0o600)
    place.write_bytes(place.read_bytes() + b" ")
    found = full_check.check(workspace)
    assert not found.valid
    assert digest[:16] in str(found.problem)
    place.unlink()
    assert digest[:16] in str(full_check.check(workspace).problem)


def test_an_edited_table_is_found_and_left_as_it_is_until_it_is_rebuilt(workspace: Workspace) -> None:
    edit(workspace, "UPDATE record SET actor = 'somebody-else' WHERE idx = 3")
    found = full_check.check(workspace)
    assert not found.valid
    assert "The tables record are not those that follow from the lines" in str(found.problem)
    workspace.rebuild()
    assert full_check.check(workspace).valid
