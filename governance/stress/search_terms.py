"""What a search for the worst error may be asked: terms that make no sense are refused, rows that are too few are told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError, unknown_choice
from governance.stress.kinds import kind_list

if TYPE_CHECKING:
    from governance.stress.scene import Scene
    from governance.stress.spec import StressWorst

FEWEST: Final = 60
"""Rows with which a search makes sense: thirty to find on, thirty to hold against."""


def check_search(scene: Scene, parameters: StressWorst) -> None:
    """Refuse terms that cannot be met, with what was expected.

    Raises:
        RefusedInputError: an unknown kind or column, a budget that is no share, more than two conditions, or a number out of its range.
    """
    _check_names(scene, parameters)
    _check_numbers(parameters)


def _check_names(scene: Scene, parameters: StressWorst) -> None:
    for kind in parameters.kinds:
        kind_list.named(kind)
    for noun, given, known in (
        ("column of the model", parameters.columns, scene.features),
        ("column of the data", parameters.conditions_on, scene.data.columns),
    ):
        strange = [name for name in given if name not in known]
        if strange:
            raise unknown_choice(noun, strange[0], known)


def _check_numbers(parameters: StressWorst) -> None:
    if not 0 < parameters.budget <= 1:
        raise RefusedInputError(
            f"The budget is {parameters.budget}, expected a share above 0 and at most 1.",
            "Write 0.05 for 5 % of the rows.",
        )
    if parameters.conditions not in (0, 1, 2):
        raise RefusedInputError(
            f"A worst error may combine {parameters.conditions} conditions, expected 0, 1 or 2.", "Lower it."
        )
    for name, least in (("minimum_rows", 1), ("shown", 1), ("looks", 0), ("most_rows", FEWEST)):
        if getattr(parameters, name) < least:
            raise RefusedInputError(f"{name} is {getattr(parameters, name)}, expected at least {least}.", "Raise it.")
    costs = parameters.costs
    for name, cost in (("wrongly selected", costs.false_positive), ("wrongly not selected", costs.false_negative)):
        if not (math.isfinite(cost) and cost >= 0):
            raise RefusedInputError(
                f"The cost of one person {name} is {cost}, expected a number of at least 0.", "Give what it costs."
            )


def unfit(scene: Scene, parameters: StressWorst, rows: NDArray[np.int64]) -> str:
    """Return why the rows do not allow the search, "" where they do."""
    halves = "one half finds the error, the other measures it"
    if len(rows) < FEWEST:
        left = "" if len(rows) == scene.rows else f" of {scene.rows:,} that can be searched"
        return f"{len(rows)} rows{left}, fewer than {FEWEST}: {halves}."
    if parameters.budget * (len(rows) // 2) < 1:
        return f"{parameters.budget:.3g} of one half of {len(rows):,} rows is no row at all: {halves}."
    among = np.intersect1d(rows, scene.columns.where(parameters.among), assume_unique=True)
    if len(among) < FEWEST:
        return f"The harm counts among {len(among)} rows, fewer than {FEWEST}: {halves}."
    return ""
