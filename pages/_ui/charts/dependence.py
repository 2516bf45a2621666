"""The chart of partial dependence: the mean answer, lines of single rows, and where the data lie."""

from __future__ import annotations

import altair as alt
import pandas as pd

from governance.explain import Dependence
from pages._ui import palette
from pages._ui.charts.base import tooltips
from pages._ui.charts.spec import AnyChart
from pages._ui.text import shown

HEIGHT = 300
"""Pixels."""


def steps_frame(result: Dependence) -> pd.DataFrame:
    """Return one row per value: the mean answer with its interval, the person's own answer, and the rows that hold the value."""
    own = result.person.answers if result.person is not None else (None,) * len(result.steps)
    return pd.DataFrame(
        {
            "Value": [step.value if result.kind == "number" else shown(step.label, 60) for step in result.steps],
            "Mean answer": [step.mean for step in result.steps],
            "Low": [step.low for step in result.steps],
            "High": [step.high for step in result.steps],
            "This person": own,
            "Rows at the value": [step.rows for step in result.steps],
        }
    )


def lines_frame(result: Dependence) -> pd.DataFrame:
    """Return one row per single row and value."""
    values = steps_frame(result)["Value"]
    return pd.DataFrame(
        [
            (line.row, value, answer)
            for line in result.lines
            for value, answer in zip(values, line.answers, strict=True)
        ],
        columns=["Row", "Value", "Answer"],
    )


def curve(result: Dependence, line: float | None = None) -> AnyChart:
    """Return the mean in full, single rows thin behind it, and the middle nine tenths of the data shaded.

    Args:
        result: what the model said.
        line: the score from which on a row is selected, None where there is none.
    """
    steps = steps_frame(result).drop(columns="Low" if result.averaged < 2 else [])
    answer = f"Answer, {result.units}"
    if result.kind == "name":
        return _names(result, steps, answer, line)
    steps, singles = steps.dropna(subset=["Value"]), lines_frame(result).dropna(subset=["Value"])
    x = alt.X("Value:Q", title=shown(result.column, 60), scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("Answer:Q", title=answer, scale=alt.Scale(zero=False))
    layers: list[AnyChart] = []
    if result.middle_low is not None and result.middle_high is not None:
        middle = pd.DataFrame({"from": [result.middle_low], "to": [result.middle_high]})
        shade = alt.Chart(middle).mark_rect(color=palette.MUTED, opacity=0.13)
        layers.append(shade.encode(x=alt.X("from:Q", title=shown(result.column, 60)), x2=alt.X2("to:Q")))
    layers.append(
        alt.Chart(singles)
        .mark_line(color=palette.MUTED, strokeWidth=1, opacity=0.3)
        .encode(x=x, y=y, detail=alt.Detail("Row:N"))
    )
    mean = alt.Chart(steps)
    tips = tooltips(steps.columns)
    drawn = alt.Y("Mean answer:Q", title=answer, scale=alt.Scale(zero=False))
    if result.averaged > 1:
        layers.append(
            mean.mark_area(color=palette.ACCENT, opacity=0.2).encode(
                x=x, y=alt.Y("Low:Q", title=answer), y2=alt.Y2("High:Q")
            )
        )
    layers.append(mean.mark_line(color=palette.ACCENT, strokeWidth=3).encode(x=x, y=drawn))
    layers.append(mean.mark_circle(color=palette.ACCENT, size=40, opacity=1).encode(x=x, y=drawn, tooltip=tips))
    if result.person is not None:
        person = alt.Y("This person:Q", title=answer)
        layers.append(mean.mark_line(color=palette.ORANGE, strokeWidth=3).encode(x=x, y=person, tooltip=tips))
    layers.extend(_line(line, answer))
    layered: AnyChart = alt.layer(*layers).properties(height=HEIGHT)
    return layered


def _names(result: Dependence, steps: pd.DataFrame, answer: str, line: float | None) -> AnyChart:
    """Return one column of dots per name: the mean with its interval, and single rows beside it."""
    x = alt.X("Value:N", sort=None, title=shown(result.column, 60), axis=alt.Axis(labelAngle=0, labelLimit=120))
    singles = alt.Chart(lines_frame(result)).mark_tick(color=palette.MUTED, opacity=0.35, size=26, orient="horizontal")
    mean = alt.Chart(steps)
    tips = tooltips(steps.columns)
    layers: list[AnyChart] = [
        singles.encode(x=x, y=alt.Y("Answer:Q", title=answer, scale=alt.Scale(zero=False))),
        mean.mark_circle(color=palette.ACCENT, size=120, opacity=1).encode(
            x=x, y=alt.Y("Mean answer:Q", title=answer, scale=alt.Scale(zero=False)), tooltip=tips
        ),
    ]
    if result.averaged > 1:
        rule = mean.mark_rule(color=palette.ACCENT, strokeWidth=3)
        layers.append(rule.encode(x=x, y=alt.Y("Low:Q", title=answer), y2=alt.Y2("High:Q")))
    if result.person is not None:
        person = mean.mark_point(color=palette.ORANGE, size=120, shape="diamond", filled=True, opacity=1)
        layers.append(person.encode(x=x, y=alt.Y("This person:Q", title=answer), tooltip=tips))
    layers.extend(_line(line, answer))
    layered: AnyChart = alt.layer(*layers).properties(height=HEIGHT)
    return layered


def _line(at: float | None, answer: str) -> list[AnyChart]:
    if at is None:
        return []
    rule = alt.Chart(pd.DataFrame({"at": [at]})).mark_rule(color=palette.BROWN, strokeDash=[6, 4])
    return [rule.encode(y=alt.Y("at:Q", title=answer))]
