"""From the bytes of an ONNX file to its signature: what goes in, what comes out, in the words of the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from governance.evidence import RefusedInputError
from governance.models.graph.graph_outputs import OutputTensor, answer_of
from governance.models.graph.session import refuse_outside_files
from governance.subject import Dtype, InputTensor, Signature, Task

if TYPE_CHECKING:
    import onnx
    from google.protobuf.message import Message

FEATURE_NAMES: Final = "feature_names"
"""Metadata entry of the file: a JSON list with the raw columns in the order in which they fill the inputs."""
_MOST_COLUMNS: Final = 1_000_000
_DTYPES: Final[Mapping[int, Dtype]] = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    8: "string",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "uint32",
    13: "uint64",
}


def parse_model(data: bytes) -> onnx.ModelProto:
    """Return the parsed file.

    Raises:
        RefusedInputError: the bytes are not an ONNX model, or a name in it is not text.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.ModelProto.FromString(data)
    except DecodeError as error:
        raise RefusedInputError(
            "The bytes cannot be parsed as an ONNX model.", "Export the model again; the file may be cut short."
        ) from error
    if not model.graph.node or not model.graph.output:
        raise RefusedInputError("The file holds no graph with outputs.", "Give an ONNX model file (.onnx).")
    if not _is_text(model):
        raise RefusedInputError(
            "A name in the file is not UTF-8 text.", "The file is damaged: export the model again from its source."
        )
    return model


def _is_text(message: Message) -> bool:
    """Say whether every string in the message is text: protobuf hands out one that is not UTF-8 as bytes.

    The depth is bounded: protobuf refuses files that nest deeper than 100 messages.
    """
    for field, value in message.ListFields():
        items = value if field.is_repeated else (value,)
        if field.type == field.TYPE_STRING and not all(isinstance(item, str) for item in items):
            return False
        if field.type == field.TYPE_MESSAGE and not all(_is_text(item) for item in items):
            return False
    return True


def takes_one_row(model: onnx.ModelProto) -> bool:
    """Tell whether an input of two dimensions is declared for one row at a time, as PyTorch exports without dynamic axes are."""
    shapes = [shape_of(item) for item in inputs_of(model.graph)]
    return any(len(shape) == 2 and shape[0] == 1 for shape in shapes)


