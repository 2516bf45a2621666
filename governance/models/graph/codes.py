"""Encoded rows as small integers: only the order of a number among the ensemble's thresholds matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.graph.branches import Membership, Splits
from governance.models.graph.compiled import kernel

BLOCK: Final = 1024
"""Rows that are worked on together; fewer, and the walk over the nodes costs more than the rows."""
MISSING_CODE: Final = 65535
"""The code of a missing value: above every threshold."""


@dataclass(frozen=True, slots=True)
class Codebook:
    """Turns encoded rows into codes with `x <= threshold i` exactly when `code(x) <= i`.

    The code of x is the number of thresholds below x, in the precision in which ONNX Runtime compares.
    """

    columns: NDArray[np.int64]
    """(used,) encoded column, or `-2 - i` for the i-th membership, of each code column."""
    thresholds: NDArray[Any]
    """Sorted thresholds of all code columns, one column after the other, in the precision of the comparison."""
    start: NDArray[np.int64]
    """(used + 1,) where each code column's thresholds begin."""
    memberships: tuple[Membership, ...]

    def source(self, at: int) -> int:
        """Return the encoded column that code column `at` is made from."""
        column = int(self.columns[at])
        return column if column >= 0 else self.memberships[-2 - column].feature

    def prepare(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return encoded rows in the precision of the comparison, answers to memberships appended as 0/1 columns."""
        rows = np.ascontiguousarray(rows, dtype=self.thresholds.dtype)
        if not self.memberships:
            return rows
        answers = [_inside(rows[:, item.feature], item) for item in self.memberships]
        return np.column_stack([rows, *answers]).astype(rows.dtype)

    def code_of(self, values: NDArray[Any], at: int) -> NDArray[np.uint16]:
        """Return the codes of numbers in code column `at`, which must not be a membership."""
        own = values.astype(self.thresholds.dtype)
        found = np.searchsorted(self.thresholds[self.start[at] : self.start[at + 1]], own, side="left")
        return np.where(np.isnan(own), MISSING_CODE, found).astype(np.uint16)

    def blocks(self, prepared: NDArray[Any], begin: int, end: int) -> NDArray[np.uint16]:
        """Return the codes of prepared rows [begin:end] in the shape (blocks, used, BLOCK); the last one padded with 0."""
        count = -(-(end - begin) // BLOCK)
        coded = np.zeros((count, len(self.columns), BLOCK), np.uint16)
        width = prepared.shape[1] - len(self.memberships)
        position = np.where(self.columns >= 0, self.columns, width - 2 - self.columns)
        for block in range(count):
            first = begin + block * BLOCK
            _encode(prepared[first : min(first + BLOCK, end)], position, self.thresholds, self.start, coded[block])
        return coded

    def codes(self, rows: NDArray[Any]) -> NDArray[np.uint16]:
        """Return the codes of encoded rows in the shape (used, rows)."""
        coded = self.blocks(self.prepare(rows), 0, len(rows))
        return np.ascontiguousarray(
            coded.transpose(1, 0, 2).reshape(len(self.columns), len(coded) * BLOCK)[:, : len(rows)]
        )


def _inside(values: NDArray[Any], membership: Membership) -> NDArray[np.bool_]:
    members = np.array(membership.members, dtype=values.dtype)
    return np.asarray(np.isin(values, members) | (np.isnan(values) & membership.missing))


@kernel
def _encode(rows: Any, position: Any, thresholds: Any, start: Any, out: Any) -> None:
    """Write for each value of each used column the number of thresholds below it, found by halving."""
    for at in range(len(position)):
        column, first = position[at], start[at]
        total = start[at + 1] - first
        for i in range(rows.shape[0]):
            value = rows[i, column]
            low, size = first, total
            while size > 1:
                half = size // 2
                low = low + half if thresholds[low + half - 1] < value else low
                size -= half
            code = low - first + (1 if thresholds[low] < value else 0)
            out[at, i] = MISSING_CODE if value != value else code  # noqa: PLR0124 - true for NaN only


def code_splits(splits: Splits) -> tuple[Codebook, NDArray[np.int32], NDArray[np.uint16]]:
    """Return the codebook of an ensemble, and for each node its code column and its threshold as a code.

    Raises:
        RefusedInputError: a column with more thresholds than there are codes.
    """
    inner = np.flatnonzero(~splits.leaf)
    feature, threshold = splits.feature[inner], splits.threshold[inner]
    order = np.lexsort((threshold, feature))
    feature, threshold = feature[order], threshold[order]
    new_column, new_pair = np.ones(len(feature), bool), np.ones(len(feature), bool)
    new_column[1:] = feature[1:] != feature[:-1]
    new_pair[1:] = new_column[1:] | (threshold[1:] != threshold[:-1])
    start = np.append(np.flatnonzero(new_column[new_pair]), new_pair.sum()).astype(np.int64)
    most = int(np.diff(start).max(initial=0))
    if most >= MISSING_CODE:
        raise RefusedInputError(
            f"The trees split one column at {most} thresholds; the exact way takes {MISSING_CODE - 1}.",
            "Use the sampled way: --method permutation.",
        )
    column = np.cumsum(new_column) - 1
    column_of = np.zeros(len(splits.feature), np.int32)
    bound = np.zeros(len(splits.feature), np.uint16)
    column_of[inner[order]] = column
    bound[inner[order]] = np.cumsum(new_pair) - 1 - start[column]
    precision = np.float64 if splits.double else np.float32
    codebook = Codebook(
        columns=feature[new_column].astype(np.int64),
        thresholds=threshold[new_pair].astype(precision),
        start=start,
        memberships=splits.memberships,
    )
    return codebook, column_of, bound
