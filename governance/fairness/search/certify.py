"""Certify: candidates ordered from the safest, each tested on untouched people until the first fails (Pareto testing).

Fixed-sequence testing keeps the error rate for all candidates together (Laufer-Goldshtein et al., ICLR 2023). A candidate breaks the norms
when any pair of groups does; its test passes when every pair's does, each at the whole error rate (intersection-union, Berger 1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.fairness.norms.hypotheses import LABELS, MEASURES, partitions
from governance.fairness.norms.norm import CALIBRATION, PAIRS, Norm, NormSet
from governance.statistics import newcombe, ratio_interval

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two groups that a norm holds together, and who of the rows belongs to them and could have the outcome."""

    norm: Norm
    first: NDArray[np.bool_]
    """(n,)."""
    second: NDArray[np.bool_]
    names: tuple[str, str] = ("", "")
    """What a person calls the two groups."""


def comparisons(
    norms: NormSet, columns: dict[str, NDArray[np.object_]], label: NDArray[np.int64]
) -> tuple[tuple[Comparison, ...], tuple[str, ...]]:
    """Return the pairs of groups with enough rows, and the names of groups that have too few.

    Args:
        norms: about decisions; calibration is passed over.
        columns: attribute -> (n,) name of the group, None for a missing value.
        label: (n,) 0 or 1.
    """
    found: list[Comparison] = []
    small: dict[str, None] = {}
    for norm in norms.norms:
        if norm.metric in CALIBRATION:
            continue
        for names in partitions(norm):
            members = _members(columns, names)
            for measure in MEASURES[norm.metric]:
                able = np.isin(label, LABELS[measure])
                enough = {name: who & able for name, who in members.items() if (who & able).sum() >= norms.least_rows}
                small |= dict.fromkeys(_called(names, name) for name in members if name not in enough)
                order = sorted(enough)
                found += [
                    Comparison(norm, enough[one], enough[other], (_called(names, one), _called(names, other)))
                    for at, one in enumerate(order)
                    for other in order[at + 1 :]
                    if norm.reference == PAIRS or _reference(norm, names) in (one, other)
                ]
    return tuple(found), tuple(small)


def _called(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    return ", ".join(map("=".join, zip(names, values, strict=True)))


def _reference(norm: Norm, names: tuple[str, ...]) -> tuple[str, ...]:
    wanted = {part.partition("=")[0].strip(): part.partition("=")[2].strip() for part in norm.reference.split(",")}
    return tuple(wanted.get(name, "") for name in names)


def _members(
    columns: dict[str, NDArray[np.object_]], names: tuple[str, ...]
) -> dict[tuple[str, ...], NDArray[np.bool_]]:
    parts = [columns[name] for name in names]
    seen = {values for values in zip(*parts, strict=True) if None not in values}
    return {
        values: np.logical_and.reduce([part == value for part, value in zip(parts, values, strict=True)])
        for values in seen
    }


def strains(found: Sequence[Comparison], chosen: NDArray[np.bool_]) -> Floats:
    """Return (thresholds,) how far the worst gap strains a norm under each row of (thresholds, n) decisions."""
    worst = np.zeros(len(chosen))
    for item in found:
        a, b = chosen[:, item.first].mean(axis=1), chosen[:, item.second].mean(axis=1)
        worst = np.maximum(worst, _strain(item.norm, a, b))
    return worst


def _strain(norm: Norm, a: Floats, b: Floats) -> Floats:
    if norm.compare == "difference":
        return np.asarray(np.abs(a - b) / norm.number)
    high, low = np.maximum(a, b), np.minimum(a, b)
    return np.where(low > 0, norm.number * high / np.maximum(low, 1e-12), np.where(high > 0, np.inf, 1.0))


@dataclass(frozen=True, slots=True)
class Counts:
    """What a comparison comes down to: people of each group who could have the outcome, and how many of them have it."""

    norm: Norm
    names: tuple[str, str]
    selected: tuple[int, int]
    able: tuple[int, int]

    def bounds(self, level: float) -> tuple[float, float]:
        """Return between which strains the pair lies, from the two-sided interval at `level` of its difference or ratio."""
        (s, t), (n, m) = self.selected, self.able
        interval = newcombe if self.norm.compare == "difference" else ratio_interval
        ends = interval(np.array([s * 1.0]), np.array([n * 1.0]), np.array([t * 1.0]), np.array([m * 1.0]), level)
        low, high = (float(end[0]) for end in ends)
        if self.norm.compare == "difference":
            return max(0.0, low, -high) / self.norm.number, max(abs(low), abs(high)) / self.norm.number
        least = low if low > 1 else 1 / high if high < 1 else 1.0
        most = max(1 / low, high) if low > 0 and np.isfinite(high) else float("inf")
        return self.norm.number * least, self.norm.number * most


def counted(found: Sequence[Comparison], chosen: NDArray[np.bool_]) -> tuple[Counts, ...]:
    """Return the counts of each comparison under (n,) decisions."""
    return tuple(
        Counts(
            item.norm,
            item.names,
            (int(chosen[item.first].sum()), int(chosen[item.second].sum())),
            (int(item.first.sum()), int(item.second.sum())),
        )
        for item in found
    )


def upper(found: Sequence[Comparison], chosen: NDArray[np.bool_], alpha: float) -> float:
    """Return the bound that the strain of the true rates keeps at the error rate: below 1, every pair's test passes."""
    return max((item.bounds(1 - 2 * alpha)[1] for item in counted(found, chosen)), default=0.0)


def certify(uppers: Sequence[float]) -> int:
    """Return how many candidates of a sequence are certified: all before the first whose bound reaches 1."""
    for place, bound in enumerate(uppers):
        if not bound < 1:
            return place
    return len(uppers)
