"""Compiled walks through an ensemble: all trees once for every row, and only the trees that ask a changed column afterwards.

A tree whose own path, the one that a row took before, asks none of the changed columns takes the same path again and ends in the same
leaf. So a changed row needs only the other trees, and its new score is the old one plus what their leaves differ by.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.models import MISSING_CODE, Codebook, TreeEnsemble, code_splits, kernel

MASKED: Final = 63
"""Players share so many bits of a path's mask; two that share a bit cost walks that change nothing, never a wrong answer."""


class Forest(NamedTuple):
    """An ensemble as the walks read it."""

    roots: NDArray[np.int32]
    """(trees,) first node of each."""
    node: NDArray[np.int32]
    """(nodes, 5): code column, threshold as a code, left child (-1 at leaves), right child, whether a missing value goes left."""
    value: NDArray[np.float64]
    """(nodes, outputs) what a leaf adds."""
    mask: NDArray[np.int64]
    """(nodes,) at leaves: bits of the players that the path to it asks."""


class Walked(NamedTuple):
    """Where the rows of a block ended."""

    codes: NDArray[np.uint16]
    """(rows, code columns)."""
    leaf: NDArray[np.int32]
    """(rows, trees) the leaf of each row in each tree."""
    score: NDArray[np.float64]
    """(rows, outputs) sums over the trees."""


class Block(NamedTuple):
    """New codes of some columns."""

    place: NDArray[np.int16]
    """(code columns,) where a column stands in `codes`; -1 for one that did not change."""
    columns: NDArray[np.int64]
    """The code columns that changed."""
    codes: NDArray[np.uint16]
    """(different values, changed columns)."""
    bits: np.int64
    """Bits of the players that changed."""


def forest_of(trees: TreeEnsemble, player_of_encoded: NDArray[np.int64]) -> tuple[Forest, Codebook, NDArray[np.int64]]:
    """Return an ensemble as walks read it, its codebook, and the player of each code column.

    Raises:
        RefusedInputError: a column has more thresholds than there are codes.
    """
    splits = trees.splits
    book, column, bound = code_splits(splits)
    player = np.array([player_of_encoded[book.source(at)] for at in range(len(book.columns))], dtype=np.int64)
    node = np.column_stack([column, bound, splits.left, splits.right, splits.missing_left]).astype(np.int32)
    roots = trees.roots.astype(np.int32)
    mask = np.zeros(len(node), dtype=np.int64)
    _masks(roots, node, player % MASKED, mask)
    return Forest(roots, node, np.ascontiguousarray(trees.value), mask), book, player


@kernel
def _masks(roots: Any, node: Any, player: Any, mask: Any) -> None:
    """Write for each node the bits of the players that are asked on the way to it."""
    waiting = np.empty(len(node) + 2, np.int32)
    for tree in range(len(roots)):
        waiting[0] = roots[tree]
        size = 1
        while size > 0:
            size -= 1
            at = waiting[size]
            if node[at, 2] < 0:
                continue
            asked = mask[at] | (np.int64(1) << player[node[at, 0]])
            for side in range(2, 4):
                mask[node[at, side]] = asked
                waiting[size] = node[at, side]
                size += 1


@kernel
def largest_sum(roots: Any, node: Any, largest: Any) -> Any:
    """Return the sum over the trees of the largest `largest` of a leaf."""
    waiting = np.empty(len(node) + 2, np.int32)
    total = 0.0
    for tree in range(len(roots)):
        waiting[0] = roots[tree]
        size = 1
        most = 0.0
        while size > 0:
            size -= 1
            at = waiting[size]
            if node[at, 2] < 0:
                most = max(most, largest[at])
                continue
            waiting[size] = node[at, 2]
            waiting[size + 1] = node[at, 3]
            size += 2
        total += most
    return total


@kernel
def walk(forest: Any, codes: Any, leaf: Any, score: Any) -> None:
    """Write the leaf of every row in every tree, and the sums."""
    roots, node, value = forest.roots, forest.node, forest.value
    for row in range(codes.shape[0]):
        for tree in range(len(roots)):
            at = roots[tree]
            left = node[at, 2]
            while left >= 0:
                at = _next(node, at, left, codes[row, node[at, 0]])
                left = node[at, 2]
            leaf[row, tree] = at
            for output in range(value.shape[1]):
                score[row, output] += value[at, output]


@kernel
def _next(node: Any, at: Any, left: Any, code: Any) -> Any:
    """Return the child that a code goes to; the missing code goes where missing values go."""
    if code == MISSING_CODE:
        return left if node[at, 4] else node[at, 3]
    return left if code <= node[at, 1] else node[at, 3]


