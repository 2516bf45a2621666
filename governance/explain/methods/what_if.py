"""The method `explain.what_if`: the prediction and the attributions of a row with some values changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from governance.evidence import Finding, Kept, Progress, RefusedInputError, silent, unknown_choice
from governance.explain.methods.local_view import one_of, row_at, value_text
from governance.explain.results.report import Moved, WhatIf
from governance.explain.sampling.by_sampling import Budget
from governance.explain.selection.select import Chosen, Wish, answered
from governance.explain.spec import Change, WhatIfParameters
from governance.subject import Subject


def run(
    subject: Subject, parameters: WhatIfParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[WhatIf]:
    """Explain one row before and after the changes, in one call of the explainer."""
    wish = Wish(parameters.method, parameters.scale, parameters.target, parameters.background_rows, parameters.background_seed,
                correlated=False, budget=Budget(parameters.model_calls, 0.0))  # fmt: skip
    return answered(subject, wish, lambda chosen: _run(subject, chosen, parameters, rng=rng, progress=progress))


def _run(
    subject: Subject, chosen: Chosen, parameters: WhatIfParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[WhatIf]:
    progress(0, 1, "explaining the changed row")
    known = _known(subject, chosen.model.signature.columns, parameters.row)
    both = before_and_after(known.row, known.kinds, parameters.changes)
    explained = chosen.explainer.explain(both, chosen.target, rng, silent)
    score = chosen.model.predict(both).score[:, chosen.target]
    about, values = chosen.explainer.about, explained.values
    moved = [
        Moved(
            feature=feature,
            value_before=" + ".join(value_text(both[name].iloc[0]) for name in names),
            value_after=" + ".join(value_text(both[name].iloc[1]) for name in names),
            attribution_before=float(values[0, at]),
            attribution_after=float(values[1, at]),
        )
        for at, (feature, names) in enumerate(zip(about.players, about.columns, strict=True))
    ]
    outside = bool(chosen.background.outside(both.iloc[1:])[0])
    result = WhatIf(
        row=parameters.row,
        method=about.way,
        exact=about.exact,
        scale=about.scale,
        link=about.link,
        units=about.units,
        target=chosen.label,
        base_value=explained.base,
        output_before=float(explained.output[0]),
        output_after=float(explained.output[1]),
        prediction_before=float(score[0]),
        prediction_after=float(score[1]),
        values=tuple(sorted(moved, key=lambda item: (-abs(item.attribution_after), item.feature))),
        additivity_gap=explained.gap,
        outside_background=outside,
        background=chosen.background.about,
    )
    return Finding(result, one_of(known.rows))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the questions about one row need of its data set, so that only the first one reads it."""

    row: pd.DataFrame
    kinds: Mapping[str, pd.Series]
    """Column -> its distinct words, or a few of its numbers, in its own type."""
    rows: int
    """Rows of the data set."""


_KNOWN: Final[Kept[_Known]] = Kept("what-if models", 8)


def _known(subject: Subject, columns: tuple[str, ...], row: int) -> _Known:
    data = subject.data

    def read() -> _Known:
        frame = data.frame(columns)
        kinds = {name: _kind(frame[name]) for name in columns}
        return _Known(_light(row_at(frame, row)), kinds, len(frame))

    return _KNOWN.get((data.digest, getattr(data, "cohort", None), columns, row), read)


def _light(row: pd.DataFrame) -> pd.DataFrame:
    """Return the row with plain words in place of categories, which cost more to carry about than to look at."""
    words = [name for name in row.columns if isinstance(row[name].dtype, pd.CategoricalDtype | pd.StringDtype)]
    return row.astype(dict.fromkeys(words, object))


def _kind(column: pd.Series) -> pd.Series:
    return column.iloc[:1] if pd.api.types.is_numeric_dtype(column.dtype) else column.drop_duplicates()


def before_and_after(row: pd.DataFrame, kinds: Mapping[str, pd.Series], changes: tuple[Change, ...]) -> pd.DataFrame:
    """Return two rows: as it is, and with the changes made, values read as the column's type.

    Args:
        row: a frame of one row.
        kinds: column -> values of its type, every distinct one where they are words.
        changes: what is changed.

    Raises:
        RefusedInputError: an unknown column, or text where the column holds numbers.
    """
    found = row.iloc[[0, 0]].reset_index(drop=True)
    for change in changes:
        if change.column not in row.columns:
            raise unknown_choice("column of the model", change.column, tuple(row.columns))
        column = kinds[change.column]
        dtype = object if isinstance(column.dtype, pd.CategoricalDtype) else _roomy(column.dtype)
        found[change.column] = pd.Series([row[change.column].iloc[0], read_value(column, change)], dtype=dtype)
    return found


def _roomy(dtype: Any) -> Any:
    """Return float64 for integers, so that a missing value or a decimal has room."""
    return np.float64 if pd.api.types.is_integer_dtype(dtype) else dtype


def read_value(column: pd.Series, change: Change) -> Any:
    """Return the value that the text of a change stands for in a column; "" is a missing value."""
    if change.value == "":
        return None if not pd.api.types.is_numeric_dtype(column.dtype) else float("nan")
    if pd.api.types.is_bool_dtype(column.dtype):
        if change.value.lower() in {"true", "false", "1", "0"}:
            return change.value.lower() in {"true", "1"}
    elif pd.api.types.is_numeric_dtype(column.dtype):
        try:
            return float(change.value)
        except ValueError:
            pass
    else:
        return _same_kind(column, change.value)
    raise RefusedInputError(
        f"Column {change.column!r} holds {column.dtype}; got {change.value!r}.", "Give a value of this kind."
    )


def _same_kind(column: pd.Series, text: str) -> Any:
    """Return the column's own value that is written like `text`, else the text itself (a category not seen before)."""
    values = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column.dropna().unique()
    return next((value for value in values if value_text(value) == text), text)
