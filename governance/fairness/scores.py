"""Scores by group and label, kept sorted: areas, calibration and every threshold without going back to the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.fairness.cells import Cells
from governance.fairness.estimates import Estimates
from governance.fairness.groups import Attribute, combined, positions
from governance.fairness.intervals import critical
from governance.performance.auc import auc

Floats = NDArray[np.float64]
MOST_ENTRIES = 4_000_000
"""More distinct (group, label, score) entries than this are merged onto a grid of scores."""
GRID = 65_536
MOST_CELLS = 32_000_000
"""Rounded entries are counted in cells when there are at most so many cells; otherwise they are sorted."""
BINS = 10
"""Bins of equal width for the calibration error."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Distinct (score, group, label) entries with their rows, ascending by score; rows without a score are not in it."""

    attributes: tuple[Attribute, ...]
    score: Floats
    group: NDArray[np.intp]
    """Combined code of the group (`groups.combined`)."""
    label: NDArray[np.uint8]
    """0, 1, or 2 for unknown."""
    rows: NDArray[np.int64]
    weight: Floats | None
    squares: Floats | None
    rounded: bool = False
    """Whether scores were merged onto a grid."""

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


def on_grid(score: Floats) -> Floats:
    """Return scores rounded to 1 / 65,536 within 0 to 1, and to 17 significant binary digits outside."""
    if score.size == 0 or (score.min() >= 0 and score.max() <= 1):
        return np.round(score * GRID) / GRID
    mantissa, exponent = np.frexp(score)
    return np.ldexp(np.round(mantissa * 2 * GRID) / (2 * GRID), exponent)


def added(parts: Sequence[Scores]) -> Scores:
    """Return the entries of all sets of rows together; one merge of many parts is cheaper than many merges.

    Scores are put on the grid when there are too many distinct entries, whatever the parts were.
    """
    if len(parts) == 1:
        return parts[0]

    def joined(name: str) -> Any:
        found = [getattr(part, name) for part in parts]
        return None if any(item is None for item in found) else np.concatenate(found)

    whole = Scores(
        parts[0].attributes, joined("score"), joined("group"), joined("label"), joined("rows"), joined("weight"),
        joined("squares"), any(part.rounded for part in parts),
    )  # fmt: skip
    if not whole.rounded:
        whole = _compressed(whole)
        if len(whole.score) <= MOST_ENTRIES:
            return whole
    return _on_cells(replace(whole, score=on_grid(whole.score), rounded=True))


def _on_cells(scores: Scores) -> Scores:
    """Return rounded entries merged by counting them in cells of score x group x label; no sorting."""
    width = 3 * (int(scores.group.max(initial=0)) + 1)
    inside = scores.score.size and scores.score.min() >= 0 and scores.score.max() <= 1
    if not inside or (GRID + 1) * width > MOST_CELLS:
        return _compressed(scores)
    key = np.rint(scores.score * GRID).astype(np.intp) * width + scores.group * 3 + scores.label
    rows = np.bincount(key, scores.rows)
    used = np.flatnonzero(rows)

    def summed(values: Floats | None) -> Any:
        return None if values is None else np.bincount(key, values)[used]

    place, rest = np.divmod(used, width)
    return Scores(
        scores.attributes, place / GRID, rest // 3, (rest % 3).astype(np.uint8), rows[used].astype(np.int64),
        summed(scores.weight), summed(scores.squares), rounded=True,
    )  # fmt: skip


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
    codes: Sequence[NDArray[np.intp]],
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
    return _compressed(Scores(attributes, score[known], flat, label[known], rows, some, squares))


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
    return Estimates(name, table[0], table[1], table[2], table[3], table[4], needs, outcome)


def _areas(groups: list[Scores], confidence: float) -> Estimates:
    table = np.full((5, len(groups)), np.nan)
    for at, group in enumerate(groups):
        one, zero = group.label == 1, group.label == 0
        area = auc(
            group.score[one], group.score[zero], group.mass[one], group.mass[zero],
            None if group.squares is None else group.squares[one], None if group.squares is None else group.squares[zero],
        )  # fmt: skip
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
        spread = float(np.average((group.score - mean) ** 2, weights=group.mass)) * effective / (effective - 1)
        half = critical(confidence) * np.sqrt(spread / effective)
        table[:, at] = mean, mean - half, mean + half, mass, rows
    return _of_table("mean_score", table, "decided rows", outcome=False)


def _calibration(groups: list[Scores]) -> Estimates:
    """Return the expected calibration error over ten bins of equal width (Naeini et al., AAAI 2015); 0 is best."""
    table = np.full((5, len(groups)), np.nan)
    for at, group in enumerate(groups):
        known = group.label < 2
        mass, score, label = group.mass[known], group.score[known], group.label[known]
        bins = np.minimum((score * BINS).astype(np.intp), BINS - 1)
        gap = np.abs(np.bincount(bins, mass * (score - label), minlength=BINS))
        rarer = min(group.rows[group.label == 1].sum(), group.rows[group.label == 0].sum())
        value = gap.sum() / mass.sum() if mass.sum() > 0 else np.nan
        table[:, at] = value, np.nan, np.nan, mass.sum(), rarer
    return _of_table("expected_calibration_error", table, "rows of the rarer label", outcome=True)
