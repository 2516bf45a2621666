"""Charts as Vega-Lite specifications: what `st.altair_chart` does, without copying and checking every chart for every visitor."""

from __future__ import annotations

import threading
from typing import Any, Final

import altair as alt
from altair.utils import schemapi

from pages._ui import palette

AnyChart = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart | alt.FacetChart
_TRANSFORMER: Final = "countersign"
_ALONE: Final = threading.Lock()
"""Altair's theme and data transformer belong to the process, and each visitor's script is a thread of it."""


def trust_charts() -> None:
    """Stop holding every part of every chart against the schema of Vega-Lite, in this process.

    It takes most of the time of a chart and can find mistakes of ours only; the tests draw the same charts with it.
    """
    schemapi.disable_debug_mode()


def styled(chart: AnyChart) -> AnyChart:
    """Return the chart with the style of the house: no frame, quiet axes, names in full, colours in a fixed order.

    The copy shares the parts of the chart and has a configuration of its own; each `configure_...` of Altair copies all of it.
    """
    found: AnyChart = chart.copy(deep=False)
    found.config = alt.Config(
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(labelLimit=240, titleFontWeight="normal", domain=False, ticks=False, gridOpacity=0.5),
        axisYDiscrete=alt.AxisConfig(labelOverlap=False),
        legend=alt.LegendConfig(orient="top", title=None, labelLimit=240),
        title=alt.TitleConfig(anchor="start", fontWeight="normal", fontSize=14),
        range=alt.RangeConfig(category=list(palette.CATEGORIES)),
    )
    return found


def spec_of(chart: AnyChart) -> dict[str, Any]:
    """Return the specification of a chart, with its frames as named data sets.

    It is held against the schema of Vega-Lite until `trust_charts` is called.
    """
    frames: dict[int, tuple[str, Any]] = {}

    def named(data: Any, /, *_: Any, **__: Any) -> dict[str, str]:
        name, _frame = frames.setdefault(id(data), (f"table-{len(frames)}", data))
        return {"name": name}

    with _ALONE:
        alt.data_transformers.register(_TRANSFORMER, named)
        with alt.theme.enable("none"), alt.data_transformers.enable(_TRANSFORMER):
            found: dict[str, Any] = chart.to_dict(validate=schemapi.DEBUG_MODE)
    datasets = {**found.get("datasets", {}), **dict(frames.values())}
    return {**found, "datasets": datasets} if datasets else found
