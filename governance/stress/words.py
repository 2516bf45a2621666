"""The words for results of this room; screen, command line, report and gate read them here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from governance.evidence import Escape, ReportLine
from governance.statistics import spoken
from governance.stress.report import (
    AnyValueReport,
    Certificate,
    ProposedCheck,
    ReasonShift,
    ReasonsReport,
    Variant,
    VariantsReport,
    Worst,
    WorstReport,
)

ENGINES: Final = {
    "ask_again": "the model itself, asked again about the touched rows",
    "tree_rescore": "the trees of the file, those that ask a broken column",
    "linear_rescore": "the weights of the file, those of a broken column",
}


def harm(variant: Variant) -> float:
    """Return how much accuracy an error costs, in shares; the mean error's growth for regression; 0 where nobody can tell."""
    found = variant.effect("accuracy")
    if found is not None and found.change is not None:
        return -found.change
    grown = variant.effect("mean_absolute_error")
    return grown.change or 0.0 if grown is not None else 0.0


def silent(report: VariantsReport) -> tuple[Variant, ...]:
    """Return the errors that the model silently takes, the most harmful first; those of rows and labels apart."""
    taken = [item for item in report.variants if not item.stops and not item.about_labels]
    return tuple(sorted(taken, key=lambda item: (-harm(item), -item.decisions_changed, item.name)))


def variants_lead(result: VariantsReport, escape: Escape = str) -> str:
    """Return the result in two sentences."""
    taken = silent(result)
    stopped = sum(bool(item.stops) for item in result.variants)
    if not result.variants:
        return f"No error could be tried; why stands beside each of the {len(result.not_run):,} that were asked for."
    if not taken:
        return f"None of {len(result.variants)} errors reaches the model: intake would stop them, or they change rows and labels alone."
    first = taken[0]
    said = (
        f"{first.decisions_changed:,} of {result.rows:,} decisions change when {escape(first.name)} "
        f"({first.rows_touched:,} rows touched)."
    )
    if result.task == "regression":
        said = f"Predictions change most when {escape(first.name)} ({first.rows_touched:,} rows touched)."
    tried = "1 error was" if len(taken) == 1 else f"{len(taken)} errors were"
    tail = f" {tried} tried that the model silently takes; intake would stop {stopped} more."
    return said + tail


def variants_lines(result: VariantsReport) -> Iterator[ReportLine]:
    """Yield the ten most harmful errors."""
    for item in silent(result)[:10]:
        found = item.effect(result.metrics[0]) if result.metrics else None
        value = "none" if found is None or found.change is None else f"{found.change:+.4f}"
        yield ReportLine(
            "Error in the data", item.name, value, f"{item.decisions_changed} decisions change", item.title
        )


def variant_line(variant: Variant, report: VariantsReport, escape: Escape = str) -> str:
    """Return one error in a line: decisions that change, the first metric with its interval, and the rows."""
    said = f"{escape(variant.name)}: {variant.decisions_changed:,} decisions change"
    if report.task == "regression":
        said = escape(variant.name)
    found = variant.effect(report.metrics[0]) if report.metrics else None
    if found is not None and found.change is not None:
        said += f"; {spoken(found.metric)} {found.change:+.4f}"
        if found.low is not None and found.high is not None:
            said += f" ({found.low:+.4f} to {found.high:+.4f})"
    return f"{said}; {variant.rows_touched:,} of {report.rows:,} rows touched"


def certificate(found: Certificate) -> str:
    """Return how far the counts can be trusted."""
    said = (
        f"asked by {ENGINES[found.engine]} ({found.engine_reason}); on {found.base_rows:,} clean rows the largest difference to the "
        f"model's own score is {found.base_difference:.2g}, {found.base_decisions_differ} decisions differ"
    )
    if found.settled:
        said += f"; {found.settled:,} answers close to a threshold were settled by the model itself"
    if found.whole_runs:
        said += f"; {found.whole_runs} errors were also run whole, {found.whole_decisions_differ} decisions differ"
    return f"{said}. {found.assumption}"


def amount(value: float, unit: str) -> str:
    """Return a harm in its unit: points of 100 for shares."""
    return f"{_number(value, unit)} {unit}".strip()


