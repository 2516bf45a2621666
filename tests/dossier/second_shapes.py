"""What a second verifier reads out of `docs/record-format.md` itself: kinds, objects and bodies. Written from that page alone."""

import base64
import binascii
import json
import re
from datetime import datetime
from hashlib import sha256
from math import gcd
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "record-format.md"
WHOLE_BELOW = 2**53


class Bad(Exception):  # noqa: N818 - a verdict
    """The record breaks the page."""


class Newer(Exception):  # noqa: N818 - a verdict
    """The record names something that the page does not know, under a signature that holds."""


def need(right: object, why: str) -> None:
    """Refuse when something that the page asks for is not so."""
    if not right:
        raise Bad(why)


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """RFC 8785 of a JSON value without fractions."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return b"{" + b",".join(canonical(name) + b":" + canonical(value[name]) for name in names) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    return json.dumps(value, ensure_ascii=False).encode()


def parse(data: bytes) -> Any:
    """A JSON value that stands in its RFC 8785 form."""
    value = loads(data)
    try:
        need(canonical(value) == data, "not in the RFC 8785 form")
    except UnicodeEncodeError as error:
        raise Bad("a lone surrogate") from error
    return value


def loads(data: bytes) -> Any:
    """A JSON value without fractions, doubled names and large numbers."""
    try:
        return json.loads(
            data.decode(), object_pairs_hook=_object, parse_float=_fraction, parse_int=_whole, parse_constant=_fraction
        )
    except (ValueError, RecursionError) as error:
        raise Bad(f"not JSON: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need(len(dict(pairs)) == len(pairs), "a name stands twice")
    return dict(pairs)


def _fraction(text: str) -> Any:
    raise Bad(f"a number with a fraction: {text[:40]}")


def _whole(text: str) -> int:
    need(len(text) < 18 and abs(int(text)) < WHOLE_BELOW, f"a large number: {text[:40]}")
    return int(text)


def unbase64(text: Any) -> bytes:
    """The bytes of standard padded base64 in its one form."""
    need(isinstance(text, str), "base64 is no text")
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise Bad("not base64") from error
    need(base64.b64encode(data).decode() == text, "base64 in another form")
    return data


def _rows(head: str) -> list[list[str]]:
    lines = PAGE.read_text("utf-8").splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(head))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def _fields(text: str) -> dict[str, str]:
    return dict(pair.split(": ", 1) for pair in re.findall(r"`([^`]+)`", text))


PATTERNS = {
    name.strip("`"): re.compile(words.rsplit("`", 2)[1])
    for name, words in _rows("| kind |")
    if words.endswith("`") and "; `" in words
}
OBJECTS = {name.strip("`"): _fields(words) for name, words in _rows("| object |")}
SIGNERS = {name.strip("`"): signer for name, signer, _ in _rows("| type | signer |")}
BODIES = {name.strip("`"): _fields(words) for name, _, words in _rows("| type | signer |")}
MEANINGS = {name.strip("`"): words for name, words in _rows("| vote | `meaning`")}


def fields(value: Any, wanted: dict[str, str], where: str) -> None:
    """Hold an object against the fields of a row."""
    need(isinstance(value, dict) and value.keys() == wanted.keys(), f"{where}: other fields than {sorted(wanted)}")
    for name, kind in wanted.items():
        check(value[name], kind, f"{where}.{name}")


def check(value: Any, kind: str, where: str) -> None:
    """Hold a value against a kind of the page."""
    mark, inner = kind[-1], kind[:-1].removeprefix("(").removesuffix(")")
    if mark == "?":
        if value is not None:
            check(value, inner, where)
    elif mark in "*+":
        need(isinstance(value, list) and (mark == "*" or value), f"{where}: no list, or empty")
        for item in value:
            check(item, inner, where)
        need(mark == "*" or len({canonical(item) for item in value}) == len(value), f"{where}: something stands twice")
    elif mark == "%":
        need(isinstance(value, dict) and value, f"{where}: no object, or empty")
        for name, item in value.items():
            check(name, "id", where)
            check(item, inner, where)
    else:
        _single(value, kind, where)


def is_a(kind: str, value: Any) -> bool:
    """Whether a value is of a kind of the page."""
    try:
        check(value, kind, "")
    except Bad:
        return False
    return True


def ascii_names(value: Any) -> bool:
    """Whether every name in a value is printable ASCII."""
    if isinstance(value, dict):
        return all(is_a("name", name) for name in value) and all(map(ascii_names, value.values()))
    return all(map(ascii_names, value)) if isinstance(value, list) else True


def _single(value: Any, kind: str, where: str) -> None:
    if kind in OBJECTS:
        fields(value, OBJECTS[kind], where)
    elif kind == "flag":
        need(isinstance(value, bool), f"{where}: neither true nor false")
    elif kind in {"count", "positive"} or kind.startswith("="):
        least = 1 if kind == "positive" else 0
        need(type(value) is int and least <= value < WHOLE_BELOW, f"{where}: no {kind}")
        need(not kind.startswith("=") or value == int(kind[1:]), f"{where}: not {kind}")
    elif kind == "facts":
        need(isinstance(value, dict), f"{where}: no object")
        for name, text in value.items():
            check(name, "name", where)
            check(text, "free", where)
    elif kind in PATTERNS:
        need(isinstance(value, str) and PATTERNS[kind].fullmatch(value), f"{where}: no {kind}")
        _further(value, kind, where)
    else:
        need(value in kind.split("|"), f"{where}: none of {kind}")


def _further(value: str, kind: str, where: str) -> None:
    if kind == "time":
        try:
            datetime.fromisoformat(value)
        except ValueError as error:
            raise Bad(f"{where}: no day of the calendar") from error
    if kind == "ratio":
        above, below = map(int, value.split("/"))
        need(above <= below and gcd(above, below) == 1, f"{where}: not reduced, or above 1")
    if kind == "base64":
        unbase64(value)
