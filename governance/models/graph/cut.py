"""An ONNX model cut in front of its trees or weights: encoding that is run as it is, and a part that is explained exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.graph.linear import LinearStage, added_behind, parse_linear
from governance.models.graph.reading import free_rows, parse_model, takes_one_row
from governance.models.graph.session import open_session, run_rows
from governance.models.graph.trace import trace
from governance.models.graph.trees import TREE_OPERATORS
from governance.subject import Predictor, Signature

if TYPE_CHECKING:
    import onnx
    import onnxruntime
    import pandas as pd

LINEAR_OPERATORS: Final = ("LinearClassifier", "LinearRegressor")
_RAW: Final = "countersign_raw_scores"
_PROBE_ROWS: Final = 400
_PROBES: Final = 48
"""Most questions; with random halves a pair stays untried with a probability of 0.75 to this power, one in a million."""


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
        threads: threads of the sessions.
        apart: whether every raw column stays a player, also where an encoded column mixes several of them.

    Raises:
        RefusedInputError: the model has no stage of trees or weights, several of them, or columns that cannot be followed.
    """

    def __init__(self, predictor: GraphPredictor, threads: int = 1, *, apart: bool = False) -> None:
        if getattr(predictor, "row_by_row", False):
            raise RefusedInputError(
                "The file takes one row at a time; it cannot be cut.", "Use the sampled way: --method permutation."
            )
        model = parse_model(predictor.file)
        self.model = free_rows(model) if takes_one_row(model) else model
        self.node = _last_stage(self.model)
        self.kind: Literal["tree", "linear"] = "tree" if self.node.op_type in TREE_OPERATORS else "linear"
        self._predictor = predictor
        self.parents = trace(self.model, widths_of(predictor.signature), self.node.input[0])
        self.players = players(self.parents, predictor.signature, apart=apart)
        added = added_behind(self.node, self.model) if self.node.op_type == "MatMul" else None
        self._last = self.node.output[-1] if added is None else added[0].output[0]
        self._encoder, self._scorer = _sessions(self.model, self.node, self._last, threads)

    def encode(self, frame: pd.DataFrame) -> NDArray[np.generic]:
        """Return the tensor that enters the last stage, shape (rows, encoded columns)."""
        feeds, tensor = self._predictor.feeds(frame), self.node.input[0]
        return feeds[tensor] if self._encoder is None else run_session(self._encoder, feeds, tensor)[0]

    def raw_scores(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return what ONNX Runtime's own last stage gives before any post transform, shape (rows, scores)."""
        return _numbers(run_session(self._scorer, self._predictor.feeds(frame), self._last)[0], len(frame))

    def encode_and_score(self, frame: pd.DataFrame) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
        """Return what `encode` and `raw_scores` return, from one pass of the rows through the graph."""
        feeds, tensor, last = self._predictor.feeds(frame), self.node.input[0], self._last
        if self._encoder is None:
            return feeds[tensor], _numbers(run_session(self._scorer, feeds, last)[0], len(frame))
        encoded, scores = run_session(self._scorer, feeds, tensor, last)
        return encoded, _numbers(scores, len(frame))

    @property
    def behind(self) -> tuple[str, ...]:
        """Names of the operators between the raw scores and the answer."""
        return operators_behind(self.model, (self._last,))

    def linear(self) -> LinearStage:
        """Return the weights of a linear last stage."""
        return parse_linear(self.node, self.model, len(self.parents))

    def confirm(self, frame: pd.DataFrame) -> None:
        """Check on rows that changing one raw column changes no encoded column of another player.

        Of many players, half are changed at a time, chosen anew each time: so few questions leave no pair untried.

        Raises:
            RefusedInputError: the encoded columns do not follow the graph's wiring.
        """
        hold_wiring(self, frame)


class Encoder(Protocol):
    """What encodes rows, and whose encoded columns have owners."""

    players: Players

    def encode(self, frame: pd.DataFrame) -> NDArray[np.generic]:
        """Return encoded rows."""


def hold_wiring(cut: Encoder, frame: pd.DataFrame) -> None:
    """Check that changing raw columns changes no encoded column of another player, see `Cut.confirm`."""
    import pandas as pd

    sample = frame.iloc[:_PROBE_ROWS]
    if len(sample) < 2:
        return
    before, whose, rng = cut.encode(sample), cut.players.columns, np.random.default_rng(0)
    rolled, width = sample.iloc[np.roll(np.arange(len(sample)), 1)].set_axis(sample.index), len(sample.columns)
    both = pd.concat([sample, rolled], axis=1)
    one_by_one = len(whose) <= _PROBES
    for at in range(len(whose) if one_by_one else _PROBES):
        turn = np.arange(len(whose)) == at if one_by_one else rng.random(len(whose)) < 0.5
        names = {name for player in np.flatnonzero(turn) for name in whose[player]}
        places = [at + (width if name in names else 0) for at, name in enumerate(sample.columns)]
        moved = _different(before, cut.encode(both.iloc[:, places])).any(axis=0)
        strange = np.flatnonzero(moved & ~turn[cut.players.of_encoded])
        if len(strange):
            said = ", ".join(sorted(names)) if one_by_one else f"{len(names)} other columns"
            raise RefusedInputError(
                f"Changing {said} also changes encoded column {strange[0]}, which belongs to another column.",
                "Use the sampled way: --method permutation.",
            )


def _different(before: NDArray[np.generic], after: NDArray[np.generic]) -> NDArray[np.bool_]:
    return np.asarray((before != after) & ~((before != before) & (after != after)))  # noqa: PLR0124 - NaN stays NaN


def _last_stage(model: onnx.ModelProto) -> onnx.NodeProto:
    stages = [node for node in model.graph.node if node.op_type in (*TREE_OPERATORS, *LINEAR_OPERATORS)]
    dense = [node for node in model.graph.node if node.op_type in {"Gemm", "MatMul"}]
    if not stages and len(dense) == 1:
        return dense[0]
    if len(stages) == 1:
        return stages[0]
    found = ", ".join(sorted({node.op_type for node in model.graph.node}))
    raise RefusedInputError(
        f"The file has {len(stages)} stages of trees or linear weights; the exact way needs one (operators: {found}).",
        "Use the sampled way: --method permutation.",
    )


def widths_of(signature: Signature) -> dict[str, int]:
    """Return name of each input -> number of its columns."""
    return {tensor.name: tensor.width for tensor in signature.inputs}


def players(parents: tuple[frozenset[int], ...], signature: Signature, *, apart: bool = False) -> Players:
    """Return the players: raw columns that take part in one encoded column belong together.

    With `apart` they do not: an encoded column then belongs to the first of them, and the caller takes it apart.
    """
    group = list(range(len(signature.columns)))

    def head(column: int) -> int:
        while group[column] != column:
            column = group[column]
        return column

    for columns in parents:
        first, *others = sorted(head(column) for column in columns) or [0]
        for other in () if apart else others:
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
    model: onnx.ModelProto, node: onnx.NodeProto, last: str, threads: int
) -> tuple[onnxruntime.InferenceSession | None, onnxruntime.InferenceSession]:
    """Return the sessions for the encoded tensor (None when it is a graph input) and for both it and the raw scores."""
    tensor = node.input[0]
    is_input = tensor in {item.name for item in model.graph.input}
    encoder = None if is_input else open_session(_ending_at(model, tensor).SerializeToString(), threads)
    raw = _ending_at(model, last) if is_input else _ending_at(model, tensor, last)
    for item in raw.graph.node:
        if last in item.output:
            without_post_transform(item)
    return encoder, open_session(raw.SerializeToString(), threads)


