"""All readings of one column, before the correction for many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from governance.drift import chi2, js, kl, ks, picture, proportions, psi, wasserstein
from governance.drift.bridge import Chance
from governance.drift.pairs import CategoryPair, Gaps, NumericPair, Pair
from governance.drift.report import CategoryPicture, Limits, NumericPicture, Reading
from governance.drift.runs import Ints
from governance.drift.scan import Scan, scan
from governance.drift.shares import ENOUGH, Tables, redrawn
from governance.evidence import NotAssessed

RARE: Final = 20
"""Pooled rows up to which a level may be absent from one window by chance."""
HEAVY: Final = 0.05
"""Where one number fills more than half a decile, the deciles are not those of a continuous distribution."""
IDENTIFIER: Final = 0.5
"""From this many levels per row on, a column names rows rather than groups them."""
_DISTANCES: Final = {"psi": (psi.psi, psi.noise_floor), "kl": (kl.kl, kl.noise_floor), "js": (js.js, js.noise_floor)}


@dataclass(frozen=True)
class Draft:
    """One column with its readings; `family` names those whose p values take part in the correction."""

    readings: dict[str, Reading]
    family: tuple[str, ...]
    picture: NumericPicture | CategoryPicture | NotAssessed


def readings(pair: Pair, limits: Limits, chance: Chance, rng: np.random.Generator) -> Draft:
    """Return every reading of a column; a test that cannot be done is there with its reason."""
    found: dict[str, Reading]
    image: NumericPicture | CategoryPicture | NotAssessed
    if isinstance(pair, NumericPair):
        found, image = _numeric(pair, limits, chance, rng)
    else:
        found, image = _categorical(pair, limits, rng)
    found["missing"] = _share(
        pair.reference.missing, pair.current.missing, pair.reference, pair.current, limits.missing
    )
    if pair.reference.infinite or pair.current.infinite:
        found["infinite"] = _share(
            pair.reference.infinite, pair.current.infinite, pair.reference, pair.current, limits.infinite
        )
    return Draft(found, tuple(_testable(pair, found)), image)


def _testable(pair: Pair, found: dict[str, Reading]) -> Iterator[str]:
    """Yield the tests that could have come out otherwise, judged from both windows together."""
    for name, reading in found.items():
        if reading.p_value is None:
            continue
        if name in ("ks", "wasserstein") and isinstance(pair, NumericPair) and len(pair.runs.value) < 2:
            continue
        if name == "missing" and pair.reference.missing + pair.current.missing == 0:
            continue
        if name == "new_categories" and isinstance(pair, CategoryPair) and not reading.statistic:
            least = int((pair.reference_count + pair.current_count).min(initial=RARE + 1))
            if least > RARE:
                continue
        yield name


def _reading(
    statistic: float | None,
    p_value: float | None,
    floor: float | None,
    limit: float,
    reason: str,
    effect: float | None = None,
    also: Mapping[str, float] | None = None,
) -> Reading:
    """Return a reading before correction and judgement."""
    return Reading(
        statistic=statistic,
        p_value=p_value,
        p_adjusted=None,
        noise_floor=floor,
        threshold=limit,
        alert=False,
        reason=reason,
        effect=effect,
        also=also or {},
    )


def _absent(names: tuple[str, ...], limits: Limits, reason: str) -> dict[str, Reading]:
    return {name: _reading(None, None, None, getattr(limits, name), reason) for name in names}


def _nothing(n: int, m: int) -> str:
    if n == 0 and m == 0:
        return "no usable value in either window"
    return "no usable value in the reference" if n == 0 else "no usable value in the current window"


def _numeric(
    pair: NumericPair, limits: Limits, chance: Chance, rng: np.random.Generator
) -> tuple[dict[str, Reading], NumericPicture | NotAssessed]:
    runs = pair.runs
    if runs.n == 0 or runs.m == 0:
        reason = _nothing(runs.n, runs.m)
        return _absent(("ks", "wasserstein", "psi", "kl", "js"), limits, reason), NotAssessed(reason)
    found = scan(runs)
    p_value = ks.p_value(runs, found, chance)
    cells = found.reference_bins, found.current_bins
    result = {
        "ks": _reading(
            found.distance, p_value, ks.noise_floor(runs, found, chance), limits.ks,
            "largest distance of the two distribution functions", found.distance, {"at": found.gap_at},
        ),
        "wasserstein": _wasserstein(pair, found, limits, chance),
        **_distances(cells, pair, _of_deciles(cells, found, pair, rng), limits, "reference deciles"),
    }  # fmt: skip
    return result, picture.numeric(pair, found)


def _wasserstein(pair: NumericPair, found: Scan, limits: Limits, chance: Chance) -> Reading:
    moved = wasserstein.displacement(pair.runs, found, chance)
    if moved.winsorised is None:
        reason = "the reference is constant, or its values are too large to subtract, so there is no standard deviation to measure in"
        return replace(_absent(("wasserstein",), limits, reason)["wasserstein"], also=_present(raw=found.area))
    also = _present(raw=found.area, winsorised=moved.winsorised, in_mads=moved.in_mads, reference_sd=found.sd)
    return _reading(
        moved.plain, moved.p_value, moved.noise_floor, limits.wasserstein,
        "in standard deviations of the reference; judged after winsorising at .5 %", moved.winsorised, also,
    )  # fmt: skip


def _present(**figures: float | None) -> dict[str, float]:
    return {name: float(value) for name, value in figures.items() if value is not None and np.isfinite(value)}


def _of_deciles(cells: Tables, found: Scan, pair: Pair, rng: np.random.Generator) -> Tables | None:
    """Return counts under no drift where the chi-square law would be off; with heavy ties cells are as good as categories."""
    gaps = pair.reference.missing, pair.current.missing
    return _of_levels(cells, pair, rng) if found.largest_tie > HEAVY else redrawn(cells, gaps, rng)


def _of_levels(cells: Tables, pair: Pair, rng: np.random.Generator) -> Tables | None:
    """Return counts under no drift by relabelling rows where they are small: there distances of few cells are no chi-square."""
    a, b = _with_missing(cells, pair)
    there = a + b > 0  # as distances leave out cells that are empty on both sides
    a, b = a[there], b[there]
    tables = chi2.relabelled(a, b, rng, also_below=ENOUGH)
    return None if tables is None else (a + b - tables, tables)


def _with_missing(cells: Tables, pair: Pair) -> Tables:
    gone = pair.reference.missing, pair.current.missing
    return (np.append(cells[0], gone[0]), np.append(cells[1], gone[1])) if any(gone) else cells


def _distances(cells: Tables, pair: Pair, drawn: Tables | None, limits: Limits, words: str) -> dict[str, Reading]:
    """Return the three distances on counted cells; missing values are a cell of their own.

    Args:
        cells: counts of both windows without missing values.
        pair: where they come from.
        drawn: counts under no drift where the chi-square law would be off.
        limits: practical limits.
        words: what the cells are.
    """
    a, b = _with_missing(cells, pair)
    units = {"psi": "nats", "kl": "KL(current || reference), nats", "js": "distance, natural logarithm"}
    result = {}
    for name, (statistic, floor) in _DISTANCES.items():
        result[name] = _reading(
            float(statistic(a, b)),
            None,
            floor(a, b, drawn),
            getattr(limits, name),
            f"{units[name]}, on {words} (missing is one of its own), half a count added to each",
            float(statistic(a, b)),
            {"present_only": float(statistic(*cells))},
        )
    return result


def _categorical(
    pair: CategoryPair, limits: Limits, rng: np.random.Generator
) -> tuple[dict[str, Reading], CategoryPicture | NotAssessed]:
    a, b = pair.reference_count, pair.current_count
    n, m = int(a.sum()), int(b.sum())
    names = ("chi2", "psi", "kl", "js", "new_categories")
    if n == 0 or m == 0:
        reason = _nothing(n, m)
        return _absent(names, limits, reason), NotAssessed(reason)
    image = picture.categorical(pair)
    if len(pair.levels) > IDENTIFIER * (n + m) and len(pair.levels) > RARE:
        reason = f"{len(pair.levels):,} different values in {n + m:,} rows: this column names rows"
        return _absent(names, limits, reason), image
    tables = chi2.relabelled(a, b, rng)
    table = chi2.contingency(a, b, tables)
    gaps = pair.reference.missing + pair.current.missing
    drawn = _of_levels((a, b), pair, rng) if gaps or tables is None else (a + b - tables, tables)
    result = {
        "chi2": _reading(
            table.statistic, table.p_value, table.noise_floor, limits.chi2,
            f"two-sample table, {table.how}; judged by Cramer's V, bias-corrected", table.v, {"v": table.v, "g": table.g},
        ),
        **_distances((a, b), pair, drawn, limits, "categories"),
        "new_categories": _new(a, b, limits),
    }  # fmt: skip
    return result, image


def _new(a: Ints, b: Ints, limits: Limits) -> Reading:
    rows, p_value = proportions.unseen(a, b)
    total = int(b.sum())
    low, high = proportions.clopper_pearson(rows, total)
    levels = int(np.count_nonzero((a == 0) & (b > 0)))
    return _reading(
        rows / total, p_value, None, limits.new_categories,
        f"share of current rows in {levels:,} levels that the reference never showed", rows / total,
        {"low": low, "high": high, "rows": float(rows), "levels": float(levels)},
    )  # fmt: skip


def _share(x: int, y: int, reference: Gaps, current: Gaps, limit: float) -> Reading:
    if not reference.rows or not current.rows:
        return _reading(None, None, None, limit, "a window without rows")
    found = proportions.two_shares(x, reference.rows, y, current.rows)
    gap = found.current - found.reference
    return _reading(
        gap, found.p_value, found.noise_floor, limit,
        f"share in the current window minus share in the reference, {found.how}", abs(gap),
        {"reference": found.reference, "current": found.current},
    )  # fmt: skip
