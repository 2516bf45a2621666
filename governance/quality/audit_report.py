"""What an audit of the data says before any model is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from governance.evidence import NotAssessed

FOUR_FIFTHS: Final = 0.8
"""A ratio to the population below this is called scarce."""
ALARM: Final = 0.05
"""The chance that an audit of a table in which every group has its share calls any of them scarce."""


@dataclass(frozen=True, slots=True)
class Member:
    """One attribute of a group with its value."""

    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class BenchmarkShare:
    """The share of a group in the population that the data should represent."""

    group: tuple[Member, ...]
    share: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Representation:
    """A group's share of the rows beside its share of the population."""

    expected: float
    """Share in the benchmark, 0 to 1."""
    ratio: float
    """Share of rows divided by the expected share; 1 is equal."""
    low: float
    high: float
    """Wilson 95 % interval of the ratio."""
    p_adjusted: float | None = None
    """The chance of so few rows when the group has its share of the population, adjusted over all groups; None in older results."""

    @property
    def is_scarce(self) -> bool:
        """Whether the group is rarer than four fifths of its share, beyond chance and beyond what so many groups would do by chance."""
        return self.high < FOUR_FIFTHS and (self.p_adjusted is None or self.p_adjusted < ALARM)


@dataclass(frozen=True, slots=True)
class LabelRate:
    """How often the positive label (or, for numbers, which mean) a group has."""

    value: float
    low: float
    """Lower end of the 95 % interval: Wilson's for a rate, Student's for the mean of a number."""
    high: float
    rows: int
    """Rows with a label."""


@dataclass(frozen=True, slots=True)
class GroupAudit:
    """One group or intersection."""

    group: tuple[Member, ...]
    """A missing value is a group of its own, called "unknown"."""
    rows: int
    share: float
    """Of all rows."""
    representation: Representation | NotAssessed
    label: LabelRate | NotAssessed
    missing_share: float
    """Share of empty cells among the group's feature cells."""
    most_missing: str
    """The feature with the largest share of missing values in this group, "" when none is missing."""
    most_missing_share: float
    duplicate_share: float
    """Share of the group's rows that repeat an earlier row of the table."""
    twin_share: float
    """Share of the group's rows that somebody with another sensitive value has too, all other columns being equal."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """How much one column tells about one sensitive attribute."""

    column: str
    attribute: str
    adjusted_mutual_information: float
    """0 nothing beyond chance, 1 all (Vinh, Epps, Bailey 2010, JMLR 11, 2837-2854)."""
    is_proxy: bool
    """Whether it reaches the limit."""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Representation, labels, missing values and proxies by group."""

    label: str
    """The label column and what is counted, in words; "" without a label."""
    groups: tuple[GroupAudit, ...]
    """Single attributes first, then intersections; within each the largest first."""
    too_small: int
    """Observed groups and intersections with fewer rows than the minimum."""
    absent: tuple[BenchmarkShare, ...]
    """Groups of the benchmark that no row belongs to."""
    proxies: tuple[Proxy, ...]
    """Strongest first."""
    proxy_limit: float
    rows: int
    sampled_rows: int
    """Rows used for the mutual information."""

    @property
    def is_rate(self) -> bool:
        """Whether the label is counted as a share, as opposed to the mean of a number."""
        return self.label.startswith("share ")
