"""The profile of a model: what the newest recorded results say of it, drawn as a brief draws frozen evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from governance.dossier import Brief, brief, pictured
from governance.evidence import Escape, Evidence
from storage import RecordedEvidence, Workspace

OF_COPIES: Final = "serving.derive"
"""The method that is about models which were derived from another one."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a picture of a profile rests on."""

    data: tuple[str, ...]
    """Names of the data, those that the model is judged on first."""
    entry: int
    """Index of the ledger entry that records the result."""
    day: str
    """When it was recorded, 2026-06-01."""


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """Verdicts and pictures of one model version."""

    brief: Brief
    sources: dict[str, Source]
    """Digest of evidence -> what it rests on."""
    missing: tuple[str, ...]
    """Methods of which nothing is recorded about all rows, in the order of the pictures; what a copy changes is asked of copies alone."""


def profile(workspace: Workspace, model: str, escape: Escape = str) -> ModelProfile:
    """Return the profile of a model: of each method the newest result about all rows that could be assessed.

    Args:
        workspace: where.
        model: digest of the model.
        escape: of names that come from files, for where the sentences are shown; a voice says them in its language.
    """
    recorded = sorted(workspace.read().all_evidence(model), key=lambda item: item.index, reverse=True)
    names = {item.digest: item.name for item in workspace.read().datasets()}
    evidence: dict[str, Evidence] = {}
    sources: dict[str, Source] = {}
    for methods in pictured():
        found = _newest(workspace, [item for item in recorded if item.method in methods])
        if found is None:
            continue
        row, document = found
        evidence[row.digest] = document
        told = tuple(names.get(item.digest, item.name) for item in document.key.inputs if item.digest in names)
        sources[row.digest] = Source(told, row.index, row.time[:10])
    said = brief(evidence, None, None, escape)
    drawn = {item.method for item in said.pictures}
    known = workspace.read().model(model)
    if known is None or "derived_from" not in known.provenance:
        drawn.add(OF_COPIES)
    return ModelProfile(said, sources, tuple(methods[0] for methods in pictured() if methods[0] not in drawn))


def _newest(workspace: Workspace, recorded: list[RecordedEvidence]) -> tuple[RecordedEvidence, Evidence] | None:
    for row in recorded:
        if not workspace.blobs.has(row.digest):
            continue
        document = Evidence.from_bytes(workspace.blobs.read(row.digest))
        if document.assessed and not document.key.cohort:
            return row, document
    return None
