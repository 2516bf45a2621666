"""What a search under norms did: trials, the frontier, and what is certified; light nouns for screens, commands and the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from governance.fairness.norms.norm import NormSet

Learner: TypeAlias = Literal["logistic", "tree", "boosted"]
LEARNERS: Final[Mapping[Learner, str]] = {
    "logistic": "Logistic regression",
    "tree": "Decision tree",
    "boosted": "Gradient boosted trees",
}
"""Name -> what a person calls it."""


class Enough(Exception):  # noqa: N818 - no fault: the search ends with what it has
    """Raised by whoever follows a search, before a trial: no further one begins. The words say why."""


@dataclass(frozen=True, slots=True)
class SearchParameters:
    """What is searched for, and how long."""

    norms: NormSet | None = None
    """What the certified model has to keep; None for nothing, which is refused."""
    trials: int = 24
    """Models trained at most, 1 to 1,000."""
    learners: tuple[Learner, ...] = ("logistic", "tree", "boosted")
    uses: int = 0
    """Earlier searches that looked at the same people to certify: each halves the error rate that is left."""


@dataclass(frozen=True, slots=True)
class SplitSizes:
    """How many rows each part has; the same person is never in two."""

    train: int
    search: int
    certify: int
    certify_digest: str
    """SHA-256 over the keys of the rows that certify: the certificate book knows them again."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trained model at the threshold that serves best."""

    number: int
    """From 1."""
    learner: Learner
    settings: Mapping[str, float]
    lever: float
    """Weight of the norm against the labels in training; 0 for none."""
    accuracy: float | None
    """On the search split, at its best threshold that keeps the norms there; at the best of all where none does."""
    strain: float | None
    """How far its worst gap strains a norm there: at most 1 keeps all of them."""
    error: str = ""
    """Why it was not trained, "" when it was; such a trial counts as nothing."""


@dataclass(frozen=True, slots=True)
class Certified:
    """A model at a threshold that was put to the test on the untouched split."""

    trial: int
    cut: float
    """Selected from this score of the trained model on."""
    digest: str
    """SHA-256 of its ONNX file, whose scores are moved so that the cut lies at the threshold of the data; "" when it failed."""
    accuracy_search: float
    accuracy_certify: float
    strain_search: float
    strain_certify: float
    """Of the same gaps on people whom nobody had looked at: what is larger is how much the search flattered itself."""
    strain_upper: float
    """Bound that the true strain keeps at the error rate; below 1 is certified."""
    kept: bool
    verified: bool
    """Whether the file decides as the trained model on at least 99.9 % of the rows."""


@dataclass(frozen=True, slots=True)
class SearchReport:
    """A search and what may be said of it."""

    norms_digest: str
    alpha: float
    """Error rate of the certificate, after earlier uses of its rows."""
    splits: SplitSizes
    trials: tuple[Trial, ...]
    frontier: tuple[Certified, ...]
    """All that were put to the test, the safest first; the first failure ends it."""
    chosen: str
    """Digest of the certified model with the best accuracy on the search split, "" when none is certified."""
    baseline: float | None
    """Best accuracy on the search split of a model without regard to the norms."""
    not_certified: str
    """Why nothing is certified, with the rows that might do; "" when something is."""
    stopped: str
    """What ended the search before its trials were done, "" when nothing did."""
    notices: tuple[str, ...]
