"""A small language that names one number inside a finding.

    disparities[metric=demographic_parity,attribute=sex].ratio
    groups[group.sex=Female].metrics[metric=accuracy].low
    min(groups[*].metrics[metric=accuracy].value)
    importance."payer.code"

A path is names joined by dots; a name with other characters stands in double quotes. `[field=value, ...]` keeps the items of a list
whose fields have these values (a field may be a path of names), `[3]` takes one item, `[*]` all of them. `min(...)`, `max(...)` and
`count(...)` make one number of several; without them a path must lead to exactly one place. A path that goes on inside something that
was not assessed is not assessed as a whole: what nobody could look at has no items to count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from governance.evidence import JsonValue, NotAssessed, RefusedInputError

AGGREGATES: Final = ("min", "max", "count")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_STEP = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z0-9_-]*))((?:\[[^\[\]]*\])*)(\.|$)')
_SELECTOR = re.compile(r"\[([^\[\]]*)\]")
_CALL = re.compile(r"(min|max|count)\((.*)\)")


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path and the selectors behind it."""

    name: str
    selectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A path that has been read."""

    text: str
    aggregate: str
    """"min", "max", "count", or "" for a path that leads to one place."""
    steps: tuple[Step, ...]


def read_path(text: str) -> Path:
    """Return the path that `text` writes.

    Raises:
        RefusedInputError: the text is not a path; the message shows where it stops making sense.
    """
    call = _CALL.fullmatch(text.strip())
    inner = call[2].strip() if call else text.strip()
    steps, at = [], 0
    while at < len(inner):
        found = _STEP.match(inner, at)
        if found is None or (found[4] == "." and found.end() == len(inner)):
            break
        name = re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2]
        selectors = tuple(item.strip() for item in _SELECTOR.findall(found[3]))
        steps.append(Step(name, tuple(_checked(item, text) for item in selectors)))
        at = found.end()
    if not steps or at < len(inner):
        raise RefusedInputError(
            f"The path {text!r} cannot be read from {inner[at : at + 20]!r} on.",
            "Write it like disparities[metric=demographic_parity,attribute=sex].ratio.",
        )
    return Path(text, call[1] if call else "", tuple(steps))


def decimal_of(text: str) -> Decimal | None:
    """Return the number that `text` writes as docs/record-format.md says, None for another text ("NaN", "1_000")."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _checked(selector: str, text: str) -> str:
    parts = [part for part in selector.split(",") if "=" not in part or not part.split("=", 1)[0].strip()]
    if selector != "*" and not re.fullmatch(r"0|[1-9][0-9]{0,8}", selector) and parts:
        raise RefusedInputError(
            f"The path {text!r} has the selector [{selector}].", "Use [field=value], [number] or [*]."
        )
    return selector


def look_up(path: Path, result: JsonValue) -> str | NotAssessed:
    """Return the one value at `path` as text, or why there is none; an object is read at its field "value"."""
    found = [result]
    for step in path.steps:
        found = [item for node in found for item in _stepped(node, step)]
        inside = next((item for item in found if isinstance(item, NotAssessed)), None)
        if inside is not None:
            return inside
    if path.aggregate == "count":
        return str(len(found))
    values: list[str] = []
    for node in found:
        value = scalar(node)
        if isinstance(value, NotAssessed):
            return value
        values.append(value)
    if not values:
        return NotAssessed(f"The evidence has nothing at {path.text}.")
    if path.aggregate:
        return _extreme(path.aggregate, values)
    return values[0] if len(values) == 1 else NotAssessed(f"{path.text} leads to {len(values)} places, not to one.")


def holders(path: Path, result: JsonValue) -> tuple[Mapping[str, Any], ...]:
    """Return the objects whose last name a path reads: they say what else is known of its values, such as for whom they hold."""
    found = [result]
    for step in path.steps[:-1]:
        found = [item for node in found for item in _stepped(node, step)]
    return tuple(item for item in found if isinstance(item, Mapping) and path.steps[-1].name in item)


def _extreme(aggregate: str, values: Sequence[str]) -> str | NotAssessed:
    numbers = [(number, text) for text in values if (number := decimal_of(text)) is not None]
    if len(numbers) < len(values):
        other = next(text for text in values if decimal_of(text) is None)
        return NotAssessed(f"{aggregate} needs numbers, found {other[:40]!r}.")
    return (min if aggregate == "min" else max)(numbers, key=lambda pair: pair[0])[1]


def scalar(node: JsonValue) -> str | NotAssessed:
    """Return a JSON value as text, or the reason beside it why there is none."""
    if isinstance(node, Mapping):
        if _open(node) or node.get("value", ...) is None:
            return _why(node)
        node = node.get("value", node)
    if node is None:
        return NotAssessed("The evidence has no value here.")
    if isinstance(node, Mapping | list | tuple):
        return NotAssessed("The path leads to a table, not to one value.")
    return text_of(node)


def text_of(value: Any) -> str:
    """Return a JSON scalar the way limits are written: numbers in full, true and false in lowercase."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else str(value)


def _stepped(node: JsonValue, step: Step) -> list[JsonValue | NotAssessed]:
    """Return what one name and its selectors lead to; NotAssessed where they go on inside something that was not assessed."""
    if not isinstance(node, Mapping):
        return []
    if step.name not in node:
        return [_why(node)] if _open(node) else []
    there: JsonValue = node[step.name]
    if there is None and node.get("reason"):
        there = NOT_ASSESSED | {"reason": node["reason"]}
    found: list[JsonValue | NotAssessed] = [there]
    for selector in step.selectors:
        closed = next((items for items in found if _open(items)), None)
        if closed is not None:
            return [_why(closed)]
        found = [item for items in found for item in _selected(items, selector)]
    return found


def _open(node: object) -> bool:
    """Say whether a finding leaves something open: nothing below it was looked at."""
    return isinstance(node, Mapping) and node.get("outcome") == "not_assessed"


def _why(node: object) -> NotAssessed:
    reason = node.get("reason") if isinstance(node, Mapping) else ""
    return NotAssessed(str(reason or "The evidence says that it cannot be judged."))


NOT_ASSESSED: Final[dict[str, str]] = {"outcome": "not_assessed"}


def _selected(items: object, selector: str) -> list[JsonValue]:
    if not isinstance(items, list | tuple):
        return []
    if selector == "*":
        return list(items)
    if selector.isdecimal():
        return [items[int(selector)]] if int(selector) < len(items) else []
    wanted = [part.split("=", 1) for part in selector.split(",")]
    return [item for item in items if all(_field(item, name.strip()) == value.strip() for name, value in wanted)]


def _field(item: JsonValue, name: str) -> str | None:
    for part in name.split("."):
        if not isinstance(item, Mapping) or part not in item:
            return None
        item = item[part]
    return None if isinstance(item, Mapping | list | tuple) else text_of(item)
