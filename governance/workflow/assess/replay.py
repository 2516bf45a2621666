"""Replay: compute a decision's evidence again and say whether it still holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from governance.evidence import CountersignError, Evidence, JsonValue, Progress, decode, environment, silent
from governance.runs import RecordingFile, Task, execute
from governance.subject import Schema
from governance.workflow.assess import fold
from governance.workflow.workspace import state, subjects
from storage import Workspace

Outcome = Literal["identical", "close", "different", "not_replayed"]
CLOSE = 1e-9
"""Largest relative difference of a number that counts as close: another platform rounds the last digits differently."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One piece of evidence, computed again."""

    digest: str
    method: str
    outcome: Outcome
    reason: str
    """Where it differs or why it could not be computed; "" when identical."""


def replay(workspace: Workspace, case: str, progress: Progress = silent) -> tuple[Replayed, ...]:
    """Compute every piece of a case's frozen evidence again from the stored files and compare.

    Raises:
        RuleError: there is no such case.
    """
    frozen = state(workspace).case(case).frozen
    items = frozen.evidence if frozen else ()
    found = []
    for done, item in enumerate(items):
        progress(done, len(items), f"computing {item.method} again")
        found.append(_again(workspace, item.digest, item.method))
    progress(len(items), len(items), "done")
    return tuple(found)


def _again(workspace: Workspace, digest: str, method: str) -> Replayed:
    try:
        stored = Evidence.from_bytes(workspace.blobs.read(digest))
        fresh = _fresh(workspace, stored)
    except CountersignError as error:
        return Replayed(digest, method, "not_replayed", str(error))
    if (fresh.result, fresh.rows) == (stored.result, stored.rows):
        return Replayed(digest, method, "identical", "")
    place = _difference(stored.result, fresh.result, "result")
    if not place and fresh.rows == stored.rows:
        return Replayed(digest, method, "close", f"within {CLOSE:g} on {environment().platform}")
    return Replayed(digest, method, "different", f"first difference at {place or 'the account of rows'}")


def _fresh(workspace: Workspace, stored: Evidence) -> Evidence:
    """Return evidence computed again: an audit from the tallies that it names, anything else from the registered files."""
    if stored.key.method == fold.METHOD and stored.key.parameters["norms"]:
        return fold.folded(workspace, stored.key)
    return execute(_task(workspace, stored)).evidence


def _task(workspace: Workspace, evidence: Evidence) -> Task:
    key = evidence.key
    digests = {item.role: item.digest for item in key.inputs}
    data = subjects.data_file(workspace, digests["data"], key.cohort)
    reference = subjects.data_file(workspace, digests["reference"]) if "reference" in digests else None
    return Task(
        method=key.method,
        data=replace(data, schema=decode(Schema, key.schema)),
        model=subjects.model_file(workspace, digests["model"]) if "model" in digests else None,
        reference=reference,
        candidate=subjects.model_file(workspace, digests["candidate"]) if "candidate" in digests else None,
        observation=_recording(workspace, digests.get("observation", "")),
        challenge=_recording(workspace, digests.get("challenge", "")),
        parameters=key.parameters,
        seed=key.seed,
    )


def _recording(workspace: Workspace, digest: str) -> RecordingFile | None:
    return RecordingFile(str(workspace.blobs.path_of(digest)), digest) if digest else None


def _difference(old: JsonValue, new: JsonValue, place: str) -> str:
    """Return the path of the first value that differs by more than `CLOSE`, "" when there is none."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        pairs = [(f"{place}.{name}", old[name], new[name]) for name in old]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = [(f"{place}[{index}]", *both) for index, both in enumerate(zip(old, new, strict=True))]
    else:
        return "" if _same(old, new) else place
    return next((found for name, left, right in pairs if (found := _difference(left, right, name))), "")


def _same(old: JsonValue, new: JsonValue) -> bool:
    if type(old) in (int, float) and type(new) in (int, float):
        return bool(abs(old - new) <= CLOSE * max(1.0, abs(old), abs(new)))
    return bool(old == new)
