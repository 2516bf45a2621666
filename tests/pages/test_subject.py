"""What is looked at, and what an address may ask for; drawn without a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from streamlit.testing.v1 import AppTest

from governance.data.cohort import parse
from governance.models.convert.convert import convert_estimator
from governance.subject.schema import Label, Schema
from governance.workflow.registry import register
from governance.workflow.workspace import current_workspace, subjects
from governance.workflow.workspace.acting import OPERATOR
from pages._ui import workspace as ui_workspace
from pages._ui.subject import EXAMPLE


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = tmp_path / "workspace"
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(root))
    return current_workspace.create("Test board", "a long passphrase", root)


def put_data(workspace, tmp_path: Path, name: str, *columns: str) -> str:
    path = tmp_path / f"{name}.csv"
    pd.DataFrame({column: np.arange(9.0) for column in columns}).to_csv(path, index=False)
    return register.register_data(workspace, path, register.DataWords(name, "evaluation", Schema()), actor=OPERATOR)


def put_model(workspace, tmp_path: Path, name: str, *columns: str) -> str:
    frame = pd.DataFrame({column: np.arange(9.0) ** power for power, column in enumerate(columns, 1)})
    path = tmp_path / f"{name}.onnx"
    path.write_bytes(convert_estimator(LinearRegression().fit(frame, frame[columns[0]]), frame))
    words = register.ModelWords(name, "1", "Owner", "To test.", "limited")
    return register.register_model(workspace, path, words, actor=OPERATOR)


def picking(**address: str) -> AppTest:
    def page() -> None:
        import streamlit as st

        from pages._ui import subject

        found = subject.pick()
        st.text(f"{found.model}|{found.data}|{found.reference}")

    drawn = AppTest.from_function(page)
    for name, value in address.items():
        drawn.query_params[name] = value
    return drawn.run()


def label(digest: str) -> str:
    return next(item.label for item in (*ui_workspace.data(), *ui_workspace.models()) if item.digest == digest)


def test_the_cohort_that_the_picker_shows_as_an_example_is_one() -> None:
    assert parse(EXAMPLE)


def test_an_address_that_names_data_is_followed_to_a_model_that_can_read_them(workspace, tmp_path: Path) -> None:
    small = put_model(workspace, tmp_path, "small", "a", "b")
    narrow = put_data(workspace, tmp_path, "narrow", "a", "b")
    large = put_model(workspace, tmp_path, "large", "c", "d")
    put_data(workspace, tmp_path, "other", "c", "d")
    drawn = picking(model=label(large), data=label(narrow))
    assert not drawn.exception
    assert drawn.text[0].value == f"{small}|{narrow}|{narrow}"
    assert drawn.run().text[0].value == f"{small}|{narrow}|{narrow}"


def test_data_that_no_model_can_read_are_looked_at_alone(workspace, tmp_path: Path) -> None:
    put_model(workspace, tmp_path, "large", "c", "d")
    narrow = put_data(workspace, tmp_path, "narrow", "a", "b")
    put_data(workspace, tmp_path, "other", "c", "d")
    drawn = picking(data=label(narrow))
    assert not drawn.exception
    assert drawn.text[0].value == f"|{narrow}|{narrow}"
    assert drawn.run().text[0].value == f"|{narrow}|{narrow}"


def test_a_link_cannot_make_the_server_open_a_file(workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_LOCAL_FILES", str(tmp_path))
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n", encoding="utf-8")

    def page() -> None:
        import streamlit as st

        from pages._ui import uploads

        st.text(str(uploads.receive("File", "file", "advice")))

    drawn = AppTest.from_function(page)
    drawn.query_params["file-path"] = str(secret)
    drawn.run()
    assert drawn.text_input(key="file-path").value == ""
    assert drawn.text[0].value == "None"


@pytest.mark.parametrize(("cohort", "said"), [("a >", "cohort"), ("z > 1", "No column"), ('a = "x"', "holds numbers")])
def test_a_cohort_that_does_not_fit_is_said_before_anything_is_computed(
    workspace, tmp_path: Path, cohort: str, said: str
) -> None:
    put_data(workspace, tmp_path, "narrow", "a", "b")

    def page() -> None:
        import streamlit as st

        from pages._ui import subject

        subject.show_for("quality")
        st.text("The page goes on.")

    drawn = AppTest.from_function(page)
    drawn.query_params["cohort"] = cohort
    drawn.run()
    assert not drawn.exception
    assert said in drawn.error[0].value
    assert not drawn.text
    drawn.text_input[0].set_value("a > 1").run()
    assert [text.value for text in drawn.text] == ["The page goes on."]


def opening(**address: str) -> AppTest:
    def page() -> None:
        import streamlit as st

        from pages._ui import subject

        subject.show_for("drift")
        found = subject.current()
        st.text(f"{found.model}|{found.data}|{found.reference}")

    drawn = AppTest.from_function(page)
    for name, value in address.items():
        drawn.query_params[name] = value
    return drawn.run()


def test_a_link_whose_model_cannot_read_its_data_shows_neither_another_model_nor_other_data(
    workspace, tmp_path: Path
) -> None:
    small = put_model(workspace, tmp_path, "small", "a", "b")
    narrow = put_data(workspace, tmp_path, "narrow", "a", "b")
    large = put_model(workspace, tmp_path, "large", "c", "d")
    other = put_data(workspace, tmp_path, "other", "c", "d")
    drawn = opening(model=label(large), data=label(narrow))
    assert not drawn.text
    assert "does not fit together" in drawn.markdown[0].value
    assert drawn.button(key="keep-data").click().run().text[0].value == f"{small}|{narrow}|{narrow}"
    again = opening(model=label(large), data=label(narrow))
    assert again.button(key="keep-model").click().run().text[0].value == f"{large}|{other}|{other}"


@pytest.mark.parametrize("name", ["model", "data", "reference"])
def test_a_link_to_what_is_not_registered_is_said_and_not_replaced(workspace, tmp_path: Path, name: str) -> None:
    put_model(workspace, tmp_path, "small", "a", "b")
    narrow = put_data(workspace, tmp_path, "narrow", "a", "b")
    drawn = opening(**{name: "nothing of the kind"})
    assert not drawn.text
    assert "not registered here" in drawn.markdown[0].value
    assert drawn.button(key="keep-nothing").click().run().text[0].value.split("|")[1] == narrow


def test_data_are_compared_with_other_data_where_there_are_any(workspace, tmp_path: Path) -> None:
    first, second = (put_data(workspace, tmp_path, name, "a", name) for name in ("b", "c"))
    third = put_data(workspace, tmp_path, "again", "a", "c", "d")
    assert first not in (second, third)
    assert picking(data=label(second)).text[0].value == f"|{second}|{third}"


def test_drift_of_a_table_against_itself_is_not_an_answer(workspace, tmp_path: Path) -> None:
    narrow = put_data(workspace, tmp_path, "narrow", "a", "b")

    def page() -> None:
        import runpy

        import streamlit as st

        from pages._ui import subject
        from pages.explore.drift import over_time

        subject.show_for("drift")
        runpy.run_path(str(over_time.__file__).replace("over_time.py", "page.py"))
        st.text("It was answered.")

    drawn = AppTest.from_function(page, default_timeout=60)
    drawn.query_params["data"] = label(narrow)
    drawn.run()
    assert not drawn.exception
    assert any("the same table" in item.value for item in drawn.markdown)
    assert not drawn.text


def put_labels(workspace, tmp_path: Path) -> str:
    path = tmp_path / "ward.csv"
    rows = "".join(f"{i},{'yes' if i % 4 else 'no'},{'abc'[i % 3]}\n" for i in range(60))
    path.write_text("x,back,grade\n" + rows, encoding="utf-8")
    roles = Schema(target="back", positive="yes", negative=("no",), labels=(Label("grade"),))
    return register.register_data(workspace, path, register.DataWords("ward", "evaluation", roles), actor=OPERATOR)


def test_one_of_several_labels_is_chosen_kept_in_the_address_and_asked_about(workspace, tmp_path: Path) -> None:
    digest = put_labels(workspace, tmp_path)

    def page() -> None:
        import streamlit as st

        from pages._ui import subject

        subject.show_for("quality")
        st.text(subject.current().label)

    drawn = AppTest.from_function(page).run()
    box = next(item for item in drawn.selectbox if item.label == "Label")
    assert (box.options, drawn.text[0].value) == (["back", "grade"], "")
    box.select("grade").run()
    assert drawn.text[0].value == "grade"
    assert drawn.query_params["label"] in ("grade", ["grade"])
    choice = subjects.Choice(data=digest, reference=digest, label="grade")
    asked = subjects.task(workspace, "data.audit", choice)
    assert (asked.data.schema.target, asked.data.schema.positive) == ("grade", "")
    assert asked.reference is not None
    assert asked.reference.schema.target == "grade"


def test_a_link_to_a_label_that_is_not_there_is_said(workspace, tmp_path: Path) -> None:
    digest = put_labels(workspace, tmp_path)
    drawn = opening(data=label(digest), label="nothing")
    assert not drawn.text
    assert "names a label" in drawn.markdown[0].value
    assert drawn.button(key="keep-data").click().run().text[0].value.split("|")[1] == digest


def test_a_model_input_that_a_role_takes_out_is_named_on_every_page(workspace, tmp_path: Path) -> None:
    put_model(workspace, tmp_path, "small", "a", "b")
    path = tmp_path / "roles.csv"
    pd.DataFrame({"a": np.arange(9.0), "b": np.arange(9.0) + 1}).to_csv(path, index=False)
    words = register.DataWords("roles", "evaluation", Schema(weight="b"))
    register.register_data(workspace, path, words, actor=OPERATOR)
    drawn = opening()
    assert any("The model reads b (weight)" in item.value for item in drawn.caption)
    put_data(workspace, tmp_path, "plain", "a", "b")
    assert not [item for item in opening().caption if "The model reads" in item.value]
