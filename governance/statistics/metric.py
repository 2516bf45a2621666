"""What a metric is, and the cells of the table that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Cell = tuple[int, int]
"""A cell of the table of labels by decisions: each 0, 1, or 2 for unknown."""

TN, FP, FN, TP = (0, 0), (0, 1), (1, 0), (1, 1)
KNOWN: tuple[Cell, ...] = (TN, FP, FN, TP)
Polarity = Literal["good", "bad"]
"""Whether being selected is good or bad for people."""
Direction = Literal["higher", "lower", ""]
"""Which way is worse; "" for neither."""


Family = Literal["counts", "scores", "numbers", "overall"]
"""What a metric is computed from: counts of labels by decisions, scores, predicted numbers; "overall" is never taken by group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric: names, polarity, disparity, glossary, screen, text and report are derived from it.

    A metric that is a share of rows names the cells of its numerator and denominator and needs nothing else; a composite of counts
    has its value in `rates` and its interval in `estimates`.
    """

    name: str
    """fairlearn's or sklearn's word, never changed."""
    family: Family
    label: str
    """What people without the field's training call it."""
    beside: str = ""
    """The field's short word, shown beside the label; "" where the label is the field's word."""
    meaning: str
    """What the number says, with its best value."""
    field_name: str = ""
    """Everything that the field calls it, "" where the label is the field's word."""
    top: tuple[Cell, ...] = ()
    """Cells of the numerator of a share of rows; () for other metrics."""
    base: tuple[Cell, ...] = ()
    """Cells of its denominator."""
    needs: str = ""
    """What the base counts, in words."""
    worse_if_good: Direction = ""
    """Which way is worse for people when being selected is good for them."""
    worse_if_bad: Direction = ""
    parity: str = ""
    """The disparity that is its largest gap between groups; "" for none."""
    share: bool = True
    """Whether it is a share of people, written as a percentage."""
    label_free: bool = False
    """Whether it needs no label."""

    def worse(self, polarity: Polarity) -> Direction:
        """Return which way is worse for people."""
        return self.worse_if_good if polarity == "good" else self.worse_if_bad
