"""Search under norms in a workspace: earlier searches on the same rows are counted, and certified models become versions of their own.

The record is the certificate book: every search is evidence in the ledger, and a certificate rests on people whom no choice has seen.
Whoever searches again on the same rows may have learned from them, so that each recorded search on them halves the error rate that is
left: all searches together stay within twice alpha.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from governance.evidence import (
    CountersignError,
    Evidence,
    JsonValue,
    NotAssessed,
    Progress,
    RefusedInputError,
    canonical,
)
from governance.fairness import SearchReport
from governance.workflow.assess import assess
from governance.workflow.assess.mitigate import child, files_of, register_file, training_data
from governance.workflow.workspace import Acting, require_act, state, subjects
from storage import Workspace

METHOD = "fairness.search"


@dataclass(frozen=True, slots=True)
class Asked:
    """A search on registered data."""

    data: str
    """Digest, or its beginning."""
    parent: str
    """Digest of the version that a certified model would replace, or its beginning."""
    parameters: dict[str, JsonValue]
    seed: int = 0


def uses(workspace: Workspace, data: str) -> int:
    """Return how many searches on these rows the ledger knows."""
    return sum(data in row.data for row in workspace.read().all_evidence(method=METHOD))


def search(workspace: Workspace, asked: Asked, *, actor: Acting, progress: Progress) -> assess.Recorded:
    """Search and record; the error rate is that which earlier searches on these rows have left.

    Raises:
        RuleError: the actor may not act.
        RefusedInputError: no such data or model, or the data refuse.
    """
    require_act(state(workspace), actor)
    subjects.chosen(workspace, model=asked.parent)
    choice = subjects.chosen(workspace, data=asked.data)
    stated = asked.parameters.get("uses", 0)
    earlier = max(uses(workspace, choice.data), stated if isinstance(stated, int) else 0)
    task = subjects.task(workspace, METHOD, choice, {**asked.parameters, "uses": earlier})
    return assess.now(workspace, replace(task, seed=asked.seed), actor=actor, progress=progress)


def register(workspace: Workspace, evidence: str, *, parent: str, actor: Acting) -> tuple[str, ...]:
    """Register the certified models of a search as versions of their parent and return their digests; nothing is replaced.

    Raises:
        RefusedInputError: no such evidence, a search that could not be made, or no such parent.
    """
    require_act(state(workspace), actor)
    found = _evidence(workspace, evidence)
    report = found.read(SearchReport) if found.key.method == METHOD else None
    if report is None or isinstance(report, NotAssessed):
        raise RefusedInputError(
            f"{evidence[:16]!r} is no search that certified anything.", "Name the evidence of a search."
        )
    old = workspace.read().model(subjects.chosen(workspace, model=parent).model)
    if old is None:
        raise RefusedInputError(f"No model with digest {parent[:16]!r} is registered.", "Name a registered version.")
    chosen = [item for item in report.frontier if item.kept and item.verified]
    files = files_of(workspace, found) if chosen else {}
    for item in chosen:
        if workspace.read().model(item.digest) is None:
            words = child(old, "search", item.digest, _provenance(item.trial, found, evidence))
            register_file(workspace, files[item.digest], words, actor)
    return tuple(item.digest for item in chosen)


def _evidence(workspace: Workspace, digest: str) -> Evidence:
    try:
        return Evidence.from_bytes(workspace.blobs.read(digest))
    except CountersignError as error:
        raise RefusedInputError(f"There is no evidence {digest[:16]!r}.", "Search first.") from error


def _provenance(trial: int, evidence: Evidence, digest: str) -> dict[str, str]:
    return {
        "method": METHOD,
        "trial": str(trial),
        "evidence": digest,
        "parameters": canonical(evidence.key.parameters).decode(),
        "seed": str(evidence.key.seed),
        "training_data": training_data(evidence),
    }
