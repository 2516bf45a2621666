"""From readings to a verdict: cannot tell, none, real but small, material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from governance.drift.report import Reading, Verdict

FACETS: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    ("values", ("wasserstein", "ks", "chi2"), "psi"),
    ("missing values", ("missing",), ""),
    ("new categories", ("new_categories",), ""),
    ("infinite values", ("infinite",), ""),
)
"""What can change: its name, the tests that carry p values (the first one there is decides what can be told), a distance."""
_ORDER: Final[tuple[Verdict, ...]] = ("material", "small", "cannot_tell", "none")
_DISTANCES: Final = ("psi", "kl", "js")
_WORDS: Final = {
    "wasserstein": "values moved by {0:.2f} standard deviations",
    "ks": "the distribution functions are {0:.2f} apart",
    "chi2": "the categories' shares differ (V {0:.2f})",
    "psi": "the shares of the cells differ (PSI {0:.2f})",
    "missing": "the share of missing values changed by {0:.1%}",
    "new_categories": "{0:.1%} of rows are in categories never seen before",
    "infinite": "the share of infinite values changed by {0:.1%}",
}


def judged(readings: Mapping[str, Reading], alpha: float) -> dict[str, Reading]:
    """Return the readings with `alert` set: beyond chance, and at or above the practical limit.

    A distance without a p value of its own alerts only where the column's own tests, corrected, say that something changed: so
    the promise of the correction covers every alert.
    """
    changed = any(_sure(readings[name], alpha) for name in ("ks", "wasserstein", "chi2", "missing") if name in readings)
    return {
        name: replace(item, alert=_large(item) and (changed if name in _DISTANCES else _sure(item, alpha)))
        for name, item in readings.items()
    }


def verdict(readings: Mapping[str, Reading], alpha: float) -> tuple[Verdict, str]:
    """Return the verdict of a column and its reason in one sentence."""
    facets = [_facet(readings, tests, distance, alpha) for _, tests, distance in FACETS]
    found = [item for item in facets if item is not None]
    if not found:
        reasons = [item.reason for item in readings.values() if item.statistic is None]
        return "cannot_tell", _sentence(reasons[0] if reasons else "nothing to compare")
    best = min((item[0] for item in found), key=_ORDER.index)
    texts = [text for kind, text in found if kind == best]
    if best in ("none", "cannot_tell"):
        return best, _sentence(texts[0])
    return best, _sentence(" and ".join(texts))


def _facet(
    readings: Mapping[str, Reading], tests: tuple[str, ...], distance: str, alpha: float
) -> tuple[Verdict, str] | None:
    usable = {name: readings[name] for name in tests if name in readings and readings[name].p_value is not None}
    if not usable:
        return None
    leading = next(iter(usable))
    sure = any(_sure(item, alpha) for item in usable.values())
    if not sure:
        return _quiet(usable[leading])
    judged_by = usable | ({distance: _present_only(readings[distance])} if distance in readings else {})
    large = {name: item for name, item in judged_by.items() if _large(item)}
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
    words = _WORDS[name].format(item.effect if item.effect is not None else 0.0)
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
