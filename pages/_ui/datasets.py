"""What the registry knows about data sets, gathered for its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from governance.evidence import decode, parse
from governance.subject import Schema
from pages._ui import workspace
from pages._ui.text import join, plain, shown

_KINDS: Final = (
    ("int", "whole number"),
    ("uint", "whole number"),
    ("float", "number"),
    ("double", "number"),
    ("decimal", "number"),
    ("string", "text"),
    ("large_string", "text"),
    ("bool", "yes or no"),
    ("timestamp", "moment"),
    ("date", "day"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """One registered data set."""

    digest: str
    original_digest: str
    name: str
    label: str
    """As the subject picker writes it; the value of `data` in an address."""
    role: str
    rows: int
    columns: tuple[tuple[str, str], ...]
    """Name and type of each column, in file order."""
    schema: Schema
    registered: str
    """Day, 2026-06-01."""
    by: str
    entry: int
    """Index of its ledger entry."""
    evidence: int
    """How many recorded results rest on it."""


def tables() -> tuple[Table, ...]:
    """Return the registered data sets, the newest first."""
    place = workspace.workspace()
    if place is None:
        return ()
    views = place.read()
    counts = views.evidence_by_data()
    labels = {choice.digest: choice.label for choice in workspace.data()}
    found = [
        Table(
            digest=item.digest,
            original_digest=item.original_digest,
            name=item.name,
            label=labels[item.digest],
            role=item.role,
            rows=item.rows,
            columns=_columns(str(place.blobs.path_of(item.digest))),
            schema=decode(Schema, parse(place.blobs.read(item.schema_digest))),
            registered=item.time[:10],
            by=item.actor,
            entry=item.index,
            evidence=counts.get(item.digest, 0),
        )
        for item in views.datasets()
    ]
    return tuple(reversed(found))


def _columns(path: str) -> tuple[tuple[str, str], ...]:
    from pyarrow import parquet

    return tuple((field.name, _in_words(str(field.type))) for field in parquet.read_schema(path))


def _in_words(kind: str) -> str:
    """Return an Arrow type as a person says it; an unusual one keeps its own name."""
    plain_kind = kind.removeprefix("dictionary<values=").split(",")[0]
    return next((word for start, word in _KINDS if plain_kind.startswith(start)), kind)


def schema_of(digest: str, label: str = "") -> Schema:
    """Return the column roles of a registered data set about one of its labels; no roles when it is not registered."""
    place = workspace.workspace()
    found = place.read().dataset(digest) if place else None
    return decode(Schema, parse(place.blobs.read(found.schema_digest))).about(label) if place and found else Schema()


def role_of(schema: Schema, column: str) -> str:
    """Return what a column is for, in words."""
    single = {
        schema.target: "label",
        schema.identifier: "identifier",
        schema.timestamp: "moment in time",
        schema.weight: "weight",
        schema.score: "score",
        schema.prediction: "decision",
    }
    words = [single[column]] if column in single else []
    words += ["further label"] if column in {item.column for item in schema.labels} else []
    words += ["code"] if column in schema.code else []
    words += ["sensitive"] if column in schema.sensitive else []
    words += ["stratum"] if column in schema.control else []
    words += ["left out"] if column in schema.ignore else []
    return ", ".join(words) or "feature"


def roles_frame(table: Table) -> pd.DataFrame:
    """Return every column with its type and its role."""
    return pd.DataFrame(
        {
            "column": [shown(name, 100) for name, _ in table.columns],
            "type": [kind for _, kind in table.columns],
            "role": [role_of(table.schema, name) for name, _ in table.columns],
        }
    )


def meaning(schema: Schema, columns: tuple[tuple[str, str], ...] = ()) -> str:
    """Return in a sentence what the label means, as markdown; `columns` are names and types."""
    if not schema.target:
        return "It has no label: performance and fairness by outcome cannot be computed on it."
    if not schema.positive:
        kind = dict(columns).get(schema.target, "")
        what = "a number" if kind in {"number", "whole number"} else "one of several classes"
        return f"Its label is {plain(schema.target)}: {what}."
    good = "good" if schema.selected_is == "good" else "bad"
    others = join([plain(value, 40) for value in schema.negative[:6]]) or "any other value"
    return (
        f"Its label is {plain(schema.target)}. The score is about **{plain(schema.positive)}** (against {others}); a score from "
        f"{schema.threshold:g} selects a person, and being selected is **{good}** for that person."
    )
