"""Bounds of shares: numbers of the literature, and a watcher who looks after every request."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from governance.serving.bounds import any_time, none_differs, requests_for


@pytest.mark.parametrize(("trials", "bound"), [(299, 0.01), (2995, 0.001), (59, 0.05)])
def test_the_known_numbers_of_trials_bound_the_known_shares(trials: int, bound: float) -> None:
    assert none_differs(trials) == pytest.approx(bound, rel=0.01)
    assert none_differs(trials) <= bound < none_differs(trials - 1)


def test_none_of_n_is_the_exact_binomial_bound() -> None:
    assert none_differs(80) == pytest.approx(beta.ppf(0.95, 1, 80), rel=1e-9)


def test_without_a_trial_nothing_is_bounded() -> None:
    assert none_differs(0) == 1.0
    assert any_time(0, 0) == (0.0, 1.0)


def test_whenever_one_looks_the_bound_is_wider_and_has_its_closed_form_without_a_difference() -> None:
    assert any_time(0, 300)[1] == pytest.approx(1 - (0.05 / 301) ** (1 / 300), rel=1e-9)
    assert any_time(0, 300)[1] == pytest.approx(0.0286, abs=2e-4)
    assert any_time(0, 300)[1] > none_differs(300)


def test_all_that_differ_leave_no_upper_bound_and_some_lie_between() -> None:
    assert any_time(20, 20)[1] == 1.0
    low, high = any_time(30, 300)
    assert low < 0.1 < high
    assert (low, high) == pytest.approx((0.055, 0.164), abs=0.01)


@pytest.mark.parametrize(("share", "requests"), [(0.5, 5), (0.1, 29), (0.01, 299)])
def test_the_numbers_of_requests_that_find_a_canary(share: float, requests: int) -> None:
    assert requests_for(share) == requests


@pytest.mark.parametrize("share", [0.01, 0.1, 0.4])
def test_whoever_looks_after_every_request_is_misled_in_at_most_one_of_twenty(share: float) -> None:
    rng, runs, length = np.random.default_rng(11), 2000, 200
    counts = np.cumsum(rng.random((runs, length)) < share, axis=1)
    misled = np.zeros(runs, dtype=bool)
    for n in range(1, length + 1):
        seen, place = np.unique(counts[:, n - 1], return_inverse=True)
        bounds = np.array([any_time(int(x), n) for x in seen])[place]
        misled |= (share < bounds[:, 0]) | (share > bounds[:, 1])
    assert misled.mean() <= 0.05
