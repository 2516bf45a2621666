"""The last step of a registration: the words that go with the files, and the act itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import streamlit as st

from governance.data import TableLook
from governance.subject import Schema
from governance.workflow.assess import standard
from governance.workflow.registry import register
from governance.workflow.workspace import current_workspace, subjects
from pages._ui import errors, navigation, session, subject, tongue, workspace
from pages._ui.text import join, shown
from pages._ui.uploads import Incoming, Names
from pages.registry.register import draft, files

TIERS: Final = ("high", "limited", "minimal")
DATA_ROLES: Final = {
    "training": "Training: what the model learned from",
    "evaluation": "Evaluation: what it is judged on",
    "monitoring": "Monitoring: a later window",
    "benchmark": "Benchmark: who should be represented",
}
NOBODY: Final = "No earlier version"


@dataclass(frozen=True, slots=True)
class NewTable:
    """A table that is ready to be registered, but for its words."""

    file: Incoming
    look: TableLook
    schema: Schema


@dataclass(frozen=True, slots=True)
class NewModel:
    """A model that is ready to be registered, but for its words."""

    file: Incoming
    names: Names
    rows: str
    """Digest of the registered data that it was tried on, "" where that is the new table."""


def act(table: NewTable | None, model: NewModel | None) -> None:
    """Draw the words that go with what came, and the button that registers it and starts the standard analyses."""
    told_table = _about_table(table) if table else None
    told_model = _about_model(model) if model else None
    sent = st.button(tongue.say("Register"), type="primary", icon=":material/add_circle:", key="register-now")
    if not sent:
        return
    missing = [
        *(_lacking_table(table, told_table) if table else []),
        *(_lacking_model(model, told_model) if model else []),
    ]
    if missing:
        st.warning(tongue.say("Still missing: {missing}.", missing=join(missing)), icon=":material/edit:")
        return
    with errors.caught(), st.spinner(tongue.say("Registering")):
        data = _register_table(table, told_table) if table and told_table else (model.rows if model else "")
        if model is None or told_model is None:
            _leave("datasets", data=_label(data))
        else:
            _measure(_register_model(model, told_model), data)


def _about_table(table: NewTable) -> register.DataWords:
    tag = table.file.digest[:12]
    st.markdown(tongue.say("**The table**"))
    name = st.text_input(
        tongue.say("Name of the data set"),
        max_chars=200,
        value=draft.get(f"data-name-{tag}", shown(Path(table.file.name).stem, 100)),
        key=draft.field(f"data-name-{tag}"),
    )
    role = st.radio(
        tongue.say("What the data are for"), list(DATA_ROLES), index=draft.place(f"data-role-{tag}", list(DATA_ROLES)),
        format_func=DATA_ROLES.__getitem__, horizontal=True,
        key=draft.field(f"data-role-{tag}"),
    )  # fmt: skip
    st.checkbox(
        tongue.say("I have looked at the rows and at the roles, and they are right."),
        value=draft.get(f"data-sure-{tag}", default=False),
        key=draft.field(f"data-sure-{tag}"),
    )
    return register.DataWords(name.strip(), cast("register.DataRole", role), table.schema)


def _lacking_table(table: NewTable, told: register.DataWords | None) -> list[str]:
    if told is None:
        return []
    wanted = {
        "a name of the data set": told.name,
        "what the data are for": told.role in DATA_ROLES,
        "your word that rows and roles are right": draft.get(f"data-sure-{table.file.digest[:12]}"),
    }
    return [what for what, given in wanted.items() if not given]


def _about_model(model: NewModel) -> register.ModelWords:
    board, tag = workspace.board(), model.file.digest[:12]
    tiers = tuple(board.charter.tiers) if board.charter else TIERS
    parents = {item.label: item.digest for item in workspace.models()}
    st.markdown(tongue.say("**The model**"))
    left, right = st.columns(2)
    name = left.text_input(
        tongue.say("Name"),
        max_chars=200,
        value=draft.get(f"name-{tag}", shown(Path(model.file.name).stem, 100)),
        key=draft.field(f"name-{tag}"),
    )
    version = right.text_input(
        tongue.say("Version"), max_chars=200, value=draft.get(f"version-{tag}"), key=draft.field(f"version-{tag}")
    )
    owner = left.text_input(
        tongue.say("Owner: who answers for it"),
        max_chars=200,
        value=draft.get(f"owner-{tag}", session.visitor().name),
        key=draft.field(f"owner-{tag}"),
    )
    tier = right.selectbox(
        tongue.say("Risk tier"), tiers, index=draft.place(f"tier-{tag}", tiers, 0) or 0, key=draft.field(f"tier-{tag}"),
        help=tongue.say("How strict the board's rules are; the charter says what each asks for."),
    )  # fmt: skip
    use = st.text_area(
        tongue.say("Intended use"), max_chars=4000, value=draft.get(f"use-{tag}"), key=draft.field(f"use-{tag}"),
        placeholder=tongue.say("What it decides or supports, about whom, and what it is not for."),
    )  # fmt: skip
    parent = _parent([NOBODY, *parents], f"parent-{tag}") if parents else NOBODY
    st.checkbox(
        tongue.say("The five answers above are what this model should say."),
        value=draft.get(f"model-sure-{tag}", default=False),
        key=draft.field(f"model-sure-{tag}"),
    )
    return register.ModelWords(
        name=name.strip(),
        version=version.strip(),
        owner=owner.strip(),
        intended_use=use.strip(),
        risk_tier=str(tier) if tier in tiers else "",
        parent=parents.get(parent, ""),
    )


def _parent(offered: list[str], key: str) -> str:
    return st.selectbox(tongue.say("Replaces"), offered, index=draft.place(key, offered, 0) or 0, key=draft.field(key))


def _lacking_model(model: NewModel, told: register.ModelWords | None) -> list[str]:
    if told is None:
        return []
    wanted = {
        "a name": told.name,
        "a version": told.version,
        "an owner": told.owner,
        "a risk tier": told.risk_tier,
        "its intended use": told.intended_use,
        "your word that the five answers are right": draft.get(f"model-sure-{model.file.digest[:12]}"),
    }
    return [what for what, given in wanted.items() if not given]


def _register_table(table: NewTable, told: register.DataWords) -> str:
    place = current_workspace.current()
    digest = register.register_data(
        place, Path(table.file.path), told, actor=session.actor(), reading=table.look.reading
    )
    draft.put("file-table", None)  # should the model be refused now, its table is registered and need not come again
    return digest


def _register_model(model: NewModel, told: register.ModelWords) -> str:
    return register.register_model(
        current_workspace.current(),
        Path(model.file.path),
        told,
        actor=session.actor(),
        columns=model.names.columns,
        classes=model.names.classes,
    )


def _measure(model: str, data: str) -> None:
    """Start the standard analyses of the new model and leave for the first of them, which looks at it from now on."""
    place = current_workspace.current()
    label = next(item.label for item in workspace.models() if item.digest == model)
    choice = subjects.Choice(model, data, subject.reference_of(model, data).digest)
    standard.begin(place, choice, person=session.person())
    subject.follow(label, _label(data))
    _leave("performance", model=label, data=_label(data))


def _label(data: str) -> str:
    return next((item.label for item in workspace.data() if item.digest == data), "")


def _leave(page: str, **choices: str) -> None:
    draft.discard()
    files.empty()
    navigation.go(page, **choices)
