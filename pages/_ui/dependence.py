"""How the model's answer follows one column, drawn: the mean, single rows, the person, and where the data lie."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.explain import Dependence, dependence_words
from pages._ui import headings, tongue
from pages._ui.charts import base, dependence as charts
from pages._ui.charts.layouts import laid
from pages._ui.text import number, plain, shown

_SHADE: Final = (
    " Nine tenths of the data lie in the shaded range; outside it the model is asked about what it has hardly seen."
)


def draw(result: Dependence, key: str, line: float | None = None) -> None:
    """Draw a dependence with its sentence.

    Args:
        result: what the model said.
        key: unique on the page.
        line: the score from which on a row is selected, None where the scale has none.
    """
    st.markdown(dependence_words.of_person(result, tongue.voice()))
    whose = (
        f" Orange is this person, whose own value is {plain(result.own_value)}." if result.person is not None else ""
    )
    cut = "" if line is None else f" The dashed line is the threshold, {number(line)}."
    names = "the small ticks" if result.kind == "name" else "the thin lines"
    shade = "" if result.middle_low is None else _SHADE
    headings.aside(
        tongue.say(
            "Blue is the mean answer over {averaged} rows with each value put into all of them (partial dependence, "
            "PDP); {names} are {lines} single rows (ICE).{whose}{cut}{shade} {notes}",
            averaged=tongue.voice().whole(result.averaged),
            names=names,
            lines=len(result.lines),
            whose=whose,
            cut=cut,
            shade=shade,
            notes=plain(result.notes[0]),
        )
    )
    frame = charts.steps_frame(result)
    base.draw(
        laid(charts.curve, result, line),
        f"How the model's answer follows {shown(result.column)}: the mean, single rows, and where the data lie",
        frame if result.person is not None else frame.drop(columns="This person"),
        key,
    )
