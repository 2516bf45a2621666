"""Adding a plug-in is one object and one line: a toy of each kind reaches every place where a real one stands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.cli.evidence_file import write_evidence
from governance.data.in_memory import InMemory
from governance.dossier.clauses import CLAUSES
from governance.dossier.findings import findings
from governance.dossier.report import Section
from governance.drift.columns import column_tests
from governance.drift.columns.limits import Limits
from governance.drift.compare import columns
from governance.drift.results.report import ColumnDrift, DriftReport
from governance.drift.spec import DriftParameters
from governance.evidence.codec import decode, encode, parse
from governance.evidence.evidence import Evidence, Finding, Input, RunKey, environment, silent
from governance.evidence.method_spec import MethodSpec
from governance.fairness.by_group import by_group
from governance.fairness.report import FairnessReport, Limits as FairnessLimits
from governance.fairness.spec import ByGroup
from governance.quality import check_list, expectation as expected
from governance.quality.checks import run as check
from governance.quality.expectations import edit, formats
from governance.quality.report import QualityReport
from governance.quality.spec import QualityParameters
from governance.runs import catalogue
from governance.runs.run import DataFile, Task, execute
from governance.statistics import metric_list
from governance.subject.schema import Schema
from governance.subject.subject import Subject
from pages._ui import findings as page_findings, glossary
from pages._ui.navigation import ENTRIES
from tests import golden, toys

RUN = CliRunner()


def said(*words: str) -> str:
    result = RUN.invoke(build(), list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def recorded(method: str, finding: Finding[Any]) -> Evidence:
    """Return a finding as evidence, as a run would record it."""
    spec = catalogue.method(method)
    key = RunKey(method, spec.version, (Input("data", "00" * 32),), "", {}, {}, 0)
    return Evidence(key, finding.rows, environment(), encode(finding.result, spec.result))


def reported(evidence: Evidence) -> Section:
    """Return what the decision report says of one piece of evidence."""
    return next(iter(findings({"ab" * 32: evidence})))


# --- a drift test


def window(seed: int, shift: float) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    empty = np.full(6000, np.nan) if shift else rng.normal(size=6000)
    return pd.DataFrame({"x": rng.normal(shift, 1, 6000), "gone": empty})


def moved(limits: Limits | None = None) -> Finding[DriftReport]:
    """Return the drift of a column that moved by less than every real limit, and of one whose values are gone."""
    subject = Subject(InMemory(window(2, 0.05), Schema()), reference=InMemory(window(1, 0.0), Schema()))
    parameters = DriftParameters(multivariate=False, limits=limits or Limits())
    return columns(subject, parameters, rng=np.random.default_rng(0), progress=silent)


def column(name: str, limits: Limits | None = None) -> ColumnDrift:
    report = moved(limits).result
    assert isinstance(report, DriftReport)
    return report.column(name)


@pytest.fixture
def drift_toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_tests, "COLUMN_TESTS", (*column_tests.COLUMN_TESTS, toys.DRIFT))


def test_without_the_toy_the_column_has_moved_by_less_than_matters() -> None:
    assert column("x").verdict == "small"
    assert "toy" not in column("x").tests


@pytest.mark.usefixtures("drift_toy")
def test_a_toy_drift_test_is_judged_alarms_and_stands_where_values_are_absent() -> None:
    found = column("x")
    assert found.tests["toy"].alert
    assert (found.verdict, found.reason.endswith("of the rows lie in other cells (limit 0.001).")) == ("material", True)
    absent = column("gone").tests["toy"]
    assert (absent.statistic, absent.alert, absent.reason) == (None, False, "no usable value in the current window")


@pytest.mark.usefixtures("drift_toy")
def test_a_toy_drift_test_has_a_limit_that_parameters_can_name() -> None:
    assert encode(DriftParameters())["limits"]["toy"] == 0.001
    wide = decode(DriftParameters, {"limits": {"toy": 0.9}}).limits
    assert wide["toy"] == 0.9
    assert not column("x", wide).tests["toy"].alert
    assert column("x", wide).verdict == "small"


@pytest.mark.usefixtures("drift_toy")
def test_a_toy_drift_test_is_in_the_document_and_in_the_text(tmp_path: Path) -> None:
    files = [str(tmp_path / "before.csv"), str(tmp_path / "now.csv")]
    for path, (seed, shift) in zip(files, ((1, 0.0), (2, 0.05)), strict=True):
        window(seed, shift)[["x"]].to_csv(path, index=False)
    document = json.loads(said("drift", *files, "--json"))
    assert document["columns"][0]["tests"]["toy"]["alert"] is True
    text = said("drift", *files)
    assert "Rows in other cells (total variation) 0.0" in text
    assert "limit 0.001" in text


@pytest.mark.usefixtures("drift_toy")
def test_a_toy_drift_test_is_on_the_page_in_the_glossary_and_in_the_report() -> None:
    def page() -> None:
        import streamlit as st

        from pages.explore.drift import sections
        from tests.test_plugins import column

        st.session_state["tests-in-words"] = True
        sections.column(column("x"))

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert not drawn.exception
    row = next(table.value for table in drawn.dataframe if "test" in table.value).set_index("test")
    assert row.loc[toys.DRIFT.label, "alert"] == "alert"
    assert any(toys.DRIFT.meaning in item.value for item in drawn.markdown)
    assert glossary.about("toy") == f"{toys.DRIFT.meaning} The field calls it total variation distance."
    line = next(row for row in reported(recorded("drift.columns", moved())).rows if row[1] == "x")
    assert (line[0], line[3], line[4]) == (toys.DRIFT.label, "limit 0.001", "moved by more than matters")


# --- a fairness metric


def people(n: int = 800) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    group = np.array(["a"] * (n // 2) + ["b"] * (n // 2 - 5) + ["few"] * 5)
    label = rng.integers(0, 2, n)
    wrong = rng.random(n) < np.where(group == "b", 0.4, 0.1)
    return pd.DataFrame({"group": group, "y": label, "score": np.where(wrong, 1 - label, label).astype(float)})


ROLES = Schema(target="y", positive="1", score="score", sensitive=("group",))


def compared() -> Finding[FairnessReport]:
    subject, asked = Subject(InMemory(people(), ROLES)), ByGroup(limits=FairnessLimits(draws=200))
    return by_group(subject, asked, rng=np.random.default_rng(0), progress=silent)


def fairness_report() -> FairnessReport:
    report = compared().result
    assert isinstance(report, FairnessReport)
    return report


@pytest.fixture
def fairness_toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metric_list, "METRICS", (*metric_list.METRICS, toys.FAIRNESS))


@pytest.mark.usefixtures("fairness_toy")
def test_a_toy_metric_is_judged_has_a_disparity_and_stands_where_nobody_can_judge() -> None:
    report = fairness_report()
    found = {group.name: group.metric("toy_rate") for group in report.by_group}
    assert found["b"] is not None
    assert (found["b"].verdict, found["b"].value) == ("worse", pytest.approx(0.4, abs=0.05))
    assert found["few"] is not None
    assert found["few"].verdict == "not_enough_data"
    assert found["few"].reason
    gap = next(item for item in report.disparities if (item.metric, item.method) == ("toy_parity", "between_groups"))
    assert (gap.worst, gap.difference) == ("b", pytest.approx(0.3, abs=0.07))


@pytest.mark.usefixtures("fairness_toy")
def test_a_toy_metric_is_in_the_document_and_in_the_text(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    people().to_csv(path, index=False)
    asked = ("fairness", str(path), "--target", "y", "--positive", "1", "--score", "score", "--sensitive", "group")
    document = json.loads(said(*asked, "--draws", "200", "--json"))
    group = next(item for item in document["by_group"] if item["group"] == {"group": "b"})
    assert group["metrics"]["toy_rate"]["verdict"] == "worse"
    text = said(*asked, "--draws", "200")
    assert "wrong decisions (error rate)" in next(line for line in text.splitlines() if line.startswith("b ("))
    assert re.search(r"^toy_parity by group: 0\.\d+ \(0\.\d+ to 0\.\d+\), worst b$", text, re.MULTILINE)


@pytest.mark.usefixtures("fairness_toy")
def test_a_toy_metric_is_on_the_page_in_the_glossary_and_in_the_report() -> None:
    def page() -> None:
        from pages.explore.fairness import groups
        from tests.test_plugins import fairness_report

        report = fairness_report()
        assert "toy_rate" in groups.metric_names(report)
        groups.by_group(report, report.by_group, "toy_rate", "toy")
        groups.disparities(report, "group")

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert not drawn.exception
    assert "Wrong decisions (error rate)" in drawn.get("vega_lite_chart")[0].proto.spec
    assert any("Wrong decisions (error rate)" in item.value.to_string() for item in drawn.dataframe)
    assert "zero-one loss" in (glossary.about("toy_rate") or "")
    rows = reported(recorded("fairness.by_group", compared())).rows
    assert ("Wrong decisions (error rate), difference (toy parity)", "group: b against a") in {row[:2] for row in rows}


# --- a quality check


TABLE = pd.DataFrame({"amount": [1.5, -2.5, 3.5], "name": ["a", "b", "c"]})


def checked(parameters: QualityParameters | None = None, frame: pd.DataFrame = TABLE) -> Finding[QualityReport]:
    subject = Subject(InMemory(frame, Schema()))
    return check(subject, parameters or QualityParameters(), rng=np.random.default_rng(0), progress=silent)


def quality_report(frame: pd.DataFrame = TABLE) -> QualityReport:
    report = checked(frame=frame).result
    assert isinstance(report, QualityReport)
    return report


@pytest.fixture
def quality_toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_list, "CHECKS", (*check_list.CHECKS, toys.QUALITY))


@pytest.mark.usefixtures("quality_toy")
def test_a_toy_check_is_proposed_fails_and_stands_where_nobody_stated_it() -> None:
    found = next(item for item in quality_report().checks if item.check == "toy_sign")
    assert (found.column, found.outcome, found.value, found.threshold) == ("amount", "failed", -2.5, 0.0)
    absent = next(item for item in quality_report(TABLE[["name"]]).checks if item.check == "toy_sign")
    assert (absent.outcome, absent.reason) == ("not_run", "No column of numbers.")


@pytest.mark.usefixtures("quality_toy")
def test_a_toy_check_can_be_stated_in_a_file_and_in_the_editor() -> None:
    stated = formats.from_json({"expectations": [{"check": "toy_sign", "column": "amount"}]})
    assert formats.read(expected.to_toml(stated)) == stated
    row = edit.Row(None, "toy_sign", "amount", 0.0, None, None, (), "")
    assert edit.from_rows((row,), (), ("amount",)) == stated.expectations


@pytest.mark.usefixtures("quality_toy")
def test_a_toy_check_is_in_the_document_and_in_the_text(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    TABLE.to_csv(path, index=False)
    document = json.loads(said("quality", str(path), "--json"))
    assert {"toy_sign"} == {
        item["check"] for item in document["checks"] if item["column"] == "amount" and item["value"] == -2.5
    }
    assert "failed   Numbers below zero (toy_sign) amount: The smallest value is -2.5." in said("quality", str(path))


@pytest.mark.usefixtures("quality_toy")
def test_a_toy_check_is_on_the_page_in_the_glossary_and_in_the_report() -> None:
    def page() -> None:
        import streamlit as st

        from governance.quality import words
        from pages.explore.quality import check_results
        from tests.test_plugins import quality_report

        st.text(words.lead(quality_report()))
        check_results.section(quality_report(), "failed", "What a person should look at")

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert not drawn.exception
    assert "numbers below zero" in drawn.text[0].value
    assert any("Numbers below zero" in item.value.to_string() for item in drawn.dataframe)
    assert any(toys.QUALITY.question in item.value for item in drawn.caption)
    assert glossary.about("toy_sign") == f"{toys.QUALITY.question} The field calls it sign check."
    rows = reported(recorded("quality.checks", checked())).rows
    assert ("Numbers below zero", "amount", "-2.5", "limit 0", "failed") in rows


# --- a method


@pytest.fixture
def method_toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "CATALOGUE", (*catalogue.CATALOGUE, toys.METHOD))


def table(folder: Path, name: str, digest: str) -> DataFile:
    path = folder / f"{name}.parquet"
    TABLE.to_parquet(path)
    return DataFile(str(path), digest, Schema())


@pytest.mark.usefixtures("method_toy")
def test_a_toy_method_runs_is_said_titled_and_reported(tmp_path: Path) -> None:
    data, reference = table(tmp_path, "data", "11" * 32), table(tmp_path, "reference", "22" * 32)
    task = Task("toy.rows", data, reference=reference)
    evidence = execute(task).evidence
    assert parse(evidence.to_bytes())["result"] == {"rows": 3, "reference": 3}
    assert page_findings.sentence(evidence) == "3 rows against 3."
    section = reported(evidence)
    assert section.title == "Measured: Toy count (toy.rows), version 1"
    assert "3 rows against 3." in section.sentences
    assert section.rows == (("Rows (n)", "all rows", "3", "none", ""),)
    assert catalogue.title_of("toy.rows") == "Toy count"
    assert glossary.about("toy.rows") == "How many rows are there? The field calls it Toy count."
    write_evidence(evidence, tmp_path / "evidence.json")
    assert b"toy.rows" in (tmp_path / "evidence.json").read_bytes()


@pytest.mark.usefixtures("method_toy")
def test_a_toy_method_that_may_use_a_reference_has_it_in_its_key(tmp_path: Path) -> None:
    data = table(tmp_path, "data", "11" * 32)
    keys = {Task("toy.rows", data, reference=table(tmp_path, "r", digit * 64)).key.digest for digit in "23"}
    assert len(keys) == 2


@pytest.mark.parametrize("spec", catalogue.CATALOGUE, ids=lambda spec: spec.id)
def test_two_references_never_share_a_cached_answer(spec: MethodSpec, tmp_path: Path) -> None:
    """Either the reference is part of the key, or the method never sees it."""
    from governance.runs.run import open_subject

    subject = golden.made(tmp_path) if spec.uses_model else None
    data = subject.data if subject else table(tmp_path, "data", "11" * 32)
    model = subject.model if subject else None
    tasks = [Task(spec.id, data, model, table(tmp_path, "r", digit * 64)) for digit in "23"]
    if tasks[0].key.digest == tasks[1].key.digest:
        assert open_subject(tasks[0]).reference is None


@pytest.mark.parametrize("spec", catalogue.CATALOGUE, ids=lambda spec: spec.id)
def test_every_method_has_a_page_and_a_place_in_the_index_of_clauses(spec: MethodSpec) -> None:
    assert spec.page in {entry.key for entry in ENTRIES}, f"{spec.id}: name the page that shows it in `page`."
    spoken = any(spec.id.startswith(prefix) for clause in CLAUSES for prefix in clause.methods)
    assert spoken, f"{spec.id} speaks to no clause: name it in governance/dossier/clauses.py."


@pytest.mark.parametrize("spec", catalogue.CATALOGUE, ids=lambda spec: spec.id)
def test_what_a_method_names_by_its_place_is_there(spec: MethodSpec) -> None:
    from importlib import import_module

    for place in (spec.run, spec.lead, spec.lines):
        module, _, name = place.partition(":")
        assert not place or callable(getattr(import_module(module), name))


# --- real ones


def test_names_are_used_once() -> None:
    for ids in (column_tests.names(), check_list.names(), [item.name for item in metric_list.METRICS]):
        assert len(set(ids)) == len(ids)
    labels = [item.label for item in metric_list.METRICS]
    assert len(set(labels)) == len(labels)


def test_every_word_of_a_plug_in_is_a_sentence() -> None:
    meanings = [item.meaning for item in (*column_tests.COLUMN_TESTS, *metric_list.METRICS)]
    questions = [item.question for item in check_list.CHECKS if item.id != "foreign"]
    assert all(text.endswith(".") for text in meanings)
    assert all(text.endswith("?") for text in questions)
