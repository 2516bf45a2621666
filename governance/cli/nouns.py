"""Options that belong together as one frozen noun: a command takes the noun, the parser sees its options one by one.

A command that reads `def drift(current: CurrentArgument, roles: SchemaOptions, ...)` has every option that the fields of
`SchemaOptions` describe. So each option is written once, and no function lists twenty-six of them.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Final, get_type_hints

from typer.models import ParameterInfo

from governance.cli.output import note_files

LARGEST_WHOLE: Final = 2**53 - 1
"""Largest whole number that canonical JSON holds (RFC 8785), and with it the evidence."""
LARGEST: Final = 1.7976931348623157e308
"""Largest finite double: a bound of it means "any number", and refuses inf and nan."""


def expanded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` with the fields of its noun parameters as parameters of their own, and every number bounded."""
    hints = get_type_hints(function, include_extras=True)
    own = inspect.signature(function).parameters
    nouns: dict[str, Any] = {name: hint for name, hint in hints.items() if name in own and is_dataclass(hint)}
    shown = [item for name, given in own.items() for item in _parameters(given, nouns.get(name), hints.get(name))]

    @functools.wraps(function)
    def command(**given: Any) -> Any:
        note_files(given.values())
        for name, noun in nouns.items():
            given[name] = noun(**{item.name: given.pop(item.name) for item in fields(noun)})
        return function(**given)

    command.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    command.__annotations__ = {item.name: item.annotation for item in shown}
    del command.__wrapped__
    return command


def _parameters(given: inspect.Parameter, noun: Any, hint: Any) -> list[inspect.Parameter]:
    if noun is None:
        return [_one(given.name, hint, given.default)]
    hints = get_type_hints(noun, include_extras=True)
    defaults = [inspect.Parameter.empty if item.default is MISSING else item.default for item in fields(noun)]
    return [_one(item.name, hints[item.name], value) for item, value in zip(fields(noun), defaults, strict=True)]


def _one(name: str, hint: Any, default: Any) -> inspect.Parameter:
    _bound(hint)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)


def _bound(hint: Any) -> None:
    """Give a number without bounds those of what a record can hold."""
    info = next((item for item in getattr(hint, "__metadata__", ()) if isinstance(item, ParameterInfo)), None)
    kinds = set(getattr(hint.__origin__, "__args__", (hint.__origin__,))) if info is not None else set()
    if info is None or not kinds & {int, float}:
        return
    low, high = (0, LARGEST_WHOLE) if int in kinds else (-LARGEST, LARGEST)
    info.min = low if info.min is None else info.min
    info.max = high if info.max is None else info.max


def example(name: str, words: str) -> str:
    """Return the line under a command's help that can be typed."""
    return f"Example: countersign {name} {words}".rstrip()
