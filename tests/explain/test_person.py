"""The methods about one person: edits, other people, changes that turn the decision, limits and reasons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import NotAssessed
from governance.explain.methods.what_if import before_and_after
from governance.explain.results.report import (
    Counterfactuals,
    LocalExplanation,
    ModelLimits,
    Neighbours,
    ReasonCodes,
    WhatIf,
)
from governance.explain.spec import Change
from governance.runs.run import read_array
from tests.explain.asking import COLUMNS, ask, pipeline


def test_a_changed_row_is_predicted_and_attributed_again(folder: Path, boosted: bytes) -> None:
    local = ask("explain.local", folder, boosted, row=9).evidence.read(LocalExplanation)
    same = ask("explain.what_if", folder, boosted, row=9).evidence.read(WhatIf)
    assert same.output_before == same.output_after == pytest.approx(local.model_output, abs=1e-6)
    changes = [{"column": "age", "value": "25"}, {"column": "region", "value": "north"}]
    moved = ask("explain.what_if", folder, boosted, row=9, changes=changes).evidence.read(WhatIf)
    assert {item.feature: item.value_after for item in moved.values}["age"] == "25"
    assert moved.additivity_gap < 1e-5
    assert moved.prediction_after != moved.prediction_before
    with pytest.raises(RefusedInputError, match="holds float64; got 'old'"):
        ask("explain.what_if", folder, boosted, row=9, changes=[{"column": "age", "value": "old"}])


def test_values_of_every_kind_can_be_changed_and_left_out() -> None:
    frame = pd.DataFrame({
        "word": pd.Series(["a", "b", None], dtype="category"), "text": pd.Series(["x", None, "y"], dtype="str"),
        "whole": [1, 2, 3], "number": [0.5, None, 2.0], "yes": [True, False, True],
    })  # fmt: skip
    changes = {"word": "b", "text": "", "whole": "2.5", "number": "", "yes": "false"}
    asked = tuple(Change(name, value) for name, value in changes.items())
    found = before_and_after(frame.iloc[:1], {name: frame[name] for name in frame}, asked)
    assert found.iloc[0].tolist() == ["a", "x", 1.0, 0.5, True]
    after = found.iloc[1]
    assert (after["word"], after["whole"], after["yes"]) == ("b", 2.5, False)
    assert after[["text", "number"]].isna().all()
    same = before_and_after(frame.iloc[:1], {}, ())
    assert same.iloc[0].tolist() == same.iloc[1].tolist() == ["a", "x", 1, 0.5, True]
    with pytest.raises(RefusedInputError, match="No column of the model 'height'"):
        before_and_after(frame.iloc[:1], {}, (Change("height", "2"),))


def test_the_nearest_rows_with_the_other_outcome_have_the_other_outcome(folder: Path, boosted: bytes) -> None:
    found = ask("explain.neighbours", folder, boosted, row=3, count=4).evidence.read(Neighbours)
    assert len(found.nearest) == 4
    for item in found.nearest:
        assert (item.prediction >= 0.5) != (found.prediction >= 0.5)
    assert [item.distance for item in found.nearest] == sorted(item.distance for item in found.nearest)
    assert found.nearest[0].differences


def test_counterfactuals_turn_the_decision_and_respect_what_must_not_change(
    folder: Path, boosted: bytes, people: pd.DataFrame
) -> None:
    for row in range(5):
        found = ask("explain.counterfactuals", folder, boosted, row=row, immutable=["region"]).evidence.read(
            Counterfactuals
        )
        assert found.found
        for item in found.found:
            assert (item.prediction >= 0.5) != (found.prediction >= 0.5)
            assert "region" not in {change.feature for change in item.changes}
        sets = [tuple(sorted(change.feature for change in item.changes)) for item in found.found]
        assert len(set(sets)) == len(sets)
        changes = [{"column": change.feature, "value": change.other} for change in found.found[0].changes]
        checked = ask("explain.what_if", folder, boosted, row=row, changes=changes).evidence.read(WhatIf)
        assert (checked.prediction_after >= 0.5) != (found.prediction >= 0.5)


def test_counterfactuals_are_as_near_to_a_real_person_as_people_are_to_each_other(
    folder: Path, boosted: bytes, people: pd.DataFrame
) -> None:
    found = ask("explain.counterfactuals", folder, boosted, row=1, starts=60).evidence.read(Counterfactuals)
    frame = people.iloc[200:].reset_index(drop=True)
    width = {name: np.subtract(*np.quantile(frame[name], [0.99, 0.01])) for name in ("age", "income")}
    assert found.found
    for item in found.found:
        row = frame.iloc[1][COLUMNS].to_dict()
        row |= {change.feature: change.other for change in item.changes}
        apart = sum(np.minimum(np.abs(frame[name] - float(row[name])) / width[name], 1) for name in width)
        apart = apart + (frame.region != row["region"]) + (frame.job != row["job"])
        assert item.to_nearest == pytest.approx(apart.min() / 4, abs=1e-4)
        assert item.to_nearest <= found.plausible_within


def test_the_limits_for_a_person_count_mistakes_among_people_who_are_alike(folder: Path, people: pd.DataFrame) -> None:
    poor = pipeline(LogisticRegression(), people)
    score = read_array(ask("models.predict", folder, poor, arrays=True).arrays["predictions"]).to_pandas().score_yes
    frame = people.iloc[200:].reset_index(drop=True)
    young = np.flatnonzero(frame.age < 32)
    wrong = ((score >= 0.5) != (frame.good == "yes"))[young].to_numpy()
    found = ask("explain.limits", folder, poor, cohort="age < 32", row=4, alike=len(young)).evidence.read(ModelLimits)
    assert (found.everyone.rows, found.measure) == (len(young), "share decided wrongly")
    assert found.everyone.size == pytest.approx(wrong.mean())
    assert found.alike.size == pytest.approx(np.delete(wrong, 4).mean()), "the row itself does not count"
    assert found.everyone.low < found.everyone.size < found.everyone.high
    assert 0 < found.farthest < 1
    near = ask("explain.limits", folder, poor, row=4, alike=50).evidence.read(ModelLimits)
    assert (near.alike.rows, near.everyone.rows) == (50, 200)


def test_limits_are_not_made_up_where_nobody_knows_what_happened(folder: Path, boosted: bytes) -> None:
    few = ask("explain.limits", folder, boosted, row=0, alike=5).evidence.read(ModelLimits)
    assert few.alike.size == NotAssessed("5 rows with a known outcome, fewer than 20.")
    assert few.alike.low is None


def test_a_number_that_may_only_grow_only_grows(folder: Path, boosted: bytes) -> None:
    for row in range(6):
        found = ask("explain.counterfactuals", folder, boosted, row=row, only_up=["age"]).evidence.read(Counterfactuals)
        for item in found.found:
            assert all(float(change.other) > float(change.own) for change in item.changes if change.feature == "age")


def test_reasons_speak_against_the_person_and_are_in_the_given_words(folder: Path, boosted: bytes) -> None:
    words = [{"column": "age", "text": "Length of life so far"}]
    done = ask("explain.reasons", folder, boosted, arrays=True, wording=words)
    found = done.evidence.read(ReasonCodes)
    assert (found.exact, found.reference_group) == (True, "favourable")
    assert found.background.rows < 200
    assert done.evidence.rows.used == found.unfavourable
    table = read_array(done.arrays["reasons"])
    assert table.num_rows == found.unfavourable
    for row in found.rows:
        assert row.prediction < 0.5
        assert all(reason.attribution > 0 for reason in row.reasons)
        assert [reason.attribution for reason in row.reasons] == sorted(
            (r.attribution for r in row.reasons), reverse=True
        )
    assert "Length of life so far" in {reason.text for row in found.rows for reason in row.reasons}
