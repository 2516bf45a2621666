"""What every command promises: wrong input in words with exit code 2, and results in the record when a workspace is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from governance import __main__ as border
from governance.evidence.errors import RefusedInputError
from governance.workflow.workspace import current_workspace
from storage import keys
from storage.workspace import Workspace

RUN = CliRunner()
WHO = ("--sensitive", "g", "--positive", "1", "--prediction", "p")


@pytest.fixture
def people(tmp_path: Path) -> str:
    path = tmp_path / "people.csv"
    pd.DataFrame({"g": ["a"] * 90 + ["b"] * 90, "p": [1] * 80 + [0] * 10 + [1] * 20 + [0] * 70}).to_csv(
        path, index=False
    )
    return str(path)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(keys, "KDF_ROUNDS", 1)
    made = current_workspace.create("Test board", "a long passphrase", tmp_path / "workspace")
    yield made
    opened = current_workspace._open.pop((tmp_path / "workspace").resolve(), None)
    if opened is not None:
        opened.close()


def left_with(words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr("sys.argv", ["countersign", *words])
    with pytest.raises(SystemExit) as left:
        border.main()
    assert left.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_schema_that_cannot_be_read_is_named(
    content: bytes | None,
    people: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    schema = tmp_path / "roles.toml"
    if content is not None:
        schema.write_bytes(content)
    said = left_with(["fairness", people, "--schema", str(schema)], monkeypatch, capsys)
    assert "roles.toml" in said
    assert "internal failure" not in said


def test_a_file_that_cannot_be_written_is_named(
    people: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = str(tmp_path / "nowhere" / "baseline.json")
    assert "nowhere" in left_with(["baseline", people, "--out", nowhere], monkeypatch, capsys)


def call(*words: str) -> dict:
    result = RUN.invoke(border.build(), [*words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_an_analysis_of_files_is_recorded_where_a_workspace_is_named(people: str, workspace: Workspace) -> None:
    place = ("--workspace", str(workspace.root))
    first = call("fairness", people, *WHO, "--draws", "0", *place)
    assert [item.method for item in workspace.read().all_evidence()] == ["fairness.by_group"]
    (data,) = workspace.read().datasets()
    assert [item["digest"] for item in first["inputs"]] == [data.digest]
    assert call("fairness", people, "--draws", "0", *place) == first
    alone = call("fairness", people, *WHO, "--draws", "0")
    assert alone["by_group"] == first["by_group"]
    with pytest.raises(RefusedInputError, match=r"registered with positive = '1', got '0'.*Leave --schema"):
        call("fairness", people, "--positive", "0", *place)


def test_a_model_that_nobody_answers_for_is_not_recorded(people: str, workspace: Workspace, shared: Path) -> None:
    model = str(shared / "onnx" / "adult_lr_pipeline_strings_nozipmap.onnx")
    with pytest.raises(RefusedInputError, match="countersign register model"):
        call("fairness", people, *WHO, "--model", model, "--workspace", str(workspace.root))
