from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from governance.drift.columns.null_distribution import Chance
from governance.drift.columns.wasserstein import displacement, mad
from governance.drift.samples.ecdf import scan
from governance.drift.samples.two_samples import runs_of

CHANCE = Chance(np.random.default_rng(0))


@pytest.mark.parametrize("draw", ["normal", "lognormal", "poisson"])
def test_the_area_is_scipys_distance_in_standard_deviations_of_the_reference(draw: str) -> None:
    rng = np.random.default_rng(3)
    make = {"normal": rng.normal, "lognormal": rng.lognormal, "poisson": lambda size: rng.poisson(4, size) * 1.0}[draw]
    a, b = make(size=700), make(size=900) + 0.2
    runs = runs_of(a, b)
    found = displacement(runs, scan(runs), CHANCE)
    assert found.plain == pytest.approx(stats.wasserstein_distance(a, b) / a.std(), rel=1e-12)
    low, high = np.sort(a)[3], np.sort(a)[696]
    clipped = stats.wasserstein_distance(np.clip(a, low, high), np.clip(b, low, high)) / np.clip(a, low, high).std()
    assert found.winsorised == pytest.approx(clipped, rel=1e-12)


def test_the_median_absolute_deviation_is_scipys() -> None:
    a = np.random.default_rng(4).lognormal(size=501)
    assert mad(runs_of(a, a[:3])) == pytest.approx(stats.median_abs_deviation(a), rel=1e-9)


def test_chance_displaces_normal_data_by_the_published_amount() -> None:
    rng = np.random.default_rng(5)
    runs = runs_of(rng.normal(size=4000), rng.normal(size=4000))
    found = scan(runs)
    drawn = displacement(runs, found, CHANCE)
    assert drawn.noise_floor is not None
    assert 1.27 * np.sqrt(2 / 4000) < drawn.noise_floor < 2.6 * np.sqrt(2 / 4000)


def test_one_absurd_value_hardly_moves_what_is_judged() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.normal(size=5000), rng.normal(size=5000)
    before = displacement(runs_of(a, b), scan(runs_of(a, b)), CHANCE)
    b[0] = 1e6
    after = displacement(runs_of(a, b), scan(runs_of(a, b)), CHANCE)
    assert after.plain is not None
    assert after.plain > 100
    assert after.winsorised == pytest.approx(before.winsorised, abs=0.002)


def test_a_constant_reference_has_no_unit() -> None:
    runs = runs_of(np.ones(50), np.arange(50.0))
    found = displacement(runs, scan(runs), CHANCE)
    assert found.plain is None
    assert found.winsorised is None


def test_values_too_large_to_subtract_are_not_a_number_with_a_reason() -> None:
    runs = runs_of(np.array([-1.7e308, 0.0, 1.7e308] * 30), np.array([-1.7e308, 1.0, 1.7e308] * 30))
    assert displacement(runs, scan(runs), CHANCE).winsorised is None