@kernel
def walk_again(forest: Any, walked: Any, rows: Any, block: Any, which: Any) -> Any:
    """Return (rows, outputs) the sums after some rows got the codes `block.codes[which]`."""
    found = np.empty((len(rows), forest.value.shape[1]))
    for i in range(len(rows)):
        row, new = rows[i], block.codes[which[i]]
        found[i] = walked.score[row]
        if _differs(walked.codes[row], block.columns, new):
            _add_moved(forest, walked.codes[row], walked.leaf[row], (block.place, block.bits, new), found[i])
    return found


@kernel
def _differs(codes: Any, columns: Any, new: Any) -> Any:
    different = 0
    for k in range(len(columns)):
        different += codes[columns[k]] != new[k]
    return different > 0


@kernel
def _add_moved(forest: Any, codes: Any, leaf: Any, changed: Any, found: Any) -> None:
    """Add to one row's sums what the leaves differ by, of the trees whose own path asks a changed column."""
    roots, node, value, mask = forest.roots, forest.node, forest.value, forest.mask
    place, bits, new = changed
    one = value.shape[1] == 1
    total = 0.0
    for tree in range(len(roots)):
        old = leaf[tree]
        if mask[old] & bits == 0:
            continue
        at = roots[tree]
        left = node[at, 2]
        while left >= 0:
            column = node[at, 0]
            at = _next(node, at, left, new[place[column]] if place[column] >= 0 else codes[column])
            left = node[at, 2]
        if one:
            total += value[at, 0] - value[old, 0]
        elif at != old:
            for output in range(value.shape[1]):
                found[output] += value[at, output] - value[old, output]
    if one:
        found[0] += total


@kernel
def reach(forest: Any, walked: Any, target: Any, lowest: Any, highest: Any) -> None:
    """Write for each row the smallest and the largest sum that any value of one code column leads to, and where.

    Every tree is walked once with the interval of codes that lead to a node; a node that asks the column splits the interval. So each
    reached leaf adds its value to an interval, and a running sum over the codes gives the score of every value there is.

    Args:
        forest: the ensemble.
        walked: the rows.
        target: (code column, largest code, bits of its player, output).
        lowest: (rows, 2) sum, and the code that leads to it; the missing code among them.
        highest: (rows, 2).
    """
    column, size, bits, output = target
    roots, value, mask = forest.roots, forest.value, forest.mask
    steps = np.empty(size + 2)
    waiting = np.empty((512, 3), np.int32)
    for row in range(walked.codes.shape[0]):
        steps[:] = 0.0
        fixed = walked.score[row, output]
        missing = 0.0
        for tree in range(len(roots)):
            old = walked.leaf[row, tree]
            if mask[old] & bits == 0:
                continue
            fixed -= value[old, output]
            missing += value[_walk_missing(forest.node, roots[tree], walked.codes[row], column), output]
            waiting[0, 0], waiting[0, 1], waiting[0, 2] = roots[tree], 0, size
            _spread((forest.node, value), walked.codes[row], (column, output), waiting, steps)
        _extremes(steps, size, (fixed, missing), lowest[row], highest[row])


@kernel
def _walk_missing(node: Any, root: Any, codes: Any, column: Any) -> Any:
    """Return the leaf that a row reaches when one code column is missing."""
    at = root
    left = node[at, 2]
    while left >= 0:
        code = MISSING_CODE if node[at, 0] == column else codes[node[at, 0]]
        at = _next(node, at, left, code)
        left = node[at, 2]
    return at


@kernel
def _spread(trees: Any, codes: Any, target: Any, waiting: Any, steps: Any) -> None:
    """Add every leaf that some code leads to: its value where its interval begins, and off again behind its end."""
    node, value = trees
    column, output = target
    count = 1
    while count > 0:
        count -= 1
        at, low, high = waiting[count, 0], waiting[count, 1], waiting[count, 2]
        left = node[at, 2]
        if left < 0:
            steps[low] += value[at, output]
            steps[high + 1] -= value[at, output]
            continue
        if node[at, 0] != column:
            waiting[count, 0] = _next(node, at, left, codes[node[at, 0]])
            count += 1
            continue
        bound = node[at, 1]
        if low <= bound:
            waiting[count, 0], waiting[count, 1], waiting[count, 2] = left, low, min(high, bound)
            count += 1
        if high > bound:
            waiting[count, 0], waiting[count, 1], waiting[count, 2] = node[at, 3], max(low, bound + 1), high
            count += 1


@kernel
def _extremes(steps: Any, size: Any, parts: Any, lowest: Any, highest: Any) -> None:
    fixed, missing = parts
    lowest[0] = highest[0] = fixed + missing
    lowest[1] = highest[1] = MISSING_CODE
    total = fixed
    for code in range(size + 1):
        total += steps[code]
        if total < lowest[0]:
            lowest[0], lowest[1] = total, code
        if total > highest[0]:
            highest[0], highest[1] = total, code
