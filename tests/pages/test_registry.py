"""The registry's pages, drawn without a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from streamlit.testing.v1 import AppTest

from governance.models.convert import convert_estimator
from governance.workflow import places, register
from pages._ui import registered

PAGES = Path(__file__).parents[2] / "pages"


def model(slope: float) -> bytes:
    frame = pd.DataFrame({"age": np.arange(20.0), ":red[debt]": np.arange(20.0)[::-1] ** 2})
    return convert_estimator(LinearRegression().fit(frame, slope * frame["age"]), frame)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = tmp_path / "workspace"
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(root))
    return places.create("Test board", "a long passphrase", root)


def put(workspace, tmp_path: Path, version: str, parent: str = "") -> str:
    path = tmp_path / f"{version}.onnx"
    path.write_bytes(model(float(version)))
    words = register.ModelWords("Scores **bold**", version, "Owner", "To test.", "limited", parent)
    return register.register_model(workspace, path, words, actor="service")


def page(name: str) -> AppTest:
    return AppTest.from_file(str(PAGES / name), default_timeout=60).run()


def test_an_empty_registry_says_what_would_be_here(workspace) -> None:
    drawn = page("registry/models.py")
    assert not drawn.exception
    assert "No model is registered yet." in " ".join(item.value for item in drawn.markdown)


def test_versions_are_listed_with_their_lineage_and_never_as_markdown(workspace, tmp_path: Path) -> None:
    first = put(workspace, tmp_path, "1")
    second = put(workspace, tmp_path, "2", parent=first)
    found = registered.versions()
    assert [item.version for item in found] == ["2", "1"]
    assert registered.lineage(found[0], found) == ("Scores **bold** 1", "Scores **bold** 2")
    report = registered.inspection(second)
    assert report is not None
    assert report.columns == ("age", ":red[debt]")
    drawn = page("registry/models.py")
    assert not drawn.exception
    written = " ".join(item.value for item in drawn.markdown)
    assert r"Scores \*\*bold\*\*" in written
    assert "2 model versions are registered" in written
    assert drawn.subheader[0].value == r"Scores \*\*bold\*\* 2"


def registering(tmp_path: Path, content: bytes) -> AppTest:
    path = tmp_path / "incoming.onnx"
    path.write_bytes(content)
    drawn = page("registry/register.py")
    return drawn.text_input(key="model-file-path").set_value(str(path)).run()


def written(drawn: AppTest) -> str:
    return " ".join(item.value for item in drawn.markdown)


def test_a_refused_file_is_refused_in_words_and_nothing_can_be_registered(workspace, tmp_path: Path) -> None:
    drawn = registering(tmp_path, b"<html>")
    assert not drawn.exception
    assert "This file is refused." in written(drawn)
    assert "a web page" in written(drawn)
    assert not drawn.button


def test_a_model_is_registered_after_five_answers_were_shown(workspace, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("age,:red[debt]\n" + "".join(f"{age},{age * 10}\n" for age in range(30, 40)), encoding="utf-8")
    drawn = registering(tmp_path, model(2.0))
    assert "The model predicts a number" in written(drawn)
    assert not drawn.button
    drawn = drawn.text_input(key="own-path").set_value(str(table)).run()
    assert not drawn.exception
    assert "For these 5 rows the model predicts 60, 62, 64, 66 and 68." in written(drawn)
    assert len(drawn.dataframe[0].value) == 5
    assert workspace.read().models() == ()
    drawn.button[0].click().run()
    assert "your word that the five answers are right" in drawn.warning[0].value
    by_label = {item.label: item for item in (*drawn.text_input, *drawn.text_area)}
    by_label["Name"].set_value("Scores")
    by_label["Version"].set_value("1.0")
    by_label["Intended use"].set_value("To test.")
    drawn.checkbox[0].check()
    drawn.button[0].click().run()
    (found,) = workspace.read().models()
    assert (found.name, found.version, found.owner, found.risk_tier) == ("Scores", "1.0", "Guest analyst", "high")


def test_a_file_without_column_names_asks_a_person_for_them(workspace, tmp_path: Path, shared: Path) -> None:
    drawn = registering(tmp_path, (shared / "onnx" / "adult_xgboost.onnx").read_bytes())
    assert "does not name them" in written(drawn)
    drawn.text_area(key="columns").set_value("a, b").run()
    assert "2 names for 5 columns" in drawn.warning[0].value
    drawn.text_area(key="columns").set_value("a, b, c, d\ne").run()
    assert not drawn.warning
    assert [item.value for item in drawn.subheader] == ["Columns", "First answers"]


def test_without_a_workspace_one_is_founded_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(tmp_path / "new"))
    drawn = page("registry/register.py")
    drawn.button[0].click().run()
    assert drawn.warning
    assert not places.exists()
    for box, value in zip(drawn.text_input, ("Board", "long enough", "long enough"), strict=True):
        box.set_value(value)
    drawn.button[0].click().run()
    assert not drawn.exception
    assert places.exists()
