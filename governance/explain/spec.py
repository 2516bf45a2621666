"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.evidence import MethodSpec
from governance.explain.results.dependence import Dependence
from governance.explain.results.interaction import Interactions
from governance.explain.results.report import (
    Counterfactuals,
    GlobalExplanation,
    LimeExplanation,
    LocalExplanation,
    ModelLimits,
    Neighbours,
    ReasonCodes,
    Scale,
    WhatIf,
)

Choice = Literal["auto", "tree", "linear", "permutation", "leverage", "enumeration", "kernel"]
"""A way by name; "auto" takes the exact way that the file allows, else sampling, and the result says which."""


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Columns that get one attribution together."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GlobalParameters:
    """How all rows are explained."""

    method: Choice = "auto"
    scale: Scale = "raw"
    target: str = ""
    """Class to explain; "" for the schema's positive class, else the last one."""
    background_rows: int = 1000
    """Rows drawn from the reference for the background; all of them when it has no more."""
    background_seed: int = 0
    """Which draw; the same seed gives the same background in every method."""
    correlated: bool = False
    """Linear models only: attribute along the columns' covariance, as shap's correlation-dependent option does."""
    max_rows: int = 1000
    """Rows explained when values are sampled; exact ways explain all rows."""
    model_calls: int = 4000
    """Model rows spent on one explained row when values are sampled."""
    all_classes: bool = True
    """Whether importances are given for every class of a multiclass model."""
    groups: tuple[ColumnGroup, ...] = ()
    """Columns that are explained as one player each."""
    lime_rows: int = 8
    """Rows for which LIME is run, to say in the certificate how far the two agree; 0 skips the comparison."""
    lime_samples: int = 1000
    """Rows that LIME draws around each of them."""


@dataclass(frozen=True, slots=True)
class InteractionParameters:
    """Which pairs of columns are compared, and over which rows."""

    method: Choice = "auto"
    scale: Scale = "raw"
    target: str = ""
    background_rows: int = 1000
    background_seed: int = 0
    columns: int = 12
    """Most columns whose pairs are looked at, by mean |attribution|."""
    max_rows: int = 10_000
    """Rows that are looked at, spread evenly over the data."""


@dataclass(frozen=True, slots=True)
class LocalParameters:
    """How one row is explained."""

    row: int = 0
    """Position of the row in the data, from 0."""
    method: Choice = "auto"
    scale: Scale = "raw"
    target: str = ""
    background_rows: int = 1000
    background_seed: int = 0
    correlated: bool = False
    precision: float = 0.0
    """Sampling stops when every standard error is below this; 0 spends the whole budget."""
    model_calls: int = 200_000
    """Most model rows that sampling may spend."""
    neighbours: int = 10
    """Nearest rows whose explanations are compared for stability; 0 skips the comparison."""
    lime_samples: int = 1000
    """Rows that LIME draws around the row, to say in the certificate how far the two agree; 0 skips the comparison."""


@dataclass(frozen=True, slots=True)
class LimeParameters:
    """How LIME explains one row."""

    row: int = 0
    target: str = ""
    background_rows: int = 1000
    background_seed: int = 0
    samples: int = 2000
    """Rows that LIME draws around the row."""
    repeats: int = 5
    """Runs with different seeds."""
    top: int = 5
    """Features whose overlap between runs, and signs, are compared."""
    model_calls: int = 50_000
    """Model rows for the Shapley values of the comparison, when these are sampled."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a row, changed."""

    column: str
    value: str
    """As text; "" for a missing value."""


@dataclass(frozen=True, slots=True)
class WhatIfParameters:
    """Which row is changed, and how."""

    row: int = 0
    changes: tuple[Change, ...] = ()
    method: Choice = "auto"
    scale: Scale = "raw"
    target: str = ""
    background_rows: int = 1000
    background_seed: int = 0
    model_calls: int = 4000
    """Model rows when values are sampled; small, so that the answer comes while one types."""


@dataclass(frozen=True, slots=True)
class DependenceParameters:
    """Which column is followed, over which rows."""

    column: str = ""
    row: int = -1
    """Row whose own line is drawn, from 0; -1 for none."""
    target: str = ""
    scale: Scale = "probability"
    """"probability" is the model's own answer (for regression its value), "raw" the score of its last stage."""
    rows: int = 1000
    """Rows that are averaged at most, spread evenly over the data."""
    steps: int = 40
    """Values that are put in at most."""
    lines: int = 50
    """Rows whose own lines are in the result."""


@dataclass(frozen=True, slots=True)
class LimitsParameters:
    """For whom the model's limits are looked up."""

    row: int = 0
    alike: int = 200
    """Most similar rows over which mistakes are counted."""
    background_rows: int = 1000
    background_seed: int = 0
    fewest: int = 20
    """Rows with a known outcome below which nothing is said about a group."""


@dataclass(frozen=True, slots=True)
class NeighboursParameters:
    """Which row's neighbours are sought."""

    row: int = 0
    count: int = 5


