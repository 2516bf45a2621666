"""Tables: for every pattern that a row can have at a leaf, what the leaf gives to every player."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.kernels import LANES, add_four_lanes, add_lanes
from governance.explain.trees.leaf import fill, scratch
from governance.explain.trees.patterns import arrive, ask_three
from governance.explain.trees.program import Program
from governance.models import BLOCK, kernel

MOST_TABLE_PLAYERS: Final = 13
"""Longest path, in players, that may get a table: 8,192 lines."""
MOST_TABLE_PAIRS: Final = 256
"""Most pairs of players that get a place in every table line; with more, the direct route is shorter."""
MOST_BITS: Final = 16
"""Most bits of a table's index, the word in which patterns are kept."""
MANY_LEAVES: Final = 20_000
"""From so many leaves on, tables come from memory each time, and fewer, larger ones pay."""
FEW_ROWS: Final = 32
"""Up to so many rows are put together from integrals; for more, tables pay for themselves."""
MANY_BACKGROUND: Final = 512
"""From so many background rows on, integrals are made sooner than one row has walked through all trees."""
HOT_BYTES: Final = 1 << 18
"""Bytes of tables that are used for all rows before the next ones are touched: half of a small core's second cache."""
TOGETHER: Final = 4
"""Tables whose lines are added to a row's total at once."""
_CACHE_LINE: Final = 16
"""Floats in 64 bytes."""
_FLUSHED: Final = 96
"""Tables whose lines are summed in float32 before the sum goes to float64: values of size 2 stay exact to 4e-7."""


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
    walk: bool = False
    """Without tables: whether each row walks through the trees by itself, see `compatible`; else leaves are taken one by one."""
    sums: bool = False
    """Instead of tables: whether the integrals alone are kept, see `few_rows`."""

    @classmethod
    def for_rows(cls, rows: int, leaves: int = 0, background: int = 0) -> Plan:
        """Return the plan whose tables pay for themselves over so many rows of an ensemble with so many leaves."""
        if rows < FEW_ROWS and background >= MANY_BACKGROUND:
            return cls(MOST_TABLE_PLAYERS, 0, sums=True)
        if rows < 8:
            return cls(-1, 0, walk=rows > 0)
        longest = 7 if rows < 50 else 9 if rows < 500 else 11 if rows < 5000 else MOST_TABLE_PLAYERS
        merged = 11 if leaves >= MANY_LEAVES else 10
        return cls(longest, merged if rows >= 20_000 else 8)

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


def memory_of(floats: int) -> NDArray[np.float32]:
    """Return uninitialised memory that begins where a cache line does, so that a table line takes no more of them than it must."""
    room = np.empty(floats + _CACHE_LINE, np.float32)
    begin = -room.ctypes.data // 4 % _CACHE_LINE
    return room[begin : begin + floats]


