"""What a run of a mitigation algorithm found; light to import, for screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from governance.fairness.thresholds import PER_GROUP_NOTICE

Algorithm = Literal["threshold_optimizer", "exponentiated_gradient", "grid_search", "correlation_remover"]
ALGORITHMS: Final[tuple[Algorithm, ...]] = (
    "threshold_optimizer", "exponentiated_gradient", "grid_search", "correlation_remover",
)  # fmt: skip
Constraint = Literal["demographic_parity", "equalized_odds", "equal_opportunity", "error_rate_parity"]
CONSTRAINTS: Final[tuple[Constraint, ...]] = (
    "demographic_parity", "equalized_odds", "equal_opportunity", "error_rate_parity",
)  # fmt: skip
TITLES: Final[dict[Algorithm, str]] = {
    "threshold_optimizer": "Thresholds per group (ThresholdOptimizer)",
    "exponentiated_gradient": "Mixture of models (ExponentiatedGradient)",
    "grid_search": "Models along a grid of penalties (GridSearch)",
    "correlation_remover": "Columns without correlation (CorrelationRemover)",
}
HOW: Final[dict[Algorithm, str]] = {
    "threshold_optimizer": (
        "The model stays as it is; each group gets thresholds of its own. fairlearn's rule draws lots between two thresholds for "
        "some people. A model file must not draw lots, so its score is the probability with which that rule would select the person."
    ),
    "exponentiated_gradient": (
        "Logistic regressions are trained again and again with other weights. fairlearn's rule draws one of them for each person. "
        "A model file must not draw lots, so its score is the probability with which that rule would select the person."
    ),
    "grid_search": (
        "One logistic regression is trained for each point of a grid of penalties; none of them sees the sensitive columns, and "
        "none draws lots."
    ),
    "correlation_remover": (
        "What each column says about the group is taken out by a linear map, then a logistic regression is trained. In effect each "
        "group gets a constant of its own, so the file needs the sensitive column. Nothing is drawn by lot."
    ),
}
RANDOMISED: Final[tuple[Algorithm, ...]] = ("threshold_optimizer", "exponentiated_gradient")
BY_GROUP: Final[tuple[Algorithm, ...]] = ("threshold_optimizer", "correlation_remover")
"""Those whose files ask who somebody is."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One trained candidate; shares are of its own training rows and only a first look."""

    position: int
    """Position among the candidates of the run, from 0."""
    title: str
    """What tells it from the others of the run."""
    digest: str
    """SHA-256 of its ONNX file."""
    accuracy: float
    """Share decided as the label says, at the threshold in force; best 1."""
    disparity: float
    """Largest difference in the share selected between two groups; best 0."""
    rule_accuracy: float
    """The same of fairlearn's own rule, in expectation over its lots."""
    rule_disparity: float
    by_lot: float
    """Share of rows that fairlearn's rule decides by lot; 0 for a rule without lots."""
    decided_alike: float
    """Expected share of rows on which the file and fairlearn's rule decide the same; best 1."""
    largest_gap: float
    """Largest difference between the file's score and fairlearn's probability on the rows compared; best 0."""
    agreeing: float
    """Share of the rows compared where that difference is at most 0.0001; best 1."""
    verified: bool
    """Whether nearly all rows agree (at least 99.9 %); a candidate that does not is never registered."""
    efficient: bool
    """Whether no other candidate of the run is better in both accuracy and disparity."""


@dataclass(frozen=True, slots=True)
class MitigationReport:
    """The candidates of one run."""

    algorithm: Algorithm
    attribute: str
    """The sensitive column whose groups are to be treated alike."""
    constraint: Constraint
    """What alike means."""
    groups: tuple[str, ...]
    """Groups that were told apart, the one of missing values included when it occurs."""
    threshold: float
    """A person is selected from this score on."""
    compared: int
    """Rows on which each file was compared with fairlearn."""
    candidates: tuple[Candidate, ...]
    notices: tuple[str, ...]


def notices(algorithm: Algorithm, threshold: float) -> tuple[str, ...]:
    """Return what a board must know before it looks at such a candidate, the gravest first."""
    found = []
    if algorithm in BY_GROUP:
        found.append(
            PER_GROUP_NOTICE
            if algorithm == "threshold_optimizer"
            else PER_GROUP_NOTICE.replace("Different thresholds", "Different constants")
        )
    found.append(HOW[algorithm])
    if algorithm in RANDOMISED:
        found.append(
            f"Decisions are taken from a probability of {threshold:g} on, without lots, so the groups may be treated less alike than "
            "fairlearn promises on average; both figures are shown."
        )
    if algorithm == "threshold_optimizer":
        found.append("Somebody whose group was not seen in training is decided by the parent's own threshold.")
    if algorithm == "correlation_remover":
        found.append("Somebody whose group was not seen in training is treated as the average of all groups.")
    return tuple(found)