def free_rows(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a copy whose inputs and outputs take any number of rows where they were declared for one."""
    import onnx

    freed = onnx.ModelProto()
    freed.CopyFrom(model)
    for value in (*inputs_of(freed.graph), *freed.graph.output):
        dims = value.type.tensor_type.shape.dim
        if len(dims) and dims[0].dim_value == 1:
            dims[0].ClearField("dim_value")
            dims[0].dim_param = "rows"
    del freed.graph.value_info[:]
    return freed


def metadata_of(model: onnx.ModelProto) -> dict[str, str]:
    """Return the metadata entries of the file as they stand; they come from outside and prove nothing."""
    return {entry.key: entry.value for entry in model.metadata_props}


def inputs_of(graph: onnx.GraphProto) -> list[onnx.ValueInfoProto]:
    """Return the inputs that must be fed: those without a stored value."""
    stored = {item.name for item in graph.initializer}
    return [item for item in graph.input if item.name not in stored]


def shape_of(value: onnx.ValueInfoProto) -> tuple[int | None, ...]:
    """Return the declared sizes of a tensor; None where a size is free."""
    dims = value.type.tensor_type.shape.dim
    return tuple(item.dim_value if item.HasField("dim_value") and item.dim_value > 0 else None for item in dims)


def dtype_of(value: onnx.ValueInfoProto) -> str:
    """Return the element type by numpy's name, or "sequence"."""
    import onnx

    if value.type.HasField("sequence_type"):
        return "sequence"
    code = value.type.tensor_type.elem_type
    if code in _DTYPES:
        return _DTYPES[code]
    known = onnx.TensorProto.DataType.values()
    return onnx.TensorProto.DataType.Name(code).lower() if code in known else f"type {code}"


def outputs_of(graph: onnx.GraphProto) -> tuple[OutputTensor, ...]:
    """Return the outputs as they are declared."""
    return tuple(OutputTensor(item.name, dtype_of(item), shape_of(item)) for item in graph.output)


def feature_names(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """Return the raw columns that the file names itself; () when it names none.

    Raises:
        RefusedInputError: the entry is not a list of different names.
    """
    if FEATURE_NAMES not in metadata:
        return ()
    advice = 'Write a JSON list of names, for example ["age", "income"].'
    try:
        found = json.loads(metadata[FEATURE_NAMES])
    except (ValueError, RecursionError) as error:
        raise RefusedInputError(f"The metadata entry {FEATURE_NAMES!r} is not JSON.", advice) from error
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found) or len(set(found)) < len(found):
        raise RefusedInputError(f"The metadata entry {FEATURE_NAMES!r} is not a list of different names.", advice)
    return tuple(found)


def signature_of(data: bytes, columns: tuple[str, ...] | None = None, classes: tuple[str, ...] = ()) -> Signature:
    """Return the contract of the model in `data`.

    Columns come from the caller, else from the file's own `feature_names`, else from the names of inputs that are one column
    wide. Nothing is guessed: a wide tensor without names needs `columns`.

    Args:
        data: the bytes of the ONNX file.
        columns: raw data columns in the order in which they fill the inputs; None to take the file's own.
        classes: class labels in the order of the scores, when the file does not say them.

    Raises:
        RefusedInputError: an input or output of a kind that tables cannot feed, or columns that do not fit.
    """
    model = parse_model(data)
    refuse_outside_files(model)
    metadata = metadata_of(model)
    own = feature_names(metadata)
    inputs = read_inputs(model.graph, tuple(columns) if columns else own)
    answer = answer_of(model.graph, outputs_of(model.graph), metadata, classes)
    return Signature(
        inputs=inputs,
        columns=_columns(inputs, tuple(columns) if columns else None, own),
        task=task_of(answer.classes),
        classes=answer.classes,
        label_output=answer.label_output,
        score_output=answer.score_output,
        zipmap=answer.zipmap,
    )


def task_of(classes: tuple[str, ...]) -> Task:
    """Return the task that a model with these classes solves."""
    return "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"


def read_inputs(graph: onnx.GraphProto, columns: tuple[str, ...]) -> tuple[InputTensor, ...]:
    """Return the inputs; a single tensor of free width is as wide as `columns` are many (0 without columns).

    Raises:
        RefusedInputError: a type or shape that a table cannot fill, or a fixed number of rows.
    """
    found = inputs_of(graph)
    if not found:
        raise RefusedInputError("The model has no inputs.", "Export a model that takes the columns of a table.")
    return tuple(_input(item, len(columns) if len(found) == 1 else None) for item in found)


def _input(value: onnx.ValueInfoProto, free_width: int | None) -> InputTensor:
    shape, dtype = shape_of(value), dtype_of(value)
    named = next((item for item in _DTYPES.values() if item == dtype), None)
    if named is None:
        raise RefusedInputError(
            f"Input {value.name!r} holds {dtype}; expected one of {', '.join(_DTYPES.values())}.",
            "Export the model with inputs of these types.",
        )
    if len(shape) not in (1, 2):
        raise RefusedInputError(
            f"Input {value.name!r} has {len(shape)} dimensions; expected rows x columns.",
            "Only models of tables are reviewed here: export one with inputs of two dimensions.",
        )
    if shape[0] not in (None, 1):
        raise RefusedInputError(
            f"Input {value.name!r} takes exactly {shape[0]} rows at a time.",
            "Export the model with a free first dimension (dynamic batch).",
        )
    width = 1 if len(shape) == 1 else shape[1]
    if width is None and free_width is None:
        raise RefusedInputError(
            f"Input {value.name!r} does not say how many columns it takes, and there are several inputs.",
            "Export the model with the width of every input.",
        )
    if width is not None and width > _MOST_COLUMNS:
        raise RefusedInputError(
            f"Input {value.name!r} takes {width:,} columns, at most {_MOST_COLUMNS:,} are taken.",
            "Only models of tables are reviewed here.",
        )
    return InputTensor(value.name, named, width if width is not None else free_width or 0)


def _columns(inputs: tuple[InputTensor, ...], given: tuple[str, ...] | None, own: tuple[str, ...]) -> tuple[str, ...]:
    width = sum(item.width for item in inputs)
    found = given or own or (tuple(item.name for item in inputs) if all(item.width == 1 for item in inputs) else ())
    if not found:
        raise RefusedInputError(
            f"Input {inputs[0].name!r} takes {width or 'an unsaid number of'} columns and the file does not name them.",
            "Give the names of the columns in the order in which the model was trained (--columns a,b,c), or write them into the "
            "file once and for all: countersign convert MODEL --columns a,b,c --sample DATA --out FILE.",
        )
    if len(found) != width:
        raise RefusedInputError(
            f"{len(found)} column names were given, the model takes {width} columns.",
            "Give one name per column, in the order in which the model was trained.",
        )
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise RefusedInputError(f"Column {twice!r} is named twice.", "Give each column once.")
    return found
