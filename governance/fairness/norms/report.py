"""What an audit of norms says: light nouns for screens, the command line and the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from governance.fairness.norms.since import Since

State: TypeAlias = Literal["within", "in_breach", "cannot_judge", "not_yet"]
""""within": nothing is proven against the norm; "in_breach": proven, and it stays; "cannot_judge": it could never be judged on these
data; "not_yet": windows or labels are still to come."""


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A window of which there is no tally."""

    data: str
    """Digest of the table."""
    reason: str


@dataclass(frozen=True, slots=True)
class NormsParameters:
    """What an audit was folded from; without tallies, a table is cut into windows and held against the four-fifths rule."""

    norms: str = ""
    """Digest of the norms; "" for the four-fifths rule on the table's own sensitive columns."""
    tallies: tuple[str, ...] = ()
    """Digests of the evidence of the windows' tallies, in order."""
    uncounted: tuple[Uncounted, ...] = ()
    """Windows without a tally; they say nothing and are shown at the end."""
    rows: int = 1_000
    """Rows of a window where a table is cut."""


@dataclass(frozen=True, slots=True)
class AuditedWindow:
    """One window as the audit counted it."""

    data: str
    """Digest of the table."""
    rows: int
    labelled_share: float
    """Share of rows with a label, 0 to 1."""
    decisions: bool
    """Whether the norms about decisions counted it."""
    labels: bool
    """Whether the norms about labels counted it."""
    note: str = ""
    """Why it was not counted, "" when it was in every way."""


@dataclass(frozen=True, slots=True)
class Accused:
    """Groups for which a breach is proven."""

    group: str
    """The group that the breach is about, "race=Black, sex=Female": of two, the one with the lower rate."""
    other: str
    """The group that it is held against; "" for calibration."""
    attributes: tuple[str, ...]
    """Columns whose values make the groups."""
    values: tuple[str, ...]
    """Of the group, one for each attribute."""
    other_values: tuple[str, ...]
    """Of the other group; () for calibration."""
    measure: str
    """The rate that differs: selection_rate, true_positive_rate, false_positive_rate or label_minus_score."""
    proven_at: int
    """Window, from 0."""
    gap: float
    """Over the windows since it began: the lower less the higher rate, their ratio, or the mean of label minus score."""
    low: float
    """End of the 95 % interval of the gap, as counts alone give it: a description, not the proof."""
    high: float
    since: Since
    people: float
    """Rows of the group in a window, on average since it began."""


@dataclass(frozen=True, slots=True)
class NormState:
    """Where one norm stands."""

    id: str
    title: str
    """What the metric is called."""
    metric: str
    compare: str
    limit: str
    attributes: tuple[str, ...]
    state: State
    reason: str
    """Why it cannot be judged, or not yet; "" otherwise."""
    proven_at: int | None
    """Window in which the first breach was proven, from 0."""
    since: Since | None
    """When the first proven breach began."""
    accused: tuple[Accused, ...]
    """In the order of proof."""
    capital: tuple[float, ...]
    """After each window, the largest natural logarithm of a closed capital: at least log(1 / alpha) proves a breach."""
    judged: tuple[str, ...]
    """Groups that have enough rows."""
    too_small: tuple[str, ...]
    """Groups that have not."""


@dataclass(frozen=True, slots=True)
class NormReport:
    """The audit of one model version under one set of norms."""

    title: str
    norms_digest: str
    alpha: str
    outlook: bool
    """Whether the norms were chosen after the data: then nothing is promised, and nobody is alarmed."""
    windows: tuple[AuditedWindow, ...]
    norms: tuple[NormState, ...]
    promise: str
    """What the error rate means, in words."""
    notices: tuple[str, ...] = ()
    """What the promise rests on and the data put in doubt."""

    @property
    def in_breach(self) -> tuple[NormState, ...]:
        """The norms with a proven breach."""
        return tuple(item for item in self.norms if item.state == "in_breach")
