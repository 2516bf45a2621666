"""Tables: for every pattern that a row can have at a leaf, what the leaf gives to every player."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.explain.codes import BLOCK
from governance.explain.kernels import LANES, add_lanes, kernel
from governance.explain.leaf import fill, scratch
from governance.explain.patterns import arrive, step
from governance.explain.program import Program

MOST_TABLE_PLAYERS: Final = 13
"""Longest path, in players, that may get a table: 8,192 lines."""
MOST_TABLE_PAIRS: Final = 256
"""Most pairs of players that get a place in every table line; with more, the direct route is shorter."""
HOT_BYTES: Final = 1 << 20
"""Bytes of tables that are used for all rows before the next ones are touched: a core's second cache."""


class Units(NamedTuple):
    """Which subtrees share one table."""

    bits: NDArray[np.int64]
    """(nodes,) number of index bits of the table that stands for the whole subtree; -1 where there is none."""
    offset: NDArray[np.int64]
    """(nodes,) first float of that table; -1 where there is none."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is tabulated."""

    players: int
    """Longest path, in players, that gets a table; -1 for no tables at all."""
    merged_bits: int
    """Neighbouring leaves share one table while its index has at most this many bits."""

    @classmethod
    def for_rows(cls, rows: int) -> Plan:
        """Return the plan whose tables pay for themselves over so many rows."""
        if rows < 8:
            return cls(-1, 0)
        longest = 7 if rows < 50 else 9 if rows < 500 else 11 if rows < 5000 else MOST_TABLE_PLAYERS
        return cls(longest, 10 if rows >= 20_000 else 8)

    @classmethod
    def for_pairs(cls, rows: int, pairs: int) -> Plan:
        """Return the plan for so many pairs of players; their lines are wide, so that fewer tables pay for themselves."""
        if rows < 500 or pairs > MOST_TABLE_PAIRS:
            return cls(-1, 0)
        return cls(8 if rows < 5000 else 10, 7)


def lay_out(program: Program, plan: Plan, width: int) -> Units:
    """Return the largest subtrees whose tables stay within the plan, and where each table begins.

    The index of a subtree's table is the pattern at its root, followed by the outcome of each of its own splits.
    """
    nodes = program.nodes
    splits = (nodes.end - np.arange(len(nodes.end))) // 2
    deepest = _deepest(nodes.players, nodes.parent)
    bits = nodes.players + splits
    fits = np.where(nodes.leaf >= 0, nodes.players <= plan.players, bits <= plan.merged_bits) & (
        deepest <= plan.players
    )
    bits = _outermost(np.where(fits, bits, -1), nodes.end)
    size = np.where(bits >= 0, np.left_shift(1, np.maximum(bits, 0)) * width, 0)
    return Units(bits, np.where(bits >= 0, np.cumsum(size) - size, -1))


def table_sizes(program: Program, units: Units, width: int) -> NDArray[np.int64]:
    """Return the floats that each tree's tables take."""
    size = np.where(units.bits >= 0, np.left_shift(1, np.maximum(units.bits, 0)) * width, 0)
    return np.add.reduceat(size, program.start[:-1])


@kernel
def _deepest(players: Any, parent: Any) -> Any:
    found = players.copy()
    for node in range(len(players) - 1, -1, -1):
        if parent[node] >= 0:
            found[parent[node]] = max(found[parent[node]], found[node])
    return found


@kernel
def _outermost(bits: Any, end: Any) -> Any:
    covered = 0
    for node in range(len(bits)):
        if node < covered:
            bits[node] = -1
        elif bits[node] >= 0:
            covered = end[node]
    return bits


@kernel
def build(
    nodes: Any, path: Any, value: Any, units: Any, shares: Any, codes: Any, first: Any, last: Any, lines: Any, most: Any,
    tables: Any, table0: Any,
) -> Any:  # fmt: skip
    """Fill the tables of nodes [first:last] from the background `codes`; return their part of the base value.

    `table0` is the offset of `tables[0]`; `most` is the largest number of players on a path with a table.
    """
    n = codes.shape[1]
    patterns = np.zeros((nodes.depth[first:last].max() + 1, n), np.uint16)
    width = lines.width
    count = np.zeros(1 << most)
    own = np.zeros((1 << most) * width, np.float32)
    memory = scratch(most)
    base, unit, unit_end = 0.0, 0, 0
    for node in range(first, last):
        arrive(nodes, node, codes, patterns, n)
        if units.bits[node] >= 0:
            unit, unit_end = node, nodes.end[node]
            begin = units.offset[node] - table0
            tables[begin : begin + (width << units.bits[node])] = 0.0
        if nodes.leaf[node] < 0 or node >= unit_end:
            continue
        players = nodes.players[node]
        count[: 1 << players] = 0.0
        pattern = patterns[nodes.depth[node]]
        for i in range(n):
            count[pattern[i]] += 1.0
        base += value[node] * count[(1 << players) - 1]
        begin = units.offset[unit] - table0
        table = tables[begin:] if unit == node else own
        fill(count, players, value[node], path[nodes.leaf[node]], lines, shares, table, memory)
        if unit != node:
            _spread(nodes, unit, node, own, tables, begin, units.bits[unit], width)
    return base


