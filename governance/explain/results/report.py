"""What an explanation says: the results of this room's methods, light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.evidence import NotAssessed
from governance.models import Link

Way = Literal["tree", "linear", "enumeration", "permutation", "leverage", "kernel"]
"""How Shapley values were had: three exact ways by name, sampling of permutations, regression on sampled sets, shap's Kernel SHAP."""
Scale = Literal["raw", "probability"]


@dataclass(frozen=True, slots=True)
class Background:
    """The rows that stand for "not knowing" a column."""

    rows: int
    """Rows in use, at least 1."""
    total: int
    """Rows from which they were taken."""
    digest: str
    """SHA-256 of the rows in use, column by column."""
    source: Literal["reference", "data"]
    """The reference data set, or the evaluated rows themselves when no reference is given."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """How far an explanation can be trusted."""

    additivity_gap: float
    """Largest |base value + attributions - model output| over the rows, in units of the scale; best 0."""
    exact: bool
    """Whether the values follow from the model without sampling."""
    std_error: float
    """Largest standard error of one attribution, 0 for exact values, in units of the scale."""
    background_rows: int
    background_spread: float | NotAssessed
    """Largest standard deviation of a feature's mean |attribution| over resampled backgrounds, as a share of the
    largest mean |attribution|; best 0."""
    neighbour_stability: float | NotAssessed
    """Mean cosine similarity of a row's attributions with those of its nearest rows, -1..1; best 1."""
    lime_agreement: float | NotAssessed
    """Spearman correlation of |LIME weight| and |attribution| over the features, -1..1; best 1."""
    rows_outside_background: int
    """Explained rows with a number outside the background's range or a category that it does not hold."""
    scale: Scale
    units: str
    """What one unit of an attribution means, for example "log-odds"."""
    notes: tuple[str, ...] = ()
    """What a reader must know beside the numbers: merged columns, sampled rows, a bias of the estimate."""


@dataclass(frozen=True, slots=True)
class Importance:
    """How much one raw column moves the model's output over the rows."""

    feature: str
    mean_abs: float
    """Mean |attribution| over the rows, at least 0, in units of the scale."""
    low: float
    """Lower end of the 95 % interval for the mean over rows like these."""
    high: float
    """Upper end of the interval."""
    mean: float
    """Mean attribution with its sign."""


@dataclass(frozen=True, slots=True)
class ClassImportance:
    """The importances for one class of the model, or for its single output."""

    target: str
    """Class label; "" for regression."""
    base_value: float
    importance: tuple[Importance, ...]
    """Largest mean |attribution| first."""


@dataclass(frozen=True, slots=True)
class GlobalExplanation:
    """What moves the model over all rows."""

    method: Way
    exact: bool
    scale: Scale
    link: Link
    target: str
    """The class whose score is explained; "" for regression."""
    base_value: float
    """Mean model output over the background, in units of the scale."""
    background: Background
    importance: tuple[Importance, ...]
    """For `target`, largest mean |attribution| first."""
    per_class: tuple[ClassImportance, ...]
    """One entry for each class that was explained; the first is `target`."""
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Attribution:
    """The share of one raw column in one prediction."""

    feature: str
    value: str
    """The row's own value as text; "missing" where there is none."""
    attribution: float
    """Shapley value in units of the scale: base value + sum over features = model output."""
    std_error: float
    """Standard error of the estimate, 0 when exact."""


@dataclass(frozen=True, slots=True)
class LocalExplanation:
    """Why the model says what it says about one row."""

    row: int
    """Position of the row in the data, from 0."""
    identifier: str
    """The row's own name when the schema has an identifier, else ""."""
    method: Way
    exact: bool
    scale: Scale
    link: Link
    target: str
    base_value: float
    model_output: float
    """The model's output on the scale of the attributions."""
    prediction: float
    """The model's answer as it gives it: a probability for classifiers, a value for regression."""
    values: tuple[Attribution, ...]
    """One per player, largest |attribution| first."""
    background: Background
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class LimeWeight:
    """The weight of one raw column in LIME's local linear model."""

    feature: str
    condition: str
    """What the weight is about, as LIME words it, for example "age > 48.00"."""
    weight: float
    """Mean over the repeats, in units of the model's output."""
    std_dev: float
    """Standard deviation over the repeats; best 0."""


@dataclass(frozen=True, slots=True)
class LimeExplanation:
    """LIME for one row, with how far it can be trusted."""

    row: int
    identifier: str
    target: str
    prediction: float
    intercept: float
    local_r2: float
    """Mean R2 of the local linear model over the repeats, at most 1; best 1."""
    weights: tuple[LimeWeight, ...]
    """Largest |weight| first."""
    samples: int
    repeats: int
    stability: float
    """Mean Jaccard overlap of the top features between repeats, 0..1; best 1."""
    sign_agreement: float | NotAssessed
    """Share of the top features whose sign is that of the Shapley value, 0..1; best 1."""
    rank_agreement: float | NotAssessed
    """Spearman correlation of |weight| with |Shapley value| over all features, -1..1; best 1."""
    shap_method: Way | NotAssessed
    """How the Shapley values of the comparison were had, on the same rows and scale."""
    background: Background


