"""What a comparison of two windows says: the result types, light to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from governance.drift.results.cost_estimate import Stakes
from governance.drift.results.group_drift import GroupDrift
from governance.evidence import NotAssessed, Rows

Kind = Literal["numeric", "categorical"]
Correction = Literal["bh", "holm", "none"]
Verdict = Literal["cannot_tell", "none", "small", "material"]
Matters = Literal["matters", "unused", "unknown"]
Change = Literal["worse", "better", "within_tolerance", "cannot_tell", "for_information"]
Detector = Literal["adwin", "page_hinkley", "always_fires"]
Recommendation = Literal["none", "watch", "collect_labels", "investigate", "recalibrate", "retrain", "stop"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One test of one column."""

    statistic: float | None
    """In the unit that the test's definition names; None when it cannot be had (see `reason`)."""
    p_value: float | None
    """0 to 1; None for a distance that has a noise floor instead."""
    p_adjusted: float | None
    """After the window's correction; None where there is no p value."""
    noise_floor: float | None
    """What the effect would stay under in 95 of 100 pairs of windows without any drift."""
    threshold: float
    """The practical limit that the effect is held against."""
    alert: bool
    """The change is beyond chance (p_adjusted, or above the noise floor) and at or above the limit."""
    reason: str
    """How it was decided, or why it could not be."""
    effect: float | None = None
    """What is held against `threshold` and `noise_floor`; the statistic itself unless `reason` says otherwise."""
    also: Mapping[str, float] = field(default_factory=dict)
    """Further figures of the same test by name."""


@dataclass(frozen=True, slots=True)
class NumericPicture:
    """What a page draws of a numeric column."""

    value: tuple[float, ...]
    """At most 129 ascending values at which both distribution functions are known exactly."""
    reference: tuple[float, ...]
    """Share of the reference at or below each value."""
    current: tuple[float, ...]
    """Share of the current window at or below each value."""
    gap_at: float
    """The value at which the two functions are farthest apart."""
    edges: tuple[float, ...]
    """Upper edges of the reference deciles except the last, ascending; ties may leave fewer than nine."""
    reference_share: tuple[float, ...]
    """Share of the reference in each bin; one more than edges."""
    current_share: tuple[float, ...]
    """Share of the current window in each bin."""
    reference_quantiles: tuple[float, ...]
    """5, 25, 50, 75 and 95 per cent."""
    current_quantiles: tuple[float, ...]
    """5, 25, 50, 75 and 95 per cent."""


@dataclass(frozen=True, slots=True)
class CategoryPicture:
    """What a page draws of a categorical column: its 20 largest levels and the rest."""

    level: tuple[str, ...]
    """By rows in both windows together, largest first."""
    reference_count: tuple[int, ...]
    current_count: tuple[int, ...]
    other_levels: int
    """How many levels are not named."""
    other_reference: int
    """Reference rows in them."""
    other_current: int
    """Current rows in them."""
    new_levels: tuple[str, ...]
    """Levels that the reference never showed, largest first, at most 20."""


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One column in two windows."""

    name: str
    kind: Kind
    n_reference: int
    """Rows of the reference with a usable (present, finite) value."""
    n_current: int
    """Rows of the current window with a usable value."""
    missing_reference: int
    missing_current: int
    tests: Mapping[str, Reading]
    """By test id, see `column_tests.COLUMN_TESTS`."""
    verdict: Verdict
    reason: str
    """The verdict in one sentence."""
    importance: float | None
    """How strongly the model uses the column, see `DriftReport.importance_kind`; None when it is not known."""
    matters: Matters
    """Whether the model uses the column."""
    picture: NumericPicture | CategoryPicture | NotAssessed


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 per cent interval."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    """Rows that it rests on."""
    reason: str = ""
    """Why it is missing, or how the interval was found."""


@dataclass(frozen=True, slots=True)
class MetricChange:
    """How one metric changed: current minus reference."""

    value: float | None
    low: float | None
    high: float | None
    tolerance: float | None
    """How much worse is still accepted; None for a metric that is neither good nor bad by itself."""
    verdict: Change
    reason: str


@dataclass(frozen=True, slots=True)
class PerformanceChange:
    """The metrics of both windows where labels are known, by metric name."""

    reference: Mapping[str, Estimate]
    current: Mapping[str, Estimate]
    change: Mapping[str, MetricChange]
    main_metric: str
    """The metric that the words and the recommendation are about."""


@dataclass(frozen=True, slots=True)
class EstimatedHarm:
    """Performance estimated without labels of the current window."""

    method: Literal["cbpe", "dle"]
    reference: Mapping[str, Estimate]
    """By metric, measured on the labelled reference."""
    current: Mapping[str, Estimate]
    """By metric, estimated."""
    effective_share: float
    """Effective sample size of the importance weights as a share of the reference, 0 to 1; 1 when unweighted."""
    weighted: bool
    """Whether the reference was weighted towards the current window."""
    verdict: Change
    """About the main metric, against its tolerance."""
    assumption: str
    """What has to be true for the estimate to hold, in plain words."""
    weighted_refused: NotAssessed | None = None
    """Why there is no estimate from a reference weighted towards the current window; None when this is that estimate, or for `dle`,
    which has no weights."""


@dataclass(frozen=True, slots=True)
class DropParts:
    """A change of the error, split in three (DISDE); the parts add up to the total."""

    total: Estimate
    """Error on the current window minus error on the reference."""
    harder_seen: Estimate
    """More of the inputs that were seen before and are harder."""
    changed_outcome: Estimate
    """The same inputs lead to another outcome than before (concept change)."""
    unseen: Estimate
    """Inputs that the reference hardly showed."""
    loss: str
    """What is averaged, for example "wrong decisions"."""


@dataclass(frozen=True, slots=True)
class ColumnEffect:
    """What one column's move did to the model's answers, other columns left as they are."""

    name: str
    mean_score: float
    """Mean score on the current window minus the same with the column's values taken from the reference."""
    selected_share: float | None
    """The same for the share at or above the threshold; None for regression."""


