"""Linear stages of ONNX files as a matrix of weights: score = weights @ encoded row + intercept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.graph.trace import folded
from governance.models.graph.trees import attributes

if TYPE_CHECKING:
    import onnx

_CARRIES: Final = frozenset({"Cast", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"})


@dataclass(frozen=True, slots=True)
class LinearStage:
    """The weights of a linear classifier, a linear regression or one dense layer."""

    weights: NDArray[np.float64]
    """(scores, encoded columns)."""
    intercept: NDArray[np.float64]
    """(scores,)."""


def parse_linear(node: onnx.NodeProto, model: onnx.ModelProto, width: int) -> LinearStage:
    """Return the weights of a LinearClassifier, LinearRegressor, Gemm or MatMul node, the constant that is added behind it included.

    Sources: the operator specifications of ai.onnx.ml 1, of Gemm and of MatMul.

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
    if node.op_type == "MatMul":
        return _from_product(node, model)
    coefficients = np.asarray(found.get("coefficients", ()), dtype=np.float64)
    if not len(coefficients) or len(coefficients) % width:
        raise RefusedInputError(
            f"The linear stage has {len(coefficients)} weights for {width} columns.", "Convert the model again."
        )
    weights = coefficients.reshape(-1, width)
    intercept = np.asarray(found.get("intercepts", ()), dtype=np.float64)
    if len(intercept) not in (0, len(weights)):
        raise RefusedInputError(
            f"The linear stage has {len(coefficients)} weights and {len(intercept)} constants for {width} columns.",
            "Convert the model again: the file does not read all of its weights.",
        )
    return LinearStage(weights, intercept if len(intercept) else np.zeros(len(weights)))


def _from_gemm(node: onnx.NodeProto, model: onnx.ModelProto, found: dict[str, object]) -> LinearStage:
    constants = constants_of(model)
    names = [name for name in node.input[1:] if name]
    if any(name not in constants for name in names) or found.get("transA"):
        raise RefusedInputError("The weights of the dense layer are not constant.", "Use the sampled way.")
    arrays = [np.asarray(constants[name], dtype=np.float64) for name in names]
    weights = arrays[0] if found.get("transB") else arrays[0].T
    weights = weights * float(str(found.get("alpha", 1.0)))
    shift = arrays[1].ravel() * float(str(found.get("beta", 1.0))) if len(arrays) > 1 else np.zeros(1)
    return LinearStage(weights, np.broadcast_to(shift, (len(weights),)).copy())


def _from_product(node: onnx.NodeProto, model: onnx.ModelProto) -> LinearStage:
    constants = constants_of(model)
    weights = constants.get(node.input[1])
    if weights is None or weights.ndim not in (1, 2):
        raise RefusedInputError("The weights of the dense layer are not constant.", "Use the sampled way.")
    weights = weights.reshape(len(weights), -1)
    added = added_behind(node, model)
    shift = np.zeros(1) if added is None else np.asarray(constants[added[1]], dtype=np.float64).ravel()
    return LinearStage(
        np.asarray(weights, dtype=np.float64).T, np.broadcast_to(shift, (weights.shape[1],)).astype(np.float64)
    )


def added_behind(node: onnx.NodeProto, model: onnx.ModelProto) -> tuple[onnx.NodeProto, str] | None:
    """Return the one node that adds a constant row to the result of a product, and the name of the constant; None without one."""
    users = [item for item in model.graph.node if node.output[0] in item.input]
    constants = constants_of(model)
    if len(users) != 1 or users[0].op_type != "Add" or node.output[0] in {item.name for item in model.graph.output}:
        return None
    other = next((name for name in users[0].input if name != node.output[0]), "")
    return (users[0], other) if other in constants and constants[other].squeeze().ndim <= 1 else None


def constants_of(model: onnx.ModelProto) -> dict[str, NDArray[Any]]:
    """Return the stored tensors of a graph by name, and what nodes make of them alone (weights that are cast or turned)."""
    from onnx import numpy_helper

    found = {item.name: np.asarray(numpy_helper.to_array(item)) for item in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            tensors = [item.t for item in node.attribute if item.name == "value"]
            found |= {name: np.asarray(numpy_helper.to_array(item)) for name in node.output for item in tensors}
        elif node.op_type in _CARRIES and all(name in found for name in node.input):
            values = folded(node, [found[name] for name in node.input])
            found |= {name: np.asarray(value) for name, value in zip(node.output, values, strict=True)}
    return found
