"""The hypotheses of a norm: every pair of groups, or every group, with its counts, its e-values and the window from which it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.fairness.norms.capital import NEVER
from governance.fairness.norms.evalue import log_e_of_pairs, log_e_of_scores
from governance.fairness.norms.norm import CALIBRATION, PAIRS, Norm
from governance.fairness.norms.projection import Floats, nearest_difference, nearest_ratio
from governance.fairness.norms.report import AuditedWindow
from governance.fairness.norms.series import Series
from governance.statistics import newcombe, ratio_interval

MEASURES: Final[dict[str, tuple[str, ...]]] = {
    "demographic_parity": ("selection_rate",),
    "equal_opportunity": ("true_positive_rate",),
    "false_positive_rate_parity": ("false_positive_rate",),
    "equalized_odds": ("true_positive_rate", "false_positive_rate"),
    "calibration_in_the_large": ("label_minus_score",),
    "calibration_at_every_score": ("label_minus_score",),
}
"""Metric -> the rates that it compares."""
LABELS: Final[dict[str, tuple[int, ...]]] = {
    "selection_rate": (0, 1, 2),
    "true_positive_rate": (1,),
    "false_positive_rate": (0,),
}
"""Rate -> codes of the labels of those who could have the outcome."""
_SURE: Final = 1.959963984540054
"""95 % of a normal distribution lie within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How far apart, as counts say it."""

    group: tuple[str, ...]
    """Values of the attributes; of two groups, the one with the lower rate."""
    other: tuple[str, ...]
    """() for calibration."""
    value: float
    low: float
    high: float
    people: float
    """Rows of the group in a window, on average."""


@dataclass(frozen=True, slots=True, eq=False)
class Hypotheses:
    """The hypotheses of a norm about one rate of one combination of attributes."""

    norm: Norm
    measure: str
    log_e: Floats
    """(speeds, windows, hypotheses)."""
    joined: NDArray[np.intp]
    """(hypotheses,) the first window in which every group of it has had enough rows; NEVER for none."""
    gap: Floats
    """(windows, hypotheses) first less second rate, or mean of label minus score; NaN where a group is empty."""
    variance: Floats
    """(windows, hypotheses)."""
    measured: Callable[[int, int], Gap]
    """(hypothesis, first window) -> the gap over the windows from then on."""
    judged: tuple[str, ...]
    """Groups with enough rows."""
    too_small: tuple[str, ...]
    """Groups that occur and have not."""
    attributes: tuple[str, ...]
    """Columns whose values make the groups."""


def partitions(norm: Norm) -> tuple[tuple[str, ...], ...]:
    """Return the combinations of attributes whose groups a norm looks at, the single ones first."""
    if norm.reference != PAIRS:
        return (norm.attributes,)
    return tuple(found for depth in range(1, norm.intersections + 1) for found in combinations(norm.attributes, depth))


def hypotheses(norm: Norm, people: Series, counted: Sequence[AuditedWindow], least_rows: int) -> tuple[Hypotheses, ...]:
    """Return the hypotheses of a norm about the groups of one combination of attributes."""
    mask = np.array([item.labels if norm.needs_labels else item.decisions for item in counted], dtype=np.float64)
    if norm.metric in CALIBRATION:
        return (_of_scores(norm, people, mask, least_rows),)
    return tuple(_of_pairs(norm, measure, people, mask, least_rows=least_rows) for measure in MEASURES[norm.metric])


def _joined(rows: Floats, least: int) -> NDArray[np.intp]:
    """Return the first window after which each column of (windows, groups) rows adds up to `least`; NEVER for none."""
    there = np.cumsum(rows, axis=0) >= least
    return np.where(there.any(axis=0), there.argmax(axis=0), NEVER) if len(rows) else np.full(rows.shape[1], NEVER)


def _of_pairs(norm: Norm, measure: str, people: Series, mask: Floats, *, least_rows: int) -> Hypotheses:
    part = people.cells[:, :, list(LABELS[measure]), :].sum(axis=2) * mask[:, None, None]
    k, n = part[..., 1], part[..., 0] + part[..., 1]
    pairs = _pairs(norm, people)
    i, j = np.asarray(pairs, dtype=np.intp).reshape(-1, 2).T
    own = _joined(n, least_rows)
    joined = np.where((own[i] == NEVER) | (own[j] == NEVER), NEVER, np.maximum(own[i], own[j]))
    project = nearest_ratio if norm.compare == "ratio" else nearest_difference
    rate = (k.sum(axis=0) + 0.5) / (n.sum(axis=0) + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, spread = k / n, rate * (1 - rate) / n

    def measured(pair: int, first: int) -> Gap:
        a, b = i[pair], j[pair]
        hits, rows = k[first:].sum(axis=0), np.maximum(n[first:].sum(axis=0), 1.0)
        low, high = (a, b) if hits[a] / rows[a] <= hits[b] / rows[b] else (b, a)
        return _gap_of_rates(norm, (people.groups[int(low)], people.groups[int(high)]), hits[[low, high]], rows[[low, high]],
                             people=float(n[first:, low].mean()))  # fmt: skip

    return Hypotheses(
        norm=norm,
        measure=measure,
        log_e=log_e_of_pairs(k, n, pairs, project, norm.number),
        joined=joined.astype(np.intp),
        gap=np.where((n[:, i] > 0) & (n[:, j] > 0), share[:, i] - share[:, j], np.nan),
        variance=spread[:, i] + spread[:, j],
        measured=measured,
        judged=tuple(people.name(int(group)) for group in np.flatnonzero(own != NEVER)),
        too_small=tuple(people.name(int(group)) for group in np.flatnonzero(own == NEVER)),
        attributes=people.attributes,
    )


def _pairs(norm: Norm, people: Series) -> list[tuple[int, int]]:
    """Return the pairs of groups that a norm holds together."""
    if norm.reference == PAIRS:
        return list(combinations(range(len(people.groups)), 2))
    wanted = {part.partition("=")[0].strip(): part.partition("=")[2].strip() for part in norm.reference.split(",")}
    named = tuple(wanted.get(name, "") for name in people.attributes)
    at = people.groups.index(named) if named in people.groups else None
    return [] if at is None else [(group, at) for group in range(len(people.groups)) if group != at]


def _gap_of_rates(
    norm: Norm, names: tuple[tuple[str, ...], tuple[str, ...]], hits: Floats, rows: Floats, *, people: float
) -> Gap:
    """Return the gap of two rates, lower first, with Newcombe's or Katz's and Koopman's interval."""
    interval = ratio_interval if norm.compare == "ratio" else newcombe
    low, high = interval(hits[:1], rows[:1], hits[1:], rows[1:])
    rate = hits / rows
    value = (rate[0] / rate[1] if rate[1] else 1.0) if norm.compare == "ratio" else rate[0] - rate[1]
    return Gap(
        group=names[0], other=names[1], value=float(value), low=float(low[0]), high=float(high[0]), people=people
    )


