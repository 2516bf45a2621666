"""A window gives reason to the steps of an alert, weakest evidence first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from governance.data.in_memory import InMemory
from governance.drift.alerts.escalation import rungs
from governance.drift.compare import columns
from governance.drift.results.report import DriftReport
from governance.drift.spec import DriftParameters
from governance.evidence.evidence import silent
from governance.subject.schema import Schema
from governance.subject.subject import Subject

ROLES = Schema(target="y", positive="1", score="score")


def compared(reference: pd.DataFrame, current: pd.DataFrame) -> DriftReport:
    subject = Subject(data=InMemory(current, ROLES), reference=InMemory(reference, ROLES))
    found = columns(subject, DriftParameters(), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, DriftReport)
    return found


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    score = rng.random(1500)
    return pd.DataFrame({"x": rng.normal(size=1500), "score": score, "y": (rng.random(1500) < score).astype(int)})


@pytest.fixture(scope="module")
def turned(people: pd.DataFrame) -> DriftReport:
    return compared(people, people.assign(y=1 - people["y"]))


def test_nothing_is_said_of_two_halves_of_the_same_rows(people: pd.DataFrame) -> None:
    half = len(people) // 2
    assert rungs(compared(people[:half].reset_index(drop=True), people[half:].reset_index(drop=True))) == ()


def test_labels_that_show_harm_lead_to_the_top(turned: DriftReport) -> None:
    assert [item.step for item in rungs(turned)] == ["observe", "estimate_impact", "confirm"]
    assert rungs(turned)[0].rule == "realised"


def test_a_moved_column_is_observed_but_not_confirmed(people: pd.DataFrame) -> None:
    found = rungs(compared(people, people.assign(x=people["x"] + 1)))
    assert [item.step for item in found] == ["observe", "estimate_impact"]
    assert found[0].reason == "Moved by more than matters: x."


def test_a_moved_column_that_the_model_does_not_use_is_no_reason(people: pd.DataFrame) -> None:
    report = compared(people, people.assign(x=people["x"] + 1))
    unused = tuple(replace(item, matters="unused") for item in report.columns)
    assert rungs(replace(report, columns=unused)) == ()


def test_a_lost_column_is_a_signal_only_when_the_model_reads_it(people: pd.DataFrame) -> None:
    report = compared(people, people.drop(columns="x"))
    assert rungs(report) == ()
    assert rungs(report, needed=("x",))[0].rule == "lost column"
