"""Intervals for rates, differences and ratios; functions that take array-likes work on arrays and on numbers, element by element.

Successes s and trials n are counts, 0 <= s <= n. They may be fractional: with weights they are effective counts (Kish 1965). Rates and
their ends are shares from 0 to 1, differences from -1 to 1, ratios from 0 to infinity. `confidence` is the coverage aimed at, 0 to 1.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
FEW: Final = 20.0
"""Below so many successes or failures the logarithm of a ratio is not near enough to normal: Koopman in the place of Katz."""
_WIDEST_LOG_RATIO: Final = 40.0
"""No ratio of two rates of observed people is larger than e^40, so an end is looked for no farther."""
_HALVINGS: Final = 52
"""Halvings of that range until an end is exact to 1e-14."""


def critical(confidence: float) -> float:
    """Return the two-sided normal quantile, 1.959964 for 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return the Wilson score interval of p = `successes / n`; (0, 1) where n is 0; ends of exactly 0 and 1 for none and all.

    (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n). Source: Wilson, JASA 22:209-212 (1927).
    """
    s, m = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(n, dtype=float))
    z = critical(confidence)
    safe = np.where(m > 0, m, 1.0)
    p = s / safe
    centre = (p + z * z / (2 * safe)) / (1 + z * z / safe)
    spread = p * (1 - p) / safe + z * z / (4 * safe * safe)
    half = z * np.sqrt(np.maximum(spread, 0.0)) / (1 + z * z / safe)
    low = np.where(s <= 0, 0.0, np.clip(centre - half, 0.0, 1.0))
    high = np.where(s >= m, 1.0, np.clip(centre + half, 0.0, 1.0))
    return np.where(m > 0, low, 0.0), np.where(m > 0, high, 1.0)


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of `successes / n`, n at least 1: it never covers less often than it says, and often more.

    For counts that are rare by nature (values never seen before), where that promise matters more than the width; elsewhere `wilson`.
    Source: Clopper and Pearson, Biometrika 26:404-413 (1934), by quantiles of the beta distribution.
    """
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, successes, n - successes + 1)) if successes else 0.0
    high = float(beta.ppf(1 - tail, successes + 1, n - successes)) if successes < n else 1.0
    return low, high


