"""The methods on files, from the catalogue, as workers and the command line run them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from governance.evidence.codec import decode
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import NotAssessed
from governance.explain.methods.shap_bridge import as_shap, table_as_shap
from governance.explain.results.report import GlobalExplanation, LimeExplanation, LocalExplanation
from governance.models.convert.convert import convert_estimator
from governance.runs.run import read_array
from tests.explain.asking import COLUMNS, ask, pipeline


def test_all_rows_are_attributed_to_raw_columns_and_stored(folder: Path, boosted: bytes) -> None:
    done = ask("explain.global", folder, boosted, arrays=True)
    found = done.evidence.read(GlobalExplanation)
    assert (found.method, found.exact, found.scale, found.link, found.target) == (
        "tree",
        True,
        "raw",
        "logistic",
        "yes",
    )
    assert {item.feature for item in found.importance} == set(COLUMNS)
    assert {item.feature for item in found.importance[:2]} == {"age", "region"}
    assert found.certificate.additivity_gap < 1e-5
    assert found.certificate.units == "log-odds"
    table = read_array(done.arrays["attributions"]).to_pandas()
    assert list(table.columns) == [*COLUMNS, "base_value", "model_output"]
    assert set(table.dtypes.astype(str)) == {"float32"}
    gap = table[COLUMNS].sum(axis=1) + table.base_value - table.model_output
    assert np.abs(gap).max() < 1e-4
    expected = table[COLUMNS].abs().mean()
    for item in found.importance:
        assert item.mean_abs == pytest.approx(expected[item.feature], abs=1e-6)
        assert item.low <= item.mean_abs <= item.high


def test_one_row_has_the_same_values_as_in_the_table_of_all_rows(folder: Path, boosted: bytes) -> None:
    table = read_array(ask("explain.global", folder, boosted, arrays=True).arrays["attributions"]).to_pandas()
    found = ask("explain.local", folder, boosted, row=7).evidence.read(LocalExplanation)
    assert found.identifier == "p207"
    for item in found.values:
        assert item.attribution == pytest.approx(table[item.feature][7], abs=1e-5)
    assert found.base_value + sum(item.attribution for item in found.values) == pytest.approx(
        found.model_output, abs=1e-5
    )
    assert found.prediction == pytest.approx(1 / (1 + np.exp(-found.model_output)), abs=1e-5)
    assert -1 <= found.certificate.neighbour_stability <= 1
    assert found.certificate.background_spread > 0
    assert -1 <= found.certificate.lime_agreement <= 1


MODELS = {
    "forest": (ExtraTreesClassifier(10, max_depth=4), "good", "tree", "probability"),
    "logistic": (LogisticRegression(), "good", "linear", "log-odds"),
    "boosting": (GradientBoostingClassifier(n_estimators=10), "good", "tree", "log-odds"),
    "four classes": (HistGradientBoostingClassifier(max_iter=5), "band", "tree", "score before softmax"),
    "four classes, linear": (LogisticRegression(), "band", "linear", "score before softmax"),
    "regression forest": (RandomForestRegressor(5, max_depth=5), "income", "tree", "units of the prediction"),
    "regression": (LinearRegression(), "age", "linear", "units of the prediction"),
}


@pytest.mark.parametrize("name", MODELS)
def test_every_kind_of_model_is_explained_exactly_and_adds_up(name: str, folder: Path, people: pd.DataFrame) -> None:
    final, target, way, units = MODELS[name]
    model = pipeline(final, people, target)
    found = ask("explain.global", folder, model).evidence.read(GlobalExplanation)
    assert (found.method, found.exact, found.certificate.units) == (way, True, units)
    size = max(abs(found.base_value), found.importance[0].mean_abs, 1.0)
    assert found.certificate.additivity_gap / size < 1e-5
    assert len(found.per_class) == (4 if target == "band" else 1)


def test_both_classes_mirror_each_other(folder: Path, people: pd.DataFrame) -> None:
    for final in (
        HistGradientBoostingClassifier(max_iter=5),
        ExtraTreesClassifier(5, max_depth=3),
        LogisticRegression(),
    ):
        model = pipeline(final, people)
        yes, no = (
            ask("explain.local", folder, model, row=3, target=name).evidence.read(LocalExplanation)
            for name in ("yes", "no")
        )
        assert no.certificate.additivity_gap < 1e-5
        mirrored = {item.feature: -item.attribution for item in no.values}
        for item in yes.values:
            assert item.attribution == pytest.approx(mirrored[item.feature], abs=1e-6)
        assert yes.prediction + no.prediction == pytest.approx(1, abs=1e-6)


def test_a_model_without_trees_is_explained_by_every_set_of_its_columns(folder: Path, people: pd.DataFrame) -> None:
    model = pipeline(GaussianNB(), people)
    found = ask("explain.local", folder, model, row=0, background_rows=50).evidence.read(LocalExplanation)
    assert (found.method, found.exact, found.scale) == ("enumeration", True, "probability")
    assert found.certificate.additivity_gap < 1e-6
    assert any("Not explained from the file itself" in note for note in found.certificate.notes)
    assert isinstance(found.certificate.background_spread, NotAssessed)


def test_sampling_leaves_rows_out_and_says_so(folder: Path, people: pd.DataFrame) -> None:
    model = pipeline(GaussianNB(), people)
    done = ask(
        "explain.global",
        folder,
        model,
        arrays=True,
        method="permutation",
        max_rows=12,
        model_calls=400,
        background_rows=20,
    )
    found = done.evidence.read(GlobalExplanation)
    assert (found.method, found.exact) == ("permutation", False)
    assert (done.evidence.rows.used, done.evidence.rows.total) == (12, 200)
    table = read_array(done.arrays["attributions"])
    assert table.num_rows == 200
    assert table.column("age").null_count == 188
    assert found.certificate.std_error > 0


def test_enumeration_agrees_with_the_trees(folder: Path, boosted: bytes) -> None:
    exact = ask("explain.local", folder, boosted, row=5, background_rows=40).evidence.read(LocalExplanation)
    asked = ask("explain.local", folder, boosted, row=5, background_rows=40, method="enumeration").evidence.read(
        LocalExplanation
    )
    assert (asked.scale, asked.certificate.units) == ("raw", "log-odds")
    known = {item.feature: item.attribution for item in exact.values}
    for item in asked.values:
        assert item.attribution == pytest.approx(known[item.feature], abs=1e-5)


def test_probabilities_of_boosted_trees_are_never_called_exact_trees(folder: Path, boosted: bytes) -> None:
    with pytest.raises(RefusedInputError, match="exact on the raw scale"):
        ask("explain.local", folder, boosted, method="tree", scale="probability")
    found = ask("explain.local", folder, boosted, scale="probability", background_rows=50).evidence.read(
        LocalExplanation
    )
    assert (found.method, found.scale) == ("enumeration", "probability")
    assert found.model_output == pytest.approx(found.prediction, abs=1e-9)


def test_the_same_question_gives_the_same_bytes(folder: Path, boosted: bytes) -> None:
    one, two = (ask("explain.global", folder, boosted).evidence.to_bytes() for _ in range(2))
    assert one == two


def test_without_a_reference_the_data_are_their_own_background(folder: Path, boosted: bytes) -> None:
    found = ask("explain.global", folder, boosted, reference=False, background_rows=150).evidence.read(
        GlobalExplanation
    )
    assert (found.background.source, found.background.rows, found.background.total) == ("data", 150, 200)


def test_wrong_wishes_are_refused_with_the_choices(folder: Path, boosted: bytes) -> None:
    with pytest.raises(RefusedInputError, match="Known: no, yes"):
        ask("explain.local", folder, boosted, target="perhaps")
    with pytest.raises(RefusedInputError, match="no row 900"):
        ask("explain.local", folder, boosted, row=900)
    with pytest.raises(RefusedInputError, match="last stage is tree"):
        ask("explain.local", folder, boosted, method="linear")


def test_a_result_reads_back(folder: Path, boosted: bytes) -> None:
    evidence = ask("explain.local", folder, boosted).evidence
    assert decode(LocalExplanation, evidence.result) == evidence.read(LocalExplanation)


def test_the_certificate_says_how_far_lime_agrees(folder: Path, people: pd.DataFrame) -> None:
    """On a straight line of numbers both methods measure the same thing; where LIME was not run, that is said."""
    numbers = people[["age", "income"]].assign(noise=np.random.default_rng(1).normal(size=len(people)))
    target = 2.0 * numbers.age + numbers.noise
    model = convert_estimator(
        make_pipeline(StandardScaler(), LinearRegression()).fit(people[COLUMNS[:2]], target), people[COLUMNS[:2]]
    )
    found = ask("explain.global", folder, model, lime_rows=3, lime_samples=300).evidence.read(GlobalExplanation)
    assert found.certificate.lime_agreement == pytest.approx(1.0)
    skipped = ask("explain.local", folder, model, lime_samples=0).evidence.read(LocalExplanation)
    assert isinstance(skipped.certificate.lime_agreement, NotAssessed)


def test_lime_is_repeated_and_held_against_shapley_values(folder: Path, boosted: bytes) -> None:
    found = ask("explain.lime", folder, boosted, row=11, samples=500, repeats=3).evidence.read(LimeExplanation)
    assert {item.feature for item in found.weights} == set(COLUMNS)
    assert found.repeats == 3
    assert 0 <= found.stability <= 1
    assert found.local_r2 <= 1
    assert {item.feature for item in found.weights[:2]} <= {"age", "region", "income", "job"}
    assert 0 <= found.sign_agreement <= 1
    assert -1 <= found.rank_agreement <= 1
    assert found.shap_method in {"enumeration", "permutation"}


def test_lime_explains_a_regression(folder: Path, people: pd.DataFrame) -> None:
    model = pipeline(LinearRegression(), people, "age")
    found = ask("explain.lime", folder, model, row=0, samples=300, repeats=2).evidence.read(LimeExplanation)
    assert found.weights[0].feature == "age"
    assert found.target == ""


def test_results_are_shaps_own_on_request(folder: Path, boosted: bytes, people: pd.DataFrame, shap: ModuleType) -> None:
    local = ask("explain.local", folder, boosted, row=2).evidence.read(LocalExplanation)
    found = as_shap(local)
    assert isinstance(found, shap.Explanation)
    assert found.values.sum() + found.base_values == pytest.approx(local.model_output, abs=1e-5)
    done = ask("explain.global", folder, boosted, arrays=True)
    table = table_as_shap(read_array(done.arrays["attributions"]), people.iloc[200:][COLUMNS])
    assert table.values.shape == (200, 4)
    assert table.abs.mean(0).values == pytest.approx(
        [
            next(item.mean_abs for item in done.evidence.read(GlobalExplanation).importance if item.feature == name)
            for name in COLUMNS
        ],
        abs=1e-6,
    )


def test_sampling_names_the_way_that_varies_least(folder: Path, people: pd.DataFrame) -> None:
    model = pipeline(GaussianNB(), people)
    found = ask("explain.local", folder, model, background_rows=100, model_calls=1200).evidence.read(LocalExplanation)
    assert found.method in {"permutation", "leverage"}
    assert any(note.startswith(f"Sampled by {found.method}:") for note in found.certificate.notes)
    named = ask("explain.local", folder, model, background_rows=100, model_calls=1200, method="leverage")
    assert named.evidence.read(LocalExplanation).method == "leverage"
