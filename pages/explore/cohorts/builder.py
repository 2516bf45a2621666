"""The builder of cohorts: column, operator and values from the data, line by line."""

from __future__ import annotations

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from governance.data import OF_NAMES, OF_NUMBERS, Asked, built, condition_text, kind_of_column
from governance.evidence import CountersignError, levels_of
from pages._ui import attributions, cohorts, errors, headings, tongue, workspace
from pages._ui.choices import Picked
from pages._ui.text import plain, shown

_LINES: Final = "countersign.cohort.lines"
MOST_LINES: Final = 6
"""Conditions that the builder offers at most; more can be written by hand."""
MOST_VALUES: Final = 200
"""Names of a column that are offered, the most frequent."""


def draw(picked: Picked) -> None:
    """Draw lines of column, operator and values, what they mean together, and what can be done with the rows."""
    count = int(st.session_state.get(_LINES, 1))
    columns = workspace.columns(picked.data)
    lines = [line for at in range(count) if (line := _line(picked, columns, at)) is not None]
    if count < MOST_LINES:
        st.button(
            tongue.say("And one more condition"), icon=":material/add:", type="tertiary", on_click=_more, args=(count,)
        )
    try:
        rows = condition_text(built(lines))
    except CountersignError as error:
        errors.advise(error)
        return
    if not rows:
        headings.aside(tongue.say("Choose a column to begin. Conditions are joined by “and”."))
        return
    try:
        found = len(attributions.positions(picked, rows))
    except CountersignError as error:
        errors.advise(error)
        return
    total = len(attributions.positions(picked, ""))
    voice = tongue.voice()
    st.markdown(
        voice.say(
            "**{found}** of {total} rows have {rows}.",
            found=voice.whole(found),
            total=voice.whole(total),
            rows=plain(rows, 2000),
        )
    )
    if found:
        cohorts.offer(picked, rows, key="built")


def _more(count: int) -> None:
    st.session_state[_LINES] = count + 1


def _line(picked: Picked, columns: tuple[str, ...], at: int) -> Asked | None:
    """Draw one line; None until its column is chosen."""
    left, middle, right = st.columns([3, 2, 4])
    joined = tongue.say("and" if at else "Rows whose")
    column = left.selectbox(
        joined, columns, index=None, format_func=shown, key=f"cohort-column-{at}", placeholder=tongue.say("column")
    )
    if column is None:
        return None
    values = attributions.values(picked.data, (column,))[column]
    numbers = kind_of_column(values) in ("integer", "number")
    place = f"{columns.index(column)}-{at}"
    operator = (
        middle.selectbox(tongue.say("How"), OF_NUMBERS if numbers else OF_NAMES, key=f"cohort-how-{place}")
        or OF_NAMES[0]
    )
    if operator in ("is missing", "is not missing"):
        return Asked(column, operator)
    with right:
        return Asked(column, operator, _number(values, place) if numbers else _names(values, place))


def _number(values: pd.Series, place: str) -> tuple[float, ...]:
    known = values.dropna().astype(float)
    if known.empty:
        st.caption(tongue.say("The column has no value."))
        return ()
    low, high = float(known.min()), float(known.max())
    found = st.number_input(
        tongue.say("Value"),
        value=float(known.median()),
        format="%g",
        key=f"cohort-number-{place}",
        help=tongue.say("In the data from {low} to {high}.", low=f"{low:g}", high=f"{high:g}"),
    )
    return (float(found),)


def _names(values: pd.Series, place: str) -> tuple[str | bool, ...]:
    if kind_of_column(values) == "boolean":
        chosen = st.multiselect(tongue.say("Values"), [True, False], key=f"cohort-names-{place}")
        return tuple(bool(item) for item in chosen)
    codes, texts = levels_of(values)
    counts = pd.Series(codes[codes >= 0]).value_counts()
    offered = [texts[code] for code in counts.index[:MOST_VALUES]]
    often = {texts[code]: int(rows) for code, rows in zip(counts.index.tolist(), counts, strict=True)}
    return tuple(
        st.multiselect(
            tongue.say("Values"), offered, key=f"cohort-names-{place}", format_func=partial(_with_rows, often)
        )
    )


def _with_rows(often: dict[str, int], name: str) -> str:
    return f"{shown(name, 60)} ({often[name]:,} rows)"
