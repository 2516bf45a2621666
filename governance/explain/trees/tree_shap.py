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
subset sum over O of the histogram of background patterns, for each rank a. The shares are the moments of a beta distribution, so that
all ranks are summed at once at ceil(K / 2) nodes of an integral, and that exactly (`leaf.quadrature`). So a leaf's gifts to all
players, for each of the 2^K patterns of x, form a table that is built once per (model, background) in O(K^2 2^K), and explaining a row
is one table line per leaf. Neighbouring leaves share one table, indexed by the pattern at the root of their subtree and the outcome of
each of its splits; the background is counted once per shared table, and each leaf gathers its own histogram from that count. Tables by
pattern are the idea of WOODELF (Nadel and Wettenstein 2025); groups of columns, sums at nodes, and shared tables are this project's.

All rows of a thread pass by a group of tables that fits the processor's cache, four tables at a time, before the next group is touched.
Many rows pass in the order of their answers to the questions that the trees ask most: neighbours then need the same table lines.
Ensembles whose tables are too large to keep are built and used a few trees at a time, always in the same piece of memory.

Few rows against a large background are put together from the integrals alone, without tables (`few_rows`); against a small one, each
walks through the trees by itself (`compatible`).

Long paths. Where a table would cost more than it saves, the different patterns of the rows are compared with the
different patterns of the background, pair by pair: exact too, in float64.

Rooms: `codes` (numbers as small integers), `program` (nodes in preorder), `patterns` (bits of many rows at once), `leaf` (one leaf's
table), `tables`, `ordering` (rows that answer alike), `direct`, `pairwise` (interactions, from the same tables).
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

from governance.explain.trees.compatible import PART, Splits, going_left, splits_of, walk
from governance.explain.trees.direct import Failures, base_of, compare, failures
from governance.explain.trees.few_rows import LeafSums, explain_few, floats_of, leaf_sums
from governance.explain.trees.leaf import Lines, quadrature, weights
from governance.explain.trees.ordering import MANY_ROWS, alike, arranged, put_back, rows_of
from governance.explain.trees.pairwise import compare_pairs
from governance.explain.trees.portions import Built, Portion, Prepared, portions_of
from governance.explain.trees.program import programs
from governance.explain.trees.tables import (
    MOST_TABLE_PLAYERS,
    Plan,
    build,
    hot_groups,
    lay_out,
    look_up,
    memory_of,
    table_sizes,
)
from governance.models import BLOCK, TreeEnsemble

T = TypeVar("T")
THREADS: Final = max(1, min(4, os.cpu_count() or 1))
KEPT_FLOATS: Final = 256 * 2**18
"""Tables up to 256 MB are kept for the next rows; larger ones are built and used in portions."""
PORTION_FLOATS: Final = 16 * 2**18
"""Size of such a portion, 16 MB, unless one tree needs more: what was just built is still in the processor's last cache."""
KEPT_SETS: Final = 128 * 2**20
"""Bytes up to which the sets of background rows that go left are kept for the next rows; larger ones are made part by part."""
_FEW_ROWS: Final = 500
"""Up to so many rows, tables that are there are used whatever their plan."""
_WALKS: Final = 16
"""Shares into which the trees are cut for the walk of one row."""
_ROUNDING: Final = 2e-6
"""Relative difference that float32 tables and leaves in single precision leave."""
_ROUNDING_OF_SUM: Final = 3e-7
"""The same for each tree of a long sum, whose errors grow as the root of their number."""
_Key = tuple[int, Plan, tuple[int, ...]]
"""Output, plan, and the players whose pairs are tabulated; () for the players themselves."""


