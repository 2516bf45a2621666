"""The subject picker: model version, evaluation data, reference and cohort, shared by all pages and kept in the address."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Final

import streamlit as st

from pages._ui import house
from pages._ui.house import Choice
from pages._ui.navigation import entry

MODEL: Final = "model"
DATA: Final = "data"
REFERENCE: Final = "reference"
COHORT: Final = "cohort"
_KEPT: Final = "countersign.subject."
_PICKED: Final = "countersign.picked"


@dataclass(frozen=True, slots=True)
class Picked:
    """What the visitor looks at. An empty digest means that there is none."""

    model: str
    """Digest of the model, 64 hexadecimal characters, or ""."""
    data: str
    """Digest of the evaluation data, or ""."""
    reference: str
    """Digest of the data to compare with, or ""."""
    cohort: str
    """Filter on rows as text, "" for all rows."""
    model_label: str
    data_label: str
    reference_label: str


def _address(name: str, options: tuple[Choice, ...], first: int) -> None:
    """Give a picker its value: from the address, else what was picked before, else the `first` option."""
    labels = [option.label for option in options]
    if name in st.session_state or st.query_params.get(name) in labels:
        return
    kept = st.session_state.get(_KEPT + name)
    if kept in labels:
        st.session_state[name] = kept
    elif labels:
        st.session_state[name] = labels[min(first, len(labels) - 1)]


def _pick(name: str, title: str, options: tuple[Choice, ...], explanation: str, first: int = 0) -> Choice:
    _address(name, options, first)
    label = st.selectbox(
        title, [option.label for option in options], index=None, key=name, bind="query-params", help=explanation
    )
    st.session_state[_KEPT + name] = label
    return next((option for option in options if option.label == label), Choice("", ""))


def _cohort() -> str:
    if COHORT not in st.session_state and COHORT not in st.query_params and st.session_state.get(_KEPT + COHORT):
        st.session_state[COHORT] = st.session_state[_KEPT + COHORT]
    text = st.text_input(
        "Cohort",
        key=COHORT,
        bind="query-params",
        placeholder="all rows",
        help="Only these rows, for example: age >= 60 and sex = 'Female'. Leave empty for all rows.",
        max_chars=500,
    )
    st.session_state[_KEPT + COHORT] = text
    return text.strip()


def pick() -> Picked:
    """Draw the picker and return what is picked; called by the shell, once in a run."""
    offered = house.choices()
    with st.container(key="subject"):
        columns = st.columns(4)
        with columns[0]:
            model = _pick(MODEL, "Model", offered.models, "The model version under review.")
        with columns[1]:
            data = _pick(DATA, "Evaluation data", offered.data, "The rows that the model is judged on.")
        with columns[2]:
            reference = _pick(
                REFERENCE, "Compared with", offered.data, "Training data or an earlier window; the background too.", 1
            )
        with columns[3]:
            cohort = _cohort()
    return Picked(model.digest, data.digest, reference.digest, cohort, model.label, data.label, reference.label)


def show_for(key: str) -> None:
    """Draw the picker above a page that looks at a subject, and hand its choice to `current`."""
    if key and entry(key).subject:
        st.session_state[_PICKED] = astuple(pick())


def current() -> Picked:
    """Return what is looked at; for pages, whose picker the shell has drawn already."""
    return Picked(*st.session_state.get(_PICKED, ("",) * 7))
