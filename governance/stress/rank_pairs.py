"""Compiled counting of pairs for areas under the ROC curve: binary searches in lists that are sorted once."""

from __future__ import annotations

from typing import Any

import numpy as np

from governance.models import kernel


@kernel
def below(bounds: Any, values: Any) -> Any:
    """Return for each bound how many of some sorted values lie below it, equal ones counting half."""
    found = np.empty(len(bounds))
    for i in range(len(bounds)):
        found[i] = _below(values, bounds[i])
    return found


@kernel
def _below(values: Any, bound: Any) -> Any:
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < bound:
            low = middle + 1
        else:
            high = middle
    if low == len(values) or values[low] != bound:
        return float(low)
    first, high = low, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] <= bound:
            low = middle + 1
        else:
            high = middle
    return (first + low) / 2


@kernel
def _above(positives: Any, negatives: Any) -> Any:
    """Return over all pairs how often the positive lies above the negative, ties counting half; `negatives` are sorted."""
    total = 0.0
    for i in range(len(positives)):
        total += _below(negatives, positives[i])
    return total


@kernel
def pairs_moved(ranked: Any, old: Any, worth: Any, new: Any, positive: Any) -> Any:
    """Return by how much the sum over pairs grows when rows with the scores `old` get the scores `new`.

    Args:
        ranked: (scores of positives, scores of negatives), all rows of the group, sorted, with the old scores.
        old: (m,) old scores of the changed rows.
        worth: (m,) what each of them adds to the sum: the pairs in which it stands, and the positive lies above.
        new: (m,) their new scores.
        positive: (m,) which of them are positive.
    """
    positives, negatives = ranked
    p_old, p_new, n_new = old[positive], new[positive], new[~positive]
    n_old = np.sort(old[~positive])
    gained = _above(p_new, negatives) + len(n_new) * len(positives) - _above(n_new, positives)
    n_new = np.sort(n_new)
    within = _above(p_old, n_old) + _above(p_new, n_new) - _above(p_new, n_old) - _above(p_old, n_new)
    return gained - worth.sum() + within
