"""The e-value of a window: how many times more likely its counts are under a bet than under the nearest point inside the norm.

Bets are learned from earlier windows alone, at three speeds; where a bet keeps the norm its e-value is 1, so nothing is lost while
the model is fair. Everything is computed from counts, in logarithms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.fairness.norms.projection import Floats, Project, nearest_at_every_score, nearest_mean

HALF_LIVES: Final = (1.5, 6.0, np.inf)
"""Windows after which what was seen counts half, in each of the three capitals of decisions: quick, middling, never forgetting."""
HALF_LIVES_OF_SCORES: Final = (2.0, 8.0, np.inf)
"""The same for calibration, where labels are fewer."""
PRIOR_ROWS: Final = 1.0
"""Rows of the pooled rate that a bet begins with: one, so that it is soon forgotten."""
RIDGE: Final = 8.0
"""Precision of the normal prior on the offset of a group's scores, on the scale of log-odds: an offset of .35 at one sigma."""
EDGE: Final = 1e-4
"""Bets stay this far from 0 and 1: one surprising row never takes everything."""
_FLAT: Final = 1e-6


def log_e_of_pairs(
    k: Floats, n: Floats, pairs: Sequence[tuple[int, int]], project: Project, limit: float
) -> NDArray[np.float64]:
    """Return (speeds, ..., windows, pairs) the logarithms of the e-values of windows.

    Args:
        k: (..., windows, groups) rows with the outcome: selected, or selected among those with the label.
        n: (..., windows, groups) rows that could have it.
        pairs: places of the two groups of each pair.
        project: `nearest_difference` or `nearest_ratio`.
        limit: of the norm, in (0, 1).
    """
    i, j = np.asarray(pairs, dtype=np.intp).reshape(-1, 2).T
    bet, known = bets(k, n)
    p, q = bet[..., i], bet[..., j]
    rows, others = (np.broadcast_to(np.maximum(n[..., at], _FLAT), p.shape) for at in (i, j))
    near_p, near_q = project(p, q, rows, others, limit)
    log_e = _log_ratio(k[..., i], n[..., i], bet[..., i], near_p) + _log_ratio(
        k[..., j], n[..., j], bet[..., j], near_q
    )
    return np.where(known[..., i] & known[..., j], log_e, 0.0)


def bets(k: Floats, n: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return (speeds, ..., windows, groups) the bet on the rate of each group in each window, from earlier windows alone.

    The second array says, for each window and group, whether the group was seen before.
    """
    keep = np.array([1.0 if np.isinf(half) else 0.5 ** (1 / half) for half in HALF_LIVES]).reshape(
        -1, *[1] * (k.ndim - 1)
    )
    bet = np.full((len(HALF_LIVES), *k.shape), 0.5)
    hits = np.zeros((len(HALF_LIVES), *k.shape[:-2], k.shape[-1]))
    rows = np.zeros_like(hits)
    for window in range(k.shape[-2]):
        pooled = hits.sum(axis=-1, keepdims=True) / np.maximum(rows.sum(axis=-1, keepdims=True), _FLAT)
        bet[..., window, :] = (hits + PRIOR_ROWS * pooled) / (rows + PRIOR_ROWS)
        hits, rows = keep * hits + k[..., window, :], keep * rows + n[..., window, :]
    seen = np.cumsum(n, axis=-2) - n > 0
    return np.clip(bet, EDGE, 1 - EDGE), seen


def _log_ratio(k: Floats, n: Floats, bet: Floats, near: Floats) -> Floats:
    """Return the log-likelihood of k of n under the bet, less that under the nearest point of the norm."""
    return np.asarray(k * (np.log(bet) - np.log(near)) + (n - k) * (np.log1p(-bet) - np.log1p(-near)))


def log_e_of_scores(k: Floats, n: Floats, total: Floats, limit: float, *, every_score: bool) -> NDArray[np.float64]:
    """Return (speeds, windows, groups) the logarithms of the e-values of a calibration norm.

    The bet moves a group's log-odds by one offset, the very correction that would mend it: the capital is the log loss that the
    correction would have saved on people whom it had not seen, beyond what the norm allows.

    Args:
        k: (windows, groups, bins) labelled rows with the positive label.
        n: (windows, groups, bins) labelled rows.
        total: (windows, groups, bins) sums of their scores.
        limit: half of the band, in (0, 1).
        every_score: whether the norm holds at every score, or in the mean of the group.
    """
    score = total / np.maximum(n, 1.0)
    odds = log_odds(np.clip(score, EDGE, 1 - EDGE))
    project = nearest_at_every_score if every_score else nearest_mean
    windows, groups, bins = k.shape
    found = np.zeros((len(HALF_LIVES_OF_SCORES), windows, groups))
    for place, half in enumerate(HALF_LIVES_OF_SCORES):
        moved, known = offsets(k, n, total, half)
        bet = np.where(n > 0, sigmoid(odds + moved[..., None]), 0.5)
        flat = (windows * groups, bins)
        near = project(bet.reshape(flat), n.reshape(flat), score.reshape(flat), limit).reshape(bet.shape)
        found[place] = np.where(known, _log_ratio(k, n, bet, near).sum(axis=2), 0.0)
    return found


def offsets(k: Floats, n: Floats, total: Floats, half_life: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Return (windows, groups) the offset of each group before each window, and whether the group was seen before."""
    keep = 1.0 if np.isinf(half_life) else 0.5 ** (1 / half_life)
    windows, groups, bins = k.shape
    before = [np.zeros(k.shape) for _ in range(3)]
    for sums, now in zip(before, (k, n, total), strict=True):
        for window in range(1, windows):
            sums[window] = keep * sums[window - 1] + now[window - 1]
    flat = [sums.reshape(-1, bins) for sums in before]
    moved = fit_offset(flat[0], flat[1], flat[2]).reshape(windows, groups)
    return moved, before[1].sum(axis=2) > 0


def fit_offset(k: Floats, n: Floats, total: Floats, ridge: float = RIDGE, steps: int = 8) -> Floats:
    """Return (groups,) the most likely offset on the log-odds of each group's scores, under a normal prior; Newton's method.

    Args:
        k: (groups, bins) positive labels, perhaps discounted.
        n: (groups, bins) labelled rows.
        total: (groups, bins) sums of scores.
        ridge: precision of the prior, at least 0.
        steps: Newton steps, each at most 1 long.
    """
    odds = log_odds(np.clip(total / np.maximum(n, _FLAT), EDGE, 1 - EDGE))
    moved = np.zeros(len(k))
    for _ in range(steps):
        rate = sigmoid(odds + moved[:, None])
        slope = (k - n * rate).sum(axis=1) - ridge * moved
        curve = (n * rate * (1 - rate)).sum(axis=1) + max(ridge, _FLAT)
        moved = moved + np.clip(slope / curve, -1.0, 1.0)
    return moved


def log_odds(rate: Floats) -> Floats:
    """Return the logarithm of the odds of a rate in (0, 1)."""
    return np.asarray(np.log(rate) - np.log1p(-rate))


def sigmoid(odds: Floats) -> Floats:
    """Return the rate of log-odds, kept off 0 and 1 by `EDGE`."""
    return np.clip(1 / (1 + np.exp(-np.clip(odds, -30.0, 30.0))), EDGE, 1 - EDGE)
