"""Labels and predictions as every method takes them in: other labels written out, answers cut to a chunk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from governance.evidence import RefusedInputError, text_of
from governance.subject import several
from governance.subject.outcome import decisions
from governance.subject.signature import Prediction

if TYPE_CHECKING:
    from governance.subject.schema import Schema
    from governance.subject.subject import Subject


def sliced(prediction: Prediction | None, start: int, stop: int) -> Prediction | None:
    """Return the answers for the rows from `start` to `stop`."""
    if prediction is None:
        return None
    label = None if prediction.label is None else prediction.label[start:stop]
    return Prediction(prediction.classes, label, prediction.score[start:stop])


def _one_coding(by_role: dict[str, set[str]], schema: Schema) -> dict[str, set[str]]:
    """Return the values that share the label's coding: a decision with a coding of its own is left out.

    Raises:
        RefusedInputError: the decision is coded otherwise and the schema does not say how.
    """
    import pandas as pd

    if not schema.prediction_positive:
        decisions(
            pd.Series(sorted(by_role[schema.prediction]), dtype="str"),
            replace(schema, negative=tuple(by_role[schema.target])),
        )
        return by_role
    return {schema.target: by_role[schema.target]}


def declared(subject: Subject) -> Schema:
    """Return the schema with every other label written out, so that all chunks read labels alike.

    Raises:
        RefusedInputError: more than two labels and no declaration which of them count as negative.
    """
    schema = subject.data.schema
    schema.check(subject.data.columns)
    if subject.model is None and subject.predictions is None and several.asked(schema):
        return several.with_classes(schema, subject.data.chunks((schema.target, schema.prediction)))
    column = schema.target or schema.prediction
    if not schema.positive or schema.negative or not column:
        return schema
    roles = tuple(name for name in (schema.target, schema.prediction) if name)
    by_role: dict[str, set[str]] = {name: set() for name in roles}
    for frame in subject.data.chunks(roles):
        for name in roles:
            by_role[name] |= set(text_of(frame[name].drop_duplicates()).dropna())
    if schema.target and schema.prediction and schema.target != schema.prediction:
        by_role = _one_coding(by_role, schema)
    seen = set[str]().union(*by_role.values())
    others = tuple(sorted(seen - {schema.positive}))
    if len(others) > 1 or (len(seen) > 1 and schema.positive not in seen):
        raise RefusedInputError(
            f"Column {column!r} holds {', '.join(map(repr, sorted(seen)[:12]))}; positive is {schema.positive!r}.",
            "Declare every other value: negative = [...] in the schema.",
        )
    return replace(schema, negative=others)
