"""What a person has chosen to look at: a model version, evaluation data, something to compare with, and a cohort.

A `Choice` holds digests only, so that it fits into an address; `files` finds the registered files behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from governance.evidence import JsonValue, RefusedInputError, decode, parse
from governance.runs import DataFile, ModelFile, Task
from governance.subject import Schema, Signature
from storage import Workspace

SHORT: Final = 16
"""Digits of a digest that a message shows."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Digests of what was chosen; "" where nothing is."""

    model: str = ""
    data: str = ""
    reference: str = ""
    cohort: str = ""
    candidate: str = ""
    """Another model, asked about the same rows; it is not part of an address."""
    label: str = ""
    """Which of several labels is looked at; "" for the one that the roles name first."""


def named(what: str, start: str, known: Mapping[str, str], listed: str) -> str:
    """Return the one digest of `known` that begins with `start`.

    Args:
        what: what is looked for, in words: "model", "table", "evidence".
        start: a digest or its beginning, as a person typed it.
        known: digest -> what people call it.
        listed: the command that lists them, for the message.

    Raises:
        RefusedInputError: none begins so, or several do; then each of them is named.
    """
    found = sorted(digest for digest in known if start and digest.startswith(start.lower()))
    if len(found) == 1:
        return found[0]
    if not found:
        raise RefusedInputError(f"No {what} whose digest begins with {start!r} is registered.", f"See: {listed}.")
    shown = ", ".join(f"{digest[:SHORT]} ({known[digest]})" for digest in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    raise RefusedInputError(
        f"{start!r} is ambiguous: {len(found)} begin so: {shown}{more}.", "Give more of the digest."
    )


def named_model(workspace: Workspace, start: str) -> str:
    """Return the digest of the one registered model that begins with `start`; raises as `named`."""
    known = {item.digest: f"{item.name} {item.version}" for item in workspace.read().models()}
    return named("model", start, known, "countersign model list")


def named_data(workspace: Workspace, start: str) -> str:
    """Return the digest of the one registered table that begins with `start`; raises as `named`."""
    known = {item.digest: item.name for item in workspace.read().datasets()}
    return named("table", start, known, "countersign data list")


def named_evidence(workspace: Workspace, start: str) -> str:
    """Return the digest of the one recorded piece of evidence that begins with `start`; raises as `named`."""
    known = {item.digest: item.method for item in workspace.read().all_evidence()}
    return named("evidence", start, known, "countersign evidence list")


def chosen(
    workspace: Workspace, *, model: str = "", data: str = "", reference: str = "", cohort: str = "", label: str = ""
) -> Choice:
    """Return what a person named by digests or their beginnings; "" is not chosen.

    Raises:
        RefusedInputError: a digest that nobody or more than one has.
    """
    return Choice(
        model=named_model(workspace, model) if model else "",
        data=named_data(workspace, data) if data else "",
        reference=named_data(workspace, reference) if reference else "",
        cohort=cohort,
        label=label,
    )


def model_file(workspace: Workspace, digest: str) -> ModelFile:
    """Return the registered model with this digest.

    Raises:
        RefusedInputError: it is not registered.
    """
    item = workspace.read().model(digest)
    if item is None:
        raise RefusedInputError(
            f"No model with digest {digest[:SHORT]} is registered.", "Choose one from the registry."
        )
    signature = decode(Signature, parse(workspace.blobs.read(item.provenance["signature"])))
    return ModelFile(str(workspace.blobs.path_of(digest)), digest, signature, f"{item.name} {item.version}")


def data_file(workspace: Workspace, digest: str, cohort: str = "", *, label: str = "") -> DataFile:
    """Return the registered data set with this digest, about one of its labels: "" for the first.

    Raises:
        RefusedInputError: it is not registered, or has no such label.
    """
    item = workspace.read().dataset(digest)
    if item is None:
        raise RefusedInputError(
            f"No data set with digest {digest[:SHORT]} is registered.", "Choose one from the registry."
        )
    schema = decode(Schema, parse(workspace.blobs.read(item.schema_digest)))
    return DataFile(str(workspace.blobs.path_of(digest)), digest, schema.about(label), cohort, item.name)


def _reference(workspace: Workspace, digest: str, label: str) -> DataFile:
    """Return the data to compare with, about the same label where they have it."""
    found = data_file(workspace, digest)
    known = label in {item.column for item in found.schema.labels}
    return replace(found, schema=found.schema.about(label)) if known else found


def task(workspace: Workspace, method: str, choice: Choice, parameters: JsonValue = None) -> Task:
    """Return the task of running `method` on what was chosen."""
    return Task(
        method=method,
        data=data_file(workspace, choice.data, choice.cohort, label=choice.label),
        model=model_file(workspace, choice.model) if choice.model else None,
        reference=_reference(workspace, choice.reference, choice.label) if choice.reference else None,
        candidate=model_file(workspace, choice.candidate) if choice.candidate else None,
        parameters=parameters or {},
    )
