"""The part of the page about one person that says what another model says about them, and for which reasons."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from governance.data import Dictionary, spoken
from governance.explain import LocalExplanation, LocalParameters
from pages._ui import against, attributions, dictionary, evidence, tables, tongue
from pages._ui.choices import Picked
from pages._ui.text import number, plain, shown


def section(picked: Picked, mine: LocalExplanation) -> None:
    """Draw what the model that was chosen under *Against* says about the same row; nothing where none was chosen."""
    other = against.other(picked)
    if other is None:
        return
    everyone = attributions.everyone(other)
    found = evidence.need("explain.local", everyone, LocalParameters(row=mine.row, target=mine.target))
    theirs = evidence.result(found, LocalExplanation) if found is not None else None
    if found is None or theirs is None:
        return
    st.markdown(sentence(mine, theirs, other.model_label, attributions.line(picked, mine.target)))
    with st.expander(tongue.say("What each column adds, in both models"), key="both-models", on_change="rerun") as box:
        if box.open:
            frame = frame_of(mine, theirs, dictionary.of(picked))
            columns = {
                "column": tables.words("Column"),
                "value": tables.words("Value"),
                "mine": tables.figures(f"This model, {mine.certificate.units}"),
                "theirs": tables.figures(f"The other, {theirs.certificate.units}"),
            }
            tables.table(frame, "What each column adds to the answer of both models", columns, key="both-models")
            tables.provenance(found, "versus")


def sentence(mine: LocalExplanation, theirs: LocalExplanation, label: str, line: float | None) -> str:
    """Return what the other model says about the row, as markdown; `line` is the threshold that decides, None where none does."""
    said = (
        f"**{plain(label)}** says **{number(theirs.prediction)}** ({number(theirs.prediction - mine.prediction)} apart)"
    )
    if line is None:
        return f"{said}."
    alike = (mine.prediction >= line) == (theirs.prediction >= line)
    return f"{said} and decides {'alike' if alike else 'otherwise'}: {'selected' if theirs.prediction >= line else 'not selected'}."


def frame_of(mine: LocalExplanation, theirs: LocalExplanation, words: Dictionary) -> pd.DataFrame:
    """Return one row per column that one of the two reads: its value, and what it adds to each answer; NaN where it is not read."""
    said = (spoken(found, words) for found in (mine, theirs))
    one, two = ({item.feature: item for item in found.values} for found in said)  # noqa: PD011
    rows = [
        (
            shown(name, 60),
            shown(str((one.get(name) or two[name]).value), 60),
            one[name].attribution if name in one else None,
            two[name].attribution if name in two else None,
        )
        for name in dict.fromkeys((*one, *two))
    ]
    return pd.DataFrame(rows, columns=["column", "value", "mine", "theirs"])
