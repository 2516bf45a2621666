"""Expectations that need several columns at once, held against every k-th row."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from governance.evidence import text_of
from governance.quality.check import QualityCheck
from governance.quality.expectation import Expectation
from governance.quality.judge import not_run, shown
from governance.quality.relations import MIN_ROWS, PIECES, along_the_file, label_targets, median, strength
from governance.quality.report import Check
from governance.quality.sample import Sample

if TYPE_CHECKING:
    from governance.quality.expectation import Expectation

_NO_LABEL: Final = "The table has no label column."
STANDS_OUT = 1.8
"""A column whose distance from .5 is this many times that of the next best one stands out."""
STANDS_OUT_FROM = 0.75


def _too_few(item: Expectation, sample: Sample) -> Check:
    return not_run(item, f"The table has {len(sample.rows)} rows, fewer than {MIN_ROWS}.")


def _unit_jump(item: Expectation, sample: Sample) -> tuple[Check, ...]:
    return (_jump(item, sample),)


def _jump(item: Expectation, sample: Sample) -> Check:
    if item.column not in sample.rows or item.reference is None:
        return not_run(item, "The column or the median of the baseline is not known.")
    column = sample.rows[item.column]
    if not pd.api.types.is_numeric_dtype(column.dtype) or not column.notna().any():
        return not_run(item, "The column holds no numbers.")
    middle = median(column)
    if not math.isfinite(middle) or middle * item.reference <= 0:
        return not_run(item, "One of the two medians is zero or of another sign, so there is no ratio.")
    power = math.log10(abs(middle)) - math.log10(abs(item.reference))
    with np.errstate(over="ignore"):
        ratio = float(np.clip(np.float64(middle) / item.reference, sys.float_info.min, sys.float_info.max))
    jumped = abs(power) > 0.85 and abs(power - round(power)) < 0.15
    words = f"The median is {middle:g}, {ratio:.3g} times that of the baseline ({item.reference:g})."
    tail = f" That is close to {10.0 ** min(round(power), 308):g}: perhaps the unit changed." if jumped else ""
    return Check(
        check=item.check,
        column=item.column,
        outcome="failed" if jumped else "passed",
        value=ratio,
        threshold=None,
        reason=words + tail,
    )


def _imbalance(item: Expectation, sample: Sample) -> tuple[Check, ...]:
    return (_rarest(item, sample),)


def _rarest(item: Expectation, sample: Sample) -> Check:
    if not sample.schema.target:
        return not_run(item, _NO_LABEL)
    label = sample.rows[sample.schema.target]
    if not sample.schema.positive and pd.api.types.is_numeric_dtype(label.dtype) and label.nunique() > 10:
        return Check(
            check=item.check,
            column=sample.schema.target,
            outcome="not_run",
            value=None,
            threshold=None,
            reason="The label is a number, not a class.",
        )
    counts = text_of(label).value_counts(normalize=True)
    least = item.minimum if item.minimum is not None else 0.05
    if not len(counts):
        return Check(
            check=item.check,
            column=sample.schema.target,
            outcome="not_run",
            value=None,
            threshold=least,
            reason="No row has a label.",
        )
    value = float(counts.iloc[-1]) if len(counts) > 1 else 0.0
    name = str(counts.index[-1])[:80]
    words = (
        f"The rarest label {name!r} has {shown(value)} of the rows; at least {shown(least)} is expected."
        if len(counts) > 1
        else f"Every row has the label {name!r}."
    )
    return Check(
        check=item.check,
        column=sample.schema.target,
        outcome="failed" if value < least else "passed",
        value=value,
        threshold=least,
        reason=words,
    )


def _leakage(item: Expectation, sample: Sample) -> tuple[Check, ...]:
    """Return one failed check per column that tells the label too well, or one passed check for the strongest."""
    if not sample.schema.target:
        return (not_run(item, _NO_LABEL),)
    if len(sample.rows) < MIN_ROWS:
        return (_too_few(item, sample),)
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
            found.append(
                Check(check=item.check, column=name, outcome="failed", value=value, threshold=limit, reason=words)
            )
    if found:
        return tuple(found)
    value, name = ranked[0]
    words = f"The strongest single column is {name!r} with an AUC of {value:.2f}; {limit:.2f} would be suspicious."
    return (Check(check=item.check, column="", outcome="passed", value=value, threshold=limit, reason=words),)


def _leak_words(name: str, value: float, *, alone: bool, next_best: float) -> str:
    why = f", far ahead of the next best column ({next_best:.2f})" if alone else ""
    return f"{name!r} alone tells the label with an AUC of {value:.2f}{why}. Is it known before the decision?"


def _order(item: Expectation, sample: Sample) -> tuple[Check, ...]:
    """Return one failed check per column that changes along the file, or one passed check for the strongest."""
    if len(sample.rows) < MIN_ROWS:
        return (_too_few(item, sample),)
    skip = {sample.schema.identifier, sample.schema.timestamp, *sample.schema.ignore}
    there = [name for name in map(str, sample.rows.columns) if name not in skip]
    numbering = [name for name in there if _names_rows(sample.rows[name])]
    names = [name for name in there if name not in numbering]
    limit = item.maximum if item.maximum is not None else 0.1
    ranked = sorted(((*along_the_file(sample.levels(name)), name) for name in names), key=lambda one: (-one[0], one[2]))
    found = tuple(
        Check(
            check=item.check,
            column=name,
            outcome="failed",
            value=value,
            threshold=limit,
            reason=_order_words(name, value),
        )
        for value, p_value, name in ranked
        if value >= limit and p_value < 0.001 / len(ranked)
    )
    if found:
        return found
    aside = f" Left out as numbers of rows or moments: {', '.join(map(repr, numbering[:5]))}." if numbering else ""
    if not ranked:
        return (not_run(item, f"No column is left to look at.{aside}"),)
    value, _, name = ranked[0]
    words = f"The strongest change along the file is that of {name!r} (Cramer's V {value:.2f}).{aside}"
    return (Check(check=item.check, column="", outcome="passed", value=value, threshold=limit, reason=words),)


def _names_rows(values: pd.Series) -> bool:
    """Return whether a column names rows or moments: a time, or a whole number or text that occurs once each.

    That such a column rises along the file is what it is for, and says nothing about the people in it.
    """
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return True
    named = pd.api.types.is_integer_dtype(values.dtype) or not pd.api.types.is_numeric_dtype(values.dtype)
    return bool(named and not values.isna().any() and values.is_unique)


def _order_words(name: str, value: float) -> str:
    return (
        f"{name!r} changes along the file (Cramer's V {value:.2f} over {PIECES} consecutive pieces). "
        "A split by position, or the first rows against the last, looks like drift."
    )


UNIT_JUMP: Final = QualityCheck(
    id="unit_jump",
    label="Change of unit",
    question="Did the unit change, so that the median is ten, a hundred or a thousand times another?",
    of_sample=_unit_jump,
    unstated=lambda _: "There is no baseline whose medians could be compared.",
)
IMBALANCE: Final = QualityCheck(
    id="imbalance",
    label="Rare label",
    question="Which share of the rows has the rarest label?",
    of_sample=_imbalance,
    whole=True,
    default_limits={"minimum": 0.05},
    field_name="class imbalance",
)
LEAKAGE: Final = QualityCheck(
    id="leakage",
    label="Leakage",
    question="Does one column alone tell the label, as if it had been written down afterwards?",
    of_sample=_leakage,
    whole=True,
    default_limits={"maximum": 0.9},
    field_name="target leakage",
)
ORDER: Final = QualityCheck(
    id="order",
    label="Order along the file",
    question="Do the values change along the file, so that its beginning differs from its end?",
    of_sample=_order,
    whole=True,
    default_limits={"maximum": 0.1},
    field_name="order effect",
)
