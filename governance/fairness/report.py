"""What a board reads about groups: values with intervals, verdicts, disparities, and whom nobody can judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from governance.evidence import NotAssessed, Rows

Verdict = Literal["worse", "not_worse", "not_enough_data", "reference", "no_direction"]
"""`no_direction`: a higher value is neither better nor worse for people (a count, a base rate, an error in their favour)."""
Method = Literal["between_groups", "to_overall", "to_reference"]
Correction = Literal["holm", "bh", "none"]
Polarity = Literal["good", "bad"]
Kind = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules of judging, printed beside every verdict."""

    min_rows: int = 30
    """A group with fewer rows is not judged."""
    min_outcomes: int = 10
    """A metric is not judged on fewer rows of an outcome that it needs (positives for the true positive rate, and so on)."""
    confidence: float = 0.95
    """Coverage that the intervals aim at, between 0 and 1."""
    correction: Correction = "holm"
    """How p-values are adjusted over all groups, metrics, combinations and strata of the report."""
    margin: float = 0.0
    """A difference up to this size (0 to 1) is never called worse."""
    draws: int = 10_000
    """Bootstrap draws of the counts behind the intervals of disparities; 0 for none."""


@dataclass(frozen=True, slots=True)
class Against:
    """A group's metric compared with the same metric of the reference."""

    difference: float
    """Group minus reference; best value 0."""
    low: float
    high: float
    ratio: float | None
    """Group over reference; best value 1; None when the reference is 0."""
    ratio_low: float | None
    ratio_high: float | None
    """None when there is no upper bound."""
    p_value: float
    """Two-sided probability of a difference at least as large when there is none."""
    p_adjusted: float
    """`p_value` after the correction over the whole report; for a metric without direction over the groups of the same attributes."""


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One metric of one group; `value` is None exactly when there is not enough data."""

    metric: str
    value: float | None
    low: float | None
    """Lower end of the interval; None without a value, and for a count."""
    high: float | None
    n: float
    """Rows (or sum of weights) in the denominator."""
    verdict: Verdict
    reason: str = ""
    """Why there is no value or no direction, with the numbers."""
    against: Against | None = None
    """The comparison with the reference; None for the reference itself and where either side has no value."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one group by label and decision; the eight fields add up to the group's rows."""

    true_negative: int
    false_positive: int
    false_negative: int
    true_positive: int
    unlabelled_not_selected: int = 0
    unlabelled_selected: int = 0
    undecided: int = 0
    """Rows whose label is known and whose decision is not."""
    neither: int = 0
    """Rows with neither label nor decision."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group or intersection."""

    group: Mapping[str, str]
    """Attribute -> value; a missing value is written "unknown"."""
    n: int
    """Rows of the group, whether usable or not."""
    share: float
    """Part of all rows, 0 to 1."""
    unknown: bool
    """Whether an attribute of the group is missing."""
    is_reference: bool
    counts: Counts | None
    """None for regression and multiclass."""
    metrics: tuple[MetricValue, ...]

    @property
    def name(self) -> str:
        """The values in words: "Female, Black"."""
        return ", ".join(self.group.values())

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of the attributes, in the order of the schema."""
        return tuple(self.group)

    def metric(self, name: str) -> MetricValue | None:
        """Return the metric called `name`, None when the report does not have it."""
        return next((item for item in self.metrics if item.metric == name), None)


@dataclass(frozen=True, slots=True)
class Disparity:
    """How far groups are apart in one respect."""

    metric: str
    """fairlearn's word: demographic_parity, equalized_odds, equal_opportunity, predictive_parity, ..."""
    attribute: str
    """One attribute, or several joined by " & "."""
    method: Method
    difference: float | None
    """Largest absolute difference; 0 is best; None when fewer than two groups can be judged."""
    ratio: float | None
    """Smallest ratio, 0 to 1; 1 is best."""
    low: float | None
    """Interval of the difference."""
    high: float | None
    ratio_low: float | None
    ratio_high: float | None
    reference: str
    """What the groups are compared with: a group's name, or "overall", or for between_groups the group at the better end."""
    worst: str
    """The group that is furthest from it; "" when none can be judged."""
    verdict: Verdict
    """worse: the interval of the difference lies above the margin."""
    reason: str
    excluded: tuple[str, ...] = ()
    """Groups with too few rows to take part, by name."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a group's selection rate could be if the people of unknown membership were known."""

    group: str
    value: float
    """Rate among the people known to belong, 0 to 1."""
    low: float
    """All unknown people belong here and none of them is selected: s / (a + m)."""
    high: float
    """All unknown people belong here and all of them are selected: (s + m) / (a + m)."""
    sharp_low: float
    """Of the unknown people, exactly those who were not selected belong here."""
    sharp_high: float
    """Of the unknown people, exactly those who were selected belong here."""
    proportional: float
    """The unknown belong in proportion to the known sizes."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """People whose value of an attribute is missing: a group of its own, never dropped."""

    attribute: str
    rows: int
    share: float
    selected: int
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Stratum:
    """The comparison within one value of the control columns (conditional parity)."""

    control: Mapping[str, str]
    n: int
    by_group: tuple[GroupResult, ...]
    disparities: tuple[Disparity, ...]


@dataclass(frozen=True, slots=True)
class Inequality:
    """Generalised entropy of benefits b = decision - label + 1 over people (Speicher et al. 2018); 0 is best."""

    generalized_entropy: float
    """With alpha = 2."""
    theil: float
    """With alpha = 1."""
    between_groups: Mapping[str, float]
    """Attribute -> the part of the generalised entropy that lies between its groups."""


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """Metrics by group with uncertainty, for one model on one set of rows."""

    task: Kind
    positive: str
    """The label value that the score is about; "" for regression."""
    selected_is: Polarity
    threshold: float | None
    sensitive: tuple[str, ...]
    control: tuple[str, ...]
    reference: str
    """The rule that names the reference: largest, best, overall, or a named group."""
    limits: Limits
    weighted: bool
    rows: Rows
    overall: tuple[MetricValue, ...]
    by_group: tuple[GroupResult, ...]
    """Single attributes first, then intersections; within an attribute set the largest group first."""
    disparities: tuple[Disparity, ...]
    unknown: tuple[Unknown, ...]
    strata: tuple[Stratum, ...]
    inequality: Inequality | NotAssessed
    notices: tuple[str, ...]
    """What a reader must know: inverted or degenerate scores, bands, rounding, methods whose coverage is not nominal."""

    def groups(self, attributes: tuple[str, ...]) -> tuple[GroupResult, ...]:
        """Return the groups formed by exactly these attributes."""
        return tuple(item for item in self.by_group if item.attributes == attributes)

    @property
    def attribute_sets(self) -> tuple[tuple[str, ...], ...]:
        """The attribute sets that groups were formed by, in order."""
        return tuple(dict.fromkeys(item.attributes for item in self.by_group))

    @property
    def too_small(self) -> tuple[GroupResult, ...]:
        """The groups with fewer rows than the limit: people about whom nobody can say anything."""
        return tuple(item for item in self.by_group if item.n < self.limits.min_rows)


@dataclass(frozen=True, slots=True)
class GroupCurve:
    """Rows at or above each threshold, for one group."""

    group: Mapping[str, str]
    n: int
    """Rows with a score."""
    positives: int
    """Rows with label 1."""
    negatives: int
    selected: tuple[int, ...]
    """Per threshold, rows at or above it, whatever their label."""
    true_positives: tuple[int, ...]
    false_positives: tuple[int, ...]

    @property
    def name(self) -> str:
        """The values in words."""
        return ", ".join(self.group.values())


@dataclass(frozen=True, slots=True)
class Frontier:
    """One point of accuracy against disparity over thresholds."""

    threshold: float
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    disparity: float
    """Demographic parity difference between judged groups."""
    disparity_low: float
    disparity_high: float
    efficient: bool
    """Whether no other threshold is better in both."""


@dataclass(frozen=True, slots=True)
class SweepReport:
    """Every group's counts over thresholds: what a slider needs, without going back to the rows."""

    selected_is: Polarity
    current: float
    """The threshold in force."""
    thresholds: tuple[float, ...]
    """Ascending; each is a score that occurs, or one above all scores."""
    exact: bool
    """Whether every distinct score is a threshold; otherwise the thresholds are a selection of them."""
    limits: Limits
    rows: Rows
    overall: GroupCurve
    groups: tuple[GroupCurve, ...]
    frontier: Mapping[str, tuple[Frontier, ...]]
    """Attribute -> points, a selection of thresholds."""
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImpactCategory:
    """One row of a Local Law 144 table."""

    category: str
    applicants: int
    selected: int
    """People with the favourable decision; in the scoring form, people scored above the median."""
    rate: float | None
    """selected / applicants, 0 to 1; None for no applicants."""
    impact_ratio: float | None
    """rate / rate of the reference; None when excluded or without a reference."""
    excluded: bool
    """Left out of the ratio because it is under 2 % of the data."""
    below_four_fifths: bool | None
    """Whether the ratio is below 0.80 (exactly 0.80 is not); None where there is no ratio."""


