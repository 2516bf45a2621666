"""The words for what a lighter copy changes; screen, command line, report and gate read them here."""

from __future__ import annotations

from collections.abc import Iterator

from governance.evidence import Escape, ReportLine, percent
from governance.serving.derive_report import DeriveReport, GroupChange
from governance.serving.words import VERDICTS
from governance.statistics import spoken

NAMES = {"mean_answer": "mean answer"}


def whom(item: GroupChange, escape: Escape = str) -> str:
    """Return the group as a person says it: "sex = F", or "everybody"."""
    return f"{escape(item.attribute)} = {escape(item.group)}" if item.attribute else "everybody"


def named(item: GroupChange, escape: Escape = str) -> str:
    """Return the metric's plain name."""
    return NAMES.get(item.metric) or spoken(item.metric, escape)


def value(item: GroupChange, number: float) -> str:
    """Return a value of the metric as a person reads it: shares in percent, fine enough for small changes, numbers in their unit."""
    return f"{number:.3g}" if item.p_value is None else share(number)


def share(number: float | None) -> str:
    """Return a share fine enough for small changes, a dash for none."""
    return percent(number, 2)


def lead(result: DeriveReport, escape: Escape = str) -> str:
    """Return in a few sentences what the copy changes and whether that keeps to the limits."""
    if result.decided_otherwise is None:
        far, near = result.scores.largest, result.scores.median
        said = f"The copy answers at most {far:.3g} away from the model, half of the rows within {near:.3g}."
    else:
        assert result.share_high is not None
        said = (
            f"The copy decides {result.decided_otherwise:,} of {result.rows.used:,} rows otherwise (at most {share(result.share_high)} at "
            f"{100 * result.level:g} %; limit {share(result.limit_labels)}: {VERDICTS[result.labels_verdict]})."
        )
    worst = result.largest_group_harm
    if worst is not None:
        limit = value(worst, result.limit_group)
        said += (
            f" The largest harm that the data allow is to {whom(worst, escape)}: {named(worst)} {value(worst, worst.before)} before, "
            f"{value(worst, worst.after)} after, worse by at most {value(worst, worst.harm_high)} (limit {limit}: "
            f"{VERDICTS[result.group_verdict]})."
        )
    return said


def lines(result: DeriveReport) -> Iterator[ReportLine]:
    """Yield what a report says of a lighter copy, a line each."""
    if result.decided_otherwise is not None:
        ends = f"{share(result.share_low)} to {share(result.share_high)}"
        yield ReportLine(
            "Decided otherwise", "everybody", f"{result.decided_otherwise:,}", ends, VERDICTS[result.labels_verdict]
        )
    yield ReportLine(
        "Difference of scores",
        "everybody",
        f"{result.scores.largest:.3g}",
        f"half within {result.scores.median:.3g}",
        "",
    )
    for item in result.groups:
        ends = f"{value(item, item.low)} to {value(item, item.high)}"
        change = f"{value(item, item.before)} to {value(item, item.after)}"
        yield ReportLine(named(item).capitalize(), whom(item), change, f"change {ends}", VERDICTS[item.verdict])
