"""What a piece of evidence says, in the sentence that its own page begins with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from governance.drift.report import DriftReport
from governance.errors import GovernanceError
from governance.evidence import Evidence, NotAssessed
from governance.fairness import words as fairness
from governance.fairness.report import FairnessReport
from governance.methods import method
from governance.performance.report import PerformanceReport
from governance.quality.report import QualityReport
from pages._ui import drift, quality_view, rightness
from pages._ui.text import plain


def _fairness(report: FairnessReport) -> str:
    return fairness.lead(report, plain)


_SENTENCES: Final[dict[type[Any], Callable[[Any], str]]] = {
    PerformanceReport: rightness.lead,
    QualityReport: quality_view.lead,
    FairnessReport: _fairness,
    DriftReport: drift.headline,
}
"""Result type -> the sentence of its page, as markdown."""


def sentence(evidence: Evidence) -> str:
    """Return the finding as markdown; the reason when it was not assessed, "" where no page has a sentence for it."""
    try:
        kind = method(evidence.key.method).result
        found = evidence.read(kind)
    except GovernanceError:
        return "This evidence was written by another version of the method; open its account to read it."
    if isinstance(found, NotAssessed):
        return f"Not assessed: {plain(found.reason, 2000)}"
    speak = _SENTENCES.get(kind)
    return speak(found) if speak else ""
