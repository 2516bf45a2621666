"""Capital over windows: what a bettor against the norm would own, and which groups may be named with one error rate for all.

By Ville's inequality capital that starts at 1 and cannot grow in expectation while the norm holds ever reaches 1 / alpha with chance
at most alpha: it may be looked at after every window. Groups are named by closed testing with arithmetic means (Vovk and Wang 2021,
Annals of Statistics 49): a pair is accused when every set of pairs that it belongs to has a mean of at least 1 / alpha.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.fairness.norms.projection import Floats

NEVER: Final = -1
"""The window of what has not happened."""
_LARGEST: Final = 690.0
"""Logarithms are cut here before they are raised: exp(690) is near the largest float."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The capital of each hypothesis after each window."""

    own: Floats
    """(windows, hypotheses) logarithms; NaN before a hypothesis has joined."""
    closed: Floats
    """(windows, hypotheses) logarithms after closed testing; NaN likewise."""
    proven: NDArray[np.intp]
    """(hypotheses,) the first window in which the closed capital reached 1 / alpha, or NEVER; it stays, whatever comes later."""


def course(log_e: Floats, joined: NDArray[np.intp], alpha: float) -> Course:
    """Return the course of capitals that start when their hypotheses join.

    Who joins later starts with the smallest capital of those who are there, and at most 1: no mean of a set then rises by a joining,
    so that the error rate holds for groups that nobody had seen at the beginning.

    Args:
        log_e: (speeds, windows, hypotheses) logarithms of e-values; the capital is the mean of those of the speeds.
        joined: (hypotheses,) window from which each counts; NEVER for none.
        alpha: the error rate, in (0, 1).
    """
    _, windows, size = log_e.shape
    own, closed = np.full((windows, size), np.nan), np.full((windows, size), np.nan)
    start, entered = np.zeros(size), np.full(size, windows, dtype=np.intp)
    born = sorted({int(window) for window in joined[joined != NEVER]})
    ends = [*born[1:], windows][: len(born)]
    for window, end in zip(born, ends, strict=True):
        there = (joined != NEVER) & (joined < window)
        new = joined == window
        start[new] = min(0.0, float(own[window - 1, there].min())) if there.any() else 0.0
        entered[new] = window
        there |= new
        for first in sorted({int(item) for item in entered[there]}):
            same = there & (entered == first)
            sums = np.cumsum(log_e[:, first:end, same], axis=1)[:, window - first :]
            own[window:end, same] = start[same] + _log_mean(sums)
        closed[window:end, there] = closed_means(own[window:end, there])
    reached = np.nan_to_num(closed, nan=-np.inf) >= -np.log(alpha)
    proven = np.where(reached.any(axis=0), reached.argmax(axis=0), NEVER) if windows else np.full(size, NEVER)
    return Course(own, closed, proven.astype(np.intp))


def _log_mean(logs: Floats) -> Floats:
    """Return the logarithm of the mean over the first axis."""
    if not logs.size:
        return np.zeros(logs.shape[1:])
    top = logs.max(axis=0)
    return np.asarray(top + np.log(np.exp(logs - top).mean(axis=0)))


def closed_means(logs: Floats) -> Floats:
    """Return the logarithms of the smallest mean over all sets that each capital belongs to, along the last axis.

    For the capital at rank r the sets that can be smallest hold it and the j smallest of the others, j = 0 to r.
    """
    size = logs.shape[-1]
    order = np.argsort(logs, axis=-1, kind="stable")
    rising = np.exp(np.clip(np.take_along_axis(logs, order, -1), -_LARGEST, _LARGEST))
    below = np.concatenate([np.zeros((*rising.shape[:-1], 1)), np.cumsum(rising, axis=-1)], axis=-1)
    best = rising.copy()
    for j in range(1, size):
        best[..., j:] = np.minimum(best[..., j:], (rising[..., j:] + below[..., j : j + 1]) / (j + 1))
    found = np.empty_like(best)
    np.put_along_axis(found, order, np.log(best), -1)
    return found
