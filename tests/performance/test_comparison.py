"""Two models on the same rows: values of scikit-learn, intervals of a paired bootstrap written out row by row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as sm

from governance.data.in_memory import InMemory
from governance.evidence import Finding, NotAssessed, silent
from governance.performance import ComparePerformance, ComparisonReport, compare_words
from governance.performance.comparison import areas, compare
from governance.subject.schema import Schema
from governance.subject.signature import Prediction
from governance.subject.subject import Subject

ROLES = Schema(target="y", positive="1", score="score", ignore=("other", "w"))


def people(rows: int = 400, better: float = 0.35) -> pd.DataFrame:
    rng = np.random.default_rng(21)
    label = rng.integers(0, 2, rows)
    shared = rng.normal(size=rows)
    return pd.DataFrame({
        "y": label,
        "score": 1 / (1 + np.exp(-(label - 0.5 + shared))),
        "other": 1 / (1 + np.exp(-((1 + 2 * better) * (label - 0.5) + shared + 0.3 * rng.normal(size=rows)))),
        "w": rng.random(rows) + 0.2,
    })  # fmt: skip


def held(frame: pd.DataFrame, schema: Schema = ROLES, **parameters: object) -> Finding:
    wish = ComparePerformance(candidate_score="other", **parameters)  # type: ignore[arg-type]
    return compare(Subject(InMemory(frame, schema)), wish, rng=np.random.default_rng(2), progress=silent)


def report(frame: pd.DataFrame, schema: Schema = ROLES, **parameters: object) -> ComparisonReport:
    found = held(frame, schema, **parameters).result
    assert isinstance(found, ComparisonReport)
    return found


MEASURES = {
    "accuracy": lambda y, s, w: sm.accuracy_score(y, s >= 0.5, sample_weight=w),
    "balanced_accuracy": lambda y, s, w: sm.balanced_accuracy_score(y, s >= 0.5, sample_weight=w),
    "true_positive_rate": lambda y, s, w: sm.recall_score(y, s >= 0.5, sample_weight=w),
    "false_positive_rate": lambda y, s, w: 1 - sm.recall_score(1 - y, s < 0.5, sample_weight=w),
    "precision": lambda y, s, w: sm.precision_score(y, s >= 0.5, sample_weight=w),
    "f1": lambda y, s, w: sm.f1_score(y, s >= 0.5, sample_weight=w),
    "roc_auc": lambda y, s, w: sm.roc_auc_score(y, s, sample_weight=w),
    "brier_score": lambda y, s, w: sm.brier_score_loss(y, s, sample_weight=w),
}


@pytest.mark.parametrize("weighted", [False, True])
def test_values_of_both_models_are_those_of_scikit_learn(weighted: bool) -> None:
    frame = people()
    schema = Schema(target="y", positive="1", score="score", weight="w" if weighted else "", ignore=("other",))
    found = report(frame, schema)
    weight = frame.w.to_numpy() if weighted else None
    assert {item.metric for item in found.measures} == set(MEASURES)
    for item in found.measures:
        current, candidate = (
            MEASURES[item.metric](frame.y.to_numpy(), frame[name].to_numpy(), weight) for name in ("score", "other")
        )
        assert (item.current, item.candidate) == (pytest.approx(current), pytest.approx(candidate)), item.metric
        assert item.change == pytest.approx(candidate - current)


def test_intervals_are_percentiles_of_a_bootstrap_that_takes_the_same_rows_for_both() -> None:
    frame = people(150)
    found = report(frame, draws=2_000)
    rng = np.random.default_rng(77)
    y, one, two = (frame[name].to_numpy() for name in ("y", "score", "other"))
    drawn: dict[str, list[float]] = {name: [] for name in MEASURES}
    for _ in range(400):
        rows = rng.integers(0, len(y), len(y))
        for name, measure in MEASURES.items():
            drawn[name].append(measure(y[rows], two[rows], None) - measure(y[rows], one[rows], None))
    for item in found.measures:
        low, high = np.quantile(drawn[item.metric], [0.025, 0.975])
        wide = high - low
        assert item.low == pytest.approx(low, abs=0.15 * wide), item.metric
        assert item.high == pytest.approx(high, abs=0.15 * wide), item.metric


def test_the_paired_interval_is_narrower_than_that_of_two_samples() -> None:
    frame = people()
    item = next(item for item in report(frame).measures if item.metric == "accuracy")
    spread = sum(value * (1 - value) / len(frame) for value in (item.current, item.candidate))
    assert item.low is not None
    assert item.high is not None
    assert item.high - item.low < 0.8 * 2 * 1.96 * np.sqrt(spread)


def test_a_better_model_is_called_better_also_where_less_is_better() -> None:
    found = report(people(2_000, better=1.0))
    verdicts = {item.metric: item.verdict for item in found.measures}
    assert {verdicts["accuracy"], verdicts["roc_auc"], verdicts["brier_score"], verdicts["false_positive_rate"]} == {
        "better"
    }
    assert found.decided_otherwise is not None
    assert compare_words.lead(found).startswith("The other model is better in ")
    frame = people(2_000, better=1.0).rename(columns={"score": "other", "other": "score"})
    assert {item.verdict for item in report(frame).measures} == {"worse"}


def test_a_model_against_itself_changes_nothing() -> None:
    frame = people()
    frame["other"] = frame.score
    found = report(frame)
    assert {(item.change, item.low, item.high, item.verdict) for item in found.measures} == {
        (0.0, 0.0, 0.0, "no_clear_change")
    }
    assert found.decided_otherwise == 0
    assert "not clearly better or worse" in compare_words.lead(found)


def test_areas_count_ties_half_as_scikit_learn_does() -> None:
    rng = np.random.default_rng(3)
    label, score = rng.integers(0, 2, 80), rng.random(80).round(1)
    taken = np.stack([rng.integers(0, 3, 80) for _ in range(5)]).astype(float)
    expected = [sm.roc_auc_score(label, score, sample_weight=row) for row in taken]
    assert areas(label.astype(float), score, taken) == pytest.approx(expected)


def both(frame: pd.DataFrame, one: Prediction, two: Prediction) -> ComparisonReport | NotAssessed:
    subject = Subject(InMemory(frame, Schema(target="y")), predictions=one, candidate_predictions=two)
    found = compare(subject, ComparePerformance(), rng=np.random.default_rng(1), progress=silent).result
    assert isinstance(found, ComparisonReport | NotAssessed)
    return found


def test_numbers_and_several_classes_are_compared_too() -> None:
    rng = np.random.default_rng(9)
    actual = rng.normal(size=300)
    near, far = (Prediction((), None, (actual + rng.normal(0, spread, 300))[:, None]) for spread in (0.5, 2.0))
    found = both(pd.DataFrame({"y": actual}), far, near)
    assert isinstance(found, ComparisonReport)
    by_name = {item.metric: item for item in found.measures}
    assert by_name["mean_absolute_error"].current == pytest.approx(sm.mean_absolute_error(actual, far.score[:, 0]))
    assert (by_name["mean_absolute_error"].verdict, found.decided_otherwise) == ("better", None)
    label = rng.integers(0, 3, 300)
    wrong = np.where(rng.random(300) < 0.4, (label + 1) % 3, label)
    right = Prediction(("a", "b", "c"), label, np.eye(3)[label])
    other = Prediction(("a", "b", "c"), wrong, np.eye(3)[wrong])
    frame = pd.DataFrame({"y": np.array(["a", "b", "c"])[label]})
    classes = both(frame, other, right)
    assert isinstance(classes, ComparisonReport)
    accuracy = next(item for item in classes.measures if item.metric == "accuracy")
    assert (accuracy.candidate, accuracy.verdict) == (1.0, "better")
    four = Prediction(("a", "b", "c", "d"), label, np.eye(4)[label])
    assert both(frame, right, four) == NotAssessed("One model answers with a, b, c, the other with a, b, c, d.")


def test_too_few_rows_are_not_compared() -> None:
    found = held(people(29))
    assert found.result == NotAssessed("29 rows with a label and both answers, fewer than 30.")
