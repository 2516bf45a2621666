"""What the label of a table means: which value its score is about, its classes, and how a decision beside it is coded. Never guessed."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from governance.data import ColumnProfile, TableLook
from governance.subject import Label
from pages._ui import tongue
from pages._ui.text import plain, shown
from pages.registry.register import draft

_SELECTED: Final = {"good": "good for the person (a credit, a job)", "bad": "bad for the person (an alarm, a refusal)"}
NO_CLASS: Final = "None: the label is a number, or has several classes"
_FEW: Final = 10
"""A label with more values is offered none of them."""


def meaning(look: TableLook, column: str, file: str) -> Label | None:
    """Draw what a label means: its positive value and whether being selected is good, or its classes; None while something is missing."""
    found = _column(look, column)
    if found is None:
        return Label("")
    if found.distinct > _FEW:
        st.caption(
            tongue.say(
                "The label {column} has {distinct} values: it is taken as a number, or as several classes.",
                column=plain(column, 100),
                distinct=tongue.voice().whole(found.distinct),
            )
        )
        return Label(column)
    counted = {item.value: item.rows for item in found.top}
    offered = [*counted, NO_CLASS]
    positive = st.radio(
        tongue.say("The score is about, of {column}", column=shown(column, 100)), offered, horizontal=True,
        index=draft.place(f"positive-{file}", offered), key=draft.field(f"positive-{file}"),
        format_func=partial(_value_words, counted), help=tongue.say("Which value of the label a high score predicts. It is never guessed."),
    )  # fmt: skip
    if positive is None:
        return None
    if positive == NO_CLASS:
        return Label(column, classes=_classes(list(counted), file))
    several = file.startswith(f"{column}-")
    asked = (
        tongue.say("Being selected, of {column}, is", column=shown(column, 100))
        if several
        else tongue.say("Being selected is")
    )
    selected = st.radio(
        asked, list(_SELECTED),
        index=draft.place(f"selected-{file}", list(_SELECTED)), format_func=_SELECTED.__getitem__, horizontal=True,
        key=draft.field(f"selected-{file}"), help=tongue.say("All wording follows it."),
    )  # fmt: skip
    if selected not in _SELECTED:
        return None
    return Label(
        column,
        positive=positive,
        negative=tuple(sorted(value for value in counted if value != positive)),
        selected_is="bad" if selected == "bad" else "good",
    )


def threshold(file: str) -> float:
    """Draw from which score on a person is selected."""
    asked = st.number_input(
        tongue.say("Selected from a score of"), 0.0, 1.0, step=0.01, width=220,
        value=float(draft.get(f"threshold-{file}", 0.5)), key=draft.field(f"threshold-{file}"),
    )  # fmt: skip
    return min(1.0, max(0.0, float(asked)))


def decided(look: TableLook, column: str, label: Label | None, file: str) -> str:
    """Draw which decision stands for the positive label where decisions have other values than the label; "" where they have the same."""
    found = _column(look, column)
    if found is None or label is None or not label.positive or found.distinct > _FEW:
        return ""
    values = [item.value for item in found.top]
    if set(values) <= {label.positive, *label.negative}:
        return ""
    chosen = st.radio(
        tongue.say("Decision that stands for the positive label"), values, format_func=shown, horizontal=True,
        index=draft.place(f"decided-{file}", values), key=draft.field(f"decided-{file}"),
        help=tongue.say("For decisions such as 1 and 0 beside a label such as yes and no. Without an answer it is coded as the label is."),
    )  # fmt: skip
    return chosen if chosen in values else ""


def _classes(values: list[str], file: str) -> tuple[str, ...]:
    """Draw the choice of classes; () for those that occur."""
    key = f"label-classes-{file}"
    before = [str(item) for item in draft.get(key, [])]
    chosen = st.multiselect(
        tongue.say("Classes of the label"), list(dict.fromkeys([*values, *before])), format_func=shown, accept_new_options=True,
        placeholder=tongue.say("those that occur"), default=before, key=draft.field(key),
        help=tongue.say("Name them when a class has no row here: choose those that occur and write the others. Leave it empty for a "
            "number."),
    )  # fmt: skip
    return tuple(dict.fromkeys(str(item) for item in chosen if str(item)))


def _column(look: TableLook, name: str) -> ColumnProfile | None:
    return next((column for column in look.columns if column.name == name), None)


def _value_words(counted: dict[str, int], value: str) -> str:
    return f"{shown(value, 60)} ({counted[value]:,} rows)" if value in counted else value
