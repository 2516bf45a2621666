"""`countersign fairness` and `countersign impact-ratio`, as a pipeline calls them."""

from __future__ import annotations

import json
from pathlib import Path

import fairlearn.metrics as fm
import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.evidence.errors import RefusedInputError

RUN = CliRunner()


def answer(*words: str) -> dict:
    result = RUN.invoke(build(), [*words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "schema.toml"
    path.write_text('target = "income"\npositive = ">50K"\nsensitive = ["sex", "race"]\n', encoding="utf-8")
    return path


def test_the_document_has_the_fields_of_the_contract_and_the_numbers_of_fairlearn(shared: Path, schema: Path) -> None:
    data, model = shared / "data/adult/adult.parquet", shared / "onnx/adult_lr_pipeline_strings_nozipmap.onnx"
    found = answer("fairness", str(data), "--schema", str(schema), "--model", str(model), "--draws", "500")
    assert {"inputs", "environment", "rows", "overall", "by_group", "disparities", "unknown"} <= set(found)
    assert {item["role"] for item in found["inputs"]} == {"data", "model"}
    from governance.cli.inputs import model_file
    from governance.runs.run import DataFile, open_data, open_model
    from governance.subject.schema import Schema

    frame = open_data(DataFile(str(data), "", Schema())).frame()
    score = open_model(model_file(model)).predict(frame).score[:, 1]
    y_true, y_pred = (frame["income"] == ">50K").to_numpy(), score >= 0.5
    gap = next(
        d
        for d in found["disparities"]
        if (d["metric"], d["attribute"], d["method"]) == ("demographic_parity", "sex", "between_groups")
    )
    expected = fm.demographic_parity_difference(y_true, y_pred, sensitive_features=frame["sex"])
    assert gap["difference"] == pytest.approx(expected, abs=1e-12)
    assert gap["low"] < gap["difference"] < gap["high"]
    group = next(g for g in found["by_group"] if g["group"] == {"sex": "Female", "race": "Black"})
    part = ((frame["sex"] == "Female") & (frame["race"] == "Black")).to_numpy()
    item = group["metrics"]["selection_rate"]
    assert group["n"] == int(part.sum())
    assert item["value"] == pytest.approx(y_pred[part].mean(), abs=1e-12)
    assert {"value", "low", "high", "verdict"} <= set(item)


def test_score_columns_do_without_a_model(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    pd.DataFrame({"g": ["a", "b", ""] * 40, "y": [0, 1] * 60, "s": [0.2, 0.7, 0.9, 0.4] * 30}).to_csv(path, index=False)
    words = ("--sensitive", "g", "--target", "y", "--positive", "1", "--score", "s", "--draws", "0")
    found = answer("fairness", str(path), *words)
    assert found["rows"] == {"used": 120, "total": 120, "dropped": []}
    assert found["unknown"]["g"]["rows"] == 40
    assert {group["group"]["g"] for group in found["by_group"]} == {"a", "b", "unknown"}


def test_a_table_of_counts_is_enough_for_impact_ratios(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("category,applicants,selected\nWhite,80,48\nBlack,40,12\n", encoding="utf-8")
    found = answer("impact-ratio", "--table", str(path))
    assert found["reference"] == "White"
    assert found["unknown"] == 0
    assert [(g["category"], g["impact_ratio"], g["below_four_fifths"]) for g in found["groups"]] == [
        ("White", 1.0, False),
        ("Black", 0.5, True),
    ]
    assert {"category", "applicants", "selected", "rate", "impact_ratio", "excluded", "below_four_fifths"} <= set(
        found["groups"][0]
    )


def test_the_public_summary_is_written_in_the_form_that_the_file_name_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("category,applicants,selected\nWhite,80,48\nBlack,40,12\n", encoding="utf-8")
    for kind in ("csv", "html", "json"):
        out = tmp_path / f"summary.{kind}"
        answer("impact-ratio", "--table", str(path), "--summary", str(out), "--tool", "Ranker")
        assert "Ranker" in out.read_text(encoding="utf-8")
    lines = (tmp_path / "summary.csv").read_text(encoding="utf-8").splitlines()
    assert "Black,40,12,0.300000,0.500000,yes,no" in lines[-2]
    with pytest.raises(RefusedInputError, match=r"public summary 'pdf'. Known: csv, html, json"):
        answer("impact-ratio", "--table", str(path), "--summary", str(tmp_path / "summary.pdf"))


def test_one_and_only_one_source_of_counts_is_accepted() -> None:
    with pytest.raises(RefusedInputError, match="both or neither"):
        RUN.invoke(build(), ["impact-ratio"], catch_exceptions=False)


def test_people_read_sentences(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    pd.DataFrame({"g": ["a"] * 90 + ["b"] * 90, "p": [1] * 80 + [0] * 10 + [1] * 20 + [0] * 70}).to_csv(
        path, index=False
    )
    words = ["fairness", str(path), "--sensitive", "g", "--positive", "1", "--prediction", "p", "--draws", "300"]
    result = RUN.invoke(build(), words, catch_exceptions=False)
    assert "demographic_parity by g: 0.667" in result.stdout
    assert "b (90 rows): worse in share selected (selection rate)" in result.stdout


def test_candidates_are_files_with_their_provenance(tmp_path: Path) -> None:
    import numpy as np

    rng = np.random.default_rng(3)
    g = rng.choice(["a", "b"], 600)
    x = rng.normal(0, 1, 600) - (g == "b")
    frame = pd.DataFrame({"g": g, "x": x, "y": (x + rng.normal(0, 0.5, 600) > -0.3).astype(int)})
    data, roles = tmp_path / "train.parquet", tmp_path / "s.toml"
    frame.to_parquet(data)
    roles.write_text('target = "y"\npositive = "1"\nsensitive = ["g"]\n', encoding="utf-8")
    words = (
        "--schema",
        str(roles),
        "--attribute",
        "g",
        "--out",
        str(tmp_path / "out"),
        "--size",
        "5",
        "--parent",
        "ab",
    )
    found = answer("mitigate", str(data), *words)
    assert found["parent"] == "ab"
    assert found["candidates"]
    inspected = answer("inspect", str(tmp_path / "out" / found["candidates"][0]["file"]))
    assert inspected["task"] == "binary"
    assert not inspected["refused"]
