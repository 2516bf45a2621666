"""The search finds what there is, whatever is written, and leads to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sklearn.linear_model import LinearRegression
from streamlit.testing.v1 import AppTest

from governance.models.convert.convert import convert_estimator
from governance.workflow.registry import register
from governance.workflow.review import review
from governance.workflow.workspace import OPERATOR, current_workspace
from pages._ui import navigation
from pages.shell import search

NAME = "Scores **bold**"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    root = tmp_path_factory.mktemp("search") / "workspace"
    place = current_workspace.create("Test board", "a long passphrase", root)
    frame = pd.DataFrame({"age": np.arange(20.0), "debt": np.arange(20.0)[::-1] ** 2})
    file = root.parent / "model.onnx"
    file.write_bytes(convert_estimator(LinearRegression().fit(frame, frame["age"]), frame))
    model = register.register_model(
        place, file, register.ModelWords(NAME, "1.0", "Owner", "To test.", "limited"), actor=OPERATOR
    )
    words = review.CaseWords("May it score?", "Really?", (model,), "limited")
    case = review.open_case(place, words, actor=OPERATOR)
    return root, model, case


@pytest.fixture
def place(made: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(made[0]))
    return made[1], made[2]


def kinds(words: str) -> set[str]:
    return {item.kind for item in search.find(words)}


def test_models_cases_pages_terms_and_entries_are_found_by_any_of_their_words(place: tuple[str, str]) -> None:
    model, case = place
    (found,) = (item for item in search.find("SCORES bold") if item.kind == "model")
    assert found.choices["version"].startswith("Scores **bold** 1.0 (")
    assert kinds(model[:12]) == {"model"}
    (asked,) = (item for item in search.find("may score") if item.kind == "case")
    assert (asked.page, asked.choices) == ("case", {"case": case})
    assert {item.page for item in search.find("fairness") if item.kind == "page"} == {"fairness"}
    terms = [item for item in search.find("shapley") if item.kind == "term"]
    assert terms
    assert all(item.words for item in terms)
    (entry,) = (item for item in search.find("#0") if item.kind == "entry")
    assert (entry.page, entry.choices) == ("ledger", {"entry": "0"})


@pytest.mark.parametrize("words", ["", "   ", "nothing is called that at all", "99999999", "²", "#-1", "[", "9" * 40])
def test_what_is_not_there_is_not_found(place: tuple[str, str], words: str) -> None:
    assert search.find(words) == ()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=30))
def test_anything_can_be_written_and_every_find_leads_to_a_page(place: tuple[str, str], words: str) -> None:
    addresses = {item.key for item in navigation.ENTRIES}
    for item in search.find(words):
        assert item.page in addresses or (item.kind == "term" and item.words)


def test_the_dialog_shows_names_letter_by_letter(place: tuple[str, str]) -> None:
    def page() -> None:
        import streamlit as st

        from pages.shell import search

        st.session_state["search-words"] = "bold"
        search._ask()

    drawn = AppTest.from_function(page).run()
    assert not drawn.exception
    assert "**Models**" in [item.value for item in drawn.markdown]
    links = [item.proto.label for item in drawn.get("page_link")]
    assert [label for label in links if "Scores" in label] != []
    assert all("**" not in label for label in links)


def test_an_empty_workspace_finds_pages_and_terms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(tmp_path / "none"))
    assert kinds("drift") == {"page", "term"}
    assert kinds("12") <= {"term"}
    shutil.rmtree(tmp_path / "none", ignore_errors=True)
