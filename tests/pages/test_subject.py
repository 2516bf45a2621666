"""What is looked at, and what an address may ask for; drawn without a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from streamlit.testing.v1 import AppTest

from governance.data.cohort import parse
from governance.data.schema import Schema
from governance.models.convert import convert_estimator
from governance.workflow import places, register
from pages._ui import house
from pages._ui.subject import EXAMPLE


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = tmp_path / "workspace"
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(root))
    return places.create("Test board", "a long passphrase", root)


def put_data(workspace, tmp_path: Path, name: str, *columns: str) -> str:
    path = tmp_path / f"{name}.csv"
    pd.DataFrame({column: np.arange(9.0) for column in columns}).to_csv(path, index=False)
    return register.register_data(workspace, path, register.DataWords(name, "evaluation", Schema()), actor="service")


def put_model(workspace, tmp_path: Path, name: str, *columns: str) -> str:
    frame = pd.DataFrame({column: np.arange(9.0) ** power for power, column in enumerate(columns, 1)})
    path = tmp_path / f"{name}.onnx"
    path.write_bytes(convert_estimator(LinearRegression().fit(frame, frame[columns[0]]), frame))
    words = register.ModelWords(name, "1", "Owner", "To test.", "limited")
    return register.register_model(workspace, path, words, actor="service")


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
    return next(item.label for item in (*house.data(), *house.models()) if item.digest == digest)


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


def test_a_link_cannot_make_the_server_open_a_file(workspace, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n", encoding="utf-8")

    def page() -> None:
        import streamlit as st

        from pages._ui import incoming

        st.text(str(incoming.receive("File", "file", "advice")))

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
