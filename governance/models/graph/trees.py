"""Tree ensembles of ONNX files as plain arrays, whatever the operator's version and the modes of its branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.graph.branches import LEAF, Branches, Splits, one_form

if TYPE_CHECKING:
    import onnx

PostTransform = Literal["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"]
TREE_OPERATORS: Final = ("TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble")
_MODES_5: Final = (
    "BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER",
)  # fmt: skip
_AGGREGATES_5: Final = ("AVERAGE", "SUM", "MIN", "MAX")
_POST_5: Final = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")


@dataclass(frozen=True, slots=True)
class TreeEnsemble:
    """An additive ensemble: score = base + the sum over trees of the value of the leaf that a row reaches.

    Every inner node asks `x[feature] <= threshold` and goes left when that holds.
    """

    splits: Splits
    """The nodes: question, children, and where a missing value goes."""
    value: NDArray[np.float64]
    """(nodes, outputs) what a leaf adds to each output, aggregation applied; 0 at inner nodes."""
    roots: NDArray[np.int64]
    """(trees,) index of each tree's first node."""
    base: NDArray[np.float64]
    """(outputs,) what every row gets."""
    post: PostTransform
    """What the operator does with the sums."""
    operator: str
    input: str
    """Name of the tensor that feeds the ensemble."""
    output: str
    """Name of the tensor with the scores."""
    one_score: bool
    """Whether a classifier of two classes stores the score of the second class only."""

    @property
    def outputs(self) -> int:
        """Number of scores per row."""
        return int(self.value.shape[1])


def parse_trees(node: onnx.NodeProto, *, double_input: bool = False) -> TreeEnsemble:
    """Return the arrays of one tree ensemble node.

    Sources: the operator specifications TreeEnsembleClassifier and TreeEnsembleRegressor of ai.onnx.ml 1 to 4 and
    TreeEnsemble of ai.onnx.ml 5; where they are silent, ONNX Runtime (`tree_ensemble_common.h`, `tree_ensemble_aggregator.h`).

    Args:
        node: the ensemble.
        double_input: whether the tensor that feeds it holds float64: ONNX Runtime compares in the precision of the input, however
            the thresholds are written.

    Raises:
        RefusedInputError: not a tree ensemble, not additive (MIN, MAX), or its nodes do not form trees.
    """
    if node.op_type not in TREE_OPERATORS:
        raise RefusedInputError(
            f"The node is a {node.op_type}, not a tree ensemble.", f"Expected: {', '.join(TREE_OPERATORS)}."
        )
    found = attributes(node)
    if node.op_type == "TreeEnsemble":
        return _from_version_5(node, found)
    return _from_version_1(node, found, double=double_input)


def attributes(node: onnx.NodeProto) -> dict[str, Any]:
    """Return a node's attributes as Python values, tensors as arrays and bytes as text."""
    from onnx import AttributeProto, helper, numpy_helper

    found: dict[str, Any] = {}
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        if attribute.type == AttributeProto.TENSOR:
            value = numpy_helper.to_array(value)
        elif attribute.type == AttributeProto.STRING:
            value = value.decode()
        elif attribute.type == AttributeProto.STRINGS:
            value = [item.decode() for item in value]
        found[attribute.name] = value
    return found


def _numbers(found: dict[str, Any], name: str) -> NDArray[np.float64]:
    for key in (f"{name}_as_tensor", name):
        if key in found and len(found[key]):
            return np.asarray(found[key], dtype=np.float64)
    return np.zeros(0)


def _integers(found: dict[str, Any], name: str, size: int = 0) -> NDArray[np.int64]:
    values = np.asarray(found.get(name, ()), dtype=np.int64)
    return values if len(values) else np.zeros(size, dtype=np.int64)


