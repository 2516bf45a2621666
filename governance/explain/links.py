"""From raw scores to the model's answer: the link is recognised by comparing, never assumed."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.explain.report import Link

_CLOSE: Final = 1e-4


def link_of(raw: NDArray[np.float64], answer: NDArray[np.float64]) -> Link:
    """Return what turns raw scores into answers.

    Args:
        raw: (rows, scores) sums before any post transform.
        answer: (rows, classes) scores of the model, or (rows, 1) predictions.
    """
    wide = both_sides(raw, answer.shape[1])
    candidates: tuple[Link, ...] = ("identity", "logistic", "softmax", "exponential")
    for link in candidates:
        if wide.shape == answer.shape and _same(apply(link, wide), answer):
            return link
    if answer.shape[1] == 2 and raw.shape[1] == 2 and _same(apply("logistic", raw)[:, 1], answer[:, 1]):
        return "logistic"
    return "unknown"


def both_sides(raw: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    """Return scores of both classes when only that of the second is there: the first one's is its negative."""
    return np.hstack([-raw, raw]) if classes == 2 and raw.shape[1] == 1 else raw


def apply(link: Link, raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the answers for raw scores of shape (rows, scores)."""
    with np.errstate(over="ignore"):
        if link == "logistic":
            return np.asarray(1.0 / (1.0 + np.exp(-raw)))
        if link == "softmax":
            shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
            return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
        return np.asarray(np.exp(raw)) if link == "exponential" else raw


def units_of(link: Link, *, classifier: bool, probabilities: bool) -> str:
    """Return what one unit of a raw score means."""
    if link == "identity":
        return ("probability" if probabilities else "score") if classifier else "units of the prediction"
    return {"logistic": "log-odds", "softmax": "score before softmax", "exponential": "logarithm of the prediction"}[
        link
    ]


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    size = max(1.0, float(np.abs(other).max(initial=0.0)))
    return bool(np.abs(one - other).max(initial=0.0) <= _CLOSE * size)
