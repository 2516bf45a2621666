"""Exactness on files that other tools wrote, and on hard fresh ones: sums against the runtime's own raw score."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestRegressor

from governance.evidence.evidence import silent
from governance.explain.selection.by_stage import StageExplainer, open_stage
from governance.explain.trees.tables import Plan
from governance.explain.trees.tree_shap import TreeShap
from governance.models.convert.convert import convert_estimator
from governance.models.graph.cut import Cut
from governance.models.graph.reading import signature_of
from governance.models.graph.trees import parse_trees
from governance.models.predict.predictor import OnnxPredictor
from tests.explain.oracles import enumerate_shapley, predictor, walk

ADULT = ("age", "education_num", "hours_per_week", "capital_gain", "capital_loss")
FILES = (
    "adult_gbc_float32_nozipmap",
    "adult_lightgbm_nozipmap",
    "adult_lightgbm_zipmap",
    "adult_lr_pipeline_strings_nozipmap",
    "adult_lr_pipeline_strings_zipmap",
    "adult_rf_string_labels_zipmap",
    "adult_xgboost",
)


def gaps(model: OnnxPredictor, background: pd.DataFrame, rows: pd.DataFrame) -> list[float]:
    """The largest gap of each class."""
    explainer = StageExplainer(open_stage(model, background, "raw"))
    classes = max(1, len(model.signature.classes))
    return [explainer.explain(rows, target, np.random.default_rng(0), silent).gap for target in range(classes)]


@pytest.mark.parametrize("name", FILES)
def test_values_add_up_on_files_of_other_libraries(shared: Path, name: str) -> None:
    file = (shared / "onnx" / f"{name}.onnx").read_bytes()
    adult = pd.read_parquet(shared / "data" / "adult" / "adult.parquet").iloc[:600]
    adult.columns = [column.replace("-", "_") for column in adult.columns]
    known = json.loads((shared / "onnx" / f"{name}.case.json").read_text(encoding="utf-8"))["inputs"]
    model = OnnxPredictor(file, signature_of(file, ADULT if len(known) == 1 else None))
    assert max(gaps(model, adult.iloc[:200], adult)) < 1e-5


@pytest.mark.parametrize("name", [name for name in FILES if "_lr_" not in name])
def test_values_of_files_of_other_libraries_are_those_of_the_definition(shared: Path, name: str) -> None:
    file = (shared / "onnx" / f"{name}.onnx").read_bytes()
    adult = pd.read_parquet(shared / "data" / "adult" / "adult.parquet").iloc[:4]
    adult.columns = [column.replace("-", "_") for column in adult.columns]
    known = json.loads((shared / "onnx" / f"{name}.case.json").read_text(encoding="utf-8"))["inputs"]
    cut = Cut(OnnxPredictor(file, signature_of(file, ADULT if len(known) == 1 else None)))
    rows, trees, player = np.asarray(cut.encode(adult)), parse_trees(cut.node), cut.players.of_encoded
    count = len(cut.players.names)
    found = TreeShap(trees, player, count, rows[:3]).explain(rows[3:], plan=Plan(-1, 0)).values[0]
    expected = enumerate_shapley(lambda values: walk(trees, values)[:, 0], player, count, rows[:3], rows[3])
    assert np.abs(found - expected).max() < 1e-9


def test_values_add_up_on_a_regressor_of_another_library(shared: Path) -> None:
    file = (shared / "onnx" / "adult_hours_regressor.onnx").read_bytes()
    rows = pd.DataFrame(np.random.default_rng(0).integers(1, 60, size=(300, 2)).astype(float), columns=["a", "b"])
    model = OnnxPredictor(file, signature_of(file, ("a", "b")))
    assert max(gaps(model, rows[:100], rows)) / 40 < 1e-5


def fresh(columns: int, rows: int = 400, missing: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(columns)
    values = rng.normal(size=(rows, columns)).astype(np.float32)
    values[rng.random(values.shape) < missing] = np.nan
    return pd.DataFrame(values, columns=[f"x{at}" for at in range(columns)])


def test_missing_values_of_histogram_boosting_with_ten_classes() -> None:
    rows = fresh(6, missing=0.2)
    target = np.digitize(np.nan_to_num(rows.x0 + rows.x1), np.linspace(-2, 2, 9))
    file = convert_estimator(HistGradientBoostingClassifier(max_iter=4, min_samples_leaf=5).fit(rows, target), rows)
    model = predictor(file)
    assert len(model.signature.classes) == 10
    assert max(gaps(model, rows[:60], rows)) < 1e-5


def test_three_hundred_columns() -> None:
    rows = fresh(300)
    file = convert_estimator(ExtraTreesClassifier(30, max_depth=8, random_state=0).fit(rows, rows.x0 > 0), rows)
    assert max(gaps(predictor(file), rows[:50], rows[:100])) < 1e-5


def test_two_thousand_trees() -> None:
    rows = fresh(5)
    target = (rows.x0 * rows.x1 > 0).astype(int)
    trees = HistGradientBoostingClassifier(max_iter=2000, max_leaf_nodes=4, learning_rate=0.02, early_stopping=False)
    file = convert_estimator(trees.fit(rows, target), rows)
    model = predictor(file)
    size = np.abs(StageExplainer(open_stage(model, rows[:50], "raw")).stage.cut.raw_scores(rows)).max()
    assert max(gaps(model, rows[:50], rows)) / max(1.0, size) < 1e-5


def test_fully_grown_trees_of_many_levels() -> None:
    rows = fresh(12)
    file = convert_estimator(
        RandomForestRegressor(3, random_state=0).fit(rows, rows.x0 + np.random.default_rng(0).normal(size=400)), rows
    )
    assert max(gaps(predictor(file), rows[:50], rows)) < 1e-5
