"""Five made-up rows through a model: does it run, does it answer in the shape that it declares, and row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from governance.evidence import RefusedInputError
from governance.models.graph.graph_outputs import Answer
from governance.models.graph.reading import free_rows, outputs_of, takes_one_row
from governance.models.graph.session import RowByRow, open_session, shorten
from governance.models.intake.inspection import Refusal
from governance.models.intake.operators import TREES
from governance.models.intake.tree_audit import largest_feature
from governance.models.predict.made_up import CLOSE, LABELLED, ROWS, made_up, same
from governance.subject import InputTensor

if TYPE_CHECKING:
    import onnx
    import onnxruntime
    from numpy.typing import NDArray

_SPREADS: Final = (1.0, 10.0, 1000.0)
"""Made-up rows on which labels are held against scores, each so many, and how far apart their numbers lie."""
_MANY_COLUMNS: Final = 5000
_MOST_STEPS: Final = 64
"""Tensors in front of tree ensembles that are computed to learn their width."""
_ONE_EACH: Final = "If it predicts several things at once, export a model for each."
_EXPORT_AGAIN: Final = "Convert the model again, or with `countersign convert`."


class TrialError(Exception):
    """The trial ended with a reason to refuse the model."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def run_trial(model: onnx.ModelProto, inputs: tuple[InputTensor, ...], answer: Answer) -> list[str]:
    """Run the model on made-up rows and return what is odd but no reason to refuse.

    A file that is declared for one row at a time is asked about several rows together; where it cannot, row by row.

    Raises:
        TrialError: ONNX Runtime refuses the model, a tree asks for a column that is not there, the answers have another shape
            than declared, change when asked again, or depend on the other rows.
    """
    if not takes_one_row(model):
        return _trial(model, inputs, answer, _opened(model.SerializeToString()))
    try:
        freed = free_rows(model)
        notes = _trial(freed, inputs, answer, _opened(freed.SerializeToString()))
    except TrialError:
        session = RowByRow(_opened(model.SerializeToString()))
        notes = _trial(free_rows(model), inputs, answer, session)
        return ["The file takes one row at a time and is asked row by row, which is slow.", *notes]
    return ["The file is declared for one row at a time and answers several: they are asked together.", *notes]


def _trial(model: onnx.ModelProto, inputs: tuple[InputTensor, ...], answer: Answer, session: object) -> list[str]:
    feeds = made_up(model.graph, inputs)
    notes: list[str] = []
    try:
        _check_tree_inputs(model, inputs, feeds)
        first = _ask(session, feeds)
    except _UnknownTextError:
        return [
            "The made-up rows of the trial hold text that the model does not know; the first prediction on your data is the trial."
        ]
    notes += _check_shapes(model.graph, first)
    _check_repeats(session, feeds, first)
    notes += _check_answers(answer, model.graph, first)
    return notes + _check_labels(session, model.graph, inputs, answer)


class _UnknownTextError(Exception):
    pass


def _opened(data: bytes) -> onnxruntime.InferenceSession:
    try:
        return open_session(data)
    except RefusedInputError as error:
        raise TrialError(Refusal(_memory_or("runtime", error.what), error.what, error.advice)) from error


def _memory_or(code: str, message: str) -> str:
    return "too_much_memory" if "allocate memory" in message or "bad_alloc" in message else code


def _ask(session: object, feeds: dict[str, NDArray[np.generic]]) -> list[object]:
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    try:
        return session.run(None, feeds)  # type: ignore[attr-defined,no-any-return]
    except (errors.Fail, errors.InvalidArgument, errors.RuntimeException, errors.NotImplemented) as error:
        message = shorten(str(error))
        if "Unknown Category" in message:
            raise _UnknownTextError from error
        found = f"The model fails on five made-up rows: {message}"
        raise TrialError(Refusal(_memory_or("runtime", message), found, _EXPORT_AGAIN)) from error


def _check_tree_inputs(
    model: onnx.ModelProto, inputs: tuple[InputTensor, ...], feeds: dict[str, NDArray[np.generic]]
) -> None:
    """Compare each ensemble's columns with the width of the tensor that it gets, before the ensemble itself runs."""
    widths = {item.name: max(1, item.width) for item in inputs}
    for node in model.graph.node:
        if node.op_type not in TREES:
            continue
        tensor = node.input[0]
        if tensor not in widths:
            if len(widths) > _MOST_STEPS + len(inputs):
                raise TrialError(
                    Refusal("too_many_nodes", "Too many tree ensembles stand behind one another.", _EXPORT_AGAIN)
                )
            widths[tensor] = _width_of(model, tensor, feeds)
        if largest_feature(node) >= widths[tensor]:
            found = (
                f"Tree ensemble {node.name[:100]!r} asks for column number {largest_feature(node)}, "
                f"it is given {widths[tensor]} columns (numbered from 0)."
            )
            raise TrialError(
                Refusal("tree_range", found, "The file is damaged or made to harm: convert the model again.")
            )


def _width_of(model: onnx.ModelProto, tensor: str, feeds: dict[str, NDArray[np.generic]]) -> int:
    """Run what stands in front of `tensor` and return how many columns it has."""
    import onnx

    part = onnx.ModelProto()
    part.CopyFrom(model)
    needed, kept = {tensor}, []
    for node in reversed(model.graph.node):
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input) | _outer_names(node)
    del part.graph.node[:], part.graph.output[:]
    part.graph.node.extend(reversed(kept))
    part.graph.output.append(onnx.ValueInfoProto(name=tensor))
    session = _opened(part.SerializeToString())
    wanted = {item.name for item in part.graph.input}
    found = np.asarray(_ask(session, {name: value for name, value in feeds.items() if name in wanted})[0])
    return int(found.shape[-1]) if found.ndim > 1 else 1


