"""A number of a policy in the name, rounding and unit that screens and reports give the metric behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from governance.evidence import Escape, Evidence, percent
from governance.fairness import compared
from governance.language import Voice, mark, speaking
from governance.review import GateLine, Path, Policy, holders
from governance.statistics import amount, is_share, title

_METRIC: Final = re.compile(r"(?:^|,)\s*metric\s*=\s*([^,\]]+)")
_NUMBER: Final = re.compile(r"-?\d[\d.]*")
_LIMITS: Final = (mark("exactly {limit}"), mark("at least {limit}"), mark("at most {limit}"))
"""How a policy writes its limits; a range is "0.1 to 0.2"."""
_RANGE: Final = re.compile(r"(-?\d[\d.]*) to (-?\d[\d.]*)")
_GAPS: Final = ("difference",)
"""Fields that hold how far groups are apart in a metric."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one requirement of a policy asked and found, in words."""

    name: str
    """The metric as screens name it; "" where the path names none."""
    value: str
    """Rounded and with its unit; "none" where there is no value."""
    limit: str
    """The same way: "at most 20.0 points"."""
    about: str
    """For whom: "sex: Female against Male"; "" for everybody."""


def measured(line: GateLine, policy: Policy, evidence: Evidence | None, escape: Escape = str) -> Measured:
    """Return the line of a gate report in words.

    Args:
        line: of the report.
        policy: that it was held against.
        evidence: that the line names; None where it is not at hand, and the line then says its own numbers with four digits.
        escape: a voice says the words in its language; names from files come as they are.
    """
    voice = speaking(escape)
    asked = next((item for item in policy.requirements if line.id in (item.id, f"{item.id}-{line.model[:8]}")), None)
    metric = _metric(asked.path) if asked else ""
    if asked is None or not metric:
        return Measured("", _brief(line.value, voice), _limit(line.limit, voice), "")
    gap = asked.path.steps[-1].name in _GAPS
    found = _holder(asked.path, evidence, line.value)
    return Measured(
        name=voice.say("{metrics}, largest gap between groups", metrics=compared(metric, voice))
        if gap
        else title(metric, voice),
        value=_said(metric, line.value, voice, gap=gap),
        limit=_NUMBER.sub(
            lambda number: _said(metric, number[0], voice, gap=gap), _limit(line.limit, voice, plain=False)
        ),
        about=_about(found, voice) if gap else "",
    )


def _limit(words: str, voice: Voice, *, plain: bool = True) -> str:
    """Return a limit in the language; its numbers, unless `plain`, stay as a later step reads them."""

    def written(number: str) -> str:
        return voice.figures(number) if plain and _NUMBER.fullmatch(number) else number

    found = _RANGE.fullmatch(words)
    if found:
        return voice.say("{low} to {high}", low=written(found[1]), high=written(found[2]))
    for text in _LIMITS:
        begin, _, end = text.partition("{limit}")
        if words.startswith(begin) and words.endswith(end):
            return voice.say(text, limit=written(words[len(begin) : len(words) - len(end)]))
    return words


def points(metric: str, value: float, escape: Escape = str) -> str:
    """Return a gap between groups: "8.9 points" of a share, the plain number otherwise."""
    voice = speaking(escape)
    if not is_share(metric):
        return voice.figures(f"{value:,.3f}")
    return voice.say("{gap} points", gap=voice.figures(f"{100 * value:.1f}"))


def _said(metric: str, value: str | None, voice: Voice, *, gap: bool) -> str:
    try:
        number = float(value) if value is not None else None
    except ValueError:
        return str(value)
    if number is None:
        return voice.say("none")
    if gap:
        return points(_of(metric), number, voice)
    return voice.figures(percent(number)) if is_share(metric) else amount(metric, number, voice)


def _of(metric: str) -> str:
    """Return a metric that a disparity is about; disparities of rates are in points."""
    return metric if metric.startswith("mean_") or metric.endswith("_error") else "selection_rate"


def _metric(path: Path) -> str:
    selectors = [selector for step in path.steps for selector in step.selectors]
    return next((found[1].strip() for selector in selectors if (found := _METRIC.search(selector))), "")


def _holder(path: Path, evidence: Evidence | None, value: str | None) -> Mapping[str, Any]:
    """Return the line of the evidence that the value was read from, {} where it is not known."""
    lines = holders(path, evidence.result) if evidence is not None else ()
    return next((item for item in lines if repr(item[path.steps[-1].name]) == value), {})


def _about(found: Mapping[str, Any], voice: Voice) -> str:
    if not found.get("attribute"):
        return ""
    if not found.get("worst"):
        return str(found["attribute"])
    other = found.get("reference") or voice.say("the others")
    pair = voice.say("{worst} against {other}", worst=found["worst"], other=other)
    return f"{found['attribute']}: {pair}"


def _brief(value: str | None, voice: Voice) -> str:
    try:
        return voice.say("none") if value is None else voice.figures(f"{float(value):.4g}")
    except ValueError:
        return str(value)
