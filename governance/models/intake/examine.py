"""The process that opens a file nobody trusts yet: limits on itself first, then one look, then one JSON document.

Run as `python -m governance.models.intake.examine PATH` by `governance.models.intake.intake`, with limits and columns as JSON on standard
input.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from governance.evidence import RefusedInputError, canonical, decode, encode, parse, sha256
from governance.models.intake.inspection import Explainer, Inspection, Port, Refusal
from governance.models.intake.limits import Limits

if TYPE_CHECKING:
    import onnx

    from governance.models.graph.cut import Cut
    from governance.models.graph.graph_outputs import Answer
    from governance.models.graph.products import Products
    from governance.models.graph.stage_sum import StageSum
    from governance.models.predict.predictor import OnnxPredictor


def examine(data: bytes, limits: Limits, columns: tuple[str, ...] = (), classes: tuple[str, ...] = ()) -> Inspection:
    """Return the report on the bytes of a file; runs the model on five made-up rows when nothing spoke against it before."""
    from governance.models.graph.reading import parse_model

    report = Inspection(format="unknown", digest=sha256(data), size=len(data))
    try:
        model = parse_model(data)
    except RefusedInputError as error:
        return replace(report, refused=(Refusal("not_parsed", error.what, error.advice),))
    report = _facts(report, model, limits)
    refused = _static(model, limits)
    if refused:
        return replace(report, refused=tuple(refused))
    return _run(report, model, limits, columns, classes)


def _facts(report: Inspection, model: onnx.ModelProto, limits: Limits) -> Inspection:
    from governance.models.graph.reading import inputs_of, metadata_of, outputs_of
    from governance.models.intake import operators

    most = limits.max_text
    found = operators.count(model.graph, limits)
    return replace(
        report,
        format="onnx",
        ir_version=int(min(model.ir_version, 2**31)),
        opsets={(item.domain or "ai.onnx")[:most]: int(min(item.version, 2**31)) for item in model.opset_import},
        producer=f"{model.producer_name} {model.producer_version}".strip()[:most],
        inputs=tuple(_port(item, limits) for item in inputs_of(model.graph)[: limits.max_inputs]),
        outputs=tuple(Port(item.name[:most], item.dtype, item.shape) for item in outputs_of(model.graph)[:100]),
        operators=found,
        explainer=operators.explainer_of(found),
        metadata={key[:most]: value[:most] for key, value in list(metadata_of(model).items())[:50]},
    )


def _port(value: onnx.ValueInfoProto, limits: Limits) -> Port:
    from governance.models.graph.reading import dtype_of, shape_of

    return Port(value.name[: limits.max_text], dtype_of(value), shape_of(value))


def _static(model: onnx.ModelProto, limits: Limits) -> list[Refusal]:
    """Return every reason that can be seen without running anything."""
    import onnx

    from governance.models.intake import operators
    from governance.models.intake.tree_audit import audit

    refused = operators.refusals(model, limits)
    if refused:
        return refused
    for node, _ in operators.walk(model.graph):
        if node.op_type in operators.TREES and (unsound := audit(node, limits)):
            return [unsound]
    try:
        onnx.checker.check_model(model)
    except (onnx.checker.ValidationError, ValueError, RuntimeError) as error:
        words = " ".join(str(error).split())[: limits.max_text]
        return [Refusal("not_valid", f"The file breaks the rules of ONNX: {words}", "Convert the model again.")]
    return []


def _run(
    report: Inspection, model: onnx.ModelProto, limits: Limits, columns: tuple[str, ...], classes: tuple[str, ...]
) -> Inspection:
    from governance.models.graph.missing import SAID, untaught
    from governance.models.graph.reading import feature_names, metadata_of, read_inputs, task_of
    from governance.models.intake.trial import TrialError, run_trial

    try:
        own = feature_names(metadata_of(model))
        inputs = read_inputs(model.graph, columns or own)
    except RefusedInputError as error:
        return replace(report, refused=(Refusal("input", error.what, error.advice),))
    width = sum(item.width for item in inputs)
    report = replace(
        report, width=width, columns=own or (tuple(i.name for i in inputs) if all(i.width == 1 for i in inputs) else ())
    )
    if own and len(own) != width:
        found = f"The file names {len(own)} columns and takes {width}."
        return replace(report, columns=(), refused=(Refusal("input", found, "Convert the model again."),))
    try:
        answer = _answer(model, classes)
    except RefusedInputError as error:
        return replace(report, refused=(Refusal("output", error.what, error.advice),))
    report = replace(
        report, task=task_of(answer.classes), classes=tuple(name[: limits.max_text] for name in answer.classes)
    )
    if not width:
        note = "The width of the input is free: the trial runs when the columns are named."
        return replace(report, notes=(note,))
    try:
        notes = tuple(run_trial(model, inputs, answer))
    except TrialError as error:
        return replace(report, refused=(error.refusal,))
    notes += (SAID,) if untaught(model) else ()
    return replace(report, notes=notes, explainer=_explainer(model, columns or own, width, classes))


def _explainer(model: onnx.ModelProto, columns: tuple[str, ...], width: int, classes: tuple[str, ...]) -> Explainer:
    """Return the way of explaining that the file allows, by cutting it as an explanation does."""
    from governance.models.graph.products import Products
    from governance.models.graph.reading import signature_of
    from governance.models.graph.stage_sum import StageSum
    from governance.models.graph.trees import parse_trees
    from governance.models.predict.predictor import OnnxPredictor

    try:
        data = model.SerializeToString()
        names = columns or tuple(f"column {at}" for at in range(width))
        predictor = OnnxPredictor(data, signature_of(data, names, classes))
        cut = _cut(predictor)
        if isinstance(cut, Products):
            cut.stage()
        elif cut.kind == "linear":
            cut.linear()
        elif isinstance(cut, StageSum):
            cut.trees(double_input=False)
        else:
            parse_trees(cut.node)
    except Exception:  # noqa: BLE001 - the file is sound; only how it can be explained is in question
        return "sampled"
    return cut.kind


def _cut(predictor: OnnxPredictor) -> Cut | StageSum | Products:
    """Return the model cut as for an explanation; columns that are multiplied are taken apart on made-up rows."""
    from governance.models.graph.products import Products
    from governance.models.graph.stage_sum import cut_of
    from governance.models.predict.made_up import made_up_frame

    try:
        return cut_of(predictor)
    except RefusedInputError:
        rows = made_up_frame(predictor.file, predictor.signature)
        return Products(cut_of(predictor, apart=True), predictor, rows)


def _answer(model: onnx.ModelProto, classes: tuple[str, ...]) -> Answer:
    from governance.models.graph.graph_outputs import answer_of
    from governance.models.graph.reading import metadata_of, outputs_of

    return answer_of(model.graph, outputs_of(model.graph), metadata_of(model), classes)


def limit_self(limits: Limits) -> None:
    """Limit memory, processor time and written files of this process where the operating system can."""
    if sys.platform == "win32":
        return
    import resource

    seconds = max(1, ceil(limits.seconds))
    wanted = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 2**20,
    }
    for which, value in wanted.items():
        _, hard = resource.getrlimit(which)
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(which, (soft, hard))
        except (ValueError, OSError):
            continue


def main() -> int:
    """Look at the file named on the command line and write the report to standard output."""
    answer = os.dup(1)
    os.dup2(2, 1)
    asked = parse(sys.stdin.buffer.read())
    limits = decode(Limits, asked["limits"])
    limit_self(limits)
    data = Path(sys.argv[1]).read_bytes()
    try:
        report = examine(data, limits, tuple(asked["columns"]), tuple(asked["classes"]))
    except MemoryError:
        report = Inspection("onnx", sha256(data), len(data), refused=(too_much_memory(limits),))
    with os.fdopen(answer, "wb") as stream:
        stream.write(canonical(encode(report)))
    return 0


def too_much_memory(limits: Limits) -> Refusal:
    """Return the refusal of a file that needs more memory than it may have."""
    return Refusal(
        "too_much_memory",
        f"Looking at the file needs more than {limits.memory_bytes / 2**30:.1f} GiB of memory.",
        "Export a smaller model, without constants that grow.",
    )


if __name__ == "__main__":
    sys.exit(main())
