"""What the brief of a case says about errors in the data: which one hurts most, and whether anybody would notice."""

from __future__ import annotations

from typing import Final

from governance.dossier.brief_picture import Bar, Picture
from governance.language import Voice
from governance.stress import WorstReport, words as stress_words

MOST: Final = 8
"""Bars of the picture; the evidence itself holds all of them."""


def worst_error(report: WorstReport, digest: str, voice: Voice) -> Picture:
    """Draw the worst errors; one that nothing would notice speaks against the model."""
    harmful = [item for item in report.worst if item.held_out.change > 0][:MOST]
    slipping = stress_words.slipping(report)
    return Picture(
        question=voice.say("Which error in the data hurts most, and would anybody notice?"),
        sentence=stress_words.worst_lead(report, voice),
        claim=_weakest(report, voice),
        side="against" if slipping else "open" if report.named else "for",
        measure=voice.say("{harm}, on rows that took no part in the search", harm=voice.say(report.objective)),
        percent=report.unit == "points",
        bars=tuple(
            Bar(
                name=f"{item.title}: {', '.join(item.corruption.columns)}",
                value=item.held_out.change,
                low=item.held_out.low,
                high=item.held_out.high,
                stands_out=item == slipping,
            )
            for item in harmful
        ),
        method="stress.worst",
        evidence=digest,
    )


def _weakest(report: WorstReport, voice: Voice) -> str:
    """Return in a few words what the worst error costs that nobody would notice, or that there is none."""
    budget, slipping = voice.percent(report.budget), stress_words.slipping(report)
    if not report.named:
        return voice.say("No error that was tried in {budget} of the rows does harm beyond chance.", budget=budget)
    if slipping is None:
        return voice.say("The worst error in {budget} of the rows would be noticed, or nobody looked.", budget=budget)
    return voice.say(
        "An error in {budget} of the rows that nobody would notice costs {harm}: {what}.",
        budget=budget,
        harm=voice.figures(stress_words.held_out(slipping, report.unit)),
        what=voice(slipping.name),
    )
