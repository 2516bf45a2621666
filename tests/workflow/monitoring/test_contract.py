"""Expectations become versions in the ledger, and the next table is held against the latest."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.evidence.codec import encode
from governance.evidence.errors import RefusedInputError
from governance.quality.expectation import Expectation, Expectations, to_toml
from governance.quality.expectations.edit import Row, rows_of
from governance.quality.report import QualityReport
from governance.quality.spec import Contract
from governance.subject.schema import Schema
from governance.workflow.assess import assess
from governance.workflow.monitoring import contract
from governance.workflow.registry import register
from governance.workflow.workspace import subjects
from governance.workflow.workspace.subjects import Choice
from tests.workflow.people import proven, secret


def test_an_edited_proposal_becomes_a_version_that_later_data_are_held_against(
    workspace, registered, table, tmp_path
) -> None:
    data = registered[1]
    proposed = assess.now(workspace, subjects.task(workspace, contract.METHOD, Choice(data=data)))
    found = proposed.evidence.read(Contract)
    assert (found.proposed, contract.in_force(workspace, data)) == (True, None)
    before = found.expectations.expectations
    rows = [
        replace(row, maximum=70.0, percent=0.0) if (row.check, row.column) == ("range", "age") else row
        for row in rows_of(before)
    ]
    wanted = contract.edited(workspace, data, rows, before)
    size = workspace.read().head().size
    assess.now(workspace, contract.task(workspace, data, wanted, "People"), actor=proven("lars"))
    version = contract.in_force(workspace, data)
    assert (version.number, version.actor, version.index) == (1, "lars", size)
    assert ("range", "age") in [(item.check, item.column) for item in version.contract.failed], "some are older than 70"
    with pytest.raises(RefusedInputError, match="Nothing differs from version 1"):
        contract.task(workspace, data, wanted, "People")
    assess.now(workspace, contract.task(workspace, data, wanted[1:], "People"), actor=proven("lars"))
    assert [item.number for item in contract.versions(workspace, data)] == [1, 2]

    later = tmp_path / "later.csv"
    pd.read_csv(table).assign(sex="X").to_csv(later, index=False)
    window = register.register_data(
        workspace, later, register.DataWords("Later", "monitoring", Schema()), actor=proven("lars")
    )
    asked = {"expectations": encode(contract.in_force(workspace, data).contract.expectations)}
    report = assess.now(workspace, subjects.task(workspace, "quality.checks", Choice(data=window), asked))
    report = report.evidence.read(QualityReport)
    assert report.source == "People, version 2"
    assert ("values", "sex") in [(item.check, item.column) for item in report.checks if item.outcome == "failed"]


def test_nothing_is_recorded_of_a_row_that_means_nothing(workspace, registered) -> None:
    size = workspace.read().head().size
    with pytest.raises(RefusedInputError, match="No column 'zip'"):
        contract.edited(workspace, registered[1], [Row(None, "missing", "zip", 0.0, None, None, (), "")], ())
    assert workspace.read().head().size == size


def test_a_contract_is_put_to_use_shown_and_held_on_the_command_line(workspace, registered, table, tmp_path) -> None:
    place, data = ("--workspace", str(workspace.root)), registered[1][:16]

    def answer(*words: str, code: int = 0) -> dict:
        secrets = {"COUNTERSIGN_PASSPHRASE": secret("lars")}
        found = CliRunner().invoke(build(), ["contract", *words, *place, "--json"], env=secrets, catch_exceptions=False)
        assert found.exit_code == code
        return json.loads(found.stdout)

    assert answer("show", data)["versions"] == []
    with pytest.raises(RefusedInputError, match="has no contract"):
        answer("check", data, data)
    rules = tmp_path / "rules.toml"
    rules.write_text(
        to_toml(Expectations("People", 1, "", (Expectation("values", "sex", values=("F", "M")),))), encoding="utf-8"
    )
    size = workspace.read().head().size
    put = answer("put", data, str(rules), "--as", "lars")
    assert (put["version"], put["actor"], put["index"], put["failed"]) == (1, "lars", size, [])
    assert answer("show", data)["versions"] == [{key: put[key] for key in put if key not in ("digest", "data")}]
    with pytest.raises(RefusedInputError, match="Nothing differs from version 1"):
        answer("put", data, str(rules))
    assert answer("check", data, data)["satisfied"] is True
    later = tmp_path / "later.csv"
    pd.read_csv(table).assign(sex="X").to_csv(later, index=False)
    window = register.register_data(
        workspace, later, register.DataWords("Later", "monitoring", Schema()), actor=proven("lars")
    )
    held = answer("check", data, window, code=1)
    assert (held["satisfied"], [(item["check"], item["column"]) for item in held["broken"]]) == (
        False,
        [("values", "sex")],
    )
    assert workspace.read().evidence(held["evidence"])
