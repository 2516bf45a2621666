"""Intervals against published numbers, scipy and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from governance.fairness.disparity import Question, disparity, families
from governance.fairness.report import Limits
from governance.statistics.counts import Cells
from governance.statistics.intervals import katz, koopman, newcombe, ratio_interval, score_p_value, wilson


@pytest.mark.parametrize(("s", "n"), [(0, 10), (1, 20), (5, 9), (81, 263), (15, 148), (20, 20)])
def test_wilson_equals_scipy(s: int, n: int) -> None:
    expected = stats.binomtest(s, n).proportion_ci(method="wilson")
    low, high = wilson(s, n)
    assert float(low) == pytest.approx(expected.low, abs=1e-12)
    assert float(high) == pytest.approx(expected.high, abs=1e-12)


def test_wilson_of_nobody_is_the_whole_range() -> None:
    assert [float(end) for end in wilson(0, 0)] == [0.0, 1.0]


# Newcombe (1998), table II, method 10.
@pytest.mark.parametrize(
    ("a", "m", "b", "n", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_newcombe_equals_its_own_table(a: int, m: int, b: int, n: int, low: float, high: float) -> None:
    found = newcombe(a, m, b, n)
    assert float(found[0]) == pytest.approx(low, abs=6e-5)
    assert float(found[1]) == pytest.approx(high, abs=6e-5)


def test_katz_equals_scipy() -> None:
    expected = stats.contingency.relative_risk(27, 122, 44, 487).confidence_interval(0.95)
    low, high = katz(27, 122, 44, 487)
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_koopman_is_where_the_constrained_score_test_is_just_significant() -> None:
    low, high = koopman(36, 40, 16, 80)

    def p_value(ratio: float) -> float:
        """Maximise the likelihood under p1 = ratio p2 on a fine grid, then the score test."""
        p2 = np.linspace(1e-6, min(1, 1 / ratio) - 1e-6, 400_001)
        p1 = ratio * p2
        best = np.argmax(36 * np.log(p1) + 4 * np.log1p(-p1) + 16 * np.log(p2) + 64 * np.log1p(-p2))
        spread = p1[best] * (1 - p1[best]) / 40 + ratio**2 * p2[best] * (1 - p2[best]) / 80
        return 2 * stats.norm.sf(abs(36 / 40 - ratio * 16 / 80) / np.sqrt(spread))

    assert p_value(float(low)) == pytest.approx(0.05, abs=1e-3)
    assert p_value(float(high)) == pytest.approx(0.05, abs=1e-3)
    # Koopman (1984), the example of his section 4: 2.94 to 7.15.
    assert float(low) == pytest.approx(2.94, abs=0.005)
    assert float(high) == pytest.approx(7.15, abs=0.005)


def test_a_ratio_to_a_rate_of_nothing_has_no_upper_end() -> None:
    low, high = ratio_interval(5, 40, 0, 40)
    assert np.isinf(high)
    assert float(low) > 0


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_the_score_test_is_the_chi_square_test_of_scipy(a: int, n: int, b: int, m: int) -> None:
    a, b = min(a, n), min(b, m)
    if 0 < a + b < n + m:
        expected = stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False).pvalue
        assert float(score_p_value(a, n, b, m)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("n", "p"), [(50, 0.3), (200, 0.1), (2000, 0.01), (20000, 0.5)])
def test_wilson_covers_the_truth_as_often_as_it_says(n: int, p: float) -> None:
    s = np.arange(n + 1)
    low, high = wilson(s, n)
    coverage = stats.binom.pmf(s, n, p)[(low <= p) & (p <= high)].sum()
    assert 0.93 <= coverage <= 0.97


@pytest.mark.parametrize(
    ("n1", "p1", "n2", "p2"), [(60, 0.3, 400, 0.3), (200, 0.1, 150, 0.25), (500, 0.02, 4000, 0.05)]
)
def test_differences_and_ratios_cover_the_truth_as_often_as_they_say(n1: int, p1: float, n2: int, p2: float) -> None:
    rng = np.random.default_rng(11)
    a, b = rng.binomial(n1, p1, 4000), rng.binomial(n2, p2, 4000)
    low, high = newcombe(a, n1, b, n2)
    assert 0.93 <= np.mean((low <= p1 - p2) & (p1 - p2 <= high)) <= 0.975
    low, high = ratio_interval(a, n1, b, n2)
    assert 0.93 <= np.mean((low <= p1 / p2) & (p1 / p2 <= high)) <= 0.975


@pytest.mark.parametrize(
    ("rates", "sizes"),
    [((0.3, 0.45), (200, 300)), ((0.2, 0.25, 0.3, 0.35, 0.4), (2000, 900, 600, 300, 300)), ((0.3,) * 4, (250,) * 4)],
)
def test_the_largest_difference_is_covered_even_when_all_groups_are_equal(
    rates: tuple[float, ...], sizes: tuple[int, ...]
) -> None:
    rng, truth, held = np.random.default_rng(12), max(rates) - min(rates), []
    question = Question("demographic_parity", "g", "between_groups", -1, tuple("abcdefg"[: len(rates)]))
    for _ in range(250):
        selected = rng.binomial(sizes, rates)
        table = np.zeros((len(rates), 3, 3), dtype=np.int64)
        table[:, 2, 1], table[:, 2, 0] = selected, np.array(sizes) - selected
        cells = Cells((), np.arange(len(rates))[:, None], table)
        judged = {"selection_rate": np.ones(len(rates), dtype=bool)}
        drawn = families(cells, ("selection_rate",), judged, 400, rng)
        found = disparity([drawn["selection_rate"]], question, Limits())
        held.append(found.low - 1e-12 <= truth <= found.high + 1e-12)
    assert np.mean(held) >= 0.915  # 95 % less three standard errors of 250 trials, and a little for the 400 draws
