"""What an audit of somebody else's search says of its models; light nouns for screens, commands and the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from governance.fairness.norms.norm import NormSet

Kept: TypeAlias = Literal["kept", "violated", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class FinishedParameters:
    """Which models, and what they are held against."""

    norms: NormSet | None = None
    """What a model has to keep; None for nothing, which is refused."""
    columns: tuple[str, ...] = ()
    """Columns of the data that hold a model's scores (or its decisions as labels), one for each model, in the search's own order."""


@dataclass(frozen=True, slots=True)
class AuditedModel:
    """One model of a search, held against the norms."""

    name: str
    rows: int
    """People whose answer was counted."""
    selected: float
    """Share selected."""
    accuracy: float | None
    """Share decided as the label; None without labels."""
    worst: str
    """Norm and two groups whose gap strains it most, "" when no two groups are large enough."""
    strain: float
    """How far that gap strains its norm: at most 1 keeps it."""
    lower: float
    """Bound that the worst strain is not below, at the error rate of the whole audit."""
    upper: float
    """Bound that no strain of the model is above, at that error rate."""
    verdict: Kept
    reason: str = ""
    """Why nothing is said, "" when something is."""


@dataclass(frozen=True, slots=True)
class FinishedReport:
    """The models of a finished search, each with a statement; the chance that any statement is wrong is at most `alpha`."""

    norms_digest: str
    alpha: float
    models: tuple[AuditedModel, ...]
    """In the search's own order, the one that it prefers first where it has an order."""
    notices: tuple[str, ...]
