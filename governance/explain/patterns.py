"""Which players' conditions a row meets on the way to a node: patterns of bits, for many rows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from governance.explain.codes import MISSING
from governance.explain.kernels import kernel

_NO_CODE = np.uint16(MISSING)
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
