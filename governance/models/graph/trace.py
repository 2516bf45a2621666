"""Which raw columns each encoded column is made from, read off the graph without running it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.graph.trees import attributes

if TYPE_CHECKING:
    import onnx

Parents = NDArray[np.object_]
"""Like the tensor, with one row; each item an int whose bit j says that raw column j takes part."""
Constant = NDArray[Any]
_SAME_SHAPE: Final = frozenset({
    "Identity", "Cast", "CastLike", "Scaler", "Imputer", "LabelEncoder", "CategoryMapper", "Binarizer", "Abs", "Neg", "Exp", "Log",
    "Sqrt", "Sign", "Floor", "Ceil", "Round", "IsNaN", "IsInf", "Not", "Clip", "Relu", "Sigmoid", "Tanh", "StringNormalizer", "Erf",
    "BatchNormalization", "Reciprocal", "Softplus", "LeakyRelu", "Sin", "Cos", "Dropout",
})  # fmt: skip
_BROADCAST: Final = frozenset({
    "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Max", "Min", "Where", "And", "Or", "Xor", "Equal", "Less", "LessOrEqual", "Greater",
    "GreaterOrEqual", "StringConcat", "Sum", "Mean", "PRelu", "BitwiseAnd", "BitwiseOr", "BitwiseXor",
})  # fmt: skip
_REDUCES: Final = (
    "ReduceSum", "ReduceMax", "ReduceMin", "ReduceMean", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ArgMax", "ArgMin",
)  # fmt: skip
_MIXES_ROW: Final = frozenset({"Normalizer", "Softmax", "LogSoftmax", "LpNormalization"})
_join = np.frompyfunc(lambda one, other: one | other, 2, 1)


def trace(model: onnx.ModelProto, widths: Mapping[str, int], tensor: str) -> tuple[frozenset[int], ...]:
    """Return for each column of `tensor` the raw columns that it is made from.

    The graph is walked with sets of columns in place of numbers: Concat joins them, OneHotEncoder repeats them, Gather picks
    some, a matrix product unites those with a weight that is not zero.

    Args:
        model: the ONNX model.
        widths: name of each graph input -> number of raw columns in it, in order.
        tensor: name of a tensor of shape (rows, encoded columns).

    Raises:
        RefusedInputError: an operator whose columns cannot be followed.
    """
    known = _sources(model, widths)
    for node in model.graph.node:
        if tensor in known:
            break
        for name, value in zip(node.output, _follow(node, [known.get(name) for name in node.input]), strict=False):
            known[name] = value
    found = known.get(tensor)
    if found is None or found.dtype != object or found.ndim != 2:
        raise RefusedInputError(
            f"The columns of tensor {tensor!r} cannot be followed to the model's inputs.", "Use the sampled way."
        )
    return tuple(frozenset(bit for bit in range(mask.bit_length()) if mask >> bit & 1) for mask in found[0])


def _sources(model: onnx.ModelProto, widths: Mapping[str, int]) -> dict[str, Parents | Constant | None]:
    from onnx import numpy_helper

    known: dict[str, Parents | Constant | None] = {"": None}
    ranks = {item.name: len(item.type.tensor_type.shape.dim) for item in model.graph.input}
    first = 0
    for name, width in widths.items():
        own = np.array([[1 << (first + at) for at in range(width)]], dtype=object)
        known[name] = own[:, 0] if ranks.get(name) == 1 else own
        first += width
    for item in model.graph.initializer:
        known[item.name] = _plain(numpy_helper.to_array(item))
    return known


def _plain(value: NDArray[Any]) -> Constant:
    """Return a constant that is never mistaken for sets of columns: text becomes a numpy string."""
    return value.astype(str) if value.dtype == object else value


def _follow(node: onnx.NodeProto, inputs: list[Parents | Constant | None]) -> list[Parents | Constant | None]:
    if node.op_type == "Constant":
        found = attributes(node)
        return [_plain(np.asarray(next(iter(found.values()))))]
    masks = [value for value in inputs if value is not None and value.dtype == object]
    if not masks:
        return folded(node, inputs)
    if node.op_type in _SAME_SHAPE:
        return [masks[0]]
    if node.op_type in _BROADCAST:
        return [_broadcast(_without_zeros(inputs) if node.op_type == "Mul" else inputs)]
    if node.op_type in _MIXES_ROW:
        return [np.full(masks[0].shape, _all(masks[0]), dtype=object)]
    if node.op_type not in _SHAPED:
        raise RefusedInputError(
            f"The operator {node.op_type} stands between the model's inputs and its trees or weights; its columns cannot be "
            "followed.",
            "Use the sampled way: --method permutation.",
        )
    try:
        return _SHAPED[node.op_type](inputs, attributes(node))
    except (ValueError, IndexError, TypeError, KeyError) as error:
        raise RefusedInputError(
            f"The columns that pass through the operator {node.op_type} cannot be followed: {error}.",
            "Use the sampled way: --method permutation.",
        ) from error


def folded(node: onnx.NodeProto, inputs: Sequence[Parents | Constant | None]) -> list[Parents | Constant | None]:
    """Return what a node makes of constants alone, by the operator's own reference implementation.

    Raises:
        RefusedInputError: it cannot be worked out.
    """
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    names = [name for name in node.input if name]
    graph = helper.make_graph(
        [node],
        "constant",
        [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in names],
        [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in node.output],
    )
    try:
        given = {name: value for name, value in zip(node.input, inputs, strict=True) if name}
        return list(ReferenceEvaluator(helper.make_model(graph)).run(None, given))
    except Exception as error:
        raise RefusedInputError(
            f"The constant that {node.op_type} makes cannot be worked out: {str(error)[:120]}.", "Use the sampled way."
        ) from error


def _all(mask: Parents) -> int:
    return int(np.bitwise_or.reduce(mask.ravel())) if mask.size else 0


def _masks(value: Parents | Constant | None) -> Parents:
    """Return a constant as sets of no column; sets stay."""
    if value is None:
        raise ValueError("an input is missing")
    return value if value.dtype == object else np.zeros(value.shape, dtype=object)


def _broadcast(inputs: list[Parents | Constant | None]) -> Parents:
    found: Any = np.zeros((1, 1), dtype=object)
    for value in inputs:
        found = _join(found, _masks(value))
    return np.asarray(found, dtype=object)


def _without_zeros(inputs: list[Parents | Constant | None]) -> list[Parents | Constant | None]:
    """Return the factors of a product: what a constant 0 multiplies bears on nothing (a missing value would; `Cut.confirm` looks)."""
    nothing: Any = np.zeros((1, 1), dtype=bool)
    for value in inputs:
        if value is not None and value.dtype != object and value.dtype.kind in "fiu":
            nothing = nothing | (value == 0)
    if not nothing.any():
        return inputs
    return [np.where(nothing, 0, value) if value is not None and value.dtype == object else value for value in inputs]


def _integers(value: Any) -> list[int]:
    return [int(item) for item in np.asarray(value).ravel()]


Values = list[Parents | Constant | None]
Options = dict[str, Any]


def _concat(inputs: Values, options: Options) -> Values:
    axis = int(options["axis"])
    return [np.concatenate([_masks(value) for value in inputs], axis=axis)]


def _one_hot(inputs: Values, options: Options) -> Values:
    size = max(len(options.get(name, ())) for name in ("cats_int64s", "cats_strings"))
    mask = _masks(inputs[0])
    return [np.repeat(mask[..., None], size, axis=-1)]


def _reshape(inputs: Values, options: Options) -> Values:  # noqa: ARG001 - all followers have one signature
    mask = _masks(inputs[0])
    shape = [mask.shape[at] if size == 0 else size for at, size in enumerate(_integers(inputs[1]))]
    return [mask.reshape([1, *shape[1:]])]


def _flatten(inputs: Values, options: Options) -> Values:
    mask = _masks(inputs[0])
    if int(options.get("axis", 1)) != 1:
        raise ValueError("rows and columns change places")
    return [mask.reshape(1, -1)]


def _axes(inputs: Values, options: Options) -> list[int]:
    return _integers(inputs[1] if len(inputs) > 1 and inputs[1] is not None else options.get("axes", ()))


def _squeeze(inputs: Values, options: Options) -> Values:
    axes = _axes(inputs, options)
    if 0 in axes or not axes:
        raise ValueError("the rows' own axis is removed")
    return [np.squeeze(_masks(inputs[0]), axis=tuple(axes))]


def _unsqueeze(inputs: Values, options: Options) -> Values:
    axes = _axes(inputs, options)
    if 0 in axes:
        raise ValueError("an axis is put before the rows")
    return [np.expand_dims(_masks(inputs[0]), axis=tuple(axes))]


def _gather(inputs: Values, options: Options) -> Values:
    mask, axis = _masks(inputs[0]), int(options.get("axis", 0))
    chosen = inputs[1]
    if chosen is None or chosen.dtype == object or axis % mask.ndim == 0:
        raise ValueError("rows, or positions that depend on the row, are picked")
    return [np.take(mask, np.asarray(chosen, dtype=np.int64), axis=axis)]


def _extract(inputs: Values, options: Options) -> Values:  # noqa: ARG001
    return [np.take(_masks(inputs[0]), _integers(inputs[1]), axis=-1)]


def _slice(inputs: Values, options: Options) -> Values:
    mask = _masks(inputs[0])
    given = [options.get(name) if len(inputs) < 2 else None for name in ("starts", "ends", "axes", "steps")]
    found = [*inputs[1:], None, None, None, None][:4] if len(inputs) > 1 else given
    starts, ends = _integers(found[0]), _integers(found[1])
    axes = _integers(found[2]) if found[2] is not None else list(range(len(starts)))
    steps = _integers(found[3]) if found[3] is not None else [1] * len(starts)
    cut = [slice(None)] * mask.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        if axis % mask.ndim == 0:
            raise ValueError("rows are picked")
        cut[axis] = slice(start, end, step)
    return [mask[tuple(cut)]]


def _split(inputs: Values, options: Options) -> Values:
    mask, axis = _masks(inputs[0]), int(options.get("axis", 0))
    sizes = inputs[1] if len(inputs) > 1 else options.get("split")
    if axis % mask.ndim == 0:
        raise ValueError("rows are split")
    if sizes is None:
        return list(np.split(mask, int(options["num_outputs"]), axis=axis))
    return list(np.split(mask, np.cumsum(_integers(sizes))[:-1], axis=axis))


def _transpose(inputs: Values, options: Options) -> Values:
    order = _integers(options.get("perm", ()))
    if not order or order[0] != 0:
        raise ValueError("rows and columns change places")
    return [np.transpose(_masks(inputs[0]), order)]


def _product(inputs: Values, options: Options) -> Values:
    left, weights = inputs[0], inputs[1]
    if left is None or weights is None or weights.dtype == object or weights.ndim != 2 or options.get("transA"):
        raise ValueError("the weights are not constant")
    weights = weights.T if options.get("transB") else weights
    mask = _masks(left).reshape(-1)
    united = [_all(mask[weights[:, at] != 0]) for at in range(weights.shape[1])]
    return [np.array([united], dtype=object)]


def _reduce(inputs: Values, options: Options) -> Values:
    """Unite what is added up, or compared, along other axes than the rows'."""
    mask = _masks(inputs[0])
    axes = [int(options["axis"])] if "axis" in options else _axes(inputs, options)
    axes = [axis % mask.ndim for axis in axes]
    if not axes and options.get("noop_with_empty_axes"):
        return [mask]
    if 0 in axes or not axes:
        raise ValueError("rows are added up")
    found = np.asarray(np.bitwise_or.reduce(mask, axis=tuple(axes), keepdims=True), dtype=object)
    return [found if options.get("keepdims", 1) else np.squeeze(found, axis=tuple(axes))]


