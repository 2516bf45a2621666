"""Random tree ensembles in every form that a file may have, with rows that lie on their thresholds and beside them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
from onnx import TensorProto, helper, numpy_helper

COLUMNS = ("a", "b", "c", "d")
MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ")
KINDS: dict[str, int] = {
    "float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE, "int64": TensorProto.INT64, "int32": TensorProto.INT32,
}  # fmt: skip


class Fuzzed:
    """One ensemble, its file and rows; everything follows from the seed."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.version = int(self.rng.choice([1, 3, 5]))
        self.classes = 0 if self.version == 5 else int(self.rng.choice([0, 2, 2, 3]))
        self.kind = str(self.rng.choice(tuple(KINDS) if self.classes else ("float32", "float64")))
        self.mixed = bool(self.rng.random() < 0.5)
        self.mode = str(self.rng.choice(MODES[:4]))
        self.thresholds: list[float] = []
        self.trees = [self._tree(int(self.rng.integers(0, 4))) for _ in range(int(self.rng.integers(1, 6)))]
        self.file = self._file()

    def _tree(self, depth: int) -> Any:
        if depth == 0 or self.rng.random() < 0.15:
            return round(float(self.rng.normal()), 3)
        threshold = float(np.float32(np.round(self.rng.normal(), 1)))
        if self.kind.startswith("int"):
            threshold = float(self.rng.integers(-2, 3))
        elif self.rng.random() < 0.05:
            threshold = float(self.rng.choice([np.inf, -np.inf, np.finfo(np.float32).max]))
        self.thresholds.append(threshold)
        mode = str(self.rng.choice(MODES)) if self.mixed else self.mode
        split = (int(self.rng.integers(0, 4)), mode, threshold, int(self.rng.integers(0, 2)))
        return (*split, self._tree(depth - 1), self._tree(depth - 1))

    def rows(self, count: int) -> pd.DataFrame:
        """Rows on thresholds, next to them, anywhere, missing and infinite."""
        if self.kind.startswith("int"):
            return pd.DataFrame(self.rng.integers(-3, 4, (count, 4)), columns=list(COLUMNS))
        kind: type[Any] = np.float32 if self.kind == "float32" else np.float64
        finite = [item for item in self.thresholds if np.isfinite(item)] or [0.0]
        values = self.rng.choice(np.array(finite), (count, 4)).astype(kind)
        way = self.rng.integers(0, 6, values.shape)
        with np.errstate(over="ignore"):
            above = np.nextafter(values, kind(np.inf))
        values = np.where(way == 1, above, values)
        values = np.where(way == 2, np.nextafter(values, kind(-np.inf)), values)
        values = np.where(way == 3, self.rng.normal(size=values.shape).astype(kind), values)
        values[(way == 4) & (self.rng.random(values.shape) < 0.4)] = np.nan
        values[(way == 5) & (self.rng.random(values.shape) < 0.1)] = np.inf
        return pd.DataFrame(values, columns=list(COLUMNS))

    def _file(self) -> bytes:
        node = self._newest() if self.version == 5 else self._listed()
        outputs = [
            helper.make_tensor_value_info("y", KINDS[self.kind] if self.version == 5 else TensorProto.FLOAT, [None, 1])
        ]
        if self.classes:
            outputs = [
                helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
                helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, self.classes]),
            ]
        inputs = [helper.make_tensor_value_info("x", KINDS[self.kind], [None, 4])]
        graph = helper.make_graph([node], "fuzzed", inputs, outputs)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", self.version)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        model.metadata_props.add(key="feature_names", value=json.dumps(COLUMNS))
        return bytes(model.SerializeToString())

    def _listed(self) -> Any:
        """The form of ai.onnx.ml 1 to 4: one line for each node."""
        nodes: list[tuple[Any, ...]] = []
        leaves: list[tuple[int, int, int, float]] = []
        one = self.classes == 2 and self.rng.random() < 0.6
        side = int(self.rng.integers(0, 2))
        positive = bool(self.rng.random() < 0.3)

        def add(tree: int, item: Any) -> int:
            at = sum(1 for line in nodes if line[0] == tree)
            if isinstance(item, float):
                nodes.append((tree, at, 0, "LEAF", 0.0, 0, 0, 0))
                for target in [side] if one else range(max(1, self.classes)):
                    value = item if target == 0 or one else round(item * (0.5 - target), 3)
                    leaves.append((tree, at, target, abs(value) if positive else value))
                return at
            feature, mode, threshold, missing, yes, no = item
            place = len(nodes)
            nodes.append(())
            nodes[place] = (tree, at, feature, mode, threshold, 0, 0, missing)
            first, second = add(tree, yes), add(tree, no)
            nodes[place] = (tree, at, feature, mode, threshold, first, second, missing)
            return at

        for tree, item in enumerate(self.trees):
            add(tree, item)
        names = (
            "treeids",
            "nodeids",
            "featureids",
            "modes",
            "values",
            "truenodeids",
            "falsenodeids",
            "missing_value_tracks_true",
        )
        table = {f"nodes_{name}": list(column) for name, column in zip(names, zip(*nodes, strict=True), strict=True)}
        kind = "class" if self.classes else "target"
        ends = zip(("treeids", "nodeids", "ids", "weights"), zip(*leaves, strict=True), strict=True)
        table |= {f"{kind}_{name}": list(column) for name, column in ends}
        outputs = max(1, self.classes)
        length = int(self.rng.choice([0, outputs] if outputs == 3 else [0, 1, outputs]))
        if length:
            table["base_values"] = [round(float(item), 2) for item in self.rng.normal(size=length)]
        if self.classes:
            posts = ["NONE", "LOGISTIC", "SOFTMAX"]
            table |= {"classlabels_int64s": list(range(self.classes)), "post_transform": str(self.rng.choice(posts))}
            return helper.make_node("TreeEnsembleClassifier", ["x"], ["label", "y"], domain="ai.onnx.ml", **table)
        table |= {"n_targets": 1}
        if self.rng.random() < 0.3:
            table["aggregate_function"] = "AVERAGE"
        return helper.make_node("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", **table)

    def _newest(self) -> Any:
        """The form of ai.onnx.ml 5: branches and leaves in tables of their own."""
        branches: list[list[Any]] = []
        leaves: list[float] = []

        def add(item: Any) -> tuple[int, int]:
            if isinstance(item, float):
                leaves.append(item)
                return len(leaves) - 1, 1
            feature, mode, threshold, missing, yes, no = item
            place = len(branches)
            branches.append([])
            (first, first_leaf), (second, second_leaf) = add(yes), add(no)
            branches[place] = [feature, MODES.index(mode), threshold, missing, first, first_leaf, second, second_leaf]
            return place, 0

        roots = []
        for item in self.trees:
            place, leaf = add(item if not isinstance(item, float) else (0, MODES[0], 0.0, 0, item, item))
            assert not leaf
            roots.append(place)
        kind = np.dtype(self.kind)
        codes = np.array([(0, 1, 2, 3, 4, 5)[line[1]] for line in branches], np.uint8)
        return helper.make_node(
            "TreeEnsemble", ["x"], ["y"], domain="ai.onnx.ml", n_targets=1, tree_roots=roots,
            aggregate_function=int(self.rng.choice([0, 1])), post_transform=0,
            nodes_featureids=[line[0] for line in branches], nodes_modes=numpy_helper.from_array(codes, "m"),
            nodes_splits=numpy_helper.from_array(np.array([line[2] for line in branches], kind), "s"),
            nodes_missing_value_tracks_true=[line[3] for line in branches],
            nodes_truenodeids=[line[4] for line in branches], nodes_trueleafs=[line[5] for line in branches],
            nodes_falsenodeids=[line[6] for line in branches], nodes_falseleafs=[line[7] for line in branches],
            leaf_targetids=[0] * len(leaves), leaf_weights=numpy_helper.from_array(np.array(leaves, kind), "w"),
        )  # fmt: skip
