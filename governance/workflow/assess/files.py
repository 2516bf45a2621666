"""From plain files to what is registered: how a command that works on files is recorded in a workspace."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from governance.evidence import Evidence, Progress, RefusedInputError, silent
from governance.runs import DataFile, ModelFile, RecordingFile, Task
from governance.subject import Schema
from governance.workflow.assess import assess
from governance.workflow.registry import register
from governance.workflow.workspace import OPERATOR, Acting, current_workspace, subjects
from storage import Workspace


def recorded(folder: Path, task: Task, *, actor: Acting = OPERATOR, progress: Progress = silent) -> Evidence:
    """Run `task` on the registered copies of its files and record the evidence in the workspace in `folder`.

    A table that is not registered yet is registered with the roles of the task; a model has to be, because a person answers for it.

    Raises:
        RefusedInputError: the model is not registered, or a table is registered with other roles.
    """
    place = current_workspace.current(folder)
    model = None if task.model is None else _model(place, task.model)
    reference = task.reference and _table(place, task.reference, "evaluation", actor, progress)
    data = _table(place, task.data, "monitoring" if reference else "evaluation", actor, progress)
    seen, asked = _kept(place, task.observation), _kept(place, task.challenge)
    known = replace(task, data=data, reference=reference, model=model, observation=seen, challenge=asked)
    return assess.now(place, known, actor=actor, progress=progress).evidence


def _model(place: Workspace, file: ModelFile) -> ModelFile:
    if place.read().model(file.digest) is None:
        raise RefusedInputError(
            f"The model {file.name!r} is not registered in this workspace.", "Do so with `countersign register model`."
        )
    return subjects.model_file(place, file.digest)


def _kept(place: Workspace, file: RecordingFile | None) -> RecordingFile | None:
    """Return a recording as the workspace keeps it: evidence that names it can be replayed."""
    if file is None:
        return None
    digest = place.blobs.put_file(Path(file.path)).digest
    return RecordingFile(str(place.blobs.path_of(digest)), digest, file.name)


def _table(place: Workspace, file: DataFile, role: register.DataRole, actor: Acting, progress: Progress) -> DataFile:
    known = next((item for item in place.read().datasets() if file.digest in (item.original_digest, item.digest)), None)
    if known is None:
        words = register.DataWords(Path(file.path).stem, role, file.schema)
        digest = register.register_data(place, Path(file.path), words, actor=actor, progress=progress)
    else:
        digest = known.digest
    found = subjects.data_file(place, digest, file.cohort)
    if file.schema.target in {item.column for item in found.schema.labels}:
        found = replace(found, schema=found.schema.about(file.schema.target))
    _agree(file.schema, found.schema, file.name)
    return found


def _agree(given: Schema, kept: Schema, name: str) -> None:
    for field in fields(Schema):
        wanted, there = getattr(given, field.name), getattr(kept, field.name)
        if wanted not in (field.default, there):
            raise RefusedInputError(
                f"{name!r} is registered with {field.name} = {there!r}, got {wanted!r}.",
                "Leave --schema and its flags out: what is recorded uses the registered roles.",
            )
