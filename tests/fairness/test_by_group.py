"""Groups of real people, against fairlearn."""

from __future__ import annotations

from pathlib import Path

import fairlearn.metrics as fm
import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as sm

from governance.codec import canonical, decode, encode
from governance.data.schema import Schema
from governance.evidence import silent
from governance.fairness.by_group import by_group
from governance.fairness.report import FairnessReport, Limits
from governance.fairness.spec import ByGroup
from governance.subject import Subject

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


class Table:
    """A frame in memory as a data set, in chunks of any size."""

    def __init__(self, frame: pd.DataFrame, schema: Schema, rows: int | None = None) -> None:
        self._frame, self.schema, self.digest, self._rows = frame.reset_index(drop=True), schema, "", rows

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._frame.columns)

    @property
    def n_rows(self) -> int:
        return len(self._frame)

    n_total = n_rows

    def frame(self, columns=None):
        return self._frame if columns is None else self._frame[list(columns)]

    def chunks(self, columns=None, rows=262_144):
        step = self._rows or rows
        for start in range(0, len(self._frame), step):
            yield self.frame(columns).iloc[start : start + step]


def report(frame: pd.DataFrame, schema: Schema, rows: int | None = None, **parameters) -> FairnessReport:
    finding = by_group(
        Subject(Table(frame, schema, rows)), ByGroup(**parameters), rng=np.random.default_rng(5), progress=silent
    )
    assert isinstance(finding.result, FairnessReport)
    return finding.result


@pytest.fixture(scope="session")
def adult(shared: Path) -> pd.DataFrame:
    """Adult with the scores of a logistic regression trained on half of it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    frame = pd.read_parquet(shared / "data" / "adult" / "adult.parquet")
    numbers = ["age", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
    label = (frame["income"] == ">50K").to_numpy()
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame[numbers][::2], label[::2])
    return frame.assign(score=model.predict_proba(frame[numbers])[:, 1])


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
