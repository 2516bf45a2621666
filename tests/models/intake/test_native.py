"""Stored models of other libraries are opened with care, and say what they are."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from governance.evidence.errors import RefusedInputError
from governance.models.convert.agreement import compare
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.models.intake.native import load_estimator


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(150, 3)), columns=["age", "net income", "debt"])
    frame.loc[::9, "debt"] = np.nan
    return frame


@pytest.fixture(scope="module")
def label(rows: pd.DataFrame) -> np.ndarray:
    return (rows["age"] + rows["net income"] > 0).astype(int).to_numpy()


def test_a_pickle_is_opened_only_on_an_explicit_word_of_trust(
    tmp_path: Path, rows: pd.DataFrame, label: np.ndarray
) -> None:
    path = tmp_path / "model.joblib"
    joblib.dump(LogisticRegression().fit(rows.fillna(0), label), path)
    with pytest.raises(RefusedInputError, match=r"runs whatever code.*--i-trust-this-file"):
        load_estimator(path)
    assert hasattr(load_estimator(path, trust_file=True), "predict_proba")


def test_a_trusted_file_that_holds_no_estimator_is_refused(tmp_path: Path) -> None:
    joblib.dump({"a": 1}, tmp_path / "model.joblib")
    with pytest.raises(RefusedInputError, match="holds dict"):
        load_estimator(tmp_path / "model.joblib", trust_file=True)


def test_a_skops_file_with_known_types_is_opened(tmp_path: Path, rows: pd.DataFrame, label: np.ndarray) -> None:
    io = pytest.importorskip("skops.io")
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows.fillna(0), label)
    io.dump(model, tmp_path / "model.skops")
    found = load_estimator(tmp_path / "model.skops")
    assert np.array_equal(found.predict(rows.fillna(0)), model.predict(rows.fillna(0)))


def test_unknown_types_in_a_skops_file_are_listed_and_refused(tmp_path: Path, rows: pd.DataFrame) -> None:
    io = pytest.importorskip("skops.io")
    io.dump(make_pipeline(FunctionTransformer(np.linalg.norm)).fit(rows), tmp_path / "model.skops")
    with pytest.raises(RefusedInputError, match=r"nobody has vouched for: numpy.linalg.*--trust-type"):
        load_estimator(tmp_path / "model.skops")


@pytest.mark.parametrize("objective", ["binary", "multiclass", "regression"])
def test_lightgbm_text_converts_with_its_column_names(
    tmp_path: Path, rows: pd.DataFrame, label: np.ndarray, objective: str
) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    target = {"binary": label, "multiclass": np.digitize(rows["age"], [-0.5, 0.5]), "regression": rows["age"]}[
        objective
    ]
    setting = {
        "objective": objective,
        "verbose": -1,
        "num_threads": 1,
        **({"num_class": 3} if objective == "multiclass" else {}),
    }
    booster = lightgbm.train(setting, lightgbm.Dataset(rows, target), num_boost_round=4)
    booster.save_model(tmp_path / "model.txt")
    model = load_estimator(tmp_path / "model.txt")
    data = convert_estimator(model, rows.assign(unused=1)[["unused", "debt", "age", "net income"]])
    assert signature_of(data).columns == ("age", "net income", "debt")
    assert signature_of(data).task == ("regression" if objective == "regression" else objective)
    assert compare(model, data, rows).max_difference < 1e-6


@pytest.mark.parametrize("objective", ["binary:logistic", "multi:softprob", "reg:squarederror"])
def test_xgboost_json_converts_with_its_column_names(
    tmp_path: Path, rows: pd.DataFrame, label: np.ndarray, objective: str
) -> None:
    xgboost = pytest.importorskip("xgboost")
    target = {"binary:logistic": label, "multi:softprob": np.digitize(rows["age"], [-0.5, 0.5])}.get(
        objective, rows["age"]
    )
    setting = {"objective": objective, "nthread": 1, **({"num_class": 3} if "multi" in objective else {})}
    booster = xgboost.train(setting, xgboost.DMatrix(rows, target), num_boost_round=4)
    booster.save_model(tmp_path / "model.json")
    model = load_estimator(tmp_path / "model.json")
    data = convert_estimator(model, rows[["debt", "age", "net income"]])
    assert signature_of(data).columns == ("age", "net income", "debt")
    assert compare(model, data, rows).max_difference < 1e-6
    assert np.allclose(
        model.predict_proba(rows) if "reg" not in objective else model.predict(rows).reshape(-1, 1),
        booster.predict(xgboost.DMatrix(rows)).reshape(len(rows), -1) if "binary" not in objective
        else np.column_stack([1 - booster.predict(xgboost.DMatrix(rows)), booster.predict(xgboost.DMatrix(rows))]),
        atol=1e-6,
    )  # fmt: skip


def test_other_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "page.skops").write_bytes(b"<html></html>")
    with pytest.raises(RefusedInputError, match="a web page, expected a trained model"):
        load_estimator(tmp_path / "page.skops")
    with pytest.raises(RefusedInputError, match="There is no file"):
        load_estimator(tmp_path / "none")
