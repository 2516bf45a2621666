"""What is at stake in a recommendation: the costs that somebody named, and what acting and not acting come to. Light to import."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from governance.evidence import RefusedInputError

ONE: Final = 1_000
"""Costs of waiting are told per so many decisions."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What things cost, in any one unit; 0 for what is not named. Without the first two every wrong decision counts as one."""

    false_positive: float = 0.0
    """One person wrongly selected."""
    false_negative: float = 0.0
    """One person wrongly not selected."""
    label: float = 0.0
    """Finding out one outcome."""
    change: float = 0.0
    """Putting another version to use: training, validation, review by the board."""
    unit: str = ""
    """For example "EUR"."""

    def __post_init__(self) -> None:
        for name in ("false_positive", "false_negative", "label", "change"):
            value = getattr(self, name)
            if not math.isfinite(value) or value < 0:
                raise RefusedInputError(f"The cost {name} is {value}; a number from 0 is expected.", "Write a cost.")
        if len(self.unit) > 20 or not self.unit.isprintable():
            raise RefusedInputError(f"The unit {self.unit!r} is no short word.", "Write for example EUR.")

    @property
    def of_errors(self) -> tuple[float, float]:
        """Cost of one person wrongly selected, and wrongly not selected; one each when neither is named."""
        named = self.false_positive or self.false_negative
        return (self.false_positive, self.false_negative) if named else (1.0, 1.0)

    @property
    def names_errors(self) -> bool:
        """Whether somebody said what a wrong decision costs."""
        return bool(self.false_positive or self.false_negative)


@dataclass(frozen=True, slots=True)
class Stakes:
    """What not acting and acting cost."""

    unit: str
    """Of `waiting`: the unit of the named costs, "wrong decisions", or for a model of a number "units of the label"."""
    basis: Literal["labels", "estimate", "none"]
    """What `waiting` rests on: outcomes of both windows, the estimate without labels, or nothing."""
    waiting: float | None
    """What 1,000 decisions cost now more than in the reference, or how much further one predicted number is off on average.

    Below 0 it is less; None when it is not known.
    """
    waiting_low: float | None
    """Lower end of the 95 per cent interval, None when there is no interval."""
    waiting_high: float | None
    acting: float | None
    """What the recommended step costs once, in the unit of the named costs; None when nobody named it."""
    pays_after: int | None
    """Decisions after which acting has cost less than waiting, when it takes the excess away; None when that cannot be said."""
    if_not: str
    """What it costs not to act, in words."""
    if_done: str
    """What it costs to act, in words."""
