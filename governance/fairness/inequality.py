"""Inequality of benefits between people, and how much of it lies between groups."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from governance.evidence import NotAssessed
from governance.fairness.report import Inequality
from governance.statistics import FN, FP, TN, TP, Cells, total

# Benefit of a person: decision - label + 1. A wrongly refused one gets 0, a right decision 1, a wrongly selected one 2.
_BENEFIT = {TN: 1.0, FP: 2.0, FN: 0.0, TP: 1.0}


def generalized_entropy(counts: Mapping[float, float], alpha: float = 2.0) -> float:
    """Return the generalised entropy index of benefits given as benefit -> rows; 0 is best.

    alpha = 1 is Theil's index. Source: Speicher et al., KDD 2018, equation 2.

    Raises:
        ValueError: no rows, or all benefits are 0.
    """
    benefit = np.array(list(counts), dtype=float)
    weight = np.array(list(counts.values()), dtype=float)
    if weight.sum() <= 0 or (benefit * weight).sum() <= 0:
        raise ValueError("no benefits to compare")
    relative = benefit / np.average(benefit, weights=weight)
    if alpha == 1:
        logs = np.log(np.where(relative > 0, relative, 1.0))
        return float(np.average(relative * logs, weights=weight))
    if alpha == 0:
        return float(-np.average(np.log(relative), weights=weight))
    return float(np.average(relative**alpha - 1, weights=weight) / (alpha * (alpha - 1)))


def inequality(cells: Cells) -> Inequality | NotAssessed:
    """Return the inequality indices of all people whose label and decision are known."""
    mass = cells.marginal(()).mass[0]
    by_benefit: dict[float, float] = {}
    for cell, benefit in _BENEFIT.items():
        by_benefit[benefit] = by_benefit.get(benefit, 0.0) + float(mass[cell])
    if sum(by_benefit.values()) <= 0:
        return NotAssessed("No row has both a label and a decision.")
    if by_benefit[1.0] + by_benefit[2.0] <= 0:
        return NotAssessed("Every decision was a wrong refusal; there is no benefit to compare.")
    between = {item.name: _between(cells.marginal((item.name,))) for item in cells.attributes}
    return Inequality(generalized_entropy(by_benefit, 2.0), generalized_entropy(by_benefit, 1.0), between)


def _between(cells: Cells) -> float:
    """Return the index when everyone had the mean benefit of their group (alpha = 2)."""
    rows = total(cells.mass, (TN, FP, FN, TP))
    benefits = sum(benefit * total(cells.mass, (cell,)) for cell, benefit in _BENEFIT.items())
    used = rows > 0
    relative = np.asarray(benefits)[used] / rows[used] / (np.asarray(benefits)[used].sum() / rows[used].sum())
    return float(np.average(relative**2 - 1, weights=rows[used]) / 2)
