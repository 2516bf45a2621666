"""Challenge rows: what a server is asked so that an answer from another model shows.

Rows drawn at random find a changed leaf or split by luck. These are made from the approved file: they visit every leaf that can be
reached and stand on both sides of every split; for weights they move every coefficient; for other graphs they are rows of the data, and
only a bound can be said. Some rows of the data are mixed in, drawn with a seed that is told afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import RefusedInputError, Streams
from governance.models import GraphPredictor, parse_model
from governance.serving.ground import Ground, Made, built, categories, dtypes_of, levels_of, open_ground, usable
from governance.serving.levels import UNSEEN, text_levels
from governance.serving.tree_rows import tree_rows

if TYPE_CHECKING:
    import pyarrow as pa

PURPOSES: Final = ("cover", "edge", "weight", "drawn")
"""What a row is for: to visit leaves, to stand on one side of a split, to move a coefficient, to look like any other request."""
_INPUT: Final = "in:"
"""Before the name of each column of the model, so that none can hide what stands beside them."""
_SPREAD: Final = (0.0, 0.05, 0.95, 1.0)
"""A number is moved to these quantiles of its column, to show its coefficient."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows are made."""

    drawn: int = 100
    """Rows of the data that are mixed in."""
    splits: int = 2500
    """Splits that get a pair of rows, drawn where there are more."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """The rows, in the order in which they are asked."""

    frame: pd.DataFrame
    """The columns that the model reads."""
    purpose: tuple[str, ...]
    """One of `PURPOSES` for each row."""
    target: NDArray[np.int64]
    """(rows,) the split on whose side an edge row stands, in pairs, left first; the column that a weight row moves; else -1."""
    note: str = ""
    """Why rows of the data had to do, "" where they did not."""

    def __len__(self) -> int:
        return len(self.frame)


def challenge_of(
    model: GraphPredictor, frame: pd.DataFrame, rng: np.random.Generator, limits: Limits | None = None
) -> Challenge:
    """Return challenge rows for a model.

    Args:
        model: the approved model.
        frame: rows of data with its columns, from which rows are taken and others are made.
        rng: draws; the same seed gives the same rows.
        limits: how many.

    Raises:
        RefusedInputError: the data lack a column of the model, or every row lacks a number.
    """
    limits, streams = limits or Limits(), Streams(rng)
    rows = usable(frame, model.signature, streams["rows"])
    drawn = _drawn(rows, limits.drawn, streams["drawn"])
    try:
        ground = open_ground(model, rows)
    except RefusedInputError as reason:
        return Challenge(drawn.frame, drawn.purpose, drawn.target, reason.what)
    made = (
        _of_weights(ground, model)
        if ground.trees is None
        else _of_trees(ground, model, streams["trees"], limits.splits)
    )
    return joined((made, drawn))


def _of_trees(ground: Ground, model: GraphPredictor, rng: np.random.Generator, most_splits: int) -> Challenge:
    note = ""
    try:
        levels = levels_of(ground, model)
    except RefusedInputError as reason:
        levels, note = (), reason.what
    found = tree_rows(ground, levels, model, rng, most_splits=most_splits)
    return Challenge(found.frame, found.purpose, found.target, note)


def _of_weights(ground: Ground, model: GraphPredictor) -> Challenge:
    """Return one row of the data as it is, and for each column the same row with other values in it."""
    dtypes = dtypes_of(model.signature)
    typical, taught = _typical(ground, model), categories(parse_model(model.file))
    rows, target = [Made(typical, {})], [-1]
    for place, name in enumerate(model.signature.columns):
        values = ground.frame[name].to_numpy()
        some: Sequence[object] = (
            _texts(ground, name, place, taught)
            if dtypes[name] == "string"
            else _spread(values.astype(np.float64), flag=dtypes[name] == "bool")
        )
        rows += [Made(typical, {name: value}) for value in some]
        target += [place] * len(some)
    return Challenge(built(ground.frame, rows), ("weight",) * len(rows), np.array(target, dtype=np.int64))


def _spread(values: NDArray[np.float64], *, flag: bool) -> list[float]:
    """Return the numbers to which a column is moved; where the data hold one alone, another is made."""
    found = np.unique(np.quantile(values, _SPREAD, method="nearest")).tolist()
    other = 1 - found[0] if flag else found[0] + 1
    return [*found, other] if len(found) == 1 else found


def _texts(ground: Ground, name: str, place: int, taught: Sequence[str]) -> list[object]:
    """Return the categories of a column: those of the data, and those that the file tells from one that it was not taught."""
    values = ground.frame[name].to_numpy()
    seen = {str(item) for item in values if item is not None}
    found: list[object] = [*sorted(seen), *([None] if len(seen) < len(set(values.tolist())) else [])]
    children = np.array([at for at, parents in enumerate(ground.cut.parents) if parents == {place}], dtype=np.int64)
    try:
        levels = text_levels(ground.cut, ground.frame.iloc[:1], name, np.array(taught, dtype=object), children=children)
    except RefusedInputError:
        return found
    other = levels.images[list(levels.raw).index(UNSEEN)] if UNSEEN in levels.raw else np.zeros(len(children))
    told = (levels.images != other).any(axis=1)
    return [*found, *(item for item in levels.raw[told].tolist() if item not in seen)]


def _typical(ground: Ground, model: GraphPredictor) -> int:
    """Return the row whose answer is least certain: there a changed coefficient shows most."""
    score = model.predict(ground.frame).score
    return int((score * (1 - score)).max(axis=1).argmax()) if model.signature.classes else 0


def _drawn(rows: pd.DataFrame, count: int, rng: np.random.Generator) -> Challenge:
    places = rng.choice(len(rows), min(count, len(rows)), replace=False)
    frame = rows.iloc[np.sort(places)].reset_index(drop=True)
    return Challenge(frame, ("drawn",) * len(frame), np.full(len(frame), -1, dtype=np.int64))


def joined(parts: Sequence[Challenge]) -> Challenge:
    """Return the rows of several challenges one after the other."""
    return Challenge(
        frame=pd.concat([part.frame for part in parts], ignore_index=True),
        purpose=tuple(item for part in parts for item in part.purpose),
        target=np.concatenate([part.target for part in parts]),
        note=" ".join(part.note for part in parts if part.note),
    )


def to_table(found: Challenge) -> pa.Table:
    """Return the rows as a table, to be stored under its digest before the first of them is sent."""
    import pyarrow as pa

    columns: dict[str, Any] = {"purpose": pa.array(found.purpose, pa.string()), "target": pa.array(found.target)}
    for name in found.frame.columns:
        values = found.frame[name].to_numpy()
        columns[f"{_INPUT}{name}"] = pa.array(values, pa.string() if values.dtype == object else pa.float64())
    return pa.table(columns).replace_schema_metadata({"format": "countersign-challenge/1", "note": found.note})


def from_table(table: pa.Table, columns: Sequence[str]) -> Challenge:
    """Return the rows that `to_table` wrote for a model with these columns.

    Raises:
        RefusedInputError: the table is no challenge for such a model.
    """
    wanted = ["purpose", "target", *(f"{_INPUT}{name}" for name in columns)]
    metadata = table.schema.metadata or {}
    if table.column_names != wanted or metadata.get(b"format") != b"countersign-challenge/1" or not table.num_rows:
        raise RefusedInputError(
            f"The challenge has the columns {', '.join(map(repr, table.column_names[:8]))}, expected those of the model.",
            "Give the challenge that was made for this model.",
        )
    purpose = tuple(table.column("purpose").to_pylist())
    strange = sorted(set(purpose) - set(PURPOSES), key=str)
    if strange:
        raise RefusedInputError(f"A challenge row is for {strange[0]!r}.", f"Known: {', '.join(PURPOSES)}.")
    values = {name: _values(table.column(f"{_INPUT}{name}")) for name in columns}
    frame = pd.DataFrame({name: pd.Series(item, dtype=item.dtype) for name, item in values.items()})
    note = metadata.get(b"note", b"").decode()
    return Challenge(frame, purpose, table.column("target").to_numpy().astype(np.int64), note)


def _values(column: pa.ChunkedArray) -> NDArray[np.generic]:
    import pyarrow as pa

    if pa.types.is_string(column.type):
        return np.array(column.to_pylist(), dtype=object)
    return np.asarray(column.to_numpy())
