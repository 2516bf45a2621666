"""Parts of the page about all rows: classes, one column in detail, cohort against cohort, columns explained together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from governance.data import Dictionary, spoken
from governance.evidence import Evidence, NotAssessed, RefusedInputError
from governance.explain import (
    ColumnGroup,
    Dependence,
    DependenceParameters,
    GlobalExplanation,
    GlobalParameters,
    Importance,
    InteractionParameters,
    Interactions,
    Scale,
)
from governance.language import mark
from pages._ui import attributions, dependence as drawing, dictionary, errors, evidence, headings, tables, tongue
from pages._ui.charts import base, explanation as charts
from pages._ui.charts.layouts import laid
from pages._ui.previews import Early
from pages._ui.text import join, plain, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pages._ui.attributions import Stored
    from pages._ui.choices import Picked

_LISTED = 10
_FEW = 50
"""Rows of a preview where values are sampled: each costs thousands of model rows."""
_SCALES = (mark("Raw score"), mark("Probability"))
_CLICKED = "countersign.importance.clicked"


def early(picked: Picked, target: str) -> Early[GlobalExplanation]:
    """Return the first picture of the page: the bars over a few rows of the cohort, each explained as the full answer explains it."""
    quick = GlobalParameters(target=target, lime_rows=0, all_classes=False, max_rows=_FEW)

    def draw(result: GlobalExplanation) -> None:
        importance = spoken(result, dictionary.of(picked)).importance
        frame = charts.importance_frame(importance)
        bars = laid(charts.importance_bars, frame, result.certificate.units)
        base.draw(bars, "Mean absolute attribution of each column over a few rows, with 95 % intervals", frame, "early")

    return Early(picked, quick, GlobalExplanation, draw, reference_too=False)


def pick_class(picked: Picked) -> str:
    """Draw which class is explained; "" for the one that is explained without asking, and where there are only two."""
    classes = attributions.classes(picked)
    if len(classes) < 3:
        return ""
    labels = {shown(name, 90): name for name in classes}
    chosen = labels.get(
        st.selectbox(
            tongue.say("Class"),
            list(labels),
            key="class",
            bind="query-params",
            help=tongue.say("The class whose score is explained."),
        )
        or "",
        classes[0],
    )
    return "" if chosen == classes[0] else chosen


def per_class(result: GlobalExplanation, units: str) -> None:
    """Draw the importances of every class beside each other; nothing where there is only one view."""
    if len(result.per_class) < 2:
        return
    top = [item.feature for item in result.importance[:_LISTED]]
    rows = [
        (shown(item.feature, 60), shown(view.target, 60), item.mean_abs, item.low, item.high)
        for view in sorted(result.per_class, key=lambda view: view.target)
        for item in sorted(view.importance, key=lambda item: item.feature)
        if item.feature in top
    ]
    frame = pd.DataFrame(rows, columns=["column", "class", "mean |attribution|", "low", "high"])
    headings.aside(
        tongue.say("How much each column moves the score of each class, over all rows; the darker, the more.")
    )
    base.draw(laid(charts.by_class, frame, top, units), "Importance of each column for each class", frame, "classes")


def cohorts(picked: Picked, stored: Stored, units: str) -> None:
    """Draw the importances of two cohorts against each other, read from what is stored; the model is not asked again."""
    other = st.text_input(
        tongue.say("Compare with the rows for which"), key="other", bind="query-params", placeholder=tongue.say("all rows"),
        help=tongue.say('A filter as in the picker above, for example: age >= 60 and sex = "Female".'), max_chars=500,
    ).strip()  # fmt: skip
    if other == stored.cohort:
        headings.aside(
            tongue.say(
                "Write a filter here, or choose a cohort above, to see whether other columns matter for other people."
            )
        )
        return
    with errors.caught():
        rows = attributions.positions(picked, other)
        words = dictionary.of(picked)
        one, two = (spoken(attributions.importance(stored, part), words) for part in (None, rows))
        if not one or not two:
            raise RefusedInputError("One of the two cohorts has no explained rows.", "Widen its filter.")
        names = (_words(stored.cohort), _words(other))
        frame = pair_of_cohorts(one, two, names)
        st.markdown(_difference(one, two, names, (len(stored.rows), len(rows))))
        base.draw(laid(charts.cohorts, frame, units), f"Importance for {names[0]} and for {names[1]}", frame, "cohorts")


def _words(cohort: str) -> str:
    return shown(cohort, 60) if cohort else "all rows"


def pair_of_cohorts(
    one: Sequence[Importance], two: Sequence[Importance], names: tuple[str, str], top: int = _LISTED
) -> pd.DataFrame:
    """Return the importances of two cohorts with their intervals, two rows for each of the `top` columns of the first."""
    other = {item.feature: item for item in two}
    rows = [
        (shown(item.feature, 60), label, item.mean_abs, item.low, item.high)
        for mine in one[:top]
        for label, item in zip(names, (mine, other[mine.feature]), strict=True)
    ]
    return pd.DataFrame(rows, columns=["column", "rows", "mean |attribution|", "low", "high"])


def _difference(
    one: Sequence[Importance], two: Sequence[Importance], names: tuple[str, str], sizes: tuple[int, int]
) -> str:
    """Say for which columns the intervals of the two cohorts do not meet."""
    other = {item.feature: item for item in two}
    apart = [item.feature for item in one if item.low > other[item.feature].high or item.high < other[item.feature].low]
    about = f"{plain(names[0])} ({sizes[0]:,} rows) and {plain(names[1])} ({sizes[1]:,} rows)"
    if not apart:
        return f"No column matters clearly more for one than for the other: {about}."
    words = join([f"**{plain(name)}**" for name in apart[:5]]) + (
        f" and {len(apart) - 5} more" if len(apart) > 5 else ""
    )
    return f"How much {words} matter{'s' if len(apart) == 1 else ''} differs clearly between {about}."


def together(picked: Picked, names: Sequence[str], target: str) -> None:
    """Draw which columns are explained as one, and what they move together."""
    labels = {shown(name, 90): name for name in names}
    asked = st.multiselect(
        tongue.say("Explain these columns as one"), list(labels), key="together", bind="query-params", placeholder="none",
        help=tongue.say("The group comes or stays away as a whole: its value is worked out anew, it is not the sum of its columns'."),
    )  # fmt: skip
    chosen = tuple(labels[item] for item in asked if item in labels)
    if not 1 < len(chosen) < len(names):
        headings.aside(tongue.say("Choose at least two columns, and leave one out."))
        return
    group = ColumnGroup(" + ".join(chosen), chosen)
    found = evidence.need(
        "explain.global", attributions.everyone(picked), GlobalParameters(target=target, groups=(group,))
    )
    result = evidence.result(found, GlobalExplanation) if found is not None else None
    if found is None or result is None:
        return
    stored = attributions.stored(found, picked)
    importance = attributions.importance(stored)
    rank = [item.feature for item in importance].index(group.name) + 1 if importance else 0
    if importance:
        st.markdown(
            tongue.say("Together they are number **{rank}** of {importance}.", rank=rank, importance=len(importance))
        )
        frame = charts.importance_frame(importance)
        base.draw(
            laid(charts.importance_bars, frame, result.certificate.units),
            "Importance with the group as one",
            frame,
            "together",
        )
    tables.provenance(found, "together")


def pairs(picked: Picked, target: str) -> Interactions | None:
    """Return which columns act together, or draw why that is not known (yet) and return None."""
    found = evidence.need("explain.interactions", attributions.everyone(picked), InteractionParameters(target=target))
    return evidence.result(found, Interactions) if found is not None else None


def partners(result: Interactions | None, column: str, names: Sequence[str]) -> list[str]:
    """Return the other columns, the one that interacts most with `column` first; in the given order where nothing is known."""
    ranked = [pair.partner(column) for pair in result.pairs if pair.mean_abs > 0] if result is not None else []
    return list(
        dict.fromkeys([*(name for name in ranked if name in names), *(name for name in names if name != column)])
    )


def pick_scale(picked: Picked, raw: Evidence) -> Scale:
    """Draw the scale of a classifier's explanation; "raw" where there is nothing to choose.

    Args:
        picked: what is looked at.
        raw: the explanation of the raw score; that of a forest is a probability already.
    """
    result = raw.read(GlobalExplanation)
    if not attributions.classes(picked) or isinstance(result, NotAssessed) or result.certificate.scale == "probability":
        return "raw"
    chosen = st.segmented_control(
        tongue.say("Scale"), list(_SCALES), default=_SCALES[0], key="scale", bind="query-params", format_func=tongue.say,
        help=tongue.say(
            "The raw score (for most models the log-odds) adds up exactly where the file allows it. Probabilities are sampled over "
            "fewer rows; the certificate says with what error."
        ),
    )  # fmt: skip
    return "probability" if chosen == _SCALES[1] else "raw"


def follow(clicked: str | None, names: Sequence[str]) -> bool:
    """Let the column below be the one whose bar was clicked last, and say whether it has changed; a click counts once."""
    if clicked is None or clicked == st.session_state.get(_CLICKED):
        return False
    st.session_state[_CLICKED] = clicked
    found = next((name for name in names if shown(name, 60) == clicked), None)
    if found is not None:
        st.session_state["column"] = shown(found, 90)
    return found is not None


def column(picked: Picked, stored: Stored, names: Sequence[str], *, target: str, units: str) -> None:
    """Draw one column: its attributions against its values, and how the model's own answer follows it."""
    words = dictionary.of(picked)
    rows, shares = _dots(picked, stored)
    act = pairs(picked, target)
    chosen = one_column(rows, shares, names, spoken(act, words) if act is not None else None, units)
    own = {words.label(name): name for name in stored.names}
    dependence(picked, own.get(chosen, chosen), target, units)


