"""The chart of norms over windows: how strongly the windows speak against each."""

from __future__ import annotations

import math
from typing import Final

import altair as alt
import pandas as pd

from governance.fairness import NormReport
from pages._ui import palette
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

LEAST: Final = 0.1
"""Odds below are drawn at this: how little speaks against a norm that is kept is of no interest."""
MOST: Final = 1e6
"""Odds above are drawn at this: a million to one is proof enough for any eye."""


def capital_table(report: NormReport) -> pd.DataFrame:
    """Return one row per norm and window: the odds against the norm, as 20 means 20 to 1."""
    rows = [
        {"window": number, "odds": min(max(math.exp(min(value, 700.0)), LEAST), MOST), "norm": shown(item.id, 40)}
        for item in report.norms
        for number, value in enumerate(item.capital, start=1)
    ]
    return pd.DataFrame(rows, columns=["window", "odds", "norm"])


def capital(frame: pd.DataFrame, alpha: float) -> AnyChart:
    """Return one line per norm on a logarithmic scale, with the line that proves a breach.

    Args:
        frame: what `capital_table` returned.
        alpha: error rate of the norms; the line stands at 1 / alpha.
    """
    y = alt.Y("odds:Q", title="Odds against chance (to 1)", scale=alt.Scale(type="log"))
    x = alt.X("window:Q", title="Window", axis=alt.Axis(format="d", tickMinStep=1))
    base = alt.Chart(frame, height=300)
    drawn = base.mark_line(strokeWidth=2, point=True).encode(
        x=x, y=y, color=alt.Color("norm:N", sort=None, legend=alt.Legend(orient="top", title=None)),
        tooltip=[alt.Tooltip("norm:N"), alt.Tooltip("window:Q"), alt.Tooltip("odds:Q", format=".3g")],
    )  # fmt: skip
    line = (
        alt.Chart({"values": [{"proof": 1 / alpha}]})
        .mark_rule(color=palette.ORANGE, strokeDash=[4, 3], strokeWidth=2)
        .encode(y=alt.Y("proof:Q"))
    )
    layered: AnyChart = alt.layer(drawn, line)
    return layered
