"""A lighter copy of a neural net: its weights in 8-bit whole numbers or in half precision.

What it gains and what it changes is measured, never assumed: the copy is another model with a digest of its own, and nobody has approved
it. The numbers are made by ONNX Runtime's quantizer and half-precision converter; refused is what they would leave as it is or make worse.
Decision trees are such a case: their operators have no 8-bit form, and half precision rounds the rows in front of them, which moves people
to the other side of a split while the file stays as large.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from governance.evidence import RefusedInputError
from governance.models.graph.reading import parse_model, signature_of

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

Recipe = Literal["int8-static", "fp16"]
"""8-bit weights with ranges of the inner numbers taken once from given rows; 16-bit floating point.

8-bit weights with ranges that are taken anew at each request ("dynamic") are not among them: there the answer for a person depends on who
else is asked with them, and intake refuses such a model.
"""
RECIPES: Final[tuple[Recipe, ...]] = ("int8-static", "fp16")
WEIGHTED: Final = frozenset({"MatMul", "Gemm", "Conv", "ConvTranspose", "LSTM", "GRU", "RNN"})
"""Operators whose stored weights can be lighter."""
_TREES: Final = "TreeEnsemble"
_LARGEST_HALF: Final = 65504.0
"""Largest number of half precision."""
_AT_ONCE: Final = 256
"""Rows of one reading when ranges are taken."""

Feeds = Mapping[str, "NDArray[np.generic]"]


@dataclass(frozen=True, slots=True)
class Lighter:
    """A lighter copy."""

    data: bytes
    """The ONNX file; names of columns and classes are those of the original."""
    operators: Mapping[str, int]
    """Operators that compute with lighter weights, by their name in the original."""


def lighter(data: bytes, recipe: Recipe, feeds: Feeds | None = None) -> Lighter:
    """Return a copy of a model with lighter weights.

    Args:
        data: bytes of an ONNX file.
        recipe: how the weights are written.
        feeds: input name -> (n, width) tensor of rows that are like those to come; "int8-static" takes its ranges from them.

    Raises:
        RefusedInputError: the model holds no such weights, holds trees, or the copy cannot be made; nothing is guessed.
    """
    model = parse_model(data)
    found = _weighted(model)
    _refuse_what_gains_nothing(model, found, recipe)
    if recipe == "fp16":
        _refuse_what_no_half_holds(model)
        feeds = None
    if recipe == "int8-static" and not (feeds and min(map(len, feeds.values()))):
        raise RefusedInputError(
            "int8-static takes the ranges of the inner numbers from rows; there are none without a missing value.",
            "Give whole rows, or take int8.",
        )
    try:
        with _quiet():
            made = _static(model, feeds) if feeds else _half(model)
    except Exception as error:
        raise RefusedInputError(
            f"The copy could not be made: {type(error).__name__}: {str(error)[:200]}",
            "Try another recipe, or export the net with plain MatMul, Gemm and Conv operators.",
        ) from error
    lost = Counter({kind: count - _weighted(made).get(kind, 0) for kind, count in found.items()})
    changed = dict(found) if recipe == "fp16" else {kind: count for kind, count in lost.items() if count > 0}
    del made.metadata_props[:]
    made.metadata_props.extend(model.metadata_props)
    copy = made.SerializeToString(deterministic=True)
    if not changed or copy == data:
        raise RefusedInputError(f"No operator was changed by {recipe}.", "The model stays as it is; take it as it is.")
    if signature_of(copy) != signature_of(data):
        raise RefusedInputError("The copy takes or gives other tensors than the model.", "Try another recipe.")
    return Lighter(copy, changed)


def _refuse_what_gains_nothing(model: onnx.ModelProto, found: Mapping[str, int], recipe: Recipe) -> None:
    trees = sum(node.op_type.startswith(_TREES) for node in model.graph.node)
    if trees:
        raise RefusedInputError(
            f"{recipe} does nothing for trees: they have no such form, and rounding the rows in front of them moves people to the other "
            "side of a split.",
            "For a faster answer train fewer trees, ask several rows at once, or keep answers ready.",
        )
    if not found:
        kinds = sorted({node.op_type for node in model.graph.node})
        raise RefusedInputError(
            f"The model has no weights that {recipe} could make lighter; its operators are {', '.join(kinds)[:300]}.",
            f"Lighter copies are for neural nets, whose weights stand in {', '.join(sorted(WEIGHTED)[:3])} and their like.",
        )


def _weighted(model: onnx.ModelProto) -> Counter[str]:
    """Return how many operators of each kind read a stored single-precision tensor."""
    import onnx

    stored = {item.name for item in model.graph.initializer if item.data_type == onnx.TensorProto.FLOAT}
    stored |= {
        node.output[0]
        for node in model.graph.node
        if node.op_type == "Constant" and any(item.t.data_type == onnx.TensorProto.FLOAT for item in node.attribute)
    }
    return Counter(
        node.op_type for node in model.graph.node if node.op_type in WEIGHTED and stored.intersection(node.input)
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' advice on tools that are not there away from the person who asked."""
    root = logging.getLogger()
    before = root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _static(model: onnx.ModelProto, feeds: Feeds) -> onnx.ModelProto:
    from onnxruntime.quantization import quantize_static

    total = min(map(len, feeds.values()))
    portions = (slice(start, start + _AT_ONCE) for start in range(0, total, _AT_ONCE))
    parts = iter([{name: value[part] for name, value in feeds.items()} for part in portions])
    reader = SimpleNamespace(get_next=lambda: next(parts, None))  # all that the library asks of one
    kinds = sorted(WEIGHTED)
    return _written(model, lambda source, out: quantize_static(source, out, reader, op_types_to_quantize=kinds))


def _written(model: onnx.ModelProto, make: Callable[[Path, Path], None]) -> onnx.ModelProto:
    """Return what a function of files makes of a model."""
    import onnx

    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        source, out = Path(folder) / "model.onnx", Path(folder) / "lighter.onnx"
        source.write_bytes(model.SerializeToString())
        make(source, out)
        return onnx.ModelProto.FromString(out.read_bytes())


def _half(model: onnx.ModelProto) -> onnx.ModelProto:
    import onnx
    from onnxruntime.quantization.onnx_model import ONNXModel
    from onnxruntime.transformers.float16 import convert_float_to_float16

    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers that become 0: what that changes is measured
        made = ONNXModel(convert_float_to_float16(copy, keep_io_types=True, max_finite_val=_LARGEST_HALF))
    made.topological_sort()  # the converter puts its casts at the end
    sorted_: onnx.ModelProto = made.model
    return sorted_


def _refuse_what_no_half_holds(model: onnx.ModelProto) -> None:
    """Refuse weights that the converter would cut to the largest number that it can write."""
    import onnx
    from onnx import numpy_helper

    for item in model.graph.initializer:
        if item.data_type == onnx.TensorProto.FLOAT:
            largest = float(np.abs(numpy_helper.to_array(item)).max(initial=0.0))
            if not largest <= _LARGEST_HALF:
                raise RefusedInputError(
                    f"Weights {item.name[:80]!r} reach {largest:g}; half precision ends at {_LARGEST_HALF:g}.",
                    "Scale the columns before training, or take int8.",
                )
