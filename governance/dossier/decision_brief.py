"""The decision brief: what the frozen evidence of a case says to somebody who has to decide, in a few pictures with a sentence each.

It is built from the frozen evidence alone, so that everybody who signs on the same bundle has read the same brief.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from governance.dossier import brief_of_serving, brief_of_stress
from governance.dossier.brief_picture import Bar, Picture, Side
from governance.dossier.policy_words import measured, points
from governance.drift import DriftReport, PerformanceChange, words as drift_words
from governance.evidence import CountersignError, Escape, Evidence, NotAssessed
from governance.explain import GlobalExplanation, words as explain_words
from governance.fairness import FairnessReport, WorseOff, words as fairness_words
from governance.language import Voice, mark, speaking
from governance.performance import PerformanceReport, ReferenceAnswer, reference_answer, words as performance_words
from governance.review import GateReport, Policy
from governance.runs import method
from governance.statistics import amount, is_share, title

SIDES: Final[Mapping[str, Side]] = {"better": "for", "worse": "against", "cannot_tell": "open"}
"""Verdict on the model against the answer that costs nothing -> what it speaks for."""
MOST: Final = 8
"""Bars of one picture; the evidence itself holds all of them."""


@dataclass(frozen=True, slots=True)
class Point:
    """One reason for or against, in a sentence."""

    side: Side
    words: str
    anchor: str
    """What a comment on it is about: "requirement:<id>" or a digest of evidence."""


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that the first screen of a case says from frozen evidence."""

    pictures: tuple[Picture, ...]
    points: tuple[Point, ...]
    """First what the policy asked, then what the evidence found beyond it."""

    def side(self, side: Side) -> tuple[Point, ...]:
        """Return the points of one side."""
        return tuple(item for item in self.points if item.side == side)


def pictured() -> tuple[tuple[str, ...], ...]:
    """Return, in the order of the pictures of a brief, the methods of which each can be drawn; the first names the picture."""
    return tuple((name, *(other for other in DRAWN if other != name and DRAWN[other] is DRAWN[name])) for name in ORDER)


def brief(
    evidence: Mapping[str, Evidence], held: GateReport | None, policy: Policy | None, escape: Escape = str
) -> Brief:
    """Return the brief of a case.

    Args:
        evidence: digest -> frozen evidence, in the order of the bundle.
        held: the policy held against it, None where it cannot be.
        policy: that it was held against, None where it is not at hand.
        escape: of names that come from files, for where the sentences are shown; a voice says them in its language.
    """
    voice = speaking(escape)
    pictures = [found for digest, item in evidence.items() for found in _pictures(digest, item, voice)]
    pictures.sort(key=lambda item: ORDER.index(item.method))
    points = [*_of_policy(evidence, held, policy, voice), *_of_pictures(pictures)]
    return Brief(tuple(pictures), tuple(points))


def _pictures(digest: str, item: Evidence, voice: Voice) -> Iterator[Picture]:
    draw = DRAWN.get(item.key.method)
    if draw is None:
        return
    try:
        found = item.read(method(item.key.method).result)
    except CountersignError:
        return  # written by another version of the method: its account can still be opened
    if not isinstance(found, NotAssessed):
        yield draw(found, digest, voice)


def _performance(report: PerformanceReport, digest: str, voice: Voice) -> Picture:
    reference = reference_answer(report)
    bars: tuple[Bar, ...] = ()
    if reference:
        own = Bar(voice.say("This model"), reference.model, reference.low, reference.high, stands_out=True)
        bars = (own, Bar(performance_words.called(reference, voice), reference.value))
    return Picture(
        question=voice.say("How good is it?"),
        sentence=performance_words.lead(report, voice),
        claim=_beside(reference, voice) if reference else "",
        side=SIDES[reference.verdict] if reference else "open",
        measure=title(reference.metric, voice) if reference else "",
        percent=bool(reference and is_share(reference.metric)),
        bars=bars,
        method="performance.summary",
        evidence=digest,
    )


_BESIDE: Final[Mapping[str, str]] = {
    "better": mark("{metric}: {own}, better than the answer that costs nothing ({other})."),
    "worse": mark("{metric}: {own}, worse than the answer that costs nothing ({other})."),
    "cannot_tell": mark("{metric}: {own}, not told apart from the answer that costs nothing ({other})."),
}
"""Verdict -> how the model stands beside the answer that costs nothing."""


def _beside(found: ReferenceAnswer, voice: Voice) -> str:
    own, other = (
        voice.percent(value) if is_share(found.metric) else amount(found.metric, value, voice)
        for value in (found.model, found.value)
    )
    return voice.say(_BESIDE[found.verdict], metric=title(found.metric, voice), own=own, other=other)


