"""The pass over the rows: chunks of any subject become one small table of counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.evidence import Progress, RefusedInputError
from governance.statistics import Attribute, Codes, attributes
from governance.subject import Outcome, Subject, sliced
from governance.subject.outcome import outcome

if TYPE_CHECKING:
    import pandas as pd

    from governance.subject import Schema


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some rows, coded."""

    outcome: Outcome
    codes: list[Codes]
    """One array per attribute, the position of each row's group."""
    frame: pd.DataFrame


def _columns(subject: Subject, schema: Schema) -> tuple[str, ...]:
    named = (schema.target, schema.weight, schema.score, schema.prediction, schema.timestamp)
    asked = subject.model.signature.columns if subject.predictions is None and subject.model else ()
    return tuple(dict.fromkeys(name for name in (*schema.sensitive, *schema.control, *named, *asked) if name))


def read_attributes(subject: Subject) -> tuple[Attribute, ...]:
    """Return how the sensitive and the control columns are coded.

    Raises:
        RefusedInputError: the schema names no sensitive column, or a column that cannot group people.
    """
    schema = subject.data.schema
    schema.check(subject.data.columns)
    names = tuple(dict.fromkeys((*schema.sensitive, *schema.control)))
    if not schema.sensitive:
        raise RefusedInputError(
            "The schema names no sensitive column, so there are no groups to compare.",
            'Add for example: sensitive = ["sex"].',
        )
    return attributes(names, subject.data.chunks(names), schema.code)


def chunks(
    subject: Subject, schema: Schema, found: tuple[Attribute, ...], progress: Progress, rows: int = 262_144
) -> Iterator[Chunk]:
    """Yield the rows of a subject with labels, decisions and groups coded.

    Without stored predictions the model is asked about each chunk, so that one chunk is in memory at a time.

    Raises:
        RefusedInputError: a label that the schema does not declare, or neither a score nor a decision.
    """
    start = 0
    for frame in subject.data.chunks(_columns(subject, schema), rows):
        progress(start, subject.data.n_rows, "counting rows by group")
        stop = start + len(frame)
        answers = sliced(subject.predictions, start, stop)
        if answers is None and subject.model is not None:
            answers = subject.model.predict(frame)
        result = outcome(frame, schema, answers)
        yield Chunk(result, [attribute.code(frame[attribute.name]) for attribute in found], frame)
        start = stop
    progress(start, subject.data.n_rows, "counting rows by group")
