"""Streaming detectors beside one that fires whatever happens."""

from __future__ import annotations

import numpy as np

from governance.drift.harm.detectors import adwin, always, detections, page_hinkley


def losses(seed: int, *shares: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.concatenate([(rng.random(1500) < share) * 1.0 for share in shares])


def test_an_adaptive_window_finds_a_jump_soon_after_it() -> None:
    found = adwin(losses(0, 0.1, 0.5))
    assert found
    assert all(at > 1500 for at in found)
    assert found[0] < 1500 + 150


def test_an_adaptive_window_is_quiet_without_a_change_and_when_errors_fall() -> None:
    assert sum(len(adwin(losses(seed, 0.3, 0.3))) for seed in range(5)) <= 1
    assert adwin(losses(1, 0.5, 0.1)) == []


def test_page_and_hinkleys_sum_fires_where_it_passes_the_threshold() -> None:
    # Thirty zeros, then ones: after k ones the mean is k/(30+k); each adds 1 - mean - .005, and fifty are passed at k = 90.
    sums, k, mean = 0.0, 0, 0.0
    while sums <= 50:
        k += 1
        mean = k / (30 + k)
        sums += 1 - mean - 0.005
    assert page_hinkley(np.array([0.0] * 30 + [1.0] * 400))[0] == 30 + k


def test_the_dummy_fires_by_the_clock_and_everyone_is_counted_on_both_windows() -> None:
    assert always(np.zeros(200)) == [60, 120, 180]
    found = {item.detector: item for item in detections(losses(2, 0.1), losses(3, 0.1, 0.5))}
    assert found["always_fires"].current == 50
    assert found["always_fires"].reference == 25
    assert found["adwin"].reference == 0
    assert found["adwin"].current >= 1
