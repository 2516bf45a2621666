"""What comes out of a model, checked: a score per class and a label among the classes, for every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from governance.errors import RefusedInputError

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
