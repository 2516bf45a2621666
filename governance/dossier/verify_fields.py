"""Whether a value is what the format says: JSON in its one form, base64 in its one form, and the kinds of fields of the table."""

from __future__ import annotations

import hashlib
import json
import math
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

if __package__:
    from governance.dossier.verify_table import BODIES, LINKS, OBJECTS, PREDICATE, TRUST
else:  # beside this file, in an export
    from verify_table import BODIES, LINKS, OBJECTS, PREDICATE, TRUST  # type: ignore[import-not-found,no-redef]

PLAIN = "[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]"
TEXTS = {
    "id": "[a-z0-9-]{1,64}",
    "id0": "[a-z0-9-]{0,64}",
    "digest": "[0-9a-f]{64}",
    "time": "2[0-9]{3}-[01][0-9]-[0-3][0-9]T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z",
    "word": PLAIN + "{1,200}",
    "line": PLAIN + "{0,400}",
    "name": "[ -~]{1,200}",
    "free": "[\\s\\S]{0,4000}",
    "base64": "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/]{4})",
    "ratio": "[1-9][0-9]{0,3}/[1-9][0-9]{0,3}",
}
Fits = Callable[[Any], object]


class Refused(Exception):  # noqa: N818 - the word for what happened
    """The export is not valid; `index` is the first bad entry where one can be named."""

    def __init__(self, why: str, index: int | None = None) -> None:
        super().__init__(why)
        self.index = index


class Newer(Refused):
    """This verifier is too old to say whether it is valid."""


def need(holds: object, why: str, index: int | None = None) -> None:
    """Refuse, naming an entry where one is to blame, unless something holds."""
    if not holds:
        raise Refused(why, index)


def b64(raw: bytes) -> bytes:
    """Return the bytes of base64 text in its one standard form."""
    found = a2b_base64(raw)
    need(b2a_base64(found, newline=False) == raw, "base64 is not in its standard form")
    return found