def operators_behind(model: onnx.ModelProto, tensors: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the operators that work on `tensors` or on what comes of them, in order, each once."""
    known, found = set(tensors), []
    for node in model.graph.node:
        if known.intersection(node.input):
            known.update(node.output)
            found.append(node.op_type)
    return tuple(dict.fromkeys(found))


def session_of(model: onnx.ModelProto, tensors: tuple[str, ...], threads: int) -> onnxruntime.InferenceSession:
    """Return a session whose outputs are the named tensors of a graph."""
    return open_session(_ending_at(model, *tensors).SerializeToString(), threads)


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


def without_post_transform(node: onnx.NodeProto) -> None:
    """Let a stage give its scores before any function that it applies to them."""
    for attribute in node.attribute:
        if attribute.name == "post_transform":
            if attribute.s:
                attribute.s = b"NONE"
            else:
                attribute.i = 0


def run_session(
    session: onnxruntime.InferenceSession, feeds: dict[str, NDArray[np.generic]], *tensors: str
) -> list[NDArray[np.generic]]:
    """Return the tensors that a session gives for the inputs that it takes."""
    wanted = {item.name for item in session.get_inputs()}
    found = run_rows(session, list(tensors), {name: value for name, value in feeds.items() if name in wanted})
    return [np.asarray(item) for item in found]


def _numbers(scores: NDArray[np.generic], rows: int) -> NDArray[np.float64]:
    return np.asarray(scores, dtype=np.float64).reshape(rows, -1)
