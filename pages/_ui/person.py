"""Parts of the page about one person: the model's limits for them, what follows from an edit, and LIME beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from governance.evidence import NotAssessed
from governance.explain.report import LimeExplanation, LocalExplanation, Mistakes, ModelLimits, WhatIf
from governance.explain.spec import Change, LimeParameters, LimitsParameters, WhatIfParameters
from pages._ui import attributions, badges, evidence, sentence, tables
from pages._ui.charts import base
from pages._ui.charts import explanation as charts
from pages._ui.text import join, number, percent, plain, shown

if TYPE_CHECKING:
    from governance.run import Task
    from pages._ui.subject import Picked

_EDITED: Final = 8
"""Fields that are offered, those of the largest attributions."""
_WORDS: Final = 500
"""Words that a field offers at most."""


def limits(picked: Picked, row: int) -> None:
    """Draw what the model cannot know about this kind of person and how often it is wrong about them, before any explanation."""
    found = evidence.need("explain.limits", attributions.everyone(picked), LimitsParameters(row))
    result = evidence.result(found, ModelLimits) if found is not None else None
    if found is None or result is None:
        return
    with st.container(border=True, key="limits"):
        st.markdown("**Before the explanation: does the model know people like this one?**")
        _strange(result)
        _mistakes(result)
        tables.provenance(found)


def _strange(result: ModelLimits) -> None:
    if not result.strange:
        badges.badge("met", "Seen before")
        st.markdown(f"Every value lies within what the {result.background.rows:,} background rows hold.")
        return
    badges.badge("alert", "Never seen")
    words = join(
        [f"{plain(item.feature)} is {plain(item.value)} (background: {plain(item.known)})" for item in result.strange]
    )
    st.markdown(f"The model extrapolates here: {words}.")


def _mistakes(result: ModelLimits) -> None:
    """Say how often the model is wrong about people like this one, against everybody."""
    alike, everyone = result.alike, result.everyone
    if isinstance(alike.size, NotAssessed) or isinstance(everyone.size, NotAssessed):
        badges.badge("not_assessed")
        reason = alike.size if isinstance(alike.size, NotAssessed) else everyone.size
        words = reason.reason if isinstance(reason, NotAssessed) else ""
        st.markdown(f"How often the model is wrong about people like this one is not known: {plain(words)}")
        return
    worse = alike.low is not None and alike.low > everyone.size
    badges.badge("alert" if worse else "no_alert", "More often wrong" if worse else "Not more often wrong than usual")
    off = "wrong about" if result.measure == "share decided wrongly" else "off on average by"
    st.markdown(
        f"Of the {alike.rows:,} most similar people whose outcome is known, the model is {off} **{_size(alike, result)}**, against "
        f"{_size(everyone, result)} over all {everyone.rows:,}."
    )
    for group in result.groups:
        st.caption(f"{plain(group.who)}: {_size(group, result)} of {group.rows:,} people with a known outcome.")


def _size(item: Mistakes, result: ModelLimits) -> str:
    if isinstance(item.size, NotAssessed):
        return f"not assessed ({plain(item.size.reason)})"
    write = percent if result.measure == "share decided wrongly" else number
    return f"{write(item.size)} ({write(item.low)} to {write(item.high)})"


def what_if(picked: Picked, explanation: LocalExplanation, frame: pd.DataFrame) -> None:
    """Draw fields for the row's values; the prediction and the attributions follow every edit."""
    columns = [item.feature for item in explanation.values if item.feature in frame.columns][:_EDITED]  # noqa: PD011
    fields = tuple(
        _Field.of(frame[name], name, explanation.row, f"edit-{explanation.row}-{at}") for at, name in enumerate(columns)
    )
    _edit(attributions.question("explain.what_if", picked), explanation, fields)


@st.fragment
def _edit(question: Task, explanation: LocalExplanation, fields: tuple[_Field, ...]) -> None:
    """Ask first and draw then, so that the fields and a quick answer reach the browser together, as one change of the page."""
    changes = tuple(Change(field.name, text) for field in fields if (text := field.edit) is not None)
    asked = attributions.begin(question, WhatIfParameters(explanation.row, changes, target=explanation.target))
    attributions.glance(asked)
    grid = st.columns(4)
    for at, field in enumerate(fields):
        with grid[at % 4]:
            field.draw()
    answer = attributions.answer(asked)
    result = evidence.result(answer, WhatIf) if answer is not None else None
    if result is not None:
        with st.container(key="what-if"):
            _moved(result)


