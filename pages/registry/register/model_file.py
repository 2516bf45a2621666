"""The model of a registration, drawn: what is inside its file, its columns, and its first answers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from governance.models import Inspection
from governance.workflow.registry import FirstLook
from pages._ui import errors, headings, model_inspection, tongue, uploads, workspace
from pages._ui.tables import figures, table, words
from pages._ui.text import join, plain, shown
from pages._ui.uploads import Incoming, Names
from pages.registry.register import draft


def columns_of(report: Inspection) -> tuple[str, ...] | None:
    """Draw the columns that the model takes; return () when the file names them, None while a person still has to."""
    if report.columns:
        with st.expander(
            tongue.say("The file names its {columns} columns itself", columns=len(report.columns)),
            key="named",
            on_change="rerun",
        ) as box:
            if box.open:
                st.text(", ".join(shown(name, 100) for name in report.columns))
        return ()
    count = str(report.width) if report.width else "the"
    st.markdown(
        tongue.say(
            "The file takes {count} columns and **does not name them**. Names cannot be guessed: a wrong order gives "
            "wrong answers without any error. Write them in the order in which the model was trained, separated by "
            "commas or lines.",
            count=count,
        )
    )
    text = st.text_area(
        tongue.say("Columns in training order"),
        value=draft.get("columns"),
        key=draft.field("columns"),
        max_chars=100_000,
    )
    named = _listed(text)
    if not named:
        return None
    if report.width and len(named) != report.width:
        st.warning(
            tongue.say("{named} names for {width} columns.", named=len(named), width=report.width),
            icon=":material/warning:",
        )
        return None
    return named


def classes_of(report: Inspection) -> tuple[str, ...]:
    """Draw a field for class labels where the file does not say them; return those given, () where the file says them."""
    if not report.refused or report.refused[0].code != "output":
        return ()
    st.markdown(
        tongue.say(
            "If the scores of this file stand for **classes that it does not name**, write their labels in the order of the scores, "
            "separated by commas or lines. The order cannot be guessed: a wrong one turns every decision around without any error."
        )
    )
    return _listed(
        st.text_area(
            tongue.say("Class labels in the order of the scores"),
            value=draft.get("classes"),
            key=draft.field("classes"),
            max_chars=10_000,
        )
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for line in text.splitlines() for part in line.split(",") if part.strip())


def check(file: Incoming) -> tuple[Inspection, Names | None]:
    """Draw what is inside a model file; return the report, and the names that it works with, None while it is refused or lacks some."""
    report = uploads.inspected(file)
    classes = classes_of(report)
    if classes:
        report = uploads.inspected(file, (), classes)
    if report.refused:
        headings.lead(tongue.say("This file is refused."))
        model_inspection.refusals(report)
        return report, None
    st.markdown(tongue.say("**This file can be registered.**") + " " + model_inspection.summary(report))
    with st.expander(tongue.say("What is inside the file"), key="inside", on_change="rerun") as box:
        if box.open:
            model_inspection.details(report, "incoming")
    columns = columns_of(report)
    return report, None if columns is None else Names(columns, classes)


def rows_to_try(needed: tuple[str, ...]) -> str:
    """Draw the choice among registered data with the columns that a model takes; return the digest, "" where none fits."""
    offered = workspace.data_holding(needed)
    if not offered:
        st.markdown(
            tongue.say(
                "No registered table has the columns that this model takes. **Add a table in the field above**, even a "
                "small one: the model is "
                "asked about its first five rows before anything is stored."
            )
        )
        return ""
    labels = [item.label for item in offered]
    chosen = st.selectbox(
        tongue.say("Rows to try"), labels, index=draft.place("rows", labels, 0) or 0, key=draft.field("rows"),
        help=tongue.say("Registered data with the columns of this model; another table comes in by the field above."),
    )  # fmt: skip
    return next(item.digest for item in offered if item.label == chosen)


def first_answers(file: Incoming, names: Names, rows: str, table_file: Incoming | None, label: str) -> FirstLook | None:
    """Draw five predictions beside what came true; None when the model cannot predict these rows, which is said.

    Args:
        file: the model.
        names: what a person said about it.
        rows: digest of registered data, "" for the table below.
        table_file: the table that came with the model.
        label: its column that says what came true, "" for none yet.
    """
    look = None
    with errors.caught():
        look = uploads.looked_at(file, rows, names, table_file, label)
        st.markdown(_in_words(look))
        table(
            _frame(look), "Five rows, what the model says about each, and what came true", _settings(look), key="look"
        )
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
    if look.truth:
        answers["came true"] = [shown(value, 100) for value in look.truth]
    names = [f"score {shown(name, 60)}" for name in look.classes] or ["predicted value"]
    answers |= {name: [row[index] for row in look.scores] for index, name in enumerate(names)}
    cells = {shown(name, 100): [shown(row[i], 100) for row in look.rows] for i, name in enumerate(look.columns)}
    return pd.DataFrame({**answers, **{name: value for name, value in cells.items() if name not in answers}})


def _settings(look: FirstLook) -> dict[str, object]:
    names = [f"score {shown(name, 60)}" for name in look.classes] or ["predicted value"]
    return {
        "model says": words("Model says"),
        "came true": words("What came true"),
        **{name: figures(name[:1].upper() + name[1:]) for name in names},
    }
