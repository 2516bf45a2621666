"""Every column of two windows compared, with one correction over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from governance.drift.bridge import Chance
from governance.drift.correction import adjusted
from governance.drift.pairs import NumericPair, Pair, pair_of
from governance.drift.readings import Draft, readings
from governance.drift.report import ColumnDrift, Correction, Limits, Matters, Reading, Verdict
from governance.drift.verdict import judged, verdict
from governance.evidence import Progress

UNUSED: Final = 0.01
"""A column with less than this share of all importance does not move the model."""
_MATTERS: Final[tuple[Matters, ...]] = ("matters", "unknown", "unused")
_VERDICTS: Final[tuple[Verdict, ...]] = ("material", "small", "cannot_tell", "none")


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


def counted_pairs(
    reference: pd.DataFrame, current: pd.DataFrame, columns: Sequence[str], *, progress: Progress
) -> dict[str, Pair]:
    """Return the counted columns of two frames; the order of rows does not matter."""
    result = {}
    for done, name in enumerate(columns):
        progress(done, len(columns), "comparing columns")
        result[name] = pair_of(reference[name], current[name])
    return result


def drift(
    pairs: Mapping[str, Pair],
    rng: np.random.Generator,
    *,
    limits: Limits | None = None,
    correction: Correction = "bh",
    alpha: float = 0.05,
    use: Use | None = None,
) -> tuple[tuple[ColumnDrift, ...], int]:
    """Return the columns, most pressing first, and how many p values shared the correction."""
    chance = Chance(rng)
    drafts = {name: readings(pair, limits or Limits(), chance, rng) for name, pair in pairs.items()}
    corrected, family = _corrected(drafts, correction)
    found = [
        _column(name, pairs[name], replace(drafts[name], readings=corrected[name]), alpha, use or Use())
        for name in pairs
    ]
    return tuple(sorted(found, key=_pressing)), family


def _corrected(drafts: Mapping[str, Draft], correction: Correction) -> tuple[dict[str, dict[str, Reading]], int]:
    family = [(column, test) for column, draft in drafts.items() for test in draft.family]
    p_values = [drafts[column].readings[test].p_value or 0.0 for column, test in family]
    corrected = dict(zip(family, adjusted(p_values, correction), strict=True))
    result = {
        column: {
            test: replace(item, p_adjusted=corrected.get((column, test), item.p_value))
            for test, item in draft.readings.items()
        }
        for column, draft in drafts.items()
    }
    return result, len(family)


def _column(name: str, pair: Pair, draft: Draft, alpha: float, use: Use) -> ColumnDrift:
    tests = judged(draft.readings, alpha)
    word, reason = verdict(tests, alpha)
    importance, matters = use.of(name)
    gaps = pair.reference, pair.current
    return ColumnDrift(
        name=name,
        kind="numeric" if isinstance(pair, NumericPair) else "categorical",
        n_reference=gaps[0].rows - gaps[0].missing - gaps[0].infinite,
        n_current=gaps[1].rows - gaps[1].missing - gaps[1].infinite,
        missing_reference=gaps[0].missing,
        missing_current=gaps[1].missing,
        tests=tests,
        verdict=word,
        reason=reason if isinstance(pair, NumericPair) or not pair.note else f"{reason} ({pair.note})",
        importance=importance,
        matters=matters,
        picture=draft.picture,
    )


def _pressing(column: ColumnDrift) -> tuple[int, int, float, str]:
    sizes = [
        item.effect / item.threshold for item in column.tests.values() if item.effect is not None and item.threshold
    ]
    return (
        _MATTERS.index(column.matters),
        _VERDICTS.index(column.verdict),
        -max(sizes, default=0.0),
        column.name,
    )
