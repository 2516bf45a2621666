"""By how much two honest computations of the same model may differ: another processor adds up in another order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.models import GraphPredictor, TreeEnsemble, parse_model
from governance.serving.ground import Ground

if TYPE_CHECKING:
    import onnx

EPS: Final = float(np.finfo(np.float32).eps)
"""Relative rounding of a single-precision number, 2^-23."""
_STEEPEST: Final = {"NONE": 1.0, "LOGISTIC": 0.25, "SOFTMAX": 0.5, "SOFTMAX_ZERO": 0.5, "PROBIT": 0.4}
"""Largest slope of what an operator does to its sums."""
_OF_EXP: Final = 4
"""Roundings of the exponential and the division at the end, in which libraries differ."""
_SAFETY: Final = 8
"""A net's distance to its evaluation in double precision is taken so many times: another order may round the other way."""
_TAKEN: Final = 1e-5
"""Where nothing can be derived."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A largest difference, and where it comes from."""

    value: float
    """In units of the score, at least 0."""
    why: str
    """One sentence."""


def of_trees(trees: TreeEnsemble) -> Tolerance:
    """Return the bound for sums of leaves: (trees + 2) x eps x the sum over trees of the largest |leaf|, through the steepest slope.

    Source: the error bound of recursive summation, Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, 4.2.
    """
    leaf = np.abs(trees.value).max(axis=1)
    where = _tree_of(trees)
    largest = np.zeros(len(trees.roots))
    np.maximum.at(largest, where, leaf)
    total = float(largest.sum() + np.abs(trees.base).max(initial=0.0))
    value = (len(trees.roots) + 2) * EPS * total * _STEEPEST[trees.post] + _OF_EXP * EPS * _unit(trees, total)
    return Tolerance(
        value, f"{len(trees.roots)} leaves are added up in single precision, in whatever order: at most {value:.1e}."
    )


def _unit(trees: TreeEnsemble, total: float) -> float:
    return 1.0 if trees.post != "NONE" else total


def _tree_of(trees: TreeEnsemble) -> NDArray[np.int64]:
    """Return (nodes,) the number of the tree that each node belongs to."""
    found = np.full(len(trees.splits.feature), -1, dtype=np.int64)
    found[trees.roots] = np.arange(len(trees.roots))
    ahead = trees.roots
    while len(ahead):
        inner = ahead[~trees.splits.leaf[ahead]]
        for side in (trees.splits.left, trees.splits.right):
            found[side[inner]] = found[inner]
        ahead = np.concatenate((trees.splits.left[inner], trees.splits.right[inner]))
    return found


def of_weights(ground: Ground, *, classes: bool) -> Tolerance:
    """Return the bound for a weighted sum: (columns + 6) x eps x the largest sum of |weight x value|; 4 of the 6 are the encoding's."""
    stage = ground.cut.linear()
    total = float((np.abs(ground.encoded) @ np.abs(stage.weights.T) + np.abs(stage.intercept)).max())
    columns = stage.weights.shape[1]
    value = (columns + 6) * EPS * total * (0.5 if classes else 1.0) + _OF_EXP * EPS * (1.0 if classes else total)
    return Tolerance(value, f"{columns} products are added up in single precision: at most {value:.1e}.")


def of_graph(model: GraphPredictor, frame: pd.DataFrame, score: NDArray[np.float64]) -> Tolerance:
    """Return a bound for any other graph: its distance to the same graph in double precision, `_SAFETY` times."""
    size = max(1.0, float(np.abs(score).max(initial=0.0)))
    try:
        exact = _in_double(model, frame)
    except Exception as error:  # noqa: BLE001 - the evaluator raises whatever its operators raise; the reason is told
        return Tolerance(
            _TAKEN * size,
            f"The graph could not be evaluated in double precision ({type(error).__name__}); {_TAKEN:g} is taken.",
        )
    if exact.shape != score.shape and exact.reshape(len(score), -1).shape != score.shape:
        return Tolerance(
            _TAKEN * size, f"The graph's output has another shape in double precision; {_TAKEN:g} is taken."
        )
    apart = float(np.abs(exact.reshape(score.shape) - score).max(initial=0.0))
    value = _SAFETY * apart + _OF_EXP * EPS * size
    return Tolerance(value, f"{_SAFETY} times the distance of {apart:.1e} to the same graph in double precision.")


def _in_double(model: GraphPredictor, frame: pd.DataFrame) -> NDArray[np.float64]:
    from onnx.reference import ReferenceEvaluator

    wide = widened(parse_model(model.file))
    output = model.signature.score_output or model.signature.label_output
    evaluator: Callable[..., Any] = ReferenceEvaluator(wide).run
    feeds = {name: value.astype(np.float64) for name, value in model.feeds(frame).items() if value.dtype.kind == "f"}
    return np.asarray(evaluator([output], {**model.feeds(frame), **feeds})[0], dtype=np.float64)


def widened(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a copy of a graph whose stored single-precision numbers and casts to them are in double precision."""
    import onnx
    from onnx import numpy_helper

    wide = onnx.ModelProto()
    wide.CopyFrom(model)
    for tensor in wide.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float64), tensor.name))
    for node in wide.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == onnx.TensorProto.FLOAT:
                attribute.i = onnx.TensorProto.DOUBLE
            if attribute.HasField("t") and attribute.t.data_type == onnx.TensorProto.FLOAT:
                attribute.t.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(attribute.t).astype(np.float64)))
    return wide
