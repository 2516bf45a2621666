"""The steps of registering a model, drawn: its columns, its first answers, and the words that go with it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from governance.models.inspection import Inspection
from governance.workflow import places, register
from governance.workflow.first_look import FirstLook
from pages._ui import errors, house, incoming, navigation, sentence, state
from pages._ui.incoming import Incoming
from pages._ui.tables import figures, table, words
from pages._ui.text import join, plain, shown

TIERS: Final = ("high", "limited", "minimal")
OWN: Final = "A table of my own"


def rows_to_try() -> tuple[str, Incoming | None]:
    """Draw the choice of rows; return the digest of registered data, or a table that is only read and not stored."""
    offered = house.data()
    labels = [item.label for item in offered]
    chosen = st.selectbox(
        "Rows to try", [*labels, OWN], key="rows", help="The first five rows are asked. Nothing is stored."
    )
    if chosen in labels:
        return offered[labels.index(chosen)].digest, None
    brought = incoming.receive("A table (CSV or Parquet)", "own", "It is only read for the first answers.")
    return "", brought


def columns_of(report: Inspection) -> tuple[str, ...] | None:
    """Draw the columns that the model takes; return () when the file names them, None while a person still has to."""
    if report.columns:
        with st.expander(
            f"The file names its {len(report.columns)} columns itself", key="named", on_change="rerun"
        ) as box:
            if box.open:
                st.text(", ".join(shown(name, 100) for name in report.columns))
        return ()
    count = str(report.width) if report.width else "the"
    st.markdown(
        f"The file takes {count} columns and **does not name them**. Names cannot be guessed: a wrong order gives wrong answers "
        "without any error. Write them in the order in which the model was trained, separated by commas or lines."
    )
    text = st.text_area("Columns in training order", key="columns", max_chars=100_000)
    named = tuple(part.strip() for line in text.splitlines() for part in line.split(",") if part.strip())
    if not named:
        return None
    if report.width and len(named) != report.width:
        st.warning(f"{len(named)} names for {report.width} columns.", icon=":material/warning:")
        return None
    return named


def first_answers(file: Incoming, columns: tuple[str, ...]) -> FirstLook | None:
    """Draw five predictions; None while there are no rows to try or the model cannot predict them."""
    digest, brought = rows_to_try()
    if not digest and brought is None:
        return None
    look = None
    with errors.caught():
        look = incoming.looked_at(file, digest, columns, brought)
        st.markdown(_in_words(look))
        table(_frame(look), "Five rows and what the model says about each", _settings(look), key="look")
    return look


def _in_words(look: FirstLook) -> str:
    if not look.labels:
        values = [f"{row[0]:,.4g}" for row in look.scores]
        return f"For these {len(values)} rows the model predicts {join(values)}."
    counted = [f"{look.labels.count(name)} × {plain(name, 60)}" for name in look.classes if name in look.labels]
    return f"Of these {len(look.labels)} rows the model says: {join(counted)}."


def _frame(look: FirstLook) -> pd.DataFrame:
    answers: dict[str, list[object]] = {}
    if look.labels:
        answers["model says"] = [shown(label, 100) for label in look.labels]
    names = [f"score {shown(name, 60)}" for name in look.classes] or ["predicted value"]
    answers |= {name: [row[index] for row in look.scores] for index, name in enumerate(names)}
    cells = {shown(name, 100): [shown(row[i], 100) for row in look.rows] for i, name in enumerate(look.columns)}
    return pd.DataFrame({**answers, **{name: value for name, value in cells.items() if name not in answers}})


def _settings(look: FirstLook) -> dict[str, object]:
    names = [f"score {shown(name, 60)}" for name in look.classes] or ["predicted value"]
    return {"model says": words("Model says"), **{name: figures(name[:1].upper() + name[1:]) for name in names}}


def form(file: Incoming, columns: tuple[str, ...]) -> None:
    """Draw the words that go with a model and, once they are given, register it and leave for the registry."""
    board, known = house.board(), house.models()
    tiers = tuple(board.charter.tiers) if board.charter else TIERS
    parents = {item.label: item.digest for item in known}
    with st.form("register", border=True):
        left, right = st.columns(2)
        name = left.text_input("Name", max_chars=200)
        version = right.text_input("Version", max_chars=200, placeholder="1.0")
        owner = left.text_input("Owner: who answers for it", value=state.visitor().name, max_chars=200)
        tier = right.selectbox(
            "Risk tier", tiers, help="How strict the board's rules are; the charter says what each asks for."
        )
        use = st.text_area(
            "Intended use",
            max_chars=4000,
            placeholder="What it decides or supports, about whom, and what it is not for.",
        )
        parent = st.selectbox("Replaces", ["No earlier version", *parents])
        sure = st.checkbox("The five answers above are what this model should say.")
        sent = st.form_submit_button("Register", type="primary", icon=":material/add_circle:")
    if not sent:
        return
    wanted = {"a name": name, "a version": version, "an owner": owner, "its intended use": use}
    missing = [what for what, given in wanted.items() if not given.strip()]
    if missing or not sure or tier not in tiers:
        lacking = [*missing, *([] if sure else ["your word that the five answers are right"])]
        st.warning(f"Still missing: {join(lacking)}.", icon=":material/edit:")
        return
    told = register.ModelWords(
        name.strip(), version.strip(), owner.strip(), use.strip(), str(tier), parents.get(parent, "")
    )
    with errors.caught(), st.spinner("Registering"):
        digest = _register(file, told, columns)
        label = next(item.label for item in house.models() if item.digest == digest)
        navigation.go("models", version=label)


def _register(file: Incoming, told: register.ModelWords, columns: tuple[str, ...]) -> str:
    visitor = state.visitor()
    actor = visitor.id if visitor.member else "service"
    return register.register_model(places.current(), Path(file.path), told, actor=actor, columns=columns)


def found() -> None:
    """Draw the making of a workspace where there is none yet: its organisation and the passphrase of its root key."""
    sentence.lead("There is no workspace yet. It takes a name and a passphrase.")
    with st.form("found", border=True):
        organisation = st.text_input("Organisation", max_chars=100, help="It becomes part of the ledger's name.")
        first = st.text_input(
            "Passphrase of the root key", type="password", help="It enrols members. It cannot be recovered."
        )
        second = st.text_input("The same once more", type="password")
        sent = st.form_submit_button("Create the workspace", type="primary", icon=":material/add_home:")
    if not sent:
        return
    if not organisation.strip() or len(first) < 8 or first != second:
        st.warning("Give a name, and twice the same passphrase of at least 8 characters.", icon=":material/edit:")
        return
    with errors.caught():
        places.create(organisation.strip(), first)
        st.rerun()
