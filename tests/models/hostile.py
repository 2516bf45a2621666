"""Small ONNX files, sound and hostile, made by code."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper


def model(
    nodes: list[NodeProto],
    outputs: list[Any],
    *,
    inputs: list[Any] | None = None,
    constants: dict[str, np.ndarray] | None = None,
    domains: tuple[tuple[str, int], ...] = (("", 17), ("ai.onnx.ml", 3)),
) -> ModelProto:
    """Return a model over one float input x of two columns."""
    graph = helper.make_graph(
        nodes,
        "made",
        inputs or [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        outputs,
        initializer=[numpy_helper.from_array(value, name) for name, value in (constants or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid(*item) for item in domains], ir_version=8)


def value(name: str = "y", shape: tuple[int | None, ...] = (None, 1), kind: int = TensorProto.FLOAT) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)


TREE = {
    "nodes_treeids": [0, 0, 0],
    "nodes_nodeids": [0, 1, 2],
    "nodes_featureids": [0, 0, 0],
    "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"],
    "nodes_values": [0.5, 0.0, 0.0],
    "nodes_truenodeids": [1, 0, 0],
    "nodes_falsenodeids": [2, 0, 0],
    "target_treeids": [0, 0],
    "target_nodeids": [1, 2],
    "target_ids": [0, 0],
    "target_weights": [1.0, 2.0],
    "n_targets": 1,
}


def tree(**changes: Any) -> ModelProto:
    """Return a regression tree of one branch, with some of its tables changed."""
    node = helper.make_node(
        "TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", name="trees", **{**TREE, **changes}
    )
    return model([node], [value()])


def loop() -> ModelProto:
    """Return a model that loops 2**62 times."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["c2"]), helper.make_node("Identity", ["v"], ["v2"])],
        "body",
        [value("i", (), TensorProto.INT64), value("c", (), TensorProto.BOOL), value("v", (None, 2))],
        [value("c2", (), TensorProto.BOOL), value("v2", (None, 2))],
    )
    node = helper.make_node("Loop", ["n", "yes", "x"], ["y"], body=body, name="spin")
    return model([node], [value("y", (None, 2))], constants={"n": np.array(2**62), "yes": np.ones((), bool)})


def nested_if(depth: int) -> ModelProto:
    """Return a model with If inside If."""
    node = helper.make_node("Identity", ["x"], ["leaf"])
    output = "leaf"
    for level in range(depth):
        branch = helper.make_graph([node], f"g{level}", [], [value(output, (None, 2))])
        node = helper.make_node("If", ["yes"], [f"y{level}"], then_branch=branch, else_branch=branch, name=f"if{level}")
        output = f"y{level}"
    return model([node], [value(output, (None, 2))], constants={"yes": np.ones((), bool)})


def time_bomb() -> ModelProto:
    """Return a few kilobytes that multiply big matrices thousands of times."""
    nodes = [
        helper.make_node("ConstantOfShape", ["size"], ["m0"], value=helper.make_tensor("v", 1, [1], [0.001])),
        *(helper.make_node("MatMul", [f"m{i}", f"m{i}"], [f"m{i + 1}"]) for i in range(3000)),
        helper.make_node("ReduceMax", ["m3000"], ["top"], keepdims=0),
        helper.make_node("Add", ["x", "top"], ["z"]),
        helper.make_node("ReduceMax", ["z"], ["y"], axes=[1]),
    ]
    return model(nodes, [value()], constants={"size": np.array([3000, 3000])})


def memory_bomb() -> ModelProto:
    """Return a few kilobytes that double a tensor forty times."""
    nodes = [helper.make_node("Concat", [f"x{i}", f"x{i}"], [f"x{i + 1}"], axis=1) for i in range(40)]
    nodes = [
        helper.make_node("Identity", ["x"], ["x0"]),
        *nodes,
        helper.make_node("ReduceMax", ["x40"], ["y"], axes=[1]),
    ]
    return model(nodes, [value()])