def _outer_names(node: onnx.NodeProto) -> set[str]:
    """Return every name that the inner graphs of a node mention; some of them come from outside."""
    graphs = [item.g for item in node.attribute if item.HasField("g")]
    return {name for graph in graphs for inner in graph.node for name in (*inner.input, *_outer_names(inner))}


def _check_shapes(graph: onnx.GraphProto, found: list[object]) -> list[str]:
    notes = []
    for declared, values in zip(outputs_of(graph), found, strict=True):
        if declared.dtype == "sequence":
            real: tuple[int, ...] = (len(values),)  # type: ignore[arg-type]
        else:
            real = np.asarray(values).shape
            said = declared.shape
            if said and len(said) == len(real) and said[0] == 1 and real[0] == ROWS:
                notes.append(
                    f"Output {declared.name!r} is declared for one row and answers for all: its shape is ignored."
                )
                said = (None, *said[1:])
            if len(said) == 1 and len(real) == 2 and real[1] == 1:  # CatBoost writes so; ONNX Runtime overlooks it, too
                said = (*said, 1)
            if said and (len(said) != len(real) or any(a not in (None, b) for a, b in zip(said, real, strict=True))):
                raise TrialError(_wrong_shape(declared.name, list(said), list(real)))
        if not real or real[0] != ROWS:
            raise TrialError(_wrong_shape(declared.name, [ROWS, "..."], list(real)))
    return notes


def _wrong_shape(name: str, said: list[int | str | None], real: list[int]) -> Refusal:
    words = str(said).replace("None", "any")
    more = len(said) == len(real) == 2 and said[1] == 1 and real[1] > 1
    advice = f"{_ONE_EACH} {_EXPORT_AGAIN}" if more else _EXPORT_AGAIN
    return Refusal("shape", f"Output {name!r} has shape {real} for {ROWS} rows, expected {words}.", advice)


def _check_repeats(session: object, feeds: dict[str, NDArray[np.generic]], first: list[object]) -> None:
    again = _ask(session, feeds)
    if not all(same(a, b, 0.0) for a, b in zip(first, again, strict=True)):
        found = "The model answers the same rows differently when it is asked again."
        raise TrialError(Refusal("not_repeatable", found, "Export the model for inference, without random steps."))
    for row in range(ROWS):
        alone = _ask(session, {name: value[row : row + 1] for name, value in feeds.items()})
        if not all(same(a[row : row + 1], b, CLOSE) for a, b in zip(first, alone, strict=True)):  # type: ignore[index]
            found = f"The answer for row {row} changes when it is asked without the other rows."
            raise TrialError(Refusal("rows_mixed", found, "Export a model that looks at each row alone."))


def _check_labels(
    session: object, graph: onnx.GraphProto, inputs: tuple[InputTensor, ...], answer: Answer
) -> list[str]:
    """Hold labels and scores against each other on more rows, near and far, and say when scores are no probabilities."""
    from governance.models.predict.answers import are_probabilities, codes_of, hold_labels, scores_of

    if not answer.classes or sum(item.width for item in inputs) > _MANY_COLUMNS:
        return []
    labels, scores = [], []
    for spread in _SPREADS:
        try:
            found = _ask(session, made_up(graph, inputs, LABELLED, spread))
            values = {item.name: value for item, value in zip(graph.output, found, strict=True)}
            scores.append(scores_of(_as_array(values[answer.score_output]), LABELLED, len(answer.classes)))
            if answer.label_output:
                labels.append(codes_of(np.asarray(values[answer.label_output]), answer.classes, LABELLED))
        except (TrialError, _UnknownTextError, RefusedInputError):
            return []
    score = np.concatenate(scores)
    try:
        if labels:
            hold_labels(np.concatenate(labels), score)
    except RefusedInputError as error:
        raise TrialError(Refusal("label", error.what, error.advice)) from error
    if are_probabilities(score):
        return []
    low, high = float(score.min()), float(score.max())
    advice = "; `countersign convert --classes` puts a softmax behind them" if not answer.label_output else ""
    return [
        f"The scores are no probabilities (on made-up rows from {low:.3g} to {high:.3g}): no threshold of 0.5, no calibration{advice}."
    ]


def _as_array(found: object) -> NDArray[np.generic]:
    """Return scores as an array; ZipMap gives a list of maps whose values stand in the order of the classes."""
    return np.array([list(item.values()) for item in found]) if isinstance(found, list) else np.asarray(found)


def _check_answers(answer: Answer, graph: onnx.GraphProto, found: list[object]) -> list[str]:
    from governance.models.predict.answers import codes_of, scores_of

    values = {item.name: value for item, value in zip(graph.output, found, strict=True)}
    if answer.classes and answer.label_output:
        try:
            codes_of(np.asarray(values[answer.label_output]), answer.classes, ROWS)
        except RefusedInputError as error:
            raise TrialError(Refusal("output", error.what, error.advice)) from error
    if answer.zipmap:
        return []
    score = np.asarray(values[answer.score_output or answer.label_output], dtype=np.float64)
    if not np.isfinite(score).all():
        return [
            "On made-up rows the model gives scores that are no finite numbers; look at the first prediction on your data."
        ]
    try:
        scores_of(score, ROWS, max(1, len(answer.classes)))
    except RefusedInputError as error:
        raise TrialError(Refusal("output", error.what, error.advice)) from error
    return []
