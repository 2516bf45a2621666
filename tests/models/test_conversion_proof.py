"""A conversion is proved beyond the rows that a person happens to give, and what the format loses is refused."""

from __future__ import annotations

from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from governance.evidence.errors import RefusedInputError
from governance.models.convert.agreement import compare, native_scores
from governance.models.convert.convert import convert_estimator
from governance.models.convert.probes import UNSEEN, probes
from governance.models.intake.examine import examine
from governance.models.intake.limits import Limits
from governance.models.intake.native import load_estimator


@pytest.fixture
def cases(shared: Path) -> Path:
    """Failing inputs with a README each."""
    found = shared / "cases" / "models"
    if not found.is_dir():
        pytest.skip("no ../shared/cases/models beside this checkout")
    return found


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(np.round(rng.normal(size=(300, 2)), 2) + 0.005, columns=["a", "b"])


def test_a_zero_that_means_missing_is_refused_without_a_zero_in_the_sample(cases: Path) -> None:
    model = load_estimator(cases / "15" / "zero_as_missing.txt")
    sample = pd.read_csv(cases / "15" / "sample_without_zeros.csv")
    with pytest.raises(RefusedInputError, match="zero for a missing value"):
        convert_estimator(model, sample)


def test_categories_of_pandas_are_refused_in_words(cases: Path) -> None:
    model = load_estimator(cases / "07" / "lightgbm_pandas_category.joblib", trust_file=True)
    sample = pd.read_csv(cases / "07" / "rows.csv")
    with pytest.raises(RefusedInputError, match="pandas categories"):
        convert_estimator(model, sample)
    with pytest.raises(RefusedInputError, match="cannot predict these rows"):
        native_scores(model, sample)


def test_native_categories_by_number_are_converted(cases: Path) -> None:
    model = load_estimator(cases / "01" / "lightgbm_categories.txt")
    sample = pd.read_csv(cases / "01" / "rows.csv")
    assert compare(model, convert_estimator(model, sample), sample).holds


def test_native_categories_of_xgboost_are_converted_and_exact() -> None:
    rng = np.random.default_rng(0)
    sample = pd.DataFrame({"town": rng.integers(0, 8, 300).astype(float), "age": np.round(rng.normal(size=300), 2)})
    target = np.isin(sample.town, [1, 3, 6]) * 2 + sample.age
    model = xgboost.XGBRegressor(
        n_estimators=5, enable_categorical=True, feature_types=["c", "q"], max_cat_to_onehot=1, max_depth=3
    ).fit(sample.to_numpy(), target)
    file = convert_estimator(model, sample)
    assert compare(model, file, sample).holds
    assert examine(file, Limits()).explainer == "tree"


def test_another_missing_value_of_xgboost_is_refused(rows: pd.DataFrame) -> None:
    model = xgboost.XGBRegressor(n_estimators=3, missing=-999.0).fit(rows, rows.a)
    with pytest.raises(RefusedInputError, match="-999 for a missing value"):
        convert_estimator(model, rows)


def test_a_difference_at_zero_alone_is_found(rows: pd.DataFrame) -> None:
    model = DecisionTreeRegressor(max_depth=3, random_state=0).fit(rows, rows.a)
    other = DecisionTreeRegressor(max_depth=3, random_state=0).fit(rows, rows.a)
    file = convert_estimator(model, rows)

    class AtZero:
        feature_names_in_ = np.array(["a", "b"], dtype=object)

        def predict(self, frame: pd.DataFrame) -> np.ndarray:
            return other.predict(frame) + (frame["b"] == 0)

    assert all("missing value" in note for note in compare(model, file, rows).notes)
    with pytest.raises(RefusedInputError, match="rows with a zero, which the sample lacks"):
        compare(AtZero(), file, rows)


def test_missing_values_that_a_booster_never_saw_are_said(rows: pd.DataFrame) -> None:
    model = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1).fit(rows, rows.a)
    found = compare(model, convert_estimator(model, rows), rows)
    assert found.holds
    assert found.notes == () or "missing value" in found.notes[0]


def test_probes_lie_on_thresholds_and_on_both_sides(rows: pd.DataFrame) -> None:
    model = DecisionTreeRegressor(max_depth=1).fit(rows, (rows.a > 0.5).astype(float))
    found = {probe.kind: probe.frame for probe in probes(convert_estimator(model, rows), rows, ("a", "b"))}
    threshold = model.tree_.threshold[0]
    at = found["values at thresholds"].a
    assert (at < threshold).any()
    assert (at > threshold).any()
    assert at.sub(threshold).abs().max() < 1e-5
    assert (found["a zero"].a == 0).sum() == 1
    assert found["a missing value"].isna().sum().tolist() == [1, 1]


