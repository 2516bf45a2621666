"""Which output of a graph is the label, which one holds the scores, and which classes they speak about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.evidence import RefusedInputError

if TYPE_CHECKING:
    import onnx

CLASSIFIERS = ("TreeEnsembleClassifier", "LinearClassifier", "SVMClassifier")
_CARRY = ("Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose")
_LABEL_TYPES = ("int64", "int32", "string", "bool")
_SCORE_TYPES = ("float16", "float32", "float64")
_CLASSES_ADVICE = (
    'Write the class labels into the file: metadata entry "classes", a JSON list in the order of the scores.'
)


@dataclass(frozen=True, slots=True)
class OutputTensor:
    """One output of the graph as it is declared."""

    name: str
    dtype: str
    """Element type, or "sequence" for the list of maps that ZipMap writes."""
    shape: tuple[int | None, ...]
    """Declared sizes; None where a size is free."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How the outputs of a graph are read."""

    classes: tuple[str, ...]
    """Class labels as text in the order of the scores; () for regression."""
    label_output: str
    """The output with the label or the predicted value; "" when the graph gives scores only."""
    score_output: str
    """The output with one score per class; "" for regression."""
    zipmap: bool
    """Whether the scores come as a sequence of maps."""


def answer_of(
    graph: onnx.GraphProto, outputs: tuple[OutputTensor, ...], metadata: Mapping[str, str], classes: tuple[str, ...]
) -> Answer:
    """Return how the outputs are read; `classes`, when given, names the classes in the order of the scores.

    Raises:
        RefusedInputError: several readings are possible, or the class labels cannot be found.
    """
    producers = {name: node for node in graph.node for name in node.output}
    named = classes or _named_classes(metadata)
    labels = [item for item in outputs if item.dtype in _LABEL_TYPES]
    scores = [item for item in outputs if item.dtype in (*_SCORE_TYPES, "sequence")]
    if labels and scores:
        return _classifier(graph, producers, labels, scores, named)
    if labels:
        raise RefusedInputError(
            f"The model gives labels ({labels[0].name!r}) without scores.",
            "Convert it with its probabilities: metrics, thresholds and explanations need a score.",
        )
    if len(scores) != 1:
        raise RefusedInputError(
            f"The model has {len(outputs)} outputs ({', '.join(repr(item.name) for item in outputs)}); "
            "expected one predicted value, or a label and its scores.",
            "Export the model with these outputs only.",
        )
    return _single(producers, scores[0], named)


def _named_classes(metadata: Mapping[str, str]) -> tuple[str, ...]:
    if "classes" not in metadata:
        return ()
    try:
        found = json.loads(metadata["classes"])
    except (ValueError, RecursionError) as error:
        raise RefusedInputError('The metadata entry "classes" is not a JSON list.', _CLASSES_ADVICE) from error
    if not isinstance(found, list) or not all(isinstance(item, str | int) for item in found):
        raise RefusedInputError('The metadata entry "classes" is not a list of labels.', _CLASSES_ADVICE)
    return tuple(str(item) for item in found)


def _classifier(
    graph: onnx.GraphProto,
    producers: Mapping[str, onnx.NodeProto],
    labels: list[OutputTensor],
    scores: list[OutputTensor],
    named: tuple[str, ...],
) -> Answer:
    label = labels[0]
    maps = [item for item in scores if item.dtype == "sequence"]
    found = zipmap_classes(producers, maps[0].name) if maps else _traced(graph, producers, label.name, _width(scores))
    classes = named or found
    if len(classes) < 2 or len(set(classes)) != len(classes):
        seen = ", ".join(map(repr, classes)) or "none"
        raise RefusedInputError(
            f"The class labels behind output {label.name!r} could not be read (found: {seen}).", _CLASSES_ADVICE
        )
    if named and found and len(named) != len(found):
        raise RefusedInputError(
            f"{len(named)} classes are named, the graph has {len(found)}: {', '.join(map(repr, found))}.",
            _CLASSES_ADVICE,
        )
    score = maps[0] if maps else _score_for(scores, len(classes))
    return Answer(classes, label.name, score.name, bool(maps))


