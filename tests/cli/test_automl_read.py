"""`countersign automl read`: leaderboard, answers and norms in; a statement about each model out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build, named
from governance.evidence import RefusedInputError
from tests.cli.every_command import NORMS


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    rng = np.random.default_rng(1)
    sex = rng.choice(["F", "M"], 2_000)
    frame = pd.DataFrame(
        {"sex": sex, "good": rng.integers(0, 2, 2_000), "plain": (sex == "M") * 0.9, "mild": rng.random(2_000)}
    )
    frame.to_csv(tmp_path / "answers.csv", index=False)
    (tmp_path / "board.csv").write_text("model,score\nplain,0.91\nmild,0.80\ngone,0.70\n")
    (tmp_path / "norms.toml").write_text(NORMS)
    return ["automl", "read", str(tmp_path / "board.csv"), "--kind", "csv", "--predictions", str(tmp_path / "answers.csv"),
            "--norms", str(tmp_path / "norms.toml"), "--target", "good", "--positive", "1", "--sensitive", "sex"]  # fmt: skip


def test_each_model_is_judged_and_those_without_answers_are_named(words: list[str]) -> None:
    told = CliRunner().invoke(build(named(words)), [*words, "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert found["method"] == "fairness.finished"
    assert [(item["name"], item["verdict"], item["own_score"]) for item in found["models"]] == [
        ("plain", "violated", "0.91"), ("mild", "kept", "0.80"),
    ]  # fmt: skip
    assert found["without_answers"] == ["gone"]
    said = CliRunner().invoke(build(named(words)), words)
    assert "plain: breaks them; its search said 0.91" in said.stdout
    assert "note: 1 models have no column of answers: gone." in said.stdout


def test_no_model_that_keeps_the_norms_is_not_satisfied(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "board.csv").write_text("model\nplain\n")
    assert CliRunner().invoke(build(named(words)), words).exit_code == 1


def test_a_leaderboard_without_any_answers_is_refused(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "board.csv").write_text("model\nnobody\n")
    told = CliRunner().invoke(build(named(words)), words)
    assert isinstance(told.exception, RefusedInputError)
    assert "None of the 1 models" in told.exception.what


def test_the_longer_name_is_meant_where_one_begins_another() -> None:
    assert [item.name for item in named(["automl", "read", "x"])] == ["automl read"]
    assert [item.name for item in named(["automl", "people.csv"])] == ["automl"]
    assert "automl read" in CliRunner().invoke(build(), ["--help"]).stdout
