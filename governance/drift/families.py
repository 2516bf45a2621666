"""One error rate for a whole window, shared out over all that may alarm in it: columns, metrics, groups, estimates, errors in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal

Family = Literal[
    "columns", "inside_groups", "reached", "main_metric", "other_metrics", "groups", "answers", "estimate", "order"
]
WEIGHTS: Final[Mapping[Family, int]] = {
    "columns": 5,
    "groups": 6,
    "main_metric": 4,
    "other_metrics": 1,
    "inside_groups": 1,
    "reached": 1,
    "answers": 1,
    "estimate": 1,
    "order": 1,
}
"""How the error rate is shared: by these weights among the families that are asked. Groups get most, as there are most of them."""
NAMES: Final[Mapping[Family, str]] = {
    "columns": "columns",
    "groups": "metrics of groups",
    "main_metric": "the main metric",
    "other_metrics": "other metrics",
    "inside_groups": "columns inside groups",
    "reached": "what moves the answers",
    "answers": "the model's answers",
    "estimate": "the estimate without labels",
    "order": "errors in their order",
}
"""What a sentence calls a family."""


def levels(alpha: float, asked: Collection[Family], *, shared: bool = True) -> dict[str, float]:
    """Return what the corrected p values of each family are held against; together they spend `alpha`.

    So the chance that a window in which nothing moved says "moved" or "worse" of anything is at most `alpha` (Bonferroni over
    families). What is asked must not depend on the values: only on which columns, labels and groups there are.

    Args:
        alpha: the chance of any false alarm in the window, 0 to 1.
        asked: the families that can alarm here.
        shared: False for a user who asked for no correction: each family gets all of `alpha`.
    """
    known = [name for name in WEIGHTS if name in asked]
    total = sum(WEIGHTS[name] for name in known)
    return {name: alpha * (WEIGHTS[name] / total if shared else 1.0) for name in known}


def in_words(found: Mapping[str, float]) -> str:
    """Return how the error rate is shared, in one sentence; "" where there is one family alone."""
    if len(found) < 2:
        return ""
    parts = ", ".join(f"{NAMES[name]} {found[name]:.2%}" for name in WEIGHTS if name in found)
    return f"The chance of any false alarm in a window without change is shared: {parts}."
