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
