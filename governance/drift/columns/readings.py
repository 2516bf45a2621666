"""All readings of one column, before the correction for many: every test of the list, asked or absent with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from governance.drift.columns import chi2, column_tests, picture
from governance.drift.columns.column_test import CategoryValues, ColumnTest, CountedColumn, Measured, NumericValues
from governance.drift.columns.distance import with_missing
from governance.drift.columns.limits import Limits
from governance.drift.columns.new_categories import RARE
from governance.drift.columns.null_distribution import Chance
from governance.drift.columns.verdict import NOTHING
from governance.drift.results.report import CategoryPicture, Kind, NumericPicture, Reading
from governance.drift.samples.ecdf import Scan, scan
from governance.drift.samples.pairs import CategoryPair, NumericPair, Pair
from governance.drift.samples.shares import ENOUGH, Tables
from governance.evidence import NotAssessed

HEAVY: Final = 0.05
"""Where one number fills more than half a decile, the deciles are not those of a continuous distribution."""
IDENTIFIER: Final = 0.5
"""From this many levels per row on, a column names rows rather than groups them."""


@dataclass(frozen=True)
class Draft:
    """One column with its readings; `family` names those whose p values take part in the correction."""

    readings: dict[str, Reading]
    family: tuple[str, ...]
    picture: NumericPicture | CategoryPicture | NotAssessed


def readings(pair: Pair, limits: Limits, chance: Chance, rng: np.random.Generator) -> Draft:
    """Return every reading of a column; a test that cannot be done is there with its reason."""
    column, image = _counted(pair, chance, rng)
    kind: Kind = "numeric" if isinstance(pair, NumericPair) else "categorical"
    measured = {test: _measured(test, column) for test in column_tests.for_kind(kind) if test.applies(pair)}
    return Draft(
        readings={test.id: _reading(item, limits[test.id]) for test, item in measured.items()},
        family=tuple(test.id for test, item in measured.items() if item.p_value is not None and item.open),
        picture=image,
    )


def _measured(test: ColumnTest, column: CountedColumn) -> Measured:
    if test.needs_values and isinstance(column.values, NotAssessed):
        return Measured(statistic=None, p_value=None, noise_floor=None, reason=column.values.reason)
    return test.measure(column)


def _reading(item: Measured, limit: float) -> Reading:
    """Return a reading before correction and judgement."""
    return Reading(
        statistic=item.statistic,
        p_value=item.p_value,
        p_adjusted=None,
        noise_floor=item.noise_floor,
        threshold=limit,
        alert=False,
        reason=item.reason,
        effect=item.effect,
        also=item.also,
    )


def _counted(
    pair: Pair, chance: Chance, rng: np.random.Generator
) -> tuple[CountedColumn, NumericPicture | CategoryPicture | NotAssessed]:
    if isinstance(pair, NumericPair):
        return _numeric(pair, chance, rng)
    return _categorical(pair, rng)


def _nothing(n: int, m: int) -> NotAssessed:
    if n == 0 and m == 0:
        return NotAssessed(NOTHING)
    return NotAssessed("no usable value in the reference" if n == 0 else "no usable value in the current window")


def _numeric(
    pair: NumericPair, chance: Chance, rng: np.random.Generator
) -> tuple[CountedColumn, NumericPicture | NotAssessed]:
    runs = pair.runs
    if runs.n == 0 or runs.m == 0:
        nothing = _nothing(runs.n, runs.m)
        return CountedColumn(pair, nothing), nothing
    found = scan(runs)
    cells = found.reference_bins, found.current_bins
    values = NumericValues(
        runs=runs, scan=found, chance=chance, cells=cells, drawn=_of_deciles(cells, found, pair, chance, rng)
    )
    return CountedColumn(pair, values), picture.numeric(pair, found)


def _of_deciles(cells: Tables, found: Scan, pair: Pair, chance: Chance, rng: np.random.Generator) -> Tables | None:
    """Return counts under no drift where the chi-square law would be off; with heavy ties cells are as good as categories."""
    gaps = pair.reference.missing, pair.current.missing
    return _of_levels(cells, pair, rng) if found.largest_tie > HEAVY else chance.tables(cells, gaps, rng)


def _of_levels(cells: Tables, pair: Pair, rng: np.random.Generator) -> Tables | None:
    """Return counts under no drift by relabelling rows where they are small: there distances of few cells are no chi-square."""
    a, b = with_missing(cells, pair)
    there = a + b > 0  # as distances leave out cells that are empty on both sides
    a, b = a[there], b[there]
    tables = chi2.relabelled(a, b, rng, also_below=ENOUGH)
    return None if tables is None else (a + b - tables, tables)


def _categorical(pair: CategoryPair, rng: np.random.Generator) -> tuple[CountedColumn, CategoryPicture | NotAssessed]:
    a, b = pair.reference_count, pair.current_count
    n, m = int(a.sum()), int(b.sum())
    if n == 0 or m == 0:
        nothing = _nothing(n, m)
        return CountedColumn(pair, nothing), nothing
    image = picture.categorical(pair)
    if len(pair.levels) > IDENTIFIER * (n + m) and len(pair.levels) > RARE:
        names_rows = NotAssessed(f"{len(pair.levels):,} different values in {n + m:,} rows: this column names rows")
        return CountedColumn(pair, names_rows), image
    tables = chi2.relabelled(a, b, rng)
    gaps = pair.reference.missing + pair.current.missing
    drawn = _of_levels((a, b), pair, rng) if gaps or tables is None else (a + b - tables, tables)
    return CountedColumn(pair, CategoryValues(cells=(a, b), relabelled=tables, drawn=drawn)), image
