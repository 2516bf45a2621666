"""A search in a workspace: each earlier one on the same rows halves the error rate, and what is certified becomes a version of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.evidence.codec import encode
from governance.evidence.errors import RefusedInputError, RuleError
from governance.evidence.evidence import silent
from governance.fairness.norms.norm import Norm, NormSet
from governance.fairness.search.report import SearchReport
from governance.workflow.assess import search
from governance.workflow.registry import register
from governance.workflow.workspace.acting import GUEST, OPERATOR
from storage.workspace import Workspace
from tests.fairness.test_search import ROLES, people
from tests.workflow.people import proven

NORMS = NormSet("Parity", (Norm("parity", "demographic_parity", "difference", "0.20", ("sex",)),))


@pytest.fixture
def rows(workspace: Workspace, tmp_path: Path) -> str:
    people(3_000).to_parquet(tmp_path / "people.parquet")
    words = register.DataWords("People", "training", ROLES)
    return register.register_data(workspace, tmp_path / "people.parquet", words, actor=proven("lars"))


def asked(data: str, parent: str, uses: int = 0) -> search.Asked:
    parameters = {"norms": encode(NORMS), "trials": 2, "learners": ["logistic"], "uses": uses}
    return search.Asked(data, parent, parameters)


def test_every_search_on_the_same_rows_halves_the_error_rate(
    workspace: Workspace, registered: tuple[str, str], rows: str
) -> None:
    rates = []
    for _ in range(3):
        found = search.search(workspace, asked(rows, registered[0]), actor=proven("lars"), progress=silent)
        report = found.evidence.read(SearchReport)
        assert isinstance(report, SearchReport)
        rates.append(report.alpha)
    assert rates == [0.05, 0.025, 0.0125]
    assert search.uses(workspace, rows) == 3
    assert search.uses(workspace, registered[1]) == 0
    stated = search.search(workspace, asked(rows, registered[0], uses=6), actor=OPERATOR, progress=silent)
    assert encode(stated.evidence.key.parameters)["uses"] == 6, "uses elsewhere that a person states count too"


def test_a_certified_model_is_a_version_with_its_search_in_the_ledger(
    workspace: Workspace, registered: tuple[str, str], rows: str
) -> None:
    found = search.search(workspace, asked(rows, registered[0]), actor=OPERATOR, progress=silent)
    kept = search.register(workspace, found.digest, parent=registered[0], actor=proven("ines"))
    assert kept
    assert search.register(workspace, found.digest, parent=registered[0], actor=proven("ines")) == kept
    made = [item for item in workspace.read().models() if item.digest in kept]
    assert len(made) == len(kept)
    for item in made:
        assert (item.parent, item.actor) == (registered[0], "ines")
        assert item.provenance["evidence"] == found.digest
        assert item.provenance["training_data"] == rows


def test_who_may_not_act_and_what_is_no_search_is_refused(
    workspace: Workspace, registered: tuple[str, str], rows: str
) -> None:
    with pytest.raises(RuleError, match="A guest reads"):
        search.search(workspace, asked(rows, registered[0]), actor=GUEST, progress=silent)
    with pytest.raises(RefusedInputError, match="No model"):
        search.search(workspace, asked(rows, "0" * 64), actor=OPERATOR, progress=silent)
    with pytest.raises(RefusedInputError, match="no evidence"):
        search.register(workspace, "0" * 64, parent=registered[0], actor=OPERATOR)
    assert search.uses(workspace, rows) == 0


def test_the_command_searches_in_a_workspace(
    workspace: Workspace, registered: tuple[str, str], rows: str, tmp_path: Path
) -> None:
    (tmp_path / "norms.toml").write_text(
        'title = "Parity"\n[[norms]]\nid = "p"\nmetric = "demographic_parity"\ncompare = "difference"\n'
        'limit = "0.20"\nattributes = ["sex"]\n',
        encoding="utf-8",
    )
    words = ["automl", rows[:12], "--norms", str(tmp_path / "norms.toml"), "--trials", "2", "--learners", "logistic",
             "--workspace", str(workspace.root), "--json"]  # fmt: skip
    done = CliRunner().invoke(build(), [*words, "--parent", registered[0][:12]])
    assert done.exit_code == 0, (done.output, done.exception)
    found = json.loads(done.stdout)
    assert {item["model"] for item in found["certified"]} == {"registered"}
    assert {item["digest"] for item in found["certified"]} <= {item.digest for item in workspace.read().models()}
    alone = CliRunner().invoke(build(), words)
    assert isinstance(alone.exception, RefusedInputError)
    assert "No parent" in alone.exception.what
