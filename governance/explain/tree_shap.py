r"""Exact interventional SHAP of tree ensembles on the columns that a person knows, at a cost that does not grow with the background.

The game. Players are raw columns: all encoded columns of one raw column are one player. For a row x and background rows b,

    v(S) = mean over b of f(x on the columns of S, b on all others),

and the Shapley value of this game is interventional SHAP with grouped features. (It is not the sum of the encoded columns' own
values.)

One leaf. Let a leaf have value w and K distinct players on its path. For one pair (x, b) let O be the players all of whose
conditions x meets, A those of whom b fails a condition, z = K - |O| and a = |A|. The mixed row reaches the leaf exactly when S holds
all of A and none outside O; so the pair counts only if A lies inside O, and the Shapley values of that game are

    + w (a - 1)! z! / (a + z)!   for a player in A,
    - w a! (z - 1)! / (a + z)!   for a player outside O,

and 0 for players in O whose condition b meets too (Lundberg et al. 2020, "From local explanations to global understanding with
explainable AI for trees", algorithm 3, give the same shares for single features).

All background rows at once. Only how many background rows have A inside O with |A| = a matters, a number G[O][a]; it is a
subset sum over O of the histogram of background patterns, for each rank a. So a leaf's gifts to all players, for each of the 2^K
patterns of x, form a table that is built once per (model, background) in O(K^2 2^K), and explaining a row is one table line per
leaf. Neighbouring leaves share one table, indexed by the pattern at the root of their subtree and the outcome of each of its splits;
the background is counted once per shared table, and each leaf gathers its own histogram from that count. Tables by pattern are the idea
of WOODELF (Nadel and Wettenstein 2025); groups of columns, ranked subset sums, and shared tables are this project's.

All rows of a thread pass by a group of tables that fits the processor's cache, four tables at a time, before the next group is touched.
Ensembles whose tables are too large to keep are built and used a few trees at a time, always in the same piece of memory.

Long paths and few rows. Where a table would cost more than it saves, the different patterns of the rows are compared with the
different patterns of the background, pair by pair: exact too, in float64.

Rooms: `codes` (numbers as small integers), `program` (nodes in preorder), `patterns` (bits of many rows at once), `leaf` (one leaf's
table), `tables`, `direct`, `pairwise` (interactions, from the same tables).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from governance.explain.codes import BLOCK
from governance.explain.direct import Failures, base_of, compare, failures
from governance.explain.leaf import Lines, weights
from governance.explain.pairwise import compare_pairs
from governance.explain.program import Program, programs
from governance.explain.tables import HOT_BYTES, TOGETHER, Plan, Units, build, lay_out, look_up, table_sizes
from governance.models.trees import TreeEnsemble

T = TypeVar("T")
THREADS: Final = max(1, min(4, os.cpu_count() or 1))
KEPT_FLOATS: Final = 256 * 2**18
"""Tables up to 256 MB are kept for the next rows; larger ones are built and used in portions."""
PORTION_FLOATS: Final = 16 * 2**18
"""Size of such a portion, 16 MB, unless one tree needs more: what was just built is still in the processor's last cache."""
_CACHE_LINE: Final = 16
"""Floats in 64 bytes."""
_FEW_ROWS: Final = 500
"""Up to so many rows, tables that are there are used whatever their plan."""
_Key = tuple[int, Plan, tuple[int, ...]]
"""Output, plan, and the players whose pairs are tabulated; () for the players themselves."""


@dataclass(frozen=True, slots=True)
class ShapValues:
    """Exact values for one output."""

    values: NDArray[np.float64]
    """(rows, players)."""
    base: float
    """Mean score over the background."""


@dataclass(frozen=True, slots=True)
class _Portion:
    """Consecutive trees whose tables are in memory together."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Built:
    """The tables of a portion."""

    tables: NDArray[np.float32]
    offset: int
    base: float


@dataclass(slots=True)
class _Prepared:
    """What one plan needs for one output."""

    lines: Lines
    units: Units
    sizes: NDArray[np.int64]
    portions: tuple[_Portion, ...]
    kept: _Built | None

    def floats(self, portion: _Portion) -> int:
        """Return the size of a portion's tables."""
        return int(self.sizes[portion.first : portion.last].sum())


