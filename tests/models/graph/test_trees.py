"""Ensembles read from ONNX files give the scores that ONNX Runtime gives."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from governance.evidence.errors import RefusedInputError
from governance.models.graph.trees import parse_trees
from tests.explain.oracles import walk

MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT", "BRANCH_GTE", "BRANCH_EQ", "BRANCH_NEQ")
VALUES = np.array([[-1.0], [0.0], [1.0], [1.5], [2.0], [3.0], [np.nan]], np.float32)


def regressor(**attributes: object) -> onnx.NodeProto:
    return helper.make_node("TreeEnsembleRegressor", ["X"], ["Y"], domain="ai.onnx.ml", **attributes)


def runtime(node: onnx.NodeProto, rows: np.ndarray, version: int) -> np.ndarray:
    kind = helper.np_dtype_to_tensor_dtype(rows.dtype)
    graph = helper.make_graph(
        [node],
        "trees",
        [helper.make_tensor_value_info("X", kind, [None, rows.shape[1]])],
        [helper.make_tensor_value_info("Y", kind if version == 5 else TensorProto.FLOAT, None)],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", version)]
    )
    model.ir_version = 8
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"X": rows})[0]).reshape(len(rows), -1)


def stump(mode: str, *, tracks: int, value: float = 1.0) -> onnx.NodeProto:
    return regressor(
        nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_values=[value, 0.0, 0.0],
        nodes_modes=[mode, "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
        nodes_missing_value_tracks_true=[tracks, 0, 0], target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 0],
        target_weights=[10.0, 20.0], n_targets=1, base_values=[0.5],
    )  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tracks", [0, 1])
def test_every_mode_sends_every_value_where_the_runtime_sends_it(mode: str, tracks: int) -> None:
    node = stump(mode, tracks=tracks)
    assert walk(parse_trees(node), VALUES).tolist() == runtime(node, VALUES, 3).tolist()


def test_a_chain_of_equalities_becomes_one_set() -> None:
    node = regressor(
        nodes_treeids=[0] * 5, nodes_nodeids=[0, 1, 2, 3, 4], nodes_featureids=[0] * 5, nodes_values=[1.0, 2.0, 3.0, 0.0, 0.0],
        nodes_modes=["BRANCH_EQ", "BRANCH_EQ", "BRANCH_EQ", "LEAF", "LEAF"], nodes_truenodeids=[3, 3, 3, 0, 0],
        nodes_falsenodeids=[1, 2, 4, 0, 0], nodes_missing_value_tracks_true=[0] * 5, target_treeids=[0, 0],
        target_nodeids=[3, 4], target_ids=[0, 0], target_weights=[10.0, 20.0], n_targets=1,
    )  # fmt: skip
    trees = parse_trees(node)
    assert [item.members for item in trees.splits.memberships] == [(1.0, 2.0, 3.0)]
    assert walk(trees, VALUES)[:, 0].tolist() == [20.0, 20.0, 10.0, 20.0, 10.0, 10.0, 20.0]


def version_5(mode: int, *, tracks: int, dtype: type = np.float32, **more: object) -> onnx.NodeProto:
    def tensor(name: str, values: list[float], kind: type) -> onnx.TensorProto:
        return numpy_helper.from_array(np.array(values, kind), name)

    return helper.make_node(
        "TreeEnsemble", ["X"], ["Y"], domain="ai.onnx.ml", n_targets=2, aggregate_function=1, post_transform=0, tree_roots=[0],
        nodes_featureids=[0, 1], nodes_splits=tensor("s", [1.0, 0.5], dtype), nodes_modes=tensor("m", [mode, 0], np.uint8),
        nodes_truenodeids=[0, 1], nodes_trueleafs=[1, 1], nodes_falsenodeids=[1, 2], nodes_falseleafs=[0, 1],
        nodes_missing_value_tracks_true=[tracks, 0], leaf_targetids=[0, 1, 0], leaf_weights=tensor("w", [1.0, 2.0, 4.0], dtype),
        **more,
    )  # fmt: skip


@pytest.mark.parametrize("mode", range(6))
@pytest.mark.parametrize("tracks", [0, 1])
def test_the_newest_operator_is_read_as_the_runtime_reads_it(mode: int, tracks: int) -> None:
    rows = np.array([[a, b] for a in VALUES[:, 0] for b in (0.0, 1.0)], np.float32)
    node = version_5(mode, tracks=tracks)
    assert walk(parse_trees(node), rows).tolist() == runtime(node, rows, 5).tolist()


def test_set_membership_is_read_as_the_runtime_reads_it() -> None:
    members = numpy_helper.from_array(np.array([1.0, 3.0, np.nan], np.float32), "members")
    node = version_5(6, tracks=0, membership_values=members)
    rows = np.array([[a, b] for a in (0.0, 1.0, 2.0, 3.0, 4.0) for b in (0.0, 1.0)], np.float32)
    assert walk(parse_trees(node), rows).tolist() == runtime(node, rows, 5).tolist()


def test_double_thresholds_are_compared_in_double_precision() -> None:
    rows = np.array([[1.0, 0.0], [1.0 + 1e-12, 0.0], [1.0 - 1e-12, 0.0]])
    node = version_5(1, tracks=0, dtype=np.float64)
    assert walk(parse_trees(node), rows).tolist() == runtime(node, rows, 5).tolist()


def test_an_average_is_shared_out_and_a_maximum_is_refused() -> None:
    average = stump("BRANCH_LEQ", tracks=0)
    average.attribute.append(helper.make_attribute("aggregate_function", "AVERAGE"))
    assert walk(parse_trees(average), VALUES).tolist() == runtime(average, VALUES, 3).tolist()
    maximum = stump("BRANCH_LEQ", tracks=0)
    maximum.attribute.append(helper.make_attribute("aggregate_function", "MAX"))
    with pytest.raises(RefusedInputError, match="MAX, which is not a sum"):
        parse_trees(maximum)


def test_a_child_that_does_not_exist_is_refused() -> None:
    node = stump("BRANCH_LEQ", tracks=0)
    broken = next(item for item in node.attribute if item.name == "nodes_truenodeids")
    broken.ints[0] = 7
    with pytest.raises(RefusedInputError, match="a node that it does not have"):
        parse_trees(node)


def test_an_unknown_question_is_refused_by_name() -> None:
    node = stump("BRANCH_NEAR", tracks=0)
    with pytest.raises(RefusedInputError, match="BRANCH_NEAR"):
        parse_trees(node)
