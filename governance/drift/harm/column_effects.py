"""What one column's move did to the model's answers: put the reference's values back and ask again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from governance.drift.results.report import ColumnEffect
from governance.drift.samples.pairs import kind_of, numbers
from governance.evidence import Progress
from governance.subject import Prediction, Predictor, Schema, positive_index

ROWS: Final = 2_000


def effects(
    model: Predictor,
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[str],
    schema: Schema,
    rng: np.random.Generator,
    *,
    progress: Progress,
) -> tuple[ColumnEffect, ...]:
    """Return the effect of each column's move, largest first, on at most ROWS current rows.

    Each current row gets the reference value of the same rank (numbers) or one drawn from the reference (categories); the other
    columns stay. The effects need not add up: columns act together.
    """
    rows = current if len(current) <= ROWS else current.iloc[np.sort(rng.choice(len(current), ROWS, replace=False))]
    rows = rows.reset_index(drop=True)
    now = _answers(model.predict(rows), schema)
    result = []
    for done, name in enumerate(columns):
        progress(done, len(columns), "putting columns back")
        back = rows.assign(**{name: put_back(reference[name], rows[name], rng)})
        result.append(_effect(name, now, _answers(model.predict(back), schema), schema))
    return tuple(sorted(result, key=lambda item: (-abs(item.mean_score), item.name)))


def importance(
    model: Predictor, rows: pd.DataFrame, schema: Schema, rng: np.random.Generator, *, progress: Progress
) -> dict[str, float]:
    """Return how much the score moves on average, in absolute value, when one column is shuffled among at most ROWS rows.

    A stand-in where no Shapley values are at hand (permutation importance of the output, no labels needed); 0 means that the
    model does not look at the column.
    """
    rows = rows if len(rows) <= ROWS else rows.iloc[np.sort(rng.choice(len(rows), ROWS, replace=False))]
    rows = rows.reset_index(drop=True)
    now = _answers(model.predict(rows), schema)
    result = {}
    columns = tuple(dict.fromkeys(model.signature.columns))
    for done, name in enumerate(columns):
        progress(done, len(columns), "finding what the model uses")
        mixed = rows[name].iloc[rng.permutation(len(rows))]
        mixed.index = rows.index
        moved = _answers(model.predict(rows.assign(**{name: mixed})), schema)
        result[name] = float(np.nanmean(np.abs(moved - now)))
    return result


def put_back(reference: pd.Series, current: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Return reference values in place of the current ones, keeping ranks where there are ranks; missing values included."""
    n = len(current)
    if kind_of(reference) == kind_of(current) == "numeric":
        order = np.argsort(np.argsort(numbers(current), kind="stable"), kind="stable")
        at = np.argsort(numbers(reference), kind="stable")[((order + 0.5) / n * len(reference)).astype(np.int64)]
    else:
        at = rng.integers(len(reference), size=n)
    values = reference.iloc[at]
    values.index = current.index
    return values


def _answers(prediction: Prediction, schema: Schema) -> np.ndarray:
    if not prediction.classes or len(prediction.classes) > 2:
        return prediction.score[:, 0]
    return prediction.score[:, positive_index(schema, prediction.classes)]


def _effect(name: str, now: np.ndarray, before: np.ndarray, schema: Schema) -> ColumnEffect:
    chosen = None
    if schema.positive:
        chosen = float((now >= schema.threshold).mean() - (before >= schema.threshold).mean())
    return ColumnEffect(name, float(np.nanmean(now) - np.nanmean(before)), chosen)
