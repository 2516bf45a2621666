"""Groups of real people, against fairlearn."""

from __future__ import annotations

import fairlearn.metrics as fm
import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as sm

from governance.data.in_memory import InMemory
from governance.evidence.codec import canonical, decode, encode
from governance.evidence.evidence import silent
from governance.fairness.by_group import by_group
from governance.fairness.report import FairnessReport, Limits
from governance.fairness.spec import ByGroup
from governance.subject.schema import Schema
from governance.subject.subject import Subject

ORACLE = {
    "count": fm.count,
    "selection_rate": fm.selection_rate,
    "true_positive_rate": fm.true_positive_rate,
    "false_positive_rate": fm.false_positive_rate,
    "true_negative_rate": fm.true_negative_rate,
    "false_negative_rate": fm.false_negative_rate,
    "precision": lambda y, p: sm.precision_score(y, p, zero_division=np.nan),
    "accuracy": sm.accuracy_score,
    "balanced_accuracy": sm.balanced_accuracy_score,
    "f1": sm.f1_score,
}


def report(frame: pd.DataFrame, schema: Schema, rows: int | None = None, **parameters: object) -> FairnessReport:
    finding = by_group(
        Subject(InMemory(frame, schema, rows)), ByGroup(**parameters), rng=np.random.default_rng(5), progress=silent
    )
    assert isinstance(finding.result, FairnessReport)
    return finding.result


SCHEMA = Schema(target="income", positive=">50K", sensitive=("sex", "race"), score="score", threshold=0.4)
EVERYONE = Limits(min_rows=1, min_outcomes=1, draws=0)


@pytest.mark.parametrize("attributes", [("sex",), ("race",), ("sex", "race")])
def test_every_metric_of_every_group_equals_fairlearn(adult: pd.DataFrame, attributes: tuple[str, ...]) -> None:
    found = report(adult, SCHEMA, limits=EVERYONE)
    y_true, y_pred = (adult["income"] == ">50K").astype(int), (adult["score"] >= 0.4).astype(int)
    frame = fm.MetricFrame(metrics=ORACLE, y_true=y_true, y_pred=y_pred, sensitive_features=adult[list(attributes)])
    groups = found.groups(attributes)
    assert len(groups) == len(frame.by_group)
    for group in groups:
        key = tuple(group.group[name] for name in attributes)
        expected = frame.by_group.loc[key if len(key) > 1 else key[0]]
        for name in ORACLE:
            item = group.metric(name)
            if np.isnan(expected[name]):
                assert item.value is None
            else:
                assert item.value == pytest.approx(expected[name], abs=1e-12), (key, name)


def test_disparities_equal_fairlearn(adult: pd.DataFrame) -> None:
    found = report(adult, SCHEMA, limits=EVERYONE)
    y_true, y_pred = (adult["income"] == ">50K").astype(int), (adult["score"] >= 0.4).astype(int)
    oracle = {
        "demographic_parity": (fm.demographic_parity_difference, fm.demographic_parity_ratio),
        "equalized_odds": (fm.equalized_odds_difference, fm.equalized_odds_ratio),
        "equal_opportunity": (fm.equal_opportunity_difference, fm.equal_opportunity_ratio),
    }
    compared = 0
    for item in found.disparities:
        if item.metric not in oracle or item.method == "to_reference":
            continue
        features = adult[item.attribute.split(" & ")]
        for function, mine in zip(oracle[item.metric], (item.difference, item.ratio), strict=True):
            expected = function(y_true, y_pred, sensitive_features=features, method=item.method)
            assert mine == pytest.approx(expected, abs=1e-12)
            compared += 1
    assert compared == 3 * 2 * 3 * 2


def test_a_report_survives_its_own_json(adult: pd.DataFrame) -> None:
    found = report(adult, SCHEMA)
    value = encode(found)
    assert canonical(value)
    assert decode(FairnessReport, value) == found


def test_chunks_give_the_same_report_as_the_whole(adult: pd.DataFrame) -> None:
    assert report(adult, SCHEMA, rows=1_000) == report(adult, SCHEMA)
