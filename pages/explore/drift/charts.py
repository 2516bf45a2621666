"""Charts of two windows: what moved, whether it hurts, and one column from near."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from governance.drift import (
    CategoryPicture,
    ColumnDrift,
    DropParts,
    ErrorStream,
    Estimate,
    GroupChange,
    NumericPicture,
    PerformanceChange,
    words,
)
from governance.language import mark
from governance.statistics import spoken, title
from pages._ui import palette, tongue
from pages._ui.charts.base import BAR, clickable, tooltips
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

AROUND: Final = 132
"""Pixels that legend, axis and title take of a chart's height."""
REFERENCE: Final = mark("reference")
CURRENT: Final = mark("current")
_WINDOWS: Final = alt.Scale(domain=[REFERENCE, CURRENT], range=[palette.MUTED, palette.ACCENT])
_CHANGES: Final = alt.Scale(
    domain=list(words.CHANGES.values()),
    range=[palette.ORANGE, palette.BLUE, palette.BLUE, palette.OLIVE, palette.GREY],
)
_VERDICTS: Final = alt.Scale(
    domain=list(words.VERDICTS.values()),
    range=[palette.ORANGE, palette.BLUE, palette.GREY, palette.OLIVE],
)


def changes(frame: pd.DataFrame, name: str, title: str) -> AnyChart:
    """Return one dot with its interval per row of a table with change, low, high and verdict; the line marks no change."""
    base = alt.Chart(frame, height=BAR * max(1, len(frame)) + AROUND)
    y = alt.Y(f"{name}:N", sort=None, title=None, axis=alt.Axis(labelOverlap=False))
    x = alt.X("change:Q", title=title, scale=alt.Scale(zero=True))
    zero = (
        alt.Chart({"values": [{"none": 0}]}).mark_rule(color=palette.MUTED, strokeDash=[4, 3]).encode(x=alt.X("none:Q"))
    )
    rule = base.mark_rule(color=palette.MUTED, strokeWidth=2).encode(
        y=y, x=alt.X("low:Q", title=title), x2=alt.X2("high:Q")
    )
    dots = base.mark_circle(size=80, opacity=1).encode(
        y=y, x=x, color=alt.Color("verdict:N", scale=_CHANGES, legend=alt.Legend(values=sorted(set(frame["verdict"])))),
        tooltip=tooltips(frame.columns),
    )  # fmt: skip
    layered: AnyChart = alt.layer(zero, rule, dots)
    return layered


def metrics_table(found: PerformanceChange) -> pd.DataFrame:
    """Return one row per metric with both windows, the change and its interval."""
    rows = [
        {
            "metric": title(name, tongue.voice()),
            "reference": found.reference[name].value,
            "current": found.current[name].value,
            "change": moved.value,
            "low": moved.low,
            "high": moved.high,
            "verdict": words.CHANGES[moved.verdict],
            "also called": name.replace("_", " "),
        }
        for name, moved in found.change.items()
    ]
    return pd.DataFrame(rows)


def metric_changes(frame: pd.DataFrame) -> AnyChart:
    """Return each metric's change with its interval; the line marks no change."""
    return changes(frame, "metric", "change from reference to current, 95 % interval")


def parts_table(parts: DropParts) -> pd.DataFrame:
    """Return the parts of a change of the error, in words."""
    named = (
        (tongue.say("same inputs, other outcomes"), parts.changed_outcome),
        (tongue.say("more of the harder inputs"), parts.harder_seen),
        (tongue.say("inputs hardly seen before"), parts.unseen),
        (tongue.say("altogether"), parts.total),
    )
    rows = [
        {"part": name, "change": item.value, "low": item.low, "high": item.high, "verdict": _more_error(item)}
        for name, item in named
    ]
    return pd.DataFrame(rows)


def _more_error(item: Estimate) -> str:
    if item.low is not None and item.low > 0:
        return "worse"
    return "better" if item.high is not None and item.high < 0 else "cannot tell"


def drop_parts(frame: pd.DataFrame, loss: str) -> AnyChart:
    """Return what each part adds to the error, with intervals."""
    return changes(frame, "part", f"change in {loss}")  # short: the chart is half a page wide


def groups_table(groups: Sequence[GroupChange], metric: str) -> pd.DataFrame:
    """Return one row per group for one metric."""
    rows = [
        {
            "group": shown(f"{item.attribute}: {item.group}", 60),
            "reference": item.reference.value,
            "current": item.current.value,
            "change": item.change.value,
            "low": item.change.low,
            "high": item.change.high,
            "rows": item.current.n,
            "verdict": words.CHANGES[item.change.verdict],
        }
        for item in groups
        if item.metric == metric
    ]
    return pd.DataFrame(rows)


