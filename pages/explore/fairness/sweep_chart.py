"""A threshold that is moved inside the chart: the browser picks the marks, so that a move asks neither the server nor the rows.

Everything that the chart can show is in it from the beginning: for each position of the slider, the rates of each group with their
intervals, and the errors of all people. Moving the slider filters, and changing a cost multiplies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd

from governance.fairness import GroupCurve, SweepReport
from governance.statistics import wilson
from pages._ui import palette
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

POSITIONS: Final = 200
"""Steps of the slider at most."""
WIDTH: Final = 440
"""Width of the plots, pixels: views under one another keep no room for their axes when they are stretched."""
ALL: Final = "All people"
SELECTED: Final = "Selected, of all"
FOUND: Final = "Selected, of those with the label"
WRONGLY: Final = "Selected, of those without it"
MEASURES: Final = (SELECTED, FOUND, WRONGLY)
_COLOURS: Final = (palette.BLUE, palette.VIOLET, palette.ORANGE)
_SHAPES: Final = ("circle", "square", "diamond")
_HERE: Final = "datum.From < cut && cut <= datum.Position"
_LEAST: Final = 1e-9
"""Smallest width of the slider's range, as a part of its highest score: below it, steps vanish in rounding."""
_SVG: Final = {"embedOptions": {"renderer": "svg"}}
"""Few marks are drawn of many rows; as SVG their words stay text."""


@dataclass(frozen=True, slots=True)
class Track:
    """Where the slider can stand."""

    positions: tuple[float, ...]
    """Ascending, evenly spaced, and the threshold in force between them."""
    step: float
    current: float


def track(found: SweepReport) -> Track:
    """Return positions from the lowest score to the highest, a round step apart, so that a position reads as it is."""
    low = found.thresholds[0]
    high = max(found.thresholds[max(len(found.thresholds) - 2, 0)], found.current)
    raw = max(high - low, 1e-6, _LEAST * abs(high)) / POSITIONS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= raw * (1 - _LEAST))
    first = math.floor(low / step)
    digits = max(0, -math.floor(math.log10(step) + _LEAST))
    count = math.ceil(high / step) - first
    even = [round((first + index) * step, digits) for index in range(max(count, 1) + 1)]
    return Track(tuple(sorted({*even, found.current})), round(step, digits), found.current)


def rates(found: SweepReport, curves: Sequence[GroupCurve], where: Track) -> pd.DataFrame:
    """Return, per position and group, each rate with its Wilson interval; all people first.

    A rate is missing when the group has fewer rows of that label than the limit of the report.
    """
    return pd.concat([_rates(found, curve, where) for curve in (found.overall, *curves)], ignore_index=True)


def _rates(found: SweepReport, curve: GroupCurve, where: Track) -> pd.DataFrame:
    at = _indices(found, where)
    name = shown(curve.name) if curve.group else ALL
    columns: dict[str, Any] = {**_places(where), "Group": name, "Everyone": not curve.group, "Rows": curve.n}
    counts = (
        (curve.selected, curve.n),
        (curve.true_positives, curve.positives),
        (curve.false_positives, curve.negatives),
    )
    for measure, (part, whole) in zip(MEASURES, counts, strict=True):
        least = found.limits.min_rows if measure == SELECTED and curve.group else found.limits.min_outcomes
        hits = np.asarray(part, dtype=float)[at]
        low, high = wilson(hits, whole, found.limits.confidence)
        known = whole >= max(least, 1)
        for title, value in ((measure, hits / max(whole, 1)), (f"{measure} low", low), (f"{measure} high", high)):
            columns[title] = value if known else np.full(len(at), np.nan)
    return pd.DataFrame(columns)


def errors(found: SweepReport, where: Track) -> pd.DataFrame:
    """Return, per position, how many of all people are wrongly selected, wrongly not selected, and rightly decided."""
    at = _indices(found, where)
    everyone = found.overall
    wrongly, rightly = np.asarray(everyone.false_positives)[at], np.asarray(everyone.true_positives)[at]
    missed = everyone.positives - rightly
    labelled = max(everyone.positives + everyone.negatives, 1)
    return pd.DataFrame(
        {**_places(where), "Wrongly": wrongly, "Missed": missed, "Right": 1 - (wrongly + missed) / labelled}
    )


