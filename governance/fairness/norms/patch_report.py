"""What a correction is, and what it would do: light nouns for screens, the command line and the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from governance.fairness.norms.norm import NormSet

Kind: TypeAlias = Literal["offset", "both_sides", "blind"]
TITLES: Final[Mapping[Kind, str]] = {
    "offset": "The scores of the accused group moved",
    "both_sides": "Both groups moved half of the way",
    "blind": "The scores of all people moved alike",
}
"""What a person calls each kind of correction."""


@dataclass(frozen=True, slots=True)
class GroupOffset:
    """How far the scores of one group move."""

    group: tuple[str, ...]
    """One value of each attribute of the correction."""
    offset: float
    """On the log-odds of the score."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of scores: log-odds times `slope` plus `intercept`, plus the offset of a person's group."""

    kind: Kind
    attributes: tuple[str, ...] = ()
    """Columns that the corrected model asks; () when it asks nobody who they are."""
    offsets: tuple[GroupOffset, ...] = ()
    slope: float = 1.0
    """Above 0, so that the order of people within a group stays."""
    intercept: float = 0.0

    @property
    def needs_group(self) -> bool:
        """Whether the corrected model asks who somebody is."""
        return bool(self.offsets)


@dataclass(frozen=True, slots=True)
class PatchParameters:
    """Corrections fitted on earlier windows, to be made and shown on people whom they have not seen."""

    norm: str = ""
    """Id of the norm that is to be kept again; "" for none."""
    norms: NormSet | None = None
    """All norms: the others are shown beside it; None for none."""
    fitted_on: tuple[str, ...] = ()
    """Digests of the evidence of the tallies that the corrections were fitted on."""
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class NormEffect:
    """What one norm says about the people of the held-out window, before and after."""

    id: str
    limit: str
    before: float | None
    """Gap of the pair or group that lies farthest from keeping the norm: a difference, a ratio, or a mean of label minus score."""
    after: float | None
    low: float | None
    """End of the 95 % interval of the gap after it."""
    high: float | None
    kept: bool | None
    """Whether every gap after it keeps the limit, chance aside; None where nobody can be judged."""


@dataclass(frozen=True, slots=True)
class PatchCandidate:
    """One correction as a model file, and what it would have meant for people whom it was not fitted on."""

    kind: Kind
    title: str
    correction: Correction
    digest: str
    """SHA-256 of its ONNX file."""
    changed: float
    """Share of decisions that change, 0 to 1; the least comes first."""
    people: int
    """How many that are."""
    gains: Mapping[str, int]
    """Group -> people who are selected only after it."""
    losses: Mapping[str, int]
    """Group -> people who are selected only before it."""
    accuracy_before: float | None
    """Share decided as the label says; None without labels."""
    accuracy_after: float | None
    norms: tuple[NormEffect, ...]
    """The norm that is repaired and all others, in their order."""
    needs_group: bool
    """Whether the model would ask who somebody is."""
    allowed: bool
    """Whether the norms allow that."""
    within_budget: bool
    """Whether it changes no more decisions than the norms allow."""
    largest_difference: float
    """Between the file's scores and those of the formula, on the rows shown."""
    verified: bool
    """Whether the file decides as the formula on at least 99.9 % of the rows."""


@dataclass(frozen=True, slots=True)
class PatchReport:
    """Candidates that would bring a model back within a norm; nothing is applied."""

    norm: str
    rows: int
    """People of the held-out window on whom the effect is shown."""
    threshold: float
    candidates: tuple[PatchCandidate, ...]
    """In ascending order of decisions changed."""
    notices: tuple[str, ...] = field(default_factory=tuple)
