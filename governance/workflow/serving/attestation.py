"""Attest: ask a deployment challenge rows, keep its answers, judge them, and let a difference suspend the approval at once.

The order is the point. The rows are made from the approved file and named in the ledger before the first request; the answers are
captured in a process of its own and stored as they came; then a pure method judges them. A difference beyond rounding is exact, so the
alert is confirmed by the service itself (docs/adr/0021). No answer is "not assessed" and confirms nothing.
"""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from governance.capture import AnswersJob, ChallengeJob, captured
from governance.drift import Step
from governance.evidence import NotAssessed, Progress, silent
from governance.remote import Secrets
from governance.review import BoardState, events
from governance.runs import RecordingFile, Task
from governance.serving import AttestReport, words
from governance.workflow.assess import Recorded, assess
from governance.workflow.monitoring import alerts
from governance.workflow.serving import deployments
from governance.workflow.workspace import Acting, acts, require_act, state, subjects
from storage import UnitOfWork, Workspace

METHOD: Final = "serving.attest"
RULE: Final = "served"


@dataclass(frozen=True, slots=True)
class Asked:
    """How a deployment is asked."""

    requests: int = 300
    rate: float = 20.0
    """Requests a second; 0 for no pause."""
    seconds: float = 10.0
    """Deadline of one request."""
    drawn: int = 100
    """Rows of the data that are mixed in."""
    secrets: Secrets = field(default_factory=Secrets)
    tolerance: float | None = None
    """None for the one that is derived from the model."""


@dataclass(frozen=True, slots=True)
class Attested:
    """What an attestation gave."""

    recorded: Recorded
    report: AttestReport | NotAssessed
    alert: str
    """Name of the alert that this difference confirmed, "" for none."""


def attest(
    workspace: Workspace,
    deployment: str,
    data: str,
    asked: Asked | None = None,
    *,
    actor: Acting,
    progress: Progress = silent,
) -> Attested:
    """Ask a deployment, record the answers and what they show, and return both.

    Args:
        workspace: where.
        deployment: id of one that has not ended.
        data: digest of registered data, from whose rows the challenge is made.
        asked: how; the defaults without.
        actor: who asks; the steps of the alert are the service's own.
        progress: told how far it is.

    Raises:
        RuleError: there is no such deployment, or the actor is no member.
        CountersignError: the rows cannot be made, or the capture did not end; what is in the ledger by then stays.
    """
    asked = asked or Asked()
    require_act(state(workspace), actor)
    place = deployments.live(workspace, deployment)
    assert place.endpoint is not None
    model, table = subjects.model_file(workspace, place.model), subjects.data_file(workspace, data)
    seed = secrets.randbits(48)
    with tempfile.TemporaryDirectory(prefix="work-", dir=workspace.scratch()) as folder:
        rows, answers = Path(folder) / "challenge.arrow", Path(folder) / "answers.arrow"
        captured(
            ChallengeJob(
                model=model.path, digest=model.digest, signature=model.signature, data=table.path, out=str(rows),
                seed=seed, drawn=asked.drawn,
            ),
            progress=progress,
        )  # fmt: skip
        challenge = RecordingFile(str(rows), workspace.blobs.put_file(rows).digest, "challenge")
        entry = _begin(workspace, deployment, challenge, asked.requests, actor=actor)
        job = AnswersJob(
            model=model.path, digest=model.digest, signature=model.signature, challenge=challenge.path, out=str(answers),
            endpoint=place.endpoint, secrets=asked.secrets, place=deployment, committed=entry, requests=asked.requests,
            rate=asked.rate, seconds=asked.seconds, seed=seed,
        )  # fmt: skip
        captured(job, progress=progress)
        seen = RecordingFile(str(answers), workspace.blobs.put_file(answers).digest, "answers")
        task = Task(
            METHOD, table, model, observation=seen, challenge=challenge,
            parameters={} if asked.tolerance is None else {"tolerance": asked.tolerance},
        )  # fmt: skip
        recorded = assess.forthcoming(workspace, task, actor=actor).result()
    report = recorded.evidence.read(AttestReport)
    return Attested(recorded, report, tell(workspace, place.model, recorded))


def _begin(workspace: Workspace, deployment: str, challenge: RecordingFile, requests: int, *, actor: Acting) -> int:
    """Name the rows in the ledger before the first of them is sent; return the index of the entry."""
    from pyarrow import feather

    rows = feather.read_table(challenge.path, columns=["target"]).num_rows

    def make(_unit: UnitOfWork, _state: BoardState, _time: str) -> events.AttestationBegun:
        return events.AttestationBegun(deployment, challenge.digest, rows, requests)

    return acts(workspace, (make,), actor=actor)


def tell(workspace: Workspace, model: str, recorded: Recorded) -> str:
    """Confirm an alert about answers that are not the approved model's, once; return its name, "" where there is nothing to tell."""
    report = recorded.evidence.read(AttestReport)
    if isinstance(report, NotAssessed) or report.outcome != "different":
        return ""
    name = f"{RULE}-{model[:16]}-{recorded.digest[:16]}"

    steps: tuple[Step, ...] = ("observe", "confirm")
    for step in steps:
        said = words.attest_lead(report)
        alerts.note(
            workspace,
            alerts.NewStep(alert=name, model=model, step=step, rule=RULE, reason=said, evidence=recorded.digest),
        )
    return name


def untold(workspace: Workspace) -> tuple[str, ...]:
    """Confirm the alerts of recorded differences about which nothing was told, because the process ended in between; return their names."""
    known = {item.alert for item in alerts.history(workspace) if item.state == "confirmed"}
    found = []
    for row in workspace.read().all_evidence(method=METHOD):
        if row.model and f"{RULE}-{row.model[:16]}-{row.digest[:16]}" not in known:
            recorded = _stored(workspace, row.digest)
            found.append(tell(workspace, row.model, recorded))
    return tuple(name for name in found if name)


def history(workspace: Workspace, model: str) -> tuple[Recorded, ...]:
    """Return the recorded attestations of a model, the newest first."""
    rows = workspace.read().all_evidence(model=model, method=METHOD)
    return tuple(_stored(workspace, item.digest) for item in sorted(rows, key=lambda item: -item.index))


def _stored(workspace: Workspace, digest: str) -> Recorded:
    from governance.evidence import Evidence

    return Recorded(digest, Evidence.from_bytes(workspace.blobs.read(digest)))
