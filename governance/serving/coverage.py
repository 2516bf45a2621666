"""What challenge rows test of a model, counted from the rows and the file alone: whoever made them need not be believed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models import GraphPredictor, TreeEnsemble
from governance.serving import tolerance as tolerances
from governance.serving.challenge import Challenge
from governance.serving.forest import boxes, leaves_of
from governance.serving.ground import Ground, open_ground
from governance.serving.report import Coverage
from governance.serving.tolerance import Tolerance
from governance.serving.tree_rows import effects, slope


def covered(model: GraphPredictor, challenge: Challenge, score: NDArray[np.float64]) -> tuple[Coverage, Tolerance]:
    """Return what the rows test, and by how much honest answers may differ.

    Args:
        model: the approved model.
        challenge: the rows.
        score: its scores for them.
    """
    try:
        ground = open_ground(model, challenge.frame)
    except RefusedInputError as reason:
        found = tolerances.of_graph(model, challenge.frame, score)
        return Coverage("other", rows_like_data=_drawn(challenge), note=reason.what), found
    if ground.trees is None:
        return _of_weights(ground, challenge), tolerances.of_weights(ground, classes=bool(model.signature.classes))
    within = tolerances.of_trees(ground.trees)
    return _of_trees(ground, ground.trees, challenge, slope(ground.trees, model, challenge.frame), within.value), within


def _drawn(challenge: Challenge) -> int:
    return challenge.purpose.count("drawn")


def _of_weights(ground: Ground, challenge: Challenge) -> Coverage:
    weights = ground.cut.linear().weights
    moved = np.array([len(np.unique(column)) > 1 for column in ground.encoded.T])
    used = np.abs(weights).max(axis=0) > 0
    return Coverage(
        "weights",
        weights=int(used.sum()),
        weights_tested=int((used & moved).sum()),
        rows_like_data=_drawn(challenge),
        note=challenge.note,
    )


def _of_trees(
    ground: Ground, trees: TreeEnsemble, challenge: Challenge, steep: NDArray[np.float64], within: float
) -> Coverage:
    leaf = trees.splits.leaf
    reachable = [box.node for box in boxes(trees, ground.encoded.shape[1])]
    visited = np.unique(leaves_of(trees, ground.encoded))
    return Coverage(
        "trees",
        leaves=int(leaf.sum()),
        leaves_reachable=int(leaf[reachable].sum()),
        leaves_visited=len(visited),
        splits=int((~leaf).sum()),
        splits_reachable=int((~leaf[reachable]).sum()),
        splits_tested=_tested(ground, trees, challenge, steep, within),
        rows_like_data=_drawn(challenge),
        note=challenge.note,
    )


def _tested(
    ground: Ground, trees: TreeEnsemble, challenge: Challenge, steep: NDArray[np.float64], within: float
) -> int:
    """Return how many splits have a pair of rows that tells their two sides apart by more than the tolerance."""
    edges = np.flatnonzero(np.array(challenge.purpose) == "edge")
    nodes = challenge.target[edges]
    paired = len(edges) % 2 == 0 and bool(np.all(nodes[0::2] == nodes[1::2]))
    legal = paired and bool(np.all((nodes >= 0) & (nodes < len(trees.splits.feature))))
    if not len(edges) or not legal or trees.splits.leaf[nodes].any():
        return 0
    found = effects(trees, ground.encoded[edges], steep[edges], nodes[0::2])
    return len(np.unique(nodes[0::2][found > within]))
