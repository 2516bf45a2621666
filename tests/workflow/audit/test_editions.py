"""A ledger takes up a later edition of the rules by an entry under the root key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from governance.dossier import verify_rules
from governance.dossier.bundle import write_folder
from governance.dossier.verify import verify
from governance.evidence.errors import CountersignError, RuleError
from governance.review import editions as rules
from governance.workflow.audit import editions, export
from governance.workflow.workspace.act import state
from storage.workspace import Workspace
from tests.workflow.people import ROOT_SECRET, proven


def test_a_later_edition_is_adopted_once_and_the_export_verifies(
    board: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RuleError, match="edition 2 of the rules; known here: 1"):
        editions.adopt(board, 2, "new law", root_passphrase=ROOT_SECRET)
    monkeypatch.setitem(rules.EDITIONS, 2, replace(rules.FIRST, number=2))
    with pytest.raises(CountersignError):
        editions.adopt(board, 2, "new law", root_passphrase="not the root passphrase")
    index = editions.adopt(board, 2, "new law", root_passphrase=ROOT_SECRET)
    assert state(board).edition == 2
    with pytest.raises(RuleError, match="not later than 2"):
        editions.adopt(board, 1, "back", root_passphrase=ROOT_SECRET)
    made = export.export(board, actor=proven("lars"))
    write_folder(made.files, tmp_path / "export")
    (tmp_path / "trust.json").write_bytes(export.trust(board))
    answer = verify(tmp_path / "export", tmp_path / "trust.json", [])
    assert (answer["newer"], answer["first_bad"]) == (True, index)

    class Second(verify_rules.Board):
        """The same rules under another number."""

        edition = 2

    monkeypatch.setitem(verify_rules.EDITIONS, 2, Second)
    assert verify(tmp_path / "export", tmp_path / "trust.json", [])["valid"]
