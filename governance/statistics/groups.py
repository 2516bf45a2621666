"""Who belongs to which group: columns coded once, missing values a group of their own, numbers in bands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError, text_of

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "unknown"
Codes = NDArray[np.signedinteger[Any]]
"""Codes of rows, as narrow as they fit: most of the time of a count goes into moving memory."""
MOST_NARROW = 1_000
"""Up to so many combinations a code fits 16 bits, also times the 27 cells of the largest table that is counted."""
MOST_VALUES = 100
"""A column of text with more different values is no grouping of people: an identifier, or free text."""
MOST_NUMBERS = 12
"""A numeric column with more different values is cut into bands; with twelve, months are still groups."""
BANDS = 4
"""Quartiles: enough to see a trend over age, few enough that each band has people."""
EXACT_WHOLE = 2**53
"""Up to here floating point holds every whole number."""
BLOCK = 4_096
"""Rows looked through at a time for values that occur: in most tables all of them are seen in the first few."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """How one column is coded: value -> position, with the last position for missing values."""

    name: str
    values: tuple[str, ...]
    """Names of the groups without the one for missing values."""
    edges: tuple[float, ...] = ()
    """Inner edges of the bands of a numeric column, ascending; () when the values are names."""

    @property
    def unknown(self) -> str:
        """What the group of missing values is called: "unknown", or longer when that is a value of the column."""
        return UNKNOWN if UNKNOWN not in self.values else "unknown (missing)"

    @property
    def names(self) -> tuple[str, ...]:
        """Names by code."""
        return (*self.values, self.unknown)

    def code(self, column: pd.Series) -> Codes:
        """Return the code of each row, 0 to len(values), the last for a missing value; multiply them with `combined` only.

        Raises:
            RefusedInputError: a value that was not there when the attribute was read.
        """
        if self.edges:
            numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
            codes = np.searchsorted(np.asarray(self.edges), numbers, side="left")
            return np.where(np.isnan(numbers), len(self.values), codes).astype(np.int16)
        own, levels = _levels(column)
        at = {name: index for index, name in enumerate(self.values)}
        strange = [level for level in levels if level is not None and level not in at]
        if strange:
            raise RefusedInputError(
                f"Column {self.name!r} holds {strange[0]!r}, which is none of its {len(at)} groups.",
                "Register the data again so that every value is known.",
            )
        places = [len(at) if level is None else at[level] for level in [*levels, None]]
        if own.size and own.min() >= 0 and places[:-1] == list(range(len(levels))):
            return own  # coded alike already, and nothing missing: no look-up
        table = np.array(places, dtype=np.int16 if len(at) <= MOST_NARROW else np.intp)
        return np.asarray(table[own])


def _levels(column: pd.Series) -> tuple[Codes, list[str | None]]:
    """Return codes (-1 for missing) and the text of each level; empty text counts as missing.

    Codes stay as narrow as pandas keeps them: eight times less memory to go through than with 64 bits.
    """
    import pandas as pd

    values: Any = column.array
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, categories = values.codes, values.categories
        texts = isinstance(categories.dtype, pd.StringDtype)
        names = categories.tolist() if texts else text_of(pd.Series(categories)).tolist()
    else:
        codes, uniques = pd.factorize(values, use_na_sentinel=True)
        names = text_of(pd.Series(uniques)).tolist()
    return codes, [None if not str(name).strip() else str(name) for name in names]


def _occurring(codes: Codes, levels: int) -> set[int]:
    """Return which of the codes 0 to levels - 1 occur; rows are looked through until all of them have been seen."""
    seen = np.zeros(levels, dtype=bool)
    for start in range(0, len(codes), BLOCK):
        seen |= np.bincount(codes[start : start + BLOCK].astype(np.intp) + 1, minlength=levels + 1)[1:] > 0
        if seen.all():
            break
    return set(np.flatnonzero(seen).tolist())


def _is_number(column: pd.Series) -> bool:
    import pandas as pd

    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _is_beyond(column: pd.Series) -> bool:
    """Return whether whole numbers are too large for floating point to tell them apart: they are names, whatever their role."""
    import pandas as pd

    if not pd.api.types.is_integer_dtype(column.dtype):
        return False
    known = column.dropna()
    return bool(len(known)) and max(int(known.max()), -int(known.min())) > EXACT_WHOLE


def attributes(
    names: Sequence[str], frames: Iterable[pd.DataFrame], codes: Collection[str] = ()
) -> tuple[Attribute, ...]:
    """Return how the columns `names` are coded, from one pass over the data.

    A numeric column with more than 12 different values is cut into four bands at its quartiles; the bands are named by their
    lowest and highest value. Columns in `codes` hold names that are written as numbers, and are never cut.

    Raises:
        RefusedInputError: a column of text has more than 100 different values.
    """
    seen: dict[str, set[str]] = {name: set() for name in names}
    numbers: dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]] = {}
    for frame in frames:
        for name in names:
            column = frame[name]
            if _is_number(column) and name not in codes and not _is_beyond(column):
                _add_numbers(numbers, name, column)
            else:
                own, levels = _levels(column)
                used = _occurring(own, len(levels))
                seen[name] |= {level for index, level in enumerate(levels) if level is not None and index in used}
    return tuple(_attribute(name, seen[name], numbers.get(name), is_code=name in codes) for name in names)


def _add_numbers(
    numbers: dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]], name: str, column: pd.Series
) -> None:
    rows = column.to_numpy(dtype=np.float64, na_value=np.nan)
    values, counts = np.unique(rows[~np.isnan(rows)], return_counts=True)
    if name in numbers:
        both = np.concatenate([numbers[name][0], values])
        weights = np.concatenate([numbers[name][1], counts])
        values, place = np.unique(both, return_inverse=True)
        counts = np.bincount(place, weights=weights).astype(np.int64)
    numbers[name] = values, counts.astype(np.int64)


def _attribute(
    name: str, seen: set[str], numbers: tuple[NDArray[np.float64], NDArray[np.int64]] | None, *, is_code: bool = False
) -> Attribute:
    if numbers is not None and not is_code and not seen and len(numbers[0]) > MOST_NUMBERS:
        return _bands(name, *numbers)
    values = seen | (set(_texts(numbers[0])) if numbers is not None else set())
    if len(values) > MOST_VALUES:
        raise RefusedInputError(
            f"Column {name!r} has {len(values)} different values; a group needs people in it.",
            f"Choose a column with at most {MOST_VALUES} values, or group the values first.",
        )
    if numbers is not None and not seen:
        return Attribute(name, _texts(numbers[0]))
    return Attribute(name, tuple(sorted(values, key=_in_order if is_code else None)))


def _texts(values: NDArray[np.float64]) -> tuple[str, ...]:
    """Return numbers as `Attribute.code` reads them again."""
    import pandas as pd

    return tuple(text_of(pd.Series(values)).tolist())


def _in_order(name: str) -> tuple[bool, Decimal, str]:
    """Return what codes are sorted by: numbers by their size, and words behind them."""
    try:
        size = Decimal(name)
    except InvalidOperation:
        return True, Decimal(0), name
    return (False, size, name) if size.is_finite() else (True, Decimal(0), name)


def _bands(name: str, values: NDArray[np.float64], counts: NDArray[np.int64]) -> Attribute:
    """Cut at the values where the cumulative count passes each quarter, so that a value is never split."""
    share = np.cumsum(counts) / counts.sum()
    cuts = sorted({int(np.searchsorted(share, part / BANDS)) for part in range(1, BANDS)} - {len(values) - 1})
    starts, ends = [0, *(cut + 1 for cut in cuts)], [*cuts, len(values) - 1]
    names = tuple(f"{values[first]:.4g} to {values[last]:.4g}" for first, last in zip(starts, ends, strict=True))
    return Attribute(name, names, tuple(float(values[cut]) for cut in cuts))


def combined(codes: Sequence[Codes], of: Sequence[Attribute]) -> Codes:
    """Return one code per row for all attributes together (mixed radix, last attribute fastest).

    They are 16 bits wide where they fit.
    """
    if not codes:
        raise ValueError("no attributes")
    kind = np.int16 if prod(len(attribute.names) for attribute in of) <= MOST_NARROW else np.intp
    result: Codes = codes[0].astype(kind)
    for code, attribute in zip(codes[1:], of[1:], strict=True):
        result *= len(attribute.names)
        result += code.astype(kind, copy=False)
    return result


def positions(of: Sequence[Attribute], flat: Codes) -> list[Codes]:
    """Return the code of each attribute from combined codes."""
    result = []
    for attribute in reversed(of):
        result.append(flat % len(attribute.names))
        flat = flat // len(attribute.names)
    return result[::-1]


def named(of: Sequence[Attribute], codes: Sequence[int]) -> Mapping[str, str]:
    """Return attribute -> value for one group."""
    return {attribute.name: attribute.names[code] for attribute, code in zip(of, codes, strict=True)}
