"""Arrays of labels, decisions, scores and groups as one table: what the functions that take `y_true` and `y_pred` read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from governance.evidence import RefusedInputError, levels_of
from governance.notebook.inputs import Values, named, wrong_type
from governance.subject import Schema

if TYPE_CHECKING:
    import pandas as pd

TRUE: Final = "y_true"
PREDICTED: Final = "y_pred"
WEIGHT: Final = "sample_weight"
Meaning = Literal["auto", "labels", "scores"]
"""What `y_pred` holds. "auto": labels when every value is a label of `y_true`, else scores; the result says which."""
_ARRAY: Final = "a Series, an array or a list with one value per row"
_CODED: Final = ({"0", "1"}, {"False", "True"}, {"-1", "1"})
"""Labels of which everybody knows the positive one, as text."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row per person."""

    frame: pd.DataFrame
    schema: Schema
    notes: tuple[str, ...]
    """What was understood and could have been meant otherwise."""


def labelled(
    y_true: Values,
    y_pred: Values,
    *,
    positive: object = None,
    meaning: Meaning = "auto",
    threshold: float = 0.5,
    sample_weight: Values = None,
) -> Labelled:
    """Return labels and answers as a table with its roles.

    Raises:
        RefusedInputError: lengths that differ, nothing at all, more than two labels, or no telling which is positive.
    """
    import pandas as pd

    columns = {TRUE: series_of(y_true, TRUE), PREDICTED: series_of(y_pred, PREDICTED)}
    if sample_weight is not None:
        columns[WEIGHT] = series_of(sample_weight, WEIGHT)
    _equally_long({name: len(column) for name, column in columns.items()})
    frame = pd.DataFrame(columns)
    names = sorted(set(levels_of(frame[TRUE])[1]))
    chosen = _positive(names, positive)
    if chosen not in names and len(names) > 1:
        raise RefusedInputError(
            f"positive is {chosen!r}, which {TRUE} does not hold; it holds {', '.join(map(repr, names[:12]))}.",
            "Name one of them.",
        )
    scores = _is_score(frame, {*names, chosen}, meaning)
    schema = Schema(target=TRUE, positive=chosen, threshold=threshold, weight=WEIGHT if WEIGHT in columns else "")
    roles: dict[str, Any] = {"score": PREDICTED} if scores else {"prediction": PREDICTED}
    said = f"{PREDICTED} was read as {f'scores of {chosen!r}, selected from {threshold:g} on' if scores else 'labels'}."
    return Labelled(frame, replace(schema, **roles), (said,))


def _positive(names: list[str], positive: object) -> str:
    if positive is not None:
        return str(int(positive)) if isinstance(positive, float) and positive.is_integer() else str(positive)
    if len(names) > 2:
        raise RefusedInputError(
            f"{TRUE} holds {len(names)} different values, for example {', '.join(map(repr, names[:5]))}; two labels are expected.",
            "Compare one label with the rest: y_true == 'label'. Models with more classes: countersign fairness --model.",
        )
    if any(set(names) <= coded for coded in _CODED):
        return "True" if set(names) <= _CODED[1] else "1"
    raise RefusedInputError(
        f"{TRUE} holds {', '.join(map(repr, names))}; it is not said which of them is the positive label.",
        f"Add positive={names[-1]!r}, or the other one." if names else "Give labels.",
    )


def _is_score(frame: pd.DataFrame, labels: set[str], meaning: Meaning) -> bool:
    import pandas as pd

    if meaning not in ("auto", "labels", "scores"):
        raise RefusedInputError(f"meaning is {meaning!r}.", "Known: auto, labels, scores.")
    if meaning != "auto":
        return meaning == "scores"
    values = frame[PREDICTED]
    is_number = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    seen = set(values.dropna().unique()) if is_number else set()
    return is_number and not {f"{value:.15g}" for value in seen} <= labels


def with_groups(rows: Labelled, features: Values, *, role: Literal["sensitive", "control"]) -> Labelled:
    """Return the table with the columns of groups beside it.

    Args:
        rows: labels and answers.
        features: a DataFrame, a mapping of names to values, or one Series or array; one without a name is called by its role.
        role: what the groups are for.

    Raises:
        RefusedInputError: another length, a name that is taken or occurs twice, or values that are no groups.
    """
    import pandas as pd

    noun = f"{role}_features"
    if isinstance(features, pd.DataFrame):
        names = named(features.columns, noun)
        columns = {name: features[name] for name in names}
    elif isinstance(features, Mapping):
        columns = {name: series_of(values, f"{noun}[{name!r}]") for name, values in features.items()}
        named(columns, noun)
    else:
        name = getattr(features, "name", None)
        columns = {name if isinstance(name, str) and name else f"{role}_feature": series_of(features, noun)}
    if not columns:
        raise RefusedInputError(f"{noun} has no columns, so there are no groups to compare.", "Give at least one.")
    taken = sorted(set(columns) & set(rows.frame.columns))
    if taken:
        raise RefusedInputError(f"{noun} uses the name {taken[0]!r}, which is taken.", "Rename that column.")
    _equally_long({TRUE: len(rows.frame), **{name: len(column) for name, column in columns.items()}})
    added = {name: column.reset_index(drop=True) for name, column in columns.items()}
    frame = pd.concat([rows.frame, pd.DataFrame(added)], axis="columns")
    roles: dict[str, Any] = {role: tuple(columns)}
    return replace(rows, frame=frame, schema=replace(rows.schema, **roles))


def series_of(values: Any, noun: str) -> pd.Series:
    """Return one value per row, numbered from 0.

    Raises:
        RefusedInputError: text or a number where a column is expected, a table, or nothing.
    """
    import pandas as pd

    if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__len__"):
        raise wrong_type(noun, values, expected=_ARRAY)
    plain = values.to_pandas() if type(values).__module__.startswith("pyarrow") else values
    if getattr(plain, "ndim", 1) != 1:
        raise RefusedInputError(
            f"{noun} has the shape {tuple(plain.shape)}; expected {_ARRAY}.",
            "Give one column, for example scores[:, 1].",
        )
    column = pd.Series(plain).reset_index(drop=True)
    if not len(column):
        raise RefusedInputError(f"{noun} is empty.", "Give at least one row.")
    return column


def _equally_long(lengths: dict[str, int]) -> None:
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} has {count:,}" for name, count in lengths.items())
        raise RefusedInputError(
            f"The lengths differ: {said}.", "Give one value per row in each, in the order of the rows."
        )