class _NodeNames:
    """Finds the position of a node from its tree and its number in that tree."""

    def __init__(self, trees: NDArray[np.int64], numbers: NDArray[np.int64]) -> None:
        self._step = int(numbers.max(initial=0)) + 1
        keys = trees * self._step + numbers
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        if len(np.unique(keys)) < len(keys):
            raise RefusedInputError("Two nodes of a tree have the same number.", "Convert the model again.")

    def __call__(self, trees: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        wanted = trees * self._step + numbers
        found = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        if np.any(numbers < 0) or np.any(numbers >= self._step) or np.any(self._keys[found] != wanted):
            raise RefusedInputError("A tree names a node that it does not have.", "Convert the model again.")
        return self._order[found]


def _from_version_1(node: onnx.NodeProto, found: dict[str, Any], *, double: bool) -> TreeEnsemble:
    tree, number = _integers(found, "nodes_treeids"), _integers(found, "nodes_nodeids")
    position = _NodeNames(tree, number)
    mode = np.array(found["nodes_modes"])
    inner = mode != LEAF
    yes, no = np.full(len(tree), -1, np.int64), np.full(len(tree), -1, np.int64)
    yes[inner] = position(tree[inner], _integers(found, "nodes_truenodeids")[inner])
    no[inner] = position(tree[inner], _integers(found, "nodes_falsenodeids")[inner])
    splits = one_form(
        Branches(
            mode=mode,
            feature=_integers(found, "nodes_featureids"),
            threshold=_numbers(found, "nodes_values"),
            yes=yes,
            no=no,
            missing_yes=_integers(found, "nodes_missing_value_tracks_true", len(tree)).astype(bool),
            members={},
            double=double,
        )
    )
    below = np.zeros(len(tree), dtype=bool)
    below[yes[inner]] = below[no[inner]] = True
    roots = np.flatnonzero(~below)
    value, base, one_score = _leaf_values_1(node, found, position, len(tree))
    value *= _share(found.get("aggregate_function", "SUM"), len(roots))
    return TreeEnsemble(
        splits=splits,
        value=value,
        roots=roots,
        base=base,
        post=_post(found.get("post_transform", "NONE")),
        operator=node.op_type,
        input=node.input[0],
        output=node.output[-1],
        one_score=one_score,
    )


def _leaf_values_1(
    node: onnx.NodeProto, found: dict[str, Any], position: _NodeNames, nodes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """Return what leaves add to each output, what every row gets, and whether one score stands for two classes."""
    classifier = node.op_type == "TreeEnsembleClassifier"
    prefix = "class" if classifier else "target"
    output, weight = _integers(found, f"{prefix}_ids"), _numbers(found, f"{prefix}_weights")
    base = _numbers(found, "base_values")
    if classifier:
        outputs = max(len(found.get(name, ())) for name in ("classlabels_int64s", "classlabels_strings"))
    else:
        outputs = int(found.get("n_targets", output.max(initial=0) + 1))
    if len(output) and (output.min() < 0 or output.max() >= outputs):
        raise RefusedInputError(
            f"A leaf names output {output.max()} of an ensemble with {outputs}.", "Convert the model again."
        )
    one_score = classifier and outputs == 2 and (len(base) == 2) == bool((output == 1).any())
    if one_score:  # the score of the second class is made from what is written for the first one
        outputs, base, weight = 1, base[-1:], np.where(output == 0, weight, 0.0)
        output = np.zeros_like(output)
    leaf = position(_integers(found, f"{prefix}_treeids"), _integers(found, f"{prefix}_nodeids"))
    value = np.zeros((nodes, outputs))
    np.add.at(value, (leaf, output), weight)
    added = _base(base, outputs, classifier=classifier)
    if (
        classifier and outputs == 2
    ):  # ONNX Runtime leaves a class that no leaf speaks about at 0, whatever its base value
        added[np.setdiff1d([0, 1], output)] = 0.0
    return value, added, one_score


def _base(values: NDArray[np.float64], outputs: int, *, classifier: bool) -> NDArray[np.float64]:
    """Return what ONNX Runtime adds to each output.

    With fewer base values than outputs a classifier gives them to its first outputs; a regressor with another number of them than of
    targets uses none.
    """
    base = np.zeros(outputs)
    if classifier or len(values) == outputs:
        base[: len(values)] = values[:outputs]
    return base


def _from_version_5(node: onnx.NodeProto, found: dict[str, Any]) -> TreeEnsemble:
    threshold = np.asarray(found["nodes_splits"])
    inner, leaves = len(threshold), len(found["leaf_weights"])
    mode = np.array([_MODES_5[code] for code in np.asarray(found["nodes_modes"]).tolist()] + [LEAF] * leaves)
    pad = np.zeros(leaves, dtype=np.int64)
    target = _integers(found, "leaf_targetids")
    outputs = int(found["n_targets"])
    roots = _integers(found, "tree_roots")
    ends = np.concatenate(([0], np.cumsum(mode == "BRANCH_MEMBER")))
    sets = _membership_sets(_numbers(found, "membership_values"))
    if len(sets) != ends[-1] or np.any(target < 0) or np.any(target >= outputs):
        raise RefusedInputError("The ensemble's arrays do not fit each other.", "Convert the model again.")
    branches = Branches(
        mode=mode,
        feature=np.concatenate((_integers(found, "nodes_featureids"), pad)),
        threshold=np.concatenate((threshold.astype(np.float64), pad)),
        yes=_children_5(found, "true", inner, leaves),
        no=_children_5(found, "false", inner, leaves),
        missing_yes=np.concatenate((_integers(found, "nodes_missing_value_tracks_true", inner), pad)).astype(bool),
        members={int(at): sets[ends[at]] for at in np.flatnonzero(mode == "BRANCH_MEMBER")},
        double=threshold.dtype == np.float64,
    )
    value = np.zeros((inner + leaves, outputs))
    value[inner + np.arange(leaves), target] = found["leaf_weights"]
    value *= _share(_AGGREGATES_5[int(found.get("aggregate_function", 1))], len(roots))
    return TreeEnsemble(
        splits=one_form(branches),
        value=value,
        roots=roots,
        base=np.zeros(outputs),
        post=_post(_POST_5[int(found.get("post_transform", 0))]),
        operator=node.op_type,
        input=node.input[0],
        output=node.output[0],
        one_score=False,
    )


def _children_5(found: dict[str, Any], side: str, inner: int, leaves: int) -> NDArray[np.int64]:
    child = _integers(found, f"nodes_{side}nodeids")
    is_leaf = _integers(found, f"nodes_{side}leafs").astype(bool)
    if np.any(child < 0) or np.any(child >= np.where(is_leaf, leaves, inner)):
        raise RefusedInputError("A tree names a node that it does not have.", "Convert the model again.")
    return np.concatenate((np.where(is_leaf, inner + child, child), np.full(leaves, -1, np.int64)))


def _membership_sets(values: NDArray[np.float64]) -> list[tuple[float, ...]]:
    """Split the list of members at its NaN marks; each mark ends one node's set."""
    sets: list[tuple[float, ...]] = []
    current: list[float] = []
    for value in values.tolist():
        if np.isnan(value):
            sets.append(tuple(current))
            current = []
        else:
            current.append(value)
    return [*sets, tuple(current)] if current else sets


def _share(aggregate: str, trees: int) -> float:
    if aggregate == "SUM":
        return 1.0
    if aggregate == "AVERAGE":
        return 1.0 / trees
    raise RefusedInputError(
        f"The trees are combined by {aggregate}, which is not a sum.", "Use the sampled way: --method permutation."
    )


def _post(name: str) -> PostTransform:
    if name not in get_args(PostTransform):
        raise RefusedInputError(f"Unknown post transform {name!r}.", f"Known: {', '.join(get_args(PostTransform))}.")
    return name  # type: ignore[return-value]
