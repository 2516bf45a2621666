"""What a model does with missing values that it was never taught."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from governance.models.graph.trees import TREE_OPERATORS, attributes

if TYPE_CHECKING:
    import onnx
    import pandas as pd

_FILLS: Final = frozenset({"Imputer", "IsNaN", "Where"})
_MISSING: Final = "the trees were never taught missing values, and the file treats one as larger than every threshold"
SAID: Final = f"If a row misses a number: {_MISSING}."


def untaught(model: onnx.ModelProto) -> bool:
    """Tell whether the trees of a file send no missing value anywhere on purpose, and nothing before them fills it."""
    trees = [node for node in model.graph.node if node.op_type in TREE_OPERATORS]
    if not trees or any(node.op_type in _FILLS for node in model.graph.node):
        return False
    return not any(any(attributes(node).get("nodes_missing_value_tracks_true", ())) for node in trees)


def missing_rows(frame: pd.DataFrame) -> int:
    """Return how many rows miss a number."""
    return int(frame.select_dtypes("number").isna().any(axis=1).sum())


def said_beside(rows: int, total: int) -> str:
    """Return the sentence for predictions of rows that miss a number."""
    return f"{rows:,} of {total:,} rows miss a number: {_MISSING}."
