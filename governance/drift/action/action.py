"""What to do next: the ladder from signal to labels, as one rule that says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from governance.drift.action.costs import UNPRICED
from governance.drift.results.report import (
    Action,
    Change,
    ColumnDrift,
    DropParts,
    EstimatedHarm,
    Harm,
    PerformanceChange,
    Recommendation,
)
from governance.drift.samples.file_order import LOOKS_ORDERED
from governance.evidence import NotAssessed
from governance.language import mark
from governance.statistics import spoken


@dataclass(frozen=True)
class Signal:
    """Which columns moved."""

    material: tuple[str, ...]
    """Moved by more than matters in practice, and used by the model as far as that is known."""
    unclear: int
    """How many columns have too few rows to tell."""
    unused: tuple[str, ...]
    """Moved, but the model does not look at them."""
    by_order: tuple[str, ...] = ()
    """Those among the material ones that also change along the rows of both windows: the order of the file may be all there is."""


def signal_of(columns: Sequence[ColumnDrift]) -> Signal:
    """Return which columns moved, apart from those that the model does not use."""
    moved = [item for item in columns if item.verdict == "material"]
    return Signal(
        tuple(item.name for item in moved if item.matters != "unused"),
        sum(item.verdict == "cannot_tell" for item in columns),
        tuple(item.name for item in moved if item.matters == "unused"),
        tuple(item.name for item in moved if item.matters != "unused" and LOOKS_ORDERED in item.reason),
    )


def recommended(
    signal: Signal, performance: PerformanceChange | NotAssessed, harm: Harm | NotAssessed, lost: Sequence[str] = ()
) -> Action:
    """Return the recommendation with its reason and what is not known; a person decides.

    Labels outrank estimates and estimates outrank signals: a column that moved is no reason to act by itself.

    Args:
        signal: which columns moved.
        performance: metrics of both windows.
        harm: what is known about the harm.
        lost: columns that the model needs and the current window lacks.
    """
    unknown = _unknown(signal, harm)
    if lost:
        reason = f"The current window lacks {', '.join(lost[:5])}, which the model needs."
        return Action("stop", reason, unknown)
    if isinstance(harm, NotAssessed):
        return _without_model(signal, harm, unknown)
    if harm.realised == "worse":
        kind, reason = _confirmed(performance, harm)
        return Action(kind, reason, unknown)
    elsewhere = _elsewhere(performance)
    if harm.realised in ("within_tolerance", "better"):
        return _unharmed(signal, harm.realised, harm, elsewhere, unknown)
    return _unconfirmed(signal, harm, elsewhere, unknown)


def _unknown(signal: Signal, harm: Harm | NotAssessed) -> tuple[str, ...]:
    found = []
    if signal.unclear:
        found.append(f"{signal.unclear} columns have too few rows to tell whether they moved")
    if signal.by_order:
        found.append(
            f"whether {_listed(signal.by_order)} moved at all: it {LOOKS_ORDERED}; compare windows cut by time, or shuffle the rows first"
        )
    if isinstance(harm, NotAssessed):
        return (*found, f"whether the answers got worse: {harm.reason}")
    if harm.labels.labelled < harm.labels.total:
        found.append(
            f"the outcome of {harm.labels.total - harm.labels.labelled:,} of {harm.labels.total:,} current rows"
        )
    if isinstance(harm.estimated, NotAssessed):
        found.append(f"no estimate without labels: {harm.estimated.reason}")
    elif harm.estimated.weighted_refused is not None:
        found.append(f"no weighted estimate without labels: {harm.estimated.weighted_refused.reason}")
    if isinstance(harm.parts, NotAssessed):
        found.append(f"where a change of the error comes from: {harm.parts.reason}")
    if not harm.by_group:
        found.append("how single groups fare: no sensitive column is named")
    return (*found, f"{UNPRICED}: no costs are named, every error counts the same")


def _without_model(signal: Signal, harm: NotAssessed, unknown: tuple[str, ...]) -> Action:
    if signal.material:
        reason = f"{_listed(signal.material)} moved, and {harm.reason}, so it is open whether that matters."
        return Action("investigate", reason, unknown)
    if signal.unclear:
        return Action("watch", mark("Too few rows to tell for some columns; look again with more."), unknown)
    return Action("none", mark("No column moved by more than matters in practice."), unknown)


def _confirmed(performance: PerformanceChange | NotAssessed, harm: Harm) -> tuple[Recommendation, str]:
    if isinstance(performance, NotAssessed):
        return "investigate", performance.reason
    name = performance.main_metric
    before, after = performance.reference[name], performance.current[name]
    said = f"Labels confirm the harm: {spoken(name)} went from {before.value:.3f} to {after.value:.3f} ({harm.realised_reason})."
    if name == "roc_auc" and after.low is not None and after.low <= 0.5:
        return "stop", f"{said} The scores may be no better than chance."
    return "retrain", f"{said} {_cause(harm.parts)}"


def _cause(parts: DropParts | NotAssessed) -> str:
    advice = "Retrain on recent data, or go back to an earlier version if that one was better on this window."
    if isinstance(parts, NotAssessed):
        return advice
    named = {
        "the same inputs now lead to other outcomes": parts.changed_outcome,
        "inputs that were seen before but are harder have become more frequent": parts.harder_seen,
        "inputs that the reference hardly showed have appeared": parts.unseen,
    }
    words, largest = max(named.items(), key=lambda item: item[1].value or 0.0)
    if largest.low is None or largest.low <= 0:
        return f"No single cause stands out beyond chance. {advice}"
    return f"The largest part of the rise in {parts.loss}: {words} ({largest.value:+.3f}). {advice}"


def _elsewhere(performance: PerformanceChange | NotAssessed) -> str:
    """Return in words which metrics beside the main one got worse by labels, beyond chance and tolerance; "" when none did."""
    if isinstance(performance, NotAssessed):
        return ""
    worse = [
        f"{spoken(name)} went from {performance.reference[name].value:.3f} to {performance.current[name].value:.3f}"
        for name, item in performance.change.items()
        if item.verdict == "worse" and name != performance.main_metric
    ]
    return _listed(worse)


def _unharmed(signal: Signal, verdict: Change, harm: Harm, elsewhere: str, unknown: tuple[str, ...]) -> Action:
    if elsewhere:
        reason = (
            f"Overall the labels show no harm ({harm.realised_reason}), but {elsewhere}, beyond chance and tolerance."
        )
        return Action("investigate", reason, unknown)
    worse = sorted({f"{item.attribute} {item.group}" for item in harm.by_group if item.change.verdict == "worse"})
    if worse:
        reason = f"Overall the labels show no harm ({harm.realised_reason}), but it got worse for {_listed(worse)}."
        return Action("investigate", reason, unknown)
    words = "improved" if verdict == "better" else "held"
    if signal.material:
        return Action(
            "watch",
            f"{_listed(signal.material)} moved, but by labels performance {words}: {harm.realised_reason}.",
            unknown,
        )
    return Action("none", f"By labels performance {words}: {harm.realised_reason}.", unknown)


def _unconfirmed(signal: Signal, harm: Harm, elsewhere: str, unknown: tuple[str, ...]) -> Action:
    expected = harm.estimated.verdict if isinstance(harm.estimated, EstimatedHarm) else "cannot_tell"
    more = f"{harm.labels.needed:,} labels would settle it" if harm.labels.needed else "it takes more labelled rows"
    if elsewhere:
        reason = f"By labels {elsewhere}, beyond chance and tolerance; overall they cannot tell yet: {more}."
        return Action("investigate", reason, unknown)
    if expected == "worse":
        return Action(
            "collect_labels", f"Performance is expected to be worse, and labels cannot confirm it yet: {more}.", unknown
        )
    if signal.material:
        reason = f"{_listed(signal.material)} moved; an estimate cannot see changed outcomes, and labels cannot tell: {more}."
        return Action("collect_labels", reason, unknown)
    return Action("watch", mark("No column that matters moved; labels cannot tell more yet."), unknown)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
