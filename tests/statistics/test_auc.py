"""The area under the ROC curve: its value, DeLong's variance, and an interval that keeps its promise for few rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import optimize, special
from sklearn.metrics import roc_auc_score

from governance.statistics.auc import Auc, auc_of_rows

SCORES = st.lists(st.integers(-4, 4), min_size=1, max_size=25)


def rows(positive: list[int], negative: list[int]) -> tuple[np.ndarray, np.ndarray]:
    score = np.array([*positive, *negative], dtype=np.float64)
    return np.repeat([1.0, 0.0], [len(positive), len(negative)]), score


@settings(deadline=None)
@given(SCORES, SCORES)
def test_the_area_is_sklearns_and_its_variance_the_definition(positive: list[int], negative: list[int]) -> None:
    label, score = rows(positive, negative)
    wins = np.array([[(a > b) + (a == b) / 2 for b in negative] for a in positive])
    area = auc_of_rows(label, score)
    assert area.value == pytest.approx(roc_auc_score(label, score), abs=1e-12)
    sides = wins.mean(axis=1), wins.mean(axis=0)
    delong = sum(side.var(ddof=1) / len(side) for side in sides if len(side) > 1)
    assert area.variance == pytest.approx(delong, abs=1e-12)


@settings(deadline=None)
@given(SCORES, SCORES)
def test_the_interval_is_around_the_area_and_within_0_and_1_and_turns_with_the_score(
    positive: list[int], negative: list[int]
) -> None:
    area = auc_of_rows(*rows(positive, negative))
    turned = auc_of_rows(*rows([-score for score in positive], [-score for score in negative]))
    low, high = area.interval()
    assert 0 <= low <= area.value <= high <= 1
    assert low < high
    wider = area.interval(0.99)
    assert wider[0] <= low
    assert high <= wider[1]
    assert turned.interval() == pytest.approx((1 - high, 1 - low), abs=1e-9)


@settings(deadline=None)
@given(SCORES, SCORES, st.integers(1, 4))
def test_weights_that_are_all_alike_change_nothing(positive: list[int], negative: list[int], weight: int) -> None:
    label, score = rows(positive, negative)
    plain, weighted = auc_of_rows(label, score), auc_of_rows(label, score, np.full(len(label), float(weight)))
    assert weighted.value == pytest.approx(plain.value, abs=1e-12)
    assert weighted.interval() == pytest.approx(plain.interval(), abs=1e-9)


def test_one_label_alone_has_no_area() -> None:
    assert auc_of_rows(np.ones(3), np.arange(3.0)) is None


def test_an_area_of_1_from_20_rows_is_worked_by_hand() -> None:
    """With 10 + 10 rows and an area of 1 the end t solves 1 - t = z^2 t (1 + 9 ((1 - t) / (2 - t) + t / (1 + t))) / 100."""

    def gap(t: float) -> float:
        return (1 - t) - 1.959963984540054**2 * t * (1 + 9 * ((1 - t) / (2 - t) + t / (1 + t))) / 100

    low, high = Auc(value=1.0, variance=0.0, positives=10, negatives=10).interval()
    assert low == pytest.approx(optimize.brentq(gap, 0.5, 1), abs=1e-12)
    assert low == pytest.approx(0.8002, abs=5e-5)
    assert high == 1.0


def drawn(kind: str, area: float, shape: tuple[int, int], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    p, q = shape
    if kind == "exponential":
        return rng.exponential(area / (1 - area), p), rng.exponential(1.0, q)
    spread = {"equal": 1.0, "unequal": 2.0}[kind]
    return rng.normal(np.hypot(1, spread) * special.ndtri(area), spread, p), rng.normal(0, 1, q)


@pytest.mark.parametrize("kind", ["equal", "unequal", "exponential"])
@pytest.mark.parametrize("area", [0.7, 0.95, 0.99])
@pytest.mark.parametrize("shape", [(5, 15), (10, 90), (20, 20)])
def test_the_interval_covers_the_truth_as_often_as_it_says(kind: str, area: float, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    label = np.repeat([1.0, 0.0], shape)
    held = 0
    for _ in range(400):
        low, high = auc_of_rows(label, np.concatenate(drawn(kind, area, shape, rng))).interval()
        held += low <= area <= high
    assert (
        held / 400 >= 0.90
    )  # worst case of the long simulation, 91.7 %, less a standard error and a half of 400 repeats
