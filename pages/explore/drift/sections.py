"""The parts of the drift page: each draws one paragraph of a comparison of two windows."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pandas as pd
import streamlit as st

from governance.drift import (
    CategoryPicture,
    ColumnDrift,
    DriftParameters,
    DriftReport,
    DropParts,
    EstimatedHarm,
    Harm,
    Multivariate,
    NumericPicture,
    PerformanceChange,
    Verdict,
    words as drift_words,
)
from governance.evidence import NotAssessed, sentence_case
from governance.language import mark
from governance.statistics import spoken, title
from pages._ui import badges, cohorts, headings, tongue
from pages._ui.charts.base import draw, draw_to_click
from pages._ui.charts.layouts import laid
from pages._ui.choices import Picked
from pages._ui.evidence import not_assessed
from pages._ui.glossary import about
from pages._ui.previews import Early
from pages._ui.tables import amount, count, figures, share, table, words
from pages._ui.text import join, percent, plain
from pages.explore.drift import charts

_VERDICTS: Final[dict[Verdict, str]] = {
    "material": "alert",
    "small": "waiting",
    "none": "no_alert",
    "cannot_tell": "not_assessed",
}
"""Verdict -> badge."""
_FIGURES: Final = {
    "metric": words("Metric"),
    "also called": words("Also called"),
    "reference": figures("Reference"),
    "current": figures("Current"),
    "change": figures("Change"),
    "low": figures("From"),
    "high": figures("To"),
    "verdict": words("Verdict"),
    "rows": count("Rows"),
}


HARM: Final = mark("Harm, and for whom")
MOVED: Final = mark("Which columns moved")
NEAR: Final = mark("One column from near")
TIME: Final = mark("When it happened")
PARTS: Final = (HARM, MOVED, NEAR, TIME)
"""Names of the parts of the page."""


def early(picked: Picked, strictness: DriftParameters) -> Early[DriftReport]:
    """Return the first picture of the page, from a few rows of both windows: the metrics, else the columns."""

    def draw(report: DriftReport) -> None:
        if isinstance(report.performance, PerformanceChange) and report.performance.change:
            _metrics(report.performance)
        elif report.importance_kind != "unknown":
            _scatter(charts.columns_table(report.columns))

    return Early(picked, replace(strictness, multivariate=False), DriftReport, draw, reference_too=True)


def performance(found: PerformanceChange | NotAssessed) -> None:
    """Draw how the metrics changed where labels are known."""
    st.subheader(tongue.say("Did decisions get worse?"), anchor=False)
    if isinstance(found, NotAssessed):
        not_assessed(found)
        return
    if not found.change:
        headings.aside(tongue.say("No labels are known for the current window."))
        return
    worse = [spoken(name) for name, item in found.change.items() if item.verdict == "worse"]
    st.markdown(
        tongue.say("Worse beyond chance and tolerance: **{worse}**.", worse=join(worse))
        if worse
        else tongue.say("No metric got worse beyond chance and tolerance.")
    )
    _metrics(found)


def _metrics(found: PerformanceChange) -> None:
    frame = charts.metrics_table(found)
    draw(
        laid(charts.metric_changes, frame),
        "Change of each metric between the windows, with 95 % intervals.",
        frame,
        "metrics",
        _FIGURES,
    )


def harm(found: Harm | NotAssessed) -> None:
    """Draw the estimate without labels and the parts of a rise of the error."""
    if isinstance(found, NotAssessed):
        return
    left, right = st.columns(2)
    with left:
        st.markdown(tongue.say("**What one would expect without labels**"))
        _estimated(found.estimated)
    with right:
        st.markdown(tongue.say("**Where the change of the error comes from**"))
        _parts(found.parts)


def _estimated(found: EstimatedHarm | NotAssessed) -> None:
    if isinstance(found, NotAssessed):
        not_assessed(found)
        return
    for name in [name for name in ("roc_auc", "accuracy", "mean_absolute_error") if name in found.current]:
        now, before = found.current[name], found.reference.get(name)
        voice = tongue.voice()
        st.metric(voice.say("{metric}, expected", metric=plain(title(name, voice))), voice.number(now.value))
        within = voice.interval(now.low, now.high)
        if before:
            told = voice.say(
                "reference {before}, interval {interval}", before=voice.number(before.value), interval=within
            )
        else:
            told = voice.say("interval {interval}", interval=within)
        headings.aside(told)
    headings.aside(plain(found.assumption, 1000))
    if found.weighted_refused is not None:
        st.markdown(tongue.say("The same, weighted towards the current window:"))
        not_assessed(found.weighted_refused)


def _parts(found: DropParts | NotAssessed) -> None:
    if isinstance(found, NotAssessed):
        not_assessed(found)
        return
    frame = charts.parts_table(found)
    draw(
        laid(charts.drop_parts, frame, found.loss),
        f"Parts of the change of {found.loss}, with 95 % intervals.",
        frame,
        "parts",
        _FIGURES,
    )


def _called(metric: str) -> str:
    return title(metric, tongue.voice())


def groups(found: Harm | NotAssessed) -> None:
    """Draw for whom things changed."""
    if isinstance(found, NotAssessed) or not found.by_group:
        return
    st.subheader(tongue.say("For whom?"), anchor=False)
    names = list(dict.fromkeys(item.metric for item in found.by_group))
    label = tongue.say("Metric")
    metric = st.segmented_control(label, names, default=names[0], format_func=_called, key="group-metric") or names[0]
    frame = charts.groups_table(found.by_group, metric)
    worse = frame[frame["verdict"] == "worse"]["group"].tolist()
    st.markdown(
        tongue.say("Worse for: **{worse}**.", worse=plain(join(worse)))
        if worse
        else tongue.say("No group is known to be worse off by this metric.")
    )
    judged = frame[frame["low"].notna()]
    if not len(judged):
        headings.aside(tongue.say("No group has enough rows for an interval."))
        return
    alt = f"Change of {spoken(metric)} for each group that has enough rows, with 95 % intervals."
    draw(laid(charts.group_changes, judged, metric), alt, frame, "groups", _FIGURES | {"group": words("Group")})
    headings.aside(
        tongue.say(
            "Intervals are 95 % each, for one group. A group counts as worse only beyond chance over all groups and metrics together."
        )
    )


def columns(report: DriftReport) -> None:
    """Draw which columns moved and which of them the model uses."""
    st.subheader(tongue.say("Which columns moved?"), anchor=False)
    frame = charts.columns_table(report.columns)
    kind = {
        "shapley": "mean absolute Shapley value",
        "shuffled": "mean change of the score when the column is shuffled",
        "unknown": "not known",
    }
    if report.importance_kind != "unknown":
        _scatter(frame)
    table(
        frame, "Columns, most pressing first.",
        {"column": words("Column"), "verdict": words("Verdict"), "times the limit": figures("Times the limit", digits=1),
         "importance": figures("Importance"), "used by the model": words("Used by the model"), "missing before": share("Missing before"),
         "missing now": share("Missing now"), "reason": words("Reason", wide=True)},
    )  # fmt: skip
    correction = {
        "bh": f"at most {percent(report.level('columns'))} of the alarms are expected to be false",
        "holm": f"{percent(report.level('columns'))} chance of any false alarm",
        "none": "no correction for many tests",
    }
    headings.aside(
        tongue.say(
            "{family} questions (values, missing and new ones of each column) share one correction ({correction}). "
            "Importance: {kind}. {report}",
            family=report.family,
            correction=correction[report.correction],
            kind=kind[report.importance_kind],
            report=drift_words.shared(report),
        )
    )
    if report.left_out:
        told = "; ".join(f"{plain(name, 60)}: {plain(why)}" for name, why in list(report.left_out.items())[:8])
        more = f"; and {len(report.left_out) - 8} more" if len(report.left_out) > 8 else ""
        headings.aside(tongue.say("Not compared: {told}{more}.", told=told, more=more))


def _scatter(frame: pd.DataFrame) -> None:
    draw(
        laid(charts.moved_and_used, frame),
        "Importance of each column against how far it moved.",
        frame[["column", "verdict", "times the limit", "importance"]],
        "scatter",
    )


def reached(report: DriftReport) -> None:
    """Say whether the change of the columns is also one of what moves the model's answers."""
    st.subheader(tongue.say("Did the change reach the model?"), anchor=False)
    found = report.attributions
    if isinstance(found, NotAssessed):
        headings.aside(tongue.say("Not assessed: {reason}.", reason=plain(found.reason)))
        return
    st.markdown(
        tongue.say(
            "**No sign of it**: what moves the model's answers differs between the windows by no more than chance."
            if found.p_value >= report.level("reached")
            else "**Yes**: what moves the model's answers differs between the windows by more than chance."
        )
    )
    by_columns = report.multivariate
    also = ""
    if not isinstance(by_columns, NotAssessed):
        also = " " + tongue.say("By the columns themselves: {picks}.", picks=_picks(by_columns))
    headings.aside(
        tongue.say(
            "A classifier sees how much each column added to two answers, one from each window, and says which is the current one. "
            "It is right in {picks}; a coin in 50.{also} {rows} rows.",
            picks=_picks(found),
            also=also,
            rows=tongue.voice().whole(found.rows),
        )
    )


