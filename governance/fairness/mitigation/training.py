"""The rows that candidates are made from: features, labels and groups, as the finished model file will see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Progress, RefusedInputError, text_of
from governance.fairness.candidates import Constraint
from governance.fairness.features import features_of
from governance.statistics import Attribute, attributes
from governance.subject import Prediction, Schema, positive_index

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """Labelled rows."""

    rows: pd.DataFrame
    """(n, columns) as they were given: what the finished file is asked with."""
    features: pd.DataFrame
    """(n, k) columns to learn from, without the sensitive ones; missing text is empty, as in the converted graph."""
    label: NDArray[np.int64]
    """(n,) 1 for the positive label, 0 for the others."""
    attribute: Attribute
    """How the sensitive column is coded."""
    group: NDArray[np.intp]
    """(n,) code of each row's group; the last code is for a missing value."""
    threshold: float
    """A person is selected from this score on."""
    score: Floats | None = None
    """(n,) score of the parent for the positive label; None without a parent."""
    positive: int = 1
    """Position of the positive class among the parent's scores."""

    @property
    def names(self) -> NDArray[np.str_]:
        """(n,) the name of each row's group."""
        return np.array(self.attribute.names, dtype=str)[self.group]

    def shares(self, chosen: NDArray[Any]) -> Floats:
        """Return the mean of `chosen` in each group that occurs."""
        return np.array([chosen[self.group == code].mean() for code in np.unique(self.group)], dtype=np.float64)


def training(frame: pd.DataFrame, schema: Schema, attribute: str, prediction: Prediction | None = None) -> Training:
    """Return the labelled rows of `frame`; those without a label are left out.

    Args:
        frame: rows with the label and the features.
        schema: the roles of columns; every sensitive column is kept out of the features.
        attribute: the sensitive column whose groups are to be treated alike.
        prediction: the parent's answers for the rows of `frame`, or None.

    Raises:
        RefusedInputError: no positive label declared, an unknown attribute, fewer than two groups, or one label only.
    """
    if not schema.target or not schema.positive:
        raise RefusedInputError("The schema names no target and positive label.", 'Add for example: target = "y".')
    if attribute not in schema.sensitive:
        raise RefusedInputError(
            f"{attribute!r} is no sensitive column.", f"Known: {', '.join(schema.sensitive) or 'none'}."
        )
    text = text_of(frame[schema.target])
    known = text.notna().to_numpy()
    rows = frame.loc[known].reset_index(drop=True)
    (coded,) = attributes((attribute,), [rows], schema.code)
    group = coded.code(rows[attribute])
    label = np.asarray(text[known] == schema.positive).astype(np.int64)
    _check(label, group, attribute, schema)
    score, positive = None, 1
    if prediction is not None:
        positive = positive_index(schema, prediction.classes)
        score = np.asarray(prediction.score[known, positive], dtype=np.float64)
    return Training(
        rows=rows,
        features=features_of(rows, schema),
        label=label,
        attribute=coded,
        group=group,
        threshold=schema.threshold,
        score=score,
        positive=positive,
    )


def _check(label: NDArray[np.int64], group: NDArray[np.intp], attribute: str, schema: Schema) -> None:
    if len(np.unique(group)) < 2:
        raise RefusedInputError(f"Column {attribute!r} has one group only.", "There is nothing to make alike.")
    if len(np.unique(label)) < 2:
        raise RefusedInputError(
            f"Every labelled row has the same label ({len(label):,} rows; positive is {schema.positive!r}).",
            "Give rows with both labels.",
        )


def moment(name: Constraint) -> Any:
    """Return fairlearn's constraint for its reductions (Agarwal et al., ICML 2018)."""
    from fairlearn import reductions

    found = {
        "demographic_parity": reductions.DemographicParity,
        "equalized_odds": reductions.EqualizedOdds,
        "equal_opportunity": reductions.TruePositiveRateParity,
        "error_rate_parity": reductions.ErrorRateParity,
    }
    if name not in found:
        raise RefusedInputError(f"No constraint {name!r}.", f"Known: {', '.join(found)}.")
    return found[name]()


def logistic(told: Callable[[], None] = lambda: None) -> Any:
    """Return a logistic regression that calls `told` before each fit, so that a long search can be followed and stopped."""
    from sklearn.linear_model import LogisticRegression

    class Told(LogisticRegression):  # type: ignore[misc]
        def fit(self, *arguments: Any, **named: Any) -> Any:
            told()
            return super().fit(*arguments, **named)

    return Told(max_iter=1000)


def counted(progress: Progress, most: int) -> Callable[[], None]:
    """Return what reports each fit; the number of fits is known as an upper bound only."""
    done = 0

    def told() -> None:
        nonlocal done
        progress(min(done, most), most, f"training model {done + 1} of at most {most}")
        done += 1

    return told


def line(predictor: Any, width: int) -> tuple[Floats, float]:
    """Return weights and constant of a trained predictor: positive where it selects.

    fairlearn puts a constant predictor in when all relabelled rows agree; its line is flat.
    """
    if hasattr(predictor, "coef_"):
        return np.asarray(predictor.coef_[0], dtype=np.float64), float(predictor.intercept_[0])
    return np.zeros(width), 1.0 if int(np.ravel(predictor.constant)[0]) == 1 else -1.0
