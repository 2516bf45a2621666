"""Rows in an order in which neighbours answer alike, so that a block of them needs few lines of each table."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.compatible import Splits
from governance.explain.trees.program import Program
from governance.models import BLOCK, MISSING_CODE, kernel

MANY_ROWS: Final = 4 * BLOCK
"""From so many rows on, putting them in order costs less than it saves."""
_QUESTIONS: Final = 40
"""Questions that decide the order: a block shares about the first seven, the others keep neighbours alike."""


def alike(program: Program, splits: Splits, coded: NDArray[np.uint16], rows: int) -> NDArray[np.int64]:
    """Return the order of rows by their answers to the questions that the trees ask most, each counted as 2^-depth.

    Args:
        program: the trees.
        splits: their different questions.
        coded: (blocks, used, BLOCK) codes of the rows.
        rows: how many rows there are.
    """
    nodes = program.nodes
    asked = nodes.parent >= 0
    share = np.bincount(splits.number[asked], weights=0.5 ** nodes.depth[asked], minlength=len(splits.column))
    key = np.zeros(len(coded) * BLOCK, np.int64)
    for question in np.argsort(-share, kind="stable")[:_QUESTIONS]:
        codes = coded[:, splits.column[question]].reshape(-1)
        left = codes <= splits.bound[question]
        if splits.missing_left[question]:
            left |= codes == MISSING_CODE
        key = key * 2 + left
    return np.argsort(key[:rows], kind="stable")


def arranged(coded: NDArray[np.uint16], order: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Return the codes of the rows in another order, in the same shape."""
    found = np.zeros_like(coded)
    _arrange(coded, order, found)
    return found


@kernel
def _arrange(coded: Any, order: Any, found: Any) -> None:
    for column in range(coded.shape[1]):
        for i in range(len(order)):
            found[i // BLOCK, column, i % BLOCK] = coded[order[i] // BLOCK, column, order[i] % BLOCK]


def put_back(total: NDArray[np.float64], order: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what was found for rows in `order`, in the rows' own order."""
    found = np.empty_like(total)
    found[order] = total
    return found


def rows_of(coded: NDArray[np.uint16], rows: int) -> NDArray[np.uint16]:
    """Return (rows, used) codes, row by row, of few rows that are coded in blocks."""
    return np.ascontiguousarray(coded.transpose(0, 2, 1).reshape(-1, coded.shape[1])[:rows])
