"""What challenge rows are made of: rows of the data, the stage of the model that is asked, and the values that stand for others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import RefusedInputError, text_of
from governance.models import Cut, GraphPredictor, TreeEnsemble, parse_model, parse_trees
from governance.serving.forest import thresholds_of
from governance.serving.levels import Levels, number_levels, text_levels
from governance.subject import Dtype, Signature

if TYPE_CHECKING:
    import onnx

MOST_ROWS: Final = 20_000
"""Rows of the data that are looked at; more of them find hardly another leaf."""
_TEXTS: Final = frozenset({"cats_strings", "keys_strings"})
"""Attributes of operators that name the categories which a model was taught."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The rows and the last stage of a model."""

    frame: pd.DataFrame
    """Rows of the data without a missing number, as many as are looked at; numbers as float64, texts as they are."""
    cut: Cut
    encoded: NDArray[np.float64]
    """(rows, encoded columns) what the last stage is asked about."""
    trees: TreeEnsemble | None
    """None for weights."""


@dataclass(frozen=True, slots=True)
class Made:
    """A row that is to be made: a row of the data with some values put in."""

    base: int
    put: Mapping[str, object]
    """Column -> value."""


def dtypes_of(signature: Signature) -> dict[str, Dtype]:
    """Return raw column -> type of the input that it fills."""
    found: dict[str, Dtype] = {}
    start = 0
    for tensor in signature.inputs:
        found.update(dict.fromkeys(signature.columns[start : start + tensor.width], tensor.dtype))
        start += tensor.width
    return found


def usable(frame: pd.DataFrame, signature: Signature, rng: np.random.Generator) -> pd.DataFrame:
    """Return rows that any protocol can carry: no missing number, numbers as float64, texts as texts; at most `MOST_ROWS`, drawn.

    Raises:
        RefusedInputError: no row is without a missing number.
    """
    dtypes = dtypes_of(signature)
    lacking = [name for name in signature.columns if name not in frame.columns]
    if lacking:
        raise RefusedInputError(
            f"The data do not have {', '.join(map(repr, lacking))}, which the model takes.",
            f"Columns of the data: {', '.join(map(str, frame.columns))}.",
        )
    part = frame[list(signature.columns)]
    numbers = [name for name in part.columns if dtypes[name] != "string"]
    whole = part.notna()[numbers].all(axis=1).to_numpy()
    if not whole.any():
        raise RefusedInputError(
            f"Each of the {len(part)} rows lacks a number that the model takes; a request cannot carry a missing number.",
            "Give data with whole rows.",
        )
    rows = np.flatnonzero(whole)
    rows = rows if len(rows) <= MOST_ROWS else np.sort(rng.choice(rows, MOST_ROWS, replace=False))
    part = part.iloc[rows].reset_index(drop=True)
    return pd.DataFrame({name: _plain(part[name], text=dtypes[name] == "string") for name in part.columns})


def _plain(column: pd.Series, *, text: bool) -> pd.Series:
    if not text:
        return pd.Series(column.to_numpy(dtype=np.float64))
    words: NDArray[np.object_] = text_of(column).to_numpy(dtype=object).copy()
    words[column.isna().to_numpy()] = None
    return pd.Series(words, dtype=object)


def open_ground(predictor: GraphPredictor, frame: pd.DataFrame) -> Ground:
    """Return the ground of a model whose last stage is made of trees or weights.

    Raises:
        RefusedInputError: it has no such stage, or its trees ask for sets of values.
    """
    cut = Cut(predictor, apart=True)
    encoded = np.asarray(cut.encode(frame))
    trees = parse_trees(cut.node, double_input=encoded.dtype == np.float64) if cut.kind == "tree" else None
    if trees is not None and trees.splits.memberships:
        raise RefusedInputError("The trees ask for sets of values.", "The rows of the data are used alone.")
    return Ground(frame, cut, encoded.astype(np.float64), trees)


def levels_of(ground: Ground, predictor: GraphPredictor) -> tuple[Levels, ...]:
    """Return the values that stand for all others, a column each, for those columns that the trees look at.

    Raises:
        RefusedInputError: an encoded column mixes several raw ones, or neither rises nor falls with its number.
    """
    trees = ground.trees
    assert trees is not None
    asked = thresholds_of(trees)
    mixed = [column for column in asked if len(ground.cut.parents[column]) > 1]
    if mixed:
        raise RefusedInputError(
            f"Encoded column {mixed[0]} mixes {len(ground.cut.parents[mixed[0]])} raw columns.",
            "The rows of the data are used alone.",
        )
    signature = predictor.signature
    dtypes, found = dtypes_of(signature), []
    taught = categories(parse_model(predictor.file))
    for place, name in enumerate(signature.columns):
        own = {child: held for child, held in asked.items() if ground.cut.parents[child] == {place}}
        if own:
            found.append(_levels(ground, name, dtypes[name], own, taught))
    return tuple(found)


def _levels(
    ground: Ground, name: str, dtype: Dtype, own: Mapping[int, NDArray[np.float64]], taught: Sequence[str]
) -> Levels:
    row = ground.frame.iloc[:1]
    values = ground.frame[name].to_numpy()
    if dtype == "string":
        seen = np.array(sorted({str(item) for item in values if item is not None} | set(taught)), dtype=object)
        return text_levels(ground.cut, row, name, seen, children=np.array(sorted(own), dtype=np.int64))
    levels = number_levels(ground.cut, row, name, dtype=dtype, seen=values.astype(np.float64), thresholds=own)
    if levels is None:
        raise RefusedInputError(
            f"What the file makes of {name!r} neither rises nor falls with it all the way.",
            "The rows of the data are used alone.",
        )
    return levels


def categories(model: onnx.ModelProto) -> tuple[str, ...]:
    """Return the texts that the operators of a file name as categories, each once."""
    found = {
        item.decode("utf-8", "replace")
        for node in model.graph.node
        for attribute in node.attribute
        if attribute.name in _TEXTS
        for item in attribute.strings
    }
    return tuple(sorted(found))


def built(frame: pd.DataFrame, made: Sequence[Made]) -> pd.DataFrame:
    """Return the rows that are to be made."""
    rows = frame.iloc[[item.base for item in made]].reset_index(drop=True)
    places_of: dict[str, dict[int, object]] = {}
    for at, item in enumerate(made):
        for name, value in item.put.items():
            places_of.setdefault(name, {})[at] = value
    for name, places in places_of.items():
        column = rows[name].to_numpy(copy=True)
        column[list(places)] = list(places.values())
        rows[name] = pd.Series(column, dtype=column.dtype)
    return rows
