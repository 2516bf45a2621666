"""Labels, decisions and scores of rows, aligned, with the account of what could not be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.data.schema import Schema
from governance.errors import RefusedInputError
from governance.evidence import Dropped, Rows
from governance.models.signature import Prediction, Task

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row per row of the data; rows with an unknown label stay in and are marked."""

    task: Task
    classes: tuple[str, ...]
    """("not <positive>", positive) for binary; all classes for multiclass; () for regression."""
    y_true: NDArray[np.float64]
    """(n,) 1 or 0 for binary, class index for multiclass, value for regression; NaN where the label is missing or there is none."""
    y_pred: NDArray[np.float64]
    """(n,) the decision in the same coding; for binary 1 where score >= threshold; NaN where unknown."""
    score: NDArray[np.float64] | None
    """(n,) score of the positive class for binary; (n, k) for multiclass; None without scores and for regression."""
    weight: NDArray[np.float64] | None
    """(n,) weights of at least 0, or None for equal weights."""

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """(n,) whether label and decision are both known."""
        import numpy as np

        return ~(np.isnan(self.y_true) | np.isnan(self.y_pred))

    def rows(self) -> Rows:
        """Return the account for a method that needs label and decision."""
        import numpy as np

        total = len(self.y_true)
        no_label = int(np.isnan(self.y_true).sum())
        no_decision = int((~np.isnan(self.y_true) & np.isnan(self.y_pred)).sum())
        dropped = [Dropped("label missing", no_label), Dropped("no decision or score", no_decision)]
        return Rows(total - no_label - no_decision, total, tuple(item for item in dropped if item.rows))


def text_of(values: pd.Series) -> pd.Series:
    """Return values as text the way a schema writes them: 1 and 1.0 are "1", True is "True", missing stays missing."""
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.map(str, na_action="ignore").astype("str")
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.map(lambda value: f"{value:.15g}", na_action="ignore").astype("str")
    return values.map(str, na_action="ignore").astype("str")


def levels_of(values: pd.Series) -> tuple[NDArray[np.intp], list[str]]:
    """Return the position of each row's value among the distinct ones, -1 for missing, and these as text as `text_of` writes them.

    Only values that occur are listed; each is turned into text once, not once per row.
    """
    import numpy as np
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.cat.remove_unused_categories()
        return np.asarray(values.cat.codes, dtype=np.intp), text_of(values.cat.categories.to_series()).tolist()
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    return np.asarray(codes, dtype=np.intp), text_of(pd.Series(distinct)).tolist()


def outcome(frame: pd.DataFrame, schema: Schema, prediction: Prediction | None) -> Outcome:
    """Return the outcome of rows under the roles of `schema`.

    Nothing is guessed: a label that is neither the positive value nor one of the declared others stops the run with the list
    of the values seen.

    Raises:
        RefusedInputError: no decision and no score can be had, an unknown label, a column that is not numeric where it must be.
    """
    if prediction is not None and not prediction.classes:
        return _regression(frame, schema, prediction)
    if prediction is not None and len(prediction.classes) > 2:
        return _multiclass(frame, schema, prediction)
    return _binary(frame, schema, prediction)


def _weights(frame: pd.DataFrame, schema: Schema) -> NDArray[np.float64] | None:
    import numpy as np

    if not schema.weight:
        return None
    weight = _numbers(frame, schema.weight)
    if not np.all(np.isfinite(weight)) or np.any(weight < 0):
        raise RefusedInputError(
            f"Column {schema.weight!r} has weights that are negative or missing.", "Mend them or drop the role."
        )
    return weight


