"""Whom to look at: people in an order, within a range of scores and of one column, and the table to pick from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from governance.evidence import Evidence, text_of
from governance.language import mark
from governance.runs import read_array
from governance.workflow.workspace import current_workspace
from pages._ui import attributions, datasets, tables, tongue
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.text import plain, shown

if TYPE_CHECKING:
    from pages._ui.choices import Picked

Positions = np.ndarray[Any, np.dtype[np.intp]]
Scores = np.ndarray[Any, np.dtype[np.float64]]

ORDERS: Final = (
    mark("As in the data"),
    mark("Highest score"),
    mark("Lowest score"),
    mark("Closest to the threshold"),
    mark("Furthest from what happened"),
)
TWO: Final = 2
"""Classes of a model that says yes or no."""
_LISTED: Final = 200
_ANY: Final = "any column"


def score_of(found: Evidence, target: str) -> Scores:
    """Return the score of a class for every row, or the predicted value, from stored predictions."""
    table = read_array(current_workspace.current().blobs.path_of(found.blobs["predictions"]))
    wanted = f"score_{target}"
    name = wanted if wanted in table.column_names else table.column_names[-1]
    return np.asarray(table.column(name).to_numpy(), dtype=np.float64)


def classes(found: Evidence) -> tuple[str, ...]:
    """Return the classes of the model in the order of its scores; () for a model that predicts a number."""
    return tuple(str(name) for name in found.result.get("classes", ()))


def pick_class(found: Evidence) -> str:
    """Draw which class is explained, for a model of more than two; "" leaves it to the schema."""
    names = classes(found)
    if len(names) <= TWO:
        return ""
    chosen = st.selectbox(
        tongue.say("Explained class"), names, format_func=lambda name: shown(name, 60), key="class", bind="query-params"
    )
    return str(chosen or names[0])


def decided(found: Evidence, row: int) -> None:
    """Draw which class the model decides for one row and the score of each; nothing for a model of two classes or of a number."""
    names = classes(found)
    if len(names) <= TWO:
        return
    table = read_array(current_workspace.current().blobs.path_of(found.blobs["predictions"]))
    label = str(table.column("label")[row].as_py())
    frame = pd.DataFrame(
        {
            "class": [shown(name, 60) for name in names],
            "score": [float(table.column(f"score_{name}")[row].as_py()) for name in names],
        }
    ).sort_values("score", ascending=False, kind="stable")
    st.markdown(tongue.say("The model decides **{label}**. Its score for each class:", label=plain(label)))
    base.draw(
        laid(base.interval_bars, frame, "class", "score", "Score"),
        f"Score of each class for row {row}",
        frame,
        "decided",
    )


def orders(positive: str, *, known: bool = True) -> tuple[str, ...]:
    """Return the orders of rows on offer.

    Args:
        positive: the label that the score is about; a model of a number, without one, has no threshold to be close to.
        known: whether the data say what really happened.
    """
    return (*ORDERS[:3], *(ORDERS[3:4] if positive else ()), *(ORDERS[4:] if known else ()))


def disagreement(subject: Picked, score: Scores, target: str) -> Scores | None:
    """Return how far each score is from what really happened, NaN where nobody knows; None when the data have no label."""
    schema = datasets.schema_of(subject.data, subject.label)
    if not schema.target:
        return None
    label = attributions.values(subject.data, (schema.target,))[schema.target]
    if not target:
        numbers = pd.to_numeric(label, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        return np.asarray(np.abs(score - numbers))
    truth = (text_of(label) == (schema.positive or target)).to_numpy(dtype=np.float64)
    return np.asarray(np.where(label.isna().to_numpy(), np.nan, np.abs(score - truth)))


def ordered(score: Scores, rows: Positions, order: str, threshold: float, off: Scores | None = None) -> list[int]:
    """Return positions of rows in the order that was asked for, at most 200.

    Args:
        score: of every row.
        rows: the positions to order.
        order: one of `ORDERS`.
        threshold: the score from which on a row is selected.
        off: what `disagreement` returned; rows without it come last.
    """
    own = score[rows]
    away = -off[rows] if off is not None else np.zeros(len(rows))
    key = {
        ORDERS[1]: -own,
        ORDERS[2]: own,
        ORDERS[3]: np.abs(own - threshold),
        ORDERS[4]: np.where(np.isnan(away), np.inf, away),
    }.get(order, np.arange(len(rows)))
    return [int(item) for item in rows[np.argsort(key, kind="stable")[:_LISTED]]]


def within(frame: pd.DataFrame, score: Scores, rows: Positions) -> Positions:
    """Draw a range of scores and of one column; return the positions that lie in both."""
    left, middle, right = st.columns(3)
    low, high = float(np.floor(score.min() * 100) / 100), float(np.ceil(score.max() * 100) / 100)
    with left:
        asked = st.slider(
            tongue.say("Score from, to"), low, high if high > low else low + 1, (low, high), key="score-range"
        )
    names = {shown(name, 60): name for name in frame.columns}
    chosen = middle.selectbox(tongue.say("Only a part of"), [_ANY, *names], key="part-of")
    kept = rows[(score[rows] >= asked[0]) & (score[rows] <= asked[1])]
    if not chosen or chosen == _ANY or chosen not in names:
        return kept
    with right:
        return kept[_part(frame[names[chosen]], chosen)[kept]]


def _part(column: pd.Series, label: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Draw a range of numbers or a choice of words; return which rows are in it."""
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        if np.isnan(values).all() or np.nanmin(values) == np.nanmax(values):
            return np.ones(len(values), dtype=bool)
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        asked = st.slider(f"{label} from, to", low, high, (low, high), key=f"part-{label}")
        return np.asarray((values >= asked[0]) & (values <= asked[1]) | (asked == (low, high)))
    words = column.astype("str")
    asked_words = st.multiselect(
        label,
        sorted(words.unique())[:500],
        key=f"part-{label}",
        placeholder=tongue.say("all values"),
        format_func=shown,
    )
    return np.asarray(words.isin(asked_words)) if asked_words else np.ones(len(words), dtype=bool)


def listing(frame: pd.DataFrame, score: np.ndarray[Any, Any], rows: list[int]) -> int | None:
    """Draw the people to pick from; return the position of the chosen one."""
    shown_rows = frame.iloc[rows].assign(row=rows, score=score[rows])
    chosen = st.dataframe(
        tables.safe(shown_rows[["row", "score", *frame.columns]]),
        hide_index=True,
        height=220,
        on_select="rerun",
        selection_mode="single-row",
        key="people",
        alt="People to pick from, with the model's score",
        column_config={"score": tables.figures("Score"), "row": tables.count("Row", "")},
    )
    picked = chosen["selection"]["rows"]
    return rows[picked[0]] if picked and picked[0] < len(rows) else None
