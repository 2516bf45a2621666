"""The roles of columns, one row for each column: what it holds beside what it is for. Nothing is chosen by itself."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.data import ColumnProfile, Role, TableLook
from governance.subject import Mapped, Schema
from pages._ui import tongue
from pages._ui.text import join, plain, shown
from pages.registry.register import draft, labels

ROLES: Final[dict[str, str]] = {
    "": "Feature",
    "target": "Label: what came true",
    "further": "Further label, with its own coding",
    "sensitive": "Sensitive attribute",
    "control": "Stratum: compared only within",
    "identifier": "Identifier of a row",
    "timestamp": "Moment in time",
    "weight": "Weight of a row",
    "code": "Numbers that are names: a code",
    "ignore": "Left out",
    "score": "Score that is already here",
    "prediction": "Decision that is already here",
}
"""Role -> what a person reads in the list."""
_SINGLE: Final[tuple[Role, ...]] = ("target", "identifier", "timestamp", "weight", "score", "prediction")
_SEVERAL: Final = ("further", "sensitive", "control", "ignore", "code")
_HELP: Final = (
    "Label: the column that a prediction is compared with. Sensitive attribute: groups of people that must be compared, such as sex, "
    "origin, age. Stratum: groups are also compared within each, for example within a department. Identifier: never used by a model. "
    "Moment: orders the rows in time. Weight: how many people a row stands for. Code: compared value by value, never by size. Left out: "
    "neither feature nor role; a model that reads it still gets it. Score and decision: used when there is no model."
)
_MOST_ROWS: Final = 24
"""Columns that are drawn at once; the others are found by name."""
_MOST_OFFERS: Final = 20
_FEW: Final = 10
"""Different values that are listed one by one."""


def choose(look: TableLook, file: str = "") -> Schema | None:
    """Draw the choice of roles for a file; return the schema, or None while something is missing."""
    if look.suggestions:
        st.button(
            tongue.say("Take the suggestions"), on_click=_take, args=(look, file), icon=":material/checklist:",
            help=tongue.say("Fills the choices below; change what is wrong."),
        )  # fmt: skip
    shown_columns = _shown(look, file)
    for at in shown_columns:
        _row(look, at, file)
    if rest := len(look.columns) - len(shown_columns):
        st.caption(
            tongue.say(
                "{rest} more columns are not drawn; find them by a part of their name.", rest=tongue.voice().whole(rest)
            )
        )
    chosen = {column.name: _role(at, file) for at, column in enumerate(look.columns)}
    twice = [role for role in _SINGLE if list(chosen.values()).count(role) > 1]
    if twice:
        names = join([plain(name, 60) for name, role in chosen.items() if role == twice[0]])
        st.warning(
            tongue.say("{names} have the role “{roles}”. One column can have it.", names=names, roles=ROLES[twice[0]]),
            icon=":material/edit:",
        )
        return None
    return _schema(look, chosen, file)


def _schema(look: TableLook, chosen: dict[str, str], file: str) -> Schema | None:
    """Draw what the labels mean and which spellings are one; return the schema, None while a label is half said."""
    one = {role: next((name for name, given in chosen.items() if given == role), "") for role in _SINGLE}
    several = {role: tuple(name for name, given in chosen.items() if given == role) for role in _SEVERAL}
    label = labels.meaning(look, one["target"], file)
    threshold = labels.threshold(file) if label is not None and label.positive else 0.5
    further = [labels.meaning(look, name, f"{name}-{file}") for name in several["further"]]
    decided = labels.decided(look, one["prediction"], label, file)
    mappings = _one_spelling(look, file)
    if label is None or None in further:
        st.caption(tongue.say("Say which value of each label the score is about, and whether being selected is good."))
        return None
    return Schema(
        target=one["target"],
        positive=label.positive,
        negative=label.negative,
        classes=label.classes,
        labels=tuple(item for item in further if item is not None),
        selected_is=label.selected_is,
        sensitive=several["sensitive"],
        control=several["control"],
        ignore=several["ignore"],
        code=several["code"],
        threshold=threshold,
        identifier=one["identifier"],
        timestamp=one["timestamp"],
        weight=one["weight"],
        score=one["score"],
        prediction=one["prediction"],
        prediction_positive=decided,
        mappings=mappings,
    )


def values(column: ColumnProfile) -> str:
    """Return what a column holds, in a line: its most frequent values with their rows, its range, what is missing."""
    few = [f"{shown(top.value, 24)} ({top.rows:,})" for top in column.top[:4]]
    more = column.distinct - len(few)
    if column.kind in ("integer", "number") and column.distinct > _FEW and column.minimum is not None:
        text = f"{column.minimum:,.6g} to {column.maximum:,.6g}, {column.distinct:,} values"
    elif column.distinct == column.rows - column.missing and column.distinct > _FEW:
        text = f"each value once, as {few[0]}" if few else "nothing"
    else:
        text = ", ".join(few) + (f" and {more:,} more" if more > 0 else "")
    return (text or "nothing") + (f"; {column.missing:,} missing" if column.missing else "")


def _role(at: int, file: str) -> str:
    found = draft.get(f"role-{at}-{file}")
    return found if found in ROLES else ""


def _shown(look: TableLook, file: str) -> tuple[int, ...]:
    """Return which columns are drawn: all of a narrow table; else those that a person looks for, or that have or may have a role."""
    every = range(len(look.columns))
    if len(every) <= _MOST_ROWS:
        return tuple(every)
    part = (
        st.text_input(
            tongue.say("Find a column"), value=draft.get(f"find-{file}"), key=draft.field(f"find-{file}"), max_chars=200
        )
        .strip()
        .lower()
    )
    suggested = {item.column for item in look.suggestions}
    if part:
        found = [at for at in every if part in look.columns[at].name.lower()]
    else:
        found = sorted(every, key=lambda at: (not _role(at, file), look.columns[at].name not in suggested, at))
    return tuple(sorted(found[:_MOST_ROWS]))


def _row(look: TableLook, at: int, file: str) -> None:
    column = look.columns[at]
    name, held, role = st.columns([3, 5, 4], vertical_alignment="center")
    name.markdown(f"**{plain(column.name, 100)}**")
    held.caption(plain(values(column), 400))
    with role:
        st.selectbox(
            tongue.say("Role of {name}", name=shown(column.name, 100)), list(ROLES), format_func=ROLES.__getitem__, help=_HELP,
            index=draft.place(f"role-{at}-{file}", list(ROLES), 0) or 0, key=draft.field(f"role-{at}-{file}"),
            label_visibility="collapsed",
        )  # fmt: skip
        for item in look.suggestions:
            if item.column == column.name and _role(at, file) != item.role:
                st.caption(f":material/lightbulb: {ROLES[item.role]}? {plain(item.reason)}")


def _take(look: TableLook, file: str) -> None:
    """Fill the choices with the suggestions: the first column of each single role, all of the others, the first role of a column."""
    where = {column.name: at for at, column in enumerate(look.columns)}
    taken: set[str] = set()
    for item in look.suggestions:
        if item.column in taken or (item.role in _SINGLE and item.role in taken):
            continue
        taken |= {item.column, item.role}
        draft.put(f"role-{where[item.column]}-{file}", item.role)


def _one_spelling(look: TableLook, file: str) -> tuple[Mapped, ...]:
    """Draw an offer for each group that is spelled in several ways; return what the person wants to be read as one."""
    found: list[Mapped] = []
    for at, item in enumerate(look.spellings[:_MOST_OFFERS]):
        others = join([f"{shown(value, 60)} ({rows:,} rows)" for value, rows in item.others])
        words = f"{plain(item.column, 100)}: read {plain(others)} as {plain(item.read_as, 60)}"
        key = f"spelling-{at}-{file}"
        if st.checkbox(
            words,
            draft.get(key, default=False),
            key=draft.field(key),
            help=tongue.say("Recorded with the roles and told with every result."),
        ):
            found += item.mappings
    return tuple(found)
