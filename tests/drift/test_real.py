"""Two real stories: hospital encounters years apart, and bank calls in the order of their dates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from governance.data.in_memory import InMemory
from governance.drift.columns.columns import counted_pairs, drift
from governance.drift.compare import columns, compare, with_predictions
from governance.drift.results.report import DriftReport, EstimatedHarm
from governance.drift.spec import DriftParameters
from governance.evidence.codec import canonical, decode, encode
from governance.evidence.evidence import NotAssessed, silent
from governance.subject.schema import Schema
from governance.subject.signature import Prediction, Signature
from governance.subject.subject import Subject


class Readmission:
    """Gradient boosting on one-hot columns, trained on the first 8,000 encounters."""

    digest = ""

    def __init__(self, train: pd.DataFrame) -> None:
        from sklearn.compose import make_column_transformer
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import OneHotEncoder

        features = tuple(name for name in train.columns if name not in ("encounter_id", "readmitted"))
        self.signature = Signature((), features, "binary", ("no", "yes"), "", "", zipmap=False)
        self._text = [name for name in features if not pd.api.types.is_numeric_dtype(train[name].dtype)]
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False, min_frequency=20)
        forest = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=15, random_state=0)
        self._model = make_pipeline(make_column_transformer((encoder, self._text), remainder="passthrough"), forest)
        self._model.fit(self._ready(train), train["readmitted"])

    def _ready(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame[list(self.signature.columns)].copy()
        for name in self._text:
            frame[name] = frame[name].astype(object).where(frame[name].notna(), "?").astype(str)
        return frame

    def predict(self, frame: pd.DataFrame) -> Prediction:
        score = self._model.predict_proba(self._ready(frame))
        return Prediction(("no", "yes"), score.argmax(axis=1), score)


def encounters(shared: Path, name: str) -> pd.DataFrame:
    frame = pd.read_parquet(shared / "data" / "diabetes130" / f"{name}.parquet")
    return frame.assign(readmitted=np.where(frame["readmitted"].astype(str) == "NO", "no", "yes"))


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def subject(shared: Path) -> Subject:
    model = Readmission(encounters(shared, "train"))
    before, after = encounters(shared, "baseline"), encounters(shared, "later")
    cut = float(np.quantile(model.predict(before).score[:, 1], 0.59))
    schema = Schema(
        target="readmitted",
        positive="yes",
        negative=("no",),
        identifier="encounter_id",
        sensitive=("gender",),
        threshold=cut,
    )
    return with_predictions(Subject(InMemory(after, schema), model, InMemory(before, schema)))


@pytest.fixture(scope="module")
def report(subject: Subject) -> DriftReport:
    found = compare(subject, DriftParameters(), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, DriftReport)
    return found


def test_the_columns_that_are_known_to_have_moved_most_are_found(report: DriftReport) -> None:
    by_psi = sorted(report.columns, key=lambda item: -item.tests["psi"].statistic)
    assert [item.name for item in by_psi[:2]] == ["payer_code", "medical_specialty"]
    assert report.column("payer_code").tests["psi"].statistic == pytest.approx(1.56, abs=0.05)
    assert report.column("medical_specialty").tests["psi"].statistic == pytest.approx(1.13, abs=0.05)
    assert report.column("discharge_disposition_id").tests["psi"].statistic == pytest.approx(0.71, abs=0.05)
    assert report.column("gender").verdict == "none"
    assert {item.name for item in report.columns}.isdisjoint({"encounter_id"})


def test_labels_confirm_that_it_hurts(report: DriftReport) -> None:
    assert report.performance.reference["roc_auc"].value == pytest.approx(0.69, abs=0.015)
    assert report.performance.current["roc_auc"].value == pytest.approx(0.63, abs=0.015)
    assert report.performance.current["selection_rate"].value == pytest.approx(0.61, abs=0.05)
    assert report.performance.current["base_rate"].value == pytest.approx(0.28, abs=0.01)
    assert report.harm.realised == "worse"
    assert report.action.recommendation == "retrain"


def test_the_estimate_sees_part_of_it_and_says_what_it_cannot_see(report: DriftReport) -> None:
    guess = report.harm.estimated
    assert isinstance(guess, EstimatedHarm)
    assert (
        report.performance.current["roc_auc"].value < guess.current["roc_auc"].value < guess.reference["roc_auc"].value
    )
    assert "cannot see" in guess.assumption


def test_the_rise_of_the_error_is_split_and_adds_up(report: DriftReport) -> None:
    parts = report.harm.parts
    found = [parts.harder_seen.value, parts.changed_outcome.value, parts.unseen.value]
    assert sum(found) == pytest.approx(parts.total.value, abs=1e-12)
    assert parts.changed_outcome.low > 0


def test_each_group_is_measured_as_pandas_does_and_the_mistake_falls_on_both(
    report: DriftReport, subject: Subject
) -> None:
    rows = subject.data.frame()
    chosen = subject.predictions.score[:, 1] >= subject.data.schema.threshold
    negative = rows["readmitted"] == "no"
    oracle = pd.Series(chosen[negative]).groupby(rows["gender"][negative].astype(str).to_numpy()).mean()
    found = {item.group: item for item in report.harm.by_group if item.metric == "false_positive_rate"}
    assert found.keys() >= {"Female", "Male"}
    for group in ("Female", "Male"):
        assert found[group].current.value == pytest.approx(oracle[group], abs=1e-12)
        assert found[group].change.verdict == "worse"


def test_columns_that_moved_raised_the_score_and_their_part_is_named(report: DriftReport) -> None:
    moved = {item.name for item in report.columns if item.verdict in ("material", "small")}
    assert {item.name for item in report.harm.by_column} <= moved
    assert report.harm.by_column[0].selected_share > 0.01
    assert "need not add up" in report.harm.by_column_reason


def test_errors_watched_one_by_one_pass_the_limit(report: DriftReport) -> None:
    assert report.harm.stream.alarm_at is not None
    assert report.harm.stream.alarm_at <= report.harm.stream.rows
    assert {item.detector for item in report.harm.stream.detectors} == {"adwin", "page_hinkley", "always_fires"}


def test_the_report_survives_the_codec(report: DriftReport) -> None:
    assert decode(DriftReport, encode(report)) == report
    assert len(canonical(encode(report))) < 200_000


def test_without_a_model_the_columns_are_compared_and_harm_is_not_assessed(subject: Subject) -> None:
    found = columns(subject, DriftParameters(multivariate=False), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found.harm, NotAssessed)
    assert found.action.recommendation == "investigate"
    assert found.importance_kind == "unknown"


def test_bank_calls_in_the_order_of_the_file_show_the_known_moves(shared: Path) -> None:
    calls = pd.read_parquet(shared / "data" / "bank_marketing" / "bank_marketing.parquet")
    early, late = calls.iloc[:10_000], calls.iloc[-10_000:]
    pairs = counted_pairs(early, late, list(calls.columns), progress=silent)
    found = {item.name: item for item in drift(pairs, np.random.default_rng(0))[0]}
    assert found["y"].verdict == "material"
    assert found["contact"].verdict == "material"
    shares = dict(zip(found["contact"].picture.level, found["contact"].picture.current_count, strict=True))
    assert shares.get("unknown", 0) < 0.1 * 10_000
