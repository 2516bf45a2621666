"""A table or a model is registered once, whoever else registers it in the same moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.evidence.errors import RuleError
from governance.subject.schema import Schema
from governance.workflow.audit import full_check
from governance.workflow.registry import register
from governance.workflow.workspace.acting import OPERATOR
from storage.views import Views
from storage.workspace import Workspace


def test_a_second_server_that_saw_no_registration_writes_none(
    workspace: Workspace, table: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the registry and the lock of the ledger another process registers the same files."""
    words = register.DataWords("People again", "evaluation", Schema(target="good", positive="1", sensitive=("sex",)))
    of_model = register.ModelWords("Again", "2", "ada", "Nothing.", "high")
    register.register_data(workspace, table, words, actor=OPERATOR)
    register.register_model(workspace, model, of_model, actor=OPERATOR)
    size = workspace.read().head().size
    monkeypatch.setattr(Views, "dataset", lambda *_: None)
    monkeypatch.setattr(Views, "model", lambda *_: None)
    with pytest.raises(RuleError, match="is registered already"):
        register.register_data(workspace, table, words, actor=OPERATOR)
    with pytest.raises(RuleError, match="is registered already"):
        register.register_model(workspace, model, of_model, actor=OPERATOR)
    assert workspace.read().head().size == size
    assert full_check.check(workspace).valid
