"""How the model's answer follows one column, drawn: the mean, single rows, the person, and where the data lie."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.explain import Dependence, dependence_words
from governance.language import mark
from pages._ui import headings, tongue
from pages._ui.charts import base, dependence as charts
from pages._ui.charts.layouts import laid
from pages._ui.text import plain, shown

_SHADE: Final = mark(
    "Nine tenths of the data lie in the shaded range; outside it the model is asked about what it has hardly seen."
)


def draw(result: Dependence, key: str, line: float | None = None) -> None:
    """Draw a dependence with its sentence.

    Args:
        result: what the model said.
        key: unique on the page.
        line: the score from which on a row is selected, None where the scale has none.
    """
    st.markdown(dependence_words.of_person(result, tongue.voice()))
    voice = tongue.voice()
    said = [
        voice.say(
            "Blue is the mean answer over {averaged} rows with each value put into all of them (partial dependence, PDP); the small "
            "ticks are {lines} single rows (ICE)."
            if result.kind == "name"
            else "Blue is the mean answer over {averaged} rows with each value put into all of them (partial dependence, PDP); the "
            "thin lines are {lines} single rows (ICE).",
            averaged=voice.whole(result.averaged),
            lines=len(result.lines),
        )
    ]
    if result.person is not None:
        said.append(voice.say("Orange is this person, whose own value is {value}.", value=voice(str(result.own_value))))
    if line is not None:
        said.append(voice.say("The dashed line is the threshold, {line}.", line=voice.number(line)))
    if result.middle_low is not None:
        said.append(voice.say(_SHADE))
    headings.aside(" ".join([*said, plain(voice.say(result.notes[0]))]))
    frame = charts.steps_frame(result)
    base.draw(
        laid(charts.curve, result, line),
        f"How the model's answer follows {shown(result.column)}: the mean, single rows, and where the data lie",
        frame if result.person is not None else frame.drop(columns="This person"),
        key,
    )
