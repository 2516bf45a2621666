"""Redrawn counts against redrawn rows."""

from __future__ import annotations

import numpy as np
import pytest

from governance.statistics.bootstrap import redrawn_counts, redrawn_sums


def test_redrawn_counts_vary_as_redrawn_rows_do() -> None:
    rng = np.random.default_rng(3)
    counts = np.array([[12, 0], [5, 3]])
    rows = np.repeat(np.arange(4), counts.reshape(-1))
    oracle = np.array([np.bincount(rng.choice(rows, len(rows)), minlength=4) for _ in range(20_000)])
    drawn = redrawn_counts(counts, 20_000, rng, rows=20)
    assert drawn.shape == (20_000, 2, 2)
    flat = drawn.reshape(-1, 4)
    assert (flat.sum(axis=1) == 20).all()
    assert (flat[:, 1] == 0).all()
    assert flat.mean(axis=0) == pytest.approx(oracle.mean(axis=0), abs=0.06)
    assert np.cov(flat.T) == pytest.approx(np.cov(oracle.T), abs=0.15)


def test_redrawn_sums_have_the_moments_of_poisson_weights() -> None:
    rng = np.random.default_rng(4)
    cells = [np.array([1.0, 2.0, 4.0]), np.array([0.5] * 8), np.array([])]
    drawn = redrawn_sums(
        np.array([cell.sum() for cell in cells]), np.array([(cell**2).sum() for cell in cells]), 40_000, rng
    )
    assert drawn.mean(axis=0) == pytest.approx([7.0, 4.0, 0.0], abs=0.08)
    assert drawn.var(axis=0) == pytest.approx([21.0, 2.0, 0.0], rel=0.04)
