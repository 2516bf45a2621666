"""What a graph is made of, and the parts of it that are turned away before anything runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Final

from governance.evidence import RefusedInputError
from governance.models.graph.session import refuse_outside_files
from governance.models.intake.inspection import Explainer, Refusal
from governance.models.intake.limits import Limits

if TYPE_CHECKING:
    import onnx

KNOWN_DOMAINS: Final = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
TREES: Final = ("TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble")
LINEAR: Final = ("LinearClassifier", "LinearRegressor")
_INNER: Final = ("If", "Scan", "SequenceMap")
_RANDOM: Final = ("RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli")
_OTHER_MODELS: Final = (
    "SVMClassifier",
    "SVMRegressor",
    "Gemm",
    "MatMul",
    "Scan",
    "CDist",
    "Conv",
    "Attention",
    "LSTM",
    "GRU",
)
_GROWING: Final = {"ConstantOfShape": 0, "Expand": 1, "Tile": 1, "OneHot": 1, "Resize": 3, "Upsample": 1, "Pad": 1}
"""Operator -> which input says how big the result is."""


def walk(graph: onnx.GraphProto) -> Iterator[tuple[onnx.NodeProto, int]]:
    """Yield every node with its depth: 0 for the graph itself, 1 for a graph inside one of its nodes, and so on."""
    waiting = [(graph, 0)]
    while waiting:
        here, depth = waiting.pop()
        for node in here.node:
            yield node, depth
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    waiting.append((attribute.g, depth + 1))
                waiting.extend((inner, depth + 1) for inner in attribute.graphs)


def count(graph: onnx.GraphProto, limits: Limits) -> dict[str, int]:
    """Return operator -> number of nodes, with the domain in front where it is not a standard one."""
    names = (
        node.op_type if node.domain in ("", "ai.onnx", "ai.onnx.ml") else f"{node.domain}.{node.op_type}"
        for node, _ in walk(graph)
    )
    return {name[: limits.max_text]: n for name, n in sorted(Counter(names).items())[:200]}


def explainer_of(operators: dict[str, int]) -> Explainer:
    """Return how a graph of these operators can be explained; decided again, exactly, when it is explained."""
    if any(name in operators for name in _OTHER_MODELS):
        return "sampled"
    trees, lines = (sum(operators.get(name, 0) for name in kind) for kind in (TREES, LINEAR))
    if trees and not lines:
        return "tree"
    return "linear" if lines == 1 and not trees else "sampled"


def refusals(model: onnx.ModelProto, limits: Limits) -> list[Refusal]:
    """Return what speaks against the graph as it is written, before anything of it runs."""
    return [
        item
        for item in (
            _size(model, limits),
            _outside(model),
            _domains(model),
            _functions(model),
            _control_flow(model, limits),
            _random(model),
            _big_constants(model, limits),
        )
        if item is not None
    ]


def _size(model: onnx.ModelProto, limits: Limits) -> Refusal | None:
    nodes = sum(1 for _ in walk(model.graph))
    if nodes > limits.max_nodes:
        return Refusal(
            "too_many_nodes",
            f"The graph has {nodes:,} nodes, at most {limits.max_nodes:,} are taken.",
            "Export a smaller model, or raise the limit.",
        )
    if len(model.graph.input) > limits.max_inputs:
        return Refusal(
            "too_many_inputs",
            f"The graph has {len(model.graph.input):,} inputs, at most {limits.max_inputs:,} are taken.",
            "Export the model with one wide input.",
        )
    return None


def _outside(model: onnx.ModelProto) -> Refusal | None:
    try:
        refuse_outside_files(model)
    except RefusedInputError as error:
        return Refusal("external_data", error.what, error.advice)
    return None


def _domains(model: onnx.ModelProto) -> Refusal | None:
    used = {node.domain for node, _ in walk(model.graph)}
    strange = sorted(domain[:100] for domain in used if domain not in KNOWN_DOMAINS)
    if not strange:
        return None
    return Refusal(
        "unknown_domain",
        f"The graph uses operators of {', '.join(map(repr, strange[:10]))}; only standard ONNX operators are run.",
        "Export the model without custom operators.",
    )


def _functions(model: onnx.ModelProto) -> Refusal | None:
    if not model.functions:
        return None
    names = ", ".join(repr(item.name[:100]) for item in list(model.functions)[:10])
    return Refusal(
        "functions",
        f"The file defines its own functions: {names}.",
        "Write them into the graph: onnx.inliner.inline_local_functions(model).",
    )


def _control_flow(model: onnx.ModelProto, limits: Limits) -> Refusal | None:
    for node, depth in walk(model.graph):
        if node.op_type == "Loop":
            return Refusal(
                "control_flow",
                f"The graph has a Loop ({node.name[: limits.max_text]!r}), which can run without end.",
                "Export the model without loops.",
            )
        if node.op_type in _INNER and depth > 0:
            return Refusal(
                "control_flow",
                f"The graph has {node.op_type} inside another inner graph ({node.name[: limits.max_text]!r}).",
                "Export the model without nested If and Scan.",
            )
    return None


def _random(model: onnx.ModelProto) -> Refusal | None:
    found = sorted({node.op_type for node, _ in walk(model.graph) if node.op_type in _RANDOM})
    if not found:
        return None
    return Refusal(
        "random",
        f"The graph draws random numbers ({', '.join(found)}): the same row would get different answers.",
        "Export the model for inference.",
    )


def _big_constants(model: onnx.ModelProto, limits: Limits) -> Refusal | None:
    known = _small_integers(model.graph)
    for item in model.graph.sparse_initializer:
        if prod(item.dims) > limits.max_elements:
            return _too_big("A sparse tensor", prod(item.dims), limits)
    for node, _ in walk(model.graph):
        size = _made(node, known)
        if size > limits.max_elements:
            return _too_big(f"Node {node.op_type} {node.name[:100]!r}", size, limits)
    return None


def _made(node: onnx.NodeProto, known: dict[str, list[int]]) -> int:
    """Return how many elements (or how many copies) the node makes by what its constant inputs say; 0 when unknown."""
    values = [known.get(name) for name in node.input]
    if node.op_type == "Range" and len(values) == 3 and all(values):
        start, limit, step = (item[0] for item in values if item)
        return abs(limit - start) // max(1, abs(step))
    place = _GROWING.get(node.op_type)
    if place is None or place >= len(values) or not values[place]:
        return 0
    sizes = values[place] or []
    return sum(map(abs, sizes)) if node.op_type == "Pad" else prod(abs(item) for item in sizes)


def _small_integers(graph: onnx.GraphProto) -> dict[str, list[int]]:
    """Return the values of small stored tensors by name; they say the sizes of other tensors."""
    from onnx import numpy_helper

    tensors = [(item.name, item) for item in graph.initializer]
    for node, _ in walk(graph):
        if node.op_type == "Constant" and node.output:
            tensors.extend((node.output[0], item.t) for item in node.attribute if item.name == "value")
    found = {}
    for name, tensor in tensors:
        if prod(tensor.dims) <= 64 and tensor.data_type in (1, 6, 7, 11) and not tensor.data_location:
            try:
                found[name] = [int(min(abs(float(value)), 2.0**60)) for value in numpy_helper.to_array(tensor).ravel()]
            except (ValueError, TypeError, OverflowError):
                continue
    return found


def _too_big(what: str, size: int, limits: Limits) -> Refusal:
    return Refusal(
        "big_constant",
        f"{what} makes {size:,} elements from a few bytes; at most {limits.max_elements:,} are taken.",
        "Export the model without such constants.",
    )
