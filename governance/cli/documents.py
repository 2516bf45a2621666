"""What the JSON document of every analysis holds beside its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.evidence import JsonValue, encode

if TYPE_CHECKING:
    from governance.evidence import Evidence


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
