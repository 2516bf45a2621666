"""What a comparison of two windows says in plain words: the only place where a verdict, a change or a recommendation gets its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from governance.drift.columns import column_tests
from governance.drift.columns.verdict import decisive
from governance.drift.families import in_words
from governance.drift.results.over_time import MOST_GROUPS, OverTime
from governance.drift.results.report import (
    Change,
    ColumnDrift,
    DriftReport,
    Matters,
    PerformanceChange,
    Reading,
    Recommendation,
    Verdict,
)
from governance.evidence import Escape, NotAssessed, ReportLine
from governance.language import Voice, mark, speaking
from governance.statistics import spoken

VERDICTS: Final[Mapping[Verdict, str]] = {
    "material": mark("moved by more than matters"),
    "small": mark("moved, less than matters"),
    "none": mark("nothing beyond chance"),
    "cannot_tell": mark("too few rows to tell"),
}
"""Verdict on a column, the most pressing first but for the last."""
CHANGES: Final[Mapping[Change, str]] = {
    "worse": mark("worse"),
    "better": mark("better"),
    "within_tolerance": mark("within tolerance"),
    "cannot_tell": mark("cannot tell"),
    "for_information": mark("for information"),
}
"""Verdict on the change of a metric or of the error."""
RECOMMENDATIONS: Final[Mapping[Recommendation, str]] = {
    "none": mark("nothing to do"),
    "watch": mark("keep watching"),
    "collect_labels": mark("collect labels"),
    "investigate": mark("investigate"),
    "recalibrate": mark("recalibrate"),
    "retrain": mark("retrain"),
    "stop": mark("stop using the model"),
}
ALERTS: Final[Mapping[str, str]] = {
    "observed": mark("observed: something moved"),
    "impact_estimated": mark("impact estimated, not confirmed"),
    "confirmed": mark("confirmed"),
    "overridden": mark("put aside with a reason"),
    "acted": mark("acted upon"),
    "none": mark("no alert"),
    "untold": mark("alert not recorded yet"),
    "unmeasured": mark("not measured"),
}
"""State of an alert of a window, and of a window without one."""
USED: Final[Mapping[Matters, str]] = {"matters": "yes", "unused": "no", "unknown": "not known"}
"""Whether the model uses a column."""

OF_NUMBERS: Final = frozenset(
    {"mean_absolute_error", "root_mean_squared_error", "mean_squared_error", "r2", "mean_error"}
)
"""Main metrics of models that predict a number: such a model decides nothing."""


_OF_DECISIONS: Final[Mapping[str, str]] = {
    "worse": mark("It hurts"),
    "better": mark("Decisions got better"),
    "within_tolerance": mark("Decisions did not get worse"),
    "for_information": mark("Decisions"),
    "open": mark("Labels do not tell yet whether decisions got worse."),
}
"""What the labels say of a model that decides."""
_OF_NUMBERS: Final[Mapping[str, str]] = {
    "worse": mark("It hurts"),
    "better": mark("Predictions got better"),
    "within_tolerance": mark("Predictions did not get worse"),
    "for_information": mark("Predictions"),
    "open": mark("Labels do not tell yet whether predictions got worse."),
}
"""The same of a model that predicts a number."""


def lead(report: DriftReport, escape: Escape = str) -> str:
    """Return the answer to "has the world moved, and does it matter" in words; names of columns are not in it."""
    voice = speaking(escape)
    moved = sum(item.verdict == "material" and item.matters != "unused" for item in report.columns)
    unclear = sum(item.verdict == "cannot_tell" for item in report.columns)
    total = voice.whole(len(report.columns))
    if moved:
        first = voice.say(
            "The world has moved: {n} of {total} columns changed by more than matters.",
            n=voice.whole(moved),
            total=total,
        )
    elif unclear:
        first = voice.say(
            "No column is known to have moved, but {n} of {total} have too few rows to tell.",
            n=voice.whole(unclear),
            total=total,
        )
    else:
        first = voice.say("No column that matters has moved.")
    return f"{first} {_harm_in_words(report, voice)}"


def _harm_in_words(report: DriftReport, voice: Voice) -> str:
    if isinstance(report.harm, NotAssessed) or isinstance(report.performance, NotAssessed):
        return voice.say("Whether the model's answers got worse is not known.")
    name = report.performance.main_metric
    said = _OF_NUMBERS if name in OF_NUMBERS else _OF_DECISIONS
    if report.harm.realised == "cannot_tell":
        return _open(report.performance, said, voice)
    return f"{voice.say(said[report.harm.realised])}: {_went(report.performance, name, voice)}."


def _open(found: PerformanceChange, said: Mapping[str, str], voice: Voice) -> str:
    """Return what is known where the main metric cannot tell."""
    worse = [_went(found, metric, voice) for metric, item in found.change.items() if item.verdict == "worse"]
    if not worse:
        return voice.say(said["open"])
    n, which = len(worse), voice.join(worse)
    if found.main_metric in OF_NUMBERS:
        known = voice.count(
            n,
            "Predictions got worse in one respect: {which}.",
            "Predictions got worse in {n} respects: {which}.",
            which=which,
        )
    else:
        known = voice.count(
            n,
            "Decisions got worse in one respect: {which}.",
            "Decisions got worse in {n} respects: {which}.",
            which=which,
        )
    overall = voice.say("Overall, by {metric}, labels do not tell yet.", metric=spoken(found.main_metric, voice))
    return f"{known} {overall}"


def _went(found: PerformanceChange, name: str, voice: Voice) -> str:
    return voice.say(
        "{metric} went from {before} to {now}",
        metric=spoken(name, voice),
        before=voice.number(found.reference[name].value),
        now=voice.number(found.current[name].value),
    )


def label_of(name: str) -> str:
    """Return what a screen calls a drift test; one that is no more keeps its id."""
    test = column_tests.known(name)
    return name if test is None else test.label


def statistic(column: ColumnDrift, alpha: float) -> str:
    """Return the reading that the verdict of a column rests on, "" when no test could be done.

    For example "How far values moved (Wasserstein) 0.98, limit 0.1, chance reaches 0.12, corrected p value 0.001".
    """
    name = decisive(column.tests, column.verdict, alpha)
    return f"{label_of(name)} {reading(column.tests[name])}" if name else ""


def shared(report: DriftReport) -> str:
    """Return how the error rate of the window is shared over all that may alarm, "" where columns have all of it."""
    return in_words(report.levels)


def left_out(found: OverTime, attribute: str, escape: Escape = str) -> str:
    """Return how many groups of a column the windows do not show, "" when they show all."""
    count = found.groups_left_out.get(attribute, 0)
    if not count:
        return ""
    groups = "1 group" if count == 1 else f"{count:,} groups"
    return (
        f"{groups} of {escape(attribute)} {'is' if count == 1 else 'are'} not shown: windows show the {MOST_GROUPS} largest groups "
        "of the reference. Put small groups together, or look at one by a filter."
    )


def lines(report: DriftReport) -> Iterator[ReportLine]:
    """Yield one line per column with the reading that its verdict rests on; a column that no test could judge says why."""
    for column in report.columns:
        name = decisive(column.tests, column.verdict, report.level("columns"))
        found = column.tests.get(name)
        yield ReportLine(
            what=label_of(name) if name else column.reason,
            about=column.name,
            value="none" if found is None or found.effect is None else f"{found.effect:.4g}",
            bounds="none" if found is None else f"limit {found.threshold:g}",
            judgement=VERDICTS[column.verdict],
        )


def reading(found: Reading) -> str:
    """Return a reading with what it is held against."""
    effect = "not assessed" if found.effect is None else f"{found.effect:.3g}"
    chance = "" if found.noise_floor is None else f", chance reaches {found.noise_floor:.3g}"
    p_value = "" if found.p_adjusted is None else f", corrected p value {_p(found.p_adjusted)}"
    return f"{effect}, limit {found.threshold:g}{chance}{p_value}"


def _p(value: float) -> str:
    return "below 0.0001" if value < 0.0001 else f"{value:.4f}"
