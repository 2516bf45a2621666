from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from governance.drift.columns import chi2


def test_a_dense_table_gives_scipys_statistic_and_p_value() -> None:
    a, b = np.array([30, 50, 20]), np.array([45, 40, 40])
    found = chi2.contingency(a, b, chi2.relabelled(a, b, np.random.default_rng(0)))
    oracle = stats.chi2_contingency(np.stack([a, b]), correction=False)
    g = stats.chi2_contingency(np.stack([a, b]), correction=False, lambda_="log-likelihood")
    assert found.statistic == pytest.approx(oracle.statistic, rel=1e-12)
    assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-12)
    assert found.g == pytest.approx(g.statistic, rel=1e-12)


def test_a_sparse_table_is_judged_by_relabelling() -> None:
    a, b = np.array([5, 1, 0, 2]), np.array([2, 0, 4, 1])
    found = chi2.contingency(a, b, chi2.relabelled(a, b, np.random.default_rng(0)))
    oracle = stats.chi2_contingency(
        np.stack([a, b]),
        correction=False,
        method=stats.PermutationMethod(n_resamples=5000, rng=np.random.default_rng(1)),
    )
    assert "relabellings" in found.how
    assert found.p_value == pytest.approx(oracle.pvalue, abs=0.03)


def test_moments_of_many_rare_levels_are_those_of_relabelling() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.multinomial(300, np.ones(500) / 500), rng.multinomial(200, np.ones(500) / 500)
    kept = a + b > 0
    a, b = a[kept], b[kept]
    tables = rng.multivariate_hypergeometric(a + b, 200, size=4000, method="marginals")
    drawn = chi2.pearson(a + b - tables, tables)
    scale, degrees = chi2.moments(a, b)
    assert scale * degrees == pytest.approx(drawn.mean(), rel=0.01)
    assert 2 * scale**2 * degrees == pytest.approx(drawn.var(), rel=0.1)


def test_cramers_v_is_corrected_for_chance() -> None:
    assert chi2.cramers_v(3.0, 1000, 5) == 0.0
    assert chi2.cramers_v(1000.0, 1000, 2) == pytest.approx(1.0, abs=1e-3)


def test_one_level_says_nothing() -> None:
    found = chi2.contingency(np.array([5]), np.array([7]), None)
    assert (found.statistic, found.p_value) == (0.0, 1.0)
