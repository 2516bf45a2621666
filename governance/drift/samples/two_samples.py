"""Two samples of numbers as one sorted list of distinct values with cumulative counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SIGN: Final = np.int64(-(2**63))
_ABSENT: Final = np.uint64(2**64 - 1)
_LABEL: Final = np.uint64(1)


@dataclass(frozen=True)
class Runs:
    """Distinct values in ascending order; everything that a numeric test needs to know.

    Two samples with the same values give the same runs, whatever the order of rows.
    """

    value: Floats
    """(k,) ascending, finite."""
    reference: Ints
    """(k,) reference values at or below each value."""
    current: Ints
    """(k,) current values at or below each value."""

    @cached_property
    def n(self) -> int:
        """Usable values of the reference."""
        return int(self.reference[-1]) if len(self.reference) else 0

    @cached_property
    def m(self) -> int:
        """Usable values of the current window."""
        return int(self.current[-1]) if len(self.current) else 0

    def quantile(self, shares: Floats, *, of_current: bool = False) -> Floats:
        """Return the smallest values at or below which at least `shares` of a sample lie (inverse of its ECDF)."""
        below = self.current if of_current else self.reference
        ranks = np.maximum(np.ceil(shares * below[-1] - 1e-9), 1).astype(np.int64)
        return np.asarray(self.value[np.searchsorted(below, ranks)], dtype=np.float64)

    def pooled(self, points: int) -> Ints:
        """Return at most `points` ascending positions, evenly spaced in the ranks of both samples together."""
        if len(self.value) <= points:
            return np.arange(len(self.value))
        ranks = np.linspace(1, self.n + self.m, points).astype(np.int64)
        return np.unique(_positions(self.reference, self.current, ranks))

    def counts(self, edges: Floats) -> tuple[Ints, Ints]:
        """Return how many values of each sample lie in (-inf, e0], (e0, e1], ... (last, inf)."""
        at = np.searchsorted(self.value, edges, side="right") - 1
        reference = np.where(at >= 0, self.reference[at], 0)
        current = np.where(at >= 0, self.current[at], 0)
        return np.diff(reference, prepend=0, append=self.n), np.diff(current, prepend=0, append=self.m)


def finite(values: Floats) -> Floats:
    """Return the values that are neither missing nor infinite."""
    usable = np.isfinite(values)
    return values if usable.all() else values[usable]


def runs_of(reference: Floats, current: Floats) -> Runs:
    """Return the runs of two samples; missing and infinite values do not count.

    One sort serves both: each value becomes an integer key whose order is the order of the numbers and whose lowest bit says
    from which sample it came. That bit replaces the last of the 52 binary digits, so values closer than 2**-51 of
    their size count as equal.
    """
    keys = np.empty(len(reference) + len(current), dtype=np.uint64)
    usable = _fill(keys[: len(reference)], reference, np.uint64(0))
    usable += _fill(keys[len(reference) :], current, _LABEL)
    keys.sort()
    keys = keys[:usable]
    return Runs(*_compress(keys, _distinct(keys)))


def runs_of_counts(value: Floats, reference: Ints, current: Ints) -> Runs:
    """Return the runs of values that are already distinct, ascending and counted."""
    return Runs(value, np.cumsum(reference), np.cumsum(current))


def _fill(keys: NDArray[np.uint64], values: Floats, label: np.uint64) -> int:
    """Write the keys of `values`; unusable ones get the largest key and sort last. Return the number of usable ones."""
    return int(_fill_keys(keys, np.ascontiguousarray(values).view(np.int64), label))


@njit(nogil=True, cache=True)
def _fill_keys(keys: NDArray[np.uint64], bits: Ints, label: np.uint64) -> int:
    exponent = np.int64(0x7FF0000000000000)
    usable = 0
    for i in range(len(bits)):
        b = bits[i]
        if (b & exponent) == exponent:
            keys[i] = _ABSENT
            continue
        if b == _SIGN:  # minus zero is zero
            b = np.int64(0)
        key = np.uint64(~b) if b < 0 else np.uint64(b ^ _SIGN)
        keys[i] = (key & ~_LABEL) | label
        usable += 1
    return usable


@njit(nogil=True, cache=True)
def _distinct(keys: NDArray[np.uint64]) -> int:
    distinct = 0
    for i in range(len(keys)):
        if i == 0 or (keys[i] ^ keys[i - 1]) > _LABEL:
            distinct += 1
    return distinct


@njit(nogil=True, cache=True)
def _compress(keys: NDArray[np.uint64], distinct: int) -> tuple[Floats, Ints, Ints]:
    bits = np.empty(distinct, np.int64)
    reference = np.empty(distinct, np.int64)
    current = np.empty(distinct, np.int64)
    at = -1
    n = np.int64(0)
    m = np.int64(0)
    for i in range(len(keys)):
        key = keys[i]
        if i == 0 or (key ^ keys[i - 1]) > _LABEL:
            at += 1
            whole = np.int64(key & ~_LABEL)
            bits[at] = whole ^ _SIGN if whole < 0 else ~whole & ~np.int64(1)
        if key & _LABEL:
            m += 1
        else:
            n += 1
        reference[at] = n
        current[at] = m
    return bits.view(np.float64), reference, current


@njit(nogil=True, cache=True)
def _positions(reference: Ints, current: Ints, ranks: Ints) -> Ints:
    found = np.empty(len(ranks), np.int64)
    for i in range(len(ranks)):
        low = 0
        high = len(reference) - 1
        while low < high:
            middle = (low + high) // 2
            if reference[middle] + current[middle] < ranks[i]:
                low = middle + 1
            else:
                high = middle
        found[i] = low
    return found
