"""Rows that a sample may lack: zeros, missing values, thresholds of trees and their neighbours, categories never seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.graph.reading import inputs_of, parse_model, read_inputs
from governance.models.graph.trees import TREE_OPERATORS, parse_trees

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["a zero", "a missing value", "values at thresholds", "a category never seen"]
UNSEEN: Final = "never seen before"
_MOST: Final = 5_000
"""Most rows with thresholds; spread evenly when there are more."""
_STEPS: Final = 4
"""How many numbers of single precision a neighbour lies away: nearer ones differ by rounding alone."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Rows of one kind."""

    kind: Kind
    frame: pd.DataFrame


def probes(model: bytes, sample: pd.DataFrame, columns: tuple[str, ...]) -> tuple[Probe, ...]:
    """Return rows of the sample with one value changed each.

    Args:
        model: an ONNX file; the thresholds of trees that stand right behind its inputs are taken from it.
        sample: at least one row.
        columns: raw columns of the model, in order.
    """
    numeric = [name for name in columns if pd.api.types.is_numeric_dtype(sample[name].dtype)]
    numeric = [name for name in numeric if not pd.api.types.is_bool_dtype(sample[name].dtype)]
    words = [name for name in columns if name not in numeric and not pd.api.types.is_bool_dtype(sample[name].dtype)]
    changes: dict[Kind, list[tuple[str, object]]] = {
        "a zero": [(name, 0.0) for name in numeric],
        "a missing value": [(name, np.nan) for name in numeric],
        "values at thresholds": [
            (name, value) for name, value in _thresholds(model, columns) if name in numeric
        ],
        "a category never seen": [(name, UNSEEN) for name in words],
    }  # fmt: skip
    return tuple(Probe(kind, _changed(sample, listed)) for kind, listed in changes.items() if listed)


def _changed(sample: pd.DataFrame, changes: list[tuple[str, object]]) -> pd.DataFrame:
    """Return one row of the sample for each change, with this value in its column."""
    if len(changes) > _MOST:
        changes = [changes[at] for at in np.linspace(0, len(changes) - 1, _MOST).astype(int)]
    frame = sample.iloc[np.arange(len(changes)) % len(sample)].reset_index(drop=True)
    found = {str(name): frame[name].to_numpy(dtype=object) for name in frame.columns}
    for row, (name, value) in enumerate(changes):
        found[name][row] = value
    made = pd.DataFrame(found)
    for name in frame.columns:
        if pd.api.types.is_bool_dtype(frame[name].dtype):
            made[name] = made[name].astype(frame[name].dtype)
        elif pd.api.types.is_numeric_dtype(frame[name].dtype):
            made[name] = pd.to_numeric(made[name]).astype(np.float64)
    return made


def _thresholds(model: bytes, columns: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """Yield column and value for each threshold, with a number on either side of it."""
    parsed = parse_model(model)
    first, start = {}, 0
    for tensor in read_inputs(parsed.graph, columns):
        first[tensor.name] = start
        start += tensor.width
    known = {item.name for item in inputs_of(parsed.graph)}
    for node in parsed.graph.node:
        if node.op_type in TREE_OPERATORS and node.input[0] in known:
            try:
                splits = parse_trees(node).splits
            except RefusedInputError:
                continue
            categories = {item.feature for item in splits.memberships}  # their numbers have no neighbours
            for feature in sorted(set(splits.feature[splits.feature >= 0].tolist()) - categories):
                for value in _around(splits.threshold[splits.feature == feature]):
                    yield columns[first[node.input[0]] + feature], value


def _around(thresholds: NDArray[np.float64]) -> list[float]:
    values = np.unique(thresholds[np.isfinite(thresholds)])
    away = _STEPS * np.spacing(np.abs(values).astype(np.float32)).astype(np.float64)
    found = np.concatenate([values[values == np.round(values, 6)], values - away, values + away])
    return [float(value) for value in found if abs(value) < np.finfo(np.float32).max]
