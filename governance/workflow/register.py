"""Register: look at a file before anything is stored, store it under its digest, write its ledger entry."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from governance.codec import canonical, encode
from governance.data.file_kind import kind_of
from governance.data.reading import CsvReading
from governance.data.schema import Schema
from governance.errors import RefusedInputError
from governance.evidence import Progress, silent
from governance.workflow.clock import now
from governance.workflow.identity import fresh, slug
from storage.ledger.envelope import Subject
from storage.workspace import Workspace

DataRole = Literal["training", "evaluation", "monitoring", "benchmark"]


@dataclass(frozen=True, slots=True)
class ModelWords:
    """What a person says about a model."""

    name: str
    version: str
    owner: str
    """Member id or a name in words."""
    intended_use: str
    risk_tier: str
    parent: str = ""
    """Digest of the version that it replaces, "" for none."""
    provenance: dict[str, str] = field(default_factory=dict)
    """Further facts: where it was trained, by which conversion it came."""


def register_model(
    workspace: Workspace, path: Path, words: ModelWords, *, actor: str, columns: tuple[str, ...] = ()
) -> str:
    """Inspect the model in a process of its own, store it, record it, and return its digest.

    Args:
        workspace: where.
        path: an ONNX file.
        words: what a person says about it.
        actor: who registers it.
        columns: raw data columns in the order in which they fill the inputs; () when the file names them.

    Raises:
        RefusedInputError: the model is refused; nothing was stored.
    """
    from governance.models.intake import inspect
    from governance.models.reading import signature_of

    inspection = inspect(path, columns=columns)
    if inspection.refused:
        first = inspection.refused[0]
        raise RefusedInputError(f"The model {path.name} is refused: {first.found}", first.advice)
    signature = signature_of(path.read_bytes(), columns or None)
    digest = workspace.blobs.put_file(path).digest
    if digest != inspection.digest:
        raise RefusedInputError("The file changed while it was being registered.", "Register it again.")
    facts = {
        **words.provenance,
        "signature": workspace.blobs.put(canonical(encode(signature))).digest,
        "inspection": workspace.blobs.put(canonical(encode(inspection))).digest,
    }
    if workspace.read().model(digest) is not None:
        raise RefusedInputError(
            f"A model with digest {digest[:16]} is registered already.", "Use it, or give another file."
        )
    with workspace.write() as unit:
        body = {
            "model": slug(words.name),
            "name": words.name,
            "version": words.version,
            "digest": digest,
            "task": signature.task,
            "owner": words.owner,
            "risk_tier": words.risk_tier,
            "intended_use": unit.text(words.intended_use),
            "parent": words.parent or None,
            "provenance": facts,
        }
        unit.append("model.registered", body, actor=actor, subjects=(Subject("model", digest),), at=now())
        unit.commit()
    return digest


@dataclass(frozen=True, slots=True)
class DataWords:
    """What a person says about a data set."""

    name: str
    role: DataRole
    schema: Schema


def register_data(
    workspace: Workspace,
    path: Path,
    words: DataWords,
    *,
    actor: str,
    reading: CsvReading | None = None,
    progress: Progress = silent,
) -> str:
    """Store a table, record it with its column roles, and return the digest of the stored Parquet file.

    A CSV file is kept as it was given and, beside it, as the Parquet file that everything computes on; the record names both.

    Args:
        workspace: where.
        path: CSV or Parquet.
        words: name, role and column roles, as a person confirmed them.
        actor: who registers it.
        reading: how a CSV file is read, as a person confirmed it; None to read it as detected.
        progress: told how far the conversion is.

    Raises:
        RefusedInputError: not such a file, or a role that names a missing column; nothing was recorded.
    """
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        table = _as_parquet(path, Path(folder) / "table.parquet", reading, progress)
        rows = _checked(table, words.schema)
        original = workspace.blobs.put_file(path).digest
        digest = workspace.blobs.put_file(table).digest
    if workspace.read().dataset(digest) is not None:
        raise RefusedInputError(f"This table is registered already ({digest[:16]}).", "Use it, or give another file.")
    schema = workspace.blobs.put(canonical(encode(words.schema))).digest
    body = {
        "dataset": fresh(words.name),
        "name": words.name,
        "digest": digest,
        "original_digest": original,
        "rows": rows,
        "role": words.role,
        "schema_digest": schema,
    }
    with workspace.write() as unit:
        unit.append("dataset.registered", body, actor=actor, subjects=(Subject("data", digest),), at=now())
        unit.commit()
    return digest


def _as_parquet(path: Path, target: Path, reading: CsvReading | None, progress: Progress) -> Path:
    from governance.data.table import check_parquet

    if kind_of(path) != "csv":
        check_parquet(path)
        return path
    from governance.data.reader import csv_to_parquet, detect_csv

    csv_to_parquet(path, target, reading or detect_csv(path, progress=progress), progress)
    return target


def _checked(table: Path, schema: Schema) -> int:
    from governance.data.table import ParquetDataset

    found = ParquetDataset(table, "", schema)
    schema.check(found.columns)
    return found.n_total
