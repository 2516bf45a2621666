"""The part of the performance screen about weak segments: where the model errs more, as a list and as a tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from governance.data import Dictionary, spoken_rows
from governance.evidence import Evidence
from governance.language import Voice, mark
from governance.performance import SegmentsReport, segment_words
from pages._ui import cohorts, dictionary, headings, tables, tongue
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.choices import Picked
from pages._ui.evidence import need, result
from pages._ui.text import join, plain, shown
from pages.explore.performance import segments_chart as charts

PART: Final = mark("Weak segments")
"""Name of the part of the page."""


@dataclass(frozen=True, slots=True)
class Found:
    """The stored search for weak segments."""

    evidence: Evidence
    report: SegmentsReport


def found(picked: Picked) -> Found | None:
    """Return the search, or draw what is on the way, or why there is none, and return None."""
    evidence = need("performance.segments", picked)
    report = result(evidence, SegmentsReport) if evidence is not None else None
    return None if evidence is None or report is None else Found(evidence, report)


def lead(picked: Picked, weak: Found) -> None:
    """Say where the model errs more; it stands above the parts of the page, because it may be a harm."""
    words = dictionary.of(picked)
    st.subheader(tongue.say("Where does it err more?"), anchor=False)
    voice = Voice(tongue.language(), lambda rows: plain(spoken_rows(str(rows), words)))
    st.markdown(segment_words.lead(weak.report, voice))


def section(picked: Picked, weak: Found) -> None:
    """Draw the segments with more errors than the rest, and the error tree; clicking one offers to look at its rows."""
    words, report = dictionary.of(picked), weak.report
    clicked = _list(report, words), _tree(report, words)
    rows = [*(item.cohort for item in report.segments), *(item.cohort for item in report.tree if item.cohort)]
    cohorts.choose(picked, {text: _called(words, text) for text in rows}, clicked, key="segment")
    _limits(report)
    tables.provenance(weak.evidence)


def _list(report: SegmentsReport, words: Dictionary) -> str | None:
    if not report.segments:
        return None
    share = report.measure == "error_rate"
    unit = "Share of wrong decisions, above the rest" if share else "Mean absolute error, above the rest"
    frame = charts.segments_frame(report, words)
    return base.draw_to_click(
        laid(charts.segments, frame, unit, share=share),
        "How much higher the error of each segment is than that of the other rows, with intervals corrected for their number",
        frame.drop(columns="cohort"),
        "segments",
        field="cohort",
    )


def _tree(report: SegmentsReport, words: Dictionary) -> str | None:
    if len(report.tree) < 2:
        headings.aside(
            tongue.say("No split of the rows separates those that are worse off, so there is no error tree.")
        )
        return None
    frame = charts.tree_frame(report, words)
    st.markdown(
        tongue.say(
            "**The error tree**: a block is as high as its share of the rows, and the darker the more often the model is wrong about it."
            if report.measure == "error_rate"
            else "**The error tree**: a block is as high as its share of the rows, and the darker the further off the model is."
        )
    )
    return base.draw_to_click(
        laid(charts.tree, frame),
        "Error tree: which values separate rows with more errors from rows with fewer",
        frame[["Rows with", "Error", "Low", "High", "Rows", "Share of rows"]],
        "error-tree",
        field="cohort",
    )


def _called(words: Dictionary, rows: str) -> str:
    return shown(spoken_rows(rows, words))


def _limits(report: SegmentsReport) -> None:
    left = join([f"{plain(item.column)} ({plain(item.reason)})" for item in report.left_out[:6]])
    rest = " " + tongue.say("Not searched: {columns}.", columns=left) if left else ""
    voice = tongue.voice()
    headings.aside(
        voice.say(
            "Looked for in one half of the rows and judged on the other, both ways: {looked_at} sets of rows compared, {finds} judged; "
            "intervals hold together at {confidence}.",
            looked_at=voice.whole(report.looked_at),
            finds=voice.whole(report.finds),
            confidence=voice.percent(report.confidence, 0),
        )
        + rest
    )
