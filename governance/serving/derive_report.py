"""What `serving.derive` answers, light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.evidence import Rows
from governance.subject import Task

Verdict = Literal["met", "not_met", "cannot_judge"]


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What a lighter copy changes for the people of one group, on the same rows."""

    attribute: str
    """"" for everybody."""
    group: str
    metric: str
    """"selection_rate", "accuracy", "mean_absolute_error" or "mean_answer"."""
    rows: int
    before: float
    after: float
    change: float
    """After minus before."""
    low: float
    """Interval of the change; all intervals of a report hold together."""
    high: float
    p_value: float | None
    """Exact McNemar test, corrected by Holm for all changes of the report; None for numbers."""
    harm: float
    """By how much the group is worse off in this metric, at least 0."""
    harm_high: float
    """The most that the interval allows."""
    verdict: Verdict
    """Whether the harm keeps to the limit."""


@dataclass(frozen=True, slots=True)
class ScoreDifference:
    """How far apart the scores of the two are, over rows: the largest difference of any class, or of the number."""

    median: float
    p95: float
    largest: float


@dataclass(frozen=True, slots=True)
class DeriveReport:
    """What changes when a lighter copy answers in the place of the model."""

    task: Task
    rows: Rows
    level: float
    """At which all intervals hold together."""
    decided_otherwise: int | None
    """Rows; None for numbers."""
    share_low: float | None
    """Interval of their share (Clopper and Pearson)."""
    share_high: float | None
    scores: ScoreDifference
    groups: tuple[GroupChange, ...]
    """Everybody first, then the groups, those with the largest possible harm first."""
    largest_group_harm: GroupChange | None
    """The one whose interval allows the largest harm."""
    limit_labels: float
    limit_group: float
    labels_verdict: Verdict
    group_verdict: Verdict
    verdict: Verdict
    """Of both."""
    notices: tuple[str, ...]
