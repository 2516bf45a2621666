"""Numbers that people act on are those that were verified, and reasons are given to whom they are owed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from sklearn.linear_model import LogisticRegression

from governance.evidence.evidence import NotAssessed
from governance.explain.methods.counterfactual import away_from
from governance.models.convert.convert import convert_estimator
from governance.subject.schema import Schema
from tests.explain.bringing import asked
from tests.explain.oracles import predictor


@pytest.fixture
def cases(shared: Path) -> Path:
    """Failing inputs with a README each."""
    found = shared / "cases" / "models"
    if not found.is_dir():
        pytest.skip("no ../shared/cases/models beside this checkout")
    return found


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9).filter(lambda value: abs(value) > 1e-9))
def test_a_rounded_number_lies_beyond_the_exact_one_and_shows_all_its_digits(own: float, new: float) -> None:
    found = away_from(own, new)
    assert float(f"{found:.6g}") == found
    assert found >= new if new > own else found <= new or new == own
    assert abs(found - new) <= 1.1e-5 * abs(new)


@pytest.mark.parametrize("row", [19, 21, 58])
def test_the_values_shown_turn_the_decision(row: int, cases: Path, tmp_path: Path) -> None:
    file, rows = (cases / "16" / "model.onnx").read_bytes(), pd.read_csv(cases / "16" / "rows.csv")
    schema = Schema(target="y", positive="yes", sensitive=("sex",))
    made = predictor(file)
    found = asked(
        "explain.counterfactuals", tmp_path, file, rows, columns=made.signature.columns, schema=schema, row=row
    )
    at = made.signature.classes.index("yes")
    own = rows[list(made.signature.columns)].iloc[[row]].reset_index(drop=True)
    before = made.predict(own).score[0, at] >= schema.threshold
    assert found.found
    for each in found.found:
        changed = own.astype(dict.fromkeys(own.select_dtypes("number"), float))
        for item in each.changes:
            numeric = pd.api.types.is_numeric_dtype(changed[item.feature].dtype)
            changed[item.feature] = float(item.other) if numeric else item.other
        score = made.predict(changed).score[0, at]
        assert (score >= schema.threshold) != before
        assert score == pytest.approx(each.prediction, abs=1e-6)


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    made = pd.DataFrame(rng.normal(size=(200, 3)), columns=["strong", "weak", "none"])
    score = 3 * made.strong + 0.02 * made.weak + rng.normal(size=200) * 0.1
    return made.assign(good=np.where(score > 0, "yes", "no"))


@pytest.fixture(scope="module")
def scored(people: pd.DataFrame) -> bytes:
    model = LogisticRegression().fit(people[["strong", "weak", "none"]], people.good)
    model.coef_ = np.array([[3.0, 0.02, 0.0]])
    return convert_estimator(model, people[["strong", "weak", "none"]])


def test_reasons_are_given_for_the_unfavourable_outcome_only(
    people: pd.DataFrame, scored: bytes, tmp_path: Path
) -> None:
    schema = Schema(target="good", positive="yes")
    row = int(people.strong.argmax())
    columns = ("strong", "weak", "none")
    found = asked("explain.reasons", tmp_path, scored, people, columns=columns, schema=schema, row=row)
    assert found == NotAssessed(
        f"Row {row} has the favourable outcome; reasons are given for the unfavourable one only."
    )


def test_a_reason_below_the_floor_is_none(people: pd.DataFrame, scored: bytes, tmp_path: Path) -> None:
    schema, columns = Schema(target="good", positive="yes"), ("strong", "weak", "none")
    row = int(people.strong.argmin())
    wanted = {"columns": columns, "schema": schema, "row": row}
    found = asked("explain.reasons", tmp_path, scored, people, **wanted)
    assert found.smallest_share == 0.05
    assert [item.feature for item in found.rows[0].reasons] == ["strong"]
    every = asked("explain.reasons", tmp_path, scored, people, **wanted, smallest_share=0.0)
    assert len(every.rows[0].reasons) <= 2
    assert every.rows[0].reasons[0].feature == "strong"
