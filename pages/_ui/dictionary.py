"""The words of the data that are looked at, for sentences, charts and tables."""

from __future__ import annotations

import pandas as pd

from governance.data import Dictionary
from governance.evidence import text_of
from governance.workflow.workspace import current_workspace, dictionaries
from pages._ui.choices import Picked


def of(picked: Picked) -> Dictionary:
    """Return the words of the data for the model that is looked at; an empty dictionary where nobody has kept any."""
    return dictionaries.of(current_workspace.current(), picked.data, picked.model) if picked.data else Dictionary()


def rows(frame: pd.DataFrame, words: Dictionary) -> pd.DataFrame:
    """Return rows under the labels of their columns, values of words by their names; the frame itself where there are no words."""
    if not words.columns:
        return frame
    named = {
        name: text_of(frame[name]).map(lambda text, column=name: words.value(column, str(text)), na_action="ignore")
        for name in frame.columns
        if words.has_values(str(name))
    }
    return frame.assign(**named).rename(columns=words.label)
