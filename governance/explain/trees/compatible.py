"""Few rows: one row against the whole background, by walking the subtrees in which the two are compatible.

A background row b counts at a leaf for the row x only if the players A whose conditions b fails on the path are none of the players Z
whose conditions x fails: A must come from x, Z from b (see `tree_shap`). Both sets only grow on the way down, so a background row that
has become incompatible at a node is so in the whole subtree. The walk carries the compatible rows along, in groups of equal A, and
turns back where none is left:

- to the child where x goes itself, rows that go there, too, come along unchanged; those that do not gain the split's player in A, and
  are dropped when this player is in Z;
- to the other child the player joins Z, and only rows come along that go there and do not have the player in A.

This is the walk of Lundberg et al. 2020 (algorithm 3) for one row and all background rows at a time, with groups of columns as players.
Every background row is compatible at its own leaf with A empty, so that the base value falls off as well.

A group is a set of background rows, one bit each: a split is one word operation for 64 of them, and a leaf needs the number of bits
alone. Which rows go left at a split is such a set, too; there is one for each different split of the ensemble. Where groups have
become small, their rows are carried on as a list. The background is taken in parts, so that the sets stay in the processor's cache and
memory does not grow with it.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.kernels import bits_of_word
from governance.explain.trees.program import Program
from governance.models import MISSING_CODE, kernel

PART: Final = 8192
"""Background rows whose sets are worked on together: a set takes a kilobyte."""
_WORD: Final = 64
_NO_CODE = np.uint16(MISSING_CODE)
_LISTED: Final = 8
"""Rows to a group: with fewer, a list of the rows is shorter than the sets of the groups."""
_ONE = np.uint64(1)
_NONE = np.uint64(0)


class Splits(NamedTuple):
    """The different questions of a program."""

    number: NDArray[np.int64]
    """(nodes,) which question the parent of a node asks."""
    column: NDArray[np.int64]
    """(questions,) code column; questions are sorted by column, then by bound."""
    bound: NDArray[np.int64]
    """(questions,) left when code <= bound."""
    missing_left: NDArray[np.bool_]
    """(questions,) whether a missing value goes left."""


def splits_of(program: Program) -> Splits:
    """Return the different questions of a program."""
    nodes = program.nodes
    asked = np.column_stack([nodes.column, nodes.bound, nodes.missing_left]).astype(np.int64)
    different, number = np.unique(asked, axis=0, return_inverse=True)
    return Splits(number.ravel().astype(np.int64), different[:, 0], different[:, 1], different[:, 2].astype(bool))


def going_left(splits: Splits, codes: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Return (questions, words) the sets of rows that go left.

    Args:
        splits: the questions.
        codes: (used, n) part of the background, at most `PART` rows.
    """
    found = np.zeros((len(splits.column), -(-codes.shape[1] // _WORD)), np.uint64)
    _mark(splits, codes, found)
    return found


@kernel
def _mark(splits: Any, codes: Any, found: Any) -> None:
    """Fill the sets in the order of their bounds: each holds the one before it and the rows with codes in between."""
    column, order, at, known = -1, np.zeros(codes.shape[1], np.int64), 0, np.zeros(found.shape[1], np.uint64)
    for question in range(len(splits.column)):
        if splits.column[question] != column:
            column, at = splits.column[question], 0
            order = np.argsort(codes[column])
            known[:] = _NONE
        while at < len(order) and codes[column, order[at]] <= splits.bound[question]:
            known[order[at] // _WORD] |= _ONE << np.uint64(order[at] % _WORD)
            at += 1
        found[question] = known
        if splits.missing_left[question]:
            last = len(order) - 1
            while last >= at and codes[column, order[last]] == _NO_CODE:
                found[question, order[last] // _WORD] |= _ONE << np.uint64(order[last] % _WORD)
                last -= 1


class Groups(NamedTuple):
    """Sets of compatible rows of the nodes on the way to the current one, deeper ones behind."""

    rows: NDArray[np.uint64]
    """(groups, words)."""
    failed: NDArray[np.uint64]
    """(groups,) A."""
    size: NDArray[np.int64]
    """(groups,) how many rows."""


@kernel
def walk(
    nodes: Any, path: Any, value: Any, shares: Any, number: Any, lefts: Any, codes: Any, row: Any, first: Any, last: Any, out: Any
) -> Any:  # fmt: skip
    """Add to `out` (players,) what the trees of nodes [first:last] give to one row; return their part of the base value.

    Args:
        nodes: the program.
        path: (leaves, most players) players by bit.
        value: (nodes,) values of leaves over the number of background rows.
        shares: weights of A and Z.
        number: (nodes,) which question a node's parent asks.
        lefts: (questions, words) the background rows that go left.
        codes: (used, n) the same background rows.
        row: (used,) the codes of the row.
        first: first node, a root.
        last: one past the last node.
        out: what is added to.
    """
    n, words = codes.shape[1], lefts.shape[1]
    deepest = nodes.depth[first:last].max() + 1
    groups = Groups(np.zeros((64, words), np.uint64), np.zeros(64, np.uint64), np.zeros(64, np.int64))
    listed, listed_failed = np.zeros((deepest, n), np.int32), np.zeros((deepest, n), np.uint64)
    begin, end = np.zeros(deepest, np.int64), np.zeros(deepest, np.int64)
    length, missed = np.full(deepest, -1), np.zeros(deepest, np.uint64)
    base, node = 0.0, first
    _everybody(groups, n)
    end[0] = 1
    while node < last:
        depth = nodes.depth[node]
        if depth > 0:
            above, own = depth - 1, _ONE << np.uint64(nodes.bit[node])
            code = row[nodes.column[node]]
            misses = _goes_left(code, nodes.bound[node], nodes.missing_left[node]) == nodes.right[node]
            blocked = missed[above] & own != _NONE
            missed[depth] = missed[above] | own if misses else missed[above]
            length[depth] = -1
            if length[above] >= 0:
                length[depth] = _sift(
                    nodes, node, codes, own, misses, blocked, listed[above, : length[above]], listed_failed[above],
                    listed[depth], listed_failed[depth],
                )  # fmt: skip
            else:
                begin[depth] = end[above]
                groups = _room(groups, end[above] + 2 * (end[above] - begin[above]))
                end[depth] = _part(
                    groups, begin[above], end[above], lefts[number[node]], nodes.right[node], own, misses, blocked
                )
                if groups.size[begin[depth] : end[depth]].sum() < _LISTED * (end[depth] - begin[depth]):
                    length[depth] = _list(groups, begin[depth], end[depth], listed[depth], listed_failed[depth])
            if length[depth] == 0 or (length[depth] < 0 and begin[depth] == end[depth]):
                node = nodes.end[node]
                continue
        if nodes.leaf[node] >= 0:
            if length[depth] >= 0:
                failed, size = listed_failed[depth, : length[depth]], np.ones(length[depth], np.int64)
            else:
                failed, size = groups.failed[begin[depth] : end[depth]], groups.size[begin[depth] : end[depth]]
            base += value[node] * _give(failed, size, missed[depth], value[node], path[nodes.leaf[node]], shares, out)
        node += 1
    return base


@kernel
def _everybody(groups: Any, n: Any) -> None:
    """Write the group of all rows, with A empty."""
    for i in range(n):
        groups.rows[0, i // _WORD] |= _ONE << np.uint64(i % _WORD)
    groups.size[0] = n


@kernel
def _room(groups: Any, needed: Any) -> Any:
    """Return the groups with room for so many."""
    if needed <= len(groups.size):
        return groups
    rows, failed = np.zeros((2 * needed, groups.rows.shape[1]), np.uint64), np.zeros(2 * needed, np.uint64)
    size = np.zeros(2 * needed, np.int64)
    rows[: len(groups.size)], failed[: len(groups.size)], size[: len(groups.size)] = groups
    return Groups(rows, failed, size)


@kernel
def _goes_left(code: Any, bound: Any, missing_left: Any) -> Any:
    return (code <= bound) | (missing_left & (code == _NO_CODE))


@kernel
def _part(groups: Any, begin: Any, end: Any, left: Any, right: Any, own: Any, misses: Any, blocked: Any) -> Any:
    """Write behind the groups [begin:end] of a node those of its child; return where they end."""
    turn = ~_NONE if right else _NONE
    at = end
    for group in range(begin, end):
        rows, failed = groups.rows[group], groups.failed[group]
        if failed & own == _NONE:
            at = _keep(groups, at, end, rows, left, turn, failed)
            if not misses and not blocked:
                at = _keep(groups, at, end, rows, left, ~turn, failed | own)
        elif not misses:
            at = _keep(groups, at, end, rows, rows, _NONE, failed)
    return at


@kernel
def _keep(groups: Any, at: Any, begin: Any, rows: Any, chosen: Any, turn: Any, failed: Any) -> Any:
    """Write the group of those of `rows` that are in `chosen`, all words of it turned by `turn`; return where groups end then."""
    into, size = groups.rows[at], 0
    for word in range(len(rows)):
        into[word] = rows[word] & (chosen[word] ^ turn)
        size += bits_of_word(into[word])
    if size == 0:
        return at
    for other in range(begin, at):
        if groups.failed[other] == failed:
            for word in range(len(rows)):
                groups.rows[other, word] |= into[word]
            groups.size[other] += size
            return at
    groups.failed[at], groups.size[at] = failed, size
    return at + 1


@kernel
def _list(groups: Any, begin: Any, end: Any, rows: Any, failed: Any) -> Any:
    """Write the rows of groups one by one, each with its A; return how many there are."""
    at = 0
    for group in range(begin, end):
        for word in range(groups.rows.shape[1]):
            rest = groups.rows[group, word]
            while rest != _NONE:
                rows[at] = word * _WORD + bits_of_word((rest & (~rest + _ONE)) - _ONE)
                failed[at] = groups.failed[group]
                rest &= rest - _ONE
                at += 1
    return at


@kernel
def _sift(
    nodes: Any, node: Any, codes: Any, own: Any, misses: Any, blocked: Any, rows: Any, failed: Any, kept: Any, kept_failed: Any
) -> Any:  # fmt: skip
    """Write the listed rows that stay compatible at `node`, and their A; return how many there are."""
    column, bound, missing_left, right = (
        nodes.column[node],
        nodes.bound[node],
        nodes.missing_left[node],
        nodes.right[node],
    )
    at = 0
    for k in range(len(rows)):
        comes = _goes_left(codes[column, rows[k]], bound, missing_left) != right
        kept[at] = rows[k]
        if misses:
            kept_failed[at] = failed[k]
            stays = comes and failed[k] & own == _NONE
        else:
            kept_failed[at] = failed[k] if comes else failed[k] | own
            stays = comes or not blocked
        at += 1 if stays else 0
    return at


@kernel
def _give(failed: Any, size: Any, missed: Any, value: Any, path: Any, shares: Any, out: Any) -> Any:
    """Add what a leaf gives to the players; return how many background rows reach the leaf, those with A empty."""
    z = bits_of_word(missed)
    reached, loss = 0.0, 0.0
    for k in range(len(failed)):
        a = bits_of_word(failed[k])
        loss += size[k] * shares.loss[z, a]
        if a == 0:
            reached += size[k]
        else:
            _add(failed[k], value * size[k] * shares.gain[z, a], path, out)
    _add(missed, -value * loss, path, out)
    return reached


@kernel
def _add(players: Any, share: Any, path: Any, out: Any) -> None:
    """Add one share to each of some players of a path."""
    bit, rest = 0, players
    while rest != _NONE:
        if rest & _ONE:
            out[path[bit]] += share
        rest >>= _ONE
        bit += 1
