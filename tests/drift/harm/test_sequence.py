"""Errors watched one by one: a bound that survives looking after every row."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from governance.drift.harm.sequence import lower_bounds, stream, upper_bound


def by_the_formula(loss: np.ndarray, alpha: float) -> list[float]:
    """Theorem 2 of Waudby-Smith and Ramdas, sum by sum."""
    stakes, spent, bounds = [], [], []
    for t in range(1, len(loss) + 1):
        means = [(0.5 + loss[:i].sum()) / (i + 1) for i in range(t)]
        spread = (0.25 + sum((loss[i - 1] - means[i]) ** 2 for i in range(1, t))) / t
        stake = min(0.5, math.sqrt(2 * math.log(1 / alpha) / (spread * t * math.log(1 + t))))
        stakes.append(stake)
        spent.append(4 * (loss[t - 1] - means[t - 1]) ** 2 * (-math.log(1 - stake) - stake) / 4)
        bounds.append((np.dot(stakes, loss[:t]) - math.log(1 / alpha) - sum(spent)) / sum(stakes))
    return np.maximum.accumulate([0.0, *bounds])[1:].tolist()


def test_the_bound_is_the_published_one() -> None:
    loss = np.random.default_rng(0).random(60)
    assert lower_bounds(loss, 0.05) == pytest.approx(by_the_formula(loss, 0.05), abs=1e-12)


def test_looking_after_every_row_of_an_unchanged_stream_raises_no_more_alarms_than_promised() -> None:
    rng = np.random.default_rng(1)
    ever = sum(bool((lower_bounds((rng.random(2000) < 0.2) * 1.0, 0.05) > 0.2).any()) for _ in range(400))
    assert ever / 400 <= 0.07
    naive = 0
    for _ in range(100):
        x = (rng.random(2000) < 0.2) * 1.0
        n = np.arange(1, 2001)
        share = np.cumsum(x) / n
        naive += bool((share - 1.645 * np.sqrt(0.16 / n) > 0.2)[30:].any())
    assert naive > 20  # what the sequence protects from: the ordinary test, looked at after every row


def test_a_rise_of_the_error_is_noticed_after_it_began() -> None:
    rng = np.random.default_rng(2)
    before = (rng.random(3000) < 0.1) * 1.0
    after = (rng.random(3000) < np.where(np.arange(3000) < 500, 0.1, 0.4)) * 1.0
    found = stream(before, after, 0.02, "in the order of the file")
    assert found.alarm_at is not None
    assert 500 < found.alarm_at < 1500
    assert found.points[-1].mean == pytest.approx(after.mean())
    assert stream(before, before, 0.02, "").alarm_at is None


def test_the_reference_is_bounded_exactly_where_losses_are_zero_or_one() -> None:
    loss = np.array([1.0] * 7 + [0.0] * 33)
    assert upper_bound(loss, 0.05) == pytest.approx(stats.binomtest(7, 40, alternative="less").proportion_ci(0.95).high)
    assert upper_bound(np.full(40, 0.5), 0.05) > 0.5
