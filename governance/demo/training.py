"""The models of the demonstration, trained by code and converted to ONNX."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

SCORECARD_FEATURES: Final = (
    "age", "income", "years_employed", "amount", "term_months", "debt_ratio", "past_arrears", "credit_lines",
    "housing", "purpose", "channel",
)  # fmt: skip
"""What the logistic scorecard looks at: neither sex nor origin nor district."""
BOOSTED_FEATURES: Final = (*SCORECARD_FEATURES, "district")
"""What the boosted trees look at: also the district, which stands in for the origin."""
_TEXT: Final = ("housing", "purpose", "channel", "district")


def boosted_credit(frame: pd.DataFrame, seed: int) -> bytes:
    """Return gradient boosted trees over one-hot encoded text, as ONNX."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(
        max_iter=70, learning_rate=0.1, max_leaf_nodes=12, min_samples_leaf=100, early_stopping=False, random_state=seed
    )
    return _fitted(frame, "repaid", BOOSTED_FEATURES, trees, "passthrough")


def scorecard_credit(frame: pd.DataFrame) -> bytes:
    """Return a logistic regression over scaled numbers and one-hot encoded text, as ONNX."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    return _fitted(frame, "repaid", SCORECARD_FEATURES, LogisticRegression(max_iter=500), StandardScaler())


def progression_ridge(frame: pd.DataFrame) -> bytes:
    """Return a ridge regression of the progression of diabetes, as ONNX."""
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    features = tuple(name for name in frame.columns if name != "progression")
    return _fitted(frame, "progression", features, Ridge(alpha=10.0), StandardScaler())


def _fitted(frame: pd.DataFrame, target: str, features: tuple[str, ...], model: Any, numbers: Any) -> bytes:
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder
    from threadpoolctl import threadpool_limits

    from governance.models import convert_estimator

    text = [name for name in features if name in _TEXT or name == "sex"]
    other = [name for name in features if name not in text]
    pipeline = Pipeline(
        [
            (
                "columns",
                ColumnTransformer(
                    [
                        ("text", OneHotEncoder(handle_unknown="ignore", sparse_output=False), text),
                        ("numbers", numbers, other),
                    ]
                ),
            ),
            ("model", model),
        ]
    )
    inputs = frame[list(features)].astype({**dict.fromkeys(text, object), **dict.fromkeys(other, "float64")})
    with threadpool_limits(1):  # so few rows train faster on one thread, above all on a busy machine
        pipeline.fit(inputs, frame[target].to_numpy(dtype=object if target == "repaid" else "float64"))
    return convert_estimator(pipeline, inputs.head(50))