@dataclass(frozen=True, slots=True)
class GroupChange:
    """One metric of one group in both windows."""

    attribute: str
    group: str
    metric: str
    reference: Estimate
    current: Estimate
    change: MetricChange
    p_value: float | None = None
    """One-sided: how often chance alone would look at least as much worse; None where it is not judged."""
    p_adjusted: float | None = None
    """After Holm's weighted correction over all groups and metrics; "worse" needs it below the level of groups."""


@dataclass(frozen=True, slots=True)
class Labels:
    """How much is known about the current window's outcomes."""

    labelled: int
    """Rows of the current window with a label."""
    total: int
    needed: int
    """Labels that would show a drop of the tolerance in accuracy with 80 per cent power."""


@dataclass(frozen=True, slots=True)
class StreamPoint:
    """How the loss of the current window stood after some rows."""

    rows: int
    mean: float
    """Mean loss so far, 0 to 1."""
    low: float
    """Lower bound of the true mean that holds after every row at once with probability 1 - alpha / 2 of the stream."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What a streaming detector says of the losses of both windows."""

    detector: Detector
    """The last one fires every 60 rows whatever happens: what the others have to beat."""
    at: tuple[int, ...]
    """Rows of the current window (from 1) at which it fired, at most 100."""
    current: int
    """How often it fired on the current window."""
    reference: int
    """How often it fired on the reference."""
    reference_rows: int


@dataclass(frozen=True, slots=True)
class ErrorStream:
    """Losses of the current window as they became known, one by one."""

    limit: float
    """Upper bound of the reference's mean loss (at probability 1 - alpha / 2) plus the tolerance."""
    alarm_at: int | None
    """Labelled row (from 1) at which the lower bound first passed the limit; None when it never did."""
    rows: int
    points: tuple[StreamPoint, ...]
    detectors: tuple[Detection, ...]
    order: str
    """In which order the rows were taken."""
    alpha: float = 0.05
    """The chance of an alarm, however long one looks, when nothing got worse by more than the tolerance; 0 to 1."""


@dataclass(frozen=True, slots=True)
class Harm:
    """Whether the change hurts, from the weakest to the strongest evidence."""

    estimated: EstimatedHarm | NotAssessed
    realised: Change
    """About the main metric with labels; "cannot_tell" without."""
    realised_reason: str
    parts: DropParts | NotAssessed
    by_column: tuple[ColumnEffect, ...]
    by_column_reason: str
    """How it was found, or why there is none."""
    by_group: tuple[GroupChange, ...]
    labels: Labels
    stream: ErrorStream | NotAssessed = field(default_factory=lambda: NotAssessed("not looked at"))
    """The same question asked after every row."""


@dataclass(frozen=True, slots=True)
class Multivariate:
    """Whether a classifier can tell the two windows apart."""

    auc: Estimate
    """0.5 means that it cannot, 1 that every row gives its window away."""
    p_value: float
    noise_floor: float
    """The AUC that chance reaches in 5 of 100 undrifted pairs."""
    rows: int
    """Rows used, both windows together."""


@dataclass(frozen=True, slots=True)
class Action:
    """What to do next, and why; a person decides."""

    recommendation: Recommendation
    reason: str
    unknown: tuple[str, ...]
    """What is not known and could change the recommendation."""
    stakes: Stakes | NotAssessed = field(default_factory=lambda: NotAssessed("no decisions are known"))
    """What acting and not acting cost."""


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Everything that is known about two windows."""

    columns: tuple[ColumnDrift, ...]
    """Matters first, then by verdict and size."""
    only_reference: tuple[str, ...]
    """Columns that the current window lacks."""
    only_current: tuple[str, ...]
    """Columns that the reference never had."""
    n_reference: int
    n_current: int
    correction: Correction
    alpha: float
    family: int
    """How many questions share the correction: values, missing values, new categories and infinite values of each column."""
    multivariate: Multivariate | NotAssessed
    performance: PerformanceChange | NotAssessed
    harm: Harm | NotAssessed
    action: Action
    rows: Rows
    """The account of the current window."""
    importance_kind: Literal["shapley", "shuffled", "unknown"] = "unknown"
    """Mean absolute Shapley value, or mean absolute change of the score when the column is shuffled, or not known."""
    sketch_error: float | None = None
    """None when every value was sorted; otherwise how far a distribution function can be off, 0 to 1."""

    attributions: Multivariate | NotAssessed = field(default_factory=lambda: NotAssessed("not looked at"))
    """Whether a classifier can tell the windows apart by what moves the model's answers: did the drift reach the model?"""
    within: tuple[GroupDrift, ...] = ()
    """Every column inside every group of the sensitive columns, in the order of `columns`."""
    within_reason: str = "not looked at"
    """What was left out there, or why there is nothing; "" for nothing left out."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Columns of both windows that are not compared -> why."""
    levels: Mapping[str, float] = field(default_factory=dict)
    """Family of questions (`families.WEIGHTS`) -> its part of alpha; corrected p values are held against it."""

    def level(self, family: str) -> float:
        """Return what the corrected p values of a family are held against; alpha where nothing is shared."""
        return self.levels.get(family, self.alpha)

    def column(self, name: str) -> ColumnDrift:
        """Return the column called `name`.

        Raises:
            KeyError: there is none.
        """
        for item in self.columns:
            if item.name == name:
                return item
        raise KeyError(name)
