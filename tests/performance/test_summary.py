"""Performance against scikit-learn and scipy."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as sm
from hypothesis import given, settings, strategies as st
from scipy import optimize

from governance.data.in_memory import InMemory
from governance.evidence.codec import decode, encode
from governance.evidence.evidence import Finding, NotAssessed, silent
from governance.performance import reference_answer, words
from governance.performance.report import PerformanceReport
from governance.performance.spec import Summary
from governance.performance.summary import summary
from governance.subject.schema import Schema
from governance.subject.signature import Prediction
from governance.subject.subject import Subject

SCHEMA = Schema(target="y", positive="yes", negative=("no",), score="score", threshold=0.5)


def finding(
    frame: pd.DataFrame, schema: Schema = SCHEMA, prediction: Prediction | None = None, rows: int | None = None
) -> Finding:
    subject = Subject(InMemory(frame, schema, rows), predictions=prediction)
    return summary(subject, Summary(), rng=np.random.default_rng(3), progress=silent)


def scored(n: int = 600, seed: int = 1, ties: bool = True) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    label = rng.random(n) < 0.35
    score = np.clip(rng.normal(0.4 + 0.15 * label, 0.2), 0, 1)
    return pd.DataFrame(
        {"y": np.where(label, "yes", "no"), "score": score.round(2) if ties else score, "w": rng.random(n) + 0.2}
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_every_binary_measure_equals_scikit_learn(weighted: bool) -> None:
    frame = scored()
    schema = Schema(**{**encode(SCHEMA), "negative": ("no",), "weight": "w" if weighted else ""})
    found = finding(frame, schema).result
    y, p, s = (frame.y == "yes").astype(int), (frame.score >= 0.5).astype(int), frame.score
    w = frame.w if weighted else None
    expected = {
        "accuracy": sm.accuracy_score(y, p, sample_weight=w),
        "balanced_accuracy": sm.balanced_accuracy_score(y, p, sample_weight=w),
        "precision": sm.precision_score(y, p, sample_weight=w),
        "true_positive_rate": sm.recall_score(y, p, sample_weight=w),
        "f1": sm.f1_score(y, p, sample_weight=w),
        "roc_auc": sm.roc_auc_score(y, s, sample_weight=w),
        "average_precision": sm.average_precision_score(y, s, sample_weight=w),
        "brier_score": sm.brier_score_loss(y, s, sample_weight=w),
        "log_loss": sm.log_loss(y, s, sample_weight=w),
    }
    for name, value in expected.items():
        item = found.measure(name)
        assert item.value == pytest.approx(value, abs=1e-12), name
        assert item.low <= item.value <= item.high


def test_the_threshold_curve_holds_the_roc_points_of_scikit_learn() -> None:
    frame = scored()
    curve = finding(frame).result.binary.curve
    fpr, tpr, cuts = sm.roc_curve((frame.y == "yes").astype(int), frame.score, drop_intermediate=False)
    at = {cut: index for index, cut in enumerate(curve.thresholds)}
    for cut, x, y in zip(cuts[1:], fpr[1:], tpr[1:], strict=True):
        point = curve.at(at[cut])
        assert point.false_positive / curve.negatives == pytest.approx(x)
        assert point.true_positive / curve.positives == pytest.approx(y)
    assert curve.exact
    assert curve.at(len(curve.thresholds) - 1).true_positive == 0


def test_a_curve_with_many_scores_keeps_the_threshold_in_force() -> None:
    curve = finding(scored(5_000, ties=False)).result.binary.curve
    assert not curve.exact
    assert 0.5 in curve.thresholds
    assert len(curve.thresholds) <= 402


def test_the_area_has_the_variance_that_delong_gives() -> None:
    frame = scored(80, seed=4)
    one, zero = frame.score[frame.y == "yes"].to_numpy(), frame.score[frame.y == "no"].to_numpy()
    wins = (one[:, None] > zero[None, :]) + 0.5 * (one[:, None] == zero[None, :])
    variance = wins.mean(axis=1).var(ddof=1) / len(one) + wins.mean(axis=0).var(ddof=1) / len(zero)
    item = finding(frame).result.measure("roc_auc")
    area, p, q = wins.mean(), len(one), len(zero)

    def of_model(true: float) -> float:
        return true * (1 - true) * (1 + ((p + q) / 2 - 1) * ((1 - true) / (2 - true) + true / (1 + true))) / (p * q)

    reach = 1.959963984540054**2 * max(
        variance / of_model(area), 1
    )  # the interval is explained in governance.statistics.auc
    ends = [
        optimize.brentq(lambda true: (area - true) ** 2 - reach * of_model(true), *side)
        for side in ((0, area), (area, 1))
    ]
    assert (item.low, item.high) == pytest.approx(tuple(ends), abs=1e-9)


def test_calibration_bins_hold_every_row_once_and_their_means() -> None:
    frame = scored(ties=False)
    bins = finding(frame).result.binary.calibration
    assert sum(item.n for item in bins) == len(frame)
    assert sum(item.n * item.mean_score for item in bins) == pytest.approx(frame.score.sum())
    assert sum(item.n * item.rate for item in bins) == pytest.approx((frame.y == "yes").sum())
    assert all(item.rate_low <= item.rate <= item.rate_high for item in bins)


def test_an_inverted_score_is_called_so() -> None:
    frame = scored()
    found = finding(frame.assign(score=1 - frame.score)).result
    assert "inverted" in found.notices[0]


def test_one_score_for_everybody_is_called_so_and_one_label_leaves_no_area() -> None:
    found = finding(pd.DataFrame({"y": ["no"] * 40, "score": [0.3] * 40})).result
    assert found.measure("roc_auc").value is None
    assert found.measure("true_positive_rate").value is None
    assert any("same score" in text for text in found.notices)


def test_rows_without_label_or_score_are_accounted_for() -> None:
    frame = scored().astype({"y": object})
    frame.loc[:9, "y"] = None
    frame.loc[5:19, "score"] = np.nan
    done = finding(frame)
    assert done.rows.used == 580
    assert {item.reason: item.rows for item in done.rows.dropped} == {"label missing": 10, "no decision or score": 10}


def test_without_labels_there_is_a_reason_instead_of_a_number() -> None:
    done = finding(scored(), Schema(score="score"))
    assert isinstance(done.result, NotAssessed)


def test_regression_measures_equal_scikit_learn_and_their_intervals_a_bootstrap() -> None:
    rng = np.random.default_rng(2)
    actual = rng.normal(10, 3, 900)
    predicted = actual + rng.normal(0.3, 1 + 0.2 * np.abs(actual - 10))
    prediction = Prediction((), None, predicted[:, None])
    found = finding(pd.DataFrame({"y": actual}), Schema(target="y"), prediction).result
    oracle = {
        "mean_absolute_error": sm.mean_absolute_error,
        "root_mean_squared_error": sm.root_mean_squared_error,
        "r2": sm.r2_score,
        "mean_error": lambda a, p: float((p - a).mean()),
    }
    index = rng.integers(0, 900, (600, 900))
    for name, function in oracle.items():
        item = found.measure(name)
        assert item.value == pytest.approx(function(actual, predicted), abs=1e-12)
        low, high = np.quantile([function(actual[i], predicted[i]) for i in index], [0.025, 0.975])
        assert item.high - item.low == pytest.approx(high - low, rel=0.2), name
    assert sum(found.regression.counts) == 900
    assert sum(item.n for item in found.regression.by_prediction) == 900


def test_multiclass_measures_equal_scikit_learn() -> None:
    rng = np.random.default_rng(7)
    names = np.array(["a", "b", "c"])
    label = rng.integers(0, 3, 500)
    score = rng.dirichlet([1, 1, 1], 500) + 0.4 * np.eye(3)[label]
    score /= score.sum(axis=1, keepdims=True)
    decision = score.argmax(axis=1)
    prediction = Prediction(("a", "b", "c"), decision, score)
    found = finding(pd.DataFrame({"y": names[label]}), Schema(target="y"), prediction).result
    assert found.measure("accuracy").value == pytest.approx(sm.accuracy_score(label, decision))
    assert found.measure("balanced_accuracy").value == pytest.approx(sm.balanced_accuracy_score(label, decision))
    assert found.measure("precision_macro").value == pytest.approx(sm.precision_score(label, decision, average="macro"))
    assert found.measure("f1_macro").value == pytest.approx(sm.f1_score(label, decision, average="macro"))
    assert np.array_equal(found.multiclass.confusion, sm.confusion_matrix(label, decision))
    for index, one in enumerate(found.multiclass.per_class):
        area = next(item for item in one.measures if item.metric == "roc_auc")
        assert area.value == pytest.approx(sm.roc_auc_score(label == index, score[:, index]))
        assert sum(item.n for item in one.calibration) == 500
        assert sum(item.n * item.rate for item in one.calibration) == pytest.approx((label == index).sum())
        brier = next(item for item in one.measures if item.metric == "brier_score")
        assert brier.value == pytest.approx(sm.brier_score_loss(label == index, score[:, index]))
    assert found.measure("log_loss").value == pytest.approx(sm.log_loss(label, score))


def test_scores_of_several_classes_that_are_no_probabilities_have_an_area_and_no_calibration() -> None:
    rng = np.random.default_rng(8)
    label = rng.integers(0, 3, 300)
    score = rng.normal(size=(300, 3)) + 2 * np.eye(3)[label]
    prediction = Prediction(("a", "b", "c"), score.argmax(axis=1), score)
    found = finding(pd.DataFrame({"y": np.array(["a", "b", "c"])[label]}), Schema(target="y"), prediction).result
    assert found.measure("log_loss") is None
    for one in found.multiclass.per_class:
        assert one.calibration == ()
        assert {item.metric for item in one.measures} >= {"roc_auc", "precision"}
        assert "brier_score" not in {item.metric for item in one.measures}


def test_chunks_give_the_same_report_as_the_whole() -> None:
    assert finding(scored(), rows=37).result == finding(scored()).result


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["yes", "no", None]), st.one_of(st.none(), st.floats(0, 1, width=16))),
        min_size=1,
        max_size=40,
    )
)
def test_any_small_table_gives_an_honest_report(rows: list[tuple[str | None, float | None]]) -> None:
    frame = pd.DataFrame(rows, columns=["y", "score"]).astype({"y": object, "score": float})
    done = finding(frame)
    assert done.rows.used + sum(item.rows for item in done.rows.dropped) == len(rows)
    if isinstance(done.result, PerformanceReport):
        assert decode(PerformanceReport, encode(done.result)) == done.result
        point = done.result.binary.confusion
        assert (
            sum((point.true_negative, point.false_positive, point.false_negative, point.true_positive))
            == done.rows.used
        )


def test_the_answer_that_costs_nothing_for_numbers_is_the_mean_of_the_labels() -> None:
    rng = np.random.default_rng(5)
    actual = rng.normal(10, 3, 400)
    prediction = Prediction((), None, (actual + rng.normal(0, 1, 400))[:, None])
    found = reference_answer(finding(pd.DataFrame({"y": actual}), Schema(target="y"), prediction).result)
    assert found.metric == "root_mean_squared_error"
    assert found.value == pytest.approx(sm.root_mean_squared_error(actual, np.full(400, actual.mean())))
    assert found.verdict == "better"


def test_the_answer_that_costs_nothing_for_classes_is_the_commonest_one() -> None:
    frame = pd.DataFrame({"y": ["yes"] * 70 + ["no"] * 30, "score": [0.1] * 60 + [0.9] * 10 + [0.1] * 30})
    report = finding(frame).result
    found = reference_answer(report)
    assert (found.value, found.model, found.verdict) == (0.7, 0.4, "worse")
    assert found.name == "Commonest answer: always “yes”"
    assert "Always giving the commoner answer would reach 70.0 %." in words.lead(report)


def test_of_several_classes_the_largest_is_named_as_the_answer_that_costs_nothing() -> None:
    label = np.array([0] * 10 + [1] * 25 + [2] * 15)
    prediction = Prediction(("a", "b<", "c"), label, np.eye(3)[label])
    report = finding(pd.DataFrame({"y": np.array(["a", "b<", "c"])[label]}), Schema(target="y"), prediction).result
    assert reference_answer(report).value == 0.5
    assert "Always answering “b&lt;”, the largest class, would reach 50.0 %." in words.lead(report, html.escape)
