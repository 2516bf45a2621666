"""Which columns of an Arrow table are read: those of plain values, each under a name of its own; the others are named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from governance.data.text_layout import numbered

if TYPE_CHECKING:
    import pyarrow as pa

INDEX: Final = r"__index_level_"
"""How pandas begins the name of an index that it stores as a column."""


@dataclass(frozen=True, slots=True)
class PlainColumns:
    """The columns of a table that are read."""

    file: tuple[tuple[str, str], ...]
    """All columns of the file in its order: name there (which may occur twice), name of its own; "" for one that is left out."""
    warnings: tuple[str, ...]
    """What was left out or renamed, in plain words."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are read, each under a name of its own."""
        return tuple(own for _, own in self.file if own)

    @property
    def places(self) -> tuple[int, ...]:
        """Where they stand in the file."""
        return tuple(place for place, (_, own) in enumerate(self.file) if own)

    def stored_names(self, wanted: Sequence[str]) -> list[str]:
        """Return what to ask the file for, each name once."""
        stored = {own: name for name, own in self.file if own}
        return list(dict.fromkeys(stored[name] for name in wanted))

    def own_names(self, stored: Sequence[str]) -> list[str]:
        """Return the own names of columns as a file gives them, all that bear one of the names in its order; "" for one left out."""
        left: dict[str, list[str]] = {}
        for name, own in self.file:
            left.setdefault(name, []).append(own)
        return [left[name].pop(0) for name in stored]


def plain_columns(schema: pa.Schema) -> PlainColumns:
    """Return which columns of a schema are read."""
    index = {name for name in _indices(schema) if name.startswith(INDEX)}
    kept = [is_plain(item.type) and item.name not in index for item in schema]
    warnings = [*_said(schema, index)]
    own = iter(numbered(tuple(item.name for item, there in zip(schema, kept, strict=True) if there), warnings))
    file = tuple((item.name, next(own) if there else "") for item, there in zip(schema, kept, strict=True))
    return PlainColumns(file=file, warnings=tuple(warnings))


def _said(schema: pa.Schema, index: set[str]) -> Iterator[str]:
    for item in schema:
        if not is_plain(item.type):
            yield f"Column {item.name[:80]!r} holds {str(item.type)[:80]} and is left out: it is no plain value."
        elif item.name in index:
            yield f"Column {item.name!r} is the row index of pandas and is left out."


def _indices(schema: pa.Schema) -> list[str]:
    """Return the columns that hold an index of pandas: by their name, and as the file's own notes say."""
    named = [name for name in schema.names if name.startswith(INDEX)]
    raw = (schema.metadata or {}).get(b"pandas", b"")
    try:
        noted = json.loads(raw).get("index_columns", []) if raw else []
    except (ValueError, AttributeError, RecursionError):
        noted = []
    return named + [name for name in noted if isinstance(name, str)] if isinstance(noted, list) else named


def is_plain(kind: pa.DataType) -> bool:
    """Return whether a type holds numbers, text, booleans, dates or times of day."""
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        return is_plain(kind.value_type)
    checks = (
        types.is_integer, types.is_floating, types.is_boolean, types.is_string, types.is_large_string,
        types.is_string_view, types.is_null, types.is_date, types.is_timestamp, types.is_time, types.is_decimal,
    )  # fmt: skip
    return any(check(kind) for check in checks)
