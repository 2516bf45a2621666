"""What acting and not acting cost where a model predicts a number: it decides nothing, so its errors have a size and are not counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from governance.drift.results.cost_estimate import Costs, Stakes
from governance.drift.results.report import Action, EstimatedHarm, Harm
from governance.drift.samples.metrics import Measured, measured_mean
from governance.evidence import NotAssessed, number
from governance.statistics import mover_difference
from governance.subject import Outcome

_MEAN: Final = "mean_absolute_error"
_UNIT: Final = "units of the label"
_DECISIONS: Final = "what a wrong decision costs"
_SIZES: Final = "what an error costs: every unit of the label that a prediction is off counts the same"
_UNCOUNTED: Final = " Costs of decisions are named, and this model makes none: they are not counted."


def of_numbers(
    action: Action,
    harm: Harm | NotAssessed,
    windows: tuple[Outcome | NotAssessed, Outcome | NotAssessed],
    costs: Costs,
    *,
    tolerance: float,
    acting: float | None,
    if_done: str,
) -> Action:
    """Return the recommendation with how much further predictions are off than in the reference, per prediction.

    Args:
        action: the recommendation.
        harm: what is known about the harm.
        windows: predictions and labels of the reference and of the current window.
        costs: what somebody said that things cost; what decisions cost says nothing here.
        tolerance: how much worse the error may get, as a share of the reference's.
        acting: what the recommended step costs once, None when nobody named it.
        if_done: what it costs to act, in words.
    """
    labelled = _by_labels(windows)
    found = labelled or _by_estimate(harm)
    value, low, high = found or (None, None, None)
    stakes = Stakes(
        unit=_UNIT,
        basis="labels" if labelled else "estimate" if found else "none",
        waiting=value,
        waiting_low=low,
        waiting_high=high,
        acting=acting,
        pays_after=None,
        if_not=_if_not(found, tolerance, labelled=labelled is not None) + (_UNCOUNTED if costs.names_errors else ""),
        if_done=if_done.replace("decisions go on meanwhile", "predictions go on meanwhile"),
    )
    unknown = tuple(_SIZES if item.startswith(_DECISIONS) else item for item in action.unknown)
    return replace(action, stakes=stakes, unknown=unknown)


def _by_labels(windows: tuple[Outcome | NotAssessed, Outcome | NotAssessed]) -> tuple[float, float, float] | None:
    before, after = (_error(item) for item in windows)
    return _difference(before, after) if before and after else None


def _error(found: Outcome | NotAssessed) -> Measured | None:
    if isinstance(found, NotAssessed):
        return None
    off = np.abs(found.y_pred - found.y_true)
    return measured_mean(off[np.isfinite(off)], least=0.0)


def _by_estimate(harm: Harm | NotAssessed) -> tuple[float, float, float] | None:
    if isinstance(harm, NotAssessed) or not isinstance(harm.estimated, EstimatedHarm):
        return None
    sides = []
    for item in (harm.estimated.reference.get(_MEAN), harm.estimated.current.get(_MEAN)):
        if item is None or item.value is None or item.low is None or item.high is None:
            return None
        sides.append(Measured(value=item.value, low=item.low, high=item.high, n=item.n))
    return _difference(*sides)


def _difference(before: Measured, after: Measured) -> tuple[float, float, float]:
    """Return how much larger the second mean is, with the interval recovered from both (Zou and Donner 2008)."""
    low, high = mover_difference(
        a=after.value, a_low=after.low, a_high=after.high, b=before.value, b_low=before.low, b_high=before.high
    )
    return after.value - before.value, float(low), float(high)


def _if_not(found: tuple[float, float, float] | None, tolerance: float, *, labelled: bool) -> str:
    inside = f"the tolerance is {100 * tolerance:g} % of the reference's error"
    if found is None:
        return f"Neither labels nor an estimate say how far predictions are off now, so what waiting costs is not known; {inside}."
    value, low, high = found
    source = "By labels" if labelled else "As expected without labels"
    side = "further off" if value >= 0 else "less far off"
    chance = ", which chance alone explains" if low <= 0 <= high else ""
    return (
        f"{source}, a prediction is {number(abs(value))} {side} on average than in the reference "
        f"(95 % interval {low:+.3g} to {high:+.3g}){chance}; {inside}."
    )
