"""The JSON schema of a record, for people who write a verifier: `python -m storage.ledger.schema`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Final

from storage.ledger.canonical import JsonValue
from storage.ledger.envelope import PREDICATE_TYPE, STATEMENT_TYPE
from storage.ledger.events import EVENTS, OBJECTS, SIGNERS
from storage.ledger.kinds import OTHERS, PATTERNS, object_schema, schema_of

_DIGEST: Final = schema_of("digest", {})


def record_schema() -> JsonValue:
    """Return the JSON schema (2020-12) of the statement that each line's payload holds."""
    choices = [
        {
            "properties": {"type": {"const": event}, "body": object_schema(row, OBJECTS)},
            "required": ["type", "body"],
        }
        for event, row in sorted(EVENTS.items())
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A record of a Countersign ledger: the in-toto statement inside one line",
        "type": "object",
        "properties": {
            "_type": {"const": STATEMENT_TYPE},
            "subject": {"type": "array", "minItems": 1, "items": _subject()},
            "predicateType": {"const": PREDICATE_TYPE},
            "predicate": {**_predicate(), "oneOf": choices},
        },
        "required": ["_type", "subject", "predicateType", "predicate"],
        "additionalProperties": False,
        "$defs": {name: object_schema(row, OBJECTS) for name, row in OBJECTS.items()},
    }


def _subject() -> JsonValue:
    digest = {"type": "object", "properties": {"sha256": _DIGEST}, "required": ["sha256"]}
    return {
        "type": "object",
        "properties": {"name": {"type": "string", "minLength": 1}, "digest": digest},
        "required": ["name", "digest"],
        "additionalProperties": False,
    }


def _predicate() -> JsonValue:
    fields = {
        "type": {"enum": sorted(EVENTS)},
        "origin": {"type": "string", "minLength": 1},
        "index": {"type": "integer", "minimum": 0},
        "time": schema_of("time", {}),
        "case": schema_of("id?", {}),
        "actor": schema_of("id", {}),
        "previous": _links(),
        "body": {"type": "object"},
    }
    return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}


def _links() -> JsonValue:
    each = schema_of("count?", {})
    alert = {"anyOf": [each, {"type": "array", "items": each, "minItems": 2}]}
    fields = {"case": each, "house": each, "alert": alert}
    return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}


def page_tables() -> str:
    """Return the tables of docs/record-format.md: kinds, objects and bodies."""
    kinds = [f"| `{name}` | {words}; `{_escaped(pattern)}` |" for name, (pattern, words) in PATTERNS.items()]
    kinds += [f"| `{name}` | {words} |" for name, words in OTHERS.items()]
    objects = [f"| `{name}` | {_fields(row)} |" for name, row in OBJECTS.items()]
    bodies = [f"| `{name}` | {SIGNERS[name]} | {_fields(row)} |" for name, row in EVENTS.items()]
    tables = (
        ["| kind | a value of it |", "|---|---|", *kinds],
        ["| object | its fields |", "|---|---|", *objects],
        ["| type | signer | fields of the body |", "|---|---|---|", *bodies],
    )
    return "\n\n".join("\n".join(table) for table in tables) + "\n"


def _fields(row: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}: {_escaped(kind)}`" for name, kind in row.items())


def _escaped(text: str) -> str:
    """Return a text as a cell of a Markdown table holds it."""
    return text.replace("|", "\\|")


def as_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(record_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_text())