@dataclass(frozen=True, slots=True)
class Moved:
    """One raw column before and after a change."""

    feature: str
    value_before: str
    value_after: str
    attribution_before: float
    attribution_after: float


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A row with some values changed."""

    row: int
    method: Way
    exact: bool
    scale: Scale
    link: Link
    units: str
    target: str
    base_value: float
    output_before: float
    """Model output on the scale of the attributions."""
    output_after: float
    prediction_before: float
    """The model's answer as it gives it: a probability for classifiers, a value for regression."""
    prediction_after: float
    values: tuple[Moved, ...]
    """Largest |attribution after the change| first."""
    additivity_gap: float
    outside_background: bool
    """Whether the changed row leaves the background's range or takes a category that it does not hold."""
    background: Background


@dataclass(frozen=True, slots=True)
class Difference:
    """A column in which two rows differ."""

    feature: str
    own: str
    other: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A real row that is much like the one in question and has the other outcome."""

    row: int
    identifier: str
    distance: float
    """Gower's distance, 0 (equal) to 1."""
    prediction: float
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest rows with the other outcome."""

    row: int
    identifier: str
    prediction: float
    outcome: str
    """"selected" or "not selected" by the threshold."""
    threshold: float
    others: int
    """Rows with the other outcome."""
    nearest: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class Strange:
    """A value of a row that the background has not seen the like of."""

    feature: str
    value: str
    known: str
    """What the background holds, in words: "18 to 90", or "none of 7 categories"."""


@dataclass(frozen=True, slots=True)
class Mistakes:
    """How far the model is off for some rows whose outcome is known."""

    who: str
    """"the most similar rows", or a column and its value, for example "sex = Female"."""
    rows: int
    """Rows with a known outcome."""
    size: float | NotAssessed
    """Share decided wrongly, or mean absolute error; best 0."""
    low: float | None
    """Lower end of the 95 % interval; None when not assessed."""
    high: float | None


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """What must be known about the model for this kind of person before an explanation of it is read."""

    row: int
    identifier: str
    strange: tuple[Strange, ...]
    background: Background
    measure: Literal["share decided wrongly", "mean absolute error"]
    everyone: Mistakes
    alike: Mistakes
    """Rows most like this one, the row itself left out."""
    farthest: float
    """Gower's distance of the least similar of them, 0 to 1."""
    groups: tuple[Mistakes, ...]
    """One for each sensitive column: the rows with the same value as this one."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A smallest set of changes after which the model decides otherwise."""

    changes: tuple[Difference, ...]
    """`own` is the row's value, `other` the one that it would need."""
    prediction: float
    """The model's answer for the changed row."""
    distance: float
    """Gower's distance from the row, 0 to 1."""
    seed_row: int
    """The real row with the other outcome from which the values come."""
    to_nearest: float
    """Gower's distance from the changed row to the nearest real one, 0 to 1; small is plausible."""


@dataclass(frozen=True, slots=True)
class Counterfactuals:
    """What would have to be different for another decision."""

    row: int
    identifier: str
    prediction: float
    outcome: str
    threshold: float
    immutable: tuple[str, ...]
    """Columns that were never changed."""
    found: tuple[Counterfactual, ...]
    """Fewest changes first; each one asked of the model again."""
    tried: int
    """Rows with the other outcome from which a search was started."""
    plausible_within: float
    """Distance to the nearest real row within which 95 % of the real rows have another one; answers beyond it are refused."""
    implausible: int
    """Answers that were refused because no real row is that near."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One principal reason for an unfavourable score."""

    feature: str
    value: str
    attribution: float
    """Against the person: how far this column moved the score towards the unfavourable side, above 0."""
    text: str
    """The organisation's own words, or the column's name."""


@dataclass(frozen=True, slots=True)
class RowReasons:
    """The principal reasons of one row."""

    row: int
    identifier: str
    prediction: float
    reasons: tuple[Reason, ...]
    """Largest first."""


@dataclass(frozen=True, slots=True)
class ReasonCodes:
    """Principal reasons for rows with the unfavourable outcome."""

    method: Way
    exact: bool
    scale: Scale
    units: str
    target: str
    threshold: float
    reference_group: Literal["all", "favourable"]
    """Against whom people are compared: everybody in the background, or those with the favourable outcome."""
    background: Background
    unfavourable: int
    """Rows with the unfavourable outcome."""
    rows: tuple[RowReasons, ...]
    """The first ones, or the row that was asked for; the array `reasons` holds all."""
    additivity_gap: float
    smallest_share: float = 0.0
    """Share, 0 to 1, of all that speaks against a person below which a column is not given as a reason."""
