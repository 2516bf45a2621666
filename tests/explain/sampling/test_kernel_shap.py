"""Kernel SHAP through shap: exact where it can be checked, honest about its budget, and repeatable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from governance.evidence.codec import sha256
from governance.evidence.evidence import NotAssessed
from governance.explain.results.report import GlobalExplanation, LocalExplanation
from governance.explain.sampling.kernel_shap import plan_of, rows_for
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.runs.run import DataFile, ModelFile, Task, execute
from governance.subject.schema import Schema

TOLERANCE = 1e-4
"""In log-odds; the regression is over sums of float32 scores."""


def ask(question: str, place: Path, model: bytes, data: pd.DataFrame, **parameters: object):
    file, table = place / f"{sha256(model)[:12]}.onnx", place / "data.parquet"
    file.write_bytes(model)
    data.to_parquet(table)
    task = Task(
        question, DataFile(str(table), sha256(table.read_bytes()), Schema()),
        ModelFile(str(file), sha256(model), signature_of(model)), parameters=parameters,
    )  # fmt: skip
    return execute(task).evidence


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    return pd.DataFrame({
        "age": rng.integers(18, 80, 150).astype(float), "income": rng.lognormal(10, 1, 150).round(),
        "region": rng.choice(["north", "south", "east"], 150), "job": rng.choice(["a", "b", "c"], 150),
    })  # fmt: skip


@pytest.fixture(scope="module")
def linear(people: pd.DataFrame) -> bytes:
    encoder = ColumnTransformer([
        ("n", StandardScaler(), ["age", "income"]),
        ("c", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["region", "job"]),
    ])  # fmt: skip
    good = (people["age"] > 40) ^ (people["region"] == "north")
    return convert_estimator(make_pipeline(encoder, LogisticRegression()).fit(people, good), people)


def wide() -> tuple[pd.DataFrame, bytes]:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(120, 9)).astype(np.float32), columns=[f"c{i}" for i in range(9)])
    target = frame["c0"] * frame["c1"] + 2 * (frame["c2"] > 0) * frame["c3"]
    return frame, convert_estimator(GradientBoostingRegressor(n_estimators=30).fit(frame, target), frame)


def test_it_agrees_with_the_exact_way_of_a_linear_model(tmp_path: Path, people: pd.DataFrame, linear: bytes) -> None:
    exact, kernel = (
        ask("explain.local", tmp_path, linear, people, row=3, method=way, background_rows=60).read(LocalExplanation)
        for way in ("linear", "kernel")
    )
    assert (kernel.method, kernel.exact, kernel.scale, kernel.link) == ("kernel", False, "raw", "logistic")
    assert kernel.background.digest == exact.background.digest
    assert kernel.base_value == pytest.approx(exact.base_value, abs=TOLERANCE)
    known = {item.feature: item.attribution for item in exact.values}
    assert set(known) == {"age", "income", "region", "job"}
    for item in kernel.values:
        assert item.attribution == pytest.approx(known[item.feature], abs=TOLERANCE)


def test_the_certificate_names_budget_and_gap(tmp_path: Path, people: pd.DataFrame, linear: bytes) -> None:
    evidence = ask("explain.global", tmp_path, linear, people, method="kernel", max_rows=5)
    found = evidence.read(GlobalExplanation)
    assert (found.background.rows, found.background.total) == (100, 150)
    assert 0 <= found.certificate.additivity_gap < 1e-6
    assert isinstance(found.certificate.background_spread, NotAssessed)
    assert "Approximate: shap's KernelExplainer, every set of columns against a background of 100 rows" in " ".join(
        found.certificate.notes
    )
    assert (evidence.rows.used, evidence.rows.total) == (5, 150)


def test_with_a_small_budget_it_samples_says_how_far_off_and_repeats_itself(tmp_path: Path) -> None:
    frame, model = wide()
    small = {"row": 0, "method": "kernel", "model_calls": 4000, "background_rows": 30}
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    found = ask("explain.local", tmp_path, model, frame, **small)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    result = found.read(LocalExplanation)
    exact = ask("explain.local", tmp_path, model, frame, row=0, method="tree", background_rows=30).read(
        LocalExplanation
    )
    assert "44 sampled sets of columns, 3 times, against a background of 30 rows" in result.certificate.notes[0]
    assert 0 < result.certificate.std_error < 0.1
    assert result.certificate.additivity_gap < 1e-6
    known = {item.feature: item.attribution for item in exact.values}
    assert max(abs(item.attribution - known[item.feature]) for item in result.values) < 0.1
    assert ask("explain.local", tmp_path, model, frame, **small).to_bytes() == found.to_bytes()


@pytest.mark.parametrize("players", [1, 2, 4, 12, 60])
@pytest.mark.parametrize("calls", [1, 4000, 200_000])
def test_the_plan_keeps_to_the_budget_unless_that_is_too_small_to_solve(calls: int, players: int) -> None:
    rows = rows_for(calls, players)
    plan = plan_of(calls, players, rows)
    assert 10 <= plan.rows <= 100
    fewest = 10 * min(max(1, 2**players - 2), 12 * players)
    assert plan.rows * plan.sets * plan.runs <= max(calls, fewest)
