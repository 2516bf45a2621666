"""Tensors as the Open Inference Protocol writes them in JSON, and back; every lie is refused.

Source: Open Inference Protocol (KServe V2), "Inference" and "Tensor Data Types".
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import JsonValue, RefusedInputError
from governance.remote.rest_line import UnusableError, said

TYPES: Final[Mapping[str, str]] = {
    "BOOL": "bool",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
}
"""Name of the protocol -> numpy's; BYTES is text here."""
_NAMES: Final = {own: name for name, own in TYPES.items()}
_MOST_DIMENSIONS: Final = 8


def written(name: str, values: NDArray[np.generic]) -> dict[str, JsonValue]:
    """Return a tensor as the protocol writes it.

    Raises:
        RefusedInputError: a number that JSON cannot write.
    """
    if values.dtype == object:
        return {
            "name": name,
            "shape": list(values.shape),
            "datatype": "BYTES",
            "data": [str(item) for item in values.ravel()],
        }
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise RefusedInputError(
            f"Input {name!r} holds a number that JSON cannot write (missing or infinite).", "Leave these rows out."
        )
    data = values.astype(np.float64) if values.dtype.kind == "f" else values
    return {
        "name": name,
        "shape": list(values.shape),
        "datatype": _NAMES[values.dtype.name],
        "data": data.ravel().tolist(),
    }


def parsed(body: bytes) -> Mapping[str, Any]:
    """Return the object that an answer's body holds.

    Raises:
        UnusableError: it is no JSON object, nests too deep, names a field twice, or holds NaN or an infinity.
    """
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_once)
    except UnusableError:
        raise
    except RecursionError as error:
        raise UnusableError("the answer nests deeper than any tensor", "") from error
    except ValueError as error:  # json.JSONDecodeError and UnicodeDecodeError are of this family
        raise UnusableError(f"the answer is no JSON: {said(error)}", "") from error
    if not isinstance(found, dict):
        raise UnusableError(f"the answer is a {type(found).__name__}, expected an object", "")
    return found


def _refuse_constant(name: str) -> Any:
    raise UnusableError(f"the answer holds {name}, which is no JSON", "")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for at, (name, _) in enumerate(pairs) if name in {key for key, _ in pairs[:at]})
        raise UnusableError(f"the answer names {said(twice)[:60]!r} twice", "")
    return found


def outputs_of(answer: Mapping[str, Any], rows: int) -> dict[str, NDArray[np.generic]]:
    """Return name -> tensor of the outputs of an answer about so many rows.

    Raises:
        UnusableError: an output twice, without a name, of an unknown type, or whose data are not those of its shape and type.
    """
    listed = answer.get("outputs")
    if not isinstance(listed, list) or not listed:
        raise UnusableError("the answer has no outputs", "")
    found: dict[str, NDArray[np.generic]] = {}
    for item in listed:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            raise UnusableError("an output has no name", "")
        name = item["name"]
        shown = said(name)[:60]
        if name in found:
            raise UnusableError(f"the output {shown!r} is there twice", "")
        found[name] = _read(shown, item, rows)
    return found


def _read(name: str, item: Mapping[str, Any], rows: int) -> NDArray[np.generic]:
    shape, kind = item.get("shape"), item.get("datatype")
    if kind != "BYTES" and (not isinstance(kind, str) or kind not in TYPES):
        raise UnusableError(f"the output {name!r} has the unknown type {said(kind)[:40]!r}", "")
    if not isinstance(shape, list) or not 1 <= len(shape) <= _MOST_DIMENSIONS or not all(map(_is_size, shape)):
        raise UnusableError(f"the output {name!r} has the shape {said(shape)[:60]}", "")
    if shape[0] != rows:
        raise UnusableError(f"the output {name!r} has {shape[0]} rows, {rows} were asked", "")
    data = item.get("data")
    if not isinstance(data, list):
        raise UnusableError(f"the output {name!r} has no data", "")
    flat = _flat(data, name)
    if len(flat) != math.prod(shape):
        raise UnusableError(
            f"the output {name!r} has {len(flat):,} values, its shape {shape} needs {math.prod(shape):,}", ""
        )
    return _typed(name, kind, flat).reshape(shape)


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**31


def _flat(data: list[Any], name: str) -> list[Any]:
    """Return nested or flat data as one list."""
    for _ in range(_MOST_DIMENSIONS):
        if not any(isinstance(item, list) for item in data):
            return data
        if not all(isinstance(item, list) for item in data):
            raise UnusableError(f"the data of the output {name!r} mix values and lists", "")
        data = [item for part in data for item in part]
    raise UnusableError(f"the data of the output {name!r} nest too deep", "")


def _typed(name: str, kind: str, flat: list[Any]) -> NDArray[np.generic]:
    wanted: tuple[type, ...] = (str,) if kind == "BYTES" else (bool,) if kind == "BOOL" else (int,)
    wanted = (int, float) if kind.startswith("FP") else wanted
    wrong = next((item for item in flat if type(item) not in wanted), None)
    if wrong is not None or any(item is None for item in flat):
        raise UnusableError(f"the output {name!r} of type {kind} holds {said(repr(wrong))[:60]}", "")
    if kind == "BYTES":
        return np.array(flat, dtype=object)
    try:
        with np.errstate(over="raise"):
            found: NDArray[np.generic] = np.array(flat, dtype=np.float64 if kind.startswith("FP") else object).astype(
                TYPES[kind]
            )
    except (OverflowError, FloatingPointError, ValueError) as error:
        raise UnusableError(f"a value of the output {name!r} does not fit {kind}", "") from error
    return found
