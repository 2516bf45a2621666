"""What one pass over the rows keeps of each column; summaries of chunks add up to the summary of the whole."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from governance.data import kind_of_column
from governance.quality.expectation import Expectation

if TYPE_CHECKING:
    from numpy.typing import NDArray

MANY_VALUES: Final = 10_000
"""Beyond this many different texts, they are not counted one by one."""
NUMBER_SENTINELS: Final = frozenset(
    {-1.0, -9.0, -99.0, -999.0, -9999.0, -99999.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0, 9999999.0}
)
WORD_SENTINELS: Final = frozenset(
    {"?", "-", "--", ".", "n/a", "na", "nan", "null", "missing", "unknown", "unknown/invalid", "not available", "#n/a",
     "-999", "-9999", "9999"}
)  # fmt: skip
MOMENT_SENTINELS: Final = ("1900-01-01", "1970-01-01", "9999-12-31", "2999-12-31", "1899-12-30")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_BROKEN: Final = re.compile("\ufffd|[\u00c3\u00c2][\u0080-\u00bf]|\u00e2\u20ac")


@dataclass(slots=True)
class Edge:
    """The smallest (or, negated, the largest) finite number, how often it occurs, and the next one."""

    value: float = np.inf
    rows: int = 0
    second: float = np.inf

    def __add__(self, other: Edge) -> Edge:
        low, high = (self, other) if self.value <= other.value else (other, self)
        if low.value == high.value:
            return Edge(low.value, low.rows + high.rows, min(low.second, high.second))
        return Edge(low.value, low.rows, min(low.second, high.value))


@dataclass(slots=True)
class ColumnSummary:
    """Counts of one column over the rows seen; `a + b` is the summary of both."""

    name: str
    kinds: frozenset[str] = frozenset()
    rows: int = 0
    missing: int = 0
    infinite: int = 0
    low: Edge = field(default_factory=Edge)
    high: Edge = field(default_factory=Edge)
    """The edge of the negated values."""
    texts: Counter[str] | None = field(default_factory=Counter)
    """Text -> rows; None beyond `MANY_VALUES`."""
    empty: int = 0
    padded: int = 0
    broken: int = 0
    words: Counter[str] = field(default_factory=Counter)
    """Texts and moments that usually mean missing -> rows."""
    outside: int = 0
    """Rows outside the expected range."""
    unlisted: int = 0
    """Rows whose value is not in the expected list."""
    latest: str = ""
    keys: tuple[NDArray[np.uint64], ...] = ()
    """Hash of each value, kept for columns that must be unique."""

    def __add__(self, other: ColumnSummary) -> ColumnSummary:
        texts = None if self.texts is None or other.texts is None else self.texts + other.texts
        return ColumnSummary(
            name=self.name,
            kinds=self.kinds | other.kinds,
            rows=self.rows + other.rows,
            missing=self.missing + other.missing,
            infinite=self.infinite + other.infinite,
            low=self.low + other.low,
            high=self.high + other.high,
            texts=None if texts is None or len(texts) > MANY_VALUES else texts,
            empty=self.empty + other.empty,
            padded=self.padded + other.padded,
            broken=self.broken + other.broken,
            words=self.words + other.words,
            outside=self.outside + other.outside,
            unlisted=self.unlisted + other.unlisted,
            latest=max(self.latest, other.latest),
            keys=self.keys + other.keys,
        )

    @property
    def kind(self) -> str:
        """The narrowest kind that holds the values of all chunks."""
        if not self.kinds:
            return "text"
        if self.kinds <= {"integer", "number"}:
            return "number" if "number" in self.kinds else "integer"
        return next(iter(self.kinds)) if len(self.kinds) == 1 else "text"


def summarise(
    name: str, column: pd.Series, expected: tuple[Expectation, ...] = (), *, hashes: NDArray[np.uint64] | None = None
) -> ColumnSummary:
    """Return the summary of one column of one chunk.

    Args:
        name: of the column.
        column: as `Dataset.chunks` gives it.
        expected: the expectations on this column; ranges and lists are counted in the same pass.
        hashes: (n,) hash of each value, when the column must be unique.
    """
    kind = _kind(column)
    missing = int(column.isna().sum())
    found = ColumnSummary(name, rows=len(column), missing=missing)
    if missing < len(column):
        found.kinds = frozenset({kind})
    if hashes is not None:
        found.keys = (hashes[~column.isna().to_numpy()],)
    if kind in {"integer", "number"}:
        _numbers(found, column, expected)
    elif kind == "timestamp":
        _moments(found, column)
    else:
        _texts(found, column, expected)
    return found


def _kind(column: pd.Series) -> str:
    """Return the kind; a float column of whole numbers counts as integer, whether or not values are missing."""
    if not pd.api.types.is_float_dtype(column.dtype):
        return kind_of_column(column)
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return "number" if _fractional(numbers[:1_000]) or _fractional(numbers) else "integer"


def _fractional(numbers: NDArray[np.float64]) -> bool:
    finite = numbers[np.isfinite(numbers)]
    return bool(np.any(finite != np.floor(finite)))


def _numbers(found: ColumnSummary, column: pd.Series, expected: tuple[Expectation, ...]) -> None:
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if found.missing == len(numbers):
        return
    low, high = float(np.fmin.reduce(numbers)), float(np.fmax.reduce(numbers))
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = numbers[np.isfinite(numbers)]
        found.infinite = len(numbers) - found.missing - len(finite)
        if not len(finite):
            return
        numbers, low, high = finite, float(finite.min()), float(finite.max())
    found.low, found.high = _edge(numbers, low, sign=1), _edge(numbers, high, sign=-1)
    for item in expected:
        if item.check == "range":
            below = 0 if item.minimum is None or low >= item.minimum else int((numbers < item.minimum).sum())
            above = 0 if item.maximum is None or high <= item.maximum else int((numbers > item.maximum).sum())
            found.outside = below + above
        elif item.check == "values":
            listed = np.isin(numbers, [float(text) for text in item.values if _NUMBER.fullmatch(text)])  # noqa: PD011
            found.unlisted = int((~listed & ~np.isnan(numbers)).sum()) + found.infinite


def _edge(numbers: NDArray[np.float64], value: float, *, sign: int) -> Edge:
    """Return the edge; rows and the next value are counted only where the value may be a sentinel or the column constant."""
    if value not in NUMBER_SENTINELS:
        return Edge(sign * value)
    others = numbers[(numbers != value) & ~np.isnan(numbers)]
    second = float((sign * others).min()) if len(others) else np.inf
    return Edge(sign * value, int((numbers == value).sum()), second)


def _moments(found: ColumnSummary, column: pd.Series) -> None:
    latest = column.max()
    found.latest = "" if pd.isna(latest) else latest.isoformat()
    days = column.dt.strftime("%Y-%m-%d") if found.rows and _may_have_sentinel(column) else None
    if days is not None:
        found.words = Counter({day: int(n) for day, n in days[days.isin(MOMENT_SENTINELS)].value_counts().items()})


def _may_have_sentinel(column: pd.Series) -> bool:
    low, high = column.min(), column.max()
    return not pd.isna(low) and (low.year <= 1970 or high.year >= 2999)


def _texts(found: ColumnSummary, column: pd.Series, expected: tuple[Expectation, ...]) -> None:
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, names = column.cat.codes.to_numpy(), column.cat.categories.astype("str")
    else:
        codes, names = pd.factorize(column.astype("str"), use_na_sentinel=True)
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    levels = {str(name): int(rows) for name, rows in zip(names, counts, strict=True) if rows}
    found.texts = Counter(levels) if len(levels) <= MANY_VALUES else None
    allowed = next((set(item.values) for item in expected if item.check == "values"), None)
    for text, rows in levels.items():
        stripped = text.strip()
        found.empty += rows * (not stripped)
        found.padded += rows * bool(stripped and stripped != text)
        found.broken += rows * bool(not text.isascii() and _BROKEN.search(text))
        if stripped.lower() in WORD_SENTINELS:
            found.words[text] += rows
        if allowed is not None and text not in allowed:
            found.unlisted += rows
