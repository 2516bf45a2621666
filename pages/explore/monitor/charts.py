"""The chart of a model over its windows: performance with labels, and as expected without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from governance.drift import Estimate
from governance.language import mark
from governance.workflow.monitoring import Standing
from pages._ui import palette
from pages._ui.charts.base import tooltips
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

WITH: Final = mark("with labels")
WITHOUT: Final = mark("expected without labels")
REFERENCE: Final = mark("evaluation data")
_KINDS: Final = alt.Scale(domain=[REFERENCE, WITH, WITHOUT], range=[palette.MUTED, palette.BLUE, palette.ORANGE])


def points_table(standing: Sequence[Standing]) -> pd.DataFrame:
    """Return one row per window and kind of figure, the evaluation data first."""
    rows = []
    first = next((item.before for item in standing if item.before), None)
    if first:
        rows.append(_row(REFERENCE, REFERENCE, first))
    for item in standing:
        for kind, found in ((WITH, item.realised), (WITHOUT, item.estimated)):
            if found:
                rows.append(_row(shown(item.data.name, 60), kind, found))
    return pd.DataFrame(rows, columns=["window", "kind", "value", "low", "high", "rows"])


def _row(window: str, kind: str, found: Estimate) -> dict[str, object]:
    return {"window": window, "kind": kind, "value": found.value, "low": found.low, "high": found.high, "rows": found.n}


def over_windows(frame: pd.DataFrame, metric: str) -> AnyChart:
    """Return dots with intervals per window in order, figures with and without labels side by side.

    Args:
        frame: what `points_table` returned.
        metric: what is measured, in words.
    """
    base = alt.Chart(frame, height=280)
    x = alt.X("window:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelLimit=180))
    beside = alt.XOffset("kind:N", scale=alt.Scale(domain=[REFERENCE, WITH, WITHOUT]))
    y = alt.Y("value:Q", title=metric, scale=alt.Scale(zero=False))
    colour = alt.Color("kind:N", scale=_KINDS, legend=alt.Legend(orient="top", title=None))
    rules = base.mark_rule(strokeWidth=2).encode(
        x=x,
        xOffset=beside,
        y=alt.Y("low:Q", title=metric, scale=alt.Scale(zero=False)),
        y2=alt.Y2("high:Q"),
        color=colour,
    )
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=x, xOffset=beside, y=y, color=colour, shape=alt.Shape("kind:N", legend=None), tooltip=tooltips(frame.columns)
    )
    layered: AnyChart = alt.layer(rules, dots)
    return layered
