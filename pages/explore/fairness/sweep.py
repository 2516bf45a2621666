"""The thresholds of the fairness screen: a slider inside the chart, the same numbers in words and as a table, and the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from governance.fairness import GroupCurve, SweepReport, thresholds
from governance.language import mark
from pages._ui import headings, tables, tongue
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.text import join, number, plain, shown
from pages.explore.fairness import group_charts, sweep_chart as charts
from pages.explore.fairness.groups import MOST

PARTS: Final = (mark("What each threshold means"), mark("What less disparity costs"))
"""Names of the two parts, one of which is drawn."""


def section(found: SweepReport, attributes: tuple[str, ...]) -> None:
    """Draw what every threshold would mean for each group; a move is drawn by the browser alone."""
    own = [curve for curve in found.groups if tuple(curve.group) == attributes]
    curves = [curve for curve in own if curve.n >= found.limits.min_rows]
    st.markdown(tongue.say("In force: {told}", told=_in_words(found, curves, found.current)))
    where = charts.track(found)
    chart = laid(charts.moved, charts.rates(found, curves[:MOST], where), charts.errors(found, where), where)
    text = (
        f"Share selected of each group by {shown(join(list(attributes)))} and what errors cost, at the threshold of the slider "
        f"below; the table behind has the numbers at any threshold"
    )
    st.vega_lite_chart(base.inked(chart), width="content", alt=text)
    moving = tongue.say("Moving the slider changes nothing but this picture.")
    headings.aside(f"{moving} {_left_out(found, own, curves)}".strip())
    behind(found, tuple(curves))
    if _labelled(found):
        headings.aside(thresholds.PER_GROUP_NOTICE)


def _labelled(found: SweepReport) -> bool:
    return found.overall.positives + found.overall.negatives > 0


def _left_out(found: SweepReport, own: Sequence[GroupCurve], curves: Sequence[GroupCurve]) -> str:
    limits, said, voice = found.limits, [], tongue.voice()
    if len(curves) > MOST:
        said.append(
            voice.say("The {most} largest of {all} groups are drawn; the table has all.", most=MOST, all=len(curves))
        )
    if len(own) > len(curves):
        said.append(
            voice.count(
                len(own) - len(curves),
                "1 group with fewer than {least} rows is left out: nobody can judge it.",
                "{n} groups with fewer than {least} rows are left out: nobody can judge them.",
                least=limits.min_rows,
            )
        )
    few = [plain(item.name) for item in curves[:MOST] if min(item.positives, item.negatives) < limits.min_outcomes]
    if few and _labelled(found):
        said.append(
            voice.say(
                "Fewer than {least} rows of a label, so that its rate is not drawn: {groups}.",
                least=limits.min_outcomes,
                groups=voice.join(few),
            )
        )
    return " ".join(said)


def _in_words(found: SweepReport, curves: Sequence[GroupCurve], cut: float) -> str:
    index = thresholds.nearest(found.thresholds, cut)
    everyone = thresholds.at(found.overall, index)
    rates = [curve.selected[index] / curve.n for curve in curves if curve.n]
    voice = tongue.voice()
    said = [
        voice.say(
            "at {cut}, {share} of all people are selected, which is bad for them."
            if found.selected_is == "bad"
            else "at {cut}, {share} of all people are selected.",
            cut=voice.number(cut),
            share=voice.percent(everyone.selection_rate),
        )
    ]
    if len(rates) > 1:
        gap = voice.number(100 * (max(rates) - min(rates)), 1)
        said.append(voice.say("Between the groups it differs by {gap} points.", gap=gap))
    if _labelled(found):
        said.append(
            voice.say(
                "{share} of all labelled rows are decided as their label says.", share=voice.percent(everyone.accuracy)
            )
        )
    return " ".join(said)


@st.fragment
def behind(found: SweepReport, curves: tuple[GroupCurve, ...]) -> None:
    """Draw, folded, the numbers of the chart at one threshold: in words and as a table."""
    with st.expander(tongue.say("The numbers behind this chart"), key="behind-sweep", on_change="rerun") as box:
        if not box.open:
            return
        lowest, current, step = float(found.thresholds[0]), float(found.current), charts.track(found).step
        cut = st.number_input(
            tongue.say("At the threshold"), lowest, None, current, step=step, format="%.6g", key="cut-sweep"
        )
        words = _in_words(found, curves, cut)
        st.markdown(words[0].upper() + words[1:])
        if _labelled(found):
            _costs(found, cut)
        index = thresholds.nearest(found.thresholds, cut)
        frame = group_charts.threshold_frame([thresholds.at(curve, index) for curve in (found.overall, *curves)])
        tables.table(frame, "Table: each group at this threshold", {}, key="table-sweep")


def _costs(found: SweepReport, cut: float) -> None:
    one, two = st.columns(2)
    with one:
        wrong = st.number_input(tongue.say("One person wrongly selected costs"), 0.0, 1e9, 1.0, key="cost-wrong")
    with two:
        miss = st.number_input(tongue.say("One person wrongly not selected costs"), 0.0, 1e9, 1.0, key="cost-miss")
    costs = thresholds.Costs(false_positive=wrong, false_negative=miss)
    best = thresholds.cheapest(found.overall, costs)
    now = thresholds.at(found.overall, thresholds.nearest(found.thresholds, cut)).cost(costs)
    least = thresholds.at(found.overall, best).cost(costs)
    st.markdown(
        tongue.say(
            "Errors cost {now}; the cheapest common threshold is {thresholds} with {least}.",
            now=number(now, 2),
            thresholds=number(found.thresholds[best]),
            least=number(least, 2),
        )
    )


def frontier(found: SweepReport, attribute: str) -> None:
    """Draw what less disparity costs in accuracy."""
    points = found.frontier.get(attribute, ())
    if not points:
        headings.aside(tongue.say("There is no frontier: it needs labels and two groups with enough people."))
        return
    frame = group_charts.frontier_frame(points)
    text = f"Accuracy against the largest difference in selection rate by {shown(attribute)}, one dot per threshold"
    base.draw(laid(group_charts.frontier, frame), text, frame, f"frontier-{attribute}")