@dataclass(frozen=True, slots=True)
class ImpactTable:
    """Impact ratios over the categories of one attribute or of an intersection."""

    attributes: tuple[str, ...]
    form: Literal["selection_rate", "scoring_rate"]
    median: float | None
    """The median score of the whole sample, scoring form only."""
    groups: tuple[ImpactCategory, ...]
    reference: str
    """The category with the highest rate among those not excluded; "" when there is none."""
    unknown: int
    """Applicants whose category is not known; they are in no row of the table."""
    justification: str
    """Why categories under 2 % were left out; "" when none were."""

    @property
    def name(self) -> str:
        """The attributes joined by " & "."""
        return " & ".join(self.attributes)


@dataclass(frozen=True, slots=True)
class ImpactReport:
    """The tables that a public summary under NYC Local Law 144 (6 RCNY 5-301 and 5-303) holds."""

    tables: tuple[ImpactTable, ...]
    rows: Rows
    first_date: str
    """Earliest date in the data, ISO 8601; "" without a timestamp column."""
    last_date: str
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellCheck:
    """One published cell against the rest of its own table."""

    category: str
    column: Literal["rate", "impact_ratio"]
    published: str
    """As it was written."""
    computed: float | None
    """From the counts, or from the printed rates; None when they give no such number."""
    reproduces: Literal["yes", "no", "not_checkable"]
    """Whether rounding the computed number to the published decimals gives the published one (halves either way)."""
    reference_found: str = ""
    """The category that a ratio was held against; "" for a rate."""


@dataclass(frozen=True, slots=True)
class Change:
    """One number of two models on the same rows."""

    what: str
    """A metric or disparity, in fairlearn's words."""
    attribute: str
    """"" for an overall metric."""
    current: float
    candidate: float
    change: float
    """Candidate minus current."""
    low: float
    """Paired interval: both models answer the same redrawn people."""
    high: float
    verdict: Literal["better", "worse", "no_clear_change"]


@dataclass(frozen=True, slots=True)
class CompareReport:
    """Two models on the same people."""

    current: str
    candidate: str
    selected_is: Polarity
    limits: Limits
    rows: Rows
    changes: tuple[Change, ...]
    flipped: int
    """People whose decision differs between the two."""
    notices: tuple[str, ...]
