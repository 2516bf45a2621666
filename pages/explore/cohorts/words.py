"""The words of the data: labels, units and names of values, read from a file or written in a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from governance.data import ColumnWords, Dictionary, dictionary as language
from governance.workflow.workspace import current_workspace, dictionaries
from pages._ui import dictionary, errors, headings, session, tables, tongue, workspace
from pages._ui.choices import Picked
from pages._ui.text import plain, shown

MOST_BYTES = 1_000_000
"""Of a file of words."""


def section(picked: Picked) -> None:
    """Draw the words that are kept, and the ways to change them."""
    words = dictionary.of(picked)
    named = sum(1 for item in words.columns if item.label)
    headings.lead(
        tongue.say(
            "**{named}** of {data} columns have a label of their own; being above the threshold is called **{above}**, "
            "being below it **{below}**.",
            named=named,
            data=len(workspace.columns(picked.data)),
            above=plain(words.decided(selected=True)),
            below=plain(words.decided(selected=False)),
        )
    )
    headings.aside(
        tongue.say(
            "Sentences, charts and reasons use these words. Filters, links and the record keep the names of the file, "
            "so that nothing that was "
            "signed changes with a word."
        )
    )
    if not session.may_act(tongue.say("A member changes the words.")):
        _shown(words)
        return
    _file(picked)
    _table(picked, words)


def _shown(words: Dictionary) -> None:
    if words.columns:
        tables.table(_frame(words, ()), "Table: the words that are kept for these data", key="words-shown")


def _frame(words: Dictionary, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return one row per column of the data, or per column with words where none are named."""
    names = columns or tuple(item.column for item in words.columns)
    found = {name: words.of(name) or ColumnWords(name) for name in names}
    return pd.DataFrame(
        {
            "column": [shown(name) for name in names],
            "label": [found[name].label for name in names],
            "unit": [found[name].unit for name in names],
            "values": [_names(found[name]) for name in names],
        }
    )


def _names(item: ColumnWords) -> str:
    return "; ".join(f"{key} = {word}" for key, word in (item.values or {}).items())  # noqa: PD011


def _file(picked: Picked) -> None:
    given = st.file_uploader(tongue.say("Words from a file (TOML or CSV)"), type=["toml", "csv"], key="words-file")
    with st.container(horizontal=True):
        kept = language.to_toml(dictionary.of(picked))
        st.download_button(
            tongue.say("Words as a file"),
            kept,
            "words.toml",
            "application/toml",
            icon=":material/download:",
            on_click="ignore",
        )
        if st.button(
            tongue.say("Suggest labels from the names of columns"), icon=":material/lightbulb:", key="words-suggest"
        ):
            with errors.changed():
                _keep(picked, language.suggested(workspace.columns(picked.data)))
        if given is not None and st.button(tongue.say("Keep the words of the file"), type="primary", key="words-take"):
            with errors.changed():
                _keep(picked, _read(given.getvalue()))


def _read(content: bytes) -> Dictionary:
    from governance.evidence import RefusedInputError

    if len(content) > MOST_BYTES:
        raise RefusedInputError(f"The file has {len(content):,} bytes; at most {MOST_BYTES:,} are read.", "Shorten it.")
    try:
        return language.read(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RefusedInputError("The file is not UTF-8 text.", "Save it as UTF-8.") from error


def _table(picked: Picked, words: Dictionary) -> None:
    columns = workspace.columns(picked.data)
    st.markdown(tongue.say("**Or written here**: a label and a unit per column. Names of values come from a file."))
    left, right = st.columns(2)
    selected = left.text_input(
        tongue.say("Above the threshold a person is"), value=words.selected, placeholder="selected", key="words-yes"
    )
    declined = right.text_input(
        tongue.say("Below it"), value=words.not_selected, placeholder=tongue.say("not selected"), key="words-no"
    )
    edited = st.data_editor(
        _frame(words, columns), hide_index=True, key="words-table", disabled=["column", "values"], num_rows="fixed",
        column_config={"values": st.column_config.TextColumn("names of values")},
    )  # fmt: skip
    if st.button(tongue.say("Keep these words"), type="primary", key="words-keep"):
        labels, units = ([str(item or "").strip() for item in edited[name]] for name in ("label", "unit"))
        made = [
            ColumnWords(name, label, unit, old.values if (old := words.of(name)) is not None else None)  # noqa: PD011
            for name, label, unit in zip(columns, labels, units, strict=True)
        ]
        said = tuple(item for item in made if item.label or item.unit or item.values)  # noqa: PD011
        with errors.changed():
            _keep(picked, Dictionary(said, selected.strip(), declined.strip()))


def _keep(picked: Picked, words: Dictionary) -> None:
    dictionaries.keep(current_workspace.current(), picked.data, words, actor=session.actor())