@kernel
def _spread(nodes: Any, unit: Any, leaf: Any, own: Any, tables: Any, begin: Any, bits: Any, width: Any) -> None:
    """Add a leaf's table to that of the subtree `unit`: each line of the latter has one pattern at the leaf."""
    steps = nodes.depth[leaf] - nodes.depth[unit]
    way, outcome = np.zeros(steps, np.int64), np.zeros(steps, np.int64)
    node = leaf
    for e in range(steps - 1, -1, -1):
        way[e] = node
        outcome[e] = nodes.players[unit] + _split_number(nodes, unit, nodes.parent[node])
        node = nodes.parent[node]
    known = (1 << nodes.players[unit]) - 1
    for line in range(1 << bits):
        pattern = line & known
        for e in range(steps):
            node = way[e]
            meets = (line >> outcome[e] & 1) != nodes.right[node]
            if nodes.fresh[node]:
                pattern |= (1 if meets else 0) << nodes.bit[node]
            elif not meets:
                pattern &= ~(1 << nodes.bit[node])
        for lane in range(0, width, LANES):
            add_lanes(tables, begin + line * width + lane, own, pattern * width + lane)


@kernel
def _split_number(nodes: Any, unit: Any, split: Any) -> Any:
    """Return the position of a split among the splits of subtree `unit`, in preorder."""
    number = 0
    for node in range(unit, split):
        if nodes.leaf[node] < 0:
            number += 1
    return number


@kernel
def look_up(
    nodes: Any, units: Any, groups: Any, codes: Any, first: Any, last: Any, rows: Any, width: Any, tables: Any, table0: Any, out: Any
) -> None:  # fmt: skip
    """Add to `out` (rows, width) what the tables say about row blocks [first:last] of `codes`.

    `groups` are boundaries between trees: the tables of one group stay in the cache while all row blocks pass by. Sums within a
    group are float32, across groups float64.
    """
    deepest = nodes.depth[groups[0] : groups[-1]].max() + 1
    patterns = np.zeros((deepest + 17, BLOCK), np.uint16)
    total = np.zeros(BLOCK * width, np.float32)
    for group in range(len(groups) - 1):
        for block in range(first, last):
            begin = block * BLOCK
            n = min(BLOCK, rows - begin)
            node = groups[group]
            while node < groups[group + 1]:
                arrive(nodes, node, codes[block], patterns, n)
                if units.bits[node] < 0:
                    node += 1
                    continue
                line = _append_outcomes(nodes, node, codes[block], patterns, n)
                _add_lines(total, tables, units.offset[node] - table0, patterns[line], n, width)
                node = nodes.end[node]
            for i in range(n):
                for lane in range(width):
                    out[begin + i, lane] += total[i * width + lane]
            total[: n * width] = 0.0


@kernel
def _append_outcomes(nodes: Any, unit: Any, codes: Any, patterns: Any, n: Any) -> Any:
    """Append the outcomes of the splits of subtree `unit` to the patterns; return the line that holds them."""
    line, bit = nodes.depth[unit], nodes.players[unit]
    for node in range(unit + 1, nodes.end[unit]):
        if nodes.right[node]:
            continue
        row, bound, missing_left = codes[nodes.column[node], :n], nodes.bound[node], nodes.missing_left[node]
        step(row, bound, missing_left, False, bit, True, patterns[line, :n], patterns[line + 1, :n])  # noqa: FBT003
        line, bit = line + 1, bit + 1
    return line


@kernel
def _add_lines(total: Any, tables: Any, begin: Any, pattern: Any, n: Any, width: Any) -> None:
    """Add each row's table line to its total; the two common widths are written out for speed."""
    if width == LANES:
        for i in range(n):
            add_lanes(total, i * LANES, tables, begin + np.int64(pattern[i]) * LANES)
    elif width == 2 * LANES:
        for i in range(n):
            line = begin + np.int64(pattern[i]) * 2 * LANES
            add_lanes(total, i * 2 * LANES, tables, line)
            add_lanes(total, i * 2 * LANES + LANES, tables, line + LANES)
    else:
        for i in range(n):
            line = begin + np.int64(pattern[i]) * width
            for lane in range(0, width, LANES):
                add_lanes(total, i * width + lane, tables, line + lane)
