"""An ONNX model cut in front of its trees or weights: encoding that is run as it is, and a part that is explained exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from governance.errors import RefusedInputError
from governance.models.reading import parse_model
from governance.models.session import open_session
from governance.models.signature import Predictor, Signature
from governance.models.trace import trace
from governance.models.trees import TREE_OPERATORS

if TYPE_CHECKING:
    import onnx
    import onnxruntime
    import pandas as pd

LINEAR_OPERATORS: Final = ("LinearClassifier", "LinearRegressor")
_RAW: Final = "countersign_raw_scores"
_PROBE_ROWS: Final = 400


class GraphPredictor(Predictor, Protocol):
    """A predictor whose file can be read."""

    @property
    def file(self) -> bytes:
        """The bytes of the ONNX file."""

    def feeds(self, frame: pd.DataFrame) -> dict[str, NDArray[np.generic]]:
        """Return the tensors of the model's inputs."""


@dataclass(frozen=True, slots=True)
class Players:
    """The raw columns as players of the Shapley game."""

    names: tuple[str, ...]
    """One per player; raw columns that share an encoded column are one player, joined by " + "."""
    columns: tuple[tuple[str, ...], ...]
    """The raw columns of each player."""
    of_encoded: NDArray[np.int64]
    """(encoded columns,) the player of each; a column that depends on nothing belongs to player 0."""

    @property
    def merged(self) -> tuple[str, ...]:
        """Names of the players that stand for several raw columns."""
        return tuple(name for name, columns in zip(self.names, self.columns, strict=True) if len(columns) > 1)


