"""One table window by window on the drift page: when did something move, how good were decisions then, and for whom."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from governance.drift import By, OverTime, OverTimeParameters, words
from governance.statistics import title
from pages._ui import datasets, evidence, tables, tongue
from pages._ui.charts.base import draw
from pages._ui.charts.layouts import laid
from pages._ui.choices import Picked
from pages._ui.text import join, plain, shown
from pages.explore.drift import over_time_chart as charts

_CUTS: Final[dict[By, str]] = {"day": "By day", "week": "By week", "month": "By month", "rows": "By rows of the file"}
_FIGURES: Final = {
    "window": tables.words("Window"),
    "kind": tables.words("Which"),
    "value": tables.figures("Value"),
    "low": tables.figures("From"),
    "high": tables.figures("To"),
    "rows": tables.count("Rows"),
}


def section(picked: Picked, column: str) -> None:
    """Draw the windows of the picked data and how one column moved along them."""
    parameters = _asked(bool(datasets.schema_of(picked.data).timestamp))
    stored = evidence.need("drift.harm_over_time" if picked.model else "drift.over_time", picked, parameters)
    found = evidence.result(stored, OverTime) if stored is not None else None
    if stored is None or found is None:
        return
    st.markdown(lead(found))
    _performance(found)
    _groups(found)
    _column(found, column)
    _table(found)
    tables.provenance(stored, "over-time")


def _asked(timed: bool) -> OverTimeParameters:
    """Draw how the table is cut, and return it; without a column of time only rows are offered."""
    offered: list[By] = list(_CUTS) if timed else ["rows"]
    left, right = st.columns([3, 1])
    with left:
        by = st.segmented_control(
            "Cut", offered, default="month" if timed else "rows", format_func=_CUTS.__getitem__, key="cut"
        )
    chosen: By = by if by in offered else offered[-1]
    size = 5_000
    if chosen == "rows":
        with right:
            size = int(st.number_input(tongue.say("Rows of a window"), 100, 1_000_000, size, 100, key="window-rows"))
    if not timed:
        st.caption(tongue.say("No column of these data has the role of time, so windows follow the order of the file."))
    return OverTimeParameters(by=chosen, size=min(max(size, 100), 1_000_000))


def lead(found: OverTime) -> str:
    """Return when something moved, as a sentence in markdown."""
    moved = [item for item in found.windows if item.moved]
    if not moved:
        return f"In none of {len(found.windows)} windows did a column move by more than matters."
    named = [
        f"{plain(item.label)} ({plain(join([shown(name, 40) for name in item.moved[:3]]))}"
        f"{f' and {len(item.moved) - 3} more' if len(item.moved) > 3 else ''})"
        for item in moved[:4]
    ]
    more = f" and {len(moved) - 4} more" if len(moved) > 4 else ""
    return (
        f"In **{len(moved)} of {len(found.windows)} windows** a column moved by more than matters: {join(named)}{more}. "
        "Each window gets its part of the error that is allowed over all windows for ever."
    )


def _performance(found: OverTime) -> None:
    frame = charts.performance_table(found)
    if not len(frame):
        st.caption(
            tongue.say("How good decisions were per window is not known: no model and no score, or too few rows.")
        )
        return
    metric = title(found.metric)
    mark = found.reference.value if found.reference else None
    draw(
        laid(charts.points, frame, metric, [item.label for item in found.windows], mark),
        f"{metric} per window with 95 % intervals, with labels and as expected without; the line is the reference.",
        frame,
        "over-time",
        _FIGURES,
    )


def _groups(found: OverTime) -> None:
    attributes = list(dict.fromkeys(point.attribute for item in found.windows for point in item.groups))
    if not attributes:
        return
    attribute = st.segmented_control("By group", attributes, default=attributes[0], key="over-time-group")
    attribute = attribute or attributes[0]
    frame = charts.groups_table(found, attribute)
    metric = title(found.metric)
    draw(
        laid(charts.points, frame, metric, ["reference", *[item.label for item in found.windows]]),
        f"{metric} per window for each group of {shown(attribute, 60)} with at least 30 labelled rows, with 95 % intervals.",
        frame,
        "over-time-groups",
        _FIGURES | {"kind": tables.words("Group")},
    )
    rest = words.left_out(found, attribute, plain)
    if rest:
        st.caption(rest)


def _column(found: OverTime, column: str) -> None:
    frame = charts.column_table(found, column)
    if not len(frame):
        return
    st.markdown(tongue.say("**{column}**, window by window", column=plain(column)))
    draw(
        laid(charts.column, frame, [item.label for item in found.windows]),
        f"How far {shown(column, 60)} moved in each window; the line marks what matters in practice.",
        frame,
        "over-time-column",
        {"times the limit": tables.figures("Times the limit", digits=2), "missing": tables.share("Missing")},
    )


def _table(found: OverTime) -> None:
    frame = pd.DataFrame(
        {
            "window": [item.label for item in found.windows],
            "rows": [item.rows for item in found.windows],
            "moved": [len(item.moved) for item in found.windows],
            "which": [shown(", ".join(item.moved), 300) for item in found.windows],
            "unclear": [sum(one.verdict == "cannot_tell" for one in item.columns.values()) for item in found.windows],
        }
    )
    tables.table(
        frame, "Windows in order.",
        {"window": tables.words("Window"), "rows": tables.count("Rows"), "moved": tables.count("Columns that moved", ""),
         "which": tables.words("Which, the farthest first", wide=True), "unclear": tables.count("Too few rows to tell", "")},
        key="over-time-windows",
    )  # fmt: skip
