"""From a comparison of two windows to the steps of an alert: a signal, its estimated impact, its confirmation by labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from governance.drift.alerts.alerts import Step
from governance.drift.alerts.calibration import CalibratedRule, Calibration, signs
from governance.drift.results.report import DriftReport, Estimate, EstimatedHarm, Harm, MetricChange
from governance.drift.samples.metrics import worse_by_interval
from governance.evidence import NotAssessed
from governance.statistics import spoken

Rule = Literal["column", "lost column", "score", "subgroup", "estimated", "realised", "quality"]
SCORE_LIMIT = 0.05
"""The mean score or the share of selected rows matters from this change on."""
SHOWN = 3
"""So many names are listed in a reason."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step that a window gives reason to."""

    step: Step
    rule: Rule
    """What was looked at."""
    reason: str
    """Why, in one sentence."""


def rungs(
    report: DriftReport, needed: tuple[str, ...] = (), calibration: Calibration | None = None
) -> tuple[Rung, ...]:
    """Return the steps that a window gives reason to, weakest evidence first; none when there is nothing to tell.

    Moved columns that the model does not use are no reason. Labels that show a metric worse beyond chance and tolerance confirm.

    Args:
        report: the window against its reference.
        needed: columns that the model reads; one that the window lacks is a signal.
        calibration: what each rule's sign has to pass besides; None to hold no rule back.
    """
    signal = _signal(report, needed, _Strong(signs(report), calibration))
    if signal is None:
        return ()
    harm = report.harm
    if isinstance(harm, NotAssessed):
        return (signal,)
    found = [signal, *_impact(harm)]
    if harm.realised == "worse" and _Strong(signs(report), calibration)("realised"):
        found.append(Rung("confirm", "realised", f"Labels confirm it: {harm.realised_reason}."))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Strong:
    """Whether the sign of a rule is strong enough to alarm."""

    signs: Mapping[CalibratedRule, float]
    calibration: Calibration | None

    def __call__(self, rule: CalibratedRule) -> bool:
        return self.calibration is None or self.calibration.passes(rule, self.signs.get(rule, 0.0))


def _signal(report: DriftReport, needed: tuple[str, ...], strong: _Strong) -> Rung | None:
    lost = tuple(name for name in report.only_reference if name in needed)
    if lost:
        return Rung("observe", "lost column", f"The window lacks {_listed(lost)}, which the model reads.")
    harm = report.harm
    if not isinstance(harm, NotAssessed) and harm.realised == "worse" and strong("realised"):
        return Rung("observe", "realised", f"With labels, decisions got worse: {harm.realised_reason}.")
    moved = tuple(item.name for item in report.columns if item.verdict == "material" and item.matters != "unused")
    if moved and strong("column"):
        return Rung("observe", "column", f"Moved by more than matters: {_listed(moved)}.")
    return None if isinstance(harm, NotAssessed) else _of_answers(report, harm, strong)


def _of_answers(report: DriftReport, harm: Harm, strong: _Strong) -> Rung | None:
    """Return the signal that the model's answers give, when neither labels nor columns gave one."""
    if isinstance(harm.estimated, EstimatedHarm) and harm.estimated.verdict == "worse" and strong("estimated"):
        return Rung("observe", "estimated", "Without labels, decisions are expected to be worse than on the reference.")
    worse = dict.fromkeys(f"{item.attribute} {item.group}" for item in harm.by_group if item.change.verdict == "worse")
    if worse and strong("subgroup"):
        return Rung("observe", "subgroup", f"Decisions got worse for {_listed(tuple(worse))}.")
    shifted = _shifted(report)
    if shifted and strong("score"):
        return Rung("observe", "score", f"The model answers otherwise: {shifted}.")
    return None


def _shifted(report: DriftReport) -> str:
    """Return which summary of the answers moved beyond chance and by more than matters, "" for none."""
    if isinstance(report.performance, NotAssessed):
        return ""
    for name, words in (("selection_rate", "share of selected rows"), ("mean_score", "mean score")):
        moved, before = report.performance.change.get(name), report.performance.reference.get(name)
        if moved is None or before is None or moved.value is None or moved.low is None or moved.high is None:
            continue
        sure = _both_sides(moved) < report.level("answers") / 2
        if abs(moved.value) >= SCORE_LIMIT and sure and before.value is not None:
            return f"the {words} went from {before.value:.3f} to {before.value + moved.value:.3f}"
    return ""


def _both_sides(moved: MetricChange) -> float:
    """Return the two-sided p value of a change; two summaries of the answers share their level half and half."""
    if moved.value is None or moved.low is None or moved.high is None:
        return 1.0
    mirrored = replace(moved, value=-moved.value, low=-moved.high, high=-moved.low)
    return 2 * min(worse_by_interval("", moved), worse_by_interval("", mirrored))


def _impact(harm: Harm) -> tuple[Rung, ...]:
    if isinstance(harm.estimated, NotAssessed):
        return ()
    found = expected(harm.estimated)
    if found is None:
        return ()
    name, before, now = found
    words = f"Expected without labels: {spoken(name)} from {before.value:.3f} to {now.value:.3f}"
    return (Rung("estimate_impact", "estimated", f"{words} ({harm.estimated.verdict.replace('_', ' ')})."),)


def expected(harm: EstimatedHarm) -> tuple[str, Estimate, Estimate] | None:
    """Return (metric, on the reference, expected now) of the metric that both have, the main one first; None without one."""
    for name in ("roc_auc", "accuracy", "mean_absolute_error", *harm.current):
        before, now = harm.reference.get(name), harm.current.get(name)
        if before is not None and now is not None and before.value is not None and now.value is not None:
            return name, before, now
    return None


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"
