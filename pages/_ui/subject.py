"""The subject picker: model version, evaluation data, reference and cohort, shared by all pages and kept in the address."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Final

import streamlit as st

from pages._ui import errors, house
from pages._ui.house import Choice
from pages._ui.navigation import entry
from pages._ui.text import plain

MODEL: Final = "model"
DATA: Final = "data"
REFERENCE: Final = "reference"
COHORT: Final = "cohort"
_KEPT: Final = "countersign.subject.kept."
_WRITTEN: Final = "countersign.subject.written."
_WIDGET: Final = "countersign.subject.widget."
_PICKED: Final = "countersign.picked"
NOTHING: Final = Choice("", "")
ALONE: Final = Choice("", "No model: the data alone")
"""Offered below the models, for data that none of them can read."""
EXAMPLE: Final = 'age >= 60 and sex = "Female"'
"""A cohort as one is written."""


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
    candidate: str = ""
    """Digest of another model that is asked about the same rows, or ""."""


def _wanted(name: str) -> str | None:
    """Return what the visitor wants of a choice: a new address wins, then the picker, then what was picked before."""
    address = st.query_params.get(name)
    if address is not None and address != st.session_state.get(_WRITTEN + name):
        return str(address)
    found = st.session_state.get(_WIDGET + name, st.session_state.get(_KEPT + name))
    return None if found is None else str(found)


def _keep(name: str, value: str | None) -> None:
    """Remember a choice for the other pages and write it into the address."""
    st.session_state[_KEPT + name] = st.session_state[_WRITTEN + name] = value
    if value and st.query_params.get(name) != value:
        st.query_params[name] = value
    elif not value and name in st.query_params:
        del st.query_params[name]


def _pick(name: str, title: str, options: tuple[Choice, ...], explanation: str, role: str = "") -> Choice:
    """Draw one picker; a choice that nobody has made is the newest option of the role, else the newest of all."""
    labels = [option.label for option in options]
    wanted = _wanted(name)
    if wanted not in labels:
        wanted = next(iter([option.label for option in options if option.role == role] + labels), None)
    st.session_state[_WIDGET + name] = wanted
    label = st.selectbox(title, labels, key=_WIDGET + name, help=explanation)
    _keep(name, label)
    return next((option for option in options if option.label == label), NOTHING)


def _read_by(models: tuple[Choice, ...]) -> None:
    """Follow an address that names data: when the model beside it cannot read them, look at one that can, or at none."""
    label, wanted = st.query_params.get(DATA), _wanted(MODEL)
    digest = next((item.digest for item in house.data() if item.label == label), "")
    if not digest or wanted == ALONE.label or label == st.session_state.get(_WRITTEN + DATA):
        return
    order = sorted(models, key=lambda item: (item.label != wanted, item.role != "reviewed"))
    able = (item.label for item in order if any(digest == data.digest for data in house.data(item.digest)))
    st.session_state[_WIDGET + MODEL] = model = next(able, ALONE.label)
    _keep(MODEL, model)


def _cohort() -> str:
    st.session_state[_WIDGET + COHORT] = _wanted(COHORT) or ""
    text = st.text_input(
        "Cohort",
        key=_WIDGET + COHORT,
        placeholder="all rows",
        help=f"Only these rows, for example: {EXAMPLE}. Text stands in double quotation marks. Leave empty for all rows.",
        max_chars=500,
    ).strip()
    _keep(COHORT, text)
    return text


def sentence(picked: Picked) -> str:
    """Return what is looked at as one line of markdown."""
    if not picked.data:
        return "Nothing to look at yet: no model and no data have been registered."
    model = f"**{plain(picked.model_label)}** on " if picked.model else ""
    reference = f", compared with {plain(picked.reference_label)}" if picked.reference else ""
    rows = f", only rows with {plain(picked.cohort)}" if picked.cohort else ""
    return f"{model}**{plain(picked.data_label)}**{reference}{rows}"


def pick() -> Picked:
    """Draw the picker, one line with a way to change it, and return what is picked; called by the shell, once in a run."""
    with st.container(key="subject"):
        words, change = st.columns([6, 1], vertical_alignment="center")
        line = words.empty()
        with change, st.popover("Change", icon=":material/tune:", type="tertiary"):
            models = house.models()
            _read_by(models)
            model = _pick(
                MODEL,
                "Model",
                (*models, ALONE) if house.data() else models,
                "The model version under review.",
                "reviewed",
            )
            offered = house.data(model.digest)
            data = _pick(
                DATA,
                "Evaluation data",
                offered,
                "The rows that the model is judged on. Only data sets with every column that the model needs are offered.",
                "evaluation",
            )
            reference = _pick(
                REFERENCE,
                "Compared with",
                offered if model.digest else house.data(like=data.digest),
                "Training data or an earlier window. Drift is measured from it; explanations take their background there.",
                "training",
            )
            cohort = _cohort()
    named = model.label if model.digest else ""
    picked = Picked(model.digest, data.digest, reference.digest, cohort, named, data.label, reference.label)
    line.markdown(sentence(picked))
    return picked


def show_for(key: str) -> None:
    """Draw the picker above a page that looks at a subject, and hand its choice to `current`.

    A cohort that cannot be read, or names a column that the data do not have, is said here, and the page is not drawn: all rows
    in its place would be another question.
    """
    if not key or not entry(key).subject:
        return
    picked = pick()
    problem = house.cohort_problem(picked.data, picked.cohort) if picked.data and picked.cohort else None
    if problem is not None:
        errors.advise(problem)
        st.caption("Press *Change* to mend the cohort, or empty it for all rows. Nothing was computed.")
        st.stop()
    st.session_state[_PICKED] = astuple(picked)


def current() -> Picked:
    """Return what is looked at; for pages, whose picker the shell has drawn already."""
    return Picked(*st.session_state.get(_PICKED, ("",) * 7))
