"""Replay measured times of service under another rate of requests: which rate does it hold, without measuring again."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 50
"""Requests that stay together when times are drawn again, so that slow ones stay neighbours."""


def replayed(
    service: NDArray[np.int64], rate: float, rng: np.random.Generator, requests: int = 20_000
) -> NDArray[np.float64]:
    """Return the times from arrival to answer, in nanoseconds, of requests that arrive at random and wait for one server.

    Arrivals are a Poisson process. Source: Lindley (1952): the wait of the next is max(0, wait + service - gap), here as the running
    sum less its running minimum.

    Args:
        service: measured times of service, in their order.
        rate: requests a second.
        rng: draws blocks of service and the gaps.
        requests: how many are replayed.
    """
    block = min(_BLOCK, len(service))
    starts = rng.integers(0, len(service) - block + 1, -(-requests // block))
    drawn = service[(starts[:, None] + np.arange(block)).ravel()[:requests]].astype(np.float64)
    gaps = rng.exponential(1e9 / rate, requests)
    walk = np.concatenate(([0.0], np.cumsum(drawn[:-1] - gaps[1:])))
    return np.asarray(walk - np.minimum.accumulate(np.minimum(walk, 0.0)) + drawn)
