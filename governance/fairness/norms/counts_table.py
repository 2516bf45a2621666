"""A table of counts as windows: for whoever keeps counts and no rows, and for an auditor who counts again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from governance.evidence import RefusedInputError, text_of
from governance.fairness.norms.series import Window, window
from governance.fairness.norms.tally import NO_SCORE, WindowTally, bins

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

COLUMNS: Final = ("window", "decision", "rows")
"""Columns that the table must have; `label` and `score` may be there, every other one is a sensitive attribute."""
UNKNOWN: Final = "unknown"


def windows_of(frame: pd.DataFrame) -> tuple[Window, ...]:
    """Return the windows of a table of counts, in the order in which they first appear.

    Args:
        frame: one row a cell: `window` (a name), the attributes, `label` (0, 1 or empty), `decision` (0, 1 or empty), `rows` (people, at
            least 1), `score` (their mean score, 0 to 1, or empty).

    Raises:
        RefusedInputError: a column is missing, a code is none, or there is no attribute.
    """
    lacking = [name for name in COLUMNS if name not in frame.columns]
    attributes = tuple(str(name) for name in frame.columns if name not in (*COLUMNS, "label", "score"))
    if lacking or not attributes:
        raise RefusedInputError(
            f"The table of counts lacks {', '.join(lacking) or 'a sensitive attribute'}.",
            "Give the columns window, decision, rows and one for each attribute; label and score where there are any.",
        )
    parts = {
        "label": _codes(frame, "label"),
        "decision": _codes(frame, "decision"),
        "rows": _people(frame),
        "score": _scores(frame),
    }
    groups = [text_of(frame[name]).fillna(UNKNOWN).astype(str).tolist() for name in attributes]
    where = text_of(frame["window"]).astype(str).tolist()
    names = tuple(zip(*groups, strict=True))
    return tuple(_window(name, [at for at, own in enumerate(where) if own == name], attributes, names, parts)
                 for name in dict.fromkeys(where))  # fmt: skip


def _window(
    name: str,
    at: list[int],
    attributes: tuple[str, ...],
    names: tuple[tuple[str, ...], ...],
    parts: dict[str, NDArray[Any]],
) -> Window:
    groups = tuple(sorted({names[row] for row in at}))
    score, rows = parts["score"][at], parts["rows"][at]
    known = ~np.isnan(score)
    tally = WindowTally(
        attributes=attributes,
        unknown=(UNKNOWN,) * len(attributes),
        groups=groups,
        group=tuple(groups.index(names[row]) for row in at),
        label=tuple(parts["label"][at].tolist()),
        decision=tuple(parts["decision"][at].tolist()),
        bin=tuple(np.where(known, bins(score), NO_SCORE).tolist()),
        rows=tuple(rows.tolist()),
        score=tuple(np.where(known, np.nan_to_num(score) * rows, 0.0).tolist()),
        people=name,
    )
    return window(name, tally)


def _numbers(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    import pandas as pd

    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    found = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    strange = np.isnan(found) & frame[name].notna().to_numpy()
    _refuse(frame, name, strange, "a number, or nothing")
    return found


def _codes(frame: pd.DataFrame, name: str) -> NDArray[np.intp]:
    found = _numbers(frame, name)
    _refuse(frame, name, ~np.isnan(found) & ~np.isin(found, (0, 1)), "0, 1 or nothing")
    return np.where(np.isnan(found), 2, np.nan_to_num(found)).astype(np.intp)


def _people(frame: pd.DataFrame) -> NDArray[np.intp]:
    found = _numbers(frame, "rows")
    fits = (found >= 1) & (found == np.floor(found)) & (found < 2**53)
    _refuse(frame, "rows", ~fits, "a whole number of people, at least 1")
    return found.astype(np.intp)


def _scores(frame: pd.DataFrame) -> NDArray[np.float64]:
    found = _numbers(frame, "score")
    _refuse(frame, "score", ~np.isnan(found) & ~((found >= 0) & (found <= 1)), "a mean score from 0 to 1, or nothing")
    return found


def _refuse(frame: pd.DataFrame, name: str, wrong: NDArray[np.bool_], expected: str) -> None:
    """Refuse values of a column, naming the first, its row and how many there are."""
    if wrong.any():
        row = int(wrong.argmax())
        raise RefusedInputError(
            f"Column {name!r} of the counts holds {str(frame[name].iloc[row])[:40]!r} in row {row + 1} ({int(wrong.sum())} such rows).",
            f"Expected {expected}.",
        )
