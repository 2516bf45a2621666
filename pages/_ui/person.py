"""Parts of the page about one person: whom to pick, what may be edited, and what follows from an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from governance.evidence import Evidence
from governance.explain.report import (
    Counterfactuals,
    LimeExplanation,
    LocalExplanation,
    Neighbours,
    ReasonCodes,
    WhatIf,
)
from governance.explain.spec import (
    Change,
    CounterfactualParameters,
    LimeParameters,
    NeighboursParameters,
    ReasonParameters,
    WhatIfParameters,
)
from governance.run import read_array
from governance.workflow import places
from pages._ui import attributions, evidence, sentence, tables
from pages._ui.charts import base
from pages._ui.charts import explanation as charts
from pages._ui.text import join, number, plain, shown

if TYPE_CHECKING:
    from pages._ui.subject import Picked

ORDERS: Final = ("As in the data", "Highest score", "Lowest score", "Closest to the threshold")
_LISTED: Final = 200
_EDITED: Final = 8


def score_of(found: Evidence, target: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the score of a class for every row, or the predicted value, from stored predictions."""
    table = read_array(places.current().blobs.path_of(found.blobs["predictions"]))
    wanted = f"score_{target}"
    name = wanted if wanted in table.column_names else table.column_names[-1]
    return np.asarray(table.column(name).to_numpy(), dtype=np.float64)


def orders(positive: str) -> tuple[str, ...]:
    """Return the orders of rows on offer; a model of a number, without a `positive` label, has no threshold to be close to."""
    return ORDERS if positive else ORDERS[:3]


def ordered(score: np.ndarray[Any, Any], rows: np.ndarray[Any, Any], order: str, threshold: float) -> list[int]:
    """Return positions of rows in the order that was asked for, at most 200."""
    own = score[rows]
    key = {ORDERS[1]: -own, ORDERS[2]: own, ORDERS[3]: np.abs(own - threshold)}.get(order, np.arange(len(rows)))
    return [int(item) for item in rows[np.argsort(key, kind="stable")[:_LISTED]]]