def _number(value: float, unit: str) -> str:
    """Return a harm without its unit; of money and predicted numbers nobody knows the size beforehand."""
    return f"{100 * value:.2f}" if unit == "points" else f"{value:.4g}"


def held_out(item: Worst, unit: str) -> str:
    """Return the harm on the held-out half with its interval."""
    found = item.held_out
    return f"{amount(found.change, unit)} ({_number(found.low, unit)} to {_number(found.high, unit)})"


def worst_lead(result: WorstReport, escape: Escape = str) -> str:
    """Return the worst error in two or three sentences."""
    tried = f"{result.tried:,} combinations of {result.templates} errors and conditions were counted"
    if not result.named or not result.worst:
        return f"No error in {100 * result.budget:g} % of the rows does harm beyond chance; {tried}."
    first = next(item for item in result.worst if item.held_out.beyond_chance)
    said = (
        f"The worst realistic error that was found in {100 * result.budget:g} % of the rows: {escape(first.name)}. "
        f"On rows that took no part in the search it costs {held_out(first, result.unit)}; the same error at random rows costs "
        f"{amount(first.random_same, result.unit)}, all errors at random rows {amount(result.random_mean, result.unit)} on average."
    )
    said += would_notice(first)
    quiet = slipping(result)
    if quiet is not None and quiet is not first:
        said += f" The worst that nobody would notice: {escape(quiet.name)}; it costs {held_out(quiet, result.unit)}."
    return said


def would_notice(item: Worst) -> str:
    """Return in a sentence whether monitoring would notice an error, "" where nobody looked."""
    if item.noticed is None:
        return ""
    return " Your monitoring would notice it." if item.noticed.seen else " Your monitoring would not notice it."


def slipping(result: WorstReport) -> Worst | None:
    """Return the worst error that does harm beyond chance and that nothing notices, None without one or where nobody looked."""
    able = [
        item
        for item in (*result.unnoticed, *result.worst)
        if item.held_out.beyond_chance and item.noticed is not None and not item.noticed.seen
    ]
    return max(able, key=lambda item: item.held_out.change, default=None)


def worst_lines(result: WorstReport) -> Iterator[ReportLine]:
    """Yield the worst errors, and those that look plausible."""
    for what, found in (("Worst error", result.worst), ("Worst plausible error", result.unnoticed)):
        for item in found[:5]:
            same = f"random rows {amount(item.random_same, result.unit)}"
            yield ReportLine(what, item.name, held_out(item, result.unit), same, item.title)


def worst_group(variant: Variant) -> str:
    """Return the group that loses most in accuracy, "" where nobody loses or there are no groups."""
    lost = [item for item in variant.effects if item.metric == "accuracy" and item.attribute and (item.change or 0) < 0]
    if not lost:
        return ""
    most = min(lost, key=lambda item: item.change or 0)
    return f"{most.attribute}: {most.group} ({100 * (most.change or 0):+.2f} points)"


def noticed_by(variant: Variant | Worst) -> str:
    """Return who would notice an error at its own share of rows."""
    seen = variant.noticed
    if seen is None:
        return "not looked at"
    names = [name for name, sees in (("drift", bool(seen.drift_columns)), ("contract", bool(seen.contract))) if sees]
    return " and ".join(names) or "nobody"


def signs(found: Variant | Worst) -> str:
    """Return from which share of rows on each sign would see an error, "" where nobody looked."""
    seen = found.noticed
    if seen is None:
        return ""
    parts = [("drift", seen.drift_from), ("contract", seen.contract_from)]
    parts += [("scores", seen.scores_from)] if seen.scores else []
    return ", ".join(f"{name} never" if share is None else f"{name} from {share:.2%}" for name, share in parts)


def blind_stretch(variant: Variant, report: VariantsReport) -> str:
    """Return how many rows an error can strike before anything notices."""
    seen = variant.noticed
    if seen is None:
        return "Whether monitoring would notice it is not known: choose a reference above to compare with."
    if seen.smallest_share_seen is None:
        return f"The blind stretch: nothing notices it, whatever share of the {report.rows:,} rows it strikes."
    if not seen.blind_rows:
        return f"Drift or the contract notices it from {seen.smallest_share_seen:.2%} of the rows on, the smallest share that was tried."
    return (
        f"The blind stretch: up to {seen.blind_rows:,} people can be struck before drift or the contract notices it, "
        f"at {seen.smallest_share_seen:.2%} of the rows."
    )


