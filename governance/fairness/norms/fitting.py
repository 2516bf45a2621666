"""Corrections fitted on the counts of windows: the smallest move of scores that brings the accused groups back within a norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from governance.evidence import RefusedInputError
from governance.fairness.norms.evalue import EDGE, fit_offset, log_odds, sigmoid
from governance.fairness.norms.hypotheses import LABELS
from governance.fairness.norms.norm import CALIBRATION, Norm
from governance.fairness.norms.patch_report import Correction, GroupOffset, Kind
from governance.fairness.norms.projection import Floats
from governance.fairness.norms.report import Accused
from governance.fairness.norms.series import Window
from governance.fairness.norms.tally import BINS, WindowTally

FARTHEST: Final = 4.0
"""Log-odds that a score moves at most: odds of 50 to 1. What needs more is no correction but another model."""
STEPS: Final = 400
"""Offsets that are looked at on each side of 0: a hundredth of a unit apart."""
_WIDTH: Final = 10 / (BINS - 2)
"""Width of a bin in log-odds."""
RIDGE: Final = 1.0
"""Weak prior of an offset that is a correction: the proof is there already, so it is hardly held back."""


def corrections(
    windows: Sequence[Window], norm: Norm, accused: Sequence[Accused], threshold: float
) -> tuple[Correction, ...]:
    """Return corrections for the groups of a proven breach, fitted on some windows.

    Args:
        windows: from the one in which the breach began on, without those on which the effect is shown.
        norm: that is broken.
        accused: its proven breaches, at least one; the corrections are for the groups of the first and those of its attributes.
        threshold: people are selected from this score on.

    Raises:
        RefusedInputError: the windows have no scores between 0 and 1, or no labels where the norm is about labels.
    """
    attributes, measure = accused[0].attributes, accused[0].measure
    own = [one for one in accused if (one.attributes, one.measure) == (attributes, measure)]
    if norm.metric in CALIBRATION:
        return _of_scores(windows, attributes, own)
    return _of_rates(windows, norm, attributes, own, threshold=threshold)


def _counts(windows: Sequence[Window], attributes: tuple[str, ...], group: tuple[str, ...] | None) -> list[Floats]:
    """Return positives, labelled rows and sums of scores by bin of the people of a group, of all people for None."""
    found = [np.zeros(0)] * 3
    total: list[Floats] = []
    for item in windows:
        if item.tally is None or not set(attributes) <= set(item.tally.attributes):
            continue
        columns = [item.tally.attributes.index(name) for name in attributes]
        here = [
            place
            for place, values in enumerate(item.tally.groups)
            if group is None or tuple(values[column] for column in columns) == group
        ]
        found = [item.scored[here, :, 1].sum(axis=0), item.scored[here].sum(axis=(0, 2)), item.score[here].sum(axis=0)]
        total = [before + now for before, now in zip(total, found, strict=True)] if total else found
    if not total or not total[1].sum():
        raise RefusedInputError(
            "The windows since the breach began hold no labelled scores of the accused group.",
            "Wait for labels, or train a new model.",
        )
    return total


def _of_scores(
    windows: Sequence[Window], attributes: tuple[str, ...], own: Sequence[Accused]
) -> tuple[Correction, ...]:
    """Return the offset of each accused group, and one recalibration of all scores that asks nobody who they are."""
    moved = []
    for one in own:
        k, n, total = _counts(windows, attributes, one.values)
        offset = float(fit_offset(k[None], n[None], total[None], ridge=RIDGE)[0])
        moved.append(GroupOffset(one.values, _rounded(offset)))
    slope, intercept = recalibration(*_counts(windows, attributes, None))
    return (
        Correction(kind="offset", attributes=attributes, offsets=tuple(moved)),
        Correction(kind="blind", slope=_rounded(slope), intercept=_rounded(intercept)),
    )


def recalibration(k: Floats, n: Floats, total: Floats) -> tuple[float, float]:
    """Return slope and intercept on the log-odds of scores under which the labels are most likely (Platt 1999), by Newton's method."""
    odds = log_odds(np.clip(total / np.maximum(n, 1e-9), EDGE, 1 - EDGE))
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    found = np.array([1.0, 0.0])
    for _ in range(25):
        rate = sigmoid(design @ found)
        slope = design.T @ (k - n * rate) - RIDGE * (found - np.array([1.0, 0.0]))
        curve = design.T @ (design * (n * rate * (1 - rate))[:, None]) + RIDGE * np.eye(2)
        found = found + np.clip(np.linalg.solve(curve, slope), -1.0, 1.0)
    return max(float(found[0]), 0.05), float(found[1])


def offsets() -> Floats:
    """Return the offsets that are looked at, rising, 0 in the middle."""
    return np.linspace(-FARTHEST, FARTHEST, 2 * STEPS + 1)


