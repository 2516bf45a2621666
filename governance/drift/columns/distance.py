"""How a distance between two rows of counts becomes a drift test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from governance.drift.columns.column_test import CountedColumn, Measured

if TYPE_CHECKING:
    from governance.drift.samples.pairs import Pair
    from governance.drift.samples.shares import Tables
    from governance.drift.samples.two_samples import Floats, Ints


def distance(
    statistic: Callable[[Ints, Ints], Floats], noise_floor: Callable[[Ints, Ints, Tables | None], float], *, unit: str
) -> Callable[[CountedColumn], Measured]:
    """Return the measure of a distance: on all cells, missing values being one of their own, and on the present ones beside it.

    Args:
        statistic: of counts over the last axis.
        noise_floor: what chance exceeds in 5 of 100 undrifted pairs, from counts and tables drawn under no drift.
        unit: for the words.
    """

    def measure(column: CountedColumn) -> Measured:
        values = column.usable
        a, b = with_missing(values.cells, column.pair)
        found = float(statistic(a, b))
        return Measured(
            statistic=found,
            p_value=None,
            noise_floor=noise_floor(a, b, values.drawn),
            reason=f"{unit}, on {values.cells_are} (missing is one of its own), half a count added to each",
            effect=found,
            also={"present_only": float(statistic(*values.cells))},
        )

    return measure


def with_missing(cells: Tables, pair: Pair) -> Tables:
    """Return the cells with the missing rows as one more, where there are any."""
    gone = pair.reference.missing, pair.current.missing
    return (np.append(cells[0], gone[0]), np.append(cells[1], gone[1])) if any(gone) else cells
