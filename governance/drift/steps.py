"""A comparison of two windows in four steps, each from one noun to the next: windows, columns, harm, recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import pandas as pd

from governance.drift.action.action import recommended, signal_of
from governance.drift.action.costs import at_stake
from governance.drift.columns.columns import Use, counted_pairs, drift
from governance.drift.families import Family, levels
from governance.drift.harm.attribution_drift import reached
from governance.drift.harm.column_effects import importance
from governance.drift.harm.harm import Windows, harm
from governance.drift.harm.within_groups import within
from governance.drift.performance.performance import outcomes_of, performance
from governance.drift.results.group_drift import GroupDrift
from governance.drift.results.report import Action, ColumnDrift, Harm, Multivariate, PerformanceChange
from governance.drift.samples import file_order
from governance.drift.samples.density import Density, density
from governance.drift.spec import DriftParameters
from governance.drift.windows_read import compared, joined, left_out, read_windows
from governance.evidence import NotAssessed, Progress, RefusedInputError, Streams
from governance.subject import Outcome, Schema, Subject

MOST_MOVED: Final = 12
"""Of so many moved columns at most the effect on the answers is looked up."""


@dataclass(frozen=True)
class BothWindows:
    """The rows of both windows and what their columns are for."""

    subject: Subject
    reference: pd.DataFrame
    current: pd.DataFrame
    schema: Schema
    """Roles; a current window whose outcomes are not known yet borrows the label's name from the reference."""
    features: tuple[str, ...]
    """What the model reads, or what has no other role."""
    left_out: Mapping[str, str]
    """Column -> why it is not compared."""
    notes: Mapping[str, str]
    """Column -> what was done to bring both windows to one type."""
    outcomes: tuple[Outcome | NotAssessed, Outcome | NotAssessed]
    """Decisions and labels of the reference and of the current window."""

    @property
    def asked(self) -> tuple[Family, ...]:
        """The families of questions that can alarm here; which ones depends on roles and labels, never on a result."""
        found: list[Family] = ["columns"]
        grouped = bool(self.schema.sensitive)
        found += ["inside_groups"] if grouped else []
        found += ["reached"] if self.subject.model is not None else []
        before, after = self.outcomes
        if isinstance(before, NotAssessed) or isinstance(after, NotAssessed):
            return tuple(found)
        found += ["answers"]
        found += ["estimate"] if before.task == "regression" or before.score is not None else []
        if after.labelled.any():
            found += ["main_metric", "other_metrics"]
            found += ["groups"] if grouped else []
            found += ["order"] if before.task != "regression" else []
        return tuple(found)

    def levels(self, parameters: DriftParameters) -> dict[str, float]:
        """Return what each family may spend of the window's error rate."""
        return levels(parameters.alpha, self.asked, shared=parameters.correction != "none")

    @property
    def both(self) -> tuple[str, ...]:
        """Columns of both windows, in the order of the reference."""
        return tuple(name for name in self.reference.columns if name in self.current.columns)

    @property
    def lost(self) -> tuple[str, ...]:
        """Columns that the model needs and the current window lacks."""
        needed = self.subject.model.signature.columns if self.subject.model else ()
        return tuple(name for name in needed if name not in self.current.columns)


@dataclass(frozen=True)
class ColumnEvidence:
    """What moved."""

    windows: BothWindows
    columns: tuple[ColumnDrift, ...]
    """The most pressing first."""
    family: int
    """How many questions share the correction."""
    importance_kind: Literal["shapley", "shuffled", "unknown"]
    apart: Density | NotAssessed
    """Whether a classifier tells the windows apart."""
    attributions: Multivariate | NotAssessed
    """Whether it does by what moves the model's answers."""
    within: tuple[GroupDrift, ...]
    within_reason: str
    """What was left out inside groups, or why there is nothing."""


@dataclass(frozen=True)
class HarmEvidence:
    """Whether it hurts."""

    moved: ColumnEvidence
    outcomes: tuple[Outcome | NotAssessed, Outcome | NotAssessed]
    """Decisions and labels of the reference and of the current window."""
    performance: PerformanceChange | NotAssessed
    harm: Harm | NotAssessed


@dataclass(frozen=True)
class Recommended:
    """What to do, with all that it rests on."""

    evidence: HarmEvidence
    action: Action


def both_windows(subject: Subject) -> BothWindows:
    """Return the rows of both windows.

    Raises:
        RefusedInputError: there is no reference, a window without rows, or no column in both.
    """
    if subject.reference is None:
        raise RefusedInputError("There is no reference window.", "Choose a reference to compare with.")
    needed = subject.model.signature.columns if subject.model else ()
    reference, current, notes = read_windows(subject.reference, subject.data, needed)
    schema = joined(subject.reference.schema, subject.data.schema)
    unread = left_out(schema, reference, current, has_model=subject.model is not None)
    both = tuple(name for name in reference.columns if name in current.columns)
    if not [name for name in compared(schema, both, both) if name not in unread]:
        raise RefusedInputError(
            "No column is left to compare: those of both windows number the rows, or have a role that is not compared.",
            "Take a role back, or compare tables with more columns.",
        )
    read = needed or tuple(name for name in schema.features(both) if name not in unread)
    return BothWindows(
        subject=subject,
        reference=reference,
        current=current,
        schema=schema,
        features=tuple(dict.fromkeys(name for name in read if name in both)),
        left_out=unread,
        notes=notes,
        outcomes=outcomes_of(subject, reference, current, schema),
    )