def _indices(found: SweepReport, where: Track) -> np.ndarray[Any, np.dtype[np.intp]]:
    # as `governance.fairness.thresholds.nearest`, for all positions at once
    return np.searchsorted(found.thresholds, where.positions, side="left").clip(0, len(found.thresholds) - 1)


def _places(where: Track) -> dict[str, Any]:
    return {"Position": where.positions, "From": (-np.finfo(np.float64).max, *where.positions[:-1])}


def moved(rate_frame: pd.DataFrame, error_frame: pd.DataFrame, where: Track) -> AnyChart:
    """Return the rates of each group at the slider under the chart, and what errors cost; no label, no costs.

    A grey tick marks where each rate stands at the threshold in force.
    """
    measures = [name for name in MEASURES if rate_frame[name].notna().any()]
    views: list[Any] = [_sentence(rate_frame), _by_group(rate_frame, measures, where)]
    params = [_slider(where)]
    if len(measures) > 1:
        views += [_price_in_words(error_frame), _prices(error_frame, where)]
        params += [
            _price("wrong", "One person wrongly selected costs "),
            _price("miss", "One person wrongly not selected costs "),
        ]
    chart: AnyChart = alt.vconcat(
        *(view.properties(width=WIDTH) for view in views), params=params, usermeta=_SVG, spacing=14
    )
    return chart


def _slider(where: Track) -> alt.VariableParameter:
    bind = alt.binding_range(
        min=where.positions[0], max=where.positions[-1], step=where.step, name="Threshold: selected from this score on "
    )
    return alt.VariableParameter(name="cut", value=where.current, bind=bind)


def _price(name: str, words: str) -> alt.VariableParameter:
    return alt.VariableParameter(name=name, value=1, bind=alt.BindInput(input="number", name=words))


def _sentence(frame: pd.DataFrame) -> alt.Chart:
    groups = frame.loc[~frame["Everyone"], "Group"].nunique()
    apart = "'Between these groups it differs by ' + format(100 * (datum.most - datum.least), '.1f') + ' points.'"
    said = "'At ' + format(cut, ',.6~g') + ', ' + format(datum.all, '.1%') + ' of all people are selected.'"
    text: alt.Chart = (
        alt.Chart(frame, height=38)
        .transform_filter(_HERE)
        .transform_calculate(
            whole=f"datum.Everyone ? datum['{SELECTED}'] : null", own=f"datum.Everyone ? null : datum['{SELECTED}']"
        )
        .transform_aggregate(all="max(whole)", most="max(own)", least="min(own)")
        .transform_calculate(words=f"[{said}, {apart}]" if groups > 1 else said)
        .mark_text(align="left", baseline="top", fontSize=14, lineHeight=20, limit=0)
        .encode(x=alt.value(0), y=alt.value(0), text=alt.Text("words:N"))
    )
    return text


