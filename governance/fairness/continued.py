"""Model files made by hand: a converted graph is continued by a few plain operators, and ends in a label and two scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models import FEATURE_NAMES, MISSING_TEXT, metadata_of, parse_model, shape_of, signature_of
from governance.statistics import Attribute
from governance.subject import InputTensor, Signature

if TYPE_CHECKING:
    import onnx

CLASSES: Final = ("0", "1")
_OLDEST: Final = 9
"""Oldest version of the standard operators whose comparisons take float64."""
_ENCODER: Final = 2
"""First version of the machine-learning operators whose LabelEncoder maps text to whole numbers by two lists."""


class Continued:
    """A graph that is being continued; names of new tensors start with a word that the graph does not use.

    Args:
        data: bytes of the ONNX file that is continued; its outputs are dropped.
        columns: raw columns in the order in which they fill its inputs.
    """

    def __init__(self, data: bytes, columns: Sequence[str]) -> None:
        self._model = parse_model(data)
        self._columns = list(columns)
        self._prefix = _unused(self._model.graph)
        self._made = 0
        _raise_versions(self._model)

    @property
    def model(self) -> onnx.ModelProto:
        """The graph so far."""
        return self._model

    def node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Append a node with one output and return the output's name."""
        from onnx import helper

        domain = "ai.onnx.ml" if operator == "LabelEncoder" else ""
        name = self._name()
        self._model.graph.node.append(helper.make_node(operator, list(inputs), [name], domain=domain, **attributes))
        return name

    def constant(self, values: NDArray[Any]) -> str:
        """Store an array and return its name."""
        from onnx import numpy_helper

        name = self._name()
        self._model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def number(self, value: float) -> str:
        """Store one float64 and return its name."""
        return self.constant(np.array([value], dtype=np.float64))

    def doubles(self, name: str) -> str:
        """Return a tensor as float64."""
        from onnx import TensorProto

        return self.node("Cast", [name], to=TensorProto.DOUBLE)

    def one_column(self, name: str) -> str:
        """Return a tensor as (n,)."""
        return self.node("Reshape", [name, self.constant(np.array([-1], dtype=np.int64))])

    def codes(self, attribute: Attribute, inputs: Sequence[InputTensor]) -> str:
        """Return the (n,) code of each row's group, through a new input unless the graph has the column already.

        Codes are those of the attribute; one more stands for a value that the attribute does not have.
        """
        if attribute.name in self._columns:
            tensor, place = _place(inputs, self._columns.index(attribute.name))
            column = self.node("Gather", [tensor.name, self.constant(np.array([place], dtype=np.int64))], axis=1)
            return self._coded(attribute, column, text=tensor.dtype == "string")
        name = _input_name(attribute.name, self._model.graph)
        self._add_input(name, text=not attribute.edges)
        self._columns.append(attribute.name)
        return self._coded(attribute, name, text=not attribute.edges)

    def finish(self, selected: str) -> bytes:
        """Return the file whose scores are 1 - `selected` and `selected`, an (n,) tensor of float64 between 0 and 1."""
        from onnx import TensorProto, helper

        two = np.array([-1, 1], dtype=np.int64)
        one = self.node("Reshape", [selected, self.constant(two)])
        pair = self.node("Concat", [self.node("Sub", [self.number(1.0), one]), one], axis=1)
        found = (
            self.node("Not", [self.node("Less", [selected, self.number(0.5)])]),
            self.node("Cast", [pair], to=TensorProto.FLOAT),
        )
        graph = self._model.graph
        label, scores = f"{self._prefix}_label", f"{self._prefix}_probabilities"
        graph.node.append(helper.make_node("Cast", [found[0]], [label], to=TensorProto.INT64))
        graph.node.append(helper.make_node("Identity", [found[1]], [scores]))
        del graph.output[:]
        graph.output.append(helper.make_tensor_value_info(label, TensorProto.INT64, [None]))
        graph.output.append(helper.make_tensor_value_info(scores, TensorProto.FLOAT, [None, 2]))
        graph.name = "model"
        metadata = {**metadata_of(self._model), FEATURE_NAMES: json.dumps(self._columns, ensure_ascii=False)}
        metadata["classes"] = json.dumps(CLASSES)
        del self._model.metadata_props[:]
        for key in sorted(metadata):
            self._model.metadata_props.add(key=key, value=metadata[key])
        return self._model.SerializeToString(deterministic=True)

    def _name(self) -> str:
        self._made += 1
        return f"{self._prefix}_{self._made}"

    def _add_input(self, name: str, *, text: bool) -> None:
        from onnx import TensorProto, helper

        kind = TensorProto.STRING if text else TensorProto.FLOAT
        self._model.graph.input.append(helper.make_tensor_value_info(name, kind, [None, 1]))

    def _coded(self, attribute: Attribute, column: str, *, text: bool) -> str:
        unknown = len(attribute.values)
        codes = list(range(unknown))
        if attribute.edges:
            return self._bands(attribute, column)
        if text:
            missing = metadata_of(self._model).get(MISSING_TEXT, "")
            keys = {missing: unknown} | dict(zip(attribute.values, codes, strict=True))
            found = self.node(
                "LabelEncoder", [column], keys_strings=list(keys), values_int64s=list(keys.values()),
                default_int64=unknown + 1,
            )  # fmt: skip
            return self.one_column(found)
        numbers = [_as_number(name) for name in attribute.values]
        floats = self.node("Cast", [column], to=1)
        found = self.node("LabelEncoder", [floats], keys_floats=numbers, values_int64s=codes, default_int64=unknown + 1)
        missing_code = self.constant(np.array([unknown], dtype=np.int64))
        return self.one_column(self.node("Where", [self.node("IsNaN", [floats]), missing_code, found]))

    def _bands(self, attribute: Attribute, column: str) -> str:
        """Count the edges below the value, as `searchsorted` does; a missing value has the last code."""
        from onnx import TensorProto

        number = self.doubles(self.one_column(column))
        code = self.constant(np.zeros(1, dtype=np.int64))
        for edge in attribute.edges:
            above = self.node("Cast", [self.node("Greater", [number, self.number(edge)])], to=TensorProto.INT64)
            code = self.node("Add", [code, above])
        unknown = self.constant(np.array([len(attribute.values)], dtype=np.int64))
        return self.node("Where", [self.node("IsNaN", [number]), unknown, code])


