"""The ensemble as a program: its nodes in the order in which a walk meets them, each one bit operation after its parent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.explain.trees.kernels import LANES
from governance.models import Codebook, TreeEnsemble, code_splits, kernel

MOST_PLAYERS: Final = 63
"""Most distinct players on one path: a path's pattern is one 64-bit word."""
MOST_NODES: Final = 50_000_000
"""Most nodes after shared branches are written out; more is refused rather than run out of memory."""


class Nodes(NamedTuple):
    """Nodes in preorder; what a node's own pattern takes from its parent's split stands at the node itself."""

    column: NDArray[np.int32]
    """Code column that the parent asks about."""
    bound: NDArray[np.uint16]
    """Threshold code of the parent: left when code <= bound."""
    missing_left: NDArray[np.bool_]
    """Where the parent sends a missing value."""
    right: NDArray[np.bool_]
    """Whether this node is its parent's right child."""
    bit: NDArray[np.int16]
    """Bit of the parent's player in the patterns of this path."""
    fresh: NDArray[np.bool_]
    """Whether the parent's player is met for the first time on this path."""
    depth: NDArray[np.int32]
    players: NDArray[np.int32]
    """Distinct players on the path from the root to this node, K."""
    parent: NDArray[np.int64]
    """Position of the parent; -1 at a root."""
    end: NDArray[np.int64]
    """One past the last node of this node's subtree."""
    leaf: NDArray[np.int64]
    """Number of the leaf, from 0; -1 at inner nodes."""
    origin: NDArray[np.int64]
    """Position of the node in the ensemble's own arrays."""


