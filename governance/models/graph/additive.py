"""Which scores of a graph are sums: constants, functions of single trees, and weights times encoded columns.

The graph is walked with sums in place of numbers. A tensor that depends on one tree alone may be made by any operators (AdaBoost takes
the tree's vote, an isolation forest the depth of its leaf): its value at each leaf is read off by running these operators on the
leaves, all trees at once. Operators that are linear carry sums on. Where the graph goes on with something else, the walk back from
the model's scores stops: these sums are the raw scores, and what follows is for the link to recognise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.graph.linear import constants_of, parse_linear
from governance.models.graph.trees import TREE_OPERATORS, TreeEnsemble, attributes, parse_trees

if TYPE_CHECKING:
    import onnx

LINEAR_OPERATORS: Final = ("LinearClassifier", "LinearRegressor")
ASK: Final = "Use the sampled way: --method permutation."
_KEEPS: Final = frozenset({"Identity", "Cast", "Flatten", "Neg", "Dropout"})
_PICKS: Final = frozenset({"Slice", "Gather", "ArrayFeatureExtractor"})
_TOTALS: Final = frozenset({"ReduceSum", "ReduceMean"})
_COLUMNS: Final = ([1], [-1])
"""Axes that go along the scores of a row."""
_FLOATS: Final = (1, 11)
"""Number types that a Cast of a sum may go to: float32 and float64."""
_LOGISTIC: Final = "LOGISTIC"


@dataclass(frozen=True, slots=True)
class Sum:
    """Scores of a row: base + the sum over ensembles of the leaves that it reaches + encoded columns times weights."""

    base: NDArray[np.float64]
    """(scores,) what every row gets."""
    trees: dict[int, NDArray[np.float64]]
    """Number of an ensemble -> (nodes, scores) what its leaves add; 0 at inner nodes."""
    linear: dict[str, NDArray[np.float64]]
    """Name of an encoded tensor -> (its columns, scores) weights."""

    @property
    def width(self) -> int:
        """Number of scores."""
        return len(self.base)

    def changed(self, linearly: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Sum:
        """Return the sum after a linear function of its scores; the function is given them as the last axis of two."""
        return Sum(
            linearly(self.base[None])[0],
            {at: linearly(value) for at, value in self.trees.items()},
            {name: linearly(value) for name, value in self.linear.items()},
        )


@dataclass(frozen=True, slots=True)
class RawScores:
    """Sums that a graph turns into its answer."""

    sums: dict[str, Sum]
    """Name of a tensor -> its sum, in the order in which the raw scores stand side by side."""
    ensembles: tuple[TreeEnsemble, ...]

    @property
    def linear(self) -> tuple[str, ...]:
        """Encoded tensors that are multiplied with weights."""
        return tuple(dict.fromkeys(name for item in self.sums.values() for name in item.linear))


def added(parts: Iterable[Sum]) -> Sum:
    """Return the sum of sums; one score is added to each of several."""
    found = list(parts)
    width = max(item.width for item in found)
    spread = [item.changed(lambda value: np.broadcast_to(value, (len(value), width))) for item in found]
    trees: dict[int, NDArray[np.float64]] = {}
    linear: dict[str, NDArray[np.float64]] = {}
    for item in spread:
        for at, value in item.trees.items():
            trees[at] = trees[at] + value if at in trees else value
        for name, value in item.linear.items():
            linear[name] = linear[name] + value if name in linear else value
    return Sum(np.sum([item.base for item in spread], axis=0), trees, linear)


def raw_scores(model: onnx.ModelProto, output: str, leaves: Callable[..., list[NDArray[Any]]]) -> RawScores:
    """Return the sums from which the tensor `output` is made.

    Args:
        model: the graph.
        output: the model's scores.
        leaves: (nodes to leave out, tensors fed instead, tensors wanted) -> the tensors; runs a part of the graph.

    Raises:
        RefusedInputError: the scores also follow from something that is no sum.
    """
    try:
        walk = _Walk(model)
        walk.read_leaves(leaves)
        for node in model.graph.node:
            walk.follow(node)
        found = walk.behind(output)
    except (ValueError, IndexError, TypeError, KeyError) as error:  # sizes and places that do not fit each other
        raise RefusedInputError(f"The sums in the file cannot be followed: {error}.", ASK) from error
    if not any(item.trees or item.linear for item in found.values()):
        raise RefusedInputError("The file's scores are no sum of trees or linear weights.", ASK)
    return RawScores(found, tuple(walk.ensembles))


class _Walk:
    def __init__(self, model: onnx.ModelProto) -> None:
        self._model = model
        self._constants = constants_of(model)
        self._nodes = [node for node in model.graph.node if node.op_type in TREE_OPERATORS]
        self.ensembles = [parse_trees(node) for node in self._nodes]
        self._number = {node.output[-1]: at for at, node in enumerate(self._nodes)}
        self._whose: dict[str, frozenset[int]] = {}
        self._sums: dict[str, Sum] = {}
        self._stacks: dict[str, list[Sum]] = {}
        self._stages: dict[str, Sum] = {}
        """Scores of stages before a function that the stage itself applies to them."""

    def read_leaves(self, leaves: Callable[..., list[NDArray[Any]]]) -> None:
        """Find the tensors that depend on one tree alone, and read their values at its leaves."""
        single = {name: at for name, at in self._number.items() if self._is_single(at)}
        self._whose = {name: frozenset((at,)) for name, at in single.items()}
        for node in self._model.graph.node:
            given = [name for name in node.input if name and name not in self._constants]
            if (
                given
                and node.output[-1] not in single
                and not self._lays_down(node)
                and all(name in self._whose for name in given)
            ):
                whose = frozenset() if node.op_type == "Shape" else frozenset().union(*(self._whose[n] for n in given))
                if len(whose) < 2:
                    self._whose |= dict.fromkeys(node.output, whose)
        wanted = self._leaving()
        if not wanted:
            return
        leaf = {at: np.flatnonzero(self.ensembles[at].splits.left < 0) for at in single.values()}
        most = max(len(value) for value in leaf.values())
        feeds = {name: self._leaf_scores(at, leaf[at], most) for name, at in single.items()}
        for name, table in zip(wanted, leaves([self._nodes[at] for at in single.values()], feeds, wanted), strict=True):
            if table.ndim == 2 and len(table) == most and table.dtype.kind in "fiu":
                self._sums[name] = self._of_leaves(self._whose[name], np.asarray(table, np.float64), leaf)

    def _lays_down(self, node: onnx.NodeProto) -> bool:
        """Tell whether scores get an axis in front of the rows, along which they will be laid on top of each other."""
        shape = self._constants.get(node.input[1]) if node.op_type == "Reshape" else None
        return shape is not None and len(shape) == 3 and shape[0] == 1

    def _is_single(self, at: int) -> bool:
        trees = self.ensembles[at]
        return len(trees.roots) == 1 and trees.post == "NONE"

    def _leaving(self) -> list[str]:
        """Return the tensors of single trees that are used together with others, or are an answer."""
        ends = {item.name for item in self._model.graph.output}
        for node in self._model.graph.node:
            if not any(name in self._whose for name in node.output):
                ends |= set(node.input)
        return [name for name in self._whose if name in ends]

    def _leaf_scores(self, at: int, leaf: NDArray[np.int64], rows: int) -> NDArray[np.float32]:
        trees = self.ensembles[at]
        value = trees.value[leaf] + trees.base
        if trees.one_score:
            value = np.hstack([_both(trees) - value, value])
        return np.ascontiguousarray(value[np.minimum(np.arange(rows), len(leaf) - 1)], dtype=np.float32)

    def _of_leaves(self, whose: frozenset[int], table: NDArray[np.float64], leaf: dict[int, NDArray[np.int64]]) -> Sum:
        if not whose:
            return Sum(table[0], {}, {})
        (at,) = whose
        value = np.zeros((len(self.ensembles[at].value), table.shape[1]))
        value[leaf[at]] = table[: len(leaf[at])]
        return Sum(np.zeros(table.shape[1]), {at: value}, {})

    def follow(self, node: onnx.NodeProto) -> None:
        """Note the sum that a node gives, if it gives one."""
        if any(name in self._whose or name in self._constants for name in node.output):
            return
        if node.op_type in TREE_OPERATORS:
            self._stage(
                node,
                self._of_ensemble(self._number[node.output[-1]]),
                self.ensembles[self._number[node.output[-1]]].post,
            )
        elif node.op_type in (*LINEAR_OPERATORS, "Gemm", "MatMul"):
            self._weighted(node)
        elif node.op_type in {"Reshape", "Concat", "ReduceMean", "ReduceSum"} and self._stacked(node):
            return
        elif any(name in self._sums for name in node.input):
            found = self._linear(node)
            if found is not None:
                self._sums[node.output[0]] = found

    def _of_ensemble(self, at: int) -> Sum:
        trees = self.ensembles[at]
        own = Sum(trees.base, {at: trees.value}, {})
        if not trees.one_score or trees.post != "NONE":
            return own
        two = own.changed(lambda value: np.hstack([-value, value]))
        return Sum(two.base + np.array([_both(trees), 0.0]), two.trees, {})

    def _stage(self, node: onnx.NodeProto, found: Sum, post: str) -> None:
        if post == "NONE" and (found.width > 1 or not node.op_type.endswith("Classifier")):
            self._sums[node.output[-1]] = found
        else:
            last = post == _LOGISTIC and found.width == 2
            self._stages[node.output[-1]] = found.changed(lambda value: value[:, -1:]) if last else found

    def _weighted(self, node: onnx.NodeProto) -> None:
        """Follow a linear stage: on encoded columns it begins a sum, on scores it carries one on."""
        inner = self._sums.get(node.input[0])
        try:
            stage = parse_linear(node, self._model, inner.width if inner else self._width(node))
        except RefusedInputError:
            return
        weights, shift = stage.weights.T, stage.intercept
        if node.op_type == "MatMul":  # what is added behind a product is a node of its own here
            shift = np.zeros(len(shift))
        if inner is None:
            found = Sum(shift, {}, {node.input[0]: weights})
        else:
            carried = inner.changed(lambda value: value @ weights)
            found = Sum(carried.base + shift, carried.trees, carried.linear)
        self._stage(node, found, str(attributes(node).get("post_transform", "NONE")))

    def _width(self, node: onnx.NodeProto) -> int:
        found = attributes(node)
        scores = len(found.get("intercepts", ())) or int(found.get("targets", 1))
        return max(1, len(found.get("coefficients", ())) // max(1, scores))

    def _stacked(self, node: onnx.NodeProto) -> bool:
        """Follow scores that are laid on top of each other and then averaged, as bagging is written; tell whether this is done."""
        name, found, own = node.output[0], attributes(node), self._sums.get(node.input[0])
        if node.op_type == "Reshape":
            self._reshaped(name, own, self._constants.get(node.input[1]))
            return True
        stacks = [self._stacks.get(item) for item in node.input]
        if node.op_type == "Concat":
            if found.get("axis") == 0 and all(item is not None for item in stacks):
                self._stacks[name] = [one for item in stacks for one in item or ()]
            return name in self._stacks
        if stacks[0] is None:
            return False
        axes = self._constants.get(node.input[1]) if len(node.input) > 1 else np.array(found.get("axes", ()))
        if axes is not None and np.ravel(axes).tolist() == [0] and not found.get("keepdims", 1):
            share = 1.0 / len(stacks[0]) if node.op_type == "ReduceMean" else 1.0
            self._sums[name] = added(stacks[0]).changed(lambda value: share * value)
        return True

    def _reshaped(self, name: str, own: Sum | None, shape: NDArray[Any] | None) -> None:
        if own is None or shape is None:
            return
        if shape.tolist() == [1, -1, own.width]:
            self._stacks[name] = [own]
        elif shape.tolist() in ([-1, own.width], [0, own.width], [0, -1]):
            self._sums[name] = own

    def _linear(self, node: onnx.NodeProto) -> Sum | None:
        """Return the sum that an operator makes of sums and constants; None when it makes none."""
        own = self._sums.get(node.input[0])
        if own is not None and (node.op_type in _KEEPS or node.op_type in _PICKS or node.op_type in _TOTALS):
            rest = [self._constants.get(name) for name in node.input[1:] if name]
            return (
                None
                if any(item is None for item in rest)
                else _alone(node, own, [np.ravel(x) for x in rest if x is not None])
            )
        known = [self._operand(name) for name in node.input if name]
        sums = [item for item in known if item is not None]
        if node.op_type not in _TOGETHER or len(sums) < len(known):
            return None
        return _TOGETHER[node.op_type](node, sums)

    def _operand(self, name: str) -> Sum | None:
        if name in self._sums:
            return self._sums[name]
        value = self._constants.get(name)
        if value is None or value.dtype.kind not in "fiu" or not value.size or value.size != (value.shape or (1,))[-1]:
            return None
        return Sum(np.asarray(value, np.float64).ravel(), {}, {})

    def behind(self, output: str) -> dict[str, Sum]:
        """Return the sums that the walk back from a tensor comes to.

        Raises:
            RefusedInputError: it also comes to an input of the model.
        """
        producer = {name: node for node in self._model.graph.node for name in node.output}
        waiting, seen, found = [output], set(), {}
        while waiting:
            name = waiting.pop(0)
            if name in seen or not name or name in self._constants:
                continue
            seen.add(name)
            if name in self._sums or name in self._stages:
                found[name] = self._sums.get(name) or self._stages[name]
            elif name in producer:
                waiting.extend(producer[name].input)
            else:
                raise RefusedInputError(
                    "The model's answer also follows from columns that pass no tree and no linear weights.", ASK
                )
        return found


def _alone(node: onnx.NodeProto, own: Sum, rest: list[NDArray[Any]]) -> Sum | None:
    """Return what an operator makes of one sum, with constants that say how."""
    options = attributes(node)
    if node.op_type in _PICKS:
        chosen = _picked(node.op_type, options, rest, own.width)
        return None if chosen is None else own.changed(lambda value: value[:, chosen])
    if node.op_type in _TOTALS:
        axes = (rest[0] if rest else np.ravel(options.get("axes", ()))).tolist()
        share = 1.0 / own.width if node.op_type == "ReduceMean" else 1.0
        whole = axes in _COLUMNS and options.get("keepdims", 1)
        return own.changed(lambda value: share * value.sum(axis=1, keepdims=True)) if whole else None
    kept = {"Cast": options.get("to") in _FLOATS, "Flatten": options.get("axis", 1) == 1}.get(node.op_type, True)
    if not kept:
        return None
    return own.changed(np.negative) if node.op_type == "Neg" else own


def _picked(operator: str, options: dict[str, Any], rest: list[NDArray[Any]], width: int) -> NDArray[np.int64] | None:
    """Return which scores an operator picks; None when it picks rows."""
    places = np.arange(width)
    if operator == "Slice":
        if len(rest) < 3 or rest[2].tolist() not in _COLUMNS:
            return None
        step = int(rest[3][0]) if len(rest) > 3 else 1
        return places[int(rest[0][0]) : int(rest[1][0]) : step]
    if operator == "Gather" and options.get("axis", 0) not in (1, -1):
        return None
    return np.asarray(places[rest[0]], dtype=np.int64)


def _total(node: onnx.NodeProto, sums: list[Sum]) -> Sum:
    """Return a sum, difference or mean of several sums."""
    if node.op_type == "Sub":
        return added([sums[0], sums[1].changed(np.negative)])
    share = 1.0 / len(sums) if node.op_type == "Mean" else 1.0
    return added(sums).changed(lambda value: share * value)


def _beside(node: onnx.NodeProto, sums: list[Sum]) -> Sum | None:
    """Return scores side by side; None when they are laid on top of each other."""
    if attributes(node).get("axis") not in (1, -1):
        return None
    width = sum(item.width for item in sums)
    first, placed = 0, []
    for item in sums:
        turn = np.eye(width)[first : first + item.width]
        placed.append(item.changed(lambda value, turn=turn: value @ turn))  # type: ignore[misc]
        first += item.width
    return added(placed)


def _scaled(node: onnx.NodeProto, sums: list[Sum]) -> Sum | None:
    """Return a product of one sum and constants, or a quotient of a sum and a constant."""
    own, other = sums if sums[0].trees or sums[0].linear else sums[::-1]
    if other.trees or other.linear or (node.op_type == "Div" and own is not sums[0]):
        return None
    by = other.base if node.op_type == "Mul" else 1.0 / other.base
    return own.changed(lambda value: value * by) if np.isfinite(by).all() else None


def _both(trees: TreeEnsemble) -> float:
    """Return what two scores add up to of which one is stored.

    ONNX Runtime writes s and 1 - s, or s and -s when a weight is negative (`tree_ensemble_aggregator.h`).
    """
    return 1.0 if trees.value.min(initial=0.0) >= 0 else 0.0


_TOGETHER: Final[dict[str, Callable[[onnx.NodeProto, list[Sum]], Sum | None]]] = {
    **dict.fromkeys(("Add", "Sum", "Sub", "Mean"), _total),
    "Concat": _beside,
    "Mul": _scaled,
    "Div": _scaled,
}