@dataclass(frozen=True, slots=True)
class ShapValues:
    """Exact values for one output."""

    values: NDArray[np.float64]
    """(rows, players)."""
    base: float
    """Mean score over the background."""


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
        self._integral = quadrature(min(MOST_TABLE_PLAYERS, len(self._shares.gain)))
        self._codebook = self._programs[0].codebook
        self._background = self._codebook.codes(background)
        self._threads = threads
        self._prepared: dict[_Key, Prepared] = {}
        self._sums: dict[int, LeafSums] = {}
        self._asked: dict[int, Splits] = {}
        self._sides: dict[tuple[int, int], NDArray[np.uint64]] = {}
        self._failures: dict[tuple[int, int], Failures] = {}
        self._lock = threading.Lock()

    @property
    def outputs(self) -> int:
        """Number of scores that can be explained."""
        return len(self._programs)

    @property
    def table_bytes(self) -> int:
        """Memory of the tables that are kept."""
        tables = sum(item.kept.tables.nbytes for item in self._prepared.values() if item.kept)
        return tables + sum(item.numbers.nbytes for item in self._sums.values())

    def explain(self, rows: NDArray[Any], output: int = 0, plan: Plan | None = None) -> ShapValues:
        """Return exact values for encoded `rows`; `plan` says how much is tabulated, by default what pays for itself."""
        total, base = self._sum(output, plan or self._plan(output, len(rows)), (), rows)
        return ShapValues(total[:, : self.players], base + float(self._base[output]))

    def rounding(self, rows: NDArray[Any], output: int = 0) -> float:  # noqa: ARG002 - trees add up what rows do not scale
        """Return the largest difference to a score summed in single precision, tree after tree."""
        program = self._programs[output]
        largest = np.maximum.reduceat(np.abs(program.value), program.start[:-1])
        size = float(largest.sum()) + abs(float(self._base[output]))
        return float(max(_ROUNDING, _ROUNDING_OF_SUM * len(largest) ** 0.5) * size)

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
        if plan.walk and not among:
            return total, self._walk(output, coded, len(rows), total)
        if plan.sums and not among:
            found = self._integrated(output)
            explain_few(self._programs[output], found, rows_of(coded, len(rows)), total, self._map)
            return total, found.base + self._directly(output, plan.players, lines, coded, len(rows), total)
        order = None
        if plan.players >= 0 and len(rows) >= MANY_ROWS:
            order = alike(self._programs[output], self._splits(output), coded, len(rows))
            coded = arranged(coded, order)
        base = self._from_tables((output, plan, among), lines, coded, len(rows), total) if plan.players >= 0 else 0.0
        base += self._directly(output, plan.players, lines, coded, len(rows), total)
        return total if order is None else put_back(total, order), base

    def _plan(self, output: int, rows: int) -> Plan:
        plan = Plan.for_rows(rows, len(self._programs[output].leaves), self.rows)
        if plan.sums:  # whatever else is there, so that the same question has the same bytes
            return plan if floats_of(self._programs[output]) <= KEPT_FLOATS else Plan(-1, 0, walk=rows > 0)
        kept = [key[1] for key, item in list(self._prepared.items()) if key[0] == output and not key[2] and item.kept]
        if rows < _FEW_ROWS and kept:
            return max(kept, key=lambda known: (known.players, known.merged_bits))
        return plan

    def _integrated(self, output: int) -> LeafSums:
        with self._lock:
            if output not in self._sums:
                program = self._programs[output]
                while (
                    self._sums
                    and sum(item.numbers.size for item in self._sums.values()) + floats_of(program) > KEPT_FLOATS
                ):
                    self._sums.pop(
                        next(iter(self._sums))
                    )  # the longest kept; it is computed again, to the bit, when it is asked for
                self._sums[output] = leaf_sums(
                    program, self._values[output], self._background, self._integral, self._map
                )
            return self._sums[output]

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
        memory = None if prepared.kept else memory_of(max(prepared.floats(portion) for portion in prepared.portions))
        for portion in prepared.portions:
            built = prepared.kept or self._build(key, prepared, portion, memory)
            base += built.base
            begin, end = (int(program.start[at]) for at in (portion.first, portion.last))
            groups = hot_groups(prepared.units, begin, end, kept=prepared.kept is not None)

            def share(at: int, built: Built = built, groups: NDArray[np.int64] = groups) -> None:
                look_up(
                    program.nodes, prepared.units, groups, coded, cuts[at], cuts[at + 1], n, lines.width,
                    built.tables, built.offset, total,
                )  # fmt: skip

            self._map(share, range(len(cuts) - 1))
        return base

    def _prepare(self, key: _Key, lines: Lines) -> Prepared:
        with self._lock:
            if key not in self._prepared:
                program = self._programs[key[0]]
                units = lay_out(program, key[1], lines.width)
                sizes = table_sizes(program, units, lines.width)
                prepared = Prepared(lines, units, sizes, portions_of(sizes, KEPT_FLOATS, PORTION_FLOATS), None)
                if int(sizes.sum()) <= KEPT_FLOATS:
                    prepared.kept = self._build(key, prepared, prepared.portions[0])
                self._prepared[key] = prepared
            return self._prepared[key]

    def _build(
        self, key: _Key, prepared: Prepared, portion: Portion, memory: NDArray[np.float32] | None = None
    ) -> Built:
        output, plan, _ = key
        program, floats = self._programs[output], prepared.floats(portion)
        tables = memory_of(floats) if memory is None else memory[:floats]
        offset = int(prepared.sizes[: portion.first].sum())
        count = portion.last - portion.first
        shares = min(count, self._threads * 4)
        cuts = [portion.first + count * share // shares for share in range(shares + 1)]

        def share(at: int) -> float:
            return float(
                build(
                    program.nodes, program.path, self._values[output], prepared.units, self._integral, self._background,
                    program.start[cuts[at]], program.start[cuts[at + 1]], prepared.lines,
                    min(program.most_players, plan.players), tables, offset,
                )
            )  # fmt: skip

        return Built(tables, offset, sum(self._map(share, range(shares))))

    def _walk(self, output: int, coded: NDArray[np.uint16], n: int, total: NDArray[np.float64]) -> float:
        """Add what each row meets on its own walk through the trees; the shares of trees do not depend on the number of threads."""
        program = self._programs[output]
        trees = len(program.start) - 1
        count = min(trees, _WALKS)
        cuts = program.start[[trees * at // count for at in range(count + 1)]]
        splits = self._splits(output)
        base = 0.0
        for begin in range(0, self.rows, PART):
            part = np.ascontiguousarray(self._background[:, begin : begin + PART])
            lefts = self._lefts(output, begin, splits, part)
            for i in range(n):
                row = coded[i // BLOCK, :, i % BLOCK].copy()

                def share(
                    at: int, row: Any = row, part: Any = part, lefts: Any = lefts
                ) -> tuple[NDArray[np.float64], float]:
                    own = np.zeros(total.shape[1])
                    found = walk(
                        program.nodes, program.path, self._values[output], self._shares, splits.number, lefts, part, row,
                        cuts[at], cuts[at + 1], own,
                    )  # fmt: skip
                    return own, float(found)

                parts = self._map(share, range(count))
                total[i] += np.sum([given for given, _ in parts], axis=0)
                base += sum(found for _, found in parts) / n
        return base

    def _splits(self, output: int) -> Splits:
        with self._lock:
            if output not in self._asked:
                self._asked[output] = splits_of(self._programs[output])
            return self._asked[output]

    def _lefts(self, output: int, begin: int, splits: Splits, part: NDArray[np.uint16]) -> NDArray[np.uint64]:
        """Return which rows of a part of the background go left, kept for the next rows while all parts have room."""
        size = len(splits.column) * self.rows // 8
        with self._lock:
            if (output, begin) in self._sides:
                return self._sides[output, begin]
        found = going_left(splits, part)
        if size <= KEPT_SETS:
            with self._lock:
                self._sides[output, begin] = found
        return found

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
        codes = np.ascontiguousarray(coded.transpose(1, 0, 2).reshape(coded.shape[1], len(coded) * BLOCK))
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
