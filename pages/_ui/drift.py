"""The parts of the drift page: each draws one paragraph of a comparison of two windows."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.drift.report import (
    Action,
    CategoryPicture,
    ColumnDrift,
    DriftReport,
    DropParts,
    EstimatedHarm,
    Harm,
    Multivariate,
    NumericPicture,
    PerformanceChange,
    Recommendation,
)
from governance.evidence import NotAssessed
from governance.fairness.words import title
from pages._ui import badges, pricing, sentence
from pages._ui.charts import drift as charts
from pages._ui.charts.base import draw
from pages._ui.evidence import not_assessed
from pages._ui.glossary import about
from pages._ui.tables import amount, count, figures, share, table, words
from pages._ui.text import join, number, percent, plain

_LOOK: Final = {
    "none": ("met", "Nothing to do"),
    "watch": ("waiting", "Keep watching"),
    "collect_labels": ("late", "Collect labels"),
    "investigate": ("alert", "Investigate"),
    "recalibrate": ("alert", "Recalibrate"),
    "retrain": ("alert", "Retrain"),
    "stop": ("not_met", "Stop using the model"),
}
_VERDICTS: Final = {
    "material": ("alert", "Moved by more than matters"),
    "small": ("waiting", "Moved, less than matters"),
    "none": ("no_alert", "Nothing beyond chance"),
    "cannot_tell": ("not_assessed", "Too few rows to tell"),
}
_TESTS: Final = {
    "ks": "Largest gap of the curves (KS)",
    "wasserstein": "How far values moved (Wasserstein)",
    "chi2": "Counts of categories (chi-square)",
    "psi": "Shares of rows in parts (PSI)",
    "kl": "Surprise at the shares (Kullback-Leibler)",
    "js": "Shares of rows in parts (Jensen-Shannon)",
    "missing": "Missing values",
    "new_categories": "Categories never seen before",
    "infinite": "Infinite numbers",
}
"""Name of a test -> what it looks at, and what the field calls it."""
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


def recommended(recommendation: Recommendation) -> str:
    """Return a recommendation in the words of the screens."""
    return _LOOK[recommendation][1]


def headline(report: DriftReport) -> str:
    """Return the answer to "has the world moved, and does it matter" in words."""
    moved = [item for item in report.columns if item.verdict == "material" and item.matters != "unused"]
    unclear = sum(item.verdict == "cannot_tell" for item in report.columns)
    first = f"The world has moved: {len(moved)} of {len(report.columns)} columns changed by more than matters."
    if not moved:
        first = "No column that matters has moved."
        if unclear:
            first = (
                f"No column is known to have moved, but {unclear} of {len(report.columns)} have too few rows to tell."
            )
    return f"{first} {_harm_in_words(report)}"


def _harm_in_words(report: DriftReport) -> str:
    if isinstance(report.harm, NotAssessed) or isinstance(report.performance, NotAssessed):
        return "Whether decisions got worse is not known."
    name = report.performance.main_metric
    if report.harm.realised == "cannot_tell":
        worse = [
            _went(report.performance, metric)
            for metric, item in report.performance.change.items()
            if item.verdict == "worse"
        ]
        if not worse:
            return "Labels do not tell yet whether decisions got worse."
        respects = "one respect" if len(worse) == 1 else f"{len(worse)} respects"
        return f"Decisions got worse in {respects}: {join(worse)}. Overall, by {title(name).lower()}, labels do not tell yet."
    figures_ = _went(report.performance, name)
    said = {"worse": "It hurts", "better": "Decisions got better", "within_tolerance": "Decisions did not get worse"}
    return f"{said.get(report.harm.realised, 'Decisions')}: {figures_}."


def _went(found: PerformanceChange, name: str) -> str:
    return (
        f"{title(name).lower()} went from {number(found.reference[name].value)} to {number(found.current[name].value)}"
    )


def action(found: Action) -> None:
    """Draw the recommendation, its reason, and what is not known."""
    with st.container(border=True):
        outcome, word = _LOOK[found.recommendation]
        badges.badge(outcome, word)
        st.markdown(plain(found.reason, 1000))
        pricing.answer(found)
        sentence.aside(
            "A recommendation, not a decision. "
            + ("Not known: " + plain("; ".join(found.unknown), 1500) + "." if found.unknown else "")
        )


def performance(found: PerformanceChange | NotAssessed) -> None:
    """Draw how the metrics changed where labels are known."""
    st.subheader("Did decisions get worse?", anchor=False)
    if isinstance(found, NotAssessed):
        not_assessed(found)
        return
    if not found.change:
        sentence.aside("No labels are known for the current window.")
        return
    worse = [title(name).lower() for name, item in found.change.items() if item.verdict == "worse"]
    st.markdown(
        f"Worse beyond chance and tolerance: **{join(worse)}**."
        if worse
        else "No metric got worse beyond chance and tolerance."
    )
    frame = charts.metrics_table(found)
    draw(
        charts.metric_changes(frame),
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
        st.markdown("**What one would expect without labels**")
        _estimated(found.estimated)
    with right:
        st.markdown("**Where the change of the error comes from**")
        _parts(found.parts)


def _estimated(found: EstimatedHarm | NotAssessed) -> None:
    if isinstance(found, NotAssessed):
        not_assessed(found)
        return
    for name in [name for name in ("roc_auc", "accuracy", "mean_absolute_error") if name in found.current]:
        now, before = found.current[name], found.reference.get(name)
        st.metric(f"{plain(title(name))}, expected", number(now.value))
        was = f"reference {number(before.value)}, " if before else ""
        sentence.aside(f"{was}interval {number(now.low)} to {number(now.high)}")
    sentence.aside(plain(found.assumption, 1000))
    if found.weighted_refused is not None:
        st.markdown("The same, weighted towards the current window:")
        not_assessed(found.weighted_refused)


def _parts(found: DropParts | NotAssessed) -> None:
    if isinstance(found, NotAssessed):
        not_assessed(found)
        return
    frame = charts.parts_table(found)
    draw(
        charts.drop_parts(frame, found.loss),
        f"Parts of the change of {found.loss}, with 95 % intervals.",
        frame,
        "parts",
        _FIGURES,
    )


def groups(found: Harm | NotAssessed) -> None:
    """Draw for whom things changed."""
    if isinstance(found, NotAssessed) or not found.by_group:
        return
    st.subheader("For whom?", anchor=False)
    names = list(dict.fromkeys(item.metric for item in found.by_group))
    metric = st.segmented_control("Metric", names, default=names[0], format_func=title, key="group-metric") or names[0]
    frame = charts.groups_table(found.by_group, metric)
    worse = frame[frame["verdict"] == "worse"]["group"].tolist()
    st.markdown(
        f"Worse for: **{plain(join(worse))}**." if worse else "No group is known to be worse off by this metric."
    )
    judged = frame[frame["low"].notna()]
    if not len(judged):
        sentence.aside("No group has enough rows for an interval.")
        return
    alt = f"Change of {title(metric).lower()} for each group that has enough rows, with 95 % intervals."
    draw(charts.group_changes(judged, metric), alt, frame, "groups", _FIGURES | {"group": words("Group")})


def columns(report: DriftReport) -> None:
    """Draw which columns moved and which of them the model uses."""
    st.subheader("Which columns moved?", anchor=False)
    frame = charts.columns_table(report.columns)
    kind = {
        "shapley": "mean absolute Shapley value",
        "shuffled": "mean change of the score when the column is shuffled",
        "unknown": "not known",
    }
    if report.importance_kind != "unknown":
        draw(
            charts.moved_and_used(frame),
            "Importance of each column against how far it moved.",
            frame[["column", "verdict", "times the limit", "importance"]],
            "scatter",
        )
    table(
        frame, "Columns, most pressing first.",
        {"column": words("Column"), "verdict": words("Verdict"), "times the limit": figures("Times the limit", digits=1),
         "importance": figures("Importance"), "used by the model": words("Used by the model"), "missing before": share("Missing before"),
         "missing now": share("Missing now"), "reason": words("Reason", wide=True)},
    )  # fmt: skip
    correction = {
        "bh": "at most 5 % of the alarms are expected to be false",
        "holm": "5 % chance of any false alarm",
        "none": "no correction for many tests",
    }
    sentence.aside(
        f"{report.family} questions (values, missing and new ones of each column) share one correction "
        f"({correction[report.correction]}). Importance: {kind[report.importance_kind]}."
    )


def reached(report: DriftReport) -> None:
    """Say whether the change of the columns is also one of what moves the model's answers."""
    st.subheader("Did the change reach the model?", anchor=False)
    found = report.attributions
    if isinstance(found, NotAssessed):
        sentence.aside(f"Not assessed: {plain(found.reason)}.")
        return
    answer = "**Yes**: what moves the model's answers differs between the windows by more than chance."
    if found.p_value >= report.alpha:
        answer = "**No sign of it**: what moves the model's answers differs between the windows by no more than chance."
    st.markdown(answer)
    by_columns = report.multivariate
    also = "" if isinstance(by_columns, NotAssessed) else f" By the columns themselves: {_picks(by_columns)}."
    sentence.aside(
        "A classifier sees how much each column added to two answers, one from each window, and says which is the current one. It is "
        f"right in {_picks(found)}; a coin in 50.{also} {found.rows:,} rows."
    )


