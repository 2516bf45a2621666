"""Whether the node tables of a tree ensemble are sound: every child exists, no node is its own ancestor, every feature is there.

ONNX Runtime follows these tables without looking; a wrong one reads memory that is not the model's or never ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from governance.models.intake.inspection import Refusal
from governance.models.intake.limits import Limits

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

_MODES: Final = {
    b"BRANCH_LEQ", b"BRANCH_LT", b"BRANCH_GTE", b"BRANCH_GT", b"BRANCH_EQ", b"BRANCH_NEQ", b"BRANCH_MEMBER", b"LEAF",
}  # fmt: skip
_ADVICE: Final = {
    "tree_cycle": "The file is damaged or made to harm: convert the model again from its source.",
    "tree_range": "The file is damaged or made to harm: convert the model again from its source.",
    "tree_size": "Train with fewer categories or smaller trees, or encode the categories in a pipeline.",
    "tree_depth": "Train trees of fewer levels.",
}
"""Harm is said of harm alone: what would never end, or read memory that is not the model's."""


class _Unsound(Exception):  # noqa: N818 - becomes a Refusal at once
    def __init__(self, code: str, found: str) -> None:
        super().__init__(code, found)
        self.code, self.found = code, found


def audit(node: onnx.NodeProto, limits: Limits) -> Refusal | None:
    """Return why the node tables of a tree ensemble are unsound, or None."""
    values = {item.name: item for item in node.attribute}
    try:
        if node.op_type == "TreeEnsemble":
            _audit_flat(values, limits)
        else:
            _audit_listed(values, limits)
    except _Unsound as error:
        return Refusal(
            error.code,
            f"Tree ensemble {node.name[:100]!r}: {error.found}",
            _ADVICE.get(error.code, "Convert the model again from its source."),
        )
    return None


def largest_feature(node: onnx.NodeProto) -> int:
    """Return the largest column number that a branch of the ensemble asks for; -1 without branches."""
    values = {item.name: item for item in node.attribute}
    features = _ints(values, "nodes_featureids")
    if node.op_type != "TreeEnsemble" and len(features):
        modes = np.array(values["nodes_modes"].strings, dtype=object)
        features = features[modes != b"LEAF"]
    return int(features.max()) if len(features) else -1


def _ints(values: dict[str, Any], name: str) -> NDArray[np.int64]:
    return np.array(values[name].ints if name in values else [], dtype=np.int64)


def _same_length(**columns: NDArray[Any]) -> None:
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise _Unsound("tree_table", f"its node tables have different lengths ({lengths}).")


def _audit_listed(values: dict[str, Any], limits: Limits) -> None:
    """Check the form of ai.onnx.ml 1 to 4: nodes named by (tree, node), children by node number in the same tree."""
    trees, nodes = _ints(values, "nodes_treeids"), _ints(values, "nodes_nodeids")
    yes, no = _ints(values, "nodes_truenodeids"), _ints(values, "nodes_falsenodeids")
    features = _ints(values, "nodes_featureids")
    modes = np.array(values["nodes_modes"].strings if "nodes_modes" in values else [], dtype=object)
    _same_length(trees=trees, nodes=nodes, true=yes, false=no, features=features, modes=modes)
    if len(nodes) == 0:
        raise _Unsound("tree_table", "it has no nodes.")
    unknown = set(modes) - _MODES
    if unknown:
        raise _Unsound("tree_table", f"unknown branch mode {min(unknown)[:40]!r}.")
    branch = modes != b"LEAF"
    if (features[branch] < 0).any():
        raise _Unsound("tree_range", f"a branch asks for column {features[branch].min()}.")
    place = _Places(trees, nodes)
    true_at = np.where(branch, place.find(trees, yes, branch), -1)
    false_at = np.where(branch, place.find(trees, no, branch), -1)
    roots = _walk(true_at, false_at, len(nodes), limits)
    if len(roots) != len(np.unique(trees)):
        raise _Unsound(
            "tree_table", f"{len(np.unique(trees))} trees have {len(roots)} roots: some nodes hang on no tree."
        )
    _audit_leaves(values, place)


def _audit_leaves(values: dict[str, Any], place: _Places) -> None:
    for kind in ("class", "target"):
        owner, at, ids = (_ints(values, f"{kind}_{name}") for name in ("treeids", "nodeids", "ids"))
        _same_length(trees=owner, nodes=at, ids=ids)
        if len(owner):
            place.find(owner, at, np.ones(len(owner), dtype=bool))
        labels = max(
            (len(values[name].strings) + len(values[name].ints) for name in values if name.startswith("classlabels")),
            default=0,
        )
        top = labels if kind == "class" else int(values["n_targets"].i) if "n_targets" in values else 1
        if len(ids) and (ids.min() < 0 or ids.max() >= max(1, top)):
            raise _Unsound("tree_range", f"a leaf speaks about {kind} {ids.max()}, there are {top}.")


