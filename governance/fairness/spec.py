"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from governance.evidence import MethodSpec
from governance.fairness.candidates import Algorithm, Constraint, MitigationReport
from governance.fairness.norms.patch_report import PatchParameters, PatchReport
from governance.fairness.norms.report import NormReport, NormsParameters
from governance.fairness.norms.tally import TallyParameters, WindowTally
from governance.fairness.report import CompareReport, FairnessReport, ImpactReport, Limits, SweepReport
from governance.fairness.search.finished_report import FinishedParameters, FinishedReport
from governance.fairness.search.report import SearchParameters, SearchReport


@dataclass(frozen=True, slots=True)
class ByGroup:
    """What to compare, with whom, and how sure to be."""

    reference: str = "largest"
    """largest, best, overall, or named groups: "sex=Male, race=White" ("Male" will do when no other attribute has it)."""
    intersections: int = 2
    """How many attributes are combined at most."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class ImpactRatio:
    """Which form of impact ratio, and what happens to small categories."""

    form: Literal["selection_rate", "scoring_rate"] = "selection_rate"
    """Share selected, or share scored above the median of the whole sample."""
    keep_small: bool = False
    """Whether categories under 2 % of the data keep their ratio instead of being excluded."""
    justification: str = ""
    """Why they are excluded; a standard sentence when empty."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """How fine the sweep over thresholds is."""

    thresholds: int = 400
    """Thresholds at most; all distinct scores when there are fewer."""
    points: int = 25
    """Points of the frontier of accuracy against disparity."""
    intersections: int = 2
    """How many attributes are combined at most."""
    limits: Limits = field(default_factory=lambda: Limits(draws=1_000))


@dataclass(frozen=True, slots=True)
class Compare:
    """Which candidate is held against the model in force."""

    candidate_score: str = ""
    """Column of the data with the candidate's score, when no candidate model is given."""
    candidate_threshold: float | None = None
    """Selected from this score on; the threshold in force when None."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Retrain:
    """How candidates are trained anew."""

    algorithm: Algorithm = "exponentiated_gradient"
    """exponentiated_gradient, grid_search or correlation_remover."""
    attribute: str = ""
    """Sensitive column whose groups are to be treated alike; the first one when empty."""
    constraint: Constraint = "demographic_parity"
    """What alike means; the correlation remover knows none."""
    size: int = 20
    """Points of the grid, or rounds of the mixture; 4 to 200."""
    alpha: float = 1.0
    """Share of the correlation that the correlation remover takes out, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Rethreshold:
    """How the model in force gets thresholds per group."""

    attribute: str = ""
    """Sensitive column whose groups are to be treated alike; the first one when empty."""
    constraint: Constraint = "demographic_parity"
    """demographic_parity, equalized_odds or equal_opportunity."""
    tolerance: float = 0.0
    """Largest difference between groups that is left, 0 to 1; equalized_odds cannot be relaxed."""


METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="fairness.by_group",
        version=6,
        title="Metrics by group",
        question="Is the model worse for some groups of people, by how much, and whom can nobody judge?",
        run="governance.fairness.by_group:by_group",
        parameters=ByGroup,
        result=FairnessReport,
        page="fairness",
        lead="governance.fairness.words:lead",
        needs=("sensitive", "predictions"),
        streams=True,
    ),
    MethodSpec(
        id="fairness.sweep",
        version=2,
        title="Thresholds by group",
        question="What would another threshold mean for each group, and what does less disparity cost in accuracy?",
        run="governance.fairness.sweep:sweep",
        parameters=Sweep,
        result=SweepReport,
        page="fairness",
        needs=("sensitive", "predictions"),
        streams=True,
    ),
    MethodSpec(
        id="fairness.compare",
        version=1,
        title="Two models on the same people",
        question="What would change for whom if a candidate took the place of the model in force?",
        run="governance.fairness.compare:compare",
        parameters=Compare,
        result=CompareReport,
        page="fairness",
        needs=("sensitive", "predictions", "candidate_predictions"),
    ),
    MethodSpec(
        id="fairness.impact_ratio",
        version=1,
        title="Impact ratios (Local Law 144)",
        question="Is any category selected at less than four fifths of the rate of the category selected most?",
        run="governance.fairness.local_law_144.impact:impact_ratio",
        parameters=ImpactRatio,
        result=ImpactReport,
        page="fairness",
        needs=("sensitive", "predictions"),
        streams=True,
    ),
    MethodSpec(
        id="fairness.tally",
        version=1,
        title="Tally of a window",
        question="How many people of each group were decided how, with which scores and labels?",
        run="governance.fairness.norms.tally:tally",
        parameters=TallyParameters,
        result=WindowTally,
        page="norms",
        needs=("sensitive", "predictions"),
        streams=True,
    ),
    MethodSpec(
        id="fairness.norms",
        version=1,
        title="Norms over time",
        question="Does the model keep the board's norms, window after window, and since when does it not?",
        run="governance.fairness.norms.one_table:norms_of_table",
        parameters=NormsParameters,
        result=NormReport,
        page="norms",
        lead="governance.fairness.norms.words:lead",
        lines="governance.fairness.norms.words:lines",
        needs=("sensitive", "predictions"),
        streams=True,
    ),
    MethodSpec(
        id="fairness.patch",
        version=1,
        title="Corrections that keep a norm",
        question="What is the smallest change of decisions that brings the model back within the norm, and who gains and loses?",
        run="governance.fairness.norms.patch:patch",
        parameters=PatchParameters,
        result=PatchReport,
        page="norms",
        needs=("sensitive", "model", "predictions"),
    ),
    MethodSpec(
        id="fairness.search",
        version=1,
        title="Search under norms",
        question="Which model decides best and keeps the board's norms on people whom no choice has seen?",
        run="governance.fairness.search.search:search",
        parameters=SearchParameters,
        result=SearchReport,
        page="fairness",
        needs=("label", "sensitive"),
    ),
    MethodSpec(
        id="fairness.finished",
        version=1,
        title="Models of a finished search under norms",
        question="Which models of a search that was run elsewhere keep the board's norms, and of which can nobody tell?",
        run="governance.fairness.search.finished:finished",
        parameters=FinishedParameters,
        result=FinishedReport,
        page="fairness",
        needs=("sensitive",),
    ),
    MethodSpec(
        id="fairness.retrain",
        version=1,
        title="Candidates trained with less disparity",
        question="Is there a model that treats the groups more alike, and what does it cost in accuracy?",
        run="governance.fairness.mitigation.search:retrain",
        parameters=Retrain,
        result=MitigationReport,
        page="fairness",
        needs=("label", "sensitive"),
    ),
    MethodSpec(
        id="fairness.rethreshold",
        version=1,
        title="Candidate with thresholds per group",
        question="What if the model stayed as it is and each group had a threshold of its own?",
        run="governance.fairness.mitigation.search:rethreshold",
        parameters=Rethreshold,
        result=MitigationReport,
        page="fairness",
        needs=("label", "sensitive", "model", "predictions"),
    ),
)
