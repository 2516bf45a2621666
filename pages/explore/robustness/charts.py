"""Charts of Robustness: what an error costs at every share of rows, and the stretch in which nobody would notice."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from pages._ui import palette
from pages._ui.charts.spec import AnyChart

_LINE = 15
"""Height of one line of words at the top of the chart, pixels."""


def stretch(
    frame: pd.DataFrame, blind: float, signs: Sequence[tuple[str, float]], titles: tuple[str, str, str]
) -> AnyChart:
    """Return the harm against the share of rows that break, with the range of chance; the blind stretch is shaded.

    Args:
        frame: columns share, lost, low and high, all in percent or points.
        blind: where the blind stretch ends, in percent of the rows; 0 for none.
        signs: what sees the error, and from which percent of the rows on.
        titles: of the axes, and what stands in the shade.
    """
    far = float(frame["share"].max())
    share = alt.X("share:Q", title=titles[0], scale=alt.Scale(domain=[0, far], nice=False))
    base = alt.Chart(frame, height=300)
    layers: list[AnyChart] = []
    if blind > 0:
        end = min(blind, far)
        shade = pd.DataFrame({"from": [0.0], "to": [end], "words": [titles[2]]})
        layers.append(
            alt.Chart(shade)
            .mark_rect(color=palette.MUTED, opacity=0.18)
            .encode(x=alt.X("from:Q", title=titles[0]), x2=alt.X2("to:Q"))
        )
        layers.append(
            alt.Chart(shade)
            .mark_text(align="left", baseline="top", dx=4, dy=_LINE * len(signs) + 4, fontSize=13)
            .encode(x=alt.X("from:Q", title=titles[0]), y=alt.value(0), text=alt.Text("words:N"))
        )
    layers.append(
        base.mark_area(color=palette.ACCENT, opacity=0.2).encode(
            x=share, y=alt.Y("low:Q", title=titles[1]), y2=alt.Y2("high:Q")
        )
    )
    layers.append(
        base.mark_line(color=palette.ACCENT, strokeWidth=2).encode(
            x=share,
            y=alt.Y("lost:Q", title=titles[1]),
            tooltip=[alt.Tooltip(name, format=".2f") for name in ("share", "lost", "low", "high")],
        )
    )
    for at, (words, start) in enumerate((words, start) for words, start in signs if start <= far):
        mark = pd.DataFrame({"share": [start], "words": [words]})
        layers.append(
            alt.Chart(mark)
            .mark_rule(color=palette.ORANGE, strokeDash=[4, 3])
            .encode(x=alt.X("share:Q", title=titles[0]))
        )
        layers.append(
            alt.Chart(mark)
            .mark_text(align="left", baseline="top", dx=4, dy=_LINE * at, fontSize=13)
            .encode(x=alt.X("share:Q", title=titles[0]), y=alt.value(0), text=alt.Text("words:N"))
        )
    layered: AnyChart = alt.layer(*layers)
    return layered
