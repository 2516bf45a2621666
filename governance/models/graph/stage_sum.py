"""A model whose raw scores are sums over several stages (bagging, voting, boosting by votes, depths of leaves, dense layers in a row)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.graph.additive import ASK, RawScores, Sum, raw_scores
from governance.models.graph.branches import Membership, Splits
from governance.models.graph.cut import (
    Cut,
    GraphPredictor,
    Players,
    hold_wiring,
    operators_behind,
    players,
    run_session,
    session_of,
    widths_of,
    without_post_transform,
)
from governance.models.graph.linear import LinearStage
from governance.models.graph.reading import free_rows, parse_model, takes_one_row
from governance.models.graph.trace import trace
from governance.models.graph.trees import TREE_OPERATORS, TreeEnsemble, parse_trees

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    import pandas as pd


class StageSum:
    """As `governance.models.graph.cut.Cut`, for raw scores that several stages add up to.

    Args:
        predictor: the model.
        threads: threads of the session.
        apart: as for `Cut`.

    Raises:
        RefusedInputError: the scores are no such sum, or columns that cannot be followed.
    """

    def __init__(self, predictor: GraphPredictor, threads: int = 1, *, apart: bool = False) -> None:
        if getattr(predictor, "row_by_row", False):
            raise RefusedInputError("The file takes one row at a time; it cannot be cut.", ASK)
        parsed = parse_model(predictor.file)
        model = _shared(free_rows(parsed) if takes_one_row(parsed) else parsed)
        self._predictor, self._model = predictor, model
        output = predictor.signature.score_output or predictor.signature.label_output
        self._raw: RawScores = raw_scores(model, output or model.graph.output[0].name, self._leaves)
        used = sorted({at for item in self._raw.sums.values() for at in item.trees})
        nodes = [node for node in model.graph.node if node.op_type in TREE_OPERATORS]
        self._nodes = {at: nodes[at] for at in used}
        self.kind: Literal["tree", "linear"] = "tree" if used else "linear"
        self._tensors = tuple(dict.fromkeys([*(node.input[0] for node in self._nodes.values()), *self._raw.linear]))
        widths = widths_of(predictor.signature)
        parents = [trace(model, widths, tensor) for tensor in self._tensors]
        ends = np.concatenate(([0], np.cumsum([len(part) for part in parents]))).astype(np.int64)
        self._place = {name: slice(int(ends[at]), int(ends[at + 1])) for at, name in enumerate(self._tensors)}
        self.parents = tuple(one for part in parents for one in part)
        self.players: Players = players(self.parents, predictor.signature, apart=apart)
        inputs = {item.name for item in model.graph.input}
        self._inner = tuple(tensor for tensor in self._tensors if tensor not in inputs)
        self._session = session_of(_plain_stages(model, self._raw.sums), (*self._inner, *self._raw.sums), threads)

    @property
    def mixed(self) -> bool:
        """Whether trees and linear weights are added up."""
        return bool(self._nodes) and bool(self._raw.linear)

    @property
    def behind(self) -> tuple[str, ...]:
        """Names of the operators between the sums and the answer."""
        return operators_behind(self._model, self._raw.sums)

    def encode(self, frame: pd.DataFrame) -> NDArray[np.generic]:
        """Return the tensors that enter the stages, side by side."""
        return self.encode_and_score(frame)[0]

    def raw_scores(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return ONNX Runtime's own sums, before what turns them into the answer."""
        return self.encode_and_score(frame)[1]

    def encode_and_score(self, frame: pd.DataFrame) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
        """Return what `encode` and `raw_scores` return, from one pass of the rows through the graph."""
        feeds = self._predictor.feeds(frame)
        found = run_session(self._session, feeds, *self._inner, *self._raw.sums)
        known: dict[str, Any] = {**feeds, **dict(zip(self._inner, found, strict=False))}
        scores = [
            np.asarray(item, dtype=np.float64).reshape(len(frame), -1)[:, -own.width :]
            for item, own in zip(found[len(self._inner) :], self._raw.sums.values(), strict=True)
        ]
        return np.column_stack([known[tensor] for tensor in self._tensors]), np.column_stack(scores)

    def confirm(self, frame: pd.DataFrame) -> None:
        """Check on rows that changing one raw column changes no encoded column of another player."""
        hold_wiring(self, frame)

    def trees(self, *, double_input: bool) -> TreeEnsemble | None:
        """Return the ensembles as one, with what they add to each raw score; None where there are none."""
        if not self._nodes:
            return None
        parts = [parse_trees(node, double_input=double_input) for node in self._nodes.values()]
        value = [np.column_stack([_leaves_of(item, at, len(part.value)) for item in self._raw.sums.values()])
                 for at, part in zip(self._nodes, parts, strict=True)]  # fmt: skip
        first = [self._place[node.input[0]].start for node in self._nodes.values()]
        return _joined(parts, first, value, self._base)

    def linear(self) -> LinearStage | None:
        """Return the weights of the encoded columns; None where there are none. The constant is that of the trees, if there are some."""
        if not self._raw.linear:
            return None
        width = max(place.stop for place in self._place.values())
        weights = np.zeros((len(self._base), width))
        row = 0
        for item in self._raw.sums.values():
            for name, value in item.linear.items():
                if len(value) != self._place[name].stop - self._place[name].start:
                    raise RefusedInputError("The weights of a linear stage do not fit its columns.", ASK)
                weights[row : row + item.width, self._place[name]] += value.T
            row += item.width
        return LinearStage(weights, np.zeros(len(self._base)) if self._nodes else self._base)

    @property
    def _base(self) -> NDArray[np.float64]:
        return np.concatenate([item.base for item in self._raw.sums.values()])

    def _leaves(
        self, without: Sequence[onnx.NodeProto], feeds: dict[str, NDArray[Any]], wanted: Sequence[str]
    ) -> list[NDArray[Any]]:
        """Run the part of the graph behind some ensembles on scores that stand for theirs."""
        import onnx

        part = onnx.ModelProto()
        part.CopyFrom(self._model)
        gone = {node.output[-1] for node in without}
        kept = [node for node in part.graph.node if node.output[-1] not in gone]
        del part.graph.node[:]
        part.graph.node.extend(kept)
        for name, value in feeds.items():
            part.graph.input.append(
                onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [None, value.shape[1]])
            )
        plain = [name for name in wanted if name not in feeds]
        found = (
            dict(zip(plain, run_session(session_of(part, tuple(plain), 1), feeds, *plain), strict=True))
            if plain
            else {}
        )
        return [feeds[name] if name in feeds else found[name] for name in wanted]


