"""The real diabetes data of scikit-learn: 442 patients, small enough that "not enough data to judge" is the honest answer."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

SOURCE: Final = (
    "Efron, Hastie, Johnstone, Tibshirani (2004), Least Angle Regression; distributed with scikit-learn (BSD 3-Clause). "
    "Real, anonymous measurements; the coding of sex (1, 2) is not documented by the source."
)
_NAMES: Final = {
    "bp": "blood_pressure",
    "s1": "total_cholesterol",
    "s2": "ldl",
    "s3": "hdl",
    "s4": "cholesterol_ratio",
    "s5": "log_triglycerides",
    "s6": "glucose",
}


def patients(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return 300 patients for training and 142 for evaluation, in a random order, with the measurements in their own units.

    `progression` is the measure of the disease one year later.
    """
    from sklearn.datasets import load_diabetes

    whole = load_diabetes(as_frame=True, scaled=False).frame.rename(columns={**_NAMES, "target": "progression"})
    whole = whole.astype({"age": "int64", "sex": "int64"})
    whole["sex"] = pd.Series(whole["sex"].map({1: "code 1", 2: "code 2"}), dtype="str")
    mixed = whole.iloc[rng.permutation(len(whole))].reset_index(drop=True)
    return mixed.iloc[:300].reset_index(drop=True), mixed.iloc[300:].reset_index(drop=True)
