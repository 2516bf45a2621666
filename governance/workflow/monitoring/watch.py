"""Watch a registered model: measure a new window against its evaluation data, and let what it says reach the record."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from governance.drift import SHOWN, Alert, DriftReport, Rung, Step, rungs
from governance.evidence import CountersignError, NotAssessed, Progress, RefusedInputError, RuleError, silent
from governance.runs import Task
from governance.workflow.assess import Recorded, assess
from governance.workflow.monitoring import alerts, automatic, calibrate, contract, loop
from governance.workflow.monitoring.loop import LoopStanding
from governance.workflow.workspace import Acting, Choice, require_act, state as board_state, subjects
from storage import RegisteredDataset, Workspace

_log = logging.getLogger(__name__)
WATCHED: Final = ("evaluation", "monitoring")
OPEN: Final = ("observed", "impact_estimated", "confirmed")
"""States in which an alert asks for somebody."""
_going: set[tuple[str, str]] = set()
"""(workspace, alert) of the windows that this process is measuring."""
_followers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="watch")


@dataclass(frozen=True, slots=True)
class Watched:
    """What measuring a window gave."""

    evidence: tuple[str, ...]
    """Digests: columns, then harm when the model could be asked."""
    report: DriftReport
    """The fullest that could be had."""
    not_asked: str
    """Why the model could not be asked, "" when it was."""
    told: tuple[str, ...]
    """States that were recorded by this call; none when everything was told before."""
    alert: Alert | None
    """Where the alert of this window stands; None when there is nothing to tell."""
    norms: LoopStanding | None = None
    """Where the model stands under the norms in force, this window counted; None while there are none."""

    @property
    def open(self) -> bool:
        """Whether the window needs somebody: an alert that nobody has put aside or acted upon."""
        return self.alert is not None and self.alert.state in OPEN


def windows(workspace: Workspace, model: str) -> tuple[RegisteredDataset, ...]:
    """Return the data sets with most of a model's columns, in the order in which they were registered."""
    needed = set(subjects.model_file(workspace, model).signature.columns)
    return tuple(
        item
        for item in workspace.read().datasets()
        if item.role in WATCHED and 2 * len(needed & _columns(workspace, item)) > len(needed)
    )


def _columns(workspace: Workspace, data: RegisteredDataset) -> set[str]:
    from pyarrow import parquet

    return set(parquet.read_schema(workspace.blobs.path_of(data.digest)).names)


def tasks(workspace: Workspace, choice: Choice) -> tuple[Task, Task]:
    """Return the runs of a watch: columns alone, and with the model's answers.

    Raises:
        RefusedInputError: model, window or evaluation data are missing, or the two tables are the same.
    """
    lacking = [name for name in ("model", "data", "reference") if not getattr(choice, name)]
    if lacking:
        raise RefusedInputError(f"A watch needs: {', '.join(lacking)}.", "Name what is registered by its digest.")
    if choice.data == choice.reference:
        raise RefusedInputError("The window is its own reference.", "Choose a later window, or other evaluation data.")
    return subjects.task(workspace, "drift.columns", choice), subjects.task(workspace, "drift.harm", choice)


def watch(workspace: Workspace, choice: Choice, *, actor: Acting, progress: Progress = silent) -> Watched:
    """Measure a window in this process, record the evidence and every step of its alert, and return both.

    Args:
        workspace: where.
        choice: the model, the new window as data, the evaluation data as reference.
        actor: who asks for the evidence; the alert's steps are the service's own.
        progress: told how far the runs are.

    Raises:
        CountersignError: the two tables cannot be compared at all.
    """
    require_act(board_state(workspace), actor)
    of_columns, of_harm = tasks(workspace, choice)
    of_quality = contract.held(workspace, choice.data, choice.reference)
    if of_quality is not None:
        assess.now(workspace, of_quality, actor=actor, progress=progress)
    columns = assess.now(workspace, of_columns, actor=actor, progress=progress)
    try:
        told = tell(workspace, choice, (columns, assess.now(workspace, of_harm, actor=actor, progress=progress)))
    except CountersignError as error:
        told = tell(workspace, choice, (columns,), str(error))
    return replace(told, norms=loop.audited(workspace, choice.model, actor=actor, progress=progress))