def _curve(
    windows: Sequence[Window], measure: str, attributes: tuple[str, ...], group: tuple[str, ...], *, cut: float
) -> tuple[Floats, float]:
    """Return (offsets,) the rate of a group under each offset, and how many people it rests on; people of a bin lie evenly in it."""
    people, score = np.zeros(BINS), np.zeros(BINS)
    for item in windows:
        if item.tally is not None and set(attributes) <= set(item.tally.attributes):
            rows, total = _of_group(item.tally, LABELS[measure], attributes, group)
            people, score = people + rows, score + total
    if not people.sum():
        raise RefusedInputError(
            f"The windows since the breach began hold no scores between 0 and 1 of {', '.join(group)}.",
            "A correction moves scores; give the model's scores, or train a new model.",
        )
    mean = np.divide(score, people, out=np.full(BINS, 0.5), where=people > 0)
    odds = log_odds(np.clip(mean, EDGE, 1 - EDGE))
    share = np.clip((odds[None, :] + offsets()[:, None] - cut) / _WIDTH + 0.5, 0.0, 1.0)
    return np.asarray(share @ people / people.sum()), float(people.sum())


def _of_group(
    tally: WindowTally, labels: tuple[int, ...], attributes: tuple[str, ...], group: tuple[str, ...]
) -> tuple[Floats, Floats]:
    """Return people and sums of scores by bin of those of a group who could have the outcome."""
    columns = [tally.attributes.index(name) for name in attributes]
    inside = np.array([tuple(values[column] for column in columns) == group for values in tally.groups], dtype=bool)
    where = np.asarray(tally.bin, dtype=np.intp)
    here = inside[np.asarray(tally.group, dtype=np.intp)] & np.isin(tally.label, labels) & (where >= 0)
    rows, score = np.asarray(tally.rows, dtype=np.float64), np.asarray(tally.score, dtype=np.float64)
    return (
        np.bincount(where[here], rows[here], minlength=BINS).astype(np.float64),
        np.bincount(where[here], score[here], minlength=BINS).astype(np.float64),
    )


def _of_rates(
    windows: Sequence[Window], norm: Norm, attributes: tuple[str, ...], own: Sequence[Accused], *, threshold: float
) -> tuple[Correction, ...]:
    """Return offsets of the accused groups alone, of both sides, and one offset of all people, each where one keeps the norm."""
    cut = float(log_odds(np.clip(np.array([threshold]), EDGE, 1 - EDGE))[0])
    groups = tuple(dict.fromkeys(group for one in own for group in (one.values, one.other_values)))
    curves = {group: _curve(windows, own[0].measure, attributes, group, cut=cut) for group in groups}
    kinds: tuple[tuple[Kind, bool], ...] = (("offset", False), ("both_sides", True))
    found = []
    for kind, shared in kinds:
        moved = _moved(norm, own, curves, both=shared)
        if moved:
            found.append(Correction(kind=kind, attributes=attributes, offsets=moved))
    common = _common(norm, own, curves)
    if common is not None:
        found.append(Correction(kind="blind", intercept=_rounded(common)))
    return tuple(found)


def _need(norm: Norm, higher: float, lower: float, spread: float) -> float:
    """Return by how much the lower of two rates lies too low, one standard error of safety included; 0 where the norm is kept."""
    edge = norm.number * higher if norm.compare == "ratio" else higher - norm.number
    return max(edge + spread - lower, 0.0)


def _spread(rates: Sequence[tuple[float, float]]) -> float:
    return float(np.sqrt(sum(rate * (1 - rate) / max(people, 1.0) for rate, people in rates)))


def _moved(
    norm: Norm, own: Sequence[Accused], curves: dict[tuple[str, ...], tuple[Floats, float]], *, both: bool
) -> tuple[GroupOffset, ...]:
    """Return the offsets that raise each accused group to its norm, or raise it half of the way and lower the other the other half."""
    middle = STEPS
    target: dict[tuple[str, ...], float] = {}
    for one in own:
        low, high = one.values, one.other_values
        lower, higher = float(curves[low][0][middle]), float(curves[high][0][middle])
        need = _need(norm, higher, lower, _spread([(lower, curves[low][1]), (higher, curves[high][1])]))
        part = need / (1 + norm.number if norm.compare == "ratio" else 2) if both else need
        target[low] = max(target.get(low, 0.0), lower + part)
        if both and need:
            target[high] = min(target.get(high, 1.0), higher - part)
    found = []
    for group, wanted in target.items():
        rate = curves[group][0]
        above = wanted > rate[middle]
        fits = np.flatnonzero(rate >= wanted) if above else np.flatnonzero(rate <= wanted)
        if wanted == rate[middle] or not len(fits):
            continue
        offset = float(offsets()[fits.min() if above else fits.max()])
        found.append(GroupOffset(group, _rounded(offset)))
    return tuple(found)


def _common(norm: Norm, own: Sequence[Accused], curves: dict[tuple[str, ...], tuple[Floats, float]]) -> float | None:
    """Return the smallest offset of all people under which every accused pair keeps the norm, None when none does."""
    kept = np.ones(2 * STEPS + 1, dtype=bool)
    for one in own:
        a, b = curves[one.values][0], curves[one.other_values][0]
        if norm.compare == "ratio":
            kept &= (a >= norm.number * b) & (b >= norm.number * a) & (np.maximum(a, b) > 0)
        else:
            kept &= np.abs(a - b) <= norm.number
    places = np.flatnonzero(kept)
    return None if not len(places) else float(offsets()[places[np.argmin(np.abs(places - STEPS))]])


def _rounded(value: float) -> float:
    return round(value, 6)