def listing(frame: pd.DataFrame, score: np.ndarray[Any, Any], rows: list[int]) -> int | None:
    """Draw the people to pick from; return the position of the chosen one."""
    shown_rows = frame.iloc[rows].assign(row=rows, score=score[rows])
    chosen = st.dataframe(
        shown_rows[["row", "score", *frame.columns]],
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


def limits(result: LocalExplanation) -> None:
    """Draw what the model cannot know about this kind of person, before the explanation."""
    if result.certificate.rows_outside_background:
        words = "This person lies outside what the background has seen: the model extrapolates here."
        st.warning(words, icon=":material/warning:")


@st.fragment
def what_if(picked: Picked, explanation: LocalExplanation, frame: pd.DataFrame) -> None:
    """Draw fields for the row's values; the prediction and the attributions follow every edit."""
    columns = [item.feature for item in explanation.values if item.feature in frame.columns][:_EDITED]  # noqa: PD011
    own, changes = frame.iloc[explanation.row], []
    grid = st.columns(4)
    for at, name in enumerate(columns):
        with grid[at % 4]:
            value = _field(frame[name], name, own[name], f"edit-{explanation.row}-{at}")
        if value is not None:
            changes.append(Change(name, value))
    asked = attributions.ask(
        "explain.what_if", picked, WhatIfParameters(explanation.row, tuple(changes), target=explanation.target)
    )
    result = evidence.result(asked, WhatIf) if asked is not None else None
    if result is not None:
        _moved(result)


def _field(column: pd.Series, name: str, own: Any, key: str) -> str | None:
    """Draw one field; return the edited value as text, or None when it is the row's own."""
    label = shown(name, 60)
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        start = None if pd.isna(own) else float(own)
        value = st.number_input(label, value=start, key=key, format="%g", placeholder="missing")
        return None if value == start else ("" if value is None else repr(float(value)))
    words = [str(item) for item in pd.unique(column.dropna())][:500]
    start_word = None if pd.isna(own) else str(own)
    options = sorted({*words, *([start_word] if start_word is not None else [])})
    index = options.index(start_word) if start_word is not None else None
    choice = st.selectbox(
        label, options, index=index, key=key, format_func=lambda item: shown(item, 60), placeholder="missing"
    )
    return None if choice == start_word else (choice or "")


def _moved(result: WhatIf) -> None:
    left, middle, right = st.columns(3)
    left.metric("Prediction as it is", number(result.prediction_before))
    change = result.prediction_after - result.prediction_before
    middle.metric(
        "With your edits",
        number(result.prediction_after),
        delta=f"{change:+.3f}" if change else None,
        delta_color="off",
    )
    right.metric("Score moved by", number(result.output_after - result.output_before), help=f"In {result.units}.")
    if result.outside_background:
        sentence.aside(
            "With these edits the row leaves the range that the background has seen: read the answer with care."
        )
    frame = pd.DataFrame(
        [
            {
                "column": f"{shown(item.feature, 40)} = {shown(item.value_after, 30)}",
                "rows": label,
                "attribution": value,
            }
            for item in result.values[:10]  # noqa: PD011
            for label, value in (("as it is", item.attribution_before), ("with your edits", item.attribution_after))
        ]
    )
    base.draw(charts.before_after(frame, result.units), "Attributions before and after the edits", frame, "what-if")


def lime(picked: Picked, explanation: LocalExplanation) -> None:
    """Draw LIME beside the Shapley values, and how far they agree."""
    found = evidence.need(
        "explain.lime", attributions.everyone(picked), LimeParameters(explanation.row, explanation.target)
    )
    result = evidence.result(found, LimeExplanation) if found is not None else None
    if found is None or result is None:
        return
    st.markdown(
        f"LIME's straight line explains {result.local_r2:.0%} of the model's answers around this row. Between {result.repeats} runs, "
        f"{result.stability:.0%} of its top columns stay the same. It gives the same sign as the Shapley values for "
        f"{_share(result.sign_agreement)} of its top columns; their orders agree by {_plain_number(result.rank_agreement)} (1 is best)."
    )
    frame = charts.side_by_side_frame(result, explanation)
    base.draw(charts.side_by_side(frame), "LIME weights beside Shapley values, as shares", frame, "lime")
    tables.provenance(found)


def _share(value: Any) -> str:
    return f"{value:.0%}" if isinstance(value, float | int) else "an unknown share"


def _plain_number(value: Any) -> str:
    return number(value, 2) if isinstance(value, float | int) else "an unknown amount"


def neighbours(picked: Picked, row: int) -> None:
    """Draw the nearest people with the other outcome."""
    found = evidence.need("explain.neighbours", attributions.everyone(picked), NeighboursParameters(row))
    result = evidence.result(found, Neighbours) if found is not None else None
    if found is None or result is None:
        return
    st.markdown(
        f"This row is **{result.outcome}**. The most similar of the {result.others:,} rows with the other outcome:"
    )
    for item in result.nearest:
        different = join(
            [f"{plain(one.feature)} {plain(one.other)} (here {plain(one.own)})" for one in item.differences[:6]]
        )
        more = f" and {len(item.differences) - 6} more" if len(item.differences) > 6 else ""
        st.markdown(
            f"- Row {item.row}, score {number(item.prediction)}, distance {number(item.distance, 2)}: {different}{more}"
        )
    tables.provenance(found)


def counterfactuals(picked: Picked, row: int) -> None:
    """Draw the fewest changes that would turn the decision."""
    found = evidence.need("explain.counterfactuals", attributions.everyone(picked), CounterfactualParameters(row))
    result = evidence.result(found, Counterfactuals) if found is not None else None
    if found is None or result is None:
        return
    if not result.found:
        st.markdown(
            f"None of {result.tried} searches found a change of the columns that may change which turns the decision."
        )
    for item in result.found:
        changes = join(
            [f"**{plain(one.feature)}** from {plain(one.own)} to {plain(one.other)}" for one in item.changes]
        )
        st.markdown(f"- {changes}: score {number(item.prediction)} instead of {number(result.prediction)}")
    fixed = f" Never changed: {join([plain(name) for name in result.immutable])}." if result.immutable else ""
    sentence.aside(
        f"Each answer was asked of the model again. These are facts about the model, not advice to a person.{fixed}"
    )
    tables.provenance(found)


def reasons(picked: Picked, row: int) -> None:
    """Draw the principal reasons against this person."""
    found = evidence.need("explain.reasons", attributions.everyone(picked), ReasonParameters(row=row))
    result = evidence.result(found, ReasonCodes) if found is not None else None
    if found is None or result is None:
        return
    group = "people with the favourable outcome" if result.reference_group == "favourable" else "everybody"
    st.markdown(f"Compared with {result.background.rows:,} {group}, these columns moved the score against this person:")
    for at, item in enumerate(result.rows[0].reasons, start=1):
        st.markdown(
            f"{at}. **{plain(item.text)}** ({plain(item.feature)} = {plain(item.value)}), by {item.attribution:.3g} {result.units}"
        )
    if not result.rows[0].reasons:
        st.markdown("No column speaks against this person.")
    sentence.aside(
        f"The score is {number(result.rows[0].prediction)}; the decision turns at {number(result.threshold)}."
    )
    tables.provenance(found)
