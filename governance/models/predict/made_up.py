"""Rows that nobody brought: plausible values for every input of a model, the same at each call, to try it on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from governance.models.graph.reading import inputs_of, parse_model, shape_of
from governance.models.graph.session import RowByRow
from governance.subject import InputTensor, Signature

if TYPE_CHECKING:
    import onnx
    import onnxruntime
    import pandas as pd
    from numpy.typing import NDArray

ROWS: Final = 5
LABELLED: Final = 60
"""Made-up rows on which labels are held against scores."""
CLOSE: Final = 1e-3
"""How far answers may lie apart and still be the same: batches change the order of additions in single precision."""


def made_up(
    graph: onnx.GraphProto, inputs: tuple[InputTensor, ...], rows: int = ROWS, spread: float = 1.0
) -> dict[str, NDArray[np.generic]]:
    """Return rows of plausible values per input, the same at each call; text is taken from the categories in the graph."""
    rng = np.random.default_rng(5)
    ranks = {item.name: len(shape_of(item)) for item in inputs_of(graph)}
    feeds: dict[str, NDArray[np.generic]] = {}
    for item in inputs:
        size = (rows, max(1, item.width))
        if item.dtype == "string":
            words = _categories(graph, item.name) or [""]
            values: NDArray[np.generic] = np.array(rng.choice(np.array(words, dtype=object), size), dtype=object)
        elif item.dtype in ("float16", "float32", "float64"):
            values = np.round(rng.normal(size=size) * spread, 3).astype(item.dtype)
        else:
            values = rng.integers(0, 2, size).astype(item.dtype)
        feeds[item.name] = values[:, 0] if ranks[item.name] == 1 else values
    return feeds


def made_up_frame(file: bytes, signature: Signature) -> pd.DataFrame:
    """Return made-up rows by raw column."""
    import pandas as pd

    feeds = made_up(parse_model(file).graph, signature.inputs, LABELLED)
    blocks = [np.asarray(feeds[item.name]).reshape(LABELLED, -1) for item in signature.inputs]
    values = [block[:, at] for block in blocks for at in range(block.shape[1])]
    return pd.DataFrame(dict(zip(signature.columns, values, strict=True)))


def _categories(graph: onnx.GraphProto, name: str) -> list[str]:
    for node in graph.node:
        if name in node.input and node.op_type in ("OneHotEncoder", "LabelEncoder"):
            for attribute in node.attribute:
                if attribute.name in ("cats_strings", "keys_strings") and attribute.strings:
                    return [word.decode("utf-8", "replace") for word in list(attribute.strings)[:50]]
    return []


def takes_many_rows(session: onnxruntime.InferenceSession, graph: onnx.GraphProto, signature: Signature) -> bool:
    """Tell whether a graph that was declared for one row answers several rows together as it answers each alone."""
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    feeds = made_up(graph, signature.inputs)
    try:
        together, alone = session.run(None, feeds), RowByRow(session).run(None, feeds)
    except (errors.Fail, errors.InvalidArgument, errors.RuntimeException, errors.NotImplemented):
        return False
    return all(same(one, other, CLOSE) for one, other in zip(together, alone, strict=True))


def same(a: object, b: object, close: float) -> bool:
    """Say whether two answers of a model agree: numbers within `close`, and with 0 every label too."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(
            same(np.array(list(x.values())), np.array(list(y.values())), close) for x, y in zip(a, b, strict=True)
        )
    left, right = np.asarray(a), np.asarray(b)
    if left.shape != right.shape:
        return False
    if left.dtype.kind in "fc":
        return bool(np.allclose(left, right, rtol=close, atol=close, equal_nan=True))
    return bool((left == right).mean() == 1) if close == 0 else True