def _score_for(scores: list[OutputTensor], k: int) -> OutputTensor:
    fitting = [item for item in scores if len(item.shape) < 2 or item.shape[-1] in (None, k, 1 if k == 2 else k)]
    if len(fitting) == 1:
        return fitting[0]
    raise RefusedInputError(
        f"{len(fitting)} outputs could hold the scores of {k} classes: "
        f"{', '.join(f'{item.name!r} {list(item.shape)}' for item in scores)}.",
        "Export the label and one output with a score per class.",
    )


def _single(producers: Mapping[str, onnx.NodeProto], score: OutputTensor, named: tuple[str, ...]) -> Answer:
    if score.dtype == "sequence":
        classes = named or zipmap_classes(producers, score.name)
        return Answer(classes, "", score.name, zipmap=True)
    width = score.shape[-1] if len(score.shape) > 1 else 1
    if named:
        return Answer(named, "", score.name, zipmap=False)
    last = _origin(producers, score.name)
    if last is not None and last.op_type in ("Softmax", "Sigmoid") and width is not None:
        k = max(width, 2)
        if last.op_type == "Softmax" or width == 1:
            return Answer(tuple(str(index) for index in range(k)), "", score.name, zipmap=False)
    if width in (1, None):
        return Answer((), score.name, "", zipmap=False)
    raise RefusedInputError(
        f"The model predicts {width} values per row in {score.name!r}; expected one value, or a score per class.",
        "For a classifier: " + _CLASSES_ADVICE,
    )


def _width(scores: list[OutputTensor]) -> int | None:
    widths = {item.shape[-1] for item in scores if len(item.shape) > 1}
    return widths.pop() if len(widths) == 1 else None


def _origin(producers: Mapping[str, onnx.NodeProto], name: str) -> onnx.NodeProto | None:
    """Return the node that computes `name`, seen through nodes that only carry values along."""
    for _ in range(len(producers) + 1):
        node = producers.get(name)
        if node is None or node.op_type not in _CARRY:
            return node
        name = node.input[0]
    return None


def zipmap_classes(producers: Mapping[str, onnx.NodeProto], name: str) -> tuple[str, ...]:
    """Return the keys of the maps in output `name`, in the order of the score columns.

    Raises:
        RefusedInputError: the output is not written by ZipMap.
    """
    node = producers.get(name)
    if node is None or node.op_type != "ZipMap":
        raise RefusedInputError(
            f"Output {name!r} is a sequence that ZipMap did not write.", "Export a tensor with one score per class."
        )
    return _label_attribute(node)


def _label_attribute(node: onnx.NodeProto) -> tuple[str, ...]:
    for attribute in node.attribute:
        if attribute.name == "classlabels_strings" and attribute.strings:
            return tuple(item.decode("utf-8", "replace") for item in attribute.strings)
        if attribute.name in ("classlabels_int64s", "classlabels_ints") and attribute.ints:
            return tuple(str(item) for item in attribute.ints)
    return ()


def _traced(
    graph: onnx.GraphProto, producers: Mapping[str, onnx.NodeProto], label: str, width: int | None
) -> tuple[str, ...]:
    """Return the class labels that the computation of `label` chooses from; () when they cannot be seen."""
    node = _origin(producers, label)
    if node is None:
        return ()
    if node.op_type in CLASSIFIERS:
        return _label_attribute(node)
    if node.op_type in ("ArrayFeatureExtractor", "Gather"):
        return _constant(graph, producers, node.input[0])
    if node.op_type in ("ArgMax", "TopK") and width:
        return tuple(str(index) for index in range(width))
    return ()


def _constant(graph: onnx.GraphProto, producers: Mapping[str, onnx.NodeProto], name: str) -> tuple[str, ...]:
    from onnx import numpy_helper

    values = [item for item in graph.initializer if item.name == name]
    node = producers.get(name)
    if node is not None and node.op_type in _CARRY:
        return _constant(graph, producers, node.input[0])
    if node is not None and node.op_type == "Constant":
        values = [item.t for item in node.attribute if item.name == "value"]
    if not values or values[0].data_location:
        return ()
    array = numpy_helper.to_array(values[0]).ravel()
    return tuple(item.decode("utf-8", "replace") if isinstance(item, bytes) else _plain(item) for item in array)


def _plain(value: object) -> str:
    return f"{value:.15g}" if hasattr(value, "is_integer") else str(value)
