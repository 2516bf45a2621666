"""Columns made ready to learn from: numbers imputed and scaled, words one-hot, sensitive columns left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from governance.evidence import RefusedInputError, text_of
from governance.subject import Schema

if TYPE_CHECKING:
    import pandas as pd


def features_of(rows: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return the columns to learn from, sensitive ones left out: numbers as float32, words as text.

    Raises:
        RefusedInputError: no such column, or numbers that 32 bits keep as infinite.
    """
    import pandas as pd

    names = [name for name in schema.features(tuple(rows.columns)) if name not in schema.sensitive]
    if not names:
        raise RefusedInputError(
            "There is no column to learn from.", "Give data with features beside the sensitive columns."
        )
    found = rows[names].copy()
    for name in names:
        if pd.api.types.is_numeric_dtype(found[name].dtype):
            found[name] = _finite(name, found[name])
        else:
            found[name] = text_of(found[name]).fillna("").astype(object)
    return found


def _finite(name: str, values: pd.Series) -> pd.Series:
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    gone = int(np.isinf(single).sum())
    if gone:
        raise RefusedInputError(
            f"Column {name!r} holds infinite numbers, or numbers beyond {np.finfo(np.float32).max:.3g}, in {gone:,} row(s); "
            "a model learns from finite ones.",
            "Mend these rows, or leave the column out: --ignore NAME, ignore in the schema.",
        )
    return single


def preparation(features: pd.DataFrame) -> Any:
    """Return the transformer of columns: numbers imputed and scaled, text one-hot with unknown values ignored."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [name for name in features.columns if features[name].dtype.kind == "f"]
    words = [name for name in features.columns if name not in numbers]
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("words", OneHotEncoder(handle_unknown="ignore", sparse_output=False), words),
        ]
    )