def _picks(found: Multivariate) -> str:
    return f"{100 * (found.auc.value or 0.5):.0f} of 100 cases (chance alone reaches {100 * found.noise_floor:.0f})"


def column(found: ColumnDrift) -> None:
    """Draw one column from near."""
    outcome, word = _VERDICTS[found.verdict]
    badges.badge(outcome, word)
    st.markdown(plain(found.reason, 600))
    picture = found.picture
    if isinstance(picture, NumericPicture):
        frame = charts.distribution_table(picture)
        alt = "Share of rows at or below each value in both windows; the bar marks the largest gap."
        draw(charts.distribution(frame, found.name, picture), alt, frame, "column")
        _quantiles(picture)
    elif isinstance(picture, CategoryPicture):
        frame = charts.levels_table(picture)
        draw(charts.levels(frame), "Share of each level in both windows.", frame, "column")
    else:
        not_assessed(picture)
    total = (found.n_reference + found.missing_reference, found.n_current + found.missing_current)
    before, now = (
        missing / rows if rows else None
        for missing, rows in zip((found.missing_reference, found.missing_current), total, strict=True)
    )
    sentence.aside(f"Missing: {percent(before)} before, {percent(now)} now.")
    _readings(found)


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
        {"test": _TESTS[name], "alert": "alert" if item.alert else "no alert", "judged": item.effect, "limit": item.threshold,
         "chance": item.noise_floor, "adjusted": item.p_adjusted, "statistic": item.statistic, "p": item.p_value,
         "how": item.reason}
        for name, item in found.tests.items()
    ]  # fmt: skip
    table(
        pd.DataFrame(rows), f"Tests of column {found.name}.",
        {"test": words("Test"), "alert": words("Alert"), "judged": figures("Size of the change", "effect"),
         "limit": figures("Matters from", "limit"), "chance": figures("Chance reaches", "noise_floor"),
         "adjusted": figures("p value, corrected", "p_adjusted", 4), "statistic": figures("Statistic", "statistic"),
         "p": figures("p value alone", "p_value", 4), "how": words("How", wide=True)},
        key="readings",
    )  # fmt: skip
    with st.expander("What each test says", key="tests-in-words"):
        st.markdown("\n".join(f"- **{_TESTS[name]}**: {about(name)}" for name in found.tests))
