"""A pandera schema that was written with `schema.to_json()`, read without the library; nothing in it is run.

Both layouts are read: checks beside the other fields of a column (pandera 0.30 and later) and under `checks` (before). What has no
counterpart here is kept under its name and reported as not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from governance.evidence import JsonValue, RefusedInputError
from governance.quality.expectation import Expectation, Expectations
from governance.quality.expectations.great_expectations import KINDS, text_of

_PLAIN: Final = frozenset({"dtype", "nullable", "unique", "required", "checks", "title", "description", "metadata"})
_OFF: Final = frozenset({"coerce", "regex"})
"""Fields that mean something only when they are true."""
_OPTIONS: Final = frozenset({"options", "check_name", "raise_warning", "ignore_na"})


def is_schema(value: JsonValue) -> bool:
    """Say whether a JSON value looks like a pandera schema of a data frame."""
    return (
        isinstance(value, dict) and value.get("schema_type") == "dataframe" and isinstance(value.get("columns"), dict)
    )


def from_schema(value: JsonValue) -> Expectations:
    """Return the expectations of a schema.

    Raises:
        RefusedInputError: the JSON value is not a pandera schema, or a column of it is no object.
    """
    if not is_schema(value):
        raise RefusedInputError("This is not a pandera schema.", "Write it with schema.to_json().")
    found: list[Expectation] = []
    for name, entry in value["columns"].items():
        if not isinstance(entry, dict):
            raise RefusedInputError(f"Column {name!r} of the schema is no object.", "Write it with schema.to_json().")
        found += _column(str(name), entry)
    whole = {"columns", "schema_type", "api", "version", "title", "description", "metadata", "name", "dtype", "coerce"}
    for name, said in value.items():
        if name not in whole and said not in (None, False, [], {}):
            found.append(_foreign("", str(name), said))
    return Expectations(str(value.get("name") or value.get("title") or "imported schema"), 1, "", tuple(found))


def _column(name: str, entry: Mapping[str, Any]) -> Iterator[Expectation]:
    if entry.get("required", True):
        yield Expectation("column_exists", name)
    if not entry.get("nullable", False):
        yield Expectation("missing", name)
    if entry.get("unique"):
        yield Expectation("unique_key", name)
    kind = str(entry.get("dtype") or "").partition("[")[0].lower()
    known = KINDS.get(str(entry.get("dtype")).lower()) or KINDS.get(kind)
    if known:
        yield Expectation("type", name, text=known)
    elif kind:
        yield _foreign(name, f"dtype {entry['dtype']}", entry["dtype"])
    yield from _checks(name, dict(_stated(entry)))


def _stated(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield (name, value) of each check of a column, wherever the layout has them."""
    for name, said in entry.items():
        if name not in _PLAIN and not (name in _OFF and not said):
            yield name, said
    under = entry.get("checks")
    if isinstance(under, dict):
        yield from under.items()
    for item in under if isinstance(under, list) else ():
        options = item.get("options") if isinstance(item, dict) else None
        label = options.get("check_name") if isinstance(options, dict) else None
        yield (str(label), item) if label else ("check", item)


def _checks(column: str, stated: Mapping[str, Any]) -> Iterator[Expectation]:
    low, high = stated.get("greater_than_or_equal_to"), stated.get("less_than_or_equal_to")
    bounds = {"greater_than_or_equal_to": _bound(low), "less_than_or_equal_to": _bound(high)}
    if any(value is not None for value in bounds.values()):
        yield Expectation("range", column, minimum=_bound(low), maximum=_bound(high))
    for name, said in stated.items():
        if bounds.get(name) is not None:
            continue
        found = _between(column, said) if name == "in_range" else _listed(column, said) if name == "isin" else None
        yield found or _foreign(column, name, said)


def _unwrapped(said: Any, *names: str) -> Any:
    """Return the value of a check whose only other fields are options with their usual meaning."""
    if not isinstance(said, dict):
        return said
    options = {**(said.get("options") or {}), **{name: said[name] for name in _OPTIONS & set(said)}}
    if options.get("raise_warning") or options.get("ignore_na") is False:
        return None
    rest = [name for name in said if name not in _OPTIONS]
    return said[rest[0]] if len(rest) == 1 and rest[0] in names else None


def _bound(said: Any) -> float | None:
    value = _unwrapped(said, "min_value", "max_value", "value")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _between(column: str, said: Any) -> Expectation | None:
    if not isinstance(said, dict) or not (said.get("include_min", True) and said.get("include_max", True)):
        return None
    low, high = _bound(said.get("min_value")), _bound(said.get("max_value"))
    return None if low is None or high is None else Expectation("range", column, minimum=low, maximum=high)


def _listed(column: str, said: Any) -> Expectation | None:
    values = _unwrapped(said, "value", "allowed_values")
    return Expectation("values", column, values=tuple(map(text_of, values))) if isinstance(values, list) else None


def _foreign(column: str, name: str, said: Any) -> Expectation:
    original = json.dumps({"pandera": name, "column": column, "value": said}, sort_keys=True)
    return Expectation("foreign", column, text=f"pandera {name}", original=original)
