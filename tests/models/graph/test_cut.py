"""Models are cut in front of their last stage, and encoded columns are traced to raw ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)

from governance.evidence.errors import RefusedInputError
from governance.models.convert.convert import convert_estimator
from governance.models.graph.cut import Cut, players
from governance.models.graph.reading import signature_of
from governance.models.graph.trees import parse_trees
from governance.models.predict.predictor import OnnxPredictor
from tests.explain.oracles import walk

CASES = (
    "adult_gbc_float32_nozipmap",
    "adult_lightgbm_nozipmap",
    "adult_lightgbm_zipmap",
    "adult_rf_string_labels_zipmap",
    "adult_xgboost",
)
ADULT = ("age", "education_num", "hours_per_week", "capital_gain", "capital_loss")


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return pd.DataFrame({
        "age": rng.integers(18, 80, 300).astype(float),
        "income": rng.lognormal(10, 1, 300),
        "region": rng.choice(["north", "south", "east"], 300),
        "job": rng.choice(["a", "b", "c", "d"], 300),
    })  # fmt: skip


@pytest.fixture(scope="module")
def target(people: pd.DataFrame) -> np.ndarray:
    return ((people.age > 40) ^ (people.region == "north")).astype(int).to_numpy()


def cut_of(estimator: object, people: pd.DataFrame) -> Cut:
    file = convert_estimator(estimator, people)
    return Cut(OnnxPredictor(file, signature_of(file)))


def encoding(numeric: object, text: object) -> ColumnTransformer:
    return ColumnTransformer([("n", numeric, ["age", "income"]), ("t", text, ["region", "job"])])


ENCODINGS = {
    "scaled and one-hot": (StandardScaler(), OneHotEncoder(sparse_output=False, handle_unknown="ignore")),
    "imputed and scaled": (make_pipeline(SimpleImputer(), MinMaxScaler()), OneHotEncoder(sparse_output=False)),
    "ordinal": ("passthrough", OrdinalEncoder()),
    "binned, rare words together": (
        KBinsDiscretizer(3, encode="ordinal", quantile_method="averaged_inverted_cdf"),
        OneHotEncoder(sparse_output=False, min_frequency=0.2, handle_unknown="infrequent_if_exist"),
    ),
}
WIDTHS = {"ordinal": [0, 1, 2, 3], "binned, rare words together": [0, 1, 2, 2, 2, 3, 3, 3, 3]}


@pytest.mark.parametrize("name", ENCODINGS)
def test_encoded_columns_are_traced_to_the_raw_ones(name: str, people: pd.DataFrame, target: np.ndarray) -> None:
    cut = cut_of(
        make_pipeline(encoding(*ENCODINGS[name]), GradientBoostingClassifier(n_estimators=5)).fit(people, target),
        people,
    )
    cut.confirm(people)
    assert cut.players.names == ("age", "income", "region", "job")
    expected = WIDTHS.get(name, [0, 1, 2, 2, 2, 3, 3, 3, 3])
    assert cut.players.of_encoded.tolist() == expected
    assert cut.encode(people).shape == (300, len(expected))


def test_the_raw_scores_are_the_runtimes_own(people: pd.DataFrame, target: np.ndarray) -> None:
    cut = cut_of(
        make_pipeline(encoding(*ENCODINGS["ordinal"]), GradientBoostingClassifier(n_estimators=5)).fit(people, target),
        people,
    )
    trees = parse_trees(cut.node)
    expected = walk(trees, cut.encode(people))[:, 0]
    assert np.abs(cut.raw_scores(people)[:, 1] - expected).max() < 1e-6


@pytest.mark.parametrize("name", ["scaled and one-hot", "bare"])
def test_one_pass_gives_what_two_passes_give(name: str, people: pd.DataFrame, target: np.ndarray) -> None:
    trees = GradientBoostingClassifier(n_estimators=5, random_state=0)
    rows = people[["age", "income"]].astype(np.float32) if name == "bare" else people
    cut = cut_of(
        (trees if name == "bare" else make_pipeline(encoding(*ENCODINGS[name]), trees)).fit(rows, target), rows
    )
    encoded, scores = cut.encode_and_score(rows)
    assert np.array_equal(encoded, cut.encode(rows))
    assert np.array_equal(scores, cut.raw_scores(rows))
    assert np.ptp(scores) > 0


def test_columns_that_are_mixed_before_the_trees_are_refused_by_name(people: pd.DataFrame, target: np.ndarray) -> None:
    numbers = people[["age", "income"]]
    mixed = make_pipeline(StandardScaler(), PCA(2), GradientBoostingClassifier(n_estimators=3)).fit(numbers, target)
    with pytest.raises(RefusedInputError, match="mixes all raw columns"):
        cut_of(mixed, numbers)


def test_columns_that_are_mixed_among_themselves_become_one_player(people: pd.DataFrame, target: np.ndarray) -> None:
    mixed = make_pipeline(
        encoding(make_pipeline(StandardScaler(), PCA(2)), OneHotEncoder(sparse_output=False)),
        GradientBoostingClassifier(n_estimators=3),
    )
    cut = cut_of(mixed.fit(people, target), people)
    cut.confirm(people)
    assert cut.players.names == ("age + income", "region", "job")
    assert cut.players.merged == ("age + income",)


def test_a_row_norm_mixes_its_columns(people: pd.DataFrame, target: np.ndarray) -> None:
    model = make_pipeline(encoding(Normalizer(), OneHotEncoder(sparse_output=False)), LogisticRegression()).fit(
        people, target
    )
    assert cut_of(model, people).players.merged == ("age + income",)


def test_a_network_has_no_stage_that_can_be_explained_exactly(people: pd.DataFrame, target: np.ndarray) -> None:
    network = make_pipeline(StandardScaler(), MLPClassifier((4,), max_iter=5)).fit
    numbers = people[["age", "income"]]
    with pytest.warns(match="iterations"):
        fitted = network(numbers, target)
    with pytest.raises(RefusedInputError, match="0 stages of trees"):
        cut_of(fitted, numbers)


def test_missing_numbers_reach_the_trees(people: pd.DataFrame, target: np.ndarray) -> None:
    holes = people[["age", "income"]].mask(np.random.default_rng(0).random((300, 2)) < 0.2)
    cut = cut_of(HistGradientBoostingRegressor(max_iter=10, min_samples_leaf=5).fit(holes, target), holes)
    cut.confirm(holes)
    trees = parse_trees(cut.node)
    assert np.isnan(cut.encode(holes)).any()
    assert np.abs(cut.raw_scores(holes)[:, 0] - walk(trees, cut.encode(holes))[:, 0]).max() < 1e-5


@pytest.mark.parametrize("name", CASES)
def test_real_files_are_cut_and_give_their_raw_scores(shared: Path, name: str) -> None:
    known = json.loads((shared / "onnx" / f"{name}.case.json").read_text(encoding="utf-8"))["inputs"]
    wide = len(known) == 1
    frame = (
        pd.DataFrame(next(iter(known.values())), columns=list(ADULT))
        if wide
        else pd.DataFrame({column: [row[0] for row in rows] for column, rows in known.items()})
    )
    file = (shared / "onnx" / f"{name}.onnx").read_bytes()
    cut = Cut(OnnxPredictor(file, signature_of(file, ADULT if wide else None)))
    cut.confirm(frame)
    trees = parse_trees(cut.node)
    own = walk(trees, cut.encode(frame))
    assert len(cut.players.names) == len(frame.columns)
    assert np.abs(cut.raw_scores(frame)[:, -1] - own[:, -1]).max() < 1e-5


def test_a_column_that_depends_on_nothing_belongs_to_the_first_player() -> None:
    file = convert_estimator(
        LogisticRegression().fit([[0.0, 1.0], [1.0, 0.0]], [0, 1]), pd.DataFrame({"a": [0.0], "b": [1.0]})
    )
    found = players((frozenset(), frozenset({1})), signature_of(file))
    assert found.of_encoded.tolist() == [0, 1]
