"""What a person has chosen to look at: a model version, evaluation data, something to compare with, and a cohort.

A `Choice` holds digests only, so that it fits into an address; `files` finds the registered files behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from governance.codec import decode, parse
from governance.data.schema import Schema
from governance.errors import RefusedInputError
from governance.models.signature import Signature
from governance.run import DataFile, ModelFile, Task
from storage.workspace import Workspace

SHORT = 16
"""Digits of a digest that an address shows; refused when they fit more than one registered thing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Digests of what was chosen; "" where nothing is."""

    model: str = ""
    data: str = ""
    reference: str = ""
    cohort: str = ""
    candidate: str = ""
    """Another model, asked about the same rows; it is not part of an address."""

    def to_query(self) -> dict[str, str]:
        """Return the parameters of an address, without the empty ones."""
        pairs = {
            "model": self.model[:SHORT],
            "data": self.data[:SHORT],
            "reference": self.reference[:SHORT],
            "cohort": self.cohort,
        }
        return {name: value for name, value in pairs.items() if value}


def from_query(workspace: Workspace, query: Mapping[str, str]) -> Choice:
    """Return the choice that an address names; unknown or ambiguous digests count as not chosen."""
    views = workspace.read()
    models = [item.digest for item in views.models()]
    data = [item.digest for item in views.datasets()]
    return Choice(
        model=_resolve(query.get("model", ""), models),
        data=_resolve(query.get("data", ""), data),
        reference=_resolve(query.get("reference", ""), data),
        cohort=query.get("cohort", ""),
    )


def _resolve(start: str, digests: list[str]) -> str:
    found = {digest for digest in digests if start and digest.startswith(start)}
    return found.pop() if len(found) == 1 else ""


def model_file(workspace: Workspace, digest: str) -> ModelFile:
    """Return the registered model with this digest.

    Raises:
        RefusedInputError: it is not registered.
    """
    for item in workspace.read().models():
        if item.digest == digest:
            signature = decode(Signature, parse(workspace.blobs.read(item.provenance["signature"])))
            return ModelFile(str(workspace.blobs.path_of(digest)), digest, signature, f"{item.name} {item.version}")
    raise RefusedInputError(f"No model with digest {digest[:SHORT]} is registered.", "Choose one from the registry.")


def data_file(workspace: Workspace, digest: str, cohort: str = "") -> DataFile:
    """Return the registered data set with this digest.

    Raises:
        RefusedInputError: it is not registered.
    """
    for item in workspace.read().datasets():
        if item.digest == digest:
            schema = decode(Schema, parse(workspace.blobs.read(item.schema_digest)))
            return DataFile(str(workspace.blobs.path_of(digest)), digest, schema, cohort, item.name)
    raise RefusedInputError(f"No data set with digest {digest[:SHORT]} is registered.", "Choose one from the registry.")


def task(workspace: Workspace, method: str, choice: Choice, parameters: Mapping[str, object] | None = None) -> Task:
    """Return the task of running `method` on what was chosen."""
    return Task(
        method=method,
        data=data_file(workspace, choice.data, choice.cohort),
        model=model_file(workspace, choice.model) if choice.model else None,
        reference=data_file(workspace, choice.reference) if choice.reference else None,
        candidate=model_file(workspace, choice.candidate) if choice.candidate else None,
        parameters=dict(parameters or {}),
    )
