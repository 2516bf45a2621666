"""Population stability index, Kullback-Leibler, Jensen-Shannon."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon

from governance.drift.columns import js, kl, psi
from governance.drift.samples.shares import smoothed

A, B = np.array([100, 50, 0, 850]), np.array([10, 60, 30, 400])


def test_the_index_is_the_sum_of_both_divergences() -> None:
    p, q = (A + 0.5) / (1000 + 2), (B + 0.5) / (500 + 2)
    assert psi.psi(A, B) == pytest.approx(stats.entropy(p, q) + stats.entropy(q, p), rel=1e-12)
    assert psi.psi(A, B) == pytest.approx(psi.psi(B, A), rel=1e-12)


def test_the_divergence_is_scipys_of_current_from_reference() -> None:
    p, q = smoothed(A, B)
    assert kl.kl(A, B) == pytest.approx(stats.entropy(q, p), rel=1e-12)


def test_the_distance_is_scipys() -> None:
    p, q = smoothed(A, B)
    assert js.js(A, B) == pytest.approx(jensenshannon(p, q), rel=1e-12)


def test_cells_empty_on_both_sides_change_nothing() -> None:
    padded = np.append(A, 0), np.append(B, 0)
    assert psi.psi(*padded) == psi.psi(A, B)


@pytest.mark.parametrize("room", [psi, kl, js])
def test_chance_exceeds_the_noise_floor_in_about_five_of_a_hundred(room) -> None:
    rng = np.random.default_rng(7)
    shares = np.full(10, 0.1)
    function = {psi: psi.psi, kl: kl.kl, js: js.js}[room]
    beyond = 0
    for _ in range(600):
        a, b = rng.multinomial(400, shares), rng.multinomial(900, shares)
        beyond += function(a, b) > room.noise_floor(a, b, None)
    assert 0.025 <= beyond / 600 <= 0.08
