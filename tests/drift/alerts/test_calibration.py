"""False alarms are as rare as was promised, on windows that nobody calibrated on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from governance.data.table import open_dataset
from governance.drift.alerts.calibration import RULES, Calibration, RuleThreshold
from governance.drift.alerts.escalation import rungs
from governance.drift.compare import columns
from governance.drift.over_time import false_alarms
from governance.drift.spec import CalibrationParameters, DriftParameters
from governance.evidence.evidence import NotAssessed, silent
from governance.subject.outcome import outcome
from governance.subject.schema import Schema
from governance.subject.subject import Subject

ROLES = Schema(target="y", positive="1", score="score", sensitive=("sex",))


def people(rng: np.random.Generator, n: int) -> pd.DataFrame:
    x = rng.normal(0, 1, n)
    score = 1 / (1 + np.exp(-x))
    return pd.DataFrame({"x": x, "sex": rng.choice(["F", "M"], n), "score": score, "y": (rng.random(n) < score) * 1})


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("calibration") / "reference.parquet"
    people(np.random.default_rng(1), 1_000).to_parquet(path)
    return open_dataset(path, ROLES)


def calibrated(reference, **said: float):
    parameters = replace(CalibrationParameters(rows=200, resamples=60), **said)
    return false_alarms.run(Subject(data=reference), parameters, rng=np.random.default_rng(0), progress=silent).result


@pytest.fixture(scope="module")
def found(reference) -> Calibration:
    return calibrated(reference, windows_per_month=4.0, false_alarms_per_month=1.0)


def test_new_windows_of_the_same_kind_alarm_no_oftener_than_promised(reference, found: Calibration) -> None:
    rng, frame = np.random.default_rng(2), reference.frame()
    source = false_alarms._Source(frame, outcome(frame, ROLES, None), ROLES, tuple(frame.columns), false_alarms.Use())
    alarms, windows = 0, 40
    for _ in range(windows):
        both = pd.concat([frame, people(rng, 200)], ignore_index=True)
        fresh = replace(source, frame=both, outcome=outcome(both, ROLES, None))
        drawn = fresh.signs_of(np.arange(len(frame)), np.arange(len(frame), len(both)), 0.02, rng)
        alarms += any(item.threshold < drawn.get(item.rule, -1.0) for item in found.rules)
    assert alarms <= binom.ppf(0.999, windows, 1 / 4), "one false alarm in four windows was promised"
    assert found.alarms_before > found.resamples / 2, "without calibration more than twice as many windows alarm"
    assert found.alarms_after <= found.resamples / 4


def test_fewer_alarms_need_stronger_signs(reference, found: Calibration) -> None:
    strict = calibrated(reference, windows_per_month=4.0, false_alarms_per_month=0.4)
    assert [item.rule for item in found.rules] == list(RULES)
    assert all(two.threshold >= one.threshold for one, two in zip(found.rules, strict.rules, strict=True))
    assert strict.alarms_after <= found.alarms_after


def test_a_promise_that_resampling_cannot_show_is_not_assessed(reference) -> None:
    result = calibrated(reference, windows_per_month=30.0, false_alarms_per_month=0.01)
    assert isinstance(result, NotAssessed)
    assert "15,000 resamples" in result.reason


def test_a_reference_without_labels_leaves_those_rules_without_a_threshold(tmp_path: Path) -> None:
    path = tmp_path / "bare.parquet"
    people(np.random.default_rng(3), 200).drop(columns="y").to_parquet(path)
    bare = Subject(data=open_dataset(path, Schema(score="score")))
    parameters = CalibrationParameters(rows=100, resamples=20)
    result = false_alarms.run(bare, parameters, rng=np.random.default_rng(0), progress=silent).result
    assert {item.rule for item in result.rules if item.threshold is None} >= {"realised", "estimated", "subgroup"}


def test_a_signal_that_is_weaker_than_its_threshold_does_not_alarm(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    for name, shift in (("before", 0.0), ("after", 0.5)):
        pd.DataFrame({"x": rng.normal(shift, 1, 2_000)}).to_parquet(tmp_path / f"{name}.parquet")
    data = {name: open_dataset(tmp_path / f"{name}.parquet", Schema()) for name in ("before", "after")}
    subject = Subject(data=data["after"], reference=data["before"])
    report = columns(subject, DriftParameters(multivariate=False), rng=rng, progress=silent).result
    assert [item.rule for item in rungs(report)] == ["column"]

    def held(threshold: float) -> Calibration:
        return Calibration(2_000, 4.0, 1.0, 99, (RuleThreshold("column", threshold, threshold),), 0, 0)

    assert [item.rule for item in rungs(report, (), held(2.0))] == ["column"]
    assert rungs(report, (), held(20.0)) == ()
