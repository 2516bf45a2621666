"""Canonical JSON bytes (RFC 8785) and a reader that refuses what two readers could understand differently."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

import rfc8785

from storage.errors import RefusedInputError

JsonValue = Any
"""None, bool, int, float, str, list or tuple, dict with string keys."""


def _odd_number(text: str) -> None:
    raise RefusedInputError(f"{text} is a floating-point number.")


def _exact(text: str) -> int:
    found = int(text)
    if not -(2**53) < found < 2**53:
        raise RefusedInputError(f"{text} is an integer of 2**53 or more.")
    return found


_PLAIN_READER = json.JSONDecoder(parse_float=_odd_number, parse_constant=_odd_number, parse_int=_exact)
_PLAIN_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def canonical(value: JsonValue) -> bytes:
    """Return the RFC 8785 bytes of a JSON value.

    Plain values are written here, in half of the time that the library takes; whatever is unusual, and every refusal, is the library's.

    Raises:
        RefusedInputError: a number that is not finite, an integer of 2**53 or more, a lone surrogate, a key that is not a
            string, or a value JSON cannot hold.
    """
    parts: list[str] = []
    try:
        _write(value, parts.append)
        return "".join(parts).encode()
    except (ValueError, RecursionError) as error:
        raise RefusedInputError(f"The value cannot be written as canonical JSON: {error}.") from error


def _write(value: JsonValue, put: Callable[[str], object]) -> None:
    """Write a value in parts; keys in the order of UTF-16 (RFC 8785, 3.2.3), which for ASCII is Python's own."""
    kind = type(value)
    if kind is dict:
        _write_object(value, put)
    elif kind is list or kind is tuple:
        put("[")
        for at, item in enumerate(value):
            if at:
                put(",")
            _write(item, put)
        put("]")
    else:
        put(_SCALARS.get(kind, _by_library)(value))


def _write_object(value: dict[str, JsonValue], put: Callable[[str], object]) -> None:
    if all(type(key) is str and key.isascii() for key in value):
        put("{")
        comma = ""
        for key in sorted(value):
            put(f"{comma}{_quoted(key)}:")
            _write(value[key], put)
            comma = ","
        put("}")
    else:
        put(_by_library(value))


def _number(value: float) -> str:
    """Return a number as ECMAScript writes it (RFC 8785, 3.2.2.3): the shortest digits, which are Python's, and no ".0"."""
    text = float.__repr__(value)
    if "e" in text or "n" in text:  # the languages begin exponents elsewhere; nan and inf are refused
        return _by_library(value)
    if text.endswith(".0"):
        return text[:-2] if value else "0"
    return text


def _integer(value: int) -> str:
    return int.__repr__(value) if -(2**53) < value < 2**53 else _by_library(value)


def _by_library(value: JsonValue) -> str:
    return rfc8785.dumps(value).decode()


_quoted = json.encoder.encode_basestring
_SCALARS: Final[dict[type, Callable[[Any], str]]] = {
    str: _quoted,
    float: _number,
    int: _integer,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}


def refuse_floats(value: JsonValue, where: str = "body") -> None:
    """Refuse numbers that two readers could understand differently: floats, and integers of 2**53 or more.

    A record holds numbers that matter as strings.

    Raises:
        RefusedInputError: naming the place of the first one.
    """
    if isinstance(value, float):
        raise RefusedInputError(f"{where} holds the floating-point number {value!r}.", "Write it as a string.")
    if isinstance(value, int) and not -(2**53) < value < 2**53:
        raise RefusedInputError(f"{where} holds the integer {value}, beyond 2**53.", "Write it as a string.")
    if isinstance(value, dict):
        for key, item in value.items():
            refuse_floats(item, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            refuse_floats(item, f"{where}[{position}]")


def _pairs(items: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(items)
    if len(found) != len(items):
        raise RefusedInputError("A JSON object names the same key twice.", "A record has one value for a key.")
    return found


def _constant(name: str) -> None:
    raise RefusedInputError(f"The JSON text holds {name}.", "RFC 8259 has no such number.")


def parse(text: bytes) -> JsonValue:
    """Return the JSON value of UTF-8 `text`.

    Raises:
        RefusedInputError: not UTF-8, not JSON, a key named twice in one object, NaN or Infinity, nesting without end.
    """
    try:
        return json.loads(text.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise RefusedInputError(f"This is not JSON: {error}.") from error


def parse_canonical(text: bytes) -> JsonValue:
    """Return the value of RFC 8785 bytes that hold no floats and no integers of 2**53 or more.

    On ASCII text without such numbers the standard library's writer gives the bytes of RFC 8785, and text that it writes
    back unchanged names no key twice; this is ten times faster than asking each question. Its "no" is not taken for an
    answer: then every question is asked.

    Raises:
        RefusedInputError: not JSON, another spelling of it, a key named twice, or such a number.
    """
    if text.isascii():
        try:
            value = _PLAIN_READER.decode(text.decode("ascii"))
            if _PLAIN_WRITER.encode(value).encode("ascii") == text:
                return value
        except (ValueError, RecursionError, RefusedInputError):
            pass
    value = parse(text)
    refuse_floats(value, "text")
    if canonical(value) != text:
        raise RefusedInputError("The text is not canonical JSON (RFC 8785).")
    return value


def decode_base64(text: str | bytes) -> bytes:
    """Return the bytes of standard base64 with padding, the one text that encodes them.

    Raises:
        RefusedInputError: other characters, wrong padding, or stray bits at the end.
    """
    raw = text.encode() if isinstance(text, str) else text
    try:
        found = base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedInputError(f"This is not base64: {error}.") from error
    if base64.b64encode(found) != raw:
        raise RefusedInputError("This base64 text is not the standard form of its bytes.")
    return found


def encode_base64(data: bytes) -> str:
    """Return `data` in standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in lowercase hexadecimal."""
    return hashlib.sha256(data).hexdigest()
