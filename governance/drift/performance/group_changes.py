"""How groups fare in two windows, with one correction over all groups and metrics: the chance of any false "worse" is at most alpha."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from governance.drift.results.report import GroupChange
from governance.drift.samples.metrics import BETTER, FEWEST, Measured, change, held, measured, tolerated
from governance.evidence import levels_of
from governance.statistics import attributes, weighted_holm
from governance.subject import Outcome, Schema

EXACT: Final = 40_000
"""Up to so many rows of both windows a share is tested exactly."""
UNKNOWN: Final = "(unknown)"
_Coding = tuple[NDArray[np.intp], list[str]]
"""The group of each row, -1 where it is missing, and the names of the groups."""
_METRICS: Final = {
    "accuracy": 2,
    "true_positive_rate": 1,
    "false_positive_rate": 1,
    "selection_rate": 1,
    "mean_absolute_error": 2,
}
"""Metrics of a group and their weight in the correction: all decisions count as much as the two kinds of error together."""


def by_group(
    reference: tuple[pd.DataFrame, Outcome],
    current: tuple[pd.DataFrame, Outcome],
    schema: Schema,
    tolerance: float,
    alpha: float = 0.05,
) -> tuple[GroupChange, ...]:
    """Return the metrics of every group of every sensitive column in both windows; unknown group is a group of its own.

    A group "got worse" when its metric is worse by at least the tolerance, and beyond chance after Holm's weighted correction over
    all groups and metrics of the window, one-sided. A number with many values is cut into the same bands as everywhere else, at the
    quartiles of both windows together. Intervals are 95 per cent each, for a single group that was asked about beforehand.
    For regression the tolerance is a share of the reference's error.
    """
    found: list[GroupChange] = []
    accepted = tolerated(tolerance, reference[1])
    for attribute in schema.sensitive:
        coded = _codings(reference[0][attribute], current[0][attribute], is_code=attribute in schema.code)
        sides = [_groups(values, found) for values, found in zip(coded, (reference[1], current[1]), strict=True)]
        for group in sorted(sides[0].keys() & sides[1].keys()):
            before, after = measured(sides[0][group]), measured(sides[1][group])
            found.extend(_changes(attribute, group, before, after, accepted))
    return tuple(_corrected(found, alpha))


def _changes(
    attribute: str, group: str, before: dict[str, Measured], after: dict[str, Measured], tolerance: float
) -> Iterator[GroupChange]:
    for name in _METRICS:
        if name not in before or name not in after:
            continue
        moved = change(name, before[name], after[name], tolerance)
        few = min(before[name].n, after[name].n) < FEWEST
        if moved.verdict == "for_information" and few:
            moved = replace(moved, verdict="cannot_tell", reason=f"fewer than {FEWEST} rows")
        yield GroupChange(
            attribute=attribute,
            group=group,
            metric=name,
            reference=before[name].estimate(),
            current=after[name].estimate(),
            change=moved,
            p_value=None if few or name not in BETTER else worse_by_chance(name, before[name], after[name]),
        )


def worse_by_chance(name: str, before: Measured, after: Measured) -> float:
    """Return the one-sided p value of "got worse": by Fisher's exact test for shares, by a normal law for errors."""
    from scipy.special import ndtr

    sign = BETTER[name]
    if name in ("mean_absolute_error", "root_mean_squared_error"):
        spread = np.hypot(before.high - before.low, after.high - after.low) / (2 * 1.959964)
        gain = sign * (after.value - before.value)
        return float(ndtr(gain / spread)) if spread > 0 else float(gain >= 0)
    n, m = before.n, after.n
    x, y = round(before.value * n), round(after.value * m)
    if sign < 0:
        x, y = n - x, m - y
    return fewer_by_chance(x, n, y, m)


def fewer_by_chance(x: int, n: int, y: int, m: int) -> float:
    """Return how likely the second sample has at most y successes when both have one share (Fisher 1935).

    For very many rows by a normal law. Exact and not mid-p: over many small groups only an exact test keeps the correction's promise.
    """
    from scipy.special import gammaln, ndtr

    total, hits = n + m, x + y
    if hits in (0, total):
        return 1.0
    if total > EXACT:
        pooled = hits / total
        return float(ndtr((y / m - x / n) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))))
    k = np.arange(max(0, hits - n), y + 1)
    whole = gammaln(total + 1) - gammaln(m + 1) - gammaln(n + 1)
    ours = gammaln(hits + 1) - gammaln(k + 1) - gammaln(hits - k + 1)
    others = gammaln(total - hits + 1) - gammaln(m - k + 1) - gammaln(total - hits - m + k + 1)
    chance = np.exp(ours + others - whole)
    return float(min(chance.sum(), 1.0))


def _corrected(found: list[GroupChange], alpha: float) -> Iterator[GroupChange]:
    asked = [(item.p_value, _METRICS[item.metric]) for item in found if item.p_value is not None]
    adjusted = iter(weighted_holm([p for p, _ in asked], [weight for _, weight in asked]).tolist())
    for item in found:
        if item.p_value is None:
            yield item
            continue
        p = next(adjusted)
        yield replace(item, p_adjusted=p, change=held(item.change, p, alpha, f"{len(asked)} comparisons of groups"))


def _codings(before: pd.Series, after: pd.Series, *, is_code: bool) -> tuple[_Coding, _Coding]:
    """Return the group of each row of both windows as (n,) codes, -1 where it is missing, and the names by code."""
    sides = before, after
    if is_code or not all(is_numeric_dtype(side.dtype) and not is_bool_dtype(side.dtype) for side in sides):
        return levels_of(before), levels_of(after)
    name = str(before.name)
    (found,) = attributes((name,), [side.to_frame(name) for side in sides])
    if not found.edges:
        return levels_of(before), levels_of(after)
    codes = [found.code(side).astype(np.intp) for side in sides]
    one, two = (np.where(code == len(found.values), -1, code) for code in codes)
    return (one, list(found.values)), (two, list(found.values))


def _groups(coded: _Coding, found: Outcome) -> dict[str, Outcome]:
    codes, names = coded
    rows = {names[code] if code >= 0 else UNKNOWN: np.flatnonzero(codes == code) for code in np.unique(codes).tolist()}
    return {group: _rows(found, at) for group, at in rows.items()}


def _rows(found: Outcome, at: np.ndarray) -> Outcome:
    score = found.score[at] if found.score is not None else None
    weight = found.weight[at] if found.weight is not None else None
    return replace(found, y_true=found.y_true[at], y_pred=found.y_pred[at], score=score, weight=weight)
