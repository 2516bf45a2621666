"""Rows without a finite score, for an infinite number, the logarithm of zero or an overflow: it cannot be shared out among columns.

Trees and probabilities have finite scores whatever the row holds; a linear score may have none. Where the rows of a table or of a
background enter, those whose raw score is no finite number are left out and counted; a single row that is asked for is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, RefusedInputError
from governance.models import Cut, GraphPredictor

if TYPE_CHECKING:
    import pandas as pd

    from governance.explain.results.explainer import Explainer
    from governance.subject import Predictor

_NAMED: Final = 3
"""Columns of a row that are named at most."""
LEFT_OUT: Final = "the raw score is no finite number, which cannot be shared out among columns"
_ADVICE: Final = "Put a finite value in its place. Where the model answers probabilities, these can be explained: --scale probability."


def infinite_columns(frame: pd.DataFrame) -> dict[str, NDArray[np.bool_]]:
    """Return the columns that hold infinite numbers, each with the rows (n,) in which it does."""
    found = {name: _infinite(frame[name]) for name in frame.columns}
    return {name: rows for name, rows in found.items() if rows.any()}


def _infinite(column: pd.Series) -> NDArray[np.bool_]:
    if column.dtype.kind == "f":
        return np.asarray(np.isinf(column.to_numpy(dtype=np.float64, na_value=np.nan)))
    return np.zeros(len(column), dtype=bool)


def scored(explainer: Explainer, frame: pd.DataFrame, positions: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return those of the positions whose rows have a finite score on the scale that is explained.

    Raises:
        RefusedInputError: none has.
    """
    rows = frame.iloc[positions]
    doubtful = _with_infinite(rows) if explainer.about.way == "tree" else np.ones(len(rows), dtype=bool)
    lacking = _unscored(rows, doubtful, explainer.score)
    if lacking.all():
        hold_finite(rows, np.where(lacking, np.inf, 0.0))
    return positions[~lacking]


def without_raw_score(model: Predictor, frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Return (n,) which rows have no finite raw score (answer, where the file shows no raw score).

    Asked are those with an infinite number, and those whose answer an infinite score may stand behind: none, 0 or 1.
    """
    doubtful = _with_infinite(frame) | ~_finite(frame, lambda rows: _inner(model.predict(rows).score))
    if not doubtful.any():
        return doubtful
    try:
        cut = Cut(cast("GraphPredictor", model)) if hasattr(model, "file") else None
    except RefusedInputError:
        cut = None

    def score(rows: pd.DataFrame) -> NDArray[np.float64]:
        return model.predict(rows).score if cut is None else cut.raw_scores(rows)

    return _unscored(frame, doubtful, score)


def _inner(answer: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return answers with an infinity in place of 0 and 1."""
    return np.where((answer == 0) | (answer == 1), np.inf, answer)


def _with_infinite(frame: pd.DataFrame) -> NDArray[np.bool_]:
    found = np.zeros(len(frame), dtype=bool)
    for rows in infinite_columns(frame).values():
        found |= rows
    return found


def _unscored(
    frame: pd.DataFrame, doubtful: NDArray[np.bool_], score: Callable[[pd.DataFrame], NDArray[np.float64]]
) -> NDArray[np.bool_]:
    """Return (n,) which of the doubtful rows have no finite score."""
    found = doubtful.copy()
    if found.any():
        found[found] = ~_finite(frame[found].reset_index(drop=True), score)
    return found


def _finite(frame: pd.DataFrame, score: Callable[[pd.DataFrame], NDArray[np.float64]]) -> NDArray[np.bool_]:
    """Return (n,) which rows have a finite score; rows that are refused together are asked in halves."""
    try:
        return np.asarray(np.isfinite(score(frame)).all(axis=1))
    except RefusedInputError:
        if len(frame) == 1:
            return np.zeros(1, dtype=bool)
        half = len(frame) // 2
        return np.concatenate([_finite(frame.iloc[:half], score), _finite(frame.iloc[half:], score)])


def counted(rows: int) -> tuple[Dropped, ...]:
    """Return the account of rows that were left out, () when there are none."""
    return (Dropped(LEFT_OUT, rows),) if rows else ()


def hold_finite(frame: pd.DataFrame, score: NDArray[np.float64]) -> None:
    """Check that rows have finite scores.

    Args:
        frame: the rows.
        score: (rows,) or (rows, scores) what the model gives them.

    Raises:
        RefusedInputError: a row has none; the first such row and its infinite and missing columns are named.
    """
    bad = ~np.isfinite(score.reshape(len(frame), -1)).all(axis=1)
    if not bad.any():
        return
    at = int(bad.argmax())
    row = frame.iloc[at : at + 1]
    found = {
        "infinite": tuple(infinite_columns(row)),
        "missing": tuple(row.columns[row.isna().iloc[0].to_numpy(dtype=bool)]),
    }
    odd = [f"{what} in {', '.join(map(repr, names[:_NAMED]))}" for what, names in found.items() if names]
    where = f", {', '.join(odd)}" if odd else ""
    raise RefusedInputError(
        f"The model's raw score of {int(bad.sum())} of {len(frame)} rows is no finite number (first: number {at} of them{where}).",
        _ADVICE,
    )