def group_changes(frame: pd.DataFrame, metric: str) -> AnyChart:
    """Return the change of one metric for each group."""
    return changes(frame, "group", f"change of {spoken(metric)}, 95 % interval")


def columns_table(columns: Sequence[ColumnDrift]) -> pd.DataFrame:
    """Return one row per column: how far it moved in units of what matters, and how strongly the model uses it."""
    return pd.DataFrame(
        {
            "column": [shown(item.name, 60) for item in columns],
            "verdict": [words.VERDICTS[item.verdict] for item in columns],
            "times the limit": [excess(item) for item in columns],
            "importance": [item.importance for item in columns],
            "used by the model": [words.USED[item.matters] for item in columns],
            "missing before": [_share(item.missing_reference, item.n_reference) for item in columns],
            "missing now": [_share(item.missing_current, item.n_current) for item in columns],
            "reason": [shown(item.reason, 300) for item in columns],
        }
    )


def excess(column: ColumnDrift) -> float:
    """Return the largest effect of a column as a multiple of its practical limit."""
    sizes = [
        item.effect / item.threshold for item in column.tests.values() if item.effect is not None and item.threshold
    ]
    return max(sizes, default=0.0)


def _share(missing: int, present: int) -> float:
    return missing / (missing + present) if missing + present else 0.0


def moved_and_used(frame: pd.DataFrame) -> AnyChart:
    """Return importance against drift: what lies right and high matters first; the line marks the practical limit."""
    known = frame[frame["importance"].notna()]
    base = alt.Chart(known, height=300)
    x = alt.X(
        "times the limit:Q", title="how far it moved, as a multiple of what matters", scale=alt.Scale(type="symlog")
    )
    y = alt.Y("importance:Q", title="how strongly the model uses it")
    dots = base.mark_circle(size=90, opacity=0.9).encode(
        x=x,
        y=y,
        color=alt.Color("verdict:N", scale=_VERDICTS),
        tooltip=tooltips(["column", "verdict", "times the limit", "importance", "reason"]),
    )
    labels = (
        alt.Chart(_apart(known.sort_values("importance", ascending=False).head(8)))
        .mark_text(align="left", dx=8, fontSize=12)
        .encode(x=x, y=y, text=alt.Text("column:N"))
    )
    limit = (
        alt.Chart({"values": [{"limit": 1}]})
        .mark_rule(color=palette.MUTED, strokeDash=[4, 3])
        .encode(x=alt.X("limit:Q"))
    )
    layered: AnyChart = alt.layer(limit, dots, labels)
    return layered


