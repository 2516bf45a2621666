"""How many labels an answer costs."""

from __future__ import annotations

import math
from typing import Final

from governance.evidence import RefusedInputError
from governance.statistics import critical

ONE_SIDED: Final = critical(0.9)
"""95 per cent quantile of the standard normal distribution: one tail of 5 per cent."""
POWER: Final = critical(0.6)
"""80 per cent quantile of the standard normal distribution."""


def labels_needed(share: float, drop: float, reference_rows: int = 0) -> int:
    """Return how many labels show a drop of a share with 80 per cent power at the one-sided level of 5 per cent.

    Normal approximation: (z_alpha sqrt(p0 q0) + z_beta sqrt(p1 q1))^2 / drop^2 (Fleiss, Levin and Paik 2003, section 2.5),
    raised for the sampling error of the reference share where its rows are given.

    Args:
        share: the share on the reference, for example its accuracy, above 0 and up to 1.
        drop: the loss to be shown, above 0 and below `share`.
        reference_rows: rows behind `share`; 0 when it is known exactly.

    Raises:
        RefusedInputError: a share or drop out of range.
    """
    if not 0 < share <= 1 or not 0 < drop < share:
        raise RefusedInputError(f"Share {share:g} and drop {drop:g}.", "Give 0 < drop < share <= 1.")
    before = share * (1 - share)
    after = (share - drop) * (1 - share + drop)
    exact = (ONE_SIDED * math.sqrt(before) + POWER * math.sqrt(after)) ** 2 / drop**2
    if reference_rows and exact < reference_rows:
        exact = exact / (1 - exact / reference_rows)
    elif reference_rows:
        exact *= 2
    return math.ceil(exact)
