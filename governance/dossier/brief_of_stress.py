"""What the brief of a case says about errors in the data: which one hurts most, and whether anybody would notice."""

from __future__ import annotations

from collections.abc import Iterator

from governance.dossier.brief_picture import Bar, Picture
from governance.language import Voice
from governance.stress import Worst, WorstReport, words as stress_words


def worst_error(report: WorstReport, digest: str, voice: Voice) -> Picture:
    """Draw the worst error, the worst that nothing would notice, which speaks against the model, and what chance alone costs."""
    first = next((item for item in report.worst if item.held_out.beyond_chance), None) if report.named else None
    slipping = stress_words.slipping(report)
    claim = _weakest(report, slipping, voice)
    told = claim if slipping is None else _unnoticed(report, slipping, voice)
    said = told if first is None or first == slipping else f"{_worst(report, first, voice)} {told}"
    return Picture(
        question=voice.say("Which error in the data hurts most, and would anybody notice?"),
        sentence=said,
        claim=claim,
        side="against" if slipping else "open" if report.named else "for",
        measure=voice.say(report.objective),
        percent=report.unit == "points",
        bars=tuple(_bars(report, first, slipping, voice)),
        method="stress.worst",
        evidence=digest,
    )


def _bars(report: WorstReport, first: Worst | None, slipping: Worst | None, voice: Voice) -> Iterator[Bar]:
    if first is not None and first != slipping:
        yield _bar(voice.say("The worst"), first)
    if slipping is not None:
        yield _bar(voice.say("The worst that nobody notices"), slipping, stands_out=True)
    if first is not None:
        yield Bar(voice.say("Errors in random rows"), report.random_mean)


def _bar(name: str, item: Worst, *, stands_out: bool = False) -> Bar:
    found = item.held_out
    return Bar(name, found.change, found.low, found.high, stands_out=stands_out)


def _worst(report: WorstReport, first: Worst, voice: Voice) -> str:
    """Return in a few words what the worst error costs, and whether monitoring would notice it."""
    harm, budget = voice.figures(stress_words.held_out(first, report.unit)), voice.percent(report.budget)
    if first.noticed is None:
        return voice.say("The worst error in {budget} of the rows costs {harm}.", budget=budget, harm=harm)
    if first.noticed.seen:
        return voice.say(
            "The worst error in {budget} of the rows costs {harm}, and monitoring would notice it.",
            budget=budget,
            harm=harm,
        )
    return voice.say(
        "The worst error in {budget} of the rows costs {harm}, and nobody would notice it.", budget=budget, harm=harm
    )


def _weakest(report: WorstReport, slipping: Worst | None, voice: Voice) -> str:
    """Return in a few words what the worst error costs that nobody would notice, or that there is none."""
    budget = voice.percent(report.budget)
    if not report.named:
        return voice.say("No error that was tried in {budget} of the rows does harm beyond chance.", budget=budget)
    if slipping is None:
        return voice.say("The worst error in {budget} of the rows would be noticed, or nobody looked.", budget=budget)
    harm = voice.figures(stress_words.held_out(slipping, report.unit))
    return voice.say(
        "An error in {budget} of the rows that nobody would notice costs {harm}.", budget=budget, harm=harm
    )


def _unnoticed(report: WorstReport, slipping: Worst, voice: Voice) -> str:
    """Return the same with the name of the error."""
    return voice.say(
        "An error in {budget} of the rows that nobody would notice costs {harm}: {what}.",
        budget=voice.percent(report.budget),
        harm=voice.figures(stress_words.held_out(slipping, report.unit)),
        what=voice(slipping.name),
    )
