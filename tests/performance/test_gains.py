"""Cumulative gains and lift: worked by hand, and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve, roc_curve

from governance.performance import gains
from governance.performance.curve import threshold_curve


def test_ten_rows_worked_by_hand() -> None:
    label = np.array([1, 1, 0, 1, 0, 0, 0, 0, 0, 0], dtype=float)
    score = np.array([0.9, 0.8, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
    found = {item.threshold: item for item in gains(threshold_curve(label, score, 400, 0.5))}
    top, pair, three = found[0.9], found[0.8], found[0.6]
    assert (top.selected, top.found, top.lift) == (0.1, pytest.approx(1 / 3), pytest.approx(1 / 0.3))
    assert (pair.selected, pair.found, pair.lift) == (0.3, pytest.approx(2 / 3), pytest.approx((2 / 3) / 0.3))
    assert (three.selected, three.found, three.lift) == (0.4, 1.0, pytest.approx(0.75 / 0.3))
    assert (found[0.05].selected, found[0.05].found, found[0.05].lift) == (1.0, 1.0, pytest.approx(1.0))
    nobody = gains(threshold_curve(label, score, 400, 0.5))[0]
    assert (nobody.selected, nobody.found, nobody.lift) == (0.0, 0.0, None)


def test_found_is_scikit_learns_recall_and_lift_its_precision_over_the_base_rate() -> None:
    rng = np.random.default_rng(4)
    label = (rng.random(500) < 0.3).astype(float)
    score = np.clip(rng.normal(0.4 + 0.2 * label, 0.2), 0, 1).round(2)
    found = {item.threshold: item for item in gains(threshold_curve(label, score, 400, 0.5))}
    _, recall, cuts = roc_curve(label, score, drop_intermediate=False)
    for cut, value in zip(cuts[1:], recall[1:], strict=True):
        assert found[cut].found == pytest.approx(value)
        assert found[cut].selected == pytest.approx((score >= cut).mean())
    precision, _, cuts = precision_recall_curve(label, score)
    for cut, value in zip(cuts, precision[:-1], strict=True):
        assert found[cut].lift == pytest.approx(value / label.mean())


def test_where_nothing_can_be_found_there_are_no_gains() -> None:
    assert gains(threshold_curve(np.zeros(4), np.arange(4.0), 400, 0.5)) == ()
