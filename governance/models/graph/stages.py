"""The values between the nodes of a model's file, for rows: what each step of a pipeline makes of them.

ONNX Runtime runs the graph once, with the tensors between its nodes as further outputs; nothing is recomputed by other means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.graph.cut import GraphPredictor, widths_of
from governance.models.graph.reading import free_rows, parse_model, takes_one_row
from governance.models.graph.session import open_session, run_rows
from governance.models.graph.trace import trace

if TYPE_CHECKING:
    import onnx
    import pandas as pd

SAME_VALUES: Final = (
    "Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "ZipMap", "Concat", "FeatureVectorizer", "Split",
    "Slice", "ArrayFeatureExtractor",
)  # fmt: skip
"""Operators that carry values along, join them or pick some; they are no stage of their own."""
MOST_STAGES: Final = 60
"""Stages of one file; of more, the first ones and the last are looked at."""
INPUT: Final = "input"
"""What the stage of the columns as the model reads them is called in place of an operator."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the graph."""

    tensor: str
    """Its name in the file; "" for the columns as the model reads them."""
    operator: str
    """ONNX operator, or `INPUT`."""
    columns: tuple[str, ...]
    """The raw columns that it is made from."""


class Stages:
    """A model whose values between the nodes can be read."""

    def __init__(self, predictor: GraphPredictor, threads: int = 1) -> None:
        """Open the graph with its inner tensors as outputs.

        Raises:
            RefusedInputError: the graph takes one row at a time, so that no stage of many rows exists.
        """
        if getattr(predictor, "row_by_row", False):
            raise RefusedInputError(
                "The file takes one row at a time; its stages have no rows to look at.",
                "Export it with a free number of rows.",
            )
        model = parse_model(predictor.file)
        self._model = free_rows(model) if takes_one_row(model) else model
        self._predictor = predictor
        inner = _inner(self._model)
        self.left_out = max(0, len(inner) - MOST_STAGES)
        """Stages beyond `MOST_STAGES`."""
        if self.left_out:
            inner = [*inner[: MOST_STAGES - 1], inner[-1]]
        columns = predictor.signature.columns
        self.listed: tuple[Stage, ...] = (
            Stage("", INPUT, columns),
            *(Stage(tensor, operator, self._made_from(tensor)) for tensor, operator in inner),
        )
        """In the order in which the graph runs, the columns as the model reads them first."""
        self._session = open_session(_with_outputs(self._model, [tensor for tensor, _ in inner]), threads)

    @property
    def columns(self) -> tuple[str, ...]:
        """The raw columns that the model reads."""
        return self._predictor.signature.columns

    def values(self, frame: pd.DataFrame) -> list[list[NDArray[np.generic]]]:
        """Return for each stage its tensors for the rows of `frame`; the input has one for each input of the graph.

        Raises:
            RefusedInputError: the model's intake refuses the rows.
        """
        feeds = self._predictor.feeds(frame)
        first = [_flat(feeds[tensor.name]) for tensor in self._predictor.signature.inputs]
        names = [stage.tensor for stage in self.listed[1:]]
        found = run_rows(self._session, names, feeds) if names else []
        return [first, *([_flat(np.asarray(item))] for item in found)]

    def labels(self, stage: Stage, width: int) -> tuple[str, ...]:
        """Return a name for each of the `width` columns of a stage: the raw columns behind it, numbered where there are several."""
        if stage.operator == INPUT:
            return self._predictor.signature.columns
        try:
            parents = trace(self._model, widths_of(self._predictor.signature), stage.tensor)
        except RefusedInputError:
            parents = ()
        raw = self._predictor.signature.columns
        whole = " + ".join(stage.columns) if len(stage.columns) <= 3 else f"{len(stage.columns)} columns"
        names = [" + ".join(raw[at] for at in sorted(item)) for item in parents] if len(parents) == width else []
        names = names or [whole] * width
        total = {name: names.count(name) for name in set(names)}
        seen: dict[str, int] = {}
        found = []
        for name in names:
            seen[name] = seen.get(name, 0) + 1
            found.append(name if total[name] == 1 else f"{name} ({seen[name]} of {total[name]})")
        return tuple(found)

    def _made_from(self, tensor: str) -> tuple[str, ...]:
        """Return the raw columns behind a tensor: by the wiring of its columns, else those of all inputs that it needs."""
        raw, widths = self._predictor.signature.columns, widths_of(self._predictor.signature)
        try:
            used = frozenset().union(*trace(self._model, widths, tensor))
        except RefusedInputError:
            needed, used, start = _needed(self._model, tensor), frozenset(), 0
            for name, width in widths.items():
                used |= frozenset(range(start, start + width)) if name in needed else frozenset()
                start += width
        return tuple(raw[at] for at in sorted(used))


def _inner(model: onnx.ModelProto) -> list[tuple[str, str]]:
    """Return (tensor, operator) of every node that works on rows and does more than carry them along, in order."""
    made = {item.name for item in model.graph.input} - {item.name for item in model.graph.initializer}
    found = []
    for node in model.graph.node:
        if not made.intersection(node.input):
            continue
        made.update(name for name in node.output if name)
        picks = node.op_type == "Gather" and node.input[0] in made  # the other way round it looks values up
        if node.op_type not in (*SAME_VALUES, "Shape", "Size") and not picks:
            found += [(name, node.op_type) for name in node.output if name]
    return found


def _needed(model: onnx.ModelProto, tensor: str) -> set[str]:
    needed = {tensor}
    for node in reversed(model.graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
    return needed


def _with_outputs(model: onnx.ModelProto, tensors: Sequence[str]) -> bytes:
    """Return the file with these tensors as its only outputs; without any the outputs stay as they are."""
    import onnx

    made = onnx.ModelProto()
    made.CopyFrom(model)
    if tensors:
        del made.graph.value_info[:]
        del made.graph.output[:]
        made.graph.output.extend(onnx.ValueInfoProto(name=name) for name in tensors)
    return bytes(made.SerializeToString())


def _flat(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return (rows, columns) of a tensor whose first dimension are rows; one without dimensions stays as it is."""
    return values.reshape(len(values), -1) if values.ndim and len(values) else values
