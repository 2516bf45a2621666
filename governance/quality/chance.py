"""How many rows repeat an earlier one by chance alone, in a table whose columns hold few different values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from governance.quality.row_hash import column_hashes, repeated, row_hashes

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS: Final = 3
"""So often chance is drawn for each way to cut the columns in two."""
MOST_DRAWN: Final = 1_000_000
"""At most so many rows are drawn; in a larger table chance explains at least this share."""


def by_chance(sample: pd.DataFrame, identifier: str, rows: int, *, step: int) -> float:
    """Return how many of `rows` rows would repeat an earlier one if two halves of the columns had nothing to do with each other.

    Real repetitions copy every column at once; two people who only look alike do so in a table of few values. So the columns are
    cut in two halves, each half keeps its own rows, and the halves are put together anew; of several cuts the largest count stands.
    With fewer than two columns every repetition is chance.

    Args:
        sample: every step-th row.
        identifier: a column that is not compared, "" for none.
        rows: rows of the whole table.
        step: 1 when the sample is the whole table.
    """
    names = [name for name in map(str, sample.columns) if name != identifier]
    if len(names) < 2:
        return float(rows)
    hashed = [column_hashes(sample[name]) for name in names]
    rng = np.random.default_rng(0)
    half = len(hashed) // 2
    cuts = {
        "in the middle": (hashed[:half], hashed[half:]),
        "every other": (hashed[::2], hashed[1::2]),
        "all but one": (hashed[:1], hashed[1:]),
    }
    shares = [_share(left, right, rows if step > 1 else 0, rng) for left, right in cuts.values() for _ in range(DRAWS)]
    averages = np.asarray(shares).reshape(len(cuts), DRAWS).mean(axis=1)
    return float(averages.max() * rows)


def _share(
    left: Sequence[NDArray[np.uint64]], right: Sequence[NDArray[np.uint64]], rows: int, rng: np.random.Generator
) -> float:
    """Return the share of rows that repeat when both halves are put together by chance: shuffled, or `rows` drawn anew."""
    one, two = row_hashes(list(left)), row_hashes(list(right))
    if rows:
        n = min(rows, MOST_DRAWN)
        one, two = one[rng.integers(0, len(one), n)], two[rng.integers(0, len(two), n)]
    else:
        two = rng.permutation(two)
    return repeated((row_hashes([one, two]),)) / len(one)


def same_table(hashes: Sequence[NDArray[np.uint64]], others: Sequence[NDArray[np.uint64]]) -> bool:
    """Return whether two tables hold the same rows in any order, by the hashes of their rows."""
    if sum(map(len, hashes)) != sum(map(len, others)):
        return False
    first, second = (np.sort(np.concatenate(list(parts))) for parts in (hashes, others))
    return bool(np.array_equal(first, second))
