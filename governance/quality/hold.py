"""Expectations that need several columns at once, held against every k-th row."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from governance.data.outcome import text_of
from governance.data.schema import Schema
from governance.quality.expectations import Expectation
from governance.quality.judge import not_run, shown
from governance.quality.relations import MIN_ROWS, PIECES, along_the_file, label_targets, levels, strength
from governance.quality.report import Check

STANDS_OUT = 1.8
"""A column whose distance from .5 is this many times that of the next best one stands out."""
STANDS_OUT_FROM = 0.75


@dataclass(slots=True)
class Sample:
    """The kept rows with the levels of their columns, computed once."""

    rows: pd.DataFrame
    schema: Schema
    _levels: dict[str, object] = field(default_factory=dict)

    def levels(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """Return (n,) the level of each value of a column."""
        if name not in self._levels:
            self._levels[name] = levels(self.rows[name])
        return self._levels[name]  # type: ignore[return-value]

    def features(self) -> tuple[str, ...]:
        """Return the columns without a role."""
        return self.schema.features(tuple(map(str, self.rows.columns)))


def relation(item: Expectation, sample: Sample) -> tuple[Check, ...]:
    """Return the checks of one expectation about leakage, order, imbalance or units."""
    if item.check == "unit_jump":
        return (_unit_jump(item, sample),)
    if item.check in {"leakage", "imbalance"} and not sample.schema.target:
        return (not_run(item, "The table has no label column."),)
    if item.check == "imbalance":
        return (_imbalance(item, sample),)
    if len(sample.rows) < MIN_ROWS:
        return (not_run(item, f"The table has {len(sample.rows)} rows, fewer than {MIN_ROWS}."),)
    return _leakage(item, sample) if item.check == "leakage" else _order(item, sample)


def _unit_jump(item: Expectation, sample: Sample) -> Check:
    if item.column not in sample.rows or item.reference is None:
        return not_run(item, "The column or the median of the baseline is not known.")
    column = sample.rows[item.column]
    if not pd.api.types.is_numeric_dtype(column.dtype) or not column.notna().any():
        return not_run(item, "The column holds no numbers.")
    median = float(np.nanmedian(column.to_numpy(dtype=np.float64, na_value=np.nan)))
    if not math.isfinite(median) or median * item.reference <= 0:
        return not_run(item, "One of the two medians is zero or of another sign, so there is no ratio.")
    ratio = median / item.reference
    power = math.log10(ratio)
    jumped = abs(power) > 0.85 and abs(power - round(power)) < 0.15
    words = f"The median is {median:g}, {ratio:.3g} times that of the baseline ({item.reference:g})."
    tail = f" That is close to {10.0 ** round(power):g}: perhaps the unit changed." if jumped else ""
    return Check(item.check, item.column, "failed" if jumped else "passed", ratio, None, words + tail)


def _imbalance(item: Expectation, sample: Sample) -> Check:
    label = sample.rows[sample.schema.target]
    if not sample.schema.positive and pd.api.types.is_numeric_dtype(label.dtype) and label.nunique() > 10:
        return Check(item.check, sample.schema.target, "not_run", None, None, "The label is a number, not a class.")
    counts = text_of(label).value_counts(normalize=True)
    least = item.minimum if item.minimum is not None else 0.05
    if not len(counts):
        return Check(item.check, sample.schema.target, "not_run", None, least, "No row has a label.")
    value = float(counts.iloc[-1]) if len(counts) > 1 else 0.0
    name = str(counts.index[-1])[:80]
    words = (
        f"The rarest label {name!r} has {shown(value)} of the rows; at least {shown(least)} is expected."
        if len(counts) > 1
        else f"Every row has the label {name!r}."
    )
    return Check(item.check, sample.schema.target, "failed" if value < least else "passed", value, least, words)


def _leakage(item: Expectation, sample: Sample) -> tuple[Check, ...]:
    """Return one failed check per column that tells the label too well, or one passed check for the strongest."""
    label = sample.rows[sample.schema.target]
    known = label.notna().to_numpy()
    targets = [target[known] for target in label_targets(label, sample.schema)]
    names = [name for name in (*sample.features(), sample.schema.identifier) if name]
    ranked = sorted(((strength(sample.levels(name)[known], targets), name) for name in names), reverse=True)
    limit = item.maximum if item.maximum is not None else 0.9
    if not ranked or not targets:
        return (not_run(item, "There is no column to compare with the label."),)
    found = []
    for index, (value, name) in enumerate(ranked):
        following = ranked[index + 1][0] - 0.5 if index + 1 < len(ranked) else 0.0
        alone = index == 0 and value >= STANDS_OUT_FROM and value - 0.5 >= STANDS_OUT * following
        if value >= limit or alone:
            words = _leak_words(name, value, alone=value < limit, next_best=following + 0.5)
            found.append(Check(item.check, name, "failed", value, limit, words))
    if found:
        return tuple(found)
    value, name = ranked[0]
    words = f"The strongest single column is {name!r} with an AUC of {value:.2f}; {limit:.2f} would be suspicious."
    return (Check(item.check, "", "passed", value, limit, words),)


def _leak_words(name: str, value: float, *, alone: bool, next_best: float) -> str:
    why = f", far ahead of the next best column ({next_best:.2f})" if alone else ""
    return f"{name!r} alone tells the label with an AUC of {value:.2f}{why}. Is it known before the decision?"


def _order(item: Expectation, sample: Sample) -> tuple[Check, ...]:
    """Return one failed check per column that changes along the file, or one passed check for the strongest."""
    skip = {sample.schema.identifier, sample.schema.timestamp, *sample.schema.ignore}
    names = [name for name in map(str, sample.rows.columns) if name not in skip]
    limit = item.maximum if item.maximum is not None else 0.1
    ranked = sorted(((*along_the_file(sample.levels(name)), name) for name in names), key=lambda one: (-one[0], one[2]))
    found = tuple(
        Check(item.check, name, "failed", value, limit, _order_words(name, value))
        for value, p_value, name in ranked
        if value >= limit and p_value < 0.001 / len(ranked)
    )
    if found or not ranked:
        return found
    value, _, name = ranked[0]
    words = f"The strongest change along the file is that of {name!r} (Cramer's V {value:.2f})."
    return (Check(item.check, "", "passed", value, limit, words),)


def _order_words(name: str, value: float) -> str:
    return (
        f"{name!r} changes along the file (Cramer's V {value:.2f} over {PIECES} consecutive pieces). "
        "A split by position, or the first rows against the last, looks like drift."
    )
