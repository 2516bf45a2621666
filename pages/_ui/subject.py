"""The subject picker: model version, evaluation data, reference and cohort, shared by all pages and kept in the address."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Final

import streamlit as st

from pages._ui import house
from pages._ui.house import Choice
from pages._ui.navigation import entry
from pages._ui.text import plain

MODEL: Final = "model"
DATA: Final = "data"
REFERENCE: Final = "reference"
COHORT: Final = "cohort"
_KEPT: Final = "countersign.subject."
_PICKED: Final = "countersign.picked"
NOTHING: Final = Choice("", "")


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


def _chosen(name: str, options: tuple[Choice, ...]) -> Choice:
    """Return the option that the session or the address names."""
    label = st.session_state.get(name, st.query_params.get(name))
    return next((option for option in options if option.label == label), NOTHING)


def _default(name: str, options: tuple[Choice, ...], role: str = "") -> bool:
    """Give a choice that nobody has made a value: what was picked before, else the newest option of the role.

    Returns:
        Whether a value was given; the page is then drawn anew, so that the value also reaches the address.
    """
    if _chosen(name, options) is not NOTHING:
        return False
    labels = [option.label for option in options]
    fitting = [option.label for option in options if option.role == role]
    kept = st.session_state.get(_KEPT + name)
    value = kept if kept in labels else next(iter([*fitting, *labels]), None)
    changed = name not in st.session_state or st.session_state[name] != value
    st.session_state[name] = value
    return changed


def _settle() -> None:
    """See to it that everything that can be picked is picked, in the session and in the address."""
    models = house.models()
    changed = _default(MODEL, models)
    offered = house.data(_chosen(MODEL, models).digest)
    changed |= _default(DATA, offered, "evaluation")
    changed |= _default(REFERENCE, offered, "training")
    if COHORT not in st.session_state and COHORT not in st.query_params and st.session_state.get(_KEPT + COHORT):
        st.session_state[COHORT] = st.session_state[_KEPT + COHORT]
        changed = True
    if changed:
        st.rerun()


def _pick(name: str, title: str, options: tuple[Choice, ...], explanation: str) -> Choice:
    label = st.selectbox(
        title, [option.label for option in options], index=None, key=name, bind="query-params", help=explanation
    )
    st.session_state[_KEPT + name] = label
    return next((option for option in options if option.label == label), NOTHING)


def _cohort() -> str:
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
    _settle()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="subject"):
        line = st.empty()
        with st.popover("Change", icon=":material/tune:", type="tertiary"):
            model = _pick(MODEL, "Model", house.models(), "The model version under review.")
            offered = house.data(model.digest)
            data = _pick(
                DATA,
                "Evaluation data",
                offered,
                "The rows that the model is judged on. Only data sets with every column that the model needs are offered.",
            )
            reference = _pick(
                REFERENCE,
                "Compared with",
                offered,
                "Training data or an earlier window. Drift is measured from it; explanations take their background there.",
            )
            cohort = _cohort()
    picked = Picked(model.digest, data.digest, reference.digest, cohort, model.label, data.label, reference.label)
    line.markdown(sentence(picked))
    return picked


def show_for(key: str) -> None:
    """Draw the picker above a page that looks at a subject, and hand its choice to `current`."""
    if key and entry(key).subject:
        st.session_state[_PICKED] = astuple(pick())


def current() -> Picked:
    """Return what is looked at; for pages, whose picker the shell has drawn already."""
    return Picked(*st.session_state.get(_PICKED, ("",) * 7))