def swarm(picked: Picked, stored: Stored, importance: Sequence[Importance], units: str) -> None:
    """Draw every explained row as a dot, column by column."""
    rows, shares = _dots(picked, stored)
    frame = charts.swarm_frame(rows, shares, [item.feature for item in importance[:8]])
    headings.aside(
        tongue.say(
            "Each dot is a row ({rows} are drawn). Right of zero the column raised the score, left of zero it lowered "
            "it. Orange dots have high values, blue ones low values, grey ones words.",
            rows=tongue.voice().whole(len(rows)),
        )
    )
    base.draw(
        laid(charts.swarm, frame, units), "Attribution of each row, by column", frame.drop(columns="shift"), "swarm"
    )


def _dots(picked: Picked, stored: Stored) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the values and the attributions of the rows that are drawn, under the words of the dictionary."""
    words = dictionary.of(picked)
    positions = attributions.dots(stored)
    raw = attributions.values(picked.data, stored.names).iloc[positions].reset_index(drop=True)
    return dictionary.rows(raw, words), stored.shares(positions).rename(columns=words.label)


def dependence(picked: Picked, column: str, target: str, units: str) -> None:
    """Draw how the model's own answer follows one column: the mean, single rows, and where the data lie."""
    if attributions.classes(picked) and units != "probability":
        headings.aside(
            tongue.say("Above in {units}; the answers below are probabilities, as the model gives them.", units=units)
        )
    asked = DependenceParameters(column=column, target=target)
    found = evidence.need("explain.dependence", picked, asked)
    result = evidence.result(found, Dependence) if found is not None else None
    if found is None or result is None:
        return
    drawing.draw(spoken(result, dictionary.of(picked)), "dependence-mean", attributions.line(picked, result.target))
    tables.provenance(found, "dependence")


