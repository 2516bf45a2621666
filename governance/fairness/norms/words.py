"""The sentences about norms, for screens, the command line, alerts and the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from governance.evidence import ReportLine

if TYPE_CHECKING:
    from governance.fairness.norms.norm import Norm
    from governance.fairness.norms.report import Accused, NormReport, NormState, State
    from governance.fairness.norms.series import Window

STATES: Final[dict[State, str]] = {
    "within": "nothing proven against it",
    "in_breach": "in breach",
    "cannot_judge": "cannot judge",
    "not_yet": "not yet",
}
"""What each state is called."""
MEASURES: Final[dict[str, str]] = {
    "selection_rate": "share selected (selection rate)",
    "true_positive_rate": "true positive rate",
    "false_positive_rate": "false positive rate",
    "label_minus_score": "mean of label minus score",
}
"""What each rate is called."""


def promise(alpha: float, *, outlook: bool) -> str:
    """Return what the error rate means."""
    if outlook:
        return (
            "An outlook: these norms were chosen after the data were there. No error rate holds, and nobody is alarmed."
        )
    return (
        f"Of 100 model versions that keep every norm, at most {100 * alpha:g} are ever accused, however long and however often one "
        "looks. It holds for this version and these norms, from the first window after both were in force."
    )


def notices(windows: Sequence[Window]) -> tuple[str, ...]:
    """Return what the promise rests on and the windows put in doubt."""
    tallies = [item.tally for item in windows if item.tally is not None]
    found = []
    repeated = sum(item.repeated for item in tallies)
    if repeated:
        found.append(
            f"{repeated:,} rows repeat somebody of the same window; the promise takes people to be independent of each other."
        )
    if any(item.weighted for item in tallies):
        found.append("Weights are not used: the audit counts people.")
    outside = sum(item.unscored for item in windows)
    if outside:
        found.append(f"{outside:,} rows have no score between 0 and 1 and do not count for calibration.")
    return tuple(found)


def demand(norm: Norm) -> str:
    """Return what a norm asks, in a sentence."""
    among = " and ".join(norm.attributes)
    who = f"groups of {among}" + (", and their intersections" if norm.intersections > 1 else "")
    if norm.compare == "within":
        where = "at every score" if norm.metric == "calibration_at_every_score" else "on average"
        return f"In each of the {who}, labels differ from scores {where} by at most {norm.limit}."
    rate = {"demographic_parity": "shares selected", "equal_opportunity": "true positive rates",
            "false_positive_rate_parity": "false positive rates"}.get(norm.metric, "true and false positive rates")  # fmt: skip
    held = "any two" if norm.reference == "pairs" else f"any group and {norm.reference}"
    if norm.compare == "ratio":
        return f"Of the {who}, {held}: the lower of the {rate} is at least {norm.limit} times the higher."
    return f"Of the {who}, {held}: the {rate} differ by at most {norm.limit}."


def breach(state: NormState, accused: Accused, escape: Callable[[str], str] = str) -> str:
    """Return one proven breach in a sentence; windows are counted from 1."""
    rate = MEASURES[accused.measure]
    who = escape(accused.group) + (f" against {escape(accused.other)}" if accused.other else "")
    began = accused.since
    span = f"window {began.window + 1}" if began.low == began.high else (
        f"about window {began.window + 1} ({began.low + 1} to {began.high + 1})"
    )  # fmt: skip
    how = "ratio" if state.compare == "ratio" else "difference" if accused.other else "gap"
    return (
        f"{who}: {rate}, {how} {accused.gap:.3f} ({accused.low:.3f} to {accused.high:.3f}), the norm allows {state.limit}. "
        f"Since {span}, proven in window {accused.proven_at + 1}; {accused.people:,.0f} people of the group in a window."
    )


def lead(report: NormReport, escape: Callable[[str], str] = str) -> str:
    """Return a report in a sentence or two."""
    broken = report.in_breach
    if not report.windows:
        return "No window has been counted since the norms and this version are in force."
    if not broken:
        open_ = [item for item in report.norms if item.state != "within"]
        kept = len(report.norms) - len(open_)
        rest = f" {len(open_)} cannot be judged, or not yet." if open_ else ""
        return (
            f"After {len(report.windows)} windows nothing is proven against {kept} of {len(report.norms)} norms.{rest}"
        )
    first = broken[0]
    told = breach(first, first.accused[0], escape)
    more = f" {len(broken) - 1} more norms are in breach." if len(broken) > 1 else ""
    return f"{escape(first.title)}: in breach. {told}{more}"


def lines(report: NormReport) -> tuple[ReportLine, ...]:
    """Return a report as lines of a document: a norm, where it stands, and against whom."""
    return tuple(
        ReportLine(
            what=f"Norm: {item.title}",
            about=", ".join(item.attributes),
            value="; ".join(breach(item, one) for one in item.accused) or item.reason or "no breach is proven",
            bounds=f"{item.compare} {item.limit}",
            judgement=STATES[item.state],
        )
        for item in report.norms
    )
