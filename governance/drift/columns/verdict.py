"""From readings to a verdict: cannot tell, none, real but small, material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from governance.drift.columns import column_tests
from governance.drift.columns.column_test import FACETS, Facet
from governance.drift.results.report import Reading, Verdict

NOTHING: Final = "no usable value in either window"
"""Reason of a test of a column that is empty in both windows."""
ORDER: Final[tuple[Verdict, ...]] = ("material", "small", "cannot_tell", "none")
"""The most pressing verdict first."""


def judged(readings: Mapping[str, Reading], alpha: float) -> dict[str, Reading]:
    """Return the readings with `alert` set: beyond chance, and at or above the practical limit.

    A distance without a p value of its own alerts only where the column's own tests, corrected, say that something changed: so
    the promise of the correction covers every alert.
    """
    own = {name for facet in FACETS if facet.in_cells for name in column_tests.corrected(facet)}
    changed = any(_sure(item, alpha) for name, item in readings.items() if name in own)
    return {
        name: replace(item, alert=_large(item) and (_sure(item, alpha) if _corrected(name) else changed))
        for name, item in readings.items()
    }


def verdict(readings: Mapping[str, Reading], alpha: float) -> tuple[Verdict, str]:
    """Return the verdict of a column and its reason in one sentence."""
    if any(item.reason == NOTHING for item in readings.values()):
        return "none", "No value in either window."
    facets = [_facet(readings, facet, alpha) for facet in FACETS]
    found = [item for item in facets if item is not None]
    if not found:
        reasons = [item.reason for item in readings.values() if item.statistic is None]
        return "cannot_tell", _sentence(reasons[0] if reasons else "nothing to compare")
    best = min((item[0] for item in found), key=ORDER.index)
    texts = [text for kind, text in found if kind == best]
    if best in ("none", "cannot_tell"):
        return best, _sentence(texts[0])
    return best, _sentence(" and ".join(texts))


def decisive(readings: Mapping[str, Reading], given: Verdict, alpha: float) -> str:
    """Return the test that a verdict rests on, "" when none could be done.

    The largest one beyond chance; a distance where it alone is above its limit; the one about the values when nothing is beyond chance.
    """
    usable = {name: item for name, item in readings.items() if item.effect is not None and item.p_value is not None}
    sure = [name for name, item in usable.items() if _sure(item, alpha)]
    if not sure:
        leading = (name for facet in FACETS for name in column_tests.corrected(facet))
        return next((name for name in (*leading, *usable) if name in usable), "")
    largest = max(sure, key=lambda name: times(usable[name]))
    if given != "material" or times(usable[largest]) >= 1:
        return largest
    apart = [name for facet in FACETS for name in column_tests.distances(facet) if name in readings]
    alerting = [name for name in apart if readings[name].alert]
    return max(alerting, key=lambda name: times(readings[name]), default=largest)


def times(item: Reading) -> float:
    """Return the effect as a multiple of the practical limit, 0 when there is neither."""
    return (item.effect or 0.0) / item.threshold if item.threshold > 0 else 0.0


def _corrected(name: str) -> bool:
    test = column_tests.known(name)
    return test is None or test.corrected


def _facet(readings: Mapping[str, Reading], facet: Facet, alpha: float) -> tuple[Verdict, str] | None:
    tests = column_tests.corrected(facet)
    usable = {name: readings[name] for name in tests if name in readings and readings[name].p_value is not None}
    if not usable:
        return None
    leading = next(iter(usable))
    sure = any(_sure(item, alpha) for item in usable.values())
    if not sure:
        return _quiet(usable[leading])
    apart = {name: _present_only(readings[name]) for name in column_tests.distances(facet) if name in readings}
    large = {name: item for name, item in (usable | apart).items() if _large(item)}
    if large:
        name = max(large, key=lambda key: _ratio(large[key]))
        return "material", _said(name, large[name])
    return "small", _said(leading, usable[leading]) + ", less than matters in practice"


def _present_only(item: Reading) -> Reading:
    """Return a distance without the cell of missing values, which are judged by themselves."""
    return replace(item, effect=item.also.get("present_only", item.effect))


def _quiet(leading: Reading) -> tuple[Verdict, str]:
    floor = leading.noise_floor
    if floor is not None and floor >= leading.threshold:
        return (
            "cannot_tell",
            f"too few rows: chance alone reaches {floor:.2f}, and {leading.threshold:.2f} would matter",
        )
    return "none", "nothing beyond chance"


def _said(name: str, item: Reading) -> str:
    words = column_tests.named(name).said.format(item.effect if item.effect is not None else 0.0)
    return f"{words} (limit {item.threshold:g})"


def _sure(item: Reading, alpha: float) -> bool:
    return item.p_adjusted is not None and item.p_adjusted < alpha


def _large(item: Reading) -> bool:
    if item.effect is None or item.effect < item.threshold:
        return False
    return item.noise_floor is None or item.effect > item.noise_floor


def _ratio(item: Reading) -> float:
    return (item.effect or 0.0) / item.threshold if item.threshold > 0 else float("inf")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
