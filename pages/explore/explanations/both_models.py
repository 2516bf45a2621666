"""The part of the page about all rows that holds another model against this one, column by column, on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from governance.data import spoken
from governance.explain import ComparedImportance, GlobalExplanation, GlobalParameters, Scale, compare_importance
from governance.language import mark
from pages._ui import against, attributions, dictionary, evidence, headings, tables, tongue
from pages._ui.charts import base, changes
from pages._ui.charts.layouts import laid
from pages._ui.text import join, plain, shown

if TYPE_CHECKING:
    from governance.evidence import Evidence
    from pages._ui.choices import Picked

PART: Final = mark("Both models")
"""Name of the part of the page."""
_VERDICTS: Final = {"more": "more", "less": "less", "no_clear_change": "no clear change"}
_LISTED: Final = 12
"""Columns in the chart; the drawer of its numbers has all."""
_LOOKS: Final = dict(
    zip(_VERDICTS.values(), (changes.ORANGE_DIAMOND, changes.BLUE_DOT, changes.GREY_SQUARE), strict=True)
)


def section(picked: Picked, found: Evidence, scale: Scale) -> None:
    """Draw how much more or less each column moves the other model; nothing where no other one was chosen.

    Args:
        picked: what is looked at.
        found: the explanation of the model that is looked at.
        scale: on which it is given, and the other one is asked for.
    """
    other = against.other(picked)
    mine = evidence.result(found, GlobalExplanation)
    if other is None or mine is None:
        return
    asked = GlobalParameters(target=mine.target, scale=scale)
    theirs = evidence.need("explain.global", attributions.everyone(other), asked)
    result = evidence.result(theirs, GlobalExplanation) if theirs is not None else None
    if theirs is None or result is None:
        return
    units = mine.certificate.units
    if result.certificate.units != units:
        st.markdown(
            tongue.say(
                "This model is explained in {units}, the other in {other}: they cannot be held against each other. "
                "Choose *Probability* above, where both have it.",
                units=units,
                other=result.certificate.units,
            )
        )
        return
    tables_ = (attributions.stored(item, picked) for item in (found, theirs))
    one, two = (item.table for item in tables_)
    rows, moved = compare_importance(one, two, attributions.positions(picked, picked.cohort))
    said = spoken(moved, dictionary.of(picked))
    st.markdown(sentence(said, rows))
    frame = frame_of(said)
    base.draw(
        laid(
            changes.dots,
            frame.head(_LISTED),
            _LOOKS,
            f"Change of mean |attribution|, {units}: the other model minus this one",
        ),
        "How much more or less each column moves the other model than this one, with paired intervals",
        frame,
        "both-models",
    )
    headings.aside(
        tongue.say(
            "The change of the mean size of what a column adds to an answer, over the same rows for both models; 95 % paired intervals, "
            "each for itself. A column that a model does not read moves it by 0."
        )
    )
    tables.provenance(theirs, "versus")


def sentence(changes: Sequence[ComparedImportance], rows: int) -> str:
    """Return what moves the other model more and what less, as markdown."""
    parts = [
        f"{verdict} by {join([plain(item.feature) for item in named[:3]])}"
        + (f" and {len(named) - 3} more" if named[3:] else "")
        for verdict in ("more", "less")
        if (named := [item for item in changes if item.verdict == verdict])
    ]
    moved = f"is moved {', '.join(parts)}" if parts else "is not clearly moved otherwise by any column"
    return f"The other model {moved} ({rows:,} rows that both explain)."


def frame_of(changes: Sequence[ComparedImportance]) -> pd.DataFrame:
    """Return one row per column, those that change most first."""
    rows = [
        (
            shown(item.feature, 60),
            item.current,
            item.candidate,
            item.change,
            item.low,
            item.high,
            _VERDICTS[item.verdict],
        )
        for item in changes
    ]
    return pd.DataFrame(rows, columns=["Column", "This model", "The other", "Change", "Low", "High", "Verdict"])