def proposed(item: Variant | Worst, escape: Escape = str) -> str:
    """Return the check that would see an error which nothing notices, or why there is none; "" where something notices it."""
    seen = item.noticed
    if seen is None or seen.seen:
        return ""
    if seen.proposal is None:
        return seen.no_proposal
    return proposed_check(seen.proposal, escape)


def proposed_check(found: ProposedCheck, escape: Escape = str) -> str:
    """Return a proposed check in words: what it counts, its limits, from where on it fires, and its false alarms."""
    ends = f"{found.minimum:.2%} to {found.maximum:.2%}"
    what = {
        "missing": f"at most {found.maximum:.2%} of {escape(found.column)} may be missing",
        "value_share": f"{ends} of the rows may hold {escape(found.value)} in {escape(found.column)}",
        "column_order": f"{ends} of the rows may hold more in {escape(found.column)} than in {escape(found.other)}",
    }[found.check]
    fires = "" if found.fires_from is None else f"; it fails from {found.fires_from:.2%} broken rows on"
    alarms = f", and by chance in {found.false_alarms:.2%} of batches of this size"
    now = "; these data fail it as they are" if found.fails_now else ""
    return f"{what}{fires}{alarms}{now}"


def monitors(*, has_reference: bool, contract: str) -> str:
    """Return what monitoring was."""
    if not has_reference:
        return "nobody was asked: there is no reference to compare with"
    asked = "the data contract in force" if contract else "the expectations that the reference suggests"
    return f"drift of the touched columns against the reference, and {asked}"


def any_value_lead(result: AnyValueReport, escape: Escape = str) -> str:
    """Return for how many people one column alone can change the decision."""
    if not result.columns:
        return "Of no column can every value be told; the reasons stand below."
    most = max(result.columns, key=lambda item: item.can_flip)
    least = min(result.columns, key=lambda item: item.can_flip)
    said = (
        f"Some value of {escape(' and '.join(most.columns))} changes the decision for {most.can_flip:,} of {result.rows:,} people; for "
        f"{most.cannot_flip:,} no value of it does, realistic or not."
    )
    if least.columns != most.columns:
        said += f" The column that moves fewest is {escape(' and '.join(least.columns))}: {least.can_flip:,} people."
    return said


def any_value_lines(result: AnyValueReport) -> Iterator[ReportLine]:
    """Yield the columns, those that can change most decisions first."""
    for item in sorted(result.columns, key=lambda item: -item.can_flip)[:10]:
        safe = f"{item.cannot_flip:,} cannot be changed"
        yield ReportLine("Any value of a column", " and ".join(item.columns), f"{item.can_flip:,} people", safe, "")


def reason_line(item: ReasonShift, escape: Escape = str) -> str:
    """Return one error in a line: whose first reason changes, and how often the broken column is the first reason afterwards."""
    share = item.first_changes / item.rows
    return (
        f"{escape(item.name)}: another first reason for {share:.1%} of the people whom it strikes ({item.low:.1%} to {item.high:.1%}); "
        f"the broken column is the first reason for {item.broken_first_after / item.rows:.1%} "
        f"({item.broken_first_before / item.rows:.1%} before)"
    )


def reasons_lead(result: ReasonsReport, escape: Escape = str) -> str:
    """Return the error that changes most reasons, and what that means."""
    if not result.shifts:
        return "No error could be put on enough of the rows that were explained."
    first = result.shifts[0]
    if not first.first_changes:
        return f"None of {len(result.shifts)} errors changes the first reason of any of {result.rows:,} people."
    tail = f" {len(result.shifts)} errors were put on {result.rows:,} rows drawn at random."
    if first.broken_first_after > first.broken_first_before:
        tail = " Reasons that name a broken column are false: they would be told to people." + tail
    return f"{reason_line(first, escape)}.{tail}"


def reasons_lines(result: ReasonsReport) -> Iterator[ReportLine]:
    """Yield the errors that change most reasons."""
    for item in result.shifts[:10]:
        share = f"{item.first_changes / item.rows:.1%}"
        yield ReportLine("Another first reason", item.name, share, f"{item.rows} people", item.title)
