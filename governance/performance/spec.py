"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from governance.method_spec import MethodSpec
from governance.performance.report import PerformanceReport


@dataclass(frozen=True, slots=True)
class Summary:
    """How fine and how sure the summary is."""

    confidence: float = 0.95
    """Coverage that the intervals aim at, between 0 and 1."""
    thresholds: int = 400
    """Points of the threshold curve at most; fewer when there are fewer distinct scores."""
    bins: int = 10
    """Bins of equal size for calibration and residuals."""
    draws: int = 2_000
    """Bootstrap draws of the confusion matrix for averages over classes."""


METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="performance.summary",
        version=1,
        title="Performance",
        question="How often is the model right, at this threshold and at any other, and are its scores to be believed?",
        run="governance.performance.summary:summary",
        parameters=Summary,
        result=PerformanceReport,
        needs=("label", "predictions"),
    ),
)
