"""What is expected of a table: a list that a person can read, edit, version and hand over."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any, Final

from governance.evidence import JsonValue, RefusedInputError, canonical, encode, sha256, unknown_choice

KINDS: Final = ("integer", "number", "boolean", "timestamp", "text")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that is expected."""

    check: str
    """Its id, see `check_list.CHECKS`."""
    column: str = ""
    """"" for the whole table."""
    share: float = 0.0
    """The share of rows (0 to 1) that may break it."""
    minimum: float | None = None
    """For `range` the smallest value; the smallest share for `imbalance`, `value_share` and `column_order`."""
    maximum: float | None = None
    """For `range` the largest value; the largest share for `value_share` and `column_order`; for `leakage` and `order` the strength from
    which it fails."""
    values: tuple[str, ...] = ()
    """For `values` the allowed ones, for `value_share` the one that is counted, as text."""
    reference: float | None = None
    """For `unit_jump` the median of the baseline."""
    text: str = ""
    """For `type` the kind, for `rule` the condition, for `column_order` the other column, for `freshness` the moment (ISO 8601), for
    `foreign` its name."""
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


def to_json(expectations: Expectations) -> JsonValue:
    """Return the expectations as a JSON object."""
    head = {"name": expectations.name, "version": expectations.version, "baseline": expectations.baseline}
    return {**head, "expectations": [_plain(item) for item in expectations.expectations]}