def test_a_category_never_seen_is_tried(rows: pd.DataFrame) -> None:
    people = rows.assign(town=np.where(rows.a > 0, "A", "B"))
    encoder = ColumnTransformer([("t", OneHotEncoder(handle_unknown="ignore"), ["town"])], remainder="passthrough")
    model = make_pipeline(encoder, LogisticRegression()).fit(people, people.a > 0)
    file = convert_estimator(model, people)
    kinds = {probe.kind: probe.frame for probe in probes(file, people, ("a", "b", "town"))}
    assert kinds["a category never seen"].town.tolist() == [UNSEEN]
    assert compare(model, file, people).holds


def test_a_known_gap_is_told_with_its_remedy(rows: pd.DataFrame) -> None:
    model = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression()).fit(rows.abs(), rows.a > 0)
    with pytest.raises(RefusedInputError) as caught:
        convert_estimator(model, rows.abs())
    assert "FunctionTransformer runs Python code" in caught.value.what


@pytest.mark.parametrize("kind", ["number", "two", "three"])
def test_a_catboost_file_is_converted_where_the_library_is_there(kind: str, rows: pd.DataFrame, tmp_path: Path) -> None:
    catboost = pytest.importorskip("catboost", reason="catboost is not installed")
    target = {"number": rows.a, "two": (rows.a > 0).astype(int), "three": np.digitize(rows.a, [-0.5, 0.5])}[kind]
    make = catboost.CatBoostRegressor if kind == "number" else catboost.CatBoostClassifier
    make(iterations=5, verbose=0, allow_writing_files=False).fit(rows, target).save_model(tmp_path / "model.cbm")
    model = load_estimator(tmp_path / "model.cbm")
    assert compare(model, convert_estimator(model, rows), rows).holds


def test_a_file_that_lacks_a_part_of_the_model_is_not_called_rounded() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(200, 2)).astype(np.float32), columns=["a", "b"])
    counts = HistGradientBoostingRegressor(loss="poisson", max_iter=5).fit(rows, rng.poisson(np.exp(rows.a)))
    found = compare(counts, convert_estimator(counts, rows), rows)
    assert not found.holds
    assert found.unlike
    assert "exponential function of Poisson" in found.explain()
    assert "rounds" not in found.explain()


def test_a_soft_vote_converts_whatever_its_transform_looks_like() -> None:
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32), columns=["a", "b"])
    parts = [("tree", DecisionTreeClassifier(max_depth=2)), ("line", LogisticRegression())]
    vote = VotingClassifier(parts, voting="soft").fit(rows, rows.a > 0)
    assert compare(vote, convert_estimator(vote, rows), rows).holds
    assert vote.flatten_transform


@pytest.mark.parametrize(
    ("objective", "classes", "remedy"),
    [
        ("binary:hinge", 2, "binary:logistic"),
        ("binary:logitraw", 2, "binary:logistic"),
        ("multi:softmax", 3, "softprob"),
    ],
)
def test_answers_of_xgboost_that_are_no_probabilities_are_refused_by_their_objective(
    objective: str, classes: int, remedy: str, tmp_path: Path
) -> None:
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), columns=["a", "b"])
    options = {"objective": objective} | ({"num_class": classes} if classes > 2 else {})
    booster = xgboost.train(options, xgboost.DMatrix(rows, pd.qcut(rows.a, classes, labels=False)), 2)
    booster.save_model(tmp_path / "model.json")
    with pytest.raises(RefusedInputError, match=f"{objective} answers with") as caught:
        convert_estimator(load_estimator(tmp_path / "model.json"), rows)
    assert remedy in caught.value.advice


def test_pandas_categories_of_xgboost_are_refused_by_column_and_words(tmp_path: Path) -> None:
    rows = pd.DataFrame({"town": pd.Categorical(["Rome", "Oslo", "Kyiv"] * 20), "age": np.arange(60.0)})
    booster = xgboost.train(
        {"objective": "binary:logistic"}, xgboost.DMatrix(rows, rows.town == "Rome", enable_categorical=True), 2
    )
    booster.save_model(tmp_path / "model.json")
    with pytest.raises(
        RefusedInputError, match=r"Column .town. holds pandas categories \(Kyiv, Oslo, Rome\)"
    ) as caught:
        convert_estimator(load_estimator(tmp_path / "model.json"), rows.astype({"town": str}))
    assert "cat.codes" in caught.value.advice
