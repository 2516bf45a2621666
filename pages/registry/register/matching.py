"""Model and table of a registration, drawn beside each other: what is inside each, whether they fit, what one says about the other."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from governance.data import TableLook
from pages._ui import tongue
from pages._ui.text import plain
from pages._ui.uploads import Names
from pages.registry.register import first_look, model_file, roles
from pages.registry.register.files import Given
from pages.registry.register.finish import NewModel, NewTable


@dataclass(frozen=True, slots=True)
class Checked:
    """A model file that can be registered."""

    names: Names
    columns: tuple[str, ...]
    """Raw columns that it takes, in its order."""


def model(given: Given) -> Checked | None:
    """Draw what is inside the model; None while there is none, while it is refused, or while a person has to name its columns."""
    if given.model is None:
        return None
    st.subheader(tongue.say("The model"), anchor=False)
    report, names = model_file.check(given.model)
    return None if names is None else Checked(names, names.columns or report.columns)


def table(given: Given, checked: Checked | None) -> NewTable | None:
    """Draw the table and the roles of its columns; None while there is none, or while a role is missing.

    Raises:
        RefusedInputError: the file is no table that can be read.
    """
    if given.table is None:
        return None
    st.subheader(tongue.say("The table: what do its columns mean?"), anchor=False)
    look = first_look.reading(given.table)
    first_look.contents(look)
    if checked is not None:
        _say_what_is_lacking(checked, look)
    schema = roles.choose(look, given.table.digest[:12])
    return NewTable(given.table, look, schema) if schema is not None else None


def answers(given: Given, checked: Checked | None, new: NewTable | None) -> NewModel | None:
    """Draw the model's first answers, for the new table where it fits, else for registered data; None while there are none."""
    if given.model is None or checked is None:
        return None
    st.subheader(tongue.say("First answers"), anchor=False)
    if given.table is not None and new is None:
        st.caption(
            tongue.say("They come as soon as the roles above are complete: the label stands beside each answer.")
        )
        return None
    fits = new is not None and not _lacking(checked, new.look)
    rows = "" if fits else model_file.rows_to_try(checked.columns)
    if not fits and not rows:
        return None
    label = new.schema.target if fits and new is not None else ""
    look = model_file.first_answers(given.model, checked.names, rows, given.table if fits else None, label=label)
    return NewModel(given.model, checked.names, rows) if look is not None else None


def _lacking(checked: Checked, look: TableLook) -> list[str]:
    have = {column.name for column in look.columns}
    return [name for name in checked.columns if name not in have]


def _say_what_is_lacking(checked: Checked, look: TableLook) -> None:
    if lacking := _lacking(checked, look):
        st.warning(
            tongue.say(
                "The model takes {columns}, which this table does not have. They do not fit together; either can be registered with "
                "another partner, or alone.",
                columns=tongue.voice().join([plain(name, 60) for name in lacking[:5]]),
            ),
            icon=":material/link_off:",
        )
