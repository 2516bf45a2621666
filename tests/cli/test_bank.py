"""A real table from end to end on the command line: bank calls in the order of their dates, 2008 to 2010.

What is known of them (Moro, Cortez and Rita, Decision Support Systems 62:22-31, 2014, and the rows themselves): the share of calls that
succeed rises from 5 % to 52 %, the channel "unknown" goes from nearly half to none, and `duration` is known only after the call.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build

SCHEMA = 'target = "y"\npositive = "yes"\nselected_is = "good"\nsensitive = ["marital"]\nthreshold = 0.2\n'
ROWS = 8_000


def call(*words: object) -> tuple[int, dict]:
    found = CliRunner().invoke(build(), [*map(str, words), "--json"], catch_exceptions=False)
    return found.exit_code, json.loads(found.stdout)


@pytest.fixture(scope="module")
def bank(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first and the last calls as CSV, roles, and a model trained on the first ones as ONNX."""
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    from governance.models.convert.convert import convert_estimator

    home = tmp_path_factory.mktemp("bank")
    calls = pd.read_parquet(shared / "data" / "bank_marketing" / "bank_marketing.parquet")
    calls.to_csv(home / "calls.csv", index=False)
    early = calls.iloc[:ROWS]
    early.to_csv(home / "early.csv", index=False)
    calls.iloc[-ROWS:].to_csv(home / "late.csv", index=False)
    (home / "roles.toml").write_text(SCHEMA, encoding="utf-8")
    inputs = ["age", "balance", "campaign", "duration", "job", "marital", "education", "housing", "loan", "contact"]
    made = ColumnTransformer([
        ("number", StandardScaler(), inputs[:4]), ("text", OneHotEncoder(handle_unknown="ignore"), inputs[4:]),
    ])  # fmt: skip
    model = make_pipeline(made, LogisticRegression(max_iter=1_000)).fit(early[inputs], early["y"] == "yes")
    (home / "model.onnx").write_bytes(convert_estimator(model, early[inputs]))
    return home


def test_the_data_are_checked_and_the_leak_and_the_order_are_named(bank: Path) -> None:
    code, found = call("quality", bank / "calls.csv", "--schema", bank / "roles.toml", "--strict")
    failed = {(item["check"], item["column"]) for item in found["checks"] if item["outcome"] == "failed"}
    assert code == 1
    assert {column for check, column in failed if check == "leakage"} == {"duration"}
    assert failed >= {("order", "y"), ("order", "contact"), ("order", "month")}


def test_expectations_of_the_first_calls_are_broken_by_the_last(bank: Path) -> None:
    proposed = [
        "expectations",
        str(bank / "early.csv"),
        "--schema",
        str(bank / "roles.toml"),
        "--out",
        str(bank / "e.toml"),
    ]
    assert CliRunner().invoke(build(), proposed, catch_exceptions=False).exit_code == 0
    asked = ("--schema", bank / "roles.toml", "--expectations", bank / "e.toml", "--strict")
    _, own = call("quality", bank / "early.csv", *asked)
    code, found = call("quality", bank / "late.csv", *asked)
    assert code == 1
    failed, before = (
        {(item["check"], item["column"]) for item in one["checks"] if item["outcome"] == "failed"}
        for one in (found, own)
    )
    assert ("values", "month") in failed - before
    assert ("values", "poutcome") in failed - before


def test_the_leak_is_what_moves_the_model_most(bank: Path) -> None:
    code, found = call("explain", bank / "model.onnx", bank / "late.csv", "--background", bank / "early.csv")
    assert code == 0
    assert max(found["importance"], key=found["importance"].get) == "duration"


def test_base_rate_and_channel_moved_and_what_follows_is_said_with_its_costs(bank: Path) -> None:
    code, found = call(
        "drift", bank / "early.csv", bank / "late.csv", "--schema", bank / "roles.toml", "--model", bank / "model.onnx",
        "--cost-wrong", "5", "--cost-miss", "100", "--cost-change", "20000", "--cost-unit", "EUR",
    )  # fmt: skip
    columns = {item["name"]: item for item in found["columns"]}
    assert code == 0
    assert (columns["y"]["verdict"], columns["contact"]["verdict"]) == ("material", "material")
    assert found["columns"][0]["matters"] == "matters"
    rates = [found["performance"][side]["base_rate"]["value"] for side in ("reference", "current")]
    early, late = (pd.read_csv(bank / f"{name}.csv")["y"] == "yes" for name in ("early", "late"))
    assert rates == pytest.approx([early.mean(), late.mean()], abs=1e-12)
    assert rates[1] > 4 * rates[0]
    assert found["harm"]["parts"]["changed_outcome"]["low"] > 0
    stakes = found["action"]["stakes"]
    assert (stakes["unit"], stakes["basis"]) == ("EUR", "labels")
    assert stakes["waiting_low"] > 0
    inside = {(item["column"], item["group"]): item for item in found["within"]}
    assert inside["contact", "single"]["verdict"] == inside["contact", "married"]["verdict"] == "material"
    assert inside["contact", "single"]["n_reference"] == int(
        (pd.read_csv(bank / "early.csv")["marital"] == "single").sum()
    )


def test_a_watch_on_a_frozen_baseline_alarms(bank: Path) -> None:
    made, _ = call("baseline", bank / "early.csv", "--schema", bank / "roles.toml", "--out", bank / "baseline.json")
    assert made == 0
    code, found = call("watch", bank / "baseline.json", bank / "late.csv")
    assert (code, found["satisfied"]) == (1, False)
    assert {"y", "contact"} <= set(found["alerts"])
