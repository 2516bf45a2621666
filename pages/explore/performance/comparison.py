"""The part of the performance screen that holds another model against this one, on the same rows."""

from __future__ import annotations

from typing import Final

from governance.evidence import Evidence
from governance.language import mark
from governance.performance import ComparisonReport
from pages._ui import against, headings, tables, tongue
from pages._ui.charts import base, changes
from pages._ui.charts.layouts import laid
from pages._ui.choices import Picked
from pages._ui.evidence import need, result

PART: Final = mark("Both models")
"""Name of the part of the page."""


def found(picked: Picked) -> tuple[Evidence, ComparisonReport] | None:
    """Return what the model that was chosen under *Against model* does better and worse; None where none was, or it is on the way."""
    both = against.of(picked)
    evidence = need("performance.compare", both) if both is not None else None
    report = result(evidence, ComparisonReport) if evidence is not None else None
    return (evidence, report) if evidence is not None and report is not None else None


def section(evidence: Evidence, report: ComparisonReport) -> None:
    """Draw how every measure changes from one model to the other."""
    frame = changes.frame_of(report.measures)
    base.draw(
        laid(changes.dots, frame),
        "How each measure changes from this model to the other, with paired intervals",
        frame,
        "versus",
    )
    headings.aside(
        tongue.say(
            "Each of {draws} bootstrap draws takes the same rows for both models; {confidence} intervals of the change, each for itself. "
            "Errors that both models make cancel, so the intervals are narrower than those of the values.",
            draws=tongue.voice().whole(report.draws),
            confidence=tongue.voice().percent(report.confidence, 0),
        )
    )
    tables.provenance(evidence, "versus")