@dataclass(frozen=True, slots=True)
class Program:
    """One output of an ensemble, ready for the tables."""

    nodes: Nodes
    start: NDArray[np.int64]
    """(trees + 1,) where each tree begins."""
    path: NDArray[np.int16]
    """(leaves, most players) the players of each leaf's path, by bit; -1 beyond."""
    value: NDArray[np.float64]
    """(nodes,) what a leaf adds to the output; 0 at inner nodes."""
    codebook: Codebook
    players: int
    """Number of players of the whole game."""

    @property
    def width(self) -> int:
        """Floats per table line: the number of players, rounded up to whole vectors."""
        return -(-self.players // LANES) * LANES

    @property
    def most_players(self) -> int:
        """Largest number of distinct players on one path."""
        return int(self.nodes.players.max())

    @property
    def leaves(self) -> NDArray[np.int64]:
        """Positions of the leaves."""
        return np.flatnonzero(self.nodes.leaf >= 0)


def programs(trees: TreeEnsemble, player: NDArray[np.int64], players: int) -> tuple[Program, ...]:
    """Return one program per output of `trees`; a tree that gives nothing to an output is left out of its program.

    Args:
        trees: the ensemble.
        player: (encoded columns,) which player each encoded column belongs to.
        players: number of players.

    Raises:
        RefusedInputError: the nodes do not form finite trees, or a path meets too many players.
    """
    codebook, column, bound = code_splits(trees.splits)
    player_of = player[[codebook.source(at) for at in range(len(codebook.columns))]].astype(np.int16)

    def unfold(roots: NDArray[np.int64]) -> tuple[Nodes, NDArray[np.int64], NDArray[np.int16]]:
        return _unfolded(trees, roots, column, bound, player_of)

    nodes, start, path = unfold(trees.roots)
    value = trees.value[nodes.origin]
    active = np.logical_or.reduceat(value != 0, start[:-1], axis=0)
    found = []
    for output in range(trees.outputs):
        roots = trees.roots[active[:, output]]
        if 0 < len(roots) < len(trees.roots):
            part, begin, way = unfold(roots)
        else:
            part, begin, way = nodes, start, path
        worth = np.ascontiguousarray(trees.value[part.origin, output])
        found.append(Program(part, begin, way, worth, codebook, players))
    return tuple(found)


def _unfolded(
    trees: TreeEnsemble,
    roots: NDArray[np.int64],
    column: NDArray[np.int32],
    bound: NDArray[np.uint16],
    player_of: NDArray[np.int16],
) -> tuple[Nodes, NDArray[np.int64], NDArray[np.int16]]:
    splits = trees.splits
    total, leaves, depth = _measure(splits.left, splits.right, roots, MOST_NODES)
    if total < 0:
        raise RefusedInputError(
            "The trees loop back on themselves, or are larger than can be written out.", "Convert the model again."
        )
    nodes = Nodes(
        column=np.zeros(total, np.int32),
        bound=np.zeros(total, np.uint16),
        missing_left=np.zeros(total, np.bool_),
        right=np.zeros(total, np.bool_),
        bit=np.zeros(total, np.int16),
        fresh=np.zeros(total, np.bool_),
        depth=np.zeros(total, np.int32),
        players=np.zeros(total, np.int32),
        parent=np.full(total, -1, np.int64),
        end=np.arange(1, total + 1),
        leaf=np.full(total, -1, np.int64),
        origin=np.zeros(total, np.int64),
    )
    start = np.zeros(len(roots) + 1, np.int64)
    most = min(depth + 1, MOST_PLAYERS)
    path = np.full((leaves, most), -1, np.int16)
    if not _walk(splits.left, splits.right, splits.missing_left, roots, column, bound, player_of, nodes, start, path):
        raise RefusedInputError(
            f"A path of the trees meets more than {MOST_PLAYERS} columns.", "Use the sampled way: --method permutation."
        )
    return nodes, start, path


@kernel
def _measure(left: Any, right: Any, roots: Any, most: Any) -> Any:
    """Return the numbers of nodes and leaves met, and the greatest depth; -1 for a loop or too many nodes."""
    stack = np.zeros(len(left) + 2, np.int64)
    level = np.zeros(len(left) + 2, np.int64)
    total, leaves, deepest = 0, 0, 0
    for root in roots:
        stack[0], level[0], height = root, 0, 1
        while height > 0:
            height -= 1
            node, depth = stack[height], level[height]
            total += 1
            deepest = max(deepest, depth)
            if total > most or depth > len(left):
                return -1, 0, 0
            if left[node] < 0:
                leaves += 1
                continue
            if height + 2 > len(stack):
                return -1, 0, 0
            stack[height], stack[height + 1] = right[node], left[node]
            level[height], level[height + 1] = depth + 1, depth + 1
            height += 2
    return total, leaves, deepest


@kernel
def _walk(
    left: Any, right: Any, missing_left: Any, roots: Any, column: Any, bound: Any, player_of: Any,
    nodes: Any, start: Any, path: Any,
) -> Any:  # fmt: skip
    """Fill `nodes`, `start` and `path` in preorder; return False when a path meets more players than `path` holds."""
    stack = np.zeros(len(left) + 2, np.int64)
    above = np.zeros(len(left) + 2, np.int64)
    met = np.zeros(path.shape[1] + 1, np.int16)
    at, leaves = 0, 0
    for tree in range(len(roots)):
        start[tree] = at
        stack[0], above[0], height = roots[tree], -1, 1
        while height > 0:
            height -= 1
            node, parent = stack[height], above[height]
            nodes.origin[at], nodes.parent[at] = node, parent
            if parent >= 0 and not _arrive(nodes, at, parent, column, bound, missing_left, player_of, met):
                return False
            if left[node] < 0:
                nodes.leaf[at] = leaves
                path[leaves, : nodes.players[at]] = met[: nodes.players[at]]
                leaves += 1
            else:
                stack[height], stack[height + 1] = right[node], left[node]
                above[height], above[height + 1] = at, at
                height += 2
            at += 1
    start[len(roots)] = at
    for i in range(at - 1, -1, -1):
        if nodes.parent[i] >= 0:
            nodes.end[nodes.parent[i]] = max(nodes.end[nodes.parent[i]], nodes.end[i])
    return True


@kernel
def _arrive(
    nodes: Any, at: Any, parent: Any, column: Any, bound: Any, missing_left: Any, player_of: Any, met: Any
) -> Any:
    """Note at node `at` what its parent asked; `met` holds the players of the path so far, by bit."""
    asked = nodes.origin[parent]
    nodes.column[at], nodes.bound[at], nodes.missing_left[at] = column[asked], bound[asked], missing_left[asked]
    nodes.right[at] = at != parent + 1
    nodes.depth[at] = nodes.depth[parent] + 1
    known = nodes.players[parent]
    player = player_of[column[asked]]
    bit = 0
    while bit < known and met[bit] != player:
        bit += 1
    nodes.bit[at], nodes.fresh[at] = bit, bit == known
    nodes.players[at] = known + (1 if bit == known else 0)
    if nodes.players[at] >= len(met):
        return False
    met[bit] = player
    return True
