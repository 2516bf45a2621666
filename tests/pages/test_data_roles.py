"""The choice of column roles on the screen: nothing is chosen until a person does."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from governance.data.first_look import look_at
from pages._ui import data_roles

schema = data_roles.choose(look_at({path!r}))
st.text(repr(schema))
"""


@pytest.fixture
def page(tmp_path: Path) -> AppTest:
    path = tmp_path / "people.csv"
    rows = "".join(f"{i},{'f' if i % 3 else 'm'},{i * 37 % 101}.5,{'yes' if i % 4 else 'no'}\n" for i in range(60))
    path.write_text("id,sex,:material/check_circle: *x*,hired\n" + rows, encoding="utf-8")
    return AppTest.from_string(SCRIPT.format(path=str(path)), default_timeout=60).run()


def test_nothing_is_chosen_before_a_person_chooses(page: AppTest) -> None:
    assert not page.exception
    assert page.text[0].value.startswith("Schema(target='', positive='', negative=(), selected_is='good', sensitive=()")


def test_suggestions_fill_the_choices_but_never_the_meaning_of_the_label(page: AppTest) -> None:
    page.button[0].click().run()
    assert page.selectbox(key="role-target").value == "hired"
    assert page.selectbox(key="role-identifier").value == "id"
    assert page.multiselect(key="role-sensitive").value == ["sex"]
    assert page.selectbox(key="label-positive").value is None
    assert page.text[0].value == "None"


def test_the_schema_holds_what_was_chosen_and_writes_the_other_labels_out(page: AppTest) -> None:
    page.button[0].click().run()
    page.selectbox(key="label-positive").select("yes").run()
    page.selectbox(key="label-selected").select("bad").run()
    found = page.text[0].value
    assert "target='hired', positive='yes', negative=('no',), selected_is='bad', sensitive=('sex',)" in found


def test_a_hostile_column_name_is_offered_letter_by_letter(page: AppTest) -> None:
    assert ":material/check_circle: *x*" in page.selectbox(key="role-weight").options
    assert all("[" not in caption.value or "\\[" in caption.value for caption in page.caption)
