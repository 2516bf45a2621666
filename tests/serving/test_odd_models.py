"""Models of other kinds: whole numbers, double precision, one leaf, sets of values, nets; each is challenged or says why not."""

from __future__ import annotations

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper

from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor
from governance.serving import words
from governance.serving.challenge import challenge_of
from governance.serving.coverage import covered
from tests.serving.asked import attested


def stump(kind: int, mode: str = "BRANCH_LEQ", threshold: float = 30.5) -> OnnxPredictor:
    """Return a regressor of one split on the first of two columns, of some type of input."""
    node = helper.make_node(
        "TreeEnsembleRegressor",
        ["X" if kind != TensorProto.INT64 else "Z"],
        ["y"],
        domain="ai.onnx.ml", n_targets=1,
        nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_values=[threshold, 0.0, 0.0],
        nodes_modes=[mode, "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
        target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 0], target_weights=[1.0, 2.0],
    )  # fmt: skip
    cast = [helper.make_node("Cast", ["X"], ["Z"], to=TensorProto.FLOAT)] if kind == TensorProto.INT64 else []
    return _opened([*cast, node], kind)


def _opened(nodes: list[onnx.NodeProto], kind: int, stored: list[onnx.TensorProto] | None = None) -> OnnxPredictor:
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("X", kind, [None, 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])], stored or [],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    data = helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString()
    return OnnxPredictor(data, signature_of(data, ("age", "kind")))


def people(n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({"age": rng.integers(18, 80, n), "kind": rng.integers(0, 5, n)})


@pytest.mark.parametrize("kind", [TensorProto.INT64, TensorProto.FLOAT, TensorProto.DOUBLE])
@pytest.mark.parametrize("mode", ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT", "BRANCH_GTE"])
def test_both_sides_of_a_split_are_neighbours_of_the_type_of_the_input(kind: int, mode: str) -> None:
    model = stump(kind, mode)
    rows = challenge_of(model, people(), np.random.default_rng(0))
    found, _ = covered(model, rows, model.predict(rows.frame).score)
    assert (found.leaves_visited, found.splits_tested, found.complete) == (2, 1, True)
    edge = np.sort(rows.frame["age"].to_numpy()[[at for at, item in enumerate(rows.purpose) if item == "edge"]])
    if kind == TensorProto.INT64:
        assert edge.tolist() == [30.0, 31.0]
    elif kind == TensorProto.FLOAT:
        assert np.nextafter(np.float32(edge[0]), np.float32(np.inf)) == np.float32(edge[1])
    else:
        assert np.nextafter(edge[0], np.inf) == edge[1]


def test_a_split_moved_between_two_whole_numbers_changes_no_legal_row_and_is_no_change() -> None:
    model, moved, beyond = (
        stump(TensorProto.INT64),
        stump(TensorProto.INT64, threshold=30.9),
        stump(TensorProto.INT64, threshold=31.1),
    )
    rows = challenge_of(model, people(), np.random.default_rng(0))
    every = pd.DataFrame({"age": np.arange(-5, 120), "kind": 0})
    assert np.array_equal(model.predict(every).score, moved.predict(every).score)
    assert attested(model, rows, [moved]).outcome == "identical"
    assert not np.array_equal(model.predict(every).score, beyond.predict(every).score)
    assert attested(model, rows, [beyond]).outcome == "different"


def test_a_tree_of_one_leaf_is_covered_by_one_row() -> None:
    node = helper.make_node(
        "TreeEnsembleRegressor", ["X"], ["y"], domain="ai.onnx.ml", n_targets=1, nodes_treeids=[0], nodes_nodeids=[0],
        nodes_featureids=[0], nodes_values=[0.0], nodes_modes=["LEAF"], nodes_truenodeids=[0], nodes_falsenodeids=[0],
        target_treeids=[0], target_nodeids=[0], target_ids=[0], target_weights=[1.0],
    )  # fmt: skip
    model = _opened([node], TensorProto.FLOAT)
    rows = challenge_of(model, people(5), np.random.default_rng(0))
    found, _ = covered(model, rows, model.predict(rows.frame).score)
    assert (found.leaves, found.leaves_visited, found.splits, found.complete) == (1, 1, 0, True)


def net(by: float = 0.0) -> OnnxPredictor:
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(2, 16)).astype(np.float32), rng.normal(size=(16, 1)).astype(np.float32)
    second[0, 0] += by
    nodes = [
        helper.make_node("MatMul", ["X", "a"], ["h"]), helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("MatMul", ["r", "b"], ["y"]),
    ]  # fmt: skip
    return _opened(
        nodes, TensorProto.FLOAT, [numpy_helper.from_array(first, "a"), numpy_helper.from_array(second, "b")]
    )


def test_a_net_is_asked_rows_of_the_data_and_the_words_say_that_this_is_a_bound_alone() -> None:
    rows = challenge_of(net(), people(), np.random.default_rng(0))
    assert set(rows.purpose) == {"drawn"}
    found = attested(net(), rows, [net()] * 5)
    assert (found.outcome, found.coverage.kind, found.coverage.complete) == ("identical", "other", False)
    assert found.bound_rows == pytest.approx(1 - 0.05 ** (1 / 100), rel=1e-6)
    assert "can stay unseen" in words.attest_lead(found)
    assert 0 < found.tolerance < 1e-2
    assert "double precision" in found.tolerance_why
    assert attested(net(), rows, [net(0.05)]).outcome == "different"
    assert attested(net(), rows, [net(1e-8)]).outcome in ("identical", "equal_within")


def test_trees_that_ask_for_sets_are_asked_rows_of_the_data_and_count_no_leaf_wrongly() -> None:
    model = stump(TensorProto.FLOAT, "BRANCH_EQ", 3.0)
    rows = challenge_of(model, people(), np.random.default_rng(0))
    found, _ = covered(model, rows, model.predict(rows.frame).score)
    assert (found.kind, found.leaves_visited, found.note) == ("other", 0, "The trees ask for sets of values.")


def test_numbers_beyond_all_data_are_reached_where_the_trees_ask_for_them() -> None:
    model = stump(TensorProto.FLOAT, threshold=-3.0e20)
    rows = challenge_of(model, people(), np.random.default_rng(0))
    found, _ = covered(model, rows, model.predict(rows.frame).score)
    assert found.complete


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "any number of"),
        (0.776, "fewer than 78 % of the"),
        (0.5, "fewer than 1 in 2"),
        (0.00994, "fewer than 1 in 100"),
    ],
)
def test_a_bounded_share_is_said_so_that_it_means_something(share: float, said: str) -> None:
    assert words.one_in(share) == said
