"""How strong a sign must be before a rule may alarm, so that false alarms stay rare: the result types, light to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from governance.drift.results.report import DriftReport, Estimate, EstimatedHarm, GroupChange, Harm
from governance.drift.samples.metrics import BETTER
from governance.evidence import NotAssessed

CalibratedRule = Literal["column", "score", "estimated", "realised", "subgroup"]
RULES: Final[tuple[CalibratedRule, ...]] = ("column", "score", "estimated", "realised", "subgroup")
SIGNS: Final[Mapping[CalibratedRule, str]] = {
    "column": "how far the column that moved most has moved, as a multiple of what matters",
    "score": "how far the mean score or the share of selected rows has moved",
    "estimated": "how much worse the main metric is expected to be without labels",
    "realised": "how much worse the main metric is with labels",
    "subgroup": "how much worse a metric is for the group that lost most",
}
"""What is held against a rule's threshold, in words."""


@dataclass(frozen=True, slots=True)
class RuleThreshold:
    """One rule and what its sign has to pass."""

    rule: CalibratedRule
    threshold: float | None
    """The sign has to be larger; None when the reference cannot show this sign (no labels, no scores, no groups)."""
    reached: float | None
    """The largest sign in a resample, None as above."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Thresholds under which windows that are nothing but the reference again seldom alarm."""

    rows: int
    """Rows of a window."""
    windows_per_month: float
    false_alarms_per_month: float
    """At most so many are expected, over all rules together."""
    resamples: int
    rules: tuple[RuleThreshold, ...]
    alarms_before: int
    """In so many resamples some sign passed its practical limit, before calibration."""
    alarms_after: int
    """In so many resamples some sign passed its threshold; at most about the promise, by construction."""

    def passes(self, rule: str, sign: float) -> bool:
        """Return whether a sign is strong enough for its rule; rules without a threshold are not held back."""
        found = next((item.threshold for item in self.rules if item.rule == rule), None)
        return found is None or sign > found


def signs(report: DriftReport) -> dict[CalibratedRule, float]:
    """Return the sign of each rule as a comparison of two windows shows it; a rule without a sign is left out."""
    used = [
        item.effect / item.threshold
        for column in report.columns
        if column.matters != "unused"
        for item in column.tests.values()
        if item.effect is not None and item.threshold
    ]
    found: dict[CalibratedRule, float] = {"column": max(used, default=0.0)}
    if not isinstance(report.performance, NotAssessed):
        name, change = report.performance.main_metric, report.performance.change
        shifts = [abs(change[key].value or 0.0) for key in ("mean_score", "selection_rate") if key in change]
        if shifts:
            found["score"] = max(shifts)
        if name in change and change[name].value is not None:
            found["realised"] = loss_of(name, change[name].value or 0.0)
    if isinstance(report.harm, Harm):
        found |= _of_harm(report.harm)
    return found


def _of_harm(harm: Harm) -> dict[CalibratedRule, float]:
    found: dict[CalibratedRule, float] = {}
    if isinstance(harm.estimated, EstimatedHarm):
        drop = _expected_loss(harm.estimated)
        if drop is not None:
            found["estimated"] = drop
    worst = worst_group(harm.by_group)
    if worst is not None:
        found["subgroup"] = worst
    return found


def _expected_loss(harm: EstimatedHarm) -> float | None:
    for name in ("roc_auc", "accuracy", "mean_absolute_error"):
        before, now = harm.reference.get(name), harm.current.get(name)
        if _known(before) is not None and _known(now) is not None:
            return loss_of(name, (_known(now) or 0.0) - (_known(before) or 0.0))
    return None


def _known(found: Estimate | None) -> float | None:
    return found.value if found else None


def worst_group(groups: tuple[GroupChange, ...]) -> float | None:
    """Return the largest loss of a group in a metric that has a better direction, None without groups."""
    losses = [
        loss_of(item.metric, item.change.value)
        for item in groups
        if item.metric in BETTER and item.change.value is not None and item.change.verdict != "cannot_tell"
    ]
    return max(losses, default=None)


def loss_of(metric: str, change: float) -> float:
    """Return a change as a loss: positive where the metric got worse."""
    return -BETTER.get(metric, 1) * change
