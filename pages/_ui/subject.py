"""The subject picker: model version, evaluation data, reference and cohort, shared by all pages and kept in the address."""

from __future__ import annotations

from dataclasses import astuple
from typing import Final

import streamlit as st

from governance.subject import Schema
from pages._ui import against, datasets, errors, linked, tongue, workspace
from pages._ui.choices import Choice, Picked
from pages._ui.navigation import entry
from pages._ui.text import join, plain, shown

MODEL: Final = "model"
DATA: Final = "data"
REFERENCE: Final = "reference"
COHORT: Final = "cohort"
LABEL: Final = "label"
_KEPT: Final = "countersign.subject.kept."
_WRITTEN: Final = "countersign.subject.written."
_WIDGET: Final = "countersign.subject.widget."
_PICKED: Final = "countersign.picked"
_WHAT: Final = {MODEL: "a model that is", DATA: "data that are", REFERENCE: "data to compare with that are"}
"""Choice -> how a sentence speaks of it."""
NOTHING: Final = Choice("", "")
ALONE: Final = Choice("", "No model: the data alone")
"""Offered below the models, for data that none of them can read."""
_MOST_NAMED: Final = 8
EXAMPLE: Final = 'age >= 60 and sex = "Female"'
"""A cohort as one is written."""


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
    digest = next((item.digest for item in workspace.data() if item.label == label), "")
    if not digest or wanted == ALONE.label or label == st.session_state.get(_WRITTEN + DATA):
        return
    order = sorted(models, key=lambda item: (item.label != wanted, item.role != "reviewed"))
    able = (item.label for item in order if workspace.can_read(item.digest, digest))
    st.session_state[_WIDGET + MODEL] = model = next(able, ALONE.label)
    _keep(MODEL, model)


def _arrived(name: str) -> str:
    """Return what a new address asks for; "" when it asks for nothing, or holds what the picker wrote there itself."""
    asked = st.query_params.get(name, "")
    return "" if asked == st.session_state.get(_WRITTEN + name) else asked


def _misfit() -> tuple[str, tuple[str, ...]] | None:
    """Return why a link cannot be followed, and which of its choices can be kept; None when it can.

    Another model or other data in place of those that a link names would show other numbers than the sender meant.
    """
    models, tables = workspace.models(), workspace.data()
    offered = {MODEL: (*models, ALONE), DATA: tables, REFERENCE: tables}
    for name, choices in offered.items():
        if (new := _arrived(name)) and new not in {item.label for item in choices}:
            return f"This link names {_WHAT[name]} not registered here: “{plain(new, 120)}”.", ()
    asked = {name: st.query_params.get(name, "") for name in offered}
    if (told := _label_misfit(asked[DATA])) is not None:
        return told
    model = next((item for item in models if item.label == asked[MODEL]), None)
    if model is None or not any(_arrived(name) for name in offered):
        return None
    readable = {item.label for item in workspace.data(model.digest)}
    wrong = next((asked[name] for name in (DATA, REFERENCE) if asked[name] and asked[name] not in readable), None)
    words = f"This link does not fit together: “{plain(model.label)}” needs columns that “{plain(wrong or '')}” do not have."
    return (words, (MODEL, DATA)) if wrong else None


def _label_misfit(named: str) -> tuple[str, tuple[str, ...]] | None:
    """Return why a link to a label of the data that it names cannot be followed; None when it can."""
    digest = next((item.digest for item in workspace.data() if item.label == named), "")
    asked = _arrived(LABEL)
    if not digest or not asked or asked in _labels(digest):
        return None
    return f"This link names a label that “{plain(named)}” do not have: “{plain(asked, 120)}”.", (MODEL, DATA)


def _labels(data: str) -> tuple[str, ...]:
    """Return the labels of a data set, the first one first; () where there is no choice."""
    schema = datasets.schema_of(data) if data else Schema()
    return (schema.target, *(item.column for item in schema.labels)) if schema.labels else ()


def _refuse(words: str, kept: tuple[str, ...]) -> None:
    """Draw why a link cannot be followed, with the ways out."""

    def leave(keep: str) -> None:
        for name in {MODEL, DATA, REFERENCE, LABEL} - {keep}:
            st.query_params.pop(name, None)

    with st.container(border=True):
        st.markdown(f"**{words}**")
        st.markdown(
            tongue.say("Nothing else is shown in its place. It may come from another workspace, or be cut short.")
        )
        with st.container(horizontal=True):
            for name in kept:
                st.button(
                    tongue.say("Keep the model" if name == MODEL else "Keep the data"),
                    on_click=leave,
                    args=(name,),
                    key=f"keep-{name}",
                )
            if not kept:
                st.button(tongue.say("See what is here"), on_click=leave, args=("",), key="keep-nothing")


def narrow(rows: str) -> None:
    """Make a filter the cohort of every page, "" for all rows; for `on_click`, before the picker is drawn again."""
    st.session_state[_WIDGET + COHORT] = rows
    _keep(COHORT, rows)


def _label(data: str) -> str:
    """Draw the choice among several labels; return the one that is looked at, "" for the first or where there is no choice."""
    labels = _labels(data)
    if not labels:
        _keep(LABEL, None)
        return ""
    wanted = _wanted(LABEL)
    st.session_state[_WIDGET + LABEL] = wanted if wanted in labels else labels[0]
    chosen = st.selectbox(
        tongue.say("Label"),
        labels,
        key=_WIDGET + LABEL,
        format_func=shown,
        help=tongue.say("Which column of what came true predictions are held against."),
    )
    label = chosen if chosen in labels[1:] else ""
    _keep(LABEL, label or None)
    return label


