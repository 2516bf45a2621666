"""People whose group is not known: counted, shown, and bounded for what their membership could change."""

from __future__ import annotations

import numpy as np

from governance.fairness.report import Bound, Unknown
from governance.statistics import Cells, rate, total


def bounds(selected: float, known: float, unknown: float) -> tuple[float, float]:
    """Return [s / (a + m), (s + m) / (a + m)] for s selected of a known members and m people of unknown membership.

    All m belong to the group, and none or all of them were selected.
    """
    return selected / (known + unknown), (selected + unknown) / (known + unknown)


def sharp_bounds(selected: float, known: float, unknown_selected: float, unknown: float) -> tuple[float, float]:
    """Return the narrower bounds that hold when the decisions about the unknown people are known.

    Lowest: everyone not selected belongs, s / (a + m0). Highest: everyone selected belongs, (s + m1) / (a + m1).
    """
    low = selected / (known + unknown - unknown_selected)
    high = (selected + unknown_selected) / (known + unknown_selected)
    return low, high


def unknowns(cells: Cells, *, decisions: bool = True, min_rows: int = 1) -> tuple[Unknown, ...]:
    """Return the account of missing values of each attribute of `cells`; attributes without any are left out.

    Args:
        cells: counts by the attributes.
        decisions: whether there are yes-or-no decisions, so that selection rates can be bounded.
        min_rows: a group with fewer decided rows has no rate and no bounds.
    """
    found = []
    selection = rate("selection_rate")
    everyone = int(cells.rows.sum())
    for attribute in cells.attributes:
        one = cells.marginal((attribute.name,))
        missing = one.groups[:, 0] == len(attribute.values)
        if not missing.any():
            continue
        selected, decided = total(one.rows, selection.top), total(one.rows, selection.base)
        m1, m = float(selected[missing][0]), float(decided[missing][0])
        known = float(decided[~missing].sum())
        limits = []
        for at in np.flatnonzero(~missing & (decided >= max(min_rows, 1))) if decisions else ():
            s, a = float(selected[at]), float(decided[at])
            part = a / known
            name, proportional = attribute.names[one.groups[at, 0]], (s + part * m1) / (a + part * m)
            limits.append(Bound(name, s / a, *bounds(s, a, m), *sharp_bounds(s, a, m1, m), proportional))
        rows = int(one.rows[missing].sum())
        found.append(Unknown(attribute.name, rows, rows / everyone, int(m1) if decisions else 0, tuple(limits)))
    return tuple(found)
