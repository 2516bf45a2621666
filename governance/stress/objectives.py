"""What the search for the worst error calls harm: one object each. Harm is a sum over rows, so that it can be counted.

Of classes it follows from the class that is decided, of predicted numbers from the number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError, unknown_choice
from governance.language import mark
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


Weigh = Callable[[Clean, NDArray[np.int64], Costs], Floats]
OfNumbers = Callable[[Clean, NDArray[np.int64], Floats], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One meaning of harm, either of decisions or of predicted numbers."""

    id: str
    title: str
    unit: str
    """"share" for shares of rows, "cost" for the unit of the costs, "prediction" for the unit of the predicted number."""
    weigh: Weigh | None = None
    """(labels and decisions, m rows, costs) -> (m, classes): what each row adds to the harm when it is decided so."""
    of_numbers: OfNumbers | None = None
    """(labels, m rows, (m,) predicted numbers) -> (m,): what each row adds to the harm when the model predicts so."""
    needs_labels: bool = True
    """Whether it compares with the truth."""
    needs_two: bool = False
    """Whether it speaks of being selected."""
    needs_groups: bool = False
    """Whether it needs a sensitive column."""


def _accuracy(clean: Clean, rows: NDArray[np.int64], _: Costs) -> Floats:
    truth = clean.truth[rows]
    known = truth < clean.classes
    return np.asarray(-(truth[:, None] == np.arange(clean.classes)).astype(float) / max(1, known.sum()))


def _changed(clean: Clean, rows: NDArray[np.int64], _: Costs) -> Floats:
    return np.asarray(-(clean.decided[rows][:, None] == np.arange(clean.classes)).astype(float) / len(rows))


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


def _positives_found(clean: Clean, rows: NDArray[np.int64], _: Costs) -> Floats:
    positive = clean.truth[rows] == 1
    found = np.zeros((len(rows), 2))
    found[positive, 1] = -1.0 / max(1, positive.sum())
    return found


def _absolute_error(clean: Clean, rows: NDArray[np.int64], predicted: Floats) -> Floats:
    truth = clean.value[rows]
    known = ~np.isnan(truth)
    return np.asarray(np.where(known, np.abs(predicted - truth), 0.0) / max(1, known.sum()))


def _mean_lost(clean: Clean, rows: NDArray[np.int64], predicted: Floats) -> Floats:  # noqa: ARG001 - it needs no label
    return np.asarray(-predicted / len(rows))


def _mean_grown(clean: Clean, rows: NDArray[np.int64], predicted: Floats) -> Floats:  # noqa: ARG001 - it needs no label
    return np.asarray(predicted / len(rows))


def _mean_gap(clean: Clean, rows: NDArray[np.int64], predicted: Floats) -> Floats:
    largest, second = _two_groups(clean, rows)
    return np.asarray(predicted * (largest / max(1, largest.sum()) - second / max(1, second.sum())))


OBJECTIVES: tuple[Objective, ...] = (
    Objective(id="accuracy", title=mark("Right decisions lost (accuracy)"), unit="share", weigh=_accuracy),
    Objective(id="decisions", title=mark("Decisions that change"), unit="share", weigh=_changed, needs_labels=False),
    Objective(id="selection_rate", title=mark("Share selected, lost (selection rate)"), unit="share", weigh=_selected,
              needs_labels=False, needs_two=True),
    Objective(id="true_positive_rate", title=mark("Positives no longer found (true positive rate)"), unit="share", weigh=_positives_found,
              needs_two=True),
    Objective(id="true_positive_rate_gap", unit="share", weigh=_tpr_gap, needs_two=True, needs_groups=True,
              title=mark("Gap in positives found, largest group less the second (equal opportunity)")),
    Objective(id="selection_rate_gap", unit="share", weigh=_selection_gap, needs_labels=False, needs_two=True, needs_groups=True,
              title=mark("Gap in the share selected, largest group less the second (demographic parity)")),
    Objective(id="cost", title=mark("Cost of wrong decisions, per person"), unit="cost", weigh=_cost, needs_two=True),
    Objective(id="mean_absolute_error", title=mark("Growth of the mean absolute error"), unit="prediction", of_numbers=_absolute_error),
    Objective(id="mean_score", title=mark("Fall of the mean predicted number"), unit="prediction", of_numbers=_mean_lost,
              needs_labels=False),
    Objective(id="mean_score_rise", title=mark("Rise of the mean predicted number"), unit="prediction", of_numbers=_mean_grown,
              needs_labels=False),
    Objective(id="mean_score_gap", title=mark("Gap in the mean predicted number, largest group less the second"), unit="prediction",
              of_numbers=_mean_gap, needs_labels=False, needs_groups=True),
)  # fmt: skip


def fitting(*, classes: int, groups: bool, labelled: bool) -> tuple[Objective, ...]:
    """Return the objectives that a model and its data have, the usual one first.

    Args:
        classes: of the model; fewer than 2 for predicted numbers.
        groups: whether there is a sensitive column.
        labelled: whether any row has a label.
    """
    return tuple(
        item
        for item in OBJECTIVES
        if (item.weigh is not None) == (classes >= 2)
        and (not item.needs_two or classes == 2)
        and (not item.needs_groups or groups)
        and (not item.needs_labels or labelled)
    )


def objective(name: str, clean: Clean, labelled: int) -> Objective:
    """Return the objective called `name`, or for "" the first that fits: what is right where there are labels, else what changes.

    Raises:
        RefusedInputError: there is none, or the subject lacks what it speaks of.
    """
    able = fitting(classes=clean.classes, groups=len(clean.groupings) > 1, labelled=labelled > 0)
    names = tuple(item.id for item in able)
    if not name:
        return able[0]
    found = next((item for item in OBJECTIVES if item.id == name), None)
    if found is None:
        raise unknown_choice("objective", name, tuple(item.id for item in OBJECTIVES))
    if found not in able:
        raise RefusedInputError(f"The objective {name} {_lacks(found, clean)}.", f"Take one of {', '.join(names)}.")
    return found


def _lacks(found: Objective, clean: Clean) -> str:
    """Return what a model or its data lack of an objective."""
    if (found.weigh is not None) != (clean.classes >= 2):
        needed = "decisions" if found.weigh is not None else "predicted numbers"
        return f"is about {needed}; the model gives {'classes' if clean.classes >= 2 else 'a number'}"
    if found.needs_two and clean.classes != 2:
        return f"is about two classes; the model has {clean.classes}"
    if found.needs_groups and len(clean.groupings) < 2:
        return "compares groups, and the schema names no sensitive column"
    return "needs labels, and no row has one"
