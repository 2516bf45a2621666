"""The process that opens a file nobody trusts yet: limits on itself first, then one look, then one JSON document.

Run as `python -m governance.models.examine PATH`, with limits and columns as JSON on standard input, by `governance.models.intake`.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from governance.codec import canonical, decode, encode, parse, sha256
from governance.errors import RefusedInputError
from governance.models.inspection import Inspection, Port, Refusal
from governance.models.limits import Limits

if TYPE_CHECKING:
    import onnx

    from governance.models.graph_outputs import Answer


def examine(data: bytes, limits: Limits, columns: tuple[str, ...] = ()) -> Inspection:
    """Return the report on the bytes of a file; runs the model on five made-up rows when nothing spoke against it before."""
    from governance.models.reading import parse_model

    report = Inspection(format="unknown", digest=sha256(data), size=len(data))
    try:
        model = parse_model(data)
    except RefusedInputError as error:
        return replace(report, refused=(Refusal("not_parsed", error.what, error.advice),))
    report = _facts(report, model, limits)
    refused = _static(model, limits)
    if refused:
        return replace(report, refused=tuple(refused))
    return _run(report, model, limits, columns)


def _facts(report: Inspection, model: onnx.ModelProto, limits: Limits) -> Inspection:
    from governance.models import operators
    from governance.models.reading import inputs_of, metadata_of, outputs_of

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
    from governance.models.reading import dtype_of, shape_of

    return Port(value.name[: limits.max_text], dtype_of(value), shape_of(value))


def _static(model: onnx.ModelProto, limits: Limits) -> list[Refusal]:
    """Return every reason that can be seen without running anything."""
    import onnx

    from governance.models import operators
    from governance.models.tree_audit import audit

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


def _run(report: Inspection, model: onnx.ModelProto, limits: Limits, columns: tuple[str, ...]) -> Inspection:
    from governance.models.reading import feature_names, metadata_of, read_inputs, task_of
    from governance.models.trial import TrialError, run_trial

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
        answer = _answer(model)
    except RefusedInputError as error:
        return replace(report, refused=(Refusal("output", error.what, error.advice),))
    report = replace(
        report, task=task_of(answer.classes), classes=tuple(name[: limits.max_text] for name in answer.classes)
    )
    if not width:
        note = "The width of the input is free: the trial runs when the columns are named."
        return replace(report, notes=(note,))
    try:
        return replace(report, notes=tuple(run_trial(model, inputs, answer)))
    except TrialError as error:
        return replace(report, refused=(error.refusal,))


def _answer(model: onnx.ModelProto) -> Answer:
    from governance.models.graph_outputs import answer_of
    from governance.models.reading import metadata_of, outputs_of

    return answer_of(model.graph, outputs_of(model.graph), metadata_of(model), ())


def limit_self(limits: Limits) -> None:
    """Limit memory, processor time and written files of this process where the operating system can."""
    if sys.platform == "win32":
        return
    import resource

    seconds = int(limits.seconds) + 1
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
        report = examine(data, limits, tuple(asked["columns"]))
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
