"""Capital over windows: naming groups, joining late, and what a bettor is promised."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from governance.fairness.norms.capital import NEVER, closed_means, course
from governance.fairness.norms.evalue import log_e_of_pairs
from governance.fairness.norms.projection import nearest_difference
from governance.fairness.norms.since import since

SHARE = (0.40, 0.25, 0.15, 0.10, 0.06, 0.04)
PAIRS = list(combinations(range(6), 2))


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=6))
def test_closed_testing_is_the_smallest_mean_over_all_subsets(logs: list[float]) -> None:
    found = closed_means(np.array(logs))
    for place in range(len(logs)):
        others = [index for index in range(len(logs)) if index != place]
        means = [
            np.exp([logs[place], *(logs[index] for index in chosen)]).mean()
            for size in range(len(logs))
            for chosen in combinations(others, size)
        ]
        assert found[place] == pytest.approx(np.log(min(means)), abs=1e-9)


def test_a_crossing_stays_although_the_capital_falls_again() -> None:
    log_e = np.log([[[30.0], [0.01]]])
    found = course(log_e, np.array([0]), 0.05)
    assert found.proven.tolist() == [0]
    assert found.own[1, 0] < 0


def test_who_joins_late_begins_with_the_smallest_capital_of_those_who_are_there() -> None:
    """Two pairs stand at 2 and 1/4; the third joins in window 1 with 1/4, and its window doubles it to 1/2."""
    log_e = np.log([[[2.0, 0.25, 8.0], [1.0, 1.0, 2.0]]])
    found = course(log_e, np.array([0, 0, 1]), 0.05)
    assert np.isnan(found.own[0, 2])
    np.testing.assert_allclose(np.exp(found.own[1]), [2, 0.25, 0.5])


def test_who_joins_late_never_begins_above_one() -> None:
    found = course(np.log([[[9.0, 1.0], [1.0, 1.0]]]), np.array([0, 1]), 0.05)
    np.testing.assert_allclose(np.exp(found.own[1]), [9, 1])


def test_nobody_joins_and_nothing_is_proven() -> None:
    assert course(np.zeros((3, 4, 2)), np.array([NEVER, NEVER]), 0.05).proven.tolist() == [NEVER, NEVER]
    assert course(np.zeros((3, 0, 2)), np.array([NEVER, NEVER]), 0.05).proven.tolist() == [NEVER, NEVER]


@given(st.lists(st.lists(st.floats(-3, 3), min_size=3, max_size=3), min_size=1, max_size=8),
       st.lists(st.integers(-1, 7), min_size=3, max_size=3))  # fmt: skip
def test_no_mean_of_a_set_rises_when_somebody_joins(steps: list[list[float]], joined: list[int]) -> None:
    log_e = np.zeros((1, len(steps), 3))
    log_e[0, :, :] = steps
    joined = [window if window < len(steps) else NEVER for window in joined]
    found = course(log_e, np.array(joined), 0.05)
    for window, joiner in enumerate(joined):
        if joiner <= 0 or np.isnan(found.own[joiner - 1]).all():
            continue
        before = found.own[joiner - 1]
        entered = found.own[joiner, window] - log_e[0, joiner, window]
        assert entered <= min(0.0, float(np.nanmin(before))) + 1e-9


def runs(rates: np.ndarray, limit: float, times: int, seed: int) -> np.ndarray:
    """Return (times, windows) the largest closed capital of six groups among 1,000 people a window."""
    rng = np.random.default_rng(seed)
    found = []
    for start in range(0, times, 25):
        rows = rng.multinomial(1000, SHARE, size=(min(25, times - start), len(rates)))
        hits = rng.binomial(rows, np.broadcast_to(rates, rows.shape))
        sums = np.cumsum(
            log_e_of_pairs(hits.astype(float), rows.astype(float), PAIRS, nearest_difference, limit), axis=2
        )
        top = sums.max(axis=0)
        found.append(closed_means(top + np.log(np.exp(sums - top).mean(axis=0))).max(axis=-1))
    return np.concatenate(found)


EDGE = np.array([0.45, 0.40, 0.45, 0.40, 0.40, 0.45])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rates", "limit"),
    [
        (np.tile(np.full(6, 0.4), (104, 1)), 1e-9),
        (np.tile(EDGE, (104, 1)), 0.05),
        (EDGE - 0.2 + 0.4 * np.arange(104)[:, None] / 104, 0.05),
    ],
    ids=["no difference, norm 0", "at the edge", "moving together at the edge"],
)
def test_a_fair_version_is_ever_accused_in_at_most_one_of_twenty_runs(rates: np.ndarray, limit: float) -> None:
    ever = (runs(rates, limit, 400, seed=11).max(axis=1) >= np.log(20)).mean()
    assert ever <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.slow
def test_ten_years_of_weeks_do_not_change_that() -> None:
    ever = (runs(np.tile(EDGE, (520, 1)), 0.05, 400, seed=12).max(axis=1) >= np.log(20)).mean()
    assert ever <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.slow
def test_a_group_of_fifteen_percent_that_loses_a_tenth_is_found_within_sixteen_weeks() -> None:
    rates = np.tile(np.full(6, 0.4), (104, 1))
    rates[30:, 2] -= 0.10
    crossed = runs(rates, 0.05, 200, seed=13) >= np.log(20)
    found, first = crossed.any(axis=1), crossed.argmax(axis=1)
    assert (found & (first >= 30)).mean() >= 0.95
    assert np.median(first[found] - 30) <= 16


def test_since_when_covers_the_truth_and_is_near_it() -> None:
    rng = np.random.default_rng(14)
    covered, off = 0, []
    for _ in range(60):
        n = rng.multinomial(1340, (0.85, 0.15), size=80)
        rate = np.where(np.arange(80)[:, None] < 52, [0.45, 0.45], [0.45, 0.30])
        share = rng.binomial(n, rate) / n
        spread = (0.45 * 0.55 / n).sum(axis=1)
        found = since(share[:, 0] - share[:, 1], spread, 70)
        covered += found.low <= 52 <= found.high
        off.append(abs(found.window - 52))
    assert covered / 60 >= 0.85
    assert np.median(off) <= 2


def test_windows_in_which_a_group_is_absent_say_nothing_about_since_when() -> None:
    gap = np.array([np.nan, 0.0, 0.0, np.nan, 0.5, 0.5])
    found = since(gap, np.full(6, 0.001), 5)
    assert (found.window, found.low, found.high) == (4, 4, 4)
    assert since(np.full(3, np.nan), np.ones(3), 2).window == 2
