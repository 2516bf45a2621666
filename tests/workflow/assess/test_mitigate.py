"""Candidates become versions of their parent, name what they were made of, and are compared with it on the same people."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from governance.evidence.codec import encode
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import Evidence
from governance.fairness.candidates import MitigationReport
from governance.fairness.report import CompareReport
from governance.subject.schema import Schema
from governance.workflow.assess import assess, mitigate
from governance.workflow.registry import register
from governance.workflow.workspace import subjects
from governance.workflow.workspace.acting import OPERATOR
from governance.workflow.workspace.subjects import Choice
from storage.workspace import Workspace
from tests.workflow.people import proven


@pytest.fixture
def made(workspace: Workspace, registered: tuple[str, str]) -> tuple[str, MitigationReport]:
    task = subjects.task(workspace, "fairness.rethreshold", Choice(*registered))
    found = assess.now(workspace, task)
    report = found.evidence.read(MitigationReport)
    assert isinstance(report, MitigationReport)
    return found.digest, report


def test_a_candidate_is_a_version_of_its_parent_and_says_what_it_was_made_of(workspace, registered, made) -> None:
    evidence, report = made
    wanted = tuple(item.digest for item in report.candidates)
    assert mitigate.register(workspace, evidence, wanted, actor=proven("ines")) == wanted
    assert mitigate.register(workspace, evidence, wanted, actor=proven("ines")) == wanted, (
        "asking again registers nothing twice"
    )
    entries = [item for item in workspace.read().models() if item.digest in wanted]
    assert len(entries) == 2
    for item in entries:
        assert (item.parent, item.actor) == (registered[0], "ines")
        assert item.provenance["training_data"] == registered[1]
        assert item.provenance["evidence"] == evidence
        assert item.provenance["algorithm"] == "threshold_optimizer"
        assert '"constraint":"demographic_parity"' in item.provenance["parameters"]
        assert "sex" in subjects.model_file(workspace, item.digest).signature.columns
    assert len({item.version for item in entries}) == 2


def test_a_candidate_and_its_parent_are_asked_about_the_same_people(workspace, registered, made) -> None:
    evidence, report = made
    single = report.candidates[1]
    mitigate.register(workspace, evidence, (single.digest,), actor=OPERATOR)
    task = subjects.task(workspace, "fairness.compare", Choice(*registered))
    task = replace(task, candidate=subjects.model_file(workspace, single.digest))
    recorded = assess.now(workspace, task)
    found = recorded.evidence.read(CompareReport)
    assert isinstance(found, CompareReport)
    gap = next(item for item in found.changes if (item.what, item.attribute) == ("demographic_parity", "sex"))
    assert gap.candidate == pytest.approx(single.disparity)
    assert gap.low < gap.change < gap.high
    assert {item.role for item in recorded.evidence.key.inputs} == {"model", "candidate", "data"}
    entry = workspace.read().find_evidence(recorded.evidence.key.digest)
    assert entry is not None
    assert entry.model == registered[0]
    assert single.digest not in entry.data


def test_a_column_of_scores_is_judged_in_a_workspace_without_a_model(workspace, tmp_path) -> None:
    frame = pd.DataFrame({"g": ["a", "b"] * 60, "y": [0, 1, 1, 0] * 30, "s": [0.2, 0.7, 0.9, 0.4] * 30})
    frame.to_parquet(tmp_path / "scored.parquet")
    roles = Schema(target="y", positive="1", sensitive=("g",), score="s")
    words = register.DataWords("Scored", "evaluation", roles)
    digest = register.register_data(workspace, tmp_path / "scored.parquet", words, actor=proven("lars"))
    found = assess.now(workspace, subjects.task(workspace, "fairness.by_group", Choice(data=digest)))
    assert found.evidence.rows.used == 120


def test_a_candidate_that_does_not_answer_as_fairlearn_is_not_registered(workspace, registered, made) -> None:
    evidence, report = made
    bad = replace(report, candidates=(replace(report.candidates[0], verified=False, agreeing=0.5),))
    stored = Evidence.from_bytes(workspace.blobs.read(evidence))
    forged = workspace.blobs.put(replace(stored, result=encode(bad)).to_bytes()).digest
    with pytest.raises(RefusedInputError, match=r"50\.00%"):
        mitigate.register(workspace, forged, (bad.candidates[0].digest,), actor=OPERATOR)


def test_what_made_no_candidates_and_unknown_candidates_are_refused(workspace, registered, made) -> None:
    other = assess.now(workspace, subjects.task(workspace, "models.predict", Choice(*registered)))
    with pytest.raises(RefusedInputError, match="makes no candidates"):
        mitigate.register(workspace, other.digest, (), actor=OPERATOR)
    with pytest.raises(RefusedInputError, match="made no candidate"):
        mitigate.register(workspace, made[0], ("ab" * 32,), actor=OPERATOR)


def test_a_candidate_trained_anew_needs_a_named_parent(workspace, registered) -> None:
    parameters = {"algorithm": "correlation_remover"}
    task = subjects.task(workspace, "fairness.retrain", Choice(data=registered[1]), parameters)
    found = assess.now(workspace, task)
    report = found.evidence.read(MitigationReport)
    assert isinstance(report, MitigationReport)
    with pytest.raises(RefusedInputError, match="No parent is named"):
        mitigate.register(workspace, found.digest, (report.candidates[0].digest,), actor=OPERATOR)
    (digest,) = mitigate.register(
        workspace, found.digest, (report.candidates[0].digest,), parent=registered[0], actor=OPERATOR
    )
    assert workspace.read().model(digest).parent == registered[0]