def _picks(found: Multivariate) -> str:
    return tongue.say(
        "{right} of 100 cases (chance alone reaches {chance})",
        right=f"{100 * (found.auc.value or 0.5):.0f}",
        chance=f"{100 * found.noise_floor:.0f}",
    )


def column(found: ColumnDrift) -> str | None:
    """Draw one column from near; return the level that was clicked last."""
    clicked = None
    badges.badge(_VERDICTS[found.verdict], sentence_case(tongue.say(drift_words.VERDICTS[found.verdict])))
    st.markdown(plain(found.reason, 600))
    picture = found.picture
    if isinstance(picture, NumericPicture):
        frame = charts.distribution_table(picture)
        alt = "Share of rows at or below each value in both windows; the bar marks the largest gap."
        draw(laid(charts.distribution, frame, found.name, picture), alt, frame, "column")
        _quantiles(picture)
    elif isinstance(picture, CategoryPicture):
        frame = charts.levels_table(picture)
        chart = laid(charts.levels, frame)
        clicked = draw_to_click(chart, "Share of each level in both windows.", frame, "column", field="level")
    else:
        not_assessed(picture)
    total = (found.n_reference + found.missing_reference, found.n_current + found.missing_current)
    before, now = (
        missing / rows if rows else None
        for missing, rows in zip((found.missing_reference, found.missing_current), total, strict=True)
    )
    headings.aside(tongue.say("Missing: {before} before, {now} now.", before=percent(before), now=percent(now)))
    _readings(found)
    return clicked