def cut_of(predictor: GraphPredictor, *, apart: bool = False) -> Cut | StageSum:
    """Return a model cut in front of its last stage, or of the stages that add up to its scores."""
    try:
        return Cut(predictor, apart=apart)
    except RefusedInputError as reason:
        try:
            return StageSum(predictor, apart=apart)
        except RefusedInputError:
            raise reason from None


def _shared(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a copy in which equal nodes on equal inputs are one, as an isolation forest picks the same columns for each tree."""
    import onnx

    made = onnx.ModelProto()
    made.CopyFrom(model)
    same: dict[str, str] = {}
    known: dict[tuple[object, ...], onnx.NodeProto] = {}
    ends = {item.name for item in model.graph.output}
    kept = []
    for node in made.graph.node:
        node.input[:] = [same.get(name, name) for name in node.input]
        options = sorted(item.SerializeToString(deterministic=True) for item in node.attribute)
        key = (node.domain, node.op_type, tuple(node.input), tuple(options), len(node.output))
        twin = known.get(key)
        if twin is None or node.op_type in TREE_OPERATORS or ends.intersection(node.output):
            known.setdefault(key, node)
            kept.append(node)
        else:
            same |= dict(zip(node.output, twin.output, strict=True))
    nodes = [onnx.NodeProto.FromString(node.SerializeToString()) for node in kept]
    del made.graph.node[:]
    made.graph.node.extend(nodes)
    return made


def _plain_stages(model: onnx.ModelProto, sums: dict[str, Sum]) -> onnx.ModelProto:
    """Return a copy whose named stages give their scores before the function that they apply to them."""
    import onnx

    made = onnx.ModelProto()
    made.CopyFrom(model)
    for node in made.graph.node:
        if any(name in sums for name in node.output):
            without_post_transform(node)
    return made


def _leaves_of(item: Sum, at: int, nodes: int) -> NDArray[np.float64]:
    return item.trees.get(at, np.zeros((nodes, item.width)))


def _joined(
    parts: list[TreeEnsemble], offsets: list[int], value: list[NDArray[np.float64]], base: NDArray[np.float64]
) -> TreeEnsemble:
    """Return the ensembles as one; nodes, columns and sets are counted on."""
    nodes = np.concatenate(([0], np.cumsum([len(part.value) for part in parts]))).astype(np.int64)
    sets: list[Membership] = []
    feature = []
    for part, offset in zip(parts, offsets, strict=True):
        own = part.splits.feature.astype(np.int64)
        feature.append(np.where(own >= 0, own + offset, np.where(own == -1, -1, own - len(sets))))
        sets.extend(Membership(item.feature + offset, item.members, item.missing) for item in part.splits.memberships)
    moved = [(part.splits, int(nodes[at])) for at, part in enumerate(parts)]
    splits = Splits(
        feature=np.concatenate(feature).astype(np.int32),
        threshold=np.concatenate([part.threshold for part, _ in moved]),
        left=np.concatenate([np.where(part.left >= 0, part.left + by, -1) for part, by in moved]),
        right=np.concatenate([np.where(part.right >= 0, part.right + by, -1) for part, by in moved]),
        missing_left=np.concatenate([part.missing_left for part, _ in moved]),
        memberships=tuple(sets),
        double=parts[0].splits.double,
    )
    return TreeEnsemble(
        splits=splits,
        value=np.concatenate(value),
        roots=np.concatenate([part.roots + by for part, (_, by) in zip(parts, moved, strict=True)]),
        base=base,
        post="NONE",
        operator=parts[0].operator,
        input=parts[0].input,
        output=parts[0].output,
        one_score=False,
    )
