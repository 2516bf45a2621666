"""Logged answers: what a server said in daily work, held against the approved model afterwards, row by row.

The strong form of attestation: nothing was announced, so nothing can be answered for the occasion. It rests on the log's being whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from governance.evidence import RefusedInputError, text_of
from governance.serving.challenge import Challenge
from governance.serving.ground import dtypes_of
from governance.subject import Signature

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def asked_in(rows: pd.DataFrame, signature: Signature) -> Challenge:
    """Return the rows that a log is about, as they are stored beside its answers; all of them are rows of the data.

    Raises:
        RefusedInputError: a column of the model is missing, or there is no row.
    """
    lacking = [name for name in signature.columns if name not in rows.columns]
    if lacking or not len(rows):
        words = f"The rows lack {', '.join(map(repr, lacking))}." if lacking else "There is no row."
        raise RefusedInputError(words, "Give the rows that the answers are about.")
    dtypes = dtypes_of(signature)
    frame = pd.DataFrame({name: _plain(rows[name], text=dtypes[name] == "string") for name in signature.columns})
    return Challenge(frame, ("drawn",) * len(frame), np.full(len(frame), -1, dtype=np.int64))


def _plain(column: pd.Series, *, text: bool) -> pd.Series:
    if not text:
        return pd.Series(column.to_numpy(dtype=np.float64, na_value=np.nan))
    words: NDArray[np.object_] = text_of(column).to_numpy(dtype=object).copy()
    words[column.isna().to_numpy()] = None
    return pd.Series(words, dtype=object)


def logged_answers(log: pd.DataFrame, signature: Signature, rows: int) -> pa.Table:
    """Return a log as recorded answers, a request a row.

    Args:
        log: `prediction`, one `score_<class>` for each class, or both, as `countersign predict` writes them.
        signature: of the approved model.
        rows: how many rows were asked.

    Raises:
        RefusedInputError: another number of rows, or neither a prediction nor a score in every row.
    """
    import pyarrow as pa

    if len(log) != rows:
        raise RefusedInputError(
            f"The log has {len(log):,} answers for {rows:,} rows.", "Give one answer a row, in the order of the rows."
        )
    label = log["prediction"] if "prediction" in log.columns and signature.classes else None
    scores = _scores(log, signature)
    if label is None and scores is None:
        raise RefusedInputError(
            f"The log has the columns {', '.join(map(repr, log.columns[:8]))}.",
            "Expected prediction, or one score_<class> for each class.",
        )
    if label is not None and label.isna().any():
        raise RefusedInputError(
            f"Row {int(label.isna().to_numpy().argmax())} of the log has no prediction.", "Leave it out."
        )
    count = pa.array(np.arange(rows), pa.int32())
    nothing = pa.array(np.zeros(rows, dtype=np.int64))
    words = pa.array([None] * rows if label is None else _labels(label, signature.classes), pa.string())
    columns = {"request": count, "row": count, "sent_ns": nothing, "done_ns": nothing}
    columns |= {"status": pa.array(["ok"] * rows), "reason": pa.array([""] * rows), "label": words}
    for at in range(max(1, len(signature.classes))):
        columns[f"score_{at}"] = pa.array([None] * rows if scores is None else scores[:, at], pa.float64())
    return pa.table(columns)


def _labels(label: pd.Series, classes: Sequence[str]) -> list[str]:
    """Return logged labels as the classes write them: 1 and 1.0 are the class "1"."""
    found = text_of(label).tolist()
    return [item if item in classes else str(item)[:200] for item in found]


def _scores(log: pd.DataFrame, signature: Signature) -> NDArray[np.float64] | None:
    """Return (rows, classes) the logged scores; None where there are none."""
    names = [f"score_{name}" for name in signature.classes]
    if not signature.classes:
        names = ["prediction"]
    if names and all(name in log.columns for name in names):
        return np.column_stack([_numbers(log[name], name) for name in names])
    return None


def _numbers(column: pd.Series, name: str) -> NDArray[np.float64]:
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        raise RefusedInputError(
            f"The log's column {name!r} holds {column.dtype}, expected numbers.", "Write it as numbers."
        )
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
