"""The words of the demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class ModelText:
    """What is said about one model of the demonstration."""

    name: str
    title: str
    family: str
    version: str
    owner: str
    description: str
    intended_use: str
    out_of_scope: str
    risk_tier: Literal["minimal", "limited", "high"]
    trained_on: str
    evaluated_on: str
    monitored_on: tuple[str, ...]


TITLE: Final = "Demonstration: simulated consumer credit, and 442 real patients"
DESCRIPTION: Final = (
    "A simulated portfolio of 40,000 applications for consumer credit over 18 months, with problems planted on purpose, and "
    "the small real diabetes data of scikit-learn. Everything was made by code on this machine."
)
NOBODY: Final = "Nobody in it exists; problems were planted in it on purpose."
CREDIT_SOURCE: Final = "Simulated by Countersign from a fixed seed; free of any licence."
PATIENTS: Final = (
    "Ten measurements of real, anonymous patients and the progression of their diabetes one year later. "
    "So few that for most groups the honest answer is: not enough data to judge."
)
_CREDIT_USE: Final = (
    "Support a clerk who decides on applications for consumer credit up to 80,000: applicants whose estimated probability of "
    "repayment is at least 0.75 are put forward for approval. Simulated: for demonstration only."
)
_CREDIT_NOT: Final = "Decisions without a human, business credit, mortgages, applicants under 18, any real person."
_CREDIT_WINDOWS: Final = ("simulated-credit-window-13-15", "simulated-credit-window-16-18")

BOOSTED: Final = ModelText(
    name="simulated-credit-trees",
    title="Simulated credit: boosted trees",
    family="simulated-credit",
    version="1",
    owner="Credit risk analytics (simulated)",
    description="Gradient boosted trees over twelve columns of the simulated portfolio, the district among them. "
    "One-hot encoding is part of the model.",
    intended_use=_CREDIT_USE,
    out_of_scope=_CREDIT_NOT,
    risk_tier="high",
    trained_on="simulated-credit-training",
    evaluated_on="simulated-credit-evaluation",
    monitored_on=_CREDIT_WINDOWS,
)
SCORECARD: Final = ModelText(
    name="simulated-credit-scorecard",
    title="Simulated credit: logistic scorecard",
    family="simulated-credit",
    version="1",
    owner="Credit risk analytics (simulated)",
    description="Logistic regression over eleven columns of the simulated portfolio, without the district. "
    "Scaling and one-hot encoding are part of the model.",
    intended_use=_CREDIT_USE,
    out_of_scope=_CREDIT_NOT,
    risk_tier="high",
    trained_on="simulated-credit-training",
    evaluated_on="simulated-credit-evaluation",
    monitored_on=_CREDIT_WINDOWS,
)
RIDGE: Final = ModelText(
    name="diabetes-progression-ridge",
    title="Diabetes progression: ridge regression",
    family="diabetes-progression",
    version="1",
    owner="Demonstration",
    description="Ridge regression of the progression of diabetes on ten measurements of 300 patients.",
    intended_use="Show how a small model with few data is reviewed.",
    out_of_scope="Any decision about the care of a person.",
    risk_tier="limited",
    trained_on="diabetes-training",
    evaluated_on="diabetes-evaluation",
    monitored_on=(),
)
