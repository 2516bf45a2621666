"""The part of the performance screen that holds another model against this one, on the same rows."""

from __future__ import annotations

import streamlit as st

from governance.performance import ComparisonReport, compare_words
from pages._ui import against, headings, tables
from pages._ui.charts import base, changes
from pages._ui.choices import Picked
from pages._ui.evidence import need, result
from pages._ui.text import plain


def section(picked: Picked) -> None:
    """Draw the choice of another model, and what it does better and worse."""
    both = against.pick(picked)
    if both is None:
        return
    evidence = need("performance.compare", both)
    report = result(evidence, ComparisonReport) if evidence is not None else None
    if evidence is None or report is None:
        return
    st.markdown(compare_words.lead(report, plain))
    frame = changes.frame_of(report.measures)
    base.draw(
        changes.dots(frame),
        "How each measure changes from this model to the other, with paired intervals",
        frame,
        "versus",
    )
    headings.aside(
        f"Each of {report.draws:,} bootstrap draws takes the same rows for both models; {report.confidence:.0%} intervals of the change, "
        "each for itself. Errors that both models make cancel, so the intervals are narrower than those of the values."
    )
    tables.provenance(evidence, "versus")