def tell(workspace: Workspace, choice: Choice, found: tuple[Recorded, ...], not_asked: str = "") -> Watched:
    """Record the steps that the evidence of a window gives reason to, each once, and return where its alert stands."""
    report = report_of(found[-1])
    held = calibrate.thresholds(workspace, choice.model, choice.reference)
    steps = rungs(report, subjects.model_file(workspace, choice.model).signature.columns, held)
    if not automatic.confirms(workspace, choice.model):
        steps = automatic.left_to_a_member(steps)
    name = alerts.name_of(choice.model, choice.data)
    told = _broken(workspace, choice, name)
    told += tuple(rung.step for rung in steps if _noted(workspace, choice.model, name, rung, found[-1].digest))
    alert = alerts.standing(alerts.history(workspace, choice.model)).get(name)
    return Watched(tuple(item.digest for item in found), report, not_asked, told, alert)


def _broken(workspace: Workspace, choice: Choice, name: str) -> tuple[Step, ...]:
    """Record what the window breaks of the data contract of its reference; nothing where no contract is in force."""
    of_quality = contract.held(workspace, choice.data, choice.reference)
    found = assess.find(workspace, of_quality) if of_quality is not None else None
    if found is None:
        return ()
    broken = contract.broken(workspace, choice.reference, found)
    if not broken:
        return ()
    shown = "; ".join(f"{item.column or 'whole table'}: {item.reason}" for item in broken[:SHOWN])
    more = f" and {len(broken) - SHOWN} more" if len(broken) > SHOWN else ""
    rung = Rung("observe", "quality", f"The window breaks its data contract. {shown}{more}")
    return (rung.step,) if _noted(workspace, choice.model, name, rung, found.digest) else ()


def report_of(found: Recorded) -> DriftReport:
    """Return the comparison that evidence holds.

    Raises:
        RefusedInputError: it could not be assessed.
    """
    report = found.evidence.read(DriftReport)
    if isinstance(report, NotAssessed):
        raise RefusedInputError(f"The window was not assessed: {report.reason}.", "Give other data.")
    return report


def _noted(workspace: Workspace, model: str, alert: str, rung: Rung, evidence: str) -> bool:
    """Record one step unless it is told already, or the alert is past it; only labels bring back what a member put aside."""
    aside = rung.step == "estimate_impact" and rung.rule != "realised"
    if (
        aside
        and (found := alerts.standing(alerts.history(workspace, model)).get(alert))
        and found.state == "overridden"
    ):
        return False
    step = alerts.NewStep(
        alert=alert, model=model, step=rung.step, rule=rung.rule, reason=rung.reason, evidence=evidence
    )
    try:
        return alerts.note(workspace, step)
    except RuleError:
        return False


def begin(workspace: Workspace, choice: Choice, *, actor: Acting) -> None:
    """Measure a window in worker processes and tell what it says when they are done; never waits.

    Raises:
        RefusedInputError: model, window or evaluation data are missing.
    """
    require_act(board_state(workspace), actor)
    of_columns, of_harm = tasks(workspace, choice)
    assess.forthcoming(workspace, of_harm, actor=actor)
    _going.add(_place(workspace, choice))
    _followers.submit(_follow, workspace, choice, of_columns, of_harm, actor)


def going(workspace: Workspace, choice: Choice) -> bool:
    """Say whether this process is measuring a window, or about to tell what it found."""
    return _place(workspace, choice) in _going


def _place(workspace: Workspace, choice: Choice) -> tuple[str, str]:
    return str(workspace.root), alerts.name_of(choice.model, choice.data)


def _follow(workspace: Workspace, choice: Choice, of_columns: Task, of_harm: Task, actor: Acting) -> None:
    try:
        of_quality = contract.held(workspace, choice.data, choice.reference)
        if of_quality is not None:
            assess.forthcoming(workspace, of_quality, actor=actor).result()
        columns = assess.forthcoming(workspace, of_columns, actor=actor).result()
        try:
            tell(workspace, choice, (columns, assess.forthcoming(workspace, of_harm, actor=actor).result()))
        except CountersignError as error:
            tell(workspace, choice, (columns,), str(error))
        loop.audited(workspace, choice.model, actor=actor, in_worker=True)
    except Exception:  # noqa: BLE001 - the end of a thread: nobody is there to catch it
        _log.exception("watching %s on %s failed", choice.model[:16], choice.data[:16])
    finally:
        _going.discard(_place(workspace, choice))
