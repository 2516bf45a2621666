"""A workspace with a registered model and data, made by code."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from governance.review import charter
from governance.subject.schema import Schema
from governance.workflow.registry import register
from governance.workflow.review import members
from governance.workflow.workspace import current_workspace
from governance.workflow.workspace.clock import now
from storage.workspace import Workspace
from tests.workflow.listening import Hook, served
from tests.workflow.people import MEMBERS, ROOT_SECRET, proven, secret


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(7)
    n = 900
    frame = pd.DataFrame(
        {"age": rng.integers(18, 80, n), "income": rng.normal(30, 8, n).round(2), "sex": rng.choice(["F", "M"], n)}
    )
    odds = 0.08 * (frame["age"] - 45) + 0.1 * (frame["income"] - 30) + 0.5 * (frame["sex"] == "M")
    frame["good"] = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    path = tmp_path_factory.mktemp("data") / "people.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def model(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    from governance.models.convert.convert import convert_estimator

    frame = pd.read_csv(table)
    encode = ColumnTransformer([("number", StandardScaler(), ["age", "income"]), ("text", OneHotEncoder(), ["sex"])])
    fitted = make_pipeline(encode, LogisticRegression()).fit(frame[["age", "income", "sex"]], frame["good"])
    path = tmp_path_factory.mktemp("model") / "people.onnx"
    path.write_bytes(convert_estimator(fitted, frame[["age", "income", "sex"]]))
    return path


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("founded") / "workspace"
    with Workspace.create(root, "Example Board", ROOT_SECRET, now()) as found:
        root_key = found.unlock_root(ROOT_SECRET)
        for member, (name, roles) in MEMBERS.items():
            members.enrol(found, member, name, roles, passphrase=secret(member), root=root_key)
        for member in ("ines", "jonas"):
            members.adopt_charter(
                found, charter.from_toml(charter.template()), member=member, passphrase=secret(member)
            )
    return root


@pytest.fixture(scope="session")
def prepared(founded: Path, table: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the model and its evaluation data, with sex as a sensitive column, made once."""
    root = tmp_path_factory.mktemp("prepared") / "workspace"
    shutil.copytree(founded, root)
    roles = Schema(target="good", positive="1", sensitive=("sex",))
    with current_workspace.current(root) as found:
        words = register.ModelWords("People", "1.0", "lars", "Decide about people in a test.", "limited")
        register.register_model(found, model, words, actor=proven("lars"))
        register.register_data(found, table, register.DataWords("People", "evaluation", roles), actor=proven("lars"))
    return root


@pytest.fixture
def workspace(founded: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(founded, tmp_path / "workspace")
    found = current_workspace.current(tmp_path / "workspace")
    yield found
    found.close()


@pytest.fixture
def board(workspace: Workspace) -> Workspace:
    return workspace


@pytest.fixture
def registered(workspace: Workspace, table: Path, model: Path) -> tuple[str, str]:
    words = register.ModelWords("People", "1.0", "lars", "Decide about people in a test.", "limited")
    schema = Schema(target="good", positive="1", sensitive=("sex",))
    return (
        register.register_model(workspace, model, words, actor=proven("lars")),
        register.register_data(
            workspace, table, register.DataWords("People", "evaluation", schema), actor=proven("lars")
        ),
    )


@pytest.fixture
def hook() -> Iterator[ThreadingHTTPServer]:
    with served(ThreadingHTTPServer(("127.0.0.1", 0), Hook)) as server:
        yield server
