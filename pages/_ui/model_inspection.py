"""What is inside a model file, drawn: refusals first, then task, inputs, outputs, operators. Every name is shown letter by letter."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from governance.language import mark
from governance.models import Inspection, Port
from pages._ui import tongue
from pages._ui.headings import aside
from pages._ui.tables import count, table, words
from pages._ui.text import plain, shown

HOW: Final = {
    "tree": mark(
        "It can be explained from its decision trees, exactly, when their values hold against the model's own answers; that is "
        "tried when it is explained, and by sampling otherwise."
    ),
    "linear": mark(
        "It can be explained from its weights, exactly, when the values hold against the model's own answers; that is tried "
        "when it is explained, and by sampling otherwise."
    ),
    "sampled": mark(
        "It can be explained by sampling: the file holds neither plain trees nor one linear model, and each value comes with "
        "its error."
    ),
}
TASKS: Final = {
    "binary": mark("The model decides between two classes{classes} from {columns} columns."),
    "multiclass": mark("The model decides between several classes{classes} from {columns} columns."),
    "regression": mark("The model predicts a number from {columns} columns."),
}


def refusals(report: Inspection) -> None:
    """Draw every reason why the file is refused: what was found, and what to do."""
    for item in report.refused:
        with st.container(border=True):
            st.markdown(f":red-badge[:material/block: {tongue.say('Refused')}] {plain(item.found, 1000)}")
            st.text(shown(item.advice, 1000))
    aside(tongue.say("Nothing was stored."))


def summary(report: Inspection) -> str:
    """Return in a sentence what the model does and how it can be explained, as markdown."""
    voice = tongue.voice()
    task = TASKS.get(report.task or "", mark("The model has outputs that could not be read, from {columns} columns."))
    said = voice.say(
        task,
        classes=f" ({voice.join([plain(name, 40) for name in report.classes[:12]])})" if report.classes else "",
        columns=report.width or voice.say("a free number of"),
    )
    return f"{said} {voice.say(HOW[report.explainer])}" if report.explainer else said


def details(report: Inspection, key: str) -> None:
    """Draw inputs, outputs and operators as tables, and what is odd about the file."""
    for note in report.notes:
        st.markdown(f":material/info: {plain(note, 1000)}")
    left, right = st.columns(2)
    with left:
        st.caption(tongue.say("Inputs"))
        table(_ports(report.inputs), "Inputs of the model", _columns("Input"), key=f"inputs-{key}")
    with right:
        st.caption(tongue.say("Outputs"))
        table(_ports(report.outputs), "Outputs of the model", _columns("Output"), key=f"outputs-{key}")
    st.caption(tongue.say("Operators in the graph"))
    operators = pd.DataFrame(
        {"operator": [shown(name) for name in report.operators], "n": list(report.operators.values())}
    )
    table(
        operators, "Operators of the graph", {"operator": words("Operator"), "n": count("Nodes", "")}, key=f"ops-{key}"
    )
    sets = ", ".join(f"{name} {version}" for name, version in report.opsets.items())
    aside(plain(f"{report.size:,} bytes, written by {report.producer or 'an unnamed program'}, operator sets {sets}."))


def _ports(ports: tuple[Port, ...]) -> pd.DataFrame:
    sizes = [" × ".join("any" if size is None else str(size) for size in item.shape) or "–" for item in ports]
    return pd.DataFrame(
        {"name": [shown(item.name) for item in ports], "dtype": [item.dtype for item in ports], "shape": sizes}
    )


def _columns(what: str) -> dict[str, object]:
    return {"name": words(what), "dtype": words("Type"), "shape": words("Rows × columns")}
