"""Scores by group and label, kept sorted: areas, calibration and every threshold without going back to the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.statistics import (
    Attribute,
    Cells,
    Codes,
    Estimates,
    calibration_error,
    combined,
    positions,
    student_interval,
)
from governance.statistics.auc import auc

Floats = NDArray[np.float64]
MOST_ENTRIES = 2_000_000
"""More distinct (group, label, score) entries than this are merged onto a grid of scores. While they are merged an entry takes about
150 bytes, so that a table of any length needs some 300 MB besides the libraries (`python -m benchmarks.bench_large`)."""
GRID = 65_536
"""Steps from 0 to 1 of the finest grid; the next one has half as many."""
COARSEST = 64
"""Steps of the coarsest grid; there, entries may be more than `MOST_ENTRIES`."""
MOST_CELLS = 4_000_000
"""Rounded entries are counted in cells when there are at most so many cells; otherwise they are sorted."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Distinct (score, group, label) entries with their rows, ascending by score; rows without a score are not in it."""

    attributes: tuple[Attribute, ...]
    score: Floats
    group: Codes
    """Combined code of the group (`groups.combined`)."""
    label: NDArray[np.uint8]
    """0, 1, or 2 for unknown."""
    rows: NDArray[np.int64]
    weight: Floats | None
    squares: Floats | None
    grid: int = 0
    """Steps from 0 to 1 that scores were rounded to; 0 when they are exact."""

    def __add__(self, other: Scores) -> Scores:
        """Return the entries of both sets of rows."""
        return added([self, other])

    def split(self, cells: Cells) -> list[Scores]:
        """Return the entries of each group of `cells`, in the order of its groups."""
        keep = [item.name for item in cells.attributes]
        codes = [
            code
            for item, code in zip(self.attributes, positions(self.attributes, self.group), strict=True)
            if item.name in keep
        ]
        flat = combined(codes, cells.attributes) if codes else np.zeros(len(self.score), dtype=np.intp)
        wanted = combined(list(cells.groups.T), cells.attributes) if codes else np.zeros(1, dtype=np.intp)
        size = int(np.prod([len(item.names) for item in cells.attributes], dtype=np.int64))
        order = np.argsort(flat.astype(np.int16) if size < 2**15 else flat, kind="stable")
        starts = np.searchsorted(flat[order], wanted, side="left")
        ends = np.searchsorted(flat[order], wanted, side="right")
        return [self.where(order[start:end]) for start, end in zip(starts, ends, strict=True)]

    def within(self, name: str, code: int) -> Scores:
        """Return the entries of the rows whose attribute `name` has this code; the attribute stays."""
        at = [item.name for item in self.attributes].index(name)
        mask = positions(self.attributes, self.group)[at] == code
        return self.where(mask)

    def where(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> Scores:
        """Return some of the entries."""
        weight = None if self.weight is None else self.weight[mask]
        squares = None if self.squares is None else self.squares[mask]
        return replace(
            self, score=self.score[mask], group=self.group[mask], label=self.label[mask], rows=self.rows[mask],
            weight=weight, squares=squares,
        )  # fmt: skip

    @property
    def mass(self) -> Floats:
        """Rows or weights of each entry."""
        return self.rows.astype(np.float64) if self.weight is None else self.weight


def on_grid(score: Floats, grid: int = GRID) -> Floats:
    """Return scores rounded to 1 / grid within 0 to 1, and to 1 / (2 grid) of the next power of two outside.

    Every finer grid from `GRID` on is gone through, so that a score ends at the same place whether it comes in as it was or was
    already rounded to a finer grid.
    """
    inside = (score >= 0) & (score <= 1)
    whole = bool(inside.all())
    steps = GRID
    while True:
        near = np.round(np.where(inside, score, 0.0) * steps) / steps
        if not whole:
            mantissa, exponent = np.frexp(score)
            near = np.where(inside, near, np.ldexp(np.round(mantissa * 2 * steps) / (2 * steps), exponent))
        score = near
        if steps <= grid:
            return score
        steps //= 2


def added(parts: Sequence[Scores]) -> Scores:
    """Return the entries of all sets of rows together; one merge of many parts is cheaper than many merges.

    While there are too many distinct entries, scores are put on a coarser grid. The grid depends on the rows alone, not on how they
    were cut: what has too many entries for a grid has too many with further rows as well.
    """

    def joined(name: str) -> Any:
        found = [getattr(part, name) for part in parts]
        return None if any(item is None for item in found) else np.concatenate(found)

    if len(parts) == 1:
        return _limited(parts[0])
    grid = min((part.grid for part in parts if part.grid), default=0)
    whole = Scores(
        attributes=parts[0].attributes,
        score=joined("score"),
        group=joined("group"),
        label=joined("label"),
        rows=joined("rows"),
        weight=joined("weight"),
        squares=joined("squares"),
        grid=grid,
    )
    return _limited(_rounded(whole, grid) if grid else _compressed(whole))


def _limited(found: Scores) -> Scores:
    """Return merged entries on the finest grid that leaves few enough."""
    while len(found.score) > MOST_ENTRIES and found.grid != COARSEST:
        found = _rounded(found, found.grid // 2 or GRID)
    return found


def _rounded(scores: Scores, grid: int) -> Scores:
    """Return the entries merged on a grid: counted in cells of score x group x label where these are few, else sorted."""
    scores = replace(scores, score=on_grid(scores.score, grid), grid=grid)
    width = 3 * (int(scores.group.max(initial=0)) + 1)
    inside = scores.score.size and scores.score.min() >= 0 and scores.score.max() <= 1
    if not inside or (grid + 1) * width > MOST_CELLS:
        return _compressed(scores)
    key = np.rint(scores.score * grid).astype(np.intp) * width + scores.group * 3 + scores.label
    rows = np.bincount(key, scores.rows)
    used = np.flatnonzero(rows)

    def summed(values: Floats | None) -> Any:
        return None if values is None else np.bincount(key, values)[used]

    place, rest = np.divmod(used, width)
    return Scores(
        attributes=scores.attributes,
        score=place / grid,
        group=(rest // 3).astype(scores.group.dtype),
        label=(rest % 3).astype(np.uint8),
        rows=rows[used].astype(np.int64),
        weight=summed(scores.weight),
        squares=summed(scores.squares),
        grid=grid,
    )


def _compressed(scores: Scores) -> Scores:
    key = scores.group * 3 + scores.label
    order = np.lexsort((key, scores.score))
    key, score = key[order], scores.score[order]
    new = np.ones(len(key), dtype=bool)
    new[1:] = (key[1:] != key[:-1]) | (score[1:] != score[:-1])
    starts = np.flatnonzero(new)
    kept = scores.where(order[starts])
    if len(starts) == len(key):
        return kept

    def summed(values: NDArray[Any] | None) -> Any:
        return None if values is None else np.add.reduceat(values[order], starts)

    return replace(kept, rows=summed(scores.rows), weight=summed(scores.weight), squares=summed(scores.squares))


def score_rows(
    attributes: tuple[Attribute, ...],
    codes: Sequence[Codes],
    label: NDArray[np.uint8],
    score: Floats,
    weight: Floats | None,
) -> Scores:
    """Return the entries of one chunk of rows; rows without a finite score are left out (they are counted as undecided)."""
    known = ~np.isnan(score)
    flat = combined(codes, attributes)[known]
    some = None if weight is None else weight[known]
    squares = None if some is None else some * some
    rows = np.ones(int(known.sum()), dtype=np.int64)
    return _limited(
        _compressed(
            Scores(
                attributes=attributes,
                score=score[known],
                group=flat,
                label=label[known],
                rows=rows,
                weight=some,
                squares=squares,
            )
        )
    )


def estimates(scores: Scores, cells: Cells, labelled: bool, confidence: float) -> list[Estimates]:
    """Return area, mean score and calibration error of each group of `cells`."""
    per_group = scores.split(cells)
    found = [_mean(per_group, confidence)]
    if labelled:
        found.append(_areas(per_group, confidence))
        if scores.score.size and scores.score.min() >= 0 and scores.score.max() <= 1:
            found.append(_calibration(per_group))
    return found


def _of_table(name: str, table: Floats, needs: str, *, outcome: bool) -> Estimates:
    """Return estimates from rows of value, low, high, base and rows per group."""
    return Estimates(
        metric=name,
        value=table[0],
        low=table[1],
        high=table[2],
        base=table[3],
        rows=table[4],
        needs=needs,
        outcome=outcome,
    )


def _areas(groups: list[Scores], confidence: float) -> Estimates:
    table = np.full((5, len(groups)), np.nan)
    for at, group in enumerate(groups):
        one, zero = group.label == 1, group.label == 0
        area = auc(
            group.score[one],
            group.score[zero],
            positive_weight=group.mass[one],
            negative_weight=group.mass[zero],
            positive_squares=None if group.squares is None else group.squares[one],
            negative_squares=None if group.squares is None else group.squares[zero],
        )
        rarer = min(group.rows[one].sum(), group.rows[zero].sum())
        ends = area.interval(confidence) if area else (np.nan, np.nan)
        table[:, at] = (area.value if area else np.nan, *ends, group.mass[one | zero].sum(), rarer)
    return _of_table("roc_auc", table, "rows of the rarer label", outcome=True)


def _mean(groups: list[Scores], confidence: float) -> Estimates:
    table = np.full((5, len(groups)), np.nan)
    for at, group in enumerate(groups):
        mass = group.mass.sum()
        rows = float(group.rows.sum())
        effective = rows if group.squares is None else (mass * mass / group.squares.sum() if mass > 0 else 0.0)
        if mass <= 0 or effective < 2:
            table[3:, at] = mass, rows
            continue
        mean = float(np.average(group.score, weights=group.mass))
        variance = float(np.average((group.score - mean) ** 2, weights=group.mass))
        low, high = student_interval(mean, variance, effective, confidence)
        table[:, at] = mean, low, high, mass, rows
    return _of_table("mean_score", table, "decided rows", outcome=False)


def _calibration(groups: list[Scores]) -> Estimates:
    """Return the expected calibration error of each group, which has no interval."""
    table = np.full((5, len(groups)), np.nan)
    for at, group in enumerate(groups):
        known = group.label < 2
        mass, score, label = group.mass[known], group.score[known], group.label[known]
        rarer = min(group.rows[group.label == 1].sum(), group.rows[group.label == 0].sum())
        table[:, at] = calibration_error(label, score, mass), np.nan, np.nan, mass.sum(), rarer
    return _of_table("expected_calibration_error", table, "rows of the rarer label", outcome=True)
