"""The method `explain.neighbours`: real rows that are much like the one in question and were decided otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from governance.evidence import Finding, NotAssessed, Progress
from governance.explain.methods.local_view import identifier_of, one_of, row_at, value_text
from governance.explain.methods.nearest import Likeness
from governance.explain.results.report import Difference, Neighbour, Neighbours
from governance.explain.selection.decisions import decisions_of, outcome_word
from governance.explain.spec import NeighboursParameters
from governance.subject import Subject


def run(
    subject: Subject,
    parameters: NeighboursParameters,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - every method has the same signature
    progress: Progress,
) -> Finding[Neighbours]:
    """Find the nearest rows with the other outcome, and say in what they differ."""
    decisions = decisions_of(subject)
    if isinstance(decisions, NotAssessed) or subject.model is None:
        return Finding(
            decisions if isinstance(decisions, NotAssessed) else NotAssessed("There is no model."),
            one_of(subject.data.n_rows),
        )
    frame = subject.data.frame(subject.model.signature.columns)
    row = row_at(frame, parameters.row)
    selected = bool(decisions.selected[parameters.row])
    others = np.flatnonzero(decisions.selected != selected)
    progress(0, 1, "looking for rows that are alike")
    likeness, pool = Likeness(frame, subject.data.schema.code), frame.iloc[others]
    distance = likeness.distance(row, pool)
    nearest = []
    for at in np.argsort(distance, kind="stable")[: parameters.count].tolist():
        position = int(others[at])
        nearest.append(
            Neighbour(
                row=position,
                identifier=identifier_of(subject.data, position),
                distance=float(distance[at]),
                prediction=float(decisions.score[position]),
                differences=differences(row, frame.iloc[position : position + 1]),
            )
        )
    result = Neighbours(
        row=parameters.row,
        identifier=identifier_of(subject.data, parameters.row),
        prediction=float(decisions.score[parameters.row]),
        outcome=outcome_word(selected=selected),
        threshold=decisions.threshold,
        others=len(others),
        nearest=tuple(nearest),
    )
    return Finding(result, one_of(len(frame)))


def differences(own: pd.DataFrame, other: pd.DataFrame) -> tuple[Difference, ...]:
    """Return the columns in which two rows differ, each given as a frame of one row."""
    found = []
    for name in own.columns:
        mine, theirs = value_text(own[name].iloc[0]), value_text(other[name].iloc[0])
        if mine != theirs:
            found.append(Difference(name, mine, theirs))
    return tuple(found)
