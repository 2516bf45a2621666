"""Our results in shap's own words, for its plots and for everything that is built on it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from governance.explain.results.report import LocalExplanation

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def as_shap(explanation: LocalExplanation) -> Any:
    """Return the `shap.Explanation` of one row, columns in the order of the explanation."""
    return _explanation(
        values=np.array([item.attribution for item in explanation.values]),
        base_values=explanation.base_value,
        data=np.array([item.value for item in explanation.values], dtype=object),
        feature_names=[item.feature for item in explanation.values],
        error_std=np.array([item.std_error for item in explanation.values]),
    )


def table_as_shap(attributions: pa.Table, frame: pd.DataFrame) -> Any:
    """Return the `shap.Explanation` of many rows.

    Args:
        attributions: the array `attributions` of `explain.global`, no row left out.
        frame: the rows, with the raw columns.
    """
    names = [name for name in attributions.column_names if name not in {"base_value", "model_output"}]
    return _explanation(
        values=np.column_stack([attributions.column(name).to_numpy() for name in names]).astype(np.float64),
        base_values=attributions.column("base_value").to_numpy().astype(np.float64),
        data=frame.reindex(columns=names).to_numpy(dtype=object),
        feature_names=names,
    )


def _explanation(**fields: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap
    return shap.Explanation(**fields)