def level(picked: Picked, found: ColumnDrift, clicked: str | None) -> None:
    """Draw the way from a level of a column to its rows in the current window: a click on its bar, or a choice."""
    picture = found.picture
    if not isinstance(picture, CategoryPicture):
        return
    present = [name for name, rows in zip(picture.level, picture.current_count, strict=True) if rows]
    called = {cohorts.rows_of(picked, {found.name: name}): charts.level_name(picture, name) for name in present}
    rows = next((text for text, name in called.items() if name == clicked), None)
    cohorts.choose(picked, called, (rows,), key="level-rows")


def _quantiles(picture: NumericPicture) -> None:
    """Draw by how much each part of the distribution has moved: its low end, its middle, its high end."""
    frame = charts.quantiles_table(picture)
    table(
        frame, "Quantiles of both windows and their shift.",
        {"share": words("Share of rows below"), "reference": amount("Before"), "current": amount("Now"), "shift": amount("Shift")},
        key="quantiles",
    )  # fmt: skip


def _readings(found: ColumnDrift) -> None:
    import pandas as pd

    rows = [
        {
            "test": drift_words.label_of(name),
            "alert": "alert" if item.alert else "no alert",
            "judged": item.effect,
            "limit": item.threshold,
            "chance": item.noise_floor,
            "adjusted": item.p_adjusted,
            "statistic": item.statistic,
            "p": item.p_value,
            "how": item.reason,
        }
        for name, item in found.tests.items()
    ]
    with st.expander(
        tongue.say("Every test of this column, and what it says"), key="tests-in-words", on_change="rerun"
    ) as box:
        if not box.open:
            return
        table(
            pd.DataFrame(rows), f"Tests of column {found.name}.",
            {"test": words("Test"), "alert": words("Alert"), "judged": figures("Size of the change", "effect"),
             "limit": figures("Matters from", "limit"), "chance": figures("Chance reaches", "noise_floor"),
             "adjusted": figures("p value, corrected", "p_adjusted", 4), "statistic": figures("Statistic", "statistic"),
             "p": figures("p value alone", "p_value", 4), "how": words("How", wide=True)},
            key="readings",
        )  # fmt: skip
        st.markdown("\n".join(f"- **{drift_words.label_of(name)}**: {about(name)}" for name in found.tests))