def hot_groups(units: Units, begin: int, end: int, *, kept: bool) -> NDArray[np.int64]:
    """Return boundaries between nodes [begin:end] so that the tables of the units between two of them stay in a core's cache."""
    found = begin + np.flatnonzero(units.bits[begin:end] >= 0)
    if not len(found):
        return np.array([begin, end])
    # tables that were just built come from farther away than those that are kept: more of the cache is theirs
    hot = HOT_BYTES if kept else 2 * HOT_BYTES
    cuts = np.flatnonzero(np.diff(units.offset[found] * 4 // hot)) + 1
    cuts = np.unique(cuts // TOGETHER * TOGETHER)
    cuts = cuts[cuts > 0]
    return np.concatenate(([begin], found[cuts], [end]))


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
    nodes: Any, path: Any, value: Any, units: Any, integral: Any, codes: Any, first: Any, last: Any, lines: Any, most: Any,
    tables: Any, table0: Any,
) -> Any:  # fmt: skip
    """Fill the tables of nodes [first:last] from the background `codes`; return their part of the base value.

    `table0` is the offset of `tables[0]`; `most` is the largest number of players on a path with a table.
    """
    n = codes.shape[1]
    patterns = np.zeros((nodes.depth[first:last].max() + 1 + MOST_BITS, n), np.uint16)
    size = 1 << max(most, units.bits[first:last].max())
    count, tally = np.zeros(size, np.float32), np.zeros((2, size), np.int32)
    memory = (
        np.zeros(size, np.float32),
        np.zeros(size * lines.width, np.float32),
        np.zeros((MOST_BITS + 1, size), np.uint16),
    )
    inner = scratch(most)
    base, node = 0.0, first
    while node < last:
        arrive(nodes, node, codes, patterns, n)
        if units.bits[node] < 0:
            node += 1
            continue
        count_of(patterns[append_outcomes(nodes, node, codes, patterns, n)], tally, count[: 1 << units.bits[node]])
        begin = units.offset[node] - table0
        table = tables[begin : begin + (lines.width << units.bits[node])]
        base += _tabulate(nodes, path, value, node, units.bits[node], count, lines, integral, table, memory, inner)
        node = nodes.end[node]
    return base


@kernel
def count_of(pattern: Any, tally: Any, count: Any) -> None:
    """Write how many rows have each pattern; neighbours are often equal, and two tallies do not wait for one another."""
    size, n = len(count), len(pattern)
    tally[:, :size] = 0
    for i in range(0, n - 1, 2):
        tally[0, pattern[i]] += 1
        tally[1, pattern[i + 1]] += 1
    if n % 2:
        tally[0, pattern[n - 1]] += 1
    for at in range(size):
        count[at] = tally[0, at] + tally[1, at]


@kernel
def _tabulate(
    nodes: Any, path: Any, value: Any, unit: Any, bits: Any, count: Any, lines: Any, integral: Any, table: Any, memory: Any,
    inner: Any,
) -> Any:  # fmt: skip
    """Write the table of subtree `unit` from the number of background rows of each line; return its part of the base value.

    The lines walk down the subtree as rows do: every line has one pattern at each leaf, which tells how the background's count is
    gathered for the leaf's own table and which line of that is added to the subtree's.
    """
    own_count, own, at = memory
    if nodes.leaf[unit] >= 0:
        fill(count, nodes.players[unit], value[unit], path[nodes.leaf[unit]], lines, integral, table, inner)
        return value[unit] * count[(1 << nodes.players[unit]) - 1]
    table[:] = 0.0
    size, width = 1 << bits, lines.width
    known = (1 << nodes.players[unit]) - 1
    for line in range(size):
        at[0, line] = line & known
    pattern = at[0]
    base, split = 0.0, nodes.players[unit] - 1
    outcome = np.zeros(nodes.end[unit] - unit, np.int64)
    for node in range(unit, nodes.end[unit]):
        if node > unit:
            before, pattern = at[nodes.depth[node] - nodes.depth[unit] - 1], at[nodes.depth[node] - nodes.depth[unit]]
            descend(nodes, node, outcome[nodes.parent[node] - unit], before[:size], pattern[:size])
        if nodes.leaf[node] < 0:
            split += 1
            outcome[node - unit] = split
            continue
        players = nodes.players[node]
        own_count[: 1 << players] = 0.0
        for line in range(size):
            own_count[pattern[line]] += count[line]
        fill(own_count, players, value[node], path[nodes.leaf[node]], lines, integral, own, inner)
        base += value[node] * own_count[(1 << players) - 1]
        for line in range(size):
            for lane in range(0, width, LANES):
                add_lanes(table, line * width + lane, own, np.int64(pattern[line]) * width + lane)
    return base


@kernel
def descend(nodes: Any, node: Any, outcome: Any, before: Any, after: Any) -> None:
    """Write each line's pattern at `node`, from that at its parent and bit `outcome` of the line: 1 for left."""
    bit, right = nodes.bit[node], 1 if nodes.right[node] else 0
    if nodes.fresh[node]:
        for line in range(len(after)):
            after[line] = before[line] | (((line >> outcome) & 1) ^ right) << bit
    else:
        for line in range(len(after)):
            after[line] = before[line] & ~((((line >> outcome) & 1) ^ right ^ 1) << bit)


@kernel
def look_up(
    nodes: Any, units: Any, groups: Any, codes: Any, first: Any, last: Any, rows: Any, width: Any, tables: Any, table0: Any, out: Any
) -> None:  # fmt: skip
    """Add to `out` (rows, width) what the tables say about row blocks [first:last] of `codes`.

    `groups` are boundaries between units: the tables of one group stay in the cache while all row blocks pass by. Sums of up to
    some dozen units are float32, all others float64.
    """
    deepest = nodes.depth[groups[0] : groups[-1]].max() + 1
    patterns, way = np.zeros((deepest + MOST_BITS, BLOCK), np.uint16), np.zeros(deepest, np.int64)
    waiting, starts = np.zeros((TOGETHER, BLOCK), np.uint16), np.zeros(TOGETHER, np.int64)
    begin, end = first * BLOCK, min(last * BLOCK, rows)
    total = np.zeros((end - begin) * width, np.float32)
    added = 0
    for group in range(len(groups) - 1):
        for block in range(first, last):
            n = min(BLOCK, rows - block * BLOCK)
            own = total[(block - first) * BLOCK * width :]
            _catch_up(nodes, groups[group], codes[block], patterns, n, way)
            node, count, passed = groups[group], 0, 0
            while node < groups[group + 1]:
                arrive(nodes, node, codes[block], patterns, n)
                if units.bits[node] < 0:
                    node += 1
                    continue
                line = append_outcomes(nodes, node, codes[block], patterns, n)
                for i in range(n):
                    waiting[count, i] = patterns[line, i]
                starts[count] = units.offset[node] - table0
                node, count, passed = nodes.end[node], count + 1, passed + 1
                if count == TOGETHER:
                    _add_four(own, tables, starts, waiting, n, width)
                    count = 0
            for at in range(count):
                _add_lines(own, tables, starts[at], waiting[at], n, width)
        added += passed
        if added >= _FLUSHED or group == len(groups) - 2:
            for i in range(end - begin):
                for lane in range(width):
                    out[begin + i, lane] += total[i * width + lane]
            total[:] = 0.0
            added = 0


@kernel
def _catch_up(nodes: Any, node: Any, codes: Any, patterns: Any, n: Any, way: Any) -> None:
    """Write the patterns at all nodes above `node`."""
    above = nodes.parent[node]
    while above >= 0:
        way[nodes.depth[above]] = above
        above = nodes.parent[above]
    for depth in range(nodes.depth[node]):
        arrive(nodes, way[depth], codes, patterns, n)


@kernel
def append_outcomes(nodes: Any, unit: Any, codes: Any, patterns: Any, n: Any) -> Any:
    """Append the outcomes of the splits of subtree `unit` to the patterns; return the line that holds them."""
    line, bit, waiting = nodes.depth[unit], nodes.players[unit], 0
    one, two = unit, unit
    for node in range(unit + 1, nodes.end[unit]):
        if nodes.right[node]:
            continue
        if waiting == 0:
            one, waiting = node, 1
        elif waiting == 1:
            two, waiting = node, 2
        else:
            ask_three(nodes, one, two, node, codes, bit, patterns[line, :n], patterns[line + 1, :n])
            line, bit, waiting = line + 1, bit + 3, 0
    if waiting:
        ask_three(nodes, one, two if waiting == 2 else -1, -1, codes, bit, patterns[line, :n], patterns[line + 1, :n])
        line += 1
    return line


@kernel
def _add_lines(total: Any, tables: Any, begin: Any, pattern: Any, n: Any, width: Any) -> None:
    """Add each row's line of one table to its total."""
    for i in range(n):
        line = begin + np.int64(pattern[i]) * width
        for lane in range(0, width, LANES):
            add_lanes(total, i * width + lane, tables, line + lane)


@kernel
def _add_four(total: Any, tables: Any, starts: Any, patterns: Any, n: Any, width: Any) -> None:
    """Add each row's lines of four tables to its total, which is then read and written once for all four."""
    first, second, third, fourth = starts[0], starts[1], starts[2], starts[3]
    for i in range(n):
        at = i * width
        one = first + np.int64(patterns[0, i]) * width
        two = second + np.int64(patterns[1, i]) * width
        three = third + np.int64(patterns[2, i]) * width
        four = fourth + np.int64(patterns[3, i]) * width
        add_four_lanes(total, at, tables, one, two, three, four)
        if width == 2 * LANES:
            add_four_lanes(total, at + LANES, tables, one + LANES, two + LANES, three + LANES, four + LANES)
        else:
            for lane in range(LANES, width, LANES):
                add_four_lanes(total, at + lane, tables, one + lane, two + lane, three + lane, four + lane)
