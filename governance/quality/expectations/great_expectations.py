"""Great Expectations suites (JSON), read and written without the library, for the common expectation types.

Both spellings are read: the older `expectation_type` and the newer `type`. What has no counterpart here is kept word for word,
is reported as not run under its name, and is written back unchanged.
"""

from __future__ import annotations

import json
from typing import Any, Final

from governance.evidence import JsonValue, RefusedInputError
from governance.quality.expectation import Expectation, Expectations

KINDS: Final = {
    "int": "integer", "integer": "integer", "int64": "integer", "int32": "integer", "bigint": "integer",
    "float": "number", "float64": "number", "double": "number", "float32": "number", "number": "number",
    "str": "text", "string": "text", "object": "text", "text": "text", "varchar": "text",
    "bool": "boolean", "boolean": "boolean", "datetime64[ns]": "timestamp", "timestamp": "timestamp", "datetime64": "timestamp",
}  # fmt: skip
"""Their name of a type, in small letters -> our kind of column."""
_TYPE_NAMES: Final = {
    "integer": "int64", "number": "float64", "text": "str", "boolean": "bool", "timestamp": "datetime64[ns]",
}  # fmt: skip
NAMES: Final = {
    "column_exists": "expect_column_to_exist",
    "missing": "expect_column_values_to_not_be_null",
    "type": "expect_column_values_to_be_of_type",
    "range": "expect_column_values_to_be_between",
    "values": "expect_column_values_to_be_in_set",
    "unique_key": "expect_column_values_to_be_unique",
}
"""Our check -> their expectation type."""


def from_suite(suite: JsonValue) -> Expectations:
    """Return the expectations of a suite.

    Raises:
        RefusedInputError: the JSON value is not a suite.
    """
    if not isinstance(suite, dict) or not isinstance(suite.get("expectations"), list):
        raise RefusedInputError("This is not a Great Expectations suite.", 'It needs a list under "expectations".')
    name = suite.get("name") or suite.get("expectation_suite_name") or "imported suite"
    return Expectations(str(name), 1, "", tuple(_read(item) for item in suite["expectations"]))


def _read(item: Any) -> Expectation:
    if not isinstance(item, dict) or not isinstance(item.get("kwargs", {}), dict):
        raise RefusedInputError("An entry of the suite is not an object with kwargs.", "Export the suite again.")
    kind = str(item.get("expectation_type") or item.get("type") or "")
    kwargs = item.get("kwargs", {})
    found = _counterpart(kind, kwargs)
    return found or Expectation(
        "foreign", str(kwargs.get("column", "")), text=kind, original=json.dumps(item, sort_keys=True)
    )


def _counterpart(kind: str, kwargs: dict[str, Any]) -> Expectation | None:  # noqa: PLR0911 - one line per expectation type
    """Return our expectation for theirs, None when there is none or when it has conditions that we do not know."""
    known = {"column", "mostly", "min_value", "max_value", "value_set", "type_", "column_index"}
    if set(kwargs) - known or not isinstance(kwargs.get("column"), str) or kwargs.get("column_index") is not None:
        return None
    column, mostly = kwargs["column"], kwargs.get("mostly", 1.0)
    if not isinstance(mostly, int | float) or not 0 <= mostly <= 1:
        return None
    share = round(1.0 - float(mostly), 12)
    check = next((ours for ours, theirs in NAMES.items() if theirs == kind), None)
    match check:
        case "column_exists":
            return Expectation("column_exists", column)
        case "missing":
            return Expectation("missing", column, share=share)
        case "unique_key":
            return Expectation("unique_key", column, share=share)
        case "range":
            return _range(column, share, kwargs.get("min_value"), kwargs.get("max_value"))
        case "values" if isinstance(kwargs.get("value_set"), list):
            return Expectation("values", column, share=share, values=tuple(map(text_of, kwargs["value_set"])))
        case "type" if str(kwargs.get("type_", "")).lower() in KINDS and share == 0:
            return Expectation("type", column, text=KINDS[str(kwargs["type_"]).lower()])
    return None


def _range(column: str, share: float, low: Any, high: Any) -> Expectation | None:
    for bound in (low, high):
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int | float)):
            return None
    if low is None and high is None:
        return None
    return Expectation(
        "range",
        column,
        share=share,
        minimum=None if low is None else float(low),
        maximum=None if high is None else float(high),
    )


def text_of(value: Any) -> str:
    """Return a value of a list as the text that cells are compared by; numbers without trailing zeros."""
    if isinstance(value, bool):
        return str(value)
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)


def to_suite(expectations: Expectations) -> tuple[JsonValue, tuple[Expectation, ...]]:
    """Return the suite as a JSON object, and the expectations that it cannot express."""
    written, left = [], []
    for item in expectations.expectations:
        if item.check == "foreign" and "kwargs" in json.loads(item.original):
            written.append(json.loads(item.original))
        elif item.check in NAMES:
            written.append({"type": NAMES[item.check], "kwargs": _kwargs(item), "meta": {}})
        else:
            left.append(item)
    return {"name": expectations.name, "expectations": written, "meta": {"version": expectations.version}}, tuple(left)


def _kwargs(item: Expectation) -> dict[str, Any]:
    found: dict[str, Any] = {"column": item.column}
    if item.share and item.check != "column_exists":
        found["mostly"] = round(1.0 - item.share, 12)
    if item.check == "range":
        found |= {"min_value": item.minimum, "max_value": item.maximum}
    if item.check == "values":
        found["value_set"] = list(item.values)
    if item.check == "type":
        found["type_"] = _TYPE_NAMES[item.text]
    return found