def one_column(
    rows: pd.DataFrame, shares: pd.DataFrame, names: Sequence[str], result: Interactions | None, units: str
) -> str:
    """Draw the attribution of one column against its value, coloured by the column that it interacts with most; return the column."""
    left, right = st.columns(2)
    labels = {shown(name, 90): name for name in names}
    column = labels.get(
        left.selectbox(tongue.say("Column"), list(labels), key="column", bind="query-params") or "", names[0]
    )
    others = {shown(name, 90): name for name in partners(result, column, names)} or labels
    by = others.get(
        right.selectbox(
            tongue.say("Coloured by"), list(others), key=f"by-{names.index(column)}",
            help=tongue.say("The column that interacts most with the one on the left stands first."),
        ) or "", next(iter(others.values()))
    )  # fmt: skip
    drawn = detail(rows, shares, column, by)
    base.draw(
        laid(charts.dependence, drawn, column, by, units),
        f"Attribution of {shown(column)} against its value, coloured by {shown(by)}",
        drawn.drop(columns="jitter"),
        "dependence",
    )
    return column


def ranking(found: Interactions | None, words: Dictionary) -> None:
    """Draw the pairs of columns that act together, the strongest first; nothing while they are not known."""
    if found is None:
        return
    result = spoken(found, words)
    if not result.pairs or result.pairs[0].mean_abs == 0:
        st.markdown(
            tongue.say("No two columns act together: the model's score is a sum of what each column does alone.")
        )
        return
    first = result.pairs[0]
    st.markdown(
        tongue.say(
            "**{first}** and **{second}** act together most: they move the score by {amount} {units} on average beyond what each "
            "does alone.",
            first=plain(first.first),
            second=plain(first.second),
            amount=tongue.voice().figures(f"{first.mean_abs:.3g}"),
            units=tongue.say(plain(result.units)),
        )
    )
    frame = pd.DataFrame(
        [
            (f"{shown(pair.first, 40)} × {shown(pair.second, 40)}", pair.mean_abs, pair.low, pair.high, pair.mean)
            for pair in result.pairs[:_LISTED]
        ],
        columns=["pair", "mean |interaction|", "low", "high", "mean"],
    )
    chart = laid(
        base.interval_bars,
        frame,
        "pair",
        "mean |interaction|",
        f"mean |interaction|, {result.units}",
        low="low",
        high="high",
    )
    base.draw(chart, "Strength of the interaction of each pair of columns, with 95 % intervals", frame, "pairs")
    if result.left_out:
        rest = join([plain(name) for name in result.left_out])
        headings.aside(
            tongue.say("Pairs with the columns that move the score least were not looked at: {rest}.", rest=rest)
        )


def detail(rows: pd.DataFrame, shares: pd.DataFrame, column: str, by: str) -> pd.DataFrame:
    """Return what a chart of one column draws: its values, its attributions and the values of the column of the colours."""
    numeric = {name: pd.api.types.is_numeric_dtype(rows[name].dtype) for name in (column, by)}
    return pd.DataFrame(
        {
            "value": rows[column] if numeric[column] else rows[column].map(shown).astype(str),
            "attribution": shares[column],
            "other": rows[by] if numeric[by] else rows[by].map(shown).astype(str),
            "jitter": np.random.default_rng(0).uniform(-1, 1, len(rows)),
        }
    )
