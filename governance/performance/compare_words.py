"""What a comparison of two models says in plain words."""

from __future__ import annotations

from typing import Final

from governance.evidence import Escape, ReportLine, interval, join, percent
from governance.language import mark
from governance.performance.compare_report import ComparisonReport
from governance.statistics import amount, spoken, title

VERDICTS: Final = {"better": "better", "worse": "worse", "no_clear_change": mark("no clear change")}


def lead(report: ComparisonReport, escape: Escape = str) -> str:
    """Return what the other model does better and worse, in a sentence or two."""
    del escape  # nothing in it comes from a file
    found = {
        word: [spoken(item.metric) for item in report.measures if item.verdict == word] for word in ("better", "worse")
    }
    parts = [f"{word} in {join(names)}" for word, names in found.items() if names]
    verdict = "; ".join(parts) or "not clearly better or worse in anything measured"
    said = f"The other model is {verdict}."
    if report.decided_otherwise is None:
        return said
    share = percent(report.decided_otherwise / max(report.rows.used, 1))
    return f"{said} It decides otherwise for {report.decided_otherwise:,} of {report.rows.used:,} rows ({share})."


def lines(report: ComparisonReport) -> tuple[ReportLine, ...]:
    """Return one line per measure."""
    return tuple(
        ReportLine(
            what=title(item.metric),
            about="the other model against this one",
            value=f"{amount(item.metric, item.current)} to {amount(item.metric, item.candidate)}",
            bounds=interval(item.low, item.high, 4),
            judgement=VERDICTS[item.verdict],
        )
        for item in report.measures
    )
