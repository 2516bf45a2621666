"""Several spellings of one group: noticed, offered to be read as one, and read so only where a person declared it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from governance.evidence import levels_of
from governance.subject import Mapped, Schema

if TYPE_CHECKING:
    import pandas as pd

MOST: Final = 2_000
"""A column with more different values is no column of groups: its spellings are not compared."""
_BETWEEN: Final = re.compile(r"[\s_\-]+")


@dataclass(frozen=True, slots=True)
class Spelled:
    """Values of one column that differ by case, spaces, hyphens or a full stop at the end alone."""

    column: str
    read_as: str
    """The most frequent spelling."""
    others: tuple[tuple[str, int], ...]
    """(spelling, rows) of the others, most frequent first."""

    @property
    def mappings(self) -> tuple[Mapped, ...]:
        """What a schema would declare to read them as one."""
        return tuple(Mapped(self.column, value, self.read_as) for value, _ in self.others)

    @property
    def offer(self) -> str:
        """What was noticed and what may be done, in words."""
        seen = ", ".join(f"{value[:60]!r} (rows: {rows:,})" for value, rows in self.others[:6])
        flag = f"{self.column}:{self.others[0][0]}={self.read_as}"
        return (
            f"Column {self.column[:80]!r}: {seen} and {self.read_as[:60]!r} differ by case, spaces or signs alone and are groups of "
            f"their own. To read them as one: --map {flag!r}, or [[mappings]] in the schema."
        )


def plainly(value: str) -> str:
    """Return a value without what two spellings of one group differ by: case, width, spaces, hyphens, a full stop at the end."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    return _BETWEEN.sub(" ", folded).strip().rstrip(".").strip()


def spelled(column: str, counts: Mapping[str, int]) -> tuple[Spelled, ...]:
    """Return the groups of near-equal values of a column, with the rows of each value.

    Numbers are never near-equal: -1 and 1 differ by a sign that counts.
    """
    alike: dict[str, list[str]] = {}
    for value in counts:
        plain = plainly(value)
        if any(sign.isalpha() for sign in plain):
            alike.setdefault(plain, []).append(value)
    found = []
    for values in alike.values():
        if len(values) > 1:
            first, *others = sorted(values, key=lambda value: (-counts[value], value))
            found.append(Spelled(column, first, tuple((value, counts[value]) for value in others)))
    return tuple(found)


def counted(values: pd.Series) -> dict[str, int]:
    """Return the rows of each value as text; nothing for numbers and for columns of very many values."""
    import numpy as np
    import pandas as pd

    if pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_datetime64_any_dtype(values.dtype):
        return {}
    codes, names = levels_of(values)
    if len(names) > MOST:
        return {}
    return dict(zip(names, np.bincount(codes[codes >= 0], minlength=len(names)).tolist(), strict=True))


def mapped(frame: pd.DataFrame, mappings: Iterable[Mapped]) -> pd.DataFrame:
    """Return the frame with the declared values read as others; a column without such a value stays as it is."""
    import pandas as pd

    by_column: dict[str, dict[str, str]] = {}
    for item in mappings:
        if item.column in frame.columns:
            by_column.setdefault(item.column, {})[item.value] = item.read_as
    changed = {}
    for name, readings in by_column.items():
        codes, names = levels_of(frame[name])
        read = [readings.get(value, value) for value in names]
        if read == names:
            continue
        kinds = sorted(set(read))
        place = {value: at for at, value in enumerate(kinds)}
        new = [*(place[value] for value in read), -1]
        changed[name] = pd.Categorical.from_codes(
            [new[code] for code in codes], categories=pd.Index(kinds, dtype="str")
        )
    return frame.assign(**changed) if changed else frame


def looked_at(schema: Schema) -> tuple[str, ...]:
    """Return the columns whose values name groups or classes."""
    labels = (item.column for item in schema.labels)
    named = (*schema.sensitive, *schema.control, schema.target, schema.prediction, *labels)
    return tuple(dict.fromkeys(name for name in named if name))


def said(schema: Schema, counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Yield what was noticed about spellings, and how many cells are read as another value.

    Args:
        schema: the roles, with the declared mappings.
        counts: column -> value -> rows, before any mapping, of the columns that have a role or a mapping.
    """
    for item in schema.mappings:
        rows = counts.get(item.column, {}).get(item.value, 0)
        yield f"Column {item.column[:80]!r}: {item.value[:60]!r} (rows: {rows:,}) is read as {item.read_as[:60]!r}, as the schema says."
    readings = {(item.column, item.value): item.read_as for item in schema.mappings}
    for name in looked_at(schema):
        left: dict[str, int] = {}
        for value, rows in counts.get(name, {}).items():
            read = readings.get((name, value), value)
            left[read] = left.get(read, 0) + rows
        for found in spelled(name, left):
            yield found.offer
