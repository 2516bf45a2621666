"""The choice of column roles on the screen: nothing is chosen until a person does."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from governance.data.first_look import look_at
from pages.registry.register import draft, roles

draft.resume()
schema = roles.choose(look_at({path!r}))
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


def test_each_column_stands_beside_what_it_holds(page: AppTest) -> None:
    """Worked by hand from the rows: of 60, every third is "m" and every fourth "no"."""
    held = " ".join(item.value for item in page.caption).replace("\N{WORD JOINER}", "").replace("\\", "")
    assert "f (40), m (20)" in held
    assert "yes (45), no (15)" in held
    assert "each value once" in held or "0 to 59, 60 values" in held


def test_suggestions_fill_the_choices_but_never_the_meaning_of_the_label(page: AppTest) -> None:
    page.button[0].click().run()
    assert [page.selectbox(key=f"registering-role-{at}-").value for at in range(4)] == [
        "identifier",
        "sensitive",
        "",
        "target",
    ]
    assert page.radio(key="registering-positive-").value is None
    assert page.text[0].value == "None"


def test_the_schema_holds_what_was_chosen_and_writes_the_other_labels_out(page: AppTest) -> None:
    page.button[0].click().run()
    page.radio(key="registering-positive-").set_value("yes").run()
    page.radio(key="registering-selected-").set_value("bad").run()
    found = page.text[0].value
    assert "target='hired', positive='yes', negative=('no',), selected_is='bad', sensitive=('sex',)" in found


def test_two_columns_cannot_both_be_the_label(page: AppTest) -> None:
    page.selectbox(key="registering-role-3-").set_value("target").run()
    page.selectbox(key="registering-role-1-").set_value("target").run()
    assert "sex and hired have the role" in page.warning[0].value
    assert page.text[0].value == "None"


def test_a_hostile_column_name_stands_letter_by_letter(page: AppTest) -> None:
    assert page.selectbox(key="registering-role-2-").label == "Role of :material/check_circle: *x*"
    names = [item.value for item in page.markdown if "check" in item.value]
    assert names
    assert all(r"\*x\*" in name for name in names)


def test_of_a_wide_table_the_likely_columns_are_drawn_and_the_others_are_found_by_name(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    names = [f"m{at:03d}" for at in range(300)] + ["sex", "hired"]
    lines = [",".join([*(str((row * 7 + at) % 13) for at in range(300)), "fm"[row % 2], "no"]) for row in range(40)]
    path.write_text("\n".join([",".join(names), *lines]), encoding="utf-8")
    page = AppTest.from_string(SCRIPT.format(path=str(path)), default_timeout=60).run()
    assert "Role of sex" in [box.label for box in page.selectbox]
    assert len(page.selectbox) == 24
    assert "278 more columns are not drawn" in page.caption[-1].value
    page.text_input(key="registering-find-").set_value("M29").run()
    assert [box.label for box in page.selectbox] == [f"Role of m29{at}" for at in range(10)]
    page.selectbox(key="registering-role-299-").set_value("ignore").run()
    page.text_input(key="registering-find-").set_value("").run()
    assert "ignore=('m299',)" in page.text[0].value, "a role stays when its column is not drawn"


@pytest.fixture
def ward(tmp_path: Path) -> AppTest:
    path = tmp_path / "ward.csv"
    rows = "".join(
        f"{i * 37 % 101}.5,{'yes' if i % 4 else 'no'},{i % 3 % 2},{'abc'[i % 3]},{i * 7 % 50}\n" for i in range(60)
    )
    path.write_text("x,back,sent,grade,days\n" + rows, encoding="utf-8")
    return AppTest.from_string(SCRIPT.format(path=str(path)), default_timeout=60).run()


def give(page: AppTest, **roles: str) -> None:
    """Give columns of the ward their roles, by name."""
    names = ["x", "back", "sent", "grade", "days"]
    for column, role in roles.items():
        page.selectbox(key=f"registering-role-{names.index(column)}-").set_value(role).run()


NONE = "None: the label is a number, or has several classes"


def test_several_labels_have_each_their_own_coding_and_a_half_said_one_is_waited_for(ward: AppTest) -> None:
    give(ward, back="target")
    ward.radio(key="registering-positive-").set_value("yes").run()
    ward.radio(key="registering-selected-").set_value("bad").run()
    give(ward, grade="further", days="further")
    assert ward.text[0].value == "None"
    ward.radio(key="registering-positive-grade-").set_value(NONE).run()
    ward.multiselect(key="registering-label-classes-grade-").set_value(["a", "b", "c"]).run()
    assert not ward.exception
    found = ward.text[0].value
    assert "target='back', positive='yes', negative=('no',), selected_is='bad'" in found
    assert "Label(column='grade', positive='', negative=(), classes=('a', 'b', 'c'), selected_is='good')" in found
    assert "Label(column='days', positive='', negative=(), classes=(), selected_is='good')" in found


def test_the_label_is_not_also_a_further_one(ward: AppTest) -> None:
    give(ward, back="target", days="further")
    give(ward, back="", days="target")
    assert not ward.exception
    assert "labels=()" in ward.text[0].value


def test_a_decision_coded_otherwise_than_the_label_is_asked_about(ward: AppTest) -> None:
    give(ward, back="target", sent="prediction")
    ward.radio(key="registering-positive-").set_value("yes").run()
    ward.radio(key="registering-selected-").set_value("bad").run()
    ward.radio(key="registering-decided-").set_value("1").run()
    assert "prediction_positive='1'" in ward.text[0].value
