"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from governance.evidence import MethodSpec
from governance.performance.compare_report import ComparisonReport
from governance.performance.report import PerformanceReport
from governance.performance.segment_report import SegmentsReport


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


@dataclass(frozen=True, slots=True)
class Segments:
    """How far it is looked for segments, and how sure a named one is."""

    confidence: float = 0.95
    """Joint coverage of the intervals of all segments that are judged, between 0 and 1."""
    most: int = 5
    """Finds of each half at most; each more makes every interval wider."""
    min_rows: int = 30
    """Fewest rows of a segment in the half that is searched."""
    least_share: float = 0.01
    """Smallest share of that half, 0 to 1."""
    paired: int = 20
    """So many columns, those that tell most alone, are looked at two by two."""
    depth: int = 3
    """Splits of the error tree on one way at most."""
    stop: float = 3.5
    """The search ends when no set of rows is so many standard errors above the others."""


@dataclass(frozen=True, slots=True)
class ComparePerformance:
    """Which other model is held against the one that is looked at, and how sure the comparison is."""

    candidate_score: str = ""
    """Column of the data with the other model's score, when no other model is given."""
    confidence: float = 0.95
    """Coverage that each interval aims at, between 0 and 1."""
    draws: int = 1_000
    """Draws of the paired bootstrap."""
    min_rows: int = 30
    """Fewest rows that both answer."""


METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="performance.summary",
        version=3,
        title="Performance",
        question="How often is the model right, at this threshold and at any other, and are its scores to be believed?",
        run="governance.performance.summary:summary",
        parameters=Summary,
        result=PerformanceReport,
        page="performance",
        lead="governance.performance.words:lead",
        needs=("label", "predictions"),
    ),
    MethodSpec(
        id="performance.segments",
        version=2,
        title="Weak segments",
        question="On which rows does the model err more than on the others?",
        run="governance.performance.segments.segments:segments",
        parameters=Segments,
        result=SegmentsReport,
        page="performance",
        lead="governance.performance.segment_words:lead",
        lines="governance.performance.segment_words:lines",
        needs=("label", "predictions"),
    ),
    MethodSpec(
        id="performance.compare",
        version=1,
        title="Two models on the same rows",
        question="Is another model or version right more often on the same rows, beyond chance?",
        run="governance.performance.comparison:compare",
        parameters=ComparePerformance,
        result=ComparisonReport,
        page="performance",
        lead="governance.performance.compare_words:lead",
        lines="governance.performance.compare_words:lines",
        needs=("label", "predictions", "candidate_predictions"),
    ),
)
