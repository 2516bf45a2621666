"""The expected calibration error by hand."""

from __future__ import annotations

import numpy as np
import pytest

from governance.statistics.calibration import calibration_error


def test_gaps_of_one_bin_cancel_and_those_of_two_add_up() -> None:
    """Bin .2 to .3 holds two scores of .25 with labels 1 and 0: |.25 - 1 + .25| = .5; the bin of 1 holds a right one: 0; of 3 rows."""
    label, score = np.array([1.0, 0.0, 1.0]), np.array([0.25, 0.25, 1.0])
    assert calibration_error(label, score, np.ones(3)) == pytest.approx(0.5 / 3)
    apart = np.array([0.25, 0.35, 1.0])  # now two bins: .75 and .35
    assert calibration_error(label, apart, np.array([2.0, 1.0, 1.0])) == pytest.approx((1.5 + 0.35) / 4)


def test_no_mass_has_no_error() -> None:
    assert np.isnan(calibration_error(np.array([1.0]), np.array([0.5]), np.array([0.0])))
