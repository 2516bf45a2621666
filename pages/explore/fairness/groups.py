"""The parts of the fairness screen: by group, combinations, who cannot be judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from governance.fairness import FairnessReport, GroupResult, words
from governance.language import mark
from governance.statistics import is_share, title
from pages._ui import cohorts, headings, tables, tongue
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.choices import Picked
from pages._ui.text import interval, join, percent, plain, shown
from pages.explore.fairness import group_charts

MOST: Final = 25
"""Groups drawn at a time; the table behind the chart has all."""
RULES: Final = {"The largest group": "largest", "The best-off group": "best", "All people together": "overall"}

VIEWS: Final = (
    mark("Disparities"),
    mark("Combinations"),
    mark("Who cannot be judged"),
    mark("Thresholds"),
    mark("Impact ratios"),
    mark("Candidates"),
)
"""What can be looked at more closely."""
OF_TWO_CLASSES: Final = frozenset({"Thresholds", "Impact ratios", "Candidates"})
"""Views that ask who is selected: only a model with two classes selects."""


def views(report: FairnessReport) -> tuple[str, ...]:
    """Return the views that this report can have: none that its task, or a single attribute, leaves empty."""
    without = frozenset() if report.task == "binary" else OF_TWO_CLASSES
    alone = frozenset({"Combinations"}) if len(report.sensitive) < 2 else frozenset()
    return tuple(name for name in VIEWS if name not in without | alone)


def references(report: FairnessReport) -> dict[str, str]:
    """Return what a person can compare with: label -> the rule that says it."""
    named = {
        f"{shown(group.attributes[0])}: {shown(group.name)}": f"{group.attributes[0]}={group.name}"
        for group in report.by_group
        if len(group.attributes) == 1 and not group.unknown and "," not in group.name and "=" not in group.name
    }
    return {**RULES, **named}


def metric_names(report: FairnessReport) -> list[str]:
    """Return the metrics of the report, those that speak first in front."""
    first = words.headline_metrics(report)
    present = dict.fromkeys(
        item.metric for group in report.by_group for item in group.metrics if item.metric != "count"
    )
    return list(dict.fromkeys([*first, *present]))


def attribute_choices(report: FairnessReport) -> dict[str, tuple[str, ...]]:
    """Return the single attributes as choices, the one with the group that is worst off first."""
    single = [names for names in report.attribute_sets if len(names) == 1]
    found = words.worse_off(report, words.headline_metrics(report))
    first = [found[0].group.attributes] if found else []
    return {set_label(names): names for names in dict.fromkeys([*first, *single])}


def set_label(attributes: tuple[str, ...]) -> str:
    """Return attributes as a choice: "sex and race"."""
    return join([shown(name) for name in attributes])


def limits_sentence(report: FairnessReport) -> str:
    """Return the rules of judging in one line."""
    limits = report.limits
    voice = tongue.voice()
    correction = {"holm": "Holm", "bh": "Benjamini-Hochberg", "none": voice.say("none")}[limits.correction]
    said = voice.say(
        "Rules: at least {rows} rows and {outcomes} of each outcome that a metric needs; {confidence} intervals; correction over all that "
        "the report compares: {correction}; {draws} bootstrap draws for disparities.",
        rows=limits.min_rows,
        outcomes=limits.min_outcomes,
        confidence=voice.percent(limits.confidence, 0),
        correction=correction,
        draws=voice.whole(limits.draws),
    )
    if not limits.margin:
        return said
    return f"{said} " + voice.say(
        "A difference up to {margin} is not called worse.", margin=voice.figures(f"{limits.margin:g}")
    )


def by_group(report: FairnessReport, groups: Sequence[GroupResult], metric: str, key: str) -> str | None:
    """Draw one metric of the groups with intervals, worst first; return the name of the group that was clicked last."""
    frame = group_charts.group_frame(groups, metric, report.selected_is)
    if frame.empty:
        headings.aside(tongue.say("No group has enough data for this metric."))
        return None
    reference = _reference_value(report, groups, metric)
    share = is_share(metric)
    hidden = f" The {MOST} worst-off of {len(frame)} are drawn." if len(frame) > MOST else ""
    text = f"{title(metric)} of {len(frame)} groups with intervals, worst off first.{hidden}"
    chart = laid(group_charts.dots, frame.head(MOST), metric, reference, share=share)
    clicked = base.draw_to_click(chart, text, frame, f"dots-{key}", field="Group")
    short = [group for group in groups if (item := group.metric(metric)) is not None and item.value is None]
    if short:
        named = join([f"{plain(group.name)} ({_reason(group, metric)})" for group in short[:6]])
        more = f" and {len(short) - 6} more" if len(short) > 6 else ""
        headings.aside(tongue.say("Not enough data to judge: {named}{more}.", named=named, more=more))
    return clicked


def look_alone(picked: Picked, own: Sequence[GroupResult], said: Sequence[GroupResult], clicked: str | None) -> None:
    """Draw the way from a group to its rows: a click on its dot, or a choice.

    Args:
        picked: what is looked at.
        own: the groups under the names of the file.
        said: the same groups under the words of the dictionary, in the same order.
        clicked: the name of the group that was clicked last.
    """
    called = {cohorts.rows_of(picked, mine.group): shown(theirs.name) for mine, theirs in zip(own, said, strict=True)}
    rows = next((text for text, name in called.items() if name == clicked), None)
    cohorts.choose(picked, called, (rows,), key="group-rows")


def _reason(group: GroupResult, metric: str) -> str:
    item = group.metric(metric)
    return plain(item.reason) if item is not None else ""


def _reference_value(report: FairnessReport, groups: Sequence[GroupResult], metric: str) -> float | None:
    for group in groups:
        item = group.metric(metric)
        if group.is_reference and item is not None:
            return item.value
    return next((item.value for item in report.overall if item.metric == metric), None)


def disparities(report: FairnessReport, attribute: str) -> None:
    """Draw the table of disparities of one attribute set."""
    rows = [gap for gap in report.disparities if gap.attribute == attribute]
    how = {"between_groups": "between groups", "to_overall": "to all people", "to_reference": "to the reference"}
    frame = pd.DataFrame(
        {
            "what": [words.compared(gap.metric) for gap in rows],
            "method": [how[gap.method] for gap in rows],
            "difference": [gap.difference for gap in rows],
            "difference_interval": [interval(gap.low, gap.high) for gap in rows],
            "ratio": [gap.ratio for gap in rows],
            "ratio_interval": [interval(gap.ratio_low, gap.ratio_high) for gap in rows],
            "worst": [shown(gap.worst) for gap in rows],
            "reference": [shown(gap.reference) for gap in rows],
            "called": [title(gap.metric).lower() for gap in rows],
            "note": [shown(gap.reason) for gap in rows],
        }
    )
    columns = {
        "what": tables.words("What is compared", "disparity", wide=True),
        "method": tables.words("Compared"),
        "difference": tables.figures("Difference", "disparity"),
        "difference_interval": tables.words("95 % interval", "confidence interval"),
        "ratio": tables.figures("Ratio", "disparity"),
        "ratio_interval": tables.words("95 % interval", "confidence interval"),
        "worst": tables.words("Furthest group"),
        "reference": tables.words("Against", "reference"),
        "called": tables.words("Also called"),
        "note": tables.words("Note"),
    }
    tables.table(frame, f"Disparities by {shown(attribute)}", columns, key=f"gaps-{attribute}")


def worst_combinations(report: FairnessReport, metric: str) -> None:
    """Draw the combinations of attributes that are worst off, and how many nobody can judge."""
    combined = [group for group in report.by_group if len(group.attributes) > 1]
    found = words.worse_off(report, (metric,), depth=2)
    small = sum(group.n < report.limits.min_rows for group in combined)
    st.markdown(
        tongue.say(
            "{found} of {all} combinations are clearly worse off in “{measure}”; {small} have fewer than {least} rows and cannot be "
            "judged.",
            found=len(found),
            all=len(combined),
            measure=tongue.say(title(metric)),
            small=small,
            least=report.limits.min_rows,
        )
    )
    by_group(report, combined, metric, "combined")


def unjudged(report: FairnessReport) -> None:
    """Draw who cannot be judged and whose membership is unknown."""
    st.markdown(words.unjudged(report, tongue.voice()))
    for text in words.about_unknown(report, tongue.voice()):
        st.markdown(text)
    small = sorted(report.too_small, key=lambda group: (len(group.attributes), -group.n))
    if small:
        frame = pd.DataFrame(
            {
                "group": [shown(group.name) for group in small],
                "by": [set_label(group.attributes) for group in small],
                "rows": [group.n for group in small],
                "share": [group.share for group in small],
            }
        )
        columns = {"group": tables.words("Group"), "by": tables.words("Formed by"), "rows": tables.count("Rows")}
        tables.table(
            frame, "Groups with too few rows to judge", {**columns, "share": tables.share("Share of all rows")}
        )
    for item in report.unknown:
        if item.bounds:
            bounds = pd.DataFrame(
                {
                    "group": [shown(bound.group) for bound in item.bounds],
                    "value": [bound.value for bound in item.bounds],
                    "bounds": [f"{percent(bound.low)} to {percent(bound.high)}" for bound in item.bounds],
                    "sharp": [f"{percent(bound.sharp_low)} to {percent(bound.sharp_high)}" for bound in item.bounds],
                    "proportional": [bound.proportional for bound in item.bounds],
                }
            )
            columns = {
                "group": tables.words(shown(item.attribute)),
                "value": tables.share("Selected, as known", "selection_rate"),
                "bounds": tables.words("If all unknown belonged here"),
                "sharp": tables.words("Given their decisions"),
                "proportional": tables.share("If spread in proportion"),
            }
            tables.table(
                bounds, f"Bounds of the share selected by {shown(item.attribute)}", columns, key=f"b-{item.attribute}"
            )
