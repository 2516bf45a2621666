"""Parts of the page about one person: the model's limits for them, what follows from an edit, and LIME beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from governance.data import Dictionary, spoken
from governance.evidence import Evidence, NotAssessed
from governance.explain import (
    Change,
    Dependence,
    DependenceParameters,
    LimeExplanation,
    LimeParameters,
    LimitsParameters,
    LocalExplanation,
    Mistakes,
    ModelLimits,
    WhatIf,
    WhatIfParameters,
)
from governance.language import mark
from pages._ui import attributions, badges, certificate, dependence, dictionary, evidence, headings, tables, tongue
from pages._ui.charts import base, explanation as charts
from pages._ui.charts.layouts import laid
from pages._ui.text import join, number, plain, shown

if TYPE_CHECKING:
    from governance.runs import Task
    from pages._ui.choices import Picked

_FILE_NAMES: Final = Dictionary()
"""Words of nobody: the names of the file."""
_FIRST: Final = 8
"""Fields that are offered without asking, those of the largest attributions."""
_AVERAGED: Final = 300
"""Rows over which the mean beside the person is taken: quick enough to follow a choice."""
_WORDS: Final = 500
"""Words that a field offers at most."""


def limits(picked: Picked, row: int) -> None:
    """Draw what the model cannot know about this kind of person and how often it is wrong about them, before any explanation."""
    found = evidence.need("explain.limits", attributions.everyone(picked), LimitsParameters(row))
    result = evidence.result(found, ModelLimits) if found is not None else None
    if found is None or result is None:
        return
    with st.container(border=True, key="limits"):
        st.markdown(tongue.say("**Before the explanation: does the model know people like this one?**"))
        _strange(spoken(result, dictionary.of(picked)))
        _mistakes(result)
        tables.provenance(found)


def _strange(result: ModelLimits) -> None:
    if not result.strange:
        badges.badge("met", tongue.say("Seen before"))
        st.markdown(
            tongue.say(
                "Every value lies within what the {rows} background rows hold.",
                rows=tongue.voice().whole(result.background.rows),
            )
        )
        return
    badges.badge("alert", tongue.say("Never seen"))
    words = join(
        [f"{plain(item.feature)} is {plain(item.value)} (background: {plain(item.known)})" for item in result.strange]
    )
    st.markdown(tongue.say("The model extrapolates here: {words}.", words=words))


def _mistakes(result: ModelLimits) -> None:
    """Say how often the model is wrong about people like this one, against everybody."""
    alike, everyone = result.alike, result.everyone
    if isinstance(alike.size, NotAssessed) or isinstance(everyone.size, NotAssessed):
        badges.badge("not_assessed")
        reason = alike.size if isinstance(alike.size, NotAssessed) else everyone.size
        words = reason.reason if isinstance(reason, NotAssessed) else ""
        st.markdown(
            tongue.say(
                "How often the model is wrong about people like this one is not known: {words}", words=plain(words)
            )
        )
        return
    worse = alike.low is not None and alike.low > everyone.size
    decides = result.measure == "share decided wrongly"
    more, not_more = (
        (mark("More often wrong"), mark("Not more often wrong than usual"))
        if decides
        else (mark("Further off"), mark("Not further off than usual"))
    )
    badges.badge("alert" if worse else "no_alert", tongue.say(more if worse else not_more))
    st.markdown(
        tongue.say(
            "Of the {rows} most similar rows whose outcome is known, the model is wrong about **{alike}**, against {everyone} over all "
            "{total}."
            if decides
            else "For the {rows} most similar rows whose outcome is known, the model is off on average by **{alike}**, against {everyone} "
            "over all {total}.",
            rows=tongue.voice().whole(alike.rows),
            alike=_size(alike, result),
            everyone=_size(everyone, result),
            total=tongue.voice().whole(everyone.rows),
        )
    )
    for group in result.groups:
        voice = tongue.voice()
        if isinstance(group.size, NotAssessed):
            st.caption(f"{plain(group.who)}: {_size(group, result)}.")
        else:
            st.caption(
                voice.say(
                    "{who}: {size} of {rows} rows with a known outcome.",
                    who=plain(group.who),
                    size=_size(group, result),
                    rows=voice.whole(group.rows),
                )
            )


def _size(item: Mistakes, result: ModelLimits) -> str:
    if isinstance(item.size, NotAssessed):
        return tongue.say("not assessed ({reason})", reason=plain(item.size.reason.rstrip(".")))
    voice = tongue.voice()
    write = voice.percent if result.measure == "share decided wrongly" else voice.number
    return f"{write(item.size)} ({write(item.low)}{voice.figures(' to ')}{write(item.high)})"


def against_line(picked: Picked, explanation: LocalExplanation) -> str:
    """Return on which side of the threshold the answer lies and how far, as markdown; "" where it is not held against one."""
    line = attributions.line(picked, explanation.target)
    if line is None:
        return ""
    gap = explanation.prediction - line
    voice = tongue.voice()
    if not gap:
        told = voice.say("That is **exactly on the line of {line}**: selected.", line=voice.number(line))
    else:
        told = voice.say(
            "That is **{gap} above the line of {line}**: selected."
            if gap > 0
            else "That is **{gap} below the line of {line}**: not selected.",
            gap=voice.number(abs(gap)),
            line=voice.number(line),
        )
    return f" {told}"


def why(picked: Picked, found: Evidence, explanation: LocalExplanation, said: LocalExplanation) -> None:
    """Draw what each column added to the answer, and how far that can be trusted.

    Args:
        picked: what is looked at.
        found: the evidence of the explanation.
        explanation: under the names of the file.
        said: the same under the words of the dictionary.
    """
    steps = charts.waterfall_frame(said)
    ends, units = charts.ends_frame(said.base_value, said.model_output), said.certificate.units
    headings.aside(
        tongue.say(
            "From the average answer ({base_value}) to this row's ({model_output}), in {units}. Orange raises, blue lowers.",
            base_value=number(said.base_value),
            model_output=number(said.model_output),
            units=units,
        )
    )
    base.draw(
        laid(charts.waterfall, steps, ends, len(steps), units),
        "From the average answer to this row's answer, column by column",
        charts.readable_steps(steps),
        "waterfall",
    )
    certificate.trust(found, explanation.certificate, explanation.background, picked)
    tables.provenance(found)


def explore(picked: Picked, explanation: LocalExplanation, frame: pd.DataFrame) -> None:
    """Draw what follows from edits of the row, and from one column over its whole range."""
    what_if(picked, explanation, frame, words=dictionary.of(picked))
    follow(picked, explanation, frame)


def what_if(
    picked: Picked, explanation: LocalExplanation, frame: pd.DataFrame, *, words: Dictionary = _FILE_NAMES
) -> None:
    """Draw fields for the row's values; the prediction and the attributions follow every edit."""
    known = _columns(explanation, frame)
    more = len(known) > _FIRST and st.toggle(
        tongue.say("All {known} columns", known=len(known)), key="all-columns", bind="query-params"
    )
    columns = known if more else known[:_FIRST]
    fields = tuple(
        _Field.of(frame[name], name, explanation.row, f"edit-{explanation.row}-{at}") for at, name in enumerate(columns)
    )
    _edit(attributions.question("explain.what_if", picked), explanation, fields, words)