def _by_group(frame: pd.DataFrame, measures: Sequence[str], where: Track) -> AnyChart:
    here, in_force = _folded(frame, measures, _HERE), _folded(frame, measures, f"datum.Position === {where.current!r}")
    offset = alt.YOffset("Measure:N", sort=[*measures], scale=alt.Scale(domain=[*measures]))
    place: dict[str, Any] = {"y": alt.Y("Group:N", sort=None, title=None), "yOffset": offset}
    colour = alt.Color("Measure:N", scale=alt.Scale(domain=[*measures], range=list(_COLOURS[: len(measures)])))
    shape = alt.Shape("Measure:N", scale=alt.Scale(domain=[*measures], range=list(_SHAPES[: len(measures)])))
    shares = [alt.Tooltip(f"{name}:Q", format=".1%") for name in ("Rate", "low", "high")]
    ticks = in_force.mark_tick(color=palette.MUTED, thickness=3, size=13).encode(x=_share("Rate"), **place)
    rules = here.mark_rule(strokeWidth=2).encode(x=_share("low"), x2=alt.X2("high:Q"), color=colour, **place)
    dots = here.mark_point(filled=True, size=80, opacity=1).encode(
        x=_share("Rate"),
        color=colour,
        shape=shape,
        tooltip=[alt.Tooltip("Group:N"), alt.Tooltip("Measure:N"), *shares, alt.Tooltip("Rows:Q")],
        **place,
    )
    words = here.mark_text(align="left", dx=8, fontSize=12).encode(
        x=_share("high"), text=alt.Text("Rate:Q", format=".1%"), **place
    )
    layered: AnyChart = alt.layer(ticks, rules, dots, words).properties(
        height=frame["Group"].nunique() * (18 * len(measures) + 10)
    )
    return layered


def _share(name: str) -> alt.X:
    title = "Share selected, with its interval; grey: at the threshold in force"
    return alt.X(f"{name}:Q", title=title, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))


def _folded(frame: pd.DataFrame, measures: Sequence[str], which: str) -> alt.Chart:
    """Return one row per group and measure of the rows that are wanted: filtered first, so that a move touches few."""
    return (
        alt.Chart(frame)
        .transform_filter(which)
        .transform_fold([*measures], as_=["Measure", "Rate"])
        .transform_filter("isValid(datum.Rate)")
        .transform_calculate(low="datum[datum.Measure + ' low']", high="datum[datum.Measure + ' high']")
    )


def _priced(frame: pd.DataFrame) -> alt.Chart:
    return (
        alt.Chart(frame)
        .transform_calculate(cost="wrong * datum.Wrongly + miss * datum.Missed")
        .transform_joinaggregate(least="min(cost)")
    )


def _price_in_words(frame: pd.DataFrame) -> alt.Chart:
    right = "'There, ' + format(datum.Right, '.1%') + ' of all labelled rows are decided as their label says.'"
    wrong = "format(datum.Wrongly, ',') + ' people wrongly selected, ' + format(datum.Missed, ',') + ' wrongly not selected.'"
    now = "'These errors cost ' + format(datum.cost, ',.2~f')"
    least = "'; the least that any common threshold costs is ' + format(datum.least, ',.2~f') + '.'"
    text: alt.Chart = (
        _priced(frame)
        .transform_filter(_HERE)
        .transform_calculate(words=f"[{right}, {wrong}, {now} + {least}]")
        .mark_text(align="left", baseline="top", fontSize=14, lineHeight=20, limit=0)
        .encode(x=alt.value(0), y=alt.value(0), text=alt.Text("words:N"))
        .properties(height=58)
    )
    return text


def _prices(frame: pd.DataFrame, where: Track) -> AnyChart:
    priced = _priced(frame)
    scale = alt.Scale(domain=[where.positions[0], where.positions[-1]], nice=False)
    x = alt.X("Position:Q", title="Threshold, the same for all", scale=scale)
    y = alt.Y("cost:Q", title="Cost of errors", scale=alt.Scale(zero=True))
    line = priced.mark_line(strokeWidth=2, color=palette.MUTED).encode(x=x, y=y)
    cheapest = (
        priced.transform_filter("datum.cost === datum.least")
        .transform_aggregate(Position="min(Position)", cost="min(cost)")
        .transform_calculate(words="'cheapest: ' + format(datum.Position, ',.6~g')")
    )
    best = cheapest.mark_point(filled=True, size=80, opacity=1, color=palette.OLIVE, shape="square").encode(x=x, y=y)
    named = cheapest.mark_text(dy=-12, fontSize=12).encode(x=x, y=y, text=alt.Text("words:N"))
    here = priced.transform_filter(_HERE).mark_point(filled=True, size=110, opacity=1, color=palette.ORANGE)
    layered: AnyChart = alt.layer(line, best, named, here.encode(x=x, y=y)).properties(height=150)
    return layered
