"""Groups that got worse: one promise over all groups, by the exact law of two shares."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from benchmarks.bench_group_alarms import SCHEMA, TOLERANCE, shares, window
from governance.drift.performance.group_changes import by_group, fewer_by_chance
from governance.subject import Outcome, Schema


@pytest.mark.parametrize(("x", "n", "y", "m"), [(30, 50, 20, 50), (400, 500, 350, 500), (3, 40, 1, 35), (0, 10, 3, 10)])
def test_the_chance_is_that_of_fishers_exact_test(x: int, n: int, y: int, m: int) -> None:
    expected = fisher_exact([[y, m - y], [x, n - x]], alternative="less").pvalue
    assert fewer_by_chance(x, n, y, m) == pytest.approx(expected, rel=1e-9)


def test_very_many_rows_are_judged_by_a_normal_law_that_agrees() -> None:
    few = fewer_by_chance(15_000, 19_990, 14_850, 19_990)
    many = fewer_by_chance(15_000 * 2, 19_990 * 2, 14_850 * 2, 19_990 * 2)
    assert few == pytest.approx(0.0425, abs=0.002)
    assert many < few


@pytest.mark.parametrize("groups", [6, 23])
def test_quiet_windows_seldom_accuse_and_a_planted_drop_is_found(groups: int) -> None:
    found = shares(groups, 40, seed=3)
    assert found["quiet"] <= 0.1
    assert found["quiet, single"] > 0.15
    assert found["planted"] >= found["planted, single"] / 2


def test_ages_are_compared_in_bands_and_not_year_by_year() -> None:
    rng = np.random.default_rng(1)

    def side(rows: int) -> tuple[pd.DataFrame, Outcome]:
        age = rng.integers(18, 91, rows).astype(np.float64)
        age[::50] = np.nan
        label = rng.integers(0, 2, rows).astype(np.float64)
        return pd.DataFrame({"age": age}), Outcome("binary", ("0", "1"), label, label.copy(), None, None)

    before, after = side(4_000), side(3_000)
    found = by_group(before, after, Schema(target="y", sensitive=("age",)), 0.02)
    groups = dict.fromkeys(item.group for item in found)
    assert len(groups) == 5  # four bands and those of unknown age
    assert "(unknown)" in groups
    bands = [name for name in groups if name != "(unknown)"]
    ends = sorted(tuple(int(end) for end in name.split(" to ")) for name in bands)
    assert (ends[0][0], ends[-1][1]) == (18, 90)
    assert all(one[1] + 1 == two[0] for one, two in itertools.pairwise(ends))
    rows = {item.group: item.reference.n + item.current.n for item in found if item.metric == "accuracy"}
    assert sum(rows.values()) == 7_000


def test_codes_written_as_numbers_stay_groups_of_their_own() -> None:
    area = np.arange(2_000) % 20
    label = (np.arange(2_000) % 2).astype(np.float64)
    side = pd.DataFrame({"area": area}), Outcome("binary", ("0", "1"), label, label, None, None)
    found = by_group(side, side, Schema(target="y", sensitive=("area",), code=("area",)), 0.02)
    assert len({item.group for item in found}) == 20


def test_a_group_that_only_looks_worse_says_why() -> None:
    rng = np.random.default_rng(7)
    pairs = ((window(rng, 50), window(rng, 50)) for _ in range(20))
    found = (by_group(before, after, SCHEMA, TOLERANCE) for before, after in pairs)
    changes = next(items for items in found if any("alone does that" in item.change.reason for item in items))
    suspects = [item for item in changes if "alone does that" in item.change.reason]
    assert suspects
    for item in suspects:
        assert item.change.verdict == "cannot_tell"
        assert item.p_adjusted is not None
        assert item.p_adjusted >= 0.05
        assert f"among {sum(one.p_value is not None for one in changes)} comparisons" in item.change.reason
