"""Whether times keep to a budget: met, not met, or cannot judge.

A request has two times. From the moment when it should have been sent is the upper one: it counts what the load generator itself was
late. From the moment when it was sent is the lower one. *Met* needs the upper one, *not met* the lower one. A machine that took the
processor away may have made requests slow that would have been quick: then *not met* becomes *cannot judge*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from governance.serving.quantile import effective

Verdict = Literal["met", "not_met", "cannot_judge"]
CALM: Final = 0.05
"""Share of requests that may have been interrupted by other work on a calm machine."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit for all but a share of the requests."""

    limit_ns: int
    share: float
    """Share of requests that may be slower, above 0 and below 1."""
    verdict: Verdict
    reason: str
    """Why nobody can judge, "" where somebody can."""
    over: int
    """Requests that were slower from the moment when they should have been sent; errors count."""
    n: int
    n_eff: int
    low: float
    """Share of slower requests, at least so much (from the moment when they were sent)."""
    high: float
    """Share of slower requests, at most so much (from the moment when they should have been sent)."""


def bounds(over: float, trials: float, level: float) -> tuple[float, float]:
    """Return (low, high), each at the level, of a share: Clopper and Pearson (1934). None of 299 gives at most 1 % at 95 %."""
    from scipy.stats import beta

    if trials <= 0:
        return 0.0, 1.0
    high = 1.0 if over >= trials else float(beta.ppf(level, over + 1, trials - over))
    low = 0.0 if over <= 0 else float(beta.ppf(1 - level, over, max(trials - over + 1, 1e-9)))
    return low, high


def judged(
    upper: NDArray[np.int64],
    lower: NDArray[np.int64],
    limit_ns: int,
    share: float,
    *,
    preempted: float,
    level: float = 0.95,
) -> Budget:
    """Return the verdict on a budget.

    Args:
        upper: times from when requests should have been sent; a failed one as the largest number.
        lower: times from when they were sent, likewise.
        limit_ns: the budget.
        share: share of requests that may be slower.
        preempted: share of requests during which the machine did other work.
        level: of the bounds.
    """
    n = len(upper)
    news = min(effective(upper, 1 - share), effective(lower, 1 - share))
    over, surely = int((upper > limit_ns).sum()), int((lower > limit_ns).sum())
    high = bounds(over * news / n, news, level)[1]
    low = bounds(surely * news / n, news, level)[0]
    verdict: Verdict = "met" if high <= share else "not_met" if low > share else "cannot_judge"
    reason = ""
    if verdict == "not_met" and preempted > CALM:
        verdict = "cannot_judge"
        reason = f"The machine was too busy: it did other work during {preempted:.0%} of the requests."
    elif verdict == "cannot_judge":
        reason = (
            f"{over} of {n:,} requests were slower, which are worth {int(news):,} independent ones: too few to tell."
        )
    return Budget(
        limit_ns=limit_ns, share=share, verdict=verdict, reason=reason, over=over, n=n, n_eff=int(news), low=low, high=high
    )  # fmt: skip
