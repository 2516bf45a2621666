"""Parts of the page about all rows: classes, one column in detail, cohort against cohort, columns explained together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from governance.errors import RefusedInputError
from governance.explain.interaction import Interactions
from governance.explain.report import GlobalExplanation, Importance
from governance.explain.spec import ColumnGroup, GlobalParameters, InteractionParameters
from pages._ui import attributions, errors, evidence, sentence, tables
from pages._ui.charts import base
from pages._ui.charts import explanation as charts
from pages._ui.text import join, plain, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pages._ui.attributions import Stored
    from pages._ui.subject import Picked

_LISTED = 10


def pick_class(picked: Picked) -> str:
    """Draw which class is explained; "" for the one that is explained without asking, and where there are only two."""
    classes = attributions.classes(picked) if picked.model else ()
    if len(classes) < 3:
        return ""
    labels = {shown(name, 90): name for name in classes}
    chosen = labels.get(
        st.selectbox(
            "Class", list(labels), key="class", bind="query-params", help="The class whose score is explained."
        )
        or "",
        classes[0],
    )
    return "" if chosen == classes[0] else chosen


def per_class(result: GlobalExplanation, units: str) -> None:
    """Draw the importances of every class beside each other; nothing where there is only one view."""
    if len(result.per_class) < 2:
        return
    st.subheader("Class by class", anchor=False)
    top = [item.feature for item in result.importance[:_LISTED]]
    rows = [
        (shown(item.feature, 60), shown(view.target, 60), item.mean_abs, item.low, item.high)
        for view in sorted(result.per_class, key=lambda view: view.target)
        for item in sorted(view.importance, key=lambda item: item.feature)
        if item.feature in top
    ]
    frame = pd.DataFrame(rows, columns=["column", "class", "mean |attribution|", "low", "high"])
    sentence.aside("How much each column moves the score of each class, over all rows; the darker, the more.")
    base.draw(charts.by_class(frame, top, units), "Importance of each column for each class", frame, "classes")


def cohorts(picked: Picked, stored: Stored, units: str) -> None:
    """Draw the importances of two cohorts against each other, read from what is stored; the model is not asked again."""
    st.subheader("Cohort against cohort", anchor=False)
    other = st.text_input(
        "Compare with the rows for which", key="other", bind="query-params", placeholder="all rows",
        help='A filter as in the picker above, for example: age >= 60 and sex = "Female".', max_chars=500,
    ).strip()  # fmt: skip
    if other == stored.cohort:
        sentence.aside(
            "Write a filter here, or choose a cohort above, to see whether other columns matter for other people."
        )
        return
    with errors.caught():
        rows = attributions.positions(picked, other)
        one, two = attributions.importance(stored), attributions.importance(stored, rows)
        if not one or not two:
            raise RefusedInputError("One of the two cohorts has no explained rows.", "Widen its filter.")
        names = (_words(stored.cohort), _words(other))
        frame = pair_of_cohorts(one, two, names)
        st.markdown(_difference(one, two, names, (len(stored.rows), len(rows))))
        base.draw(charts.cohorts(frame, units), f"Importance for {names[0]} and for {names[1]}", frame, "cohorts")


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
    st.subheader("Columns that belong together", anchor=False)
    labels = {shown(name, 90): name for name in names}
    asked = st.multiselect(
        "Explain these columns as one", list(labels), key="together", bind="query-params", placeholder="none",
        help="The group comes or stays away as a whole: its value is worked out anew, it is not the sum of its columns'.",
    )  # fmt: skip
    chosen = tuple(labels[item] for item in asked if item in labels)
    if not 1 < len(chosen) < len(names):
        sentence.aside("Choose at least two columns, and leave one out.")
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
        st.markdown(f"Together they are number **{rank}** of {len(importance)}.")
        frame = charts.importance_frame(importance)
        base.draw(
            charts.importance_bars(frame, result.certificate.units),
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


def one_column(
    rows: pd.DataFrame, shares: pd.DataFrame, names: Sequence[str], result: Interactions | None, units: str
) -> None:
    """Draw the attribution of one column against its value, coloured by the column that it interacts with most."""
    left, right = st.columns(2)
    labels = {shown(name, 90): name for name in names}
    column = labels.get(left.selectbox("Column", list(labels), key="column", bind="query-params") or "", names[0])
    others = {shown(name, 90): name for name in partners(result, column, names)} or labels
    by = others.get(
        right.selectbox(
            "Coloured by", list(others), key=f"by-{names.index(column)}",
            help="The column that interacts most with the one on the left stands first.",
        ) or "", next(iter(others.values()))
    )  # fmt: skip
    drawn = detail(rows, shares, column, by)
    base.draw(
        charts.dependence(drawn, column, by, units),
        f"Attribution of {shown(column)} against its value, coloured by {shown(by)}",
        drawn.drop(columns="jitter"),
        "dependence",
    )


def ranking(result: Interactions) -> None:
    """Draw the pairs of columns that act together, the strongest first."""
    st.subheader("Columns that act together", anchor=False)
    if not result.pairs or result.pairs[0].mean_abs == 0:
        st.markdown("No two columns act together: the model's score is a sum of what each column does alone.")
        return
    first = result.pairs[0]
    st.markdown(
        f"**{plain(first.first)}** and **{plain(first.second)}** act together most: they move the score by "
        f"{first.mean_abs:.3g} {plain(result.units)} on average beyond what each does alone."
    )
    frame = pd.DataFrame(
        [
            (f"{shown(pair.first, 40)} × {shown(pair.second, 40)}", pair.mean_abs, pair.low, pair.high, pair.mean)
            for pair in result.pairs[:_LISTED]
        ],
        columns=["pair", "mean |interaction|", "low", "high", "mean"],
    )
    chart = base.interval_bars(
        frame, "pair", "mean |interaction|", f"mean |interaction|, {result.units}", low="low", high="high"
    )
    base.draw(chart, "Strength of the interaction of each pair of columns, with 95 % intervals", frame, "pairs")
    if result.left_out:
        rest = join([plain(name) for name in result.left_out])
        sentence.aside(f"Pairs with the columns that move the score least were not looked at: {rest}.")


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
