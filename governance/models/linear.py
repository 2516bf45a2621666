"""Linear stages of ONNX files as a matrix of weights: score = weights @ encoded row + intercept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from governance.errors import RefusedInputError
from governance.models.trees import attributes

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True)
class LinearStage:
    """The weights of a linear classifier, a linear regression or one dense layer."""

    weights: NDArray[np.float64]
    """(scores, encoded columns)."""
    intercept: NDArray[np.float64]
    """(scores,)."""


def parse_linear(node: onnx.NodeProto, model: onnx.ModelProto, width: int) -> LinearStage:
    """Return the weights of a LinearClassifier, LinearRegressor or Gemm node.

    Sources: the operator specifications of ai.onnx.ml 1 and of Gemm.

    Args:
        node: the stage.
        model: the model that holds a Gemm's weights.
        width: number of encoded columns.

    Raises:
        RefusedInputError: the weights are not constant, or do not fit the number of columns.
    """
    found = attributes(node)
    if node.op_type == "Gemm":
        return _from_gemm(node, model, found)
    coefficients = np.asarray(found.get("coefficients", ()), dtype=np.float64)
    if not len(coefficients) or len(coefficients) % width:
        raise RefusedInputError(
            f"The linear stage has {len(coefficients)} weights for {width} columns.", "Convert the model again."
        )
    weights = coefficients.reshape(-1, width)
    intercept = np.asarray(found.get("intercepts", ()), dtype=np.float64)
    return LinearStage(weights, intercept if len(intercept) else np.zeros(len(weights)))


def _from_gemm(node: onnx.NodeProto, model: onnx.ModelProto, found: dict[str, object]) -> LinearStage:
    from onnx import numpy_helper

    constants = {item.name: item for item in model.graph.initializer}
    names = [name for name in node.input[1:] if name]
    if any(name not in constants for name in names) or found.get("transA"):
        raise RefusedInputError("The weights of the dense layer are not constant.", "Use the sampled way.")
    arrays = [np.asarray(numpy_helper.to_array(constants[name]), dtype=np.float64) for name in names]
    weights = arrays[0] if found.get("transB") else arrays[0].T
    weights = weights * float(str(found.get("alpha", 1.0)))
    shift = arrays[1].ravel() * float(str(found.get("beta", 1.0))) if len(arrays) > 1 else np.zeros(1)
    return LinearStage(weights, np.broadcast_to(shift, (len(weights),)).copy())
