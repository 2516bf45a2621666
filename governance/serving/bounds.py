"""What can be said of a share when some of many trials differ, or none: at a fixed number of trials, and whenever somebody looks."""

from __future__ import annotations

import math
from typing import Final

LEVEL: Final = 0.95
"""Probability with which a statement holds."""


def none_differs(trials: int, level: float = LEVEL) -> float:
    """Return the share that is bounded when none of `trials` differs and their number was fixed before: 1 - (1 - level)^(1 / trials).

    299 trials give 1 %. Source: the exact binomial bound of Clopper and Pearson (1934) with no success. 1 without a trial.
    """
    return 1.0 if trials < 1 else 1.0 - (1.0 - level) ** (1.0 / trials)


def any_time(differing: int, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """Return (low, high) of the share of differing trials that holds at every number of trials at once, however often one looks.

    The shares p that the mixture of all shares, uniform over 0 to 1, does not beat by 1 / (1 - level) (Ville's inequality; Robbins
    1970): B(x + 1, n - x + 1) / (p^x (1 - p)^(n - x)) < 1 / (1 - level). With none of n it is p < 1 - ((1 - level) / (n + 1))^(1 / n).
    """
    if trials < 1:
        return 0.0, 1.0
    share = differing / trials
    evidence = math.lgamma(differing + 1) + math.lgamma(trials - differing + 1) - math.lgamma(trials + 2)
    wanted = evidence + math.log(1.0 - level)
    low = 0.0 if differing == 0 else _edge(differing, trials, wanted, inside=share, outside=0.0)
    high = 1.0 if differing == trials else _edge(differing, trials, wanted, inside=share, outside=1.0)
    return low, high


def _edge(differing: int, trials: int, wanted: float, *, inside: float, outside: float) -> float:
    """Return the share at which the likelihood falls to exp(wanted), by halving between one inside and one outside."""
    for _ in range(60):
        middle = (inside + outside) / 2
        likelihood = 0.0 if differing == 0 else differing * math.log(middle)
        likelihood += 0.0 if differing == trials else (trials - differing) * math.log1p(-middle)
        if likelihood > wanted:
            inside = middle
        else:
            outside = middle
    return outside


def requests_for(share: float, level: float = LEVEL) -> int:
    """Return how many requests find a model that answers `share` of them, with probability `level`: ln(1 - level) / ln(1 - share)."""
    return math.ceil(math.log(1.0 - level) / math.log1p(-share))