def column_evidence(
    windows: BothWindows, parameters: DriftParameters, streams: Streams, *, progress: Progress
) -> ColumnEvidence:
    """Return what moved: every column, all of them together, what moves the answers, and every column inside groups."""
    names = [name for name in compared(windows.schema, windows.both, windows.both) if name not in windows.left_out]
    level = windows.levels(parameters)
    use, kind = _use(windows, streams["use of columns"], progress)
    columns, family = drift(
        counted_pairs(windows.reference, windows.current, names, progress=progress, notes=windows.notes),
        streams["columns"],
        limits=parameters.limits,
        correction=parameters.correction,
        alpha=level["columns"],
        use=use,
    )
    columns = tuple(_with_order(windows, item) for item in columns)
    apart, attributions = _told_apart(windows, parameters, streams, progress=progress)
    inside, inside_reason = within(
        windows.reference,
        windows.current,
        windows.schema.sensitive,
        [item.name for item in columns],
        streams["inside groups"],
        limits=parameters.limits,
        correction=parameters.correction,
        alpha=level.get("inside_groups", parameters.alpha),
        progress=progress,
    )
    return ColumnEvidence(
        windows=windows,
        columns=columns,
        family=family,
        importance_kind=kind,
        apart=apart,
        attributions=attributions,
        within=inside,
        within_reason=inside_reason,
    )


def _with_order(windows: BothWindows, found: ColumnDrift) -> ColumnDrift:
    """Return the column; one that moved and also runs along the rows of both windows says so, unless rows are in order of time."""
    if found.verdict != "material" or windows.schema.timestamp:
        return found
    words = file_order.in_words(windows.reference[found.name], windows.current[found.name])
    return replace(found, reason=f"{found.reason.rstrip('.')}; {words}.") if words else found


def _told_apart(
    windows: BothWindows, parameters: DriftParameters, streams: Streams, *, progress: Progress
) -> tuple[Density | NotAssessed, Multivariate | NotAssessed]:
    if not parameters.multivariate:
        unasked = NotAssessed("not asked for")
        return unasked, unasked
    progress(0, 1, "telling the windows apart")
    apart: Density | NotAssessed
    try:
        apart = density(windows.reference, windows.current, windows.features, streams["windows apart"])
    except (ValueError, FloatingPointError, MemoryError) as error:  # a side measurement does not stop the main ones
        apart = NotAssessed(f"the classifier could not be trained: {str(error)[:120] or type(error).__name__}")
    return apart, reached(windows.subject, windows.both, streams["attributions"], progress)


def _use(
    windows: BothWindows, rng: np.random.Generator, progress: Progress
) -> tuple[Use, Literal["shapley", "shuffled", "unknown"]]:
    """Return what is known about the model's use of columns; labels, scores and decisions are not inputs and stay unknown."""
    subject, schema = windows.subject, windows.schema
    outcomes = (schema.target, schema.score, schema.prediction)
    if subject.model is None:
        return Use(), "unknown"
    used = (*subject.model.signature.columns, *outcomes)
    if subject.attributions is not None:
        table = subject.attributions
        found = {
            name: float(np.nanmean(np.abs(table[name].to_numpy().astype(np.float64))))
            for name in table.column_names
            if name in set(windows.features)
        }
        return Use(found, used), "shapley"
    if windows.lost:
        return Use(None, used), "unknown"
    return Use(importance(subject.model, windows.current, schema, rng, progress=progress), used), "shuffled"


def harm_evidence(
    moved: ColumnEvidence, parameters: DriftParameters, streams: Streams, *, progress: Progress
) -> HarmEvidence:
    """Return whether decisions got worse: estimated without labels, and by labels as far as they are known."""
    windows = moved.windows
    before, after = outcomes = windows.outcomes
    level = windows.levels(parameters)
    refused = next((item for item in outcomes if isinstance(item, NotAssessed)), None)
    if isinstance(before, NotAssessed) or isinstance(after, NotAssessed):
        assert refused is not None
        return HarmEvidence(moved=moved, outcomes=outcomes, performance=refused, harm=refused)
    numbers = performance(before, after, parameters.tolerance, levels=level)
    judged = Windows(
        reference=windows.reference,
        current=windows.current,
        before=before,
        after=after,
        features=windows.features,
        schema=windows.schema,
        density=moved.apart,
        model=windows.subject.model,
    )
    names = [item.name for item in moved.columns if item.verdict in ("material", "small")][:MOST_MOVED]
    hurt = harm(judged, numbers, names, parameters.tolerance, streams, levels=level, progress=progress)
    return HarmEvidence(moved=moved, outcomes=outcomes, performance=numbers, harm=hurt)


def recommendation(evidence: HarmEvidence, parameters: DriftParameters, streams: Streams) -> Recommended:
    """Return what to do and what it costs; nothing here is drawn at random."""
    del streams
    moved = evidence.moved
    action = recommended(signal_of(moved.columns), evidence.performance, evidence.harm, moved.windows.lost)
    priced = at_stake(action, evidence.harm, evidence.outcomes, parameters.costs, parameters.tolerance)
    return Recommended(evidence=evidence, action=priced)
