"""Sound files of several kinds with one or a few things in them changed, as damage and malice change them."""

from __future__ import annotations

import numpy as np
from onnx import AttributeProto, ModelProto, TensorProto, helper

from .hostile import TREE, model, tree, value


def sound(kind: int) -> ModelProto:
    """One of five small models over two columns."""
    if kind == 0:
        return tree()
    if kind == 1:
        ends = {name: TREE[name] for name in TREE if name.startswith("nodes_")}
        node = helper.make_node(
            "TreeEnsembleClassifier", ["x"], ["label", "p"], domain="ai.onnx.ml", class_treeids=[0, 0], class_nodeids=[1, 2],
            class_ids=[0, 0], class_weights=[-1.0, 3.0], classlabels_int64s=[0, 1], post_transform="LOGISTIC", **ends,
        )  # fmt: skip
        return model([node], [value("label", (None,), TensorProto.INT64), value("p", (None, 2))])
    if kind == 2:
        node = helper.make_node(
            "LinearClassifier", ["x"], ["label", "s"], domain="ai.onnx.ml", coefficients=[-1.0, -2.0, 1.0, 2.0],
            intercepts=[0.0, 0.5], classlabels_ints=[0, 1], post_transform="SOFTMAX",
        )  # fmt: skip
        return model([node], [value("label", (None,), TensorProto.INT64), value("s", (None, 2))])
    nodes = [helper.make_node("Gemm", ["x", "w", "b"], ["z"]), helper.make_node("Sigmoid", ["z"], ["y"])]
    if kind == 4:
        nodes.insert(1, helper.make_node("Relu", ["z"], ["r"]))
        nodes[2].input[0] = "r"
    made = {"w": np.ones((2, 1), np.float32), "b": np.zeros(1, np.float32)}
    return model(nodes, [value()], constants=made)


def mutated(seed: int) -> bytes:
    """A file that follows from the seed: bits flipped, bytes cut, or fields changed."""
    rng = np.random.default_rng(seed)
    made = sound(int(rng.integers(5)))
    if rng.random() < 0.25:
        return _damaged(made.SerializeToString(), rng)
    for _ in range(int(rng.integers(1, 4))):
        _change(made, rng)
    return bytes(made.SerializeToString())


def _damaged(data: bytes, rng: np.random.Generator) -> bytes:
    found = bytearray(data)
    for _ in range(int(rng.integers(1, 6))):
        found[int(rng.integers(len(found)))] = int(rng.integers(256))
    return bytes(found[: int(rng.integers(1, len(found)))] if rng.random() < 0.2 else found)


def _change(made: ModelProto, rng: np.random.Generator) -> None:
    graph = made.graph
    nodes = list(graph.node)
    node = nodes[int(rng.integers(len(nodes)))]
    way = int(rng.choice([0, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8]))
    odd = [0, 0, 1, 1, 2, -1, 7, 2**31, -(2**63), 2**62]
    if way == 0 and node.attribute:
        node.attribute.remove(node.attribute[int(rng.integers(len(node.attribute)))])
    elif way in (1, 2) and node.attribute:
        _odd_attribute(node.attribute[int(rng.integers(len(node.attribute)))], odd, rng)
    elif way == 3:
        node.op_type = str(
            rng.choice(["Gemm", "Identity", "Softmax", "RandomNormalLike", "Loop", "TreeEnsemble", "Nothing", "Cast"])
        )
    elif way == 4 and node.input:
        node.input[0] = str(rng.choice(["", "x", "y", "nothing", "w"]))
    elif way == 5:
        graph.input[0].type.tensor_type.elem_type = int(rng.integers(0, 25))
    elif way == 6:
        dims = graph.input[0].type.tensor_type.shape.dim
        dims[int(rng.integers(len(dims)))].dim_value = int(rng.choice([1, 2, 3, 2**40]))
    elif way == 7:
        graph.output[0].name = str(rng.choice(["", "x", "z", "nothing"]))
    elif made.opset_import:
        made.opset_import[0].version = int(rng.choice([0, 1, 9, 99, 2**40]))


def _odd_attribute(attribute: AttributeProto, odd: list[int], rng: np.random.Generator) -> None:
    if attribute.ints:
        attribute.ints[int(rng.integers(len(attribute.ints)))] = int(rng.choice(np.array(odd)))
    elif attribute.floats:
        attribute.floats[int(rng.integers(len(attribute.floats)))] = float(
            rng.choice([np.nan, np.inf, -np.inf, 3.4e38, 1e-45])
        )
    elif attribute.strings:
        attribute.strings[0] = bytes(rng.choice([b"", b"BRANCH_NEQ", b"\xff\xfe", b"LEAF"]))
    else:
        attribute.i = int(rng.choice(np.array(odd)))
