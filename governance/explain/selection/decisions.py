"""Who is selected: the score of the positive class against the schema's threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from governance.evidence import NotAssessed
from governance.explain.selection.select import target_of

if TYPE_CHECKING:
    from governance.subject import Subject


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions on all rows of a subject."""

    target: int
    """Number of the class that the score is about."""
    score: NDArray[np.float64]
    """(rows,)."""
    threshold: float
    good: bool
    """Whether being selected is good for the person."""

    @property
    def selected(self) -> NDArray[np.bool_]:
        """(rows,) whether the score reaches the threshold."""
        return np.asarray(self.score >= self.threshold)

    @property
    def favourable(self) -> NDArray[np.bool_]:
        """(rows,) whether the decision is good for the person."""
        return self.selected if self.good else ~self.selected


def decisions_of(subject: Subject) -> Decisions | NotAssessed:
    """Return the decisions on the subject's rows, or why there are none (only a binary classifier decides by threshold)."""
    model = subject.model
    if model is None or len(model.signature.classes) != 2:
        return NotAssessed("Only a model with two classes has one outcome and another; this one has not.")
    schema = subject.data.schema
    target = target_of(model.signature, schema, "")
    prediction = subject.predictions
    if prediction is None:
        prediction = model.predict(subject.data.frame(model.signature.columns))
    return Decisions(target, prediction.score[:, target], schema.threshold, schema.selected_is == "good")


def outcome_word(*, selected: bool) -> str:
    """Return the outcome in words."""
    return "selected" if selected else "not selected"
