"""A chart of one column inside the groups of people: how far it moved in each, and what chance alone reaches there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from governance.drift import VERDICTS, GroupDrift
from pages._ui import palette
from pages._ui.charts.base import BAR, tooltips
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown
from pages.explore.drift.charts import AROUND

_COLOURS: Final = alt.Scale(
    domain=list(VERDICTS.values()), range=[palette.ORANGE, palette.BLUE, palette.GREY, palette.OLIVE]
)


def within_table(found: Sequence[GroupDrift]) -> pd.DataFrame:
    """Return one row per group: its rows in both windows, how far the column moved there, and what chance alone reaches."""
    return pd.DataFrame(
        {
            "group": [shown(f"{item.attribute}: {item.group}", 60) for item in found],
            "verdict": [VERDICTS[item.verdict] for item in found],
            "before": [item.n_reference for item in found],
            "now": [item.n_current for item in found],
            "times the limit": [_times(item.effect, item.threshold) for item in found],
            "chance reaches": [_times(item.noise_floor, item.threshold) for item in found],
            "p": [item.p_adjusted for item in found],
            "reason": [shown(item.reason, 300) for item in found],
        }
    ).astype({"times the limit": "float64", "chance reaches": "float64", "p": "float64"})


def _times(value: float | None, limit: float | None) -> float | None:
    return value / limit if value is not None and limit else None


def moved_within(frame: pd.DataFrame) -> AnyChart:
    """Return a dot per group with a tick at what chance alone reaches; the line marks the practical limit."""
    base = alt.Chart(frame, height=BAR * max(1, len(frame)) + AROUND)
    y = alt.Y("group:N", sort=None, title=None, axis=alt.Axis(labelOverlap=False))
    title = "how far it moved, as a multiple of what matters (tick: chance alone)"
    x = alt.X("times the limit:Q", title=title, scale=alt.Scale(zero=True))
    legend = alt.Legend(values=[word for word in VERDICTS.values() if word in set(frame["verdict"])])
    dots = base.mark_circle(size=80, opacity=1).encode(
        y=y, x=x, color=alt.Color("verdict:N", scale=_COLOURS, legend=legend), tooltip=tooltips(frame.columns)
    )
    chance = base.mark_tick(color=palette.MUTED, thickness=2).encode(y=y, x=alt.X("chance reaches:Q", title=title))
    limit = alt.Chart({"values": [{"limit": 1}]}).mark_rule(color=palette.MUTED, strokeDash=[4, 3])
    layered: AnyChart = alt.layer(limit.encode(x=alt.X("limit:Q", title=title)), chance, dots)
    return layered
