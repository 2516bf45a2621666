"""Interactions of all pairs of players, laid out as shap lays its interaction values out.

`matrix` returns them as shap's interaction values (Lundberg et al. 2020, equation 7) are laid out: one half of an index at (i, j), the
other at (j, i), and on the diagonal what is left of the player's own value, so that each row of the matrix adds up to the player's
Shapley value and the whole to the score less the base value.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.explain.trees.tree_shap import TreeShap


def matrix(explainer: TreeShap, rows: NDArray[Any], output: int = 0) -> NDArray[np.float64]:
    """Return (rows, players, players) interaction values of encoded `rows`, laid out as shap's; meant for few rows."""
    players = explainer.players
    first, second = np.triu_indices(players, 1)
    halves = explainer.interact(rows, tuple(range(players)), output) / 2
    found = np.zeros((len(rows), players, players))
    found[:, first, second] = found[:, second, first] = halves
    own = explainer.explain(rows, output).values
    found[:, np.arange(players), np.arange(players)] = own - found.sum(axis=2)
    return found
