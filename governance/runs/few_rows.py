"""A first answer from a few rows: the method itself, asked about a draw of the rows, while the run on all of them is under way.

A preview is shown and forgotten. It is no evidence and cannot become any: it has no key, no digest and no bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from governance.evidence import JsonValue, NotAssessed, decode
from governance.runs.run import DataFile, Task, assess, open_data, open_model, with_predictions
from governance.subject import Subject

if TYPE_CHECKING:
    from governance.subject import Dataset

R = TypeVar("R")
ROWS: Final = 500
"""Rows of a preview: a mean over them has an interval of about a tenth of a standard deviation to each side."""
FEWEST: Final = 4 * ROWS
"""Rows of a table from which on a preview is worth its work; the answer about fewer comes as fast."""
_SEED: Final = 500
"""Which rows are drawn: the same whenever somebody looks."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a method says about a draw of the rows."""

    rows: int
    """Rows that the answer rests on."""
    of: int
    """Rows of the cohort that they were drawn from, by chance and without putting back."""
    assessed: bool
    result: JsonValue

    def read(self, kind: type[R]) -> R | NotAssessed:
        """Return the result as an instance of the method's result type, or the reason why there is none.

        Its intervals say how far a draw of so many rows can be from all of them.
        """
        return decode(kind, self.result) if self.assessed else decode(NotAssessed, self.result)


def preview(task: Task, *, reference_too: bool) -> Preview:
    """Answer the question of `task` from `ROWS` rows of its data, drawn by chance.

    Args:
        task: the question; what earlier runs stored is about all rows and is not used.
        reference_too: whether as many rows are drawn of the reference, which is compared; a background is taken as it is, so that
            each row gets the values that the answer about all rows has for it.

    Raises:
        RefusedInputError: as the run itself.
    """
    whole = open_data(task.data)
    data = drawn(task.data, whole)
    other = open_data(task.reference) if task.reference else None
    if task.reference and other and reference_too:
        other = drawn(task.reference, other)
    subject = Subject(
        data=data,
        model=open_model(task.model) if task.model and task.spec.uses_model else None,
        reference=(other or whole) if task.spec.uses_reference else None,
    )
    asked = replace(task, arrays={})
    evidence, _ = assess(asked, with_predictions(asked, subject))
    return Preview(min(data.n_rows, evidence.rows.used), whole.n_rows, evidence.assessed, evidence.result)


def drawn(file: DataFile, whole: Dataset) -> Dataset:
    """Return `ROWS` rows of a data set in their order, all of them where there are no more."""
    import numpy as np

    from governance.data import InMemory

    frame = whole.frame(whole.columns)
    if len(frame) > ROWS:
        frame = frame.iloc[np.sort(np.random.default_rng(_SEED).choice(len(frame), ROWS, replace=False))]
    name = hashlib.sha256(f"{file.digest} {ROWS} rows of {file.cohort}".encode()).hexdigest()
    return InMemory(frame, whole.schema, digest=name, reading=whole.reading)
