"""Libraries that warn when they are imported, and people with a model about them."""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from tests.explain.asking import pipeline


@pytest.fixture(scope="session")
def shap() -> ModuleType:
    """shap, whose plots use matplotlib functions that are about to change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("shap")


@pytest.fixture(scope="session")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({
        "age": rng.integers(18, 80, 400).astype(float),
        "income": rng.lognormal(10, 1, 400).round(),
        "region": rng.choice(["north", "south", "east"], 400),
        "job": rng.choice(["a", "b", "c", "d"], 400),
        "id": [f"p{i}" for i in range(400)],
    })  # fmt: skip
    frame["good"] = np.where((frame.age > 40) ^ (frame.region == "north"), "yes", "no")
    frame["band"] = np.array(["low", "mid", "high", "top"])[np.digitize(frame.age, [30, 45, 60])]
    return frame


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, people: pd.DataFrame) -> Path:
    place = tmp_path_factory.mktemp("explain")
    people.iloc[:200].to_parquet(place / "reference.parquet")
    people.iloc[200:].to_parquet(place / "data.parquet")
    return place


@pytest.fixture(scope="session")
def boosted(people: pd.DataFrame) -> bytes:
    return pipeline(HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=8), people)
