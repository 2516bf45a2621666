"""Charts about candidates: what changes from the model in force, with paired intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import altair as alt
import pandas as pd

from governance.fairness import CHANGES, CompareReport, compared
from governance.statistics import lowered, title
from pages._ui import palette
from pages._ui.charts.base import AXIS, BAR, tooltips
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

_COLOURS: Final = (palette.BLUE, palette.ORANGE, palette.GREY)
_SHAPES: Final = ("circle", "diamond", "square")
_LEGEND: Final = 60
"""Height of the legend, pixels."""


def measure(what: str, attribute: str) -> str:
    """Return what is compared between two models; with an attribute it is the gap between that attribute's groups."""
    return f"Gap in {lowered(compared(what))} by {shown(attribute, 40)}" if attribute else title(what)


def change_frame(found: Mapping[str, CompareReport]) -> pd.DataFrame:
    """Return one row per measure and candidate, measures in the order of the reports."""
    rows = [
        {
            "Measure": measure(item.what, item.attribute),
            "Candidate": shown(label),
            "Change": item.change,
            "Low": item.low,
            "High": item.high,
            "Verdict": CHANGES[item.verdict],
        }
        for label, report in found.items()
        for item in report.changes
    ]
    frame = pd.DataFrame(rows, columns=["Measure", "Candidate", "Change", "Low", "High", "Verdict"])
    order = {name: at for at, name in enumerate(dict.fromkeys(frame["Measure"]))}
    return frame.sort_values("Measure", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)


def changes(frame: pd.DataFrame) -> AnyChart:
    """Return one dot with its interval per measure and candidate; the line at zero means: as now."""
    several = len(set(frame["Candidate"])) > 1
    frame = frame.assign(Row=frame["Measure"] + " · " + frame["Candidate"] if several else frame["Measure"])
    base = alt.Chart(frame)
    y = alt.Y("Row:N", sort=None, title=None, axis=alt.Axis(labelLimit=420))
    domain = list(CHANGES.values())
    x = alt.X("Change:Q", title="Change: candidate minus model in force")
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(
        y=y, x=alt.X("Low:Q", title="Change: candidate minus model in force"), x2=alt.X2("High:Q")
    )
    dot = base.mark_point(filled=True, size=90, opacity=1).encode(
        y=y,
        x=x,
        color=alt.Color("Verdict:N", scale=alt.Scale(domain=domain, range=list(_COLOURS))),
        shape=alt.Shape("Verdict:N", scale=alt.Scale(domain=domain, range=list(_SHAPES))),
        tooltip=tooltips(["Measure:N", "Candidate:N", "Change:Q", "Low:Q", "High:Q", "Verdict:N"]),
    )
    zero = (
        alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color=palette.BROWN, strokeDash=[4, 3]).encode(x=alt.X("at:Q"))
    )
    layered: AnyChart = alt.layer(zero, rule, dot).properties(height=BAR * len(frame) + AXIS + _LEGEND)
    return layered
