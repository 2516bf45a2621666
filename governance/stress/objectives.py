"""What the search for the worst error calls harm: one object each. Harm is a sum over rows, so that it can be counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError, unknown_choice
from governance.stress.effect import Clean

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Costs:
    """What wrong decisions cost, in any one unit."""

    false_positive: float = 1.0
    """Of one person wrongly selected, at least 0."""
    false_negative: float = 1.0
    """Of one person wrongly not selected, at least 0."""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Objective:
    """One meaning of harm."""

    id: str
    title: str
    unit: str
    """"share" for shares of rows, "cost" for the unit of the costs."""
    weigh: Callable[[Clean, NDArray[np.int64], Costs], Floats]
    """(labels and decisions, m rows, costs) -> (m, classes): what each row adds to the harm when it is decided so."""
    needs_two: bool = False
    """Whether it speaks of being selected."""
    needs_groups: bool = False
    """Whether it needs a sensitive column."""


def _accuracy(clean: Clean, rows: NDArray[np.int64], _: Costs) -> Floats:
    truth = clean.truth[rows]
    known = truth < clean.classes
    return np.asarray(-(truth[:, None] == np.arange(clean.classes)).astype(float) / max(1, known.sum()))


def _two_groups(clean: Clean, rows: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which rows belong to the largest group of the first sensitive column, and which to the second largest."""
    grouping = clean.groupings[1]
    counts = np.bincount(grouping.codes, minlength=len(grouping.names))
    counts[-1] = 0
    order = np.argsort(-counts, kind="stable")
    codes = grouping.codes[rows]
    return codes == order[0], codes == order[1]


def _gap(clean: Clean, rows: NDArray[np.int64], counts: NDArray[np.bool_]) -> Floats:
    """Return what a selected row adds to the rate of the largest group less that of the second."""
    largest, second = _two_groups(clean, rows)
    found = np.zeros((len(rows), 2))
    for group, sign in ((largest & counts, 1.0), (second & counts, -1.0)):
        found[group, 1] = sign / max(1, group.sum())
    return found


def _tpr_gap(clean: Clean, rows: NDArray[np.int64], _: Costs) -> Floats:
    return _gap(clean, rows, clean.truth[rows] == 1)


def _selection_gap(clean: Clean, rows: NDArray[np.int64], _: Costs) -> Floats:
    return _gap(clean, rows, np.ones(len(rows), bool))


def _cost(clean: Clean, rows: NDArray[np.int64], costs: Costs) -> Floats:
    truth = clean.truth[rows]
    found = np.zeros((len(rows), 2))
    found[truth == 0, 1] = costs.false_positive / len(rows)
    found[truth == 1, 0] = costs.false_negative / len(rows)
    return found


def _selected(clean: Clean, rows: NDArray[np.int64], _: Costs) -> Floats:
    found = np.zeros((len(rows), 2))
    found[:, 1] = -1.0 / len(rows)
    del clean
    return found


OBJECTIVES: tuple[Objective, ...] = (
    Objective("accuracy", "Right decisions lost (accuracy)", "share", _accuracy),
    Objective("selection_rate", "Share selected, lost (selection rate)", "share", _selected, needs_two=True),
    Objective("true_positive_rate_gap", "Gap in positives found, largest group less the second (equal opportunity)",
              "share", _tpr_gap, needs_two=True, needs_groups=True),
    Objective("selection_rate_gap", "Gap in the share selected, largest group less the second (demographic parity)",
              "share", _selection_gap, needs_two=True, needs_groups=True),
    Objective("cost", "Cost of wrong decisions, per person", "cost", _cost, needs_two=True),
)  # fmt: skip
LABEL_FREE: Final = ("selection_rate", "selection_rate_gap")


def objective(name: str, clean: Clean, labelled: int) -> Objective:
    """Return the objective called `name`.

    Raises:
        RefusedInputError: there is none, or the subject lacks what it speaks of.
    """
    found = next((item for item in OBJECTIVES if item.id == name), None)
    if found is None:
        raise unknown_choice("objective", name, tuple(item.id for item in OBJECTIVES))
    if clean.classes < 2:
        raise RefusedInputError(
            "The search for the worst error needs labels that are classes; the model predicts a number.",
            "Look at what can go wrong instead: it measures errors of predicted numbers.",
        )
    if found.needs_two and clean.classes != 2:
        raise RefusedInputError(
            f"The objective {name} is about two classes; the model has {clean.classes}.", "Take accuracy."
        )
    if found.needs_groups and len(clean.groupings) < 2:
        raise RefusedInputError(f"The objective {name} compares groups.", "Name a sensitive column in the schema.")
    if not labelled and name not in LABEL_FREE:
        raise RefusedInputError(f"The objective {name} needs labels.", f"Take one of {', '.join(LABEL_FREE)}.")
    return found