class Cut:
    """A model cut at the input of its last stage.

    Args:
        predictor: the model.

    Raises:
        RefusedInputError: the model has no stage of trees or weights, several of them, or columns that cannot be followed.
    """

    def __init__(self, predictor: GraphPredictor, threads: int = 1) -> None:
        self.model = parse_model(predictor.file)
        self.node = _last_stage(self.model)
        self.kind: Literal["tree", "linear"] = "tree" if self.node.op_type in TREE_OPERATORS else "linear"
        self._predictor = predictor
        self.players = players(trace(self.model, _widths(predictor.signature), self.node.input[0]), predictor.signature)
        self._encoder, self._scorer = _sessions(self.model, self.node, threads)

    def encode(self, frame: pd.DataFrame) -> NDArray[np.generic]:
        """Return the tensor that enters the last stage, shape (rows, encoded columns)."""
        feeds, tensor = self._predictor.feeds(frame), self.node.input[0]
        return feeds[tensor] if self._encoder is None else _run(self._encoder, feeds, tensor)[0]

    def raw_scores(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return what ONNX Runtime's own last stage gives before any post transform, shape (rows, scores)."""
        return _numbers(_run(self._scorer, self._predictor.feeds(frame), self.node.output[-1])[0], len(frame))

    def encode_and_score(self, frame: pd.DataFrame) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
        """Return what `encode` and `raw_scores` return, from one pass of the rows through the graph."""
        feeds, tensor, last = self._predictor.feeds(frame), self.node.input[0], self.node.output[-1]
        if self._encoder is None:
            return feeds[tensor], _numbers(_run(self._scorer, feeds, last)[0], len(frame))
        encoded, scores = _run(self._scorer, feeds, tensor, last)
        return encoded, _numbers(scores, len(frame))

    def confirm(self, frame: pd.DataFrame) -> None:
        """Check on rows that changing one raw column changes no encoded column of another player.

        Raises:
            RefusedInputError: the encoded columns do not follow the graph's wiring.
        """
        sample = frame.iloc[:_PROBE_ROWS]
        if len(sample) < 2:
            return
        before = self.encode(sample)
        for at, names in enumerate(self.players.columns):
            changed = sample.copy(deep=False)
            for name in names:
                changed[name] = np.roll(np.asarray(sample[name]), 1)
            moved = _different(before, self.encode(changed)).any(axis=0)
            strange = np.flatnonzero(moved & (self.players.of_encoded != at))
            if len(strange):
                raise RefusedInputError(
                    f"Changing {', '.join(names)} also changes encoded column {strange[0]}, which belongs to another column.",
                    "Use the sampled way: --method permutation.",
                )


def _different(before: NDArray[np.generic], after: NDArray[np.generic]) -> NDArray[np.bool_]:
    return np.asarray((before != after) & ~((before != before) & (after != after)))  # noqa: PLR0124 - NaN stays NaN


def _last_stage(model: onnx.ModelProto) -> onnx.NodeProto:
    stages = [node for node in model.graph.node if node.op_type in (*TREE_OPERATORS, *LINEAR_OPERATORS)]
    dense = [node for node in model.graph.node if node.op_type in {"Gemm", "MatMul"}]
    if not stages and len(dense) == 1 and dense[0].op_type == "Gemm":
        return dense[0]
    if len(stages) == 1:
        return stages[0]
    found = ", ".join(sorted({node.op_type for node in model.graph.node}))
    raise RefusedInputError(
        f"The file has {len(stages)} stages of trees or linear weights; the exact way needs one (operators: {found}).",
        "Use the sampled way: --method permutation.",
    )


def _widths(signature: Signature) -> dict[str, int]:
    return {tensor.name: tensor.width for tensor in signature.inputs}


def players(parents: tuple[frozenset[int], ...], signature: Signature) -> Players:
    """Return the players: raw columns that take part in one encoded column belong together."""
    group = list(range(len(signature.columns)))

    def head(column: int) -> int:
        while group[column] != column:
            column = group[column]
        return column

    for columns in parents:
        first, *others = sorted(head(column) for column in columns) or [0]
        for other in others:
            group[head(other)] = head(first)
    heads = [column for column in range(len(group)) if head(column) == column]
    members = [tuple(column for column in range(len(group)) if head(column) == first) for first in heads]
    if len(heads) == 1 and len(group) > 1:
        raise RefusedInputError(
            "Every encoded column mixes all raw columns; no column has an effect of its own before the last stage.",
            "Use the sampled way: --method permutation.",
        )
    number = {column: at for at, columns in enumerate(members) for column in columns}
    names = tuple(tuple(signature.columns[column] for column in columns) for columns in members)
    return Players(
        names=tuple(" + ".join(columns) for columns in names),
        columns=names,
        of_encoded=np.array([number[min(columns)] if columns else 0 for columns in parents], dtype=np.int64),
    )


def _sessions(
    model: onnx.ModelProto, node: onnx.NodeProto, threads: int
) -> tuple[onnxruntime.InferenceSession | None, onnxruntime.InferenceSession]:
    """Return the sessions for the encoded tensor (None when it is a graph input) and for both it and the raw scores."""
    tensor, last = node.input[0], node.output[-1]
    is_input = tensor in {item.name for item in model.graph.input}
    encoder = None if is_input else open_session(_ending_at(model, tensor).SerializeToString(), threads)
    raw = _ending_at(model, last) if is_input else _ending_at(model, tensor, last)
    for item in raw.graph.node:
        if last in item.output:
            _without_post_transform(item)
    return encoder, open_session(raw.SerializeToString(), threads)


def _ending_at(model: onnx.ModelProto, *tensors: str) -> onnx.ModelProto:
    """Return the part of the graph that `tensors` need, with them as the only outputs."""
    import onnx

    part = onnx.ModelProto()
    part.CopyFrom(model)
    needed, kept = set(tensors), []
    for node in reversed(model.graph.node):
        if needed.intersection(node.output):
            kept.append(node)
            needed.update(node.input)
    _replace(part.graph.node, kept[::-1])
    _replace(part.graph.input, [item for item in model.graph.input if item.name in needed])
    _replace(part.graph.initializer, [item for item in model.graph.initializer if item.name in needed])
    _replace(part.graph.value_info, [])
    _replace(part.graph.output, [onnx.ValueInfoProto(name=tensor) for tensor in tensors])
    return part


def _replace(field: object, items: Sequence[object]) -> None:
    del field[:]  # type: ignore[attr-defined]
    field.extend(items)  # type: ignore[attr-defined]


def _without_post_transform(node: onnx.NodeProto) -> None:
    for attribute in node.attribute:
        if attribute.name == "post_transform":
            if attribute.s:
                attribute.s = b"NONE"
            else:
                attribute.i = 0


def _run(
    session: onnxruntime.InferenceSession, feeds: dict[str, NDArray[np.generic]], *tensors: str
) -> list[NDArray[np.generic]]:
    wanted = {item.name for item in session.get_inputs()}
    found = session.run(list(tensors), {name: value for name, value in feeds.items() if name in wanted})
    return [np.asarray(item) for item in found]


def _numbers(scores: NDArray[np.generic], rows: int) -> NDArray[np.float64]:
    return np.asarray(scores, dtype=np.float64).reshape(rows, -1)
