"""One correction over all that a report may call worse: every group, metric, combination and stratum of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from governance.fairness.judge import verdict_of
from governance.fairness.metrics import HEADLINES, direction
from governance.fairness.report import GroupResult, Limits, MetricValue, Polarity
from governance.statistics import adjust, weighted_holm

Part = Literal["first", "other", "finer"]
WEIGHTS: Final[Mapping[Part, int]] = {"first": 6, "other": 2, "finer": 2}
"""How the chance of a false alarm is shared: metrics that speak first, other metrics, and combinations with strata."""


def corrected(
    groups: Sequence[GroupResult], strata: Sequence[Sequence[GroupResult]], *, limits: Limits, polarity: Polarity
) -> tuple[list[GroupResult], list[list[GroupResult]]]:
    """Return the groups and those of each stratum, judged again with p values that are adjusted over the whole report.

    With "holm" the chance that a report about groups that are all treated alike calls any of them worse is at most 1 - confidence
    (Holm's weighted correction, `WEIGHTS`). With "bh" the expected share of false alarms is bounded, over the report as well.
    """
    everywhere = [*groups, *(group for stratum in strata for group in stratum)]
    asked = [
        (at, place, _part(item, group, at < len(groups), polarity))
        for at, group in enumerate(everywhere)
        for place, item in enumerate(group.metrics)
        if item.against is not None and direction(item.metric, polarity)
    ]
    p = [_p_value(everywhere[at].metrics[place]) for at, place, _ in asked]
    adjusted = _adjusted(p, [part for _, _, part in asked], limits)
    for (at, place, _), value in zip(asked, adjusted.tolist(), strict=True):
        everywhere[at] = _judged(everywhere[at], place, value, limits, polarity)
    parts = np.cumsum([len(groups), *map(len, strata)]).tolist()
    return everywhere[: len(groups)], [everywhere[start:stop] for start, stop in pairwise(parts)]


def _part(item: MetricValue, group: GroupResult, is_plain: bool, polarity: Polarity) -> Part:
    if not is_plain or len(group.group) > 1:
        return "finer"
    return "first" if item.metric in HEADLINES[polarity] else "other"


def _p_value(item: MetricValue) -> float:
    assert item.against is not None
    return item.against.p_value


def _adjusted(p: Sequence[float], parts: Sequence[Part], limits: Limits) -> NDArray[np.float64]:
    """Return the (m,) p values adjusted by the correction of the limits; each part shares its weight among its comparisons."""
    if limits.correction != "holm" or not p:
        return adjust(p, limits.correction)
    members = Counter(parts)
    return weighted_holm(p, [WEIGHTS[part] / members[part] for part in parts])


def _judged(group: GroupResult, place: int, p_adjusted: float, limits: Limits, polarity: Polarity) -> GroupResult:
    item = group.metrics[place]
    assert item.against is not None
    found = replace(item.against, p_adjusted=p_adjusted)
    verdict = item.verdict
    if verdict in ("worse", "not_worse"):
        verdict, _ = verdict_of(item.metric, found, limits, polarity)
    judged = replace(item, against=found, verdict=verdict)
    return replace(group, metrics=(*group.metrics[:place], judged, *group.metrics[place + 1 :]))
