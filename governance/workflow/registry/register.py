"""Register: look at a file before anything is stored, store it under its digest, write its ledger entry."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from governance.data import CsvReading, kind_of
from governance.evidence import Progress, RefusedInputError, canonical, encode, silent
from governance.review import BoardState, events, require_text, require_tier, require_word
from governance.subject import Schema
from governance.workflow.workspace import Acting, fresh, require_act, slug, state
from governance.workflow.workspace.act import act
from storage import UnitOfWork, Workspace

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
    derived_from: str = ""
    """Digest of the registered model of which this is a lighter copy, "" for none: its approval never passes on to the copy."""

    @property
    def facts(self) -> dict[str, str]:
        """The provenance, with the model that this one derives from."""
        return {**self.provenance, **({"derived_from": self.derived_from} if self.derived_from else {})}


def register_model(
    workspace: Workspace,
    path: Path,
    words: ModelWords,
    *,
    actor: Acting,
    columns: tuple[str, ...] = (),
    classes: tuple[str, ...] = (),
) -> str:
    """Inspect the model in a process of its own, store it, record it, and return its digest.

    Args:
        workspace: where.
        path: an ONNX file.
        words: what a person says about it.
        actor: who registers it.
        columns: raw data columns in the order in which they fill the inputs; () when the file names them.
        classes: class labels in the order of the scores; () when the file says them.

    Raises:
        RefusedInputError: the model or a word about it is refused; nothing was stored.
        RuleError: the actor is no member.
    """
    from governance.models import inspect, signature_of

    _check_model_words(workspace, words, actor)
    inspection = inspect(path, columns=columns, classes=classes)
    if inspection.refused:
        first = inspection.refused[0]
        raise RefusedInputError(f"The model {path.name} is refused: {first.found}", first.advice)
    signature = signature_of(path.read_bytes(), columns or None, classes)
    digest = workspace.blobs.put_file(path).digest
    if digest != inspection.digest:
        raise RefusedInputError("The file changed while it was being registered.", "Register it again.")
    facts = {
        **words.facts,
        "signature": workspace.blobs.put(canonical(encode(signature))).digest,
        "inspection": workspace.blobs.put(canonical(encode(inspection))).digest,
    }
    if workspace.read().model(digest) is not None:
        raise RefusedInputError(
            f"A model with digest {digest[:16]} is registered already.", "Use it, or give another file."
        )

    def make(unit: UnitOfWork, _state: BoardState, _time: str) -> events.ModelRegistered:
        return events.ModelRegistered(
            model=slug(words.name),
            name=words.name,
            version=words.version,
            digest=digest,
            task=signature.task,
            owner=words.owner,
            risk_tier=words.risk_tier,
            intended_use=events.TextRef(**unit.text(words.intended_use)),
            parent=words.parent or None,
            provenance=facts,
        )

    act(workspace, make, actor=actor)
    return digest


def _check_model_words(workspace: Workspace, words: ModelWords, actor: Acting) -> None:
    """Refuse what the ledger could not hold, or the charter does not know, before the file is looked at."""
    board = state(workspace)
    require_act(board, actor)
    for what, text in (("name of the model", words.name), ("version", words.version), ("owner", words.owner)):
        require_word(what, text)
    require_text("intended use", words.intended_use)
    require_tier(board, words.risk_tier)
    for what, digest in (("parent", words.parent), ("model that it derives from,", words.derived_from)):
        if digest and workspace.read().model(digest) is None:
            raise RefusedInputError(
                f"The {what} {digest[:16]!r} is not registered.", "See: countersign model list, or leave it out."
            )


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
    actor: Acting,
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
        RefusedInputError: not such a file, a name that the ledger does not hold, or a role that names a missing column; nothing
            was recorded.
        RuleError: the actor is no member.
    """
    require_act(state(workspace), actor)
    require_word("name of the data", words.name)
    with tempfile.TemporaryDirectory(prefix="work-", dir=workspace.scratch()) as folder:
        table = _as_parquet(path, Path(folder) / "table.parquet", reading, progress)
        rows = _checked(table, words.schema)
        original = workspace.blobs.put_file(path).digest
        digest = workspace.blobs.put_file(table).digest
    if workspace.read().dataset(digest) is not None:
        raise RefusedInputError(f"This table is registered already ({digest[:16]}).", "Use it, or give another file.")
    schema = workspace.blobs.put(canonical(encode(words.schema))).digest
    body = events.DatasetRegistered(
        dataset=fresh(words.name),
        name=words.name,
        digest=digest,
        original_digest=original,
        rows=rows,
        role=words.role,
        schema_digest=schema,
    )
    act(workspace, lambda _unit, _state, _time: body, actor=actor)
    return digest


def _as_parquet(path: Path, target: Path, reading: CsvReading | None, progress: Progress) -> Path:
    from governance.data import check_parquet

    if kind_of(path) != "csv":
        check_parquet(path)
        return path
    from governance.data import csv_to_parquet, detect_csv

    csv_to_parquet(path, target, reading or detect_csv(path, progress=progress), progress)
    return target


def _checked(table: Path, schema: Schema) -> int:
    from governance.data import ParquetDataset

    found = ParquetDataset(table, "", schema)
    schema.check(found.columns)
    return found.n_total