class TreeShap:
    """Explains rows of one ensemble against one background; what depends on those two alone is built once and kept.

    Args:
        trees: the ensemble.
        player: (encoded columns,) the player of each encoded column, 0 and up.
        players: number of players; some may own no encoded column.
        background: (rows, encoded columns), at least one row.
        threads: rows and trees are split over so many threads.
    """

    def __init__(
        self,
        trees: TreeEnsemble,
        player: NDArray[np.int64],
        players: int,
        background: NDArray[Any],
        threads: int = THREADS,
    ) -> None:
        self.players = players
        self.rows = len(background)
        self._programs = programs(trees, player, players)
        self._base = trees.base
        self._values = [np.ascontiguousarray(program.value / self.rows) for program in self._programs]
        self._shares = weights(max(program.most_players for program in self._programs))
        self._codebook = self._programs[0].codebook
        self._background = self._codebook.codes(background)
        self._threads = threads
        self._prepared: dict[_Key, _Prepared] = {}
        self._failures: dict[tuple[int, int], Failures] = {}
        self._lock = threading.Lock()

    @property
    def outputs(self) -> int:
        """Number of scores that can be explained."""
        return len(self._programs)

    @property
    def table_bytes(self) -> int:
        """Memory of the tables that are kept."""
        return sum(item.kept.tables.nbytes for item in self._prepared.values() if item.kept)

    def explain(self, rows: NDArray[Any], output: int = 0, plan: Plan | None = None) -> ShapValues:
        """Return exact values for encoded `rows`; `plan` says how much is tabulated, by default what pays for itself."""
        total, base = self._sum(output, plan or self._plan(output, len(rows)), (), rows)
        return ShapValues(total[:, : self.players], base + float(self._base[output]))

    def interact(
        self, rows: NDArray[Any], among: tuple[int, ...], output: int = 0, plan: Plan | None = None
    ) -> NDArray[np.float64]:
        """Return the Shapley interaction index of every pair of the players `among`, see `pairwise`.

        Returns:
            (rows, pairs), pairs in the order of `itertools.combinations(among, 2)`; each is the whole of the pair's interaction,
            of which shap's matrices hold one half at (i, j) and one half at (j, i).
        """
        pairs = len(among) * (len(among) - 1) // 2
        total, _ = self._sum(output, plan or Plan.for_pairs(len(rows), pairs), among, rows)
        return total[:, :pairs]

    def _sum(
        self, output: int, plan: Plan, among: tuple[int, ...], rows: NDArray[Any]
    ) -> tuple[NDArray[np.float64], float]:
        coded = self._blocks(self._codebook.prepare(rows))
        lines = Lines.of_pairs(self.players, among) if among else Lines.of_players(self.players)
        total = np.zeros((len(rows), lines.width))
        base = self._from_tables((output, plan, among), lines, coded, len(rows), total) if plan.players >= 0 else 0.0
        return total, base + self._directly(output, plan.players, lines, coded, len(rows), total)

    def _plan(self, output: int, rows: int) -> Plan:
        kept = [key[1] for key, item in list(self._prepared.items()) if key[0] == output and not key[2] and item.kept]
        if rows < _FEW_ROWS and kept:
            return max(kept, key=lambda plan: (plan.players, plan.merged_bits))
        return Plan.for_rows(rows, len(self._programs[output].leaves), self.rows)

    def _blocks(self, prepared: NDArray[Any]) -> NDArray[np.uint16]:
        cuts = self._row_cuts(len(prepared))
        parts = self._map(
            lambda at: self._codebook.blocks(prepared, cuts[at] * BLOCK, min(cuts[at + 1] * BLOCK, len(prepared))),
            range(len(cuts) - 1),
        )
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _row_cuts(self, rows: int) -> list[int]:
        """Return boundaries between blocks of rows, a few shares for each thread."""
        count = max(1, -(-rows // BLOCK))
        shares = min(self._threads * 4, count)
        return [count * share // shares for share in range(shares + 1)]

    def _from_tables(
        self, key: _Key, lines: Lines, coded: NDArray[np.uint16], n: int, total: NDArray[np.float64]
    ) -> float:
        program, prepared = self._programs[key[0]], self._prepare(key, lines)
        cuts = self._row_cuts(n)
        base = 0.0
        memory = None if prepared.kept else _memory(max(prepared.floats(portion) for portion in prepared.portions))
        for portion in prepared.portions:
            built = prepared.kept or self._build(key, prepared, portion, memory)
            base += built.base
            groups = _hot_groups(program, prepared, portion)

            def share(at: int, built: _Built = built, groups: NDArray[np.int64] = groups) -> None:
                look_up(
                    program.nodes, prepared.units, groups, coded, cuts[at], cuts[at + 1], n, lines.width,
                    built.tables, built.offset, total,
                )  # fmt: skip

            self._map(share, range(len(cuts) - 1))
        return base

    def _prepare(self, key: _Key, lines: Lines) -> _Prepared:
        with self._lock:
            if key not in self._prepared:
                program = self._programs[key[0]]
                units = lay_out(program, key[1], lines.width)
                sizes = table_sizes(program, units, lines.width)
                prepared = _Prepared(lines, units, sizes, _portions(sizes), None)
                if int(sizes.sum()) <= KEPT_FLOATS:
                    prepared.kept = self._build(key, prepared, prepared.portions[0])
                self._prepared[key] = prepared
            return self._prepared[key]

    def _build(
        self, key: _Key, prepared: _Prepared, portion: _Portion, memory: NDArray[np.float32] | None = None
    ) -> _Built:
        output, plan, _ = key
        program, floats = self._programs[output], prepared.floats(portion)
        tables = _memory(floats) if memory is None else memory[:floats]
        offset = int(prepared.sizes[: portion.first].sum())
        count = portion.last - portion.first
        shares = min(count, self._threads * 4)
        cuts = [portion.first + count * share // shares for share in range(shares + 1)]

        def share(at: int) -> float:
            return float(
                build(
                    program.nodes, program.path, self._values[output], prepared.units, self._shares, self._background,
                    program.start[cuts[at]], program.start[cuts[at + 1]], prepared.lines,
                    min(program.most_players, plan.players), tables, offset,
                )
            )  # fmt: skip

        return _Built(tables, offset, sum(self._map(share, range(shares))))

    def _directly(
        self, output: int, longer_than: int, lines: Lines, coded: NDArray[np.uint16], n: int, total: NDArray[np.float64]
    ) -> float:
        program = self._programs[output]
        with self._lock:
            key = (output, longer_than)
            if key not in self._failures:
                self._failures[key] = failures(program, self._background, longer_than)
            found = self._failures[key]
        if not len(found.leaves):
            return 0.0
        codes = np.ascontiguousarray(coded.transpose(1, 0, 2).reshape(coded.shape[1], -1))
        cuts = np.minimum(np.array(self._row_cuts(n)) * BLOCK, n)

        def share(at: int) -> None:
            first, last = cuts[at], cuts[at + 1]
            fixed = program.nodes, program.path, self._values[output], found, self._shares, codes, first, last
            compare_pairs(*fixed, lines.slot, total) if lines.pairs else compare(*fixed, total)

        self._map(share, range(len(cuts) - 1))
        return base_of(program, found) / self.rows

    def _map(self, work: Callable[[int], T], items: Iterable[int]) -> list[T]:
        items = list(items)
        if self._threads == 1 or len(items) == 1:
            return [work(item) for item in items]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(work, items))


def _portions(sizes: NDArray[np.int64]) -> tuple[_Portion, ...]:
    """Return all trees when their tables are small enough to be kept, else runs of trees that share one piece of memory."""
    if int(sizes.sum()) <= KEPT_FLOATS:
        return (_Portion(0, len(sizes)),)
    first, floats, found = 0, 0, []
    for tree, size in enumerate(sizes.tolist()):
        if floats and floats + size > PORTION_FLOATS:
            found.append(_Portion(first, tree))
            first, floats = tree, 0
        floats += size
    return (*found, _Portion(first, len(sizes)))


def _memory(floats: int) -> NDArray[np.float32]:
    """Return uninitialised memory that begins where a cache line does, so that a table line takes no more of them than it must."""
    room = np.empty(floats + _CACHE_LINE, np.float32)
    begin = -room.ctypes.data // 4 % _CACHE_LINE
    return room[begin : begin + floats]


def _hot_groups(program: Program, prepared: _Prepared, portion: _Portion) -> NDArray[np.int64]:
    """Return node boundaries between groups of units whose tables stay in a core's cache."""
    begin, end = program.start[portion.first], program.start[portion.last]
    units = begin + np.flatnonzero(prepared.units.bits[begin:end] >= 0)
    if not len(units):
        return np.array([begin, end])
    # tables that were just built come from farther away than those that are kept: more of the cache is theirs
    hot = HOT_BYTES if prepared.kept else 2 * HOT_BYTES
    cuts = np.flatnonzero(np.diff(prepared.units.offset[units] * 4 // hot)) + 1
    cuts = np.unique(cuts // TOGETHER * TOGETHER)
    cuts = cuts[cuts > 0]
    return np.concatenate(([begin], units[cuts], [end]))
