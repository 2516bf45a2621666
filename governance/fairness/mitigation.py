"""Candidates with less disparity: models of their own, to be compared, reviewed and signed off like any other.

Nothing is changed in place. fairlearn's GridSearch (Agarwal et al., ICML 2018) trains one plain estimator per point of a grid
of penalties, so that each candidate is an ordinary pipeline that converts to ONNX and needs no sensitive column to predict.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from governance.data.outcome import text_of
from governance.data.schema import Schema
from governance.errors import RefusedInputError
from governance.evidence import Progress, silent

if TYPE_CHECKING:
    import pandas as pd

Constraint = Literal["demographic_parity", "equalized_odds", "equal_opportunity", "error_rate_parity"]
CONSTRAINTS: tuple[Constraint, ...] = ("demographic_parity", "equalized_odds", "equal_opportunity", "error_rate_parity")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One trained candidate; the numbers are those on its own training rows and only a first look."""

    position: int
    """Position on the grid of penalties."""
    accuracy: float
    """Share decided as the label says, on the training rows; best 1."""
    disparity: float
    """Demographic parity difference on the training rows; best 0."""
    efficient: bool
    """Whether no other candidate is better in both."""
    onnx: bytes
    """The model file; it takes the raw feature columns without the sensitive one."""


def grid_candidates(
    frame: pd.DataFrame, schema: Schema, attribute: str, constraint: Constraint, size: int, progress: Progress = silent
) -> tuple[Candidate, ...]:
    """Return logistic regressions trained by fairlearn's GridSearch on the labelled rows of `frame`, as ONNX.

    Args:
        frame: training rows with the label and the features.
        schema: the roles of columns; all sensitive columns are kept out of the features.
        attribute: the sensitive column whose groups are to be treated alike.
        constraint: what alike means.
        size: points of the grid, at least 2.
        progress: told about each step.

    Raises:
        RefusedInputError: no positive label declared, an unknown attribute, or fewer than two groups.
    """
    from fairlearn.reductions import GridSearch
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

    from governance.models.convert import convert_estimator

    rows, label, groups = _training(frame, schema, attribute)
    progress(0, 2, "preparing columns")
    prepare = _preparation(rows).fit(rows)
    matrix = prepare.transform(rows)
    progress(1, 2, f"training {size} candidates")
    search = GridSearch(LogisticRegression(max_iter=1000), _constraint(constraint), grid_size=size)
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", module=r"(fairlearn|pandas)\b"
        )  # fairlearn sets values by .at, pandas 4 will not
        warnings.filterwarnings("ignore", message="Setting a value on a")
        search.fit(matrix, label, sensitive_features=groups)
    found: list[tuple[int, float, float, Any]] = []
    for position, predictor in enumerate(search.predictors_):
        chosen = np.asarray(predictor.predict(matrix))
        if len(np.unique(getattr(predictor, "classes_", [0]))) < 2:
            continue
        rates = [chosen[groups == group].mean() for group in np.unique(groups)]
        found.append((position, float((chosen == label).mean()), float(max(rates) - min(rates)), predictor))
    progress(2, 2, "converting")
    return tuple(
        Candidate(
            position,
            accuracy,
            gap,
            not any(a >= accuracy and g <= gap and (a, g) != (accuracy, gap) for _, a, g, _ in found),
            convert_estimator(Pipeline([("prepare", prepare), ("model", predictor)]), rows.head(50)),
        )
        for position, accuracy, gap, predictor in found
    )


def _training(frame: pd.DataFrame, schema: Schema, attribute: str) -> tuple[pd.DataFrame, Any, Any]:
    """Return feature rows, 0/1 labels and groups of the labelled rows; missing text is empty, as in the converted graph."""
    import pandas as pd

    if not schema.target or not schema.positive:
        raise RefusedInputError("The schema names no target and positive label.", 'Add for example: target = "y".')
    if attribute not in schema.sensitive:
        raise RefusedInputError(f"{attribute!r} is no sensitive column.", f"Known: {', '.join(schema.sensitive)}.")
    text = text_of(frame[schema.target])
    known = text.notna()
    groups = text_of(frame[attribute]).fillna("unknown")[known].to_numpy(dtype=str)
    if len(np.unique(groups)) < 2:
        raise RefusedInputError(f"Column {attribute!r} has one group only.", "There is nothing to make alike.")
    names = [name for name in schema.features(tuple(frame.columns)) if name not in schema.sensitive]
    rows = frame.loc[known, names].copy()
    for name in names:
        if pd.api.types.is_numeric_dtype(rows[name].dtype):
            rows[name] = rows[name].astype(np.float32)
        else:
            rows[name] = text_of(rows[name]).fillna("").astype(object)
    return rows, (text[known] == schema.positive).to_numpy(dtype=int), groups


def _preparation(rows: pd.DataFrame) -> Any:
    """Return the transformer of columns: numbers imputed and scaled, text one-hot with unknown values ignored."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [name for name in rows.columns if rows[name].dtype.kind == "f"]
    words = [name for name in rows.columns if name not in numbers]
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("words", OneHotEncoder(handle_unknown="ignore", sparse_output=False), words),
        ]
    )


def _constraint(name: Constraint) -> Any:
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
