"""Mitigate: candidates that a run made become model versions of their own, with where they came from in the ledger."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from governance.evidence import CountersignError, Evidence, NotAssessed, RefusedInputError, canonical, sha256
from governance.fairness import Candidate, MitigationReport
from governance.runs import read_array
from governance.workflow.registry import ModelWords, register_model
from governance.workflow.workspace import Acting, require_act, state
from storage import RegisteredModel, Workspace

METHODS = ("fairness.retrain", "fairness.rethreshold")


def register(
    workspace: Workspace, evidence: str, wanted: Sequence[str], *, parent: str = "", actor: Acting
) -> tuple[str, ...]:
    """Register candidates of a run as versions of their parent and return their digests; nothing is replaced.

    Args:
        workspace: where.
        evidence: digest of the run's evidence, which names the training data, the parameters and every file.
        wanted: digests of the candidates; those that are registered already are passed over.
        parent: digest of the version that they would replace; "" for the model that the run continued.
        actor: who registers them.

    Raises:
        RefusedInputError: no such evidence or candidate, a candidate whose file does not answer as fairlearn does, no parent.
    """
    require_act(state(workspace), actor)
    found = _evidence(workspace, evidence)
    report = found.read(MitigationReport)
    if isinstance(report, NotAssessed):
        raise RefusedInputError(f"This run made no candidates: {report.reason}", "Choose another run.")
    known = {item.digest: item for item in report.candidates}
    chosen = [_verified(known, digest) for digest in wanted]
    old = _parent(workspace, found, parent)
    files = files_of(workspace, found)
    for item in chosen:
        if workspace.read().model(item.digest) is None:
            words = child(old, report.algorithm, item.digest, _provenance(item, report, found, evidence))
            register_file(workspace, files[item.digest], words, actor)
    return tuple(item.digest for item in chosen)


def _evidence(workspace: Workspace, digest: str) -> Evidence:
    try:
        found = Evidence.from_bytes(workspace.blobs.read(digest))
    except CountersignError as error:
        raise RefusedInputError(f"There is no evidence {digest[:16]!r}.", "Run the mitigation first.") from error
    if found.key.method not in METHODS:
        raise RefusedInputError(f"{found.key.method} makes no candidates.", f"Known: {', '.join(METHODS)}.")
    return found


def _verified(known: dict[str, Candidate], digest: str) -> Candidate:
    item = known.get(digest)
    if item is None:
        raise RefusedInputError(f"The run made no candidate {digest[:16]!r}.", "Choose one that it lists.")
    if not item.verified:
        raise RefusedInputError(
            f"The file of {item.title!r} answers as fairlearn does on {item.agreeing:.2%} of the rows compared, too few.",
            "Choose another candidate.",
        )
    return item


def _parent(workspace: Workspace, evidence: Evidence, named: str) -> RegisteredModel:
    digest = named or next((item.digest for item in evidence.key.inputs if item.role == "model"), "")
    found = workspace.read().model(digest)
    if found is None:
        raise RefusedInputError(
            f"No model with digest {digest[:16]!r} is registered." if digest else "No parent is named.",
            "Name the registered version that the candidates would replace.",
        )
    return found


def files_of(workspace: Workspace, evidence: Evidence) -> dict[str, bytes]:
    """Return digest -> bytes of the model files that a run made."""
    table = read_array(workspace.blobs.path_of(evidence.blobs["candidates"]))
    return dict(zip(table.column("digest").to_pylist(), table.column("onnx").to_pylist(), strict=True))


def child(parent: RegisteredModel, mark: str, digest: str, provenance: dict[str, str]) -> ModelWords:
    """Return the words of a version that a run made from `parent`, whose name, owner, use and tier it has; `mark` says what was done."""
    return ModelWords(
        name=parent.name,
        version=f"{parent.version}-{mark.replace('_', '-')}-{digest[:6]}",
        owner=parent.owner,
        intended_use=parent.intended_use.text or "As its parent; the parent's text was erased.",
        risk_tier=parent.risk_tier,
        parent=parent.digest,
        provenance=provenance,
    )


def _provenance(item: Candidate, report: MitigationReport, evidence: Evidence, digest: str) -> dict[str, str]:
    return {
        "algorithm": report.algorithm,
        "attribute": report.attribute,
        "candidate": item.title,
        "constraint": report.constraint,
        "evidence": digest,
        "fairlearn": evidence.environment.packages.get("fairlearn", ""),
        "parameters": canonical(evidence.key.parameters).decode(),
        "training_data": training_data(evidence),
    }


def training_data(evidence: Evidence) -> str:
    """Return the digest of the table that a run looked at."""
    return next(part.digest for part in evidence.key.inputs if part.role == "data")


def register_file(workspace: Workspace, data: bytes, words: ModelWords, actor: Acting) -> None:
    """Register a model file that a run made as a version of its own."""
    with tempfile.TemporaryDirectory(prefix="work-", dir=workspace.scratch()) as folder:
        path = Path(folder) / f"{sha256(data)[:16]}.onnx"
        path.write_bytes(data)
        register_model(workspace, path, words, actor=actor)
