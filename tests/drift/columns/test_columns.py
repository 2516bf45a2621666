from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from governance.drift.columns.columns import Use, counted_pairs, drift
from governance.drift.results.report import ColumnDrift
from governance.evidence.codec import canonical, decode, encode
from governance.evidence.evidence import silent
from tests.drift.planted import MOVED, window


def compared(reference: pd.DataFrame, current: pd.DataFrame, **options) -> Mapping[str, ColumnDrift]:
    pairs = counted_pairs(reference, current, list(reference.columns), progress=silent)
    found, _ = drift(pairs, np.random.default_rng(0), **options)
    return {item.name: item for item in found}


def one(reference, current, **options) -> ColumnDrift:
    return compared(pd.DataFrame({"x": reference}), pd.DataFrame({"x": current}), **options)["x"]


ROWS = 30_000
"""At a third of the rows of the benchmark (`bench_drift.py`) every planted change is still found, the tail of 1 % too."""


@pytest.fixture(scope="module")
def planted() -> tuple[pd.DataFrame, pd.DataFrame]:
    return window(ROWS, 0, drifted=False), window(ROWS, 1, drifted=True)


def test_over_twenty_seeds_the_six_planted_columns_are_found_with_no_more_false_ones_than_promised(
    planted: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    shares = []
    for seed in range(20):
        pair = planted if seed == 0 else [window(ROWS, 2 * seed + side, drifted=bool(side)) for side in range(2)]
        moved = {name for name, item in compared(*pair).items() if item.verdict in ("small", "material")}
        assert moved >= MOVED
        shares.append(len(moved - MOVED) / len(moved))
    assert np.mean(shares) <= 0.05


def test_one_absurd_value_in_every_numeric_column_changes_no_verdict(
    planted: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    before, after = planted
    expected = {name: item.verdict for name, item in compared(before, after).items()}
    for side in range(2):
        pair = [frame.copy() for frame in planted]
        numeric = [name for name in pair[side].columns if name.startswith("num_")]
        pair[side].loc[17, numeric] = 1e6
        assert {name: item.verdict for name, item in compared(*pair).items()} == expected


def test_a_pure_shift_of_missing_values_is_found_and_named() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=2000), rng.normal(size=2000)
    y[:800] = np.nan
    found = one(x, y)
    assert found.verdict == "material"
    assert "missing" in found.reason
    assert not found.tests["ks"].alert
    assert found.tests["missing"].alert
    assert found.tests["missing"].statistic == pytest.approx(0.4)


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("side", ["reference", "current"])
def test_one_absurd_value_changes_no_verdict(shift: float, side: str) -> None:
    rng = np.random.default_rng(2)
    windows = {"reference": rng.normal(size=20_000), "current": rng.normal(shift, size=20_000)}
    before = one(windows["reference"], windows["current"])
    windows[side][7] = 1e6
    after = one(windows["reference"], windows["current"])
    assert after.verdict == before.verdict
    assert {name: item.alert for name, item in after.tests.items()} == {
        name: item.alert for name, item in before.tests.items()
    }


def test_too_few_rows_is_an_answer_of_its_own() -> None:
    rng = np.random.default_rng(3)
    found = one(rng.normal(size=25), rng.normal(size=25))
    assert found.verdict == "cannot_tell"
    assert "too few rows" in found.reason.lower()


def test_a_real_change_below_the_limit_is_small_not_material() -> None:
    rng = np.random.default_rng(4)
    found = one(rng.normal(size=100_000), rng.normal(0.04, size=100_000))
    assert found.verdict == "small"
    assert not any(item.alert for item in found.tests.values())


def test_categories_never_seen_before_are_counted() -> None:
    found = one(["a", "b"] * 500, ["a", "b"] * 450 + ["c"] * 100)
    new = found.tests["new_categories"]
    assert new.statistic == pytest.approx(0.1)
    assert new.alert
    assert found.picture.new_levels == ("c",)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "**bold**", "=1+1"])
def test_hostile_names_stay_as_they_are(text: str) -> None:
    assert text in one([text] * 30, ["a"] * 30).picture.level


STRANGE = {
    "constant": [1.0] * 40,
    "another constant": [2.0] * 30,
    "all missing": [None] * 40,
    "one row": [3.0],
    "one text": ["x"],
    "infinite": [np.inf, -np.inf, 1.0, 2.0] * 10,
    "only infinite": [np.inf] * 20,
    "mixed": [1, "a", None, 2.5] * 10,
    "booleans": [True, False] * 20,
    "numbers": list(np.arange(40.0)),
    "huge": [1.7e308, -1.7e308] * 20,
    "names": [f"row {i}" for i in range(40)],
    "dates": list(pd.date_range("2020-01-01", periods=40)),
    "empty": [],
}


@pytest.mark.parametrize("left", STRANGE)
@pytest.mark.parametrize("right", STRANGE)
def test_strange_columns_give_plain_numbers_or_reasons(left: str, right: str) -> None:
    found = one(pd.Series(STRANGE[left]), pd.Series(STRANGE[right]))
    assert decode(ColumnDrift, encode(found)) == found
    canonical(encode(found))
    assert all(item.statistic is not None or item.reason for item in found.tests.values())


VALUES = st.lists(st.one_of(st.none(), st.integers(-3, 3), st.floats(-5, 5, width=16)), min_size=1, max_size=60)


@settings(max_examples=25, deadline=None)
@given(VALUES, VALUES, st.randoms())
def test_shuffled_rows_give_the_same_evidence(left: list, right: list, random) -> None:
    before = canonical(encode(one(pd.Series(left, dtype=float), pd.Series(right, dtype=float))))
    random.shuffle(left)
    random.shuffle(right)
    assert canonical(encode(one(pd.Series(left, dtype=float), pd.Series(right, dtype=float)))) == before


def test_columns_that_the_model_uses_come_first() -> None:
    rng = np.random.default_rng(5)
    before = pd.DataFrame({"used": rng.normal(size=900), "idle": rng.normal(size=900), "strange": rng.normal(size=900)})
    after = before + pd.Series({"used": 0.3, "idle": 2.0, "strange": 5.0})
    use = Use({"used": 0.4, "idle": 0.0}, ("used", "idle"))
    found = compared(before, after, use=use)
    assert list(found) == ["used", "strange", "idle"]
    assert [item.matters for item in found.values()] == ["matters", "unused", "unused"]


def test_without_drift_alarms_keep_their_promise() -> None:
    rng = np.random.default_rng(6)
    alarms, rejected, tests = 0, 0, 0
    for _ in range(120):
        before, after = (
            pd.DataFrame({
                "normal": rng.normal(size=n), "counts": rng.poisson(2, n) * 1.0, "zeros": rng.gamma(1, 1, n) * (rng.random(n) < 0.4),
                "levels": rng.integers(0, 6, n).astype(str), "gaps": np.where(rng.random(n) < 0.1, np.nan, 1.0),
            })
            for n in (300, 500)
        )  # fmt: skip
        found = compared(before, after)
        alarms += any(item.verdict in ("small", "material") for item in found.values())
        for column, test in [("normal", "ks"), ("normal", "wasserstein"), ("counts", "ks"), ("zeros", "ks"), ("zeros", "wasserstein"),
                             ("levels", "chi2"), ("gaps", "missing")]:  # fmt: skip
            rejected += found[column].tests[test].p_value <= 0.05
            tests += 1
    assert 0.03 <= rejected / tests <= 0.07
    assert alarms / 120 <= 0.1
