"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field

from governance.fairness.report import FairnessReport, Limits
from governance.method_spec import MethodSpec


@dataclass(frozen=True, slots=True)
class ByGroup:
    """What to compare, with whom, and how sure to be."""

    reference: str = "largest"
    """largest, best, overall, or named groups: "sex=Male, race=White" ("Male" will do when no other attribute has it)."""
    intersections: int = 2
    """How many attributes are combined at most."""
    limits: Limits = field(default_factory=Limits)


METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="fairness.by_group",
        version=1,
        title="Metrics by group",
        question="Is the model worse for some groups of people, by how much, and whom can nobody judge?",
        run="governance.fairness.by_group:by_group",
        parameters=ByGroup,
        result=FairnessReport,
        needs=("sensitive", "predictions"),
    ),
)
