"""What attestation, times and a lighter copy say in the decision brief."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from governance.dossier.brief_picture import Bar, Picture, Side
from governance.language import Voice, mark
from governance.serving import AttestReport, DeriveReport, GroupChange, LatencyReport, derive_words

_SERVED: Final[Mapping[str, tuple[str, Side]]] = {
    "identical": (mark("{place} answers as the approved model does, bit for bit: {n} requests."), "for"),
    "equal_within": (mark("{place} answers as the approved model does, up to rounding: {n} requests."), "for"),
    "different": (mark("{place} answers otherwise than the approved model: {k} of {n} requests."), "against"),
}
"""Outcome of an attestation -> what it says, and for which side it speaks."""


def served(report: AttestReport, digest: str, voice: Voice) -> Picture:
    """Draw the share of requests with another answer."""
    words, side = _SERVED[report.outcome]
    said = voice.say(
        words, place=voice(report.place), n=voice.whole(report.requests), k=voice.whole(report.differing_requests)
    )
    share = report.differing_requests / report.requests
    bar = Bar(voice.say("Other answers"), share, report.share_low, report.share_high, stands_out=True)
    return Picture(
        question=voice.say("Is what is served what was approved?"),
        sentence=said,
        claim=said,
        side=side if report.same or side == "against" else "open",
        measure=voice.say("Requests with another answer"),
        percent=True,
        bars=(bar,),
        method="serving.attest",
        evidence=digest,
    )


_TIMED: Final[Mapping[str, tuple[str, Side]]] = {
    "met": (mark("All but {share} of the requests are answered within {limit} ms."), "for"),
    "not_met": (mark("More than {share} of the requests take longer than {limit} ms."), "against"),
    "cannot_judge": (
        mark("Nobody can tell whether all but {share} of the requests are answered within {limit} ms."),
        "open",
    ),
}
"""Verdict on a budget of time -> what it says, and for which side it speaks."""


def timed(report: LatencyReport, digest: str, voice: Voice) -> Picture:
    """Draw the quantiles of the time of an answer."""
    words, side = _TIMED[report.budget.verdict]
    said = voice.say(
        words, share=voice.percent(report.budget.share), limit=voice.figures(f"{report.budget.limit_ns / 1e6:g}")
    )
    bars = tuple(
        Bar(
            name=f"p{100 * item.p:g}",
            value=item.value_ns / 1e6,
            low=None if item.high_ns is None or item.low_ns is None else item.low_ns / 1e6,
            high=None if item.high_ns is None or item.low_ns is None else item.high_ns / 1e6,
            stands_out=item.p == 0.99,
        )
        for item in report.quantiles
    )
    return Picture(
        question=voice.say("How fast does it answer?"),
        sentence=said,
        claim=said,
        side=side,
        measure=voice.say("Milliseconds"),
        percent=False,
        bars=bars,
        method="serving.latency",
        evidence=digest,
    )


_COPIED: Final[Mapping[str, tuple[str, Side]]] = {
    "met": (mark("This copy of another model keeps to its limits: {changed}; {harm}."), "for"),
    "not_met": (mark("This copy of another model breaks a limit: {changed}; {harm}."), "against"),
    "cannot_judge": (
        mark("Too few rows to say whether this copy of another model keeps to its limits: {changed}; {harm}."),
        "open",
    ),
}
"""Verdict on a lighter copy -> what it says, and for which side it speaks."""
_COPIES_DRAWN: Final = 6
"""Changes of one picture; the evidence itself holds all of them."""


def copied(report: DeriveReport, digest: str, voice: Voice) -> Picture:
    """Draw what changes for everybody and for the groups that it may harm most."""
    words, side = _COPIED[report.verdict]
    if report.decided_otherwise is None:
        changed = voice.say("answers differ by up to {far}", far=voice.figures(f"{report.scores.largest:.3g}"))
    else:
        n, k = voice.whole(report.rows.used), voice.whole(report.decided_otherwise)
        changed = voice.say("{k} of {n} rows are decided otherwise", n=n, k=k)
    said = voice.say(words, changed=changed, harm=_harm(report.largest_group_harm, voice))
    return Picture(
        question=voice.say("What does a lighter copy change?"),
        sentence=said,
        claim=said,
        side=side,
        measure=voice.say("Change from the model to the copy"),
        percent=report.task != "regression",
        bars=tuple(
            Bar(_named(item, voice), item.change, item.low, item.high, stands_out=item is report.largest_group_harm)
            for item in report.groups[:_COPIES_DRAWN]
        ),
        method="serving.derive",
        evidence=digest,
    )


def _harm(worst: GroupChange | None, voice: Voice) -> str:
    if worst is None:
        return voice.say("nobody could be judged")
    return voice.say(
        "the largest harm that the data allow is {harm} ({whom})",
        harm=voice.figures(derive_words.value(worst, worst.harm_high)),
        whom=_named(worst, voice),
    )


def _named(item: GroupChange, voice: Voice) -> str:
    whom = derive_words.whom(item, voice) if item.attribute else voice.say("everybody")
    return f"{derive_words.named(item, voice)}, {whom}"
