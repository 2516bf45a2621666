"""Parts of the page about one person: the model's limits for them, what follows from an edit, and LIME beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from governance.evidence import NotAssessed
from governance.explain.report import LimeExplanation, LocalExplanation, Mistakes, ModelLimits, WhatIf
from governance.explain.spec import Change, LimeParameters, LimitsParameters, WhatIfParameters
from pages._ui import attributions, badges, evidence, sentence, tables
from pages._ui.charts import base
from pages._ui.charts import explanation as charts
from pages._ui.text import join, number, percent, plain, shown

if TYPE_CHECKING:
    from pages._ui.subject import Picked

_EDITED: Final = 8


def limits(picked: Picked, row: int) -> None:
    """Draw what the model cannot know about this kind of person and how often it is wrong about them, before any explanation."""
    found = evidence.need("explain.limits", attributions.everyone(picked), LimitsParameters(row))
    result = evidence.result(found, ModelLimits) if found is not None else None
    if found is None or result is None:
        return
    with st.container(border=True, key="limits"):
        st.markdown("**Before the explanation: does the model know people like this one?**")
        _strange(result)
        _mistakes(result)
        tables.provenance(found)


def _strange(result: ModelLimits) -> None:
    if not result.strange:
        badges.badge("met", "Seen before")
        st.markdown(f"Every value lies within what the {result.background.rows:,} background rows hold.")
        return
    badges.badge("alert", "Never seen")
    words = join(
        [f"{plain(item.feature)} is {plain(item.value)} (background: {plain(item.known)})" for item in result.strange]
    )
    st.markdown(f"The model extrapolates here: {words}.")


def _mistakes(result: ModelLimits) -> None:
    """Say how often the model is wrong about people like this one, against everybody."""
    alike, everyone = result.alike, result.everyone
    if isinstance(alike.size, NotAssessed) or isinstance(everyone.size, NotAssessed):
        badges.badge("not_assessed")
        reason = alike.size if isinstance(alike.size, NotAssessed) else everyone.size
        words = reason.reason if isinstance(reason, NotAssessed) else ""
        st.markdown(f"How often the model is wrong about people like this one is not known: {plain(words)}")
        return
    worse = alike.low is not None and alike.low > everyone.size
    badges.badge("alert" if worse else "no_alert", "More often wrong" if worse else "Not more often wrong than usual")
    off = "wrong about" if result.measure == "share decided wrongly" else "off on average by"
    st.markdown(
        f"Of the {alike.rows:,} most similar people whose outcome is known, the model is {off} **{_size(alike, result)}**, against "
        f"{_size(everyone, result)} over all {everyone.rows:,}."
    )
    for group in result.groups:
        st.caption(f"{plain(group.who)}: {_size(group, result)} of {group.rows:,} people with a known outcome.")


def _size(item: Mistakes, result: ModelLimits) -> str:
    if isinstance(item.size, NotAssessed):
        return f"not assessed ({plain(item.size.reason)})"
    write = percent if result.measure == "share decided wrongly" else number
    return f"{write(item.size)} ({write(item.low)} to {write(item.high)})"


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
        with st.container(key="what-if"):
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
    steps, ends = charts.waterfall_frame(result), charts.ends_frame(result.base_value, result.output_after)
    base.redraw(
        charts.layout_of_waterfall(len(steps), result.units),
        {"steps": steps, "ends": ends},
        "From the average answer to the answer with your edits, column by column",
        charts.readable_steps(steps),
        "edited",
    )
    moved = charts.before_after_frame(result)
    base.redraw(
        charts.layout_of_before_after(len(moved) // 2, result.units),
        {"moved": moved},
        "Attributions as the row is and with your edits",
        moved,
        "what-if",
    )


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
