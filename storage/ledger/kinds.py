"""How a row of the table of events is read: kinds of fields, their JSON schema, and a check that is made once.

A kind is the name of an atom or an object, a choice `a|b`, or `=1` for exactly that number. `x?` is x or null, `x*` a list of x,
`x+` a list of at least one x and none twice, `x%` an object from ids to x with at least one; `(a|b)*` a list of choices.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeAlias

from storage.ledger.canonical import JsonValue, canonical

Judge: TypeAlias = Callable[[JsonValue], None]
"""Raises Misfit unless a value is of a kind."""

_PLAIN: Final = "[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]"
PATTERNS: Final[Mapping[str, tuple[str, str]]] = {
    "id": ("[a-z0-9-]{1,64}", "lowercase letters, digits and hyphens, 1 to 64"),
    "id0": ("[a-z0-9-]{0,64}", "an id, or an empty text for nobody"),
    "digest": ("[0-9a-f]{64}", "SHA-256, 64 lowercase hexadecimal digits"),
    "time": (
        "2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z",
        "RFC 3339 in UTC with whole seconds and `Z`, a day of the calendar from the year 2000 on",
    ),
    "word": (_PLAIN + "{1,200}", "1 to 200 characters, no control and no bidirectional ones"),
    "line": (_PLAIN + "{0,400}", "at most 400 characters, no control and no bidirectional ones"),
    "name": ("[ -~]{1,200}", "1 to 200 printable characters of ASCII"),
    "free": ("[\\s\\S]{0,4000}", "at most 4,000 characters"),
    "base64": (
        "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/]{4})",
        "standard base64, padded, in the one form of its bytes",
    ),
    "ratio": ("[1-9][0-9]{0,3}/[1-9][0-9]{0,3}", "a reduced fraction in (0, 1], as `2/3`"),
}
"""Atoms that are texts: pattern of the whole, and what it means."""
OTHERS: Final[Mapping[str, str]] = {
    "count": "a whole number from 0, below 2^53",
    "positive": "a whole number from 1, below 2^53",
    "flag": "`true` or `false`",
    "facts": "an object from names (1 to 200 printable characters of ASCII) to texts of at most 4,000 characters",
}
"""Atoms that are no texts, and what they mean."""
_LIMIT: Final = 2**53


class Misfit(Exception):  # noqa: N818 - a finding about a value, told on by whoever asked
    """A value is not of its kind."""

    def __init__(self, got: object, wanted: str, place: str = "") -> None:
        super().__init__(place, wanted)
        self.got, self.wanted, self.place = got, wanted, place

    def under(self, name: str) -> Misfit:
        """Return the same, seen from one level further out."""
        return Misfit(self.got, self.wanted, f"{name}.{self.place}".rstrip("."))


@functools.lru_cache(maxsize=4096)
def is_day(text: str) -> bool:
    """Say whether `YYYY-MM-DD` is a day of the calendar."""
    try:
        date(int(text[:4]), int(text[5:7]), int(text[8:10]))
    except ValueError:
        return False
    return True


def _is_reduced(text: str) -> bool:
    above, below = (int(part) for part in text.split("/"))
    return above <= below and math.gcd(above, below) == 1


def _must(holds: Callable[[JsonValue], object], wanted: str) -> Judge:
    def judge(value: JsonValue) -> None:
        if not holds(value):
            raise Misfit(value, wanted)

    return judge


def _text(name: str) -> Judge:
    pattern, wanted = PATTERNS[name]
    fits = re.compile(pattern).fullmatch
    more: Callable[[str], bool] = {"time": lambda text: is_day(text[:10]), "ratio": _is_reduced}.get(
        name, lambda _: True
    )
    return _must(lambda value: type(value) is str and fits(value) and more(value), wanted)


def _atom(kind: str) -> Judge:
    if kind in PATTERNS:
        return _text(kind)
    if kind in ("count", "positive"):
        least = int(kind == "positive")
        return _must(lambda value: type(value) is int and least <= value < _LIMIT, OTHERS[kind])
    if kind == "flag":
        return _must(lambda value: type(value) is bool, OTHERS[kind])
    if kind == "facts":
        return _facts()
    if kind.startswith("="):
        return _must(lambda value: type(value) is int and value == int(kind[1:]), f"the number {kind[1:]}")
    choices = frozenset(kind.split("|"))
    return _must(lambda value: type(value) is str and value in choices, f"one of {', '.join(kind.split('|'))}")


def _facts() -> Judge:
    name, fact = _text("name"), _text("free")

    def judge(value: JsonValue) -> None:
        if type(value) is not dict:
            raise Misfit(value, OTHERS["facts"])
        for key, item in value.items():
            name(key)
            fact(item)

    return judge


def _listed(inner: Judge, *, some: bool) -> Judge:
    def judge(value: JsonValue) -> None:
        if type(value) is not list or (some and not value):
            raise Misfit(value, "a list with at least one item" if some else "a list")
        seen: set[str | bytes] = set()
        for place, item in enumerate(value):
            _inside(inner, str(place), item)
            if some:
                known = item if isinstance(item, str) else canonical(item)
                if known in seen:
                    raise Misfit(item, "a list that names nothing twice", str(place))
                seen.add(known)

    return judge


def _mapped(inner: Judge) -> Judge:
    name = _text("id")

    def judge(value: JsonValue) -> None:
        if type(value) is not dict or not value:
            raise Misfit(value, "an object with at least one field")
        for key, item in value.items():
            name(key)
            _inside(inner, key, item)

    return judge


def _inside(judge: Judge, name: str, value: JsonValue) -> None:
    try:
        judge(value)
    except Misfit as error:
        raise error.under(name) from None


def _kind(kind: str, objects: Mapping[str, Mapping[str, str]]) -> Judge:
    if kind.endswith("?"):
        inner = _kind(kind[:-1], objects)
        return lambda value: None if value is None else inner(value)
    if kind.endswith(("*", "+")):
        return _listed(_kind(kind[:-1].strip("()"), objects), some=kind.endswith("+"))
    if kind.endswith("%"):
        return _mapped(_kind(kind[:-1], objects))
    return judge_of(objects[kind], objects) if kind in objects else _atom(kind)


def judge_of(row: Mapping[str, str], objects: Mapping[str, Mapping[str, str]]) -> Judge:
    """Return the check of objects that have exactly the fields of a row."""
    fields = {name: _kind(kind, objects) for name, kind in row.items()}

    def judge(value: JsonValue) -> None:
        if type(value) is not dict:
            raise Misfit(value, "an object with fields")
        for name in value.keys() ^ fields.keys():
            raise Misfit(value.get(name, "nothing"), "no such field here" if name in value else "a value", str(name))
        for name, field in fields.items():
            _inside(field, name, value[name])

    return judge


def schema_of(kind: str, objects: Mapping[str, Mapping[str, str]]) -> JsonValue:
    """Return the JSON schema (2020-12) of a kind; objects are named under `#/$defs/`.

    What a pattern cannot say (days of the calendar, reduced fractions) the page says in words.
    """
    if kind.endswith("?"):
        return {"anyOf": [schema_of(kind[:-1], objects), {"type": "null"}]}
    if kind.endswith(("*", "+")):
        some = {"minItems": 1, "uniqueItems": True} if kind.endswith("+") else {}
        return {"type": "array", "items": schema_of(kind[:-1].strip("()"), objects), **some}
    if kind.endswith("%"):
        names = {"pattern": f"^{PATTERNS['id'][0]}$"}
        inner = schema_of(kind[:-1], objects)
        return {"type": "object", "minProperties": 1, "propertyNames": names, "additionalProperties": inner}
    return {"$ref": f"#/$defs/{kind}"} if kind in objects else _atom_schema(kind)


def _atom_schema(kind: str) -> JsonValue:
    if kind in PATTERNS:
        return {"type": "string", "pattern": f"^{PATTERNS[kind][0]}$"}
    if kind in ("count", "positive"):
        return {"type": "integer", "minimum": int(kind == "positive"), "exclusiveMaximum": _LIMIT}
    if kind == "facts":
        return {"type": "object", "propertyNames": _atom_schema("name"), "additionalProperties": _atom_schema("free")}
    if kind.startswith("="):
        return {"const": int(kind[1:])}
    return {"type": "boolean"} if kind == "flag" else {"enum": kind.split("|")}


def object_schema(row: Mapping[str, str], objects: Mapping[str, Mapping[str, str]]) -> JsonValue:
    """Return the JSON schema of objects that have exactly the fields of a row."""
    fields = {name: schema_of(kind, objects) for name, kind in row.items()}
    return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}
