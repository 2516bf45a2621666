"""Converted estimators answer as their own library does."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from governance.evidence.errors import RefusedInputError
from governance.models.convert.agreement import Agreement, compare
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor

N = 200


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Rows with missing numbers, missing text, a boolean and column names that are no identifiers."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 90, N),
            "income (EUR)": rng.normal(30e3, 1e4, N),
            "job title": rng.choice(["cook", "clerk", "nurse"], N),
            "town": rng.choice(np.array(["A", "B", None], dtype=object), N),
            "member": rng.random(N) > 0.5,
        }
    )
    frame.loc[::7, "income (EUR)"] = np.nan
    return frame


@pytest.fixture(scope="module")
def numbers(people: pd.DataFrame) -> pd.DataFrame:
    return people[["age", "income (EUR)"]].astype(float)


def binary(people: pd.DataFrame) -> np.ndarray:
    return (people["age"] > 50).astype(int).to_numpy()


def named_classes(people: pd.DataFrame) -> np.ndarray:
    return np.array(["low", "middle", "high"])[np.digitize(people["age"], [40, 60])]


def encoder(*, text: Any = None) -> ColumnTransformer:
    text = text or OneHotEncoder(handle_unknown="ignore")
    return ColumnTransformer(
        [
            ("number", make_pipeline(SimpleImputer(), StandardScaler()), ["age", "income (EUR)"]),
            ("text", text, ["job title", "town"]),
            ("rest", "passthrough", ["member"]),
        ]
    )


def agreement(estimator: Any, sample: pd.DataFrame, target: Any) -> Agreement:
    estimator.fit(sample, target)
    return compare(estimator, convert_estimator(estimator, sample), sample)


def test_a_pipeline_gets_one_input_per_raw_column_and_keeps_the_names(people: pd.DataFrame) -> None:
    model = make_pipeline(encoder(), LogisticRegression()).fit(people, binary(people))
    signature = signature_of(convert_estimator(model, people))
    assert signature.columns == ("age", "income (EUR)", "job title", "town", "member")
    assert [item.dtype for item in signature.inputs] == ["float32", "float32", "string", "string", "float32"]
    assert signature.task == "binary"
    assert not signature.zipmap


def test_an_estimator_on_numbers_gets_one_wide_input_and_keeps_the_names(numbers: pd.DataFrame) -> None:
    data = convert_estimator(HistGradientBoostingRegressor(max_iter=2).fit(numbers, numbers["age"]), numbers)
    signature = signature_of(data)
    assert [item.width for item in signature.inputs] == [2]
    assert signature.columns == ("age", "income (EUR)")
    entries = {entry.key: entry.value for entry in onnx.load_from_string(data).metadata_props}
    assert json.loads(entries["feature_names"]) == ["age", "income (EUR)"]


@pytest.mark.parametrize(
    "final",
    [
        LogisticRegression(),
        RandomForestClassifier(5, random_state=0),
        GradientBoostingClassifier(n_estimators=5),
        HistGradientBoostingClassifier(max_iter=5),
        KNeighborsClassifier(),
    ],
    ids=lambda final: type(final).__name__,
)
@pytest.mark.parametrize("target", [binary, named_classes], ids=["binary", "three classes as text"])
def test_classifying_pipelines_agree_with_scikit_learn(people: pd.DataFrame, final: Any, target: Any) -> None:
    found = agreement(make_pipeline(encoder(), final), people, target(people))
    assert found.max_difference < 1e-6
    assert found.labels_differ == 0
    assert found.rows == N


@pytest.mark.parametrize(
    "final",
    [Ridge(), GradientBoostingRegressor(n_estimators=5), HistGradientBoostingRegressor(max_iter=5),
     MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", max_iter=50, tol=1.0)],
    ids=lambda final: type(final).__name__,
)  # fmt: skip
def test_regressing_pipelines_agree_with_scikit_learn(people: pd.DataFrame, final: Any) -> None:
    assert agreement(make_pipeline(encoder(), final), people, people["age"] / 10.0).max_difference < 1e-5


@pytest.mark.parametrize(
    "text",
    [
        make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()),
        make_pipeline(SimpleImputer(strategy="constant", fill_value="?"), OneHotEncoder()),
        make_pipeline(SimpleImputer(strategy="constant", fill_value="?"), OrdinalEncoder()),
        OneHotEncoder(),
        OneHotEncoder(min_frequency=20, handle_unknown="infrequent_if_exist"),
    ],
    ids=["most frequent", "constant", "ordinal", "missing is a category", "infrequent"],
)
def test_missing_text_means_the_same_before_and_after(people: pd.DataFrame, text: Any) -> None:
    assert (
        agreement(make_pipeline(encoder(text=text), LogisticRegression()), people, binary(people)).max_difference < 1e-6
    )


@pytest.mark.parametrize("target", [binary, named_classes], ids=["binary", "three classes as text"])
def test_histogram_boosting_on_missing_numbers_agrees(people: pd.DataFrame, numbers: pd.DataFrame, target: Any) -> None:
    assert agreement(HistGradientBoostingClassifier(max_iter=5), numbers, target(people)).max_difference < 1e-6


def test_boolean_labels_are_false_and_true(people: pd.DataFrame) -> None:
    model = make_pipeline(encoder(), LogisticRegression()).fit(people, binary(people).astype(bool))
    data = convert_estimator(model, people)
    assert signature_of(data).classes == ("False", "True")
    assert compare(model, data, people).labels_differ == 0


def test_a_search_over_parameters_stands_for_its_best_estimator(numbers: pd.DataFrame, people: pd.DataFrame) -> None:
    search = GridSearchCV(HistGradientBoostingClassifier(max_iter=3), {"max_depth": [2, 3]}, cv=2)
    assert agreement(search, numbers, binary(people)).holds


def test_the_estimator_itself_is_left_as_it_was(people: pd.DataFrame) -> None:
    model = make_pipeline(encoder(), LogisticRegression()).fit(people, binary(people))
    before = [list(values) for values in model[0].named_transformers_["text"].categories_]
    convert_estimator(model, people)
    assert str([list(values) for values in model[0].named_transformers_["text"].categories_]) == str(before)


def test_equal_estimators_give_equal_bytes(people: pd.DataFrame) -> None:
    model = make_pipeline(encoder(), LogisticRegression()).fit(people, binary(people))
    assert convert_estimator(model, people) == convert_estimator(model, people)


def test_a_step_without_converter_is_named(people: pd.DataFrame, numbers: pd.DataFrame) -> None:
    model = make_pipeline(FunctionTransformer(np.abs), HistGradientBoostingClassifier(max_iter=2))
    model.fit(numbers, binary(people))
    with pytest.raises(RefusedInputError, match="cannot be converted to ONNX"):
        convert_estimator(model, numbers)


def test_a_classifier_without_probabilities_is_refused(people: pd.DataFrame) -> None:
    model = make_pipeline(encoder(), RidgeClassifier()).fit(people, binary(people))
    with pytest.raises(RefusedInputError, match="labels without probabilities"):
        convert_estimator(model, people)


def test_a_sample_without_a_training_column_is_refused(numbers: pd.DataFrame, people: pd.DataFrame) -> None:
    model = ExtraTreesClassifier(2).fit(numbers.fillna(0), binary(people))
    with pytest.raises(RefusedInputError, match="does not have 'age'"):
        convert_estimator(model, numbers.drop(columns="age"))


def test_values_on_a_threshold_are_found_and_explained() -> None:
    frame = pd.DataFrame({"x": np.array([0.1, 0.1 + 1e-12, 0.5, 0.9])})
    model = HistGradientBoostingClassifier(max_iter=1, min_samples_leaf=1, max_bins=255).fit(frame, [0, 1, 1, 1])
    found = compare(model, convert_estimator(model, frame), frame)
    assert not found.holds
    assert found.beyond == 1
    assert "rounded from float64 to float32" in found.explain()


LIGHTGBM = pytest.mark.parametrize("target", [binary, named_classes], ids=["binary", "three classes as text"])


@LIGHTGBM
def test_lightgbm_agrees_alone_and_inside_a_pipeline(people: pd.DataFrame, numbers: pd.DataFrame, target: Any) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    alone = lightgbm.LGBMClassifier(n_estimators=4, verbose=-1, n_jobs=1)
    numbers = numbers.rename(columns={"income (EUR)": "income"})
    assert agreement(alone, numbers, target(people)).max_difference < 1e-6
    inside = make_pipeline(encoder(), alone)
    inside.fit(people, target(people))
    assert compare(inside, convert_estimator(inside, people), people).max_difference < 1e-6


def test_xgboost_agrees_alone_and_inside_a_pipeline(people: pd.DataFrame, numbers: pd.DataFrame) -> None:
    xgboost = pytest.importorskip("xgboost")
    alone = xgboost.XGBClassifier(n_estimators=4, n_jobs=1)
    names = {"income (EUR)": "income"}
    assert agreement(alone, numbers.rename(columns=names), binary(people)).max_difference < 1e-6
    columns = ColumnTransformer([("text", OneHotEncoder(), ["job title"])], remainder=SimpleImputer())
    inside = make_pipeline(columns, xgboost.XGBClassifier(n_estimators=4, n_jobs=1))
    people = people.drop(columns="town").astype({"member": int})
    three = pd.factorize(named_classes(people))[0]
    assert agreement(inside, people, three).max_difference < 1e-6
    assert agreement(xgboost.XGBRegressor(n_estimators=4), numbers, numbers["age"]).max_difference < 1e-6


def test_the_converted_file_needs_nothing_but_itself(people: pd.DataFrame) -> None:
    model = make_pipeline(encoder(), LogisticRegression()).fit(people, binary(people))
    data = convert_estimator(model, people)
    found = OnnxPredictor(data, signature_of(data)).predict(people.iloc[:3])
    assert np.allclose(found.score, model.predict_proba(people.iloc[:3]), atol=1e-6)
