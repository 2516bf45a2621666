"""Inspect, predict and convert from the command line, on plain files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from skl2onnx import to_onnx
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from typer.testing import CliRunner, Result

from governance.__main__ import build
from governance.evidence.errors import RefusedInputError
from governance.models.convert.convert import convert_estimator

ROOT = Path(__file__).resolve().parents[2]


def run(*words: object) -> Result:
    return CliRunner().invoke(build(), [str(word) for word in words])


def answer(result: Result) -> dict:
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame({"age": rng.integers(18, 90, 120), "town": rng.choice(["A", "B"], 120)})


@pytest.fixture(scope="module")
def pipeline(people: pd.DataFrame):
    columns = ColumnTransformer([("town", OneHotEncoder(), ["town"])], remainder="passthrough")
    return make_pipeline(columns, LogisticRegression()).fit(people, np.where(people["age"] > 50, "old", "young"))


@pytest.fixture
def files(tmp_path: Path, people: pd.DataFrame, pipeline) -> Path:
    (tmp_path / "model.onnx").write_bytes(convert_estimator(pipeline, people))
    people.assign(label="old").to_csv(tmp_path / "people.csv", index=False)
    joblib.dump(pipeline, tmp_path / "model.joblib")
    return tmp_path


def test_inspect_prints_the_report_as_json(files: Path) -> None:
    found = answer(run("inspect", files / "model.onnx", "--json"))
    assert found["format"] == "onnx"
    assert found["inputs"][0] == {"name": "age", "dtype": "float32", "shape": [None, 1]}
    assert (found["task"], found["classes"], found["explainer"]) == ("binary", ["old", "young"], "linear")
    assert found["refused"] == []
    assert found["operators"]["LinearClassifier"] == 1
    assert found["columns"] == ["age", "town"]


def test_inspect_of_a_refused_file_ends_with_two_and_says_why(files: Path) -> None:
    found = run("inspect", files / "model.joblib", "--json")
    assert found.exit_code == 2
    assert json.loads(found.stdout)["refused"][0]["code"] == "foreign_format"
    words = run("inspect", files / "model.joblib")
    assert words.exit_code == 2
    assert "Python pickle" in words.stdout


def test_inspect_for_a_person_names_inputs_and_columns(files: Path) -> None:
    found = run("inspect", files / "model.onnx")
    assert found.exit_code == 0
    assert "'age' float32 any x 1" in found.stdout


def test_predict_writes_a_row_per_row_with_both_scores(files: Path, people: pd.DataFrame, pipeline) -> None:
    (files / "roles.toml").write_text('target = "label"\npositive = "old"\n', encoding="utf-8")
    found = answer(
        run("predict", files / "model.onnx", files / "people.csv", "--out", files / "p.parquet",
            "--schema", files / "roles.toml", "--json")
    )  # fmt: skip
    assert (found["n"], found["task"], found["classes"]) == (120, "binary", ["old", "young"])
    assert found["rows"] == {"used": 120, "total": 120, "dropped": []}
    assert {item["role"] for item in found["inputs"]} == {"model", "data"}
    table = pd.read_parquet(files / "p.parquet")
    assert list(table.columns) == ["prediction", "score", "score_old", "score_young"]
    assert table["prediction"].tolist() == pipeline.predict(people).tolist()
    assert np.allclose(table["score"], pipeline.predict_proba(people)[:, 0], atol=1e-6)


def test_predict_of_a_regression_writes_the_value(tmp_path: Path, people: pd.DataFrame) -> None:
    model = LinearRegression().fit(people[["age"]], people["age"] * 2.0)
    (tmp_path / "m.onnx").write_bytes(convert_estimator(model, people[["age"]]))
    people.to_parquet(tmp_path / "p.parquet")
    answer(run("predict", tmp_path / "m.onnx", tmp_path / "p.parquet", "--out", tmp_path / "o.parquet", "--json"))
    table = pd.read_parquet(tmp_path / "o.parquet")
    assert list(table.columns) == ["prediction"]
    assert np.allclose(table["prediction"], people["age"] * 2.0, rtol=1e-5)


def test_convert_writes_a_model_that_agrees_with_its_source(files: Path) -> None:
    found = answer(
        run("convert", files / "model.joblib", "--out", files / "new.onnx", "--sample", files / "people.csv",
            "--i-trust-this-file", "--json")
    )  # fmt: skip
    assert found["columns"] == ["age", "town"]
    assert found["rows"] == 120
    assert found["max_difference"] < 1e-6
    assert (files / "new.onnx").read_bytes()
    assert not (files / "new.onnx.part").exists()


def test_convert_without_the_word_of_trust_writes_nothing(files: Path) -> None:
    found = run("convert", files / "model.joblib", "--out", files / "new.onnx", "--sample", files / "people.csv")
    assert isinstance(found.exception, RefusedInputError)
    assert not (files / "new.onnx").exists()


def test_convert_refuses_a_difference_above_the_tolerance(files: Path) -> None:
    words = ("convert", files / "model.joblib", "--out", files / "new.onnx", "--sample", files / "people.csv")
    found = run(*words, "--i-trust-this-file", "--tolerance", "1e-12")
    assert isinstance(found.exception, RefusedInputError)
    assert "Nothing was written" in str(found.exception)
    assert not (files / "new.onnx").exists()
    accepted = run(*words, "--i-trust-this-file", "--tolerance", "1e-12", "--accept-rows", "120")
    assert accepted.exit_code == 0
    assert "largest difference" in accepted.stdout


def test_convert_writes_column_names_into_an_onnx_file_that_has_none(tmp_path: Path, shared: Path) -> None:
    columns = "age,education_num,hours_per_week,capital_gain,capital_loss"
    rows = pd.DataFrame(np.arange(50.0).reshape(10, 5), columns=columns.split(","))
    rows.to_parquet(tmp_path / "rows.parquet")
    words = (
        "convert",
        shared / "onnx" / "adult_xgboost.onnx",
        "--out",
        tmp_path / "named.onnx",
        "--sample",
        tmp_path / "rows.parquet",
    )
    assert "Name its columns" in str(run(*words).exception)
    found = answer(run(*words, "--columns", columns, "--json"))
    assert found["columns"] == columns.split(",")
    assert answer(run("inspect", tmp_path / "named.onnx", "--json"))["columns"] == columns.split(",")


def test_wrong_input_ends_with_two_and_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "governance", "predict", "none.onnx", "none.csv", "--out", str(tmp_path / "o.parquet")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert "There is no file" in done.stderr
    assert "Traceback" not in done.stderr


def test_columns_that_nobody_names_are_taken_in_the_order_of_a_table_that_has_just_these(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(60, 3)).astype(np.float32)
    model = LogisticRegression().fit(values, values @ [1.0, -2.0, 0.5] > 0)
    bare = to_onnx(model, values[:1], options={"zipmap": False})
    (tmp_path / "bare.onnx").write_bytes(bare.SerializeToString())
    frame = pd.DataFrame(values, columns=["b", "c", "a"])
    frame.assign(id=range(60)).to_csv(tmp_path / "rows.csv", index=False)
    (tmp_path / "roles.toml").write_text('identifier = "id"\n')
    words = ("predict", tmp_path / "bare.onnx", tmp_path / "rows.csv", "--out", tmp_path / "out.parquet")
    refused = run(*words)
    assert isinstance(refused.exception, RefusedInputError)
    assert "takes 3 columns" in str(refused.exception)
    done = run(*words, "--schema", tmp_path / "roles.toml", "--json")
    assert answer(done)["n"] == 60
    assert "taken in their order ('b', 'c', 'a')" in done.stderr
    found = pd.read_parquet(tmp_path / "out.parquet")["score"]
    assert found.to_numpy() == pytest.approx(model.predict_proba(values)[:, 1], abs=1e-6)
