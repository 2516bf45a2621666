"""What a report says in plain sentences, right whether being selected is good or bad for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from governance.evidence import Escape
from governance.fairness import disparity
from governance.fairness.metrics import HEADLINES, direction
from governance.fairness.report import FairnessReport, GroupResult, MetricValue, Polarity
from governance.language import Voice, mark, speaking
from governance.statistics import amount, is_share, spoken, title

ALL: Final = "all people"
"""The reference that is no group."""
VERDICTS: Final = {
    "worse": mark("worse than the reference"),
    "not_worse": mark("not clearly worse"),
    "reference": mark("reference"),
    "no_direction": mark("no better or worse"),
}
"""Verdict on a metric of a group, where there is one."""
CHANGES: Final = {"better": "better", "worse": "worse", "no_clear_change": "no clear change"}
"""Verdict on what a candidate would change for people."""


_CLAUSES: Final = {
    "false_negative_rate": mark("{n} of those with the label {label} are wrongly not selected"),
    "false_positive_rate": mark("{n} of those without the label {label} are wrongly selected"),
    "accuracy": mark("{n} are decided as the label says"),
    "mean_absolute_error": mark("predictions are off by {n} on average"),
}
"""What a metric says of a group, after its name."""


@dataclass(frozen=True, slots=True)
class WorseOff:
    """A group that is treated worse than the reference in one respect."""

    group: GroupResult
    reference: str
    metric: MetricValue

    @property
    def gap(self) -> float:
        """The size of the difference, at least 0."""
        return abs(self.metric.against.difference) if self.metric.against else 0.0


def compared(metric: str, escape: Escape = str) -> str:
    """Return what a disparity compares, in words: "demographic_parity" compares the "Share selected (selection rate)"."""
    voice, parts = speaking(escape), disparity.every().get(metric.partition("[")[0], ())
    said = [spoken(part, voice) if at else title(part, voice) for at, part in enumerate(parts)]
    return voice.join(said) or title(metric, voice)


def who(group: GroupResult, escape: Escape = str) -> str:
    """Return the people of a group in words."""
    voice = speaking(escape)
    if not group.unknown:
        return voice(group.name)
    if len(group.group) == 1:
        return voice.say("people whose {attribute} is unknown", attribute=voice(group.attributes[0]))
    return voice.say("{name} (partly unknown)", name=voice(group.name))


def headline_metrics(report: FairnessReport) -> tuple[str, ...]:
    """Return the metrics that speak first, among those that the report has."""
    present = {item.metric for group in report.by_group for item in group.metrics}
    return tuple(name for name in HEADLINES[report.selected_is] if name in present)


def worse_off(report: FairnessReport, metrics: tuple[str, ...], depth: int = 1) -> list[WorseOff]:
    """Return the groups of `depth` attributes that are worse in one of the metrics, the largest gap first within a metric."""
    found = []
    for name in metrics:
        rows = []
        for attributes in report.attribute_sets:
            if len(attributes) != depth:
                continue
            groups = report.groups(attributes)
            reference = next((group.name for group in groups if group.is_reference), ALL)
            for group in groups:
                item = group.metric(name)
                if item is not None and item.verdict == "worse":
                    rows.append(WorseOff(group, reference, item))
        found += sorted(rows, key=lambda row: -row.gap)
    return found


def _clause(metric: str, value: float, report: FairnessReport, voice: Voice) -> str:
    number, label = amount(metric, value, voice), voice(report.positive) if report.positive else voice.say("positive")
    if metric == "selection_rate":
        good = report.selected_is == "good"
        return voice.say("{n} are selected" if good else "{n} are selected, which is bad for them", n=number)
    if metric in _CLAUSES:
        text = _CLAUSES[metric]
        return voice.say(text, n=number, label=label) if "{label}" in text else voice.say(text, n=number)
    return voice.say("{metric} is {n}", metric=spoken(metric, voice), n=number)


def sentence(found: WorseOff, report: FairnessReport, escape: Escape = str) -> str:
    """Return one finding in words, with its interval and what it is compared with."""
    voice, item = speaking(escape), found.metric
    assert item.value is not None
    assert item.against is not None
    against = item.against
    return voice.say(
        "For {who}, {clause}; for {other} it is {base} (difference {gap}, interval {low} to {high}).",
        who=who(found.group, voice),
        clause=_clause(item.metric, item.value, report, voice),
        other=other(found, voice),
        base=amount(item.metric, item.value - against.difference, voice),
        gap=_points(item.metric, against.difference, voice),
        low=_signed(item.metric, against.low, voice),
        high=_signed(item.metric, against.high, voice),
    )


def other(found: WorseOff, escape: Escape = str) -> str:
    """Return in words what a group is compared with."""
    voice = speaking(escape)
    return voice.say("all people") if found.reference == ALL else voice(found.reference)


def _points(metric: str, value: float, voice: Voice) -> str:
    signed = _signed(metric, value, voice)
    return voice.say("{gap} points", gap=signed) if is_share(metric) else signed


def _signed(metric: str, value: float, voice: Voice) -> str:
    written = f"{100 * value:+.1f}" if is_share(metric) else f"{value:+,.3f}"
    return voice.figures(written.replace("-", "\N{MINUS SIGN}"))


def lead(report: FairnessReport, escape: Escape = str) -> str:
    """Return the answer to "for whom is it worse?" in one or two sentences."""
    voice, metrics = speaking(escape), headline_metrics(report)
    found = worse_off(report, metrics)
    judged = [group for group in report.by_group if len(group.attributes) == 1 and group.n >= report.limits.min_rows]
    if len(judged) < 2:
        return voice.say("Nobody can say: fewer than two groups have enough people in them to be compared.")
    if not found:
        return voice.say(
            "No group is clearly worse off in {metrics}. That is not proof of equal treatment: see the intervals.",
            metrics=voice.join([spoken(name, voice) for name in metrics]),
        )
    first = found[0]
    others = list(dict.fromkeys(who(item.group, voice) for item in found if item.group.name != first.group.name))
    more = " " + voice.say("Also worse off: {names}.", names=voice.join(others[:4])) if others else ""
    worse = voice.say("Worse for {name}.", name=who(first.group, voice))
    return f"{worse} {sentence(first, report, voice)}{more}"


def unjudged(report: FairnessReport, escape: Escape = str) -> str:
    """Return who cannot be judged, as a sentence."""
    voice, small, least = speaking(escape), report.too_small, report.limits.min_rows
    if not small:
        return voice.say(
            "Every group has at least {least} rows; some metrics may still lack enough outcomes.", least=least
        )
    people = sum(group.n for group in small if len(group.attributes) == 1)
    single = sum(len(group.attributes) == 1 for group in small)
    first = voice.say(
        "{n} of {all} groups and combinations have fewer than {least} rows.",
        n=len(small),
        all=len(report.by_group),
        least=least,
    )
    whole = voice.count(
        single,
        "One of them is a whole group with {people} rows.",
        "{n} of them are whole groups with {people} rows together.",
        people=voice.whole(people),
    )
    nothing = voice.say("Nothing can be said about how the model treats these people.")
    return " ".join((first, *([whole] if single else []), nothing))


def about_unknown(report: FairnessReport, escape: Escape = str) -> list[str]:
    """Return a sentence per attribute about the people whose value is missing."""
    voice, found = speaking(escape), []
    for item in report.unknown:
        text = voice.count(
            item.rows,
            "{attribute} is unknown for 1 row ({share}).",
            "{attribute} is unknown for {n} rows ({share}).",
            attribute=voice(item.attribute),
            share=voice.percent(item.share),
        )
        if item.bounds:
            widest = max(item.bounds, key=lambda bound: bound.high - bound.low)
            text += " " + voice.say(
                "If we knew, the selection rate of {group} could lie anywhere from {low} to {high} instead of {value}.",
                group=voice(widest.group),
                low=voice.percent(widest.low),
                high=voice.percent(widest.high),
                value=voice.percent(widest.value),
            )
        found.append(text)
    return found


def harm(item: MetricValue, polarity: Polarity) -> float:
    """Return how much worse than the reference a value is, for sorting; negative when it is better, 0 without a direction."""
    worse = direction(item.metric, polarity)
    if item.against is None or not worse:
        return 0.0
    return item.against.difference if worse == "higher" else -item.against.difference


def _list(items: list[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
