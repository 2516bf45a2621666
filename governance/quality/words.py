"""What quality checks and the audit of who is in the data say in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from governance.evidence import Escape, NotAssessed, ReportLine, interval, join, number, percent
from governance.quality import check_list
from governance.quality.audit_report import AuditReport, GroupAudit, LabelRate, Representation
from governance.quality.report import CheckOutcome, QualityReport

OUTCOMES: dict[CheckOutcome, str] = {"failed": "failed", "not_run": "not run", "passed": "passed"}
"""Outcome of a check, the most pressing first."""


def lines(report: QualityReport) -> Iterator[ReportLine]:
    """Yield one line per check that failed or could not be run."""
    for check in report.checks:
        if check.outcome != "passed":
            yield ReportLine(
                what=label_of(check.check),
                about=check.column or "whole table",
                value="none" if check.value is None else f"{check.value:.4g}",
                bounds="none" if check.threshold is None else f"limit {check.threshold:g}",
                judgement=OUTCOMES[check.outcome],
            )


def label_of(name: str) -> str:
    """Return what a screen calls a check; one that is no more keeps its id."""
    check = check_list.known(name)
    return name if check is None else check.label


def question_of(name: str) -> str:
    """Return the question that a check answers; "" for one that is no more."""
    check = check_list.known(name)
    return "" if check is None else check.question


def group_name(item: GroupAudit) -> str:
    """Return the name of a group: "sex Female, origin Southern"; it comes from a file."""
    return ", ".join(f"{member.attribute} {member.value}" for member in item.group)


def lead(report: QualityReport, escape: Escape = str) -> str:
    """Return the answer in a sentence or two."""
    del escape  # nothing in it comes from a file
    failed, open_, all_ = report.count("failed"), report.count("not_run"), len(report.checks)
    if not all_:
        return "Nothing was checked."
    start = (
        "No check failed"
        if not failed
        else f"{failed} of {all_} checks failed: {join([words.lower() for words in _kinds(report)])}"
    )
    rest = f"; {open_} could not be run." if open_ else "."
    return start + rest


def _kinds(report: QualityReport) -> list[str]:
    found = dict.fromkeys(label_of(check.check) for check in report.checks if check.outcome == "failed")
    return list(found)[:5] + (["others"] if len(found) > 5 else [])


def audit_lead(audit: AuditReport, escape: Escape = str) -> str:
    """Return what the audit says in a sentence or two."""
    judged = [item for item in audit.groups if len(item.group) == 1 and isinstance(item.label, LabelRate)]
    parts = []
    if len(judged) > 1:
        high = max(judged, key=_rate)
        low = min((item for item in judged if item.group[0].attribute == high.group[0].attribute), key=_rate)
        if low is not high:
            parts.append(
                f"The {escape(audit.label)} is {label_value(high, audit)} for {escape(group_name(high))} and {label_value(low, audit)} for "
                f"{escape(group_name(low))}."
            )
    leaks = [item for item in audit.proxies if item.is_proxy]
    if leaks:
        parts.append(f"{escape(leaks[0].column)} gives away {escape(leaks[0].attribute)}.")
    far = [
        item
        for item in audit.groups
        if isinstance(item.representation, Representation) and item.representation.is_scarce
    ]
    if far:
        least = min(
            far, key=lambda item: item.representation.ratio if isinstance(item.representation, Representation) else 1.0
        )
        parts.append(
            f"{escape(group_name(least))} is {represented(least).split(' ')[0]} times as frequent here as in the population."
        )
    if audit.absent:
        names = [
            ", ".join(f"{member.attribute} = {member.value}" for member in item.group) for item in audit.absent[:3]
        ]
        parts.append(f"Nobody in the data belongs to {escape(join(names))}.")
    if audit.too_small:
        parts.append(f"{audit.too_small} groups or intersections are too small to judge.")
    return " ".join(parts) or "Nothing stands out between the groups."


def _rate(item: GroupAudit) -> float:
    return item.label.value if isinstance(item.label, LabelRate) else 0.0


def label_value(item: GroupAudit, audit: AuditReport) -> str:
    """Return the label rate (or mean) of a group, or that it was not assessed."""
    if not isinstance(item.label, LabelRate):
        return "not assessed"
    return percent(item.label.value) if audit.is_rate else number(item.label.value)


def represented(item: GroupAudit) -> str:
    """Return how often a group stands in the data against the population, with its interval."""
    found = item.representation
    return (
        "no benchmark"
        if isinstance(found, NotAssessed)
        else f"{found.ratio:.2f} ({interval(found.low, found.high, 2)})"
    )
