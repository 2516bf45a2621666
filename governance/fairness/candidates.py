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
    "threshold_optimizer": "Thresholds per group",
    "exponentiated_gradient": "Mixture of models",
    "grid_search": "Grid of penalties",
    "correlation_remover": "Correlation removed",
}
HOW: Final[dict[Algorithm, str]] = {
    "threshold_optimizer": (
        "fairlearn's ThresholdOptimizer leaves the model as it is and gives each group thresholds of its own. For some people its rule "
        "draws lots between two thresholds. A model file must not draw lots: one candidate has as its score the probability with "
        "which the rule would select the person; the other has one threshold per group, at which as many are selected as by the rule."
    ),
    "exponentiated_gradient": (
        "fairlearn's ExponentiatedGradient trains logistic regressions again and again with other weights, and its rule draws one of "
        "them for each person. A model file must not draw lots, so its score is the probability with which that rule would select "
        "the person."
    ),
    "grid_search": (
        "fairlearn's GridSearch trains one logistic regression for each point of a grid of penalties; none of them sees the sensitive "
        "columns, and none draws lots."
    ),
    "correlation_remover": (
        "fairlearn's CorrelationRemover takes out of each column what it linearly says about the group; then a logistic regression is "
        "trained. In effect each group gets a constant of its own, so the file needs the sensitive column. Nothing is drawn by lot."
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
            f"A person is selected from a score of {threshold:g} on, without lots, so the groups may be treated less alike than "
            "fairlearn's rule does on average; both figures are shown."
        )
    if algorithm == "threshold_optimizer":
        found.append("Somebody whose group was not seen in training is decided by the parent's own threshold.")
    if algorithm == "correlation_remover":
        found.append("Somebody whose group was not seen in training is treated as the average of all groups.")
    return tuple(found)
