"""The loop: windows are tallied, the norms in force audited, and what is proven reaches the record; a member and the board do the rest."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from governance.drift import Alert
from governance.evidence import (
    CountersignError,
    Evidence,
    Input,
    NotAssessed,
    Progress,
    RunKey,
    encode,
    silent,
)
from governance.fairness import NormReport, NormSet, NormsParameters, NormState, Uncounted, audit, norms as room
from governance.runs import Done, Task, method
from governance.workflow.assess import Recorded, assess, fold
from governance.workflow.monitoring import alerts, norms as verbs
from governance.workflow.workspace import Acting, Choice, require_act, state, subjects
from storage import RegisteredDataset, Workspace

_log = logging.getLogger(__name__)
_going: set[tuple[str, str]] = set()
"""(workspace, model) of what this process is counting."""
_followers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="norms")
ACCUSES: Final = "norm:"
"""How the rule of an alert begins that says that a norm is broken; the rules of the board ask for its evidence."""


@dataclass(frozen=True, slots=True)
class NormAlert:
    """A norm that a model breaks, as the record has it."""

    norm: str
    name: str
    """Of the alert."""
    alert: Alert | None
    """Where it stands; None while nothing was told."""


@dataclass(frozen=True, slots=True)
class LoopStanding:
    """Where a model stands under norms."""

    norms: NormSet
    digest: str
    report: NormReport
    evidence: str
    """Digest of the recorded audit; "" for an outlook."""
    alerts: tuple[NormAlert, ...]
    """One of each norm in breach."""

    @property
    def newly(self) -> tuple[NormAlert, ...]:
        """Breaches that wait for a member: to confirm, or to put aside."""
        return tuple(item for item in self.alerts if item.alert is not None and item.alert.state == "observed")


def name_of(model: str, norms: str, norm: str) -> str:
    """Return the name of the alert about a norm of a model, the same whenever it is audited."""
    return f"norm-{model[:12]}-{norms[:8]}-{norm}"[:64]


def windows(workspace: Workspace, model: str) -> tuple[RegisteredDataset, ...]:
    """Return the windows that count: monitoring data registered after the norms in force and this version, in that order.

    What was there before could have been looked at when the norms were written, and what a version was fitted on accuses nobody.
    """
    board, views = state(workspace), workspace.read()
    version = views.model(model)
    if board.norms_index is None or version is None:
        return ()
    start = max(board.norms_index, version.index)
    return tuple(item for item in views.datasets() if item.role == "monitoring" and item.index > start)


def tally_task(workspace: Workspace, model: str, data: str) -> Task:
    """Return the run that counts a window."""
    return subjects.task(workspace, fold.TALLY, Choice(model=model, data=data))


def audited(
    workspace: Workspace, model: str, *, actor: Acting, progress: Progress = silent, in_worker: bool = False
) -> LoopStanding | None:
    """Tally what is not tallied, audit the norms in force, record the evidence and every breach; None while no norms are in force.

    Args:
        workspace: where.
        model: digest of a registered version.
        actor: who asks for the evidence; alerts are the service's own.
        progress: told how far the tallies are.
        in_worker: whether tallies are counted in worker processes, as the process that serves pages must.

    Raises:
        RuleError: the actor may not write.
        RefusedInputError: no such model is registered.
    """
    require_act(state(workspace), actor)
    held = verbs.in_force(workspace)
    subjects.model_file(workspace, model)
    if held is None:
        return None
    found: list[tuple[str, Recorded | str]] = []
    for item in windows(workspace, model):
        try:
            task = tally_task(workspace, model, item.digest)
            if in_worker:
                counted = assess.forthcoming(workspace, task, actor=actor).result()
            else:
                counted = assess.now(workspace, task, actor=actor, progress=progress)
            found.append((item.digest, counted))
        except CountersignError as error:
            found.append((item.digest, error.what))
    recorded = _recorded(workspace, model, held, found, actor=actor)
    report = report_of(recorded.evidence)
    for broken in report.in_breach:
        _accuse(workspace, model, held.digest, broken, evidence=recorded.digest)
    return _standing(workspace, model, held, report, evidence=recorded.digest)


def _recorded(
    workspace: Workspace, model: str, held: verbs.Adopted, found: Sequence[tuple[str, Recorded | str]], *, actor: Acting
) -> Recorded:
    """Record the audit of some windows, unless it is recorded already."""
    tallies = tuple(item.digest for _, item in found if isinstance(item, Recorded))
    uncounted = tuple(Uncounted(data, item) for data, item in found if isinstance(item, str))
    parameters = NormsParameters(norms=held.digest, tallies=tallies, uncounted=uncounted)
    data = [data for data, item in found if isinstance(item, Recorded)]
    key = RunKey(
        method=fold.METHOD,
        method_version=method(fold.METHOD).version,
        inputs=(Input("model", model), *(Input("data", digest) for digest in data)),
        cohort="",
        parameters=encode(parameters),
        schema={},
        seed=0,
    )
    row = workspace.read().find_evidence(key.digest)
    if row is not None:
        return Recorded(row.digest, Evidence.from_bytes(workspace.blobs.read(row.digest)))
    return assess.record(workspace, Done(fold.folded(workspace, key), {}), actor=actor)


def report_of(evidence: Evidence) -> NormReport:
    """Return the audit that evidence holds."""
    found = evidence.read(NormReport)
    assert not isinstance(found, NotAssessed)  # an audit says of each norm why it cannot be judged
    return found


def _reason(found: NormState) -> str:
    told = " ".join(room.words.breach(found, one) for one in found.accused[:3])
    more = f" And {len(found.accused) - 3} more." if len(found.accused) > 3 else ""
    return f"{found.title}: in breach. {told}{more}"


def _accuse(workspace: Workspace, model: str, norms: str, broken: NormState, *, evidence: str) -> None:
    """Record a breach once: it stays, and what a member has said about it is not asked again."""
    name = name_of(model, norms, broken.id)
    if name in alerts.standing(alerts.history(workspace, model)):
        return
    step = alerts.NewStep(
        alert=name,
        model=model,
        step="observe",
        rule=f"{ACCUSES}{broken.id}",
        reason=_reason(broken),
        evidence=evidence,
    )
    alerts.note(workspace, step)


def _standing(
    workspace: Workspace, model: str, held: verbs.Adopted, report: NormReport, *, evidence: str
) -> LoopStanding:
    known = alerts.standing(alerts.history(workspace, model))
    told = [(item.id, name_of(model, held.digest, item.id)) for item in report.in_breach]
    return LoopStanding(
        norms=held.norms,
        digest=held.digest,
        report=report,
        evidence=evidence,
        alerts=tuple(NormAlert(norm, name, known.get(name)) for norm, name in told),
    )


def begin(workspace: Workspace, model: str, *, actor: Acting) -> None:
    """Count new windows in worker processes and record what they prove; never waits.

    Raises:
        RuleError: the actor may not write.
    """
    require_act(state(workspace), actor)
    _going.add((str(workspace.root), model))
    _followers.submit(_follow, workspace, model, actor)


def going(workspace: Workspace, model: str) -> bool:
    """Say whether this process is counting windows of a model."""
    return (str(workspace.root), model) in _going


def _follow(workspace: Workspace, model: str, actor: Acting) -> None:
    try:
        audited(workspace, model, actor=actor, in_worker=True)
    except Exception:  # noqa: BLE001 - the end of a thread: nobody is there to catch it
        _log.exception("auditing norms of %s failed", model[:16])
    finally:
        _going.discard((str(workspace.root), model))


def latest(workspace: Workspace, model: str) -> LoopStanding | None:
    """Return the latest recorded audit under the norms in force, without counting anything; None when there is none."""
    held = verbs.in_force(workspace)
    if held is None:
        return None
    for item in reversed(workspace.read().all_evidence(model=model, method=fold.METHOD)):
        found = Evidence.from_bytes(workspace.blobs.read(item.digest))
        parameters = found.key.parameters
        if item.outcome == "assessed" and isinstance(parameters, dict) and parameters.get("norms") == held.digest:
            return _standing(workspace, model, held, report_of(found), evidence=item.digest)
    return None


def outlook(workspace: Workspace, model: str, norms: NormSet) -> NormReport:
    """Return what other norms would say about every tallied window of a model; nothing is promised or recorded."""
    tallies = {
        item.data[0]: item.digest
        for item in workspace.read().all_evidence(model=model, method=fold.TALLY)
        if item.data and item.outcome == "assessed"
    }
    order = [item.digest for item in workspace.read().datasets() if item.role == "monitoring"]
    counted = [fold.tallied(workspace, tallies[data]) for data in order if data in tallies]
    return audit(counted, norms, outlook=True)
