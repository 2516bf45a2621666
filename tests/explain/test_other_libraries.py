"""Exactness on fresh models of other libraries, and where shap's own explainer gives up."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from governance.evidence.evidence import silent
from governance.explain.selection.by_stage import StageExplainer, open_stage
from governance.explain.trees.tables import Plan
from governance.explain.trees.tree_shap import TreeShap
from governance.models.convert.agreement import compare
from governance.models.convert.convert import convert_estimator
from governance.models.graph.cut import Cut
from governance.models.graph.trees import parse_trees
from tests.explain.oracles import enumerate_shapley, predictor, walk

NUMBERS, WORDS = ["a", "b", "c"], ["region", "job"]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    numbers = pd.DataFrame(rng.normal(size=(300, 3)), columns=NUMBERS).astype(np.float32)
    found = numbers.mask(rng.random(numbers.shape) < 0.15)
    return found.assign(region=rng.choice(["north", "south", "east"], 300), job=rng.choice(list("wxyz"), 300))


@pytest.fixture(scope="module")
def target(rows: pd.DataFrame) -> pd.Series:
    known = rows[NUMBERS].fillna(0)
    return (known.a * known.b + (rows.region == "north") - (rows.job == "x") > 0).astype(int)


def booster(name: str) -> Any:
    if name.startswith("LGBM"):
        return getattr(pytest.importorskip("lightgbm"), name)(
            n_estimators=12, num_leaves=8, min_child_samples=5, verbose=-1, n_jobs=1
        )
    return getattr(pytest.importorskip("xgboost"), name)(n_estimators=12, max_depth=4, n_jobs=1)


@pytest.mark.parametrize("words", [False, True], ids=["numbers", "words"])
@pytest.mark.parametrize("name", ["LGBMClassifier", "LGBMRegressor", "XGBClassifier", "XGBRegressor"])
def test_fresh_boosters_with_missing_values_have_the_values_of_the_definition(
    rows: pd.DataFrame, target: pd.Series, name: str, words: bool
) -> None:
    frame = rows if words else rows[NUMBERS]
    one_hot = ("w", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), WORDS)
    encoder = ColumnTransformer([one_hot, ("n", "passthrough", NUMBERS)])
    model = make_pipeline(encoder, booster(name)) if words else booster(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries remark on names of columns
        file = convert_estimator(model.fit(frame, target), frame)
    cut = Cut(predictor(file))
    encoded, raw = cut.encode_and_score(frame)
    trees, player, players = parse_trees(cut.node), cut.players.of_encoded, len(cut.players.names)
    assert players == (5 if words else 3)
    assert np.isnan(encoded[:24]).any()
    explainer = TreeShap(trees, player, players, encoded[:12])
    output = explainer.outputs - 1
    directly = explainer.explain(encoded[12:18], output, Plan(-1, 0))
    expected = [
        enumerate_shapley(lambda values: walk(trees, values)[:, output], player, players, encoded[:12], row)
        for row in encoded[12:18]
    ]
    assert np.abs(directly.values - expected).max() < 1e-9  # float64 throughout
    assert (
        np.abs(explainer.explain(encoded[12:18], output, Plan(13, 10)).values - expected).max() < 1e-6
    )  # float32 tables
    everyone = explainer.explain(encoded, output)
    assert np.abs(everyone.values.sum(axis=1) + everyone.base - raw[:, -1]).max() < 1e-5


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("classes", [2, 3])
def test_values_add_up_where_those_of_shap_do_not(shap: ModuleType, classes: int, missing: float) -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(500, 5)), columns=list("abcde"))
    target = (rows.a * rows.b > 0).astype(int) if classes == 2 else np.digitize(rows.a + rows.b, [-0.5, 0.5])
    rows = rows.mask(rng.random(rows.shape) < missing)
    model = HistGradientBoostingClassifier(max_iter=20, early_stopping=False).fit(rows, target)
    # thresholds are values of the training rows: rounded to float32 alone, some of these rows fall on the other side
    theirs = shap.TreeExplainer(model, rows.iloc[:50], feature_perturbation="interventional")
    with pytest.raises(shap.utils._exceptions.ExplainerError, match="Additivity check failed"):
        theirs(rows)
    ours = StageExplainer(open_stage(predictor(convert_estimator(model, rows)), rows.iloc[:50], "raw"))
    scores = model.decision_function(rows).reshape(500, -1)
    for at in range(classes):
        found = ours.explain(rows, at, np.random.default_rng(0), silent)
        assert found.gap < 1e-5
        if at or classes > 2:
            own = scores[:, at if classes > 2 else 0]
            assert np.abs(found.values.sum(axis=1) + found.base - own).max() < 1e-5


def test_an_isolation_forest_is_explained_by_the_depth_of_its_leaves(rows: pd.DataFrame) -> None:
    numbers = rows[NUMBERS].fillna(0)
    model = IsolationForest(n_estimators=5, random_state=0).fit(numbers)
    file = convert_estimator(model, numbers)
    assert compare(model, file, numbers).holds
    found = predictor(file)
    assert (found.signature.task, found.signature.classes) == ("regression", ())
    explainer = StageExplainer(open_stage(found, numbers.iloc[:50], "raw"))
    assert (explainer.about.way, explainer.about.units) == ("tree", "path length relative to that of a random tree")
    values = explainer.explain(numbers, 0, np.random.default_rng(0), silent)
    own = -np.log2(-model.score_samples(numbers.astype(np.float32)))
    assert np.abs(values.values.sum(axis=1) + values.base - own).max() < 1e-5