def _unused(graph: onnx.GraphProto) -> str:
    used = {name for node in graph.node for name in (*node.input, *node.output)}
    used |= {item.name for item in graph.input} | {item.name for item in graph.initializer}
    at = 0
    while any(name.startswith(f"alike{at}_") for name in used):
        at += 1
    return f"alike{at}"


def _input_name(wanted: str, graph: onnx.GraphProto) -> str:
    used = {name for node in graph.node for name in (*node.input, *node.output)}
    return wanted if wanted not in used else f"{wanted}_of_person"


def _place(inputs: Sequence[InputTensor], position: int) -> tuple[InputTensor, int]:
    """Return the input that holds the column at `position` of all columns, and the column's place in it."""
    for tensor in inputs:
        if position < tensor.width:
            return tensor, position
        position -= tensor.width
    raise RefusedInputError("The parent's inputs do not hold all of its columns.", "Register the parent again.")


def _as_number(name: str) -> float:
    if name in ("False", "True"):
        return float(name == "True")
    try:
        return float(name)
    except ValueError:
        raise RefusedInputError(
            f"The parent takes the sensitive column as numbers; a group is called {name!r}.",
            "Choose another sensitive column.",
        ) from None


def _raise_versions(model: onnx.ModelProto) -> None:
    """Declare operators that the continuation uses; what the graph has keeps its meaning.

    Raises:
        RefusedInputError: the file is too old to be continued.
    """
    from onnx import helper

    versions = {item.domain: item for item in model.opset_import}
    standard = versions.get("") or versions.get("ai.onnx")
    encoders = any(node.op_type == "LabelEncoder" for node in model.graph.node)
    ml = versions.get("ai.onnx.ml")
    old = standard is None or standard.version < _OLDEST or (ml is not None and ml.version < _ENCODER and encoders)
    if old:
        raise RefusedInputError(
            "The parent is written in operators too old to be continued.", "Export it again with a newer converter."
        )
    if ml is None:
        model.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    elif ml.version < _ENCODER:
        ml.version = 3


def score_of(graph: Continued, signature: Signature, name: str, positive: int) -> str:
    """Return the parent's score of the positive class as an (n,) tensor of float64.

    Args:
        graph: the parent, its ZipMap cut off.
        signature: the parent's contract.
        name: tensor with the scores.
        positive: position of the positive class.
    """
    declared = next((item for item in graph.model.graph.output if item.name == name), None)
    shape = shape_of(declared) if declared is not None else ()
    single = len(shape) == 1 or (len(shape) == 2 and shape[-1] == 1)
    whole = graph.doubles(name)
    if not single:
        whole = graph.node("Gather", [whole, graph.constant(np.array([positive], dtype=np.int64))], axis=1)
    column = graph.one_column(whole)
    if single and positive != len(signature.classes) - 1:
        return graph.node("Sub", [graph.number(1.0), column])
    return column


def prepared(transformer: Any, features: Any) -> tuple[Continued, str]:
    """Return the converted preparation of columns and the (n, k) tensor of float64 that it ends in."""
    from governance.models import convert_estimator

    data = convert_estimator(transformer, features.head(50))
    model = parse_model(data)
    graph = Continued(data, json.loads(metadata_of(model)[FEATURE_NAMES]))
    return graph, graph.doubles(model.graph.output[0].name)


def parent_of(data: bytes) -> tuple[Continued, Signature, str]:
    """Return the parent without its ZipMap, its contract, and the tensor with its scores."""
    from governance.models import without_zipmap

    signature = signature_of(data)
    model = parse_model(data)
    name = without_zipmap(model, signature)
    return Continued(model.SerializeToString(), signature.columns), signature, name
