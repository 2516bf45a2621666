"""What is expected of a table: a list that a person can read, edit, version and hand over."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field, fields
from typing import Any, Final, get_args

from governance.codec import JsonValue, canonical, decode, encode, parse, sha256
from governance.errors import RefusedInputError, unknown_choice
from governance.quality.report import CheckName

KINDS: Final = ("integer", "number", "boolean", "timestamp", "text")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that is expected."""

    check: CheckName
    column: str = ""
    """"" for the whole table."""
    share: float = 0.0
    """The share of rows (0 to 1) that may break it."""
    minimum: float | None = None
    """For `range` the smallest value, for `imbalance` the smallest share of a label."""
    maximum: float | None = None
    """For `range` the largest value; for `leakage` and `order` the strength from which it fails."""
    values: tuple[str, ...] = ()
    """For `values` the allowed ones, as text."""
    reference: float | None = None
    """For `unit_jump` the median of the baseline."""
    text: str = ""
    """For `type` the kind, for `rule` the condition, for `freshness` the moment (ISO 8601), for `foreign` its name."""
    original: str = ""
    """For `foreign` the expectation of the other tool as JSON, kept so that nothing is lost on the way back."""

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise RefusedInputError(f"The share of {self.check} is {self.share}.", "Give a share from 0 to 1.")
        if self.check == "type" and self.text not in KINDS:
            raise unknown_choice("kind of column", self.text, KINDS)


@dataclass(frozen=True, slots=True)
class Expectations:
    """A versioned list of expectations."""

    name: str = "expectations"
    version: int = 1
    """Raised by a person with every change that is put to use."""
    baseline: str = ""
    """SHA-256 of the table that they were proposed from, "" when there was none."""
    expectations: tuple[Expectation, ...] = field(default_factory=tuple)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes."""
        return sha256(canonical(encode(self)))


def _plain(item: Expectation) -> dict[str, Any]:
    """Return the fields that differ from their defaults, for a file that people read."""
    defaults = Expectation(item.check, text="text" if item.check == "type" else "")
    found = {f.name: getattr(item, f.name) for f in fields(Expectation)}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in found.items()
        if (name in {"check", "text"} and value) or value != getattr(defaults, name)
    }


def to_toml(expectations: Expectations) -> str:
    """Return the expectations as TOML, one table each."""
    head = [
        f"name = {_toml(expectations.name)}",
        f"version = {expectations.version}",
        f"baseline = {_toml(expectations.baseline)}",
    ]
    for item in expectations.expectations:
        head += ["", "[[expectations]]", *(f"{name} = {_toml(value)}" for name, value in _plain(item).items())]
    return "\n".join(head) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def from_toml(text: str) -> Expectations:
    """Return the expectations written as TOML.

    Raises:
        RefusedInputError: not TOML, or fields that are not known.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RefusedInputError(f"The expectations are not TOML: {error}.") from error
    return from_json(found)


def to_json(expectations: Expectations) -> JsonValue:
    """Return the expectations as a JSON object."""
    head = {"name": expectations.name, "version": expectations.version, "baseline": expectations.baseline}
    return {**head, "expectations": [_plain(item) for item in expectations.expectations]}


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
        if item.get("check") not in get_args(CheckName):
            raise unknown_choice("check", str(item.get("check")), get_args(CheckName))
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
        from governance.quality.pandera_json import from_schema

        return from_schema(found)
    entries = found.get("expectations") if isinstance(found, dict) else None
    if isinstance(entries, list) and any(map(_is_foreign, entries)):
        from governance.quality.great_expectations import from_suite

        return from_suite(found)
    return from_json(found)


def _is_foreign(item: Any) -> bool:
    return isinstance(item, dict) and bool({"expectation_type", "type"} & set(item)) and "kwargs" in item