def _shape(inputs: Values, options: Options) -> Values:
    return [np.array(_masks(inputs[0]).shape[options.get("start", 0) : options.get("end")], dtype=np.int64)]


def _expand(inputs: Values, options: Options) -> Values:  # noqa: ARG001
    shape = tuple(_integers(inputs[1]))
    return [np.array(np.broadcast_to(mask := _masks(inputs[0]), np.broadcast_shapes(mask.shape, shape)))]


def _tile(inputs: Values, options: Options) -> Values:  # noqa: ARG001
    repeats = _integers(inputs[1])
    if repeats[0] != 1:
        raise ValueError("rows are repeated")
    return [np.tile(_masks(inputs[0]), repeats)]


def _one_hot_of_numbers(inputs: Values, options: Options) -> Values:
    mask, axis = _masks(inputs[0]), int(options.get("axis", -1))
    return [np.repeat(np.expand_dims(mask, axis), _integers(inputs[1])[0], axis=axis)]


def _running_sum(inputs: Values, options: Options) -> Values:
    mask, axis = _masks(inputs[0]), _integers(inputs[1])[0]
    if axis % mask.ndim == 0:
        raise ValueError("rows are added up")
    turned = np.flip(mask, axis) if options.get("reverse") else mask
    found = _join.accumulate(turned, axis=axis)
    return [np.flip(found, axis) if options.get("reverse") else found]


def _vectorize(inputs: Values, options: Options) -> Values:  # noqa: ARG001
    return [np.concatenate([_masks(value) for value in inputs], axis=1)]


_SHAPED: Final[dict[str, Callable[[Values, Options], Values]]] = {
    "ArrayFeatureExtractor": _extract,
    "Concat": _concat,
    "CumSum": _running_sum,
    "Expand": _expand,
    "FeatureVectorizer": _vectorize,
    "Flatten": _flatten,
    "Gather": _gather,
    "Gemm": _product,
    "MatMul": _product,
    "OneHot": _one_hot_of_numbers,
    "OneHotEncoder": _one_hot,
    **dict.fromkeys(_REDUCES, _reduce),
    "Reshape": _reshape,
    "Shape": _shape,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
