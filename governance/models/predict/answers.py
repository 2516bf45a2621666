"""What comes out of a model, checked: a score per class and a label among the classes, for every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from governance.evidence import RefusedInputError

_FEW: Final = 3
"""Fewest rows of a label from which a contradiction is seen."""

if TYPE_CHECKING:
    from numpy.typing import NDArray


def scores_of(found: NDArray[np.generic], n: int, k: int) -> NDArray[np.float64]:
    """Return scores as (n, k); one probability for two classes becomes both.

    Raises:
        RefusedInputError: another shape, or scores that are no finite numbers.
    """
    score = np.asarray(found, dtype=np.float64)
    if score.shape in ((n,), (n, 1)) and k == 2:
        score = _both(score.reshape(n, 1))
    score = score.reshape(n, 1) if score.shape == (n,) else score
    if score.shape != (n, k):
        raise RefusedInputError(
            f"The model answers with scores of shape {list(score.shape)}, expected {[n, k]}.",
            "Export it with one score per class and row.",
        )
    bad = ~np.isfinite(score).all(axis=1)
    if bad.any():
        raise RefusedInputError(
            f"The model gives no finite score for {int(bad.sum())} of {n} rows (first: row {int(bad.argmax())}).",
            "Look at the values of these rows: a missing value that the model was not trained on is the usual cause.",
        )
    return score


def are_probabilities(score: NDArray[np.float64]) -> bool:
    """Tell whether scores lie between 0 and 1 and those of several classes add up to 1, up to rounding."""
    inside = bool(score.size and np.all((score >= -1e-6) & (score <= 1 + 1e-6)))
    return inside and (score.shape[1] == 1 or bool(np.allclose(score.sum(axis=1), 1, atol=1e-4)))


def contradiction(label: NDArray[np.intp], score: NDArray[np.float64]) -> str:
    """Return in words how labels and scores of the same rows contradict each other, "" when they do not.

    With two classes any threshold may decide, but the score must be higher where the label is the second class. With more of them
    the label must be the class with the highest score more often than chance alone would have it.
    """
    n, k = score.shape
    if k == 2:
        first, second = score[label == 0, 1], score[label == 1, 1]
        if min(len(first), len(second)) >= _FEW and second.max() < first.min():
            return f"each of {len(second)} rows with the second label has a lower score for it than all of the {len(first)} others"
        return ""
    hits = int((score.argmax(axis=1) == label).sum())
    if n >= _FEW * k and len(np.unique(label)) > 1 and hits < n / k:
        return f"the label is the class with the highest score in {hits} of {n} rows only"
    return ""


def hold_labels(label: NDArray[np.intp], score: NDArray[np.float64]) -> None:
    """Check that labels and scores of the same rows do not contradict each other.

    Raises:
        RefusedInputError: they do: every measure that is built on the score would be upside down.
    """
    found = contradiction(label, score)
    if found:
        raise RefusedInputError(
            f"The file's labels contradict its scores: {found}.",
            "Export it with probabilities: for a support vector machine wrap it in sklearn.calibration.CalibratedClassifierCV.",
        )


def softmax(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores of several classes as probabilities."""
    shifted = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def _both(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return both columns from the score of the second class, which must be a probability."""
    if np.nanmin(score) < 0 or np.nanmax(score) > 1:
        raise RefusedInputError(
            f"The model gives one score for two classes, from {np.nanmin(score):g} to {np.nanmax(score):g}; "
            "expected probabilities.",
            "Export it with one probability per class.",
        )
    return np.hstack([1 - score, score])


def codes_of(found: NDArray[np.generic], classes: tuple[str, ...], n: int) -> NDArray[np.intp]:
    """Return the labels that a model answers as (n,) indices into `classes`.

    Raises:
        RefusedInputError: another number of labels, or a label that is not among the classes.
    """
    labels = np.asarray(found).reshape(-1)
    if len(labels) != n:
        raise RefusedInputError(
            f"The model answers with {len(labels)} labels for {n} rows.", "Export it with one label per row."
        )
    codes = np.full(n, -1, dtype=np.intp)
    as_text = labels.dtype.kind not in "biuf"
    for index, name in enumerate(classes):
        codes[labels == (name if as_text else _number(name))] = index
    if (codes < 0).any():
        strange = labels[codes < 0][0]
        raise RefusedInputError(
            f"The model answers {strange!r}, which is not one of its classes: {', '.join(map(repr, classes))}.",
            "Name the classes as the model writes them.",
        )
    return codes


def _number(name: str) -> float | None:
    """Return the number that stands for a class; booleans are 0 and 1."""
    if name in ("False", "True"):
        return float(name == "True")
    try:
        return float(name)
    except ValueError:
        return None