@dataclass(frozen=True, slots=True)
class CounterfactualParameters:
    """Which row would be decided otherwise, and what may change."""

    row: int = 0
    count: int = 4
    """Counterfactuals that are returned at most."""
    immutable: tuple[str, ...] = ()
    """Columns that must not change, beside the sensitive ones."""
    only_up: tuple[str, ...] = ()
    """Numbers that may only grow, for example an age."""
    only_down: tuple[str, ...] = ()
    sensitive_too: bool = False
    """Whether sensitive columns may change."""
    starts: int = 40
    """Rows with the other outcome from which a search is started."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The organisation's own words for one column."""

    column: str
    text: str


@dataclass(frozen=True, slots=True)
class ReasonParameters:
    """For whom principal reasons are given, and in which words."""

    row: int = -1
    """One row, or -1 for every row with the unfavourable outcome."""
    count: int = 4
    """Most reasons for one row; United States practice (Regulation B, comment 9(b)(2)-1) sees little use in more than four."""
    smallest_share: float = 0.05
    """Smallest share, 0 to 1, of all that speaks against a person that a column must have to be given as a reason."""
    reference_group: Literal["all", "favourable"] = "favourable"
    wording: tuple[Wording, ...] = ()
    background_rows: int = 1000
    background_seed: int = 0
    shown: int = 50
    """Rows in the result; the array `reasons` holds all."""
    model_calls: int = 4000


METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="explain.global",
        version=9,
        title="What moves the model",
        question="Which columns move the model's score, by how much, and how far can that be trusted?",
        run="governance.explain.methods.global_view:run",
        parameters=GlobalParameters,
        result=GlobalExplanation,
        page="explanations",
        lead="governance.explain.words:lead",
        lines="governance.explain.words:lines",
        needs=("model",),
        optional=("reference",),
    ),
    MethodSpec(
        id="explain.interactions",
        version=7,
        title="Which columns act together",
        question="Which two columns move the model's score together, beyond what each does alone?",
        run="governance.explain.methods.interactions_view:run",
        parameters=InteractionParameters,
        result=Interactions,
        page="explanations",
        needs=("model",),
        optional=("reference",),
    ),
    MethodSpec(
        id="explain.local",
        version=9,
        title="Why this row",
        question="Why does the model say what it says about this row?",
        run="governance.explain.methods.local_view:run",
        parameters=LocalParameters,
        result=LocalExplanation,
        page="person",
        needs=("model",),
        optional=("reference",),
    ),
    MethodSpec(
        id="explain.lime",
        version=7,
        title="LIME for this row",
        question="What does LIME say about this row, is it stable, and does it agree with Shapley values?",
        run="governance.explain.methods.lime_view:run",
        parameters=LimeParameters,
        result=LimeExplanation,
        page="person",
        needs=("model",),
        optional=("reference",),
    ),
    MethodSpec(
        id="explain.what_if",
        version=8,
        title="What if",
        question="What would the model say about this row with other values, and why?",
        run="governance.explain.methods.what_if:run",
        parameters=WhatIfParameters,
        result=WhatIf,
        page="person",
        needs=("model",),
        optional=("reference",),
    ),
    MethodSpec(
        id="explain.dependence",
        version=3,
        title="How the answer follows one column",
        question="What would the model say on average, and for single rows, if one column held another value?",
        run="governance.explain.methods.dependence:run",
        parameters=DependenceParameters,
        result=Dependence,
        page="explanations",
        lead="governance.explain.dependence_words:lead",
        lines="governance.explain.dependence_words:lines",
        needs=("model",),
    ),
    MethodSpec(
        id="explain.limits",
        version=3,
        title="Limits of the model for this kind of person",
        question="Has the model seen people like this one, and how often is it wrong about them?",
        run="governance.explain.methods.limits:run",
        parameters=LimitsParameters,
        result=ModelLimits,
        page="explanations",
        needs=("model", "predictions"),
        optional=("reference",),
    ),
    MethodSpec(
        id="explain.neighbours",
        version=3,
        title="Nearest people with the other outcome",
        question="Who is most like this person and was decided otherwise?",
        run="governance.explain.methods.neighbours:run",
        parameters=NeighboursParameters,
        result=Neighbours,
        page="person",
        needs=("model", "predictions"),
        optional=("reference",),
    ),
    MethodSpec(
        id="explain.counterfactuals",
        version=4,
        title="What would have to be different",
        question="Which few changes would turn the decision?",
        run="governance.explain.methods.counterfactual:run",
        parameters=CounterfactualParameters,
        result=Counterfactuals,
        page="person",
        needs=("model", "predictions"),
        optional=("reference",),
    ),
    MethodSpec(
        id="explain.reasons",
        version=8,
        title="Reason codes",
        question="What are the principal reasons for an unfavourable decision?",
        run="governance.explain.methods.reasons:run",
        parameters=ReasonParameters,
        result=ReasonCodes,
        page="person",
        needs=("model", "predictions"),
        optional=("reference",),
    ),
)