def _columns(explanation: LocalExplanation, frame: pd.DataFrame) -> list[str]:
    """Return the columns of the model, the largest attribution first; players of several columns are taken apart."""
    names = [part for item in explanation.values for part in item.feature.split(" + ")]  # noqa: PD011
    return [name for name in dict.fromkeys(names) if name in frame.columns]


@st.fragment
def follow(picked: Picked, explanation: LocalExplanation, frame: pd.DataFrame) -> None:
    """Draw, folded, how the answer follows one column for this person, beside everybody else; a passing question, not recorded."""
    with st.expander(tongue.say("One column over its whole range"), key="whole-range", on_change="rerun") as box:
        if box.open:
            _follow(picked, explanation, frame)


def _follow(picked: Picked, explanation: LocalExplanation, frame: pd.DataFrame) -> None:
    words = dictionary.of(picked)
    labels = {shown(words.label(name), 90): name for name in _columns(explanation, frame)}
    column = labels.get(
        st.selectbox(tongue.say("Column to follow"), list(labels), key="person-column", bind="query-params") or ""
    )
    if column is None:
        return
    asked = attributions.begin(
        attributions.question("explain.dependence", picked),
        DependenceParameters(column=column, row=explanation.row, target=explanation.target, rows=_AVERAGED),
    )
    answer = attributions.answer(asked)
    result = evidence.result(answer, Dependence) if answer is not None else None
    if result is not None:
        dependence.draw(spoken(result, words), "person-dependence", attributions.line(picked, result.target))


