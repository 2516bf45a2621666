"""Numbers that look random and are a function of seed, error and row alone: chunks and the order of a plan change nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class Draws:
    """One stream of numbers for the rows of a file."""

    seed: int
    """0 to 2^64 - 1."""

    def stream(self, name: str) -> Draws:
        """Return the stream called `name`, which knows nothing of the others."""
        digest = hashlib.sha256(f"{self.seed}/{name}".encode()).digest()
        return Draws(int.from_bytes(digest[:8], "big"))

    def uniform(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return a number from 0 to just under 1 for each row.

        The generator is SplitMix64 with the row as its counter (Steele, Lea and Flood, "Fast splittable pseudorandom number
        generators", OOPSLA 2014).
        """
        with np.errstate(over="ignore"):
            state = np.uint64(self.seed) + (rows.astype(np.uint64) + np.uint64(1)) * _STEP
            state = (state ^ (state >> np.uint64(30))) * _MIX[0]
            state = (state ^ (state >> np.uint64(27))) * _MIX[1]
            state ^= state >> np.uint64(31)
        return np.asarray((state >> np.uint64(11)).astype(np.float64) * 2.0**-53)

    def normal(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return a standard normal number for each row, by inversion."""
        from scipy.special import ndtri

        return np.asarray(ndtri(self.uniform(rows) + 2.0**-54))

    def some(self, pool: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Return `count` rows of the pool, rising: those with the smallest numbers, so that fewer rows are always among more."""
        if count >= len(pool):
            return pool
        numbers = self.uniform(pool)
        return np.sort(pool[np.argpartition(numbers, count)[:count]])
