"""The words for trained variants of a pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from governance.evidence import Escape, ReportLine
from governance.stress.pipeline_report import PipelineReport, PipelineVariant, Shared

SORTS: Final = {
    "serving_error": "Error in rows that are decided about",
    "training_error": "Error in training rows",
    "operator": "Operator exchanged (operator impact)",
    "column_dropped": "Column left out",
    "cleaning": "Cleaning step put on",
    "permutation": "Column shuffled (permutation importance)",
}


def harm(item: PipelineVariant) -> float:
    """Return how much accuracy a variant costs, in shares."""
    found = item.effect("accuracy")
    return -(found.change or 0.0) if found is not None else 0.0


def ranked(result: PipelineReport) -> tuple[PipelineVariant, ...]:
    """Return the variants, those that cost most first."""
    return tuple(sorted(result.variants, key=lambda item: (-harm(item), -item.decisions_changed, item.name)))


def line(item: PipelineVariant, escape: Escape = str) -> str:
    """Return one variant in a line: decisions that change, accuracy with its interval, and the group that moves most."""
    said = f"{escape(item.name)}: {item.decisions_changed:,} decisions change"
    found = item.effect("accuracy")
    if found is not None and found.change is not None:
        said += f"; accuracy {100 * found.change:+.2f} points"
        if found.low is not None and found.high is not None:
            said += f" ({100 * found.low:+.2f} to {100 * found.high:+.2f})"
    group = moved_group(item)
    return f"{said}; {escape(group)}" if group else said


def moved_group(item: PipelineVariant) -> str:
    """Return the group whose share selected moves most (fairness impact), "" without groups."""
    found = [one for one in item.effects if one.metric == "selection_rate" and one.attribute and one.change]
    if not found:
        return ""
    most = max(found, key=lambda one: abs(one.change or 0.0))
    return f"{most.attribute}: {most.group} ({100 * (most.change or 0.0):+.2f} points selected)"


def lead(result: PipelineReport, escape: Escape = str) -> str:
    """Return what matters most in two or three sentences."""
    found = ranked(result)
    if not found:
        return "No variant of the pipeline could be tried."
    refitted = sum(item.refitted for item in found)
    said = f"{len(found)} variants of the pipeline were tried, {refitted} of them trained again. "
    trained = [item for item in found if item.refitted]
    for what, some in (
        ("without new training", [item for item in found if not item.refitted]),
        ("trained again", trained),
    ):
        if some and harm(some[0]) > 0:
            said += f"Most is lost, {what}, when {escape(some[0].name)}: {100 * harm(some[0]):.2f} points of accuracy. "
    better = found[-1]
    if harm(better) < 0:
        said += f"Most is gained when {escape(better.name)}: {-100 * harm(better):.2f} points."
    return said.strip()


def shared(found: Shared) -> str:
    """Return what was done once for all variants."""
    said = (
        f"{found.fits:,} models were trained where whole runs would train {found.fits_whole:,}; {found.columns_encoded:,} columns were "
        f"encoded instead of {found.columns_encoded_whole:,}, and models answered about {found.rows_asked:,} rows instead of "
        f"{found.rows_asked_whole:,}"
    )
    if found.whole_runs:
        said += (
            f"; {found.whole_runs} variants were also run whole, {found.whole_decisions_differ} decisions differ, the largest difference "
            f"of a score is {found.whole_difference:.2g}"
        )
    return said + "."


def lines(result: PipelineReport) -> Iterator[ReportLine]:
    """Yield the variants that cost most."""
    for item in ranked(result)[:10]:
        found = item.effect("accuracy")
        value = "none" if found is None or found.change is None else f"{found.change:+.4f}"
        yield ReportLine(
            SORTS[item.sort], item.name, value, f"{item.decisions_changed} decisions change", moved_group(item)
        )
