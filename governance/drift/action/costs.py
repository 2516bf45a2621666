"""What the recommended step costs, and what it costs to leave it: counts of wrong decisions times the costs that somebody named."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from governance.drift.action.error_size import of_numbers
from governance.drift.results.cost_estimate import ONE, Costs, Stakes
from governance.drift.results.report import Action, Estimate, EstimatedHarm, Harm, Recommendation
from governance.drift.samples.metrics import FEWEST, Measured, measured_share
from governance.evidence import NotAssessed
from governance.language import mark
from governance.subject import Outcome

_STEPS: Final[dict[Recommendation, str]] = {
    "none": mark("There is nothing to do, and nothing to pay for."),
    "watch": mark("Looking again at the next window costs no decision."),
    "collect_labels": "Outcomes have to be found out",
    "investigate": mark("Somebody has to look into it before anything is changed; decisions go on meanwhile."),
    "recalibrate": "A new version of the scores",
    "retrain": "A new version of the model",
    "stop": "Decisions have to be made otherwise, by people or by an earlier version, until another model is approved",
}
_CHANGES: Final = ("recalibrate", "retrain", "stop")
UNPRICED: Final = "what a wrong decision costs"
"""How the sentence begins that says that no costs are named."""
_ONE_SHARE: Final = " Costs of being wrongly selected or left out are about two classes and are not counted here"
"""Said of several classes where somebody named such costs."""


@dataclass(frozen=True)
class _Excess:
    """Cost of a decision now minus in the reference."""

    value: float
    low: float | None
    high: float | None


def at_stake(
    action: Action,
    harm: Harm | NotAssessed,
    windows: tuple[Outcome | NotAssessed, Outcome | NotAssessed],
    costs: Costs,
    tolerance: float,
) -> Action:
    """Return the recommendation with what acting and not acting cost.

    Args:
        action: the recommendation.
        harm: what is known about the harm.
        windows: decisions and outcomes of the reference and of the current window.
        costs: what somebody said that things cost.
        tolerance: how much worse a metric may get.
    """
    if any(not isinstance(item, NotAssessed) and item.task == "regression" for item in windows):
        acting = _acting(action.recommendation, harm, costs)
        done = _if_done(action.recommendation, harm, costs, acting=acting, pays_after=None)
        return of_numbers(action, harm, windows, costs, tolerance=tolerance, acting=acting, if_done=done)
    kind, said = action.recommendation, ""
    if costs.names_errors and any(not isinstance(item, NotAssessed) and item.task == "multiclass" for item in windows):
        costs, said = replace(costs, false_positive=0.0, false_negative=0.0), _ONE_SHARE
    basis, excess = _excess(harm, windows, costs)
    unit = costs.unit or "units of cost" if costs.names_errors else "wrong decisions"
    acting = _acting(kind, harm, costs)
    found = Stakes(
        unit=unit,
        basis=basis,
        waiting=None,
        waiting_low=None,
        waiting_high=None,
        acting=acting,
        pays_after=_pays_after(kind, acting, excess, costs),
        if_not="",
        if_done="",
    )
    if excess is not None:
        low, high = (None if end is None else ONE * end for end in (excess.low, excess.high))
        found = replace(found, waiting=ONE * excess.value, waiting_low=low, waiting_high=high)
    if_not = f"{_if_not(found, kind, costs, tolerance)}{said}{'.' if said else ''}"
    if_done = _if_done(kind, harm, costs, acting=found.acting, pays_after=found.pays_after)
    unknown = [item for item in action.unknown if not costs.names_errors or not item.startswith(UNPRICED)]
    return replace(action, stakes=replace(found, if_not=if_not, if_done=if_done), unknown=tuple(unknown))


def _excess(
    harm: Harm | NotAssessed, windows: tuple[Outcome | NotAssessed, Outcome | NotAssessed], costs: Costs
) -> tuple[Literal["labels", "estimate", "none"], _Excess | None]:
    """Return what a decision costs more than in the reference, by the strongest evidence there is."""
    before, after = windows
    if not isinstance(before, NotAssessed) and not isinstance(after, NotAssessed):
        found = _by_labels(before, after, costs)
        if found is not None:
            return "labels", found
    if isinstance(harm, Harm) and isinstance(harm.estimated, EstimatedHarm):
        found = _by_estimate(harm.estimated, costs)
        if found is not None:
            return "estimate", found
    return "none", None


def _shares(found: Outcome) -> tuple[Measured, ...] | None:
    """Return the shares of labelled rows that are wrongly selected and wrongly not selected; of several classes one, of all wrong ones."""
    known = found.labelled
    rows = int(known.sum())
    if rows < FEWEST:
        return None
    if found.task == "multiclass":
        wrong = measured_share(int((found.y_true[known] != found.y_pred[known]).sum()), rows)
        return (wrong,) if wrong else None
    label, chosen = found.y_true[known] > 0, found.y_pred[known] > 0
    one, two = (measured_share(int(wrong.sum()), rows) for wrong in (chosen & ~label, ~chosen & label))
    return (one, two) if one and two else None


def _by_labels(before: Outcome, after: Outcome, costs: Costs) -> _Excess | None:
    """Return the excess with its interval: each share's own Wilson interval, put together as squares.

    Source: Zou and Donner, Statistics in Medicine 27:1693-1702 (2008), the method of variance estimates recovery, for a sum of shares
    with weights; that the two kinds of errors exclude each other is left out, which makes the interval a little wider.
    """
    was, now = _shares(before), _shares(after)
    if was is None or now is None:
        return None
    terms = [
        (price, item)
        for sign, side in ((-1.0, was), (1.0, now))
        for price, item in zip((sign * cost for cost in costs.of_errors[: len(side)]), side, strict=True)
    ]
    value = sum(price * item.value for price, item in terms)
    down = [price * (item.value - (item.low if price > 0 else item.high)) for price, item in terms]
    up = [price * ((item.high if price > 0 else item.low) - item.value) for price, item in terms]
    return _Excess(value, value - math.hypot(*down), value + math.hypot(*up))


def _by_estimate(found: EstimatedHarm, costs: Costs) -> _Excess | None:
    """Return the excess that the estimate without labels implies; an interval only where every error costs the same."""
    one, two = costs.of_errors
    if one == two:
        was, now = found.reference.get("accuracy"), found.current.get("accuracy")
        if was is None or now is None or was.value is None or now.value is None:
            return None
        sides = [_half(item) for item in (was, now)]
        value = one * (was.value - now.value)
        if any(side is None for side in sides):
            return _Excess(value, None, None)
        half = one * math.hypot(*(side or 0.0 for side in sides))
        return _Excess(value, value - half, value + half)
    costs_now, costs_then = _of_rates(found.current, costs), _of_rates(found.reference, costs)
    return None if costs_now is None or costs_then is None else _Excess(costs_now - costs_then, None, None)


def _half(item: Estimate) -> float | None:
    return None if item.low is None or item.high is None else (item.high - item.low) / 2


def _of_rates(metrics: Mapping[str, Estimate], costs: Costs) -> float | None:
    found = [metrics.get(name) for name in ("base_rate", "true_positive_rate", "false_positive_rate")]
    values = [item.value for item in found if item is not None and item.value is not None]
    if len(values) < 3:
        return None
    base, caught, selected = values
    one, two = costs.of_errors
    return one * selected * (1 - base) + two * (1 - caught) * base


def _acting(kind: Recommendation, harm: Harm | NotAssessed, costs: Costs) -> float | None:
    if kind in _CHANGES:
        return costs.change or None
    if kind == "collect_labels" and isinstance(harm, Harm) and costs.label:
        return costs.label * _missing_labels(harm)
    return 0.0 if kind in ("none", "watch") else None


def _missing_labels(harm: Harm) -> int:
    """Return how many outcomes are still wanted; all open ones when it is not known how many would settle the question."""
    open_ = harm.labels.total - harm.labels.labelled
    return max(harm.labels.needed - harm.labels.labelled, 0) if harm.labels.needed else open_


def _pays_after(kind: Recommendation, acting: float | None, excess: _Excess | None, costs: Costs) -> int | None:
    if kind not in _CHANGES or not acting or excess is None or excess.value <= 0 or not costs.names_errors:
        return None
    return math.ceil(acting / excess.value)


def _if_not(found: Stakes, kind: Recommendation, costs: Costs, tolerance: float) -> str:
    inside = f"the tolerance is {ONE * tolerance:,.0f} wrong decisions in {ONE:,}"
    if found.waiting is None:
        return f"Neither outcomes nor an estimate say how many decisions are wrong now, so what waiting costs is not known; {inside}."
    source = "As expected without outcomes" if found.basis == "estimate" else "By outcomes"
    amount, ends = f"{abs(found.waiting):,.1f}", ""
    if found.waiting_low is not None and found.waiting_high is not None:
        ends = f" (95 % interval {found.waiting_low:+,.1f} to {found.waiting_high:+,.1f})"
    if costs.names_errors:
        more = "more" if found.waiting >= 0 else "less"
        words = f"{source}, {ONE:,} decisions cost {amount} {found.unit} {more} than in the reference{ends}"
    else:
        more = "more" if found.waiting >= 0 else "fewer"
        words = f"{source}, {amount} {more} of {ONE:,} decisions are wrong than in the reference{ends}"
    leave = ""
    if (
        found.waiting_low is not None
        and found.waiting_high is not None
        and found.waiting_low <= 0 <= found.waiting_high
    ):
        leave = ", which chance alone explains"
    elif found.waiting > 0 and kind not in ("none", "watch"):
        leave = ", as long as nothing is done"
    return f"{words}{leave}; {inside}."


def _if_done(
    kind: Recommendation, harm: Harm | NotAssessed, costs: Costs, *, acting: float | None, pays_after: int | None
) -> str:
    unit = costs.unit or "units of cost"
    words = _STEPS[kind]
    if kind == "collect_labels" and isinstance(harm, Harm):
        price = f", {acting:,.0f} {unit} at {costs.label:g} each" if acting else "; what one costs is not named"
        return f"{words}: {_missing_labels(harm):,} of them{price}."
    if kind not in _CHANGES:
        return words if words.endswith(".") else f"{words}."
    price = f": {acting:,.0f} {unit} once" if acting else "; what the change costs is not named"
    pays = ""
    if pays_after is not None:
        pays = f" It has paid for itself after {pays_after:,} decisions, if it takes the whole excess away."
    return f"{words}{price}. A confirmed alert suspends approvals until the board has decided again.{pays}"
