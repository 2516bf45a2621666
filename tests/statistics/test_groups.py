"""Columns coded once: narrow codes never overflow, and a value is seen wherever it stands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.statistics.counts import count
from governance.statistics.groups import BLOCK, Attribute, attributes, combined


@pytest.mark.parametrize("sizes", [(9, 99), (99, 99), (99, 99, 99), (2, 3)])
def test_combined_codes_are_exact_for_narrow_and_wide_columns(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    found = [Attribute(f"a{at}", tuple(f"{value:03d}" for value in range(size))) for at, size in enumerate(sizes)]
    codes = [rng.integers(0, size + 1, 500).astype(np.int8) for size in sizes]
    expected = [0] * 500
    for code, size in zip(codes, sizes, strict=True):
        expected = [before * (size + 1) + own for before, own in zip(expected, code.tolist(), strict=True)]
    assert combined(codes, found).tolist() == expected
    assert all(code.dtype == np.int8 for code in codes)


@pytest.mark.parametrize("sizes", [(9, 99), (60, 60)])
def test_counts_equal_pandas_for_few_and_many_combinations(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    n = 20_000
    frame = pd.DataFrame({f"a{at}": rng.integers(0, size, n).astype(str) for at, size in enumerate(sizes)}).astype(
        "category"
    )
    label, decision = (rng.integers(0, 3, n).astype(np.uint8) for _ in range(2))
    found = attributes(tuple(frame.columns), [frame])
    weight = rng.random(n)
    cells = count(found, [item.code(frame[item.name]) for item in found], label, decision, weight)
    oracle = (
        frame.assign(y=label, d=decision, w=weight)
        .groupby(["a0", "a1", "y", "d"], observed=True)["w"]
        .agg(["size", "sum"])
    )
    assert int((cells.rows > 0).sum()) == len(oracle)
    for (first, second, y, d), row in oracle.iterrows():
        at = [found[0].names.index(first), found[1].names.index(second)]
        place = int(np.flatnonzero((cells.groups == at).all(axis=1))[0])
        assert cells.rows[place, y, d] == row["size"]
        assert cells.weight[place, y, d] == pytest.approx(row["sum"])


def test_a_value_of_the_last_row_is_a_group_and_an_unused_category_is_none() -> None:
    values = pd.Categorical(["a", "b"] * BLOCK + ["late"], categories=["a", "b", "late", "never"])
    (found,) = attributes(("g",), [pd.DataFrame({"g": values})])
    assert found.names == ("a", "b", "late", "unknown")


@pytest.mark.parametrize("codes", [("c",), ()])
def test_whole_numbers_beyond_floating_point_stay_apart(codes: tuple[str, ...]) -> None:
    values = [2**53 + 1, 2**53 + 2, None, 2**53 + 1]
    frame = pd.DataFrame({"c": pd.array(values, dtype="Int64")})
    (found,) = attributes(("c",), [frame], codes)
    assert found.names == ("9007199254740993", "9007199254740994", "unknown")
    assert found.code(frame["c"]).tolist() == [0, 1, 2, 0]


def test_a_column_of_text_beside_it_does_not_take_the_role_of_code_away() -> None:
    """Twenty codes are twenty groups; without the role they would be four bands."""
    frame = pd.DataFrame({"town": ["a", "b"] * 20, "branch": [*range(20), *range(20)]})
    _, branch = attributes(("town", "branch"), [frame], ("branch",))
    assert branch.names == (*map(str, range(20)), "unknown")
    assert branch.edges == ()
