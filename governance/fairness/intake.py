"""The pass over the rows: chunks of any subject become one small table of counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from governance.data.outcome import Outcome, outcome, text_of
from governance.errors import RefusedInputError
from governance.evidence import Progress
from governance.fairness.groups import Attribute, Codes, attributes
from governance.models.signature import Prediction
from governance.subject import Subject

if TYPE_CHECKING:
    import pandas as pd

    from governance.data.schema import Schema


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some rows, coded."""

    outcome: Outcome
    codes: list[Codes]
    """One array per attribute, the position of each row's group."""
    frame: pd.DataFrame


def sliced(prediction: Prediction | None, start: int, stop: int) -> Prediction | None:
    """Return the answers for the rows from `start` to `stop`."""
    if prediction is None:
        return None
    label = None if prediction.label is None else prediction.label[start:stop]
    return Prediction(prediction.classes, label, prediction.score[start:stop])


def _columns(subject: Subject, schema: Schema) -> tuple[str, ...]:
    named = (schema.target, schema.weight, schema.score, schema.prediction, schema.timestamp)
    asked = subject.model.signature.columns if subject.predictions is None and subject.model else ()
    return tuple(dict.fromkeys(name for name in (*schema.sensitive, *schema.control, *named, *asked) if name))


def declared(subject: Subject) -> Schema:
    """Return the schema with every other label written out, so that all chunks read labels alike.

    Raises:
        RefusedInputError: more than two labels and no declaration which of them count as negative.
    """
    schema = subject.data.schema
    schema.check(subject.data.columns)
    column = schema.target or schema.prediction
    if not schema.positive or schema.negative or not column:
        return schema
    roles = tuple(name for name in (schema.target, schema.prediction) if name)
    seen: set[str] = set()
    for frame in subject.data.chunks(roles):
        for name in roles:
            seen |= set(text_of(frame[name].drop_duplicates()).dropna())
    others = tuple(sorted(seen - {schema.positive}))
    if len(others) > 1 or (len(seen) > 1 and schema.positive not in seen):
        raise RefusedInputError(
            f"Column {column!r} holds {', '.join(map(repr, sorted(seen)[:12]))}; positive is {schema.positive!r}.",
            "Declare every other value: negative = [...] in the schema.",
        )
    return replace(schema, negative=others)


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
    return attributes(names, subject.data.chunks(names))


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