def _unspoken(picked: Picked) -> str:
    """Return which columns the model reads although a role takes them out of the page, in a sentence of markdown; "" for none."""
    if not picked.model or not picked.data:
        return ""
    read = tuple(sorted(workspace.columns_of_model(picked.model)))
    found = datasets.schema_of(picked.data, picked.label).taken_out(read)
    if not found:
        return ""
    named = [f"{plain(name, 60)} ({plain(role)})" for name, role in list(found.items())[:_MOST_NAMED]]
    more = [f"{len(found) - _MOST_NAMED} more"] if len(found) > _MOST_NAMED else []
    return (
        f"The model reads {join([*named, *more])}: with that role a column is no feature here, so tables, comparisons and "
        "checks of features leave it out. The model is still given it, and explanations of the model still count it."
    )


def _cohort() -> str:
    st.session_state[_WIDGET + COHORT] = _wanted(COHORT) or ""
    text = st.text_input(
        tongue.say("Cohort"),
        key=_WIDGET + COHORT,
        placeholder=tongue.say("all rows"),
        help=tongue.say(
            "Only these rows, for example: {example}. Text stands in double quotation marks. Leave empty for all rows.",
            example=EXAMPLE,
        ),
        max_chars=500,
    ).strip()
    _keep(COHORT, text)
    return text


def sentence(picked: Picked, beside: str = "") -> str:
    """Return what is looked at as one line of markdown; `beside` is the label of the model that it is held against."""
    if not picked.data:
        return tongue.say("Nothing to look at yet: no model and no data have been registered.")
    data = f"**{plain(picked.data_label)}**"
    if picked.model:
        data = tongue.say("**{model}** on {data}", model=plain(picked.model_label), data=data)
    label = tongue.say(", label {label}", label=plain(picked.label)) if picked.label else ""
    reference = (
        tongue.say(", compared with {reference}", reference=plain(picked.reference_label)) if picked.reference else ""
    )
    rows = tongue.say(", only rows with {rows}", rows=plain(picked.cohort)) if picked.cohort else ""
    against_it = tongue.say(", against **{model}**", model=plain(beside)) if beside else ""
    return f"{data}{label}{reference}{rows}{against_it}"


def pick() -> Picked:
    """Draw the picker, one line with a way to change it, and return what is picked; called by the shell, once in a run."""
    refusal = st.container()
    with st.container(key="subject"):
        words, change = st.columns([6, 1], vertical_alignment="center")
        line = words.empty()
        with change, st.popover(tongue.say("Change"), icon=":material/tune:", type="tertiary"):
            models = workspace.models()
            _read_by(models)
            model = _pick(
                MODEL,
                tongue.say("Model"),
                (*models, ALONE) if workspace.data() else models,
                tongue.say("The model version under review."),
                "reviewed",
            )
            offered = workspace.data(model.digest)
            data = _pick(
                DATA,
                tongue.say("Evaluation data"),
                offered,
                tongue.say(
                    "The rows that the model is judged on. Only data sets with every column that the model needs are offered."
                ),
                "evaluation",
            )
            reference = _pick(
                REFERENCE,
                tongue.say("Compared with"),
                _comparable(model.digest, data.digest),
                tongue.say(
                    "Training data or an earlier window. Drift is measured from it; explanations take their background there."
                ),
                "training",
            )
            label = _label(data.digest)
            cohort = _cohort()
            others = against.able(model.digest, data.digest)
            with refusal:
                refused = against.is_refused(others)
            if not refused:
                against.pick(others)
    named = model.label if model.digest else ""
    picked = Picked(
        model=model.digest,
        data=data.digest,
        reference=reference.digest,
        cohort=cohort,
        model_label=named,
        data_label=data.label,
        reference_label=reference.label,
        label=label,
    )
    beside = others.get(linked.kept(against.NAME), "")
    line.markdown(sentence(picked, beside))
    if told := _unspoken(picked):
        st.caption(told)
    return picked


def _comparable(model: str, data: str) -> tuple[Choice, ...]:
    """Return what data can be compared with, the data themselves last."""
    others = workspace.data(model) if model else workspace.data(like=data)
    return tuple(sorted(others, key=lambda item: item.digest == data))


def reference_of(model: str, data: str) -> Choice:
    """Return what the picker compares data with where nobody has chosen: the newest training data, else the newest of all."""
    offered = _comparable(model, data)
    return next((item for item in offered if item.role == "training"), offered[0] if offered else NOTHING)


def follow(model: str, data: str = "") -> None:
    """Let the pages look at a model from now on, on these data or on those that fit it (labels); for pages without a picker."""
    for name in (MODEL, DATA, REFERENCE, COHORT, LABEL):
        for prefix in (_KEPT, _WRITTEN, _WIDGET):
            st.session_state.pop(prefix + name, None)
    st.session_state[_KEPT + MODEL] = model
    if data:
        st.session_state[_KEPT + DATA] = data


def show_for(key: str) -> None:
    """Draw the picker above a page that looks at a subject, and hand its choice to `current`.

    A link that names what is not here, or what does not fit together, is said and not followed to something else.
    A cohort that cannot be read, or names a column that the data do not have, is said here, and the page is not drawn: all rows
    in its place would be another question.
    """
    if not key or not entry(key).subject:
        return
    misfit = _misfit()
    if misfit is not None:
        _refuse(*misfit)
        st.stop()
    picked = pick()
    problem = workspace.cohort_problem(picked.data, picked.cohort) if picked.data and picked.cohort else None
    if problem is not None:
        errors.advise(problem)
        st.caption(tongue.say("Press *Change* to mend the cohort, or empty it for all rows. Nothing was computed."))
        st.stop()
    st.session_state[_PICKED] = astuple(picked)


def current() -> Picked:
    """Return what is looked at; for pages, whose picker the shell has drawn already."""
    return Picked(*st.session_state.get(_PICKED, ("",) * 7))
