"""Labels and decisions without a positive value, both in columns: numbers (regression) or several classes in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from governance.evidence import RefusedInputError, levels_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from governance.subject.schema import Schema

MOST_CLASSES: Final = 100
"""A label with more classes is taken for text that is no label."""


def asked(schema: Schema) -> bool:
    """Return whether label and decision are both columns and no value is called positive."""
    return bool(schema.target and schema.prediction and not schema.positive and not schema.score)


def is_numeric(schema: Schema, frame: pd.DataFrame) -> bool:
    """Return whether label and decision are quantities: numbers both, and not declared to be codes."""
    import pandas as pd

    named = (schema.target, schema.prediction)
    return not set(named) & set(schema.code) and all(
        pd.api.types.is_numeric_dtype(frame[name].dtype) and not pd.api.types.is_bool_dtype(frame[name].dtype)
        for name in named
    )


def with_classes(schema: Schema, frames: Iterable[pd.DataFrame]) -> Schema:
    """Return the schema with its classes written out, so that chunks and windows read labels alike; none for numbers.

    Nothing is guessed: two values mean that one of them is the positive one, and which one nobody has said.

    Raises:
        RefusedInputError: the label has two values or fewer, or too many classes; or one of label and decision is a number alone.
    """
    if schema.classes or not asked(schema):
        return schema
    seen: dict[str, set[str]] = {schema.target: set(), schema.prediction: set()}
    numeric = True
    for frame in frames:
        numeric = numeric and is_numeric(schema, frame)
        for name, values in seen.items():
            if len(values) <= MOST_CLASSES:
                values.update(levels_of(frame[name])[1])
    labels = seen[schema.target]
    if len(labels) <= 2 and len(labels | seen[schema.prediction]) <= 2:
        raise RefusedInputError(
            f"Column {schema.target!r} holds {len(labels)} different values, and the schema does not say which label is positive.",
            'Add for example: positive = ">50K"; or classes = [...] when the label has more classes than are seen here.',
            cells=f"It holds {_listed(labels)}.",
        )
    if numeric:
        return schema
    classes = tuple(sorted(labels | seen[schema.prediction]))
    if len(classes) > MOST_CLASSES:
        raise RefusedInputError(
            f"Columns {schema.target!r} and {schema.prediction!r} hold more than {MOST_CLASSES} different values, and not both "
            "are numbers.",
            "Name a label of classes, or make both columns numbers.",
        )
    if not labels & seen[schema.prediction]:
        raise RefusedInputError(
            f"The label {schema.target!r} and the decision {schema.prediction!r} have no value in common.",
            "Write both in one coding, or name another column.",
            cells=f"The label holds {_listed(labels)}, the decision {_listed(seen[schema.prediction])}.",
        )
    return replace(schema, classes=classes)


def class_codes(values: pd.Series, column: str, classes: tuple[str, ...]) -> NDArray[np.float64]:
    """Return (n,) the place of each value among the classes, NaN for missing.

    Raises:
        RefusedInputError: a value is none of them.
    """
    import numpy as np

    codes, names = levels_of(values)
    place = {name: float(index) for index, name in enumerate(classes)}
    strange = sorted(set(names) - set(place))
    if strange:
        raise RefusedInputError(
            f"Column {column!r} holds {_listed(set(strange))}, which is no class.",
            f"The classes: {', '.join(classes)}.",
        )
    return np.array([*(place[name] for name in names), np.nan])[codes]


def _listed(values: set[str]) -> str:
    shown = ", ".join(map(repr, sorted(values)[:12]))
    return f"{shown} and {len(values) - 12} more" if len(values) > 12 else shown or "no value"
