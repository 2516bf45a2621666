"""Reading what is expected from a file, whichever tool wrote it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from governance.evidence import JsonValue, RefusedInputError, decode, parse, toml_fields, unknown_choice
from governance.quality import check_list
from governance.quality.expectation import Expectation, Expectations
from governance.quality.expectations.great_expectations import from_suite
from governance.quality.expectations.pandera_json import from_schema


def from_toml(text: str) -> Expectations:
    """Return the expectations written as TOML.

    Raises:
        RefusedInputError: not TOML, or fields that are not known.
    """
    return from_json(toml_fields(text, "The file of expectations"))


def from_json(value: JsonValue) -> Expectations:
    """Return the expectations from a JSON object.

    Raises:
        RefusedInputError: unknown checks or fields, or values of the wrong type.
    """
    if not isinstance(value, dict):
        raise RefusedInputError("The expectations are not an object.", 'Write {"expectations": [...]}.')
    known = {item.name for item in fields(Expectation)}
    head = ("name", "version", "baseline", "expectations")
    other = sorted(set(value) - set(head))
    if other:
        raise unknown_choice("field of expectations", str(other[0]), head)
    entries = value.get("expectations", [])
    for item in entries if isinstance(entries, list) else []:
        strange = sorted(set(item) - known) if isinstance(item, dict) else ["not an object"]
        if strange:
            raise unknown_choice("field of an expectation", strange[0], tuple(known))
        check_list.named(str(item.get("check")))
    return decode(Expectations, value)


def read(text: str) -> Expectations:
    """Return the expectations of a file: TOML, JSON, a Great Expectations suite, or a pandera schema (`schema.to_json()`).

    Raises:
        RefusedInputError: none of the four.
    """
    if not text.lstrip().startswith("{"):
        return from_toml(text)
    found = parse(text.encode())
    if isinstance(found, dict) and "schema_type" in found:
        return from_schema(found)
    entries = found.get("expectations") if isinstance(found, dict) else None
    if isinstance(entries, list) and any(map(_is_foreign, entries)):
        return from_suite(found)
    return from_json(found)


def _is_foreign(item: Any) -> bool:
    return isinstance(item, dict) and bool({"expectation_type", "type"} & set(item)) and "kwargs" in item
