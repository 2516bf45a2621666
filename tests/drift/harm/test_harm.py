"""Estimates without labels, parts of a drop, and the words of the recommendation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.isotonic import IsotonicRegression

from governance.drift.harm.harm import Windows, estimated
from governance.drift.performance import cbpe, disde
from governance.drift.performance.dle import estimated_error
from governance.drift.performance.labels import labels_needed
from governance.drift.performance.performance import outcome_of, performance
from governance.drift.results.report import EstimatedHarm
from governance.drift.samples.density import Density, binned, bins_for, density, two_sample
from governance.drift.samples.metrics import Measured, change, measured_area, measured_share
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import NotAssessed
from governance.subject.schema import Schema


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_estimated_performance_is_what_the_published_formulas_give() -> None:
    rng = np.random.default_rng(0)
    score, now = rng.random(4000), np.clip(rng.normal(0.6, 0.2, 3000), 0, 1)
    label = (rng.random(4000) < score**2).astype(float)
    found = cbpe.binned(score, now, 0.5)
    got = cbpe.expected(found, cbpe.calibrated(found, label, np.ones(4000)), found.current.astype(float))
    q = IsotonicRegression(out_of_bounds="clip").fit(score, label).predict(now)
    chosen = now >= 0.5
    tp, fp, fn, tn = q[chosen].sum(), (1 - q[chosen]).sum(), q[~chosen].sum(), (1 - q[~chosen]).sum()
    assert got["accuracy"] == pytest.approx((tp + tn) / 3000, abs=0.005)
    assert got["precision"] == pytest.approx(tp / (tp + fp), abs=0.005)
    assert got["true_positive_rate"] == pytest.approx(tp / (tp + fn), abs=0.005)
    assert got["false_positive_rate"] == pytest.approx(fp / (fp + tn), abs=0.005)


def test_estimates_hold_the_truth_under_covariate_shift_as_often_as_they_promise() -> None:
    rng = np.random.default_rng(1)
    inside = {"accuracy": 0, "roc_auc": 0}
    for _ in range(40):
        x, z = rng.normal(size=2000), rng.normal(0.7, 1, 1500)
        label, later = rng.random(2000) < sigmoid(x), rng.random(1500) < sigmoid(z)
        found = cbpe.binned(sigmoid(2 * x), sigmoid(2 * z), 0.5)
        guess = cbpe.estimates(found, label.astype(float), np.ones(2000), rng)
        truth = {
            "accuracy": ((z >= 0) == later).mean(),
            "roc_auc": measured_area(later.astype(float), sigmoid(2 * z)).value,
        }
        for name in inside:
            inside[name] += guess[name].low <= truth[name] <= guess[name].high
    # Of 40 intervals of 95 per cent fewer than 34 hold the truth once in three hundred.
    assert min(inside.values()) >= 34


def test_estimates_are_corrected_for_the_optimism_of_calibration() -> None:
    rng = np.random.default_rng(8)
    plain, corrected = [], []
    for _ in range(25):
        x, z = rng.normal(size=400), rng.normal(0.5, 1, 2000)
        label = (rng.random(400) < sigmoid(x)).astype(float)
        truth = measured_area((rng.random(2000) < sigmoid(z)).astype(float), z).value
        found = cbpe.binned(sigmoid(x), sigmoid(z), 0.5)
        formula = cbpe.expected(found, cbpe.calibrated(found, label, np.ones(400)), found.current.astype(float))
        plain.append(formula["roc_auc"] - truth)
        corrected.append(cbpe.estimates(found, label, np.ones(400), rng)["roc_auc"].value - truth)
    assert np.mean(plain) > 0.01
    assert abs(np.mean(corrected)) < np.mean(plain) / 2


def test_expected_error_of_a_regression_follows_the_inputs() -> None:
    rng = np.random.default_rng(2)
    x, z = rng.uniform(0, 1, 3000), rng.uniform(0.5, 1, 2000)
    error = np.abs(rng.normal(0, x))
    guess = estimated_error(pd.DataFrame({"x": x}), error, pd.DataFrame({"x": z}), ["x"], rng)
    assert guess.low <= np.sqrt(2 / np.pi) * 0.75 <= guess.high


def windows(changed: bool, shifted: float) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    x, z = rng.uniform(0, 1, 6000), rng.uniform(0, 1, 6000) ** (1 / (1 + shifted))
    loss = (rng.random(6000) < 0.1 + 0.4 * x).astype(float)
    later = (rng.random(6000) < (0.1 + 0.4 * z) + 0.2 * changed).astype(float)
    return pd.DataFrame({"x": x}), pd.DataFrame({"x": z}), loss, later


@pytest.mark.parametrize(
    ("changed", "shifted", "largest"), [(True, 0.0, "changed_outcome"), (False, 3.0, "harder_seen")]
)
def test_a_drop_is_put_down_to_its_cause(changed: bool, shifted: float, largest: str) -> None:
    reference, current, loss, later = windows(changed, shifted)
    rng = np.random.default_rng(4)
    found = density(reference, current, ["x"], rng)
    assert isinstance(found, Density)
    parts = disde.parts(found, loss, later, "wrong decisions", rng)
    values = {name: getattr(parts, name).value for name in ("harder_seen", "changed_outcome", "unseen")}
    assert sum(values.values()) == pytest.approx(parts.total.value, abs=1e-12)
    assert max(values, key=lambda name: values[name]) == largest
    assert getattr(parts, largest).low > 0


def test_a_classifier_tells_moved_windows_apart_and_equal_ones_not() -> None:
    rng = np.random.default_rng(5)
    one, two = (pd.DataFrame(rng.normal(size=(1500, 3)), columns=list("abc")) for _ in range(2))
    still = density(one, two, list("abc"), rng)
    moved = density(one, two.assign(b=two["a"] * 0.8 + two["b"] * 0.6), list("abc"), rng)
    assert isinstance(still, Density)
    assert isinstance(moved, Density)
    assert two_sample(still).auc.value < 0.55
    assert two_sample(still).rows == 1500  # half of both windows: the half that the classifier had not seen
    assert two_sample(moved).p_value < 1e-6
    assert moved.effective_share < still.effective_share <= 1


def test_the_area_under_the_curve_is_mann_and_whitneys_with_delongs_interval() -> None:
    rng = np.random.default_rng(6)
    label = (rng.random(400) < 0.4).astype(float)
    score = np.round(rng.normal(label), 1)
    found = measured_area(label, score)
    u = stats.mannwhitneyu(score[label == 1], score[label == 0]).statistic
    assert found.value == pytest.approx(u / (label.sum() * (1 - label).sum()), rel=1e-12)
    draws = []
    for _ in range(800):
        rows = rng.integers(400, size=400)
        draws.append(measured_area(label[rows], score[rows]).value)
    assert (found.high - found.low) / 3.92 == pytest.approx(np.std(draws), rel=0.12)


def test_a_share_has_wilsons_interval() -> None:
    oracle = stats.binomtest(7, 40).proportion_ci(method="wilson")
    found = measured_share(7, 40)
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=1e-12)


def test_the_difference_of_shares_is_newcombes_worked_example() -> None:
    found = change("accuracy", measured_share(48, 80), measured_share(56, 70), 0.02)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.verdict == "better"


@pytest.mark.parametrize(
    ("now", "verdict"), [(0.70, "worse"), (0.799, "within_tolerance"), (0.85, "better"), (0.785, "cannot_tell")]
)
def test_a_change_is_held_against_the_tolerance(now: float, verdict: str) -> None:
    before, after = Measured(0.8, 0.79, 0.81, 9000), Measured(now, now - 0.01, now + 0.01, 9000)
    assert change("accuracy", before, after, 0.02).verdict == verdict


def test_few_rows_are_not_judged() -> None:
    assert change("accuracy", measured_share(20, 25), measured_share(2, 25), 0.02).verdict == "cannot_tell"


def test_the_planned_number_of_labels_has_the_promised_power() -> None:
    rng = np.random.default_rng(7)
    n = labels_needed(0.8, 0.05)
    hits = rng.binomial(n, 0.75, 4000)
    rejected = (hits / n - 0.8) / np.sqrt(0.8 * 0.2 / n) < -1.645
    assert rejected.mean() == pytest.approx(0.8, abs=0.03)


def test_a_plan_for_an_impossible_drop_is_refused() -> None:
    with pytest.raises(RefusedInputError):
        labels_needed(0.5, 0.6)


def test_an_estimate_is_refused_its_weights_when_they_rest_on_a_tenth_of_the_reference() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.normal(0, 1, 1500), rng.normal(3.5, 0.5, 1500)
    frames = [
        pd.DataFrame({"x": x, "score": sigmoid(x), "y": (rng.random(1500) < sigmoid(x)).astype(int)}) for x in (a, b)
    ]
    schema = Schema(target="y", positive="1", score="score")
    before, after = (outcome_of(frame, schema, None) for frame in frames)
    apart = density(*frames, ("x",), rng)
    assert isinstance(apart, Density)
    assert apart.effective_share < 0.1
    found = estimated(
        Windows(*frames, before, after, ("x",), schema, apart, None), performance(before, after, 0.02), 0.02, rng
    )
    assert isinstance(found, EstimatedHarm)
    assert (found.weighted, found.weighted_refused) == (
        False,
        NotAssessed(
            f"an estimate weighted towards the current window would rest on {apart.effective_share:.1%} of the reference (limit 10%)"
        ),
    )
    assert found.current["accuracy"].value is not None


@pytest.mark.parametrize(("rows", "expected"), [(10, 2), (600, 75), (2040, 255), (40_000, 255)])
def test_few_rows_are_cut_into_few_steps(rows: int, expected: int) -> None:
    steps = binned(np.random.default_rng(rows).normal(size=(rows, 1)))
    assert bins_for(rows) == expected
    assert steps.max() < expected
    assert np.bincount(steps[:, 0].astype(int)).max() <= 1.3 * rows / expected + 8
