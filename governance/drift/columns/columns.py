"""Every column of two windows compared, with one correction over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from governance.drift.columns import column_tests
from governance.drift.columns.column_test import FACETS
from governance.drift.columns.limits import Limits
from governance.drift.columns.null_distribution import Chance
from governance.drift.columns.readings import Draft, readings
from governance.drift.columns.verdict import ORDER, judged, verdict
from governance.drift.results.report import ColumnDrift, Correction, Kind, Matters, Reading
from governance.drift.samples.pairs import Gaps, NumericPair, Pair, pair_of
from governance.evidence import Progress
from governance.statistics import adjusted_questions

UNUSED: Final = 0.01
"""A column with less than this share of all importance does not move the model."""
_MATTERS: Final[tuple[Matters, ...]] = ("matters", "unknown", "unused")


@dataclass(frozen=True)
class Use:
    """What is known about how the model uses columns."""

    importance: Mapping[str, float] | None = None
    """Mean absolute Shapley value by column."""
    used: tuple[str, ...] | None = None
    """The columns that the model reads, None when there is no model."""

    def of(self, name: str) -> tuple[float | None, Matters]:
        """Return the importance of a column and whether it matters to the model."""
        if self.used is not None and name not in self.used:
            return 0.0, "unused"
        if self.importance is None or name not in self.importance:
            return None, "unknown"
        total = sum(self.importance.values())
        value = self.importance[name]
        return value, "matters" if total > 0 and value >= UNUSED * total else "unused"


@dataclass(frozen=True)
class CountedPairs(Mapping[str, Pair]):
    """The columns of two frames, each counted when it is asked for: a million rows of one are in memory, not of all."""

    reference: pd.DataFrame
    current: pd.DataFrame
    columns: Sequence[str]
    progress: Progress
    notes: Mapping[str, str]
    """Column -> what was done to it before."""

    def __getitem__(self, name: str) -> Pair:
        if name not in self.columns:
            raise KeyError(name)
        pair = pair_of(self.reference[name], self.current[name])
        return replace(pair, note=self.notes[name]) if name in self.notes else pair

    def __iter__(self) -> Iterator[str]:
        for done, name in enumerate(self.columns):
            self.progress(done, len(self.columns), "comparing columns")
            yield name

    def __len__(self) -> int:
        return len(self.columns)


def counted_pairs(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[str],
    *,
    progress: Progress,
    notes: Mapping[str, str] | None = None,
) -> Mapping[str, Pair]:
    """Return the counted columns of two frames; the order of rows does not matter. `notes` say what was done to a column before."""
    return CountedPairs(reference, current, tuple(columns), progress, notes or {})


@dataclass(frozen=True)
class _Drafted:
    """What is kept of a column when its values are let go."""

    kind: Kind
    gaps: tuple[Gaps, Gaps]
    note: str
    draft: Draft


def _drafted(pair: Pair, limits: Limits, chance: Chance, rng: np.random.Generator) -> _Drafted:
    numeric = isinstance(pair, NumericPair)
    note = pair.note
    kind: Kind = "numeric" if numeric else "categorical"
    return _Drafted(kind, (pair.reference, pair.current), note, readings(pair, limits, chance, rng))


def drift(
    pairs: Mapping[str, Pair],
    rng: np.random.Generator,
    *,
    limits: Limits | None = None,
    correction: Correction = "bh",
    alpha: float = 0.05,
    use: Use | None = None,
    chance: Chance | None = None,
) -> tuple[tuple[ColumnDrift, ...], int]:
    """Return the columns, most pressing first, and how many questions shared the correction; `chance` is drawn from `rng` when None.

    A question is what can change in a column: its values, the share of missing ones, new categories, infinite values.
    """
    chance = Chance(rng) if chance is None else chance
    kept = {name: _drafted(pairs[name], limits or Limits(), chance, rng) for name in pairs}
    corrected, family = _corrected({name: item.draft for name, item in kept.items()}, correction)
    found = [_column(name, item, corrected[name], alpha, use or Use()) for name, item in kept.items()]
    return tuple(sorted(found, key=_pressing)), family


def _corrected(drafts: Mapping[str, Draft], correction: Correction) -> tuple[dict[str, dict[str, Reading]], int]:
    family = [
        (column, tests)
        for column, draft in drafts.items()
        for facet in FACETS
        if (tests := [test for test in column_tests.corrected(facet) if test in draft.family])
    ]
    p_values = [[drafts[column].readings[test].p_value or 0.0 for test in tests] for column, tests in family]
    corrected = {
        (column, test): value
        for (column, tests), values in zip(family, adjusted_questions(p_values, correction), strict=True)
        for test, value in zip(tests, values, strict=True)
    }
    result = {
        column: {
            test: replace(item, p_adjusted=corrected.get((column, test), item.p_value))
            for test, item in draft.readings.items()
        }
        for column, draft in drafts.items()
    }
    return result, len(family)


def _column(name: str, kept: _Drafted, corrected: Mapping[str, Reading], alpha: float, use: Use) -> ColumnDrift:
    tests = judged(corrected, alpha)
    word, reason = verdict(tests, alpha)
    importance, matters = use.of(name)
    before, after = kept.gaps
    return ColumnDrift(
        name=name,
        kind=kept.kind,
        n_reference=before.rows - before.missing - before.infinite,
        n_current=after.rows - after.missing - after.infinite,
        missing_reference=before.missing,
        missing_current=after.missing,
        tests=tests,
        verdict=word,
        reason=f"{reason} ({kept.note})" if kept.note else reason,
        importance=importance,
        matters=matters,
        picture=kept.draft.picture,
    )


def _pressing(column: ColumnDrift) -> tuple[int, int, float, str]:
    sizes = [
        item.effect / item.threshold for item in column.tests.values() if item.effect is not None and item.threshold
    ]
    return (
        _MATTERS.index(column.matters),
        ORDER.index(column.verdict),
        -max(sizes, default=0.0),
        column.name,
    )
