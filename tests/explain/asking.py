"""Asking a method of the catalogue about a small model and people made by code."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from governance.evidence.codec import sha256
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.runs.run import DataFile, Done, ModelFile, Task, execute
from governance.subject.schema import Schema

COLUMNS = ["age", "income", "region", "job"]


def pipeline(final: object, people: pd.DataFrame, target: str = "good") -> bytes:
    encoder = ColumnTransformer([
        ("n", StandardScaler(), ["age", "income"]),
        ("c", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["region", "job"]),
    ])  # fmt: skip
    fitted = make_pipeline(encoder, final).fit(people[COLUMNS], people[target])
    return convert_estimator(fitted, people[COLUMNS])


def ask(
    method_id: str,
    folder: Path,
    model: bytes,
    arrays: bool = False,
    reference: bool = True,
    cohort: str = "",
    **parameters: object,
) -> Done:
    path = folder / f"{sha256(model)[:12]}.onnx"
    path.write_bytes(model)
    schema = Schema(target="good", positive="yes", identifier="id", ignore=("band",))

    def table(name: str) -> DataFile:
        file = folder / f"{name}.parquet"
        return DataFile(str(file), sha256(file.read_bytes()), schema, cohort if name == "data" else "")

    task = Task(
        method_id, table("data"), ModelFile(str(path), sha256(model), signature_of(model)),
        table("reference") if reference else None, parameters=parameters,
    )  # fmt: skip
    return execute(task, folder if arrays else None)
