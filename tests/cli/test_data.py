"""The commands about tables, as a pipeline runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def countersign(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "governance", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    rows = "".join(
        f"{i},{'f' if i % 3 else 'm'},{20 + i * i * 7919 % 101 % 50},{'yes' if i % 4 else 'no'},{i * 7919 % 100_003}\n"
        for i in range(300)
    )
    path.write_text("id,sex,age,paid,wage\n" + rows, encoding="utf-8")
    return path


def test_quality_prints_the_fields_of_the_contract_and_nothing_else(table: Path) -> None:
    done = countersign("quality", table, "--target", "paid", "--positive", "yes", "--identifier", "id", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert {"inputs", "environment", "rows", "checks"} <= set(found)
    assert {"check", "column", "outcome", "value", "threshold", "reason"} <= set(found["checks"][0])
    assert {item["outcome"] for item in found["checks"]} <= {"passed", "failed", "not_run"}


def test_expectations_are_proposed_edited_and_held(table: Path, tmp_path: Path) -> None:
    written, roles = tmp_path / "expected.toml", tmp_path / "roles.toml"
    roles.write_text('identifier = "id"', encoding="utf-8")
    assert countersign("expectations", table, "--schema", roles, "--out", written).returncode == 0
    text = written.read_text(encoding="utf-8")
    assert 'column = "age"' in text
    assert countersign("quality", table, "--expectations", written, "--schema", roles, "--strict").returncode == 0
    written.write_text(text.replace("maximum = 69.0", "maximum = 30.0"), encoding="utf-8")
    failed = countersign("quality", table, "--expectations", written, "--schema", roles, "--strict")
    assert failed.returncode == 1
    assert "lie outside 20 to 30" in failed.stdout


def test_a_suite_of_great_expectations_goes_out_and_comes_in(table: Path, tmp_path: Path) -> None:
    suite = tmp_path / "suite.json"
    done = countersign("expectations", table, "--format", "great-expectations", "--out", suite)
    assert "cannot be written as great-expectations" in done.stderr
    found = json.loads(countersign("quality", table, "--expectations", suite, "--json").stdout)
    assert ("values", "sex", "passed") in [(one["check"], one["column"], one["outcome"]) for one in found["checks"]]


def test_the_audit_names_groups_and_proxies(table: Path) -> None:
    found = json.loads(countersign("audit-data", table, "--sensitive", "sex", "--json").stdout)
    assert {item["group"][0]["value"]: item["rows"] for item in found["groups"]} == {"f": 200, "m": 100}


def test_wrong_input_ends_with_code_2_and_words(tmp_path: Path) -> None:
    bad = tmp_path / "page.csv"
    bad.write_text("<html></html>", encoding="utf-8")
    done = countersign("quality", bad)
    assert done.returncode == 2
    assert "web page" in done.stderr
    assert "Traceback" not in done.stderr
