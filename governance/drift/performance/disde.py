"""Why a model got worse: three parts of the change of its error.

DISDE (Cai, Namkoong and Yadlowsky 2023): compare both windows on the inputs that both have, the shared distribution S.
reference -> S with the reference's outcomes: inputs that were seen before but are harder; S -> S with the current outcomes: the same
inputs lead to something else; S with the current outcomes -> current: inputs that the reference hardly had. S weights a reference row by
pi and a current row by 1 - pi, where pi is the probability of the current window given the inputs when both are equally large.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from governance.drift.results.report import DropParts, Estimate
from governance.drift.samples.density import Density
from governance.drift.samples.two_samples import Floats

DRAWS: Final = 300


def parts(
    found: Density, reference_loss: Floats, current_loss: Floats, loss: str, rng: np.random.Generator
) -> DropParts:
    """Return the parts with 95 per cent bootstrap intervals (the probabilities held fixed).

    Args:
        found: probabilities of the rows used.
        reference_loss: (a,) loss of those reference rows, NaN where the label is unknown.
        current_loss: (b,) loss of those current rows, NaN where the label is unknown.
        loss: what the loss is.
        rng: for the bootstrap.
    """
    a, b = ~np.isnan(reference_loss), ~np.isnan(current_loss)
    sides = (reference_loss[a], found.reference[a]), (current_loss[b], 1 - found.current[b])
    ones = np.ones(a.sum()), np.ones(b.sum())
    centre = _parts(*sides, *ones)
    drawn = np.array(
        [
            _parts(*sides, rng.poisson(1.0, a.sum()).astype(float), rng.poisson(1.0, b.sum()).astype(float))
            for _ in range(DRAWS)
        ]
    )
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    n = int(a.sum() + b.sum())
    total, harder, changed, unseen = (
        Estimate(float(c), float(x), float(y), n) for c, x, y in zip(centre, low, high, strict=True)
    )
    return DropParts(total, harder, changed, unseen, loss)


def _parts(reference: tuple[Floats, Floats], current: tuple[Floats, Floats], r: Floats, c: Floats) -> tuple[float, ...]:
    """Return total, harder but seen, changed outcome, unseen for row weights `r` and `c`."""
    before = np.average(reference[0], weights=r)
    after = np.average(current[0], weights=c)
    shared_before = np.average(reference[0], weights=r * reference[1])
    shared_after = np.average(current[0], weights=c * current[1])
    return after - before, shared_before - before, shared_after - shared_before, after - shared_after
