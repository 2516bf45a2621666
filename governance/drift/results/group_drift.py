"""How one column moved inside one group of people: the result type, light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class GroupDrift:
    """One column in two windows, people of one group only."""

    attribute: str
    """The sensitive column."""
    group: str
    column: str
    n_reference: int
    """Rows of the group in the reference."""
    n_current: int
    """Rows of the group in the current window."""
    verdict: Literal["cannot_tell", "none", "small", "material"]
    reason: str
    """The verdict in one sentence."""
    test: str
    """Name of the reading that the figures below belong to, "" when there is none."""
    effect: float | None
    """How far the column moved by that test, in its unit; None when it cannot be had."""
    noise_floor: float | None
    """What chance alone stays under in 95 of 100 pairs of windows of this size; None where the test has none."""
    threshold: float | None
    """From which effect on it matters in practice."""
    p_adjusted: float | None
    """After one correction over all groups and columns."""
