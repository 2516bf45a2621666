"""`--evidence`: analyses on plain files give documents that the gate reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from typer.testing import CliRunner, Result

from governance.__main__ import build
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import Evidence
from governance.models.convert.convert import convert_estimator

RULE = """title = "Pipeline"
[[requirements]]
id = "gap"
method = "fairness.by_group"
metric = "max(disparities[metric=demographic_parity,method=between_groups].difference)"
limit = {{ max = "{limit}" }}
severity = "blocking"
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(build(), [str(word) for word in words])


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    pd.DataFrame({"g": ["a"] * 90 + ["b"] * 90, "p": [1] * 60 + [0] * 30 + [1] * 42 + [0] * 48}).to_csv(
        path, index=False
    )
    return path


def test_a_pipeline_goes_on_or_stops_by_the_evidence_of_fairness(people: Path, tmp_path: Path) -> None:
    words = ("fairness", people, "--sensitive", "g", "--positive", "1", "--prediction", "p", "--draws", 0)
    out = tmp_path / "fairness.json"
    result = run(*words, "--evidence", out, "--json")
    assert result.exit_code == 0, result.exception
    found = Evidence.from_bytes(out.read_bytes())
    assert found.to_bytes() == out.read_bytes()
    assert json.loads(result.stdout)["rows"]["total"] == found.rows.total == 180
    for limit, code in (("0.21", 0), ("0.19", 1)):
        policy = tmp_path / f"{limit}.toml"
        policy.write_text(RULE.format(limit=limit), encoding="utf-8")
        answer = run("gate", "--policy", policy, out, "--json")
        assert answer.exit_code == code, answer.exception
        (line,) = json.loads(answer.stdout)["requirements"]
        assert line["evidence"] == found.digest
        assert line["value"] == pytest.approx(0.2)


def test_every_analysis_writes_the_evidence_of_its_method(people: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(80, 2)).astype(np.float32), columns=["a", "b"])
    model, data = tmp_path / "model.onnx", tmp_path / "rows.csv"
    model.write_bytes(convert_estimator(LogisticRegression().fit(rows, rows["a"] > 0), rows))
    rows.to_csv(data, index=False)
    later = tmp_path / "later.csv"
    pd.read_csv(people).iloc[1:].to_csv(later, index=False)
    commands = {
        "quality.checks": ("quality", people), "data.audit": ("audit-data", people, "--sensitive", "g"),
        "drift.columns": ("drift", people, later), "explain.global": ("explain", model, data),
        "explain.lime": ("lime", model, data, "--row", 0, "--samples", 100, "--repeats", 2),
    }  # fmt: skip
    for method, words in commands.items():
        out = tmp_path / f"{method}.json"
        result = run(*words, "--evidence", out)
        assert result.exit_code == 0, (method, result.exception)
        assert Evidence.from_bytes(out.read_bytes()).key.method == method


def test_a_place_that_cannot_be_written_is_told_in_words(people: Path, tmp_path: Path) -> None:
    result = run("quality", people, "--evidence", tmp_path / "nowhere" / "found.json")
    assert isinstance(result.exception, RefusedInputError)
    assert "Name a file in a folder that exists" in str(result.exception)
