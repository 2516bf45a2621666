"""The words of a data set: kept with who and when, refused where they name nothing, and no record."""

from __future__ import annotations

import pytest

from governance.data import ColumnWords, Dictionary
from governance.evidence.errors import RefusedInputError, RuleError
from governance.workflow.workspace import dictionaries
from governance.workflow.workspace.acting import GUEST
from storage.workspace import Workspace
from tests.workflow.people import proven

WORDS = Dictionary((ColumnWords("age", "Age", "years"), ColumnWords("sex", "Sex", values={"F": "women"})), "accepted")


def test_words_are_kept_for_every_model_or_for_one_and_forgotten(
    workspace: Workspace, registered: tuple[str, str]
) -> None:
    model, data = registered
    before = workspace.read().head().size
    assert dictionaries.of(workspace, data, model) == Dictionary()
    dictionaries.keep(workspace, data, WORDS, actor=proven("lars"))
    assert dictionaries.of(workspace, data) == dictionaries.of(workspace, data, model) == WORDS
    own = Dictionary(selected="hired")
    dictionaries.keep(workspace, data, own, actor=proven("lars"), model=model)
    assert (dictionaries.of(workspace, data, model), dictionaries.of(workspace, data)) == (own, WORDS)
    dictionaries.forget(workspace, data, actor=proven("lars"), model=model)
    assert dictionaries.of(workspace, data, model) == WORDS
    assert workspace.read().head().size == before


def test_words_for_no_column_and_of_a_guest_are_refused(workspace: Workspace, registered: tuple[str, str]) -> None:
    _, data = registered
    with pytest.raises(RefusedInputError, match="'height', which the data do not have"):
        dictionaries.keep(workspace, data, Dictionary((ColumnWords("height", "Height"),)), actor=proven("lars"))
    with pytest.raises(RuleError):
        dictionaries.keep(workspace, data, WORDS, actor=GUEST)
    assert dictionaries.of(workspace, data) == Dictionary()
