"""Models of every sort that the lab takes, trained on small tables and brought as ONNX."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from governance.data.in_memory import from_table
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor
from governance.subject.schema import Schema
from governance.subject.subject import Subject

SHARED = Path(__file__).resolve().parents[3] / "shared"


@dataclass(frozen=True, slots=True)
class Made:
    """A model and rows that it was not trained on."""

    subject: Subject
    frame: pd.DataFrame
    model: OnnxPredictor


def table(name: str) -> tuple[pd.DataFrame, str]:
    """Return a real table without columns that number rows, and the name of its label."""
    paths = {
        "adult": ("data/adult/adult.parquet", ["fnlwgt"], "income"),
        "diabetes130": ("data/diabetes130/baseline.parquet", ["encounter_id"], "readmitted"),
        "german": ("data/german_credit/german_credit.parquet", [], "class-label"),
    }
    file, without, target = paths[name]
    path = SHARED / file
    if not path.exists():
        pytest.skip(f"the table {path} is not there")
    frame = pd.read_parquet(path).drop(columns=without)
    for column in frame.columns:
        if frame[column].dtype.kind not in "iuf":
            frame[column] = frame[column].astype(object).where(frame[column].notna(), None)
    return frame, target


def people(rows: int = 1500, seed: int = 0) -> pd.DataFrame:
    """Return made-up people with missing values, whole and broken numbers, and texts."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "age": rng.integers(18, 90, rows),
        "income": rng.normal(30, 9, rows).round(2),
        "visits": rng.poisson(2, rows),
        "sex": rng.choice(["Female", "Male"], rows),
        "city": rng.choice(["Aachen", "Köln", "Münster", "Trier"], rows, p=[0.5, 0.3, 0.15, 0.05]),
    })  # fmt: skip
    strength = 0.04 * (frame.age - 50) + 0.08 * (frame.income - 30) + 0.5 * frame.visits
    strength += np.where(frame.city == "Köln", 0.8, 0.0) + rng.normal(0, 0.8, rows)
    frame["good"] = np.where(strength > 1, "yes", "no")
    frame["level"] = np.array(["low", "middle", "high"])[np.digitize(strength, [0.3, 1.6])]
    frame["amount"] = strength.round(3)
    return frame


ESTIMATORS: dict[str, Any] = {
    "boosted": lambda: GradientBoostingClassifier(n_estimators=30, max_depth=4, random_state=0),
    "forest": lambda: RandomForestClassifier(n_estimators=20, max_depth=8, random_state=0),
    "several": lambda: GradientBoostingClassifier(n_estimators=12, max_depth=3, random_state=0),
    "regression": lambda: GradientBoostingRegressor(n_estimators=25, max_depth=3, random_state=0),
    "linear": lambda: LogisticRegression(max_iter=2000),
    "lines": lambda: LogisticRegression(max_iter=2000),
    "ridge": Ridge,
    "trees_of_several": lambda: ExtraTreesClassifier(n_estimators=15, max_depth=7, random_state=0),
    "averaged": lambda: RandomForestRegressor(n_estimators=15, max_depth=7, random_state=0),
}
TARGETS = {
    "several": "level",
    "lines": "level",
    "trees_of_several": "level",
    "regression": "amount",
    "ridge": "amount",
    "averaged": "amount",
}
"""Sort -> the column of people that it predicts, "good" for the others."""
SCALED = ("linear", "lines", "ridge")


def encoder(frame: pd.DataFrame, names: list[str], *, scaled: bool) -> ColumnTransformer:
    """Return one-hot encoding of texts beside numbers as they are, or scaled."""
    numbers = [name for name in names if frame[name].dtype.kind in "iuf"]
    texts = [name for name in names if name not in numbers]
    onehot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("t", onehot, texts), ("n", StandardScaler() if scaled else "passthrough", numbers)])


def fitted(frame: pd.DataFrame, names: list[str], target: str, sort: str, rows: int) -> OnnxPredictor:
    """Return a model of one sort, trained on the first rows."""
    train = frame.head(rows)[names].copy()
    numbers = [name for name in names if frame[name].dtype.kind in "iuf"]
    train[numbers] = train[numbers].astype(np.float64)
    pipeline = make_pipeline(encoder(frame, names, scaled=sort in SCALED), ESTIMATORS[sort]())
    text = convert_estimator(pipeline.fit(train, frame.head(rows)[target]), train.head(200))
    return OnnxPredictor(text, signature_of(text))


def brought(model: OnnxPredictor, frame: pd.DataFrame, schema: Schema) -> Made:
    """Return a subject whose predictions are the model's own."""
    rows = frame.reset_index(drop=True)
    data = from_table(pa.Table.from_pandas(rows, preserve_index=False), schema)
    answers = model.predict(data.frame(model.signature.columns))
    return Made(Subject(data=data, model=model, predictions=answers), data.frame(), model)


@cache
def made(sort: str, source: str = "people", rows: int = 900) -> Made:
    """Return a model of one sort on one table, and `rows` other rows."""
    if source == "people":
        frame, names = people(600 + rows), ["age", "income", "visits", "sex", "city"]
        target = TARGETS.get(sort, "good")
        positive = "yes" if target == "good" else ""
        schema = Schema(target=target, positive=positive, sensitive=("sex",))
        return brought(fitted(frame, names, target, sort, 600), frame.tail(rows), schema)
    frame, target = table(source)
    learnt = min(1000, len(frame) - rows)
    frame = frame.iloc[np.random.default_rng(0).permutation(len(frame))[: learnt + rows]].reset_index(drop=True)
    if source == "diabetes130":
        frame[target] = np.where(frame[target] == "NO", "NO", "YES")
    if source == "german":
        frame[target] = np.where(frame[target] == 1, "good", "bad")
    names = [str(name) for name in frame.columns if name != target]
    positive = {"adult": ">50K", "diabetes130": "YES", "german": "good"}[source]
    sensitive = {"adult": ("sex", "race"), "diabetes130": ("gender",), "german": ("housing",)}[source]
    schema = Schema(target=target, positive=positive, sensitive=sensitive)
    return brought(fitted(frame, names, target, sort, learnt), frame.tail(rows), schema)
