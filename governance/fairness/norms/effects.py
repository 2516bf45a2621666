"""What a correction does on one window: every norm before and after it, and who gains and who loses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from governance.fairness.intake import Chunk
from governance.fairness.norms.capital import NEVER
from governance.fairness.norms.hypotheses import Gap, hypotheses, partitions
from governance.fairness.norms.norm import CALIBRATION, Norm, NormSet
from governance.fairness.norms.patch_report import NormEffect
from governance.fairness.norms.series import accounts, series, window
from governance.fairness.norms.tally import WindowTally
from governance.statistics import Attribute


def effects(norms: NormSet, before: WindowTally, after: WindowTally) -> tuple[NormEffect, ...]:
    """Return the gap of each norm before and after, at the pair or group that lies farthest from keeping it."""
    found = []
    for norm in norms.norms:
        first, second = (_worst(norm, norms, tally) for tally in (before, after))
        found.append(
            NormEffect(
                id=norm.id,
                limit=norm.limit,
                before=first.value if first else None,
                after=second.value if second else None,
                low=second.low if second else None,
                high=second.high if second else None,
                kept=strain(norm, second.value) <= 1 if second else None,
            )
        )
    return tuple(found)


def strain(norm: Norm, gap: float) -> float:
    """Return how far a gap strains a norm: at most 1 keeps it."""
    if norm.compare != "ratio":
        return abs(gap) / norm.number
    return norm.number / min(gap, 1 / gap) if gap > 0 else float("inf")


def _worst(norm: Norm, norms: NormSet, tally: WindowTally) -> Gap | None:
    """Return the gap that strains a norm most among groups with enough rows, None where nobody can be judged."""
    one = [window("", tally)]
    counted = accounts(one, norms)
    gaps = [
        part.measured(index, 0)
        for names in partitions(norm)
        for part in hypotheses(norm, series(one, names, scores=norm.metric in CALIBRATION), counted, norms.least_rows)
        for index in np.flatnonzero(part.joined != NEVER).tolist()
    ]
    return max(gaps, key=lambda gap: strain(norm, gap.value), default=None)


def moved_people(
    chunk: Chunk, attributes: Sequence[Attribute], before: NDArray[np.bool_], after: NDArray[np.bool_]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return group -> how many are selected only after, and only before; groups of each attribute on its own."""
    gains: dict[str, int] = {}
    losses: dict[str, int] = {}
    for item, code in zip(attributes, chunk.codes, strict=True):
        for place, name in enumerate(item.names):
            own = np.asarray(code == place)
            for found, who in ((gains, own & after & ~before), (losses, own & before & ~after)):
                if who.any():
                    found[f"{item.name}={name}"] = int(who.sum())
    return gains, losses
