"""The counts engine: rows counted once by group x label x decision; everything else is read off the counts.

`count(chunk) + count(chunk) + ...` equals the count of all rows, so a table larger than memory costs one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.statistics.groups import Attribute, Codes, combined, positions

UNKNOWN_CODE = 2
"""Code of a missing label or decision."""
BLOCK = 65_536
"""Rows counted at a time, so that what lies between two steps stays in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Counts of g groups of `attributes`; only groups that occur."""

    attributes: tuple[Attribute, ...]
    groups: NDArray[np.intp]
    """(g, len(attributes)) codes, sorted."""
    rows: NDArray[np.int64]
    """(g, 3, 3) rows by label and decision, 2 for unknown."""
    weight: NDArray[np.float64] | None = None
    """(g, 3, 3) sums of weights; None for equal weights."""
    squares: NDArray[np.float64] | None = None
    """(g, 3, 3) sums of squared weights."""

    def __add__(self, other: Cells) -> Cells:
        """Return the counts of both sets of rows; the attributes must be coded alike."""
        if self.attributes != other.attributes:
            raise ValueError("counts of differently coded attributes cannot be added")
        both = np.concatenate([self.groups, other.groups])
        return _gather(self.attributes, both, *(_joined(self, other, part) for part in ("rows", "weight", "squares")))

    def marginal(self, names: Sequence[str]) -> Cells:
        """Return the counts of the groups of fewer attributes; of all rows together for no names."""
        keep = [index for index, attribute in enumerate(self.attributes) if attribute.name in names]
        fewer = tuple(self.attributes[index] for index in keep)
        return _gather(fewer, self.groups[:, keep], self.rows, self.weight, self.squares)

    def within(self, name: str, code: int) -> Cells:
        """Return the counts of the rows whose attribute `name` has this code, without that attribute."""
        at = [attribute.name for attribute in self.attributes].index(name)
        mask = self.groups[:, at] == code
        part = replace(
            self,
            groups=self.groups[mask],
            rows=self.rows[mask],
            weight=None if self.weight is None else self.weight[mask],
            squares=None if self.squares is None else self.squares[mask],
        )
        return part.marginal([attribute.name for attribute in self.attributes if attribute.name != name])

    @property
    def mass(self) -> NDArray[np.float64]:
        """(g, 3, 3) sums of weights, or the rows when weights are equal."""
        return self.rows.astype(np.float64) if self.weight is None else self.weight


def _joined(one: Cells, two: Cells, part: str) -> NDArray[Any] | None:
    first, second = getattr(one, part), getattr(two, part)
    return None if first is None or second is None else np.concatenate([first, second])


def gathered(
    groups: NDArray[np.intp], arrays: Sequence[NDArray[Any] | None]
) -> tuple[NDArray[np.intp], list[NDArray[Any] | None]]:
    """Return the distinct rows of `groups`, sorted, and each array summed over equal rows; None stays None."""
    if not groups.shape[1]:
        distinct, place = np.zeros((1, 0), dtype=np.intp), np.zeros(len(groups), dtype=np.intp)
    else:
        distinct, place = np.unique(groups, axis=0, return_inverse=True)
        place = place.reshape(-1)
    sums: list[NDArray[Any] | None] = []
    for values in arrays:
        if values is None:
            sums.append(None)
            continue
        result = np.zeros((len(distinct), *values.shape[1:]), dtype=values.dtype)
        np.add.at(result, place, values)
        sums.append(result)
    return distinct, sums


def _gather(
    attributes: tuple[Attribute, ...],
    groups: NDArray[np.intp],
    rows: NDArray[Any] | None,
    weight: NDArray[Any] | None,
    squares: NDArray[Any] | None,
) -> Cells:
    """Add up what belongs to the same group."""
    distinct, sums = gathered(groups, (rows, weight, squares))
    assert sums[0] is not None
    return Cells(attributes=attributes, groups=distinct, rows=sums[0], weight=sums[1], squares=sums[2])


def coded(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return 0, 1, or 2 for NaN."""
    known = values == values  # noqa: PLR0124 - the fastest test for NaN
    return np.where(known, values > 0, UNKNOWN_CODE).astype(np.uint8)


def tally(group: Codes, n_groups: int, label: NDArray[np.uint8], decision: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the (n_groups, 3, 3) counts of coded rows, one `bincount` per block."""
    narrow = np.int16 if n_groups * 9 < 2**15 else np.intp
    counts = np.zeros(n_groups * 9, dtype=np.intp)
    for start in range(0, len(group), BLOCK):
        part = slice(start, start + BLOCK)
        key: NDArray[Any] = group[part].astype(narrow)
        key *= 9
        key += label[part] * np.uint8(3) + decision[part]
        counts += np.bincount(key, minlength=n_groups * 9)
    return counts.reshape(n_groups, 3, 3)


def count(
    attributes: tuple[Attribute, ...],
    codes: Sequence[Codes],
    label: NDArray[np.uint8],
    decision: NDArray[np.uint8],
    weight: NDArray[np.float64] | None = None,
) -> Cells:
    """Return the counts of one chunk of rows.

    Args:
        attributes: how each attribute is coded, m of them, at least one.
        codes: m arrays (n,), the code of each row.
        label: (n,) 0, 1, or 2 for unknown.
        decision: (n,) likewise.
        weight: (n,) weights, or None.
    """
    flat = combined(codes, attributes)
    size = int(np.prod([len(attribute.names) for attribute in attributes], dtype=np.int64))
    present: NDArray[np.intp] = np.arange(size, dtype=np.intp)
    if size > max(4 * len(flat), 4096):  # far more combinations than people: count the observed ones only
        present, flat = np.unique(flat, return_inverse=True)
        size = len(present)
    rows = tally(flat, size, label, decision)
    seen = rows.any(axis=(1, 2))
    groups = np.stack(positions(attributes, present[seen]), axis=1).astype(np.intp)
    if weight is None:
        return Cells(attributes, groups, rows[seen])
    key = flat * 9 + label * np.uint8(3) + decision

    def summed(parts: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(key, parts, minlength=size * 9).reshape(-1, 3, 3)[seen].astype(np.float64)

    return Cells(
        attributes=attributes, groups=groups, rows=rows[seen], weight=summed(weight), squares=summed(weight * weight)
    )