def _of_scores(norm: Norm, people: Series, mask: Floats, least_rows: int) -> Hypotheses:
    k = people.scored[..., 1] * mask[:, None, None]
    n = people.scored.sum(axis=3) * mask[:, None, None]
    total = people.score * mask[:, None, None]
    every = norm.metric == "calibration_at_every_score"
    rows = n.sum(axis=2)
    own = _joined(rows, least_rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = (k - total).sum(axis=2) / rows
        mean = total / np.maximum(n, 1.0)
        variance = (n * mean * (1 - mean)).sum(axis=2) / rows**2

    def measured(group: int, first: int) -> Gap:
        count = max(float(rows[first:, group].sum()), 1.0)
        value = float((k - total)[first:, group].sum() / count)
        spread = float((n * mean * (1 - mean))[first:, group].sum()) ** 0.5 / count
        return Gap(
            group=people.groups[group],
            other=(),
            value=value,
            low=value - _SURE * spread,
            high=value + _SURE * spread,
            people=float(rows[first:, group].mean()),
        )

    return Hypotheses(
        norm=norm,
        measure="label_minus_score",
        log_e=log_e_of_scores(k, n, total, norm.number, every_score=every),
        joined=own.astype(np.intp),
        gap=np.where(rows > 0, gap, np.nan),
        variance=variance,
        measured=measured,
        judged=tuple(people.name(int(group)) for group in np.flatnonzero(own != NEVER)),
        too_small=tuple(people.name(int(group)) for group in np.flatnonzero(own == NEVER)),
        attributes=people.attributes,
    )