def _apart(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose names can stand beside their dots without lying on one another, the most important first."""
    across, up = frame["times the limit"].clip(lower=1.0).max(), frame["importance"].max()
    kept: list[int] = []
    for row in range(len(frame)):
        here = frame.iloc[row]
        if all(
            abs(here["times the limit"] - frame.iloc[other]["times the limit"]) > 0.2 * across
            or abs(here["importance"] - frame.iloc[other]["importance"]) > 0.08 * up
            for other in kept
        ):
            kept.append(row)
    return frame.iloc[kept]


def distribution_table(picture: NumericPicture) -> pd.DataFrame:
    """Return both distribution functions, one row per point."""
    sides = ((REFERENCE, picture.reference), (CURRENT, picture.current))
    rows = [
        {"value": value, "share": share, "window": window}
        for window, shares in sides
        for value, share in zip(picture.value, shares, strict=True)
    ]
    return pd.DataFrame(rows)


def distribution(frame: pd.DataFrame, name: str, picture: NumericPicture) -> AnyChart:
    """Return both distribution functions between the outer 2 per cent, with the largest gap marked."""
    inner = [
        value
        for value, a, b in zip(picture.value, picture.reference, picture.current, strict=True)
        if max(a, b) >= 0.02 and min(a, b) <= 0.98
    ]
    near = frame[frame["value"].between(min(inner, default=picture.value[0]), max(inner, default=picture.value[-1]))]
    at = picture.value.index(picture.gap_at)
    ends = sorted((picture.reference[at], picture.current[at]))
    gap = pd.DataFrame({"value": [picture.gap_at], "from": [ends[0]], "to": [ends[1]]})
    rule = (
        alt.Chart(gap)
        .mark_rule(color=palette.ORANGE, strokeWidth=3)
        .encode(x=alt.X("value:Q"), y=alt.Y("from:Q"), y2=alt.Y2("to:Q"))
    )
    label = (
        alt.Chart(gap.assign(words=f"D = {ends[1] - ends[0]:.3f}", middle=sum(ends) / 2))
        .mark_text(align="left", dx=8, fontSize=13)
        .encode(x=alt.X("value:Q"), y=alt.Y("middle:Q"), text=alt.Text("words:N"))
    )
    drawn = (
        alt.Chart(near, height=280)
        .mark_line(strokeWidth=2, interpolate="step-after")
        .encode(
            x=alt.X("value:Q", title=shown(name, 60), scale=alt.Scale(zero=False, nice=False)),
            y=alt.Y("share:Q", title="share of rows at or below", axis=alt.Axis(format="%")),
            color=alt.Color("window:N", scale=_WINDOWS),
            tooltip=tooltips(["window", "value", "share"]),
        )
    )
    layered: AnyChart = alt.layer(drawn, rule, label)
    return layered


def quantiles_table(picture: NumericPicture) -> pd.DataFrame:
    """Return five quantiles of both windows and how far each has shifted, in the column's own unit."""
    named = ("5 %", "25 %", "50 %, the median", "75 %", "95 %")
    both = zip(named, picture.reference_quantiles, picture.current_quantiles, strict=True)
    return pd.DataFrame([{"share": name, "reference": a, "current": b, "shift": b - a} for name, a, b in both])


def level_name(picture: CategoryPicture, level: str) -> str:
    """Return what a level is called in the chart."""
    return shown(level, 40) + (" (new)" if level in picture.new_levels else "")


def levels_table(picture: CategoryPicture) -> pd.DataFrame:
    """Return the share of each level in both windows, two rows per level."""
    n = sum(picture.reference_count) + picture.other_reference
    m = sum(picture.current_count) + picture.other_current
    rows = []
    for level, a, b in zip(picture.level, picture.reference_count, picture.current_count, strict=True):
        label = level_name(picture, level)
        rows += [
            {"level": label, "window": REFERENCE, "share": a / n, "rows": a},
            {"level": label, "window": CURRENT, "share": b / m, "rows": b},
        ]
    if picture.other_levels:
        label = f"{picture.other_levels} other levels"
        rows += [
            {
                "level": label,
                "window": REFERENCE,
                "share": picture.other_reference / n,
                "rows": picture.other_reference,
            },
            {"level": label, "window": CURRENT, "share": picture.other_current / m, "rows": picture.other_current},
        ]
    return pd.DataFrame(rows)


def levels(frame: pd.DataFrame) -> AnyChart:
    """Return the shares of the levels as bars from zero, both windows side by side."""
    bars: AnyChart = (
        alt.Chart(frame, height=1.5 * BAR * max(1, frame["level"].nunique()) + AROUND)
        .mark_bar()
        .encode(
            y=alt.Y("level:N", sort=None, title=None),
            yOffset=alt.YOffset("window:N", sort=[REFERENCE, CURRENT]),
            x=alt.X("share:Q", title="share of rows with a value", axis=alt.Axis(format="%")),
            color=alt.Color("window:N", scale=_WINDOWS),
            tooltip=tooltips(["level", "window", "share", "rows"]),
        )
        .add_params(clickable("level"))
    )
    return bars


def errors_table(found: ErrorStream) -> pd.DataFrame:
    """Return the share of errors so far and its lower bound after some rows, two rows each."""
    rows = [
        {"rows": point.rows, "what": what, "share": value}
        for point in found.points
        for what, value in (("so far", point.mean), ("at least", point.low))
    ]
    return pd.DataFrame(rows)


def errors_so_far(frame: pd.DataFrame, limit: float) -> AnyChart:
    """Return both lines over the rows; the dashed line marks the limit that the lower one has to pass."""
    mark = alt.Chart({"values": [{"limit": limit}]}).mark_rule(color=palette.ORANGE, strokeDash=[4, 3])
    drawn = (
        alt.Chart(frame, height=280)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("rows:Q", title="outcomes known"),
            y=alt.Y("share:Q", title="share of wrong decisions", axis=alt.Axis(format="%")),
            color=alt.Color(
                "what:N", scale=alt.Scale(domain=["so far", "at least"], range=[palette.MUTED, palette.ACCENT])
            ),
            tooltip=tooltips(["rows", "what", "share"]),
        )
    )
    layered: AnyChart = alt.layer(drawn, mark.encode(y=alt.Y("limit:Q", title="share of wrong decisions")))
    return layered
