"""From raw scores to the model's answer: the link is recognised by comparing, never assumed.

An answer is recognised as g(factor * raw + shift) with a known g and at most two constants: so a logarithm with a factor (XGBoost's
Poisson, gamma and Tweedie objectives) and a fitted logistic curve (Platt's calibration) keep the exact way. The explained score is
factor * raw + shift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Link = Literal["identity", "logistic", "softmax", "exponential", "one_vs_rest", "path_length", "unknown"]
"""What turns the raw score into the model's output."""
_CLOSE: Final = 2e-5
"""Largest difference of an answer, relative to the largest answer of its column: what single precision leaves of a score of some
hundreds after an exponential function."""
_FITTED: Final = 3
"""Fewest different raw scores from which two constants are fitted: a third one contradicts a wrong fit."""
_STEEP: Final = 12.0
"""Log-odds beyond which a probability in single precision no longer shows its score."""


@dataclass(frozen=True, slots=True)
class Linked:
    """How a raw score becomes the answer: `link` of factor * raw + shift."""

    link: Link
    """"unknown" when nothing known turns the score into the answer."""
    factor: float = 1.0
    shift: float = 0.0
    tied: bool = False
    """With two classes: whether the score of the first one is `both` less that of the second one."""
    both: float = 0.0
    """What tied scores add up to: 0 for a logistic score, whose other side is its negative by definition."""
    between: bool = False
    """With two classes: whether the explained score is the second stored one less the first, of which a softmax shows no more."""
    offset: float = 0.0
    """What the answer of an isolation forest has beside its score: answer = offset - 2 ** -path length."""

    def sides(self, raw: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
        """Return the explained scores, one column per class: the other side of a logistic score is its negative."""
        if self.between:
            odds = raw[:, 1:] - raw[:, :1]
            return np.hstack([-odds, odds])
        own = raw if self.factor == 1.0 and self.shift == 0.0 else self.factor * raw + self.shift
        if classes == 2 and (self.tied or own.shape[1] == 1):
            return np.hstack([self.both - own[:, -1:], own[:, -1:]])
        return own

    def answers(self, raw: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
        """Return the model's answers that raw scores stand for."""
        found = apply(self.link, self.sides(raw, classes))
        return self.offset + found if self.offset else found


_PLAIN: Final = (
    Linked("identity"),
    Linked("logistic"),
    Linked("softmax"),
    Linked("exponential"),
    Linked("one_vs_rest"),
)


def link_of(raw: NDArray[np.float64], answer: NDArray[np.float64]) -> Linked:
    """Return what turns raw scores into answers; its link is "unknown" when nothing known does.

    Args:
        raw: (rows, scores) sums before any post transform.
        answer: (rows, classes) scores of the model, or (rows, 1) predictions.
    """
    classes, known = answer.shape[1], np.isfinite(raw).all(axis=1)
    raw, answer = raw[known], answer[known]
    if not len(raw):
        return Linked("unknown")
    for linked in (*(_tied(raw) if classes == 2 else ()), *_PLAIN, *_fitted(raw, answer)):
        if same_answers(linked.answers(raw, classes), answer):
            return linked
    return Linked("unknown")


def _tied(raw: NDArray[np.float64]) -> tuple[Linked, ...]:
    """Return the links of two classes of which one score is stored; ONNX Runtime writes the other one as 1 - s or as -s.

    A softmax of two scores is the logistic function of their difference. One of them alone says nothing: it may rise with a column
    while the probability falls, because the other one rises more.
    """
    both = float(np.round(np.median(raw.sum(axis=1)))) if raw.shape[1] == 2 else 0.0
    return (
        Linked("identity", tied=True, both=1.0),
        Linked("identity", tied=True),
        Linked("logistic", tied=True),
        Linked("logistic", 2.0, -both, tied=True),
        *([Linked("logistic", between=True)] if raw.shape[1] == 2 else []),
    )


def _fitted(raw: NDArray[np.float64], answer: NDArray[np.float64]) -> list[Linked]:
    """Return links with constants that fit the rows best; whether they fit is for the caller to see."""
    score, value = raw[:, -1], answer[:, -1]
    found: list[Linked | None] = []
    if answer.shape[1] == 1 and raw.shape[1] == 1:
        if (value > 0).all():
            found.append(Linked("exponential", 1.0, float(np.median(np.log(value) - score))))
        found.append(_line("identity", score, value))
        found.append(_path_length(score, value))
    if answer.shape[1] == 2 and raw.shape[1] <= 2:
        inside = (value > 0) & (value < 1)
        odds = np.log(value[inside]) - np.log1p(-value[inside])
        clear = np.abs(odds) < _STEEP
        found.append(_line("logistic", score[inside][clear], odds[clear], tied=True))
    return [item for item in found if item is not None]


def _path_length(score: NDArray[np.float64], value: NDArray[np.float64]) -> Linked | None:
    """Return the link of an isolation forest (Liu, Ting and Zhou 2008), whose score is 2 to the power of minus a path length."""
    if len(np.unique(score)) < _FITTED:
        return None
    factor = 1.0 if score.min() > 0 else -1.0
    with np.errstate(over="ignore"):
        offset = float(np.median(value + np.exp2(-factor * score)))
    return Linked("path_length", factor, offset=offset) if np.isfinite(offset) else None


def _line(link: Link, score: NDArray[np.float64], wanted: NDArray[np.float64], *, tied: bool = False) -> Linked | None:
    """Return the line through the lowest and the highest score; None where it has no direction."""
    if len(np.unique(score)) < _FITTED:
        return None
    low, high = int(score.argmin()), int(score.argmax())
    factor = float((wanted[high] - wanted[low]) / (score[high] - score[low]))
    if not np.isfinite(factor) or factor == 0:
        return None
    return Linked(link, factor, float(np.median(wanted - factor * score)), tied)


def apply(link: Link, raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the answers for scores of shape (rows, scores)."""
    with np.errstate(over="ignore"):
        if link == "logistic":
            return np.asarray(1.0 / (1.0 + np.exp(-raw)))
        if link == "softmax":
            shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
            return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
        if link == "one_vs_rest":
            each = 1.0 / (1.0 + np.exp(-raw))
            return np.asarray(each / each.sum(axis=1, keepdims=True))
        if link == "path_length":
            return np.asarray(-np.exp2(-raw))
        return np.asarray(np.exp(raw)) if link == "exponential" else raw


def units_of(link: Link, *, classifier: bool, probabilities: bool) -> str:
    """Return what one unit of a raw score means."""
    if link == "identity":
        return ("probability" if probabilities else "score") if classifier else "units of the prediction"
    return {
        "logistic": "log-odds",
        "softmax": "score before softmax",
        "exponential": "logarithm of the prediction",
        "one_vs_rest": "log-odds of the class against the rest",
        "path_length": "path length relative to that of a random tree",
    }[link]


def same_answers(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Tell whether answers are the same up to rounding, column by column."""
    if one.shape != other.shape or not np.isfinite(one).all():
        return False
    size = np.abs(other).max(axis=0, initial=np.finfo(np.float32).tiny)
    return bool((np.abs(one - other) <= _CLOSE * size).all())
