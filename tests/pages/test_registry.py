"""The registry's pages, drawn without a browser."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from streamlit.testing.v1 import AppTest

from governance.models.convert.convert import convert_estimator
from governance.subject import Schema
from governance.workflow.registry import register
from governance.workflow.review import members
from governance.workflow.workspace import current_workspace, runs
from governance.workflow.workspace.acting import OPERATOR
from pages.registry.models import versions
from tests.pages import seated

PAGES = Path(__file__).parents[2] / "pages"


def model(slope: float) -> bytes:
    frame = pd.DataFrame({"age": np.arange(20.0), ":red[debt]": np.arange(20.0)[::-1] ** 2})
    return convert_estimator(LinearRegression().fit(frame, slope * frame["age"]), frame)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = tmp_path / "workspace"
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(root))
    monkeypatch.setenv("COUNTERSIGN_LOCAL_FILES", str(tmp_path))
    return seated.enrolled(current_workspace.create("Test board", "a long passphrase", root), "a long passphrase")


def put(workspace, tmp_path: Path, version: str, parent: str = "") -> str:
    path = tmp_path / f"{version}.onnx"
    path.write_bytes(model(float(version)))
    words = register.ModelWords("Scores **bold**", version, "Owner", "To test.", "limited", parent)
    return register.register_model(workspace, path, words, actor=OPERATOR)


def page(name: str) -> AppTest:
    return AppTest.from_file(str(PAGES / name), default_timeout=60).run()


def test_an_empty_registry_says_what_would_be_here(workspace) -> None:
    drawn = page("registry/models/page.py")
    assert not drawn.exception
    assert "No model is registered yet." in " ".join(item.value for item in drawn.markdown)


def test_versions_are_listed_with_their_lineage_and_never_as_markdown(workspace, tmp_path: Path) -> None:
    first = put(workspace, tmp_path, "1")
    second = put(workspace, tmp_path, "2", parent=first)
    found = versions.versions()
    assert [item.version for item in found] == ["2", "1"]
    assert versions.lineage(found[0], found) == ("Scores **bold** 1", "Scores **bold** 2")
    report = versions.inspection(second)
    assert report is not None
    assert report.columns == ("age", ":red[debt]")
    drawn = page("registry/models/page.py")
    assert not drawn.exception
    written = " ".join(item.value for item in drawn.markdown)
    assert r"Scores \*\*bold\*\*" in written
    assert "2 model versions are registered" in written
    assert drawn.subheader[0].value == r"Scores \*\*bold\*\* 2"


def opened() -> AppTest:
    drawn = AppTest.from_file(str(PAGES / "registry/register/page.py"), default_timeout=60)
    return seated.sat_down(drawn, current_workspace.current()).run()


def bring(drawn: AppTest, path: Path) -> AppTest:
    return drawn.text_input(key="given0-path").set_value(str(path)).run()


def registering(tmp_path: Path, content: bytes) -> AppTest:
    path = tmp_path / "incoming.onnx"
    path.write_bytes(content)
    return bring(opened(), path)


def table(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    rows = "".join(f"{age},{age * 10},{'yes' if age % 3 else 'no'}\n" for age in range(30, 70))
    path.write_text("age,:red[debt],paid\n" + rows, encoding="utf-8")
    return path


def until_read(drawn: AppTest) -> AppTest:
    """Draw the page again until the first look at the table is there."""
    deadline = time.monotonic() + 60
    while "text file with" not in written(drawn) and time.monotonic() < deadline:
        time.sleep(0.2)
        drawn.run()
    return drawn


def written(drawn: AppTest) -> str:
    return " ".join(item.value for item in drawn.markdown)


def by_key(drawn: AppTest, start: str):
    fields = (*drawn.text_input, *drawn.text_area, *drawn.checkbox, *drawn.radio, *drawn.selectbox, *drawn.number_input)
    return next(item for item in fields if str(item.key).startswith(f"registering-{start}"))


def test_a_refused_file_is_refused_in_words_and_nothing_can_be_registered(workspace, tmp_path: Path) -> None:
    drawn = registering(tmp_path, b"<html>")
    assert not drawn.exception
    assert "This file is refused." in written(drawn)
    assert "a web page" in written(drawn)
    assert [item.label for item in drawn.button] == ["Take it away"]


def test_a_model_alone_asks_for_rows_and_offers_only_tables_that_fit(workspace, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("wine,taste\n" + "".join(f"{at},{at % 2}\n" for at in range(30)), encoding="utf-8")
    register.register_data(workspace, other, register.DataWords("Wines", "evaluation", Schema()), actor=OPERATOR)
    drawn = registering(tmp_path, model(2.0))
    assert not drawn.exception
    assert "No registered table has the columns that this model takes" in written(drawn)
    assert "Wines" not in written(drawn)
    register.register_data(
        workspace, table(tmp_path), register.DataWords("Loans", "evaluation", Schema()), actor=OPERATOR
    )
    drawn.run()
    assert [option[:5] for option in drawn.selectbox[0].options] == ["Loans"]
    assert "For these 5 rows the model predicts 60, 62, 64, 66 and 68." in written(drawn)


@pytest.mark.parametrize("table_first", [True, False])
def test_model_and_table_come_in_by_one_field_in_any_order_and_are_registered_together(
    workspace, tmp_path: Path, table_first: bool
) -> None:
    path = tmp_path / "scores.onnx"
    path.write_bytes(model(2.0))
    drawn = opened()
    for file in (table(tmp_path), path) if table_first else (path, table(tmp_path)):
        drawn = until_read(bring(drawn, file)) if file.suffix == ".csv" else bring(drawn, file)
    assert not drawn.exception
    by_key(drawn, "role-2-").set_value("target").run()
    assert "They come as soon as the roles above are complete" in " ".join(item.value for item in drawn.caption)
    by_key(drawn, "positive-").set_value("None: the label is a number, or has several classes").run()
    frame = next(item.value for item in drawn.dataframe if "came true" in item.value.columns)
    assert list(frame["came true"]) == ["no", "yes", "yes", "no", "yes"], "30, 31, ... by hand"
    assert workspace.read().models() == ()
    drawn.button(key="register-now").click().run()
    assert "what the data are for, your word that rows and roles are right, a version" in drawn.warning[0].value
    assert by_key(drawn, "name-").value == "scores"
    by_key(drawn, "version-").set_value("1.0")
    by_key(drawn, "use-").set_value("To test.")
    by_key(drawn, "data-role-").set_value("evaluation")
    by_key(drawn, "data-sure-").check()
    by_key(drawn, "model-sure-").check()
    drawn.button(key="register-now").click().run()
    (found,), (data,) = workspace.read().models(), workspace.read().datasets()
    assert (found.name, found.version, found.owner, found.risk_tier) == ("scores", "1.0", "Ada", "high")
    assert (data.name, data.role) == ("rows", "evaluation")
    assert (found.actor, data.actor) == ("ada", "ada")
    assert drawn.session_state["countersign.subject.kept.model"].startswith("scores 1.0"), "the pages look at it now"
    assert workspace.drafts.get("ada", "registration", "wizard") is None, "no draft is left"
    asked = {run.method for run in runs.recent(workspace)} | {item.method for item in workspace.read().all_evidence()}
    assert {"performance.summary", "fairness.by_group", "explain.global"} <= asked, "the analyses are on their way"


def test_a_registration_that_was_left_is_still_there_in_another_browser(workspace, tmp_path: Path) -> None:
    path = tmp_path / "scores.onnx"
    path.write_bytes(model(2.0))
    drawn = bring(until_read(bring(opened(), table(tmp_path))), path)
    by_key(drawn, "role-0-").set_value("sensitive").run()
    by_key(drawn, "use-").set_value("To test **drafts**.").run()
    again = until_read(opened())
    assert not again.exception
    assert by_key(again, "role-0-").value == "sensitive"
    assert by_key(again, "use-").value == "To test **drafts**."
    path.unlink()
    later = until_read(opened())
    told = " ".join(item.value for item in later.caption).replace("\\", "").replace("\N{WORD JOINER}", "")
    assert "scores.onnx was given before" in told
    assert by_key(later, "role-0-").value == "sensitive"


def test_whoever_sits_down_after_somebody_else_does_not_find_their_registration(workspace, tmp_path: Path) -> None:
    drawn = until_read(bring(opened(), table(tmp_path)))
    by_key(drawn, "role-0-").set_value("sensitive").run()
    root = workspace.unlock_root("a long passphrase")
    members.enrol(workspace, "eve", "Eve", ("member",), passphrase="eve's own passphrase", root=root)
    drawn.text_input(key="given0-path").set_value("").run()
    seated.sat_down(drawn, workspace, "eve", "eve's own passphrase").run()
    assert not drawn.exception
    assert "Bring a model, a table, or both." in written(drawn)
    assert not drawn.selectbox


def test_a_table_without_the_model_s_columns_is_said_not_to_fit(workspace, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("age,taste\n" + "".join(f"{at},{at % 2}\n" for at in range(30)), encoding="utf-8")
    path = tmp_path / "scores.onnx"
    path.write_bytes(model(2.0))
    drawn = bring(until_read(bring(opened(), other)), path)
    assert "which this table does not have" in drawn.warning[0].value
    assert "No registered table has the columns that this model takes" in written(drawn)
    assert all(item.label != "Register" for item in drawn.button)


def test_a_file_without_column_names_asks_a_person_for_them(workspace, tmp_path: Path, shared: Path) -> None:
    drawn = registering(tmp_path, (shared / "onnx" / "adult_xgboost.onnx").read_bytes())
    assert "does not name them" in written(drawn)
    by_key(drawn, "columns").set_value("a, b").run()
    assert "2 names for 5 columns" in drawn.warning[0].value
    by_key(drawn, "columns").set_value("a, b, c, d\ne").run()
    assert not drawn.warning
    assert [item.value for item in drawn.subheader] == ["The model", "First answers"]


def test_a_file_without_class_names_asks_a_person_for_them(workspace, tmp_path: Path, shared: Path) -> None:
    drawn = registering(tmp_path, (shared / "cases" / "models" / "09" / "logits_three_classes.onnx").read_bytes())
    assert "This file is refused." in written(drawn)
    by_key(drawn, "classes").set_value("low, middle, high").run()
    assert not drawn.exception
    assert "This file can be registered." in written(drawn)
    by_key(drawn, "columns").set_value("a, b, c").run()
    assert [item.value for item in drawn.subheader] == ["The model", "First answers"]


def test_without_a_workspace_one_is_founded_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(tmp_path / "new"))
    drawn = page("registry/register/page.py")
    drawn.button[0].click().run()
    assert drawn.warning
    assert not current_workspace.exists()
    for box, value in zip(drawn.text_input, ("Board", "Ada King", "long enough", "long enough"), strict=True):
        box.set_value(value)
    drawn.button[0].click().run()
    assert not drawn.exception
    assert current_workspace.exists()
    assert [item.member for item in current_workspace.current().read().members()] == ["ada-king"]
    assert drawn.title[0].value == "Register"
    assert drawn.text_input == [] or all(item.label != "Organisation" for item in drawn.text_input)
