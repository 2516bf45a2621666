"""What the JSON document of every analysis holds beside its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.evidence import JsonValue, encode

if TYPE_CHECKING:
    from governance.evidence import Evidence, Rows


def about(evidence: Evidence) -> dict[str, JsonValue]:
    """Return the method, its inputs by digest, the environment, and which rows were used."""
    value = encode(evidence)
    return {
        "method": evidence.key.method,
        "inputs": value["key"]["inputs"],
        "reading": value["reading"],
        "environment": value["environment"],
        "rows": value["rows"],
    }


def left_out(rows: Rows) -> tuple[str, ...]:
    """Return which rows a result does not speak of, in lines for a person."""
    return tuple(f"{item.rows:,} of {rows.total:,} rows are left out: {item.reason}" for item in rows.dropped)
