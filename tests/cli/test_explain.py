"""Explain and LIME from the command line, on plain files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LinearRegression
from typer.testing import CliRunner, Result

from governance.__main__ import build
from governance.evidence.errors import RefusedInputError
from governance.models.convert.convert import convert_estimator


def run(*words: object) -> Result:
    return CliRunner().invoke(build(), [str(word) for word in words])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(150, 3)).astype(np.float32), columns=["a", "b", "c"])
    model = GradientBoostingClassifier(n_estimators=5).fit(rows, (rows.a + rows.b > 0).astype(int))
    (place / "model.onnx").write_bytes(convert_estimator(model, rows))
    rows.iloc[:100].to_csv(place / "data.csv", index=False)
    rows.iloc[100:].to_csv(place / "background.csv", index=False)
    return place


def test_explain_prints_the_promised_fields_and_writes_the_attributions(files: Path) -> None:
    out = files / "attributions.parquet"
    result = run(
        "explain",
        files / "model.onnx",
        files / "data.csv",
        "--background",
        files / "background.csv",
        "--out",
        out,
        "--json",
    )
    assert result.exit_code == 0, result.exception
    found = json.loads(result.stdout)
    assert (found["method"], found["exact"], found["scale"], found["background_rows"]) == ("tree", True, "raw", 50)
    assert list(found["importance"])[2] == "c"
    assert found["certificate"]["additivity_gap"] < 1e-5
    assert found["certificate"]["seed_spread"] == 0
    assert {"inputs", "environment", "rows", "base_value"} <= set(found)
    table = pd.read_parquet(out)
    assert list(table.columns) == ["a", "b", "c", "base_value", "model_output"]
    assert len(table) == 100
    assert table.a.abs().mean() == pytest.approx(found["importance"]["a"], abs=1e-5)


def test_explain_speaks_to_people_too(files: Path) -> None:
    result = run("explain", files / "model.onnx", files / "data.csv")
    assert "tree, exact, in log-odds" in result.stdout
    assert "values add up to the model's own score" in result.stdout


def test_lime_prints_the_promised_fields(files: Path) -> None:
    result = run(
        "lime", files / "model.onnx", files / "data.csv", "--row", 4, "--samples", 200, "--repeats", 2, "--json"
    )
    assert result.exit_code == 0, result.exception
    found = json.loads(result.stdout)
    assert set(found["weights"]) == {"a", "b", "c"}
    assert {"intercept", "local_r2", "stability", "agreement"} <= set(found)


def test_an_unknown_way_is_refused_with_the_known_ones(files: Path) -> None:
    result = run("explain", files / "model.onnx", files / "data.csv", "--method", "magic")
    assert result.exit_code == 2
    for way in ("auto", "enumeration", "kernel", "leverage", "linear", "permutation", "tree"):
        assert repr(way) in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--class", "7"), "No class '7'. Known: 0, 1."),
        (("--scale", "probability"), "on the raw scale (log-odds) only"),
        (("--schema", "none.toml"), "There is no file 'none.toml'."),
        (("--out", "nowhere/out.parquet"), "There is no folder 'nowhere' to write to."),
        (("--out", "."), "'.' is a folder, expected the name of a file."),
    ],
)
def test_what_explain_cannot_do_is_refused_with_what_to_do_instead(
    files: Path, words: tuple[str, str], message: str
) -> None:
    way = ("--method", "tree") if words[1] == "probability" else ()
    error = run("explain", files / "model.onnx", files / "data.csv", *words, *way).exception
    assert isinstance(error, RefusedInputError)
    assert message in str(error)
    assert error.advice


def test_a_file_that_is_no_text_is_no_schema(files: Path) -> None:
    found = run("explain", files / "model.onnx", files / "data.csv", "--schema", files / "model.onnx")
    assert isinstance(found.exception, RefusedInputError)
    assert "is not UTF-8 text" in str(found.exception)


def test_a_class_of_a_model_that_answers_with_a_number_is_refused(tmp_path: Path, files: Path) -> None:
    rows = pd.read_csv(files / "data.csv").astype(np.float32)
    (tmp_path / "line.onnx").write_bytes(convert_estimator(LinearRegression().fit(rows, rows.a), rows))
    found = run("explain", tmp_path / "line.onnx", files / "data.csv", "--class", "1")
    assert isinstance(found.exception, RefusedInputError)
    assert "has no classes; got class '1'" in str(found.exception)


def test_kernel_shap_is_named_as_approximate_with_its_budget(files: Path) -> None:
    result = run("explain", files / "model.onnx", files / "data.csv", "--method", "kernel", "--max-rows", 3, "--json")
    assert result.exit_code == 0, result.exception
    found = json.loads(result.stdout)
    assert (found["method"], found["exact"], found["background_rows"]) == ("kernel", False, 100)
    assert found["certificate"]["additivity_gap"] < 1e-6
    assert any("shap's KernelExplainer" in note for note in found["certificate"]["notes"])


def test_explain_ranks_the_pairs_that_act_together_when_asked(files: Path) -> None:
    words = ("explain", files / "model.onnx", files / "data.csv", "--interactions")
    found = json.loads(run(*words, "--json").stdout)["interactions"]
    assert sorted(found["columns"]) == ["a", "b", "c"]
    strengths = [item["mean_abs"] for item in found["pairs"]]
    assert strengths == sorted(strengths, reverse=True)
    assert {found["pairs"][0]["first"], found["pairs"][0]["second"]} == {"a", "b"}
    assert "pairs of columns that act together" in run(*words).stdout


@pytest.fixture(scope="module")
def credit(files: Path) -> Path:
    """Rows with an outcome, and roles."""
    rows = pd.read_csv(files / "data.csv")
    rows.assign(good=(rows.a + rows.b > 0).astype(int)).to_csv(files / "credit.csv", index=False)
    (files / "roles.toml").write_text('target = "good"\npositive = "1"\n', encoding="utf-8")
    (files / "words.txt").write_text("a: The first number is too small\n", encoding="utf-8")
    return files


def test_reasons_of_everybody_are_written_in_the_organisations_words(credit: Path) -> None:
    out = credit / "reasons.csv"
    result = run(
        "reasons", credit / "model.onnx", credit / "credit.csv", "--schema", credit / "roles.toml",
        "--wording", credit / "words.txt", "--count", 2, "--out", out, "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.exception
    found, table = json.loads(result.stdout), pd.read_csv(out)
    assert (found["exact"], found["reference_group"], found["unfavourable"]) == (True, "favourable", len(table))
    assert list(table.columns[3:]) == ["reason_1", "value_1", "attribution_1", "reason_2", "value_2", "attribution_2"]
    assert (table.prediction < 0.5).all()
    first = found["rows"][0]["reasons"][0]
    assert table.reason_1[0] == first["text"]
    assert set(table.reason_1) <= {"The first number is too small", "b", "c"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--row", "5000"), "no row 5000"),
        (("--wording", "model.onnx"), "cannot be read as text"),
    ],
)
def test_reasons_refuse_what_makes_no_sense(credit: Path, words: tuple[str, str], message: str) -> None:
    value = credit / words[1] if words[1].endswith("onnx") else words[1]
    result = run(
        "reasons", credit / "model.onnx", credit / "credit.csv", "--schema", credit / "roles.toml", words[0], value
    )
    assert isinstance(result.exception, RefusedInputError)
    assert message in str(result.exception)


def test_a_file_is_explained_in_parts_as_it_is_in_one_piece(files: Path, tmp_path: Path) -> None:
    pd.read_csv(files / "data.csv").to_parquet(tmp_path / "data.parquet", row_group_size=30)
    words = ("explain", files / "model.onnx", tmp_path / "data.parquet", "--background", files / "background.csv")
    whole = json.loads(run(*words, "--json").stdout)
    result = run(*words, "--parts", tmp_path / "parts", "--json")
    assert result.exit_code == 0, result.exception
    found = json.loads(result.stdout)
    assert (found["method"], found["exact"], found["rows"], found["background_rows"]) == ("tree", True, 100, 50)
    assert found["importance"] == pytest.approx(whole["importance"], abs=1e-6)
    assert found["base_value"] == pytest.approx(whole["base_value"])
    table = pd.concat([pd.read_parquet(file) for file in found["files"]])
    assert len(table) == 100
    assert np.abs(table[["a", "b", "c"]].sum(axis=1) + table.base_value - table.model_output).max() < 1e-5
    assert "100 rows in 1 files" in run(*words, "--parts", tmp_path / "again").stdout


def test_parts_are_refused_without_rows_to_compare_with(files: Path, tmp_path: Path) -> None:
    found = run("explain", files / "model.onnx", files / "data.csv", "--parts", tmp_path)
    assert isinstance(found.exception, RefusedInputError)
    assert "Give --background FILE." in str(found.exception)


ADULT = "age,education_num,hours_per_week,capital_gain,capital_loss"
CONVERTED = {
    "adult_gbc_float32_nozipmap": (ADULT, "tree"),
    "adult_hours_regressor": ("age,education_num", "tree"),
    "adult_lightgbm_nozipmap": (ADULT, "tree"),
    "adult_lightgbm_zipmap": (ADULT, "tree"),
    "adult_lr_pipeline_strings_nozipmap": ("", "linear"),
    "adult_lr_pipeline_strings_zipmap": ("", "linear"),
    "adult_rf_string_labels_zipmap": ("", "tree"),
    "adult_xgboost": (ADULT, "tree"),
}


@pytest.fixture(scope="module")
def adult(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = pd.read_parquet(shared / "data" / "adult" / "adult.parquet").iloc[:80]
    place = tmp_path_factory.mktemp("adult") / "adult.parquet"
    rows.rename(columns=lambda name: name.replace("-", "_")).to_parquet(place)
    return place


def test_every_converted_model_is_known_here(shared: Path) -> None:
    assert {file.stem for file in (shared / "onnx").glob("adult_*.onnx")} == set(CONVERTED)


@pytest.mark.parametrize("name", CONVERTED)
def test_models_of_every_library_are_explained_in_both_ways(shared: Path, adult: Path, name: str) -> None:
    columns, way = CONVERTED[name]
    named = ("--columns", columns) if columns else ()
    file = shared / "onnx" / f"{name}.onnx"
    explained = run("explain", file, adult, *named, "--json")
    assert explained.exit_code == 0, explained.exception
    found = json.loads(explained.stdout)
    assert (found["method"], found["exact"]) == (way, True)
    assert found["certificate"]["additivity_gap"] < 1e-5 * max(1.0, abs(found["base_value"]))
    by_lime = run("lime", file, adult, "--row", 3, "--samples", 60, "--repeats", 1, *named, "--json")
    assert by_lime.exit_code == 0, by_lime.exception
    assert set(json.loads(by_lime.stdout)["weights"]) == set(found["importance"])


def test_a_model_that_the_runtime_refuses_is_refused_in_words(shared: Path, adult: Path) -> None:
    file = shared / "onnx" / "INVALID_gbc_float64_output_type.onnx"
    for words in (("explain", file, adult), ("lime", file, adult, "--row", 0)):
        error = run(*words, "--columns", ADULT).exception
        assert isinstance(error, RefusedInputError)
        assert "INVALID_gbc_float64_output_type.onnx is refused" in str(error)
