"""Frozen dataclasses to JSON values and back, and JSON values to canonical bytes."""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypeVar

import rfc8785
from pydantic import TypeAdapter, ValidationError

from governance.errors import RefusedInputError

T = TypeVar("T")
JsonValue = Any
"""A value that JSON can hold: None, bool, int, float (finite), str, list, dict with string keys."""


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def encode(value: Any, kind: Any = None) -> JsonValue:
    """Return the JSON value of a dataclass instance (of the type `kind` when that is a union)."""
    return _adapter(kind or type(value)).dump_python(value, mode="json")


def decode(kind: type[T], value: JsonValue) -> T:
    """Return the instance of `kind` that the JSON `value` describes.

    Raises:
        RefusedInputError: the value does not have the fields of `kind`.
    """
    try:
        return _adapter(kind).validate_python(value)  # type: ignore[no-any-return]
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RefusedInputError(
            f"Field {where!r} of {getattr(kind, '__name__', kind)}: {first['msg']}.",
            "Compare it with the documented fields.",
        ) from error


def canonical(value: JsonValue) -> bytes:
    """Return the RFC 8785 bytes of a JSON value.

    Raises:
        RefusedInputError: a float that is not finite, an integer beyond 2**53, or a value JSON cannot hold.
    """
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise RefusedInputError(f"The value cannot be written as canonical JSON: {error}.") from error


def parse(text: bytes) -> JsonValue:
    """Return the JSON value of `text`, refusing duplicate keys and non-finite numbers."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            raise RefusedInputError("A JSON object names the same key twice.", "Keep one of them.")
        return found

    def constant(name: str) -> None:
        raise RefusedInputError(f"The JSON text holds {name}.", "Write null with a reason instead.")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedInputError(f"This is not JSON: {error}.") from error


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in lowercase hexadecimal."""
    return hashlib.sha256(data).hexdigest()
