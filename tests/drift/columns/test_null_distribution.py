"""What chance gives: the quick ways against the plain ones."""

from __future__ import annotations

import numpy as np
import pytest

from governance.drift.columns.null_distribution import GRID, KEPT_TABLES, Chance
from governance.drift.samples.shares import redrawn
from governance.drift.samples.two_samples import runs_of

CHANCE = Chance(np.random.default_rng(0))


@pytest.mark.parametrize(("n", "m"), [(60, 80), (300, 300), (3000, 2000)])
def test_areas_are_the_weighted_sums_of_all_gaps(n: int, m: int) -> None:
    rng = np.random.default_rng(n)
    runs = runs_of(np.round(rng.normal(size=n), 2), np.round(rng.normal(size=m), 2))
    at = runs.pooled(GRID)
    weight = rng.random(len(at))
    assert CHANCE.areas(runs, at, weight) == pytest.approx(np.abs(CHANCE.gaps(runs, at)) @ weight, rel=1e-9)


def test_columns_with_the_same_counts_share_what_is_drawn_and_others_do_not() -> None:
    rng, chance = np.random.default_rng(1), Chance(np.random.default_rng(2))
    reference, current = np.full(10, 30), np.arange(10) * 5
    first = chance.tables((reference, current), (0, 0), rng)
    again = chance.tables((reference, current[::-1]), (0, 0), rng)
    assert first is not None
    assert again is first
    for other in (
        chance.tables((reference, current + 1), (0, 0), rng),
        chance.tables((reference + 1, current), (0, 0), rng),
        chance.tables((reference, current), (3, 0), rng),
    ):
        assert other is not None
        assert other is not first


def test_shared_tables_are_the_first_that_the_plain_way_draws() -> None:
    cells = np.full(10, 30), np.full(10, 20)
    shared = Chance(np.random.default_rng(3)).tables(cells, (2, 1), np.random.default_rng(4))
    plain = redrawn(cells, (2, 1), np.random.default_rng(4))
    assert shared is not None
    assert plain is not None
    np.testing.assert_array_equal(shared[0], plain[0])
    np.testing.assert_array_equal(shared[1], plain[1])


def test_what_is_kept_has_a_bound() -> None:
    rng, chance = np.random.default_rng(5), Chance(np.random.default_rng(6))
    cells = np.full(4, 25), np.full(4, 25)
    first = chance.tables(cells, (0, 0), rng)
    for missing in range(1, KEPT_TABLES + 1):
        chance.tables(cells, (missing, 0), rng)
    assert chance.tables(cells, (0, 0), rng) is not first
