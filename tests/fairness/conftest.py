"""Real people with a real score."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture(scope="session")
def adult(shared: Path) -> pd.DataFrame:
    """Adult with the scores of a logistic regression trained on half of it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    frame = pd.read_parquet(shared / "data" / "adult" / "adult.parquet")
    numbers = ["age", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
    label = (frame["income"] == ">50K").to_numpy()
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame[numbers][::2], label[::2])
    return frame.assign(score=model.predict_proba(frame[numbers])[:, 1])