def _numbers(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    import numpy as np
    import pandas as pd

    values = frame[column]
    if not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        raise RefusedInputError(
            f"Column {column!r} holds {values.dtype}, expected numbers.", "Name another column in the schema."
        )
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _binary_labels(frame: pd.DataFrame, schema: Schema) -> NDArray[np.float64]:
    import numpy as np

    if not schema.target:
        return np.full(len(frame), np.nan)
    if not schema.positive:
        raise RefusedInputError(
            "The schema does not say which label is positive.", 'Add for example: positive = ">50K".'
        )
    return _coded(frame, schema.target, schema)


def _coded(frame: pd.DataFrame, column: str, schema: Schema) -> NDArray[np.float64]:
    import numpy as np

    codes, names = levels_of(frame[column])
    seen = sorted(set(names))
    others = schema.negative or (tuple(value for value in seen if value != schema.positive) if len(seen) <= 2 else ())
    strange = [value for value in seen if value != schema.positive and value not in others]
    if strange or (seen and schema.positive not in seen and len(seen) > 1):
        raise RefusedInputError(
            f"Column {column!r} holds {', '.join(map(repr, seen[:12]))}; positive is {schema.positive!r}.",
            "Declare every other value: negative = [...] in the schema.",
        )
    meaning = np.array([*(float(name == schema.positive) for name in names), np.nan])
    return np.asarray(meaning[codes])


def positive_index(schema: Schema, classes: tuple[str, ...]) -> int:
    """Return which score column is about the positive value.

    A model trained on 0 and 1 is accepted for a text label: class "1" is then the positive one.
    """
    if schema.positive in classes:
        return classes.index(schema.positive)
    if set(classes) in ({"0", "1"}, {"False", "True"}, {"-1", "1"}):
        return classes.index("True" if "True" in classes else "1")
    raise RefusedInputError(
        f"The model's classes are {', '.join(map(repr, classes))}; the schema says positive is {schema.positive!r}.",
        "Name one of the model's classes in the schema, or give a model whose classes are 0 and 1.",
    )


def _binary(frame: pd.DataFrame, schema: Schema, prediction: Prediction | None) -> Outcome:
    import numpy as np

    y_true = _binary_labels(frame, schema)
    score: NDArray[np.float64] | None = None
    if prediction is not None:
        score = np.asarray(prediction.score[:, positive_index(schema, prediction.classes)], dtype=np.float64)
    elif schema.score:
        score = _numbers(frame, schema.score)
    if score is not None:
        y_pred = np.where(np.isnan(score), np.nan, (score >= schema.threshold).astype(np.float64))
    elif schema.prediction:
        y_pred = _coded(frame, schema.prediction, schema)
    else:
        raise RefusedInputError(
            "There is no model, no score and no prediction.", "Give a model, or name score or prediction in the schema."
        )
    return Outcome(
        "binary", (f"not {schema.positive}", schema.positive), y_true, y_pred, score, _weights(frame, schema)
    )


def _multiclass(frame: pd.DataFrame, schema: Schema, prediction: Prediction) -> Outcome:
    import numpy as np

    y_true = np.full(len(frame), np.nan)
    if schema.target:
        codes, names = levels_of(frame[schema.target])
        code = {name: float(index) for index, name in enumerate(prediction.classes)}
        strange = sorted(set(names) - set(code))
        if strange:
            raise RefusedInputError(
                f"Column {schema.target!r} holds {', '.join(map(repr, strange[:12]))}, which the model does not know.",
                f"The model's classes: {', '.join(prediction.classes)}.",
            )
        y_true = np.array([*(code[name] for name in names), np.nan])[codes]
    best = prediction.label if prediction.label is not None else prediction.score.argmax(axis=1)
    return Outcome(
        "multiclass", prediction.classes, y_true, best.astype(np.float64), prediction.score, _weights(frame, schema)
    )


def _regression(frame: pd.DataFrame, schema: Schema, prediction: Prediction) -> Outcome:
    import numpy as np

    y_true = _numbers(frame, schema.target) if schema.target else np.full(len(frame), np.nan)
    return Outcome("regression", (), y_true, prediction.score[:, 0], None, _weights(frame, schema))
