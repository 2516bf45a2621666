"""Models that people bring, and their rows, asked as a person would ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from governance.evidence.codec import sha256
from governance.models.graph.reading import signature_of
from governance.runs.catalogue import method
from governance.runs.run import DataFile, ModelFile, Task, execute
from governance.subject.schema import Schema


def asked(
    method_id: str,
    folder: Path,
    model: bytes,
    rows: pd.DataFrame,
    columns: tuple[str, ...] = (),
    background: pd.DataFrame | None = None,
    classes: tuple[str, ...] = (),
    schema: Schema | None = None,
    **parameters: object,
) -> Any:
    """The answer of a method of the catalogue about a model and rows."""
    path = folder / f"{sha256(model)[:12]}.onnx"
    path.write_bytes(model)

    def table(name: str, frame: pd.DataFrame) -> DataFile:
        file = folder / f"{name}.parquet"
        frame.to_parquet(file)
        return DataFile(str(file), sha256(file.read_bytes()), schema or Schema())

    given = signature_of(model, columns or tuple(map(str, rows.columns)), classes)
    done = execute(
        Task(
            method_id, table("rows", rows), ModelFile(str(path), sha256(model), given),
            None if background is None else table("background", background), parameters=parameters,
        )
    )  # fmt: skip
    return done.evidence.read(method(method_id).result)
