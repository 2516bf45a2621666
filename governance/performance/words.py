"""What a report on performance says in plain words."""

from __future__ import annotations

from governance.evidence import Escape
from governance.language import Voice, speaking
from governance.performance.constant_answer import ReferenceAnswer, reference_answer
from governance.performance.report import PerformanceReport


def lead(report: PerformanceReport, escape: Escape = str) -> str:
    """Return the answer to "how often is the model right?" in a sentence."""
    voice = speaking(escape)
    if report.task == "regression":
        mae, r2 = report.measure("mean_absolute_error"), report.measure("r2")
        said = voice.say("Predictions are off by {error} on average.", error=voice.number(mae.value if mae else None))
        if r2 and r2.value is not None and r2.value > 0:
            said += " " + voice.say("It explains {share} of the spread.", share=voice.percent(r2.value))
        return said + _guess(report, voice)
    accuracy = report.measure("accuracy")
    first = voice.say(
        "The model decides {share} of the rows as the label says.",
        share=voice.percent(accuracy.value if accuracy else None),
    )
    area = report.measure("roc_auc") if report.binary is not None else None
    if area is None or area.value is None:
        return first + _guess(report, voice)
    told = voice.say(
        "It ranks a positive row above a negative one in {share} of all pairs (AUC {area}).",
        share=voice.percent(area.value),
        area=voice.number(area.value),
    )
    return f"{first}{_guess(report, voice)} {told}"


def _guess(report: PerformanceReport, voice: Voice) -> str:
    """Return what the answer that costs nothing would reach, as a sentence with a space before it; "" where it is not known."""
    found = reference_answer(report)
    if found is None:
        return ""
    if report.task == "regression":
        said = voice.say(
            "Its typical error (root mean squared) is {model}; answering everybody with the mean of the labels would give {guess}.",
            model=voice.number(found.model),
            guess=voice.number(found.value),
        )
        return f" {said} {voice.say('That is better than the model.')}" if found.verdict == "worse" else f" {said}"
    share = voice.percent(found.value)
    if report.binary is not None:
        return " " + voice.say("Always giving the commoner answer would reach {share}.", share=share)
    name = voice(found.name.partition("“")[2].removesuffix("”"))
    return " " + voice.say("Always answering “{name}”, the largest class, would reach {share}.", name=name, share=share)


def called(found: ReferenceAnswer, escape: Escape = str) -> str:
    """Return what the answer that costs nothing is called beside the model's bar; a class of the data in it is not escaped."""
    voice = speaking(escape)
    kind, _, name = found.name.partition("“")
    said = kind.removeprefix("Commonest answer: ").strip()
    if said == "always":
        return voice.say("Commonest answer: always “{name}”", name=name.removesuffix("”"))
    if said == "never":
        return voice.say("Commonest answer: never “{name}”", name=name.removesuffix("”"))
    return voice.say("Mean of the labels")
