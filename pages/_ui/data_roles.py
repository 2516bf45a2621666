"""The roles of columns, chosen by a person: suggestions stand beside each choice, nothing is chosen by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import streamlit as st

from governance.data.first_look import TableLook
from governance.data.profile import ColumnProfile
from governance.data.schema import Schema
from governance.data.suggest import Role
from governance.workflow import places, register
from pages._ui import errors, house, state
from pages._ui.incoming import Incoming
from pages._ui.text import join, plain, shown

_MANY: Final[dict[Role, str]] = {
    "sensitive": "Sensitive attributes",
    "control": "Strata: compared only within",
    "ignore": "Columns to leave out",
}
_ONE: Final[dict[Role, str]] = {
    "target": "Label: what came true",
    "identifier": "Identifier of a row",
    "timestamp": "Moment in time",
    "weight": "Weight of a row",
    "score": "Score that is already in the table",
    "prediction": "Decision that is already in the table",
}
_BOOKKEEPING: Final[tuple[Role, ...]] = ("identifier", "timestamp", "weight")
_ANSWERS: Final[tuple[Role, ...]] = ("score", "prediction")
_HELP: Final[dict[Role, str]] = {
    "target": "The column that a prediction is compared with.",
    "sensitive": "Groups of people that must be compared: sex, origin, age.",
    "control": "Groups are also compared within each stratum, for example within a department.",
    "identifier": "Never used by a model; repeated values are reported.",
    "timestamp": "Orders the rows in time.",
    "weight": "How many people a row stands for.",
    "score": "Used when there is no model.",
    "prediction": "Used when there is no model.",
    "ignore": "Neither features nor roles.",
}
DATA_ROLES: Final = {
    "training": "Training: what the model learned from",
    "evaluation": "Evaluation: what it is judged on",
    "monitoring": "Monitoring: a later window",
    "benchmark": "Benchmark: who should be represented",
}
_SELECTED: Final = {"good": "good for the person (a credit, a job)", "bad": "bad for the person (an alarm, a refusal)"}
_NEW: Final = "countersign.new-data"
_SERIAL: Final = "countersign.data-serial"
_NO_CLASS: Final = "None: the label is a number, or has several classes"


def arrive(key: str) -> str:
    """Pick the data set that was just registered, in the widget with this key, and return the key of the next upload."""
    serial, new = state.remembered(_SERIAL), state.remembered(_NEW)
    if new:
        st.session_state[key] = new
        serial = f"-{int(serial[1:] or 0) + 1}"
        state.remember(_SERIAL, serial)
        state.remember(_NEW, "")
        st.toast(f"{plain(new)} is registered.", icon=":material/check_circle:")
    return f"data-file{serial}"


def choose(look: TableLook, file: str = "") -> Schema | None:
    """Draw the choice of roles for a file; return the schema, or None while something is missing."""
    names = [column.name for column in look.columns]
    if look.suggestions:
        st.button(
            "Take the suggestions", on_click=_take, args=(look, file), icon=":material/checklist:",
            help="Fills the choices below; change what is wrong.",
        )  # fmt: skip
    left, right = st.columns(2)
    with left:
        target = _one("target", names, look, file)
        positive, selected, threshold = _label(look, target, file)
        sensitive = _several("sensitive", names, look, file)
    with right:
        one: dict[str, str] = {role: _one(role, names, look, file) for role in _BOOKKEEPING}
        control = _several("control", names, look, file)
        ignore = _several("ignore", names, look, file)
        with st.expander("The table already holds a score or a decision"):
            one |= {role: _one(role, names, look, file) for role in _ANSWERS}
    if target and (positive is None or (positive and selected is None)):
        st.caption("Say which value of the label the score is about, and whether being selected is good.")
        return None
    return Schema(
        target=target,
        positive=positive or "",
        negative=_others(look, target, positive or ""),
        selected_is="bad" if selected == "bad" else "good",
        sensitive=tuple(sensitive),
        control=tuple(control),
        ignore=tuple(ignore),
        threshold=threshold,
        identifier=one["identifier"],
        timestamp=one["timestamp"],
        weight=one["weight"],
        score=one["score"],
        prediction=one["prediction"],
    )


def _take(look: TableLook, file: str) -> None:
    """Fill the choices with the suggestions: the first of each single role, all of the others."""
    for role in _ONE:
        found = [item.column for item in look.suggestions if item.role == role]
        if found:
            st.session_state[f"role-{role}{file}"] = found[0]
    for role in _MANY:
        st.session_state[f"role-{role}{file}"] = list(
            dict.fromkeys(item.column for item in look.suggestions if item.role == role)
        )


def _reasons(role: Role, look: TableLook) -> None:
    for item in look.suggestions:
        if item.role == role:
            st.caption(f":material/lightbulb: {plain(item.column, 100)}: {plain(item.reason)}")


def _one(role: Role, names: list[str], look: TableLook, file: str) -> str:
    chosen = st.selectbox(
        _ONE[role], names, index=None, format_func=shown, key=f"role-{role}{file}", help=_HELP[role], placeholder="none"
    )
    _reasons(role, look)
    return chosen if chosen in names else ""


def _several(role: Role, names: list[str], look: TableLook, file: str) -> list[str]:
    chosen = st.multiselect(
        _MANY[role], names, format_func=shown, key=f"role-{role}{file}", help=_HELP[role], placeholder="none"
    )
    _reasons(role, look)
    return [name for name in chosen if name in names]


def _column(look: TableLook, name: str) -> ColumnProfile | None:
    return next((column for column in look.columns if column.name == name), None)


def _label(look: TableLook, target: str, file: str) -> tuple[str | None, str | None, float]:
    """Draw what the label means: its positive value, whether being selected is good, and the threshold."""
    column = _column(look, target)
    if column is None:
        return "", None, 0.5
    values = [item.value for item in column.top] if column.distinct <= 10 else []
    positive = st.selectbox(
        "The score is about", [*values, _NO_CLASS], index=None, format_func=shown, key=f"label-positive{file}",
        placeholder="choose a value",
        help="Which value of the label a high score predicts. It is never guessed.",
    )  # fmt: skip
    if positive is None:
        return None, None, 0.5
    if positive == _NO_CLASS:
        return "", None, 0.5
    selected = st.selectbox(
        "Being selected is", list(_SELECTED), index=None, format_func=_SELECTED.__getitem__, key=f"label-selected{file}",
        placeholder="choose", help="All wording follows it.",
    )  # fmt: skip
    threshold = st.number_input("Selected from a score of", 0.0, 1.0, 0.5, 0.01, key=f"label-threshold{file}")
    return positive, selected, min(1.0, max(0.0, float(threshold)))


def _others(look: TableLook, target: str, positive: str) -> tuple[str, ...]:
    column = _column(look, target)
    if column is None or not positive or column.distinct > 10:
        return ()
    return tuple(sorted(item.value for item in column.top if item.value != positive))


def form(incoming: Incoming, look: TableLook, schema: Schema) -> None:
    """Draw name and role of the data set and, once confirmed, register it and leave for its page."""
    with st.form("register-data", border=True):
        name = st.text_input("Name of the data set", value=shown(Path(incoming.name).stem, 100), max_chars=200)
        role = st.selectbox(
            "What the data are for",
            list(DATA_ROLES),
            index=None,
            format_func=DATA_ROLES.__getitem__,
            placeholder="choose",
        )
        sure = st.checkbox("I have looked at the rows and at the roles, and they are right.")
        sent = st.form_submit_button("Register", type="primary", icon=":material/add_circle:")
    if not sent:
        return
    lacking = [
        what
        for what, given in (
            ("a name", name.strip()),
            ("what they are for", role),
            ("your word that they are right", sure),
        )
        if not given
    ]
    if lacking or role not in DATA_ROLES:
        st.warning(f"Still missing: {join(lacking)}.", icon=":material/edit:")
        return
    told = register.DataWords(name.strip(), cast("register.DataRole", role), schema)
    visitor = state.visitor()
    with errors.caught(), st.spinner("Registering"):
        digest = register.register_data(
            places.current(), Path(incoming.path), told, actor=visitor.id if visitor.member else "service",
            reading=look.reading,
        )  # fmt: skip
        label = next(item.label for item in house.data() if item.digest == digest)
        state.remember(_NEW, label)
        st.rerun()
