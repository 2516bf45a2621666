"""Measure: time a registered model in a process of its own, or at a deployment, and record what the times show."""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from governance.capture import TimingJob, captured
from governance.evidence import JsonValue, NotAssessed, Progress, encode, silent
from governance.remote import Secrets
from governance.runs import RecordingFile, Task
from governance.serving import Latency, LatencyReport
from governance.workflow.assess import Recorded, assess
from governance.workflow.serving import deployments
from governance.workflow.workspace import Acting, require_act, state, subjects
from storage import Workspace

METHOD: Final = "serving.latency"


@dataclass(frozen=True, slots=True)
class Load:
    """How a model is asked, and what its times are held against."""

    rate: float = 50.0
    """Requests a second."""
    seconds: float = 20.0
    batch: int = 1
    """Rows in a request."""
    budget: Latency = field(default_factory=Latency)
    secrets: Secrets = field(default_factory=Secrets)


def measure(
    workspace: Workspace,
    model: str,
    data: str,
    load: Load | None = None,
    *,
    deployment: str = "",
    actor: Acting,
    progress: Progress = silent,
) -> Recorded:
    """Time a registered model, record the evidence, and return it.

    Args:
        workspace: where.
        model: digest of the model.
        data: digest of the table that requests are made of.
        load: how; the defaults without.
        deployment: id of a deployment of this model; "" to time the model itself.
        actor: who asks.
        progress: told how far it is.

    Raises:
        RuleError: there is no such deployment of the model, or the actor is no member.
        CountersignError: the capture did not end; nothing was recorded.
    """
    load = load or Load()
    require_act(state(workspace), actor)
    place = deployments.of_model(workspace, deployment, model) if deployment else None
    file, table = subjects.model_file(workspace, model), subjects.data_file(workspace, data)
    with tempfile.TemporaryDirectory(prefix="work-", dir=workspace.scratch()) as folder:
        out = Path(folder) / "times.arrow"
        job = TimingJob(
            model=file.path, digest=file.digest, signature=file.signature, data=table.path, out=str(out), rate=load.rate,
            seconds=load.seconds, batch=load.batch, seed=secrets.randbits(48), endpoint=place.endpoint if place else None,
            secrets=load.secrets, place=deployment,
        )  # fmt: skip
        captured(job, progress=progress)
        kept = workspace.blobs.put_file(out).digest
    return judged(workspace, (file.digest, table.digest), kept, load.budget, actor=actor)


def judged(workspace: Workspace, subject: tuple[str, str], times: str, budget: Latency, *, actor: Acting) -> Recorded:
    """Record what times that are kept already show, perhaps under another budget: nothing is measured again."""
    parameters: JsonValue = encode(budget)
    task = Task(
        METHOD,
        subjects.data_file(workspace, subject[1]),
        subjects.model_file(workspace, subject[0]),
        observation=RecordingFile(str(workspace.blobs.path_of(times)), times, "times"),
        parameters=parameters,
    )
    return assess.forthcoming(workspace, task, actor=actor).result()


def history(workspace: Workspace, model: str) -> tuple[tuple[Recorded, LatencyReport | NotAssessed], ...]:
    """Return the recorded measurements of a model with what they say, the newest first."""
    from governance.evidence import Evidence

    found = []
    rows = workspace.read().all_evidence(model=model, method=METHOD)
    for row in sorted(rows, key=lambda item: -item.index):
        evidence = Evidence.from_bytes(workspace.blobs.read(row.digest))
        found.append((Recorded(row.digest, evidence), evidence.read(LatencyReport)))
    return tuple(found)
