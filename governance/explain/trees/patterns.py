"""Which players' conditions a row meets on the way to a node: patterns of bits, for many rows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from governance.models import MISSING_CODE, kernel

_NO_CODE = np.uint16(MISSING_CODE)
_ALL = np.uint16(0xFFFF)


@kernel
def step(codes: Any, bound: Any, missing_left: Any, right: Any, bit: Any, fresh: Any, before: Any, after: Any) -> None:
    """Write to `after` the patterns of a child node, from those of its parent in `before`.

    A player's bit says that the row meets all of its conditions so far. On the player's first condition the bit is written; on
    later ones it is kept or cleared. `before` and `after` must not be the same memory.
    """
    own = np.uint16(1 << bit)
    if fresh:
        left_mark, right_mark = (np.uint16(0), own) if right else (own, np.uint16(0))
    else:
        others = np.uint16(_ALL ^ own)
        left_mark, right_mark = (others, _ALL) if right else (_ALL, others)
    n = len(after)
    if missing_left and fresh:
        for i in range(n):
            goes_left = (codes[i] <= bound) | (codes[i] == _NO_CODE)
            after[i] = before[i] | (left_mark if goes_left else right_mark)
    elif missing_left:
        for i in range(n):
            goes_left = (codes[i] <= bound) | (codes[i] == _NO_CODE)
            after[i] = before[i] & (left_mark if goes_left else right_mark)
    elif fresh:
        for i in range(n):
            after[i] = before[i] | (left_mark if codes[i] <= bound else right_mark)
    else:
        for i in range(n):
            after[i] = before[i] & (left_mark if codes[i] <= bound else right_mark)


@kernel
def ask_three(nodes: Any, one: Any, two: Any, three: Any, codes: Any, bit: Any, before: Any, after: Any) -> None:
    """Write to `after` the patterns in `before` with what the rows answer at the parents of up to three nodes, from `bit` on.

    A node of -1 is not asked. Several at once, because reading and writing the patterns costs as much as a question. Where missing
    values go left, everything is moved up by one, and the code of a missing value comes round to 0.
    """
    n = len(after)
    first, bound, moved = _question(nodes, one)
    own = codes[first, :n]
    mark = np.uint16(1 << bit)
    if two < 0:
        for i in range(n):
            after[i] = before[i] | (mark if np.uint16(own[i] + moved) <= bound else np.uint16(0))
        return
    second, bound_2, moved_2 = _question(nodes, two)
    own_2, mark_2 = codes[second, :n], np.uint16(2 << bit)
    if three < 0:
        for i in range(n):
            met = mark if np.uint16(own[i] + moved) <= bound else np.uint16(0)
            after[i] = before[i] | met | (mark_2 if np.uint16(own_2[i] + moved_2) <= bound_2 else np.uint16(0))
        return
    third, bound_3, moved_3 = _question(nodes, three)
    own_3, mark_3 = codes[third, :n], np.uint16(4 << bit)
    for i in range(n):
        met = mark if np.uint16(own[i] + moved) <= bound else np.uint16(0)
        met_2 = mark_2 if np.uint16(own_2[i] + moved_2) <= bound_2 else np.uint16(0)
        after[i] = before[i] | met | met_2 | (mark_3 if np.uint16(own_3[i] + moved_3) <= bound_3 else np.uint16(0))


@kernel
def _question(nodes: Any, node: Any) -> Any:
    """Return column, bound and shift of what a node's parent asks."""
    moved = np.uint16(1 if nodes.missing_left[node] else 0)
    return nodes.column[node], np.uint16(nodes.bound[node] + moved), moved


@kernel
def arrive(nodes: Any, node: Any, codes: Any, patterns: Any, n: Any) -> None:
    """Write the patterns of the first `n` rows at `node` to `patterns[depth]`; its parent's must be one line above."""
    depth = nodes.depth[node]
    if depth == 0:
        patterns[0, :n] = 0
        return
    step(
        codes[nodes.column[node], :n],
        nodes.bound[node],
        nodes.missing_left[node],
        nodes.right[node],
        nodes.bit[node],
        nodes.fresh[node],
        patterns[depth - 1, :n],
        patterns[depth, :n],
    )


@kernel
def follow(nodes: Any, leaf: Any, codes: Any, begin: Any, n: Any, pattern: Any) -> None:
    """Write the 64-bit patterns of rows [begin:begin + n] at one leaf, walking from the leaf up."""
    full = (np.uint64(1) << np.uint64(nodes.players[leaf])) - np.uint64(1)
    for i in range(n):
        pattern[i] = full
    node = leaf
    while nodes.parent[node] >= 0:
        keep = ~(np.uint64(1) << np.uint64(nodes.bit[node]))
        column, bound, right = nodes.column[node], nodes.bound[node], nodes.right[node]
        missing_left = nodes.missing_left[node]
        for i in range(n):
            code = codes[column, begin + i]
            goes_left = (code <= bound) | (missing_left & (code == _NO_CODE))
            if goes_left == right:
                pattern[i] &= keep
        node = nodes.parent[node]


@kernel
def distinct(pattern: Any, n: Any, keys: Any, which: Any, slots: Any) -> Any:
    """Return how many different patterns there are; `keys` holds them and `which[i]` says which one row i has.

    A hash table with open addressing; the length of `slots` is a power of two and at least `2 n`.
    """
    mask = len(slots) - 1
    slots[:] = -1
    found = 0
    for i in range(n):
        slot = np.int64((pattern[i] * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)) & mask
        while slots[slot] >= 0 and keys[slots[slot]] != pattern[i]:
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            slots[slot] = found
            keys[found] = pattern[i]
            found += 1
        which[i] = slots[slot]
    return found
