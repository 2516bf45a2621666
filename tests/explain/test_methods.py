"""The methods on files, from the catalogue, as workers and the command line run them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from governance.codec import decode, sha256
from governance.data.schema import Schema
from governance.errors import RefusedInputError
from governance.evidence import NotAssessed
from governance.explain.report import (
    Counterfactuals,
    GlobalExplanation,
    LimeExplanation,
    LocalExplanation,
    ModelLimits,
    Neighbours,
    ReasonCodes,
    WhatIf,
)
from governance.explain.shap_bridge import as_shap, table_as_shap
from governance.models.convert import convert_estimator
from governance.models.reading import signature_of
from governance.run import DataFile, Done, ModelFile, Task, execute, read_array

COLUMNS = ["age", "income", "region", "job"]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({
        "age": rng.integers(18, 80, 400).astype(float),
        "income": rng.lognormal(10, 1, 400).round(),
        "region": rng.choice(["north", "south", "east"], 400),
        "job": rng.choice(["a", "b", "c", "d"], 400),
        "id": [f"p{i}" for i in range(400)],
    })  # fmt: skip
    frame["good"] = np.where((frame.age > 40) ^ (frame.region == "north"), "yes", "no")
    frame["band"] = np.array(["low", "mid", "high", "top"])[np.digitize(frame.age, [30, 45, 60])]
    return frame


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, people: pd.DataFrame) -> Path:
    place = tmp_path_factory.mktemp("explain")
    people.iloc[:200].to_parquet(place / "reference.parquet")
    people.iloc[200:].to_parquet(place / "data.parquet")
    return place


def pipeline(final: object, people: pd.DataFrame, target: str = "good") -> bytes:
    encoder = ColumnTransformer([
        ("n", StandardScaler(), ["age", "income"]),
        ("c", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["region", "job"]),
    ])  # fmt: skip
    fitted = make_pipeline(encoder, final).fit(people[COLUMNS], people[target])
    return convert_estimator(fitted, people[COLUMNS])


def ask(
    method_id: str,
    folder: Path,
    model: bytes,
    arrays: bool = False,
    reference: bool = True,
    cohort: str = "",
    **parameters: object,
) -> Done:
    path = folder / f"{sha256(model)[:12]}.onnx"
    path.write_bytes(model)
    schema = Schema(target="good", positive="yes", identifier="id", ignore=("band",))

    def table(name: str) -> DataFile:
        file = folder / f"{name}.parquet"
        return DataFile(str(file), sha256(file.read_bytes()), schema, cohort if name == "data" else "")

    task = Task(
        method_id, table("data"), ModelFile(str(path), sha256(model), signature_of(model)),
        table("reference") if reference else None, parameters,
    )  # fmt: skip
    return execute(task, folder if arrays else None)


@pytest.fixture(scope="module")
def boosted(people: pd.DataFrame) -> bytes:
    return pipeline(HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=8), people)


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


def test_the_limits_for_a_person_count_mistakes_among_people_who_are_alike(
    folder: Path, boosted: bytes, people: pd.DataFrame
) -> None:
    score = read_array(ask("models.predict", folder, boosted, arrays=True).arrays["predictions"]).to_pandas().score_yes
    frame = people.iloc[200:].reset_index(drop=True)
    young = np.flatnonzero(frame.age < 32)
    wrong = ((score >= 0.5) != (frame.good == "yes"))[young].to_numpy()
    found = ask("explain.limits", folder, boosted, cohort="age < 32", row=4, alike=len(young)).evidence.read(
        ModelLimits
    )
    assert (found.everyone.rows, found.measure) == (len(young), "share decided wrongly")
    assert found.everyone.size == pytest.approx(wrong.mean())
    assert found.alike.size == pytest.approx(np.delete(wrong, 4).mean()), "the row itself does not count"
    assert found.everyone.low < found.everyone.size < found.everyone.high
    assert 0 < found.farthest < 1
    near = ask("explain.limits", folder, boosted, row=4, alike=50).evidence.read(ModelLimits)
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
