"""The shares that two windows (or bins) give to the same cells, smoothed alike on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from governance.drift.samples.two_samples import Floats, Ints

Tables: TypeAlias = "tuple[Ints, Ints]"
"""(draws, B) counts of the reference and of the current window under no drift."""
JEFFREYS: Final = 0.5
"""Added to every cell on both sides (Jeffreys' prior), so that an empty cell never makes a distance infinite."""

ENOUGH: Final = 1000
"""From so many rows on each side the chi-square law serves for ten cells."""
DRAWS: Final = 999


def smoothed(reference: Ints, current: Ints) -> tuple[Floats, Floats]:
    """Return (c + .5) / (n + .5 B) for both sides over the last axis, without cells that are empty on both."""
    if reference.ndim == 1:
        occupied = (reference + current) > 0
        reference, current = reference[occupied], current[occupied]
    return _smooth(reference), _smooth(current)


def _smooth(counts: Ints) -> Floats:
    cells = counts.shape[-1]
    total = counts.sum(axis=-1, keepdims=True)
    return np.asarray((counts + JEFFREYS) / (total + JEFFREYS * cells), dtype=np.float64)


def redrawn(cells: Tables, missing: tuple[int, int], rng: np.random.Generator) -> Tables | None:
    """Return counts under no drift for cells that are deciles of the reference, the missing ones last; None where counts are large.

    Given the reference's order statistics, the probabilities of the cells between them follow Dirichlet's law with the cells' counts
    (one more in the last cell), for any continuous distribution (Wilks 1941); the current counts are multinomial with those.

    Args:
        cells: (B,) counts without missing values.
        missing: missing values of the reference and of the current window.
        rng: for the draws.
    """
    reference, current = cells
    if min(reference.sum(), current.sum()) >= ENOUGH:
        return None
    last = np.arange(len(reference)) == len(reference) - 1
    share = rng.dirichlet(reference + last, size=DRAWS)
    rows = int(current.sum()) + missing[1]
    if not sum(missing):
        return np.broadcast_to(reference, share.shape), rng.multinomial(rows, share)
    everyone = int(reference.sum()) + missing[0] + rows
    absent = rng.hypergeometric(sum(missing), everyone - sum(missing), rows, size=DRAWS)
    before = np.column_stack([np.broadcast_to(reference, share.shape), sum(missing) - absent])
    return before, np.column_stack([rng.multinomial(rows - absent, share), absent])


def chance_factor(reference: Ints, current: Ints) -> float:
    """Return (1/N + 1/M) times the 95 per cent quantile of chi-square with B-1 degrees: the PSI that chance exceeds in 5 %."""
    from scipy.special import chdtri

    cells = int(np.count_nonzero(reference + current))
    if cells < 2:
        return 0.0
    return float((1 / reference.sum() + 1 / current.sum()) * chdtri(cells - 1, 0.05))
