"""What an explanation of a model says in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from governance.evidence import Escape, ReportLine
from governance.explain.results.report import GlobalExplanation, ReasonCodes
from governance.language import mark, speaking

UNITS: Final = (mark("log-odds"), mark("probability"), mark("raw"))
"""Units and scales of attributions that a voice says; others stay as the model has them."""
NAMED = 3
"""So many columns are named in the sentence."""


def how(*, exact: bool) -> str:
    """Return in a word how attributions were found: without sampling, or with an error that stands beside them."""
    return mark("exact") if exact else mark("sampled")


def floor(result: ReasonCodes) -> str:
    """Return from where on a column counts as a reason, in a sentence."""
    noise = "" if result.exact else ", and one that lies within the noise of sampling,"
    return (
        f"A column that makes up less than {result.smallest_share:.0%} of all that speaks against a person{noise} is not given as "
        "a reason."
    )


def no_reason(result: ReasonCodes) -> str:
    """Return what is said where no column counts as a reason."""
    return (
        "no column speaks against the person"
        if not result.smallest_share
        else ("no column speaks against the person enough to be given as a reason")
    )


def lead(result: GlobalExplanation, escape: Escape = str) -> str:
    """Return which columns move the answers most, in a sentence."""
    voice = speaking(escape)
    names = [voice(item.feature) for item in result.importance[:NAMED]]
    if not names:
        return voice.say("No column moves the model's answers.")
    return voice.count(
        len(names),
        "{names} moves the model's answers most ({how} Shapley values, {method}).",
        "{names} move the model's answers most ({how} Shapley values, {method}).",
        names=voice.join(names),
        how=voice.say(how(exact=result.exact)),
        method=result.method,
    )


def lines(result: GlobalExplanation) -> Iterator[ReportLine]:
    """Yield one line per column, the strongest first."""
    for item in result.importance:
        yield ReportLine(
            what="How much a column moves the answers (mean absolute Shapley value)",
            about=item.feature,
            value=f"{item.mean_abs:.4g}",
            bounds=f"{item.low:.4g} to {item.high:.4g}",
            judgement=how(exact=result.exact),
        )
