"""Cumulative gains and lift: what is found when the highest scores are selected first."""

from __future__ import annotations

from dataclasses import dataclass

from governance.performance.report import ThresholdCurve


@dataclass(frozen=True, slots=True)
class Gain:
    """What is found at one threshold."""

    threshold: float
    selected: float
    """Share of all rows with a score at or above the threshold, 0 to 1."""
    found: float
    """Share of the rows with the positive label that are among them, 0 to 1; drawing rows by chance finds `selected` of them."""
    lift: float | None
    """Share of positive labels among the selected, divided by the share among all rows; 1 is chance. None where nobody is selected."""


def gains(curve: ThresholdCurve) -> tuple[Gain, ...]:
    """Return the gains from the highest threshold, at which nobody is selected, to the lowest, at which everybody is.

    Empty where no row has the positive label: nothing can be found.
    """
    total = curve.positives + curve.negatives
    if not curve.positives:
        return ()
    found = []
    counts = zip(curve.thresholds, curve.true_positives, curve.false_positives, strict=True)
    for threshold, true, false in reversed(tuple(counts)):
        selected = true + false
        lift = (true / selected) / (curve.positives / total) if selected else None
        found.append(Gain(threshold=threshold, selected=selected / total, found=true / curve.positives, lift=lift))
    return tuple(found)
