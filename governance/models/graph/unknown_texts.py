"""Texts that a file names nowhere: its encoders cannot tell one of them from any other, so that "Bern " is no town that it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.evidence import levels_of
from governance.models.graph.trees import attributes

if TYPE_CHECKING:
    import onnx
    import pandas as pd

_WHOLE: Final = frozenset({"OneHotEncoder", "LabelEncoder", "CategoryMapper", "Equal"})
"""Operators that compare a whole text with texts of the file."""
_CARRY: Final = frozenset({
    "ArrayFeatureExtractor", "Concat", "Flatten", "Gather", "Identity", "Reshape", "Slice", "Split", "Squeeze", "Transpose", "Unsqueeze",
})  # fmt: skip
"""Operators that hand texts on as they are."""
_NAMED: Final = ("cats_strings", "keys_strings")


def known_texts(model: onnx.ModelProto) -> frozenset[str] | None:
    """Return every text that a file compares its inputs with; None where it also reads texts in another way, or reads none."""
    import onnx

    texts = {item.name for item in model.graph.input if item.type.tensor_type.elem_type == onnx.TensorProto.STRING}
    if not texts:
        return None
    for node in model.graph.node:
        if not texts & set(node.input):
            continue
        if node.op_type in _CARRY:
            texts |= set(node.output)
        elif node.op_type not in _WHOLE:
            return None
    return frozenset(_texts(model))


def _texts(model: onnx.ModelProto) -> Iterator[str]:
    from onnx import TensorProto, numpy_helper

    tensors = [*model.graph.initializer]
    for node in model.graph.node:
        found = attributes(node)
        for name in _NAMED:
            yield from map(_text, found.get(name, ()))
        tensors += [item.t for item in node.attribute if item.HasField("t")]
    for tensor in tensors:
        if tensor.data_type == TensorProto.STRING:
            yield from map(_text, numpy_helper.to_array(tensor).ravel())


def _text(found: object) -> str:
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)


def unknown_rows(frame: pd.DataFrame, known: frozenset[str]) -> dict[str, int]:
    """Return the columns of text that hold unknown texts, each with the number of such rows; missing cells do not count."""
    found = {}
    for name in frame.select_dtypes(exclude=["number", "bool", "boolean", "datetime", "datetimetz"]).columns:
        codes, names = levels_of(frame[name])
        strange = np.append([text not in known for text in names], False)
        rows = int(strange[codes].sum())
        if rows:
            found[str(name)] = rows
    return found


def said_of_texts(unknown: Mapping[str, int], total: int) -> tuple[str, ...]:
    """Return a sentence for each column with unknown texts."""
    return tuple(
        f"{rows:,} of {total:,} rows hold a text in {name!r} that the file does not name: its encoders take it for unknown. "
        "Look for other spellings and spaces."
        for name, rows in unknown.items()
    )