def mover_difference(
    a: ArrayLike, a_low: ArrayLike, a_high: ArrayLike, b: ArrayLike, b_low: ArrayLike, b_high: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the interval of a - b from the intervals of two independent estimates.

    With Wilson intervals this is Newcombe's method 10 (Statistics in Medicine 17:873-890, 1998); in general it is the method
    of variance estimates recovery (Zou and Donner, Statistics in Medicine 27:1693-1702, 2008).
    """
    a, a_low, a_high, b, b_low, b_high = (
        np.asarray(part, dtype=float) for part in (a, a_low, a_high, b, b_low, b_high)
    )
    low = (a - b) - np.hypot(a - a_low, b_high - b)
    high = (a - b) + np.hypot(a_high - a, b - b_low)
    return low, high


def mover_mean(values: ArrayLike, lows: ArrayLike, highs: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return the mean of k independent estimates (along the first axis) with its interval, from theirs.

    mean - sqrt(sum (value - low)^2) / k and mean + sqrt(sum (high - value)^2) / k: the method of variance estimates recovery for a sum
    (Zou and Donner, Statistics in Medicine 27:1693-1702, 2008). For recalls of classes it has width where every row is right, which
    percentiles of redrawn counts have not. NaN in one estimate is NaN in the mean.
    """
    each, low, high = (np.asarray(part, dtype=float) for part in (values, lows, highs))
    mean = each.mean(axis=0)
    down = np.sqrt(((each - low) ** 2).sum(axis=0)) / len(each)
    up = np.sqrt(((high - each) ** 2).sum(axis=0)) / len(each)
    return np.asarray(mean), np.asarray(mean - down), np.asarray(mean + up)


def newcombe(
    s1: ArrayLike, n1: ArrayLike, s2: ArrayLike, n2: ArrayLike, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Return Newcombe's hybrid score interval of s1/n1 - s2/n2; all n at least 1 (Statistics in Medicine 17:873-890, 1998)."""
    first, second = wilson(s1, n1, confidence), wilson(s2, n2, confidence)
    p1, p2 = np.asarray(s1, dtype=float) / np.asarray(n1), np.asarray(s2, dtype=float) / np.asarray(n2)
    return mover_difference(p1, *first, p2, *second)


def katz(s1: ArrayLike, n1: ArrayLike, s2: ArrayLike, n2: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return the log interval of (s1/n1) / (s2/n2); both s at least 1 (Katz et al., Biometrics 34:469-474, 1978)."""
    s1, n1, s2, n2 = (np.asarray(part, dtype=float) for part in (s1, n1, s2, n2))
    half = critical(confidence) * np.sqrt(np.maximum(1 / s1 - 1 / n1 + 1 / s2 - 1 / n2, 0.0))
    ratio = (s1 / n1) / (s2 / n2)
    return ratio * np.exp(-half), ratio * np.exp(half)


def _koopman_statistic(log_ratio: Floats, s1: Floats, n1: Floats, s2: Floats, n2: Floats) -> Floats:
    """Return the score statistic of H0: p1 / p2 = exp(log_ratio), squared."""
    ratio = np.exp(log_ratio)
    a, b, c = (n1 + n2) * ratio, -(s1 + n2 + ratio * (n1 + s2)), s1 + s2
    p2 = (-b - np.sqrt(np.maximum(b * b - 4 * a * c, 0.0))) / (2 * a)
    p2 = np.clip(p2, 1e-300, np.minimum(1.0, 1 / ratio))
    p1 = np.clip(p2 * ratio, 1e-300, 1.0)
    spread = p1 * (1 - p1) / n1 + ratio * ratio * p2 * (1 - p2) / n2
    gap = s1 / n1 - ratio * s2 / n2
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        squared = gap * gap / spread
    # No gap is no evidence, also where both rates are at an end and nothing varies (0 / 0).
    return np.where(np.abs(gap) < 1e-15, 0.0, np.where(np.isnan(squared), np.inf, squared))


def koopman(
    s1: ArrayLike, n1: ArrayLike, s2: ArrayLike, n2: ArrayLike, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the score interval of (s1/n1) / (s2/n2); 0 and infinity are possible ends (Koopman, Biometrics 40:513-517, 1984)."""
    parts = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (s1, n1, s2, n2)))
    a, n, b, m = (np.array(part, dtype=float) for part in parts)
    limit = critical(confidence) ** 2
    start = np.log(np.maximum(a, 0.5) / n) - np.log(np.maximum(b, 0.5) / m)
    ends: list[Any] = []
    for sign in (-1.0, 1.0):
        near, far = start.copy(), start + sign * _WIDEST_LOG_RATIO
        for _ in range(_HALVINGS):
            middle = (near + far) / 2
            inside = _koopman_statistic(middle, a, n, b, m) <= limit
            near, far = np.where(inside, middle, near), np.where(inside, far, middle)
        ends.append(np.exp(near))
    low = np.where(a <= 0, 0.0, ends[0])
    high = np.where(b <= 0, np.inf, ends[1])
    return low, high


def ratio_interval(
    s1: ArrayLike, n1: ArrayLike, s2: ArrayLike, n2: ArrayLike, confidence: float = 0.95, small: float = FEW
) -> tuple[Floats, Floats]:
    """Return Katz's interval, or Koopman's where a count of successes or failures is below `small`."""
    a, n, b, m = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (s1, n1, s2, n2)))
    few = np.minimum(np.minimum(a, b), np.minimum(n - a, m - b)) < small
    low, high = (np.array(end) for end in katz(np.maximum(a, 0.5), n, np.maximum(b, 0.5), m, confidence))
    if few.any():
        low[few], high[few] = koopman(a[few], n[few], b[few], m[few], confidence)
    return low, high


def mover_ratio(
    a: ArrayLike, a_low: ArrayLike, a_high: ArrayLike, b: ArrayLike, b_low: ArrayLike, b_high: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the interval of a / b for two independent positive estimates (Donner and Zou, Statistics in Medicine 2012)."""
    a, la, ua, b, lb, ub = (np.asarray(part, dtype=float) for part in (a, a_low, a_high, b, b_low, b_high))
    product = a * b
    with np.errstate(divide="ignore", invalid="ignore"):
        low = (product - np.sqrt(np.maximum(product**2 - la * ub * (2 * a - la) * (2 * b - ub), 0))) / (
            ub * (2 * b - ub)
        )
        high = (product + np.sqrt(np.maximum(product**2 - ua * lb * (2 * a - ua) * (2 * b - lb), 0))) / (
            lb * (2 * b - lb)
        )
    return np.maximum(np.nan_to_num(low, nan=0.0), 0.0), np.where(lb > 0, high, np.inf)


def score_p_value(s1: ArrayLike, n1: ArrayLike, s2: ArrayLike, n2: ArrayLike) -> Floats:
    """Return the two-sided p-value of equal rates by the pooled score test (Pearson's chi-square of the 2 x 2 table)."""
    a, n, b, m = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (s1, n1, s2, n2)))
    pooled = (a + b) / (n + m)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / n + 1 / m), 0.0))
    z = np.where(spread > 0, np.abs(a / n - b / m) / np.where(spread > 0, spread, 1.0), 0.0)
    return normal_p_value(z)


def normal_p_value(z: ArrayLike) -> Floats:
    """Return the two-sided p-value of a standard normal statistic."""
    from scipy.special import erfc

    return np.asarray(erfc(np.abs(np.asarray(z, dtype=float)) / np.sqrt(2.0)), dtype=float)
