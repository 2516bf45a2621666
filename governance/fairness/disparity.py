"""How far groups are apart: fairlearn's disparities with bootstrap intervals of the counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.fairness import metrics
from governance.fairness.report import Disparity, Limits, Method, Verdict
from governance.statistics import Cells, Direction, rates, redrawn_counts, redrawn_sums

Floats = NDArray[np.float64]
PIECE = 4_000_000
"""Cells drawn at a time, so that memory stays flat."""
BIAS_PARTS = 3
"""One part in so many of the bias of a largest difference is taken from its upper end. A choice: with none, a third or all of it simulated
coverage stays at 93 to 98 % (two to six groups, equal and unequal; five settings, 400 repeats). A third narrows the interval by some
5 % where groups are equal, and leaves a margin where they are not."""

COMBINED: Mapping[str, tuple[str, ...]] = {"equalized_odds": ("true_positive_rate", "false_positive_rate")}
"""Disparity -> the metrics whose worst gap it is, where that is more than one (fairlearn's worst_case for equalised odds)."""
METHODS: tuple[Method, ...] = ("between_groups", "to_overall", "to_reference")


def of_counts() -> dict[str, tuple[str, ...]]:
    """Return disparity -> the metrics of counts whose worst gap it is; a combined one follows the last of its metrics."""
    found: dict[str, tuple[str, ...]] = {}
    for name, parts in metrics.parities("counts").items():
        found[name] = parts
        seen = {part for known in found.values() for part in known}
        found |= {other: both for other, both in COMBINED.items() if set(both) <= seen and other not in found}
    return found


def every() -> dict[str, tuple[str, ...]]:
    """Return disparity -> the metrics whose worst gap it is, for all families."""
    return {**of_counts(), **metrics.parities("scores"), **metrics.parities("numbers")}


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """One metric of the g groups of an attribute set, with its bootstrap draws."""

    value: Floats
    """(g,) NaN where a group cannot be judged."""
    overall: float
    draws: Floats | None = None
    """(b, g) redrawn values, or None without intervals."""
    overall_draws: Floats | None = None
    """(b,) redrawn overall values."""
    centre: Floats | None = None
    """(g,) values of the distribution that was drawn from."""
    overall_centre: float = np.nan


@dataclass(frozen=True, slots=True)
class Question:
    """What to compare with what."""

    name: str
    """fairlearn's word."""
    attribute: str
    """What the groups are groups of."""
    method: Method
    reference: int
    """Position of the reference group, -1 for all rows."""
    groups: tuple[str, ...]
    """The g names."""
    worse: Direction = "lower"
    """Which way the metric is worse for people; decides which end is called the worst."""


def smoothed(cells: Cells) -> tuple[Floats, Floats]:
    """Return (g, 3, 3) counts and their variances with half a row added to each cell that a decision can fall in.

    Without it an observed rate of 0 would never vary when redrawn, and its interval would have no width.
    """
    table = cells.mass
    spread = table if cells.squares is None else cells.squares
    labelled = cells.rows[:, :2, :2].any()
    where = (slice(None), slice(0, 2), slice(0, 2)) if labelled else (slice(None), slice(2, 3), slice(0, 2))
    unit = table.sum() / max(cells.rows.sum(), 1)
    more = np.zeros_like(table)
    more[where] = 0.5
    return table + more * unit, spread + more * unit * unit


def redrawn(cells: Cells, draws: int, rng: np.random.Generator) -> Floats:
    """Return (draws, g, 3, 3) redrawn counts, or sums of weights."""
    mean, spread = smoothed(cells)
    if cells.weight is None:
        return redrawn_counts(mean, draws, rng, rows=int(cells.rows.sum()))
    return redrawn_sums(mean, spread, draws, rng)


def families(
    cells: Cells, names: Sequence[str], judged: Mapping[str, NDArray[np.bool_]], draws: int, rng: np.random.Generator
) -> dict[str, Family]:
    """Return each named metric of the groups of `cells` with its draws.

    Args:
        cells: counts of g groups.
        names: metrics of counts.
        judged: metric -> (g,) whether the group has enough data.
        draws: number of bootstrap draws, 0 for none.
        rng: where chance comes from.
    """
    whole, base = cells.marginal(()), smoothed(cells)[0]
    kept: dict[str, list[Floats]] = {name: [] for name in names}
    kept_overall: dict[str, list[Floats]] = {name: [] for name in names}
    step = max(1, PIECE // max(1, cells.rows.size))
    for start in range(0, draws, step):
        table = redrawn(cells, min(step, draws - start), rng)
        together = table.sum(axis=1)
        for name in names:
            kept[name].append(rates.value(name, table))
            kept_overall[name].append(rates.value(name, together))
    found = {}
    for name in names:
        value = np.where(judged[name], rates.value(name, cells.mass), np.nan)
        overall = float(rates.value(name, whole.mass)[0])
        if not draws:
            found[name] = Family(value, overall)
            continue
        drawn, drawn_overall = np.concatenate(kept[name]), np.concatenate(kept_overall[name])
        centre, middle = rates.value(name, base), float(rates.value(name, base.sum(axis=0)))
        found[name] = Family(
            value=value, overall=overall, draws=drawn, overall_draws=drawn_overall, centre=centre, overall_centre=middle
        )
    return found


def normal_family(
    value: Floats,
    error: Floats,
    share: Floats,
    judged: NDArray[np.bool_],
    overall: float,
    draws: int,
    rng: np.random.Generator,
) -> Family:
    """Return a metric that is no function of counts with draws from its normal approximation.

    Args:
        value: (g,) the metric.
        error: (g,) its standard error; NaN where there is none, and then there are no draws.
        share: (g,) each group's part of the rows, for the redrawn overall value.
        judged: (g,) whether the group has enough data.
        overall: the metric of all rows.
        draws: number of draws, 0 for none.
        rng: where chance comes from.
    """
    kept = np.where(judged, value, np.nan)
    if not draws or not np.isfinite(error[judged]).all() or not judged.any():
        return Family(kept, overall)
    noise = rng.standard_normal((draws, len(value))) * np.nan_to_num(error)
    return Family(
        value=kept,
        overall=overall,
        draws=value + noise,
        overall_draws=overall + noise @ share,
        centre=value,
        overall_centre=overall,
    )


def gap(values: Floats, against: Floats | None) -> Floats:
    """Return the largest difference over the last axis of (..., g): between any two, or from `against` (...,)."""
    with np.errstate(invalid="ignore"):
        if against is None:
            return np.asarray(values.max(axis=-1) - values.min(axis=-1))
        return np.asarray(np.abs(values - against[..., None]).max(axis=-1))


def gap_interval(
    point: float, drawn: Floats, centre: float, null: Floats, confidence: float
) -> tuple[float | None, float | None]:
    """Return the interval of a largest difference, which a plain percentile interval would place too high.

    The largest of several differences is never negative and its redrawn value lies above the observed one on average, so a
    percentile interval hardly ever reaches 0 when all groups are equal. Here the lower end is the reflected ("basic") one and
    is 0 unless the observed value exceeds what equal groups would show; from the upper end a third of the bias is taken.

    Args:
        point: observed largest difference.
        drawn: (b,) redrawn largest differences.
        centre: largest difference of the distribution that was drawn from.
        null: (b,) largest differences of the redrawn values after each group's own centre is taken away.
        confidence: coverage aimed at.
    """
    if np.isnan(point) or np.isnan(drawn).all():
        return None, None
    drawn, null = drawn[~np.isnan(drawn)], null[~np.isnan(null)]
    high = float(np.quantile(drawn, (1 + confidence) / 2, method="higher"))
    equal = point <= np.quantile(null, confidence, method="higher")
    low = 0.0 if equal or np.isinf(high) else max(2 * point - high, 0.0)
    bias = max(float(np.median(drawn)) - centre, 0.0) if np.isfinite(high) else 0.0
    return min(low, point), max(high - bias / BIAS_PARTS, point)


def disparity(parts: Sequence[Family], question: Question, limits: Limits) -> Disparity:
    """Return one disparity over the groups of one attribute set; `parts` are the metrics whose worst gap it is."""
    usable = np.all([np.isfinite(part.value) for part in parts], axis=0)
    excluded = tuple(group for group, kept in zip(question.groups, usable, strict=True) if not kept)
    grouped = question.method == "to_reference" and question.reference >= 0
    named = question.groups[question.reference] if grouped else "overall"
    reason = _why_not(usable, question.method, question.reference, question.groups)
    if reason:
        return Disparity(
            metric=question.name,
            attribute=question.attribute,
            method=question.method,
            difference=None,
            ratio=None,
            low=None,
            high=None,
            ratio_low=None,
            ratio_high=None,
            reference=named,
            worst="",
            verdict="not_enough_data",
            reason=reason,
            excluded=excluded,
        )
    differences = _measured(parts, question, usable, limits, logs=False)
    logs = _measured(parts, question, usable, limits, logs=True)
    worst, better = _ends(parts[differences.part], usable, question)
    verdict: Verdict = "not_enough_data" if differences.low is None else "not_worse"
    if differences.low is not None and differences.low > limits.margin:
        verdict = "worse"
    return Disparity(
        question.name, question.attribute, question.method,
        difference=differences.point,
        ratio=_ratio(logs.point),
        low=differences.low,
        high=differences.high,
        ratio_low=_ratio(logs.high),
        ratio_high=_ratio(logs.low),
        reference=better if question.method == "between_groups" else named,
        worst=worst,
        verdict=verdict,
        reason="" if differences.low is not None else "no interval was computed",
        excluded=excluded,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Measured:
    point: float
    low: float | None
    high: float | None
    part: int
    """Which of the metrics has the largest gap."""


def _ratio(log: float | None) -> float | None:
    """Return exp(-log), None without a value: the smallest ratio is the largest difference of logarithms."""
    return None if log is None or np.isnan(log) else float(np.exp(-log))


def _measured(
    parts: Sequence[Family], question: Question, usable: NDArray[np.bool_], limits: Limits, *, logs: bool
) -> _Measured:
    def scaled(values: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.log(values) if logs else values)

    points, drawn, centres, null = [], [], [], []
    for part in parts:
        against, redrawn_against, centre_against = _reference(part, question)
        own = None if against is None else scaled(np.array(against))
        points.append(float(gap(scaled(part.value[usable]), own)))
        if part.draws is None or part.centre is None:
            continue
        values, centre = scaled(part.draws[:, usable]), scaled(part.centre[usable])
        other = None if redrawn_against is None else scaled(redrawn_against)
        middle = None if centre_against is None else scaled(np.array(centre_against))
        drawn.append(gap(values, other))
        centres.append(float(gap(centre, middle)))
        with np.errstate(invalid="ignore"):
            null.append(gap(values - centre, None if other is None or middle is None else other - middle))
    at = int(np.nanargmax(points)) if not np.isnan(points).all() else 0
    if len(drawn) < len(parts):
        return _Measured(points[at], None, None, at)
    ends = gap_interval(points[at], np.max(drawn, axis=0), max(centres), np.max(null, axis=0), limits.confidence)
    return _Measured(points[at], *ends, at)


def _why_not(usable: NDArray[np.bool_], method: Method, reference: int, groups: Sequence[str]) -> str:
    if method == "to_reference" and reference >= 0 and not usable[reference]:
        return f"the reference {groups[reference]} has too few people"
    least = 1 if method == "to_overall" else 2
    if usable.sum() < least:
        return f"{int(usable.sum())} of {len(groups)} groups have enough people; {least} are needed"
    return ""


def _reference(part: Family, question: Question) -> tuple[float | None, Floats | None, float | None]:
    """Return what the groups are compared with: its value, its draws, and the centre of the draws."""
    if question.method == "between_groups":
        return None, None, None
    at = question.reference
    if question.method == "to_reference" and at >= 0:
        drawn = None if part.draws is None else part.draws[:, at]
        return float(part.value[at]), drawn, None if part.centre is None else float(part.centre[at])
    return part.overall, part.overall_draws, part.overall_centre


def _ends(part: Family, usable: NDArray[np.bool_], question: Question) -> tuple[str, str]:
    """Return the names of the worst and the best group, or of the one furthest from the reference."""
    value, groups = np.where(usable, part.value, np.nan), question.groups
    if question.method == "between_groups":
        low, high = groups[int(np.nanargmin(value))], groups[int(np.nanargmax(value))]
        return (high, low) if question.worse == "higher" else (low, high)
    against = _reference(part, question)[0]
    assert against is not None
    return groups[int(np.nanargmax(np.abs(value - against)))], ""