@st.fragment
def _edit(question: Task, explanation: LocalExplanation, fields: tuple[_Field, ...], words: Dictionary) -> None:
    """Ask first and draw then, so that the fields and a quick answer reach the browser together, as one change of the page."""
    changes = tuple(Change(field.name, text) for field in fields if (text := field.edit) is not None)
    asked = attributions.begin(question, WhatIfParameters(explanation.row, changes, target=explanation.target))
    attributions.glance(asked)
    grid = st.columns(4)
    for at, field in enumerate(fields):
        with grid[at % 4]:
            field.draw(words)
    answer = attributions.answer(asked)
    result = evidence.result(answer, WhatIf) if answer is not None else None
    if result is not None:
        with st.container(key="what-if"):
            _moved(spoken(result, words))


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

    def draw(self, words: Dictionary) -> None:
        """Draw the field."""
        label = shown(words.label(self.name), 60)
        if self.words is None:
            own = None if isinstance(self.own, str) else self.own
            st.number_input(label, value=own, key=self.key, format="%g", placeholder="missing")
            return
        index = self.words.index(self.own) if isinstance(self.own, str) else None
        st.selectbox(
            label,
            self.words,
            index=index,
            key=self.key,
            format_func=partial(_called, words, self.name),
            placeholder="missing",
        )


def _called(words: Dictionary, column: str, word: str) -> str:
    return shown(words.value(column, word), 60)


def _moved(result: WhatIf) -> None:
    left, middle, right = st.columns(3)
    voice = tongue.voice()
    left.metric(voice.say("Prediction as it is"), voice.number(result.prediction_before))
    change = result.prediction_after - result.prediction_before
    middle.metric(
        voice.say("With your edits"),
        voice.number(result.prediction_after),
        delta=voice.figures(f"{change:+.3f}") if change else None,
        delta_color="off",
    )
    right.metric(
        voice.say("Score moved by"),
        voice.number(result.output_after - result.output_before),
        help=voice.say("In {units}.", units=voice.say(result.units)),
    )
    with st.container():  # there even when it is empty: what stands below keeps its place, and its drawing
        if result.outside_background:
            headings.aside(
                tongue.say(
                    "With these edits the row leaves the range that the background has seen: read the answer with care."
                )
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
        tongue.say(
            "LIME's straight line explains {fit} of the model's answers around this row. Between {runs} runs, {stable} of its top "
            "columns stay the same. It gives the same sign as the Shapley values for {signs} of its top columns; their orders agree "
            "by {order} (1 is best).",
            fit=_share(result.local_r2),
            runs=result.repeats,
            stable=_share(result.stability),
            signs=_share(result.sign_agreement),
            order=_plain_number(result.rank_agreement),
        )
    )
    words = dictionary.of(picked)
    frame = charts.side_by_side_frame(spoken(result, words), spoken(explanation, words))
    base.draw(laid(charts.side_by_side, frame), "LIME weights beside Shapley values, as shares", frame, "lime")
    tables.provenance(found)


def _share(value: Any) -> str:
    return tongue.voice().percent(value, 0) if isinstance(value, float | int) else tongue.say("an unknown share")


def _plain_number(value: Any) -> str:
    return tongue.voice().number(value, 2) if isinstance(value, float | int) else tongue.say("an unknown amount")
