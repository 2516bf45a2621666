"""A file that has just arrived becomes a registered window, with the column roles of the data that it is held against."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from governance.data import digest_of
from governance.evidence import Progress, RefusedInputError, silent
from governance.subject import Schema
from governance.workflow.registry import register
from governance.workflow.workspace import Acting, subjects
from storage import Workspace


def taken_in(workspace: Workspace, path: Path, reference: str, *, actor: Acting, progress: Progress = silent) -> str:
    """Register a file as a monitoring window unless it is registered already, and return the digest of its table.

    Roles come from the reference; those whose column the file lacks are left open, as labels that come later are.

    Raises:
        RefusedInputError: there is no such file, it is no table, or the reference is not registered.
    """
    if not path.is_file():
        raise RefusedInputError(f"There is no file {str(path)!r}.", "Check the path.")
    digest = digest_of(path)
    known = next((item for item in workspace.read().datasets() if digest in (item.original_digest, item.digest)), None)
    if known is not None:
        return known.digest
    roles = narrowed(subjects.data_file(workspace, reference).schema, _columns(path))
    words = register.DataWords(path.stem, "monitoring", roles)
    return register.register_data(workspace, path, words, actor=actor, progress=progress)


def _columns(path: Path) -> tuple[str, ...]:
    from governance.data import open_dataset

    return open_dataset(path, Schema()).columns


def narrowed(schema: Schema, columns: tuple[str, ...]) -> Schema:
    """Return the roles without those whose column is not among `columns`."""
    there = set(columns)

    def one(name: str) -> str:
        return name if name in there else ""

    def some(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name in there)

    labelled = schema.target in there
    return replace(
        schema,
        target=one(schema.target),
        positive=schema.positive if labelled else "",
        negative=schema.negative if labelled else (),
        classes=schema.classes if labelled else (),
        sensitive=some(schema.sensitive),
        control=some(schema.control),
        identifier=one(schema.identifier),
        timestamp=one(schema.timestamp),
        weight=one(schema.weight),
        score=one(schema.score),
        prediction=one(schema.prediction),
        ignore=some(schema.ignore),
        code=some(schema.code),
        prediction_positive=schema.prediction_positive if schema.prediction in there else "",
        labels=tuple(item for item in schema.labels if item.column in there),
        mappings=tuple(item for item in schema.mappings if item.column in there),
    )
