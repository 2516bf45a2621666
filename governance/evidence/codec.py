"""Frozen dataclasses to JSON values and back, and JSON values to canonical bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from governance.evidence.errors import RefusedInputError
from storage.ledger.canonical import JsonValue, canonical, parse, sha256

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["JsonValue", "canonical", "decode", "encode", "parse", "sha256"]

_SHOWN: Final = 60
"""Characters of a wrong text that a message repeats."""
T = TypeVar("T")


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
        raise _refused(getattr(kind, "__name__", str(kind)), error.errors()[0]) from error


_EXPECTED: Final[Mapping[str, tuple[str, str]]] = {
    "string": ("a text", 'Write it in quotes, for example "age".'),
    "tuple": ("a list", 'Write it in brackets, also when it has one item, for example ["age"].'),
    "list": ("a list", 'Write it in brackets, also when it has one item, for example ["age"].'),
    "float": ("a number", "Write it without quotes and with a point, for example 0.5."),
    "int": ("a whole number", "Write it without quotes, for example 3."),
    "bool": ("yes or no", "Write true or false, without quotes."),
    "dict": ("fields with values", "Write name = value for each of them."),
    "mapping": ("fields with values", "Write name = value for each of them."),
    "dataclass": ("fields with values", "Write name = value for each of them."),
}
"""First word of a type error of pydantic -> (what was expected, how to write it)."""


_LIMITS: Final[Mapping[str, str]] = {
    "string_too_short": "Fill it in.",
    "string_too_long": "Shorten it.",
    "string_pattern_mismatch": "Use only the characters that the pattern allows.",
}
"""Error of pydantic about a text of the right type -> what to do."""


def _refused(kind: str, error: ErrorDetails) -> RefusedInputError:
    """Return what was expected, what was found, and what to do about one field."""
    where, sort = ".".join(str(part) for part in error["loc"]), error["type"]
    if sort == "missing":
        return RefusedInputError(f"The field {where!r} of {kind} is missing.", "Add it.")
    expected, advice = _EXPECTED.get(sort.partition("_")[0], ("", "Compare it with the documented fields."))
    advice = _LIMITS.get(sort, advice)
    if sort == "literal_error":
        expected, advice = f"one of {error['ctx']['expected']}", "Write one of them, in quotes."
    if not expected or not sort.endswith(("_type", "_parsing", "literal_error")):
        message = error["msg"].removesuffix(".")
        return RefusedInputError(f"The field {where!r} of {kind} has {_got(error['input'])}: {message}.", advice)
    return RefusedInputError(f"The field {where!r} of {kind} has {_got(error['input'])}, expected {expected}.", advice)


def _got(value: Any) -> str:
    """Return a value as a person names it: the text 'sex', the number 3, a list, nothing."""
    if isinstance(value, bool) or value is None:
        return "nothing" if value is None else f"the value {str(value).lower()}"
    if isinstance(value, str):
        return f"the text {value if len(value) <= _SHOWN else value[:_SHOWN] + '…'!r}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, Mapping):
        return "fields with values"
    return "a list" if isinstance(value, list | tuple) else "something else"