def _fairness(report: FairnessReport, digest: str, voice: Voice) -> Picture:
    metrics = fairness_words.headline_metrics(report)
    worse = fairness_words.worse_off(report, metrics)
    metric = worse[0].metric.metric if worse else next(iter(metrics), "accuracy")
    attributes = worse[0].group.attributes if worse else next(iter(report.attribute_sets), ())
    groups = [item for item in report.groups(attributes) if item.n >= report.limits.min_rows]
    named = {item.group.name for item in worse if item.metric.metric == metric}
    return Picture(
        question=voice.say("For whom is it worse?"),
        sentence=fairness_words.lead(report, voice),
        claim=_first_gap(worse, voice) if worse else voice.say("No group is clearly worse off in what was compared."),
        side="against" if worse else "for" if len(groups) > 1 else "open",
        measure=voice.say("{metric} by {columns}", metric=title(metric, voice), columns=", ".join(attributes)),
        percent=is_share(metric),
        bars=tuple(
            Bar(group.name, item.value, item.low, item.high, stands_out=group.name in named)
            for group in groups[:MOST]
            if (item := group.metric(metric)) is not None and item.value is not None
        ),
        method="fairness.by_group",
        evidence=digest,
    )


def _first_gap(worse: list[WorseOff], voice: Voice) -> str:
    """Return the largest gap in a few words, and for how many more groups there is one."""
    first, metric = worse[0], worse[0].metric.metric
    more = len({item.group.name for item in worse} - {first.group.name})
    said = voice.say(
        "Worse for {who} than for {other}: {metric}, {gap} apart.",
        who=fairness_words.who(first.group, voice),
        other=fairness_words.other(first, voice),
        metric=title(metric, voice),
        gap=points(metric, first.gap, voice),
    )
    others = voice.count(more, "{n} more group is worse off.", "{n} more groups are worse off.") if more else ""
    return f"{said} {others}".rstrip()


def _explanation(result: GlobalExplanation, digest: str, voice: Voice) -> Picture:
    return Picture(
        question=voice.say("What moves its answers?"),
        sentence=explain_words.lead(result, voice),
        claim="",
        side="open",
        measure=voice.say("How much a column moves the answers (mean absolute Shapley value)"),
        percent=False,
        bars=tuple(Bar(item.feature, item.mean_abs, item.low, item.high) for item in result.importance[:MOST]),
        method="explain.global",
        evidence=digest,
    )


def _drift(report: DriftReport, digest: str, voice: Voice) -> Picture:
    found = report.performance
    known = None if isinstance(found, NotAssessed) else found
    main = known.main_metric if known else ""
    verdict = known.change[main].verdict if known else ""
    moved = any(item.verdict == "material" and item.matters != "unused" for item in report.columns)
    return Picture(
        question=voice.say("Has the world moved?"),
        sentence=drift_words.lead(report, voice),
        claim=drift_words.lead(report, voice),
        side="against" if verdict == "worse" else "open" if moved or not known else "for",
        measure=title(main, voice) if main else "",
        percent=bool(main) and is_share(main),
        bars=_windows(known, voice) if known else (),
        method="drift.columns",
        evidence=digest,
    )


def _windows(found: PerformanceChange, voice: Voice) -> tuple[Bar, ...]:
    before, now = voice.say("Before"), voice.say("Now")
    return tuple(
        Bar(name, item.value, item.low, item.high, stands_out=name == now)
        for name, measured in ((before, found.reference), (now, found.current))
        if (item := measured[found.main_metric]).value is not None
    )


DRAWN: Final[Mapping[str, Callable[..., Picture]]] = {
    "performance.summary": _performance,
    "fairness.by_group": _fairness,
    "explain.global": _explanation,
    "drift.columns": _drift,
    "drift.harm": _drift,
    "stress.worst": brief_of_stress.worst_error,
    "serving.attest": brief_of_serving.served,
    "serving.latency": brief_of_serving.timed,
    "serving.derive": brief_of_serving.copied,
}
"""Method -> how its result is drawn."""
ORDER: Final = (
    "performance.summary",
    "fairness.by_group",
    "explain.global",
    "drift.columns",
    "stress.worst",
    "serving.attest",
    "serving.latency",
    "serving.derive",
)
"""In which order the pictures are read."""


def _of_policy(
    evidence: Mapping[str, Evidence], held: GateReport | None, policy: Policy | None, voice: Voice
) -> Iterator[Point]:
    if held is None or policy is None:
        return
    for line in held.requirements:
        if line.outcome == "not_assessed":
            continue  # belongs to what nobody knows
        said = measured(line, policy, evidence.get(line.evidence or ""), voice)
        about = f", {voice(said.about)}" if said.about else ""
        met = line.outcome == "met"
        words = voice.say(
            "{what}: {value}, as the policy asks ({limit})"
            if met
            else "{what}: {value}, not as the policy asks ({limit})",
            what=voice(said.name or line.id.replace("-", " ")) + about,
            value=voice(said.value),
            limit=voice(said.limit),
        )
        waived = voice.say(", waived for a time") if line.waived_by else ""
        yield Point("for" if met else "against", f"{words}{waived}.", f"requirement:{line.id}")


def _of_pictures(pictures: list[Picture]) -> Iterator[Point]:
    for item in pictures:
        if item.side != "open":
            yield Point(item.side, item.claim, item.evidence)
