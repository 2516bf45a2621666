"""Attributions are computed once and stored; cohorts, views and charts cut their part out of what is stored."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from governance.explain.spec import GlobalParameters
from governance.models.predict.predictor import OnnxPredictor
from governance.workflow.assess import assess
from governance.workflow.workspace import runs, subjects
from pages._ui import attributions
from pages._ui.choices import Picked
from pages.explore.explanations import global_views


def test_a_change_of_the_cohort_reads_what_is_stored_and_asks_no_model(
    workspace, registered, table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(workspace.root))
    model, data = registered
    work = subjects.task(workspace, "explain.global", subjects.Choice(model, data), {"lime_rows": 0})
    evidence = assess.now(workspace, work).evidence
    digest = evidence.blobs["attributions"]
    size, known = workspace.read().head().size, len(runs.recent(workspace))

    def asked(*_: object) -> None:
        raise AssertionError("the model was asked again")

    monkeypatch.setattr(OnnxPredictor, "_run", asked)
    everybody = Picked(model, data, "", "", "model", "data", "")
    people = pd.read_csv(table)
    allocated = pa.total_allocated_bytes()
    stored = attributions.stored(evidence, everybody)
    assert pa.total_allocated_bytes() == allocated, "the columns are mapped, not read into memory"
    assert {str(item.type) for item in stored.table.schema} == {"float"}
    values = stored.table.to_pandas()
    for cohort, rows in (('sex = "F"', people.sex == "F"), ("age >= 60", people.age >= 60)):
        part = attributions.stored(evidence, replace(everybody, cohort=cohort))
        found = {item.feature: item.mean_abs for item in attributions.importance(part)}
        assert found == pytest.approx({name: values[name][rows].abs().mean() for name in found}, abs=1e-6)
        frame = global_views.pair_of_cohorts(
            attributions.importance(part), attributions.importance(stored), (cohort, "all rows")
        )
        assert len(frame) == 6
        assert len(attributions.dots(part)) == rows.sum()
        assert part.shares(part.rows[:5]).shape == (5, 3)
    assert (workspace.read().head().size, len(runs.recent(workspace))) == (size, known)
    assert hashlib.sha256(workspace.blobs.path_of(digest).read_bytes()).hexdigest() == digest
    assert np.isfinite(values.to_numpy()).all()


def test_the_page_asks_for_the_explanation_of_all_rows_whatever_the_cohort(workspace, registered) -> None:
    model, data = registered
    picked = Picked(model, data, "", "age >= 60", "model", "data", "")
    choice = attributions.everyone(picked)
    with_cohort = subjects.task(workspace, "explain.global", subjects.Choice(model, data, "", choice.cohort))
    without = subjects.task(workspace, "explain.global", subjects.Choice(model, data))
    assert with_cohort.key == without.key
    assert GlobalParameters() == with_cohort.chosen