class _Places:
    """Where in the tables the node (tree, node) stands."""

    def __init__(self, trees: NDArray[np.int64], nodes: NDArray[np.int64]) -> None:
        if nodes.min() < 0 or trees.min() < 0 or nodes.max() >= 2**31 or trees.max() >= 2**31:
            raise _Unsound("tree_range", "node numbers are negative or beyond 2**31.")
        key = trees * 2**31 + nodes
        self._order = np.argsort(key, kind="stable")
        self._keys = key[self._order]
        if (np.diff(self._keys) == 0).any():
            raise _Unsound("tree_table", "two nodes of a tree have the same number.")

    def find(self, trees: NDArray[np.int64], nodes: NDArray[np.int64], wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the row of each node; refuses when one of the `wanted` ones does not exist."""
        outside = wanted & ((nodes < 0) | (nodes >= 2**31) | (trees < 0) | (trees >= 2**31))
        key = np.where(outside, -1, trees * 2**31 + np.clip(nodes, 0, 2**31 - 1))
        at = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
        lost = wanted & (self._keys[at] != key)
        if lost.any():
            where = int(np.argmax(lost))
            raise _Unsound("tree_range", f"tree {trees[where]} points to node {nodes[where]}, which does not exist.")
        return self._order[at]


def _audit_flat(values: dict[str, Any], limits: Limits) -> None:
    """Check the form of ai.onnx.ml 5: nodes and leaves by their place in the tables."""
    from onnx import numpy_helper

    roots, features = _ints(values, "tree_roots"), _ints(values, "nodes_featureids")
    yes, no = _ints(values, "nodes_truenodeids"), _ints(values, "nodes_falsenodeids")
    yes_leaf, no_leaf = _ints(values, "nodes_trueleafs") != 0, _ints(values, "nodes_falseleafs") != 0
    targets = _ints(values, "leaf_targetids")
    weights = numpy_helper.to_array(values["leaf_weights"].t) if "leaf_weights" in values else np.zeros(0)
    _same_length(features=features, true=yes, false=no, true_leaf=yes_leaf, false_leaf=no_leaf)
    _same_length(leaf_targets=targets, leaf_weights=weights)
    if len(features) == 0 or len(roots) == 0:
        raise _Unsound("tree_table", "it has no nodes or no roots.")
    if features.min() < 0:
        raise _Unsound("tree_range", f"a branch asks for column {features.min()}.")
    n = len(features)
    for child, leaf in ((yes, yes_leaf), (no, no_leaf)):
        top = np.where(leaf, len(targets), n)
        if ((child < 0) | (child >= top)).any():
            raise _Unsound("tree_range", "a branch points to a node that does not exist.")
    if roots.min() < 0 or roots.max() >= n:
        raise _Unsound("tree_range", "a tree starts at a node that does not exist.")
    n_targets = int(values["n_targets"].i) if "n_targets" in values else 1
    if len(targets) and (targets.min() < 0 or targets.max() >= n_targets):
        raise _Unsound("tree_range", f"a leaf speaks about target {targets.max()}, there are {n_targets}.")
    true_at, false_at = np.where(yes_leaf, -1, yes), np.where(no_leaf, -1, no)
    free = _walk(true_at, false_at, n, limits)
    lost = np.setdiff1d(free, roots)
    if len(lost):
        raise _Unsound("tree_table", f"{len(lost)} nodes hang on no tree.")


def _walk(true_at: NDArray[np.int64], false_at: NDArray[np.int64], n: int, limits: Limits) -> NDArray[np.int64]:
    """Take nodes away whose parents are all gone, level by level, and return the roots; what is left at the end is a circle.

    Converters let several branches share one child (sets of categories): that is no circle, but written out as a tree it may be
    far larger than the file.
    """
    inner = np.flatnonzero((true_at >= 0) | (false_at >= 0))
    children = np.concatenate([true_at[true_at >= 0], false_at[false_at >= 0]])
    waiting = np.bincount(children, minlength=n)
    roots = level = np.flatnonzero(waiting == 0)
    ways = np.zeros(n)
    ways[roots] = 1.0
    left, depth = n, 0
    while len(level):
        left -= len(level)
        depth += 1
        if depth > limits.max_tree_depth:
            raise _Unsound("tree_depth", f"a tree has more than {limits.max_tree_depth} levels.")
        parents = np.concatenate([level, level])
        both = np.concatenate([true_at[level], false_at[level]])
        parents, both = parents[both >= 0], both[both >= 0]
        np.add.at(ways, both, ways[parents])
        np.subtract.at(waiting, both, 1)
        level = np.unique(both[waiting[both] == 0])
    if left:
        raise _Unsound("tree_cycle", f"{left} nodes hang on no root: a node is its own ancestor.")
    if ways.sum() > limits.max_unfolded:
        raise _Unsound(
            "tree_size",
            f"its shared branches written out are {ways.sum():.3g} nodes, at most {limits.max_unfolded:,} are taken "
            f"({len(inner):,} branches are stored).",
        )
    return roots
