"""The planted shifts of the simulated credit portfolio, drawn anew from another seed than the demonstration's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from governance.data.in_memory import InMemory
from governance.demo import planted
from governance.demo.credit import portfolio
from governance.drift.compare import columns
from governance.drift.results.report import DriftReport, DropParts, EstimatedHarm, Harm
from governance.drift.spec import DriftParameters
from governance.evidence.evidence import silent
from governance.subject.schema import Schema
from governance.subject.subject import Subject

FEATURES = ["age", "income", "years_employed", "housing", "channel", "purpose"]
ROLES = Schema(target="repaid", positive="yes", score="score", ignore=("application_id", "applied_on", "month"))


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    recorded, _ = portfolio(np.random.default_rng(90_210), 24_000)
    X = pd.get_dummies(recorded[FEATURES])
    early = (recorded["month"] <= 9).to_numpy()
    with threadpool_limits(1):
        model = HistGradientBoostingClassifier(max_iter=50, max_leaf_nodes=12, random_state=0)
        model.fit(X[early], recorded["repaid"][early])
        return recorded.assign(score=model.predict_proba(X)[:, 1])


def window(rows: pd.DataFrame, first: int, last: int) -> InMemory:
    return InMemory(rows[rows["month"].between(first, last)], ROLES)


def harm(rows: pd.DataFrame, first: int, last: int) -> tuple[DriftReport, Harm]:
    with threadpool_limits(1):
        subject = Subject(data=window(rows, first, last), reference=window(rows, 10, 12))
        found = columns(subject, DriftParameters(), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, DriftReport)
    assert isinstance(found.harm, Harm)
    return found, found.harm


def test_changed_outcomes_are_seen_by_labels_and_not_by_estimates(rows: pd.DataFrame) -> None:
    report, found = harm(rows, planted.CONCEPT_SHIFT, 18)
    assert found.realised == "worse"
    assert isinstance(found.estimated, EstimatedHarm)
    assert found.estimated.current["accuracy"].low > report.performance.current["accuracy"].value
    assert isinstance(found.parts, DropParts)
    assert found.parts.changed_outcome.low > 0
    assert found.parts.changed_outcome.value > max(abs(found.parts.harder_seen.value), abs(found.parts.unseen.value))


def test_another_mixture_of_people_is_seen_in_the_columns_and_not_taken_for_changed_outcomes(
    rows: pd.DataFrame,
) -> None:
    report, found = harm(rows, planted.POPULATION_SHIFT, planted.CONCEPT_SHIFT - 1)
    assert report.column("channel").verdict == "material"
    assert report.column("housing").verdict != "material"
    assert isinstance(found.parts, DropParts)
    assert found.parts.changed_outcome.low < 0.01
    assert isinstance(found.estimated, EstimatedHarm)
    guess, truth = found.estimated.current["accuracy"], report.performance.current["accuracy"]
    assert guess.low <= truth.value <= guess.high