@dataclass(frozen=True, slots=True)
class _Field:
    """A value of the row that can be edited."""

    name: str
    """Of the column."""
    own: float | str | None
    """The row's own value, None where it is missing."""
    key: str
    words: tuple[str, ...] | None
    """What a column of words holds; None for numbers."""

    @classmethod
    def of(cls, column: pd.Series, name: str, row: int, key: str) -> _Field:
        """Return the field of one row's value in a column."""
        value = column.iloc[row]
        if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
            return cls(name, None if pd.isna(value) else float(value), key, None)
        own = None if pd.isna(value) else str(value)
        words = {str(item) for item in pd.unique(column.dropna())[:_WORDS]}
        return cls(name, own, key, tuple(sorted(words if own is None else words | {own})))

    @property
    def edit(self) -> str | None:
        """The edited value as text, "" for a missing one; None while it is the row's own."""
        value = st.session_state.get(self.key, self.own)
        if value == self.own:
            return None
        return "" if value is None else value if isinstance(value, str) else repr(float(value))

    def draw(self) -> None:
        """Draw the field."""
        label = shown(self.name, 60)
        if self.words is None:
            own = None if isinstance(self.own, str) else self.own
            st.number_input(label, value=own, key=self.key, format="%g", placeholder="missing")
            return
        index = self.words.index(self.own) if isinstance(self.own, str) else None
        st.selectbox(label, self.words, index=index, key=self.key, format_func=_shown_word, placeholder="missing")


def _shown_word(word: str) -> str:
    return shown(word, 60)


def _moved(result: WhatIf) -> None:
    left, middle, right = st.columns(3)
    left.metric("Prediction as it is", number(result.prediction_before))
    change = result.prediction_after - result.prediction_before
    middle.metric(
        "With your edits",
        number(result.prediction_after),
        delta=f"{change:+.3f}" if change else None,
        delta_color="off",
    )
    right.metric("Score moved by", number(result.output_after - result.output_before), help=f"In {result.units}.")
    with st.container():  # there even when it is empty: what stands below keeps its place, and its drawing
        if result.outside_background:
            sentence.aside(
                "With these edits the row leaves the range that the background has seen: read the answer with care."
            )
    steps, ends = charts.waterfall_columns(result), charts.ends_columns(result.base_value, result.output_after)
    base.redraw(
        charts.layout_of_waterfall(len(steps["step"]), result.units),
        {"steps": steps, "ends": ends},
        "From the average answer to the answer with your edits, column by column",
        {name: steps[name] for name in charts.READABLE},
        "edited",
    )
    moved = charts.before_after_columns(result)
    base.redraw(
        charts.layout_of_before_after(len(moved["column"]) // 2, result.units),
        {"moved": moved},
        "Attributions as the row is and with your edits",
        moved,
        "what-if",
    )


def lime(picked: Picked, explanation: LocalExplanation) -> None:
    """Draw LIME beside the Shapley values, and how far they agree."""
    found = evidence.need(
        "explain.lime", attributions.everyone(picked), LimeParameters(explanation.row, explanation.target)
    )
    result = evidence.result(found, LimeExplanation) if found is not None else None
    if found is None or result is None:
        return
    st.markdown(
        f"LIME's straight line explains {result.local_r2:.0%} of the model's answers around this row. Between {result.repeats} runs, "
        f"{result.stability:.0%} of its top columns stay the same. It gives the same sign as the Shapley values for "
        f"{_share(result.sign_agreement)} of its top columns; their orders agree by {_plain_number(result.rank_agreement)} (1 is best)."
    )
    frame = charts.side_by_side_frame(result, explanation)
    base.draw(charts.side_by_side(frame), "LIME weights beside Shapley values, as shares", frame, "lime")
    tables.provenance(found)


def _share(value: Any) -> str:
    return f"{value:.0%}" if isinstance(value, float | int) else "an unknown share"


def _plain_number(value: Any) -> str:
    return number(value, 2) if isinstance(value, float | int) else "an unknown amount"
