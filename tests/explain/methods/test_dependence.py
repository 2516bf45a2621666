"""Partial dependence and individual lines against scikit-learn's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.inspection import partial_dependence
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from governance.data.in_memory import InMemory
from governance.evidence import RefusedInputError, silent
from governance.explain import Dependence, DependenceParameters
from governance.explain.dependence_words import lead, of_person
from governance.explain.methods.dependence import grid_of, run
from governance.models import OnnxPredictor, signature_of
from governance.models.convert.convert import convert_estimator
from governance.subject.schema import Schema
from governance.subject.subject import Subject

COLUMNS = ["age", "income", "region"]


def people(rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({
        "age": rng.integers(18, 40, rows).astype(np.float64),
        "income": (rng.normal(3, 1, rows) * 16).round() / 16,
        "region": rng.choice(["north", "south", "east"], rows, p=[0.5, 0.3, 0.2]),
    })  # fmt: skip
    odds = 0.1 * (frame.age - 29) + frame.income * (frame.region == "south") - 1
    frame["good"] = np.where(odds + rng.normal(size=rows) > 0, "yes", "no")
    return frame


def fitted(model: object) -> Pipeline:
    encoder = ColumnTransformer(
        [("n", "passthrough", ["age", "income"]), ("c", OneHotEncoder(sparse_output=False), ["region"])]
    )
    frame = people()
    target = frame.income + frame.age if isinstance(model, GradientBoostingRegressor) else frame["good"]
    return make_pipeline(encoder, model).fit(frame[COLUMNS], target)


def asked(estimator: Pipeline, folder: Path, frame: pd.DataFrame | None = None, **parameters: object) -> Dependence:
    frame = people() if frame is None else frame
    text = convert_estimator(estimator, people()[COLUMNS])
    path = folder / "model.onnx"
    path.write_bytes(text)
    schema = Schema(target="good", positive="yes")
    subject = Subject(InMemory(frame, schema), OnnxPredictor(path, signature_of(text), ""))
    wish = DependenceParameters(**{"rows": 10_000, "steps": 400, "lines": 400, **parameters})  # type: ignore[arg-type]
    found = run(subject, wish, rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, Dependence)
    return found


@pytest.mark.parametrize(
    ("model", "scale", "method"),
    [
        (LogisticRegression(), "probability", "predict_proba"),
        (LogisticRegression(), "raw", "decision_function"),
        (GradientBoostingClassifier(n_estimators=20), "probability", "predict_proba"),
        (GradientBoostingClassifier(n_estimators=20), "raw", "decision_function"),
        (GradientBoostingRegressor(n_estimators=20), "probability", "auto"),
    ],
    ids=["line", "line raw", "trees", "trees raw", "a number"],
)
@pytest.mark.parametrize("column", COLUMNS)
def test_means_and_single_rows_equal_scikit_learn(
    model: object, scale: str, method: str, column: str, tmp_path: Path
) -> None:
    estimator = fitted(model)
    found = asked(estimator, tmp_path, column=column, scale=scale)
    theirs = partial_dependence(
        estimator, people()[COLUMNS], [column], kind="both", method="brute", grid_resolution=400, response_method=method,
        categorical_features=["region"],
    )  # fmt: skip
    values = [str(value) if column == "region" else float(value) for value in theirs["grid_values"][0]]
    ours = {step.label if column == "region" else step.value: at for at, step in enumerate(found.steps)}
    order = [ours[value] for value in values]
    assert len(order) == len(found.steps)
    assert [found.steps[at].mean for at in order] == pytest.approx(list(theirs["average"][0]), abs=1e-6, rel=1e-6)
    single = np.array([line.answers for line in found.lines])[:, order]
    assert single == pytest.approx(theirs["individual"][0], abs=1e-5 if scale == "raw" else 1e-6, rel=1e-6)


def test_the_persons_line_passes_through_the_models_own_answer(tmp_path: Path) -> None:
    estimator, frame = fitted(LogisticRegression()), people()
    found = asked(estimator, tmp_path, column="age", row=7)
    assert found.person is not None
    own = next(at for at, step in enumerate(found.steps) if step.value == frame.age[7])
    assert found.person.answers[own] == pytest.approx(estimator.predict_proba(frame[COLUMNS])[7, 1], abs=1e-6)
    assert found.own_value == f"{frame.age[7]:g}"


def test_the_middle_of_the_data_and_the_rows_at_each_value_are_counted(tmp_path: Path) -> None:
    frame = people()
    found = asked(fitted(LogisticRegression()), tmp_path, column="age", steps=5, rows=50, lines=4)
    assert (found.middle_low, found.middle_high) == (frame.age.quantile(0.05), frame.age.quantile(0.95))
    assert sum(step.rows for step in found.steps) == len(frame)
    assert {step.value for step in found.steps} <= set(frame.age)
    assert [step.value for step in found.steps][:: len(found.steps) - 1] == [frame.age.min(), frame.age.max()]
    assert (found.averaged, len(found.lines)) == (50, 4)
    assert "over 50 of 300 rows" in found.notes[-1]


def test_a_missing_value_stands_last_and_rare_names_are_counted() -> None:
    grid = grid_of(pd.Series(["b", "a", None, "b", "c"]), most=2)
    assert grid.values.tolist()[:2] == ["b", "a"]
    assert pd.isna(grid.values.iloc[-1])
    assert (grid.counts.tolist(), grid.left_out) == ([2, 1, 1], 1)
    numbers = grid_of(pd.Series([1.0, np.nan, 3.0, 3.0, 9.0]), most=40)
    assert numbers.values.tolist()[:3] == [1.0, 3.0, 9.0]
    assert numbers.counts.tolist() == [1, 2, 1, 1]


def test_numbers_that_are_names_are_put_in_by_how_often_they_occur() -> None:
    grid = grid_of(pd.Series([333, 101, 205, 205, 333, 205]), most=2, named=True)
    assert (grid.numeric, grid.values.tolist(), grid.counts.tolist()) == (False, [205, 333], [3, 2])
    assert (grid.middle, grid.left_out) == ((None, None), 1)


def test_what_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    estimator = fitted(LogisticRegression())
    with pytest.raises(RefusedInputError, match="No column of the model 'height'"):
        asked(estimator, tmp_path, column="height")
    with pytest.raises(RefusedInputError, match="There is no row 300: the data have 300"):
        asked(estimator, tmp_path, column="age", row=300)


def test_the_sentence_names_both_ends_of_the_swing(tmp_path: Path) -> None:
    found = asked(fitted(LogisticRegression()), tmp_path, column="region")
    words = lead(found, lambda text: f"<{text}>")
    assert words.startswith("With <region> at <")
    assert f"a swing of {found.swing:.3f} in probability." in words


def test_the_sentence_about_a_person_is_about_their_own_line_and_not_the_mean(tmp_path: Path) -> None:
    found = asked(fitted(LogisticRegression()), tmp_path, column="region", row=3)
    assert found.person is not None
    own = max(found.person.answers) - min(found.person.answers)
    words = of_person(found)
    assert f"a swing of {own:.3f} in probability for this person." in words
    assert f"{found.swing:.3f}" not in words
