"""Labels, decisions and scores of rows, aligned, with the account of what could not be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.evidence import Dropped, RefusedInputError, Rows, levels_of
from governance.subject import several
from governance.subject.schema import Schema
from governance.subject.signature import Prediction, Task

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
    if prediction is None and several.asked(schema):
        whole = bool(schema.classes) or several.is_numeric(schema, frame)
        return _of_columns(frame, schema if whole else several.with_classes(schema, [frame]))
    return _binary(frame, schema, prediction)


def _of_columns(frame: pd.DataFrame, schema: Schema) -> Outcome:
    """Return label and decision of columns: numbers, or places among the classes of the schema."""
    label, decision = (frame[name] for name in (schema.target, schema.prediction))
    if not schema.classes:
        return Outcome(
            task="regression",
            classes=(),
            y_true=_numbers(frame, schema.target),
            y_pred=_numbers(frame, schema.prediction),
            score=None,
            weight=_weights(frame, schema),
        )
    return Outcome(
        task="multiclass",
        classes=schema.classes,
        y_true=several.class_codes(label, schema.target, schema.classes),
        y_pred=several.class_codes(decision, schema.prediction, schema.classes),
        score=None,
        weight=_weights(frame, schema),
    )


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
    return coded(frame[schema.target], schema.target, schema.positive, schema.negative)


def decisions(values: pd.Series, schema: Schema) -> NDArray[np.float64]:
    """Return (n,) 1 where the decision is the positive one, else 0; NaN where there is none.

    Raises:
        RefusedInputError: the decision is coded otherwise than the label and the schema does not say how, or holds unknown values.
    """
    if schema.prediction_positive:
        return coded(values, schema.prediction, schema.prediction_positive, ())
    seen = set(levels_of(values)[1])
    if len(seen) == 2 and not seen & {schema.positive, *schema.negative}:
        raise RefusedInputError(
            f"The decision {schema.prediction!r} is coded otherwise than the label {schema.target!r} (positive is {schema.positive!r}).",
            'Say which decision is the positive one: prediction_positive = "1" in the schema, or --prediction-positive 1.',
            cells=f"The decision holds {', '.join(map(repr, sorted(seen)))}.",
        )
    return coded(values, schema.prediction, schema.positive, schema.negative)


def coded(values: pd.Series, column: str, positive: str, negative: tuple[str, ...]) -> NDArray[np.float64]:
    """Return (n,) 1 for the positive value, 0 for the others, NaN for missing.

    Raises:
        RefusedInputError: more than two values, some of them not declared.
    """
    import numpy as np

    codes, names = levels_of(values)
    seen = sorted(set(names))
    others = negative or (tuple(value for value in seen if value != positive) if len(seen) <= 2 else ())
    strange = [value for value in seen if value != positive and value not in others]
    if strange or (seen and positive not in seen and len(seen) > 1):
        raise RefusedInputError(
            f"Column {column!r} holds {', '.join(map(repr, seen[:12]))}; positive is {positive!r}.",
            "Declare every other value: negative = [...] in the schema.",
        )
    meaning = np.array([*(float(name == positive) for name in names), np.nan])
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
        y_pred = decisions(frame[schema.prediction], schema)
    else:
        raise RefusedInputError(
            "There is no model, no score and no prediction.", "Give a model, or name score or prediction in the schema."
        )
    return Outcome(
        task="binary",
        classes=(f"not {schema.positive}", schema.positive),
        y_true=y_true,
        y_pred=y_pred,
        score=score,
        weight=_weights(frame, schema),
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
        task="multiclass",
        classes=prediction.classes,
        y_true=y_true,
        y_pred=best.astype(np.float64),
        score=prediction.score,
        weight=_weights(frame, schema),
    )


def _regression(frame: pd.DataFrame, schema: Schema, prediction: Prediction) -> Outcome:
    import numpy as np

    y_true = _numbers(frame, schema.target) if schema.target else np.full(len(frame), np.nan)
    return Outcome(
        task="regression",
        classes=(),
        y_true=y_true,
        y_pred=prediction.score[:, 0],
        score=None,
        weight=_weights(frame, schema),
    )
