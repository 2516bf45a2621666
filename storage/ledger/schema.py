"""The JSON schema of a record, for people who write a verifier: `python -m storage.ledger.schema`."""

from __future__ import annotations

import json
import sys
from typing import Final

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from storage.ledger.canonical import JsonValue
from storage.ledger.envelope import PREDICATE_TYPE, STATEMENT_TYPE
from storage.ledger.events import EVENTS

_MODE: Final[JsonSchemaMode] = "validation"
_DIGEST: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_MOMENT: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}


def record_schema() -> JsonValue:
    """Return the JSON schema (2020-12) of the statement that each line's payload holds."""
    kinds = sorted(EVENTS.items())
    places, bodies = TypeAdapter.json_schemas(
        [(event, _MODE, TypeAdapter(kind)) for event, kind in kinds], ref_template="#/$defs/{model}"
    )
    choices = [
        {"properties": {"type": {"const": event}, "body": places[event, _MODE]}, "required": ["type", "body"]}
        for event, _ in kinds
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
        "$defs": bodies["$defs"],
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
        "time": _MOMENT,
        "case": {"type": ["string", "null"], "minLength": 1},
        "actor": {"type": "string", "minLength": 1},
        "body": {"type": "object"},
    }
    return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}


def as_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(record_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_text())
