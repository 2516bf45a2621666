"""ONNX Runtime, opened the same careful way everywhere: processor only, quiet, no custom operators, no other files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from governance.evidence import RefusedInputError

if TYPE_CHECKING:
    import onnx
    import onnxruntime


_CODES: Final = re.compile(r"^\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : ")
_TYPES_ADVICE: Final = (
    "The file declares another number type than its operator gives; converters do this when the inputs are float64. "
    "Convert it again with float32 inputs."
)


def open_session(model: bytes, threads: int = 1) -> onnxruntime.InferenceSession:
    """Return a session on the processor; equal bytes and inputs give equal outputs for any number of threads.

    Raises:
        RefusedInputError: ONNX Runtime does not accept the model; the message is its own, shortened.
    """
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(1, threads)
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4
    options.use_deterministic_compute = True
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    refusals = (errors.Fail, errors.InvalidArgument, errors.InvalidGraph, errors.InvalidProtobuf, errors.NotImplemented,
                errors.RuntimeException, errors.NoSuchFile, errors.NoModel, errors.EPFail)  # fmt: skip
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except refusals as error:
        message = shorten(str(error))
        advice = _TYPES_ADVICE if "Type Error" in message else "Convert the model again, or with `countersign convert`."
        raise RefusedInputError(f"ONNX Runtime does not accept the model: {message}", advice) from error


def shorten(message: str, limit: int = 300) -> str:
    """Return a message of ONNX Runtime on one line, without its codes, at most `limit` characters."""
    line = _CODES.sub("", " ".join(message.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def refuse_outside_files(model: onnx.ModelProto) -> None:
    """Raise RefusedInputError when a tensor of the model lies in another file."""
    from onnx import external_data_helper

    for tensor in external_data_helper._get_all_tensors(model):  # noqa: SLF001 - the only walk over every tensor
        if external_data_helper.uses_external_data(tensor):
            raise RefusedInputError(
                f"Tensor {tensor.name[:80]!r} lies in another file (external data).",
                "Save the model in one file: onnx.save_model(model, path, save_as_external_data=False).",
            )


def run_rows(session: onnxruntime.InferenceSession | RowByRow, names: list[str], feeds: dict[str, Any]) -> list[Any]:
    """Return the named outputs for rows.

    Raises:
        RefusedInputError: ONNX Runtime does not take the rows; the message is its own, shortened.
    """
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    try:
        return list(session.run(names, feeds))
    except (errors.Fail, errors.InvalidArgument, errors.RuntimeException, errors.NotImplemented) as error:
        raise RefusedInputError(
            f"The model cannot predict these rows: {shorten(str(error))}",
            "Compare the values with those that the model was trained on.",
        ) from error


class RowByRow:
    """A session that is asked about one row at a time, for graphs that take no more; answers as `InferenceSession.run`."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session

    def get_inputs(self) -> Any:
        """Return the inputs of the session."""
        return self._session.get_inputs()

    def run(self, names: list[str] | None, feeds: dict[str, Any]) -> list[Any]:
        """Return the outputs for all rows, joined along the first axis."""
        import numpy as np

        rows = len(next(iter(feeds.values())))
        parts = [
            self._session.run(names, {name: value[row : row + 1] for name, value in feeds.items()})
            for row in range(rows)
        ]
        return [
            [item for part in column for item in part] if isinstance(column[0], list) else np.concatenate(column)
            for column in zip(*parts, strict=True)
        ]