def once(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object whose keys are all different."""
    found = dict(items)
    need(len(found) == len(items), "a JSON object names a key twice")
    return found


def no(number: str) -> None:
    """Refuse fractions, infinities and NaN."""
    raise Refused(f"JSON holds the number {number}")


def no_number(text: str) -> None:
    """Say that NaN and infinities are no JSON."""
    raise ValueError(f"{text} is no number of JSON")


def exact(number: str) -> int:
    """Return an integer that every reader of JSON holds exactly (RFC 8785, 3.2.2.3)."""
    found = int(number)
    need(abs(found) < 2**53, "JSON holds an integer from 2^53 on")
    return found


PARSE = json.JSONDecoder(parse_float=no, parse_constant=no, parse_int=exact).decode
WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode


def read_json(text: bytes) -> Any:
    """Return a JSON value; doubled keys, fractions and NaN are refused."""
    return json.loads(text.decode(), object_pairs_hook=once, parse_float=no, parse_constant=no)


def read_evidence(data: bytes) -> Any:
    """Return the JSON value of evidence or of a policy, fractions allowed; ValueError for what is none in UTF-8, NaN and infinities too."""
    return json.loads(data.decode(), object_pairs_hook=once, parse_constant=no_number)


def read_file(inside: Any, digest: str, index: int) -> Any:
    """Return the JSON value of a file in `evidence/` on which an entry rests; what cannot be read is told of at that entry."""
    try:
        return read_evidence(inside[f"evidence/{digest}"]())
    except (Refused, ValueError, RecursionError) as error:
        raise Refused(f"evidence/{digest} cannot be read ({type(error).__name__}: {str(error)[:100]})", index) from None


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value without fractions (the format's keys are ASCII)."""
    return WRITE(value).encode()


def read_canonical(text: bytes) -> Any:
    """Return the JSON value of which `text` is the RFC 8785 form: no key twice or out of order, no spaces, no fraction."""
    value = PARSE(text.decode())
    need(canonical(value) == text, "its JSON is not in canonical form: a key twice or out of order, or spaces")
    return value


def sha256(*parts: bytes) -> bytes:
    """Return SHA-256 of the parts one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


@lru_cache(maxsize=4096)
def is_day(text: str) -> bool:
    """Say whether YYYY-MM-DD is a day of the calendar."""
    try:
        date(int(text[:4]), int(text[5:7]), int(text[8:10]))
    except ValueError:
        return False
    return True


def is_reduced(text: str) -> bool:
    """Say whether a/b lies in (0, 1] and cannot be shortened."""
    above, below = map(int, text.split("/"))
    return above <= below and math.gcd(above, below) == 1


def text_of(pattern: str) -> Fits:
    """Return the check of texts that a pattern describes from beginning to end."""
    fits = re.compile(pattern).fullmatch
    return lambda value: type(value) is str and fits(value)


def number_from(least: int) -> Fits:
    """Return the check of whole numbers from `least` on; true and false are none."""
    return lambda value: type(value) is int and least <= value < 2**53


def list_of(fits: Fits, *, some: bool) -> Fits:
    """Return the check of lists; with `some` there is at least one item and none twice."""
    if not some:
        return lambda value: type(value) is list and all(map(fits, value))
    return lambda value: (
        type(value) is list
        and value
        and all(map(fits, value))
        and len({item if type(item) is str else canonical(item) for item in value}) == len(value)
    )


def map_of(name: Fits, fits: Fits, least: int) -> Fits:
    """Return the check of objects whose fields have names and values of one kind."""
    return lambda value: (
        type(value) is dict and len(value) >= least and all(map(name, value)) and all(map(fits, value.values()))
    )


def object_of(row: dict[str, str]) -> Fits:
    """Return the check of objects that have exactly the fields of a row."""
    fields = [(name, kind_of(kind)) for name, kind in row.items()]
    names = row.keys()

    def whole(value: Any) -> bool:
        if type(value) is not dict or value.keys() != names:
            return False
        for name, fits in fields:  # noqa: SIM110 - half the time of all(...), and this runs for every entry
            if not fits(value[name]):
                return False
        return True

    return whole


def kind_of(kind: str) -> Fits:
    """Return the check of one kind as the table writes it."""
    if kind in KINDS:
        return KINDS[kind]
    if kind.endswith("?"):
        inner = kind_of(kind[:-1])
        return lambda value: value is None or inner(value)
    if kind.endswith(("*", "+")):
        return list_of(kind_of(kind[:-1].strip("()")), some=kind.endswith("+"))
    if kind.endswith("%"):
        return map_of(KINDS["id"], kind_of(kind[:-1]), 1)
    if kind in OBJECTS:
        return object_of(OBJECTS[kind])
    words = frozenset(kind.split("|"))
    return lambda value: type(value) is str and value in words


looks_like_time = text_of(TEXTS["time"])
looks_like_ratio = text_of(TEXTS["ratio"])
KINDS: dict[str, Fits] = {name: text_of(pattern) for name, pattern in TEXTS.items()}
KINDS |= {
    "time": lambda value: looks_like_time(value) and is_day(value[:10]),
    "ratio": lambda value: looks_like_ratio(value) and is_reduced(value),
    "count": number_from(0),
    "positive": number_from(1),
    "=1": lambda value: type(value) is int and value == 1,
    "flag": lambda value: type(value) is bool,
    "facts": map_of(text_of(TEXTS["name"]), text_of(TEXTS["free"]), 0),
    "any": lambda value: type(value) is dict,
    "string": lambda value: type(value) is str,
}
index_or_null = kind_of("count?")
KINDS["alerts"] = lambda value: (
    index_or_null(value)
    or (  # one for each model, where a case has several
        type(value) is list and len(value) > 1 and all(map(index_or_null, value))
    )
)
KINDS["links"] = object_of(LINKS)


def compiled(row: dict[str, str]) -> list[tuple[str, Fits]]:
    """Return the checks of a row, made once."""
    return [(name, kind_of(kind)) for name, kind in row.items()]


CHECKS = {kind: compiled(row) for kind, row in BODIES.items()}
OF_PREDICATE = compiled(PREDICATE)
OF_TRUST = compiled(TRUST)


def all_ascii(value: Any) -> bool:
    """Say whether every name in a JSON value is printable ASCII; the one canonical form then has one order of names."""
    if type(value) is dict:
        return all(map(KINDS["name"], value)) and all(map(all_ascii, value.values()))
    return all(map(all_ascii, value)) if type(value) is list else True


def check_fields(value: Any, checks: list[tuple[str, Fits]], row: dict[str, str], what: str, kind: str = "") -> None:
    """Refuse an object that does not have exactly the fields of a row, naming the first field to blame."""
    if type(value) is not dict:
        raise Refused(f"{what}{kind} is no object")
    if value.keys() != row.keys():
        other = sorted(set(map(str, value)) ^ set(row))
        raise Refused(f"{what}{kind} has a field too many or too few: {', '.join(other)[:100]}")
    for name, fits in checks:
        if not fits(value[name]):
            got = json.dumps(value[name])[:80]
            raise Refused(f"the field {name!r} of {what}{kind} is {got}, which is not of the kind {row[name]}")
