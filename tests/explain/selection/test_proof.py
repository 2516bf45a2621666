"""Values are called exact only after they were held against the model's own answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import silent
from governance.explain.selection.by_stage import StageExplainer, open_stage
from governance.models.graph.links import apply, link_of
from tests.explain.bringing import asked
from tests.explain.oracles import enumerate_shapley, predictor
from tests.models.hostile import model, tree, value


@pytest.fixture
def cases(shared: Path) -> Path:
    """Failing inputs with a README each."""
    found = shared / "cases" / "models"
    if not found.is_dir():
        pytest.skip("no ../shared/cases/models beside this checkout")
    return found


def clipped() -> ModelProto:
    """A tree that answers 1 up to 0.5 and 2 beyond, cut off at 1.5."""
    made = tree()
    made.graph.node[0].output[0] = "raw"
    made.graph.node.append(helper.make_node("Clip", ["raw", "", "top"], ["y"]))
    made.graph.initializer.append(numpy_helper.from_array(np.array(1.5, np.float32), "top"))
    return made


def test_a_tail_that_works_on_the_explained_rows_only_is_found_and_the_model_is_asked_instead(tmp_path: Path) -> None:
    file = clipped().SerializeToString()
    background = pd.DataFrame({"a": np.linspace(-1, 0.4, 20), "b": np.arange(20.0)})
    rows = pd.DataFrame({"a": [0.0, 0.9, 0.9], "b": [1.0, 2.0, 3.0]})
    result = asked("explain.global", tmp_path, file, rows, background=background)
    assert result.method == "enumeration"
    assert any("do not follow from the scores of its last stage" in note for note in result.certificate.notes)
    assert {item.feature: item.mean_abs for item in result.importance} == pytest.approx({"a": 1 / 3, "b": 0.0})


def test_the_exact_way_asked_for_by_name_is_refused_with_the_reason(tmp_path: Path) -> None:
    file = clipped().SerializeToString()
    background = pd.DataFrame({"a": np.linspace(-1, 0.4, 20), "b": np.arange(20.0)})
    rows = pd.DataFrame({"a": [0.9], "b": [1.0]})
    with pytest.raises(RefusedInputError, match="do not follow from the scores"):
        asked("explain.global", tmp_path, file, rows, background=background, method="tree")


def test_a_wide_answer_of_one_row_is_not_taken_for_rounding() -> None:
    raw = np.array([[1e-4], [2e-4], [4e-4]])
    assert link_of(raw, np.exp(raw) - 1.0001).link == "unknown"


@pytest.mark.parametrize("factor", [0.5, 3.25, 1e-3])
def test_an_exponential_with_a_factor_is_recognised(factor: float) -> None:
    raw = np.random.default_rng(0).normal(size=(50, 1))
    found = link_of(raw, factor * np.exp(raw))
    assert found.link == "exponential"
    assert found.sides(raw, 1)[:, 0] == pytest.approx(raw[:, 0] + np.log(factor))


def test_a_calibrated_score_is_recognised_as_log_odds() -> None:
    raw = np.random.default_rng(0).normal(size=(50, 1))
    second = apply("logistic", 1.7 * raw - 0.3)
    found = link_of(raw, np.hstack([1 - second, second]))
    assert (found.link, round(found.factor, 6), round(found.shift, 6)) == ("logistic", 1.7, -0.3)


def test_both_sides_of_a_logistic_score_are_each_others_negative() -> None:
    nodes = {"nodes_treeids": [0] * 3, "nodes_nodeids": [0, 1, 2], "nodes_featureids": [0] * 3,
             "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"], "nodes_values": [0.5, 0.0, 0.0], "nodes_truenodeids": [1, 0, 0],
             "nodes_falsenodeids": [2, 0, 0]}  # fmt: skip
    node = helper.make_node(
        "TreeEnsembleClassifier", ["x"], ["label", "p"], domain="ai.onnx.ml", class_treeids=[0, 0], class_nodeids=[1, 2],
        class_ids=[0, 0], class_weights=[1.0, 3.0], classlabels_int64s=[0, 1], post_transform="LOGISTIC", **nodes,
    )  # fmt: skip
    file = model([node], [value("label", (None,), TensorProto.INT64), value("p", (None, 2))]).SerializeToString()
    rows = pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 0.0]})
    explainer = StageExplainer(open_stage(predictor(file, ("a", "b")), rows, "raw"))
    found = [explainer.explain(rows, target, np.random.default_rng(0), silent) for target in (0, 1)]
    assert found[1].output.tolist() == [1.0, 3.0]
    assert found[0].output.tolist() == [-1.0, -3.0]
    assert found[0].base == -found[1].base == -2.0
    assert (found[0].values == -found[1].values).all()


def test_a_stump_of_float64_inputs_compares_in_double(cases: Path, tmp_path: Path) -> None:
    rows = pd.read_csv(cases / "04" / "rows.csv")
    result = asked("explain.global", tmp_path, (cases / "04" / "stump_float64.onnx").read_bytes(), rows)
    assert result.exact
    assert result.certificate.additivity_gap == 0


def test_a_forest_of_float64_inputs_is_what_brute_force_gives(cases: Path) -> None:
    made = predictor((cases / "04" / "forest_float64.onnx").read_bytes(), ("age", "income", "debt"))
    rows = pd.read_csv(cases / "04" / "forest_rows.csv")
    explainer = StageExplainer(open_stage(made, rows.iloc[:100], "raw"))
    found = explainer.explain(rows, 1, np.random.default_rng(0), silent)
    assert found.gap < 1e-6

    def score(values: np.ndarray) -> np.ndarray:
        return made.predict(pd.DataFrame(values, columns=rows.columns)).score[:, 1]

    for at in range(0, 800, 80):
        wanted = enumerate_shapley(score, np.arange(3), 3, rows.to_numpy()[:100], rows.to_numpy()[at])
        assert np.abs(found.values[at] - wanted).max() < 1e-6


def test_a_tree_without_any_split_gives_nothing_to_any_column(cases: Path, tmp_path: Path) -> None:
    file = (cases / "02" / "no_split.onnx").read_bytes()
    result = asked("explain.global", tmp_path, file, pd.read_csv(cases / "02" / "rows.csv"))
    assert (result.method, result.exact) == ("tree", True)
    assert result.certificate.additivity_gap < 1e-6
    assert [item.mean_abs for item in result.importance] == [0.0, 0.0]


def test_a_model_of_counts_is_explained_in_the_logarithm_of_its_prediction(cases: Path, tmp_path: Path) -> None:
    file = (cases / "08" / "xgboost_poisson.onnx").read_bytes()
    rows = pd.read_csv(cases / "08" / "rows.csv")
    result = asked("explain.global", tmp_path, file, rows)
    assert (result.method, result.exact, result.link) == ("tree", True, "exponential")
    assert result.certificate.units == "logarithm of the prediction"
    answer = predictor(file, tuple(rows.columns)).predict(rows).score[:, 0]
    assert result.base_value == pytest.approx(np.log(answer).mean(), abs=1e-5)


def test_scores_outside_0_to_1_are_not_called_probabilities(tmp_path: Path) -> None:
    node = helper.make_node(
        "LinearClassifier", ["x"], ["label", "s"], domain="ai.onnx.ml", coefficients=[-1.0, -2.0, 1.0, 2.0],
        intercepts=[0.0, 0.0], classlabels_ints=[0, 1],
    )  # fmt: skip
    sums = helper.make_node("ReduceSum", ["x", "axes"], ["twice"], keepdims=1)
    mixed = helper.make_node("Mul", ["s", "twice"], ["p"])
    made = model(
        [node, sums, mixed], [value("label", (None,), TensorProto.INT64), value("p", (None, 2))],
        constants={"axes": np.array([1])},
    )  # fmt: skip
    onnx.checker.check_model(made)
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(12, 2)) + 3, columns=["a", "b"])
    result = asked("explain.global", tmp_path, made.SerializeToString(), rows)
    assert (result.scale, result.certificate.units) == ("raw", "score")
